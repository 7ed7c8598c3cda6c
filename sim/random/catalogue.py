"""Any law that `scipy.stats` lists, under its name and with its parameters there."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from scipy import stats

from sim.random.laws import DistributionError, Law

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NAMES: Final = tuple(
    name for name in dir(stats) if isinstance(getattr(stats, name), (stats.rv_continuous, stats.rv_discrete))
)
"""Every listed law, continuous and discrete."""

_CORNERS: Final[Mapping[str, tuple[float | str, ...]]] = {
    "laplace": (0.0,),
    "laplace_asymmetric": (0.0,),
    "dgamma": (0.0,),
    "dweibull": (0.0,),
    "loglaplace": (1.0,),
    "triang": ("c",),
    "trapezoid": ("c", "d"),
}
"""Where the standard densities have a corner: at fixed values, or at the values of shape parameters."""


@dataclass(frozen=True, slots=True)
class Listed(Law):
    """A law of `scipy.stats`.

    Attributes
    ----------
    name
        As listed there.
    parameters
        Names and values of shapes, location and scale, in that order.
    """

    name: str
    parameters: tuple[tuple[str, float], ...]

    @property
    def discrete(self) -> bool:
        """Whether the listed law is."""
        return isinstance(getattr(stats, self.name), stats.rv_discrete)

    def mean(self) -> float:
        """Give the expected value."""
        return float(_frozen(self).mean())

    def sd(self) -> float:
        """Give the standard deviation."""
        return float(_frozen(self).std())

    def support(self) -> tuple[float, float]:
        """Give the smallest and the largest possible value."""
        low, high = _frozen(self).support()
        return float(low), float(high)

    def kinks(self) -> tuple[float, ...]:
        """Give the known corners of the density."""
        given = dict(self.parameters)
        low, high = self.support()
        corners = _CORNERS.get(self.name, ())
        places = {given[corner] if isinstance(corner, str) else corner for corner in corners}
        moved = sorted(given["loc"] + given["scale"] * place for place in places)
        return tuple(kink for kink in moved if low < kink < high)

    def ppf(self, u: Floats) -> Floats:
        """Give the value below which a share `u` lies."""
        with np.errstate(all="ignore"):
            return np.asarray(_frozen(self).ppf(u), dtype=np.float64)

    def isf(self, q: Floats) -> Floats:
        """Give the value above which a share `q` lies."""
        with np.errstate(all="ignore"):
            return np.asarray(_frozen(self).isf(q), dtype=np.float64)

    def cdf(self, x: Floats) -> Floats:
        """Give the share at or below each value."""
        with np.errstate(all="ignore"):
            return np.asarray(_frozen(self).cdf(x), dtype=np.float64)

    def sf(self, x: Floats) -> Floats:
        """Give the share above each value."""
        with np.errstate(all="ignore"):
            return np.asarray(_frozen(self).sf(x), dtype=np.float64)


class _Frozen(Protocol):
    """A law of `scipy.stats` with its parameters fixed, for which there is no public type."""

    def mean(self) -> float: ...
    def std(self) -> float: ...
    def support(self) -> tuple[float, float]: ...
    def ppf(self, q: Floats, /) -> Floats: ...
    def isf(self, q: Floats, /) -> Floats: ...
    def cdf(self, x: Floats, /) -> Floats: ...
    def sf(self, x: Floats, /) -> Floats: ...


@lru_cache(maxsize=256)
def _frozen(law: Listed) -> _Frozen:
    frozen: _Frozen = getattr(stats, law.name)(**dict(law.parameters))
    return frozen


def parameter_names(name: str) -> tuple[str, ...]:
    """Give the shapes of a listed law, then `loc`, then `scale` if it is continuous."""
    listed = getattr(stats, name)
    shapes = tuple(listed.shapes.replace(" ", "").split(",")) if listed.shapes else ()
    return (*shapes, "loc") if isinstance(listed, stats.rv_discrete) else (*shapes, "loc", "scale")


def listed_law(name: str, given: Mapping[str, float]) -> Law:
    """Make a law of `scipy.stats`.

    Parameters
    ----------
    name
        One of `NAMES`.
    given
        Its parameters; `loc` is 0 and `scale` 1 unless given.

    Returns
    -------
    Law
        The law with every parameter fixed.

    Raises
    ------
    DistributionError
        If a parameter is unknown, missing, or outside what the law allows.
    """
    known = parameter_names(name)
    for key in given:
        if key not in known:
            near = get_close_matches(key, known, 1)
            way_out = f"did you mean `{near[0]}`?" if near else f"its parameters are {', '.join(known)}"
            message = f"`{name}` has no parameter `{key}`; {way_out}"
            raise DistributionError(message, key)
    values = {"loc": 0.0, "scale": 1.0} | dict(given)
    missing = [key for key in known if key not in values]
    if missing:
        message = f"`{name}` needs {', '.join(missing)} (its parameters are {', '.join(known)})"
        raise DistributionError(message, "dist")
    law = Listed(name, tuple((key, values[key]) for key in known))
    if values["scale"] <= 0 or np.isnan(law.support()).any():
        written = ", ".join(f"{key} = {value:g}" for key, value in law.parameters)
        message = f"`{name}` does not exist with {written}"
        raise DistributionError(message, next((key for key in known if key in given), "dist"))
    return law
