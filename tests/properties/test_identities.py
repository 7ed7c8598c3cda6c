"""The two identities and what follows from them, over random small scenarios."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.accounts import recovery_left
from sim.engines.reference import simulate
from sim.outcomes import LossComponent
from sim.protocol import State
from sim.rules.coverage import covered_payments
from sim.rules.refund import NO_LIMIT
from sim.terms import LimitScope
from tests.properties.small_scenarios import Given, scenarios
from tests.stories import model_of

if TYPE_CHECKING:
    from pathlib import Path

    from sim.model import PlanModel
    from sim.outcomes import Outcomes, Records

REPLICATIONS = range(6)
CENTS_PER_MICRO = Fraction(1, 10_000)
PAYMENTS = (("deposit", "placed"), ("balance", "balance_paid"), ("freight", "shipped"))


def outcomes_of(folder: Path, scenario: Given) -> tuple[PlanModel, Outcomes]:
    model = model_of(folder, scenario.changes, scenario.orders)
    return model, simulate(model, REPLICATIONS)


# ------------------------------------------------------------------------------------ the identities


@given(scenario=scenarios())
def test_loss_is_the_sum_of_its_components(folder: Path, scenario: Given) -> None:
    _, outcomes = outcomes_of(folder, scenario)
    records = outcomes.replications
    assert (records["loss"] == records["components"].sum(axis=1)).all()


@given(scenario=scenarios())
def test_harm_is_the_sum_of_drops_and_recovery(folder: Path, scenario: Given) -> None:
    """In every replication, in every order; and what was recovered is what arrived."""
    model, outcomes = outcomes_of(folder, scenario)
    records, orders = outcomes.replications, outcomes.orders
    assert (records["ground_up"] == records["drops"].sum(axis=1) + records["recovered"]).all()
    assert (records["recovered"] == orders["refunded"].sum(axis=1)).all()
    assert (records["recovered"] == -records["components"][:, LossComponent.REFUNDS]).all()
    left = recovery_left(model, orders)
    assert (records["drops"] == (left[..., :-1] - left[..., 1:]).sum(axis=1)).all()


@given(scenario=scenarios())
def test_nothing_is_negative(folder: Path, scenario: Given) -> None:
    """No drop of any order, no payment, no count; only refunds, savings and sales beyond the need lower a loss."""
    model, outcomes = outcomes_of(folder, scenario)
    assert (np.diff(recovery_left(model, outcomes.orders), axis=-1) <= 0).all()
    may_be_minus_one = {
        "supplier", "placed", "ship_date", "shipped", "received", "checked", "closed", "balance_paid",
        "refund_paid", "ground", "limit_left",
    }  # fmt: skip
    for name in outcomes.orders.dtype.names or ():
        assert (outcomes.orders[name] >= (-1 if name in may_be_minus_one else 0)).all(), name
    signed = {LossComponent.PURCHASE, LossComponent.FREIGHT, LossComponent.DEFECTIVE_UNITS}
    never_above = {LossComponent.EXCESS_UNITS, LossComponent.REFUNDS}
    for component in set(LossComponent) - signed:
        cents = outcomes.replications["components"][:, component]
        assert ((cents <= 0) if component in never_above else (cents >= 0)).all(), component.name


# ------------------------------------------------------------------------------------ the caps


@given(scenario=scenarios())
def test_recovered_never_above_what_was_covered_nor_the_limit(folder: Path, scenario: Given) -> None:
    model, outcomes = outcomes_of(folder, scenario)
    drawn: Counter[tuple[int, int]] = Counter()
    for (row, _), order in np.ndenumerate(outcomes.orders):
        if order["supplier"] < 0:
            continue
        supplier = model.suppliers[order["supplier"]]
        covered = covered_payments(
            model.terms,
            int(order["deposit"]),
            int(order["balance"]),
            int(order["shipped"] >= 0),
            supplier.on_platform,
        )
        assert order["refunded"] <= covered
        assert order["refunded"] <= order["claimed"]
        if model.terms.limit_applies and supplier.limit != NO_LIMIT:
            assert order["refunded"] <= supplier.limit
            drawn[row, order["supplier"]] += int(order["refunded"])
    if model.terms.limit_scope == LimitScope.SUPPLIER and model.terms.limit_restored < 0:
        assert all(cents <= model.suppliers[supplier].limit for (_, supplier), cents in drawn.items())


@given(scenario=scenarios(), low=st.integers(0, 1500), more=st.integers(0, 1500))
def test_a_higher_limit_never_hurts(folder: Path, scenario: Given, low: int, more: int) -> None:
    """Under common random numbers, each order capped by itself: it never recovers less nor loses more."""
    scope = {**scenario.changes["protection_overrides"], "limit_scope": "order"}
    results = []
    for limit in (low, low + more, None):
        other = {**scenario.changes["suppliers.other"], "assurance_limit": limit}
        changed = scenario.but(
            protection_overrides=scope, suppliers__maker__assurance_limit=limit, suppliers__other=other
        )
        results.append(outcomes_of(folder, changed)[1].replications)
    for less, greater in pairwise(results):
        assert (greater["recovered"] >= less["recovered"]).all()
        assert (greater["loss"] <= less["loss"]).all()


# ------------------------------------------------------------------------------------ the loss, computed again


def benefit(model: PlanModel, orders: Records) -> Fraction:
    """Benefit of a plan without its capital cost, in cents, from what happened to its orders, one by one."""
    need = model.need
    cents = Fraction(0)
    wanted = need.quantity
    arrived = sorted((int(order["received"]), index) for index, order in enumerate(orders) if order["received"] >= 0)
    for minute, index in arrived:
        order = orders[index]
        defective = int(order["critical"] + order["major"])
        good = int(order["quantity"] - order["damaged"]) - defective
        sold = min(good, wanted)
        wanted -= sold
        fallen = Fraction(need.late_rate * max(minute - need.due, 0), 1440)
        value = max(need.sale_value - fallen, Fraction(need.salvage_value))
        cents += sold * value * CENTS_PER_MICRO
        cents += (good - sold) * need.excess_value * CENTS_PER_MICRO
        cents += (defective - int(order["returned"])) * need.salvage_value * CENTS_PER_MICRO
        cents -= int(order["minor"]) * need.minor_cost * CENTS_PER_MICRO
    spent = ("deposit", "balance", "payment_fees", "freight", "inspection_fees", "handling", "return_freight")
    return cents - sum(int(orders[name].sum()) for name in spent) + int(orders["refunded"].sum())


def capital_cost(model: PlanModel, orders: Records) -> Fraction:
    """Cents of capital cost, without any rounding."""
    cost = Fraction(0)
    for order in orders:
        until = int(order["received"] if order["received"] >= 0 else order["closed"])
        for amount, paid in PAYMENTS:
            if order[amount]:
                cost += Fraction(int(order[amount]) * max(until - int(order[paid]), 0), 1440 * 365)
    return cost * Fraction(model.need.capital_rate, 1_000_000)


@given(scenario=scenarios())
def test_loss_is_benchmark_benefit_less_benefit(folder: Path, scenario: Given) -> None:
    """Exactly, where unit values are whole cents; capital cost apart, which is rounded once for each order."""
    model, outcomes = outcomes_of(folder, scenario)
    best = model.need.quantity * model.need.sale_value * CENTS_PER_MICRO
    best -= model.need.benchmark_purchase + model.need.benchmark_freight
    for record, orders in zip(outcomes.replications, outcomes.orders, strict=True):
        capital = int(record["components"][LossComponent.CAPITAL_COST])
        assert int(record["loss"]) - capital == best - benefit(model, orders)
        assert math.isclose(capital, capital_cost(model, orders), abs_tol=0.51 * len(orders))


@given(scenario=scenarios())
def test_peak_cash_out_computed_minute_by_minute(folder: Path, scenario: Given) -> None:
    """What is out at the end of a minute: everything paid by then, less the orders received or refunded by then."""
    _, outcomes = outcomes_of(folder, scenario)
    for record, orders in zip(outcomes.replications, outcomes.orders, strict=True):
        flows: Counter[int] = Counter()
        for order in orders:
            for amount, paid in PAYMENTS:
                flows[int(order[paid])] += int(order[amount])
            if order["received"] >= 0:
                flows[int(order["received"])] -= int(order["deposit"] + order["balance"] + order["freight"])
            else:
                flows[int(order["refund_paid"])] -= int(order["refunded"])
        out, peak = 0, 0
        for minute in sorted(flows):
            out += flows[minute]
            peak = max(peak, out)
        assert record["peak_cash_out"] == peak


@given(scenario=scenarios())
def test_counts_agree_with_the_orders(folder: Path, scenario: Given) -> None:
    model, outcomes = outcomes_of(folder, scenario)
    orders, records = outcomes.orders, outcomes.replications
    placed = orders["placed"] >= 0
    received = orders["received"] >= 0
    defects = orders["critical"] + orders["major"] + orders["minor"] + orders["damaged"]
    assert (defects <= orders["quantity"]).all()
    assert (orders["returned"] <= orders["critical"] + orders["major"]).all()
    assert (records["orders_placed"] == placed.sum(axis=1)).all()
    good = np.where(received, orders["quantity"] - defects + orders["minor"], 0).sum(axis=1)
    assert (records["good_units"] == good).all()
    assert (records["served_units"] == np.minimum(good, model.need.quantity)).all()
    assert (orders["refunded"][orders["dispute_end"] == State.WITHDRAWN] == 0).all()
