"""Formats assembled into artifacts: unified kernel image, ESP, fs.img, ISO, direct module."""
