"""The table of host tools, and the commands that install them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from exodist import tools


def test_every_tool_has_a_purpose_and_a_debian_package() -> None:
    for tool in tools.TOOLS:
        assert tool.purpose in tools.PURPOSES
        assert "apt" in tool.packages, tool.name


def test_missing_tools_and_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    lacking = [tool.name for tool in tools.missing("run")]
    assert "qemu-system-x86_64" in lacking
    assert "xorriso" not in lacking
    wanted = tools.packages(tools.missing("test"), "apt")
    assert len(wanted) == len(set(wanted))
    assert tools.manager() is None


@pytest.mark.parametrize("manager", ["apt", "dnf", "pacman", "brew"])
def test_install_commands(manager: str) -> None:
    commands = tools.install_commands(manager, ["one", "two"])
    assert commands[-1][-2:] == ["one", "two"]


def test_exo_names_what_is_missing_and_stops(tree: Path, tmp_path: Path) -> None:
    """Without root, sudo and tools, `./exo run` prints the command and installs nothing."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    for name in ("apt-get", "dnf", "pacman", "brew"):
        program = bin_ / name
        program.write_text(f"#!/bin/sh\necho called {name} $* >> {tmp_path}/called\nexit 1\n")
        program.chmod(0o755)
        done = _as_nobody(tree, bin_)
        assert done.returncode == 3, done.stderr
        assert "missing: " in done.stderr
        assert f"hint: {'' if name == 'brew' else 'sudo '}{name} " in done.stderr
        program.unlink()
    assert not (tmp_path / "called").exists()


def _as_nobody(tree: Path, path: Path) -> subprocess.CompletedProcess[str]:
    """exo's own set-up step with another user and another PATH."""
    code = (
        "import os, runpy, sys; os.geteuid = lambda: 65534; sys.path.insert(0, sys.argv[1]);"
        "from exodist import tools; tools._search_path = lambda: os.environ['PATH'];"
        "runpy.run_path(sys.argv[1] + '/exo')['install_tools']('run')"
    )
    return subprocess.run(
        [sys.executable, "-c", code, str(tree)],
        env={"PATH": str(path), "HOME": os.environ.get("HOME", "/")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_locked_compiler_is_the_recorded_one(tree: Path) -> None:
    """requirements.lock and the record of wheels name the same files."""
    text = (tree / "requirements.lock").read_text()
    pin = text[text.index("ziglang==") :].split("\n\n")[0]
    lines = pin.splitlines()
    version = lines[0].split("==")[1].split()[0]
    hashes = {line.split("sha256:")[1].split()[0] for line in lines[1:] if "sha256:" in line}
    record = tomllib.loads((tree / f"release/toolchains/ziglang-{version}.toml").read_text())
    assert set(record["wheels"].values()) <= hashes


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_requirements_are_hashed_and_name_no_index(tree: Path, name: str) -> None:
    text = (tree / name).read_text()
    assert "http" not in text
    for block in text.split("\n"):
        if "==" in block:
            assert block.endswith("\\"), f"{block} has no hash"
