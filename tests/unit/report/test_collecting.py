"""Facts of a report against the tables of the run that they are collected from."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

import sim
from sim.accounts import cash_moves
from sim.outcomes import ORDER_RECORD, LossComponent, RecoveryRule
from sim.report.collecting import Looks, _edges, _exceedance, _histogram, _round_step, facts_of
from sim.report.facts import Facts
from sim.report.order_words import orders_in_words
from sim.scenario import OnlyIfSpec, OrderSpec, PlanSpec, StartSpec
from sim.scenario.inspections import DuringProductionSpec, InspectionSpec, PreShipmentSpec
from tests.unit.experiments import FIRST_ORDER

PLANS = ("all-at-once", "probe-then-rest", "two-suppliers")
RUN = sim.run(sim.load_scenario(FIRST_ORDER), plans=PLANS, replications=400)
FACTS = facts_of(RUN, Looks(flips=False))
TABLE = RUN.replications


def test_sums_close_to_the_cent_and_agree_with_the_tables() -> None:
    for plan in FACTS.plans:
        rows = TABLE[TABLE["plan"] == plan.name]
        assert sum(plan.components.values()) == plan.loss_cents
        assert plan.ground_up_cents - sum(plan.drops.values()) == plan.recovered_cents
        for name in (component.name.lower() for component in LossComponent):
            assert plan.components[name] == round(rows[f"loss.{name}"].sum() * 100)
        for name in (rule.name.lower() for rule in RecoveryRule):
            assert plan.drops[name] == round(rows[f"recovery.{name}"].sum() * 100)
        assert plan.loss.value == pytest.approx(rows["loss"].mean())


def test_plans_stand_by_expected_loss_and_are_compared_pair_by_pair() -> None:
    losses = {plan: TABLE[TABLE["plan"] == plan]["loss"].to_numpy() for plan in PLANS}
    means = [losses[plan.name].mean() for plan in FACTS.plans]
    assert means == sorted(means)
    best = FACTS.best
    assert best.more is None
    assert best.settled is None
    assert best.duel is None
    for plan in FACTS.plans[1:]:
        assert plan.more is not None
        assert plan.more.value == pytest.approx((losses[plan.name] - losses[best.name]).mean())
        assert plan.duel is not None
        apart = losses[plan.name] - losses[best.name]
        assert plan.duel.better == (apart > 0).mean()
        assert plan.duel.worse == (apart < 0).mean()
        assert plan.duel.by_better == pytest.approx(apart[apart > 0].mean())
        assert plan.duel.by_worse == pytest.approx(-apart[apart < 0].mean())
        assert plan.duel.skewness == pytest.approx(stats.skew(apart))


def test_curves_count_replications() -> None:
    for plan in FACTS.plans:
        losses = TABLE[TABLE["plan"] == plan.name]["loss"].to_numpy()
        for amount, share in zip(plan.exceedance.at, plan.exceedance.value, strict=True):
            assert share in {(losses > amount).mean(), (losses >= amount).mean()}
        assert plan.exceedance.value[-1] == 0
        for share, loss in zip(plan.quantiles.at, plan.quantiles.value, strict=True):
            assert (losses <= loss).mean() >= share
            assert (losses < loss).mean() < share
        inner = np.array(FACTS.edges[1:-1])
        counted = np.bincount(np.searchsorted(inner, losses, side="right"), minlength=len(inner) + 1)
        assert plan.histogram == pytest.approx(counted / len(losses))


def test_told_replications_are_those_at_the_quantiles() -> None:
    for plan in FACTS.plans:
        losses = TABLE[TABLE["plan"] == plan.name].set_index("replication")["loss"]
        for told, quantile in ((plan.typical, 0.5), (plan.bad, 0.95)):
            assert told is not None
            assert told.quantile == quantile
            assert told.loss == losses[told.replication]
            assert (losses <= told.loss).mean() >= quantile
            assert sum(told.components.values()) == pytest.approx(told.loss)
            assert told.ground_up - sum(told.drops.values()) == pytest.approx(told.recovered)
            assert told.events[0].event in {"order_placed", "order_not_placed"}
            assert [event.moment for event in told.events] == sorted(event.moment for event in told.events)


def test_money_out_never_leaves_its_band_and_ends_at_nothing() -> None:
    orders = RUN.orders
    for plan in FACTS.plans:
        cash = plan.cash
        assert cash is not None
        assert all(low <= mid <= high for low, mid, high in zip(cash.low, cash.median, cash.high, strict=True))
        assert all(one < other for one, other in pairwise(cash.days))
        assert cash.days[0] == 0
        assert cash.median[-1] == 0
        peaks = TABLE[TABLE["plan"] == plan.name]["peak_cash_out"]
        assert max(cash.high) <= peaks.max()
    assert len(orders) > 0


def test_cash_moves_of_one_order_by_hand() -> None:
    """30 % of 1,000.00 on day 0, the rest and freight of 80.00 on day 40, goods on day 70: then nothing is out."""
    order = np.zeros((1, 1), dtype=ORDER_RECORD)
    order["received"] = 70
    order["refund_paid"] = 90
    order["refunded"] = 200_00
    order["placed"] = 0
    order["balance_paid"] = 40
    order["shipped"] = 40
    order["deposit"], order["balance"], order["freight"] = 300_00, 700_00, 80_00
    minutes, cents = cash_moves(order)
    out = {minute: cents[0, : place + 1].sum() for place, minute in enumerate(minutes[0].tolist())}
    assert {minute: int(amount) for minute, amount in out.items()} == {0: 300_00, 40: 1_080_00, 70: 0}


def test_facts_survive_their_file() -> None:
    assert Facts.model_validate_json(FACTS.model_dump_json()) == FACTS


def test_the_same_run_has_the_same_facts() -> None:
    again = sim.run(sim.load_scenario(FIRST_ORDER), plans=PLANS, replications=400, workers=2, tables=False)
    assert facts_of(again, Looks(flips=False)).model_dump_json() == FACTS.model_dump_json()


def test_what_is_not_wanted_is_left_out() -> None:
    lean = facts_of(RUN, Looks(stories=False, cash=False, flips=False, papers=False))
    assert lean.pack is None
    assert lean.ledger == ()
    assert {plan.cash for plan in lean.plans} == {None}
    assert {plan.typical for plan in lean.plans} == {None}


def test_one_replication_has_facts() -> None:
    one = facts_of(sim.run(sim.load_scenario(FIRST_ORDER), plans=PLANS, replications=1), Looks(flips=False))
    assert Facts.model_validate_json(one.model_dump_json()).replications == 1


@pytest.mark.parametrize(
    ("wanted", "step"), [(0.3, 1), (1.0, 1), (1.7, 2), (2.3, 3), (21.0, 25), (26.0, 50), (501.0, 1000)]
)
def test_steps_of_bins_are_round(wanted: float, step: int) -> None:
    assert _round_step(wanted) == step


def test_bins_by_hand() -> None:
    losses = np.array([-500, 0, 0, 100, 250, 400, 10_000])
    edges = np.array([0, 200, 400, 600])
    assert _histogram(losses, edges) == pytest.approx((4 / 7, 1 / 7, 2 / 7))


def test_an_amount_that_many_lose_exactly_is_a_jump() -> None:
    """Of 1,000 losses of 0.01 to 9.80 and 20 of 50.00, 2 % lose 40.00 or more, not the half of it that a line says."""
    curve = _exceedance(np.array([*range(1, 981), *[50_00] * 20]))
    assert list(zip(curve.at, curve.value, strict=True))[-2:] == [(50.0, 0.02), (50.0, 0.0)]
    assert curve.at.count(50.0) == 2
    assert max(curve.at.count(amount) for amount in curve.at if amount < 50) == 1


def test_equal_losses_make_one_bin() -> None:
    edges = _edges([np.full(10, 700)])
    assert len(edges) == 2
    assert edges[0] <= 700 < edges[1]


def test_orders_in_words() -> None:
    orders = (
        OrderSpec(id="a", supplier="near", quantity=1_000, inspections=("psi",)),
        OrderSpec(id="b", supplier="far", quantity=2, start=StartSpec(after="a", when="received", delay_days=7.0)),
        OrderSpec(id="c", supplier="far", quantity=2, start=StartSpec(after="a", when="closed")),
        OrderSpec(id="d", supplier="far", quantity=2, start=StartSpec(day=14.0)),
        OrderSpec(
            id="e",
            supplier="far",
            quantity=2,
            start=StartSpec(day=date(2026, 4, 1)),
            only_if=OnlyIfSpec(order="a", inspection="passed"),
        ),
        OrderSpec(id="f", supplier="far", quantity=2, only_if=OnlyIfSpec(order="a", defective_share_at_most=0.025)),
    )
    assert orders_in_words(PlanSpec(name="p", title="p", orders=orders)) == (
        "order a of 1,000 from near, with inspection psi",
        "order b of 2 from far, 7 days after order a is received",
        "order c of 2 from far, right after order a is closed",
        "order d of 2 from far, on day 14",
        "order e of 2 from far, on 2026-04-01, only if order a passes its inspection",
        "order f of 2 from far, only if at most 2.5 % of order a are known to be defective",
    )


def test_an_order_alone_needs_no_id_and_inspections_are_told_by_what_they_are() -> None:
    visits: dict[str, InspectionSpec] = {
        "psi": PreShipmentSpec(kind="pre_shipment"),
        "strict": PreShipmentSpec(kind="pre_shipment"),
        "early": DuringProductionSpec(kind="during_production", title="Inspection at 25 %"),
        "dupro": DuringProductionSpec(kind="during_production", title="DUPRO visit"),
    }
    told = [
        orders_in_words(PlanSpec(name="p", title="p", orders=(order,)), visits)[0]
        for order in (
            OrderSpec(id="a", supplier="near", quantity=1_000),
            OrderSpec(id="a", supplier="near", quantity=1_000, inspections=("early", "dupro", "psi")),
            OrderSpec(id="a", supplier="near", quantity=1_000, inspections=("strict",)),
        )
    ]
    assert told == [
        "one order of 1,000 from near",
        "one order of 1,000 from near, with inspection at 25 %, DUPRO visit and pre-shipment inspection",
        "one order of 1,000 from near, with pre-shipment inspection (strict)",
    ]
