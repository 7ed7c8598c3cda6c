"""The command ``lotwise``: what each subcommand is called, and how anything that goes wrong is answered.

A subcommand's module is imported when its help or its work is asked for, and what is slow to import (scipy,
pandas, pyarrow) only by the work itself.
"""

from __future__ import annotations

import _thread
import gc
import os
import signal
import sys
import threading
from importlib import import_module
from typing import TYPE_CHECKING, Final, NoReturn

import click

from sim import __version__
from sim.commands.exit_codes import DONE, FAILED, INTERRUPTED, INVALID
from sim.errors import LotwiseError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


_COMMANDS: Final = {
    "init": "Write a commented scenario to start from.",
    "validate": "Check a scenario; every mistake is shown at once.",
    "compare": "Compare the plans and say which loses least.",
    "run": "Simulate every plan and write the tables and a report.",
    "report": "Write the report of a finished run or study, or one of its charts.",
    "serve": "Move sliders in the browser and see the answer change.",
    "calendar": "List the days on which you must act, and write them as a calendar.",
    "sweep": "Try other values of some inputs and see which plan loses least where.",
    "sensitivity": "Find out which uncertain inputs decide.",
    "breakeven": "Find the value of an input at which two plans cost the same.",
    "information": "Find out what knowing an uncertain input would be worth.",
    "gaps": "Price each gap of the protection.",
    "optimise": "Find the best way of ordering.",
    "fit": "Fit a scenario from your own order history.",
    "backtest": "Fit on the past of a history, predict the rest, and see how far to trust it.",
    "history": "Write an order history, simulated, to try out what is made of one.",
    "rerun": "Repeat a finished run or study and compare its bytes.",
    "explain": "Tell the story of one replication.",
    "rules": "Show the rules of the buyer protections, with their sources.",
    "schema": "Print the JSON Schema of scenario files, for editors.",
}
"""In the order of use: each is the command of its name in the module of its name in `sim.commands`."""

_WRONG_PLACE: Final = (
    PermissionError,
    FileNotFoundError,
    FileExistsError,
    NotADirectoryError,
    IsADirectoryError,
)
"""Refusals of the system that another path would mend; any other, such as a full disk, is a failed run."""


_A_MOMENT: Final = 0.1
"""Seconds until an interrupt is repeated: whatever swallowed it has returned by then."""
_ALLOCATIONS_A_COLLECTION: Final = 100_000
"""By itself Python looks for garbage after every 700 objects made: a fifth of the time that a command takes to load."""


class Commands(click.Group):
    """The subcommands, each loaded when it is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the subcommands, in the order of use."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a subcommand."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"sim.commands.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the subcommands without loading one."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand that was asked for, or name the nearest."""
        from difflib import get_close_matches

        if args and not args[0].startswith("-") and args[0] not in _COMMANDS:
            near = get_close_matches(args[0], _COMMANDS, n=1, cutoff=0.5)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


def _print_page(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    del parameter
    if wanted and isinstance(context.command, click.Group):
        from sim.commands.page import commands_page

        click.echo(commands_page(context.command), nl=False)
        context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="lotwise")
@click.option(
    "--markdown",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    hidden=True,  # for the documentation, not for users
    callback=_print_page,
)
def lotwise() -> None:
    """Find out which way of ordering loses least, before you pay.

    Lotwise simulates a purchase order thousands of times, from the deposit to the last refund, under the
    rules of a buyer protection. Begin with: lotwise init
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process with its exit code.

    Parameters
    ----------
    arguments
        After the command's own name; by default those of the process.

    Notes
    -----
    Exit codes: 0 done; 1 a check or guarantee was not met; 2 invalid input or usage; 3 a run failed; 130
    interrupted.
    """
    from sim.commands.letters import put_plainer_letters

    given = sys.argv[1:] if arguments is None else list(arguments)
    put_plainer_letters()
    gc.set_threshold(_ALLOCATIONS_A_COLLECTION)
    if sys.unraisablehook is sys.__unraisablehook__:  # whoever listens already is left alone
        sys.unraisablehook = interrupted_again
    sys.exit(answered(lambda: _invoked(given)))


def interrupted_again(swallowed: sys.UnraisableHookArgs) -> None:
    """Interrupt once more where a callback or a finaliser swallowed it: whoever asked for an end waits for it."""
    if swallowed.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(swallowed)
        return
    again = threading.Timer(_A_MOMENT, _interrupt)
    again.daemon = True
    again.start()


def _interrupt() -> None:
    if sys.platform == "win32":
        _thread.interrupt_main()
    else:  # a signal proper also wakes who sleeps or waits
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def _invoked(arguments: list[str]) -> object:
    # Click's own `main` answers shells that complete words, but takes a reader that goes away for a failure.
    if "_LOTWISE_COMPLETE" in os.environ:
        lotwise.main(arguments, prog_name="lotwise")
    with lotwise.make_context("lotwise", arguments, obj=("lotwise", *arguments)) as context:
        return lotwise.invoke(context)


def answered(work: Callable[[], object]) -> int:
    """Exit code of a piece of work; what goes wrong in it is told on the error stream in plain words."""
    try:
        code = work()
        if sys.stdout is not None:  # a closed standard output is none
            sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort) as interrupt:
        click.echo(f"\n{interrupt}" if str(interrupt) else "\ninterrupted; nothing was written", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone, as in `lotwise ... | head`: a later flush must not complain about it either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except LotwiseError as error:
        click.echo(str(error), err=True)
        return INVALID
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        click.echo(f"{error.strerror or error}{where}", err=True)
        return INVALID if isinstance(error, _WRONG_PLACE) else FAILED
    return code if isinstance(code, int) else DONE
