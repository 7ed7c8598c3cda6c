"""Values as they stand in the boxes of the form, and as readers see them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sim.web.fields import Kind

_CENTS: Final = 2
_SECOND_WORD: Final = 1


def plain(number: Decimal) -> str:
    """A number without exponent, thousands marks or zeros that say nothing: ``10000``, ``3.5``."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def readable(text: str, kind: Kind, unit: str) -> str:
    """What stands in a box, for readers: ``USD 3.20``, ``3.5 %``, ``31 Jul 2026``."""
    match kind:
        case "switch" | "choice":
            return text
        case "date":
            day = date.fromisoformat(text)
            return f"{day.day} {day:%b %Y}"
    number = Decimal(text)
    if kind == "money":
        currency, *rest = unit.split(" ", _SECOND_WORD)
        return " ".join((currency, _amount(number), *rest))
    grouped = plain(number) if number != number.to_integral_value() else f"{int(number):,}"
    return f"{grouped} {_singular(unit, number)}".rstrip()


def _amount(number: Decimal) -> str:
    """Whole amounts as they are, others to the cent at least."""
    if number == number.to_integral_value():
        return f"{int(number):,}"
    exponent = number.normalize().as_tuple().exponent
    decimals = max(_CENTS, -exponent) if isinstance(exponent, int) else _CENTS
    return f"{number:,.{decimals}f}"


def _singular(unit: str, number: Decimal) -> str:
    return unit[:-1] if number == 1 and unit in {"days", "units"} else unit
