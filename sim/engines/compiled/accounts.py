"""The accounts of one replication in the kernel: the counterpart of `sim.accounts`, which settles whole blocks.

The rules of loss and recovery are the same functions; here they are asked about one order at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.engines.compiled.layout import (
    A_CLOSED,
    A_COMPONENTS,
    A_DROPS,
    A_GROUND_UP,
    A_LOSS,
    A_PEAK,
    A_RECOVERED,
    A_SERVED,
    HALF_BITS,
)
from sim.engines.compiled.translate import compiled, inlined
from sim.engines.compiled.world import case_at, record_of, supplier_at, variant_at
from sim.outcomes import LossComponent, RecoveryRule
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
from sim.rules.recovery import claim_facts, recovery_levels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sim.engines.compiled.world import Record, World

    Arrays = NDArray[np.int64]

_SUMS, _HIGH_SQUARES, _CROSSED, _LOW_SQUARES = range(4)


@compiled
def settle_accounts(world: World, amounts: Arrays) -> tuple[int, int, int, int]:
    """Settle the accounts of a replication.

    Parameters
    ----------
    amounts
        Filled with what `sim.totals.SUMMED` names, in that order.

    Returns
    -------
    tuple of int
        Good units, orders placed, orders late, and disputes.
    """
    placed, late, disputes, closed = 0, 0, 0, -1
    for order in range(world.orders_count):
        record = record_of(world, order)
        closed = max(closed, record.closed)
        if record.placed >= 0:
            placed += 1
            late += int(is_shipped_late(record.shipped, record.ship_date))
            disputes += record.disputes
            variant = variant_at(world, case_at(world, order).variant)
            add_recovery(recovered_of(world, variant, record), amounts, placed > 1)
    if placed == 0:
        for number in range(A_DROPS - 1, len(amounts)):
            amounts[number] = 0
        amounts[A_GROUND_UP], amounts[A_RECOVERED] = 0, 0
    good = add_loss(world, amounts)
    amounts[A_CLOSED] = closed
    amounts[A_PEAK] = peak_cash_out(world)
    return good, placed, late, disputes


@inlined
def recovered_of(world: World, variant: Record, record: Record) -> tuple[int, ...]:
    """What of an order's harm is left after each rule, see `sim.rules.recovery.recovery_levels`."""
    setting = world.setting
    tolerance = (setting.tolerance_critical, setting.tolerance_major, setting.tolerance_minor)
    facts = claim_facts(
        world.terms,
        record,
        tolerance,
        setting.custom_made,
        variant.price,
        world.need.minor_cost,
        supplier_at(world, record.supplier).on_platform,
    )
    return recovery_levels(facts)


@inlined
def add_recovery(levels: tuple[int, ...], amounts: Arrays, more: bool) -> None:
    """Put an order's ground-up harm, its drops by rule, and what came back to those of the orders before it.

    The levels are named one by one: a loop over them would look each up by its number.
    """
    (
        harm,
        covered,
        channel,
        over,
        written,
        found,
        claimed,
        answered,
        evidenced,
        settled,
        upheld,
        awarded,
        kept,
        within_paid,
        within_limit,
        refunded,
    ) = levels
    put(amounts, A_GROUND_UP, harm, more)
    put(amounts, A_RECOVERED, refunded, more)
    put(amounts, A_DROPS + RecoveryRule.NOT_COVERED.value, harm - covered, more)
    put(amounts, A_DROPS + RecoveryRule.PAID_OFF_PLATFORM.value, covered - channel, more)
    put(amounts, A_DROPS + RecoveryRule.WITHIN_TOLERANCE.value, channel - over, more)
    put(amounts, A_DROPS + RecoveryRule.NOT_IN_CONTRACT.value, over - written, more)
    put(amounts, A_DROPS + RecoveryRule.FOUND_TOO_LATE.value, written - found, more)
    put(amounts, A_DROPS + RecoveryRule.NOT_CLAIMED.value, found - claimed, more)
    put(amounts, A_DROPS + RecoveryRule.CANCELLED_BY_SILENCE.value, claimed - answered, more)
    put(amounts, A_DROPS + RecoveryRule.EVIDENCE_MISSED.value, answered - evidenced, more)
    put(amounts, A_DROPS + RecoveryRule.SETTLED_FOR_LESS.value, evidenced - settled, more)
    put(amounts, A_DROPS + RecoveryRule.REJECTED.value, settled - upheld, more)
    put(amounts, A_DROPS + RecoveryRule.REDUCED_BY_MEDIATOR.value, upheld - awarded, more)
    put(amounts, A_DROPS + RecoveryRule.RETURN_FORGONE.value, awarded - kept, more)
    put(amounts, A_DROPS + RecoveryRule.ABOVE_AMOUNT_PAID.value, kept - within_paid, more)
    put(amounts, A_DROPS + RecoveryRule.ABOVE_LIMIT.value, within_paid - within_limit, more)
    put(amounts, A_DROPS + RecoveryRule.NOT_PAID_OUT.value, within_limit - refunded, more)


@inlined
def put(amounts: Arrays, place: int, cents: int, more: bool) -> None:
    """Put an amount of an order to that of the orders before it, if there are more."""
    amounts[place] = amounts[place] + cents if more else cents


@compiled
def add_loss(world: World, amounts: Arrays) -> int:
    """Add the loss by component; returns the good units that came."""
    need = world.need
    paid, freight, fees, inspection, handling, returning, capital = 0, 0, 0, 0, 0, 0, 0
    refunded, good, defective, minor, returned = 0, 0, 0, 0, 0
    for order in range(world.orders_count):
        record = record_of(world, order)
        goods = goods_received(record)
        good += goods.good
        defective += goods.defective
        minor += goods.minor
        paid += record.deposit + record.balance
        freight += record.freight
        fees += record.payment_fees
        inspection += record.inspection_fees
        handling += record.handling
        returning += record.return_freight
        capital += capital_cost(cent_minutes(record), need.capital_rate)
        refunded += record.refunded
        returned += record.returned
    served, late = serve(world)
    split = loss_split(
        need,
        PlanSums(
            paid=paid,
            freight=freight,
            payment_fees=fees,
            inspection_fees=inspection,
            handling=handling,
            return_freight=returning,
            capital=capital,
            late=late,
            refunded=refunded,
            good=good,
            defective=defective,
            minor=minor,
            returned=returned,
            served=served,
        ),
    )
    amounts[A_LOSS] = keep_components(amounts, split)
    amounts[A_SERVED] = served
    return good


@inlined
def keep_components(amounts: Arrays, split: tuple[int, ...]) -> int:
    """Put the components of the loss among the amounts; returns their sum."""
    purchase, freight, fees, inspection, handling, returning, capital, missing, defective, late, excess, refunds = split
    amounts[A_COMPONENTS + LossComponent.PURCHASE.value] = purchase
    amounts[A_COMPONENTS + LossComponent.FREIGHT.value] = freight
    amounts[A_COMPONENTS + LossComponent.PAYMENT_FEES.value] = fees
    amounts[A_COMPONENTS + LossComponent.INSPECTION.value] = inspection
    amounts[A_COMPONENTS + LossComponent.DISPUTE_HANDLING.value] = handling
    amounts[A_COMPONENTS + LossComponent.RETURN_FREIGHT.value] = returning
    amounts[A_COMPONENTS + LossComponent.CAPITAL_COST.value] = capital
    amounts[A_COMPONENTS + LossComponent.MISSING_UNITS.value] = missing
    amounts[A_COMPONENTS + LossComponent.DEFECTIVE_UNITS.value] = defective
    amounts[A_COMPONENTS + LossComponent.LATE_UNITS.value] = late
    amounts[A_COMPONENTS + LossComponent.EXCESS_UNITS.value] = excess
    amounts[A_COMPONENTS + LossComponent.REFUNDS.value] = refunds
    costs = purchase + freight + fees + inspection + handling + returning + capital
    return costs + missing + defective + late + excess + refunds


@compiled
def serve(world: World) -> tuple[int, int]:
    """Serve the need with good units in order of arrival: units served, and cents lost to lateness."""
    need = world.need
    left, late, last, last_order = need.quantity, 0, -1, -1
    for _ in range(world.orders_count):
        # The next arrival: the earliest after the last one; of equal ones the order that stands first in the plan.
        first = -1
        for order in range(world.orders_count):
            received = record_of(world, order).received
            after = received > last or (received == last and order > last_order)
            if received >= 0 and after and (first < 0 or received < record_of(world, first).received):
                first = order
        if first < 0:
            break
        last, last_order = record_of(world, first).received, first
        served = units_served(goods_received(record_of(world, first)).good, left)
        late += lateness_cost(served, last, need.due, need.late_rate, need.sale_value, need.salvage_value)
        left -= served
    return need.quantity - left, late


@compiled
def peak_cash_out(world: World) -> int:
    """Most cents paid out and not yet recovered at any one moment: goods received and money back both end it.

    Within a minute receipts make room before payments go out, so the most of a minute stands at its end, and the most
    of all at the end of a minute in which something was paid.
    """
    peak = 0
    for order in range(world.orders_count):
        record = record_of(world, order)
        peak = max(peak, cash_out_by(world, record.placed))
        if record.balance_paid >= 0:
            peak = max(peak, cash_out_by(world, record.balance_paid))
        if record.shipped >= 0:
            peak = max(peak, cash_out_by(world, record.shipped))
    return peak


@inlined
def cash_out_by(world: World, minute: int) -> int:
    """Cents paid out and not recovered by the end of a minute."""
    cents = 0
    for order in range(world.orders_count):
        record = record_of(world, order)
        came = 0 <= record.received <= minute
        refunded = record.received < 0 <= record.refund_paid <= minute
        cents += record.deposit * (0 <= record.placed <= minute)
        cents += record.balance * (0 <= record.balance_paid <= minute)
        cents += record.freight * (0 <= record.shipped <= minute)
        cents -= (record.deposit + record.balance + record.freight) * came
        cents -= record.refunded * refunded
    return cents


@inlined
def add_squares(totals: Arrays, amounts: Arrays) -> None:
    """Add amounts and their squares, exactly.

    An amount below 2**44 is squared in two halves, so that no sum of half a million products leaves 64 bits.
    """
    for number in range(len(amounts)):
        amount = amounts[number]
        high, low = amount >> HALF_BITS, amount & ((1 << HALF_BITS) - 1)
        totals[_SUMS, number] += amount
        totals[_HIGH_SQUARES, number] += high * high
        totals[_CROSSED, number] += high * low
        totals[_LOW_SQUARES, number] += low * low
