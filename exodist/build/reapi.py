"""Actions as the Remote Execution API shapes them, encoded to the bytes that their digests cover.

Specification: bazelbuild/remote-apis, build/bazel/remote/execution/v2/remote_execution.proto:
messages Digest, Directory (FileNode, DirectoryNode), Command, Platform, Action. Field numbers are
cited beside each encoder. Encoding is the canonical one that the specification asks for: fields in
number order, defaults left out, children sorted by name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Digest:
    """SHA-256 and size of a blob."""

    hash: str
    size: int

    @classmethod
    def of(cls, data: bytes) -> Digest:
        return cls(hashlib.sha256(data).hexdigest(), len(data))

    def encode(self) -> bytes:
        # Digest: hash = 1, size_bytes = 2
        return _text(1, self.hash) + _number(2, self.size)

    def __str__(self) -> str:
        return f"{self.hash}/{self.size}"


@dataclass(frozen=True, order=True)
class Node:
    """A file of an input tree."""

    digest: Digest
    executable: bool = False


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value) if value else b""


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode()) if value else b""


def _file_node(name: str, node: Node) -> bytes:
    # FileNode: name = 1, digest = 2, is_executable = 4
    return _text(1, name) + _bytes(2, node.digest.encode()) + _number(4, node.executable)


def encode_directories(entries: Mapping[str, Node | Digest]) -> tuple[Digest, list[bytes]]:
    """The root digest of a tree, and every Directory message made for it, children first.

    `entries` maps paths to files, or to the digest of a Directory that is encoded already.
    """
    inner: dict[str, dict[str, Node | Digest]] = {}
    files: list[tuple[str, bytes]] = []
    folders: dict[str, Digest] = {}
    for path, entry in entries.items():
        head, slash, tail = path.partition("/")
        if slash:
            inner.setdefault(head, {})[tail] = entry
        elif isinstance(entry, Digest):
            folders[head] = entry
        else:
            files.append((head, _file_node(head, entry)))
    messages: list[bytes] = []
    for name, below in inner.items():
        folders[name], made = encode_directories(below)
        messages += made
    # Directory: files = 1, directories = 2; DirectoryNode: name = 1, digest = 2
    message = b"".join(_bytes(1, node) for _, node in sorted(files))
    for name, digest in sorted(folders.items()):
        message += _bytes(2, _text(1, name) + _bytes(2, digest.encode()))
    messages.append(message)
    return Digest.of(message), messages


def tree_digest(entries: Mapping[str, Node | Digest]) -> Digest:
    return encode_directories(entries)[0]


def encode_platform(properties: Mapping[str, str]) -> bytes:
    # Platform: properties = 1; Property: name = 1, value = 2
    pairs = sorted(properties.items())
    return b"".join(_bytes(1, _text(1, name) + _text(2, value)) for name, value in pairs)


def encode_command(
    arguments: Iterable[str],
    environment: Mapping[str, str],
    outputs: Iterable[str],
    platform: Mapping[str, str],
) -> bytes:
    # Command: arguments = 1, environment_variables = 2, platform = 5, output_paths = 7
    message = b"".join(_bytes(1, argument.encode()) for argument in arguments)
    for name, value in sorted(environment.items()):
        message += _bytes(2, _text(1, name) + _text(2, value))
    message += _bytes(5, encode_platform(platform))
    return message + b"".join(_text(7, path) for path in sorted(outputs))


def encode_action(command: Digest, inputs: Digest, platform: Mapping[str, str]) -> bytes:
    # Action: command_digest = 1, input_root_digest = 2, platform = 10
    return (
        _bytes(1, command.encode())
        + _bytes(2, inputs.encode())
        + _bytes(10, encode_platform(platform))
    )
