"""Which inputs matter at all: one at a time around the scenario's values (tornado), and Morris's walks through all."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.errors import InputError, Problem
from sim.experiments.verdict import money
from sim.measures.estimates import student_quantile
from sim.studies.explanations import Bar, Explanation, Index, of_amounts, with_ranking_judged
from sim.studies.noise import noise_in, variance_apart
from sim.studies.outputs import CONFIDENCE, responses, responses_in
from sim.studies.points import Point
from sim.studies.sensitivity_designs import MORRIS_LEVELS, morris_amounts, morris_design, morris_shares, unit_problem
from sim.studies.wording import figure, money_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.measures import Estimate
    from sim.studies.changes import Change, Pairs
    from sim.studies.findings import Finding
    from sim.studies.inputs import Believed, Input
    from sim.studies.outputs import Floats, Output

LOW, HIGH = 0.1, 0.9
"""Quantiles of the belief at the two ends of a tornado's bar."""
RESAMPLES: Final = 1000


def tornado(pairs: Pairs, inputs: Sequence[Input], output: Output, currency: str) -> Explanation:
    """Swing of the output as one input goes from the 10 % to the 90 % quantile of what is believed of it.

    Parameters
    ----------
    pairs, inputs, output
        Who finds out, what is varied, and what is explained. The other inputs stay as in the scenario, whose own
        values are the first of the points.
    currency
        Of amounts.

    Notes
    -----
    Intervals: `sim.studies.noise.variance_apart`.
    """
    found = responses(pairs, inputs, [Point(), *(point for one in inputs for point in _ends(one))], output)
    found.whole_groups(1)
    if found.findings[0].error is not None:
        raise InputError(Problem(f"the scenario as it stands has no result: {found.findings[0].error}"))
    base = output.at(found.findings[0])
    bars, swings = [], []
    notes: list[str] = []
    for one, low, high in zip(inputs, found.findings[1::2], found.findings[2::2], strict=True):
        if low.error or high.error:
            notes.append(f"{one.path} was left out: {low.error or high.error}.")
            continue
        ends = output.at(low), output.at(high)
        (change,) = pairs.changes(low.point, [high.point])
        swing, reach = ends[1].value - ends[0].value, swing_reach(*ends, change, output)
        notes += _flips_said(one, (low, high), output, base)
        bars.append(_bar(one, ends, base))
        swings.append(Index(one.path, "swing", swing, swing - reach, swing + reach, converged=True))
        if min(end.low for end in ends) > base.high or max(end.high for end in ends) < base.low:
            notes.append(
                f"{one.path} moves the result to the same side at both ends, which a swing hides; "
                "--method morris or sobol shows it."
            )
    if not bars:
        hint = "see that the scenario is valid at the 10 % and the 90 % quantile of what is believed of each input"
        raise InputError(Problem(f"no input has a result at both of its ends: {notes[0]}", hint=hint))
    indices, wanted = with_ranking_judged(swings, found.replications)
    deciding, negligible = of_amounts(indices)
    return Explanation(
        "tornado",
        len(found.findings),
        found,
        indices,
        "swing",
        deciding,
        negligible,
        {bar.input: _swing_said(bar, index, output, currency) for bar, index in zip(bars, indices, strict=True)},
        wanted=wanted,
        wanted_of="replications",
        notes=tuple(notes),
        bars=tuple(bars),
    )


def swing_reach(low: Estimate, high: Estimate, change: Change, output: Output) -> float:
    """Half-width of the interval of a swing: Student's t, of a standard error that is never too small."""
    return student_quantile(CONFIDENCE, low.n - 1) * sqrt(variance_apart(low, high, change, output))


def _ends(one: Input) -> list[Point]:
    """The two points at which one input is low and high."""
    return [Point(((one.path, one.settable(value)),)) for value in one.values([LOW, HIGH]).tolist()]


def _bar(one: Input, ends: tuple[Estimate, Estimate], base: Estimate) -> Bar:
    low_value, high_value = one.values([LOW, HIGH]).tolist()
    return Bar(one.path, low_value, high_value, ends[0].value, ends[1].value, base.value)


def _swing_said(bar: Bar, index: Index, output: Output, currency: str) -> str:
    """How far, in whose favour, and between which values."""
    ends = f"as it goes from {figure(bar.low_value)} to {figure(bar.high_value)}"
    if output.other is None:
        return f"{money(index.value, currency)} {ends}, {money_interval(index.low, index.high)}"
    favoured, sign = (output.plan, 1) if index.value >= 0 else (output.other, -1)
    low, high = sorted((sign * index.low, sign * index.high))
    return f"{money(abs(index.value), currency)} in favour of {favoured} {ends}, {money_interval(low, high)}"


def _flips_said(one: Input, ends: tuple[Finding, Finding], output: Output, base: Estimate) -> list[str]:
    """At which end of an input the other plan loses less, beyond doubt."""
    told = []
    for end in ends:
        there = output.at(end)
        if output.other is not None and (there.high < 0 < base.value or base.value < 0 < there.low):
            winner = output.plan if there.value > 0 else output.other
            ((_, value),) = end.point.values
            told.append(f"{winner} wins if {one.path} is {figure(float(str(value)))} and all else as in the scenario.")
    return told


def morris(
    study: Pairs, inputs: Sequence[Believed], output: Output, trajectories: int, seed: int, currency: str
) -> Explanation:
    """Mean change of the output as one input moves by half of what is believed of it, wherever the others stand.

    Parameters
    ----------
    study, inputs, output
        Who finds out, what is varied, and what is explained.
    trajectories
        Walks through all inputs; each costs one point more than there are inputs.
    seed
        Of the design and of the resampling; 1 or more.
    currency
        Of amounts.

    Notes
    -----
    ``mu_star`` is the mean of the absolute changes, ``mu`` that of the changes with their signs: Morris (1991) and
    Campolongo, Cariboni and Saltelli (2007), *An effective screening design for sensitivity analysis of large models*.
    Both are told per step, which is half of the belief: as amounts, not as slopes. The interval of ``mu_star`` is
    SALib's bootstrap over trajectories, that of ``mu`` is Student's.
    """
    from SALib.analyze import morris as method

    grid = morris_design(len(inputs), trajectories, seed)
    found = responses_in(study, inputs, morris_shares(grid), output)
    whole, notes = found.whole_groups(len(inputs) + 1)
    analysed = method.analyze(
        unit_problem(len(inputs)),
        grid[whole],
        found.values[whole],
        num_resamples=RESAMPLES,
        conf_level=CONFIDENCE,
        num_levels=MORRIS_LEVELS,
        seed=seed,
    )
    walks = int(whole.sum()) // (len(inputs) + 1)
    reach = student_quantile(CONFIDENCE, walks - 1) / np.sqrt(walks)
    sizes, size_reaches, means, spreads = (
        morris_amounts(np.asarray(analysed[name], dtype=np.float64))
        for name in ("mu_star", "mu_star_conf", "mu", "sigma")
    )
    paths = [one.path for one in inputs]
    stars, wanted = with_ranking_judged(_with_reach(paths, "mu_star", sizes, size_reaches), walks)
    means_judged = [
        replace(one, converged=star.converged)
        for one, star in zip(_with_reach(paths, "mu", means, reach * spreads), stars, strict=True)
    ]
    deciding, negligible = of_amounts(stars)
    said = {
        one.input: f"{money(one.value, currency)} on average as it moves by half of what is believed of it, "
        f"{money_interval(one.low, one.high)}"
        for one in stars
    }
    return Explanation(
        "morris",
        trajectories,
        found,
        (*stars, *means_judged),
        "mu_star",
        deciding,
        negligible,
        said,
        noise=noise_in(study, found),
        wanted=wanted,
        notes=notes,
    )


def _with_reach(paths: Sequence[str], name: str, values: Floats, reaches: Floats) -> list[Index]:
    return [
        Index(path, name, value, value - reach, value + reach, converged=True)
        for path, value, reach in zip(paths, values.tolist(), reaches.tolist(), strict=True)
    ]
