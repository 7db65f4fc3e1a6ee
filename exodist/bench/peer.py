"""The plain pipeline that a build is compared with: ninja, the same compiler, the usual tools.

The same sources, the same flags and the same pinned clang; mke2fs and veritysetup for fs.img,
mtools for the ESP, sbsign for the signature, xorriso for the ISO. What it makes is not
reproducible and only serves as a clock.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

from exodist.build.plan import Plan, Step
from exodist.build.toolchain import HEADERS, PROGRAM, Toolchain


def write_ninja(plan: Plan, toolchain: Toolchain, folder: Path, finish: list[str]) -> None:
    """A `build.ninja` in `folder` that makes every step of `plan` and then runs `finish`.

    Sources are copied to `folder/src`, one folder for each step's component, as a plain checkout
    would have them.
    """
    lines = ["rule step", "  command = cd $where && $line", "  description = $out", ""]
    results: dict[tuple[str, str], Path] = {}
    for step in plan.steps.values():
        lines += _edge(plan, toolchain, folder, step, results)
    everything = " ".join(str(path) for path in results.values())
    lines += [
        "rule finish",
        f"  command = cd {folder} && sh -e finish.sh",
        f"build {folder}/peer.iso: finish {everything}",
        "",
    ]
    (folder / "finish.sh").write_text("\n".join(finish) + "\n")
    (folder / "build.ninja").write_text("\n".join(lines))


def _edge(
    plan: Plan,
    toolchain: Toolchain,
    folder: Path,
    step: Step,
    results: dict[tuple[str, str], Path],
) -> Iterator[str]:
    where = folder / "src" / step.name.split(":")[0]
    for path, node in {**step.shared, **step.files}.items():
        _copy(plan.origins[node.digest], where / path)
    for output in step.outputs:
        results[step.name, output] = where / output
        (where / output).parent.mkdir(parents=True, exist_ok=True)
    names = {path: str(results[made]) for path, made in step.made.items()}
    names |= {PROGRAM: f"{toolchain.root}/zig", HEADERS: f"{toolchain.root}/{HEADERS[10:]}"}
    line = shlex.join(names.get(word, word) for word in step.arguments)
    inputs = " ".join([*(str(where / path) for path in step.files), *names.values()])
    outputs = " ".join(str(where / output) for output in step.outputs)
    yield f"build {outputs}: step {inputs}"
    yield f"  where = {where}"
    yield f"  line = {line.replace('$', '$$')}"
    yield ""


def _copy(origin: Path | bytes, target: Path) -> None:
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(origin, bytes):
        target.write_bytes(origin)
    else:
        shutil.copyfile(origin, target)
