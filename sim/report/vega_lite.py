"""Charts written straight in Vega-Lite, in a few milliseconds: views, axes, the key to the marks, and the sheet.

The page of sliders draws anew at each move. Altair's classes check every part as it is made, which takes ten times as
long as all the rest; here the whole is put together from plain parts, and tests check it against Altair's schema.
Places are in pixels from the upper left of the plot, so that texts can be kept apart before anything is drawn.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any, Final

from sim.report.lettering import AXIS_FORMAT, text_width, wrapped
from sim.report.sheet import lines_within
from sim.report.theme import NOTE_SIZE, TEXT_SIZE, TITLE_SIZE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import altair as alt

    from sim.report.sheet import Drawing
    from sim.report.theme import Theme

PADDING: Final = 12
"""Around everything, as the theme has it."""
NARROW: Final = 480
"""Below this width a chart is for a phone."""
KEY_LINE: Final = 18
TEXT_LINE: Final = 14
_TICK_ROOM: Final = 54
_MOST_TICKS: Final = 8
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0, 20.0)
_SYMBOL: Final = 16
_KEY_GAP: Final = 18
_KEY_SIZE: Final = 90
_AMOUNT: Final = re.compile(r"\b([A-Z]{3}) (?=[\N{MINUS SIGN}\d])")
_BOLD: Final = 1.1
_LETTER: Final = 0.6
"""Width of an average letter, as a share of its size."""
_JOINT: Final = "\N{SYMBOL FOR NULL}"
"""Holds a currency and its amount together while lines are broken."""

Row = dict[str, Any]
View = dict[str, Any]
Channel = dict[str, Any]


def room(width: float) -> float:
    """What a picture of that width leaves between its paddings."""
    return width - 2 * PADDING - 1  # the line of an axis reaches half a pixel beyond the plot


def view(name: str, mark: Mapping[str, Any], values: Sequence[Row], **encoding: Channel | list[Channel]) -> View:
    """Marks of one kind, with their data."""
    return {"name": name, "mark": mark, "data": {"values": values}, "encoding": encoding}


def pixels(field: str) -> Channel:
    """A field that holds a place in pixels."""
    return {"field": field, "type": "quantitative", "scale": None}


def given(field: str) -> Channel:
    """A field that holds a colour, a shape or dashes, as they are to be drawn."""
    return {"field": field, "type": "nominal", "scale": None, "legend": None}


def told(field: str) -> Channel:
    """A field that holds words, or nothing but a name."""
    return {"field": field, "type": "nominal"}


def tips(**titles: str) -> list[Channel]:
    """What a pointer shows: title for each field, in this order."""
    return [{"field": field, "type": "nominal", "title": title} for field, title in titles.items()]


@dataclass(frozen=True, slots=True)
class Across:
    """A scale from left to right.

    Attributes
    ----------
    low, high
        Its ends.
    left, right
        Where they lie, in pixels.
    title
        With the unit.
    dates
        Places along the axis and what is written there; round numbers if there are none.
    """

    low: float
    high: float
    left: float
    right: float
    title: str
    dates: tuple[tuple[float, str], ...] = ()

    def at(self, value: float) -> float:
        """Pixel of a value."""
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)

    @property
    def ticks(self) -> list[float]:
        """Where a number is written."""
        if self.dates:
            return [place for place, _ in self.dates]
        return round_numbers(self.low, self.high, max(2, min(_MOST_TICKS, int((self.right - self.left) / _TICK_ROOM))))

    def field(self, name: str) -> Channel:
        """A field along this axis."""
        axis: dict[str, Any] = {
            "title": self.title or None,
            "titleAnchor": "start",
            "format": AXIS_FORMAT,
            "values": self.ticks,
            "grid": False,
            "labelFlush": True,
            "labelOverlap": False,
        }
        if self.dates:
            axis["labelExpr"] = _lookup(self.ticks, [label for _, label in self.dates])
        scale = {"domain": [self.low, self.high], "range": [self.left, self.right], "nice": False, "zero": False}
        return {"field": name, "type": "quantitative", "scale": scale, "axis": axis}

    def grid(self, stretches: Sequence[tuple[float, float]], theme: Theme) -> list[View]:
        """A line at each number, over stretches from one pixel down to another; that at 0 stands out."""
        lines = [
            {
                "at": place,
                "top": top,
                "bottom": bottom,
                "ink": theme.muted if place == 0 and not self.dates else theme.grid,
            }
            for place in self.ticks
            for top, bottom in stretches
        ]
        ends = {"x": self.field("at"), "y": pixels("top"), "y2": {"field": "bottom"}}
        return [view("grid", {"type": "rule", "strokeWidth": 1}, lines, **ends, color=given("ink"))]


def round_numbers(low: float, high: float, most: int) -> list[float]:
    """Multiples of 1, 2, 2.5 or 5 and zeros, from one number to another: as many as there may be at most."""
    step = 10.0 ** floor(log10((high - low) / most))
    step = next(
        step * factor for factor in _STEPS if floor(high / (step * factor)) - ceil(low / (step * factor)) < most
    )
    return [round(number * step, 10) for number in range(ceil(low / step), floor(high / step) + 1)]


def _lookup(values: Sequence[float], labels: Sequence[str]) -> str:
    """Vega expression for the label of each of a few values."""
    names = json.dumps(list(labels), ensure_ascii=False)
    return f"{names}[indexof({json.dumps(list(values))}, datum.value)]"


@dataclass(frozen=True, slots=True)
class Sign:
    """An entry of the key: what a mark means.

    Attributes
    ----------
    text
        The meaning.
    shape
        A symbol of Vega's, such as ``diamond``.
    fill, stroke
        Colours.
    letter
        Written on the symbol.
    letter_colour
        Of the letter.
    size
        Of the symbol, in square pixels.
    """

    text: str
    shape: str
    fill: str
    stroke: str
    letter: str = ""
    letter_colour: str = ""
    size: float = _KEY_SIZE


def key(signs: Sequence[Sign], width: float, *, symbol: float = _SYMBOL) -> tuple[list[View], float]:
    """What the marks mean, in as many lines as it takes.

    Parameters
    ----------
    signs
        One an entry.
    width
        Of a line, in pixels.
    symbol
        Width of the widest symbol.

    Returns
    -------
    views, height
        Marks and words from the top of the plot, and the pixels that they take.
    """
    rows: list[Row] = []
    left, line = 0.0, 0
    for sign in signs:
        lines = lines_within(sign.text, width - symbol - 4, TEXT_SIZE)
        wide = symbol + 4 + max(text_width(part) for part in lines)
        if left and left + wide > width:
            left, line = 0.0, line + 1
        middle = line * KEY_LINE + KEY_LINE / 2
        rows.append(
            {
                "text": "\n".join(lines),
                "at": left + symbol / 2,
                "words": left + symbol + 4,
                "down": middle,
                "shape": sign.shape,
                "fill": sign.fill,
                "stroke": sign.stroke,
                "letter": sign.letter,
                "ink": sign.letter_colour or sign.stroke,
                "size": sign.size,
            }
        )
        if len(lines) > 1:
            left, line = 0.0, line + len(lines)
        else:
            left += wide + _KEY_GAP
    last = line if left else line - 1
    symbols = {"type": "point", "filled": False, "strokeWidth": 1.6, "opacity": 1}
    views = [
        view(
            "key_signs",
            symbols,
            rows,
            x=pixels("at"),
            y=pixels("down"),
            shape=given("shape"),
            fill=given("fill"),
            stroke=given("stroke"),
            size={"field": "size", "type": "quantitative", "scale": None, "legend": None},
        ),
        view(
            "key_words",
            {"type": "text", "align": "left", "baseline": "middle", "lineBreak": "\n", "lineHeight": TEXT_LINE},
            rows,
            x=pixels("words"),
            y=pixels("down"),
            text=told("text"),
        ),
    ]
    lettered = [row for row in rows if row["letter"]]
    if lettered:
        letters = {"type": "text", "align": "center", "baseline": "middle", "fontWeight": "bold"}
        places = {"x": pixels("at"), "y": pixels("down")}
        views.append(view("key_letters", letters, lettered, **places, text=told("letter"), color=given("ink")))
    return views, (last + 1) * KEY_LINE if rows else 0.0


def picture(
    views: Sequence[View],
    *,
    title: str,
    description: str,
    theme: Theme,
    width: float,
    height: float,
    notes: Sequence[str] = (),
) -> Drawing:
    """Views one over the other, with title, notes and look.

    Parameters
    ----------
    views
        The lowest first.
    title
        The point in plain words; long ones are broken into lines.
    description
        The main point with its figures, for those who cannot see it.
    theme
        The look.
    width
        Of the whole picture, in pixels.
    height
        Of the plot, in pixels.
    notes
        Sentences under the title.
    """
    chart = _plain_layers()(layer=[])
    chart["layer"], chart["datasets"] = _shared(views)
    chart["width"], chart["height"] = room(width), height
    _dress(chart, title, description, theme, width, notes)
    return chart


@cache
def _plain_layers() -> type[alt.TopLevelLayerSpec]:
    """Altair's chart of layers, for parts that are plain already: it hands them out unless it is to check them."""
    import altair as alt

    class PlainLayers(alt.TopLevelLayerSpec):
        def to_dict(
            self, validate: bool = True, *, ignore: list[str] | None = None, context: dict[str, Any] | None = None
        ) -> dict[str, Any]:
            """The chart in Vega-Lite; its parts are not copied where they are not checked."""
            if validate:
                return super().to_dict(validate=validate, ignore=ignore, context=context)
            return {name: part for name, part in self._kwds.items() if part is not alt.Undefined}

    return PlainLayers


def _shared(views: Sequence[View]) -> tuple[list[View], dict[str, list[Row]]]:
    """Views that name their data, and the data by name: rows of several views stand in the chart once."""
    names: dict[int, str] = {}
    found: dict[str, list[Row]] = {}
    shared = []
    for one in views:
        rows = one["data"]["values"]
        name = names.setdefault(id(rows), one["name"])
        found.setdefault(name, rows)
        shared.append(one | {"data": {"name": name}})
    return shared, found


def blank(why: str, *, title: str, theme: Theme, width: float) -> Drawing:
    """A picture that says why there is nothing to draw."""
    lines = lines_within(why, room(width), NOTE_SIZE)
    look = {"type": "text", "align": "left", "baseline": "top", "fontSize": NOTE_SIZE, "lineBreak": "\n"}
    rows: list[Row] = [{"at": 0, "down": 4, "why": "\n".join(lines)}]
    words = view("nothing", look, rows, x=pixels("at"), y=pixels("down"), text=told("why"))
    description = f"Nothing to draw. {why}"
    height = TEXT_LINE * len(lines) + 12
    return picture([words], title=title, description=description, theme=theme, width=width, height=height)


def _dress(chart: Any, title: str, description: str, theme: Theme, width: float, notes: Sequence[str]) -> None:  # noqa: ANN401 - any top level
    import altair as alt

    lines = _lines(" ".join(note for note in notes if note), room(width), NOTE_SIZE)
    heading: dict[str, Any] = {"text": _lines(title, room(width), TITLE_SIZE * _BOLD)}
    chart["$schema"] = alt.SCHEMA_URL
    chart["title"] = heading | ({"subtitle": lines} if lines else {})
    chart["description"] = description
    chart["usermeta"] = {"embedOptions": {"actions": False}}
    chart["config"] = theme.config()


def _lines(text: str, width: float, size: float) -> list[str]:
    """Text broken at spaces, but not within an amount; a name that is wider than a line at its own joints."""
    joined = _AMOUNT.sub(rf"\1{_JOINT}", text)
    letters = int(width / (_LETTER * size))
    parts = (
        " ".join(wrapped(word, letters, len(word))) if text_width(word, size) > width else word
        for word in joined.split()
    )
    return [line.replace(_JOINT, " ") for line in lines_within(" ".join(parts), width, size)]
