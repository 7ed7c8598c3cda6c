"""Rounded parts that add up to their rounded total."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

CENTS: Final = 100


def rounded(total: int, divisor: int) -> int:
    """A quotient rounded to the nearest whole number, half of one away from zero."""
    up = (2 * abs(total) + divisor) // (2 * divisor)
    return up if total >= 0 else -up


def apportioned(parts: Sequence[int], divisor: int) -> list[int]:
    """Parts divided and rounded such that they add up to the divided and rounded sum (largest remainder).

    Parameters
    ----------
    parts
        Whole numbers, such as cents over all replications; some may be negative.
    divisor
        Positive, such as the number of replications.

    Returns
    -------
    list of int
        For each part its quotient, off by less than 1; a part that divides evenly is exact, so nothing stays nothing.

    Notes
    -----
    All quotients are rounded down; what is missing of the sum goes in ones to the parts that lost most, of equals to
    the first. There are always enough of them: the sum lost no more than all parts together.
    """
    found = [part // divisor for part in parts]
    missing = rounded(sum(parts), divisor) - sum(found)
    neediest = sorted(range(len(parts)), key=lambda place: -(parts[place] % divisor))
    for place in neediest[:missing]:
        found[place] += 1
    return found


def mean_amounts(parts: Sequence[int], replications: int) -> list[float]:
    """Means in currency units, whole cents, of sums in cents; they add up to the mean of all, to the cent."""
    return [cents / CENTS for cents in apportioned(parts, replications)]
