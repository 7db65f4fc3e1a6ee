"""`exodist run`: boot an image in QEMU, at the terminal or for one command.

With `--command` the guest's output is ours, byte for byte, and so is its exit status; our own
failures are then 125, as `docker run` and `env` do it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import click

from exodist.commands.options import TREE, default_manifest
from exodist.console import console
from exodist.emulate.firmware import enrolled_store, find_firmware
from exodist.emulate.machine import Machine, Sinks, interact
from exodist.emulate.qemu import GDB_PORT, Boot, DirectBoot, Medium, Settings, UefiBoot, find_qemu
from exodist.errors import ExodistError, ManifestError, ToolError

OWN_FAILURE = 125
READY_SHARE = 0.9  # of the time-out, for booting
HEADLESS_TIMEOUT = 300.0


@click.command()
@click.argument("image", required=False, type=click.Path(path_type=Path))
@click.option("--cdrom", "medium", flag_value="cdrom", help="Boot it as a CD (default).")
@click.option("--usb", "medium", flag_value="usb", help="Boot it as a USB stick.")
@click.option("--disk", "medium", flag_value="disk", help="Boot it as a disk.")
@click.option("--direct", "medium", flag_value="direct", help="Kernel and module, no firmware.")
@click.option("--secure-boot/--no-secure-boot", default=True, help="Default: on.")
@click.option("--keys", type=click.Path(path_type=Path), help="Key set that is enrolled.")
@click.option("--command", help="Run this in the guest's shell, give its output and status.")
@click.option("--headless", is_flag=True, help="No terminal; the console goes to stdout.")
@click.option("--memory", type=click.IntRange(32, 1 << 20), default=256, help="MiB of memory.")
@click.option("--timeout", type=click.FloatRange(min=1), help="Seconds until a hang is ended.")
@click.option("--gdb", is_flag=True, help="Wait for a debugger before the first instruction.")
@click.option("--icount", is_flag=True, help="Count instructions: one a nanosecond, exactly.")
@click.option("--log", type=click.Path(path_type=Path), help="Console log (default: in out/).")
def run(
    image: Path | None,
    medium: str | None,
    secure_boot: bool,
    keys: Path | None,
    command: str | None,
    headless: bool,
    memory: int,
    timeout: float | None,
    gdb: bool,
    icount: bool,
    log: Path | None,
) -> int:
    """Boot IMAGE (default: build manifests/exov6.toml and boot that) in QEMU.

    Ctrl-A X leaves the machine.

    \b
    Examples:
      exodist run
      exodist run --headless --command 'uname -a; ls /bin'
      exodist run --direct --gdb
      exodist run some.iso --usb --no-secure-boot
    """
    settings = Settings(memory=memory, gdb=gdb, icount=icount)
    log = log or TREE / "out" / "run" / "console.log"
    with tempfile.TemporaryDirectory(prefix="exodist-run-") as scratch:
        try:
            find_qemu()
            how = Medium(medium or "cdrom")
            boot = (
                _direct(image)
                if how is Medium.DIRECT
                else _uefi(image, how, secure_boot, keys or TREE / "keys/dev", Path(scratch))
            )
            if gdb:
                _tell_gdb(boot)
            if command is None and not headless:
                console.note("Ctrl-A X leaves the machine")
                return interact(boot, settings, log)
            limit = timeout or HEADLESS_TIMEOUT
            if command is None:
                return _watch(boot, settings, log, limit)
            return _command(boot, settings, log, command, limit)
        except ExodistError as error:
            if command is not None:
                error.exit_code = OWN_FAILURE
            raise
        except OSError as error:
            if command is None:
                raise
            message, where = str(error.strerror or error), error.filename
            raise ToolError(message, where=where, exit_code=OWN_FAILURE) from error


def _command(boot: Boot, settings: Settings, log: Path, command: str, limit: float) -> int:
    """One command in the guest; its exit status."""
    sinks = Sinks(stdout=_write_stdout, stderr=_write_stderr)
    with Machine(boot, settings, log) as machine:
        console.progress(0, 0, "booting")
        machine.wait_ready(limit * READY_SHARE)
        console.close()
        result = machine.command(command, limit, sinks)
        machine.power_off()
    return result.status


def _watch(boot: Boot, settings: Settings, log: Path, limit: float) -> int:
    """The console on standard output until the machine ends by itself or the time-out."""
    with Machine(boot, settings, log) as machine:
        machine.echo_console(_write_stdout)
        raise machine.wait_verdict(limit)


def _direct(image: Path | None) -> DirectBoot:
    """A module with its command line and kernel beside it, as `build` leaves them."""
    if image is None:
        from exodist.chain.build import make

        report = make(default_manifest())
        image = report.find("direct").path
        kernel = report.find("kernel").path
    else:
        kernel = image.with_name("kernel.elf")
    line = image.with_suffix(".cmdline")
    for file, what in ((image, "module"), (kernel, "kernel"), (line, "command line")):
        if not file.is_file():
            raise ManifestError(f"the {what} is missing", where=str(file))
    return DirectBoot(kernel, image, line.read_text(encoding="ascii").strip())


def _uefi(image: Path | None, medium: Medium, secure: bool, keys: Path, scratch: Path) -> UefiBoot:
    if image is None:
        from exodist.chain.build import make

        image = make(default_manifest()).find("iso").path
    if not image.is_file():
        raise ManifestError("there is no such image", where=str(image))
    firmware = find_firmware(secure=secure)
    store = firmware.variables
    if secure:
        from exodist.sign.keyset import load_keyset

        store = enrolled_store(firmware, load_keyset(keys), TREE / "out" / "firmware")
    mine = scratch / "vars.fd"
    shutil.copyfile(store, mine)
    return UefiBoot(medium, image, firmware, mine)


def _tell_gdb(boot: UefiBoot | DirectBoot) -> None:
    kernel = boot.kernel if isinstance(boot, DirectBoot) else boot.image.with_name("kernel.elf")
    console.note("waiting for a debugger; connect with symbols by")
    console.note(f"  gdb {kernel} -ex 'target remote 127.0.0.1:{GDB_PORT}'")


def _write_stdout(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _write_stderr(data: bytes) -> None:
    sys.stderr.buffer.write(data)
    sys.stderr.buffer.flush()
