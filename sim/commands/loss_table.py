"""Plans with their expected losses, as figures and as bars for the eye."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.text import Text

from sim.commands.bars import scale_of
from sim.commands.screen import name_lines, plus_minus, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console
    from rich.table import Table

    from sim.measures import Estimate

_NAME_SHARE: Final = 0.4
"""Of the screen, as much as names may take."""
_APART: Final = 2
"""Blanks between columns."""
_NARROWEST: Final = 12
"""Letters that names get however little room there is."""


@dataclass(frozen=True, slots=True)
class LossRow:
    """A plan of the table.

    Attributes
    ----------
    plan
        Its name.
    loss
        Expected loss.
    more
        In words, how much more it loses than the first.
    style
        Of the name and the bar, for a terminal; what it says must stand in words too.
    further
        Cells of the columns after these.
    """

    plan: str
    loss: Estimate
    more: str
    style: str = ""
    further: tuple[str, ...] = ()


def loss_table(screen: Console, rows: Sequence[LossRow], more: str, *further: str) -> tuple[Table, bool]:
    """A row for each plan; with bars where the screen has room for them and there is something to compare.

    Parameters
    ----------
    screen
        What it is for.
    rows
        The best plan first.
    more
        Title of the column that says how much more a plan loses than the first.
    *further
        Titles of the columns after it; they hold numbers.

    Returns
    -------
    tuple
        The table, and whether it has bars.
    """
    titles = ["Plan", "Expected loss", more, *further]
    cells = [[plan_lines(row.plan, screen), plus_minus(row.loss), row.more, *row.further] for row in rows]
    taken = sum(
        max(cell_len(line) for cell in column for line in cell.splitlines()) + _APART
        for column in zip(titles, *cells, strict=True)
    )
    scale = scale_of([row.loss for row in rows], screen.width - taken) if len(rows) > 1 else None
    if scale is not None:
        titles.insert(2, scale.title)
    grid = plans_table(*titles, right=("Expected loss", *further))
    for row, (name, loss, *others) in zip(rows, cells, strict=True):
        bar = [] if scale is None else [Text(scale.bar(row.loss), row.style)]
        grid.add_row(Text(name, row.style), loss, *bar, *others)
    return grid, scale is not None


def plan_rows(screen: Console, titles: Sequence[str], cells: Mapping[str, Sequence[str]]) -> Table:
    """A table of figures: a row for each plan, its name in as many lines as the figures make necessary.

    Parameters
    ----------
    screen
        What it is for.
    titles
        Of the columns after the names.
    cells
        What stands in them, by the names of the plans.
    """
    columns = zip(titles, *cells.values(), strict=True)
    taken = sum(max(map(cell_len, column)) + _APART for column in columns)
    room = max(screen.width - taken - _APART, _NARROWEST)
    grid = plans_table("Plan", *titles, right=titles)
    for name, row in cells.items():
        grid.add_row(name_lines(name, room), *row)
    return grid


def plans_table(*columns: str, right: Sequence[str] = ()) -> Table:
    """A table whose first column holds names of plans, in lines that are never broken again."""
    grid = table(*columns, right=right)
    grid.columns[0].no_wrap = True
    return grid


def plan_lines(name: str, screen: Console) -> str:
    """A plan's name in lines that leave room for what is said of it."""
    return name_lines(name, int(screen.width * _NAME_SHARE))
