"""The decision card: what to do, by how much it wins, how sure that is, and what would change it, in plain words."""

from __future__ import annotations

from math import isfinite, nan, sqrt
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict

from sim.experiments.verdict import money
from sim.experiments.wording import MOST_NAMED, listed
from sim.report.lettering import signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.report.facts import Facts, PlanFacts
    from sim.studies.flip_facts import Flip

SHOWN_FLIPS: Final = 4
_PERCENT: Final = 100
_NEARLY_ALL: Final = 0.999
_FEW: Final = 1_000
_LOPSIDED: Final = 0.25
_WORST: Final = 0.05
_TAIL_CASES: Final = 20
"""Cases among the worst 5 % below which their mean says nothing."""


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
        inputs are right. None where nothing can be said: too few replications, or a tie.
    tail
        What can still go wrong with it.
    flips
        What would change the choice: the inputs first that have the least way to go.
    steady
        What was tried and would not.
    looked
        What was looked into for that, and what was not; nothing where nothing was.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    chosen: str
    settled: bool
    headline: str
    what: str
    gain: str
    sureness: str
    share: float | None
    tail: str
    flips: tuple[str, ...]
    steady: tuple[str, ...]
    looked: str = ""


def card_of(facts: Facts) -> Card:
    """The decision card of a run."""
    best, settled = facts.best, facts.settled
    flips, steady = _flips(facts)
    return Card(
        chosen=best.name,
        settled=settled,
        headline=_headline(facts),
        what=_what(best),
        gain=signed(_gain(facts)),
        sureness=signed(_sureness(facts)),
        share=_share(facts),
        tail=signed(_tail(facts)),
        flips=tuple(map(signed, flips)),
        steady=tuple(map(signed, steady)),
        looked=_looked(facts),
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
    told = f"{orders[:1].upper()}{orders[1:]}"
    return told if best.title == best.name else f"{best.title}. {told}."


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
        return f"{start}, as far as so few replications can tell."
    return f"{start} ({interval} at {facts.confidence * _PERCENT:g} % confidence)."


def _sureness(facts: Facts) -> str:
    best, rivals = facts.best, _rivals(facts)
    n = f"{facts.replications:,} simulated {'case' if facts.replications == 1 else 'cases'}"
    if len(facts.plans) == 1:
        return f"Each figure rests on {n}. {_of_unknown(facts)}".strip()
    inputs = " ".join(part for part in (_of_unknown(facts), _of_inputs(facts)) if part)
    if rivals and all(_equal(plan) for plan in rivals):
        return f"In each of {n} these plans end alike: take the one that is less work. {inputs}".strip()
    if rivals:
        regret = max((-plan.more.low for plan in rivals if plan.more is not None), default=nan)
        most = f": with {best.name} you lose at most {money(regret, facts.currency)} more on average than with the best"
        told = f"{n} of each plan cannot tell them apart{most if isfinite(regret) else ''}."
        return " ".join(part for part in (told, _duel(facts), inputs) if part)
    share = _share(facts)
    sure = f"Settled: {n} of each plan put it first"
    if share is None:
        sure += "; that is too few to know about rare disasters, so simulate more before you rely on it."
    else:
        sure += f", {_percent_sure(share)}."
    return " ".join(part for part in (sure, _duel(facts), inputs) if part)


def _percent_sure(share: float) -> str:
    return "with over 99.9 % sureness" if share > _NEARLY_ALL else f"with about {share * _PERCENT:.3g} % sureness"


def _duel(facts: Facts) -> str:
    """How the best plan and the next best end case by case, which is not the same as losing less on average."""
    nearest = facts.plans[1]
    duel = nearest.duel
    if duel is None or not duel.better + duel.worse:
        return ""
    better = f"better in {_of_hundred(duel.better)}, by {money(duel.by_better, facts.currency)} on average"
    worse = f"worse in {_of_hundred(duel.worse)}, by {money(duel.by_worse, facts.currency)}"
    ends = " and ".join(part for part, share in ((better, duel.better), (worse, duel.worse)) if share)
    return f"Beside {nearest.name} with the same luck it ends {ends}."


def _of_hundred(share: float) -> str:
    """A share as cases of a hundred, which never sounds like none or all of them where it is not."""
    rounded = round(share * _PERCENT)
    if 0 < share < 1 and rounded in {0, _PERCENT}:
        return "fewer than 1 of 100 cases" if rounded == 0 else "more than 99 of 100 cases"
    return f"{rounded} of 100 cases"


def _of_unknown(facts: Facts) -> str:
    return "" if facts.unknown is None else facts.unknown.sentence


def _of_inputs(facts: Facts) -> str:
    unknown = sum(fact.kind == "assumption" for fact in facts.ledger)
    if not unknown:
        return ""
    are = "is" if unknown == 1 else "are"
    return f"Whether your inputs are right is another question: {unknown} of the {len(facts.ledger)} {are} assumed."


def _share(facts: Facts) -> float | None:
    """Probability that the best plan is so, from the standard errors of its differences to the others.

    Notes
    -----
    One less the sum over the other plans of the normal probability that the true difference lies below zero
    (Bonferroni): a bound, not an estimate. Means of few, lopsided differences are not normal: nothing is said below
    `_FEW` replications, nor where the skewness of a mean, that of the differences over the root of their number, is
    more than `_LOPSIDED`.
    """
    from scipy.special import ndtr, ndtri

    others = len(facts.plans) - 1
    if not others:
        return 1.0
    if facts.replications < _FEW or any(_equal(plan) for plan in _rivals(facts)):
        return None
    level = 1 - (1 - facts.confidence) / others
    wide = float(ndtri((1 + level) / 2))
    doubt = 0.0
    for plan in facts.plans[1:]:
        more, duel = plan.more, plan.duel
        lopsided = duel is not None and abs(duel.skewness) > _LOPSIDED * sqrt(facts.replications)
        if more is None or not isfinite(more.low) or lopsided:
            return None
        error = (more.high - more.low) / 2 / wide
        doubt += float(ndtr(-more.value / error)) if error > 0 else float(more.value <= 0)
    return min(max(1.0 - doubt, 0.0), 1.0)


def _tail(facts: Facts) -> str:
    best = facts.best
    if facts.replications * _WORST < _TAIL_CASES:
        return "So few cases say nothing about the worst ones."
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
    from sim.studies.flip_words import flip_sentence

    chosen = facts.flips.chosen
    if facts.flips.ahead is not None:
        few = f"{facts.flips.replications:,} replications"
        return (f"With {few} {facts.flips.ahead} already loses less than {chosen}: hardly anything decides.",), ()
    told = (
        *_thresholds(facts.flips.found, facts.currency, chosen),
        *(flip_sentence(flip, facts.currency, chosen) for flip in facts.flips.doubtful),
    )
    return told, tuple(flip_sentence(flip, facts.currency, chosen) for flip in facts.flips.steady)


def _thresholds(found: Sequence[Flip], currency: str, chosen: str) -> list[str]:
    """A sentence for each input that changes the choice; one that does so on either side has both in one."""
    from sim.studies.flip_words import flip_sentence, flips_sentence

    sides: dict[str, list[Flip]] = {}
    for flip in found:
        sides.setdefault(flip.path, []).append(flip)
    return [
        flip_sentence(flips[0], currency, chosen) if len(flips) == 1 else flips_sentence(flips, currency)
        for flips in sides.values()
    ]


def _looked(facts: Facts) -> str:
    """How far the search for what would change the choice went: what is not named was not looked into."""
    flips = facts.flips
    if flips is None or flips.ahead is not None:
        return ""
    moved = len({flip.path for flip in (*flips.found, *flips.steady, *flips.doubtful)})
    inputs = "1 input was" if moved == 1 else f"{moved} inputs were"
    told = f"{inputs} moved, one at a time, with {flips.replications:,} replications each"
    told += "" if flips.complete else "; the search was broken off"
    left = listed([one.label for one in flips.skipped], most=MOST_NAMED)
    return f"{told}. Not looked into: {left}." if left else f"{told}."


def _rivals(facts: Facts) -> list[PlanFacts]:
    """Plans that may lose no more than the best."""
    return [plan for plan in facts.plans[1:] if not plan.settled]


def _equal(plan: PlanFacts) -> bool:
    return plan.more is not None and plan.more.value == 0 and plan.more.high == plan.more.low


def _names(plans: Sequence[PlanFacts], last: Literal["and", "or"]) -> str:
    return listed([plan.name for plan in plans], last=last, most=MOST_NAMED, more=last)
