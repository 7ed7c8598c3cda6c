"""What charts of plans have in common: shapes for the best and the others, amounts, and the sentence at their head."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.experiments.wording import listed
from sim.report.lettering import amount, number_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sim.report.facts import PlanFacts, Span
    from sim.report.theme import Theme

UPRIGHT: Final = "M-0.2,-1h0.4v2h-0.4Z"
"""Symbol of the mean of the worst cases: a stroke from above to below."""
LYING: Final = "M-1,-0.28h2v0.56h-2Z"
"""Symbol of an interval: a stroke from left to right."""
_WHOLE_FROM: Final = 100
_NAMED: Final = 3
_TOLD: Final = 6
_LEAST_SPAN: Final = 1e-9


class Mark(NamedTuple):
    """How the mean loss of a plan is drawn."""

    shape: str
    fill: str
    stroke: str
    size: float
    meaning: str


def mark_of(plan: PlanFacts, theme: Theme) -> Mark:
    """A diamond for the plan that loses least, a disc for one that loses more, a ring where that is not settled."""
    if plan.more is None:
        return Mark(
            "diamond", theme.series_colour(0), theme.series_colour(0), 170, "average of the plan that loses least"
        )
    if plan.settled:
        return Mark("circle", theme.muted, theme.muted, 80, "average of another plan")
    return Mark("circle", theme.background, theme.ink, 80, "average of a plan that may lose as little")


def marks_meant(plans: Sequence[PlanFacts], theme: Theme) -> list[Mark]:
    """Each kind of mark that occurs, once."""
    found = [mark_of(plan, theme) for plan in plans]
    if len(plans) == 1:
        return [found[0]._replace(meaning="average")]
    return list(dict.fromkeys(found))


def shown(value: float, *, whole: bool) -> str:
    """An amount beside a mark: without cents where all of them are large."""
    return number_text(round(value) if whole else round(value, 2)) if isfinite(value) else ""


def all_whole(values: Iterable[float]) -> bool:
    """Whether amounts are so large that cents say nothing."""
    return max((abs(value) for value in values if isfinite(value)), default=0.0) >= _WHOLE_FROM


def cents_text(value: float) -> str:
    """An amount to the cent, as tables have it."""
    return f"{value + 0.0:,.2f}".replace("-", "\N{MINUS SIGN}") if isfinite(value) else "none"


def interval_text(span: Span) -> str:
    """The ends of an interval, to the cent; nothing where there are none."""
    if not (isfinite(span.low) and isfinite(span.high)):
        return "none"
    return f"{cents_text(span.low)} to {cents_text(span.high)}"


def lost(value: float, currency: str) -> str:
    """What a plan loses, or gains, on average."""
    return f"gains {amount(-value, currency)}" if value < 0 else f"loses {amount(value, currency)}"


def choice(plans: Sequence[PlanFacts], currency: str) -> str:
    """Which plan loses least, or that it is not settled, with its mean loss."""
    best = plans[0]
    rivals = [plan.name for plan in plans[1:] if not plan.settled]
    if len(plans) == 1:
        return f"{best.name} {lost(best.loss.value, currency)} on average"
    if rivals:
        joined = listed([best.name, *rivals], most=_NAMED + 1)
        fate = "gained" if best.loss.value < 0 else "lost"
        return f"Not settled between {joined}: about {amount(abs(best.loss.value), currency)} {fate} on average"
    if best.loss.value < 0:
        return f"{best.name} gains most: {amount(-best.loss.value, currency)} on average"
    return f"{best.name} loses least: {amount(best.loss.value, currency)} on average"


def of_plans(parts: Sequence[str]) -> str:
    """What a description tells of each plan, those that lose least first; of many plans the first alone."""
    more = [f"and {len(parts) - _TOLD} more plans"] if len(parts) > _TOLD else []
    return "; ".join([*parts[:_TOLD], *more])


def extent(values: Iterable[float]) -> tuple[float, float]:
    """Smallest and largest of some amounts, and of 0."""
    known = [value for value in values if isfinite(value)]
    low, high = min([0.0, *known]), max([0.0, *known])
    return (low, high) if high - low > _LEAST_SPAN else (low, low + 1.0)
