"""The sandbox: what a command sees, and the compiler's dependency files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from exodist.build import sandbox as module
from exodist.build.files import FileDigests
from exodist.build.reapi import Node
from exodist.build.sandbox import Sandbox, check_dependencies, dependencies
from exodist.build.store import Store
from exodist.build.toolchain import PROGRAM, Toolchain, find_toolchain, host
from exodist.errors import ToolError

RULE = "out/a.o: src/a.c src/sub/../b.h \\\n  toolchain/lib/include/stdint.h with\\ space.h\n"


def test_dependencies() -> None:
    assert dependencies(RULE) == [
        "src/a.c",
        "src/sub/../b.h",
        "toolchain/lib/include/stdint.h",
        "with space.h",
    ]
    assert dependencies("out/a.o:\n") == []


def test_undeclared_dependencies(tmp_path: Path) -> None:
    node = Node(Store(tmp_path).put_bytes(b""))
    known = {"src/a.c": node, "src/b.h": node, "with space.h": node}
    check_dependencies("a", RULE, known)
    with pytest.raises(ToolError, match=r"read `/usr/include/stdio.h`, which is not among"):
        check_dependencies("a", "a.o: src/a.c /usr/include/stdio.h\n", known)


@pytest.fixture(params=[True, False], ids=["isolated", "scratch"])
def sandbox(request: pytest.FixtureRequest, tmp_path: Path) -> Sandbox:
    toolchain = find_toolchain(FileDigests(tmp_path / "files.json"))
    made = Sandbox(Store(tmp_path / "store"), toolchain, isolate=request.param)
    if request.param and not made.isolated:
        pytest.skip("no bubblewrap that works here")
    return made


def test_a_compile(sandbox: Sandbox, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    inputs = {"a.c": Node(store.put_bytes(b"int a;\n"))}
    argv = [PROGRAM, "clang", "--target=x86_64-none-elf", "-c", "a.c", "-o", "out/a.o"]
    outputs, printed = sandbox.run("a", argv, inputs, ["out/a.o"])
    assert store.path(outputs["out/a.o"]).read_bytes()[:4] == b"\x7fELF"
    assert printed == ""


def test_outputs_that_are_not_there(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"did not write `out/b.o`"):
        sandbox.run("a", [PROGRAM, "clang", "--version"], {}, ["out/b.o"])
    assert list((tmp_path / "store/tmp").iterdir()) == []


def test_a_failure_can_be_repeated(sandbox: Sandbox, tmp_path: Path) -> None:
    inputs = {"a.c": Node(Store(tmp_path / "store").put_bytes(b"int\n"))}
    with pytest.raises(ToolError, match="`a` failed with status 1") as caught:
        sandbox.run("a", [PROGRAM, "clang", "-c", "a.c", "-o", "out/a.o"], inputs, ["out/a.o"])
    assert caught.value.hint is not None
    assert f"cd {tmp_path}/failed && TMPDIR=out toolchain/zig clang" in caught.value.hint
    assert (tmp_path / "failed/a.c").read_bytes() == b"int\n"


def test_inputs_are_read_only_in_the_sandbox(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    toolchain = find_toolchain(FileDigests(tmp_path / "files.json"))
    sandbox = Sandbox(store, toolchain)
    if not sandbox.isolated:
        pytest.skip("no bubblewrap that works here")
    inputs = {"a.c": Node(store.put_bytes(b"int a;\n"))}
    for target in ("a.c", "toolchain/zig", "b.o"):
        argv = [PROGRAM, "clang", "--target=x86_64-none-elf", "-c", "a.c", "-o", target]
        with pytest.raises(ToolError, match="failed with status 1") as caught:
            sandbox.run("a", argv, inputs, [])
        assert "Read-only file system" in caught.value.output or "not" in caught.value.output


def test_no_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    module.bubblewrap.cache_clear()
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert module.bubblewrap() is None
    module.bubblewrap.cache_clear()
    monkeypatch.setattr(shutil, "which", lambda name: "/bin/false")
    assert module.bubblewrap() is None
    module.bubblewrap.cache_clear()


def test_toolchain_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exodist.build.toolchain.find_spec", lambda name: None)
    with pytest.raises(ToolError, match="no compiler"):
        find_toolchain(FileDigests(tmp_path / "files.json"))


def test_toolchain_is_clang_and_its_headers(tmp_path: Path) -> None:
    toolchain = find_toolchain(FileDigests(tmp_path / "files.json"))
    assert isinstance(toolchain, Toolchain)
    assert toolchain.host == host()
    assert (toolchain.root / "lib/include/stdint.h").is_file()
