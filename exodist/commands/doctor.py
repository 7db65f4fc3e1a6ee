"""`exodist doctor`: every tool of the host: found or not, needed for what, how to get it."""

from __future__ import annotations

import shlex
from importlib.metadata import PackageNotFoundError, version

import click

from exodist import tools
from exodist.console import console, emit
from exodist.errors import ToolError


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def doctor(as_json: bool) -> None:
    """List every tool: found or not, what for.

    \b
    Examples:
      exodist doctor
      exodist doctor --json
    """
    for tool in tools.TOOLS:
        found = tool.find()
        if as_json:
            emit({"event": "tool", "name": tool.name, "found": found, "needed": tool.needed,
                  "for": tool.purpose, "use": tool.use})  # fmt: skip
        else:
            mark = "found  " if found else ("MISSING" if tool.needed else "absent ")
            click.echo(f"{mark}  {tool.purpose:6} {tool.name:20} {tool.use}")
    _compiler(as_json)
    lacking = tools.missing(tools.PURPOSES[-1])
    if as_json:
        emit({"event": "done", "missing": [tool.name for tool in lacking]})
    if lacking:
        raise ToolError(f"missing: {', '.join(tool.name for tool in lacking)}", hint=_hint(lacking))


def _compiler(as_json: bool) -> None:
    try:
        found: str | None = version("ziglang")
    except PackageNotFoundError:
        found = None
    if as_json:
        emit({"event": "tool", "name": "ziglang", "found": found, "needed": True,
              "for": "build", "use": "the compiler"})  # fmt: skip
    else:
        console.close()
        click.echo(f"{'found  ' if found else 'MISSING'}  build  ziglang {found or '':12} compiler")


def _hint(lacking: list[tools.Tool]) -> str:
    manager = tools.manager()
    if manager is None:
        return "install them with your package manager"
    commands = tools.install_commands(manager, tools.packages(lacking, manager))
    return " && ".join(shlex.join(command) for command in commands)
