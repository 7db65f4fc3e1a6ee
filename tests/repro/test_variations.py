"""The same bytes in another folder, for another user, and on a polluted host.

Each variation builds its own copy of the tree, with an empty cache, by the command line, and must
give the digests of every artifact that the plain build gives.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from exodist.build.sandbox import bubblewrap
from tests.small_tree import write_tree

pytestmark = pytest.mark.whole


def copy_tree(tree: Path, target: Path) -> Path:
    """The files of the working copy that git tracks, or would."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=tree,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (tree / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(tree / name, target / name)
    return target


def build(
    tree: Path, prefix: list[str] | None = None, *, umask: int = 0o022, **environment: str
) -> dict[str, str]:
    """Digests of all artifacts by path in the output folder."""
    done = subprocess.run(
        [*(prefix or []), sys.executable, "-m", "exodist", "build", "--json"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), **environment},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["event"] == "done"
    assert last["actions"]["cached"] == 0
    assert last["actions"]["run"] > 0
    return {str(Path(a["path"]).relative_to(tree / "out")): a["sha256"] for a in last["artifacts"]}


@pytest.fixture(scope="module")
def plain(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the tree builds to, without any variation."""
    return build(copy_tree(tree, tmp_path_factory.mktemp("plain")))


def test_another_folder_user_home_umask_and_zone(
    tree: Path, tmp_path: Path, plain: dict[str, str]
) -> None:
    copy = copy_tree(tree, tmp_path / "another folder with a longer name")
    prefix = []
    if bubblewrap():
        prefix = ["bwrap", "--bind", "/", "/", "--dev", "/dev", "--unshare-user"]
        prefix += ["--uid", "4711", "--gid", "4712"]
    home = tmp_path / "home"
    home.mkdir()
    found = build(
        copy,
        prefix,
        umask=0o077,
        HOME=str(home),
        USER="somebody",
        TZ="Pacific/Auckland",
        LC_ALL="tr_TR.UTF-8",
        SOURCE_DATE_EPOCH="1",
    )
    assert found == plain


def test_a_polluted_host(tree: Path, tmp_path: Path, plain: dict[str, str]) -> None:
    copy = copy_tree(tree, tmp_path / "tree")
    poison = tmp_path / "poison"
    poison.mkdir()
    for name in ("stdint.h", "stddef.h", "stdio.h", "string.h"):
        (poison / name).write_text('#error "a header of the host was read"\n')
    for name in ("clang", "cc", "gcc", "zig", "ld.lld", "ld", "ar", "lld-link", "python3"):
        (poison / name).write_text("#!/bin/sh\necho a fake compiler was called >&2\nexit 1\n")
        (poison / name).chmod(0o755)
    prefix = []
    if bubblewrap() and Path("/usr/include").is_dir():
        prefix = ["bwrap", "--bind", "/", "/", "--dev", "/dev"]
        prefix += ["--ro-bind", str(poison), "/usr/include"]
    found = build(
        copy,
        prefix,
        PATH=f"{poison}:{os.environ['PATH']}",
        CCC_OVERRIDE_OPTIONS="+-DPOISON",
        CPATH=str(poison),
        C_INCLUDE_PATH=str(poison),
        COMPILER_PATH=str(poison),
        ZIG_LIB_DIR=str(poison),
        CFLAGS="-DPOISON",
        CC="false",
    )
    assert found == plain


def test_scratch_folders_instead_of_the_sandbox(
    tree: Path, tmp_path: Path, plain: dict[str, str]
) -> None:
    """A host without bubblewrap."""
    copy = copy_tree(tree, tmp_path / "tree")
    programs = tmp_path / "bin"
    programs.mkdir()
    assert build(copy, PATH=str(programs)) == plain


_SMALL = """
import sys
from pathlib import Path
from exodist.chain.build import make
from exodist.chain.report import Options
root = Path(sys.argv[1])
make(root / "manifests/small.toml", Options(out=root / "out", cache=root / ".exo"), root)
"""


def _small(tree: Path, root: Path, prefix: list[str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*(prefix or []), sys.executable, "-c", _SMALL, str(root)],
        cwd=tree,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _tree(tmp_path: Path) -> Path:
    from exodist.chain.stages import write_lock

    root = tmp_path / "small"
    root.mkdir()
    write_lock(write_tree(root), root, root / ".exo")
    return root


def test_two_builds_at_once(tree: Path, tmp_path: Path) -> None:
    root = _tree(tmp_path)
    builds = [_small(tree, root) for _ in range(3)]
    for process in builds:
        errors = process.communicate()[1]
        assert process.returncode == 0, errors
    assert list((root / ".exo/store/tmp").iterdir()) == []


def test_killed_builds_leave_nothing_half_written(tree: Path, tmp_path: Path) -> None:
    root = _tree(tmp_path)
    for delay in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        process = _small(tree, root)
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
    process = _small(tree, root)
    errors = process.communicate()[1]
    assert process.returncode == 0, errors
    (tmp_path / "other").mkdir()
    other = _tree(tmp_path / "other")
    assert _small(tree, other).wait() == 0
    assert _files(root / "out") == _files(other / "out")
    assert list((root / ".exo/store/tmp").iterdir()) == []


def _files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder; hidden ones too, for leftovers are hidden."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.skipif(bubblewrap() is None, reason="needs a small file system of its own")
def test_a_full_disk(tree: Path, tmp_path: Path) -> None:
    """A file system of 1 MiB for the cache: one clear line, nothing half-written."""
    code = "from exodist.cli import main; import sys; sys.exit(main(sys.argv[1:]))"
    copy = copy_tree(tree, tmp_path / "tree")
    (copy / ".exo").mkdir()
    done = subprocess.run(
        ["bwrap", "--bind", "/", "/", "--dev", "/dev", "--size", "1048576", "--tmpfs",
         str(copy / ".exo"), sys.executable, "-c", code, "build"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (copy / "out").exists()
