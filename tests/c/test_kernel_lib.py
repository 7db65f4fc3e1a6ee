"""Parts of the kernel that need no machine, on the host under its sanitizers: formatting, lists,
labels, the ELF check, and the Beatty sequence with its three gaps.
"""

from __future__ import annotations

import itertools
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

SPACE = 1 << 20
STEP = 0x9E3779B97F4A7C15
SOURCES = ("core/slice.c", "lib/elf.c", "lib/fmt.c")


@pytest.fixture(scope="module")
def driver(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The driver, built by the host's compiler with sanitizers, else by the pinned one."""
    out = tmp_path_factory.mktemp("kernel-lib") / "driver"
    kernel = tree / "kernel"
    host = shutil.which("cc")
    compiler = (
        [host, "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
        if host
        else [sys.executable, "-m", "ziglang", "cc", "-fsanitize=undefined"]
    )
    sources = [tree / "tests/c/kernel_lib_main.c", *(kernel / name for name in SOURCES)]
    includes = [f"-I{kernel}", f"-I{kernel}/abi"]
    command = [*compiler, "-std=c17", "-O1", *includes, "-o", str(out), *map(str, sources)]
    subprocess.run(command, check=True, timeout=120)
    return out


def ask(driver: Path, *arguments: str, data: bytes = b"") -> str:
    done = subprocess.run([driver, *arguments], input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_formats(driver: Path) -> None:
    first, second = ask(driver, "f").splitlines()
    assert first == "text|c|42|-42|beef|   42|000ab|%"
    assert second == "18446744073709551615|-9223372036854775808|123456789abcdef|0000000000000abc"


def test_strings(driver: Path) -> None:
    assert ask(driver, "t") == "ababcdgh abcdcdgh axxxcdyz 0 1 1 4 1 0\n"


def test_lists(driver: Path) -> None:
    assert ask(driver, "l") == "1 0 2 3 0\n"


@given(st.lists(st.tuples(st.binary(min_size=8, max_size=8), st.binary(min_size=8, max_size=8))))
@settings(max_examples=20)
def test_a_label_dominates_where_every_lane_does(
    driver: Path, pairs: list[tuple[bytes, bytes]]
) -> None:
    # Each pair as it is, and with its lanes sorted so that the first one dominates.
    tried = pairs + [(bytes(map(max, a, b)), bytes(map(min, a, b))) for a, b in pairs]
    words = [word for a, b in tried for word in (a.hex(), b.hex())]
    expected = [int(all(x >= y for x, y in zip(a, b, strict=True))) for a, b in tried]
    assert [int(line) for line in ask(driver, "d", *words).split()] == expected


def elf(**changes: int) -> bytes:
    """A static executable with one segment; `changes` replaces fields."""
    field = {
        "type": 2, "machine": 62, "entry": 0x400000, "headers": 64, "header_size": 56, "count": 1,
        "flags": 5, "offset": 0, "vaddr": 0x400000, "file_size": 200, "memory_size": 200,
    } | changes  # fmt: skip
    head = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack(
        "<HHIQQQIHHHHHH", field["type"], field["machine"], 1, field["entry"], field["headers"],
        0, 0, 64, field["header_size"], field["count"], 0, 0, 0,
    )  # fmt: skip
    segment = struct.pack(
        "<IIQQQQQQ", 1, field["flags"], field["offset"], field["vaddr"], 0,
        field["file_size"], field["memory_size"], 4096,
    )  # fmt: skip
    return (head + segment).ljust(256, b"\0")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "good"),
        ({"type": 3}, "no static executable"),
        ({"machine": 183}, "no static executable"),
        ({"entry": 1 << 47}, "entry lies outside"),
        ({"headers": 65}, "program headers"),
        ({"header_size": 57}, "program headers"),
        ({"count": 5}, "program headers"),
        ({"flags": 7}, "writable and executable"),
        ({"flags": 6, "memory_size": 0x10000}, "good"),
        ({"memory_size": 300}, "longer than its bytes"),
        ({"memory_size": 100}, "more bytes in the file"),
        ({"offset": 57}, "ends behind the file"),
        ({"offset": 1 << 63}, "ends behind the file"),
        ({"offset": 8}, "do not agree"),
        ({"vaddr": (1 << 47) - 100}, "outside user space"),
        ({"vaddr": (1 << 64) - 4096}, "outside user space"),
    ],
)
def test_an_executable_is_checked(driver: Path, changes: dict[str, int], message: str) -> None:
    assert message in ask(driver, "e", data=elf(**changes))


def test_a_short_executable_is_refused(driver: Path) -> None:
    for size in range(120):
        assert ask(driver, "e", data=elf()[:size]) != "good\n"


weights = st.lists(st.integers(1, SPACE // 8), min_size=1, max_size=8)


@given(weights, st.integers(100, 3000))
def test_slots_follow_the_sequence_with_three_gaps(
    driver: Path, given_weights: list[int], count: int
) -> None:
    binds = [f"b {i} 0 {SPACE} {weight}\n" for i, weight in enumerate(given_weights)]
    *bound, slots = ask(driver, "s", data="".join([*binds, f"n {count}\n"]).encode()).splitlines()
    assert bound == ["1"] * len(given_weights)
    holders = [int(word) for word in slots.split()]
    assert holders == model(given_weights, count)
    for holder in range(len(given_weights)):
        at = [slot for slot, found in enumerate(holders) if found == holder]
        gaps = {later - earlier for earlier, later in itertools.pairwise(at)}
        assert len(gaps) <= 3


def model(given_weights: list[int], count: int) -> list[int]:
    """Straight from the definition: the interval that holds the point."""
    x, found = 0, []
    for _ in range(count):
        x = (x + STEP) % (1 << 64)
        point = (x >> 32) * sum(given_weights) >> 32
        holder = 0
        while point >= given_weights[holder]:
            point -= given_weights[holder]
            holder += 1
        found.append(holder)
    return found


def test_intervals_stay_within_what_a_capability_covers(driver: Path) -> None:
    commands = [
        "n 2",  # nobody yet
        "b 1 100 50 30",
        "b 2 100 50 30",  # no room: 20 are left
        "b 2 100 50 20",
        "b 1 100 50 31",  # no room even without its own
        "n 5",
        "b 1 100 50 25",  # its own room counts as free
        "u 2",
        "b 1 100 50 50",
        "b 3 0 100 100",  # in front
        f"b 4 {SPACE - 1} 1 1",
        "b 5 0 150 1",
        "b 5 0 150 0",
    ]
    answers = ask(driver, "s", data="\n".join(commands).encode()).splitlines()
    assert answers[0].split() == ["-", "-"]
    assert answers[1:5] == ["1", "0", "1", "0"]
    assert set(answers[5].split()) <= {"1", "2"}
    assert answers[6:] == ["1", "1", "1", "1", "0", "0"]
