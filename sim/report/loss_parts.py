"""What the loss of every plan consists of: one stacked bar a plan, what lessens the loss to the left of 0."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Final

from sim.experiments.wording import listed, words
from sim.outcomes import LossComponent
from sim.report.apportionment import CENTS, mean_amounts
from sim.report.lettering import amount, text_width
from sim.report.plan_marks import all_whole, cents_text, extent, lost, of_plans, shown
from sim.report.plan_rows import NAME_SIZE, PlanRows, plan_rows
from sim.report.theme import DARK, LIGHT, Theme, text_on
from sim.report.vega_lite import Across, Sign, given, key, picture, pixels, room, tips, told, view

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.report.facts import PlanFacts
    from sim.report.sheet import Drawing
    from sim.report.vega_lite import Row, View

_BAND: Final = 24
_GAP: Final = 12
_SEEN: Final = 1.5
"""Pixels below which a part cannot be seen."""
_LETTER_ROOM: Final = 13
_TOTAL_SIZE: Final = 110
_LEGEND_SIZE: Final = 190
OTHER: Final = "other"
_LETTERS: Final = "ABCDEFGHIJKLM"
# Hues as far apart as twelve can be for colour-blind readers (after Okabe and Ito), light beside dark; the letters on
# them say the same.
_COLOURS: Final = {
    "defective_units": ("#d55e00", "#ff7f2a"),
    "missing_units": ("#0072b2", "#4aa3df"),
    "late_units": ("#e69f00", "#f0b429"),
    "inspection": ("#009e73", "#1fbf92"),
    "capital_cost": ("#b8b8b8", "#7d828c"),
    "dispute_handling": ("#cc79a7", "#e08fbd"),
    "purchase": ("#4b3b8f", "#a596e8"),
    "freight": ("#8fc6ea", "#bfe0f5"),
    "payment_fees": ("#7a5230", "#b98a5e"),
    "return_freight": ("#8c1d40", "#d9607f"),
    "excess_units": ("#a3a500", "#c9cb3c"),
    "refunds": ("#00604f", "#7fd8bd"),
    OTHER: ("#595959", "#e6e6e6"),
}


def loss_parts(
    plans: Sequence[PlanFacts], currency: str, replications: int, *, theme: Theme = LIGHT, width: float = 640.0
) -> Drawing:
    """Mean of every component of the loss, stacked: costs to the right, refunds and savings to the left of 0.

    Parameters
    ----------
    plans
        The one that loses least first.
    currency
        Code of the currency.
    replications
        That the sums of the plans were taken over.
    theme
        The look.
    width
        Of the whole picture, in pixels.
    """
    means = [_means(plan, replications) for plan in plans]
    names = [plan.name for plan in plans]
    rows = plan_rows(names, width, band=_BAND, gap=_GAP, top=0)
    x = _axis(plans, means, currency, rows.left, room(width))
    merged = _too_small(means, x)
    order = _order(means, merged)
    letters = dict(zip(order, _LETTERS, strict=False))
    signs = [_sign(part, letters[part], theme) for part in order]
    signs.append(Sign("the loss: all of them together", "diamond", theme.ink, theme.background, size=_TOTAL_SIZE))
    key_views, top = key(signs, room(width))
    rows = plan_rows(names, width, band=_BAND, gap=_GAP, top=top + 12)
    pieces = [
        piece
        for place, plan in enumerate(plans)
        for piece in _pieces(plan.name, _joined(means[place], merged), order, letters, rows, place, theme)
    ]
    views = [
        *key_views,
        *x.grid(rows.stretches, theme),
        *rows.names_drawn(best=0 if len(plans) > 1 else None),
        *_bars(pieces, x, theme),
        *_totals(plans, means, rows, x, theme),
    ]
    return picture(
        views,
        title=_title(plans, means, currency),
        description=_words(plans, means, currency),
        theme=theme,
        width=width,
        height=rows.bottom,
        notes=_notes(means, merged),
    )


def loss_parts_table(
    plans: Sequence[PlanFacts], currency: str, replications: int
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Headings and rows behind the chart: one row a component, one column a plan; columns add up to the cent."""
    means = [_means(plan, replications) for plan in plans]
    parts = [part.name.lower() for part in LossComponent if any(plan.get(part.name.lower()) for plan in means)]
    headings = (f"Part of the average loss, {currency}", *(plan.name for plan in plans))
    rows = [(words(part), *(cents_text(plan.get(part, 0.0)) for plan in means)) for part in parts]
    return headings, (*rows, ("loss", *(cents_text(_sum(plan)) for plan in means)))


def _means(plan: PlanFacts, replications: int) -> dict[str, float]:
    return dict(zip(plan.components, mean_amounts(list(plan.components.values()), replications), strict=True))


def _sum(means: Mapping[str, float]) -> float:
    return sum(round(mean * CENTS) for mean in means.values()) / CENTS


def _axis(
    plans: Sequence[PlanFacts], means: Sequence[Mapping[str, float]], currency: str, left: float, right: float
) -> Across:
    """Axis of amounts, with room for the total beyond the bars."""
    gains = [sum(mean for mean in plan.values() if mean < 0) for plan in means]
    costs = [sum(mean for mean in plan.values() if mean > 0) for plan in means]
    low, high = extent([*gains, *costs])
    wide = max(text_width(shown(plan.loss.value, whole=_whole(plans)), NAME_SIZE) * 1.07 for plan in plans)
    return Across(low, high, left + 7, right - wide - 10, f"On average, {currency}")


def _whole(plans: Sequence[PlanFacts]) -> bool:
    return all_whole(plan.loss.value for plan in plans)


def _too_small(means: Sequence[Mapping[str, float]], x: Across) -> tuple[str, ...]:
    """Components that no bar could show."""
    most = {part: max(abs(plan.get(part, 0.0)) for plan in means) for part in means[0]}
    seen = _SEEN / (x.right - x.left) * (x.high - x.low)
    return tuple(part for part, mean in most.items() if 0 < mean < seen)


def _joined(means: Mapping[str, float], merged: Sequence[str]) -> dict[str, float]:
    kept = {part: mean for part, mean in means.items() if part not in merged}
    return kept | ({OTHER: sum(means[part] for part in merged)} if merged else {})


def _order(means: Sequence[Mapping[str, float]], merged: Sequence[str]) -> list[str]:
    """Components by their weight over all plans, what is nothing or alone too small left out; the rest last."""
    weight = {part: sum(abs(plan.get(part, 0.0)) for plan in means) for part in means[0] if part not in merged}
    found = sorted((part for part in weight if weight[part] > 0), key=lambda part: -weight[part])
    return [*found, *([OTHER] if len(merged) > 1 else [])]


def _notes(means: Sequence[Mapping[str, float]], merged: Sequence[str]) -> list[str]:
    notes = ["Left of 0: what lessens the loss."] if any(mean < 0 for plan in means for mean in plan.values()) else []
    if merged:
        names = listed([words(part) for part in merged])
        notes.append(f"Too small to be seen{f', together {OTHER!r}' if len(merged) > 1 else ''}: {names}.")
    return notes


def _colour(part: str, theme: Theme) -> str:
    return _COLOURS.get(part, _COLOURS[OTHER])[int(theme == DARK)]


def _sign(part: str, letter: str, theme: Theme) -> Sign:
    colour = _colour(part, theme)
    return Sign(words(part), "square", colour, colour, letter, text_on(colour), _LEGEND_SIZE)


def _pieces(
    plan: str,
    means: Mapping[str, float],
    order: Sequence[str],
    letters: Mapping[str, str],
    rows: PlanRows,
    place: int,
    theme: Theme,
) -> list[Row]:
    """The parts of a bar, from 0 outwards on either side."""
    found = []
    ends = {True: 0.0, False: 0.0}
    for part in order:
        mean = means.get(part, 0.0)
        if mean == 0:
            continue
        begin = ends[mean > 0]
        ends[mean > 0] = begin + mean
        colour = _colour(part, theme)
        found.append(
            {
                "plan": plan,
                "part": words(part),
                "mean": cents_text(round(mean, 2)),
                "begin": begin,
                "end": begin + mean,
                "middle": begin + mean / 2,
                "loss": sum(means.values()),
                "top": rows.tops[place],
                "bottom": rows.tops[place] + rows.band,
                "down": rows.middle(place),
                "colour": colour,
                "letter": letters[part],
                "ink": text_on(colour),
            }
        )
    return found


def _bars(pieces: Sequence[Row], x: Across, theme: Theme) -> list[View]:
    bars = view(
        "parts",
        {"type": "rect", "stroke": theme.background, "strokeWidth": 0.8},
        pieces,
        x=x.field("begin"),
        x2={"field": "end"},
        y=pixels("top"),
        y2={"field": "bottom"},
        color=given("colour"),
        tooltip=tips(plan="Plan", part="Part", mean="On average"),
    )
    lettered = [
        row
        for row in pieces
        if abs(x.at(row["end"]) - x.at(row["begin"])) >= _LETTER_ROOM
        and abs(x.at(row["middle"]) - x.at(row["loss"])) >= _LETTER_ROOM
    ]
    letters = view(
        "letters",
        {"type": "text", "align": "center", "baseline": "middle", "fontWeight": "bold"},
        lettered,
        x=x.field("middle"),
        y=pixels("down"),
        text=told("letter"),
        color=given("ink"),
    )
    return [bars, letters]


def _totals(
    plans: Sequence[PlanFacts], means: Sequence[Mapping[str, float]], rows: PlanRows, x: Across, theme: Theme
) -> list[View]:
    whole = _whole(plans)
    found: list[Row] = [
        {
            "plan": plan.name,
            "loss": _sum(means[place]),
            "end": x.at(sum(mean for mean in means[place].values() if mean > 0)) + 8,
            "down": rows.middle(place),
            "text": shown(plan.loss.value, whole=whole),
            "told": cents_text(_sum(means[place])),
        }
        for place, plan in enumerate(plans)
    ]
    y = pixels("down")
    look = {"type": "text", "align": "left", "baseline": "middle", "fontSize": NAME_SIZE, "fontWeight": "bold"}
    rim = {"stroke": theme.background, "strokeWidth": 4, "color": theme.background}
    where = {"x": pixels("end"), "y": y, "text": told("text")}
    marks = {"type": "point", "shape": "diamond", "size": _TOTAL_SIZE, "opacity": 1, "strokeWidth": 1.6}
    return [
        view(
            "totals",
            marks | {"fill": theme.ink, "stroke": theme.background},
            found,
            x=x.field("loss"),
            y=y,
            tooltip=tips(plan="Plan", told="Average loss"),
        ),
        view("total_amounts_rim", look | rim, found, **where),
        view("total_amounts", look, found, **where),
    ]


def _largest(means: Mapping[str, float]) -> tuple[str, float]:
    part = max(means, key=lambda part: means[part])
    return words(part), means[part]


def _title(plans: Sequence[PlanFacts], means: Sequence[Mapping[str, float]], currency: str) -> str:
    part, mean = _largest(means[0])
    if mean <= 0:
        return f"What the loss of {plans[0].name} consists of"
    return f"{part.capitalize()} cost {plans[0].name} most: {amount(mean, currency)} on average"


def _words(plans: Sequence[PlanFacts], means: Sequence[Mapping[str, float]], currency: str) -> str:
    told = []
    for plan, parts in zip(plans, means, strict=True):
        ranked = sorted((part for part in parts if parts[part]), key=lambda part: -abs(parts[part]))
        split = ", ".join(f"{words(part)} {cents_text(parts[part])}" for part in ranked[:3])
        loss = plan.loss.value if isfinite(plan.loss.value) else 0.0
        told.append(f"{plan.name} {lost(loss, currency)}" + (f", above all {split}" if split else ""))
    return f"What the average loss consists of: {of_plans(told)}."
