"""The command `grantengine`: finds the subcommand, and turns every error into words and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

COMMANDS = {
    "check": "Check schemes; a line for each problem.",
    "form": "Show a scheme's form, or its JSON Schema.",
    "evaluate": "Eligibility, points, ranking and allocation of a file of cases.",
    "explain": "Why a case got what it got, and what would have changed it.",
    "simulate": "Who gains and who loses by a change to a scheme.",
    "cases": "Run the cases that lie beside a scheme.",
    "population": "Make synthetic cases that fit a scheme's form.",
    "plugins": "List the plugins that are loaded and what they add.",
    "demo": "Show the whole thing on a bundled scheme.",
    "db": "Set up the database, or bring it up to date.",
    "audit": "Examine the audit trail, and seal it.",
    "account": "Help a person who can not get into their account.",
    "serve": "Serve the web pages, until told to stop.",
    "worker": "Deliver messages and do the work that waits, until told to stop.",
    "export": "Write what a call was decided on, to be evaluated again.",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are run, so that help is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"grantengine.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], list(COMMANDS), n=1)
            if near:
                words = f"No such command '{args[0]}'. Did you mean '{near[0]}'?"
                raise click.UsageError(words, ctx) from error
            raise


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="grantengine", message="%(prog)s %(version)s")
def cli() -> None:
    """Grant schemes as data: check, evaluate, explain.

    Words come in Norwegian bokmål, nynorsk or English: set GRANTENGINE_LANGUAGE to nb, nn or en.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 the input has problems, 2 wrong usage."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code. Never a traceback, unless GRANTENGINE_TRACE asks for one."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # A terminal that is not set to UTF-8 shows a stand-in for what it can not, rather than failing.
            reconfigure(errors="replace")
    try:
        result = cli.main(args=arguments, prog_name="grantengine", standalone_mode=False)
        return int(result) if isinstance(result, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except SystemExit:
        # Told not to exit by itself, click still does when whoever reads our output has stopped: no error of ours.
        return _reader_is_gone()
    except BrokenPipeError:
        return _reader_is_gone()
    except Exception as error:
        return _report(error)


def _reader_is_gone() -> int:
    _leave_unwritten()
    return 0


def _leave_unwritten() -> None:
    """Keep the interpreter from complaining when it flushes what nobody reads, or what there is no room for."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _report(error: Exception) -> int:
    from grantengine.cli.show import report_error

    if os.environ.get("GRANTENGINE_TRACE", "") not in ("", "0"):
        import traceback

        traceback.print_exception(error)
    report_error(error)
    if isinstance(error, OSError):
        _leave_unwritten()
    return 1


if __name__ == "__main__":
    main()
