"""`exodist bench`: sizes, instruction counts and times, each beside its bar and its peer."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exodist.commands.options import default_manifest
from exodist.console import console, emit

if TYPE_CHECKING:
    from exodist.bench.table import Metric

PARTS = ("kernel", "system", "host")


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(PARTS))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def bench(parts: tuple[str, ...], as_json: bool) -> None:
    """Measure PARTS (default: all): `kernel` calls, the `system` up to its prompt, the `host`.

    Guest figures are instruction counts under QEMU's -icount and repeat exactly; host figures are
    wall times beside a peer's from the same run.

    \b
    Examples:
      exodist bench
      exodist bench kernel system
      exodist bench host --json
    """
    missed = 0
    if not as_json:
        click.echo(_row("metric", "value", "unit", "bar", "peer", "peer's"))
    with tempfile.TemporaryDirectory(prefix="exodist-bench-") as scratch:
        for metric in _measure(parts or PARTS, Path(scratch)):
            missed += metric.bar is not None and metric.value > metric.bar
            if as_json:
                emit(asdict(metric))
            else:
                click.echo(_line(metric))
    if missed:
        console.note(f"{missed} above their bar (marked `!`)")


def _measure(parts: tuple[str, ...], scratch: Path) -> Iterator[Metric]:
    from exodist.bench.guest import kernel_metrics, system_metrics
    from exodist.bench.host import host_metrics

    if "kernel" in parts:
        console.step("kernel calls, direct boot, instructions counted")
        yield from kernel_metrics(scratch)
    if "system" in parts:
        console.step("the system up to its prompt, direct boot, instructions counted")
        yield from system_metrics(scratch)
    if "host" in parts:
        console.step("builds and assembly on this host")
        yield from host_metrics(default_manifest(), scratch)


def _line(metric: Metric) -> str:
    over = metric.bar is not None and metric.value > metric.bar
    bar = "" if metric.bar is None else f"{metric.bar:,}{' !' if over else ''}"
    peer = "" if metric.peer_value is None else f"{metric.peer_value:,}"
    return _row(metric.metric, f"{metric.value:,}", metric.unit, bar, metric.peer or "", peer)


def _row(name: str, value: str, unit: str, bar: str, peer: str, peer_value: str) -> str:
    return f"{name:22} {value:>14} {unit:13} {bar:>14}  {peer_value:>14} {peer}".rstrip()
