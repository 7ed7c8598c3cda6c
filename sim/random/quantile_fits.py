"""The parameters of a family from quantiles: "half within 30 days, nine in ten within 60"."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import special

from sim.random.families import Beta, Gamma, Lognormal, Weibull
from sim.random.laws import DistributionError, Law
from sim.random.moment_fits import truncated_normal
from sim.random.straight import Triangular, Uniform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LARGEST_MISFIT: Final = 0.05
"""A fit that misses a given quantile by a larger share of it is refused."""

_LEAST_SCALE: Final = 0.1
"""A misfit is measured against the quantile, or against this share of the whole spread where that is more."""

_AS_GOOD_AS_MET: Final = 1e-24
_UNFIT: Final = 1e6
_LARGEST_EXPONENT: Final = 60.0


class QuantileFamily(NamedTuple):
    """How a family is fitted to quantiles.

    Attributes
    ----------
    free
        Number of free parameters, so the smallest number of quantiles.
    low, high
        Between which quantiles must lie.
    build
        From a point of the search space, which has no edges, to a law.
    starts
        From shares and quantiles to points where the search starts.
    """

    free: int
    low: float
    high: float
    build: Callable[[Floats], Law]
    starts: Callable[[Floats, Floats], list[list[float]]]


def pert(low: float, mode: float, high: float) -> Law:
    """Make a PERT law: a beta law from `low` to `high`, the mode counting four times in its mean."""
    width = high - low
    return Beta(low, width, 1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width)


def triangular(low: float, mode: float, high: float) -> Law:
    """Make a triangular law."""
    return Triangular(low, high - low, (mode - low) / (high - low))


def fit(family: str, quantiles: Mapping[str, float]) -> Law:
    """Find the law of a family that comes nearest to given quantiles, by least squares of relative misfits.

    Parameters
    ----------
    family
        A key of `QUANTILE_FAMILIES`.
    quantiles
        Values by their names, such as ``p10``, in any order.

    Returns
    -------
    Law
        Through all the quantiles, where the family can.

    Raises
    ------
    DistributionError
        If there are too few, if they do not ascend or lie where the family has no values, or if the best fit
        misses one by more than 5 % (the message names the nearest fit).
    """
    form = QUANTILE_FAMILIES[family]
    ordered = sorted(quantiles, key=lambda name: float(name[1:]))
    shares = np.array([float(name[1:]) / 100 for name in ordered])
    values = np.array([quantiles[name] for name in ordered])
    _check(family, form, ordered, values)
    scales = np.maximum(np.abs(values), _LEAST_SCALE * (values[-1] - values[0]))
    law = _nearest(form, shares, values, scales)
    found = law.quantile(shares)
    if not np.max(np.abs(found - values) / scales) <= LARGEST_MISFIT:
        worst = ordered[int(np.argmax(np.abs(found - values) / scales))]
        raise DistributionError(_no_fit(family, ordered, found), worst)
    return law


def fit_poisson(quantiles: Mapping[str, float]) -> float:
    """Find the mean of the poisson law that comes nearest to given quantiles.

    Parameters
    ----------
    quantiles
        Whole numbers by their names, such as ``p10``.

    Returns
    -------
    float
        The mean. Each quantile holds over an interval of means; where the intervals meet, the middle of what
        they share.

    Raises
    ------
    DistributionError
        If a quantile is no whole number from 0 on, or if the best fit misses one by more than 5 %.
    """
    names = sorted(quantiles, key=lambda name: float(name[1:]))
    shares = np.array([float(name[1:]) / 100 for name in names])
    values = np.array([quantiles[name] for name in names])
    for name, value in zip(names, values, strict=True):
        if value < 0 or value != round(value):
            message = f"the quantiles of a poisson law are whole numbers from 0 on; {name} is {value:g}"
            raise DistributionError(message, name)
    lows = np.where(values > 0, special.pdtri(np.maximum(values - 1, 0), shares), 0.0)
    highs = special.pdtri(values, shares)
    means = np.concatenate([[(lows.max() + highs.min()) / 2], (lows + highs) / 2])
    found = np.ceil(special.pdtrik(shares, means[:, np.newaxis]) - 1e-9).clip(0.0)
    misfits = np.abs(found - values) / np.maximum(values, 1.0)
    best = int(np.argmin((misfits**2).sum(axis=1)))
    if misfits[best].max() > LARGEST_MISFIT:
        worst = names[int(np.argmax(misfits[best]))]
        raise DistributionError(_no_fit("poisson", names, found[best]), worst)
    return float(means[best])


def _no_fit(family: str, names: list[str], found: Floats) -> str:
    nearest = ", ".join(f"{name} = {value:.4g}" for name, value in zip(names, found, strict=True))
    return f"no {family} law comes within 5 % of these quantiles; the nearest has {nearest}"


def _check(family: str, form: QuantileFamily, names: list[str], values: Floats) -> None:
    if len(names) < form.free:
        message = f"{family} has {form.free} free parameters, so it needs at least {form.free} quantiles"
        raise DistributionError(message, names[0])
    for position, name in enumerate(names):
        value = values[position]
        if not form.low < value < form.high:
            limits = f"above {form.low:g}" if form.high == inf else f"between {form.low:g} and {form.high:g}"
            message = f"the quantiles of a {family} law lie {limits}; {name} is {value:g}"
            raise DistributionError(message, name)
        if position and float(name[1:]) == float(names[position - 1][1:]):
            raise DistributionError(f"{names[position - 1]} and {name} are the same quantile", name)
        if position and value <= values[position - 1]:
            message = f"{name} ({value:g}) is not above {names[position - 1]} ({values[position - 1]:g})"
            raise DistributionError(message, name)


def _nearest(form: QuantileFamily, shares: Floats, values: Floats, scales: Floats) -> Law:
    from scipy import optimize

    def misfits(point: Floats) -> Floats:
        try:
            found = form.build(point).quantile(shares)
        except (DistributionError, OverflowError, ZeroDivisionError):
            return np.full(len(shares), _UNFIT)
        return np.nan_to_num((found - values) / scales, nan=_UNFIT, posinf=_UNFIT, neginf=-_UNFIT)

    best, least = form.starts(shares, values)[0], inf
    for start in form.starts(shares, values):
        found = optimize.least_squares(misfits, start, method="lm", xtol=1e-14, ftol=1e-14, gtol=1e-14, max_nfev=2000)
        if found.cost < least:
            best, least = list(found.x), float(found.cost)
        if least < _AS_GOOD_AS_MET:
            break
    return form.build(np.array(best))


def _positive(value: float) -> float:
    return float(np.exp(np.clip(value, -_LARGEST_EXPONENT, _LARGEST_EXPONENT)))


def _line(x: Floats, y: Floats) -> tuple[float, float]:
    """Intercept and slope of the least-squares line; of a single point, the slope that scales suggest."""
    if len(x) == 1:
        return float(y[0]), 1.0
    slope, intercept = np.polyfit(x, y, 1)
    return float(intercept), float(slope)


def _lognormal_starts(shares: Floats, values: Floats) -> list[list[float]]:
    middle, slope = _line(special.ndtri(shares), np.log(values))
    return [[middle, float(np.log(slope))]]


def _gamma_starts(shares: Floats, values: Floats) -> list[list[float]]:
    middle, slope = _line(special.ndtri(shares), np.log(values))
    guesses = np.clip([np.exp(-(slope**2)), 1 / slope**2, 1.0, 0.2], 0.01, 1e6)
    return [[float(np.log(a)), float(middle - np.log(special.gammaincinv(a, 0.5)))] for a in guesses]


def _weibull_starts(shares: Floats, values: Floats) -> list[list[float]]:
    middle, slope = _line(np.log(-np.log1p(-shares)), np.log(values))
    return [[-float(np.log(slope)), middle]]


def _beta_starts(shares: Floats, values: Floats) -> list[list[float]]:
    middle = float(np.interp(0.5, shares, values))
    return [[float(np.log(middle * size)), float(np.log((1 - middle) * size))] for size in (1, 4, 20, 100, 1000)]


def _normal_starts(shares: Floats, values: Floats) -> list[list[float]]:
    middle, slope = _line(special.ndtri(shares), values)
    return [[middle, float(np.log(slope))], [0.0, float(np.log(values[-1]))]]


def _exponential_starts(shares: Floats, values: Floats) -> list[list[float]]:
    return [[float(np.mean(np.log(values) - np.log(-np.log1p(-shares))))]]


def _uniform_starts(shares: Floats, values: Floats) -> list[list[float]]:
    low, width = _line(shares, values)
    return [[low, float(np.log(width))]]


def _three_point_starts(shares: Floats, values: Floats) -> list[list[float]]:
    spread = float(values[-1] - values[0])
    middle = float(np.interp(0.5, shares, values))
    ends = [(float(values[0]) - reach * spread, float(values[-1]) + reach * spread) for reach in (0.1, 0.4, 1.0)]
    modes = [(low, low + share * (high - low), high) for low, high in ends for share in (0.1, 0.35, 0.65, 0.9)]
    modes += [(low, middle, high) for low, high in ends]
    return [[low, float(np.log(mode - low)), float(np.log(high - mode))] for low, mode, high in modes]


def _pert_at(point: Floats) -> Law:
    mode = float(point[0]) + _positive(point[1])
    return pert(float(point[0]), mode, mode + _positive(point[2]))


def _triangular_at(point: Floats) -> Law:
    mode = float(point[0]) + _positive(point[1])
    return triangular(float(point[0]), mode, mode + _positive(point[2]))


QUANTILE_FAMILIES: Final[Mapping[str, QuantileFamily]] = {
    "lognormal": QuantileFamily(
        2, 0.0, inf, lambda x: Lognormal(0.0, _positive(x[0]), _positive(x[1])), _lognormal_starts
    ),
    "gamma": QuantileFamily(2, 0.0, inf, lambda x: Gamma(0.0, _positive(x[1]), _positive(x[0])), _gamma_starts),
    "weibull": QuantileFamily(2, 0.0, inf, lambda x: Weibull(0.0, _positive(x[1]), _positive(x[0])), _weibull_starts),
    "beta": QuantileFamily(2, 0.0, 1.0, lambda x: Beta(0.0, 1.0, _positive(x[0]), _positive(x[1])), _beta_starts),
    "pert": QuantileFamily(3, -inf, inf, _pert_at, _three_point_starts),
    "triangular": QuantileFamily(3, -inf, inf, _triangular_at, _three_point_starts),
    "uniform": QuantileFamily(2, -inf, inf, lambda x: Uniform(float(x[0]), _positive(x[1])), _uniform_starts),
    "exponential": QuantileFamily(1, 0.0, inf, lambda x: Weibull(0.0, _positive(x[0]), 1.0), _exponential_starts),
    "normal": QuantileFamily(2, 0.0, inf, lambda x: truncated_normal(float(x[0]), _positive(x[1])), _normal_starts),
}
