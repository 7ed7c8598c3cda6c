"""The calendar file, read back by another library than the one that writes it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import vobject

from sim.errors import InputError
from sim.report.ics import calendar_bytes, days_written, write_calendar
from sim.scenario import load_scenario
from sim.studies.agenda import Agenda, agenda_of, date_read

SCENARIOS = Path(__file__).resolve().parents[3] / "scenarios"
FIRST = SCENARIOS / "first-order-above-limit.yaml"


def agenda(plan: str = "all-at-once", overrides: tuple[str, ...] = (), **known: str) -> Agenda:
    given = {name: date_read(name, text) for name, text in known.items()}
    return agenda_of(load_scenario(FIRST, overrides), plan, given=given, replications=200)


def entries(content: bytes) -> list[Any]:
    return list(vobject.readOne(content.decode()).vevent_list)


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"received": "2026-05-26"},
        {"received": "2026-09-01", "dispute_opened": "2026-09-10T14:30"},
        {"received": "2026-09-01", "dispute_opened": "2026-09-20", "escalated": "2026-09-22"},
    ],
)
def test_another_library_reads_the_same_days(known: dict[str, str]) -> None:
    found = agenda("all-at-once", (), **known)
    read = entries(calendar_bytes(found))
    assert [entry.dtstart.value for entry in read] == [day.day for day in days_written(found)]
    assert all(type(entry.dtstart.value) is date for entry in read)
    assert all(entry.dtend.value - entry.dtstart.value == timedelta(days=1) for entry in read)
    assert [entry.status.value == "TENTATIVE" for entry in read] == [day.is_expected for day in days_written(found)]
    for entry, day in zip(read, days_written(found), strict=True):
        assert day.task in entry.summary.value
        assert all(str(reason) in entry.description.value for reason in day.reasons)
        reminders = [alarm.trigger.value.days for alarm in entry.contents.get("valarm", [])]
        assert reminders == ([] if day.is_expected else [-3, -1])
    assert len({entry.uid.value for entry in read}) == len(read)


def test_the_days_of_a_dispute_that_there_is_not_are_left_out() -> None:
    found = agenda()
    assert any(day.if_disputed for day in found.days)
    assert [entry.dtstart.value for entry in entries(calendar_bytes(found))] == [day.day for day in found.certain_days]


def test_a_source_stands_in_full_behind_every_rule() -> None:
    (window,) = (
        entry for entry in entries(calendar_bytes(agenda(received="2026-05-26"))) if "claim" in entry.summary.value
    )
    text = window.description.value
    assert (
        "claim_window 30 days from goods received (guide): Can I Trust Alibaba Trade Assurance? (Supplyia, 2023-07-21)"
        in text
    )
    assert "Last safe day Wed 24 Jun 2026; limit Thu 25 Jun 2026, 00:00." in text
    assert window.dtstart.value == date(2026, 6, 23)
    assert window.dtstamp.value == datetime(2026, 5, 26, tzinfo=UTC)


def test_the_same_days_are_the_same_bytes_and_lines_are_folded() -> None:
    first, again = (calendar_bytes(agenda(received="2026-05-26")) for _ in range(2))
    assert first == again
    assert first.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in first.split(b"\r\n"))
    assert b"\n" not in first.replace(b"\r\n", b"")


def test_an_entry_keeps_its_identity_when_its_day_moves() -> None:
    def identities(received: str) -> dict[str, Any]:
        return {entry.uid.value: entry.dtstart.value for entry in entries(calendar_bytes(agenda(received=received)))}

    before, after = identities("2026-05-26"), identities("2026-05-28")
    assert before.keys() == after.keys()
    assert before != after


def test_a_title_with_every_awkward_character_comes_back_whole() -> None:
    source = "guide; page 3, line\\4: \u201cü\u201d"
    override = f"protection_overrides.claim_window={{value: 45, source: '{source}'}}"
    (window,) = entries(calendar_bytes(agenda(overrides=(override,), received="2026-05-26")))[:1]
    assert source in window.description.value


# ------------------------------------------------------------------------------------------------ where it goes


def test_a_calendar_replaces_a_calendar_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "days.ics"
    write_calendar(agenda(), target)
    write_calendar(agenda(received="2026-05-26"), target)
    assert target.read_bytes() == calendar_bytes(agenda(received="2026-05-26"))
    assert [file.name for file in tmp_path.iterdir()] == ["days.ics"]
    other = tmp_path / "notes.txt"
    other.write_text("mine", encoding="utf-8")
    for wrong, said in ((other, "no calendar"), (tmp_path, "is a folder"), (tmp_path / "x" / "y.ics", "no folder")):
        with pytest.raises(InputError, match=said):
            write_calendar(agenda(), wrong)
    assert other.read_text(encoding="utf-8") == "mine"
