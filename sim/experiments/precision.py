"""How much to simulate: a number of replications, or until the expected loss is known well enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from sim.measures import PlanTally
    from sim.scenario import Scenario

AT_MOST: Final = 2_000_000
"""Replications after which a run that aims at a precision stops all the same, unless told otherwise."""
_FEWEST: Final = 2_000
"""No run stops on an interval from fewer replications: its spread would be too uncertain itself."""


@dataclass(frozen=True, slots=True)
class HalfWidth:
    """Half-width that the interval of the expected loss shall not exceed.

    Attributes
    ----------
    relative, absolute
        As a share of the estimate, or in currency units; one of them is None.
    confidence
        Level of the interval.
    """

    relative: float | None
    absolute: float | None
    confidence: float

    def reached(self, tally: PlanTally) -> bool:
        """Whether the replications of a plan are enough."""
        estimate = tally.mean("loss", self.confidence)
        allowed = abs(estimate.value) * self.relative if self.relative is not None else self.absolute
        return tally.n >= _FEWEST and allowed is not None and estimate.half_width <= allowed


@dataclass(frozen=True, slots=True)
class Extent:
    """How much to simulate.

    Attributes
    ----------
    replications
        Of each plan: that many, or at most that many where there is a `half_width`.
    half_width
        What to stop on, checked after each block for every plan; the plans keep equal numbers of
        replications, so that they can be compared pair by pair.
    """

    replications: int
    half_width: HalfWidth | None = None


def extent_wanted(
    scenario: Scenario,
    replications: int | None = None,
    precision: str | float | None = None,
    at_most: int | None = None,
) -> Extent:
    """How much to simulate: as asked for, or else as the scenario says.

    Parameters
    ----------
    scenario
        Its ``run`` section holds where nothing is asked for.
    replications
        Of each plan.
    precision
        Half-width of the expected loss's interval: a share such as ``"1%"``, or an amount of currency.
    at_most
        Replications after which a run that aims at a precision stops all the same.

    Raises
    ------
    InputError
        Both a number and a precision, or one that makes no sense.
    """
    given = scenario.model.run
    if replications is not None and precision is not None:
        raise InputError(Problem("replications and precision exclude each other; give one of them"))
    if replications is not None and replications < 1:
        raise InputError(Problem(f"{replications} replications are none at all; give 1 or more"))
    if at_most is not None and at_most < 1:
        raise InputError(Problem(f"at most {at_most} replications are none at all; give 1 or more"))
    if replications is not None:
        return Extent(replications)
    if precision is not None:
        return Extent(at_most or AT_MOST, half_width_read(precision, given.confidence))
    if given.precision is not None:
        wanted = given.precision
        half_width = HalfWidth(wanted.relative, wanted.absolute, wanted.confidence)
        return Extent(at_most or wanted.at_most, half_width)
    return Extent(given.replications)


def half_width_read(precision: str | float, confidence: float) -> HalfWidth:
    """Half-width as a user writes it: ``1%`` is a share of the estimate, ``250`` an amount of currency."""
    text = str(precision).strip()
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        hint = "a share of the expected loss such as 1%, or an amount such as 250"
        raise InputError(Problem(f"{text!r} is no precision", hint=hint))
    if text.endswith("%"):
        return HalfWidth(value / 100, None, confidence)
    return HalfWidth(None, value, confidence)
