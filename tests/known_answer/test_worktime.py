"""Working time, counted by hand on printed calendars.

China 2026: New Year closes Sunday 15 to Monday 23 February; Saturday 14 and Saturday 28 are worked in
exchange. China 2027: eve on Friday 5 February, then 6 to 8; the weekend's two days are made up on 9 and 10
(no exchange known). Great Britain (England) 2026: 1 January; Good Friday 3 April, Easter Monday 6 April; 4
and 25 May; 31 August; 25 December and, because the 26th is a Saturday, Monday 28 December.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.calendars import WorkingCalendar, build_calendar
from sim.rules.worktime import (
    WorkedDays,
    after_working_minutes,
    worked_minutes_before,
    working_minutes_between,
)

DAY = 24 * 60


def minute(calendar: WorkingCalendar, day: date, clock: int = 0) -> int:
    return (day - calendar.start).days * DAY + clock


# ------------------------------------------------------------------------------------------ one plain week

WEEK = build_calendar(None, date(2026, 3, 2), days=28)  # day 0 is a Monday, 5 and 6 the weekend


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        (0, 1 * DAY, 1 * DAY),  # Monday 00:00 and one day: Tuesday 00:00
        (0, 5 * DAY, 5 * DAY),  # the end of Friday is Saturday 00:00
        (0, 5 * DAY + 1, 7 * DAY + 1),  # a minute more is the first of next Monday
        (4 * DAY + 600, DAY, 7 * DAY + 600),  # Friday 10:00 and one day: Monday 10:00
        (4 * DAY + 600, DAY - 600, 5 * DAY),  # the rest of Friday
        (5 * DAY, 1, 7 * DAY + 1),  # from Saturday 00:00
        (6 * DAY + 777, 1, 7 * DAY + 1),  # from the middle of Sunday
        (6 * DAY + 777, DAY, 8 * DAY),  # Sunday and one day: the end of Monday
        (6 * DAY + 777, 0, 6 * DAY + 777),  # no work is done at once
        (0, 0, 0),
        (0, 20 * DAY, 26 * DAY),  # the end of the fourth Friday
        (0, 20 * DAY + 1, 28 * DAY + 1),  # the fourth weekend is the horizon's last
        (0, 23 * DAY, 31 * DAY),  # beyond it every day is worked
        (26 * DAY, 10 * DAY, 38 * DAY),
        (33 * DAY + 5, DAY, 34 * DAY + 5),  # a Saturday, but beyond the horizon
    ],
)
def test_end_of_work(start: int, duration: int, end: int) -> None:
    assert after_working_minutes(WEEK.days, start, duration) == end
    assert after_working_minutes(WEEK.arrays, start, duration) == end
    assert working_minutes_between(WEEK.days, start, end) == duration


@pytest.mark.parametrize(
    ("start", "end", "worked"),
    [
        (0, 7 * DAY, 5 * DAY),
        (5 * DAY, 7 * DAY, 0),
        (4 * DAY + 600, 7 * DAY + 600, DAY),
        (6 * DAY + 5, 7 * DAY + 5, 5),
        (27 * DAY, 30 * DAY, 2 * DAY),
    ],
)
def test_work_between(start: int, end: int, worked: int) -> None:
    assert working_minutes_between(WEEK.days, start, end) == worked


# ------------------------------------------------------------------------------------------ printed calendars

CHINA_2026 = build_calendar("CN", date(2026, 2, 2))
CHINA_2027 = build_calendar("CN", date(2027, 1, 4))
BRITAIN = build_calendar("GB", date(2026, 1, 1))


def worked_dates(calendar: WorkingCalendar, first: date, last: date) -> list[date]:
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [day for day in days if calendar.works_on(day)]


def test_chinese_new_year_2026() -> None:
    february = worked_dates(CHINA_2026, date(2026, 2, 2), date(2026, 3, 1))
    assert [day.day for day in february] == [2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14, 24, 25, 26, 27, 28]


def test_chinese_new_year_2027() -> None:
    february = worked_dates(CHINA_2027, date(2027, 2, 1), date(2027, 2, 14))
    assert [day.day for day in february] == [1, 2, 3, 4, 11, 12]


def test_work_begun_before_chinese_new_year_ends_after_it() -> None:
    start = minute(CHINA_2026, date(2026, 2, 13))
    ends = [after_working_minutes(CHINA_2026.days, start, worked * DAY) for worked in (1, 2, 3)]
    days = (date(2026, 2, 14), date(2026, 2, 15), date(2026, 2, 25))
    assert ends == [minute(CHINA_2026, day) for day in days]


def test_a_month_of_work_over_chinese_new_year_2027() -> None:
    # January 2027 from Monday 11: 11-15, 18-22, 25-29 (15 days), February 1-4, 11, 12 (21), 15 (22)
    start = minute(CHINA_2027, date(2027, 1, 11), clock=9 * 60)
    assert after_working_minutes(CHINA_2027.days, start, 22 * DAY) == minute(
        CHINA_2027, date(2027, 2, 16), clock=9 * 60
    )


def test_british_bank_holidays_2026() -> None:
    weekdays_off = [
        day
        for number in range(365)
        if (day := date(2026, 1, 1) + timedelta(days=number)).weekday() < 5 and not BRITAIN.works_on(day)
    ]
    assert weekdays_off == [
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 4),
        date(2026, 5, 25),
        date(2026, 8, 31),
        date(2026, 12, 25),
        date(2026, 12, 28),
    ]


def test_five_working_days_over_easter_2026() -> None:
    # Thursday 2 April 12:00; worked: the rest of Thursday, Tuesday 7 to Friday 10, half of Monday 13
    start = minute(BRITAIN, date(2026, 4, 2), clock=720)
    assert after_working_minutes(BRITAIN.days, start, 5 * DAY) == minute(BRITAIN, date(2026, 4, 13), clock=720)


def test_a_factory_that_closes_longer_than_the_country() -> None:
    long_holiday = build_calendar("CN", date(2026, 2, 2), closed=((date(2026, 2, 9), date(2026, 3, 6)),))
    start = minute(long_holiday, date(2026, 2, 6))
    end = after_working_minutes(long_holiday.days, start, 2 * DAY)
    assert end == minute(long_holiday, date(2026, 3, 10)), "Friday, then Monday 9 March"


# ------------------------------------------------------------------------------------------ properties

calendars = st.lists(st.booleans(), min_size=1, max_size=40).map(
    lambda works: WorkedDays(
        tuple(sum(works[:day]) for day in range(len(works) + 1)),
        tuple(day for day, worked in enumerate(works) if worked),
    )
)
minutes = st.integers(0, 60 * DAY)


@given(calendars, minutes, st.integers(1, 60 * DAY))
def test_work_ends_at_the_first_minute_that_completes_it(worked: WorkedDays, start: int, duration: int) -> None:
    end = after_working_minutes(worked, start, duration)
    assert working_minutes_between(worked, start, end) == duration
    assert working_minutes_between(worked, start, end - 1) == duration - 1


@given(calendars, minutes, minutes)
def test_worked_minutes_are_those_of_the_worked_days(worked: WorkedDays, one: int, other: int) -> None:
    start, end = sorted((one, other))
    horizon = len(worked.before) - 1
    days = range(start // DAY, end // DAY + 1)
    expected = sum(
        min(end, (day + 1) * DAY) - max(start, day * DAY) for day in days if day >= horizon or day in worked.day
    )
    assert working_minutes_between(worked, start, end) == expected
    assert worked_minutes_before(worked, start) <= start
