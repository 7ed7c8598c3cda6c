"""The agenda: dates as they are read and refused, moments known by their day alone, and what is only expected."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.scenario import load_scenario
from sim.studies.agenda import Agenda, GivenDate, Kind, agenda_of, date_read
from sim.studies.agenda.expected import FEWEST
from sim.studies.agenda.moments import Basis, Moment, at_minute, moved, on_day, perhaps_before, surely_before
from tests.stories import MAKER, order_of, scenario_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sim.scenario import Scenario

SCENARIOS = Path(__file__).resolve().parents[3] / "scenarios"
FIRST = SCENARIOS / "first-order-above-limit.yaml"
DAY = 1440
at = datetime.fromisoformat


def story(folder: Path, changes: Mapping[str, Any] | None = None, orders: Sequence[Any] | None = None) -> Scenario:
    file = folder / "story.yaml"
    file.write_text(yaml.safe_dump(scenario_tree(changes, orders), sort_keys=False), encoding="utf-8")
    return load_scenario(file)


def agenda(scenario: Scenario, order: str | None = None, **known: str) -> Agenda:
    dates = {name: date_read(name, text) for name, text in known.items()}
    return agenda_of(scenario, order=order, given=dates, replications=100)


# ------------------------------------------------------------------------------------------------ reading dates


@pytest.mark.parametrize(
    ("text", "moment", "whole_day"),
    [
        ("2026-05-27", at("2026-05-27"), True),
        (" 2026-05-27 ", at("2026-05-27"), True),
        ("2026-05-27T00:00", at("2026-05-27"), False),
        ("2026-05-27T14:30", at("2026-05-27T14:30"), False),
        ("2026-05-27 14:30:59", at("2026-05-27T14:30"), False),
    ],
)
def test_a_date_is_read(text: str, moment: datetime, whole_day: bool) -> None:
    assert date_read("received", text) == GivenDate(moment, whole_day)


@pytest.mark.parametrize("text", ["", "26.5.2026", "2026-02-30", "yesterday", "2026-05-27T25:00", "2026-05-27T14:30Z"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"^--dispute-opened: "):
        date_read("dispute_opened", text)


# ------------------------------------------------------------------------------------------------ contradictions


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"placed": "2026-03-02", "received": "2026-02-20"}, "received on Fri 20 Feb 2026, which is before the order"),
        ({"received": "2026-02-20"}, "by the plan the order is placed later, on Mon 2 Mar 2026"),
        ({"shipped": "2026-05-02", "received": "2026-04-20"}, "which is before the goods were shipped"),
        ({"received": "2026-05-26", "checked": "2026-05-25"}, "checked on Mon 25 May 2026, which is before the goods"),
        ({"placed": "2026-03-02", "dispute_opened": "2026-03-01"}, "opened on Sun 1 Mar 2026, which is before"),
        ({"dispute_opened": "2026-05-26", "escalated": "2026-05-20"}, "escalated on Wed 20 May 2026, which is before"),
        ({"dispute_opened": "2026-05-26", "supplier_answered": "2026-05-20"}, "supplier answered on Wed 20 May"),
        ({"escalated": "2026-05-20"}, "but not --dispute-opened"),
        ({"checked": "2026-05-20"}, "but not --received"),
        ({"received": "2066-05-20"}, "more than 20 years from the start"),
        ({"received": "9999-12-31"}, "more than 20 years from the start"),
        ({"placed": "2026-03-02T12:00", "received": "2026-03-02T11:59"}, "which is before the order was placed"),
    ],
)
def test_contradictions_are_told_in_a_sentence(tmp_path: Path, known: dict[str, str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        agenda(story(tmp_path), **known)
    (problem,) = caught.value.problems
    assert said in problem.message
    assert problem.hint


def test_one_day_contradicts_nothing(tmp_path: Path) -> None:
    agenda(story(tmp_path), placed="2026-03-02", received="2026-03-02T00:00", checked="2026-03-02")


def test_every_contradiction_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        agenda(
            story(tmp_path), placed="2026-03-02", shipped="2026-03-01", received="2026-02-20", escalated="2026-02-01"
        )
    assert len(caught.value.problems) == 4


TWO = [order_of("a"), order_of("b", start={"after": "a", "when": "received"})]


def test_which_order_a_date_is_of_must_be_said(tmp_path: Path) -> None:
    scenario = story(tmp_path, None, TWO)
    with pytest.raises(InputError, match="--received is the date of which order"):
        agenda(scenario, received="2026-05-26")
    with pytest.raises(InputError, match="has no order 'c'"):
        agenda(scenario, "c", received="2026-05-26")
    assert agenda(scenario, "b", received="2026-05-26").orders == ("b",)
    assert agenda(scenario).orders == ("a", "b")


def test_which_plan_must_be_said() -> None:
    with pytest.raises(InputError, match="which plan"):
        agenda_of(load_scenario(FIRST))


# ------------------------------------------------------------------------------------------------ moments

MINUTES = st.integers(0, 400 * DAY)


@given(minute=MINUTES, limit=st.integers(0, 60 * DAY))
def test_a_day_without_a_time_never_makes_a_limit_later(minute: int, limit: int) -> None:
    """Whatever the time of day was: the true limit is not earlier than the one that is told."""
    found = moved(lambda start: start + limit, on_day(minute // DAY * DAY))
    assert found is not None
    assert found.low <= minute + limit <= found.high
    assert found.minute <= minute + limit


def test_a_later_start_that_means_an_earlier_end_is_reckoned_with() -> None:
    """A rule that jumps back inside the day: what is told is its earliest end."""
    found = moved(lambda start: 5 * DAY if start >= DAY + 600 else 9 * DAY, on_day(DAY))
    assert found == Moment(5 * DAY, 5 * DAY, 9 * DAY, Basis.DAY)


def test_a_limit_that_holds_for_some_hours_of_a_day_alone_is_told() -> None:
    """Whichever hours they are: a limit that may exist is told, and one that never does is not."""
    for end in (0, DAY - 1):
        found = moved(lambda start, end=end: 5 * DAY if start % DAY == end else -1, on_day(DAY))
        assert found == Moment(5 * DAY, 5 * DAY, 5 * DAY, Basis.DAY)
    assert moved(lambda _: -1, on_day(DAY)) is None
    half = moved(lambda start: start if start < 600 else -1, Moment(500, 100, 900, Basis.EXPECTED))
    assert half == Moment(500, 100, 500, Basis.EXPECTED)


def test_what_is_expected_proves_nothing() -> None:
    expected = Moment(500, 100, 900, Basis.EXPECTED)
    assert not surely_before(expected, at_minute(1_000))
    assert surely_before(at_minute(999), at_minute(1_000))
    assert not surely_before(at_minute(1_000), at_minute(1_000))
    assert not surely_before(on_day(0), at_minute(DAY - 1))
    assert surely_before(on_day(0), at_minute(DAY))
    assert perhaps_before(on_day(0), on_day(0))
    assert moved(lambda _: -1, expected) is None


PACKS = ["alibaba-trade-assurance-2023", "alibaba-trade-assurance-faq", "paypal-goods-and-services", "escrow"]


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Scenario]:
    """The plain story under each pack, with both clocks of the buyer's silence."""
    found = {}
    for pack in PACKS:
        for clock in ("opened", "supplier_proposal"):
            changes = {"protection": pack, "protection_overrides.buyer_silence": {"value": 7, "clock": clock}}
            found[pack, clock] = story(tmp_path_factory.mktemp("story"), changes)
    return lambda pack, clock: found[pack, clock]


@pytest.mark.parametrize("clock", ["opened", "supplier_proposal"])
@pytest.mark.parametrize("pack", PACKS)
@settings(max_examples=max(settings().max_examples // 6, 8), database=None)
@given(opened=st.integers(0, 3 * DAY), answered=st.integers(0, 12 * DAY))
def test_no_true_limit_lies_before_the_last_safe_day(
    stories: Callable[[str, str], Scenario], pack: str, clock: str, opened: int, answered: int
) -> None:
    """Given a dispute and an offer at some minute, and a buyer who knows only their days."""
    start = at("2026-09-08")
    exact = {"placed": at("2026-06-01"), "received": start, "dispute_opened": start + timedelta(minutes=opened)}
    exact["supplier_answered"] = exact["dispute_opened"] + timedelta(minutes=answered)
    only_days = {name: moment.replace(hour=0, minute=0) for name, moment in exact.items()}
    true, told = (
        agenda_of(
            stories(pack, clock),
            given={name: GivenDate(moment, whole) for name, moment in dates.items()},
            replications=FEWEST,
        )
        for dates, whole in ((exact, False), (only_days, True))
    )
    limits = {day.key: day.limit for day in true.days if day.limit and not day.is_expected}
    for day in told.days:
        limit = limits.get(day.key)
        if limit is None or day.last_day is None or day.is_expected:
            continue
        assert day.day <= day.last_day
        assert datetime.combine(day.last_day, time()) < limit
        if day.last_day > exact["supplier_answered"].date():  # nothing is told that lies before what it answers
            assert datetime.combine(day.last_day, time()) + timedelta(days=1) <= limit


# ------------------------------------------------------------------------------------------------ what is expected


def test_without_dates_the_rest_is_expected_with_its_range() -> None:
    found = agenda_of(load_scenario(FIRST), "all-at-once", replications=500)
    (arrival,) = (day for day in found.days if day.key == "received")
    assert arrival.is_expected
    assert arrival.earliest < arrival.day < arrival.latest
    (window,) = (day for day in found.days if day.key == "claim_window")
    assert window.day - arrival.day == timedelta(days=28)
    disputed = [day for day in found.days if day.if_disputed]
    assert {"dispute_opened", "escalation_opens", "buyer_silence", "evidence", "refund"} <= {
        day.key for day in disputed
    }
    assert disputed[0].share is not None
    assert 0.2 < disputed[0].share < 0.9
    assert list(found.certain_days) == sorted(found.certain_days, key=lambda day: day.day)


def test_an_order_placed_on_another_day_meets_the_holidays_of_that_day(tmp_path: Path) -> None:
    """Twenty working days in China.

    From 2 March 2026 they end with Friday the 27th, and ten days on the way make it 7 April; from 2 February the New
    Year lies between.
    """
    scenario = story(tmp_path, {f"{MAKER}.calendar": "CN", f"{MAKER}.production_days": {"value": 20, "working": True}})
    usual, over_new_year = (
        next(day.day for day in agenda(scenario, placed=placed).days if day.key == "received")
        - date.fromisoformat(placed)
        for placed in ("2026-03-02", "2026-02-02")
    )
    assert usual == timedelta(days=36)
    assert over_new_year > usual + timedelta(days=5)


def test_what_has_passed_is_marked_and_no_next_thing(tmp_path: Path) -> None:
    found = agenda(story(tmp_path), received="2026-05-26", checked="2026-08-01")
    (window,) = (day for day in found.days if day.key == "claim_window")
    assert window.is_passed
    assert window.timing.startswith("Passed; last safe day Wed 24 Jun 2026")
    assert found.next_day is not window
    assert "checked after the claim window had closed" in found.notes[0]


def test_the_next_thing_is_the_first_that_has_not_passed(tmp_path: Path) -> None:
    found = agenda(story(tmp_path), received="2026-05-26")
    assert found.next_day is not None
    assert (found.next_day.key, found.next_day.kind) == ("claim_window", Kind.DEADLINE)
    assert found.as_of == date(2026, 5, 26)


def test_the_same_dates_give_the_same_agenda() -> None:
    first, again = (agenda_of(load_scenario(FIRST), "all-at-once", replications=200).data() for _ in range(2))
    assert first == again


def test_an_order_that_is_hardly_ever_placed_is_told_to_be_so(tmp_path: Path) -> None:
    second = order_of(
        "b", start={"after": "a", "when": "received"}, only_if={"order": "a", "defective_share_at_most": 0}
    )
    found = agenda(story(tmp_path, {f"{MAKER}.defects.major": 0.1}, [order_of("a"), second]))
    assert {day.order for day in found.days} == {"a"}
    assert any("Order b is hardly ever placed" in note for note in found.notes)
