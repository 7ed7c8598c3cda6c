"""Designs in the unit cube for sensitivity studies, as SALib lays them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MORRIS_LEVELS: Final = 4
_MORRIS_STEP: Final = MORRIS_LEVELS / (2 * (MORRIS_LEVELS - 1))
"""Length of SALib's elementary step on its grid from 0 to 1."""


def unit_problem(inputs: int) -> dict[str, Any]:
    """What SALib must be told of a unit cube; a new one for every call, since SALib writes into it."""
    return {"num_vars": inputs, "names": [str(number) for number in range(inputs)], "bounds": [[0, 1]] * inputs}


def sobol_design(inputs: int, points: int, seed: int) -> Floats:
    """Saltelli's design on a scrambled Sobol sequence.

    Parameters
    ----------
    inputs, points
        Columns, and rows of the base sample: a power of two.
    seed
        Of the scrambling.

    Returns
    -------
    ndarray, shape (points * (inputs + 2), inputs)
        Row by row: a base row (A), the same with one input after the other from the second base row, that one (B).

    Notes
    -----
    Source: Saltelli et al. (2010), *Variance based sensitivity analysis of model output*; scrambled rather than with
    values skipped: Owen (2022), *On dropping the first Sobol' point*.
    """
    from SALib.sample import sobol

    return np.asarray(sobol.sample(unit_problem(inputs), points, calc_second_order=False, seed=seed), dtype=np.float64)


def morris_design(inputs: int, trajectories: int, seed: int) -> Floats:
    """Morris's trajectories: each a walk that moves one input after the other.

    Returns
    -------
    ndarray, shape (trajectories * (inputs + 1), inputs)
        On SALib's grid: 0, 1/3, 2/3 and 1.

    Notes
    -----
    Source: Morris (1991), *Factorial sampling plans for preliminary computational experiments*.
    """
    from SALib.sample import morris

    sample = morris.sample(unit_problem(inputs), trajectories, num_levels=MORRIS_LEVELS, seed=seed)
    return np.asarray(sample, dtype=np.float64)


def morris_shares(grid: Floats) -> Floats:
    """Levels of a Morris design as shares of the belief: 1/8, 3/8, 5/8 and 7/8, so that a step is half of the belief.

    At the levels 0 and 1 would stand the extremes of a belief, which are unlikely or, if it is unbounded, infinite.
    """
    return (grid * (MORRIS_LEVELS - 1) + 0.5) / MORRIS_LEVELS


def morris_amounts(effects: Floats) -> Floats:
    """SALib's elementary effects, which are slopes on its grid, as the changes that one step made."""
    return effects * _MORRIS_STEP


def latin_design(inputs: int, points: int, seed: int) -> Floats:
    """Latin hypercube sample, shape (points, inputs): McKay, Beckman and Conover (1979)."""
    from SALib.sample import latin

    return np.asarray(latin.sample(unit_problem(inputs), points, seed=seed), dtype=np.float64)
