"""Working calendars as they are built: what counts, what wins, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from sim.calendars import CalendarError, build_calendar, known_countries, known_subdivisions

MONDAY = date(2026, 3, 2)


def test_without_a_country_only_weekends_are_off() -> None:
    calendar = build_calendar(None, MONDAY, days=14)
    assert calendar.days.day == (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)
    assert calendar.days.before == (0, 1, 2, 3, 4, 5, 5, 5, 6, 7, 8, 9, 10, 10, 10)


def test_a_weekend_of_ones_own() -> None:
    calendar = build_calendar(None, MONDAY, weekend=("sun",), days=7)
    assert calendar.days.day == (0, 1, 2, 3, 4, 5)
    assert build_calendar(None, MONDAY, weekend=(), days=7).days.day == tuple(range(7))


def test_closed_days_and_times_are_off() -> None:
    calendar = build_calendar(None, MONDAY, closed=(date(2026, 3, 3), (date(2026, 3, 5), date(2026, 3, 9))), days=10)
    assert calendar.days.day == (0, 2, 8, 9)


def test_open_days_win_over_weekends_holidays_and_closures() -> None:
    saturday, bank_holiday = date(2026, 5, 2), date(2026, 5, 4)
    calendar = build_calendar(
        "GB",
        date(2026, 4, 27),
        closed=((date(2026, 5, 1), date(2026, 5, 8)),),
        open_=(saturday, bank_holiday, date(2026, 5, 6)),
        days=14,
    )
    worked = [date(2026, 4, 27) + timedelta(days=number) for number in calendar.days.day]
    assert worked[4:] == [saturday, bank_holiday, date(2026, 5, 6)]


def test_a_subdivision_has_its_own_holidays() -> None:
    st_andrew = date(2026, 11, 30)
    assert build_calendar("GB", MONDAY).works_on(st_andrew)
    assert not build_calendar("GB", MONDAY, subdivision="SCT").works_on(st_andrew)


def test_every_day_is_worked_from_the_horizon_on() -> None:
    calendar = build_calendar("CN", MONDAY, days=5)
    assert calendar.works_on(MONDAY + timedelta(days=5))
    assert not build_calendar("CN", MONDAY, days=6).works_on(MONDAY + timedelta(days=5))


def test_the_horizon_is_twenty_years() -> None:
    calendar = build_calendar("CN", MONDAY)
    assert len(calendar.days.before) == 7306
    assert not calendar.works_on(date(2045, 10, 2)), "a Monday, but National Day"


def test_arrays_say_the_same_as_plain_numbers() -> None:
    calendar = build_calendar("CN", MONDAY)
    for plain, array in zip(calendar.days, calendar.arrays, strict=True):
        column = np.asarray(array)
        assert column.dtype == np.int64
        assert not column.flags.writeable
        assert tuple(column.tolist()) == plain


def test_equal_questions_share_one_answer() -> None:
    assert build_calendar("CN", MONDAY, closed=[MONDAY]) is build_calendar("CN", MONDAY, closed=(MONDAY,))


def test_countries_known_by_two_letters() -> None:
    assert {"CN", "GB", "US", "VN"} <= set(known_countries())
    assert all(len(code) == 2 for code in known_countries())
    assert "SCT" in known_subdivisions("GB")


@pytest.mark.parametrize(
    ("country", "subdivision", "weekend", "message", "hint"),
    [
        ("cn", None, None, "Unknown country code 'cn'", "did you mean CN?"),
        ("CHN", None, None, "Unknown country code 'CHN'", "did you mean"),
        ("GB", "SCO", None, "Unknown subdivision of GB 'SCO'", "did you mean SCT?"),
        ("GB", None, ("Sat",), "Unknown day of the week 'Sat'", "did you mean sat?"),
        ("GB", None, ("x",), "Unknown day of the week 'x'", "one of mon, tue, wed, thu, fri, sat, sun"),
    ],
)
def test_unknown_names_are_refused_with_the_nearest(
    country: str, subdivision: str | None, weekend: tuple[str, ...] | None, message: str, hint: str
) -> None:
    with pytest.raises(CalendarError) as caught:
        build_calendar(country, MONDAY, subdivision=subdivision, weekend=weekend)
    assert message in str(caught.value)
    assert hint in str(caught.value)


def test_a_week_without_a_worked_day_is_refused() -> None:
    with pytest.raises(CalendarError, match="must leave a day"):
        build_calendar(None, MONDAY, weekend=("mon", "tue", "wed", "thu", "fri", "sat", "sun"))


def test_a_time_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(CalendarError, match="must not end before it"):
        build_calendar(None, MONDAY, closed=((date(2026, 3, 9), date(2026, 3, 5)),))
