"""Distributions as scenarios write them: by moments, quantiles or parameters, from observations, or mixed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from math import inf, isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.random.empirical import Empirical, empirical, read_column
from sim.random.laws import Constant, DistributionError, Law, Mixture, mixture
from sim.random.steps import steps
from sim.random.truncation import truncate

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["FAMILY_NAMES", "Distribution", "DistributionError", "constant", "parse"]

FAMILY_NAMES: Final = (
    "lognormal",
    "gamma",
    "weibull",
    "beta",
    "pert",
    "triangular",
    "uniform",
    "exponential",
    "normal",
    "poisson",
)
"""The families with friendly keys; any other name is looked up in `scipy.stats`."""

_OWN_NAMES: Final = (*FAMILY_NAMES, "constant", "empirical", "mixture")
_BOUNDS: Final = ("at_least", "at_most")


@dataclass(frozen=True, slots=True)
class Distribution:
    """An uncertain quantity: immutable, hashable and picklable.

    Attributes
    ----------
    law
        What it is.
    text
        How it was written, as JSON with sorted keys.
    """

    law: Law
    text: str

    @property
    def spec(self) -> dict[str, object]:
        """How it was written, as a mapping with `dist`."""
        spec: dict[str, object] = json.loads(self.text)
        return spec

    @property
    def is_constant(self) -> bool:
        """Whether it can take one value only."""
        return isinstance(self.law, Constant)

    @property
    def constant(self) -> float:
        """The only value that it takes.

        Raises
        ------
        ValueError
            If it takes more than one.
        """
        if not self.is_constant:
            raise ValueError(f"{self.text} is not a constant")
        return self.law.support()[0]

    @property
    def is_discrete(self) -> bool:
        """Whether it takes single values (counts, observations) rather than all in a range."""
        return self.law.discrete

    def mean(self) -> float:
        """Give the expected value."""
        return self.law.mean()

    def sd(self) -> float:
        """Give the standard deviation."""
        return self.law.sd()

    def support(self) -> tuple[float, float]:
        """Give the smallest and the largest possible value."""
        return self.law.support()

    def ppf(self, u: ArrayLike) -> Floats:
        """Give the value below which a share `u` lies, for an array of shares between 0 and 1."""
        shares = np.asarray(u, dtype=np.float64)
        return self.law.quantile(shares.reshape(-1)).reshape(shares.shape)

    def cdf(self, x: ArrayLike) -> Floats:
        """Give the share at or below each of an array of values."""
        return np.asarray(self.law.cdf(np.asarray(x, dtype=np.float64)), dtype=np.float64)

    def sf(self, x: ArrayLike) -> Floats:
        """Give the share above each of an array of values."""
        return np.asarray(self.law.sf(np.asarray(x, dtype=np.float64)), dtype=np.float64)


def constant(value: float) -> Distribution:
    """Make the distribution of a quantity that is known."""
    return Distribution(Constant(float(value)), json.dumps({"dist": "constant", "value": float(value)}))


def parse(spec: float | Mapping[str, object], *, base: Path | None = None) -> Distribution:
    """Read a distribution as it is written in a scenario.

    Parameters
    ----------
    spec
        A number, or a mapping with `dist` (the name) and the keys that the name asks for, and optionally
        `at_least` and `at_most`, which condition it on lying between them; `mean`, `sd` and quantiles are
        those before that.
    base
        The folder that file names are relative to; the current one if None.

    Returns
    -------
    Distribution
        A constant where the keys leave it no spread.

    Raises
    ------
    DistributionError
        If no distribution is described; it names the offending key and says what would be right.
    """
    if not isinstance(spec, Mapping):
        return constant(_number(spec, None))
    return Distribution(_law(spec, base), json.dumps(spec, sort_keys=True, default=_plain))


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)


def _law(spec: Mapping[str, object], base: Path | None) -> Law:
    name = spec.get("dist")
    if not isinstance(name, str):
        near = get_close_matches("dist", [str(key) for key in spec], 1, 0.5)
        message = "a distribution is a number or a mapping with `dist`, such as {dist: lognormal, mean: 3, sd: 4}"
        raise DistributionError(message, "dist" if "dist" in spec else near[0] if near else None)
    options = {str(key): value for key, value in spec.items() if key != "dist" and key not in _BOUNDS}
    if name == "mixture":
        law = _mixture(options, base)
    elif name == "empirical":
        law = _empirical(options, base)
    elif name == "constant":
        _check_keys("constant", options, ("value",))
        law = Constant(_number(options["value"], "value"))
    else:
        try:
            law = _named(name, {key: _number(value, key) for key, value in options.items()})
        except (OverflowError, ZeroDivisionError) as error:
            raise DistributionError(f"the numbers are too large or too small for {name}", "dist") from error
    law = _bounded(law, spec)
    if law.discrete and not isinstance(law, (Constant, Empirical, Mixture)) and steps(law) is None:
        message = f"{name} takes too many values here; bound it with at_most, or use a continuous distribution"
        raise DistributionError(message, "dist")
    return law


def _named(name: str, given: Mapping[str, float]) -> Law:
    if name in FAMILY_NAMES:
        from sim.random.forms import family_law

        return family_law(name, given)
    from sim.random.catalogue import NAMES, listed_law

    if name not in NAMES:
        # Among names that are near, those that scenarios commonly use come before a hundred that hardly anyone knows.
        near = get_close_matches(name.lower(), _OWN_NAMES, 1) or get_close_matches(name.lower(), NAMES, 1)
        way_out = f"did you mean `{near[0]}`?" if near else f"use {', '.join(_OWN_NAMES)}, or a name of scipy.stats"
        message = f"there is no distribution `{name}`; {way_out}"
        raise DistributionError(message, "dist")
    return listed_law(name, given)


def _bounded(law: Law, spec: Mapping[str, object]) -> Law:
    given = [key for key in _BOUNDS if key in spec]
    if not given:
        return law
    low = _number(spec["at_least"], "at_least") if "at_least" in spec else -inf
    high = _number(spec["at_most"], "at_most") if "at_most" in spec else inf
    bounded = truncate(law, low, high) if low <= high else None
    if bounded is None:
        first, last = law.support()
        written = " and ".join(f"{key} {spec[key]}" for key in given)
        message = f"{written} leaves (almost) nothing of a distribution that lies between {first:g} and {last:g}"
        raise DistributionError(message, given[0])
    first, last = bounded.support()
    return Constant(first) if first == last else bounded


def _empirical(options: Mapping[str, object], base: Path | None) -> Law:
    if "values" in options:
        _check_keys("empirical", options, ("values",))
        values = options["values"]
        if not isinstance(values, (list, tuple)) or not values:
            message = "`values` is a list of at least one number"
            raise DistributionError(message, "values")
        return empirical([_number(value, f"values[{position}]") for position, value in enumerate(values)])
    _check_keys("empirical", options, ("file", "column"))
    file, column = str(options["file"]), str(options["column"])
    return empirical(read_column((base or Path()) / file, column))


def _mixture(options: Mapping[str, object], base: Path | None) -> Law:
    _check_keys("mixture", options, ("components",))
    components = options["components"]
    if not isinstance(components, (list, tuple)) or not components:
        message = "`components` is a list of distributions, each with its `weight`"
        raise DistributionError(message, "components")
    weights, parts = [], []
    for position, component in enumerate(components):
        place = f"components[{position}]"
        if not isinstance(component, Mapping) or "weight" not in component:
            message = "each component of a mixture is a distribution with a `weight`"
            raise DistributionError(message, place)
        weights.append(_number(component["weight"], f"{place}.weight"))
        try:
            parts.append(_law({key: value for key, value in component.items() if key != "weight"}, base))
        except DistributionError as error:
            raise DistributionError(error.message, f"{place}.{error.key}" if error.key else place) from error
    if min(weights) < 0 or sum(weights) <= 0:
        message = "the weights of a mixture are not negative, and not all of them are zero"
        raise DistributionError(message, "components")
    return mixture(weights, parts)


def _check_keys(name: str, options: Mapping[str, object], allowed: tuple[str, ...]) -> None:
    for key in options:
        if key not in allowed:
            near = get_close_matches(key, [*allowed, *_BOUNDS], 1)
            way_out = f"did you mean `{near[0]}`?" if near else f"it takes {' and '.join(allowed)}"
            message = f"{name} has no `{key}`; {way_out}"
            raise DistributionError(message, key)
    missing = [key for key in allowed if key not in options]
    if missing:
        message = f"{name} needs {' and '.join(missing)}"
        raise DistributionError(message, "dist")


def _number(value: object, key: str | None) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        message = f"`{key}` is a finite number, not {value!r}" if key else f"{value!r} is not a finite number"
        raise DistributionError(message, key)
    return float(value)
