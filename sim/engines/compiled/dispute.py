"""A dispute in the kernel, phase by phase: the counterpart of `sim.engines.reference.dispute`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.engines.compiled.layout import (
    AWAIT_INSPECTOR,
    AWAIT_SLOT,
    D_AWARD,
    D_BUYER_EVIDENCE,
    D_BUYER_REPLY,
    D_DECISION,
    D_OFFER,
    D_PAYOUT,
    D_SUPPLIER_EVIDENCE,
    D_SUPPLIER_REPLY,
    DEADLINE_PASSES,
    DECIDED,
    DISPUTE,
    DISPUTE_OVER,
    EVIDENCE_IN,
    HANDLER_BEGINS,
    HANDLER_ENDS,
    HANDLER_QUEUED,
    LATER_ROUNDS,
    NEXT_TURN,
    NOWHEN,
    OWNER_LATENESS,
    PAID_OUT,
    PAYOUT_DUE,
    R_USED_BY_OTHERS,
    REPLY_PAIR,
    STORY,
    SUPPLIER_ANSWERS,
    U_CONCEDES,
    U_DEFAULTS,
    U_RETURNED,
    U_SECOND_REPLY,
    U_SILENT,
    U_UPHELD,
    VISIT_QUEUED,
)
from sim.engines.compiled.translate import compiled, inlined
from sim.engines.compiled.world import (
    calendar_at,
    case_at,
    common_minutes,
    end_of,
    give_back,
    leave_queue,
    minutes_of,
    note,
    note_dispute,
    place_at,
    record_of,
    request,
    supplier_at,
    until_in_dispute,
    value_of,
    variant_at,
)
from sim.engines.variates import DISPUTE_STRIDE
from sim.protocol import REFUNDABLE, UNSHIPPED, Event, Ground, State
from sim.random.flat import held, is_closed, part_at, piece_value, uniform_pair
from sim.rules.amounts import amount_of
from sim.rules.coverage import covered_payments
from sim.rules.deadlines import is_in_time
from sim.rules.durations import micros_drawn, minutes_drawn
from sim.rules.mediation import (
    Evidence,
    award_of,
    buyer_return_freight,
    decision_of,
    evidence_closed_at,
    evidence_deadline,
    evidence_given,
    evidence_outcome,
    is_return_due,
    is_return_worthwhile,
)
from sim.rules.negotiation import (
    answer_minutes,
    buyer_answer,
    buyer_deadline,
    negotiation_end,
    offer_of_round,
    supplier_answer,
    supplier_deadline,
)
from sim.rules.refund import is_drawn_down, limit_left, limit_of_supplier, refund_due, refund_paid
from sim.units import NEVER

if TYPE_CHECKING:
    from typing import Any

    from sim.engines.compiled.world import Record, World

_REFUNDABLE = tuple(sorted(state.value for state in REFUNDABLE))
_UNSHIPPED = tuple(sorted(state.value for state in UNSHIPPED))
_STRIDE = np.uint64(DISPUTE_STRIDE)


@inlined
def is_unshipped(case: Record) -> bool:
    """Whether the goods of an order have not left, and nobody has ended it."""
    return case.state in _UNSHIPPED


@compiled
def hash_lanes(world: World, case: Record, entity: Any, index: Any) -> None:  # noqa: ANN401
    """Make the uniforms of a dispute, all counters side by side."""
    number, keys = np.uint64(world.replication), held(world.keys)
    lanes, even, odd = world.lanes, case.even, case.odd
    # How many is not written here as a constant: a loop whose length is known is unrolled, not turned into vectors.
    for lane in range(world.lane_count):
        even[lane], odd[lane] = uniform_pair(number, entity, lanes[lane] + index, keys)


@compiled
def draw_sites(world: World, case: Record, variant: Record) -> None:
    """Draw what a dispute needs from distributions."""
    for site in range(world.site_count):
        lane = world.site_lanes[site]
        u = case.odd[lane] if world.site_odd[site] else case.even[lane]
        part = variant.parts[site]
        if part >= 0:
            value = piece_value(world.flat, part_at(world.flat, part), u)
        else:
            # Python has made a row for each ground, or, of answers, for each ground and round.
            answers = site in (D_SUPPLIER_REPLY, D_BUYER_REPLY)
            number = case.ground * (world.setting.rounds if answers else 1)
            value = value_of(world, variant, site, number, variant.tables[site], u)
        case.drawn[site] = int(micros_drawn(value)) if site in (D_OFFER, D_AWARD) else int(minutes_drawn(value))


@inlined
def open_dispute(world: World, case: Record, record: Record) -> int:
    """Open a dispute over the claim that the case holds."""
    setting = world.setting
    case.ground = Ground.LATE_SHIPMENT.value if case.owner == OWNER_LATENESS else Ground.QUALITY.value
    entity = variant_at(world, case.variant).entity
    hash_lanes(world, case, entity, _STRIDE * np.uint64(case.ground))
    draw_sites(world, case, variant_at(world, case.variant))
    case.opened = world.now
    case.proposed = world.now
    case.answers = 0
    case.replies = 0
    case.offer = 0
    case.award = 0
    case.evidence = Evidence.BOTH.value
    case.later_first = 0
    case.dispute_state = State.NO_DISPUTE.value
    record.ground = case.ground
    record.claimed = case.claim
    record.disputes += 1
    case.handling_minutes += setting.filing_minutes
    return happen(world, case, Event.DISPUTE_OPENED.value, case.claim)


@inlined
def happen(world: World, case: Record, event: int, amount: int) -> int:
    """Let an event of the dispute happen, and go on with whatever it leads to."""
    case.event = event
    note_dispute(world, case, event, amount)
    return NEXT_TURN


@inlined
def next_turn(world: World, case: Record) -> int:
    """Wait for whoever has to move, by the state of the dispute."""
    state = case.dispute_state
    if state == State.AWAITING_SUPPLIER.value:
        return supplier_turn(world, case)
    if state == State.AWAITING_BUYER.value:
        return buyer_turn(world, case)
    if state == State.AWAITING_EVIDENCE.value:
        return evidence_turn(world, case)
    if state == State.AWAITING_DECISION.value:
        return decision_turn(world, case)
    return DISPUTE_OVER


# --------------------------------------------------------------------------------------- negotiation


@inlined
def reply_minutes(world: World, case: Record, site: int, number: int, table: int) -> int:
    """Minutes of a side's answer number `number`, from 0."""
    if number == 0:
        return answer_minutes(case.drawn[site])
    return answer_minutes(later_reply(world, case, site, number, table))


@compiled
def later_reply(world: World, case: Record, site: int, number: int, table: int) -> int:
    """Minutes of a later answer; it tells if Python has drawn too few of them."""
    variant, rounds = variant_at(world, case.variant), world.setting.rounds
    even, odd = case.even[U_SECOND_REPLY], case.odd[U_SECOND_REPLY]
    if number > 1:
        place = (number - 2) % LATER_ROUNDS
        if case.later_first != number - place:
            hash_rounds(world, case, variant.entity, number - place)
        even, odd = case.later_even[place], case.later_odd[place]
    u, part = even if site == D_SUPPLIER_REPLY else odd, variant.parts[site]
    if part >= 0:
        return int(minutes_drawn(piece_value(world.flat, part_at(world.flat, part), u)))
    if is_closed(world.flat, table) and number >= rounds and rounds < DISPUTE_STRIDE:
        world.rounds_short += 1
    given = case.ground * rounds + min(number, rounds - 1)
    return minutes_of(world, variant, site, given, table, u)


@compiled
def hash_rounds(world: World, case: Record, entity: Any, first: int) -> None:  # noqa: ANN401
    """Make the uniforms of a few rounds of answers, all counters side by side."""
    case.later_first = first
    number, keys = np.uint64(world.replication), held(world.keys)
    even, odd, start = case.later_even, case.later_odd, DISPUTE_STRIDE * case.ground
    for place in range(world.later_count):
        index = start + min(first + place, DISPUTE_STRIDE - 1)
        even[place], odd[place] = uniform_pair(number, entity, REPLY_PAIR + np.uint64(index), keys)


@inlined
def supplier_turn(world: World, case: Record) -> int:
    """Wait for the supplier: its answer, or what its silence, the buyer's patience or the end of time brings."""
    terms, setting, variant = world.terms, world.setting, variant_at(world, case.variant)
    supplier = supplier_at(world, variant.supplier)
    end = negotiation_end(terms, case.opened, setting.escalates_before_close)
    event, deadline = supplier_deadline(
        terms, end, case.opened, case.proposed, case.answers > 0, setting.escalates_unanswered
    )
    if case.even[U_SILENT] >= supplier.silent:
        minutes = reply_minutes(world, case, D_SUPPLIER_REPLY, case.answers, supplier.reply)
        answered = end_of(world, world.now, supplier.calendar, minutes, supplier.reply_working)
        if is_in_time(answered, deadline):
            return until_in_dispute(world, answered, SUPPLIER_ANSWERS)
    case.deadline_event = event.value
    return until_in_dispute(world, deadline, DEADLINE_PASSES)


@inlined
def supplier_answers(world: World, case: Record) -> int:
    """The supplier concedes the claim, or makes an offer."""
    variant = variant_at(world, case.variant)
    supplier = supplier_at(world, variant.supplier)
    case.offer = offer_of_round(case.drawn[D_OFFER], supplier.concession, case.answers)
    case.answers += 1
    case.proposed = world.now
    event = supplier_answer(case.odd[U_CONCEDES] < supplier.concedes).value
    amount = award_of(Event.BUYER_ACCEPTED.value, case.claim, case.offer, 0) if world.trace_room else 0
    return happen(world, case, event, amount)


@inlined
def buyer_turn(world: World, case: Record) -> int:
    """Wait for the buyer: the answer, once somebody is free to give it, or what the silence brings."""
    terms, setting = world.terms, world.setting
    end = negotiation_end(terms, case.opened, setting.escalates_before_close)
    event, deadline = buyer_deadline(terms, end, case.opened, case.proposed)
    case.answering = True
    case.deadline_event = event.value
    case.work_minutes = reply_minutes(world, case, D_BUYER_REPLY, case.replies, setting.reply)
    return attention(world, case, deadline)


@inlined
def attention(world: World, case: Record, deadline: int) -> int:
    """Have somebody of the buyer's do a piece of work, once anybody is free, at most until a deadline."""
    case.deadline = deadline
    case.handler = world.setting.handlers
    if request(world, 2 * world.order + DISPUTE, case.handler):
        return HANDLER_BEGINS
    return until_in_dispute(world, deadline, HANDLER_QUEUED)


@inlined
def handler_begins(world: World, case: Record) -> int:
    """Somebody is free and begins the work."""
    setting = world.setting
    working = setting.reply_working if case.answering else setting.evidence_working
    case.work_done = end_of(world, world.now, setting.buyer_calendar, case.work_minutes, working)
    return until_in_dispute(world, min(case.work_done, case.deadline), HANDLER_ENDS)


@inlined
def handler_missed(world: World, case: Record) -> int:
    """Nobody was free before the deadline."""
    leave_queue(world, 2 * world.order + DISPUTE, case.handler)
    case.handler = NEVER
    return attended(world, case, NEVER)


@inlined
def handler_ends(world: World, case: Record) -> int:
    """The work is done, or the deadline has cut it off."""
    give_back(world, case.handler)
    case.handler = NEVER
    return attended(world, case, case.work_done if is_in_time(case.work_done, case.deadline) else NEVER)


@inlined
def attended(world: World, case: Record, done: int) -> int:
    """What comes of the buyer's work that was done at a minute, or never."""
    setting = world.setting
    if not case.answering:
        if done != NEVER:
            case.handling_minutes += setting.evidence_minutes
        case.ours = done
        return until_in_dispute(world, evidence_closed_at(done, case.theirs, case.deadline), EVIDENCE_IN)
    if done == NEVER:
        return happen(world, case, case.deadline_event, 0)
    case.replies += 1
    case.proposed = done
    case.handling_minutes += setting.reply_minutes
    return happen(world, case, buyer_answer(case.offer, setting.accepts_from).value, 0)


# ----------------------------------------------------------------------------------------- mediation


@inlined
def evidence_turn(world: World, case: Record) -> int:
    """Collect the evidence of both sides until the deadline."""
    setting, variant = world.setting, variant_at(world, case.variant)
    supplier = supplier_at(world, variant.supplier)
    deadline = evidence_deadline(world.terms, calendar_at(world, setting.platform_calendar), world.now)
    case.theirs = NEVER
    if case.even[U_SILENT] >= supplier.silent:
        minutes = case.drawn[D_SUPPLIER_EVIDENCE]
        case.theirs = end_of(world, world.now, supplier.calendar, minutes, supplier.evidence_working)
    case.work_minutes = case.drawn[D_BUYER_EVIDENCE]
    case.answering = False
    return attention(world, case, deadline)


@inlined
def evidence_in(world: World, case: Record) -> int:
    """The time for evidence is over."""
    ours, theirs = is_in_time(case.ours, case.deadline), is_in_time(case.theirs, case.deadline)
    case.evidence = evidence_given(ours, theirs).value
    return happen(world, case, evidence_outcome(ours, theirs).value, 0)


@inlined
def decision_turn(world: World, case: Record) -> int:
    """Wait for the mediator's decision."""
    setting = world.setting
    minutes = case.drawn[D_DECISION]
    return until_in_dispute(
        world, end_of(world, world.now, setting.platform_calendar, minutes, setting.decision_working), DECIDED
    )


@inlined
def decided(world: World, case: Record, record: Record) -> int:
    """The mediator decides."""
    setting = world.setting
    probability = setting.upheld[case.ground, record.report, case.evidence]
    event = decision_of(case.even[U_UPHELD], probability).value
    case.award = case.drawn[D_AWARD]
    return happen(world, case, event, award_of(event, case.claim, case.offer, case.award))


# -------------------------------------------------------------------------------------------- the end


@inlined
def settle(world: World, case: Record) -> None:
    """Settle what the end of a dispute promises the buyer, and whether the goods go back for it."""
    terms, record = world.terms, record_of(world, world.order)
    record.awarded = award_of(case.event, case.claim, case.offer, case.award)
    uniform, probability = case.odd[U_RETURNED], world.setting.returned
    if is_return_due(terms, case.dispute_state, record.received, case.returnable, uniform, probability):
        return_goods(world, case)


@inlined
def return_goods(world: World, case: Record) -> None:
    """Send the goods back against the whole claim, or leave it if that is not worth the freight."""
    record, units = record_of(world, world.order), case.returnable
    supplier = supplier_at(world, variant_at(world, case.variant).supplier)
    note_dispute(world, case, Event.RETURN_ORDERED.value, units)
    record.awarded = case.claim
    freight = buyer_return_freight(world.terms, amount_of(supplier.return_freight, units))
    kept = amount_of(world.need.salvage_value, units)
    refund = refund_due(record.awarded, covered(world, case, record), left_of_limit(world, case))
    if is_return_worthwhile(refund, freight, kept):
        record.returned, record.return_freight = units, freight
        note_dispute(world, case, Event.GOODS_RETURNED.value, units)
    else:
        note_dispute(world, case, Event.RETURN_DECLINED.value, 0)


@inlined
def covered(world: World, case: Record, record: Record) -> int:
    """Cents that the protection stands behind now."""
    variant = variant_at(world, case.variant)
    on_platform = supplier_at(world, variant.supplier).on_platform
    cents: int = covered_payments(world.terms, variant.deposit, record.balance, int(record.shipped >= 0), on_platform)
    return cents


@inlined
def left_of_limit(world: World, case: Record) -> int:
    """Cents left of the limit under which a case's refund falls; -1 for no limit."""
    terms, variant = world.terms, variant_at(world, case.variant)
    used = common_minutes(world, variant, R_USED_BY_OTHERS)
    limit = limit_of_supplier(terms, supplier_at(world, variant.supplier).limit, used)
    return limit_left(limit, drawn_by_firm(world, case.firm))


@compiled
def drawn_by_firm(world: World, firm: int) -> int:
    """Cents that refunds of a firm's orders take up in its limit now."""
    cents = 0
    for order in range(world.orders_count):
        record = record_of(world, order)
        paid, of_firm = record.refund_paid >= 0, case_at(world, order).firm == firm
        if paid and of_firm and is_drawn_down(world.terms, record.refund_paid, world.now):
            cents += record.refunded
    return cents


@inlined
def await_payout(world: World, case: Record) -> int:
    """Wait for the refund, if the end of the dispute promises one."""
    if case.dispute_state not in _REFUNDABLE:
        return PAID_OUT
    variant = variant_at(world, case.variant)
    supplier = supplier_at(world, variant.supplier)
    minutes = case.drawn[D_PAYOUT]
    paid = end_of(world, world.now, supplier.calendar, minutes, supplier.payout_working)
    return until_in_dispute(world, paid, PAYOUT_DUE)


@inlined
def pay_out(world: World, case: Record) -> int:
    """Pay what the award comes to after the caps."""
    record = record_of(world, world.order)
    supplier = supplier_at(world, variant_at(world, case.variant).supplier)
    record.limit_left = left_of_limit(world, case)
    due = refund_due(record.awarded, covered(world, case, record), record.limit_left)
    record.refunded = refund_paid(world.terms, due, case.even[U_DEFAULTS] < supplier.defaults)
    if record.refunded < due:
        note_dispute(world, case, Event.REFUND_DEFAULTED.value, due)
    else:
        record.refund_paid = world.now
        note_dispute(world, case, Event.REFUND_PAID.value, record.refunded)
    return PAID_OUT


# ------------------------------------------------------------------------------- stories that are cut


@inlined
def stop_dispute(world: World, case: Record, event: int) -> None:
    """End a dispute by an event from outside it."""
    place = 2 * world.order + DISPUTE
    if case.handler >= 0:
        if place_at(world, place).phase == HANDLER_QUEUED:
            leave_queue(world, place, case.handler)
        else:
            give_back(world, case.handler)
        case.handler = NEVER
    place_at(world, place).wake = NOWHEN
    case.disputing = False
    note_dispute(world, case, event, 0)


@inlined
def stop_story(world: World, case: Record, event: int) -> None:
    """End an order's own story by an event from outside it: whatever it holds or queues for is free again.

    It is never one that has just been granted an inspector for a visit: those look around before anybody's turn comes.
    """
    place = 2 * world.order + STORY
    phase = place_at(world, place).phase
    note(world, case, event, 0)
    if case.inspector >= 0:
        if phase in (AWAIT_INSPECTOR, VISIT_QUEUED):
            leave_queue(world, place, case.inspector)
        else:
            give_back(world, case.inspector)
        case.inspector = NEVER
    if case.slot >= 0:
        if phase == AWAIT_SLOT:
            leave_queue(world, place, case.slot)
        else:
            give_back(world, case.slot)
        case.slot = NEVER
    place_at(world, place).wake = NOWHEN
