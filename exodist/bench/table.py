"""What is measured, with the bar that we set ourselves and what the best peer reaches.

Peers' kernel figures are guest instructions under QEMU 7.2 with `-icount shift=0` (minimum of
many): seL4 with its own benchmark suite, Linux 6.1 and xv6 with programs of the same shape. Host
peers are measured in the same run.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """One measured figure; `value` in `unit`, `bar` the most it should be, both None if unknown."""

    metric: str
    value: float
    unit: str
    arch: str | None = None
    bar: float | None = None
    peer: str | None = None
    peer_value: float | None = None


@dataclass(frozen=True)
class Known:
    """What stands in the table for one guest figure."""

    unit: str
    bar: float | None = None
    peer: str | None = None
    peer_value: float | None = None


GUEST = {
    "null_call": Known("instructions", 60, "seL4 poll", 269),
    "env_get": Known("instructions"),
    "gate_round_trip": Known("instructions", 300, "seL4 call+reply", 467),
    "two_switches": Known("instructions", 300, "seL4", 561),
    "fault_upcall_return": Known("instructions", 250),
    "fault_map_return": Known("instructions"),
    "fork_exit_wait": Known("instructions"),
    "fork_exec_wait": Known("instructions", 100_000, "Linux 6.1", 202_000),
    "pipe_round_trip": Known("instructions", 4_000, "Linux 6.1", 10_332),
    "fs_check": Known("instructions"),
    "entry_to_first_user": Known("instructions", 2_000_000, "seL4", 200_700_000),
    "entry_to_prompt": Known("instructions", 20_000_000),
    "kernel_text": Known("bytes", 95_000, "seL4", 97_500),
    "kernel_file": Known("bytes", 250_000),
    "memory_kernel": Known("bytes", 1 << 20),
    "memory_at_prompt": Known("bytes", 4 << 20),
    "memory_fs_image": Known("bytes"),
}


def guest_metric(name: str, value: float, arch: str) -> Metric:
    """A guest figure beside its bar and its peer."""
    known = GUEST[name]
    return Metric(name, value, known.unit, arch, known.bar, known.peer, known.peer_value)
