"""The comparison of plans, and its verdict in every case that there is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from scipy import stats

import sim
from sim.experiments.comparison import ComparedPlan, Comparison
from sim.experiments.verdict import money, verdict_text
from sim.measures import Estimate, PairedDifference
from sim.outcomes import LossComponent, RecoveryRule
from tests.unit.experiments import FIRST_ORDER
from tests.unit.fabricated import FabricatedEngine, FabricatedModel

if TYPE_CHECKING:
    from sim.model import PlanModel
    from sim.outcomes import Outcomes

SCENARIO = sim.load_scenario(FIRST_ORDER)
MEAN_LOSSES = {"all-at-once": 900_000, "two-halves": 400_000, "two-suppliers": 400_100}


class KnownLosses(FabricatedEngine):
    """An engine whose expected losses are known."""

    def simulate(self, model: PlanModel, replications: range, *, trace: bool = False) -> Outcomes:
        stand_in = FabricatedModel(plan=model.plan, mean_loss=MEAN_LOSSES[model.plan], order_ids=model.order_ids)
        return super().simulate(stand_in, replications, trace=trace)


def compared(**options: object) -> Comparison:
    """Three plans compared."""
    given: dict[str, Any] = {"plans": tuple(MEAN_LOSSES), "replications": 1_000, "engine": KnownLosses(), **options}
    return sim.compare(SCENARIO, **given)


COMPARISON = compared()


def plan(name: str, value: float, low: float = 0.0, high: float = 0.0, n: int = 1_000) -> ComparedPlan:
    """A plan that loses this much more than the best; the best itself is given without an interval."""
    to_best = None if low == high == value == 0 else PairedDifference(Estimate(value, low, high, n), 0.9, 9.0)
    loss = Estimate(4_000 + value, 3_900 + value, 4_100 + value, n)
    return ComparedPlan(
        name=name,
        loss=loss,
        to_best=to_best,
        tail=loss,
        components={component.name.lower(): 0.0 for component in LossComponent},
        drops={rule.name.lower(): 0.0 for rule in RecoveryRule},
        ground_up=0.0,
        recovered=0.0,
    )


def verdict(*others: ComparedPlan) -> str:
    """Verdict on a best plan beside these."""
    return verdict_text([plan("one", 0), *others], "GBP", 0.95)


def test_plans_stand_in_order_of_their_loss() -> None:
    assert [compared.name for compared in COMPARISON.plans] == ["two-halves", "two-suppliers", "all-at-once"]
    assert COMPARISON.best == "two-halves"
    assert COMPARISON.plans[0].to_best is None


def test_differences_are_paired_and_hold_together() -> None:
    found = COMPARISON.plans[2].to_best
    assert found is not None
    tallies = COMPARISON.run.tallies
    pairs = (tallies["all-at-once"].losses - tallies["two-halves"].losses) / 100
    # Two other plans: each interval at 1 - 0.05 / 2.
    low, high = stats.t.interval(0.975, len(pairs) - 1, pairs.mean(), stats.sem(pairs))
    assert found.difference[:3] == pytest.approx((pairs.mean(), low, high))
    assert found.correlation == pytest.approx(
        np.corrcoef(tallies["all-at-once"].losses, tallies["two-halves"].losses)[0, 1]
    )
    assert found.variance_reduction > 1


def test_table_holds_the_comparison() -> None:
    table = COMPARISON.table
    assert table["plan"].tolist() == ["two-halves", "two-suppliers", "all-at-once"]
    assert table["difference"][0] == 0
    assert table["settled"].tolist() == [None, False, True]
    parts = table[[f"loss.{component.name.lower()}" for component in LossComponent]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(table["expected_loss"].to_numpy())
    measured = COMPARISON.run.summary.set_index(["plan", "measure"])["value"]
    assert table["loss_cvar_95"][2] == measured["all-at-once", "loss_cvar_95"]
    rule = table["stopping_rule"][0]
    assert table["stopped_amount"][0] == measured["two-halves", f"recovery.{rule}"]
    assert table["stopped_amount"][0] == max(
        measured["two-halves", f"recovery.{each.name.lower()}"] for each in RecoveryRule
    )


def test_what_a_loss_consists_of() -> None:
    none = {component.name.lower(): 0.0 for component in LossComponent}
    parts = {**none, "missing_units": 500.0, "purchase": -300.0, "freight": 1.0, "inspection": 90.0, "refunds": -80.0}
    some = replace(plan("one", 0), components=parts)
    assert some.largest_components == (
        ("missing_units", 500.0),
        ("purchase", -300.0),
        ("inspection", 90.0),
        ("refunds", -80.0),
    )
    assert plan("one", 0).largest_components == ()


def test_the_rule_that_stopped_most() -> None:
    drops = {rule.name.lower(): 0.0 for rule in RecoveryRule}
    some = replace(plan("one", 0), drops={**drops, "above_limit": 7.0, "rejected": 3.0})
    assert some.stopping_rule == ("above_limit", 7.0)
    assert plan("one", 0).stopping_rule is None


def test_verdict_when_it_is_settled() -> None:
    assert verdict(plan("two", 900, 820, 980), plan("three", 1_500, 1_400, 1_600)) == (
        "Choose one: on average it loses GBP 900 less than the next best, two (820 to 980 less at 95 % confidence)."
    )
    assert "than the other plan, two" in verdict(plan("two", 900, 820, 980))


def test_verdict_says_when_it_is_not_settled_and_what_it_would_take() -> None:
    # A half-width of 300 at a difference of 100 needs 9 times as many, and a fifth more: 10,800 in all.
    assert verdict(plan("two", 100, -200, 400), plan("three", 1_500, 1_400, 1_600)) == (
        "Not settled: one loses least here, but 1,000 replications cannot tell it from two (the others lose more); "
        "about 10,000 more of each plan would settle it."
    )
    assert "from two or three; about 99,000 more" in verdict(
        plan("two", 100, -200, 400), plan("three", 110, -893, 1_113)
    )


def test_verdict_on_many_open_plans_names_a_few() -> None:
    open_plans = [plan(name, 100, -200, 400) for name in ("two", "three", "four", "five", "six")]
    assert "two, three, four and 2 more;" in verdict(*open_plans)


def test_verdict_when_more_replications_would_hardly_help() -> None:
    assert "more would hardly help" in verdict(plan("two", 0.01, -200, 200))
    assert "more would hardly help" in verdict(plan("two", 0.0, -200, 200))


def test_verdict_on_a_tie() -> None:
    tied = replace(plan("two", 1), to_best=PairedDifference(Estimate(0.0, 0.0, 0.0, 1_000), 1.0, 1.0))
    assert verdict(tied) == "A tie: one and two lose exactly the same in every one of 1,000 replications."


def test_verdict_on_a_single_plan() -> None:
    assert verdict() == "one is the only plan; it loses GBP 4,000 on average."


def test_the_same_order_under_two_names_is_a_tie() -> None:
    overrides = ("plans.again={orders: [{id: a, supplier: shenzhen, quantity: 3000}]}",)
    scenario = sim.load_scenario(FIRST_ORDER, overrides)
    found = sim.compare(scenario, plans=["all-at-once", "again"], replications=200)
    assert found.verdict.startswith("A tie: ")


def test_one_replication_settles_nothing() -> None:
    found = compared(replications=1)
    assert found.verdict.startswith("Not settled: ")
    assert cast("PairedDifference", found.plans[1].to_best).settled is False


@pytest.mark.parametrize(
    ("amount", "beside", "text"),
    [(99.994, 0, "99.99"), (100.4, 0, "100"), (-12_345.6, 0, "-12,346"), (-0.001, 0, "0.00"), (4.5, 200, "4")],
)
def test_money_for_readers(amount: float, beside: float, text: str) -> None:
    assert money(amount, beside=beside) == text
