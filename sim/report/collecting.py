"""Facts of a report, collected from a run: its estimates, and what else is looked into for those who want to see more.

What is looked into beyond the run itself (stories, money over time, what would flip the choice) is simulated again
under the seed of the run, so that the same run always has the same facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from sim import __version__
from sim.accounts import cash_moves
from sim.engines import engine_named, simulate
from sim.experiments.comparison import compared
from sim.experiments.record import protection_pack
from sim.experiments.story import replication_at, story_told
from sim.experiments.unknown import PROBABILITY, unknown_of
from sim.measures.risk import quantile_rank
from sim.model import build_model
from sim.outcomes import LossComponent, RecoveryRule
from sim.report.facts import (
    CashOut,
    Curve,
    Duel,
    Facts,
    Happening,
    PlanFacts,
    Span,
    Told,
    UnknownFacts,
    UnknownPlan,
)
from sim.report.order_words import orders_in_words
from sim.units import CENTS, MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from sim.experiments import RunResult
    from sim.experiments.comparison import ComparedPlan, Comparison
    from sim.experiments.story import Story
    from sim.measures import Estimate
    from sim.model import PlanModel
    from sim.scenario import PlanSpec, Scenario
    from sim.studies.flip_facts import Flips
    from sim.terms import RulePack

    Cents = NDArray[np.int64]

TYPICAL: Final = 0.5
BAD: Final = 0.95
_QUANTILES: Final = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
_EXCEEDED: Final = (
    *np.arange(0, 0.95, 0.025).round(3).tolist(),
    *np.arange(0.95, 0.9995, 0.0025).round(4).tolist(),
    *(0.999, 0.9995, 1.0),
)
"""Shares of the replications at whose losses the curve of exceedance has a point: dense in the tail."""
_ATOM: Final = 0.002
"""A single amount that more of the replications lose than this is a jump of the curve."""
_SIDES: Final[tuple[Literal["left", "right"], ...]] = ("left", "right")
_INNER: Final = (0.005, 0.99)
"""Shares of the replications of every plan between which the bins of histograms lie."""
_BINS: Final = 40
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_JUST_BELOW: Final = 1 - 1e-9
"""A step that falls short by rounding alone is long enough."""
_CASH_REPLICATIONS: Final = 2_000
_CASH_POINTS: Final = 140
_BAND: Final = (5.0, 50.0, 95.0)
_LAST_MOVES: Final = 0.99


@dataclass(frozen=True, slots=True)
class Looks:
    """What is looked into besides the run.

    Attributes
    ----------
    stories
        A typical and a bad replication of each plan, told.
    cash
        Money out over time.
    flips
        What would change the choice: the dearest look, a second or a few.
    papers
        The rules of the protection, and every input with its source.
    """

    stories: bool = True
    cash: bool = True
    flips: bool = True
    papers: bool = True


def facts_of(
    result: RunResult,
    looks: Looks | None = None,
    *,
    workers: int = 1,
    stop: Callable[[], bool] | None = None,
) -> Facts:
    """Everything that a report shows of a run.

    Parameters
    ----------
    result
        The run; its tables are not needed.
    looks
        What to look into; everything by default.
    workers
        Threads for what is simulated again.
    stop
        Asked now and then whether nobody waits any more; then what would flip the choice is left out.
    """
    looks = looks or Looks()
    comparison = compared(result)
    scenario, spec = result.scenario, result.scenario.model
    edges = _edges([tally.losses for tally in result.tallies.values()])
    plans = tuple(_plan_facts(comparison, plan, edges, looks) for plan in comparison.plans)
    return Facts(
        scenario=scenario.name,
        title=spec.title or scenario.name,
        description=spec.description,
        currency=spec.currency,
        start=spec.start.isoformat(),
        seed=spec.run.seed,
        replications=result.n,
        confidence=result.confidence,
        engine=result.engine,
        program=__version__,
        precision_reached=result.half_width_reached,
        verdict=comparison.verdict,
        edges=tuple((edges / CENTS).tolist()),
        plans=plans,
        flips=_flips(result, comparison.best, workers, stop) if looks.flips and len(plans) > 1 else None,
        unknown=_unknown(result),
        **(_papers(scenario) if looks.papers else {}),
    )


def _plan_facts(comparison: Comparison, plan: ComparedPlan, edges: Cents, looks: Looks) -> PlanFacts:
    result = comparison.run
    tally, spec = result.tallies[plan.name], _spec_of(result.scenario, plan.name)
    shown = {measure.name: _span(measure.estimate) for measure in result.measures(plan.name)}
    totals = {name: sums.total for name, sums in tally.sums.items()}
    ordered = np.sort(tally.losses)
    model = build_model(result.scenario, plan.name) if looks.stories or looks.cash else None
    told: list[Told | None] = [None, None]
    if model is not None and looks.stories:
        pack = protection_pack(result.scenario)
        told = [_told(result, model, pack, quantile) for quantile in (TYPICAL, BAD)]
    return PlanFacts(
        name=plan.name,
        title=spec.title,
        orders=orders_in_words(spec, result.scenario.model.inspections),
        loss=shown["expected_loss"],
        more=None if plan.to_best is None else _span(plan.to_best.difference),
        settled=None if plan.to_best is None else plan.to_best.settled,
        tail=shown["loss_cvar_95"],
        tail_99=shown["loss_cvar_99"],
        edge=shown["loss_var_95"],
        edge_99=shown["loss_var_99"],
        deviation=shown["loss_sd"],
        components={c.name.lower(): totals[f"loss.{c.name.lower()}"] for c in LossComponent},
        loss_cents=totals["loss"],
        ground_up_cents=totals["ground_up"],
        drops={rule.name.lower(): totals[f"recovery.{rule.name.lower()}"] for rule in RecoveryRule},
        recovered_cents=totals["recovered"],
        late=shown["late_probability"],
        claims=shown["claim_probability"],
        filled=shown["fill_rate"],
        days_to_close=shown["days_to_close"],
        peak_cash_out=shown["peak_cash_out"],
        quantiles=_quantiles(ordered),
        exceedance=_exceedance(ordered),
        histogram=_histogram(ordered, edges),
        duel=_duel(comparison, plan),
        cash=_cash_out(model, result.n) if model is not None and looks.cash else None,
        typical=told[0],
        bad=told[1],
    )


def _span(estimate: Estimate) -> Span:
    return Span(value=estimate.value, low=estimate.low, high=estimate.high)


def _spec_of(scenario: Scenario, name: str) -> PlanSpec:
    return next(plan for plan in scenario.plans if plan.name == name)


def _duel(comparison: Comparison, plan: ComparedPlan) -> Duel | None:
    if plan.to_best is None:
        return None
    tallies = comparison.run.tallies
    more = tallies[plan.name].losses - tallies[comparison.best].losses
    better, worse = more[more > 0], more[more < 0]
    return Duel(
        better=len(better) / len(more),
        worse=len(worse) / len(more),
        by_better=float(better.mean()) / CENTS if len(better) else 0.0,
        by_worse=-float(worse.mean()) / CENTS if len(worse) else 0.0,
        skewness=_skewness(more),
    )


def _skewness(values: Cents) -> float:
    """Third standardised moment; 0 where all values are equal."""
    apart = values - values.mean()
    squares = apart * apart
    variance = float(squares.mean())
    return float((squares * apart).mean()) / variance**1.5 if variance > 0 else 0.0


# ------------------------------------------------------------------------------------------ the distribution


def _quantiles(ordered: Cents) -> Curve:
    ranks = [quantile_rank(len(ordered), share) for share in _QUANTILES]
    return Curve(at=_QUANTILES, value=tuple((ordered[ranks] / CENTS).tolist()))


def _exceedance(ordered: Cents) -> Curve:
    """Share of replications that lose more than an amount, at the losses that some shares of them reach.

    An amount that many replications lose exactly (all that was paid, say) has two points: the share that loses it or
    more, and the share that loses more.
    """
    n = len(ordered)
    points: list[tuple[float, float]] = []
    for cents in np.unique(ordered[[quantile_rank(n, share) for share in _EXCEEDED]]).tolist():
        first, last = (int(np.searchsorted(ordered, cents, side=side)) for side in _SIDES)
        if last - first > _ATOM * n:
            points.append((cents / CENTS, (n - first) / n))
        points.append((cents / CENTS, (n - last) / n))
    return Curve(at=tuple(at for at, _ in points), value=tuple(share for _, share in points))


def _edges(losses: Sequence[Cents]) -> Cents:
    """Edges of bins that suit every plan: round amounts, evenly spaced."""
    ends = [np.quantile(plan, _INNER) for plan in losses]
    low, high = min(float(end[0]) for end in ends), max(float(end[1]) for end in ends)
    step = max(_round_step((high - low) / _BINS), 1)
    first = floor(low / step)
    return np.arange(first, max(ceil(high / step), first + 1) + 1, dtype=np.int64) * step


def _round_step(step: float) -> int:
    """The next step of 1, 2, 2.5 or 5 and zeros, in cents."""
    if step <= 1:
        return 1
    size = 10.0 ** floor(log10(step))
    return ceil(next(factor * size for factor in _STEPS if factor * size >= step * _JUST_BELOW))


def _histogram(ordered: Cents, edges: Cents) -> tuple[float, ...]:
    """Share of replications from each edge to the next; the outermost hold all that lies beyond."""
    below = np.searchsorted(ordered, edges[1:-1], side="left")
    counts = np.diff(np.concatenate([[0], below, [len(ordered)]]))
    return tuple((counts / len(ordered)).tolist())


# ------------------------------------------------------------------------------------------ single replications


def _told(result: RunResult, model: PlanModel, pack: RulePack, quantile: float) -> Told:
    number = replication_at(result.tallies[model.plan].losses, quantile)
    outcomes = simulate(model, range(number, number + 1), trace=True)
    return _as_told(story_told(result.scenario.name, model, outcomes, pack), quantile)


def _as_told(story: Story, quantile: float) -> Told:
    events = tuple(
        Happening(
            day=event.day,
            moment=event.moment.isoformat(timespec="minutes"),
            order=event.order,
            event=event.event,
            sentence=event.sentence,
            rule=event.rule,
        )
        for event in story.events
    )
    return Told(
        replication=story.replication,
        quantile=quantile,
        loss=story.loss,
        components={name: amount for name, amount in story.components.items() if amount},
        ground_up=story.ground_up,
        drops={name: amount for name, amount in story.drops.items() if amount},
        recovered=story.recovered,
        events=events,
    )


# ------------------------------------------------------------------------------------------ money over time


def _cash_out(model: PlanModel, replications: int) -> CashOut:
    """Money out on a grid of days, from the first replications of the run."""
    engine = engine_named("auto")
    outcomes = engine.simulate(model, range(min(replications, _CASH_REPLICATIONS)))
    minutes, cents = cash_moves(outcomes.orders)
    running = np.cumsum(cents, axis=1)
    last = max(float(np.quantile(minutes[:, -1], _LAST_MOVES)), float(MINUTES_PER_DAY))
    days = np.unique(np.linspace(0, np.ceil(last / MINUTES_PER_DAY), _CASH_POINTS).round())
    bands = np.empty((len(_BAND), len(days)))
    for place, day in enumerate(days):
        moves = np.count_nonzero(minutes <= day * MINUTES_PER_DAY, axis=1)
        out = np.where(moves > 0, running[np.arange(len(running)), moves - 1], 0)
        bands[:, place] = np.percentile(out, _BAND, method="inverted_cdf")
    low, median, high = (tuple((band / CENTS).tolist()) for band in bands)
    return CashOut(days=tuple(days.tolist()), low=low, median=median, high=high)


# ------------------------------------------------------------------------------------------ looked up elsewhere


def _flips(result: RunResult, best: str, workers: int, stop: Callable[[], bool] | None) -> Flips:
    from sim.studies.flips import flips_of

    return flips_of(result.scenario, plans=result.plans, chosen=best, workers=workers, stop=stop)


def _unknown(result: RunResult) -> UnknownFacts | None:
    found = unknown_of(result)
    if found is None:
        return None
    plans = sorted(found.plans, key=lambda name: result.tallies[name].sums["loss"].total)
    return UnknownFacts(
        sentence=found.sentence,
        sets=found.loss.sets,
        probability=PROBABILITY,
        plans=tuple(
            UnknownPlan(
                name=name,
                low=found.plans[name].low / CENTS,
                high=found.plans[name].high / CENTS,
                share=found.plans[name].of_interval,
            )
            for name in plans
        ),
    )


def _papers(scenario: Scenario) -> dict[str, object]:
    from sim.report.ledger import ledger_of
    from sim.report.rule_facts import pack_facts

    return {"pack": pack_facts(scenario), "ledger": ledger_of(scenario)}
