"""What the buyer does when the ship date passes and nothing has been shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpy import Interrupt

from sim.engines.reference.dispute import payout, resolution
from sim.protocol import UNSHIPPED, Event, Ground, State
from sim.rules.coverage import CLAIM_POSSIBLE, claim_opens_at, lateness_obstacle
from sim.rules.lateness import (
    asking_minutes,
    extension_asked,
    extension_from,
    is_extension_agreed,
    lateness_ground_from,
    written_off_at,
)

if TYPE_CHECKING:
    from sim.engines.reference.case import Case
    from sim.engines.reference.world import Story, World


def ship_date_watch(world: World, case: Case) -> Story[None]:
    """Watch the ship date of an order: move it, or dispute; and give up on a supplier that never ships."""
    ship_date = case.ship_date
    while True:
        yield case.until_in_dispute(ship_date)
        if case.state not in UNSHIPPED:
            return
        extension = extension_of(world, case)
        if extension == 0:
            break
        ship_date += extension
    case.note(Event.SHIP_DATE_PASSED)
    if case.variant.deposit:
        yield from claim_late_shipment(world, case, ship_date)
    if case.closed < 0 and case.never_ships and case.state in UNSHIPPED:
        yield from write_off(world, case)


def extension_of(world: World, case: Case) -> int:
    """Minutes by which the ship date moves from now on; 0 if the parties do not agree."""
    waiting = case.state == State.AWAITING_INSPECTION
    now, ship_date = world.env.now, case.ship_date + case.held
    asked = extension_asked(case.ready, now, ship_date)
    if not is_extension_agreed(asked, world.model.buyer.extension_accepted, waiting):
        return 0
    extension = extension_from(now, asked, ship_date)
    if waiting:
        case.held += extension
    case.note(Event.SHIP_DATE_HELD if waiting else Event.EXTENSION_AGREED, extension)
    return extension


def claim_late_shipment(world: World, case: Case, agreed_date: int) -> Story[None]:
    """Claim back what has been paid; a refund ends the order, and goods that ship close the dispute."""
    model, paid = world.model, case.variant.deposit
    case.ground = Ground.LATE_SHIPMENT
    obstacle = lateness_obstacle(model.terms, case.supplier.on_platform, paid, model.buyer.minimum_claim)
    if obstacle != CLAIM_POSSIBLE:
        case.note(Event.NO_CLAIM, obstacle)
        return
    case.handling_minutes += asking_minutes(model.terms, model.buyer.reply_minutes)
    ground_from = lateness_ground_from(model.terms, case.ship_date, agreed_date)
    opens = max(claim_opens_at(model.terms, case.placed), ground_from)
    if opens > world.env.now:
        yield case.until_in_dispute(opens)
        if case.state not in UNSHIPPED:
            return
    case.disputing = True
    try:
        yield from resolution(world, case, Ground.LATE_SHIPMENT, paid, 0)
    except Interrupt:
        case.note_dispute(Event.GOODS_SHIPPED_IN_DISPUTE)
        return
    finally:
        case.disputing = False
    if case.awarded:
        if case.state in UNSHIPPED:
            case.story.interrupt()
            case.note(Event.ORDER_ENDED_BY_REFUND)
        yield from payout(world, case)
    if case.state == State.NOT_TAKEN:
        case.close()


def write_off(world: World, case: Case) -> Story[None]:
    """Give up on goods that will never come, after a while."""
    given_up = written_off_at(world.env.now, case.ship_date, world.model.buyer.writes_off_after)
    yield case.until_in_dispute(given_up)
    case.story.interrupt()
    case.note(Event.ORDER_WRITTEN_OFF)
    case.close()
