"""The value of information: what knowing an uncertain input before ordering is worth at most.

Whoever does not know an input chooses the plan that loses least on average. Whoever knows it chooses anew for every
value, and loses on average so much less (Raiffa and Schlaifer 1961, *Applied statistical decision theory*; Felli and
Hazen 1998, *Sensitivity analysis and the expected value of perfect information*):

    value(known) = min over plans of E[loss] - E[min over plans of E[loss | known]]

It is zero where no value of the input would change the choice, however much the loss depends on it.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.errors import InputError, Problem
from sim.experiments.runs import plans_wanted
from sim.measures import Estimate
from sim.measures.estimates import student_quantile
from sim.scenario.paths import lies_in
from sim.studies.decision_rules import choices_fitted, choices_of_others, ranges_found
from sim.studies.first_looks import looks_checked, looks_taken
from sim.studies.inputs import Input, members_of, points_at
from sim.studies.joint_inputs import believed_inputs
from sim.studies.knowledge import EVERYTHING, Information, Knowledge
from sim.studies.points import Point
from sim.studies.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from sim.scenario import Scenario
    from sim.studies.findings import Simulates
    from sim.studies.first_looks import FirstLook
    from sim.studies.inputs import Believed

    Floats = NDArray[np.float64]

POINTS: Final = 1024
FEWEST_POINTS: Final = 64
"""With fewer, ten parts of them are too small to fit a curve to the others."""
_SEED: Final = "run.seed"


def information_found(
    simulates: Simulates,
    scenario: Scenario,
    *,
    plans: Sequence[str] = (),
    inputs: Sequence[str] = (),
    groups: Mapping[str, Sequence[str]] | None = None,
    looks: Sequence[FirstLook] = (),
    points: int = POINTS,
    seed: int | None = None,
) -> Information:
    """What knowing the uncertain inputs of a scenario is worth at most.

    Parameters
    ----------
    simulates
        Finds out what the plans lose at points.
    scenario
        With its uncertain inputs.
    plans
        Names of those that may be chosen; all of the scenario where none is named.
    inputs
        Paths of what is uncertain here, or of what is known together only; the others keep the scenario's value. All
        where none is named.
    groups
        By name: paths of inputs, or beginnings of them such as ``suppliers.shenzhen``, besides the groups that the
        paths themselves make.
    looks
        What could be looked at before ordering, each with a row of its own.
    points
        How often values of all inputs are drawn, as a Latin hypercube (McKay, Beckman and Conover 1979).
    seed
        Of the drawing, and of the replications at each point; by default the scenario's.

    Raises
    ------
    InputError
        Fewer than two plans, an unknown name, too few points, or too few of them with a result.
    """
    names = plans_wanted(scenario, plans)
    chosen = believed_inputs(scenario, inputs)
    _check(names, points)
    looks_checked(looks, scenario)
    known_groups = {**_groups_of(chosen), **_groups_given(groups or {}, chosen)}
    wanted = scenario.model.run.seed if seed is None else seed
    drawn = points_drawn(chosen, points, wanted)
    findings = simulates.findings([point._replace(plans=names) for point in drawn])
    failures = [finding.error for finding in findings if finding.error is not None]
    found = [(point, finding) for point, finding in zip(drawn, findings, strict=True) if finding.error is None]
    if len(found) < FEWEST_POINTS:
        message = f"only {len(found)} of {points} points gave a result, and {FEWEST_POINTS} are needed"
        raise InputError(Problem(message, hint=f"the first of the others: {failures[0]}"))
    values = np.array([[value for _, value in point.values[1:]] for point, _ in found], np.float64)
    losses = np.array([[finding.mean(name).value for name in names] for _, finding in found])
    confidence = scenario.model.run.confidence
    rows = len(chosen) + len(known_groups) + len(looks) + 1
    valued = _Valued(values, losses, 1 - (1 - confidence) / rows)
    places = {one.path: index for index, one in enumerate(members_of(chosen))}
    known = {one.path: tuple(member.path for member in one.members) for one in chosen}
    singles = [valued.knowledge(name, paths, [places[path] for path in paths]) for name, paths in known.items()]
    grouped = [valued.knowledge(name, paths, [places[path] for path in paths]) for name, paths in known_groups.items()]
    return Information(
        currency=scenario.model.currency,
        confidence=confidence,
        best=names[valued.best],
        losses={name: _mean(losses[:, index], confidence) for index, name in enumerate(names)},
        singles=_sorted(singles),
        groups=_sorted(grouped),
        everything=valued.everything(tuple(places)),
        looks=tuple(
            valued.worth_of(look.name, taken)
            for look, taken in _looks_at(scenario, [at for at, _ in found], looks, wanted)
        ),
        ranges=tuple(
            one
            for single in chosen
            if isinstance(single, Input)
            for one in ranges_found(single, values[:, places[single.path]], losses, names, valued.best)
        ),
        points=points,
        failed=len(failures),
        reason=failures[0] if failures else None,
    )


def _looks_at(
    scenario: Scenario, points: Sequence[Point], looks: Sequence[FirstLook], seed: int
) -> Iterator[tuple[FirstLook, Floats]]:
    """What each look shows at the points, shape (points, numbers)."""
    if not looks:
        return
    variants = Variants.of(scenario)
    there = [variants.scenario(point) for point in points]
    for number, look in enumerate(looks):
        yield look, looks_taken(look, there, np.random.default_rng([seed, number]))


def points_drawn(inputs: Sequence[Believed], points: int, seed: int) -> list[Point]:
    """Points of a Latin hypercube, each with replications of its own.

    Values are drawn evenly over the belief in each input, in random order; of inputs that are known together only, each
    row of their draws as often as any other.

    The seed of the replications differs from point to point, so that what luck adds at one point says nothing of its
    neighbours: a rule fitted to some points cannot learn the luck of others.
    """
    from scipy.stats import qmc

    generator = np.random.default_rng(seed)
    shares = qmc.LatinHypercube(len(inputs), rng=generator).random(points)
    seeds = generator.integers(0, 2**53, points).tolist()
    drawn = points_at(inputs, shares)
    return [Point(((_SEED, own), *point.values)) for own, point in zip(seeds, drawn, strict=True)]


def _groups_of(inputs: Sequence[Believed]) -> dict[str, tuple[str, ...]]:
    """Groups that the names of inputs make, each with the paths of all of its members."""
    members = {one.path: tuple(member.path for member in one.members) for one in inputs}
    groups = groups_of_paths(list(members))
    return {name: tuple(path for one in below for path in members[one]) for name, below in groups.items()}


def groups_of_paths(paths: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Groups of inputs that belong together: those of two or more whose paths begin alike, but not all.

    Of beginnings that name the same inputs the longest is the group's name: ``suppliers.shenzhen.defects`` rather than
    ``suppliers.shenzhen``.
    """
    beginnings = dict.fromkeys(".".join(path.split(".")[:length]) for length in (1, 2, 3) for path in paths)
    named: dict[tuple[str, ...], str] = {}
    for beginning in beginnings:
        below = _below(beginning, paths)
        if 1 < len(below) < len(paths):
            named[below] = beginning
    return {name: below for below, name in named.items()}


def _below(beginning: str, paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(path for path in paths if lies_in(path, beginning))


def _groups_given(groups: Mapping[str, Sequence[str]], inputs: Sequence[Believed]) -> dict[str, tuple[str, ...]]:
    known = [one.path for one in members_of(inputs)]
    problems, found = [], {}
    for name, beginnings in groups.items():
        if name == EVERYTHING or any(name == one.path for one in inputs):
            problems.append(Problem(f"{name!r} has a row already", hint="give the group another name"))
        below = [path for beginning in beginnings for path in _below(beginning, known)]
        problems += [
            Problem(
                f"group {name!r}: no uncertain input begins with {beginning!r}", hint=f"there are: {', '.join(known)}"
            )
            for beginning in beginnings
            if not _below(beginning, known)
        ]
        found[name] = tuple(path for path in known if path in below)
    if problems:
        raise InputError(*problems)
    return found


def _check(plans: Sequence[str], points: int) -> None:
    if len(plans) < 2:  # noqa: PLR2004 - a choice is between two at least
        hint = "give it at least two plans to choose from"
        raise InputError(Problem("information is worth something only where it can change the choice", hint=hint))
    if points < FEWEST_POINTS:
        raise InputError(Problem(f"{points} points are too few to learn anything", hint=f"at least {FEWEST_POINTS}"))


def _sorted(known: Iterable[Knowledge]) -> tuple[Knowledge, ...]:
    return tuple(sorted(known, key=lambda one: -one.value.value))


def _mean(values: Floats, confidence: float) -> Estimate:
    """Mean over the points, with an interval that is no narrower than it should be.

    The variance of a mean over a Latin hypercube of n points is at most that over n - 1 independent ones, whatever is
    averaged (Owen 2013, *Monte Carlo theory, methods and examples*, proposition 10.4).
    """
    n, mean = len(values), float(values.mean())
    reach = student_quantile(confidence, n - 1) * float(values.std(ddof=1)) / sqrt(n - 1)
    return Estimate(mean, mean - reach, mean + reach, n)


class _Valued:
    """Values of inputs and losses of plans at points, of which several questions are asked.

    Parameters
    ----------
    values, losses
        Shapes (points, inputs) and (points, plans).
    confidence
        Of a single interval.
    """

    def __init__(self, values: Floats, losses: Floats, confidence: float) -> None:
        self.values = values
        self.losses = losses
        self.confidence = confidence
        self.best = int(losses.mean(axis=0).argmin())
        self._rows = np.arange(len(losses))

    def knowledge(self, name: str, paths: tuple[str, ...], columns: Sequence[int]) -> Knowledge:
        """What knowing the inputs in these columns is worth."""
        return self._knowing(name, paths, self.values[:, list(columns)])

    def _knowing(self, name: str, paths: tuple[str, ...], known: Floats) -> Knowledge:
        fitted, means = choices_fitted(known, self.losses)
        promised = float((means[:, self.best] - means[self._rows, fitted]).mean())
        choices = choices_of_others(known, self.losses)
        return Knowledge(name, paths, self._worth(choices), promised, float((choices != self.best).mean()))

    def worth_of(self, name: str, shown: Floats) -> Knowledge:
        """What it is worth to be shown these numbers, shape (points, numbers), before choosing."""
        return self._knowing(name, (), shown)

    def everything(self, paths: tuple[str, ...]) -> Knowledge:
        """What knowing all inputs is worth; the plug-in value takes the plan that was best at each point by itself."""
        known = self.knowledge(EVERYTHING, paths, range(len(paths)))
        return known._replace(plug_in=float((self.losses[:, self.best] - self.losses.min(axis=1)).mean()))

    def _worth(self, choices: NDArray[np.int64]) -> Estimate:
        """How much less is lost by these choices than by always choosing one plan, whichever that is.

        Which plan is best without knowing is an estimate too. The true value is the least of those against each plan,
        so the least of their lower ends bounds it from below as surely as each of them does.
        """
        chosen = self.losses[self._rows, choices]
        against = [_mean(losses - chosen, self.confidence) for losses in self.losses.T]
        value = against[self.best]
        return Estimate(value.value, min(one.low for one in against), value.high, value.n)
