"""`exodist lint`: the linters of Python and C. `exodist test` runs them too."""

from __future__ import annotations

import click

from exodist.commands.options import TREE, default_manifest
from exodist.console import console
from exodist.errors import CheckError


@click.command()
@click.option("--fix", is_flag=True, help="Format the sources instead of complaining.")
def lint(fix: bool) -> None:
    """Run ruff, mypy, clang-format and clang's static analyser over the tree.

    \b
    Examples:
      exodist lint
      exodist lint --fix
    """
    from exodist.chain.report import Options
    from exodist.chain.stages import analyse
    from exodist.lint import accepted, checks, judge

    failed = []
    for check in checks(TREE, fix=fix):
        console.step(check.name)
        printed = check.run()
        if printed is not None:
            failed.append(check.name)
            click.echo(printed)
    console.step("static analysis")
    for finding in judge(analyse(default_manifest(), Options()), accepted(TREE)):
        failed.append("static analysis")
        click.echo(finding)
    if failed:
        raise CheckError(f"findings of {', '.join(dict.fromkeys(failed))}")
