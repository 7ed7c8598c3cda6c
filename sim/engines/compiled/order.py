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
    common,
    common_minutes,
    end_of,
    give_back,
    note,
    reach,
    release,
    request,
    set_units,
    units_of,
    until,
    until_in_dispute,
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
from sim.rules.durations import delayed_end, production_end
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
    from sim.engines.compiled.world import Arrays, Moment, Record, World
    from sim.rules.lots import Units


@compiled
def forget(cases: Arrays, out: Arrays) -> None:
    """Make orders as they are before anything has happened, and their records those of orders never placed."""
    for order in range(len(cases)):
        case, record = cases[order], out[order]
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
    place = 2 * order + STORY
    world.wakes[place] = NOWHEN
    world.wakes[place + DISPUTE] = NOWHEN
    world.tickets[place] = 0
    world.tickets[place + DISPUTE] = 0
    terms = world.orders[order]
    if terms.after >= 0:
        world.phases[place] = AWAIT_MILESTONE
    else:
        world.phases[place] = START
        if terms.minute > 0:
            world.wakes[place] = terms.minute


@inlined
def start(world: World, at: Moment, case: Record, out: Arrays) -> int:
    """Settle whether the order is placed, and with whom: the supplier named, or the one that stands in."""
    terms = world.orders[at.order]
    first = 0
    if case.happened == 0 or not is_condition_met(terms, world.cases, out):
        first = 1
    for choice in range(first, terms.variants):
        number = terms.first_variant + choice
        firm = world.suppliers[world.variants[number].supplier].firm
        if world.switching[firm].severity != Severity.STOPPED.value:
            case.variant = number
            case.firm = firm
            if choice:
                note(world, at, case, Event.SUPPLIER_CHANGED.value, world.variants[number].supplier)
            return place(world, at, case, out[at.order])
    note(world, at, case, Event.ORDER_NOT_PLACED.value, 0)
    release(world, at)
    return WAIT


@inlined
def is_condition_met(terms: Record, cases: Arrays, out: Arrays) -> bool:
    """Whether what is known of another order lets this one be placed."""
    if terms.condition < 0:
        return True
    if terms.needs_pass:
        passed: bool = out[terms.condition].report == Report.PASSED.value
        return passed
    other = cases[terms.condition]
    return is_share_at_most(other.known, other.looked_at, terms.share_at_most)


@inlined
def place(world: World, at: Moment, case: Record, record: Record) -> int:
    """Place the order and pay the deposit; what its lot will be like is settled from here on."""
    variant = world.variants[case.variant]
    supplier = world.suppliers[variant.supplier]
    if not variant.eager:
        first = at.replication - at.column
        run_program(world, variant.first_step, variant.steps, first, at.column, at.column + 1, at.given - at.column)
    record.supplier = variant.supplier
    record.quantity = variant.quantity
    record.deposit = variant.deposit
    record.payment_fees = variant.deposit_fee
    record.placed = at.now
    record.ship_date = at.now + supplier.promised
    case.agreed_date = record.ship_date
    case.never_ships = common(world, at, variant, R_NEVER_SHIPS) < supplier.never_ships
    record.in_contract = common(world, at, variant, R_IN_CONTRACT) < world.setting[0].detail
    bad = common(world, at, variant, R_BAD_LOT) < supplier.bad_lot
    critical = common(world, at, variant, R_SHARE)
    major = major_share(common(world, at, variant, R_SHARE + 1), bad, common(world, at, variant, R_BAD_SHARE))
    minor = common(world, at, variant, R_SHARE + 2)
    units = units_by_class(variant.quantity, (critical, major, minor), three(world, at, variant, R_ROUNDING))
    set_units(record, units)
    note(world, at, case, Event.ORDER_PLACED.value, variant.quantity)
    if variant.deposit:
        note(world, at, case, Event.DEPOSIT_PAID.value, variant.deposit)
    reach(world, at, Milestone.PLACED.value)
    until_in_dispute(world, at, record.ship_date, SHIP_DATE)
    case.slot = supplier.firm
    if request(world, 2 * at.order + STORY, case.slot):
        return SLOT_GRANTED
    return until(world, at, NOWHEN, AWAIT_SLOT)


@inlined
def three(world: World, at: Moment, variant: Record, row: int) -> tuple[float, float, float]:
    """A common draw of each class of defect."""
    return common(world, at, variant, row), common(world, at, variant, row + 1), common(world, at, variant, row + 2)


@inlined
def produce(world: World, at: Moment, case: Record) -> int:
    """Begin production, now that there is a slot; a supplier that never ships never finishes."""
    note(world, at, case, Event.PRODUCTION_STARTED.value, 0)
    if case.never_ships:
        return until(world, at, NOWHEN, WAIT)
    variant = world.variants[case.variant]
    supplier = world.suppliers[variant.supplier]
    worked, working = world.calendars[supplier.calendar], supplier.production_working
    minutes = common_minutes(world, at, variant, R_PRODUCTION)
    if supplier.is_delay:
        case.ready = delayed_end(worked, at.now, supplier.promised, minutes, working)
    else:
        case.ready = production_end(worked, at.now, minutes, variant.extra_production, working)
    case.begun = at.now
    case.visit = 0
    return NEXT_VISIT


@inlined
def finish(world: World, at: Moment, case: Record) -> int:
    """Goods are finished: they are inspected if that was bought, else shipped."""
    give_back(world, at.now, case.slot)
    case.slot = NEVER
    note(world, at, case, Event.PRODUCTION_FINISHED.value, 0)
    if world.variants[case.variant].inspection < 0:
        return SHIP
    case.attempt = 0
    return BOOK_INSPECTION


@inlined
def refuse(world: World, at: Moment, case: Record, record: Record) -> int:
    """Refuse a failed lot: the balance stays unpaid, and the deposit is claimed back on the ground of quality."""
    variant = world.variants[case.variant]
    note(world, at, case, Event.LOT_REFUSED.value, variant.deposit)
    if case.disputing:
        return until(world, at, NOWHEN, WAIT)
    world.wakes[2 * at.order + DISPUTE] = NOWHEN
    if not variant.deposit:
        return CLOSE
    terms, setting = world.terms[0], world.setting[0]
    record.ground = Ground.QUALITY.value
    window = claim_window_end(terms, record.placed, NEVER)
    record.found_harm = found_in_time(variant.deposit, at.now, window)
    obstacle = refusal_obstacle(
        terms,
        setting.custom_made,
        world.suppliers[variant.supplier].on_platform,
        variant.deposit,
        record.in_contract == 1,
        record.found_harm,
        setting.minimum_claim,
    )
    if obstacle != CLAIM_POSSIBLE:
        note(world, at, case, Event.NO_CLAIM.value, obstacle)
        return CLOSE
    case.owner = OWNER_REFUSAL
    case.returnable = 0
    case.claim = variant.deposit
    return open_for_claims(world, at, record)


@inlined
def open_for_claims(world: World, at: Moment, record: Record) -> int:
    """Open the dispute, or wait until claims of this order can be made at all."""
    opens = claim_opens_at(world.terms[0], record.placed)
    if opens > at.now:
        return until(world, at, opens, OPEN_DISPUTE)
    return OPEN_DISPUTE


@inlined
def pay_balance(world: World, at: Moment, case: Record, record: Record) -> None:
    """Pay what is left of the price."""
    variant = world.variants[case.variant]
    record.balance = variant.balance
    record.balance_paid = at.now
    record.payment_fees += variant.balance_fee
    if variant.balance:
        note(world, at, case, Event.BALANCE_PAID.value, variant.balance)


@inlined
def ship(world: World, at: Moment, case: Record, record: Record) -> int:
    """Pay the balance as agreed, and ship; a dispute about goods that had not been shipped ends."""
    variant = world.variants[case.variant]
    supplier = world.suppliers[variant.supplier]
    if not supplier.pays_balance_on_receipt:
        pay_balance(world, at, case, record)
    note(world, at, case, Event.GOODS_SHIPPED.value, variant.quantity)
    record.shipped = at.now
    record.freight = variant.freight
    reach(world, at, Milestone.SHIPPED.value)
    if case.disputing:
        stop_dispute(world, at, case, Event.GOODS_SHIPPED_IN_DISPUTE.value)
    world.wakes[2 * at.order + DISPUTE] = NOWHEN
    minutes = common_minutes(world, at, variant, R_TRANSIT)
    return until(world, at, end_of(world, at.now, supplier.calendar, minutes, supplier.transit_working), ARRIVED)


@inlined
def arrive(world: World, at: Moment, case: Record, record: Record) -> int:
    """Receive what was not damaged on the way."""
    variant, setting = world.variants[case.variant], world.setting[0]
    supplier = world.suppliers[variant.supplier]
    uniform = common(world, at, variant, R_DAMAGE)
    record.damaged = units_damaged(variant.quantity, units_of(record), supplier.damage, uniform)
    record.received = at.now
    note(world, at, case, Event.GOODS_RECEIVED.value, variant.quantity - record.damaged)
    if supplier.pays_balance_on_receipt:
        pay_balance(world, at, case, record)
    reach(world, at, Milestone.RECEIVED.value)
    minutes = common_minutes(world, at, variant, R_GOODS_CHECK)
    checked = end_of(world, at.now, setting.buyer_calendar, minutes, setting.goods_check_working)
    return until(world, at, checked, CHECK_GOODS)


@inlined
def check(world: World, at: Moment, case: Record, record: Record) -> int:
    """Check the goods, and claim what is found."""
    variant = world.variants[case.variant]
    supplier = world.suppliers[variant.supplier]
    record.checked = at.now
    units = units_of(record)
    latent = units_latent(units, supplier.latent, three(world, at, variant, R_LATENT))
    minutes = common_minutes(world, at, variant, R_LATENT_AFTER)
    calendar = world.setting[0].buyer_calendar
    case.shown = end_of(world, record.received, calendar, minutes, supplier.latent_after_working)
    case.latent_units = units_hidden(latent, case.shown, at.now)
    found = units_found(units, latent, case.shown, at.now)
    case.known = defects_known(found)
    case.looked_at = variant.quantity
    note(world, at, case, Event.GOODS_CHECKED.value, found.critical + found.major + found.minor)
    reach(world, at, Milestone.CHECKED.value)
    return claim(world, at, case, record, found)


@inlined
def found_harm(world: World, variant: Record, found: Units) -> int:
    """Cents that could be claimed for the units found."""
    setting = world.setting[0]
    tolerance = (setting.tolerance_critical, setting.tolerance_major, setting.tolerance_minor)
    cents: int = claim_amount(found, variant.quantity, tolerance, variant.price, world.need[0].minor_cost)
    return cents


@inlined
def claim(world: World, at: Moment, case: Record, record: Record, found: Units) -> int:
    """Claim for the units found, or go on with what stands in the way."""
    variant, terms, setting = world.variants[case.variant], world.terms[0], world.setting[0]
    window = claim_window_end(terms, record.placed, record.received)
    record.found_harm = found_in_time(found_harm(world, variant, found), at.now, window)
    obstacle = quality_obstacle(
        terms,
        setting.custom_made,
        record.report,
        world.suppliers[variant.supplier].on_platform,
        found_harm(world, variant, units_of(record)),
        record.in_contract == 1,
        record.found_harm,
        setting.minimum_claim,
    )
    if record.ground == Ground.NONE.value or obstacle == CLAIM_POSSIBLE:
        record.ground = Ground.QUALITY.value
    if obstacle != CLAIM_POSSIBLE:
        return go_without(world, at, case, record, obstacle)
    tolerance = (setting.tolerance_critical, setting.tolerance_major, setting.tolerance_minor)
    case.owner = OWNER_CHECK
    case.returnable = units_returnable(found, variant.quantity, tolerance)
    case.claim = record.found_harm
    return open_for_claims(world, at, record)


@inlined
def go_without(world: World, at: Moment, case: Record, record: Record, obstacle: int) -> int:
    """Wait for latent defects, if they could still make a claim of what was not one; else there is none."""
    if not case.claims_latent and case.latent_units:
        window = claim_window_end(world.terms[0], record.placed, record.received)
        if is_in_time(case.shown, window) and is_open_to_more(obstacle):
            return until(world, at, case.shown, LATENT_SHOWN)
    note(world, at, case, Event.NO_CLAIM.value, obstacle)
    return CLOSE


@inlined
def latent_shown(world: World, at: Moment, case: Record, record: Record) -> int:
    """Latent defects have shown: claim for all that there are."""
    units = units_of(record)
    case.claims_latent = True
    case.known = defects_known(units)
    case.looked_at = record.quantity
    note(world, at, case, Event.LATENT_DEFECTS_SHOWN.value, case.latent_units)
    return claim(world, at, case, record, units)


@inlined
def claimed(world: World, case: Record, record: Record) -> int:
    """A claim of quality is over: what shows in time after it is found, but not claimed."""
    if not case.claims_latent and case.latent_units:
        window = claim_window_end(world.terms[0], record.placed, record.received)
        if is_in_time(case.shown, window):
            record.found_harm = found_harm(world, world.variants[case.variant], units_of(record))
    return CLOSE


@inlined
def close(world: World, at: Moment, case: Record, record: Record) -> int:
    """Close the order: nothing can change it any more, and whatever others still wait for will not come."""
    note(world, at, case, Event.ORDER_CLOSED.value, 0)
    record.closed = at.now
    reach(world, at, Milestone.CLOSED.value)
    release(world, at)
    return WAIT


@inlined
def complete(world: World, case: Record, record: Record) -> None:
    """Write into an order's record what is only known when everything is over."""
    if case.variant >= 0:
        record.dispute_end = case.dispute_state
        record.handling = handling_cost(case.handling_minutes, world.setting[0].hourly_cost)
