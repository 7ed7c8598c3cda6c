"""Dates that the buyer knows: read as they are written, and refused where they contradict each other."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.calendars import HORIZON_DAYS
from sim.errors import InputError, Problem
from sim.studies.agenda.moments import Moment, at_minute, on_day, surely_before
from sim.units import MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Mapping

DATE_NAMES: Final[Mapping[str, str]] = {
    "placed": "the order was placed",
    "ship_date": "the goods are to be shipped",
    "shipped": "the goods were shipped",
    "received": "the goods were received",
    "checked": "the goods were checked",
    "dispute_opened": "the dispute was opened",
    "supplier_answered": "the supplier answered",
    "buyer_answered": "you answered",
    "escalated": "the dispute was escalated",
}
"""What can be known of an order, each as the end of a sentence."""

_NOT_BEFORE: Final = (
    ("ship_date", "placed"),
    ("shipped", "placed"),
    ("received", "placed"),
    ("received", "shipped"),
    ("checked", "received"),
    ("dispute_opened", "placed"),
    ("supplier_answered", "dispute_opened"),
    ("buyer_answered", "dispute_opened"),
    ("escalated", "dispute_opened"),
)
"""Pairs of dates of which the first cannot lie before the second."""

_NEEDS: Final = (
    ("checked", "received"),
    ("supplier_answered", "dispute_opened"),
    ("buyer_answered", "dispute_opened"),
    ("escalated", "dispute_opened"),
)
"""Pairs of dates of which the first says nothing without the second."""

_A_DAY: Final = len("2026-05-27")


class GivenDate(NamedTuple):
    """A date as the buyer wrote it.

    Attributes
    ----------
    moment
        The time of day is midnight where only the day is known.
    whole_day
        Whether only the day is known.
    """

    moment: datetime
    whole_day: bool

    def __str__(self) -> str:
        """As it is read back to the buyer."""
        return day_text(self.moment.date()) if self.whole_day else moment_text(self.moment)


def option_of(name: str) -> str:
    """The option of the command line that gives a date."""
    return f"--{name.replace('_', '-')}"


def day_text(day: date) -> str:
    """A date with its weekday, such as ``Thu 25 Jun 2026``."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def moment_text(moment: datetime) -> str:
    """A date with its weekday and the time of day."""
    return f"{day_text(moment.date())}, {moment:%H:%M}"


def date_read(name: str, text: str) -> GivenDate:
    """Read a date, with or without a time of day.

    Parameters
    ----------
    name
        Of `DATE_NAMES`, for what is said of a wrong one.
    text
        Such as ``2026-05-27`` or ``2026-05-27T14:30``.

    Raises
    ------
    InputError
        It is no date, or has a time zone.
    """
    hint = "write it as 2026-05-27, or with the time of day as 2026-05-27T14:30"
    words = text.strip()
    try:
        found = datetime.fromisoformat(words)
    except ValueError as error:
        raise InputError(Problem(f"{option_of(name)}: {text!r} is no date ({error})", hint=hint)) from None
    if found.tzinfo is not None:
        zone = "give the time as the platform shows it, without a zone"
        raise InputError(Problem(f"{option_of(name)}: {text!r} has a time zone", hint=zone))
    return GivenDate(found.replace(second=0, microsecond=0), len(words) <= _A_DAY)


class Clock(NamedTuple):
    """The calendar date of minute 0: the start of the scenario, or a given date before it.

    Attributes
    ----------
    origin
        The date.
    """

    origin: date

    def minute(self, moment: datetime) -> int:
        """Minutes from the origin."""
        return (moment - datetime.combine(self.origin, time())) // timedelta(minutes=1)

    def moment(self, minute: int) -> datetime:
        """By the calendar."""
        return datetime.combine(self.origin, time()) + timedelta(minutes=minute)

    def day(self, minute: int) -> date:
        """Date on which a minute falls."""
        return self.origin + timedelta(days=minute // MINUTES_PER_DAY)

    def given(self, given: GivenDate) -> Moment:
        """A date that the buyer knows."""
        minute = self.minute(given.moment)
        return on_day(minute) if given.whole_day else at_minute(minute)


def clock_of(start: date, given: Mapping[str, GivenDate]) -> Clock:
    """The clock on which no date is negative.

    Raises
    ------
    InputError
        A date that lies so far from the start of the scenario that no calendar reaches it.
    """
    problems = [
        Problem(
            f"{option_of(name)}: {known} is more than {HORIZON_DAYS // 365} years from the start of the scenario, "
            f"{day_text(start)}",
            hint="check the year",
        )
        for name, known in given.items()
        if abs((known.moment.date() - start).days) > HORIZON_DAYS
    ]
    if problems:
        raise InputError(*problems)
    return Clock(min([start, *(known.moment.date() for known in given.values())]))


def checked_dates(given: Mapping[str, GivenDate], clock: Clock, placed: Moment) -> None:
    """Refuse dates that cannot all be true.

    Parameters
    ----------
    given
        By their names.
    clock
        Of the agenda.
    placed
        When the order is placed if nobody says so.

    Raises
    ------
    InputError
        One sentence for every contradiction.
    """
    problems = [
        Problem(
            f"{option_of(name)} says when {DATE_NAMES[name]}, but not {option_of(other)}",
            hint=f"give {option_of(other)} too",
        )
        for name, other in _NEEDS
        if name in given and other not in given
    ]
    moments = {name: clock.given(known) for name, known in given.items()}
    for name, other in _NOT_BEFORE:
        if name not in moments:
            continue
        if other in moments and surely_before(moments[name], moments[other]):
            problems.append(
                Problem(
                    f"{DATE_NAMES[name]} on {given[name]}, which is before {DATE_NAMES[other]}, on {given[other]}"
                    if name != "ship_date"
                    else f"{DATE_NAMES[name]} on {given[name]}, before {DATE_NAMES[other]}, on {given[other]}",
                    hint=f"check {option_of(name)} and {option_of(other)}",
                )
            )
        elif other == "placed" and other not in moments and surely_before(moments[name], placed):
            planned = day_text(clock.day(placed.minute))
            problems.append(
                Problem(
                    f"{DATE_NAMES[name]} on {given[name]}, but by the plan the order is placed later, on {planned}",
                    hint="say when it was really placed: --placed DATE",
                )
            )
    if problems:
        raise InputError(*problems)
