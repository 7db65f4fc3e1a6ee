"""Frames of the command channel: round trip in any pieces, garbage before the greeting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodist.emulate.guest import Frame, FrameReader, Kind
from exodist.errors import FormatError

FRAMES = st.lists(
    st.builds(Frame, st.sampled_from(list(Kind)), st.binary(max_size=300)), max_size=10
)
HELLO = Frame(Kind.HELLO, b"\x01")


@given(FRAMES, st.integers(min_value=1, max_value=50))
def test_any_pieces(frames: list[Frame], piece: int) -> None:
    data = b"".join(frame.encode() for frame in (HELLO, *frames))
    reader = FrameReader()
    found = [
        frame for at in range(0, len(data), piece) for frame in reader.feed(data[at : at + piece])
    ]
    assert found == [HELLO, *frames]


@given(st.binary(max_size=200).filter(lambda data: b"H" not in data), st.integers(1, 20))
def test_what_firmware_said_is_skipped(noise: bytes, piece: int) -> None:
    data = noise + HELLO.encode()
    reader = FrameReader()
    found = [
        frame for at in range(0, len(data), piece) for frame in reader.feed(data[at : at + piece])
    ]
    assert found == [HELLO]


def test_refusals() -> None:
    reader = FrameReader()
    assert list(reader.feed(HELLO.encode())) == [HELLO]
    with pytest.raises(FormatError, match="type 0x21"):
        list(reader.feed(b"!\0\0\0\0"))
    reader = FrameReader()
    with pytest.raises(FormatError, match="4294967295 bytes"):
        list(reader.feed(HELLO.encode() + b"O\xff\xff\xff\xff"))
    with pytest.raises(FormatError, match="exit status"):
        _ = Frame(Kind.EXIT, b"\0").status
    assert Frame(Kind.EXIT, b"\xff\xff\xff\xff").status == -1
