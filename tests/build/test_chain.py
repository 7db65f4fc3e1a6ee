"""Whole builds of a small tree: cache, lock, pins, bad sources."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from exodist.build.archive import pack
from exodist.chain.build import make
from exodist.chain.report import Options, Report
from exodist.chain.stages import check_manifest, write_lock
from exodist.errors import ExodistError, ManifestError, SourceError, ToolError
from tests.small_tree import HEAD, write_tree

pytestmark = pytest.mark.whole


class Small:
    """A small tree, and builds of it."""

    def __init__(self, root: Path) -> None:
        root.mkdir(exist_ok=True)
        self.root = root
        self.manifest = write_tree(root)
        self.options = Options(out=root / "out", cache=root / ".exo", jobs=2)
        self.lock()

    def lock(self, manifest: Path | None = None) -> None:
        write_lock(manifest or self.manifest, self.root, self.options.cache)

    def build(self, manifest: Path | None = None, /, **options: object) -> Report:
        changed = replace(self.options, **options)  # type: ignore[arg-type]  # names are Options'
        return make(manifest or self.manifest, changed, self.root)

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.root / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def fails(self, kind: type[ExodistError], **options: object) -> ExodistError:
        with pytest.raises(kind) as caught:
            self.build(**options)
        assert "\n" not in str(caught.value)
        assert list((self.options.cache / "store/tmp").iterdir()) == []
        return caught.value


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path / "tree")


def digests(report: Report) -> dict[tuple[str, str], str]:
    return {(a.name, a.kind): a.sha256 for a in report.artifacts}


def test_build_then_nothing_to_do(small: Small) -> None:
    first = small.build()
    assert first.cached == 0
    assert {a.kind for a in first.artifacts} == {
        "kernel", "efi", "program", "domain", "fs", "direct", "cmdline", "initrd",
        "uki-unsigned", "uki", "esp", "iso",
    }  # fmt: skip
    for artifact in first.artifacts:
        assert sha256(artifact.path.read_bytes()).hexdigest() == artifact.sha256
        assert artifact.path.stat().st_size == artifact.size
    second = small.build()
    assert (second.run, second.cached) == (0, first.run)
    assert digests(second) == digests(first)


def test_a_changed_source_rebuilds_what_uses_it(
    small: Small, capsys: pytest.CaptureFixture[str]
) -> None:
    before = digests(small.build())
    small.edit("userland/bin/cat.c", "add(1", "add(9")
    after = digests(small.build(update_lock=True, explain=True))
    changed = {name for name, kind in before if before[name, kind] != after[name, kind]}
    assert changed == {"cat", "fs", "small", "small-iso"}
    said = capsys.readouterr().err
    assert "cat: userland/bin/cat.c: `userland/bin/cat.c` changed" in said
    assert "fs.img: `/bin/cat` changed" in said
    assert "small-iso: ISO: `esp` changed" in said
    assert "wc" not in said


def test_a_changed_header_rebuilds_its_users(
    small: Small, capsys: pytest.CaptureFixture[str]
) -> None:
    small.build()
    small.edit("userland/lib/include/add.h", "int b)", "int other)")
    small.build(update_lock=True, explain=True)
    said = capsys.readouterr().err
    assert "wc: userland/bin/wc.c: `userland/lib/include/add.h` changed" in said
    assert "root" not in said, "root does not see that header"


def test_one_image(small: Small) -> None:
    kinds = {a.kind for a in small.build(images=("small",)).artifacts}
    assert "direct" in kinds
    assert "iso" not in kinds
    assert "no image `smal`" in str(small.fails(ManifestError, images=("smal",)))


def test_a_damaged_output_is_replaced(small: Small) -> None:
    report = small.build()
    report.find("iso").path.write_bytes(b"damaged")
    assert small.build().run == 0
    assert sha256(report.find("iso").path.read_bytes()).hexdigest() == report.find("iso").sha256


def test_a_damaged_object_is_made_again(small: Small) -> None:
    report = small.build()
    for blob in (small.options.cache / "store/blobs").glob("??/*"):
        blob.chmod(0o644)
        blob.write_bytes(b"damaged")
    for path in [a.path for a in report.artifacts]:
        path.unlink()
    assert digests(small.build()) == digests(report)


def test_the_lock_is_enforced(small: Small) -> None:
    small.edit("userland/bin/cat.c", "add(1", "add(9")
    error = small.fails(SourceError)
    assert "component `cat`: tree differs from the lock: expected" in str(error)
    assert "found" in str(error)
    assert error.exit_code == 4
    with pytest.raises(SourceError):
        check_manifest(small.manifest, small.root, small.options.cache)
    small.lock()
    assert check_manifest(small.manifest, small.root, small.options.cache)["cat"] == "0.1.0"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[components.cat]", "[components.dog]", "component `cat` is not in the lock"),
        ('linux-x86_64" = "', 'linux-x86_64" = "0000', "toml.*linux-x86_64|toolchain"),
    ],
)
def test_other_locks(small: Small, old: str, new: str, message: str) -> None:
    lock = small.manifest.with_suffix(".lock")
    lock.write_text(lock.read_text().replace(old, new))
    with pytest.raises(ExodistError, match=message):
        small.build()


def test_no_lock(small: Small) -> None:
    small.manifest.with_suffix(".lock").unlink()
    assert small.fails(ManifestError).hint == "`./exo manifest lock`"


def test_a_component_that_does_not_compile(small: Small) -> None:
    small.edit("userland/bin/cat.c", "void)sum", "void)som")
    error = small.fails(ToolError, update_lock=True)
    assert isinstance(error, ToolError)
    assert "use of undeclared identifier 'som'" in error.output
    assert error.hint is not None
    command = error.hint.removeprefix("repeat it: ")
    again = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert again.returncode != 0
    assert "use of undeclared identifier 'som'" in again.stderr
    assert not (small.root / "out/small/bin/cat").exists()


@pytest.mark.parametrize("isolate", [True, False])
def test_an_undeclared_header_fails(small: Small, isolate: bool) -> None:
    secret = small.root / "userland/secret.h"
    secret.write_text("#define SECRET 1\n")
    small.edit("userland/bin/cat.c", '#include "add.h"', f'#include "{secret}"\n#include "add.h"')
    error = small.fails(ToolError, update_lock=True, isolate=isolate)
    assert isinstance(error, ToolError)
    assert "secret.h" in str(error) + error.output


def test_without_a_sandbox_the_same_bytes(small: Small) -> None:
    inside = digests(small.build())
    outside = digests(
        small.build(isolate=False, cache=small.root / "other", out=small.root / "out2")
    )
    assert inside == outside


def test_needs_that_nobody_pins(small: Small) -> None:
    small.edit("manifests/small.toml", '"lib", ', "")
    error = small.fails(ManifestError, update_lock=True)
    assert "needs component `lib`, which the manifest does not pin" in str(error)


def test_a_missing_component(small: Small) -> None:
    small.edit("manifests/small.toml", '"cat"', '"cta"')
    assert small.fails(ManifestError).hint == "did you mean `cat`?"


def test_another_toolchain(small: Small) -> None:
    small.edit("manifests/small.toml", 'toolchain = "', 'toolchain = "9')
    assert "is pinned, but" in str(small.fails(ManifestError))


def test_two_files_of_one_name(small: Small) -> None:
    small.edit("userland/bin/wc.toml", "/bin/count", "/bin/cat")
    assert "`/bin/cat`" in str(small.fails(ManifestError, update_lock=True))


def _old_cat(small: Small, version: str = "0.0.9") -> tuple[bytes, str]:
    """An archive that holds another version of cat."""
    toml = (small.root / "userland/bin/cat.toml").read_text()
    source = (small.root / "userland/bin/cat.c").read_text().replace("add(1", "add(7")
    data = pack(
        {
            "userland/bin/cat.toml": toml.replace("0.1.0", version).encode(),
            "userland/bin/cat.c": source.encode(),
            "userland/bin/cat.1": (small.root / "userland/bin/cat.1").read_bytes(),
        },
        "cat-0.0.9",
        0,
    )
    return data, sha256(data).hexdigest()


def _other_manifest(small: Small, digest: str) -> Path:
    path = small.root / "manifests/old.toml"
    text = small.manifest.read_text().replace('"cat", ', "").replace('"small"', '"old"', 1)
    text = text.replace("[pins]\n", '[pins]\n"0.0.9" = ["cat"]\n')
    path.write_text(f'{text}\n[archives.cat]\nurl = "cat.tar"\nsha256 = "{digest}"\n')
    return path


def test_two_versions_of_cat(small: Small) -> None:
    data, digest = _old_cat(small)
    (small.root / "manifests/cat.tar").write_bytes(data)
    old = _other_manifest(small, digest)
    small.lock(old)
    new, before = _files(small.build().find("fs").path), _files(small.build(old).find("fs").path)
    assert new.keys() == before.keys()
    assert [path for path in new if new[path] != before[path]] == ["bin/cat"]


def _files(image: Path) -> dict[str, bytes]:
    """All files of a file system, as debugfs extracts them."""
    folder = image.parent / "rdump"
    folder.mkdir()
    subprocess.run(["debugfs", "-R", f"rdump / {folder}", image], capture_output=True, check=True)
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[:-100], "expected sha256"),
        (lambda data: data[:300] + b"x" + data[301:], "expected sha256"),
    ],
)
def test_a_damaged_archive(small: Small, damage: object, message: str) -> None:
    data, digest = _old_cat(small)
    (small.root / "manifests/cat.tar").write_bytes(damage(data))  # type: ignore[operator]
    with pytest.raises(SourceError, match=message):
        small.lock(_other_manifest(small, digest))
    assert list((small.options.cache / "downloads").iterdir()) == []


def test_an_archive_of_another_version(small: Small) -> None:
    data, digest = _old_cat(small, version="0.0.8")
    (small.root / "manifests/cat.tar").write_bytes(data)
    with pytest.raises(ManifestError, match=r"pinned to 0.0.9, but the archive holds 0.0.8"):
        small.lock(_other_manifest(small, digest))


def test_a_pin_that_needs_an_archive(small: Small) -> None:
    small.edit("userland/bin/cat.toml", "0.1.0", "0.2.0")
    error = small.fails(ManifestError)
    assert "`cat` is pinned to 0.1.0, but the tree holds 0.2.0" in str(error)
    assert error.hint is not None
    assert "[archives.cat]" in error.hint


def test_a_kernel_too_many(small: Small) -> None:
    (small.root / "kernel/two.toml").write_text(
        HEAD + 'name = "two"\nkind = "kernel"\nsources = ["kernel.c"]\n'
    )
    small.edit("manifests/small.toml", '"cat"', '"cat", "two"')
    assert "exactly one component of kind `kernel`" in str(
        small.fails(ManifestError, update_lock=True)
    )
