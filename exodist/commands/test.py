"""`exodist test`: the tiers of the tests. Unit: under a minute; whole: builds and boots; all."""

from __future__ import annotations

import signal
import subprocess
import sys

import click

from exodist.commands.options import TREE
from exodist.console import console
from exodist.errors import CheckError

COVERAGE_FLOOR = 90


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--unit", is_flag=True, help="Only the quick tests: nothing is built or booted.")
@click.option("--all", "everything", is_flag=True, help="The long tests too.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(unit: bool, everything: bool, arguments: tuple[str, ...]) -> None:
    """Run the tests; further ARGUMENTS go to pytest.

    \b
    Examples:
      exodist test
      exodist test --unit
      exodist test -- -k store
    """
    marks = "not whole and not long" if unit else "" if everything else "not long"
    argv = [sys.executable, "-m", "pytest", *(["-m", marks] if marks else []), *arguments]
    whole = not unit and not arguments
    if whole:
        argv += ["--cov", "--cov-report=term:skip-covered", f"--cov-fail-under={COVERAGE_FLOOR}"]
    console.step(f"pytest: {marks or 'all tests'}")
    # A shell passes on signals that were ignored when it started (a background job, nohup), and a
    # shell that is tested could then not trap them.
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    status = subprocess.run(argv, cwd=TREE, check=False).returncode
    if status:
        raise CheckError(f"tests failed (pytest status {status})")
