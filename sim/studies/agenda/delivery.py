"""Days of an order up to a claim: shipping, lateness, arrival, and the claim window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sim.experiments.wording import percentage
from sim.protocol import Ground
from sim.rules.coverage import claim_opens_at, claim_window_end
from sim.rules.lateness import lateness_ground_from, written_off_at
from sim.studies.agenda.days import rule_told
from sim.studies.agenda.given import day_text
from sim.studies.agenda.moments import moved, perhaps_before, surely_before
from sim.units import MICROS, MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.studies.agenda.case import OrderCase
    from sim.studies.agenda.days import ActDay
    from sim.studies.agenda.moments import Moment

_WORTH_TELLING: Final = 0.005


def days_to_the_claim(case: OrderCase) -> Iterator[ActDay]:
    """What is to be done until a claim is made, or for an order that is not covered."""
    if not case.given:
        task = f"Place the order with {case.supplier.name} and pay the deposit"
        share = case.expected.share("placed")
        often = None if share == 1 else share
        yield case.writer.on("placed", case.placed, task, case.value("plans", case.model.plan), share=often)
    received = case.known("received")
    if case.known("shipped") is None and received is None:
        yield from _until_shipped(case)
    if received is None:
        yield from _arrival(case)
    if case.opened is None or is_over_lateness(case):
        yield from _check_and_claim(case)


def is_over_lateness(case: OrderCase) -> bool:
    """Whether a dispute was opened before goods left that have left since: their quality can still be claimed."""
    opened, left = case.opened, case.known("shipped") or case.known("received")
    return opened is not None and left is not None and surely_before(opened, left)


def _until_shipped(case: OrderCase) -> Iterator[ActDay]:
    """The ship date, what can be done when it has passed, and when to give up."""
    first = moved(lambda placed: placed + case.supplier.promised, case.placed)
    agreed = case.known("ship_date") or first
    if first is None or agreed is None:
        return
    promised = case.value(f"suppliers.{case.supplier.name}.promised_days", _days(case.supplier.promised))
    ship_by = promised if case.known("ship_date") is None else case.value("--ship-date", "as agreed")
    yield case.writer.on(
        "ship_date", agreed, "Ship date of the contract: ask for proof that the goods have left", ship_by
    )
    if case.covers(Ground.LATE_SHIPMENT) and case.variant.deposit and case.opened is None:
        opens = moved(
            lambda placed, date: max(
                int(claim_opens_at(case.terms, placed)),
                int(lateness_ground_from(case.terms, placed + case.supplier.promised, date)),
            ),
            case.placed,
            agreed,
        )
        if opens is not None:
            yield _late_claim(case, opens)
    given_up = moved(
        lambda placed: int(
            written_off_at(
                placed + case.supplier.promised, placed + case.supplier.promised, case.model.buyer.writes_off_after
            )
        ),
        case.placed,
    )
    if given_up is not None:
        after = _days(case.model.buyer.writes_off_after)
        task = "Neither goods nor refund by now: write the order off"
        yield case.writer.on("write_off", given_up, task, case.value("buyer.writes_off_after_days", after))


def _late_claim(case: OrderCase, opens: Moment) -> ActDay:
    task = "Nothing has left: a claim of late shipment is possible from now on"
    if case.terms.extension_first:
        task = "Nothing has left: ask for a new ship date first; from now on a claim of late shipment is possible"
    names = ["covers_late_shipment", "extension_first"]
    if case.known("ship_date") is not None:
        names.append("covers_agreed_lateness")
    if case.terms.claim_opens:
        names.append("claim_opens")
    return case.writer.first("late_claim", opens, task, *(rule_told(case.pack, name) for name in names))


def _arrival(case: OrderCase) -> Iterator[ActDay]:
    received = case.foreseen("received")
    if received is not None:
        path = f"suppliers.{case.supplier.name}.transit.days"
        yield case.writer.on(
            "received", received, "Goods arrive: count cartons, note damage, begin the check", case.value(path, "")
        )


def _check_and_claim(case: OrderCase) -> Iterator[ActDay]:
    received = case.best_known("received")
    checked = case.known("checked")
    if not case.covers(Ground.QUALITY):
        if received is not None and checked is None:
            task = "Check the goods at once: no claim can be made, but the supplier may still be talked to"
            rule = "covers_quality" if case.is_paid_through_it else "requires_platform_payment"
            yield case.writer.on("check", received, task, rule_told(case.pack, rule))
        return
    if received is None:
        return
    window = case.window(received)
    if window is None:
        return
    task = "File the claim for what you found" if checked else "Have all goods checked, and the claim filed"
    yield case.writer.last("claim_window", window, received, task, rule_told(case.pack, "claim_window"))


def _days(minutes: int) -> str:
    return f"{minutes / MINUTES_PER_DAY:g} days"


# ---------------------------------------------------------------------------------------------- what to know of it


def notes_on_delivery(case: OrderCase) -> Iterator[str]:
    """What a buyer should know of the days up to a claim, in sentences."""
    if not case.can_be_told:
        yield f"Order {case.order.id} is hardly ever placed in the simulated plans: nothing can be told of its days."
    yield from _cover_in_words(case)
    yield from _shipping_in_words(case)
    yield from _check_in_words(case)


def _cover_in_words(case: OrderCase) -> Iterator[str]:
    order, pack, supplier = case.order.id, case.pack.id, case.supplier
    quality, late = case.covers(Ground.QUALITY), case.covers(Ground.LATE_SHIPMENT)
    if not case.is_paid_through_it:
        yield (
            f"Order {order} is paid to {supplier.name} directly, and {pack} covers only what is paid through the "
            "platform: there is no claim, and no deadline of one."
        )
    elif not quality and not late:
        yield f"{pack} covers neither late shipment nor quality of order {order}: no claim, and no deadline of one."
    else:
        if not quality:
            custom = " of goods made to order" if case.terms.covers_quality else ""
            yield f"{pack} does not cover the quality{custom}: order {order} has no claim window."
        if not late:
            yield f"{pack} does not cover late shipment: order {order} has no claim for it."
        elif not case.variant.deposit:
            yield f"Nothing of order {order} is paid before it ships: there is nothing to claim back for lateness."
        if 0 < supplier.on_platform < MICROS and case.terms.requires_platform_payment:
            yield f"Only {percentage(supplier.on_platform / MICROS)} of order {order} is paid through the platform."
        if quality and case.variant.inspection is not None and not case.terms.covers_conforming_goods:
            yield f"If the inspection finds order {order} conforming, {pack} covers its quality no longer."
    if not case.covers_anything and case.known("dispute_opened") is not None:
        yield f"The dispute of order {order} stands outside {pack}: none of its deadlines can be told."


def _shipping_in_words(case: OrderCase) -> Iterator[str]:
    shipped = case.known("shipped")
    agreed = case.known("ship_date") or moved(lambda placed: placed + case.supplier.promised, case.placed)
    if shipped is None or agreed is None or not surely_before(agreed, shipped):
        return
    by, on = (case.clock.day(moment.minute) for moment in (agreed, shipped))
    days = (on - by).days
    yield (
        f"Order {case.order.id} shipped {days} {'day' if days == 1 else 'days'} after its ship date, {day_text(by)}; "
        "in the model a claim of late shipment ends when the goods leave."
    )


def _check_in_words(case: OrderCase) -> Iterator[str]:
    if not case.covers(Ground.QUALITY) or not (case.opened is None or is_over_lateness(case)):
        return
    received, checked = case.known("received"), case.known("checked")
    window = None if received is None else case.window(received)
    if checked is not None and window is not None:
        if surely_before(window, checked):
            yield (
                f"The goods of order {case.order.id} were checked after the claim window had closed: what was found "
                "then cannot be claimed."
            )
        elif perhaps_before(window, checked):
            yield f"Order {case.order.id} was checked so close to the end of the claim window that the hour decides."
    share = _late_checks(case)
    if checked is None and share > _WORTH_TELLING:
        yield (
            f"With your usual way of checking (buyer.goods_check_days), the goods of order {case.order.id} are checked "
            f"too late for a claim in {share * 100:.0f} % of simulated orders."
        )


def _late_checks(case: OrderCase) -> float:
    """Share of the simulated orders received that are checked when the window has closed."""
    minutes = case.expected.minutes
    checked = minutes["checked"] >= 0
    if not checked.any():
        return 0.0
    rows = zip(*(minutes[name][checked].tolist() for name in ("placed", "received", "checked")), strict=True)
    late = [0 <= int(claim_window_end(case.terms, placed, received)) < check for placed, received, check in rows]
    return float(np.mean(late))
