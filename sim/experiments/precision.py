"""How much to simulate: a number of replications, or until the expected loss is known well enough."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf, isnan
from typing import TYPE_CHECKING, Final

from sim.errors import InputError, Problem
from sim.scenario.schema import AT_MOST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.measures import PlanTally
    from sim.scenario import Scenario

_FEWEST: Final = 2_000
"""No run stops on an interval from fewer replications: its spread would be too uncertain itself."""

_STEP: Final = 1_000
_STEPS_A_TENTH: Final = 10 * _STEP
"""Looks follow each other at about a tenth more replications, in whole thousands."""


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
        return tally.n >= _FEWEST and self._missed_by(tally) <= 1

    def foreseen(self, tally: PlanTally) -> float:
        """About how many replications of a plan will be enough; 0 as long as there are too few to tell.

        The half-width shrinks with their square root.
        """
        missed = self._missed_by(tally)
        return 0.0 if isnan(missed) else tally.n * missed * missed

    def _missed_by(self, tally: PlanTally) -> float:
        """How many times as wide as allowed the interval is."""
        estimate = tally.mean("loss", self.confidence)
        allowed = abs(estimate.value) * self.relative if self.relative is not None else self.absolute
        if not allowed:
            return 0.0 if estimate.half_width == 0 else inf
        return estimate.half_width / allowed


@dataclass(frozen=True, slots=True)
class Extent:
    """How much to simulate.

    Attributes
    ----------
    replications
        Of each plan: that many, or at most that many where there is a `half_width`.
    half_width
        What to stop on, looked at for every plan after each of `stages`; the plans keep equal numbers of
        replications, so that they can be compared pair by pair.
    """

    replications: int
    half_width: HalfWidth | None = None

    def stages(self) -> tuple[int, ...]:
        """Numbers of replications after which to look whether they are enough; the last one is all of them.

        The looks depend on nothing but the number of replications, so that a run stops at the same one whatever
        simulates it. They lie a tenth apart: each look is one more chance to stop on an interval that is narrow by
        luck, and this way there are few of them, while hardly more is simulated than is needed.
        """
        looks = []
        if self.half_width is not None:
            look = _FEWEST
            while look < self.replications:
                looks.append(look)
                look += max(round(look / _STEPS_A_TENTH), 1) * _STEP
        return (*looks, self.replications)

    def reached(self, tallies: Sequence[PlanTally]) -> bool:
        """Whether a precision that was asked for is reached for every plan."""
        return self.half_width is None or all(map(self.half_width.reached, tallies))

    def foreseen(self, tallies: Sequence[PlanTally]) -> int:
        """About how many replications of each plan it will be."""
        if self.half_width is None:
            return self.replications
        return ceil(min(max(map(self.half_width.foreseen, tallies)), self.replications))


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
