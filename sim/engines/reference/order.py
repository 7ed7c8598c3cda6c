"""The life of an order, from its start to its end: the story that the model tells (one SimPy process an order)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpy import Interrupt

from sim.engines.reference.dispute import payout, resolution
from sim.engines.reference.inspection import lot_inspection, production_visit
from sim.engines.reference.lateness import ship_date_watch
from sim.engines.reference.world import is_granted
from sim.protocol import Event, Ground, Milestone
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
from sim.rules.durations import ends_after, finished_at
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
from sim.rules.reports import Report
from sim.rules.sampling import Severity
from sim.units import NEVER

if TYPE_CHECKING:
    from sim.engines.reference.case import Case
    from sim.engines.reference.world import Story, World
    from sim.model import Condition
    from sim.rules.lots import Units


def order_life(world: World, case: Case, cases: list[Case]) -> Story[None]:
    """Start, production, inspection, shipment, check and claim of one order."""
    choice = yield from start(world, case, cases)
    if choice == NEVER:
        case.note(Event.ORDER_NOT_PLACED)
        world.release(case.index)
        return
    place(world, case)
    case.watch = world.env.process(ship_date_watch(world, case))
    try:
        yield from production(world, case)
        taken = yield from lot_inspection(world, case)
    except Interrupt:
        return  # ended by a refund, or written off: whoever watches the ship date closes it
    if not taken:
        yield from refuse(world, case)
        return
    yield from shipment(world, case)
    yield from check(world, case)
    case.close()


def start(world: World, case: Case, cases: list[Case]) -> Story[int]:
    """Wait for the start; returns the choice of supplier (0 named, 1 standing in), or never."""
    terms = case.order.start
    happened = True
    if terms.after >= 0:
        happened = yield world.awaited(terms.after, terms.when)
        yield case.until(world.env.now + (terms.delay if happened else 0))
    elif terms.minute > 0:
        yield case.until(terms.minute)
    choices = range(len(case.order.variants))
    if not happened or not is_condition_met(case.order.condition, cases):
        choices = choices[1:]
    for choice in choices:
        case.take(choice)
        if world.switching(case.supplier.firm).severity != Severity.STOPPED:
            if choice:
                case.note(Event.SUPPLIER_CHANGED, case.variant.supplier)
            return choice
    return NEVER


def is_condition_met(condition: Condition, cases: list[Case]) -> bool:
    """Whether what is known of another order lets this one be placed."""
    if condition.order < 0:
        return True
    other = cases[condition.order]
    if condition.needs_pass:
        return other.report == Report.PASSED
    return is_share_at_most(other.known[0], other.known[1], condition.share_at_most)


def place(world: World, case: Case) -> None:
    """Place the order and pay the deposit; what its lot will be like is settled from here on."""
    draws, supplier, variant = case.variates, case.supplier, case.variant
    case.placed = world.env.now
    case.ship_date = case.placed + supplier.promised
    case.never_ships = draws.never_ships < supplier.never_ships
    case.in_contract = draws.in_contract < world.model.contract.detail
    critical, major, minor = draws.shares
    major = major_share(major, draws.bad_lot < supplier.bad_lot, draws.bad_share)
    case.units = units_by_class(variant.quantity, (critical, major, minor), draws.rounding)
    case.note(Event.ORDER_PLACED, variant.quantity)
    if variant.deposit:
        case.note(Event.DEPOSIT_PAID, variant.deposit)
    world.reach(case.index, Milestone.PLACED)


def production(world: World, case: Case) -> Story[None]:
    """Wait for a production slot, and for the goods; a supplier that never ships never finishes."""
    supplier = case.supplier
    with world.slots(supplier.firm, supplier.slots).request() as slot:
        if not is_granted(slot):
            yield slot
            yield case.until(world.env.now)
        case.note(Event.PRODUCTION_STARTED)
        if case.never_ships:
            yield world.env.event()
        begun = world.env.now
        case.ready = finished_at(
            world.model.calendars[supplier.calendar],
            begun,
            supplier.promised,
            case.variates.production,
            case.variant.extra_production,
            supplier.production.working,
            supplier.is_delay,
        )
        for number, visit in enumerate(case.variant.visits):
            yield from production_visit(world, case, visit, number, begun)
        yield case.until(case.ready)
    case.note(Event.PRODUCTION_FINISHED)


def refuse(world: World, case: Case) -> Story[None]:
    """Refuse a failed lot: the balance stays unpaid, and the deposit is claimed back on the ground of quality."""
    case.note(Event.LOT_REFUSED, case.variant.deposit)
    if case.disputing:
        return  # the deposit is being claimed already; whoever watches the ship date closes the order
    if case.variant.deposit:
        case.ground = Ground.QUALITY
        window = claim_window_end(world.model.terms, case.placed, NEVER)
        case.found_harm = found_in_time(case.variant.deposit, world.env.now, window)
        obstacle = refusal_obstacle(
            world.model.terms,
            world.model.contract.custom_made,
            case.supplier.on_platform,
            case.variant.deposit,
            case.in_contract,
            case.found_harm,
            world.model.buyer.minimum_claim,
        )
        if obstacle == CLAIM_POSSIBLE:
            yield from claims_open(world, case)
            yield from resolution(world, case, Ground.QUALITY, case.variant.deposit, 0)
            yield from payout(world, case)
        else:
            case.note(Event.NO_CLAIM, obstacle)
    case.close()


def claims_open(world: World, case: Case) -> Story[None]:
    """Wait until claims of this order can be made at all."""
    opens = claim_opens_at(world.model.terms, case.placed)
    if opens > world.env.now:
        yield case.until(opens)


def pay_balance(case: Case) -> None:
    """Pay what is left of the price."""
    case.balance = case.variant.balance
    case.balance_paid = case.world.env.now
    if case.balance:
        case.note(Event.BALANCE_PAID, case.balance)


def shipment(world: World, case: Case) -> Story[None]:
    """Pay the balance as agreed, ship, and receive what was not damaged on the way."""
    supplier, variant = case.supplier, case.variant
    if not supplier.pays_balance_on_receipt:
        pay_balance(case)
    case.note(Event.GOODS_SHIPPED, variant.quantity)
    case.shipped = world.env.now
    case.freight = variant.freight
    if case.disputing:
        case.watch.interrupt()
    world.reach(case.index, Milestone.SHIPPED)
    yield case.until(world.end_of(supplier.transit, case.variates.transit, supplier.calendar))
    case.damaged = units_damaged(variant.quantity, case.units, supplier.damage, case.variates.damage)
    case.received = world.env.now
    case.note(Event.GOODS_RECEIVED, variant.quantity - case.damaged)
    if supplier.pays_balance_on_receipt:
        pay_balance(case)
    world.reach(case.index, Milestone.RECEIVED)


def check(world: World, case: Case) -> Story[None]:
    """Check the goods; claim what is found, or what shows later, as far as the protection still hears of it."""
    supplier, draws, buyer = case.supplier, case.variates, world.model.buyer
    yield case.until(world.end_of(buyer.goods_check, draws.goods_check, buyer.calendar))
    case.checked = world.env.now
    latent = units_latent(case.units, supplier.latent, draws.latent)
    worked = world.model.calendars[buyer.calendar]
    shown = ends_after(worked, case.received, draws.latent_after, supplier.latent_after.working)
    found = units_found(case.units, latent, shown, case.checked)
    case.known = (defects_known(found), case.variant.quantity)
    case.note(Event.GOODS_CHECKED, sum(found))
    world.reach(case.index, Milestone.CHECKED)
    obstacle = yield from claim(world, case, found)
    window = claim_window_end(world.model.terms, case.placed, case.received)
    late = units_hidden(latent, shown, case.checked)
    if late and is_in_time(shown, window) and obstacle == CLAIM_POSSIBLE:
        # An order is claimed for once: what shows in time after that is found, but not claimed.
        case.found_harm = found_harm(world, case, case.units)
    if late and is_in_time(shown, window) and is_open_to_more(obstacle):
        yield case.until(shown)
        case.known = (defects_known(case.units), case.variant.quantity)
        case.note(Event.LATENT_DEFECTS_SHOWN, late)
        obstacle = yield from claim(world, case, case.units)
    if obstacle != CLAIM_POSSIBLE:
        case.note(Event.NO_CLAIM, obstacle)


def found_harm(world: World, case: Case, found: Units) -> int:
    """Cents that could be claimed for the units found."""
    model, variant = world.model, case.variant
    cents: int = claim_amount(found, variant.quantity, model.contract.tolerance, variant.price, model.need.minor_cost)
    return cents


def claim(world: World, case: Case, found: Units) -> Story[int]:
    """Claim for the units found, if that is possible; returns what stood in the way (a `RecoveryRule`), or -1."""
    model = world.model
    window = claim_window_end(model.terms, case.placed, case.received)
    case.found_harm = found_in_time(found_harm(world, case, found), world.env.now, window)
    obstacle = quality_obstacle(
        model.terms,
        model.contract.custom_made,
        case.report,
        case.supplier.on_platform,
        found_harm(world, case, case.units),
        case.in_contract,
        case.found_harm,
        model.buyer.minimum_claim,
    )
    if case.ground == Ground.NONE or obstacle == CLAIM_POSSIBLE:
        case.ground = Ground.QUALITY
    if obstacle == CLAIM_POSSIBLE:
        yield from claims_open(world, case)
        returnable = units_returnable(found, case.variant.quantity, model.contract.tolerance)
        yield from resolution(world, case, Ground.QUALITY, case.found_harm, returnable)
        yield from payout(world, case)
    return obstacle
