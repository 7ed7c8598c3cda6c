"""What the buyer does when the ship date passes, in the kernel: the counterpart of `sim.engines.reference.lateness`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.engines.compiled.dispute import await_payout, is_unshipped, stop_story
from sim.engines.compiled.layout import (
    CLOSE,
    LATE_CLAIM_OPENS,
    NOWHEN,
    OPEN_DISPUTE,
    OWNER_LATENESS,
    PAID_OUT,
    SHIP_DATE,
    WAIT,
    WRITE_OFF,
)
from sim.engines.compiled.translate import inlined
from sim.engines.compiled.world import (
    note,
    supplier_at,
    until_in_dispute,
    variant_at,
)
from sim.protocol import Event, Ground, State
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
    from sim.engines.compiled.world import Record, World


@inlined
def ship_date_passes(world: World, case: Record, record: Record) -> int:
    """The ship date is here: move it, or claim; give up on a supplier that never ships."""
    if not is_unshipped(case):
        return WAIT
    extension = extension_of(world, case, record)
    if extension:
        case.agreed_date += extension
        return until_in_dispute(world, case.agreed_date, SHIP_DATE)
    note(world, case, Event.SHIP_DATE_PASSED.value, 0)
    if variant_at(world, case.variant).deposit:
        return claim_late_shipment(world, case, record)
    return give_up(world, case, record)


@inlined
def extension_of(world: World, case: Record, record: Record) -> int:
    """Minutes by which the ship date moves from now on; 0 if the parties do not agree."""
    waiting = case.state == State.AWAITING_INSPECTION.value
    ship_date = record.ship_date + case.held
    asked = extension_asked(case.ready, world.now, ship_date)
    if not is_extension_agreed(asked, world.setting.extension_accepted, waiting):
        return 0
    extension = extension_from(world.now, asked, ship_date)
    if waiting:
        case.held += extension
    event = Event.SHIP_DATE_HELD.value if waiting else Event.EXTENSION_AGREED.value
    note(world, case, event, extension)
    return extension


@inlined
def claim_late_shipment(world: World, case: Record, record: Record) -> int:
    """Claim back what has been paid, as soon as claims are open."""
    terms, setting, variant = world.terms, world.setting, variant_at(world, case.variant)
    record.ground = Ground.LATE_SHIPMENT.value
    on_platform = supplier_at(world, variant.supplier).on_platform
    obstacle = lateness_obstacle(terms, on_platform, variant.deposit, setting.minimum_claim)
    if obstacle != CLAIM_POSSIBLE:
        note(world, case, Event.NO_CLAIM.value, obstacle)
        return give_up(world, case, record)
    case.handling_minutes += asking_minutes(terms, setting.reply_minutes)
    ground_from = lateness_ground_from(terms, record.ship_date, case.agreed_date)
    opens = max(claim_opens_at(terms, record.placed), ground_from)
    if opens > world.now:
        return until_in_dispute(world, opens, LATE_CLAIM_OPENS)
    return dispute_lateness(world, case)


@inlined
def late_claim_opens(world: World, case: Record) -> int:
    """Claims are open: dispute, unless the goods have left meanwhile."""
    return dispute_lateness(world, case) if is_unshipped(case) else WAIT


@inlined
def dispute_lateness(world: World, case: Record) -> int:
    """Dispute over what has been paid."""
    case.owner = OWNER_LATENESS
    case.disputing = True
    case.returnable = 0
    case.claim = variant_at(world, case.variant).deposit
    return OPEN_DISPUTE


@inlined
def late_dispute_over(world: World, case: Record, record: Record) -> int:
    """A dispute of late shipment has ended: a refund ends the order."""
    case.disputing = False
    if not record.awarded:
        return PAID_OUT
    if is_unshipped(case):
        stop_story(world, case, Event.ORDER_ENDED_BY_REFUND.value)
    return await_payout(world, case)


@inlined
def late_claim_over(world: World, case: Record, record: Record) -> int:
    """Everything about a late shipment is settled: close an order that has ended, or wait for the goods."""
    if case.state == State.NOT_TAKEN.value:
        return CLOSE
    return give_up(world, case, record)


@inlined
def give_up(world: World, case: Record, record: Record) -> int:
    """Give up, after a while, on goods that will never come."""
    if case.never_ships and record.closed < 0 and is_unshipped(case):
        after = world.setting.writes_off_after
        return until_in_dispute(world, written_off_at(world.now, record.ship_date, after), WRITE_OFF)
    return until_in_dispute(world, NOWHEN, WAIT)


@inlined
def write_off(world: World, case: Record) -> int:
    """Write the order off and close it."""
    stop_story(world, case, Event.ORDER_WRITTEN_OFF.value)
    return CLOSE
