"""The named families: which keys describe each, and how."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.random import families, moment_fits, straight
from sim.random.laws import Constant, DistributionError, Law
from sim.random.quantile_fits import QUANTILE_FAMILIES, fit, fit_poisson, pert, triangular

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

QUANTILE_KEY: Final = re.compile(r"p(?=.*[1-9])\d{1,2}(\.\d+)?")
"""``p10``, ``p97.5``: a percentage above 0 and below 100."""


class Form(NamedTuple):
    """One way to describe a family.

    Attributes
    ----------
    required
        Keys that must be given.
    optional
        Keys that may be, with the values that they have otherwise.
    build
        Makes the law, called with all keys by name.
    """

    required: tuple[str, ...]
    optional: Mapping[str, float]
    build: Callable[..., Law]


def _scaled(family: Callable[..., Law]) -> Callable[..., Law]:
    def build(*, loc: float, scale: float, **shapes: float) -> Law:
        for key, value in {"scale": scale, **shapes}.items():
            if value <= 0:
                message = f"`{key}` is above 0, not {value:g}"
                raise DistributionError(message, key)
        return family(loc, scale, **shapes)

    return build


def _from_three_points(make: Callable[[float, float, float], Law], *, low: float, mode: float, high: float) -> Law:
    if low == mode == high:
        return Constant(low)
    if not low <= mode <= high:
        message = f"low, mode and high ascend; they are {low:g}, {mode:g} and {high:g}"
        raise DistributionError(message, "low" if low > high else "mode")
    return make(low, mode, high)


def _between(*, low: float, high: float) -> Law:
    if low > high:
        message = f"low ({low:g}) is above high ({high:g})"
        raise DistributionError(message, "low")
    return moment_fits.stretched(straight.Uniform, low, high)


def _triangular_by_shape(*, c: float, loc: float, scale: float) -> Law:
    if not (0 <= c <= 1 and scale > 0):
        message = f"`c` lies between 0 and 1 and `scale` above 0; they are {c:g} and {scale:g}"
        raise DistributionError(message, "c" if scale > 0 else "scale")
    return straight.Triangular(loc, scale, c)


def _poisson(*, mean: float) -> Law:
    if mean < 0:
        message = f"the mean of a poisson law is not negative, as {mean:g} is"
        raise DistributionError(message, "mean")
    return _listed_poisson(mu=mean) if mean > 0 else Constant(0.0)


def _listed_poisson(*, mu: float, loc: float = 0.0) -> Law:
    from sim.random.catalogue import listed_law

    return listed_law("poisson", {"mu": mu, "loc": loc})


_PLACE: Final = {"loc": 0.0, "scale": 1.0}
_MOMENTS: Final = ("mean", "sd")

FORMS: Final[Mapping[str, tuple[Form, ...]]] = {
    "lognormal": (
        Form(_MOMENTS, {}, moment_fits.lognormal),
        Form(("s",), _PLACE, _scaled(families.Lognormal)),
    ),
    "gamma": (Form(_MOMENTS, {}, moment_fits.gamma), Form(("a",), _PLACE, _scaled(families.Gamma))),
    "weibull": (Form(_MOMENTS, {}, moment_fits.weibull), Form(("c",), _PLACE, _scaled(families.Weibull))),
    "beta": (Form(_MOMENTS, {}, moment_fits.beta), Form(("a", "b"), _PLACE, _scaled(families.Beta))),
    "pert": (Form(("low", "mode", "high"), {}, partial(_from_three_points, pert)),),
    "triangular": (
        Form(("low", "mode", "high"), {}, partial(_from_three_points, triangular)),
        Form(("c",), _PLACE, _triangular_by_shape),
    ),
    "uniform": (
        Form(("low", "high"), {}, _between),
        Form(_MOMENTS, {}, moment_fits.uniform),
        Form((), _PLACE, _scaled(straight.Uniform)),
    ),
    "exponential": (
        Form(("mean",), {}, moment_fits.exponential),
        Form((), _PLACE, _scaled(partial(families.Weibull, c=1.0))),
    ),
    "normal": (
        Form(_MOMENTS, {}, moment_fits.normal),
        Form(("loc", "scale"), {}, moment_fits.truncated_normal),
    ),
    "poisson": (Form(("mean",), {}, _poisson), Form(("mu",), {"loc": 0.0}, _listed_poisson)),
}
"""Every family by the name that scenarios use, with the ways to describe it besides quantiles."""


def family_law(family: str, given: Mapping[str, float]) -> Law:
    """Make the law that some keys of a family describe.

    Parameters
    ----------
    family
        A key of `FORMS`.
    given
        The numbers under all keys but `dist` and the bounds.

    Returns
    -------
    Law
        Where the spread is zero, a constant.

    Raises
    ------
    DistributionError
        If a key is unknown or missing, if keys belong to different ways, or if no such law exists.
    """
    for key in given:
        _check_known(family, key)
    quantiles = {key: value for key, value in given.items() if QUANTILE_KEY.fullmatch(key)}
    if quantiles:
        for key in given:
            if key not in quantiles:
                message = f"`{key}` and quantiles cannot both describe a {family} law; {_ways(family)}"
                raise DistributionError(message, key)
        return _poisson(mean=fit_poisson(quantiles)) if family == "poisson" else fit(family, quantiles)
    for form in FORMS[family]:
        if set(form.required) <= set(given) <= {*form.required, *form.optional}:
            return form.build(**{**form.optional, **given})
    message = f"{family} needs {_ways(family)}; given: {', '.join(given) or 'none of them'}"
    nearest = max(FORMS[family], key=lambda form: len({*form.required, *form.optional} & set(given)))
    strangers = [key for key in given if key not in nearest.required and key not in nearest.optional]
    raise DistributionError(message, strangers[0] if strangers else "dist")


def _check_known(family: str, key: str) -> None:
    known = {name for form in FORMS[family] for name in (*form.required, *form.optional)}
    if key in known or QUANTILE_KEY.fullmatch(key):
        return
    near = get_close_matches(key, [*sorted(known), "at_least", "at_most"], 1)
    way_out = f"did you mean `{near[0]}`?" if near else f"it takes {_ways(family)}"
    message = f"a {family} law has no `{key}`; {way_out}"
    raise DistributionError(message, key)


def _ways(family: str) -> str:
    ways = []
    for form in FORMS[family]:
        required, optional = " and ".join(form.required), " and ".join(form.optional)
        ways.append(f"{required} (and {optional})" if required and optional else required or optional)
    free = QUANTILE_FAMILIES[family].free if family in QUANTILE_FAMILIES else 1
    ways.append(f"{free} or more quantiles such as p10, p50, p90")
    return ", or ".join(ways)
