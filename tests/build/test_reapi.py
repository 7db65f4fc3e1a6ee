"""Digests of the Remote Execution API's messages, against bytes written by hand from its proto."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from exodist.build.reapi import (
    Digest,
    Node,
    encode_action,
    encode_command,
    encode_directories,
    tree_digest,
)

EMPTY = Digest.of(b"")
# Digest message of the empty blob: field 1, 64 bytes of text; size 0 is left out.
EMPTY_MESSAGE = b"\x0a\x40" + sha256(b"").hexdigest().encode()


def test_digest_message() -> None:
    assert EMPTY.encode() == EMPTY_MESSAGE
    assert Digest("ab", 300).encode() == b"\x0a\x02ab\x10\xac\x02"


def test_empty_directory_is_the_empty_message() -> None:
    assert tree_digest({}) == EMPTY


def test_directory_message() -> None:
    node = b"\x0a\x01a" + b"\x12\x42" + EMPTY_MESSAGE + b"\x20\x01"
    inner = b"\x0a" + bytes([len(node)]) + node
    digest, messages = encode_directories({"d/a": Node(EMPTY, executable=True)})
    child = Digest.of(inner).encode()
    folder = b"\x0a\x01d" + b"\x12" + bytes([len(child)]) + child
    assert messages == [inner, b"\x12" + bytes([len(folder)]) + folder]
    assert digest == Digest.of(messages[-1])


def test_command_message() -> None:
    message = encode_command(["cc", ""], {"A": "b"}, ["o"], {"OSFamily": "linux"})
    platform = b"\x0a\x11\x0a\x08OSFamily\x12\x05linux"
    expected = b"\x0a\x02cc\x0a\x00" + b"\x12\x06\x0a\x01A\x12\x01b"
    expected += b"\x2a" + bytes([len(platform)]) + platform + b"\x3a\x01o"
    assert message == expected


def test_action_message() -> None:
    message = encode_action(EMPTY, EMPTY, {})
    assert message == b"\x0a\x42" + EMPTY_MESSAGE + b"\x12\x42" + EMPTY_MESSAGE + b"\x52\x00"


NAMES = st.text("abz.", min_size=1, max_size=3)


@given(st.dictionaries(NAMES, st.binary(max_size=4)), st.randoms())
def test_order_does_not_matter(files: dict[str, bytes], random: object) -> None:
    nodes = {f"x/{name}": Node(Digest.of(data)) for name, data in files.items()}
    shuffled = list(nodes.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert tree_digest(nodes) == tree_digest(dict(shuffled))


def test_an_encoded_directory_stands_for_its_files() -> None:
    inner = {"zig": Node(EMPTY), "lib/a.h": Node(Digest.of(b"a"))}
    whole = {f"toolchain/{path}": node for path, node in inner.items()}
    assert tree_digest(whole) == tree_digest({"toolchain": tree_digest(inner)})
