"""Map of two inputs: which plan is best in each cell, and by how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.report.axes import label_expression, lines_centred
from sim.report.cells import Ladder, cells_drawn, ladder
from sim.report.columns import checked, flags
from sim.report.lettering import number_text, text_width, with_unit
from sim.report.sheet import blank_sheet, lines_within, sheet, tooltips
from sim.report.theme import LIGHT, NOTE_SIZE, TEXT_SIZE, Theme, ramp_colour, text_on
from sim.report.winners import NO_RESULT, NOTHING, Winner, winners, winning_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import altair as alt
    from pandas import DataFrame

    from sim.report.sheet import Chart

_GAP: Final = 28
_TITLE_ROOM: Final = 90
_SMALL_TEXT: Final = 8
_HEADING_ROOM: Final = 60


def heat_map(
    frame: DataFrame,
    *,
    x: str,
    y: str,
    best: str,
    margin: str,
    title: str,
    x_title: str,
    y_title: str,
    unit: str,
    plans: Sequence[str] = (),
    theme: Theme = LIGHT,
) -> Chart:
    """Two maps side by side: the best plan of each cell, by letter and colour, and its margin over the second best.

    Parameters
    ----------
    frame
        One row a cell; a column ``settled``, if there is one, tells the cells where the best plan is certain.
        A cell without a row, or without a best plan, is drawn as one without a result.
    x, y
        Columns of the two inputs: numbers, or anything else as categories in order of appearance.
    best, margin
        Columns of the best plan's name and of how much more the second best loses.
    title, x_title, y_title
        Headings.
    unit
        Of the margin: a currency code.
    plans
        Names of all plans of the study, for letters and colours that are the same in each of its charts.
    theme
        The look.

    Raises
    ------
    KeyError, ValueError
        A column is missing or holds something else than it should; two rows for one cell.
    """
    import altair as alt

    cells = checked(frame, "heat_map", (x, y, best, margin), numbers=(margin,)).rename(
        columns={best: "best", margin: "margin"}
    )
    cells["settled"] = flags(frame, "settled", default=True)
    if cells["best"].isna().all():
        return blank_sheet(title=title, theme=theme)
    across, up = ladder(cells[x], across=True), ladder(cells[y], across=False)
    cells = cells_drawn(cells, across, up)
    board = _Board(across, up, x_title, y_title, unit, theme)
    found = winners(cells["best"], plans, theme)
    panels = [board.best_panel(cells, found)]
    if cells["margin"].notna().any():
        panels.append(board.margin_panel(cells))
    drawn = alt.hconcat(*panels, spacing=_GAP).resolve_scale(color="independent")
    notes = (
        ["Pale cells with a question mark are not settled."]
        if (~cells["settled"] & cells["best"].notna()).any()
        else []
    )
    if across.merged or up.merged:
        size = f"{across.block} \N{MULTIPLICATION SIGN} {up.block}"
        notes.append(f"Each cell stands for up to {size} points: the plan that wins most of them.")
    words = winning_words(cells, what="cell", unit=unit, titles=(x_title, y_title))
    width = len(panels) * across.length + _GAP + _HEADING_ROOM
    return sheet(drawn, title=title, description=words, theme=theme, width=width, notes=notes)


@dataclass(frozen=True, slots=True)
class _Board:
    """What the two maps share: their axes and size."""

    across: Ladder
    up: Ladder
    x_title: str
    y_title: str
    unit: str
    theme: Theme

    def best_panel(self, cells: DataFrame, found: dict[str | None, Winner]) -> Chart:
        """Letters and colours of the best plans."""
        import altair as alt

        of_row = [found[None if name != name else name] for name in cells["best"]]  # noqa: PLR0124 - NaN
        settled = cells["settled"].tolist()
        inks = [winner.ink(self.theme, settled=sure) for winner, sure in zip(of_row, settled, strict=True)]
        marks = [
            winner.letter + ("" if sure or winner.plan is None else "?")
            for winner, sure in zip(of_row, settled, strict=True)
        ]
        series = [winner.label + ("" if sure else "?") for winner, sure in zip(of_row, settled, strict=True)]
        data = self._told(cells).assign(series=series, mark=marks, ink=inks)
        labels = [winner.label for winner in found.values()]
        domain = [*labels, *(f"{label}?" for label in labels)]
        colours = [winner.colour for winner in found.values()] + [winner.paled(self.theme) for winner in found.values()]
        legend = alt.Legend(
            title=None,
            values=labels,
            orient="bottom",
            direction="vertical",
            columns=self._legend_columns(labels),
            symbolType="square",
        )
        key = alt.Color("series:N", scale=alt.Scale(domain=domain, range=colours), legend=legend)
        return self._panel(data, "Best plan", key, first=True)

    def margin_panel(self, cells: DataFrame) -> Chart:
        """How much more the second best loses."""
        import altair as alt

        top = max(cells["margin"].max(), 0.0) or 1.0
        ramp = self.theme.ramp
        fills = [self.theme.missing if value != value else ramp_colour(ramp, value / top) for value in cells["margin"]]  # noqa: PLR0124 - NaN
        marks = self._amounts(cells)
        data = self._told(cells).assign(series=cells["margin"], mark=marks, ink=[text_on(fill) for fill in fills])
        legend = alt.Legend(
            title=with_unit("Margin", self.unit),
            orient="bottom",
            direction="horizontal",
            gradientLength=self.across.length,
            format=",.4~g",
            tickCount=4,
            gradientThickness=12,
        )
        key = alt.Color(
            "series:Q", scale=alt.Scale(domain=[0, top], range=list(ramp), interpolate="rgb"), legend=legend
        )
        return self._panel(data, "Margin over the second best", key, first=False)

    def _panel(self, data: DataFrame, heading: str, key: alt.Color, *, first: bool) -> Chart:
        import altair as alt

        x = alt.X("column:O", axis=self._axis(self.across, self.x_title), scale=_bands(self.across))
        y_axis = self._axis(self.up, self.y_title) if first else None
        y = alt.Y("row:O", axis=y_axis, scale=_bands(self.up))
        kind = "best" if first else "margin"
        tips = tooltips(
            x=self.x_title, y=self.y_title, plan="Best plan", lead=with_unit("Margin", self.unit), sure="Settled"
        )
        cells = alt.Chart(data, name=f"{kind}_cells").mark_rect(stroke=self.theme.background, strokeWidth=0.5)
        drawn = cells.encode(x=x, y=y, color=key, tooltip=tips)
        size = min(13.0, max(_SMALL_TEXT, 0.55 * min(self.across.step, self.up.step)))
        words = alt.Chart(data, name=f"{kind}_letters").mark_text(fontSize=size if first else min(size, TEXT_SIZE))
        text = words.encode(x=x, y=y, text=alt.Text("mark:N"), color=alt.Color("ink:N", scale=None, legend=None))
        caption = alt.TitleParams(
            text=heading, fontSize=TEXT_SIZE + 1, fontWeight="normal", anchor="start", frame="group", offset=6
        )
        # Of two layers with a colour each, one would lose its scale: independent ones keep the legend.
        both = alt.layer(drawn, text).resolve_scale(color="independent")
        panel: Chart = both.properties(width=self.across.length, height=self.up.length, title=caption)
        return panel

    def _axis(self, ladder: Ladder, title: str) -> alt.Axis:
        import altair as alt

        if ladder.angle:
            options: dict[str, Any] = {"labelAngle": ladder.angle, "labelAlign": "right", "labelBaseline": "middle"}
        else:
            options = {"labelAngle": 0} | ({} if ladder is self.across else lines_centred(ladder.labels))
        return alt.Axis(
            title=lines_within(title, max(ladder.length, _TITLE_ROOM), NOTE_SIZE),
            values=ladder.shown,
            labelExpr=label_expression(ladder.labels),
            ticks=False,
            domain=False,
            grid=False,
            **options,
        )

    def _told(self, cells: DataFrame) -> DataFrame:
        """Cells with what a pointer shows."""
        told = cells[["column", "row", "x", "y"]]
        plan = cells["best"].astype(object).where(cells["best"].notna(), NO_RESULT)
        return told.assign(
            plan=plan,
            lead=[number_text(value) for value in cells["margin"]],
            sure=["yes" if sure else "no" for sure in cells["settled"]],
        )

    def _amounts(self, cells: DataFrame) -> list[str]:
        """What stands in the cells of the margin: amounts if there is room, a question mark where it is not settled."""
        values, settled = cells["margin"].tolist(), cells["settled"].tolist()
        texts = ["" if value != value else f"{value:,.{0 if self._whole(values) else 2}f}" for value in values]  # noqa: PLR0124 - NaN
        room = max(text_width(text + " ?") for text in texts) <= self.across.step
        texts = texts if room else [""] * len(texts)
        return [
            NOTHING if value != value else text if sure else f"{text} ?".strip()  # noqa: PLR0124 - NaN
            for value, text, sure in zip(values, texts, settled, strict=True)
        ]

    @staticmethod
    def _whole(values: list[float]) -> bool:
        return max((abs(value) for value in values if value == value), default=0.0) >= 100  # noqa: PLR0124, PLR2004

    def _legend_columns(self, labels: list[str]) -> int:
        widest = max(text_width(label) for label in labels) + 30
        return max(1, min(2 if len(labels) > 3 else 1, int((self.across.length + _GAP) // widest)))  # noqa: PLR2004


def _bands(ladder: Ladder) -> Any:  # noqa: ANN401 - Altair gives no narrower type for a scale
    import altair as alt

    return alt.Scale(domain=ladder.order, paddingInner=0, paddingOuter=0)
