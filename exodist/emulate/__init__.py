"""QEMU, its firmware and its consoles."""
