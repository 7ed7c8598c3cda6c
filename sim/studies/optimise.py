"""How should I order? The way with the least expected loss among all that were tried, confirmed by a contest.

Candidates are simulated in two rounds, all under the same luck: every one in few replications, then those that could
still be the best, or lie near the front of expected loss against the worst 5 %, in many. Who could still be the best
after that meets in a fully sequential selection (`sim.experiments.selection`).

The selection has luck of its own. The candidate that looks best in the rounds has been helped by their luck more than
the others have (the winner's curse), and the more candidates there are the more so; under the same luck it would be
confirmed by the very accident that brought it to the top.
"""

from __future__ import annotations

from hashlib import sha256
from math import inf
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from sim.errors import InputError, Problem
from sim.measures.estimates import student_quantile
from sim.studies.advice import Advice
from sim.studies.candidates import Candidates
from sim.studies.choices import space_of
from sim.studies.findings import Simulates
from sim.studies.front import Tried, front_of, layers_of, thinned
from sim.studies.points import Point
from sim.studies.search import MOST_WAYS, searched, tried_in_round

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sim.engines import Engine, Tell
    from sim.experiments.selected import Selection
    from sim.measures import Estimate
    from sim.scenario import Scenario
    from sim.studies.candidates import Candidate
    from sim.studies.choices import Choices
    from sim.studies.search import Search, SearchName

GUARANTEE: Final = 0.95
MOST_IN_CONTEST: Final = 2_000_000
"""Replications of a finalist after which the contest ends all the same."""
FIRST_ROUND: Final = 10
"""The first round simulates this fraction of the replications."""
_FEWEST: Final = 100
_LAYERS: Final = 3
_OWN_KEPT: Final = 3
"""Of the scenario's own plans, so many stay to the last round however they do."""
_SHOWN: Final = 0.95
"""Confidence of the intervals that are shown."""
_CONTEST: Final = 0.5
"""Part of the doubt allowed that is left to the contest; the rest is shared by the two rounds."""


class InRounds(Simulates, Protocol):
    """Simulates as often as a round wants."""

    def with_replications(self, replications: int) -> Simulates:
        """The same study with another number of replications of each plan."""


class Confirms(Protocol):
    """Chooses among finalists with a guarantee, by luck of its own."""

    def __call__(self, finalists: Sequence[Candidate], guarantee: float, indifference: float) -> Selection:
        """The candidate to choose."""


class Terms(NamedTuple):
    """What an optimisation promises, and how far it goes.

    Attributes
    ----------
    indifference
        Smallest difference in expected loss worth finding, in currency units; None: a thousandth of the goods' cost.
    guarantee
        Probability with which no other candidate saves as much as that.
    replications
        Of each candidate in the last round.
    how, most
        As in `sim.studies.search.searched`.
    seed
        Of what a search proposes.
    """

    indifference: float | None = None
    guarantee: float = GUARANTEE
    replications: int = 20_000
    how: SearchName = "auto"
    most: int = MOST_WAYS
    seed: int = 1


def optimised(study: InRounds, scenario: Scenario, choices: Choices, terms: Terms, confirm: Confirms) -> Advice:
    """Find the way of ordering that loses least, and those that are safer.

    Parameters
    ----------
    study
        Simulates candidates.
    scenario
        As loaded; its own plans always take part.
    choices
        What may be decided.
    terms
        What is promised.
    confirm
        The contest between the finalists.

    Raises
    ------
    InputError
        Choices or terms that make no sense.

    Notes
    -----
    Half of the doubt that the guarantee leaves goes to the contest, a quarter to each round: by Bonferroni's inequality
    the best candidate is lost anywhere with no more than all of it together. Source: Nelson, Swann, Goldsman and Song
    (2001), *Simple procedures for selecting the best simulated system when the number of alternatives is large*,
    Operations Research 49 (6), 950-963.
    """
    space, indifference = space_of(scenario, choices), _indifference(scenario, terms)
    candidates = Candidates(scenario)
    doubt = (1 - terms.guarantee) * (1 - _CONTEST) / 2
    few = study.with_replications(max(terms.replications // FIRST_ROUND, min(_FEWEST, terms.replications)))
    search = searched(few, space, candidates, how=terms.how, most=terms.most, seed=terms.seed)
    if not search.tried:
        reason = next(iter(search.failed.values()), "")
        raise InputError(Problem(f"none of the ways of ordering can be simulated: {reason}"))
    many = study.with_replications(terms.replications)
    last, failed = tried_in_round(many, [one.candidate for one in _kept(search.tried, doubt)], 2)
    finalists = sorted(could_be_best(last, doubt), key=lambda one: one.loss.value)
    selection = None
    if len(finalists) > 1:
        left = 1 - (1 - terms.guarantee) * _CONTEST
        selection = confirm([one.candidate for one in finalists], left, indifference)
    chosen = next(one for one in finalists if selection is None or one.name == selection.chosen)
    unbeaten = front_of(last)
    front = thinned(unbeaten, chosen)
    own = _best_own(last, chosen)
    to_own, to_safe = _differences(many, chosen, (own, front[-1]))
    quantities = {one.candidate.quantity for one in search.tried}
    return Advice(
        currency=scenario.model.currency,
        tried=_in_order(last, search),
        front=tuple(front),
        unbeaten=frozenset(one.name for one in unbeaten),
        finalists=tuple(one.name for one in finalists),
        selection=selection,
        guarantee=terms.guarantee,
        indifference=indifference,
        own=own,
        to_own=to_own,
        to_safe=to_safe,
        at_edge=_at_edge(chosen.candidate, quantities),
        ways=space.size,
        whole=search.whole,
        dropped=candidates.dropped,
        failures={**search.failed, **failed},
    )


def could_be_best(tried: Sequence[Tried], doubt: float) -> list[Tried]:
    """Candidates that may have the least expected loss, as far as a round can tell.

    Parameters
    ----------
    tried
        In the same replications.
    doubt
        Probability with which the best one may be lost.

    Returns
    -------
    list of Tried
        Those that no other beats by more than Student's t times the sum of both standard errors.

    Notes
    -----
    Source: Nelson et al. (2001), section 3, for subset selection. The standard error of a difference is at most the sum
    of the two (Cauchy and Schwarz), however luck is shared; what candidates would need for less, that their losses do
    not move against each other, is likely but not certain.
    """
    if len(tried) < 2:  # noqa: PLR2004 - one has nobody to be beaten by
        return list(tried)
    n = tried[0].loss.n
    together = 1 - 2 * doubt / (len(tried) - 1)
    reach = student_quantile(together, n - 1) if n > 1 else inf
    errors = [_standard_error(one.loss) for one in tried]
    limits = [one.loss.value + reach * error for one, error in zip(tried, errors, strict=True)]
    lowest = min(limits)
    return [one for one, error in zip(tried, errors, strict=True) if one.loss.value - reach * error <= lowest]


def _standard_error(loss: Estimate) -> float:
    return loss.half_width / student_quantile(_SHOWN, loss.n - 1) if loss.n > 1 else inf


def _kept(tried: Sequence[Tried], doubt: float) -> list[Tried]:
    """Candidates for the last round: those that could be best, those near the front, and some own plans; by loss."""
    own = sorted((one for one in tried if one.candidate.is_own), key=lambda one: one.loss.value)[:_OWN_KEPT]
    kept = {one.name: one for one in (*could_be_best(tried, doubt), *layers_of(tried, _LAYERS), *own)}
    return sorted(kept.values(), key=lambda one: one.loss.value)


def _indifference(scenario: Scenario, terms: Terms) -> float:
    """Smallest difference worth finding, after checking what was promised."""
    from sim.experiments.selection import check_selection, worth_finding
    from sim.model import build_model

    given = terms.indifference
    wanted = worth_finding(build_model(scenario, scenario.plans[0].name)) if given is None else given
    check_selection(2, terms.guarantee, wanted, MOST_IN_CONTEST)
    return wanted


def _best_own(last: Sequence[Tried], chosen: Tried) -> Tried:
    own = [one for one in last if one.candidate.is_own and not chosen.candidate.is_own]
    return min(own, key=lambda one: one.loss.value, default=chosen)


def _differences(
    many: Simulates, chosen: Tried, others: tuple[Tried, Tried]
) -> tuple[Estimate | None, Estimate | None]:
    """How much more each of the others loses than the chosen candidate, pair by pair; None for itself."""
    plans = {one.name: one.candidate for one in (chosen, *others)}
    values = tuple(value for candidate in plans.values() for value in candidate.values)
    (finding,) = many.findings([Point(values, tuple(plans))])
    own, safe = (
        None if one.name == chosen.name or finding.error is not None else finding.difference(one.name, chosen.name)
        for one in others
    )
    return own, safe


def _at_edge(chosen: Candidate, quantities: set[int]) -> str:
    """A word of warning where the best quantity may lie beyond those that were tried."""
    for edge, which in ((max(quantities), "largest"), (min(quantities), "smallest")):
        if chosen.quantity == edge and len(quantities) > 1 and not chosen.is_own:
            return f"{edge:,} is the {which} quantity tried: --quantities tries others."
    return ""


def _in_order(last: Sequence[Tried], search: Search) -> tuple[Tried, ...]:
    newest = {one.name: one for one in (*search.tried, *last)}
    return tuple(sorted(newest.values(), key=lambda one: (-one.round, one.loss.value)))


def contest_of(
    scenario: Scenario,
    engine: Engine,
    seed: int,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    tell: Tell | None = None,
) -> Confirms:
    """The fully sequential selection among candidates of a scenario, with luck of its own.

    Parameters
    ----------
    scenario
        As loaded.
    engine, workers, progress, tell
        As in `sim.experiments.selection.select_among`.
    seed
        Of the rounds before; the contest has another one, which follows from it.
    """

    def contest(finalists: Sequence[Candidate], guarantee: float, indifference: float) -> Selection:
        from sim.experiments.selection import select_among
        from sim.studies.variants import Variants

        variants = Variants.of(scenario, _other_seed(seed))
        return select_among(
            [variants.model(one.point, one.name) for one in finalists],
            engine,
            guarantee=guarantee,
            indifference=indifference,
            at_most=MOST_IN_CONTEST,
            workers=workers,
            progress=progress,
            tell=tell,
        )

    return contest


def _other_seed(seed: int) -> int:
    """A seed whose draws have nothing to do with those of this one."""
    return int.from_bytes(sha256(f"contest after seed {seed}".encode()).digest()[:8], "big")
