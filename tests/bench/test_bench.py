"""The bench prints its table; what it measures is not judged here, that it measures is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from exodist.bench.host import host_metrics
from exodist.chain.stages import write_lock
from tests.small_tree import write_tree

pytestmark = pytest.mark.whole

KEYS = {"metric", "arch", "value", "unit", "bar", "peer", "peer_value"}


def bench(tree: Path, *arguments: str) -> str:
    argv = [sys.executable, "-m", "exodist", "bench", *arguments]
    done = subprocess.run(argv, cwd=tree, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_kernel_and_system_as_json(tree: Path) -> None:
    metrics = [json.loads(line) for line in bench(tree, "kernel", "system", "--json").splitlines()]
    assert all(set(metric) == KEYS for metric in metrics)
    values = {metric["metric"]: metric["value"] for metric in metrics}
    assert {"null_call", "gate_round_trip", "two_switches", "fork_exec_wait", "pipe_round_trip",
            "entry_to_first_user", "entry_to_prompt", "kernel_text", "memory_kernel",
            "memory_at_prompt"} <= set(values)  # fmt: skip
    assert 10 < values["null_call"] < values["gate_round_trip"] < values["pipe_round_trip"]
    assert values["entry_to_first_user"] < values["entry_to_prompt"]


def test_the_table_marks_what_is_above_its_bar(tree: Path) -> None:
    lines = bench(tree, "kernel").splitlines()
    assert lines[0].split()[:3] == ["metric", "value", "unit"]
    for line in lines[1:]:
        value = float(line.split()[1].replace(",", ""))
        bar = line[53:68].replace(",", "").split()
        assert ("!" in bar) == (bool(bar) and value > float(bar[0]))


def test_host_figures_of_a_small_tree(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    manifest = write_tree(tree)
    write_lock(manifest, tree, tmp_path / "cache")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    metrics = {m.metric: m for m in host_metrics(manifest, scratch, tree, payload=4 << 20)}
    assert set(metrics) == {"cold_build", "noop_build", "assemble_iso", "assemble_memory"}
    assert all(metric.value > 0 for metric in metrics.values())
    assert metrics["cold_build"].peer_value
    assert (scratch / "peer/peer.iso").stat().st_size > 1 << 20
    assert (scratch / "ours.iso").stat().st_size > 4 << 20
