"""What an inspector finds: the defective units that fall into a sample, and those of them that are noticed.

Both are drawn by inverse transform, so that worse luck in the draw never finds fewer defects, and a worse
lot never looks better under the same luck. Probabilities are added up from the low end of the distribution
until they reach the draw. The first of them comes out of a table of factorials by products and powers of
two alone: whatever computes it, compiled or not, gets the same bits, which no library's logarithms and
exponentials promise.

The low end is where anything below has a probability under ``exp(-30)`` by Bernstein's inequality, which
holds for draws with and without replacement: with ``t = 8 sd + 20``, ``t**2 >= 60 sd**2 + 20 t``. (A
multiple of the standard deviation alone would not do: at a detection probability close to 1 the misses are
few and skewed.)
"""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.rules import rule

if TYPE_CHECKING:
    from collections.abc import Sequence

HALF: Final = 0.5
LOW_END_DEVIATIONS: Final = 8.0
LOW_END_UNITS: Final = 20.0
NEGLIGIBLE: Final = 2.0**-60
"""Where the remaining upper tail changes no sum any more."""

_BLOCK: Final = 32
"""Factors multiplied before their product is scaled: 32 of up to 10,000,000 stay far from overflow."""


class Factorials(NamedTuple):
    """Factorials too large for a float: ``n! = mantissa[n] * 2**exponent[n]``, the mantissa 0.5 to 1."""

    mantissa: Sequence[float]
    exponent: Sequence[int]


def factorials_up_to(largest: int) -> Factorials:
    """Table of the factorials of 0 to a number, which is at most 10,000,000; 16 bytes an entry.

    The relative error of an entry is below 4e-11 for the largest number, and below 2e-14 up to 5,000.
    """
    import numpy as np

    blocks = largest // _BLOCK + 1
    factors = np.arange(blocks * _BLOCK, dtype=np.float64)
    factors[0] = 1.0
    within = np.cumprod(factors.reshape(blocks, _BLOCK), axis=1)
    mantissa, exponent, power = 1.0, 0, []
    scale = np.empty(blocks)
    for block, product in enumerate(within[:, -1].tolist()):
        scale[block] = mantissa
        power.append(exponent)
        mantissa, shift = math.frexp(mantissa * product)
        exponent += shift
    mantissas, shifts = np.frexp(within * scale[:, None])
    exponents = shifts.astype(np.int64) + np.array(power, dtype=np.int64)[:, None]
    count = largest + 1
    return Factorials(array("d", mantissas.ravel()[:count].tobytes()), array("q", exponents.ravel()[:count].tobytes()))


@rule
def sampled_defectives(lot: int, defective: int, sample: int, u: float, factorials: Factorials) -> int:
    """Defective units in a sample drawn from a lot without replacement: hypergeometric.

    Parameters
    ----------
    lot
        Units in the lot, at least 1.
    defective
        Defective units in the lot, 0 to all of it.
    sample
        Units in the sample, 0 to the whole lot.
    u
        The draw, between 0 and 1: the result is the smallest number whose cumulative probability reaches it.
    factorials
        At least up to the lot's size.
    """
    lowest = max(0, sample + defective - lot)
    highest = min(sample, defective)
    if lowest == highest:
        return lowest
    mean = sample * defective / lot
    variance = mean * (lot - defective) / lot * (lot - sample) / (lot - 1)
    found = max(lowest, math.floor(mean - LOW_END_DEVIATIONS * math.sqrt(variance) - LOW_END_UNITS))
    good = lot - defective
    bad_ways, bad_exponent = combinations(defective, found, factorials)
    good_ways, good_exponent = combinations(good, sample - found, factorials)
    ways, exponent = combinations(lot, sample, factorials)
    probability = math.ldexp(bad_ways * good_ways / ways, bad_exponent + good_exponent - exponent)
    surplus = good - sample
    reached = probability
    while reached < u and found < highest:
        up = (defective - found) * (sample - found)
        found += 1
        probability = probability * up / (found * (surplus + found))
        reached += probability
        if probability < NEGLIGIBLE and reached > HALF:
            break
    return found


@rule
def detected(count: int, probability: float, u: float, factorials: Factorials) -> int:
    """Defective units that the inspector notices among those in the sample: binomial.

    Parameters
    ----------
    count
        Defective units in the sample.
    probability
        That any one of them is noticed.
    u
        The draw, between 0 and 1: the result is the smallest number whose cumulative probability reaches it.
    factorials
        At least up to the count.
    """
    if count == 0 or probability <= 0.0:
        return 0
    if probability >= 1.0:
        return count
    missed = 1.0 - probability
    mean = count * probability
    noticed = max(0, math.floor(mean - LOW_END_DEVIATIONS * math.sqrt(mean * missed) - LOW_END_UNITS))
    ways, exponent = combinations(count, noticed, factorials)
    hits, hits_exponent = power_scaled(probability, noticed)
    misses, misses_exponent = power_scaled(missed, count - noticed)
    chance = math.ldexp(ways * hits * misses, exponent + hits_exponent + misses_exponent)
    reached = chance
    while reached < u and noticed < count:
        up = (count - noticed) * probability
        noticed += 1
        chance = chance * up / (noticed * missed)
        reached += chance
        if chance < NEGLIGIBLE and reached > HALF:
            break
    return noticed


@rule
def combinations(total: int, chosen: int, factorials: Factorials) -> tuple[float, int]:
    """Ways to choose some of a number of units, as mantissa and exponent of two."""
    mantissa, exponent = factorials
    rest = total - chosen
    return (
        mantissa[total] / (mantissa[chosen] * mantissa[rest]),
        exponent[total] - exponent[chosen] - exponent[rest],
    )


@rule
def power_scaled(base: float, times: int) -> tuple[float, int]:
    """Power of a number between 0 and 1, as mantissa and exponent of two, so that it never underflows."""
    square, square_exponent = math.frexp(base)
    mantissa, exponent = 1.0, 0
    while times > 0:
        if times & 1:
            mantissa *= square
            exponent += square_exponent
            if mantissa < HALF:
                mantissa *= 2.0
                exponent -= 1
        square *= square
        square_exponent *= 2
        if square < HALF:
            square *= 2.0
            square_exponent -= 1
        times >>= 1
    return mantissa, exponent
