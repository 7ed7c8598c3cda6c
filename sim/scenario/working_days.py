"""The working calendar of a buyer or a supplier."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sim.scenario.keys import Spec, key

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _period(value: object) -> object:
    if isinstance(value, date):
        return {"from": value, "to": value}
    return value


def _calendar(value: object) -> object:
    if value is None or isinstance(value, str):
        return {"country": value}
    return value


class PeriodSpec(Spec):
    """Days in a row, both ends included; a single date stands for itself."""

    from_: date = key("First day of the period.", alias="from", unit="date")
    to: date = key("Last day of the period, included.", unit="date")
    reason: str = key("Why, for the reader.", default="")


Period = Annotated[PeriodSpec, BeforeValidator(_period)]


class CalendarSpec(Spec):
    """Which days are worked: a country code alone, or a country with what differs from it."""

    country: str | None = key(
        "Country whose weekends and public holidays hold, as a two-letter code; null: no public holidays.",
        default=None,
    )
    subdivision: str | None = key("State or province with holidays of its own, as a code.", default=None)
    weekend: Annotated[tuple[Weekday, ...], Field(strict=False, max_length=6)] | None = key(
        "Days of the week that are not worked; null: the country's own, or Saturday and Sunday.", default=None
    )
    closed: Annotated[tuple[Period, ...], Field(strict=False, max_length=1000)] = key(
        "Dates or periods that are not worked besides, such as a factory's own stop.", default=()
    )
    open: Annotated[tuple[Period, ...], Field(strict=False, max_length=1000)] = key(
        "Dates or periods that are worked although they are a weekend or a holiday; wins over everything.",
        default=(),
    )


Calendar = Annotated[CalendarSpec, BeforeValidator(_calendar)]
