"""The choice of the best plan with a guarantee: plans are simulated batch by batch, and leave when they cannot win.

One observation of a plan is the mean loss of a batch of replications, which is far closer to normal than a loss. The
contest itself is in `sim.experiments.contest`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sim.errors import InputError, Problem
from sim.experiments.contest import Contest
from sim.experiments.precision import Extent
from sim.experiments.record import scenario_with_extent
from sim.experiments.runs import engine_wanted, plans_wanted
from sim.experiments.selected import SelectedPlan, Selection
from sim.model import build_model
from sim.scenario.schema import AT_MOST
from sim.units import CENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from sim.engines import Engine, Tell
    from sim.experiments.runs import Progress
    from sim.measures import Estimate
    from sim.model import PlanModel
    from sim.scenario import Scenario

BATCH: Final = 500
"""Replications whose mean is one observation."""
FIRST: Final = 20
"""Batches of each plan from which the spread of the differences is estimated."""
GUARANTEE: Final = 0.95
WORTH_FINDING: Final = 0.001
"""Indifference where none is given, as a share of what the goods cost at the best listed price."""

_LEAST_GUARANTEE: Final = 0.5


def select(
    scenario: Scenario,
    *,
    plans: Sequence[str] = (),
    guarantee: float = GUARANTEE,
    indifference: float | None = None,
    seed: int | None = None,
    at_most: int | None = None,
    batch: int = BATCH,
    first: int = FIRST,
    workers: int = 1,
    engine: str | Engine | None = None,
    progress: Progress | None = None,
    tell: Tell | None = None,
) -> Selection:
    """Choose the best plan of a scenario with a guarantee.

    Parameters
    ----------
    scenario, plans, seed, workers, progress, tell, engine
        As in `sim.run`; an engine that does not work in threads works alone.
    guarantee, batch, first
        As in `select_among`.
    indifference
        Smallest difference in expected loss worth finding, in currency units; by default `WORTH_FINDING` of what the
        goods needed cost at the best listed price.
    at_most
        Replications of a plan after which to stop all the same.

    Raises
    ------
    InputError
        An unknown plan or engine, or a guarantee that makes no sense.
    """
    choice = choice_of(
        scenario,
        plans,
        guarantee=guarantee,
        indifference=indifference,
        seed=seed,
        at_most=at_most,
        batch=batch,
        first=first,
    )
    return select_among(
        choice.models,
        engine_wanted(scenario, engine),
        guarantee=guarantee,
        indifference=choice.indifference,
        at_most=choice.at_most,
        batch=batch,
        first=first,
        workers=workers,
        progress=progress,
        tell=tell,
    )


class Choice(NamedTuple):
    """What is chosen among, and how finely.

    Attributes
    ----------
    models
        One for each plan, with the seed that is used.
    indifference
        In currency units.
    at_most
        Replications of a plan after which to stop all the same.
    """

    models: tuple[PlanModel, ...]
    indifference: float
    at_most: int


def choice_of(
    scenario: Scenario,
    plans: Sequence[str] = (),
    *,
    guarantee: float = GUARANTEE,
    indifference: float | None = None,
    seed: int | None = None,
    at_most: int | None = None,
    batch: int = BATCH,
    first: int = FIRST,
) -> Choice:
    """What a selection among the plans of a scenario would be made from; parameters and errors as in `select`."""
    extent = Extent(AT_MOST if at_most is None else at_most)
    scenario = scenario_with_extent(scenario, extent, seed)
    models = tuple(build_model(scenario, name) for name in plans_wanted(scenario, plans))
    amount = worth_finding(models[0]) if indifference is None else indifference
    check_selection(len(models), guarantee, amount, extent.replications, batch, first)
    return Choice(models, amount, extent.replications)


def worth_finding(model: PlanModel) -> float:
    """Indifference where none is given, in currency units: the same for every plan of a scenario."""
    return WORTH_FINDING * model.need.benchmark_purchase / CENTS


def select_among(
    models: Sequence[PlanModel],
    engine: Engine,
    *,
    guarantee: float,
    indifference: float,
    names: Sequence[str] = (),
    at_most: int = AT_MOST,
    batch: int = BATCH,
    first: int = FIRST,
    workers: int = 1,
    progress: Progress | None = None,
    tell: Tell | None = None,
) -> Selection:
    """Choose the best of plans that need not belong to one scenario.

    Parameters
    ----------
    models
        Two plans or more, under one seed, so that they share their luck.
    engine
        What simulates.
    guarantee
        Probability with which the best plan is to be chosen, where it is ahead of every other by the indifference.
    indifference
        Smallest difference in expected loss worth finding, in currency units.
    names
        Of the plans, by default as the models have them.
    at_most
        Replications of a plan after which to stop all the same.
    batch, first
        Replications of a batch, and how many batches each plan has before any may leave.
    workers
        Threads that simulate. They change how long it takes, never what is found.
    progress
        Called with the replications done, of all plans together, and how many it will be as far as can be foreseen.
    tell
        Called with a sentence for the user where the engine takes a while to be made ready.

    Raises
    ------
    InputError
        A guarantee that makes no sense, or that the replications allowed cannot give.
    """
    check_selection(len(models), guarantee, indifference, at_most, batch, first)
    engine.prepare(tell)
    shown = _Shown(progress, batch, at_most // batch, len(models) * first)
    with _batches(models, engine, batch, workers) as batches:
        begun = []
        for means in batches.means(range(len(models)), 0, first):
            begun.append(means)
            shown.begun(len(begun) * first)
        contest = Contest(np.stack(begun, axis=1), guarantee=guarantee, indifference=indifference)
        while not contest.settled and contest.rounds < at_most // batch:
            shown.going_on(contest)
            means_now = list(batches.means(contest.contenders.tolist(), contest.rounds, contest.rounds + 1))
            contest.add(np.concatenate(means_now))
    chosen = contest.leader
    together = 1 - (1 - guarantee) / (len(models) - 1)
    known = names or [model.plan for model in models]
    others = sorted(set(range(len(models))) - {chosen}, key=lambda plan: contest.difference(plan, chosen, together))
    found = tuple(_selected(contest, plan, chosen, known, batch, (guarantee, together)) for plan in (chosen, *others))
    return Selection(
        plans=found,
        guarantee=guarantee,
        indifference=indifference,
        currency=models[0].currency,
        seed=models[0].seed,
        reached=contest.settled,
        batch=batch,
        first=first,
    )


def check_selection(
    plans: int, guarantee: float, indifference: float, at_most: int, batch: int = BATCH, first: int = FIRST
) -> None:
    """Refuse what no selection can be made with.

    Raises
    ------
    InputError
        Every one of the problems.
    """
    problems = []
    if plans < 2:  # noqa: PLR2004 - a choice is between two
        problems.append(Problem("there is nothing to choose from: it takes two plans or more"))
    if not _LEAST_GUARANTEE < guarantee < 1:
        problems.append(Problem(f"{guarantee:g} is no guarantee", hint="above 0.5 and below 1, such as 0.95"))
    if not 0 < indifference < inf:
        hint = "the smallest difference worth finding, an amount above zero such as 100"
        problems.append(Problem(f"an indifference of {indifference:g} makes no sense", hint=hint))
    if batch < 1 or first < 2:  # noqa: PLR2004 - a spread needs two observations
        problems.append(Problem("a selection needs batches of 1 replication or more, and 2 of them to begin with"))
    elif at_most < batch * first:
        hint = f"at least {batch * first:,}: every plan begins with {first} batches of {batch}"
        problems.append(Problem(f"at most {at_most:,} replications of a plan give no guarantee", hint=hint))
    if problems:
        raise InputError(*problems)


def _selected(
    contest: Contest, plan: int, chosen: int, names: Sequence[str], batch: int, levels: tuple[float, float]
) -> SelectedPlan:
    """What a contest found out about a plan, counted in replications."""
    alone, together = levels
    left = next((elimination for elimination in contest.eliminations if elimination.plan == plan), None)
    to_chosen = None if plan == chosen else _in_replications(contest.difference(plan, chosen, together), batch)
    return SelectedPlan(
        name=names[plan],
        replications=contest.observed(plan) * batch,
        loss=_in_replications(contest.mean(plan, alone), batch),
        to_chosen=to_chosen,
        eliminated_after=None if left is None else left.rounds * batch,
        eliminated_by=None if left is None else names[left.by],
    )


def _in_replications(estimate: Estimate, batch: int) -> Estimate:
    return estimate._replace(n=estimate.n * batch)


@dataclass(frozen=True, slots=True)
class _Shown:
    """Progress of a selection, from rounds of the contest."""

    progress: Progress | None
    batch: int
    most: int
    first: int

    def begun(self, rounds: int) -> None:
        if self.progress is not None:
            self.progress(rounds * self.batch, self.first * self.batch)

    def going_on(self, contest: Contest) -> None:
        if self.progress is None:
            return
        out = sum(elimination.rounds for elimination in contest.eliminations)
        done = out + contest.rounds * len(contest.contenders)
        foreseen = out + int(np.minimum(contest.foreseen(), self.most).sum())
        self.progress(done * self.batch, max(foreseen, done) * self.batch)


@dataclass(frozen=True, slots=True)
class _Batches:
    """Mean losses of batches of replications; of the losses themselves nothing is kept."""

    models: Sequence[PlanModel]
    engine: Engine
    size: int
    pool: ThreadPoolExecutor | None

    def means(self, plans: Iterable[int], begin: int, end: int) -> Iterator[NDArray[np.float64]]:
        """Mean loss in each of these batches, in currency units, for one plan after the other."""

        def of(plan: int) -> NDArray[np.float64]:
            losses = self.engine.summarise(self.models[plan], range(begin * self.size, end * self.size)).losses
            # Whole cents add up exactly; a sum below 2**53 is then divided once.
            means: NDArray[np.float64] = losses.reshape(-1, self.size).sum(axis=1) / (self.size * CENTS)
            return means

        return map(of, plans) if self.pool is None else self.pool.map(of, plans)


@contextmanager
def _batches(models: Sequence[PlanModel], engine: Engine, size: int, workers: int) -> Iterator[_Batches]:
    """Batches simulated by threads, where the engine works in them; they are begun once for all rounds."""
    if workers == 1 or not engine.in_threads:
        yield _Batches(models, engine, size, None)
        return
    pool = ThreadPoolExecutor(workers, thread_name_prefix="lotwise")
    try:
        yield _Batches(models, engine, size, pool)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
