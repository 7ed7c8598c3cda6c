"""Production on the supplier's working calendar: Chinese New Year by dates, a firm's own stop, weekends, quantity.

China 2026: the holiday is 15 to 23 February; Saturdays 14 and 28 February are worked to make up for it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.stories import EVERY_DAY_WORKED, MAKER, at, order_of, tell

if TYPE_CHECKING:
    from pathlib import Path

START = date(2026, 2, 9)
"""A Monday, six worked days before the holiday."""


def working(value: float) -> dict[str, Any]:
    """Days counted on a working calendar."""
    return {"dist": "constant", "value": value, "working": True}


def finished_on(folder: Path, calendar: object, made: object, **more: object) -> date:
    """The first day on which the goods are ready."""
    changes = {"start": START, f"{MAKER}.calendar": calendar, f"{MAKER}.production_days": made, "need.due": 100}
    story = tell(folder, {**changes, **{f"{MAKER}.{key}": value for key, value in more.items()}})
    return START + timedelta(minutes=story.minute("PRODUCTION_FINISHED"))


@pytest.mark.parametrize(
    ("made", "ready"),
    [
        (6, date(2026, 2, 15)),  # 9 to 14 February: done as the holiday begins
        (7, date(2026, 2, 25)),  # and Tuesday 24
        (10, date(2026, 2, 28)),  # 24, 25, 26, 27
        (11, date(2026, 3, 1)),  # and Saturday 28
        (12, date(2026, 3, 3)),  # Monday 2 March
    ],
)
def test_chinese_new_year_stops_a_chinese_supplier(tmp_path: Path, made: float, ready: date) -> None:
    assert finished_on(tmp_path, "CN", working(made)) == ready


@pytest.mark.parametrize(
    ("calendar", "ready"),
    [
        (None, date(2026, 2, 21)),  # Monday to Friday: ten days are over with Friday 20
        (EVERY_DAY_WORKED, date(2026, 2, 19)),
        ("GB", date(2026, 2, 21)),
        ({"weekend": ["sun"]}, date(2026, 2, 20)),  # Monday to Saturday
    ],
)
def test_others_go_on(tmp_path: Path, calendar: object, ready: date) -> None:
    """Given ten working days on other calendars."""
    assert finished_on(tmp_path, calendar, working(10)) == ready


def test_calendar_days_know_no_holiday(tmp_path: Path) -> None:
    assert finished_on(tmp_path, "CN", 10) == date(2026, 2, 19)


def test_a_factory_that_stops_for_longer(tmp_path: Path) -> None:
    """Given a factory closed from Thursday 12 February to Friday 6 March.

    By hand: 9, 10, 11 February are three of ten; then 9 to 13 March, and 16 and 17: ready on Wednesday 18 March.
    """
    stop = {"country": "CN", "closed": [{"from": date(2026, 2, 12), "to": date(2026, 3, 6)}]}
    assert finished_on(tmp_path, stop, working(10)) == date(2026, 3, 18)


def test_a_factory_that_works_through_a_holiday(tmp_path: Path) -> None:
    """Given a factory open from 16 to 20 February: 9 to 14, 16 to 19: ten days, ready on Friday 20."""
    through = {"country": "CN", "open": [{"from": date(2026, 2, 16), "to": date(2026, 2, 20)}]}
    assert finished_on(tmp_path, through, working(10)) == date(2026, 2, 20)


def test_the_holiday_makes_an_order_late(tmp_path: Path) -> None:
    """Given twelve working days promised in sixteen; by hand: ready on 3 March, day 22, six days after day 16."""
    changes = {
        "start": START,
        f"{MAKER}.calendar": "CN",
        f"{MAKER}.production_days": working(12),
        f"{MAKER}.promised_days": 16,
        "buyer.extension_accepted_days": 6,
    }
    story = tell(tmp_path, changes)
    assert [moment.amount for moment in story.events if moment.event == "EXTENSION_AGREED"] == [at(6)]
    assert story.order().shipped == at(22)


def test_extra_days_for_the_quantity(tmp_path: Path) -> None:
    """Given five working days, and two more for each 1,000 units: 2,500 units take ten."""
    changes = {
        "start": START,
        f"{MAKER}.calendar": "CN",
        f"{MAKER}.production_days": working(5),
        f"{MAKER}.production_days_per_1000": 2,
    }
    story = tell(tmp_path, changes, [order_of(quantity=2500)])
    assert START + timedelta(minutes=story.minute("PRODUCTION_FINISHED")) == date(2026, 2, 28)


# ------------------------------------------------------------------------------------ delay against the promise


def shipped_with_delay(folder: Path, delay: object, promised: float = 30) -> int:
    """Minute of shipment by a delay against the promised date."""
    changes = {f"{MAKER}.production_days": None, f"{MAKER}.delay_days": delay, f"{MAKER}.promised_days": promised}
    return int(tell(folder, {**changes, "buyer.extension_accepted_days": 100}).order().shipped)


@pytest.mark.parametrize(
    ("delay", "shipped"),
    [(0, at(30)), (12, at(42)), (-4.5, at(25.5)), (-30, at(0)), (-45, at(0))],
)
def test_delay_against_the_promise(tmp_path: Path, delay: float, shipped: int) -> None:
    """Given a promise of day 30; expected: that and the delay, never before the order."""
    assert shipped_with_delay(tmp_path, delay) == shipped


def test_delay_in_working_days_counts_from_the_promised_date(tmp_path: Path) -> None:
    """Given a promise of day 30, Wednesday 1 April 2026, in calendar days, and a delay of three working days.

    By hand: no delay is no delay, whatever days it is counted in: shipped on day 30. With three, Wednesday to Friday:
    day 33 (a calendar without holidays).
    """
    changes = {f"{MAKER}.calendar": None, f"{MAKER}.production_days": None, "buyer.extension_accepted_days": 100}
    for delay, day in ((0, 30), (3, 33)):
        story = tell(tmp_path, {**changes, f"{MAKER}.delay_days": working(delay)})
        assert story.order().shipped == at(day)


def test_sea_transit_knows_no_weekend(tmp_path: Path) -> None:
    """Given ten calendar days at sea from day 20, and ten working days of the supplier's calendar for a courier."""
    changes = {f"{MAKER}.calendar": None}
    assert tell(tmp_path, changes).order().received == at(30)
    # day 20 is Sunday 22 March: Monday 23 to Friday 27, 30 to Friday 3 April: ten; over with Saturday 4 April
    assert tell(tmp_path, {**changes, f"{MAKER}.transit.days": working(10)}).order().received == at(33)
