"""Each `.test` file, with the host's utilities (do we test POSIX?) and with ours (are they it?)."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.userland import guest, native
from tests.userland.cases import Case, Result, load

NAMES = native.names()
ENVIRONMENT = {
    "LC_ALL": "C",
    "TZ": "UTC0",
    "POSIXLY_CORRECT": "1",
    "ASAN_OPTIONS": "detect_leaks=0",  # a process that ends frees everything
}


@pytest.fixture(scope="session")
def programs(pytestconfig: pytest.Config) -> Path:
    """The folder with our utilities, built for the host."""
    cache = pytestconfig.cache
    assert cache is not None
    return native.build(cache.mkdir("userland"))


def _run(case: Case, utility: str, path: str) -> Result:
    shell = shutil.which("dash") or "/bin/sh"
    with tempfile.TemporaryDirectory() as folder:
        # Not in the case's directory: that one is empty.
        with tempfile.TemporaryFile() as stdin:
            stdin.write(case.stdin)
            stdin.seek(0)
            done = subprocess.run(
                [shell, "-c", f"umask 022; {guest.command(case, utility)}"],
                stdin=stdin,
                capture_output=True,
                cwd=folder,
                env=ENVIRONMENT | {"PATH": path, "HOME": folder},
                timeout=20,
                preexec_fn=native.default_signals,
            )
        subprocess.run(["chmod", "-R", "u+rwx", folder], check=True)
    return Result(done.stdout, done.stderr, done.returncode)


def _faults(cases: Sequence[Case], utility: str, path: str) -> list[str]:
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda case: _run(case, utility, path), cases))
    return [f for case, result in zip(cases, results, strict=True) for f in case.faults(result)]


@pytest.mark.parametrize("name", NAMES)
def test_host(name: str) -> None:
    cases = [case for case in load(native.BIN / f"{name}.test") if case.oracle]
    faults = _faults(cases, name, "/usr/bin:/bin")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", NAMES)
def test_ours(name: str, programs: Path) -> None:
    faults = _faults(load(native.BIN / f"{name}.test"), name, str(programs))
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", ["chmod", "printf"])
def test_ours_as_in_the_guest(name: str, programs: Path) -> None:
    """The guest's script, run by our utilities alone: they are enough to frame the results."""
    cases = load(native.BIN / f"{name}.test")
    shell = shutil.which("dash") or "/bin/sh"
    done = subprocess.run(
        [shell, "-c", guest.script(cases, name)],
        capture_output=True,
        text=True,
        check=True,
        env=ENVIRONMENT | {"PATH": str(programs)},
    )
    results = guest.results(done.stdout, len(cases))
    faults = [f for case, result in zip(cases, results, strict=True) for f in case.faults(result)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("whose", ["host", "ours"])
def test_thirty(whose: str, programs: Path) -> None:
    """The long script that runs inside the guest, on the host."""
    shell = shutil.which("dash") or "/bin/sh"
    path = str(programs) if whose == "ours" else "/usr/bin:/bin"
    done = subprocess.run(
        [shell, str(native.TREE / "userland/skel/usr/share/tests/thirty.sh")],
        capture_output=True,
        text=True,
        env=ENVIRONMENT | {"PATH": path},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^ok: \d+ checks, (3\d|4\d) utilities$", done.stdout)


@pytest.mark.parametrize("name", NAMES)
def test_complete(name: str) -> None:
    """Beside each utility stand its manual page, component file and at least eight cases."""
    for suffix in ("1", "toml"):
        assert (native.BIN / f"{name}.{suffix}").exists()
    least = 20 if name in ("sed", "grep", "sort", "test", "expr", "printf") else 8
    assert len(load(native.BIN / f"{name}.test")) >= least or name in ("true", "false")


def test_status_table() -> None:
    """userland/README.md names each utility, its options and how many cases it has."""
    rows = re.findall(
        r"^\| (\S+) \| (.+?) \| .+ \| (\d+) \|$",
        (native.TREE / "userland/README.md").read_text(),
        re.M,
    )
    (shell,) = (row for row in rows if row[0] == "sh")  # a folder, with tests of its own
    assert int(shell[2]) == sum(len(load(file)) for file in (native.BIN / "sh").glob("*.test"))
    rows.remove(shell)
    assert [name for name, _, _ in rows] == NAMES
    for name, options, count in rows:
        source = (native.BIN / f"{name}.c").read_text()
        letters = re.search(r'getopt\(argc, argv, "([^"]*)"', source)
        if letters:
            assert set(options.strip("`-")) == set(letters[1]) - {":"} or options == "none"
        assert int(count) == len(load(native.BIN / f"{name}.test"))


def test_manual_pages() -> None:
    mandoc = shutil.which("mandoc")
    if mandoc is None:
        pytest.fail("the judge `mandoc` is missing: see `./exo doctor`")
    pages = [str(native.BIN / f"{name}.1") for name in NAMES]
    done = subprocess.run([mandoc, "-Tlint", "-Wwarning", *pages], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_synopsis(name: str) -> None:
    """The usage text of the program is the synopsis of its manual page, but for blanks."""
    mandoc = shutil.which("mandoc")
    if mandoc is None:
        pytest.fail("the judge `mandoc` is missing: see `./exo doctor`")
    usage = _usage((native.BIN / f"{name}.c").read_text())
    argv = [mandoc, "-Tascii", str(native.BIN / f"{name}.1")]
    page = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    plain = re.sub(".\b", "", page)  # bold is printed by overstriking
    synopsis = plain.partition("SYNOPSIS")[2].partition("DESCRIPTION")[0]
    assert _squeezed(synopsis) == _squeezed(usage or name)


def _usage(source: str) -> str:
    call = source.partition("util_start(argv,")[2].partition(");")[0]
    return "".join(re.findall(r'"([^"]*)"', call)).replace("\\n", "")


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)
