"""PAWN indices: a known value, SALib's figure, what no influence looks like, and points that fail."""

from __future__ import annotations

import numpy as np
import pytest
from SALib.analyze import pawn as salib_pawn

from sim.studies.density import SLIDES, dummy_threshold, pawn, pawn_median, slide_numbers
from tests.unit.studies.known_formulas import A, Formulas, numbered


def test_output_that_is_the_input_itself() -> None:
    # In the tenth number s of ten, the distance is the larger of s / 10 and 1 - (s + 1) / 10; their median is 0.7.
    found = pawn(Formulas({"a": lambda x: 1000 * x["x1"]}), numbered(2), A, 1000, 1)
    assert found.of("x1", "pawn_median").value == pytest.approx(0.7, abs=0.005)
    assert found.of("x2", "pawn_median").value < 0.2
    assert found.deciding == ("x1",)
    assert found.negligible == ("x2",)
    assert found.indices[0].low < 0.7 < found.indices[0].high


def test_own_statistic_is_that_of_salib() -> None:
    random = np.random.default_rng(1)
    x = random.random((500, 3))
    y = np.round(x[:, 0] + 0.3 * x[:, 1] ** 2, 1)  # with equal outputs
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}
    known = salib_pawn.analyze(problem, x, y, S=SLIDES)["median"]
    order = np.argsort(y, kind="stable")
    ends = np.append(np.diff(y[order]) > 0, True)
    ours = [pawn_median(slide_numbers(column)[order], ends, np.ones(500)) for column in x.T]
    assert ours == pytest.approx(known.tolist(), abs=1e-12)


def test_threshold_shrinks_with_the_points() -> None:
    random = np.random.default_rng(1)
    few, many = (dummy_threshold(random.random(n), np.random.default_rng(2)) for n in (400, 6400))
    assert 0 < many < few
    assert few / many == pytest.approx(4, rel=0.25)  # with the square root of their number


def test_same_seed_gives_the_same_figures() -> None:
    once, again = (pawn(Formulas({"a": lambda x: 10 * x["x1"]}), numbered(2), A, 200, 1) for _ in range(2))
    assert once.indices == again.indices
    assert once.threshold == again.threshold


def test_points_without_result_are_left_out() -> None:
    study = Formulas({"a": lambda x: 1000 * x["x1"]}, broken=lambda x: x["x2"] < 0.25)
    found = pawn(study, numbered(2), A, 400, 1)
    assert found.found.failed == 100
    assert "100 of 400 points" in found.notes[0]
    assert found.of("x1", "pawn_median").value == pytest.approx(0.7, abs=0.05)


def test_output_that_never_varies() -> None:
    found = pawn(Formulas({"a": lambda _: 5.0}), numbered(2), A, 200, 1)
    assert {one.value for one in found.indices} == {0.0}
    assert found.deciding == ()
    assert found.negligible == ("x1", "x2")
