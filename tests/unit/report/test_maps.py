"""Maps of the best plan: every cell, letters and question marks, and the sentence that sums them up."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sim.report import charts
from sim.report.theme import DARK, LIGHT
from tests.unit.report.spec import all_rows, drawn, layer, names, rows

TITLES: dict[str, Any] = {"title": "Best plan", "x_title": "Defects", "y_title": "Limit", "unit": "USD"}
COLUMNS: dict[str, Any] = {"x": "a.b", "y": "c.d", "best": "best", "margin": "margin"}


def grid() -> pd.DataFrame:
    """Three by two cells; once is best in four, one of them open, twice in one, and one has no result."""
    return pd.DataFrame(
        {
            "a.b": [0.1, 0.2, 0.3, 0.1, 0.2, 0.3],
            "c.d": [5000, 5000, 5000, 9000, 9000, 9000],
            "best": ["once", "once", "once", "once", "twice", None],
            "margin": [100.0, 250.0, 300.0, 20.0, 1234.0, None],
            "settled": [True, True, True, False, True, True],
        }
    )


def test_every_cell_is_drawn_with_the_letter_of_its_plan() -> None:
    chart = charts.heat_map(grid(), **COLUMNS, **TITLES)
    assert drawn(chart, "best_cells_0") == 6
    assert drawn(chart, "margin_cells_1") == 5  # one has no margin: paper with a dash
    marks = {(row["x"], row["y"]): row["mark"] for row in rows(chart, "best_letters_0")}
    assert marks[("0.1", "5,000")] == "A"
    assert marks[("0.1", "9,000")] == "A?"
    assert marks[("0.2", "9,000")] == "B"
    assert marks[("0.3", "9,000")] == "\N{EN DASH}"


def test_open_cells_carry_a_question_mark_beside_their_margin() -> None:
    chart = charts.heat_map(grid(), **COLUMNS, **TITLES)
    marks = [row["mark"] for row in rows(chart, "margin_letters_1")]
    assert sorted(marks) == sorted(["100", "250", "300", "20 ?", "1,234", "\N{EN DASH}"])


def test_the_description_tells_the_main_point() -> None:
    assert charts.heat_map(grid(), **COLUMNS, **TITLES).description == (
        "Best plan by Defects and Limit: once in 4 of 5 cells, twice in 1. The second best loses up to USD 1,234 more "
        "than twice. Not settled in 1 cell. No result in 1 cell."
    )


def test_a_plan_keeps_its_letter_when_all_plans_are_known() -> None:
    chart = charts.heat_map(grid(), **COLUMNS, **TITLES, plans=("never", "twice", "once"))
    assert {row["mark"] for row in rows(chart, "best_letters_0")} == {"B", "C", "C?", "\N{EN DASH}"}


def test_numbers_grow_upwards_and_to_the_right() -> None:
    cells = layer(charts.heat_map(grid(), **COLUMNS, **TITLES), "best_cells_0")["encoding"]
    assert cells["x"]["scale"]["domain"] == [0, 1, 2]
    assert cells["y"]["scale"]["domain"] == [1, 0]


def test_one_plan_has_no_margin_to_draw() -> None:
    frame = grid().assign(best="only", margin=float("nan"))
    assert names(charts.heat_map(frame, **COLUMNS, **TITLES)) == {"best_cells", "best_letters"}


def test_a_large_grid_is_merged_and_stays_small() -> None:
    cells = [(i, j, "low" if i < 50 else "high", 1.0) for i in range(100) for j in range(80)]
    frame = pd.DataFrame(cells, columns=["a.b", "c.d", "best", "margin"])
    chart = charts.heat_map(frame, **COLUMNS, **TITLES)
    assert len(rows(chart, "best_cells_0")) == 50 * 40
    assert {row["mark"] for row in rows(chart, "best_letters_0") if row["column"] < 25} == {"A"}
    assert {row["mark"] for row in rows(chart, "best_letters_0") if row["column"] >= 25} == {"B"}


def test_two_rows_for_a_cell_are_refused() -> None:
    with pytest.raises(ValueError, match="two rows for the same cell"):
        charts.heat_map(pd.concat([grid(), grid()]), **COLUMNS, **TITLES)


def test_missing_columns_are_named() -> None:
    with pytest.raises(KeyError, match=r"heat_map needs the columns 'margin'; the frame has \['a.b'"):
        charts.heat_map(grid().drop(columns="margin"), **COLUMNS, **TITLES)
    with pytest.raises(ValueError, match="'margin' must hold numbers"):
        charts.heat_map(grid().assign(margin="much"), **COLUMNS, **TITLES)


def test_the_dark_theme_changes_paper_and_ink() -> None:
    light, dark = (charts.heat_map(grid(), **COLUMNS, **TITLES, theme=theme).to_dict() for theme in (LIGHT, DARK))
    assert light["config"]["background"] == "#ffffff"
    assert dark["config"]["background"] == DARK.background
    assert dark["config"]["title"]["color"] == DARK.ink


def test_open_points_are_hollow() -> None:
    chart = charts.best_scatter(grid(), **COLUMNS, **TITLES)
    found = layer(chart, "points")["encoding"]
    fills = dict(zip(found["fill"]["scale"]["domain"], found["fill"]["scale"]["range"], strict=True))
    hollow = [row["series"] for row in rows(chart, "points") if fills[row["series"]] == LIGHT.background]
    assert hollow == ["A  once?"]
    assert drawn(chart, "points") == 6


def test_a_design_of_many_points_is_cut() -> None:
    frame = pd.concat([grid()] * 2_000)
    chart = charts.best_scatter(frame, **COLUMNS, **TITLES)
    assert all_rows(chart) == 4_900
    assert chart.to_dict()["title"]["subtitle"][-1].endswith("of 12,000 points are drawn.")
    assert "of 10,000 points" in chart.description
