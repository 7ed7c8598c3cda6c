"""The units of a lot: how many are defective by class, how many of them latent, corrected or damaged on the way.

A unit counts in its worst class only. A share becomes a whole number of units by rounding up or down at random in
proportion, so that small lots keep the expected share exactly.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.rules import rule
from sim.units import MICROS


class Units(NamedTuple):
    """Units of a lot by worst class."""

    critical: int
    major: int
    minor: int


@rule
def units_of_share(quantity: int, share: float, uniform: float) -> int:
    """Whole units in a share of a quantity: ``floor(quantity * share + uniform)``, unbiased for a uniform draw."""
    return min(int(quantity * share + uniform), quantity)


@rule
def major_share(base: float, is_bad_lot: bool, bad_share: float) -> float:
    """Share of a lot with a major defect: a bad lot is off specification in at least its own drawn share."""
    return max(base, bad_share) if is_bad_lot else base


@rule
def units_by_class(quantity: int, shares: tuple[float, float, float], uniforms: tuple[float, float, float]) -> Units:
    """Defective units of a lot by worst class, together at most the lot."""
    critical = units_of_share(quantity, shares[0], uniforms[0])
    major = min(units_of_share(quantity, shares[1], uniforms[1]), quantity - critical)
    minor = min(units_of_share(quantity, shares[2], uniforms[2]), quantity - critical - major)
    return Units(critical, major, minor)


@rule
def units_remaining(units: Units, share: float, uniforms: tuple[float, float, float]) -> Units:
    """Defective units left after rework has removed a share of each class."""
    return Units(
        units.critical - units_of_share(units.critical, share, uniforms[0]),
        units.major - units_of_share(units.major, share, uniforms[1]),
        units.minor - units_of_share(units.minor, share, uniforms[2]),
    )


@rule
def made_by_progress(quantity: int, done: int, whole: int) -> int:
    """Units made when `done` of `whole` minutes of the work are over: in proportion, rounded down."""
    return quantity if whole <= 0 else min(quantity * done // whole, quantity)


@rule
def units_among(units: Units, made: int, quantity: int) -> Units:
    """Defective units among the first `made` of a lot: in proportion, rounded half up."""
    half = quantity // 2
    return Units(
        (units.critical * made + half) // quantity,
        (units.major * made + half) // quantity,
        (units.minor * made + half) // quantity,
    )


@rule
def units_after_correction(
    units: Units, made: int, quantity: int, share: float, uniforms: tuple[float, float, float]
) -> Units:
    """Defective units of a lot whose supplier removes a share of the defects still to come after `made` units."""
    done = units_among(units, made, quantity)
    coming = Units(units.critical - done.critical, units.major - done.major, units.minor - done.minor)
    left = units_remaining(coming, share, uniforms)
    return Units(done.critical + left.critical, done.major + left.major, done.minor + left.minor)


@rule
def units_latent(units: Units, share: float, uniforms: tuple[float, float, float]) -> Units:
    """Defective units that show only in use."""
    return Units(
        units_of_share(units.critical, share, uniforms[0]),
        units_of_share(units.major, share, uniforms[1]),
        units_of_share(units.minor, share, uniforms[2]),
    )


@rule
def units_visible(units: Units, latent: Units) -> Units:
    """Defective units that a check of the goods finds."""
    return Units(units.critical - latent.critical, units.major - latent.major, units.minor - latent.minor)


@rule
def units_damaged(quantity: int, units: Units, rate: float, uniform: float) -> int:
    """Units damaged in transit; only sound units are counted, a defective one is lost already (assumption)."""
    sound = quantity - units.critical - units.major - units.minor
    return min(units_of_share(quantity, rate, uniform), sound)


@rule
def is_share_at_most(found: int, looked_at: int, limit: int) -> bool:
    """Whether the share `found` of `looked_at` units is at most a limit in millionths; nothing looked at is unknown."""
    return looked_at > 0 and found * MICROS <= limit * looked_at


@rule
def defects_known(found: tuple[int, int, int]) -> int:
    """Defective units that a buyer counts against a supplier: the critical and the major ones found."""
    return found[0] + found[1]


@rule
def units_found(units: Units, latent: Units, shown: int, checked: int) -> Units:
    """Defective units that the check of the goods finds: the latent ones too if they have shown by then."""
    return units if shown <= checked else units_visible(units, latent)


@rule
def units_hidden(latent: Units, shown: int, checked: int) -> int:
    """Defective units that show only after the check of the goods."""
    return latent.critical + latent.major + latent.minor if shown > checked else 0
