"""Working calendars: which days a supplier, a buyer or a platform works.

Public holidays come from the `holidays` package by country; what a scenario says overrides them. Weekends
that are worked to make up for a holiday, as in China, are known only as far as they have been announced.
Where a country's holidays are not foreseen by the package (some are set by sighting the moon), only its
weekends count.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from sim.errors import InputError, Problem
from sim.rules.worktime import WorkedDays

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from holidays import HolidayBase

Closure = date | tuple[date, date]
"""A day, or the first and the last day of a time."""

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USUAL_WEEKEND: Final = ("sat", "sun")
HORIZON_DAYS: Final = 7305
"""Twenty years; from then on every day counts as worked."""

DEFAULT_SUBDIVISIONS: Final = {"GB": "ENG"}
"""The part of a country meant when none is named: all of Britain shares neither Easter Monday nor August."""


class CalendarError(InputError):
    """A working calendar was asked for that does not exist."""


@dataclass(frozen=True)
class WorkingCalendar:
    """The worked days of one country or firm, counted from day 0.

    Attributes
    ----------
    start
        The date of day 0.
    days
        The worked days as plain integers.
    """

    start: date
    days: WorkedDays

    def works_on(self, day: date) -> bool:
        """Whether a date, not before day 0, is worked."""
        number = (day - self.start).days
        if number >= len(self.days.before) - 1:
            return True
        return self.days.before[number + 1] > self.days.before[number]

    @cached_property
    def arrays(self) -> WorkedDays:
        """The worked days as int64 arrays, for compiled code."""
        columns = [np.array(column, dtype=np.int64) for column in self.days]
        for column in columns:
            column.setflags(write=False)
        # an array is all of a sequence of integers that a rule asks for, though its type does not say so
        return WorkedDays(*(cast("Sequence[int]", column) for column in columns))


def build_calendar(
    country: str | None,
    start: date,
    *,
    subdivision: str | None = None,
    weekend: Iterable[str] | None = None,
    closed: Iterable[Closure] = (),
    open_: Iterable[Closure] = (),
    days: int = HORIZON_DAYS,
) -> WorkingCalendar:
    """Work out which days are worked.

    Parameters
    ----------
    country
        ISO 3166 code of two letters, such as ``CN``; None for no public holidays.
    start
        The date of day 0.
    subdivision
        Part of the country, as the `holidays` package names it, such as ``SCT`` of ``GB``.
    weekend
        Days of the week not worked, as in `WEEKDAYS`; None for the country's own.
    closed
        Days off beside the public holidays, such as a factory's longer New Year.
    open_
        Days worked all the same; wins over everything else.
    days
        How many days to work out; from then on every day counts as worked.

    Raises
    ------
    CalendarError
        For an unknown country, subdivision or day of the week, a week without a worked day, or a time that
        ends before it begins.
    """
    return _calendar(
        country,
        subdivision,
        start,
        None if weekend is None else tuple(weekend),
        tuple(closed),
        tuple(open_),
        days,
    )


@lru_cache(maxsize=256)
def _calendar(
    country: str | None,
    subdivision: str | None,
    start: date,
    weekend: tuple[str, ...] | None,
    closed: tuple[Closure, ...],
    open_: tuple[Closure, ...],
    days: int,
) -> WorkingCalendar:
    """Build a calendar once: many suppliers share one, and twenty years of lunar holidays take a while."""
    public = None if country is None else _public_holidays(country, subdivision, start, days)
    resting = _weekend(weekend, public)
    works = np.array([number not in resting for number in range(len(WEEKDAYS))])[
        (np.arange(days) + start.weekday()) % 7
    ]
    if public is not None:
        works[_numbers(public, start, days)] = False
        works[_numbers(public.weekend_workdays, start, days)] = True
    works[_numbers(_dates(closed), start, days)] = False
    works[_numbers(_dates(open_), start, days)] = True
    before = np.concatenate([[0], np.cumsum(works)])
    return WorkingCalendar(start, WorkedDays(tuple(before.tolist()), tuple(np.flatnonzero(works).tolist())))


def _numbers(dates: Iterable[date], start: date, days: int) -> list[int]:
    """Numbers of the days that dates name, as far as they lie within the horizon."""
    first = start.toordinal()
    return [number for day in dates if 0 <= (number := day.toordinal() - first) < days]


def known_countries() -> tuple[str, ...]:
    """Country codes of two letters that have a calendar."""
    # the list of countries with their subdivisions would load every one of them
    from holidays.registry import EntityLoader

    return tuple(sorted(code for code in EntityLoader.get_country_codes() if len(code) == 2))  # noqa: PLR2004 - as said


def known_subdivisions(country: str) -> tuple[str, ...]:
    """Parts of a known country that have a calendar of their own."""
    from holidays import list_supported_countries

    return tuple(list_supported_countries()[country])


def _public_holidays(country: str, subdivision: str | None, start: date, days: int) -> HolidayBase:
    """Public holidays of a country over the horizon."""
    from holidays import country_holidays

    _check_known("country code", country, known_countries())
    if subdivision is not None:
        _check_known(f"subdivision of {country}", subdivision, known_subdivisions(country))
    part = subdivision or DEFAULT_SUBDIVISIONS.get(country)
    years = range(start.year, (start + timedelta(days=days)).year + 1)
    with warnings.catch_warnings():
        # some countries' holidays are foreseen for a few years only, as the module's text says
        warnings.filterwarnings("ignore", message="Requested Holidays are available only")
        return country_holidays(country, subdiv=part, years=years, expand=False)


def _weekend(weekend: tuple[str, ...] | None, public: HolidayBase | None) -> frozenset[int]:
    """Days of the week not worked, Monday being 0."""
    if weekend is None and public is not None:
        return frozenset(public.weekend)
    names = USUAL_WEEKEND if weekend is None else weekend
    for name in names:
        _check_known("day of the week", name, WEEKDAYS)
    numbers = frozenset(WEEKDAYS.index(name) for name in names)
    if len(numbers) == len(WEEKDAYS):
        raise CalendarError(Problem("A weekend must leave a day of the week that is worked."))
    return numbers


def _dates(closures: tuple[Closure, ...]) -> Iterator[date]:
    """Every date that days and times name."""
    for closure in closures:
        first, last = closure if isinstance(closure, tuple) else (closure, closure)
        if last < first:
            raise CalendarError(Problem(f"A time from {first} must not end before it, on {last}."))
        for number in range((last - first).days + 1):
            yield first + timedelta(days=number)


def _check_known(what: str, name: str, known: tuple[str, ...]) -> None:
    """Refuse a name that does not exist, and say which one is near."""
    if name not in known:
        near = get_close_matches(name.upper(), known, n=1) or get_close_matches(name.lower(), known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
        raise CalendarError(Problem(f"Unknown {what} {name!r}.", hint=hint))
