"""What a key of the scenario file may hold: kinds of numbers, days and distributions, with unit and meaning."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from sim.random.distributions import Distribution, DistributionError, parse

LARGEST_AMOUNT: Final = 100_000_000
LARGEST_QUANTITY: Final = 10_000_000
LONGEST_DAYS: Final = 3_650
NAME_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$"
NOT_GIVEN: Final[Any] = ...


class Spec(BaseModel):
    """A part of a scenario: its attributes carry the names of the keys in the file, and never change."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        validate_default=True,
        arbitrary_types_allowed=True,
        allow_inf_nan=False,
        validate_by_name=True,
        validate_by_alias=True,
    )


def key(meaning: str, *, default: object = NOT_GIVEN, unit: str = "", alias: str | None = None) -> Any:  # noqa: ANN401 - as pydantic's own Field
    """Describe one key of the scenario file.

    Parameters
    ----------
    meaning
        What the key says, in the words of the trade; shown by editors and in the documentation.
    default
        What holds when the key is left out; a key without one is required.
    unit
        Of the value, such as ``days``; empty for names and switches.
    alias
        The key in the file, where it is a reserved word of Python.
    """
    return Field(default, description=meaning, alias=alias, json_schema_extra={"unit": unit} if unit else None)


def whole(value: object) -> object:
    """Take 3000.0 for 3000, as a study that varies a count writes it."""
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return int(value)
    return value


def _day(value: object) -> date | float:
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LONGEST_DAYS:
        return float(value)
    message = "must be a date such as 2026-07-15 or a day number between 0 and {longest}"
    raise PydanticCustomError("day", message, {"longest": LONGEST_DAYS})


Name = Annotated[str, Field(pattern=NAME_PATTERN)]
"""Of a scenario, supplier, inspection, plan or order: also a part of file names and of dotted paths."""
Money = Annotated[float, Field(ge=0, le=LARGEST_AMOUNT)]
"""An amount in the scenario's currency."""
Share = Annotated[float, Field(ge=0, le=1)]
"""A share, rate or probability."""
PlainDays = Annotated[float, Field(ge=0, le=LONGEST_DAYS)]
"""Calendar days that are not uncertain: a promise or a decision."""
Hours = Annotated[float, Field(ge=0, le=1_000)]
DailyRate = Annotated[float, Field(ge=0, le=100_000)]
"""What somebody costs an hour or a day."""
Units = Annotated[int, BeforeValidator(whole), Field(ge=1, le=LARGEST_QUANTITY)]
"""A quantity of goods."""
Day = Annotated[
    date | float,
    PlainValidator(_day),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "format": "date"}]}),
]
"""A calendar date, or a day number counted from the start."""


@dataclass(frozen=True, slots=True)
class Duration:
    """How long something takes.

    Attributes
    ----------
    distribution
        Of the number of days.
    working
        Whether they are counted on the working calendar of whoever takes the time; calendar days otherwise.
    """

    distribution: Distribution
    working: bool = False


def _distribution(value: object, info: ValidationInfo) -> Distribution:
    if isinstance(value, Distribution):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | Mapping):
        raise PydanticCustomError("distribution", "must be a number or a distribution such as {form}", FORM)
    base = info.context.get("base") if info.context else None
    try:
        return parse(value, base=base)
    except DistributionError as error:
        raise PydanticCustomError("distribution", "{reason}", {"reason": str(error), "key": error.key}) from error


FORM: Final = {"form": "{dist: uniform, low: 2, high: 5}"}


def _within(distribution: Distribution, low: float, high: float, what: str) -> Distribution:
    least, most = distribution.support()
    ways_out = []
    if least < low:
        ways_out.append(f"at_least: {low:g}")
    if most > high:
        ways_out.append(f"at_most: {high:g}")
    if ways_out:
        if distribution.is_constant:
            bounds = f"between {low:g} and {high:g}" if math.isfinite(high) else f"{low:g} or more"
            raise PydanticCustomError("support", "{what} must be {bounds}", {"what": what, "bounds": bounds})
        message = "{what} cannot lie outside {low} to {high}, but this distribution reaches from {least} to {most}"
        raise PydanticCustomError(
            "support",
            message,
            {
                "what": what,
                "low": f"{low:g}",
                "high": f"{high:g}" if math.isfinite(high) else "any length",
                "least": f"{least:g}",
                "most": f"{most:g}",
                "hint": "add " + " and ".join(ways_out),
            },
        )
    return distribution


def _share_distribution(value: object, info: ValidationInfo) -> Distribution:
    return _within(_distribution(value, info), 0.0, 1.0, "a share")


def _signed_duration(value: object, info: ValidationInfo) -> Duration:
    if isinstance(value, Duration):
        return value
    working = False
    if isinstance(value, Mapping) and "working" in value:
        working = value["working"]
        if not isinstance(working, bool):
            raise PydanticCustomError("distribution", "working must be true or false", {"key": "working"})
        rest = {name: inner for name, inner in value.items() if name != "working"}
        value = rest["value"] if set(rest) == {"value"} else rest
    distribution = _distribution(value, info)
    if distribution.is_constant and abs(distribution.mean()) > LONGEST_DAYS:
        raise PydanticCustomError("support", "must be at most {longest} days", {"longest": LONGEST_DAYS})
    return Duration(distribution, working)


def _duration(value: object, info: ValidationInfo) -> Duration:
    duration = _signed_duration(value, info)
    _within(duration.distribution, 0.0, math.inf, "a number of days")
    return duration


Uncertain = Annotated[Distribution, PlainValidator(_distribution), WithJsonSchema({"distribution": "distribution"})]
"""A number of any size, plain or as a distribution."""
UncertainShare = Annotated[
    Distribution, PlainValidator(_share_distribution), WithJsonSchema({"distribution": "distribution"})
]
"""A share, plain or as a distribution within 0 to 1."""
Days = Annotated[Duration, PlainValidator(_duration), WithJsonSchema({"distribution": "duration"})]
"""A number of days from 0 up, plain or as a distribution."""
SignedDays = Annotated[Duration, PlainValidator(_signed_duration), WithJsonSchema({"distribution": "duration"})]
"""A number of days that may be negative (early), plain or as a distribution."""
