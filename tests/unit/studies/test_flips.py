"""What would flip the choice: against closed forms on the real engine, and against curves whose every flip is known."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
import yaml
from pydantic import TypeAdapter

from sim.errors import InputError
from sim.measures.estimates import sums_over
from sim.scenario import load_scenario
from sim.studies.breakeven import breakeven_found
from sim.studies.findings import Finding, PlanFinding
from sim.studies.flip_facts import Flip, Flips, Skipped
from sim.studies.flip_search import MOST_PLANS
from sim.studies.flips import flip_sentence, flips_found, flips_of
from sim.studies.study import study_in_memory
from tests.stories import INSPECTED, MAKER, order_of, scenario_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from sim.scenario import Scenario
    from sim.studies.points import Point

FEE: Final = "inspections.psi.fee_per_man_day"
PRICE: Final = f"{MAKER}.freight.per_unit"
"""Any number will do where the curves are known."""
OWN: Final = 20.0
LUCK: Final = np.array([-300, 300] * 200)
"""Cents by which 400 replications miss the mean; they sum to zero. A mean of them has a half-width of 0.295 at 95 %."""


@dataclass
class KnownLosses:
    """Finds that each plan loses so much, in currency units, as a function of the value set at `PRICE`."""

    losses: Mapping[str, Callable[[float], float]]
    broken: Callable[[float], bool] = lambda _: False
    asked: list[Point] = field(default_factory=list)
    rounds: int = 0

    def findings(self, points: Sequence[Point]) -> list[Finding]:
        self.rounds += 1
        self.asked += points
        return [self._finding(point) for point in points]

    def _finding(self, point: Point) -> Finding:
        x: Any = dict(point.values).get(PRICE, OWN)
        if self.broken(x):
            return Finding(point, error="a value that makes no valid scenario")
        drawn = {
            name: np.round((index + 1) * LUCK + 100 * self.losses[name](x)).astype(np.int64)
            for index, name in enumerate(self.losses)
            if name in point.plans
        }
        plans = {name: PlanFinding({"loss": sums_over([drawn[name]])}, 0, 0, 0.0, 0.0) for name in point.plans}
        squares = {
            (name, other): sums_over([drawn[name] - drawn[other]]).squares
            for number, name in enumerate(point.plans)
            for other in point.plans[number + 1 :]
        }
        return Finding(point, plans, squares)


def written(folder: Path, changes: Mapping[str, object], plans: Mapping[str, object]) -> Scenario:
    """The plain story, changed, with plans of its own."""
    tree: dict[str, Any] = {**scenario_tree(changes), "plans": dict(plans)}
    file = folder / "story.yaml"
    file.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return load_scenario(file)


@pytest.fixture
def three(tmp_path: Path) -> Scenario:
    """Three plans that stand-ins give losses of their own; the input is 20 and believed to lie between 0 and 100."""
    return doubted(tmp_path, "a", "b", "c")


def doubted(folder: Path, *plans: str, believed: Mapping[str, object] | None = None) -> Scenario:
    """Plans whose losses a stand-in knows, and the belief in the input that it knows them for."""
    belief = believed or {"dist": "uniform", "low": 0, "high": 100, "source": "the forwarder's guess"}
    changes = {PRICE: OWN, "uncertain": {PRICE: belief}}
    return written(folder, changes, {name: {"orders": [order_of()]} for name in plans})


def looked(scenario: Scenario, losses: Mapping[str, Callable[[float], float]], **more: Any) -> Flips:  # noqa: ANN401 - fields of `KnownLosses`
    """What flips the choice between plans whose losses are known."""
    return flips_found(KnownLosses(losses, **more), scenario, tuple(losses))


def only(flips: Flips) -> Flip:
    """The one flip that was found."""
    (flip,) = flips.found
    return flip


# ------------------------------------------------------------------------------------------------ known curves


def test_a_flip_above_is_found_where_the_curves_cross(three: Scenario) -> None:
    # b loses 30 less than 10 more for each: 40 + (x - 20) against 70 at 50
    found = looked(three, {"a": lambda x: 40 + (x - 20), "b": lambda _: 70})
    assert found.chosen == "a"
    assert only(found) == Flip(
        path=PRICE,
        label="freight from maker",
        present=20,
        low=5,
        high=95,
        at=50,
        side="above",
        other="b",
        loses=45,
        source="the forwarder's guess",
    )
    assert found.steady == found.doubtful == ()
    assert found.complete


def test_a_flip_below_is_found_as_well(three: Scenario) -> None:
    flip = only(looked(three, {"a": lambda x: 100 - x, "b": lambda _: 88}))
    assert (flip.at, flip.side, flip.other, flip.loses) == (12, "below", "b", 7)


def test_both_sides_are_told_the_nearer_first(three: Scenario) -> None:
    # a is better from 15 to 60
    found = looked(three, {"a": lambda x: abs(x - 37.5), "b": lambda _: 22.5})
    assert [(flip.at, flip.side) for flip in found.found] == [(15, "below"), (60, "above")]


CURVES: Final[Mapping[str, Callable[[float], float]]] = {
    "exponential": lambda x: 60 * float(np.exp((x - 57) / 20)),
    "step": lambda x: 20 if x <= 57 else 300,
    "step then slope": lambda x: 20 if x <= 57 else 41 + x,
    "power": lambda x: (x / 57) ** 5 * 60,
    "slope then flat": lambda x: 60 - 100 * (57 - x) if x < 57 else 61 + (x - 57) / 100,
}


@pytest.mark.parametrize("shape", CURVES)
def test_curves_and_steps_are_located_in_a_few_rounds(three: Scenario, shape: str) -> None:
    known = KnownLosses({"a": CURVES[shape], "b": lambda _: 60})
    flip = only(flips_found(known, three, ("a", "b")))
    assert flip.at == pytest.approx(57, abs=1)
    assert known.rounds <= 12


@pytest.mark.parametrize("last", [71, 84, 95, 99])
def test_whole_days_are_located_to_the_day(tmp_path: Path, last: int) -> None:
    """The goods of the cheap firm arrive 20 days after `last`, and lose 100 for each day that they are late.

    Those of the safe firm arrive on day 30 and cost 2,000 more: as much as 20 days, so that it pays for days of need
    before `last`.
    """
    changes = {
        "need.due": 100,
        "need.late_cost_per_unit_day": 0.1,
        f"{MAKER}.transit.days": last,
        "suppliers.safe": {"extends": "maker", "unit_price": [{"from": 1, "price": 12}], "transit": {"days": 10}},
    }
    plans = {"cheap": {"orders": [order_of()]}, "safe": {"orders": [order_of(supplier="safe")]}}
    due = of(flips_of(written(tmp_path, changes, plans), replications=2), "need.due")
    assert (due.side, due.other) == ("below", "safe")
    assert due.at == pytest.approx(last, abs=1)


def test_no_flip_is_told_as_steady(three: Scenario) -> None:
    found = looked(three, {"a": lambda x: x, "b": lambda x: x / 2 + 200})
    (steady,) = found.steady
    assert (steady.low, steady.high, steady.at, steady.side, steady.other, steady.loses) == (5, 95, None, None, None, 0)
    assert found.found == found.doubtful == ()


def test_of_two_challengers_the_one_that_overtakes_first_is_told(three: Scenario) -> None:
    # b overtakes at 50 by 0.2 for each, c at 70 by 2 for each: at the far end c is best
    losses = {"a": lambda x: x, "b": lambda x: 0.8 * x + 10, "c": lambda x: 140 - x}
    flip = only(looked(three, losses))
    assert (flip.at, flip.other, flip.further) == (50, "b", "c")
    told = "If freight and duty from maker cost more than about USD 50.00 a unit (now USD 20.00), b loses less, and"
    assert flip_sentence(flip, "USD", "a") == f"{told} further on c."
    assert flip.loses == pytest.approx(9)


def test_a_plan_that_overtakes_first_but_not_for_sure_is_seen_too(three: Scenario) -> None:
    # b is ahead from 50 on by 0.01 for each, less than the intervals can tell; c from 70 on
    losses = {"a": lambda x: x, "b": lambda x: 0.99 * x + 0.5, "c": lambda x: 140 - x}
    flip = only(looked(three, losses))
    assert (flip.at, flip.other) == (50, "b")


def test_a_plan_that_is_better_in_between_only_is_caught(three: Scenario) -> None:
    # (x - 35)(x - 75) / 4: b is better between 35 and 75, and a at both ends
    found = looked(three, {"a": lambda _: 50, "b": lambda x: 50 + (x - 35) * (x - 75) / 4})
    flip = only(found)
    assert flip.at == pytest.approx(35, abs=1)
    assert (flip.side, flip.other) == ("above", "b")
    assert 35 < flip.high < 75
    assert flip.loses == pytest.approx((flip.high - 35) * (75 - flip.high) / 4, abs=0.01)


def test_far_from_each_other_plans_cost_two_values_only(three: Scenario) -> None:
    known = KnownLosses({"a": lambda x: x, "b": lambda x: 2_000 - x})
    flips_found(known, three, ("a", "b"))
    assert sum(PRICE in dict(point.values) for point in known.asked) == 2


def test_what_replications_cannot_settle_is_doubtful_neither_found_nor_steady(three: Scenario) -> None:
    # at 95 b is ahead by 0.15, half of what can be told
    found = looked(three, {"a": lambda x: 0.01 * x, "b": lambda _: 0.8})
    (doubtful,) = found.doubtful
    assert (doubtful.at, doubtful.side, doubtful.other) == (None, "above", "b")
    assert doubtful.loses == pytest.approx(0.15)
    assert found.found == found.steady == ()
    assert flip_sentence(doubtful, "USD", "a") == (
        "If freight and duty from maker cost as much as USD 95.00 a unit (now USD 20.00), a and b cannot be told apart."
    )


def test_an_end_that_makes_no_scenario_is_pulled_in(three: Scenario) -> None:
    losses = {"a": lambda x: x, "b": lambda _: 45}
    flip = only(looked(three, losses, broken=lambda x: x > 60))
    assert (flip.high, flip.at) == (57.5, 45)  # halfway from 20 to 95
    flip = only(looked(three, losses, broken=lambda x: x < 20 or x > 60))
    assert (flip.low, flip.high, flip.at) == (20, 57.5, 45)


def test_an_input_that_cannot_be_moved_at_all_is_skipped_with_the_reason(three: Scenario) -> None:
    found = looked(three, {"a": lambda x: x, "b": lambda _: 45}, broken=lambda x: x != OWN)
    assert Skipped(PRICE, "freight from maker", "a value that makes no valid scenario") in found.skipped
    assert found.found == found.steady == ()


def test_a_broken_value_in_the_middle_does_not_end_the_search(three: Scenario) -> None:
    flip = only(looked(three, {"a": lambda x: x, "b": lambda _: 45}, broken=lambda x: 40 < x < 90))
    assert flip.at == pytest.approx(45, abs=1)


def test_inputs_that_make_no_difference_are_skipped(three: Scenario) -> None:
    found = looked(three, {"a": lambda x: x, "b": lambda x: x + 5})
    reasons = {one.path: one.reason for one in found.skipped}
    assert reasons[PRICE] == reasons["need.sale_value"] == "it makes no difference between these plans"


def test_plans_that_are_equal_at_present_flip_where_they_part(three: Scenario) -> None:
    flip = only(looked(three, {"a": lambda x: max(x, 40.0), "b": lambda _: 40.0}))
    assert flip.at == pytest.approx(40, abs=1)


def test_a_plan_named_as_chosen_keeps_its_place(three: Scenario) -> None:
    losses = {"a": lambda x: x, "b": lambda _: 20.1}
    found = flips_found(KnownLosses(losses), three, ("b", "a"), chosen="a")
    assert found.chosen == "a"
    assert only(found).at == pytest.approx(20.1, abs=1)


def test_nothing_is_looked_into_where_another_plan_is_ahead_already(three: Scenario) -> None:
    losses = {"a": lambda x: x, "b": lambda _: 19.9}
    found = flips_found(KnownLosses(losses), three, ("a", "b"), chosen="a")
    assert found.ahead == "b"
    assert (found.found, found.steady, found.doubtful) == ((), (), ())


def test_a_value_beside_the_present_one_is_told_finely(three: Scenario) -> None:
    flip = only(looked(three, {"a": lambda x: x, "b": lambda _: 20.13}))
    assert flip.at == pytest.approx(20.13, abs=0.05)
    assert flip.at != OWN


def test_intervals_are_widened_for_the_number_of_plans(tmp_path: Path) -> None:
    """At 95 b is ahead by 0.32: beyond 0.295, the half-width of one comparison at 95 %, but not that of four."""
    losses: dict[str, Callable[[float], float]] = {"a": lambda x: 0.01 * x, "b": lambda _: 0.63}
    scenario = doubted(tmp_path, "a", "b", "c", "d", "e")
    assert only(looked(scenario, losses)).other == "b"
    assert not looked(scenario, losses | dict.fromkeys(("c", "d", "e"), lambda _: 500.0)).found


def test_of_many_plans_those_that_lose_least_are_looked_at(tmp_path: Path) -> None:
    names = [f"p{number}" for number in range(MOST_PLANS + 3)]
    known = KnownLosses({name: partial(operator.add, 100 * number) for number, name in enumerate(names)})
    flips_found(known, doubted(tmp_path, *names), tuple(names))
    assert all(set(point.plans) <= set(names[:MOST_PLANS]) for point in known.asked[1:])


def test_one_plan_has_no_rival(tmp_path: Path) -> None:
    known = KnownLosses({"a": lambda x: x})
    found = flips_found(known, doubted(tmp_path, "a"), ("a",))
    assert (found.chosen, found.found, found.steady, known.rounds) == ("a", (), (), 1)


def test_a_stop_is_honoured_and_what_is_missing_is_said(three: Scenario) -> None:
    losses = {"a": lambda x: x, "b": lambda _: 45}
    known = KnownLosses(losses)
    found = flips_found(known, three, ("a", "b"), stop=lambda: True)
    assert (found.chosen, found.complete, found.found, found.steady) == ("a", False, (), ())
    assert known.rounds == 1
    answers = iter([False, False, True])
    found = flips_found(KnownLosses(losses), three, ("a", "b"), stop=lambda: next(answers))
    assert not found.complete
    assert found.skipped  # what was known by then is kept


def test_own_values_without_a_result_are_answered(three: Scenario) -> None:
    with pytest.raises(InputError, match="nothing to compare with"):
        looked(three, {"a": lambda x: x, "b": lambda x: x}, broken=lambda _: True)


# ------------------------------------------------------------------------------------------------ closed forms


def inspected_or_not(folder: Path, fee: float, **more: object) -> Scenario:
    """Everything certain: 103 defective units in 1,000, and an inspection that has all of them mended, for a fee.

    Uninspected, each costs its sale (18.27) less what a defective unit fetches (0.30): 103 * 17.97 = 1,850.91.
    Inspected, only the fee is lost. Both pay the same otherwise: they cost the same at a fee of 1,850.91.
    """
    inspection = {
        **INSPECTED,
        "man_days": 1,
        "fee_per_man_day": fee,
        "sampling": {"standard": "fixed", "sample_size": 1000, "accept": {"critical": 0, "major": 0, "minor": 0}},
        "on_fail": {"do": "rework", "at_most": 1, "then": "accept"},
    }
    changes = {
        "need.sale_value": 18.27,
        "need.salvage_value": 0.30,
        "contract.detail_share": 0,
        f"{MAKER}.defects.major": 0.103,
        f"{MAKER}.rework": {"days": 0, "removes_share": 1},
        "inspections.psi": inspection,
        **more,
    }
    plans = {"plain": {"orders": [order_of()]}, "inspected": {"orders": [order_of(inspections=["psi"])]}}
    return written(folder, changes, plans)


def of(flips: Flips, path: str) -> Flip:
    """The flip of an input."""
    return next(flip for flip in (*flips.found, *flips.steady) if flip.path == path)


@pytest.mark.parametrize(
    ("fee", "chosen", "side", "other", "loses"),
    [(1_860, "plain", "below", "inspected", 45.91), (1_840, "inspected", "above", "plain", 44.09)],
)
def test_the_fee_that_flips_the_choice_is_what_the_inspection_saves(
    tmp_path: Path, fee: float, chosen: str, side: str, other: str, loses: float
) -> None:
    belief = {FEE: {"dist": "uniform", "low": 1_800, "high": 1_900}}  # 5 and 95 %: 1,805 and 1,895
    found = flips_of(inspected_or_not(tmp_path, fee, uncertain=belief), replications=20)
    flip = of(found, FEE)
    assert found.chosen == chosen
    assert (flip.low, flip.high, flip.source) == (1_805, 1_895, "`uncertain` in the scenario")
    assert (flip.at, flip.side, flip.other) == (1_851, side, other)
    assert flip.loses == pytest.approx(loses)
    than = "less than" if side == "below" else "more than"
    assert flip_sentence(flip, "USD", chosen) == (
        f"If an inspector's day costs {than} about USD 1,851 (now USD {fee:,}), {other} loses less."
    )


def test_usual_inputs_flip_the_choice_where_they_should(tmp_path: Path) -> None:
    """At a fee of 1,500 it pays down to a defective share of 1,500 / 17,970, and a sale value of 1,500 / 103 + 0.30.

    Whole units are defective: 84 of 1,000 cost 1,509.48, 83 of them 1,491.51.
    """
    found = flips_of(inspected_or_not(tmp_path, 1_500), replications=20)
    assert found.chosen == "inspected"
    share = of(found, f"{MAKER}.defects.major")
    assert (share.low, share.high) == (0.0343, 0.309)  # a third of 0.103 to three times
    assert share.at == pytest.approx(0.0835, abs=0.001)
    assert (share.side, share.other) == ("below", "plain")
    value = of(found, "need.sale_value")
    assert value.at == pytest.approx(1_500 / 103 + 0.30, abs=0.1)
    assert value.side == "below"
    fee = of(found, FEE)
    assert fee.at == pytest.approx(1_850.91, abs=10)
    assert fee.side == "above"
    assert "few lots have been seen" in share.source
    assert {one.path for one in found.skipped} >= {"need.due", "disputes.uphold_probability", f"{MAKER}.unit_price"}


def test_the_result_does_not_depend_on_threads_and_repeats_itself(tmp_path: Path) -> None:
    changes = {
        f"{MAKER}.payment": {"deposit_share": 1, "through": "direct"},
        f"{MAKER}.never_ships_probability": 0.05,
        "suppliers.safe": {
            "extends": "maker",
            "unit_price": [{"from": 1, "price": {"value": 12, "source": "quote"}}],
            "never_ships_probability": 0,
        },
        "uncertain": {f"{MAKER}.never_ships_probability": {"dist": "uniform", "low": 0, "high": 0.3}},
    }
    plans = {"cheap": {"orders": [order_of()]}, "safe": {"orders": [order_of(supplier="safe")]}}
    scenario = written(tmp_path, changes, plans)
    told: list[tuple[int, int]] = []
    found = flips_of(scenario, replications=500, progress=lambda done, wanted: told.append((done, wanted)))
    assert found == flips_of(scenario, replications=500, workers=2)
    assert found != flips_of(scenario, replications=500, workers=2, seed=2)
    assert told[-1][0] == told[-1][1] > 0
    # 20,000 p = 2,000 at p = 0.1 for sure; a share of 0.1 in 500 draws misses it by up to 0.03
    never = of(found, f"{MAKER}.never_ships_probability")
    assert never.at == pytest.approx(0.1, abs=0.035)
    assert never.other == "safe"
    # the safe firm's 2,000 more are nothing where its price of 12 falls to that of the risk, 5 % of 20,000
    level = of(found, "suppliers.safe.unit_price")
    assert level.side == "below"
    with study_in_memory(scenario, replications=500) as study:
        path = f"{MAKER}.never_ships_probability"
        (crossing,) = breakeven_found(study, scenario, path, plans=("cheap", "safe")).crossings
    assert never.at == pytest.approx(crossing.value, abs=0.005)  # told to a hundredth


def test_a_plan_that_does_not_exist_is_answered(tmp_path: Path) -> None:
    scenario = inspected_or_not(tmp_path, 100)
    with pytest.raises(InputError, match="no plan 'plian'"):
        flips_of(scenario, plans=("plian",))
    with pytest.raises(InputError, match="no plan 'other'"):
        flips_of(scenario, chosen="other")


def test_a_report_holds_what_was_found(three: Scenario) -> None:
    found = looked(three, {"a": lambda x: x, "b": lambda _: 45})
    kept = TypeAdapter(Flips)
    assert kept.validate_json(kept.dump_json(found)) == found
