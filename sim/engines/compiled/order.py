"""The life of an order in the kernel, phase by phase: the counterpart of `sim.engines.reference.order`.

Each function is one step of the story, from one wait to the next: it returns the phase that follows at once, or
`WAIT` when it has written down when the story goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.engines.compiled.dispute import stop_dispute
from sim.engines.compiled.layout import (
    ARRIVED,
    AWAIT_MILESTONE,
    AWAIT_SLOT,
    BEFORE_ALL,
    BOOK_INSPECTION,
    CHECK_GOODS,
    CLOSE,
    DISPUTE,
    LATENT_SHOWN,
    NEXT_VISIT,
    NOWHEN,
    OPEN_DISPUTE,
    OWNER_CHECK,
    OWNER_REFUSAL,
    R_BAD_LOT,
    R_BAD_SHARE,
    R_DAMAGE,
    R_GOODS_CHECK,
    R_IN_CONTRACT,
    R_LATENT,
    R_LATENT_AFTER,
    R_NEVER_SHIPS,
    R_PRODUCTION,
    R_ROUNDING,
    R_SHARE,
    R_TRANSIT,
    SHIP,
    SHIP_DATE,
    SLOT_GRANTED,
    START,
    STORY,
    WAIT,
)
from sim.engines.compiled.program import run_program
from sim.engines.compiled.translate import compiled, inlined
from sim.engines.compiled.world import (
    calendar_at,
    case_at,
    common,
    common_minutes,
    end_of,
    give_back,
    note,
    order_at,
    place_at,
    reach,
    record_of,
    release,
    request,
    set_units,
    supplier_at,
    switching_at,
    units_of,
    until,
    until_in_dispute,
    variant_at,
)
from sim.protocol import Event, Ground, Milestone, State
from sim.rules.amounts import handling_cost
from sim.rules.claims import claim_amount, found_in_time, units_returnable
from sim.rules.coverage import (
    CLAIM_POSSIBLE,
    claim_opens_at,
    claim_window_end,
    is_open_to_more,
    quality_obstacle,
    refusal_obstacle,
)
from sim.rules.deadlines import is_in_time
from sim.rules.durations import finished_at
from sim.rules.lots import (
    defects_known,
    is_share_at_most,
    major_share,
    units_by_class,
    units_damaged,
    units_found,
    units_hidden,
    units_latent,
)
from sim.rules.refund import NO_LIMIT
from sim.rules.reports import Report
from sim.rules.sampling import Severity
from sim.units import NEVER

if TYPE_CHECKING:
    from sim.engines.compiled.world import Record, World
    from sim.rules.lots import Units


@compiled
def forget(world: World) -> None:  # noqa: PLR0915 - one line for each field
    """Make orders as they are before anything has happened, and their records those of orders never placed."""
    for order in range(world.orders_count):
        case, record = case_at(world, order), record_of(world, order)
        case.state = State.PLANNED.value
        case.dispute_state = State.NO_DISPUTE.value
        case.variant = NEVER
        case.happened = 1
        case.ready = NEVER
        case.held = 0
        case.known = 0
        case.looked_at = 0
        case.handling_minutes = 0
        case.slot = NEVER
        case.inspector = NEVER
        case.handler = NEVER
        case.never_ships = False
        case.disputing = False
        case.claims_latent = False
        record.supplier = NEVER
        record.quantity = 0
        record.placed = NEVER
        record.ship_date = NEVER
        record.shipped = NEVER
        record.received = NEVER
        record.checked = NEVER
        record.closed = NEVER
        record.critical = 0
        record.major = 0
        record.minor = 0
        record.damaged = 0
        record.returned = 0
        record.inspections = 0
        record.rejections = 0
        record.report = Report.NONE.value
        record.deposit = 0
        record.balance = 0
        record.balance_paid = NEVER
        record.payment_fees = 0
        record.freight = 0
        record.inspection_fees = 0
        record.handling = 0
        record.return_freight = 0
        record.refunded = 0
        record.refund_paid = NEVER
        record.ground = Ground.NONE.value
        record.dispute_end = State.NO_DISPUTE.value
        record.disputes = 0
        record.in_contract = 0
        record.found_harm = 0
        record.claimed = 0
        record.awarded = 0
        record.limit_left = NO_LIMIT


@inlined
def expect(world: World, order: int) -> None:
    """Have an order wait for what it starts after, before anything happens."""
    story, dispute = place_at(world, 2 * order + STORY), place_at(world, 2 * order + DISPUTE)
    story.wake = NOWHEN
    dispute.wake = NOWHEN
    dispute.phase = WAIT
    story.ticket = 0
    dispute.ticket = 0
    terms = order_at(world, order)
    if terms.after >= 0:
        story.phase = AWAIT_MILESTONE
    else:
        # Orders that start at once do so in their order before anybody's turn comes, and so before the first minute.
        story.phase = START
        story.wake = terms.minute if terms.minute > 0 else BEFORE_ALL


@inlined
def start(world: World, case: Record) -> int:
    """Settle whether the order is placed, and with whom: the supplier named, or the one that stands in."""
    terms = order_at(world, world.order)
    first = 0
    if case.happened == 0 or not is_condition_met(world, terms):
        first = 1
    for choice in range(first, terms.variants):
        number = terms.first_variant + choice
        firm = supplier_at(world, variant_at(world, number).supplier).firm
        if switching_at(world, firm).severity != Severity.STOPPED.value:
            case.variant = number
            case.firm = firm
            if choice:
                note(world, case, Event.SUPPLIER_CHANGED.value, variant_at(world, number).supplier)
            return place(world, case, record_of(world, world.order))
    note(world, case, Event.ORDER_NOT_PLACED.value, 0)
    release(world)
    return WAIT


@inlined
def is_condition_met(world: World, terms: Record) -> bool:
    """Whether what is known of another order lets this one be placed."""
    if terms.condition < 0:
        return True
    if terms.needs_pass:
        passed: bool = record_of(world, terms.condition).report == Report.PASSED.value
        return passed
    other = case_at(world, terms.condition)
    return is_share_at_most(other.known, other.looked_at, terms.share_at_most)


@inlined
def place(world: World, case: Record, record: Record) -> int:
    """Place the order and pay the deposit; what its lot will be like is settled from here on."""
    variant = variant_at(world, case.variant)
    supplier = supplier_at(world, variant.supplier)
    if not variant.eager:
        steps = variant.steps
        run_program(world, variant.first_step, steps, world.replication, world.column, 1, world.given_column)
    record.supplier = variant.supplier
    record.quantity = variant.quantity
    record.deposit = variant.deposit
    record.payment_fees = variant.deposit_fee
    record.placed = world.now
    record.ship_date = world.now + supplier.promised
    case.agreed_date = record.ship_date
    case.never_ships = common(world, variant, R_NEVER_SHIPS) < supplier.never_ships
    record.in_contract = common(world, variant, R_IN_CONTRACT) < world.setting.detail
    bad = common(world, variant, R_BAD_LOT) < supplier.bad_lot
    critical = common(world, variant, R_SHARE)
    major = major_share(common(world, variant, R_SHARE + 1), bad, common(world, variant, R_BAD_SHARE))
    minor = common(world, variant, R_SHARE + 2)
    units = units_by_class(variant.quantity, (critical, major, minor), three(world, variant, R_ROUNDING))
    set_units(record, units)
    note(world, case, Event.ORDER_PLACED.value, variant.quantity)
    if variant.deposit:
        note(world, case, Event.DEPOSIT_PAID.value, variant.deposit)
    reach(world, Milestone.PLACED.value)
    until_in_dispute(world, record.ship_date, SHIP_DATE)
    case.slot = supplier.firm
    if request(world, 2 * world.order + STORY, case.slot):
        return SLOT_GRANTED
    return until(world, NOWHEN, AWAIT_SLOT)


@inlined
def three(world: World, variant: Record, row: int) -> tuple[float, float, float]:
    """A common draw of each class of defect."""
    return common(world, variant, row), common(world, variant, row + 1), common(world, variant, row + 2)


@inlined
def produce(world: World, case: Record) -> int:
    """Begin production, now that there is a slot; a supplier that never ships never finishes."""
    note(world, case, Event.PRODUCTION_STARTED.value, 0)
    if case.never_ships:
        return until(world, NOWHEN, WAIT)
    variant = variant_at(world, case.variant)
    supplier = supplier_at(world, variant.supplier)
    case.ready = finished_at(
        calendar_at(world, supplier.calendar),
        world.now,
        supplier.promised,
        common_minutes(world, variant, R_PRODUCTION),
        variant.extra_production,
        supplier.production_working,
        supplier.is_delay,
    )
    case.begun = world.now
    case.visit = 0
    return NEXT_VISIT


@inlined
def finish(world: World, case: Record) -> int:
    """Goods are finished: they are inspected if that was bought, else shipped."""
    give_back(world, case.slot)
    case.slot = NEVER
    note(world, case, Event.PRODUCTION_FINISHED.value, 0)
    if variant_at(world, case.variant).inspection < 0:
        return SHIP
    case.attempt = 0
    return BOOK_INSPECTION


@inlined
def refuse(world: World, case: Record, record: Record) -> int:
    """Refuse a failed lot: the balance stays unpaid, and the deposit is claimed back on the ground of quality."""
    variant = variant_at(world, case.variant)
    note(world, case, Event.LOT_REFUSED.value, variant.deposit)
    if case.disputing:
        return until(world, NOWHEN, WAIT)
    place_at(world, 2 * world.order + DISPUTE).wake = NOWHEN
    if not variant.deposit:
        return CLOSE
    terms, setting = world.terms, world.setting
    record.ground = Ground.QUALITY.value
    window = claim_window_end(terms, record.placed, NEVER)
    record.found_harm = found_in_time(variant.deposit, world.now, window)
    obstacle = refusal_obstacle(
        terms,
        setting.custom_made,
        supplier_at(world, variant.supplier).on_platform,
        variant.deposit,
        record.in_contract == 1,
        record.found_harm,
        setting.minimum_claim,
    )
    if obstacle != CLAIM_POSSIBLE:
        note(world, case, Event.NO_CLAIM.value, obstacle)
        return CLOSE
    case.owner = OWNER_REFUSAL
    case.returnable = 0
    case.claim = variant.deposit
    return open_for_claims(world, record)


@inlined
def open_for_claims(world: World, record: Record) -> int:
    """Open the dispute, or wait until claims of this order can be made at all."""
    opens = claim_opens_at(world.terms, record.placed)
    if opens > world.now:
        return until(world, opens, OPEN_DISPUTE)
    return OPEN_DISPUTE


@inlined
def pay_balance(world: World, case: Record, record: Record) -> None:
    """Pay what is left of the price."""
    variant = variant_at(world, case.variant)
    record.balance = variant.balance
    record.balance_paid = world.now
    record.payment_fees += variant.balance_fee
    if variant.balance:
        note(world, case, Event.BALANCE_PAID.value, variant.balance)


@inlined
def ship(world: World, case: Record, record: Record) -> int:
    """Pay the balance as agreed, and ship; a dispute about goods that had not been shipped ends."""
    variant = variant_at(world, case.variant)
    supplier = supplier_at(world, variant.supplier)
    if not supplier.pays_balance_on_receipt:
        pay_balance(world, case, record)
    note(world, case, Event.GOODS_SHIPPED.value, variant.quantity)
    record.shipped = world.now
    record.freight = variant.freight
    reach(world, Milestone.SHIPPED.value)
    if case.disputing:
        stop_dispute(world, case, Event.GOODS_SHIPPED_IN_DISPUTE.value)
    place_at(world, 2 * world.order + DISPUTE).wake = NOWHEN
    minutes = common_minutes(world, variant, R_TRANSIT)
    return until(world, end_of(world, world.now, supplier.calendar, minutes, supplier.transit_working), ARRIVED)


@inlined
def arrive(world: World, case: Record, record: Record) -> int:
    """Receive what was not damaged on the way."""
    variant, setting = variant_at(world, case.variant), world.setting
    supplier = supplier_at(world, variant.supplier)
    uniform = common(world, variant, R_DAMAGE)
    record.damaged = units_damaged(variant.quantity, units_of(record), supplier.damage, uniform)
    record.received = world.now
    note(world, case, Event.GOODS_RECEIVED.value, variant.quantity - record.damaged)
    if supplier.pays_balance_on_receipt:
        pay_balance(world, case, record)
    reach(world, Milestone.RECEIVED.value)
    minutes = common_minutes(world, variant, R_GOODS_CHECK)
    checked = end_of(world, world.now, setting.buyer_calendar, minutes, setting.goods_check_working)
    return until(world, checked, CHECK_GOODS)


@inlined
def check(world: World, case: Record, record: Record) -> int:
    """Check the goods, and claim what is found."""
    variant = variant_at(world, case.variant)
    supplier = supplier_at(world, variant.supplier)
    record.checked = world.now
    units = units_of(record)
    latent = units_latent(units, supplier.latent, three(world, variant, R_LATENT))
    minutes = common_minutes(world, variant, R_LATENT_AFTER)
    calendar = world.setting.buyer_calendar
    case.shown = end_of(world, record.received, calendar, minutes, supplier.latent_after_working)
    case.latent_units = units_hidden(latent, case.shown, world.now)
    found = units_found(units, latent, case.shown, world.now)
    case.known = defects_known(found)
    case.looked_at = variant.quantity
    note(world, case, Event.GOODS_CHECKED.value, found.critical + found.major + found.minor)
    reach(world, Milestone.CHECKED.value)
    return claim(world, case, record, found)


@inlined
def found_harm(world: World, variant: Record, found: Units) -> int:
    """Cents that could be claimed for the units found."""
    setting = world.setting
    tolerance = (setting.tolerance_critical, setting.tolerance_major, setting.tolerance_minor)
    cents: int = claim_amount(found, variant.quantity, tolerance, variant.price, world.need.minor_cost)
    return cents


@inlined
def claim(world: World, case: Record, record: Record, found: Units) -> int:
    """Claim for the units found, or go on with what stands in the way."""
    variant, terms, setting = variant_at(world, case.variant), world.terms, world.setting
    window = claim_window_end(terms, record.placed, record.received)
    record.found_harm = found_in_time(found_harm(world, variant, found), world.now, window)
    obstacle = quality_obstacle(
        terms,
        setting.custom_made,
        record.report,
        supplier_at(world, variant.supplier).on_platform,
        found_harm(world, variant, units_of(record)),
        record.in_contract == 1,
        record.found_harm,
        setting.minimum_claim,
    )
    if record.ground == Ground.NONE.value or obstacle == CLAIM_POSSIBLE:
        record.ground = Ground.QUALITY.value
    if obstacle != CLAIM_POSSIBLE:
        return go_without(world, case, record, obstacle)
    tolerance = (setting.tolerance_critical, setting.tolerance_major, setting.tolerance_minor)
    case.owner = OWNER_CHECK
    case.returnable = units_returnable(found, variant.quantity, tolerance)
    case.claim = record.found_harm
    return open_for_claims(world, record)


@inlined
def go_without(world: World, case: Record, record: Record, obstacle: int) -> int:
    """Wait for latent defects, if they could still make a claim of what was not one; else there is none."""
    if not case.claims_latent and case.latent_units:
        window = claim_window_end(world.terms, record.placed, record.received)
        if is_in_time(case.shown, window) and is_open_to_more(obstacle):
            return until(world, case.shown, LATENT_SHOWN)
    note(world, case, Event.NO_CLAIM.value, obstacle)
    return CLOSE


@inlined
def latent_shown(world: World, case: Record, record: Record) -> int:
    """Latent defects have shown: claim for all that there are."""
    units = units_of(record)
    case.claims_latent = True
    case.known = defects_known(units)
    case.looked_at = record.quantity
    note(world, case, Event.LATENT_DEFECTS_SHOWN.value, case.latent_units)
    return claim(world, case, record, units)


@inlined
def claimed(world: World, case: Record, record: Record) -> int:
    """A claim of quality is over: what shows in time after it is found, but not claimed."""
    if not case.claims_latent and case.latent_units:
        window = claim_window_end(world.terms, record.placed, record.received)
        if is_in_time(case.shown, window):
            record.found_harm = found_harm(world, variant_at(world, case.variant), units_of(record))
    return CLOSE


@inlined
def close(world: World, case: Record, record: Record) -> int:
    """Close the order: nothing can change it any more, and whatever others still wait for will not come."""
    note(world, case, Event.ORDER_CLOSED.value, 0)
    record.closed = world.now
    reach(world, Milestone.CLOSED.value)
    release(world)
    return WAIT


@inlined
def complete(world: World, case: Record, record: Record) -> None:
    """Write into an order's record what is only known when everything is over."""
    if case.variant >= 0:
        record.dispute_end = case.dispute_state
        record.handling = handling_cost(case.handling_minutes, world.setting.hourly_cost)
