"""The search for good ways of ordering: all of them where they can be counted out, optuna where they cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from sim.errors import InputError, Problem
from sim.studies.candidates import Rhythm, Way
from sim.studies.front import Tried

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from optuna.study import Study
    from optuna.trial import Trial

    from sim.studies.candidates import Candidate, Candidates
    from sim.studies.choices import Space
    from sim.studies.findings import Finding, Simulates

SearchName = Literal["auto", "enumerate", "optuna"]
MOST_WAYS: Final = 2_000
"""Ways that are tried at most, where nothing else is said."""
_LARGEST_SPACE: Final = 100_000
"""Ways that are ever enumerated: each of them is a point of the study."""
_GENERATION: Final = 50
"""Ways that the search proposes before it learns what they came to; never the number of workers, so that these change
nothing."""
_PATIENCE: Final = 5
"""Generations without a new way after which nothing new is to be expected."""
_PROPOSALS_A_WAY: Final = 3
"""Proposals for each way to be tried, those that were made before among them."""
_REFINEMENTS: Final = 10
"""Times that the steps between quantities are halved around the best one, or doubled beyond the last one."""


@dataclass(frozen=True)
class Search:
    """What a search has tried.

    Attributes
    ----------
    tried
        Every candidate that could be simulated, in the order in which it was tried; the scenario's own plans first.
    failed
        Candidates without a result, with the reason.
    whole
        Whether every way of the space was tried.
    """

    tried: tuple[Tried, ...]
    failed: dict[str, str]
    whole: bool


def searched(
    simulates: Simulates,
    space: Space,
    candidates: Candidates,
    *,
    how: SearchName = "auto",
    most: int = MOST_WAYS,
    seed: int = 1,
) -> Search:
    """Try ways of ordering: all, or as many as allowed.

    Parameters
    ----------
    simulates
        Finds out what candidates come to, in a few replications.
    space, candidates
        What is thought of, and where its candidates come from.
    how
        ``auto`` enumerates where there are no more ways than `most`.
    most
        Ways that are tried at most.
    seed
        Of what the search proposes.

    Raises
    ------
    InputError
        All ways are wanted, and there are far too many of them.
    """
    enumerate_all = how == "enumerate" or (how == "auto" and space.size <= most)
    if enumerate_all and space.size > _LARGEST_SPACE:
        hint = "narrow the choices, or leave the search to --search optuna"
        raise InputError(Problem(f"{space.size:,} ways of ordering are too many to try each", hint=hint))
    trials = _Trials(simulates, candidates)
    trials.try_all(candidates.own)
    if enumerate_all:
        trials.try_all(candidates.all_of(space.ways()))
    else:
        _propose(trials, space, candidates, most, seed)
        _walk(trials, space, candidates)
    if space.round_to:
        _refine(trials, space, candidates)
    return Search(tuple(trials.tried.values()), trials.failed, enumerate_all)


class _Trials:
    """What candidates came to, each simulated once."""

    def __init__(self, simulates: Simulates, candidates: Candidates) -> None:
        self._simulates = simulates
        self._candidates = candidates
        self.tried: dict[str, Tried] = {}
        self.failed: dict[str, str] = {}

    @property
    def best_way(self) -> Way | None:
        """Of the ways tried, the one with the least expected loss; a plan of the scenario's own may be none."""
        tried = self.tried.values()
        ways = [(one.loss.value, way) for one in tried if (way := self._candidates.way_of(one.candidate)) is not None]
        return min(ways, key=lambda found: found[0])[1] if ways else None

    def try_all(self, candidates: Iterable[Candidate]) -> None:
        """Simulate those candidates that have not been tried yet, in one round."""
        new = {one.name: one for one in candidates if one.name not in self.tried and one.name not in self.failed}
        tried, failed = tried_in_round(self._simulates, list(new.values()), 1)
        self.tried.update((one.name, one) for one in tried)
        self.failed.update(failed)


def tried_in_round(
    simulates: Simulates, candidates: Sequence[Candidate], number: int
) -> tuple[list[Tried], dict[str, str]]:
    """What candidates came to in a round, and why the others have no result."""
    found = list(zip(candidates, simulates.findings([one.point for one in candidates]), strict=True))
    failed = {one.name: finding.error for one, finding in found if finding.error is not None}
    return [_tried(one, finding, number) for one, finding in found if finding.error is None], failed


def _tried(candidate: Candidate, finding: Finding, number: int) -> Tried:
    name = candidate.name
    return Tried(candidate, finding.mean(name), finding.tail(name), number)


def _propose(trials: _Trials, space: Space, candidates: Candidates, most: int, seed: int) -> None:
    """Let optuna propose ways, generation by generation, by expected loss and the mean of the worst 5 %.

    Source: Deb et al. (2002), *A fast and elitist multiobjective genetic algorithm: NSGA-II*. Only whole generations
    are told, always of the same size, so that what is proposed depends on the seed and on nothing else.
    """
    study = _study(seed)
    for way in _obvious(space):
        study.enqueue_trial(_parameters(space, way))
    met: set[Way] = set()
    patience, left = _PATIENCE, max(most * _PROPOSALS_A_WAY // _GENERATION, 1)
    while len(met) < most and patience and left:
        left -= 1
        asked = [study.ask() for _ in range(_GENERATION)]
        ways = [_way(trial, space) for trial in asked]
        patience = patience - 1 if met.issuperset(ways) else _PATIENCE
        met.update(ways)
        made = [candidates.candidate(way) for way in ways]
        trials.try_all([one for one in made if one is not None])
        for trial, one in zip(asked, made, strict=True):
            _tell(study, trial, None if one is None else trials.tried.get(one.name))


def _study(seed: int) -> Study:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.NSGAIISampler(seed=seed, population_size=_GENERATION)
    return optuna.create_study(directions=["minimize", "minimize"], sampler=sampler)


def _tell(study: Study, trial: Trial, tried: Tried | None) -> None:
    from optuna.trial import TrialState

    if tried is None:
        study.tell(trial, state=TrialState.FAIL)
    else:
        study.tell(trial, (tried.loss.value, tried.tail.value))


def _way(trial: Trial, space: Space) -> Way:
    """The way that a trial proposes; quantities lie in a row, the other choices do not."""
    return Way(
        space.quantities[trial.suggest_int("quantity", 0, len(space.quantities) - 1)],
        space.mixes[int(trial.suggest_categorical("mix", range(len(space.mixes))))],
        space.rhythms[int(trial.suggest_categorical("rhythm", range(len(space.rhythms))))],
        space.inspections[int(trial.suggest_categorical("inspections", range(len(space.inspections))))],
    )


def _parameters(space: Space, way: Way) -> dict[str, int]:
    return {
        "quantity": space.quantities.index(way.quantity),
        "mix": space.mixes.index(way.mix),
        "rhythm": space.rhythms.index(way.rhythm),
        "inspections": space.inspections.index(way.inspections),
    }


def _obvious(space: Space) -> list[Way]:
    """What anyone would try first: about the middle quantity at once from one supplier, with any inspections."""
    quantity = space.quantities[len(space.quantities) // 2]
    rhythm = Rhythm() if Rhythm() in space.rhythms else space.rhythms[0]
    alone = [mix for mix in space.mixes if len(mix) == 1]
    ways = [Way(quantity, mix, rhythm, inspections) for mix in alone for inspections in space.inspections]
    return ways[:_GENERATION]


def _walk(trials: _Trials, space: Space, candidates: Candidates) -> None:
    """From the best way found, go on to whatever differs in one choice and is better, until nothing is."""
    walked: set[Way] = set()
    while (way := trials.best_way) is not None and way not in walked:
        walked.add(way)
        trials.try_all(candidates.all_of(space.neighbours(way)))


def _refine(trials: _Trials, space: Space, candidates: Candidates) -> None:
    """Close in on the quantity of the best way: halfway to its neighbours, or a step beyond the last one."""
    quantities = set(space.quantities)
    for _ in range(_REFINEMENTS):
        way = trials.best_way
        if way is None:
            return
        new = {quantity // space.round_to * space.round_to for quantity in _between(way.quantity, quantities)}
        new = {quantity for quantity in new - quantities if quantity > 0}
        if not new:
            return
        quantities |= new
        trials.try_all(candidates.all_of(way._replace(quantity=quantity) for quantity in sorted(new)))


def _between(quantity: int, known: set[int]) -> list[int]:
    """Quantities halfway to the next ones known; beyond the last one twice the step before it."""
    below = max((other for other in known if other < quantity), default=0)
    above = min((other for other in known if other > quantity), default=0)
    step = quantity - below if below else above - quantity
    return [
        (below + quantity) // 2 if below else quantity - 2 * step,
        (quantity + above + 1) // 2 if above else quantity + 2 * step,
    ]
