"""`exodist build`: manifest -> artifacts and images in out/."""

from __future__ import annotations

from pathlib import Path

import click

from exodist.commands.options import default_manifest
from exodist.console import console, emit


@click.command()
@click.argument("manifest", required=False, type=click.Path(path_type=Path))
@click.option("--image", "images", multiple=True, metavar="NAME", help="Only this image.")
@click.option("--jobs", type=click.IntRange(1, 1024), help="Actions at a time (default: CPUs).")
@click.option("--out", type=click.Path(path_type=Path), help="Output folder (default: out/).")
@click.option("--explain", is_flag=True, help="Say why each action ran.")
@click.option("--update-lock", is_flag=True, help="Write the lock anew before building.")
@click.option("--no-sandbox", is_flag=True, help="Scratch folders instead of bubblewrap.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def build(
    manifest: Path | None,
    images: tuple[str, ...],
    jobs: int | None,
    out: Path | None,
    explain: bool,
    update_lock: bool,
    no_sandbox: bool,
    as_json: bool,
) -> None:
    """Build the images of MANIFEST (default: manifests/exov6.toml) into out/.

    \b
    Examples:
      exodist build
      exodist build --image exov6 --explain
      exodist build my.toml --json
    """
    from dataclasses import replace

    from exodist.chain.build import make
    from exodist.chain.report import Options

    options = Options(
        images=images,
        explain=explain,
        update_lock=update_lock,
        isolate=not no_sandbox,
        on_action=_emit_action if as_json else _ignore,
    )
    options = replace(options, jobs=jobs or options.jobs, out=out or options.out)
    report = make(manifest or default_manifest(), options)
    if not as_json:
        for artifact in report.artifacts:
            if artifact.kind in ("iso", "direct", "fs", "uki"):
                console.note(f"{artifact.kind:8} {artifact.size:>10}  {artifact.path}")
        console.step(f"built in {report.seconds} s: {report.run} run, {report.cached} cached")
        return
    emit(
        {
            "event": "done",
            "artifacts": [
                {
                    "name": artifact.name,
                    "kind": artifact.kind,
                    "arch": artifact.arch,
                    "path": str(artifact.path),
                    "sha256": artifact.sha256,
                    "size": artifact.size,
                }
                for artifact in report.artifacts
            ],
            "actions": {"run": report.run, "cached": report.cached},
            "seconds": report.seconds,
        }
    )


def _emit_action(name: str) -> None:
    emit({"event": "action", "name": name})


def _ignore(name: str) -> None:
    """Progress goes to the console only."""
