"""What the charts of a run are made of: exact parts, dates, labels on masts, round numbers, and the key."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sim.report.apportionment import apportioned, mean_amounts, rounded
from sim.report.facts import PlanFacts
from sim.report.flags import Flag, flags
from sim.report.months import date_marks, day_text
from sim.report.plan_rows import plan_rows
from sim.report.theme import LIGHT
from sim.report.vega_lite import Across, Sign, blank, key, round_numbers
from tests.unit.report.fabricated_facts import REPLICATIONS, facts, told


def test_parts_get_what_rounding_took_from_them() -> None:
    # 3.33 three times is 10: one of them is 4, the first of equals.
    assert apportioned([10, 10, 10], 3) == [4, 3, 3]
    # 2.5 + 2.4 + 0.1 = 5: the half lost most.
    assert apportioned([25, 24, 1], 10) == [3, 2, 0]
    # -1.5 + 3.5 = 2.
    assert apportioned([-15, 35], 10) == [-1, 3]
    assert apportioned([], 7) == []
    assert mean_amounts([100, 100, 100], 3) == [0.34, 0.33, 0.33]


def test_half_of_one_is_rounded_away_from_zero() -> None:
    assert [rounded(total, 2) for total in (5, 4, -5, 1, -1)] == [3, 2, -3, 1, -1]


@given(st.lists(st.integers(-(10**15), 10**15), max_size=15), st.integers(1, 10**6))
def test_parts_always_add_up_and_are_off_by_less_than_one(parts: list[int], divisor: int) -> None:
    found = apportioned(parts, divisor)
    assert sum(found) == rounded(sum(parts), divisor)
    assert all(abs(one * divisor - part) < divisor for one, part in zip(found, parts, strict=True))
    assert all(one * divisor == part for one, part in zip(found, parts, strict=True) if part % divisor == 0)


def test_months_stand_at_their_first_day() -> None:
    assert date_marks("2026-03-02", 123, 600) == ((30, "Apr 2026"), (60, "May"), (91, "Jun"), (121, "Jul"))
    # Too narrow for each month: every third, counted from January.
    assert date_marks("2026-11-15", 200, 150) == ((47, "Jan 2027"), (137, "Apr"))
    assert date_marks("2026-03-02", 0, 600) == ((0, "2 Mar"),)
    assert date_marks("2026-03-02", 20, 200) == ((0, "2 Mar"), (7, "9 Mar"), (14, "16 Mar"))
    assert day_text("2026-03-02", 30.9) == "1 Apr 2026"


def test_years_stand_with_january() -> None:
    marks = dict(date_marks("2026-12-20", 70, 600))
    assert marks == {12: "Jan 2027", 43: "Feb"}
    long = [text for _, text in date_marks("2026-11-20", 450, 2000)]
    assert long[0] == "Dec 2026"
    assert "Jan 2027" in long
    assert "Jan 2028" in long


def test_labels_go_up_where_they_would_overlap() -> None:
    found = flags([0.0, 20.0, 300.0], ["placed", "rejected", "refund"], [1, 9, 1], right=500, levels=3)
    levels = {flag.number: flag.level for flag in found}
    # The weightiest stands lowest; the mast of the one before it may be higher, for its label lies to the right.
    assert levels == {1: 1, 0: 2, 2: 1}


def test_labels_without_room_are_left_out_the_lightest_first() -> None:
    found = flags([0.0, 1.0, 2.0], ["one label", "two label", "three label"], [1, 2, 3], right=500, levels=2)
    assert {flag.number for flag in found} == {2, 1}


def test_labels_stay_on_the_page() -> None:
    (found,) = flags([490.0], ["a long label"], [1], right=500, levels=1)
    assert found.end == 500
    assert found.begin < 490


def test_a_higher_mast_may_not_pass_through_a_label() -> None:
    low, high = Flag(0, 0, 3, 50, 1), Flag(1, 20, 23, 60, 2)
    assert low.hinders(high)
    assert not low.hinders(high._replace(at=55))


def test_numbers_of_an_axis_are_round_and_not_too_many() -> None:
    assert round_numbers(0, 10_000, 5) == [0, 2_500, 5_000, 7_500, 10_000]
    assert round_numbers(-600, 1_200, 8) == [-500, -250, 0, 250, 500, 750, 1_000]
    assert round_numbers(0, 1, 3) == [0, 0.5, 1]


def test_places_on_an_axis_are_pixels() -> None:
    x = Across(0, 100, 20, 220, "USD")
    assert x.at(50) == 120
    assert x.field("a")["scale"]["range"] == [20, 220]
    dated = Across(0, 90, 0, 300, "", ((30, "Apr"), (60, "May")))
    assert dated.field("a")["axis"]["labelExpr"] == '["Apr", "May"][indexof([30, 60], datum.value)]'


def test_the_key_takes_as_many_lines_as_it_needs() -> None:
    signs = [Sign(text, "circle", "#000000", "#000000") for text in ("first entry", "second entry", "third entry")]
    (marks, words), height = key(signs, 1_000)
    assert len({row["down"] for row in words["data"]["values"]}) == 1
    _, tall = key(signs, 100)
    assert tall == 3 * height
    assert [row["text"] for row in marks["data"]["values"]] == ["first entry", "second entry", "third entry"]


def test_names_stand_beside_their_rows_or_on_a_phone_above_them() -> None:
    names = ["early", "twice"]
    wide, narrow = (plan_rows(names, width, band=20, gap=10, top=5) for width in (640, 340))
    assert not wide.above
    assert narrow.above
    assert wide.left > narrow.left == 0
    assert wide.bottom < narrow.bottom
    assert [top > 5 for top in narrow.tops] == [True, True]


def test_amounts_are_never_broken_and_long_names_are() -> None:
    chart = blank("why", title="early-and-a-name-that-is-longer-than-the-line loses USD 2,000", theme=LIGHT, width=240)
    lines = chart.to_dict(validate=False)["title"]["text"]
    assert any("USD 2,000" in line for line in lines)
    assert len(lines) > 1


def test_the_fabricated_facts_are_coherent() -> None:
    found = facts()
    assert type(found).model_validate_json(found.model_dump_json()) == found
    for plan in found.plans:
        assert isinstance(plan, PlanFacts)
        assert sum(plan.components.values()) == plan.loss_cents == round(plan.loss.value * 100) * REPLICATIONS
        assert plan.ground_up_cents - sum(plan.drops.values()) == plan.recovered_cents == -plan.components["refunds"]
        assert abs(sum(plan.histogram) - 1) < 1e-9
    for case in (told(), told(bad=True)):
        assert sum(case.components.values()) == case.loss
        assert case.ground_up - sum(case.drops.values()) == case.recovered
