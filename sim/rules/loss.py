"""What the loss of a plan consists of: the benchmark benefit less the plan's benefit, split exactly, in cents.

The benchmark is the quantity needed, bought in one order at the best listed price and delivered whole and on time,
with no protection bought. All functions work on single integers and, element by element, on integer arrays: an engine
may apply them to one order or to a thousand replications at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.rules import rule
from sim.rules.amounts import amount_of
from sim.rules.elementwise import chosen
from sim.units import DAYS_PER_YEAR, MICROS, MINUTES_PER_DAY

if TYPE_CHECKING:
    from typing import Any

    from sim.outcomes import Integers, OrderFields

    Need = Any
    """The need and its benchmark, by the names of `sim.model.Need`, which stands above the rules."""

_HALF_DAY = MINUTES_PER_DAY // 2
_RATE_STEP = 10
"""The capital cost rate is used in 100,000ths."""


class Goods(NamedTuple):
    """What came of an order, in units: good ones, those with a critical or major defect, and those with a minor one."""

    good: Integers
    defective: Integers
    minor: Integers


class PlanSums(NamedTuple):
    """What the orders of a plan come to together: cents, and units from `good` on.

    Attributes
    ----------
    paid, freight, payment_fees, inspection_fees, handling, return_freight, capital, late, refunded
        Cents: paid for goods and for what goes with them, lost to lateness, and got back.
    good, defective, minor, returned, served
        Units received by quality, sent back, and taken by the need.
    """

    paid: Integers
    freight: Integers
    payment_fees: Integers
    inspection_fees: Integers
    handling: Integers
    return_freight: Integers
    capital: Integers
    late: Integers
    refunded: Integers
    good: Integers
    defective: Integers
    minor: Integers
    returned: Integers
    served: Integers


@rule
def goods_received(order: OrderFields) -> Goods:
    """Units that came, by quality; none of an order that never did."""
    came = order.received >= 0
    defective = chosen(came, order.critical + order.major, 0)
    return Goods(chosen(came, order.quantity - order.damaged, 0) - defective, defective, chosen(came, order.minor, 0))


@rule
def units_served(good: Integers, need_left: Integers) -> Integers:
    """Good units of an arrival that the need still takes."""
    return np.minimum(good, need_left)


@rule
def lateness_cost(
    served: Integers, received: Integers, due: int, late_rate: int, sale_value: int, salvage_value: int
) -> Integers:
    """Cents that units lose by arriving after the due time; their value never falls below the salvage value.

    Parameters
    ----------
    served
        Units that the need took from this arrival.
    received, due
        Minutes; the due minute itself is in time.
    late_rate
        Millionths of the currency a unit and day; part days count in proportion.
    sale_value, salvage_value
        Millionths a unit.
    """
    most = sale_value - salvage_value
    # Beyond the minute at which all is lost nothing more falls off; without this a large rate would leave 64 bits.
    late = np.minimum(np.maximum(received - due, 0), most * MINUTES_PER_DAY // max(late_rate, 1) + 1)
    fallen = (late_rate * late + _HALF_DAY) // MINUTES_PER_DAY
    return amount_of(np.minimum(fallen, most), served)


@rule
def defective_short(shortfall: Integers, defective: Integers) -> Integers:
    """Units of the shortfall that came, but with a critical or major defect; the rest of it never came whole."""
    return np.minimum(shortfall, defective)


@rule
def defective_cost(
    short: Integers, kept: Integers, minor: Integers, sale_value: int, salvage_value: int, minor_cost: int
) -> Integers:
    """Cents lost to defects: sales not made, less what the defective units kept still fetch, plus minor defects.

    Parameters
    ----------
    short
        Units of the need left unserved because of critical and major defects.
    kept
        Critical and major defective units that were not sent back.
    minor
        Units received whose only defects are minor.
    """
    return amount_of(sale_value, short) - amount_of(salvage_value, kept) + amount_of(minor_cost, minor)


@rule
def capital_cost(cent_minutes: Integers, rate: int) -> Integers:
    """Cents of capital cost.

    Parameters
    ----------
    cent_minutes
        Cents paid out times the minutes until the goods were received, or the order was over with the money back or
        lost.
    rate
        Share a year, in millionths; a year has 365 days.
    """
    cent_days = (cent_minutes + _HALF_DAY) // MINUTES_PER_DAY
    steps = MICROS // _RATE_STEP
    # Whole years and the days left over are multiplied by the rate apart, so that nothing leaves 64 bits; then the sum
    # is rounded once.
    whole = cent_days // DAYS_PER_YEAR * (rate // _RATE_STEP)
    rest = cent_days % DAYS_PER_YEAR * (rate // _RATE_STEP)
    year = DAYS_PER_YEAR * steps
    return whole // steps + (whole % steps * DAYS_PER_YEAR + rest + year // 2) // year


@rule
def minutes_outstanding(paid: Integers, received: Integers, closed: Integers) -> Integers:
    """Minutes from a payment until the goods came, or, where they never came, until the order was over."""
    return np.maximum(chosen(received >= 0, received, closed) - paid, 0)


@rule
def cent_minutes(order: OrderFields) -> Integers:
    """Cents paid for goods and freight, times the minutes until the goods came or the order was over."""
    return (
        order.deposit * minutes_outstanding(order.placed, order.received, order.closed)
        + order.balance * minutes_outstanding(order.balance_paid, order.received, order.closed)
        + order.freight * minutes_outstanding(order.shipped, order.received, order.closed)
    )


@rule
def loss_split(need: Need, sums: PlanSums) -> tuple[Integers, ...]:
    """The loss of a plan by component, in the order of `sim.outcomes.LossComponent`; refunds are negative."""
    short = defective_short(need.quantity - sums.served, sums.defective)
    missing = need.quantity - sums.served - short
    kept = sums.defective - sums.returned
    return (
        sums.paid - need.benchmark_purchase,
        sums.freight - need.benchmark_freight,
        sums.payment_fees,
        sums.inspection_fees,
        sums.handling,
        sums.return_freight,
        sums.capital,
        amount_of(need.sale_value, missing),
        defective_cost(short, kept, sums.minor, need.sale_value, need.salvage_value, need.minor_cost),
        sums.late,
        -amount_of(need.excess_value, sums.good - sums.served),
        -sums.refunded,
    )
