"""`inspect` and `check` at the command line: lines, JSON, exit codes, no traceback."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest

from exodist.cli import main
from exodist.images.esp import write_esp
from exodist.images.iso import write_iso

ID = UUID("6f6e6b1e-0000-5000-8000-000000000006")
Output = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def iso(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("commands")
    with (folder / "esp").open("wb") as out:
        write_esp({"EFI/BOOT/BOOTX64.EFI": b"x"}, out, epoch=0, identity=ID, label="ESP")
    write_iso(folder / "esp", {}, folder / "a.iso", epoch=0, identity=ID, label="A")
    return folder / "a.iso"


def test_inspect(iso: Path, capsys: Output) -> None:
    assert main(["inspect", str(iso)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("a.iso [iso] @ 0x0")
    assert any("EFI/BOOT/BOOTX64.EFI [file]" in line for line in lines)


def test_inspect_json(iso: Path, capsys: Output) -> None:
    assert main(["inspect", "--json", str(iso)]) == 0
    objects = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert objects[0]["kind"] == "iso" and objects[0]["size"] == iso.stat().st_size
    paths = {found["path"]: found for found in objects}
    assert paths["a.iso/GPT/EFI system/content"]["kind"] == "fat"


def test_check_of_a_good_iso(iso: Path, capsys: Output) -> None:
    assert main(["check", str(iso)]) == 0
    output = capsys.readouterr()
    assert output.out == "" and "the layout is right" in output.err


def test_check_lists_what_is_wrong(iso: Path, tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "bad.iso").write_bytes(bytes(512) + iso.read_bytes()[512:])
    assert main(["check", str(tmp_path / "bad.iso")]) == 1
    output = capsys.readouterr()
    assert output.out.startswith("protective-mbr: sector 0: ")
    assert "error: " in output.err and "Traceback" not in output.err
    assert main(["check", "--json", str(tmp_path / "bad.iso")]) == 1
    assert json.loads(capsys.readouterr().out)["rule"] == "protective-mbr"


@pytest.mark.parametrize("command", ["inspect", "check"])
@pytest.mark.parametrize(
    ("content", "status"), [(None, 4), (b"", 1), (b"text\n" * 9000, 1), (bytes(40_000), 1)]
)
def test_bad_input_is_one_line(
    command: str, content: bytes | None, status: int, tmp_path: Path, capsys: Output
) -> None:
    path = tmp_path / "x.iso"
    if content is not None:
        path.write_bytes(content)
    assert main([command, str(path)]) == status
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("error: ") and output.err.count("\n") <= 2


def test_a_folder_is_no_image(tmp_path: Path, capsys: Output) -> None:
    assert main(["inspect", str(tmp_path)]) == 4
    assert "not a regular file" in capsys.readouterr().err


def test_check_of_a_truncated_iso(iso: Path, tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "cut.iso").write_bytes(iso.read_bytes()[: 1 << 20])
    assert main(["check", str(tmp_path / "cut.iso")]) == 1
    assert "truncated" in capsys.readouterr().out
    assert main(["inspect", str(tmp_path / "cut.iso")]) == 1
    assert "the ISO is truncated: expected" in capsys.readouterr().err
