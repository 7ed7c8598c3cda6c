"""The verdict of a comparison: which plan to choose, in one sentence, or that it is not settled."""

from __future__ import annotations

from math import isfinite, isnan, nan
from typing import TYPE_CHECKING, Final

from sim.experiments.wording import MOST_NAMED, listed, percentage
from sim.measures.differences import replications_to_settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.experiments.comparison import ComparedPlan

_WORTH_SIMULATING: Final = 10_000_000
"""More replications than this to tell two plans apart means that they lose the same for any purpose."""
_WHOLE_AMOUNTS_FROM: Final = 100
_SIGNIFICANT: Final = 2


def money(amount: float, currency: str = "", *, beside: float = 0.0) -> str:
    """Amount as a reader wants it: whole if it, or the amount that it stands beside, is 100 or more."""
    decimals = 0 if max(abs(amount), abs(beside)) >= _WHOLE_AMOUNTS_FROM else 2
    text = f"{round(amount, decimals) + 0.0:,.{decimals}f}"
    return f"{currency} {text}" if currency else text


def verdict_text(plans: Sequence[ComparedPlan], currency: str, confidence: float) -> str:
    """What a comparison comes to, in one sentence.

    Parameters
    ----------
    plans
        The best first.
    currency
        Code for the amounts.
    confidence
        Of all statements together.

    Returns
    -------
    str
        Which plan loses least, by how much, and what it would take to know where that is not settled.
    """
    best, *others = plans
    percent = percentage(confidence)
    if not others:
        loss = money(best.loss.value, currency)
        return f"{best.name} is the only plan; it loses {loss} on average."
    open_plans = [plan for plan in others if plan.to_best is not None and not plan.to_best.settled]
    if open_plans:
        return _unsettled(best, open_plans, len(others))
    name, gap = next((plan.name, plan.to_best.difference) for plan in others if plan.to_best is not None)
    than = "the other plan" if len(others) == 1 else "the next best"
    return (
        f"Choose {best.name}: on average it loses {money(gap.value, currency)} less than {than}, "
        f"{name} ({money(gap.low, beside=gap.high)} to {money(gap.high)} less at {percent} confidence)."
    )


def _unsettled(best: ComparedPlan, open_plans: Sequence[ComparedPlan], others: int) -> str:
    differences = [plan.to_best.difference for plan in open_plans if plan.to_best is not None]
    n = best.loss.n
    names = listed([plan.name for plan in open_plans], last="or", most=MOST_NAMED, between=" or ")
    rest = " (the others lose more)" if len(open_plans) < others else ""
    if all(difference.value == 0 and difference.half_width == 0 for difference in differences):
        return f"A tie: {best.name} and {names} lose exactly the same in every one of {n:,} replications{rest}."
    more = max(map(replications_to_settle, differences), default=nan)
    if isnan(more):
        return f"Not settled: {best.name} loses least in the one replication there is, which says nothing yet."
    start = f"Not settled: {best.name} loses least here, but {n:,} replications cannot tell it from {names}"
    if not isfinite(more) or more > _WORTH_SIMULATING:
        return f"{start}{rest}; more would hardly help, so take them to lose the same."
    return f"{start}{rest}; about {_round_up(more):,} more of each plan would settle it."


def _round_up(number: float) -> int:
    """A guess that looks like one: two significant digits, in thousands at least."""
    step: int = max(10 ** (len(str(int(number))) - _SIGNIFICANT), 1_000)
    return -(-int(number) // step) * step
