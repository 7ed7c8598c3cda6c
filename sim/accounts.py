"""The accounts of a replication: the loss with its split, and the recovery with its drops, from the orders' records.

Both engines leave order records behind; this is where records become money. The rules come from `sim.rules.loss` and
`sim.rules.recovery` and are applied to a whole block of replications at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.outcomes import REPLICATION_RECORD
from sim.rules.lateness import is_shipped_late
from sim.rules.loss import (
    PlanSums,
    capital_cost,
    cent_minutes,
    goods_received,
    lateness_cost,
    loss_split,
    units_served,
)
from sim.rules.recovery import ClaimFacts, claim_facts, recovery_levels

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
    need, order = model.need, orders.view(np.recarray)
    goods = goods_received(order)
    served, late = _serve(model, orders["received"], goods.good)
    sums = PlanSums(
        paid=(orders["deposit"] + orders["balance"]).sum(axis=1),
        freight=orders["freight"].sum(axis=1),
        payment_fees=orders["payment_fees"].sum(axis=1),
        inspection_fees=orders["inspection_fees"].sum(axis=1),
        handling=orders["handling"].sum(axis=1),
        return_freight=orders["return_freight"].sum(axis=1),
        capital=capital_cost(cent_minutes(order), need.capital_rate).sum(axis=1),
        late=late,
        refunded=orders["refunded"].sum(axis=1),
        good=goods.good.sum(axis=1),
        defective=goods.defective.sum(axis=1),
        minor=goods.minor.sum(axis=1),
        returned=orders["returned"].sum(axis=1),
        served=served,
    )
    split = records["components"]
    for component, cents in enumerate(loss_split(need, sums)):
        split[:, component] = cents
    records["loss"] = split.sum(axis=1)
    records["good_units"] = sums.good
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


def cash_moves(orders: Records) -> tuple[Integers, Integers]:
    """When money for goods and freight goes out, and when goods or money make up for it.

    Parameters
    ----------
    orders
        Shape (R, orders of the plan), dtype `ORDER_RECORD`.

    Returns
    -------
    minutes, cents
        Each of shape (R, 5 times the orders), minutes ascending in every row; what is made up for is negative. Of
        moves in one minute those that make up for something stand first. A move that never comes is one of no money
        before the start.
    """
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
    return np.take_along_axis(minutes, order, axis=1), np.take_along_axis(cents, order, axis=1)


def _peak_cash_out(orders: Records) -> Integers:
    """Most cents paid out and not yet recovered at any one moment: goods received and money back both end it."""
    _, cents = cash_moves(orders)
    peak: Integers = np.maximum(np.cumsum(cents, axis=1).max(axis=1), 0)
    return peak


def facts_of_claims(model: PlanModel, orders: Records) -> ClaimFacts:
    """What the recovery needs to know of each order, as arrays of the shape of `orders`."""
    shares = np.array([*(supplier.on_platform for supplier in model.suppliers), 0])
    return claim_facts(
        model.terms,
        orders.view(np.recarray),
        model.contract.tolerance,
        model.contract.custom_made,
        _prices(model, orders),
        model.need.minor_cost,
        shares[orders["supplier"]],
    )


def recovery_left(model: PlanModel, orders: Records) -> Integers:
    """What of each order's harm is left after each rule: shape of `orders` and one more axis, down to the refund."""
    return np.stack(np.broadcast_arrays(*recovery_levels(facts_of_claims(model, orders))), axis=-1)


def _book_recovery(model: PlanModel, orders: Records, records: Records) -> None:
    levels = recovery_left(model, orders)
    records["ground_up"] = levels[..., 0].sum(axis=1)
    records["drops"] = (levels[..., :-1] - levels[..., 1:]).sum(axis=1)
    records["recovered"] = levels[..., -1].sum(axis=1)
