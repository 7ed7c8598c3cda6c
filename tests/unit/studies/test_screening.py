"""Tornado and Morris: linear functions, intervals, rankings, points that fail."""

from __future__ import annotations

from math import sqrt

import pytest

from sim.measures.estimates import student_quantile
from sim.studies.explanations import Index, with_ranking_judged
from sim.studies.screening import morris, tornado
from tests.unit.studies.known_formulas import A_OR_B, A, Formulas, numbered

MIDDLE = {"x1": 0.5, "x2": 0.5, "x3": 0.5}


def test_bars_of_a_tornado() -> None:
    study = Formulas({"a": lambda x: 100 * x["x1"] - 10 * x["x2"]}, own=MIDDLE)
    found = tornado(study, numbered(3), A, "GBP")
    assert [bar.low_value for bar in found.bars] == pytest.approx([0.1] * 3)
    assert [bar.high_value for bar in found.bars] == pytest.approx([0.9] * 3)
    assert [(bar.low, bar.high, bar.base) for bar in found.bars] == [(5, 85, 45), (49, 41, 45), (45, 45, 45)]
    assert [one.value for one in found.indices] == pytest.approx([80, -8, 0])
    assert found.deciding == ("x1",)
    assert found.negligible == ("x1", "x2", "x3")[1:]
    assert found.said["x1"] == "GBP 80.00 as it goes from 0.1 to 0.9, 80.00 to 80.00"
    assert len(study.asked) == 7


def test_swing_of_one_plan_is_paired() -> None:
    # Luck that is the same at both ends cancels altogether; at one end twice as large it does not.
    shared = Formulas({"a": lambda x: 100 * x["x1"]}, {"a": lambda _: (-500, 500, 0, 0)}, MIDDLE)
    (one,) = tornado(shared, numbered(1), A, "GBP").indices
    assert one.low == one.high == pytest.approx(80)
    grown = Formulas({"a": lambda x: 100 * x["x1"]}, {"a": lambda x: (0, 300 if x["x1"] > 0.5 else 0, 0)}, MIDDLE)
    (one,) = tornado(grown, numbered(1), A, "GBP").indices
    deviation = sqrt(3.0)  # of 0, 3 and 0
    assert one.high - one.value == pytest.approx(student_quantile(0.95, 2) * deviation / sqrt(3))


def test_swing_of_a_difference_takes_the_narrower_of_two_sure_bounds() -> None:
    def flat(_: object) -> float:
        return 0.0

    t = student_quantile(0.95, 2)
    # The plans differ without luck at each end, but each changes with luck: the ends know it exactly.
    both = {name: lambda x: (0, 300 if x["x1"] > 0.5 else 0, 0) for name in "ab"}
    (one,) = tornado(Formulas({"a": flat, "b": flat}, both, MIDDLE), numbered(1), A_OR_B, "GBP").indices
    assert (one.low, one.value, one.high) == (0, 0, 0)
    # The plans differ with the same luck at each end: the changes know it exactly.
    kept = {"a": lambda _: (0, 300, 0), "b": lambda _: (0, 0, 0)}
    (one,) = tornado(Formulas({"a": flat, "b": flat}, kept, MIDDLE), numbered(1), A_OR_B, "GBP").indices
    assert (one.low, one.value, one.high) == (0, 0, 0)
    # Luck that turns round: the standard errors of both ends add up.
    turned = {"a": lambda x: (0, 300, 0) if x["x1"] > 0.5 else (0, -300, 0), "b": lambda _: (0, 0, 0)}
    (one,) = tornado(Formulas({"a": flat, "b": flat}, turned, MIDDLE), numbered(1), A_OR_B, "GBP").indices
    assert one.width / 2 == pytest.approx(t * 2 * sqrt(3) / sqrt(3))


def test_tornado_names_the_end_at_which_the_other_plan_wins_and_inputs_that_bend() -> None:
    study = Formulas({"a": lambda x: 100 * x["x1"] - 70, "b": lambda x: 100 * (x["x2"] - 0.5) ** 2}, own=MIDDLE)
    found = tornado(study, numbered(2), A_OR_B, "GBP")
    assert any(note.startswith("b wins if x1 is 0.9") for note in found.notes)
    assert any(note.startswith("x2 moves the result to the same side") for note in found.notes)
    assert found.said["x1"].startswith("GBP 80.00 in favour of b")


def test_tornado_leaves_out_an_input_without_result() -> None:
    study = Formulas({"a": lambda x: 100 * x["x1"]}, own=MIDDLE, broken=lambda x: x["x2"] > 0.8)
    found = tornado(study, numbered(2), A, "GBP")
    assert [one.input for one in found.indices] == ["x1"]
    assert found.found.failed == 1
    assert "x2 was left out" in found.notes[0]


def test_morris_of_a_linear_function_is_half_of_each_slope() -> None:
    study = Formulas({"a": lambda x: 100 * x["x1"] - 10 * x["x2"]})
    found = morris(study, numbered(3), A, 8, 1, "GBP")
    assert [found.of(f"x{i}", "mu_star").value for i in (1, 2, 3)] == pytest.approx([50, 5, 0])
    assert [found.of(f"x{i}", "mu").value for i in (1, 2, 3)] == pytest.approx([50, -5, 0])
    assert found.of("x1", "mu_star").width == pytest.approx(0, abs=1e-9)
    assert found.unconverged == ()
    assert found.deciding == ("x1",)
    assert found.negligible == ("x2", "x3")
    assert len(found.found.findings) == 8 * 4


def test_morris_tells_effects_that_go_both_ways() -> None:
    found = morris(Formulas({"a": lambda x: 100 * (x["x1"] - 0.5) * (x["x2"] - 0.5)}), numbered(2), A, 64, 1, "GBP")
    star, mean = found.of("x1", "mu_star"), found.of("x1", "mu")
    # The step of x1 is half a belief, and x2 stands at 1/8, 3/8, 5/8 or 7/8: 6.25 or 18.75 either way.
    assert 6.25 < star.value < 18.75
    assert abs(mean.value) < star.value / 2
    assert mean.low < 0 < mean.high


def test_morris_never_sets_the_extremes_of_a_belief() -> None:
    study = Formulas({"a": lambda x: x["x1"]})
    morris(study, numbered(1), A, 16, 1, "GBP")
    assert {value for point in study.asked for _, value in point.values} <= {0.125, 0.375, 0.625, 0.875}


def test_morris_leaves_out_walks_with_a_point_without_result() -> None:
    study = Formulas({"a": lambda x: 100 * x["x1"] + 10 * x["x2"]}, broken=lambda x: x["x1"] + x["x2"] > 1.6)
    found = morris(study, numbered(2), A, 32, 1, "GBP")
    assert found.found.failed > 0
    assert found.of("x1", "mu_star").value == pytest.approx(50)
    assert "of 32" in found.notes[0]


def index(name: str, value: float, reach: float) -> Index:
    return Index(name, "mu_star", value, value - reach, value + reach, converged=True)


def test_ranking_is_settled_where_neighbours_do_not_overlap() -> None:
    judged, wanted = with_ranking_judged([index("a", 100, 5), index("b", 80, 5), index("c", -50, 5)], 10)
    assert [one.converged for one in judged] == [True, True, True]
    assert wanted is None


def test_overlap_is_unsettled_and_tells_the_points_that_would_part_them() -> None:
    judged, wanted = with_ranking_judged([index("a", 100, 15), index("b", 80, 15), index("c", 40, 2)], 10)
    assert [one.converged for one in judged] == [False, False, True]
    assert wanted == 23  # 10 * (30 / 20) ** 2, rounded up


def test_inputs_that_are_screened_out_need_no_place_in_the_ranking() -> None:
    judged, wanted = with_ranking_judged([index("a", 100, 5), index("b", 2, 2), index("c", 1, 2)], 10)
    assert [one.converged for one in judged] == [True, True, True]
    assert wanted is None


def test_alike_inputs_are_not_worth_more_points() -> None:
    _, wanted = with_ranking_judged([index("a", 100, 15), index("b", 100, 15)], 10)
    assert wanted == float("inf")
    # A small one need not be told from its neighbours, only be seen to be small: (6 / (10 - 4)) ** 2 is at once.
    judged, wanted = with_ranking_judged([index("a", 100, 1), index("b", 4, 12), index("c", 4, 1)], 10)
    assert [one.converged for one in judged] == [True, False, True]
    assert wanted == 40
