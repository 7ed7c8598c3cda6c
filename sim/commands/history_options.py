"""How the commands that take an order history read it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from sim.calibration.history import History

F = TypeVar("F", bound="Callable[..., Any]")

_MOST_SHOWN: Final = 5


def history_options(function: F) -> F:
    """How a history is read: the same for every command that takes one."""
    for option in reversed(
        (
            click.argument("history", type=click.Path(path_type=Path)),
            click.option(
                "--column",
                "columns",
                multiple=True,
                metavar="NAME=HEADER",
                help="Take NAME from the column HEADER of the file, such as promised='Ship by'. May be repeated.",
            ),
            click.option(
                "--date-format",
                metavar="FORMAT",
                help="How dates are written, such as %d/%m/%Y.  [default: 2026-05-27]",
            ),
            click.option(
                "--as-of",
                metavar="DATE",
                help="The last day that the history knows of: what is empty had not happened by then.  "
                "[default: the latest date in it that is no promise]",
            ),
            click.option("--encoding", metavar="NAME", help="Of a CSV file that is not UTF-8, such as cp1252."),
            click.option("--sheet", metavar="NAME", help="Of an Excel file with more than one sheet."),
            click.option("--drop-bad", is_flag=True, help="Leave bad rows out, and say which, instead of stopping."),
        )
    ):
        function = option(function)
    return function


def history_read(
    history: Path,
    columns: tuple[str, ...],
    date_format: str | None,
    as_of: str | None,
    encoding: str | None,
    sheet: str | None,
    drop_bad: bool,
) -> History:
    """Read a history as the options say; what was left out is told on stderr."""
    from sim.calibration.reading_history import read_history

    read = read_history(
        history,
        columns=_columns(columns),
        date_format=date_format,
        as_of=None if as_of is None else date_read("--as-of", as_of),
        drop_bad=drop_bad,
        encoding=encoding,
        sheet=sheet,
    )
    for bad in read.left_out[:_MOST_SHOWN]:
        click.echo(f"left out: line {bad.line}: {bad.reason}", err=True)
    if read.left_out_rows > _MOST_SHOWN:
        click.echo(f"left out: {read.left_out_rows - _MOST_SHOWN:,} more lines", err=True)
    for note in read.notes:
        click.echo(f"note: {note}", err=True)
    return read


def _columns(given: tuple[str, ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for text in given:
        name, equals, header = text.partition("=")
        if not equals or not name.strip() or not header.strip():
            hint = "write it as --column promised='Ship by'"
            raise InputError(Problem(f"{text!r} names no column", hint=hint))
        if name.strip() in found:
            raise InputError(Problem(f"--column {name.strip()} is given twice", hint="leave one of them out"))
        found[name.strip()] = header.strip()
    return found


def date_read(option: str, text: str) -> date:
    """A date that an option was given.

    Raises
    ------
    InputError
        It is none.
    """
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(Problem(f"{option} {text} is no date", hint="such as 2026-05-27")) from None
