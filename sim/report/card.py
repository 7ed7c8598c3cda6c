"""The decision card: what to do, by how much it wins, how sure that is, and what would change it, in plain words."""

from __future__ import annotations

from math import isfinite, sqrt
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict

from sim.experiments.verdict import money
from sim.experiments.wording import MOST_NAMED, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.report.facts import Facts, PlanFacts

SHOWN_FLIPS: Final = 4
_PERCENT: Final = 100
_NEARLY_ALL: Final = 0.999
_HALF: Final = 0.5


class Card(BaseModel):
    """What a reader should take away, should they read nothing else.

    Attributes
    ----------
    chosen
        Name of the plan that loses least in this run.
    settled
        Whether it is so beyond doubt.
    headline
        The choice in a few words.
    what
        What that plan orders.
    gain
        By how much it wins.
    sureness
        How sure that is, and of what.
    share
        How sure, from 0 to 1, that no other plan loses less on average: what replications can tell, not whether the
        inputs are right.
    tail
        What can still go wrong with it.
    flips
        What would change the choice, the likeliest first.
    steady
        What was tried and would not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    chosen: str
    settled: bool
    headline: str
    what: str
    gain: str
    sureness: str
    share: float
    tail: str
    flips: tuple[str, ...]
    steady: tuple[str, ...]


def card_of(facts: Facts) -> Card:
    """The decision card of a run."""
    best, settled = facts.best, facts.settled
    flips, steady = _flips(facts)
    return Card(
        chosen=best.name,
        settled=settled,
        headline=_headline(facts),
        what=_what(best),
        gain=_gain(facts),
        sureness=_sureness(facts),
        share=_share(facts),
        tail=_tail(facts),
        flips=flips,
        steady=steady,
    )


def _headline(facts: Facts) -> str:
    best, rivals = facts.best, _rivals(facts)
    if len(facts.plans) == 1:
        return f"{best.name} is the only plan"
    if not rivals:
        return f"Choose {best.name}"
    if all(_equal(plan) for plan in rivals):
        return f"A tie: {_names([best, *rivals], 'and')}"
    return f"Not settled: {_names([best, *rivals], 'or')}"


def _what(best: PlanFacts) -> str:
    orders = "; ".join(best.orders)
    return orders if best.title == best.name else f"{best.title}. {orders}"


def _gain(facts: Facts) -> str:
    best, rivals = facts.best, _rivals(facts)
    loses = f"It loses {money(best.loss.value, facts.currency)} on average"
    if len(facts.plans) == 1:
        return f"{loses}; there is nothing to compare it with."
    nearest = facts.plans[1]
    if nearest.more is None:
        return f"{loses}."
    if all(_equal(plan) for plan in rivals) and rivals:
        return f"{loses}, exactly as much as {_names(rivals, 'and')}, replication by replication."
    more = nearest.more
    amount = money(more.value, facts.currency)
    interval = f"between {money(more.low, beside=more.high)} and {money(more.high, beside=more.low)}"
    start = f"{loses}, {amount} less than the next best, {nearest.name}"
    if not isfinite(more.low):
        return f"{start}, as far as one replication can tell."
    return f"{start} ({interval} at {facts.confidence * _PERCENT:g} % confidence)."


def _sureness(facts: Facts) -> str:
    rivals, n = _rivals(facts), f"{facts.replications:,} simulated cases"
    if len(facts.plans) == 1:
        return f"Each figure rests on {n}."
    inputs = _of_inputs(facts)
    if rivals and all(_equal(plan) for plan in rivals):
        return f"In each of {n} these plans end alike: take the one that is less work. {inputs}".strip()
    if rivals:
        return f"{n} of each plan cannot tell them apart: choosing either costs little. {inputs}".strip()
    parts = (f"Settled: {n} of each plan put it first, {_percent_sure(_share(facts))}.", _luck(facts), inputs)
    return " ".join(part for part in parts if part)


def _percent_sure(share: float) -> str:
    return "with over 99.9 % sureness" if share > _NEARLY_ALL else f"with about {share * _PERCENT:.3g} % sureness"


def _luck(facts: Facts) -> str:
    """How often the best plan also ends better, which is not the same as losing less on average."""
    nearest = facts.plans[1]
    if nearest.beaten is None:
        return ""
    cases = f"{nearest.beaten * _PERCENT:.0f} of 100 single cases"
    if nearest.beaten < _HALF:
        return f"It ends better than {nearest.name} in only {cases}: it wins because it avoids the dear ones."
    return f"It ends better than {nearest.name} in {cases}."


def _of_inputs(facts: Facts) -> str:
    unknown = sum(fact.kind == "assumption" for fact in facts.ledger)
    if not unknown:
        return ""
    values = "value that is" if unknown == 1 else "values that are"
    return f"Whether your inputs are right is another question: {unknown} {values} assumed."


def _share(facts: Facts) -> float:
    """Probability that the best plan is so, from the standard errors of its differences to the others.

    Notes
    -----
    One less the sum over the other plans of the normal probability that the true difference lies below zero
    (Bonferroni): a bound, not an estimate.
    """
    from scipy.special import ndtr, ndtri

    others = len(facts.plans) - 1
    if not others:
        return 1.0
    level = 1 - (1 - facts.confidence) / others
    wide = float(ndtri((1 + level) / 2))
    doubt = 0.0
    for plan in facts.plans[1:]:
        more = plan.more
        if more is None or not isfinite(more.low):
            return 0.0
        error = (more.high - more.low) / 2 / wide
        doubt += float(ndtr(-more.value / error)) if error > 0 else float(more.value <= 0)
    return min(max(1.0 - doubt, 0.0), 1.0)


def _tail(facts: Facts) -> str:
    best = facts.best
    worst = f"In the worst 5 % of cases it loses {money(best.tail.value, facts.currency)} on average"
    milder = min(facts.plans, key=lambda plan: plan.tail.value)
    apart = best.tail.value - milder.tail.value
    clearly = sqrt((best.tail.high - best.tail.low) ** 2 + (milder.tail.high - milder.tail.low) ** 2) / 2
    if milder is best or not apart > clearly:
        return f"{worst}."
    return f"{worst}; {milder.name} keeps that at {money(milder.tail.value, facts.currency)}."


def _flips(facts: Facts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if facts.flips is None:
        return (), ()
    from sim.studies.flips import flip_sentence

    chosen = facts.flips.chosen
    found = (*facts.flips.found, *facts.flips.doubtful)
    told, steady = (
        tuple(flip_sentence(flip, facts.currency, chosen) for flip in flips) for flips in (found, facts.flips.steady)
    )
    return told, steady


def _rivals(facts: Facts) -> list[PlanFacts]:
    """Plans that may lose no more than the best."""
    return [plan for plan in facts.plans[1:] if not plan.settled]


def _equal(plan: PlanFacts) -> bool:
    return plan.more is not None and plan.more.value == 0 and plan.more.high == plan.more.low


def _names(plans: Sequence[PlanFacts], last: Literal["and", "or"]) -> str:
    return listed([plan.name for plan in plans], last=last, most=MOST_NAMED, more=last)
