"""Charts and tables as a page holds them: drawn once for wide and once for narrow screens, with the table behind."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sim.report.files import svg_text
from sim.report.inline_svg import Colours, UnsafeDrawingError, colours_learnt, inlined
from sim.report.theme import DARK, LIGHT

if TYPE_CHECKING:
    from markupsafe import Markup

    from sim.report.facts import Facts, PlanFacts, StudyFacts
    from sim.report.gallery import RunChart
    from sim.report.inline_svg import ColourPlace

WIDE: Final = 680.0
NARROW: Final = 340.0
"""Pixels: the column of text, and the screen of a phone less its margins."""
_NUMBER: Final = re.compile(r"([-\N{MINUS SIGN}]?[\d,.]+( %)?( (to|±) (?=.))?){1,2}|")
"""A number, a share, a range of either or what it may be off by, or nothing."""
_SHORT: Final = 12
"""Letters of a date."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table.

    Attributes
    ----------
    caption
        What it holds.
    headings, rows
        Texts; the first of each row names it.
    kinds
        For each column ``"n"`` if it holds numbers alone, ``"s"`` if its texts are short enough for one line, else
        nothing.
    """

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plate:
    """A chart with its table.

    Attributes
    ----------
    id
        Unique in the page.
    caption
        How to read it.
    drawings
        The same for wide and for narrow screens, of which a page shows one; or one for all.
    table
        What is behind it; None where nothing is.
    paper
        Whether it stays on white paper: its colours on dark paper are not known.
    """

    id: str
    caption: str
    drawings: tuple[Markup, ...]
    table: Sheet | None
    paper: bool = False


def sheet_of(caption: str, headings: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Sheet:
    """A table of texts; what is a number stands to the right."""
    columns = ([row[column] for row in rows] for column in range(1, len(headings)))
    return Sheet(caption, headings, rows, ("", *(_kind(cells) for cells in columns)))


def _kind(cells: list[str]) -> str:
    if all(_NUMBER.fullmatch(cell) for cell in cells):
        return "n"
    return "s" if max(map(len, cells)) <= _SHORT else ""


@dataclass(slots=True)
class Plates:
    """Makes the plates of a page, and remembers their colours.

    Attributes
    ----------
    facts
        What is drawn.
    colours
        Of all drawings of the page.
    """

    facts: Facts | None = None
    colours: Colours = field(default_factory=Colours)
    _learnt: dict[str, dict[ColourPlace, str]] = field(default_factory=dict)
    _number: int = 0

    def plate(self, chart: RunChart, plan: PlanFacts, caption: str, *, narrow_only: bool = False) -> Plate | None:
        """A chart of the run, on light and on dark paper; None where the facts do not hold what it shows.

        Parameters
        ----------
        chart
            Which one.
        plan
            Whose, if it shows a single plan.
        caption
            How to read it.
        narrow_only
            Whether the drawing for narrow screens serves for all.
        """
        from markupsafe import Markup

        facts = self.facts
        if facts is None or not chart.there(facts, plan):
            return None
        widths = {"narrow": NARROW} if narrow_only else {"wide": WIDE, "narrow": NARROW}
        drawings = []
        name = f"{chart.name}-{plan.name}" if chart.of_plan else chart.name
        self._number += 1
        for kind, width in widths.items():
            drawn = svg_text(chart.draw(facts, plan, LIGHT, width))
            if chart.name not in self._learnt:
                dark = svg_text(chart.draw(facts, plan, DARK, width))
                self._learnt[chart.name] = colours_learnt(drawn, dark)
            shown = "" if narrow_only else kind
            prefix = f"{kind[0]}{self._number}"
            drawings.append(Markup(inlined(drawn, prefix, self.colours, self._learnt[chart.name], name=shown)))  # noqa: S704 - written by us, escaped
        says = chart.says[:1].upper() + chart.says[1:]
        table = sheet_of(f"{says}{f' ({plan.name})' if chart.of_plan else ''}", *chart.table(facts, plan))
        return Plate(f"chart-{name}", caption, tuple(drawings), table)

    def study_plates(self, study: StudyFacts, place: int, caption: str) -> tuple[Plate, ...]:
        """The charts of a study; one that cannot be taken into a page is left out.

        Parameters
        ----------
        study
            Whose charts.
        place
            Its number in the page.
        caption
            What to say after the name of each.
        """
        from markupsafe import Markup

        found = []
        for name, svg in study.charts.items():
            self._number += 1
            try:
                drawing = Markup(inlined(svg, f"s{self._number}", self.colours))  # noqa: S704 - checked, element by element
            except UnsafeDrawingError:
                continue
            said = f"{name}.svg{caption}"
            found.append(Plate(f"study-{place}-{self._number}", said, (drawing,), None, paper=True))
        return tuple(found)
