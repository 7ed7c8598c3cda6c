"""Curves along an input: losses of plans, differences with their break-evens, and frontiers."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sim.report import charts
from sim.report.loss_curves import moved_apart
from tests.unit.report.spec import layer, names, rows

LOSSES = pd.DataFrame(
    {
        "share": [1.0, 2.0, 3.0] * 2,
        "plan": ["once"] * 3 + ["twice"] * 3,
        "expected_loss": [100.0, 200.0, 300.0, 150.0, 180.0, 210.0],
        "ci_low": [90.0, 190.0, 290.0, 140.0, 170.0, 200.0],
        "ci_high": [110.0, 210.0, 310.0, 160.0, 190.0, 220.0],
    }
)
CURVE = pd.DataFrame(
    {"x": [1.0, 2.0, 3.0], "difference": [-50.0, 20.0, 90.0], "low": [-60.0, 10.0, 80.0], "high": [-40.0, 30.0, 100.0]}
)
ROOTS = pd.DataFrame({"root": [1.7143], "low": [1.6], "high": [1.9]})
FRONTIER = pd.DataFrame(
    {"y": [1.0, 2.0, 3.0], "root": [10.0, 20.0, 30.0], "low": [9.0, 19.0, 29.0], "high": [11.0, 21.0, 31.0]}
)
TITLES: dict[str, Any] = {"title": "Loss", "x_title": "Share", "unit": "EUR"}
AREAS: dict[str, Any] = {"title": "Frontier", "x_title": "Share", "y_title": "Limit"}


def test_losses_tell_where_each_plan_is_best() -> None:
    chart = charts.loss_curves(LOSSES, x="share", **TITLES)
    assert chart.description == (
        "Expected loss of 2 plans by Share: once loses least at 1 and twice loses least from 2 to 3. "
        "The least loss lies between EUR 100 and EUR 210."
    )
    assert {"bands", "lines", "points", "names"} <= names(chart)
    assert [row["text"] for row in rows(chart, "names")] == ["once", "twice"]
    assert layer(chart, "lines")["encoding"]["y"]["axis"]["title"] == "Expected loss, EUR"


def test_of_many_plans_the_best_are_coloured_and_the_others_grey() -> None:
    frame = pd.concat(
        [LOSSES.assign(plan=f"p{i}", expected_loss=LOSSES["expected_loss"] + i).head(3) for i in range(20)]
    )
    chart = charts.loss_curves(frame, x="share", **TITLES)
    assert {row["plan"] for row in rows(chart, "lines")} == {f"p{i}" for i in range(7)}
    assert {row["plan"] for row in rows(chart, "company")} == {f"p{i}" for i in range(7, 20)}


def test_categories_have_no_line() -> None:
    chart = charts.loss_curves(LOSSES.assign(share=["a", "b", "c"] * 2), x="share", **TITLES)
    assert "lines" not in names(chart)


def test_boxes_are_moved_just_as_far_as_they_overlap() -> None:
    assert moved_apart([0.0, 50.0], [10.0, 10.0]) == [0.0, 50.0]
    assert moved_apart([0.0, 4.0], [10.0, 10.0]) == [-3.0, 7.0]
    assert moved_apart([0.0, 0.0, 0.0], [10.0, 10.0, 10.0]) == [-10.0, 0.0, 10.0]


def test_a_difference_has_its_zero_line_and_its_break_even() -> None:
    chart = charts.difference_curve(CURVE, roots=ROOTS, **TITLES, first="once", second="twice")
    assert rows(chart, "zero") == [{"difference": 0.0}]
    assert [row["text"] for row in rows(chart, "root_names")] == ["1.714 (1.6 to 1.9)"]
    assert rows(chart, "second_side")[0]["text"] == "twice loses less"
    assert rows(chart, "second_side")[0]["height"] < rows(chart, "first_side")[0]["height"]
    assert chart.description == "The break-even in Share: 1.714 (1.6 to 1.9). once loses less at 1, twice at 3."


def test_a_difference_takes_the_names_of_the_plans_from_its_break_evens() -> None:
    roots = ROOTS.rename(columns={"root": "value"}).assign(loses_less_below="once", loses_less_above="twice")
    chart = charts.difference_curve(CURVE, roots=roots, **TITLES)
    assert rows(chart, "first_side")[0]["text"] == "once loses less"


def test_a_difference_without_a_break_even_says_so() -> None:
    frame = CURVE.assign(difference=-5.0, low=-6.0, high=-4.0)
    chart = charts.difference_curve(frame, roots=ROOTS.head(0), **TITLES, first="once", second="twice")
    assert chart.description == "By Share from 1 to 3, once loses less everywhere; there is no break-even."
    assert "roots" not in names(chart)


def test_words_of_a_frontier_stand_on_their_side() -> None:
    chart = charts.frontier(FRONTIER, **AREAS, first="once", second="twice")
    found = sorted(rows(chart, "plan_names"), key=lambda row: row["at"])
    assert [row["plan"] for row in found] == ["once", "twice"]
    assert {"first_area", "second_area", "band", "frontier"} <= names(chart)
    assert chart.description.startswith("once loses less while Share is below the line, twice above it.")


def test_between_two_lines_of_a_frontier_the_other_plan_loses_less() -> None:
    second = FRONTIER.assign(root=FRONTIER["root"] + 40, low=FRONTIER["low"] + 40, high=FRONTIER["high"] + 40)
    both = pd.concat([FRONTIER.assign(branch=1), second.assign(branch=2)], ignore_index=True)
    chart = charts.frontier(both, **AREAS, first="once", second="twice")
    found = sorted(rows(chart, "plan_names"), key=lambda row: row["at"])
    assert [row["plan"] for row in found] == ["once", "twice", "once"]
    assert "up to 2 times" in chart.description


def test_a_frontier_without_a_break_even_is_a_sheet_that_says_so() -> None:
    assert (
        charts.frontier(FRONTIER.head(0), **AREAS).description
        == "Nothing to draw. The two plans never break even here."
    )


def test_missing_columns_are_named() -> None:
    with pytest.raises(KeyError, match="loss_curves needs the columns 'plan'"):
        charts.loss_curves(LOSSES.drop(columns="plan"), x="share", **TITLES)
    with pytest.raises(KeyError, match=r"difference_curve \(roots\) needs the columns 'low'"):
        charts.difference_curve(CURVE, roots=ROOTS.drop(columns="low"), **TITLES)
    with pytest.raises(ValueError, match="'y' must hold numbers"):
        charts.frontier(FRONTIER.assign(y="much"), **AREAS)
