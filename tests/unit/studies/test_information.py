"""The value of information: closed forms without luck, groups, ranges, and what is told."""

from __future__ import annotations

from math import exp, pi, sqrt
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from sim.errors import InputError
from sim.studies.conditional_means import conditional_means
from sim.studies.decision_rules import ranges_found
from sim.studies.information import groups_of_paths, information_found, points_drawn
from sim.studies.inputs import uncertain_inputs
from sim.studies.joint_inputs import believed_inputs
from sim.studies.knowledge import EVERYTHING, changes_text
from sim.studies.points import Point
from sim.studies.study import study_in_memory
from tests.stories import MAKER
from tests.unit.studies.known_losses import FIRST, SECOND, SHARE, THIRD, KnownLosses, uncertain_scenario, with_sets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sim.studies.knowledge import Information, Knowledge

TWO = {FIRST: SHARE, SECOND: SHARE}


def named(found: Information, name: str) -> Knowledge:
    (one,) = (one for one in found.knowledge if one.name == name)
    return one


def normal_loss(mean: float, sd: float) -> float:
    """E[max(0, -D)] of D ~ N(mean, sd): the unit normal loss integral (Raiffa and Schlaifer 1961, section 5.4)."""
    unit = mean / sd
    return float(sd * exp(-unit * unit / 2) / sqrt(2 * pi) - mean * ndtr(-unit))


# ------------------------------------------------------------------------------------------- known answers


def test_two_plans_of_which_one_loses_in_proportion_to_an_input(tmp_path: Path) -> None:
    # 500 - E[min(500, 1000 x)] = 500 - (125 + 250)
    scenario = uncertain_scenario(tmp_path)
    found = information_found(KnownLosses({"a": lambda _: 500.0, "b": lambda x: 1000 * x}), scenario, points=1000)
    known = named(found, FIRST)
    assert known.value.value == pytest.approx(125, rel=0.005)
    assert known.plug_in == pytest.approx(125, rel=0.005)
    assert known.value.low < 125 < known.value.high
    assert known.is_shown
    assert known.changes == pytest.approx(0.5, abs=0.01)


def test_three_plans(tmp_path: Path) -> None:
    # E[min(1000 x, 1000 (1 - x), 400)] = 2 * 1000 * 0.4**2 / 2 + 400 * 0.2 = 240, and 400 is best without knowing
    plans = {"low": lambda x: 1000 * x, "high": lambda x: 1000 * (1 - x), "between": lambda _: 400.0}
    scenario = uncertain_scenario(tmp_path, tuple(plans))
    found = information_found(KnownLosses(plans), scenario, points=1000)
    assert found.best == "between"
    assert named(found, FIRST).value.value == pytest.approx(160, rel=0.005)
    low, middle, high = found.ranges
    assert [one.plan for one in found.ranges] == ["low", "between", "high"]
    assert (low.low, high.high) == (None, None)
    assert low.high == pytest.approx(0.4, abs=0.005)
    assert high.low == pytest.approx(0.6, abs=0.005)
    assert sum(one.share for one in found.ranges) == pytest.approx(1)
    # What is saved in a range is the mean of 400 - 1000 x over it, and nothing where the choice stays the same.
    assert low.saved == pytest.approx(200, rel=0.02)
    assert middle.saved == 0


def test_two_independent_inputs(tmp_path: Path) -> None:
    # D = a (x - 1/2) + b (y - 1/2): x alone is worth a / 8, y alone b / 8, both a / 8 + b**2 / (24 a) for a >= b
    a, b = 1600.0, 800.0
    plans = {"a": lambda *_: 3000.0, "b": lambda x, y: 3000 + a * (x - 0.5) + b * (y - 0.5)}
    found = information_found(KnownLosses(plans), uncertain_scenario(tmp_path, inputs=TWO), points=2000)
    assert [one.name for one in found.singles] == [FIRST, SECOND]
    for name, worth in ((FIRST, a / 8), (SECOND, b / 8), (EVERYTHING, a / 8 + b * b / (24 * a))):
        known = named(found, name)
        assert known.value.value == pytest.approx(worth, rel=0.1)
        assert known.value.low < worth < known.value.high
    # Without luck the best plan of each point by itself is what perfect knowledge brings: no more than sampling error.
    assert found.everything.plug_in == pytest.approx(found.everything.value.value, rel=0.01)


@pytest.mark.parametrize("mean", [200.0, -100.0])
def test_a_normal_input(tmp_path: Path, mean: float) -> None:
    scenario = uncertain_scenario(tmp_path, inputs={THIRD: {"dist": "normal", "mean": 50, "sd": 5}})
    plans = {"a": lambda _: 2000.0, "b": lambda value: 2000 + mean + 400 * (value - 50) / 5}
    found = information_found(KnownLosses(plans), scenario, points=2000)
    worth = normal_loss(abs(mean), 400)
    assert found.best == ("a" if mean > 0 else "b")
    assert named(found, THIRD).value.value == pytest.approx(worth, rel=0.02)


def test_an_input_that_raises_every_loss_alike_is_worth_nothing(tmp_path: Path) -> None:
    plans = {"a": lambda x, _: 9000 * x + 100, "b": lambda x, y: 9000 * x + 200 + y}
    found = information_found(KnownLosses(plans), uncertain_scenario(tmp_path, inputs=TWO), points=200)
    assert all(one.value == (0, 0, 0, 200) for one in found.knowledge)
    assert found.verdict.endswith("whatever came out, you would choose the same.")


def test_a_bend_is_followed(tmp_path: Path) -> None:
    # A loss that only matters beyond a threshold, as a claim beyond the limit: E[max(0, 4000 (x - 3/4))] = 125
    plans = {"a": lambda _: 500.0, "b": lambda x: 500 + 4000 * max(x - 0.75, 0) - 1000 * max(0.25 - x, 0)}
    found = information_found(KnownLosses(plans), uncertain_scenario(tmp_path), points=1000)
    # E[D] = 4000 / 32 - 1000 / 32 > 0: a is best, and b saves 1000 / 32 below a quarter.
    assert named(found, FIRST).value.value == pytest.approx(1000 / 32, rel=0.03)


# ------------------------------------------------------------------------------------------- what must always hold

amounts = st.floats(-1000, 1000, allow_nan=False)


@settings(max_examples=8)
@given(st.tuples(amounts, amounts, amounts, amounts))
def test_more_knowledge_is_worth_no_less(weights: tuple[float, float, float, float]) -> None:
    a, b, c, level = weights
    plans = {"a": lambda *_: 2000.0, "b": lambda x, y, z: 2000 + level / 4 + a * (x - 0.5) + b * (y - 0.5) * z + c * z}
    found = _found(plans)
    slack = 0.05 * (abs(a) + abs(b) + abs(c))  # of 200 points: about three standard errors
    for one in found.knowledge:
        assert one.value.value >= -slack
        for other in found.knowledge:
            if set(one.inputs) < set(other.inputs):
                assert one.value.value <= other.value.value + slack
    # Two or more of something else, or a constant on top, change nothing but the unit.
    doubled = _found({name: lambda *known, loss=loss: 2 * loss(*known) + 700 for name, loss in plans.items()})
    assert doubled.everything.value.value == pytest.approx(2 * found.everything.value.value, abs=0.1)


def _found(plans: Mapping[str, Callable[..., float]]) -> Information:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        scenario = uncertain_scenario(Path(folder), inputs={**TWO, THIRD: SHARE})
        return information_found(KnownLosses(plans), scenario, points=200)


def test_the_same_question_has_the_same_answer(tmp_path: Path) -> None:
    scenario = uncertain_scenario(tmp_path, inputs=TWO)
    plans = {"a": lambda *_: 500.0, "b": lambda x, y: 600 * x + 300 * y}
    first, again, other = (
        information_found(KnownLosses(plans, 50), scenario, points=100, seed=seed) for seed in (3, 3, 4)
    )
    assert first == again
    assert first.everything.value != other.everything.value


# ------------------------------------------------------------------------------------------- points and groups


def test_every_point_has_values_and_luck_of_its_own(tmp_path: Path) -> None:
    inputs = uncertain_inputs(uncertain_scenario(tmp_path, inputs=TWO))
    points = points_drawn(inputs, 100, 1)
    assert len({point.values[0] for point in points}) == 100
    for index in (1, 2):
        shares = sorted(float(str(point.values[index][1])) for point in points)
        assert all(number / 100 <= share <= (number + 1) / 100 for number, share in enumerate(shares))


def test_inputs_of_parameter_sets_are_drawn_together_each_row_equally_often(tmp_path: Path) -> None:
    scenario = with_sets(
        uncertain_scenario(tmp_path, inputs={**TWO, THIRD: SHARE}),
        (SECOND, FIRST),
        ((0.9, 0.1), (0.7, 0.3), (0.6, 0.4)),
    )
    points = points_drawn(believed_inputs(scenario), 30, 1)
    values = [dict(point.values) for point in points]
    pairs = [(value[FIRST], value[SECOND]) for value in values]
    assert {pair: pairs.count(pair) for pair in pairs} == {(0.1, 0.9): 10, (0.3, 0.7): 10, (0.4, 0.6): 10}
    # what is in no set is drawn as ever, and the rows come in no order that it could go with
    assert len({value[THIRD] for value in values}) == 30
    assert pairs != sorted(pairs)


def test_parts_that_are_independent_are_drawn_by_themselves(tmp_path: Path) -> None:
    sets = ((0.9, 0.1), (0.7, 0.3))
    scenario = with_sets(uncertain_scenario(tmp_path, inputs=TWO), (FIRST, SECOND), sets, independent=(FIRST,))
    drawn = {tuple(value for _, value in point.values[1:]) for point in points_drawn(believed_inputs(scenario), 200, 1)}
    assert drawn == {(0.9, 0.1), (0.9, 0.3), (0.7, 0.1), (0.7, 0.3)}


def test_knowing_joint_draws_is_worth_what_the_rows_say(tmp_path: Path) -> None:
    # a loses 500 whatever comes; b loses 1,000 (x + y), in the rows 0, 800 and 1,300: on average 700. Knowing the row
    # saves 500 in the first, and nothing in the others. Draws one by one would give x + y other values.
    rows = ((0.0, 0.0), (0.7, 0.1), (0.4, 0.9))
    scenario = with_sets(uncertain_scenario(tmp_path, inputs=TWO), (FIRST, SECOND), rows)
    losses = KnownLosses({"a": lambda _x, _y: 500.0, "b": lambda x, y: 1000 * (x + y)})
    found = information_found(losses, scenario, points=300)
    assert found.best == "a"
    assert [one.name for one in found.singles] == ["parameter_sets"]
    assert set(found.singles[0].inputs) == {FIRST, SECOND}
    assert found.singles[0].value.value == pytest.approx(500 / 3, rel=1e-6)
    assert found.singles[0].changes == pytest.approx(1 / 3)


def test_the_engine_gives_each_point_luck_of_its_own(tmp_path: Path) -> None:
    ships = f"{MAKER}.never_ships_probability"
    scenario = uncertain_scenario(tmp_path, inputs={ships: SHARE}, changes={ships: 0.5})
    points = [Point((("run.seed", seed), (ships, 0.5)), ("a",)) for seed in range(20)]
    with study_in_memory(scenario, replications=50) as study:
        losses = [finding.mean("a").value for finding in study.findings(points)]
    assert len(set(losses)) > 10


def test_points_without_a_result_are_left_out_and_counted(tmp_path: Path) -> None:
    plans = {"a": lambda _: 500.0, "b": lambda x: 1000 * x}
    broken = KnownLosses(plans, broken=lambda x: x > 0.9)
    found = information_found(broken, uncertain_scenario(tmp_path), points=1000)
    assert found.failed == 100
    assert found.everything.value.n == 900
    # Below 0.9 the expected losses are 500 and 450, and knowing saves E[max(0, 1000 x - 500)] = 500 * (0.4**2 / 0.9).
    assert found.best == "b"
    assert found.everything.value.value == pytest.approx(500 * 0.4**2 / 0.9, rel=0.02)
    with pytest.raises(InputError, match=r"only 50 of 100 points gave a result(?s:.*)makes no valid scenario"):
        information_found(KnownLosses(plans, broken=lambda x: x > 0.5), uncertain_scenario(tmp_path), points=100)


def test_groups_are_made_of_paths_that_begin_alike() -> None:
    paths = ["suppliers.x.defects.major.mean", "suppliers.x.defects.bad_lot.probability", "suppliers.x.transit.days"]
    assert groups_of_paths([*paths, "buyer.hourly_cost"]) == {
        "suppliers.x.defects": tuple(paths[:2]),
        "suppliers.x": tuple(paths),
    }
    assert groups_of_paths(paths[:2]) == {}
    assert groups_of_paths(["need.due", "needle", "suppliers.a.x", "suppliers.ab.x"]) == {
        "suppliers": ("suppliers.a.x", "suppliers.ab.x")
    }


def test_groups_may_be_given_by_beginnings(tmp_path: Path) -> None:
    scenario = uncertain_scenario(tmp_path, inputs={**TWO, THIRD: SHARE})
    plans = {"a": lambda *_: 500.0, "b": lambda x, y, z: 300 * x + 300 * y + 400 * z}
    found = information_found(
        KnownLosses(plans), scenario, points=100, groups={"audit": ["suppliers.maker"], "work": [THIRD, SECOND]}
    )
    assert {one.name: one.inputs for one in found.groups} == {
        "suppliers.maker.defects": (FIRST, SECOND),
        "audit": (FIRST, SECOND),
        "work": (SECOND, THIRD),
    }
    with pytest.raises(InputError, match="no uncertain input begins with 'contract'"):
        information_found(KnownLosses(plans), scenario, points=100, groups={"paper": ["contract"]})
    with pytest.raises(InputError, match="'everything' has a row already"):
        information_found(KnownLosses(plans), scenario, points=100, groups={EVERYTHING: [FIRST]})


def test_only_the_plans_and_inputs_that_were_asked_for(tmp_path: Path) -> None:
    scenario = uncertain_scenario(tmp_path, ("a", "b", "c"), TWO)
    simulates = KnownLosses({"a": lambda x: x, "c": lambda x: 1 - x})
    found = information_found(simulates, scenario, plans=("c", "a"), inputs=(SECOND,), points=64)
    assert list(found.losses) == ["a", "c"]
    assert {point.plans for point in simulates.asked} == {("a", "c")}
    assert found.everything.inputs == (SECOND,)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"plans": ("a",)}, "at least two plans"),
        ({"plans": ("a", "bb")}, "did you mean 'b'"),
        ({"points": 63}, "at least 64"),
        ({"inputs": ("suppliers.maker.defects.majr",)}, "did you mean 'suppliers.maker.defects.major'"),
    ],
)
def test_what_cannot_be_answered(tmp_path: Path, more: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        information_found(KnownLosses({}), uncertain_scenario(tmp_path), **more)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------- what is told


def test_the_verdict_names_what_pays_and_what_does_not(tmp_path: Path) -> None:
    plans = {"safe": lambda *_: 5000.0, "bold": lambda x, y, _: 5000 + 1600 * (x - 0.45) + 400 * (y - 0.5)}
    scenario = uncertain_scenario(tmp_path, tuple(plans), {**TWO, THIRD: SHARE})
    found = information_found(KnownLosses(plans), scenario, points=1000)
    assert found.verdict.startswith(
        f"Before ordering, choose safe. Knowing {FIRST} exactly would be worth at most USD 1"
    )  # 162
    assert "an audit or a sample order that costs more cannot pay" in found.verdict
    assert "Knowing everything listed would be worth at most USD 1" in found.verdict
    assert found.verdict.endswith("; nothing else is shown to be worth knowing by itself.")
    assert changes_text(found, FIRST) == "below 0.45 you would choose bold"
    assert changes_text(found, THIRD) == ""


def test_inputs_that_matter_together_only(tmp_path: Path) -> None:
    # Each by itself leaves the expected difference at 100 whatever it is; together they decide the sign.
    plans = {"a": lambda *_: 5000.0, "b": lambda x, y: 5100 + 9000 * (x - 0.5) * (y - 0.5)}
    found = information_found(KnownLosses(plans), uncertain_scenario(tmp_path, inputs=TWO), points=1000)
    assert not any(one.is_shown for one in found.singles)
    assert found.everything.is_shown
    assert "No single input is shown to be worth knowing by itself; knowing everything listed" in found.verdict


def test_tables_and_data_tell_the_same(tmp_path: Path) -> None:
    scenario = uncertain_scenario(tmp_path, inputs={**TWO, THIRD: SHARE})
    plans = {"a": lambda *_: 500.0, "b": lambda x, y, z: 600 * x + 300 * y + 50 * z}
    found = information_found(KnownLosses(plans), scenario, points=100)
    tables, data = found.tables(), found.data()
    assert list(tables["information"]["name"]) == [EVERYTHING, f"{FIRST.rpartition('.')[0]}", FIRST, SECOND, THIRD]
    for row, plain in zip(tables["information"].to_dict("records"), data["information"], strict=True):
        assert row == {**plain, "inputs": ",".join(plain["inputs"])}
    assert list(tables["rules"]["plan"]) == [rule["plan"] for rule in data["rules"]]
    assert list(tables["plans"]["plan"]) == ["a", "b"]
    assert found.met


# ------------------------------------------------------------------------------------------- the fitted curve


def test_one_input_is_fitted_by_the_natural_cubic_smoothing_spline() -> None:
    from scipy.interpolate import make_smoothing_spline

    # Where every finding is a centre, and at the penalty that it chose, the curve is Reinsch's own.
    x = np.linspace(0, 1, 40)
    y = np.sin(7 * x) + 0.3 * np.random.default_rng(1).standard_normal(40)
    many, more = np.repeat(x, 4), np.repeat(y, 4)
    fitted = conditional_means(many[:, None], more[:, None])
    curve = fitted.at(x[:, None])[:, 0]
    gap = np.inf
    for penalty in np.logspace(-9, 1, 400):
        gap = min(gap, float(np.abs(make_smoothing_spline(x, y, lam=penalty)(x) - curve).max()))
    assert gap < 0.02


def test_a_trend_is_kept_whole_and_noise_is_not_followed() -> None:
    generator = np.random.default_rng(5)
    inputs = generator.random((400, 3))
    trend = inputs @ np.array([3.0, -2.0, 1.0]) + 7
    noise = generator.standard_normal(400)
    fitted = conditional_means(inputs, np.column_stack([trend, noise]))
    assert fitted.at(inputs)[:, 0] == pytest.approx(trend, abs=1e-6)
    assert np.sqrt(np.mean(np.square(fitted.at(inputs)[:, 1]))) < 0.25
    assert fitted.freedom[1] < 30


def test_inputs_with_few_values_or_one() -> None:
    generator = np.random.default_rng(6)
    three = np.repeat([0.0, 1.0, 5.0], 50)[:, None]
    outcomes = np.array([[1.0], [4.0], [2.0]]).repeat(50, axis=0) + 0.01 * generator.standard_normal((150, 1))
    assert conditional_means(three, outcomes).at(np.array([[0.0], [1.0], [5.0]]))[:, 0] == pytest.approx(
        [1, 4, 2], abs=0.02
    )
    same = np.column_stack([three, np.full(150, 7.0)])
    assert conditional_means(same, outcomes).at(np.array([[1.0, 7.0]]))[0, 0] == pytest.approx(4, abs=0.05)


def test_a_range_too_narrow_to_be_placed_is_not_told_apart(tmp_path: Path) -> None:
    (one,) = uncertain_inputs(uncertain_scenario(tmp_path))
    known = (np.arange(1000) + 0.5) / 1000
    losses = np.column_stack([np.full(1000, 10.0), 1000 * (known - 0.005)])
    (only,) = ranges_found(one, known, losses, ("a", "b"), 0)
    assert (only.plan, only.low, only.high, only.share) == ("a", None, None, 1)
