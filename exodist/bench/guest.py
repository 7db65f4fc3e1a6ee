"""The guest's side of the bench: instruction counts by direct boot under `-icount shift=0`.

The time-stamp counter then advances by one for each guest instruction, so a figure repeats exactly
on any host. What a mode switch or a TLB flush costs on hardware is not in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from elftools.elf.elffile import ELFFile

from exodist.bench.table import Metric, guest_metric
from exodist.chain.build import make
from exodist.chain.report import Artifact, Options
from exodist.commands.options import default_manifest
from exodist.emulate.machine import Machine
from exodist.emulate.qemu import DirectBoot, Settings
from exodist.errors import CheckError
from exodist.formats.boot_archive import encode

ARCH = "x86_64"
TIMEOUT = 120.0
SETTINGS = Settings(icount=True)
PROGRAM = "/usr/libexec/posixbench"
_KERNEL_MANIFEST = """\
schema = 1
name = "kernel-bench"
version = "0.1.0"
epoch = 315532800
security_version = 1
toolchain = "0.17.1"
[pins]
"0.1.0" = ["kernel", "kernel-test"]
[[images]]
name = "kernel-bench"
kind = "direct"
arch = "x86_64"
board = "qemu-q35"
"""


def kernel_metrics(scratch: Path) -> Iterator[Metric]:
    """What the kernel's calls cost, from the test program of the kernel that is built alone."""
    manifest = scratch / "kernel-bench.toml"
    manifest.write_text(_KERNEL_MANIFEST)
    report = make(manifest, Options(out=scratch / "out", update_lock=True))
    kernel, program = report.find("kernel").path, report.find("domain").path
    module = scratch / "kernel-bench.module"
    module.write_bytes(encode([("root", program.read_bytes())]))
    boot = DirectBoot(kernel, module, "console=ttyS0 timer_hz=1000000000 bench")
    with Machine(boot, SETTINGS, scratch / "console.log") as machine:
        if machine.wait_end(TIMEOUT) is None:
            raise CheckError("the kernel's bench did not end", where=str(machine.log))
        text = machine.console.decode("ascii", "replace")
    yield from _metrics(text)
    yield from _sizes(kernel)


def system_metrics(scratch: Path) -> Iterator[Metric]:
    """What processes and pipes cost, and what the way to the prompt costs."""
    report = make(default_manifest())
    boot = _direct(report.find("direct"), report.find("kernel"))
    with Machine(boot, SETTINGS, scratch / "console.log") as machine:
        machine.wait_ready(TIMEOUT)
        result = machine.command(f"{PROGRAM} && cat /proc/boot", TIMEOUT)
        machine.power_off()
    if result.status:
        raise CheckError(f"`{PROGRAM}` ended with status {result.status}", where=str(scratch))
    yield from _metrics(result.stdout.decode("ascii", "replace"))


def _direct(module: Artifact, kernel: Artifact) -> DirectBoot:
    line = module.path.with_suffix(".cmdline").read_text(encoding="ascii").strip()
    return DirectBoot(kernel.path, module.path, line)


def _metrics(text: str) -> Iterator[Metric]:
    """Lines `bench NAME MINIMUM MEDIAN` of a bench program, or `NAME VALUE` of /proc/boot."""
    found = re.findall(r"^(?:bench )?(\w+) (\d+)(?: \d+)?\r?$", text, re.MULTILINE)
    if not found:
        raise CheckError("the guest printed no figures")
    for name, value in found:
        yield guest_metric(name, int(value), ARCH)


def _sizes(kernel: Path) -> Iterator[Metric]:
    with kernel.open("rb") as file:
        text = sum(
            section["sh_size"]
            for section in ELFFile(file).iter_sections()
            if section.name.startswith(".text")
        )
    yield guest_metric("kernel_text", text, ARCH)
    yield guest_metric("kernel_file", kernel.stat().st_size, ARCH)
