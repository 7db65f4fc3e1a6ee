"""The host's side of the bench: builds and assembly against the tools that people use today.

Wall times of one machine mean little, so each stands beside a peer's time from the same run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from exodist.bench.peer import write_ninja
from exodist.bench.table import Metric
from exodist.build.files import FileDigests
from exodist.build.plan import Plan
from exodist.build.toolchain import find_toolchain
from exodist.chain.report import TREE
from exodist.chain.stages import plan_of
from exodist.errors import ToolError

PAYLOAD = 512 << 20
NOOP_RUNS = 5
_BUILD = """
import sys
from pathlib import Path
from exodist.chain.build import make
from exodist.chain.report import Options
folder = Path(sys.argv[2])
options = Options(cache=folder / "cache", out=folder / "out")
make(Path(sys.argv[1]), options, Path(sys.argv[3]))
"""
_ASSEMBLE = """
import resource, sys
from pathlib import Path
from uuid import UUID
from exodist.images.iso import write_iso
esp, payload, out = map(Path, sys.argv[1:])
write_iso(esp, {"PAYLOAD.BIN": payload}, out, epoch=1, identity=UUID(int=1), label="BENCH")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def host_metrics(
    manifest: Path, folder: Path, tree: Path = TREE, payload: int = PAYLOAD
) -> Iterator[Metric]:
    """Cold and no-op build of `tree`, and assembly of `payload` bytes; `folder` is for scratch."""
    yield from _builds(manifest, folder, tree)
    yield from _assembly(folder, payload)


def _builds(manifest: Path, folder: Path, tree: Path) -> Iterator[Metric]:
    build = [sys.executable, "-c", _BUILD, str(manifest), str(folder / "cold"), str(tree)]
    ours = _timed(build)
    peer = folder / "peer"
    peer.mkdir()
    digests = FileDigests(folder / "files.json")
    plan = plan_of(manifest, digests, tree)
    write_ninja(plan, find_toolchain(digests), peer, _finish(plan))
    theirs = _timed([_tool("ninja"), "-C", str(peer), f"-j{os.cpu_count() or 1}"])
    yield Metric("cold_build", round(ours, 2), "seconds", None, round(1.3 * theirs, 2),
                 "ninja, mke2fs, mtools, sbsign, xorriso", round(theirs, 2))  # fmt: skip
    times = [_timed(build) for _ in range(NOOP_RUNS)]
    yield Metric("noop_build", round(min(times), 3), "seconds", None, 0.5)


def _finish(plan: Plan) -> list[str]:
    """The rest of the plain pipeline, as the shell lines that a person would write."""
    built = {name: f"src/{name}/{product.output}" for name, product in plan.products.items()}
    kinds = {name: product.component.component.kind for name, product in plan.products.items()}
    keys = TREE / "keys" / "dev"
    lines = ["rm -rf root root.img esp.img iso; mkdir -p root/bin iso"]
    lines += [f"cp {path} root/bin/" for name, path in built.items() if kinds[name] == "program"]
    loader = next(path for name, path in built.items() if kinds[name] == "efi")
    kernel = next(path for name, path in built.items() if kinds[name] == "kernel")
    return [
        *lines,
        f"{_tool('mke2fs')} -q -t ext2 -b 4096 -d root root.img 16M",
        f"{_tool('veritysetup')} format root.img root.hash >root.txt",
        f"{_tool('sbsign')} --key {keys}/db.key --cert {keys}/db.pem --output BOOTX64.EFI {loader}",
        f"truncate -s 24M esp.img; {_tool('mformat')} -i esp.img ::",
        "mmd -i esp.img ::/EFI ::/EFI/BOOT ::/EXOV6",
        "mcopy -i esp.img BOOTX64.EFI ::/EFI/BOOT/",
        f"mcopy -i esp.img root.img {kernel} ::/EXOV6/",
        "cp esp.img iso/",
        f"{_tool('xorriso')} -as mkisofs -quiet -o peer.iso -e esp.img -no-emul-boot iso",
    ]


def _assembly(folder: Path, size: int) -> Iterator[Metric]:
    """An ISO with one large file beside its ESP."""
    tree = folder / "tree"
    tree.mkdir()
    esp, payload = tree / "ESP.IMG", tree / "PAYLOAD.BIN"
    esp.write_bytes(bytes(1 << 20))
    block = os.urandom(1 << 20)
    with payload.open("wb") as out:
        for _ in range(size >> 20):
            out.write(block)
    command = [sys.executable, "-c", _ASSEMBLE, str(esp), str(payload), str(folder / "ours.iso")]
    started = time.monotonic()
    memory = int(_run(command)) << 10
    ours = time.monotonic() - started
    theirs = _timed(
        [_tool("xorriso"), "-as", "mkisofs", "-quiet", "-o", str(folder / "theirs.iso"), "-e",
         "ESP.IMG", "-no-emul-boot", str(tree)]
    )  # fmt: skip
    peer = round(theirs, 2)
    yield Metric("assemble_iso", round(ours, 2), "seconds", None, peer, "xorriso", peer)
    yield Metric("assemble_memory", memory, "bytes", None, 100 << 20)


def _timed(argv: Sequence[str]) -> float:
    started = time.monotonic()
    _run(argv)
    return time.monotonic() - started


def _run(argv: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        argv, cwd=TREE, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ToolError(
            f"`{Path(argv[0]).name}` ended with status {done.returncode}",
            output=(done.stdout + done.stderr)[-4000:],
        )
    return done.stdout


def _tool(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        raise ToolError(f"missing: {name}", hint="./exo doctor says which package has it")
    return found
