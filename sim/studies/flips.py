"""A quick look at what would flip the choice: inputs moved one at a time until another plan becomes the better one.

Every plan is simulated with the same replications at every value, so that the difference of two plans is a curve and
not a cloud, and a few values are enough to find where it crosses zero. An exact break-even with its interval is
another study, `sim.studies.breakeven`.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from sim.errors import InputError, Problem
from sim.experiments.runs import plans_wanted
from sim.studies.flip_facts import Flip, Flips, Skipped
from sim.studies.flip_search import Look, choice_between
from sim.studies.flip_words import flip_sentence
from sim.studies.folder import Store
from sim.studies.points import Point
from sim.studies.study import Study, effort_wanted, task_of
from sim.studies.threads import Threads
from sim.studies.usual_ranges import moved_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sim.scenario import Scenario
    from sim.studies.findings import Finding, Simulates
    from sim.studies.flip_search import Asking
    from sim.studies.study import Progress

    Stop = Callable[[], bool]

__all__ = ["Flip", "Flips", "Skipped", "flip_sentence", "flips_found", "flips_of"]

REPLICATIONS: Final = 2_000
_AT_ONCE: Final = 8
"""Points between two questions whether to stop."""


def flips_of(
    scenario: Scenario,
    *,
    plans: Sequence[str] = (),
    chosen: str | None = None,
    replications: int = REPLICATIONS,
    seed: int | None = None,
    workers: int = 1,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Flips:
    """What would flip the choice between the plans of a scenario.

    Parameters
    ----------
    scenario
        Whose inputs are moved; it is not changed.
    plans
        Names of the plans; all of them where none is named.
    chosen
        The plan whose place is at stake; by default the one that loses least here.
    replications, seed
        Of each plan at each value.
    workers
        Threads that simulate. What is found does not depend on it.
    progress
        Called with the replications done, and how many are known to be wanted by now.
    stop
        Asked every few values whether nobody waits any more.

    Raises
    ------
    InputError
        There is no such plan, or the scenario's own values give no result.
    """
    if chosen is not None:
        plans = (*(plans or plans_wanted(scenario, ())), chosen)
    effort = effort_wanted(scenario, plans, replications, seed)
    with Threads(task_of(scenario, effort), workers) as crew:
        study = Study(scenario, effort, Store(), crew, progress=progress)
        return flips_found(study, scenario, effort.plans, chosen=chosen, stop=stop)


def flips_found(
    simulates: Simulates,
    scenario: Scenario,
    plans: Sequence[str],
    *,
    chosen: str | None = None,
    stop: Stop | None = None,
) -> Flips:
    """As `flips_of`, of whatever finds out what plans come to.

    Parameters
    ----------
    simulates
        Finds out what plans come to, with the same replications at every point.
    scenario, plans, chosen, stop
        As in `flips_of`, with the plans named.
    """
    (base,) = simulates.findings([Point((), tuple(plans))])
    if base.error is not None:
        message = "the scenario's own values give no result, so there is nothing to compare with"
        raise InputError(Problem(message, hint=base.error))
    choice = choice_between(scenario, base, chosen)
    if not choice.rivals:
        return Flips(choice.chosen, replications=base.n)
    present = choice.more(base)
    first = min(present, key=lambda rival: present[rival].value)
    if present[first].value < 0:
        return Flips(choice.chosen, replications=base.n, ahead=first)
    moved, skipped = moved_inputs(scenario, choice.plans)
    looks = [Look(one, choice) for one in moved]
    complete = _all_looked(simulates, looks, stop or (lambda: False))
    found = sorted((pair for look in looks for pair in look.found), key=lambda pair: pair[0])
    return Flips(
        chosen=choice.chosen,
        found=tuple(flip for _, flip in found),
        steady=tuple(look.steady for look in looks if look.steady is not None),
        doubtful=tuple(flip for look in looks for flip in look.doubtful),
        skipped=(*(look.skipped for look in looks if look.skipped is not None), *skipped),
        replications=base.n,
        complete=complete,
    )


def _all_looked(simulates: Simulates, looks: Sequence[Look], stop: Stop) -> bool:
    """Ask the questions of all inputs, round by round; False where it was stopped."""
    asking: list[tuple[Asking[None], list[Point]]] = []
    for look in looks:
        questions = look.questions()
        asking.append((questions, next(questions)))
    while asking:
        answers: list[Finding] = []
        points = [point for _, wanted in asking for point in wanted]
        for start in range(0, len(points), _AT_ONCE):
            if stop():
                return False
            answers += simulates.findings(points[start : start + _AT_ONCE])
        asking = list(_asked_on(asking, iter(answers)))
    return True


def _asked_on(
    asking: Sequence[tuple[Asking[None], list[Point]]], answers: Iterator[Finding]
) -> Iterator[tuple[Asking[None], list[Point]]]:
    """Hand out the answers; what is asked next."""
    for questions, wanted in asking:
        try:
            yield questions, questions.send(list(islice(answers, len(wanted))))
        except StopIteration:
            continue
