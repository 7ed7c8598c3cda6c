"""The sheet that every chart is drawn on: title, note, description for those who cannot see it, and the look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sim.report.lettering import text_width
from sim.report.theme import NOTE_SIZE, TITLE_SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import altair as alt

    from sim.report.theme import Theme

    Chart: TypeAlias = alt.Chart | alt.LayerChart | alt.FacetChart | alt.HConcatChart
    Drawing: TypeAlias = Chart | alt.TopLevelLayerSpec

_BLANK_WIDTH: Final = 420
_BLANK_HEIGHT: Final = 80


def sheet(
    chart: Chart, *, title: str, description: str, theme: Theme, width: float, notes: Sequence[str] = ()
) -> Chart:
    """A chart with title, notes and look, ready to be written.

    Parameters
    ----------
    chart
        What is drawn.
    title
        Heading; long ones are broken into lines.
    description
        The main point in words.
    theme
        The look.
    width
        Room for title and notes, in pixels.
    notes
        Sentences under the title: what the marks mean, what is left out.
    """
    import altair as alt

    lines = lines_within(" ".join(note for note in notes if note), width, NOTE_SIZE)
    heading = alt.TitleParams(text=lines_within(title, width, TITLE_SIZE * 1.05), subtitle=lines or alt.Undefined)
    meta = {"embedOptions": {"actions": False}}
    dressed: Chart = chart.properties(title=heading, description=description, usermeta=meta).configure(**theme.config())
    return dressed


def blank_sheet(*, title: str, theme: Theme, why: str = "No point of this study gave a result.") -> Chart:
    """A sheet that says why there is nothing to draw."""
    import altair as alt
    import pandas as pd

    words = alt.Chart(pd.DataFrame({"why": [why]}), name="nothing").mark_text(fontSize=NOTE_SIZE).encode(text="why:N")
    chart = words.properties(width=_BLANK_WIDTH, height=_BLANK_HEIGHT)
    return sheet(chart, title=title, description=f"Nothing to draw. {why}", theme=theme, width=_BLANK_WIDTH)


def tooltips(**fields: str) -> list[Any]:
    """What a pointer shows: title for each field, in this order; the web page uses them."""
    import altair as alt

    return [alt.Tooltip(f"{field}:N", title=title) for field, title in fields.items()]


def lines_within(text: str, width: float, size: float) -> list[str]:
    """Text broken at spaces."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
