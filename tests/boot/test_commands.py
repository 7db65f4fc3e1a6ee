"""The system works: all `.test` files after a Secure Boot, and what only a guest can show."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from exodist.errors import CheckError
from tests.boot.system import Guest, System
from tests.userland import guest as cases_in_guest
from tests.userland.cases import load

pytestmark = pytest.mark.whole

TREE = Path(__file__).resolve().parents[2]
FILES = [
    *sorted((TREE / "userland/bin").glob("*.test")),
    *sorted((TREE / "userland/bin/sh").glob("*.test")),
]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_cases_after_a_secure_boot(secure: Guest, file: Path) -> None:
    cases = load(file)
    utility = "sh" if file.parent.name == "sh" else file.stem
    done = secure.command(cases_in_guest.script(cases, utility), timeout=300)
    assert done.stderr == b""
    results = cases_in_guest.results(done.stdout.decode("latin-1"), len(cases))
    faults = [f for case, result in zip(cases, results, strict=True) for f in case.faults(result)]
    assert not faults, "\n".join(faults)


def test_programs_are_the_built_ones(direct: Guest, system: System) -> None:
    folder = system.kernel.parent / "bin"
    expected = {
        f"/bin/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
    }
    said = direct.command("sha256sum /bin/*", timeout=60).stdout.decode()
    found = {name: digest for digest, name in (line.split("  ") for line in said.splitlines())}
    assert found.pop("/bin/[") == expected["/bin/test"]
    assert found == expected
    assert len(found) >= 40


def test_a_long_script_runs_thirty_programs(direct: Guest) -> None:
    script = TREE / "userland/skel/usr/share/tests/thirty.sh"
    assert len(script.read_text().splitlines()) >= 200
    done = direct.command("sh /usr/share/tests/thirty.sh", timeout=120)
    assert (done.status, done.stderr) == (0, b"")
    assert re.search(rb"^ok: \d+ checks, (3\d|4\d) utilities$", done.stdout, re.M)


def test_libc_on_the_libos(direct: Guest) -> None:
    done = direct.command("/usr/libexec/libctest", timeout=60)
    assert (done.status, done.stdout, done.stderr) == (0, b"", b"")


def test_the_library_os(direct: Guest) -> None:
    done = direct.command("/usr/libexec/libostest", timeout=120)
    assert (done.status, done.stdout, done.stderr) == (0, b"ok\n", b"")


def test_processes_cannot_reach_beyond_themselves(direct: Guest) -> None:
    done = direct.command("/usr/libexec/isolation", timeout=120)
    assert (done.status, done.stderr) == (0, b"")
    assert re.fullmatch(rb"ok: \d+ attempts\n", done.stdout), done.stdout


@pytest.mark.parametrize(
    ("text", "status", "stdout", "stderr"),
    [
        ("exit 7", 7, b"", b""),
        ("printf 'a\\000b\\377'", 0, b"a\0b\xff", b""),
        ("echo out; echo err >&2; false", 1, b"out\n", b"err\n"),
        ("kill -9 $$", 137, b"", b""),
        ("(sh -c 'kill $$'; echo $?) 2>/dev/null", 0, b"143\n", b""),
        ("cat; echo $?", 0, b"0\n", b""),
        ("echo $((6 * 7)) | tr 42 xy | cat", 0, b"xy\n", b""),
    ],
)
def test_the_channel_is_exact(
    direct: Guest, text: str, status: int, stdout: bytes, stderr: bytes
) -> None:
    done = direct.command(text)
    assert (done.status, done.stdout, done.stderr) == (status, stdout, stderr)


def test_another_library_os_runs_beside_posix(direct: Guest) -> None:
    """`tiny`: two envs and a gate, on the kernel's calls alone."""
    assert direct.command("echo posix").stdout == b"posix\n"
    assert b"tiny: 1 + ... + 100 = 5050" in direct.machine.console


def test_much_output(direct: Guest) -> None:
    done = direct.command("head -c 200000 /dev/zero | tr '\\0' x", timeout=60)
    assert done.stdout == b"x" * 200000


def test_the_root_is_covered_by_memory(direct: Guest) -> None:
    done = direct.command("echo new >/etc/new && rm /bin/cat && cat /etc/new; ls /etc/new")
    assert done.stdout == b"/etc/new\n" and done.status == 0


def test_a_hang_is_ended(direct: Guest) -> None:
    with pytest.raises(CheckError, match="the guest hangs: `sleep 1000` did not end"):
        direct.command("sleep 1000", timeout=1)
    assert direct.command("ls /bin/cat").stdout == b"/bin/cat\n"


def test_the_console(direct: Guest) -> None:
    machine = direct.machine
    machine.wait_console(b"# ", 30)
    machine.type(b"echo sh''ell $((1+1))x\x7f\r")
    machine.wait_console(b"\nshell 2\r\n", 30)
    machine.type(b"sleep 1000\r")
    machine.wait_console(b"sleep 1000\r\n", 30)
    direct.command("sleep 1")
    machine.type(b"\x03")
    machine.wait_console(b"^C", 30)
    machine.type(b"echo still''here $?\r")
    machine.wait_console(b"\nstillhere 130\r\n", 30)
