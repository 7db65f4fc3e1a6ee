"""The command line: finds the command, calls it, turns errors into one line and an exit code.

Each command lives in `exodist/commands/NAME.py` and is imported only when it is the one that was
asked for, so that a build with nothing to do does not pay for the emulator's or the signer's
imports. Exit codes: 0 done; 1 the thing checked is wrong; 2 usage or manifest; 3 missing tool or
environment; 4 source or network; 5 signature or measurement; 70 our bug.
"""

from __future__ import annotations

import errno
import importlib
import sys
from collections.abc import Sequence

import click

from exodist import __version__
from exodist.console import console
from exodist.errors import ExodistError, ToolError

COMMANDS = (
    "build",
    "run",
    "inspect",
    "check",
    "manifest",
    "keys",
    "bench",
    "test",
    "lint",
    "doctor",
)


class LazyGroup(click.Group):
    """Commands by name, imported on first use from `exodist.commands`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"exodist.commands.{cmd_name}")
        command = getattr(module, cmd_name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from difflib import get_close_matches

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, 1)
            told = f" Did you mean `{near[0]}`?" if near else ""
            raise click.UsageError(f"no such command `{args[0]}`.{told}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="exodist")
def cli() -> None:
    """Build, boot and judge ExoV6 images from one manifest.

    \b
    Examples:
      exodist run                          build everything and boot it in QEMU
      exodist build --image exov6          build one image into out/
      exodist run --headless --command 'uname -a'
      exodist doctor                       which tools are here, which are missing
    """


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    try:
        status = cli.main(args=argv, prog_name="exodist", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except click.ClickException as error:
        console.close()
        error.show()
        return error.exit_code
    except ExodistError as error:
        console.error(error)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        console.close()
        console.note("interrupted")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:
        if error.errno not in _HOST_FAULTS:
            raise
        console.error(ToolError(str(error.strerror), where=error.filename or "out"))
        return ToolError.exit_code


# What the host may deny us at any write; every other OSError that gets here is our own bug.
_HOST_FAULTS = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS)
