"""An agenda as a calendar file (iCalendar, RFC 5545): all-day entries with reminders; the same days, the same bytes."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from sim.errors import InputError, Problem
from sim.results.whole import written_whole

if TYPE_CHECKING:
    from pathlib import Path

    from icalendar import Alarm, Event

    from sim.studies.agenda import ActDay, Agenda

REMINDERS: Final = (timedelta(days=-3), timedelta(days=-1))
"""Before the beginning of a day that is certain."""
_MARK: Final = b"BEGIN:VCALENDAR"
_PRODUCT: Final = "-//Lotwise//Dispute calendar//EN"


def calendar_bytes(agenda: Agenda) -> bytes:
    """An agenda as a calendar file.

    Parameters
    ----------
    agenda
        What has passed, and what is only for the case of a dispute that there is not yet, is left out.

    Returns
    -------
    bytes
        An entry keeps its identity (UID) however its day moves, so that a file imported later takes the place of what
        was imported before. The time stamp is that of the last date known: no clock is read.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", f"{agenda.scenario}, {agenda.plan}")
    for day in days_written(agenda):
        calendar.add_component(_entry(agenda, day))
    written: bytes = calendar.to_ical()
    return written


def days_written(agenda: Agenda) -> tuple[ActDay, ...]:
    """The days of an agenda that belong into a calendar."""
    return tuple(day for day in agenda.certain_days if not day.is_passed)


def _entry(agenda: Agenda, day: ActDay) -> Event:
    from icalendar import Event

    summary = f"{'Expected: ' if day.is_expected else ''}{day.task} (order {day.order})"
    stamp = datetime.combine(agenda.as_of, time(), UTC)
    entry = Event()
    entry.add("uid", _identity(agenda, day))
    entry.add("dtstamp", stamp)
    entry.add("dtstart", day.day)
    entry.add("dtend", day.day + timedelta(days=1))
    entry.add("summary", summary)
    entry.add("description", _description(agenda, day))
    entry.add("status", "TENTATIVE" if day.is_expected else "CONFIRMED")
    entry.add("transp", "TRANSPARENT")
    entry.add("categories", ["Lotwise", agenda.plan])
    for before in () if day.is_expected else REMINDERS:  # a guess moves: who was reminded of it once too often stops
        entry.add_component(_reminder(summary, before))
    return entry


def _reminder(summary: str, before: timedelta) -> Alarm:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", before)
    alarm.add("description", summary)
    return alarm


def _identity(agenda: Agenda, day: ActDay) -> str:
    what = f"{agenda.scenario}\n{agenda.plan}\n{day.order}\n{day.key}"
    return f"{hashlib.sha256(what.encode()).hexdigest()[:32]}@lotwise"


def _description(agenda: Agenda, day: ActDay) -> str:
    lines = [f"{day.task}.", day.timing, *(f"{reason}: {reason.publication}" for reason in day.reasons)]
    lines += [
        f"Protection: {agenda.protection} (lotwise rules {agenda.protection}). (A) marks an assumption.",
        "The platform's own clock decides: a day of margin is kept. Nothing here is legal advice.",
    ]
    return "\n".join(line for line in lines if line)


def write_calendar(agenda: Agenda, path: Path) -> None:
    """Write an agenda as a calendar file; one that is there already is replaced.

    Raises
    ------
    InputError
        The place is no place for it: a folder, a file that is no calendar, or in a folder that does not exist.
    """
    if path.is_dir():
        raise InputError(Problem(f"{path} is a folder", hint="name a file, such as days.ics"))
    if not path.parent.is_dir():
        raise InputError(Problem(f"there is no folder {path.parent} to write {path.name} into"))
    if path.exists() and not path.read_bytes().startswith(_MARK):
        raise InputError(Problem(f"{path} is there already and is no calendar", hint="name another file"))
    written_whole(path, calendar_bytes(agenda))
