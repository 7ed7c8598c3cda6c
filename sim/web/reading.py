"""What was typed into a field, read: the value that is set in the scenario, or why it cannot be used."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sim.web.wording import plain

if TYPE_CHECKING:
    from sim.web.blanks import Blank

LONGEST_TEXT: Final = 64
_NUMBER: Final = re.compile(r"[-+]?(\d{1,20}(\.\d{0,12})?|\.\d{1,12})([eE][-+]?\d{1,2})?")
_GROUPED: Final = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d{0,12})?")
_MOST_DIGITS: Final = 24
_PERCENT: Final = 100
_MINUS: Final = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Read:
    """What was typed into a field.

    Attributes
    ----------
    text
        As it stands in the box from now on: written plainly, or as it was typed where it cannot be used.
    written
        The value as a scenario file writes it; None where it cannot be used.
    problem
        Why it cannot be used; nothing where it can.
    """

    text: str
    written: str | None
    problem: str = ""


def read(blank: Blank, typed: str) -> Read:
    """Read what was typed into a field."""
    text = typed.strip()
    if len(text) > LONGEST_TEXT:
        return Read(text[:LONGEST_TEXT], None, f"This is too long: at most {LONGEST_TEXT} characters.")
    if not text and blank.empty:
        return Read("", "null")
    match blank.kind:
        case "choice":
            return _choice_read(blank, text)
        case "switch":
            return _switch_read(text)
        case "date":
            return _date_read(text)
    return _number_read(blank, text)


def _choice_read(blank: Blank, text: str) -> Read:
    if text in dict(blank.choices):
        return Read(text, text if _number_of(text) is not None else json.dumps(text))
    return Read(text, None, f"Choose one of: {', '.join(value for value, _ in blank.choices)}.")


def _switch_read(text: str) -> Read:
    known = {"yes": "true", "no": "false"}
    return Read(text, known[text]) if text in known else Read(text, None, "Answer yes or no.")


def _date_read(text: str) -> Read:
    try:
        return Read(found := date.fromisoformat(text).isoformat(), found)
    except ValueError:
        return Read(text, None, "Give a date such as 2026-07-31.")


def _number_read(blank: Blank, text: str) -> Read:
    number = _number_of(text.removesuffix("%").strip() if blank.kind == "share" else text)
    if number is None:
        comma = " Write a point, not a comma, before the decimals." if "," in text else ""
        return Read(text, None, f"Give a number{', such as ' + blank.own_text if blank.own_text else ''}.{comma}")
    if blank.is_whole and number != number.to_integral_value():
        return Read(text, None, "Give a whole number.")
    reach = blank.reach
    too_low = reach.least is not None and number < Decimal(repr(reach.least))
    too_high = reach.most is not None and number > Decimal(repr(reach.most))
    if too_low or too_high:
        return Read(text, None, _outside(blank))
    scaled = number / _PERCENT if blank.kind == "share" else number
    return Read(plain(number), plain(scaled))


def _outside(blank: Blank) -> str:
    least, most = (
        None if end is None else blank.shown(plain(Decimal(repr(end)))) for end in (blank.reach.least, blank.reach.most)
    )
    if least is None or most is None:
        return f"Give {least} or more." if most is None else f"Give {most} or less."
    return f"Give a value from {least} to {most}."


def _number_of(text: str) -> Decimal | None:
    """The number that a text writes; None for anything else, and for one with absurdly many digits."""
    plain_text = text.replace(_MINUS, "-").replace(" ", "").replace("_", "")
    if _GROUPED.fullmatch(plain_text):
        plain_text = plain_text.replace(",", "")
    if not _NUMBER.fullmatch(plain_text):
        return None
    number = Decimal(plain_text)
    return number if len(f"{number:f}") <= _MOST_DIGITS else None
