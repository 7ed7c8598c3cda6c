"""A sweep: the best plan of each point, by how much, and whether that is settled, on losses chosen by hand."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from sim.errors import InputError
from sim.measures.estimates import Sums, student_quantile
from sim.studies.designs import Varied
from sim.studies.findings import Finding, PlanFinding
from sim.studies.points import Point
from sim.studies.sweep import COLUMNS, Sweep, sweep
from tests.unit.studies.crews import DETAIL, LIMIT, PLANS, counting_study, example

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.studies.points import Value


def finding(losses: Mapping[str, Sequence[int]], *values: tuple[str, Value]) -> Finding:
    """A point at which plans lost so much, in currency units, replication by replication."""
    cents = {plan: [100 * loss for loss in own] for plan, own in losses.items()}
    plans = {plan: PlanFinding(_sums(own), 1, 0, max(losses[plan]), 0.5) for plan, own in cents.items()}
    names = list(cents)
    squares = {
        (one, other): sum((a - b) ** 2 for a, b in zip(cents[one], cents[other], strict=True))
        for number, one in enumerate(names)
        for other in names[number + 1 :]
    }
    return Finding(Point(values), plans, squares)


def _sums(cents: Sequence[int]) -> dict[str, Sums]:
    sums = Sums(len(cents), sum(cents), sum(cent * cent for cent in cents))
    return {"loss": sums, **dict.fromkeys(COLUMNS, Sums(len(cents), 0, 0))}


def swept(*findings: Finding) -> Sweep:
    """A sweep that found this."""
    return Sweep(("x",), findings, 0.95, "GBP")


CLEAR = finding({"a": [10, 20, 30], "b": [15, 26, 34], "c": [100, 110, 121]}, ("x", 1))
OPEN = finding({"a": [10, 20, 30], "b": [30, 5, 24], "c": [100, 110, 120]}, ("x", 2))
BROKEN = Finding(Point((("x", 3),)), error="x: 3 is too much")


def test_the_margin_is_the_paired_difference_to_the_next_plan() -> None:
    found = swept(CLEAR)
    second, gap = found.margin(CLEAR)
    assert (CLEAR.best, second) == ("a", "b")
    assert gap is not None
    assert gap.value == pytest.approx(5)
    # Differences 5, 6, 4: standard deviation 1. Two other plans share 5 %, so that each interval is one of 97.5 %.
    assert gap.half_width == pytest.approx(student_quantile(0.975, 2) * 1 / 3**0.5)
    assert found.settled(CLEAR)


def test_a_difference_that_may_be_luck_is_not_settled() -> None:
    found = swept(CLEAR, OPEN)
    assert OPEN.best == "b"  # 59 against 60 in all
    assert not found.settled(OPEN)
    assert found.verdict == (
        "Of 2 points, a at 1 and b at 1 lose least. The best plan is better than the next by GBP 0.33 to GBP 5.00. "
        "At 1 point the best is not settled with so many replications."
    )


def test_one_plan_everywhere_is_said_so() -> None:
    assert swept(CLEAR, CLEAR).verdict.startswith(
        "a loses least at all 2 points; nothing that was varied changes the choice."
    )


def test_points_without_a_result_are_counted_and_left_out() -> None:
    found = swept(CLEAR, BROKEN)
    assert (found.failed, found.met, dict(found.best)) == (1, True, {"a": 1})
    assert found.verdict.endswith("No result: 1 point.")
    assert swept(BROKEN).verdict == "No point makes a valid scenario: x: 3 is too much"
    rows, best = found.tables()["sweep"], found.tables()["best"]
    assert rows["error"].dropna().tolist() == best["error"].dropna().tolist() == ["x: 3 is too much"]
    assert rows["plan"].isna().tolist() == [False] * 3 + [True]


def test_the_table_has_a_row_for_each_point_and_plan() -> None:
    rows = swept(CLEAR, OPEN).tables()["sweep"]
    assert list(rows["plan"]) == ["a", "b", "c"] * 2
    assert rows["x"].tolist() == [1] * 3 + [2] * 3
    assert rows["expected_loss"].tolist() == pytest.approx([20, 25, 331 / 3, 20, 59 / 3, 110])
    assert rows["more_than_best"].tolist() == pytest.approx([0, 5, 271 / 3, 1 / 3, 0, 110 - 59 / 3])
    assert rows["best"].tolist() == [True, False, False, False, True, False]
    assert (rows["n"] == 3).all()


def test_one_plan_alone_has_no_margin() -> None:
    alone = finding({"a": [1, 2, 3]}, ("x", 1))
    found = swept(alone)
    assert found.margin(alone) == (None, None)
    assert found.settled(alone)
    assert found.tables()["best"]["margin"].isna().all()


def test_data_is_plain() -> None:
    found = swept(finding({"a": [1, 2, 3]}, ("x", date(2026, 3, 2))), BROKEN)
    data = json.loads(json.dumps(found.data()))
    assert [point["x"] for point in data["points"]] == ["2026-03-02", 3]
    assert (data["varied"], data["failed"]) == (["x"], 1)


def test_a_sweep_asks_for_every_point_at_once() -> None:
    study, crew = counting_study(example(), columns=COLUMNS)
    found = sweep(study, example(), [Varied(DETAIL, (0, 1)), Varied(LIMIT, (None, 5_000))], "grid", 1)
    assert [[value for _, value in one.point.values] for one in found.findings] == [
        *([0, None], [0, 5_000]),
        *([1, None], [1, 5_000]),
    ]
    assert len(crew.units) == 4
    assert found.paths == (DETAIL, LIMIT)
    assert set(found.tables()["sweep"]["plan"]) == set(PLANS)
    for one, row in zip(found.findings, found.tables()["best"].to_dict("records"), strict=True):
        assert row["best"] == one.best
        assert row["expected_loss"] == one.mean(one.best).value


def test_a_mistake_is_found_before_anything_is_simulated() -> None:
    study, crew = counting_study(example(), columns=COLUMNS)
    with pytest.raises(InputError, match="detail_share"):
        sweep(study, example(), [Varied(DETAIL, (7, 8))], "grid", 1)
    assert crew.units == []
