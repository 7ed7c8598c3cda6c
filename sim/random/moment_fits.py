"""The parameters of a family from the mean and standard deviation that a buyer knows."""

from __future__ import annotations

from math import erfc, exp, expm1, inf, lgamma, log, log1p, pi, sqrt
from typing import TYPE_CHECKING, Final

from sim.random.families import Beta, Gamma, Lognormal, Normal, Weibull
from sim.random.laws import Constant, DistributionError, Family, Law
from sim.random.straight import Uniform
from sim.random.truncation import truncate

if TYPE_CHECKING:
    from collections.abc import Callable

_HALVINGS: Final = 200
_WEIBULL_SHAPES: Final = (0.05, 1e4)
_NORMAL_BOUNDS: Final = (-40.0, 5.0)
"""How far above the untruncated mean zero may lie, in standard deviations; below -40 nothing is cut off."""


def lognormal(mean: float, sd: float) -> Law:
    """Fit a lognormal law to the moments of the variable itself (not of its logarithm)."""
    _check_positive("lognormal", mean, sd)
    if sd == 0:
        return Constant(mean)
    spread = log1p((sd / mean) ** 2)
    return Lognormal(0.0, mean * exp(-spread / 2), sqrt(spread))


def gamma(mean: float, sd: float) -> Law:
    """Fit a gamma law."""
    _check_positive("gamma", mean, sd)
    return Gamma(0.0, sd**2 / mean, (mean / sd) ** 2) if sd > 0 else Constant(mean)


def weibull(mean: float, sd: float) -> Law:
    """Fit a Weibull law: the shape by halving, since the ratio of the moments falls steadily with it."""
    _check_positive("weibull", mean, sd)
    if sd == 0:
        return Constant(mean)
    low, high = _WEIBULL_SHAPES
    if not _weibull_ratio(high) <= sd / mean <= _weibull_ratio(low):
        least, most = mean * _weibull_ratio(high), mean * _weibull_ratio(low)
        message = f"a weibull law with mean {mean:g} has a sd between {least:.4g} and {most:.4g}, not {sd:g}"
        raise DistributionError(message, "sd")
    shape = exp(_root(lambda x: sd / mean - _weibull_ratio(exp(x)), log(low), log(high)))
    return Weibull(0.0, mean / exp(lgamma(1 + 1 / shape)), shape)


def beta(mean: float, sd: float) -> Law:
    """Fit a beta law on 0..1."""
    if not 0 < mean < 1:
        if mean in {0, 1} and sd == 0:
            return Constant(mean)
        message = f"the mean of a beta law lies between 0 and 1, not at {mean:g}"
        raise DistributionError(message, "mean")
    largest = sqrt(mean * (1 - mean))
    if not 0 <= sd < largest:
        message = f"a beta law with mean {mean:g} has a sd between 0 and {largest:.4g}, not {sd:g}"
        raise DistributionError(message, "sd")
    if sd == 0:
        return Constant(mean)
    size = mean * (1 - mean) / sd**2 - 1
    return Beta(0.0, 1.0, mean * size, (1 - mean) * size)


def uniform(mean: float, sd: float) -> Law:
    """Fit a uniform law: its half-width is the root of three times the standard deviation."""
    _check_sd("uniform", sd)
    return Uniform(mean - sqrt(3) * sd, sqrt(12) * sd) if sd > 0 else Constant(mean)


def exponential(mean: float) -> Law:
    """Fit an exponential law; its standard deviation equals its mean."""
    if mean < 0:
        message = f"the mean of an exponential law is not negative, as {mean:g} is"
        raise DistributionError(message, "mean")
    return Weibull(0.0, mean, 1.0) if mean > 0 else Constant(0.0)


def normal(mean: float, sd: float) -> Law:
    """Fit a normal law truncated at zero to the moments that it has after the truncation.

    Notes
    -----
    With zero at `a` standard deviations from the mean of the untruncated law and h = φ(a) / (1 - Φ(a)), the
    mean is h - a and the variance 1 + a h - h², in units of the untruncated standard deviation; their ratio
    rises with `a`.
    """
    _check_positive("normal", mean, sd)
    if sd == 0:
        return Constant(mean)
    low, high = _NORMAL_BOUNDS
    largest = _normal_ratio(high)
    if sd / mean > largest:
        message = (
            f"a normal law truncated at 0 with mean {mean:g} has a sd of at most "
            f"{mean * largest:.4g}, not {sd:g}; "
            "use lognormal or gamma"
        )
        raise DistributionError(message, "sd")
    if sd / mean <= _normal_ratio(low):
        return truncated_normal(mean, sd)
    bound = _root(lambda a: _normal_ratio(a) - sd / mean, low, high)
    scale = mean / (_hazard(bound) - bound)
    return truncated_normal(-bound * scale, scale)


def truncated_normal(loc: float, scale: float) -> Law:
    """Truncate the normal law with this location and scale at zero."""
    law = truncate(Normal(loc, scale), 0.0, inf)
    if law is None:
        message = f"a normal law with loc {loc:g} and scale {scale:g} has nothing above 0"
        raise DistributionError(f"{message}; use norm, which is not truncated", "loc")
    return law


def stretched(family: Callable[[float, float], Family], low: float, high: float) -> Law:
    """Stretch a family from `low` to `high`."""
    return family(low, high - low) if high > low else Constant(low)


def _check_positive(family: str, mean: float, sd: float) -> None:
    if mean <= 0:
        message = f"the mean of a {family} law is above 0, not {mean:g}"
        raise DistributionError(message, "mean")
    _check_sd(family, sd)


def _check_sd(family: str, sd: float) -> None:
    if sd < 0:
        message = f"the sd of a {family} law is not negative, as {sd:g} is"
        raise DistributionError(message, "sd")


def _weibull_ratio(shape: float) -> float:
    return sqrt(expm1(lgamma(1 + 2 / shape) - 2 * lgamma(1 + 1 / shape)))


def _hazard(a: float) -> float:
    return sqrt(2 / pi) * exp(-a * a / 2) / erfc(a / sqrt(2))


def _normal_ratio(a: float) -> float:
    hazard = _hazard(a)
    return sqrt(1 + a * hazard - hazard**2) / (hazard - a)


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Halve until the ends of the bracket are neighbours."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) >= 0 else (middle, high)
    return (low + high) / 2
