"""Tables of measurements: to be read on a terminal, and as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import StringIO
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable

Row = dict[str, Any]
"""One line of a table, by the keys of its columns; keys without a column go into the data alone."""

WIDTH: Final = 100


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    key
        Of its values in every row.
    heading
        What stands above it, in lines.
    form
        How a number is written, as `format` takes it; texts stand as they are.
    """

    key: str
    heading: str
    form: str = ""

    def written(self, row: Row) -> str:
        """The value of a row as text; nothing where the row has none."""
        value = row.get(self.key)
        if value is None:
            return ""
        return value if isinstance(value, str) else format(value, self.form)


@dataclass
class Measured:
    """What a section of the benchmark measured.

    Attributes
    ----------
    title
        What was measured, in a sentence.
    columns
        Of the table; the first holds names.
    rows
        Its lines.
    notes
        Sentences below it.
    grouped_by
        Key whose value is written above the rows that share it, if any.
    """

    title: str
    columns: tuple[Column, ...]
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    grouped_by: str = ""

    def text(self) -> str:
        """The table as plain text, `WIDTH` columns wide at most."""
        table = RichTable(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True)
        for number, column in enumerate(self.columns):
            table.add_column(
                column.heading, justify="right" if number else "left", vertical="bottom", no_wrap=not number
            )
        group = ""
        for row in self.rows:
            if self.grouped_by and row[self.grouped_by] != group:
                group = row[self.grouped_by]
                table.add_row(group)
            table.add_row(*(column.written(row) for column in self.columns))
        page = StringIO()
        console = Console(file=page, width=WIDTH, color_system=None, highlight=False, markup=False, emoji=False)
        console.print(self.title, "", table, *self.notes, sep="\n")
        return "\n".join(line.rstrip() for line in page.getvalue().splitlines()) + "\n"

    def data(self) -> dict[str, Any]:
        """The same for programs."""
        return {"title": self.title, "rows": self.rows, "notes": self.notes}
