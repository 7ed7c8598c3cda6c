"""Charts of rows: tornado, indices and bars; and the front."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.report import charts
from sim.report.label_places import label_places
from sim.report.theme import LIGHT
from tests.unit.report.spec import drawn, layer, names, rows

SWINGS = pd.DataFrame(
    {
        "input": ["small", "large", "one way"],
        "low_value": [1, 5000, "few"],
        "high_value": [2, 15000, "many"],
        "low": [90.0, 200.0, 110.0],
        "high": [110.0, 20.0, 130.0],
        "base": [100.0, 100.0, 100.0],
    }
)
INDICES = pd.DataFrame(
    {
        "input": ["a", "b", "a", "b"],
        "index": ["S1", "S1", "ST", "ST"],
        "value": [0.5, 0.1, 0.3, 0.6],
        "ci_low": [0.4, 0.0, 0.2, 0.5],
        "ci_high": [0.6, 0.2, 0.4, 0.7],
        "converged": [True, False, True, True],
    }
)
BARS = pd.DataFrame(
    {
        "label": ["a", "b", "c"],
        "value": [-50.0, 300.0, 20.0],
        "ci_low": [-60.0, 250.0, 10.0],
        "ci_high": [-40.0, 350.0, 30.0],
    }
)
FRONT = pd.DataFrame(
    {
        "name": ["once", "twice", "never"],
        "expected_loss": [100.0, 150.0, 300.0],
        "ci_low": [90.0, 140.0, 290.0],
        "ci_high": [110.0, 160.0, 310.0],
        "cvar": [900.0, 500.0, 950.0],
        "on_front": [True, True, False],
        "chosen": [True, False, False],
    }
)


def test_the_tornado_is_widest_at_the_top() -> None:
    chart = charts.tornado(SWINGS, title="Tornado", unit="USD")
    tops: dict[str, float] = {}
    for row in rows(chart, "bars"):
        tops[row["input"]] = min(tops.get(row["input"], 9.0), row["top"])
    assert sorted(tops, key=lambda name: tops[name]) == ["large", "small", "one way"]
    assert drawn(chart, "bars") == 6
    assert rows(chart, "base")[0]["value"] == 100.0
    assert chart.description.startswith(
        "Expected loss is USD 100 as it is. large moves it most: USD 200 at 5,000, USD 20.00 at 15,000."
    )


def test_values_of_the_input_stand_at_the_outer_ends() -> None:
    chart = charts.tornado(SWINGS, title="Tornado", unit="USD")
    assert {row["setting"] for row in rows(chart, "low_sides")} == {"1", "15,000"}
    assert {row["setting"] for row in rows(chart, "high_sides")} == {"2", "5,000", "few", "many"}


def test_ends_on_the_same_side_share_the_row() -> None:
    low, high = [
        row for row in rows(charts.tornado(SWINGS, title="T", unit="USD"), "bars") if row["input"] == "one way"
    ]
    assert low["bottom"] == high["top"]


def test_bases_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="base must be the same"):
        charts.tornado(SWINGS.assign(base=[1.0, 2.0, 3.0]), title="T", unit="USD")


def test_indices_are_ranked_by_the_total_and_open_ones_hollow() -> None:
    chart = charts.indices(INDICES, title="Indices")
    assert layer(chart, "points")["encoding"]["y"]["axis"]["labelExpr"] == '[["b"], ["a"]][datum.value]'
    fill = layer(chart, "points")["encoding"]["fill"]["scale"]
    looks = dict(zip(fill["domain"], fill["range"], strict=True))
    hollow = [(row["input"], row["index"]) for row in rows(chart, "points") if looks[row["series"]] == LIGHT.background]
    assert hollow == [("b", "S1")]
    assert "S1: on its own, not converged" in looks
    assert chart.description == "b matters most of 2 inputs: ST 0.60 (0.50 to 0.70). Not converged: b."
    assert drawn(chart, "intervals") == drawn(chart, "points") == 4


def test_bars_are_sorted_with_a_zero_line() -> None:
    chart = charts.bars(BARS, title="Costs", unit="USD")
    assert [row["label"] for row in sorted(rows(chart, "bars"), key=lambda row: row["top"])] == ["b", "c", "a"]
    assert rows(chart, "zero") == [{"value": 0.0}]
    assert [row["shown"] for row in rows(chart, "gains")] == ["\N{MINUS SIGN}50"]
    assert chart.description == "Costs: most for b USD 300, least for a USD \N{MINUS SIGN}50.00, of 3 bars."


def test_bars_of_groups_share_a_row() -> None:
    frame = pd.concat([BARS.assign(group="x"), BARS.assign(group="y")])
    found = [row["top"] for row in rows(charts.bars(frame, title="C", unit="USD"), "bars") if row["label"] == "b"]
    assert found[0] < found[1] < 0.5
    with pytest.raises(ValueError, match="same label and group"):
        charts.bars(frame.assign(group="x"), title="C", unit="USD")


def test_rows_without_a_result_are_counted() -> None:
    chart = charts.bars(BARS.assign(value=[1.0, float("nan"), 2.0]), title="C", unit="USD")
    assert chart.to_dict()["title"]["subtitle"] == ["Without a result, and not drawn: 1."]
    nothing = charts.bars(BARS.assign(value=float("nan")), title="C", unit="USD")
    assert nothing.description == "Nothing to draw. No point of this study gave a result."


def test_the_front_is_linked_and_the_chosen_one_named_in_bold() -> None:
    chart = charts.front(FRONT, title="Front", unit="USD")
    assert [row["name"] for row in rows(chart, "front_line")] == ["once", "twice"]
    (bold,) = [name for name in names(chart) if name.startswith("chosen_name")]
    assert [row["text"] for row in rows(chart, bold)] == ["once"]
    assert {row["name"]: row["kind"] for row in rows(chart, "points")}["never"] == "beaten by another"
    assert chart.description == (
        "Chosen: once, expected loss USD 100, worst 5 % USD 900. Of 3 candidates, 2 lie on the front. "
        "Safest: twice, worst 5 % USD 500."
    )


def test_names_of_points_do_not_overlap() -> None:
    points = [(100.0 + 7 * number, 100.0 + 5 * number) for number in range(8)]
    boxes = [place.box for place in label_places(points, [(90.0, 13.0)] * 8, [], (560.0, 400.0))]
    assert all(one.overlap(two) == 0 for place, one in enumerate(boxes) for two in boxes[:place])
    assert all(box.left >= 0 and box.right <= 560 and box.top >= 0 and box.bottom <= 400 for box in boxes)
