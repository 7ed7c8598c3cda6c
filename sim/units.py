"""Units inside the model: integer minutes since the start, integer cents, integer millionths.

Days and currency exist at the edges only. Unit prices and other rates a unit are kept in millionths of the
currency (``micros``), so that a screw at 0.0235 is exact; an amount is rounded once, half up, to a cent.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

MINUTES_PER_DAY: Final = 1440
MINUTES_PER_HOUR: Final = 60
DAYS_PER_YEAR: Final = 365
CENTS: Final = 100
MICROS: Final = 1_000_000
MICROS_PER_CENT: Final = 10_000
NEVER: Final = -1
"""The minute of something that did not happen."""


def _scaled(number: float, scale: int) -> int:
    """Round a number as it is written in decimals, half away from zero, to whole parts of 1/scale."""
    return int((Decimal(repr(number)) * scale).to_integral_value(rounding=ROUND_HALF_UP))


def minutes_from_days(days: float) -> int:
    """Whole minutes in a number of days, rounded half up."""
    return _scaled(days, MINUTES_PER_DAY)


def cents_from_money(amount: float) -> int:
    """Whole cents in an amount of currency, rounded half up."""
    return _scaled(amount, CENTS)


def micros_from_money(amount: float) -> int:
    """Millionths in an amount of currency, a rate or a share, rounded half up."""
    return _scaled(amount, MICROS)
