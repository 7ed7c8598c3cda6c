"""Where the answer flips: corners, their figures on points held out, and the sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.random.distributions import parse
from sim.studies.discovery import discovered
from sim.studies.inputs import Input
from sim.studies.outputs import responses_in
from sim.studies.sensitivity_designs import latin_design
from tests.unit.studies.known_formulas import A_OR_B, Formulas

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sim.studies.discovery import Discovery

LIMIT = Input("limit", parse({"dist": "uniform", "low": 5_000, "high": 20_000}))
DETAIL = Input("detail", parse({"dist": "uniform", "low": 0, "high": 1}))
ORDERS = Input("orders", parse({"dist": "uniform", "low": 0.5, "high": 6.5}), is_whole=True)
INPUTS = (LIMIT, DETAIL, ORDERS)


def found_where(
    b_wins: Callable[[Mapping[str, float]], bool],
    luck: Callable[[Mapping[str, float]], Sequence[int]] | None = None,
    points: int = 800,
    by: float = 10.0,
) -> Discovery:
    """Plan a loses nothing where plan b wins by an amount, and the reverse."""
    losses = {"a": lambda x: by if b_wins(x) else 0.0, "b": lambda _: by / 2}
    none = (0, 0, 0, 0)
    study = Formulas(losses, {"a": luck or (lambda _: none), "b": lambda _: none})
    found = responses_in(study, INPUTS, latin_design(3, points, 1), A_OR_B)
    return discovered(found, np.arange(points) % 2 == 1)


def test_corner_in_the_units_of_the_importer() -> None:
    found = found_where(lambda x: x["limit"] < 8_217 and x["detail"] < 0.4031)
    (corner,) = found.corners
    assert corner.plan == "b"
    limit, detail = corner.ranges
    assert (limit.input, limit.over, limit.step) == ("limit", None, 100)
    assert limit.under == pytest.approx(8_200, abs=150)
    assert (detail.input, detail.over, detail.step) == ("detail", None, 0.01)
    assert detail.under == pytest.approx(0.40, abs=0.02)
    assert corner.density.value > 0.9
    assert corner.density.low < corner.density.value < corner.density.high or corner.density.value == 1
    assert corner.coverage > 0.85
    assert corner.mass == pytest.approx(0.2145 * 0.4031, abs=0.02)
    assert corner.outside.value < 0.02
    assert limit.chance < 0.01
    assert detail.chance < 0.01
    assert found.held_out == 400
    share, sentence = found.sentences
    assert share.startswith("a wins at 92 % of the 800 points, b at the others")
    assert sentence.startswith("b wins in ")
    assert " of the cases where limit is under 8,100" in sentence
    assert " and detail is under 0.41 (" in sentence
    assert "of all cases, and outside it wins in " in sentence


def test_whole_numbers_are_told_as_such() -> None:
    found = found_where(lambda x: x["orders"] >= 4)
    (corner,) = found.corners
    # Half of the points on either side: b is not the plan that wins more often, so its corner is the one told.
    assert [(one.input, one.over, one.under) for one in corner.ranges] == [("orders", 3, None)]
    assert corner.density.value == 1
    assert "where orders is over 3 (" in corner.said


def test_two_corners() -> None:
    found = found_where(lambda x: (x["detail"] < 0.2 and x["limit"] < 15_000) or x["detail"] > 0.85, points=1600)
    first, second = found.corners
    assert not first.is_rest
    assert second.is_rest
    assert "of the other cases where" in second.said
    assert {one.input for one in (*first.ranges, *second.ranges)} == {"detail", "limit"}


def test_one_plan_wins_always() -> None:
    found = found_where(lambda _: False)
    assert found.corners == ()
    assert found.sentences == ("a wins at all 800 points.",)


def test_one_plan_wins_nearly_always() -> None:
    found = found_where(lambda x: x["detail"] < 0.02)
    assert found.corners == ()
    assert found.sentences == (
        "a wins at 98 % of the 800 points, b at the others.",
        "That is too seldom to look for a rule.",
    )


def test_no_rule_where_the_wins_are_scattered() -> None:
    found = found_where(lambda x: int(x["limit"] * 7919) % 10 < 3)
    assert found.corners == ()
    assert found.sentences[-1] == "Where the answer flips cannot be told by limits on a few inputs."


def test_too_few_points_to_tell_where() -> None:
    found = found_where(lambda x: x["detail"] < 0.1, points=100)
    assert found.corners == ()
    assert found.sentences[-1] == "These are too few points to tell where; --discover 1000 adds some for that."


def test_corner_is_judged_on_points_on_which_it_was_not_found() -> None:
    # By chance alone a corner can be found on one half; on the other it is no denser than the rest.
    random = np.random.default_rng(4)
    marks = iter((random.random(100_000) < 0.3).tolist())
    found = found_where(lambda _: next(marks), points=100)
    assert found.corners == ()


def doubtful(x: Mapping[str, float]) -> Sequence[int]:
    return (-9_999, 9_999, 0, 0) if x["limit"] < 8_000 else (0, 0, 0, 0)


def test_points_that_are_not_settled_are_told() -> None:
    found = found_where(
        lambda x: x["detail"] < 0.5, lambda x: (-9_999, 9_999, 0, 0) if x["limit"] < 8_000 else (0,) * 4
    )
    assert found.unsettled == pytest.approx(0.2)
    assert "at 20 % the simulation cannot tell them apart" in found.sentences[0]
    nothing = found_where(lambda _: False, lambda _: (-9_999, 9_999, 0, 0))
    assert nothing.sentences == (
        "At none of the 800 points can the simulation tell which of the two plans loses less.",
    )


def test_equal_losses_settle_nothing() -> None:
    found = found_where(lambda _: True, by=0.0)
    assert found.unsettled == 1
    assert found.corners == ()


def test_no_corners_are_looked_for_on_points_that_leave_gaps() -> None:
    study = Formulas({"a": lambda x: 100 * x["detail"], "b": lambda _: 30.0})
    found = discovered(responses_in(study, INPUTS, latin_design(3, 100, 1), A_OR_B))
    assert found.held_out == 0
    assert found.sentences == ("b wins at 70 % of the 100 points, a at the others.",)
