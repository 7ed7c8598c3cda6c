"""How much an input shifts the whole distribution of the output, not its variance alone: the PAWN index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sim.measures.estimates import normal_quantile
from sim.studies.explanations import WIDEST, Explanation, Index, points_for_width, ranked
from sim.studies.noise import noise_in
from sim.studies.outputs import CONFIDENCE, responses_in
from sim.studies.sensitivity_designs import latin_design, unit_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sim.studies.changes import Pairs
    from sim.studies.inputs import Believed
    from sim.studies.outputs import Floats, Output

SLIDES: Final = 10
RESAMPLES: Final = 200
DUMMIES: Final = 200


def pawn(study: Pairs, inputs: Sequence[Believed], output: Output, points: int, seed: int) -> Explanation:
    """How far the output's distribution moves when an input is known to lie in a tenth of its belief.

    Parameters
    ----------
    study, inputs, output
        Who finds out, what is varied, and what is explained.
    points
        Of a Latin hypercube.
    seed
        Of the design, the resampling and the dummies; 1 or more.

    Notes
    -----
    The median, over ten conditioning intervals, of the Kolmogorov-Smirnov distance between the output's distribution
    in the interval and everywhere: Pianosi and Wagener (2018), *Distribution-based sensitivity analysis from a generic
    input-output sample*. Two things about a sample of n points are told apart:

    - its luck: 1.96 standard deviations over resamples of the points to either side;
    - its bias: distances are never negative, so an input without any influence has an index above zero as well. What
      it would have is found from columns that have nothing to do with the output; an index up to their 95 % quantile
      is not told from nothing. Khorashadi Zadeh et al. (2017), *Comparison of variance-based and moment-independent
      global sensitivity analysis approaches by application to the SWAT model*, propose such a dummy.
    """
    from SALib.analyze import pawn as method

    shares = latin_design(len(inputs), points, seed)
    found = responses_in(study, inputs, shares, output)
    whole, notes = found.whole_groups(1)
    x, y = shares[whole], found.values[whole]
    # Conditioned on shares of belief, not on values: a count of few values would leave SALib's intervals empty.
    varies = np.ptp(y) > 0  # if nothing does, SALib would divide by the mean distance
    medians = method.analyze(unit_problem(len(inputs)), x, y, S=SLIDES)["median"] if varies else np.zeros(len(inputs))
    random = np.random.default_rng(seed)
    spreads = resampled_medians(x, y, random).std(axis=0, ddof=1)
    threshold = dummy_threshold(y, random)
    reach = normal_quantile(CONFIDENCE) * spreads
    indices = tuple(
        Index(one.path, "pawn_median", value, max(value - half, 0.0), value + half, converged=2 * half <= WIDEST)
        for one, value, half in zip(inputs, medians.tolist(), reach.tolist(), strict=True)
    )
    order = ranked(indices)
    needed = points_for_width(indices, len(y))
    return Explanation(
        "pawn",
        points,
        found,
        indices,
        "pawn_median",
        tuple(one.input for one in order if one.low > threshold and one.value >= order[0].value / 2),
        tuple(one.input for one in order if one.value <= threshold),
        {
            one.input: f"PAWN index {one.value:.2f}, {one.low:.2f} to {one.high:.2f}; "
            f"without influence up to {threshold:.2f}"
            for one in order
        },
        noise=noise_in(study, found),
        wanted=None if needed is None else -(-needed // 100) * 100,
        notes=notes,
        threshold=threshold,
    )


def slide_numbers(x: Floats) -> NDArray[np.int64]:
    """Number of the conditioning interval of each point, as SALib cuts them: the largest point is in none."""
    edges = np.quantile(x, np.linspace(0, 1, SLIDES + 1))
    return np.searchsorted(edges, x, side="right") - 1


def pawn_median(slides: NDArray[np.int64], ends: NDArray[np.bool_], weights: Floats) -> float:
    """Median of the distances of the distributions in each interval from the whole one.

    Parameters
    ----------
    slides
        Shape (n,): interval of each point, the points ordered by their output; `SLIDES` for none.
    ends
        Shape (n,): whether a point is the last of those with the same output.
    weights
        Shape (n,): how often each point counts.
    """
    inside = np.zeros((SLIDES + 1, len(slides)))
    inside[slides, np.arange(len(slides))] = weights
    within = np.cumsum(inside[:SLIDES], axis=1)
    filled = within[:, -1] > 0
    whole = np.cumsum(weights)
    apart = np.abs(within[filled] / within[filled, -1:] - whole / whole[-1])
    return float(np.median(apart[:, ends].max(axis=1)))


def resampled_medians(x: Floats, y: Floats, random: np.random.Generator) -> Floats:
    """PAWN indices of resamples of the points, shape (resamples, inputs); the intervals stay where they are."""
    order, ends = _ordered(y)
    slides = [slide_numbers(column)[order] for column in x.T]
    n = len(y)
    drawn = random.multinomial(n, np.full(n, 1 / n), size=RESAMPLES).astype(np.float64)
    return np.array([[pawn_median(column, ends, weights) for column in slides] for weights in drawn])


def dummy_threshold(y: Floats, random: np.random.Generator) -> float:
    """PAWN index that an input without any influence exceeds in one sample of twenty only."""
    order, ends = _ordered(y)
    once = np.ones(len(y))
    dummies = (slide_numbers(random.random(len(y)))[order] for _ in range(DUMMIES))
    return float(np.quantile([pawn_median(slides, ends, once) for slides in dummies], 0.95))


def _ordered(y: Floats) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    order = np.argsort(y, kind="stable")
    ordered = y[order]
    return order, np.append(ordered[1:] != ordered[:-1], True)
