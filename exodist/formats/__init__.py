"""Bytes <-> objects, one specification a file. No files, no subprocesses in here."""
