"""How charts look: colours that colour-blind readers tell apart, one typeface, sizes that stay legible in print.

The hues of plans are those of Okabe and Ito (Color Universal Design, 2008), without the two that vanish on white
or black paper. No chart relies on them alone: letters, shapes or names say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

FONT: Final = "Liberation Sans, Arial, Helvetica, sans-serif"
"""The first is built into the renderer and as wide as the second: text takes the same room on every machine."""
TITLE_SIZE: Final = 15
NOTE_SIZE: Final = 12
TEXT_SIZE: Final = 11
SHAPES: Final = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "stroke", "triangle-right")
DASHES: Final = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 2], [10, 4], [1, 3])
_DARK_TEXT: Final = "#111111"
_LIGHT_TEXT: Final = "#ffffff"
_EQUAL_CONTRAST: Final = 0.179
"""Relative luminance at which black and white text stand out equally (WCAG 2.2, contrast ratio)."""
_LINEAR_BELOW: Final = 0.04045


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of a chart, as ``#rrggbb``.

    Attributes
    ----------
    background, ink, muted, grid
        Paper, text, text that stands back, lines of the grid.
    missing
        Where there is no result.
    rest
        What is drawn for company, such as plans that are nowhere the best.
    series
        Plans and groups, in order.
    ramp
        From nothing to much.
    """

    background: str
    ink: str
    muted: str
    grid: str
    missing: str
    rest: str
    series: tuple[str, ...]
    ramp: tuple[str, ...]

    def series_colour(self, place: int) -> str:
        """Colour of the plan or group at that place; after the last hue the first comes again."""
        return self.series[place % len(self.series)]

    def config(self) -> dict[str, Any]:
        """The look as a Vega-Lite configuration."""
        text = {"labelColor": self.ink, "titleColor": self.ink, "labelFontSize": TEXT_SIZE, "titleFontSize": NOTE_SIZE}
        return {
            "background": self.background,
            "font": FONT,
            "padding": 12,
            # The description speaks for the whole chart; a word for each of a thousand cells would drown it.
            "aria": False,
            "view": {"stroke": None},
            "text": {"color": self.ink, "fontSize": TEXT_SIZE},
            "axis": text
            | {
                "gridColor": self.grid,
                "domainColor": self.muted,
                "tickColor": self.muted,
                "titleFontWeight": "normal",
                "titlePadding": 8,
                "labelLimit": 400,
                "labelPadding": 4,
            },
            "legend": text | {"titleFontWeight": "normal", "labelLimit": 420, "titleLimit": 420, "symbolSize": 90},
            "title": {
                "anchor": "start",
                "color": self.ink,
                "fontSize": TITLE_SIZE,
                "offset": 12,
                "subtitleColor": self.muted,
                "subtitleFontSize": NOTE_SIZE,
                "subtitlePadding": 5,
            },
        }


LIGHT: Final = Theme(
    background="#ffffff",
    ink="#1a1a1a",
    muted="#595959",
    grid="#e4e4e4",
    missing="#e9e9e9",
    rest="#9a9a9a",
    series=("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7a7a7a"),
    ramp=("#f3f6fa", "#bcd3e6", "#6fa3cc", "#2c6da4", "#0b3c6d"),
)
DARK: Final = Theme(
    background="#16181d",
    ink="#f0f0f0",
    muted="#b4b8c0",
    grid="#33373f",
    missing="#2a2d34",
    rest="#7d828c",
    series=("#56b4e9", "#e69f00", "#1fbf92", "#e08fbd", "#3d8fd1", "#ff7f2a", "#a6abb5"),
    ramp=("#1d2733", "#24476b", "#3a75a8", "#7fb2d9", "#d8ebf8"),
)


def mixed(colour: str, other: str, share: float) -> str:
    """A colour with a share of another in it."""
    parts = ((1 - share) * one + share * two for one, two in zip(_parts(colour), _parts(other), strict=True))
    return "#" + "".join(f"{round(part):02x}" for part in parts)


def ramp_colour(ramp: tuple[str, ...], share: float) -> str:
    """Colour at a share of the way from the first to the last colour of a ramp."""
    place = min(max(share, 0.0), 1.0) * (len(ramp) - 1)
    below = min(int(place), len(ramp) - 2)
    return mixed(ramp[below], ramp[below + 1], place - below)


def text_on(colour: str) -> str:
    """Black or white, whichever stands out more against a colour (WCAG 2.2, relative luminance)."""
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return _DARK_TEXT if luminance > _EQUAL_CONTRAST else _LIGHT_TEXT


def _linear(part: float) -> float:
    return part / 12.92 if part <= _LINEAR_BELOW else float(((part + 0.055) / 1.055) ** 2.4)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
