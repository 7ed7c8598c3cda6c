"""What a look at what would flip the choice finds: values, nothing else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flip:
    """An input, and the value at which another plan would be the better choice.

    Attributes
    ----------
    path, label
        Of the input: its dotted path, and in words.
    present
        Its value in the scenario; 1 for a price list that is moved as a whole, a day number for a date.
    low, high
        How far it was moved. Where another plan is better for a stretch only, the far end is a value within it.
    at
        About where the choice changes; None where it does not for sure.
    side
        ``"above"`` or ``"below"``: where the other plan is the better one; None where there is none.
    other
        The better plan there; None where the choice stays.
    loses
        How much less the other plan loses at the far end of that side, in currency units; 0 where the choice stays.
    source
        Whose belief the range is: the scenario's own words, or why the range is a usual one.
    further
        The plan that loses least at the far end of that side, where it is yet another one.
    """

    path: str
    label: str
    present: float
    low: float
    high: float
    at: float | None
    side: str | None
    other: str | None
    loses: float
    source: str
    further: str | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """An input that is not looked into, and why."""

    path: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Flips:
    """What would flip the choice, one input at a time.

    Attributes
    ----------
    chosen
        The plan that is best at the values of the scenario.
    found
        Inputs that flip the choice, the one nearest to the present value (as a share of its range) first; one that
        does so on either side is there twice.
    steady
        Inputs that do not: wherever they were tried the chosen plan lost least.
    doubtful
        Inputs at whose far end another plan loses less by the estimate, which so few replications do not settle: `at`
        is None, and `other` that plan.
    skipped
        Inputs that make no difference, cannot be moved or were too many, with the reason.
    replications
        Of each plan at each value.
    ahead
        A plan that loses less than the chosen one already at the present values, as far as so few replications can
        tell: nothing is looked into then; None where there is none.
    complete
        False where it was stopped: what had not been found by then is missing.
    """

    chosen: str
    found: tuple[Flip, ...] = ()
    steady: tuple[Flip, ...] = ()
    doubtful: tuple[Flip, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    replications: int = 0
    ahead: str | None = None
    complete: bool = True
