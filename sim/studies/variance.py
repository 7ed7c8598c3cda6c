"""Which inputs the variance of the output comes from: Sobol indices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sim.errors import InputError, Problem
from sim.studies.explanations import WIDEST, Explanation, Index, points_for_width, power_of_two, ranked
from sim.studies.noise import noise_in
from sim.studies.outputs import CONFIDENCE, responses_in
from sim.studies.sensitivity_designs import sobol_design, unit_problem
from sim.studies.wording import percent, percent_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.studies.changes import Pairs
    from sim.studies.inputs import Believed
    from sim.studies.outputs import Floats, Output

FIRST, TOTAL = "S1", "ST"
DECIDING: Final = 0.2
NEGLIGIBLE: Final = 0.05
"""Share of the variance below which all of an interval must lie for an input to be called of no account."""
_RESAMPLED_AT_ONCE: Final = 1 << 20
_FEWEST_RESAMPLES, _MOST_RESAMPLES = 100, 1000


def sobol(study: Pairs, inputs: Sequence[Believed], output: Output, points: int, seed: int) -> Explanation:
    """Shares of the output's variance: what each input explains by itself, and where it has a hand in.

    Parameters
    ----------
    study, inputs, output
        Who finds out, what is varied, and what is explained.
    points
        Rows of the base sample, a power of two; simulated are ``points * (inputs + 2)`` points.
    seed
        Of the design and of the resampling; 1 or more.

    Raises
    ------
    InputError
        `points` is no power of two.

    Notes
    -----
    First-order and total indices: Saltelli et al. (2010), *Variance based sensitivity analysis of model output*, table
    2, (b) and (f). Intervals: SALib's bootstrap over base rows, normal with the standard deviation of the resamples.
    It takes the rows for independent, while those of a Sobol sequence are spread more evenly than that: the intervals
    are rather too wide than too narrow.
    """
    if points & (points - 1):
        message = f"--points {points}: a Sobol sequence is balanced only if their number is a power of two"
        raise InputError(Problem(message, hint=f"try {power_of_two(points) // 2} or {power_of_two(points)}"))
    found = responses_in(study, inputs, sobol_design(len(inputs), points, seed), output)
    length = len(inputs) + 2
    whole, notes = found.whole_groups(length)
    shares = sobol_shares(found.values[whole], len(inputs), seed)
    indices = tuple(
        Index(one.path, name, value, value - reach, value + reach, converged=2 * reach <= WIDEST)
        for name in (TOTAL, FIRST)
        for one, value, reach in zip(inputs, *(column.tolist() for column in shares[name]), strict=True)
    )
    totals = ranked([one for one in indices if one.index == TOTAL])
    needed = points_for_width(indices, int(whole.sum()) // length)
    return Explanation(
        "sobol",
        points,
        found,
        indices,
        TOTAL,
        tuple(one.input for place, one in enumerate(totals) if one.low > 0 and (one.value >= DECIDING or place == 0)),
        tuple(one.input for one in totals if one.high < NEGLIGIBLE),
        {one.input: f"{percent(one.value)} of the variance, {percent_interval(one.low, one.high)}" for one in totals},
        noise=noise_in(study, found),
        wanted=None if needed is None else power_of_two(needed),
        notes=notes,
    )


def resamples_of(rows: int) -> int:
    """Bootstrap resamples for so many base rows: many for few, since all of them are held in memory at once."""
    return min(max(_RESAMPLED_AT_ONCE // rows, _FEWEST_RESAMPLES), _MOST_RESAMPLES)


def sobol_shares(values: Floats, inputs: int, seed: int) -> dict[str, tuple[Floats, Floats]]:
    """First-order and total indices with the half-widths of their intervals, each of shape (inputs,).

    Parameters
    ----------
    values
        Shape (rows * (inputs + 2),), in the order of `sobol_design`; none may be missing: SALib answers a single NaN
        with zeros everywhere.
    inputs
        Number of inputs.
    seed
        Of the resampling; SALib takes 0 for none.
    """
    rows = values.reshape(-1, inputs + 2)
    if np.ptp(rows[:, [0, -1]]) == 0:  # nothing varies; SALib would divide by the variance
        nothing = np.zeros(inputs)
        return {FIRST: (nothing, nothing), TOTAL: (nothing, nothing)}
    from SALib.analyze import sobol as method

    analysed = method.analyze(
        unit_problem(inputs),
        values,
        calc_second_order=False,
        num_resamples=resamples_of(len(rows)),
        conf_level=CONFIDENCE,
        seed=seed,
    )
    return {name: (analysed[name], analysed[f"{name}_conf"]) for name in (FIRST, TOTAL)}
