"""The accounts of a replication: the loss with its split, and the recovery with its drops, from the orders' records.

Both engines leave order records behind; this is where records become money. The rules come from `sim.rules.loss` and
`sim.rules.recovery` and are applied to a whole block of replications at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.outcomes import REPLICATION_RECORD, LossComponent
from sim.protocol import Ground
from sim.rules.amounts import amount_of
from sim.rules.claims import claim_amount, harm_of
from sim.rules.coverage import covered_payments, is_channel_covered, is_ground_covered
from sim.rules.lateness import is_shipped_late
from sim.rules.loss import (
    capital_cost,
    defective_cost,
    defective_short,
    lateness_cost,
    minutes_outstanding,
    units_served,
)
from sim.rules.recovery import ClaimFacts, recovery_levels
from sim.rules.reports import Report

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.model import PlanModel
    from sim.outcomes import Records

    Integers = NDArray[np.int64]

_AFTER_ALL = np.iinfo(np.int64).max


def replication_records(model: PlanModel, replications: range, orders: Records) -> Records:
    """Settle the accounts of a block of replications.

    Parameters
    ----------
    orders
        Shape (R, orders of the plan), dtype `ORDER_RECORD`.

    Returns
    -------
    ndarray, shape (R,), dtype `REPLICATION_RECORD`
    """
    records = np.zeros(len(replications), dtype=REPLICATION_RECORD)
    records["replication"] = np.arange(replications.start, replications.stop)
    _book_loss(model, orders, records)
    _book_recovery(model, orders, records)
    placed = orders["placed"] >= 0
    late = placed & is_shipped_late(orders["shipped"], orders["ship_date"])
    records["orders_placed"] = placed.sum(axis=1)
    records["orders_late"] = late.sum(axis=1)
    records["claims"] = orders["disputes"].sum(axis=1)
    records["closed"] = orders["closed"].max(axis=1)
    records["peak_cash_out"] = _peak_cash_out(orders)
    return records


def _prices(model: PlanModel, orders: Records) -> Integers:
    """Price a unit of each order with the supplier that it went to; 0 for an order never placed."""
    prices = np.zeros((len(model.orders), len(model.suppliers) + 1), dtype=np.int64)
    for number, order in enumerate(model.orders):
        for variant in order.variants:
            prices[number, variant.supplier] = variant.price
    of_order: Integers = prices[np.arange(len(model.orders)), orders["supplier"]]
    return of_order


def _book_loss(model: PlanModel, orders: Records, records: Records) -> None:
    need, split = model.need, records["components"]
    received = orders["received"] >= 0
    paid = orders["deposit"] + orders["balance"]
    defective = np.where(received, orders["critical"] + orders["major"], 0)
    minor = np.where(received, orders["minor"], 0).sum(axis=1)
    good = np.where(received, orders["quantity"] - orders["damaged"], 0) - defective
    served, late = _serve(model, orders["received"], good)
    short = defective_short(need.quantity - served, defective.sum(axis=1))
    missing = need.quantity - served - short
    kept = defective.sum(axis=1) - orders["returned"].sum(axis=1)
    costs = {
        LossComponent.PURCHASE: paid.sum(axis=1) - need.benchmark_purchase,
        LossComponent.FREIGHT: orders["freight"].sum(axis=1) - need.benchmark_freight,
        LossComponent.PAYMENT_FEES: orders["payment_fees"].sum(axis=1),
        LossComponent.INSPECTION: orders["inspection_fees"].sum(axis=1),
        LossComponent.DISPUTE_HANDLING: orders["handling"].sum(axis=1),
        LossComponent.RETURN_FREIGHT: orders["return_freight"].sum(axis=1),
        LossComponent.CAPITAL_COST: capital_cost(_cent_minutes(orders), need.capital_rate).sum(axis=1),
        LossComponent.MISSING_UNITS: amount_of(need.sale_value, missing),
        LossComponent.DEFECTIVE_UNITS: defective_cost(
            short, kept, minor, need.sale_value, need.salvage_value, need.minor_cost
        ),
        LossComponent.LATE_UNITS: late,
        LossComponent.EXCESS_UNITS: -amount_of(need.excess_value, good.sum(axis=1) - served),
        LossComponent.REFUNDS: -orders["refunded"].sum(axis=1),
    }
    for component, cents in costs.items():
        split[:, component] = cents
    records["loss"] = split.sum(axis=1)
    records["good_units"] = good.sum(axis=1)
    records["served_units"] = served


def _serve(model: PlanModel, received: Integers, good: Integers) -> tuple[Integers, Integers]:
    """Serve the need with the good units in order of arrival: units served, and cents lost to lateness."""
    need = model.need
    rows = np.arange(len(received))
    arrival = np.argsort(np.where(received >= 0, received, _AFTER_ALL), axis=1, kind="stable")
    left = np.full(len(received), need.quantity, dtype=np.int64)
    late = np.zeros(len(received), dtype=np.int64)
    for order in arrival.T:
        served = units_served(good[rows, order], left)
        late += lateness_cost(
            served, received[rows, order], need.due, need.late_rate, need.sale_value, need.salvage_value
        )
        left -= served
    served_in_all: Integers = need.quantity - left
    return served_in_all, late


def _cent_minutes(orders: Records) -> Integers:
    """Cents paid for goods and freight, times the minutes until the goods came or the order was over."""
    received, closed = orders["received"], orders["closed"]
    cent_minutes: Integers = (
        orders["deposit"] * minutes_outstanding(orders["placed"], received, closed)
        + orders["balance"] * minutes_outstanding(orders["balance_paid"], received, closed)
        + orders["freight"] * minutes_outstanding(orders["shipped"], received, closed)
    )
    return cent_minutes


def _peak_cash_out(orders: Records) -> Integers:
    """Most cents paid out and not yet recovered at any one moment: goods received and money back both end it."""
    received = orders["received"] >= 0
    paid = orders["deposit"] + orders["balance"] + orders["freight"]
    minutes = np.concatenate(
        [
            orders["received"],
            np.where(received, 0, orders["refund_paid"]),
            orders["placed"],
            orders["balance_paid"],
            orders["shipped"],
        ],
        axis=1,
    )
    cents = np.concatenate(
        [
            np.where(received, -paid, 0),
            np.where(received, 0, -orders["refunded"]),
            orders["deposit"],
            orders["balance"],
            orders["freight"],
        ],
        axis=1,
    )
    # Stable, and releases stand first: within a minute, goods received make room before the next payment goes out.
    order = np.argsort(minutes, axis=1, kind="stable")
    running = np.cumsum(np.take_along_axis(cents, order, axis=1), axis=1)
    peak: Integers = np.maximum(running.max(axis=1), 0)
    return peak


def claim_facts(model: PlanModel, orders: Records) -> ClaimFacts:
    """What the recovery needs to know of each order, as arrays of the shape of `orders`."""
    price, quantity, minor_cost = _prices(model, orders), orders["quantity"], model.need.minor_cost
    received = orders["received"] >= 0
    on_platform = np.array([*(supplier.on_platform for supplier in model.suppliers), 0])[orders["supplier"]]
    on_channel = np.array(
        [*(is_channel_covered(model.terms, supplier.on_platform) for supplier in model.suppliers), False]
    )[orders["supplier"]]
    late = ~received & (orders["ground"] != Ground.QUALITY)
    late_covered = is_ground_covered(model.terms, Ground.LATE_SHIPMENT, 0, found_conforming=False)
    custom = model.contract.custom_made
    quality_covered = np.where(
        orders["report"] == Report.PASSED,
        is_ground_covered(model.terms, Ground.QUALITY, custom, found_conforming=True),
        is_ground_covered(model.terms, Ground.QUALITY, custom, found_conforming=False),
    )
    units = (orders["critical"], orders["major"], orders["minor"])
    return ClaimFacts(
        received=received,
        paid=orders["deposit"] + orders["balance"],
        damage_harm=amount_of(price, orders["damaged"]),
        quality_harm=harm_of(*units, price, minor_cost),
        over_tolerance=claim_amount(units, quantity, model.contract.tolerance, price, minor_cost),
        covered=np.where(late, late_covered, quality_covered),
        on_channel=on_channel,
        in_contract=orders["in_contract"],
        found=orders["found_harm"],
        ground=np.where(late, Ground.LATE_SHIPMENT, orders["ground"]),
        end=orders["dispute_end"],
        claimed=orders["claimed"],
        awarded=orders["awarded"],
        covered_paid=covered_payments(
            model.terms, orders["deposit"], orders["balance"], (orders["shipped"] >= 0) * 1, on_platform
        ),
        left=orders["limit_left"],
        refunded=orders["refunded"],
    )


def recovery_left(model: PlanModel, orders: Records) -> Integers:
    """What of each order's harm is left after each rule: shape of `orders` and one more axis, down to the refund."""
    return np.stack(np.broadcast_arrays(*recovery_levels(claim_facts(model, orders))), axis=-1)


def _book_recovery(model: PlanModel, orders: Records, records: Records) -> None:
    levels = recovery_left(model, orders)
    records["ground_up"] = levels[..., 0].sum(axis=1)
    records["drops"] = (levels[..., :-1] - levels[..., 1:]).sum(axis=1)
    records["recovered"] = levels[..., -1].sum(axis=1)
