"""A dispute in the kernel, phase by phase: the counterpart of `sim.engines.reference.dispute`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.engines.compiled.layout import (
    AWAIT_INSPECTOR,
    AWAIT_SLOT,
    C_AWARD,
    C_BUYER_EVIDENCE,
    C_BUYER_REPLY,
    C_DECISION,
    C_OFFER,
    C_PAYOUT,
    C_SUPPLIER_EVIDENCE,
    C_SUPPLIER_REPLY,
    COUNT_ROUNDS_SHORT,
    DEADLINE_PASSES,
    DECIDED,
    DISPUTE,
    DISPUTE_OVER,
    EVIDENCE_IN,
    HANDLER_BEGINS,
    HANDLER_ENDS,
    HANDLER_QUEUED,
    LANE_COUNT,
    NEXT_TURN,
    NOWHEN,
    OWNER_LATENESS,
    PAID_OUT,
    PAYOUT_DUE,
    R_USED_BY_OTHERS,
    REPLY_PAIR,
    STORY,
    SUPPLIER_ANSWERS,
    U_AWARD,
    U_BUYER_EVIDENCE,
    U_BUYER_REPLY,
    U_CONCEDES,
    U_DECISION,
    U_DEFAULTS,
    U_OFFER,
    U_PAYOUT,
    U_RETURNED,
    U_SECOND_BUYER_REPLY,
    U_SECOND_SUPPLIER_REPLY,
    U_SILENT,
    U_SUPPLIER_EVIDENCE,
    U_SUPPLIER_REPLY,
    U_UPHELD,
    VISIT_QUEUED,
)
from sim.engines.compiled.translate import compiled, inlined
from sim.engines.compiled.world import (
    end_of,
    give_back,
    leave_queue,
    minutes_of,
    note,
    note_dispute,
    request,
    until_in_dispute,
    value_of,
)
from sim.engines.variates import DISPUTE_STRIDE
from sim.protocol import REFUNDABLE, UNSHIPPED, Event, Ground, State
from sim.random.flat import uniform_pair
from sim.rules.amounts import amount_of
from sim.rules.coverage import covered_payments
from sim.rules.deadlines import is_in_time
from sim.rules.durations import micros_drawn
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

    from sim.engines.compiled.world import Arrays, Moment, Record, World

_REFUNDABLE = tuple(sorted(state.value for state in REFUNDABLE))
_UNSHIPPED = tuple(sorted(state.value for state in UNSHIPPED))
_STRIDE = np.uint64(DISPUTE_STRIDE)


@inlined
def is_unshipped(case: Record) -> bool:
    """Whether the goods of an order have not left, and nobody has ended it."""
    return case.state in _UNSHIPPED


@compiled
def hash_lanes(replication: int, entity: Any, index: Any, lanes: Arrays, keys: Arrays, uniforms: Arrays) -> None:  # noqa: ANN401
    """Make the uniforms of a dispute, all counters side by side."""
    number = np.uint64(replication)
    for lane in range(LANE_COUNT):
        uniforms[lane], uniforms[lane + LANE_COUNT] = uniform_pair(number, entity, lanes[lane] + index, keys)


@inlined
def open_dispute(world: World, at: Moment, case: Record, record: Record) -> int:
    """Open a dispute over the claim that the case holds."""
    setting = world.setting[0]
    case.ground = Ground.LATE_SHIPMENT.value if case.owner == OWNER_LATENESS else Ground.QUALITY.value
    entity = world.variants[case.variant].entity
    hash_lanes(at.replication, entity, _STRIDE * np.uint64(case.ground), world.lanes, world.keys, case.uniforms)
    case.opened = at.now
    case.proposed = at.now
    case.answers = 0
    case.replies = 0
    case.offer = 0
    case.award = 0
    case.evidence = Evidence.BOTH.value
    case.dispute_state = State.NO_DISPUTE.value
    record.ground = case.ground
    record.claimed = case.claim
    record.disputes += 1
    case.handling_minutes += setting.filing_minutes
    return happen(world, at, case, Event.DISPUTE_OPENED.value, case.claim)


@inlined
def happen(world: World, at: Moment, case: Record, event: int, amount: int) -> int:
    """Let an event of the dispute happen, and go on with whatever it leads to."""
    case.event = event
    note_dispute(world, at, case, event, amount)
    return NEXT_TURN


@inlined
def next_turn(world: World, at: Moment, case: Record) -> int:
    """Wait for whoever has to move, by the state of the dispute."""
    state = case.dispute_state
    if state == State.AWAITING_SUPPLIER.value:
        return supplier_turn(world, at, case)
    if state == State.AWAITING_BUYER.value:
        return buyer_turn(world, at, case)
    if state == State.AWAITING_EVIDENCE.value:
        return evidence_turn(world, at, case)
    if state == State.AWAITING_DECISION.value:
        return decision_turn(world, at, case)
    return DISPUTE_OVER


# --------------------------------------------------------------------------------------- negotiation


@inlined
def round_uniforms(world: World, at: Moment, case: Record, number: int) -> tuple[float, float]:
    """Uniforms of both sides' answer number `number`, from 0: the first two are made with the dispute."""
    if number == 0:
        return case.uniforms[U_SUPPLIER_REPLY], case.uniforms[U_BUYER_REPLY]
    if number == 1:
        return case.uniforms[U_SECOND_SUPPLIER_REPLY], case.uniforms[U_SECOND_BUYER_REPLY]
    return later_uniforms(at.replication, world.variants[case.variant].entity, case.ground, number, world.keys)


@compiled
def later_uniforms(replication: int, entity: Any, ground: int, number: int, keys: Arrays) -> tuple[float, float]:  # noqa: ANN401
    """Uniforms of both sides' later answers."""
    index = DISPUTE_STRIDE * ground + min(number, DISPUTE_STRIDE - 1)
    return uniform_pair(np.uint64(replication), entity, REPLY_PAIR + np.uint64(index), keys)


@inlined
def round_given(world: World, case: Record, number: int, table: int) -> int:
    """Column of an answer among those that Python has drawn; tells if there are too few of them."""
    rounds = world.setting[0].rounds
    if world.flat.tables[table].closed and number >= rounds and rounds < DISPUTE_STRIDE:
        world.counters[COUNT_ROUNDS_SHORT] += 1
    return case.ground * rounds + min(number, rounds - 1)


@inlined
def supplier_turn(world: World, at: Moment, case: Record) -> int:
    """Wait for the supplier: its answer, or what its silence, the buyer's patience or the end of time brings."""
    terms, setting, variant = world.terms[0], world.setting[0], world.variants[case.variant]
    supplier = world.suppliers[variant.supplier]
    end = negotiation_end(terms, case.opened, setting.escalates_before_close)
    event, deadline = supplier_deadline(
        terms, end, case.opened, case.proposed, case.answers > 0, setting.escalates_unanswered
    )
    if case.uniforms[U_SILENT] >= supplier.silent:
        uniform, _ = round_uniforms(world, at, case, case.answers)
        given = round_given(world, case, case.answers, supplier.reply)
        minutes = answer_minutes(minutes_of(world, at, variant, C_SUPPLIER_REPLY, given, supplier.reply, uniform))
        answered = end_of(world, at.now, supplier.calendar, minutes, supplier.reply_working)
        if is_in_time(answered, deadline):
            return until_in_dispute(world, at, answered, SUPPLIER_ANSWERS)
    case.deadline_event = event.value
    return until_in_dispute(world, at, deadline, DEADLINE_PASSES)


@inlined
def supplier_answers(world: World, at: Moment, case: Record) -> int:
    """The supplier concedes the claim, or makes an offer."""
    variant = world.variants[case.variant]
    supplier = world.suppliers[variant.supplier]
    u = case.uniforms[U_OFFER]
    opening = value_of(world, at, variant, C_OFFER, case.ground, supplier.opening_offer, u)
    case.offer = offer_of_round(np.int64(micros_drawn(opening)), supplier.concession, case.answers)
    case.answers += 1
    case.proposed = at.now
    event = supplier_answer(case.uniforms[U_CONCEDES] < supplier.concedes).value
    amount = award_of(Event.BUYER_ACCEPTED.value, case.claim, case.offer, 0) if len(world.trace) else 0
    return happen(world, at, case, event, amount)


@inlined
def buyer_turn(world: World, at: Moment, case: Record) -> int:
    """Wait for the buyer: the answer, once somebody is free to give it, or what the silence brings."""
    terms, setting, variant = world.terms[0], world.setting[0], world.variants[case.variant]
    end = negotiation_end(terms, case.opened, setting.escalates_before_close)
    event, deadline = buyer_deadline(terms, end, case.opened, case.proposed)
    _, uniform = round_uniforms(world, at, case, case.replies)
    given = round_given(world, case, case.replies, setting.reply)
    minutes = minutes_of(world, at, variant, C_BUYER_REPLY, given, setting.reply, uniform)
    case.answering = True
    case.deadline_event = event.value
    case.work_minutes = answer_minutes(minutes)
    return attention(world, at, case, deadline)


@inlined
def attention(world: World, at: Moment, case: Record, deadline: int) -> int:
    """Have somebody of the buyer's do a piece of work, once anybody is free, at most until a deadline."""
    case.deadline = deadline
    case.handler = world.setting[0].handlers
    if request(world, 2 * at.order + DISPUTE, case.handler):
        return HANDLER_BEGINS
    return until_in_dispute(world, at, deadline, HANDLER_QUEUED)


@inlined
def handler_begins(world: World, at: Moment, case: Record) -> int:
    """Somebody is free and begins the work."""
    setting = world.setting[0]
    working = setting.reply_working if case.answering else setting.evidence_working
    case.work_done = end_of(world, at.now, setting.buyer_calendar, case.work_minutes, working)
    return until_in_dispute(world, at, min(case.work_done, case.deadline), HANDLER_ENDS)


@inlined
def handler_missed(world: World, at: Moment, case: Record) -> int:
    """Nobody was free before the deadline."""
    leave_queue(world, 2 * at.order + DISPUTE, case.handler)
    case.handler = NEVER
    return attended(world, at, case, NEVER)


@inlined
def handler_ends(world: World, at: Moment, case: Record) -> int:
    """The work is done, or the deadline has cut it off."""
    give_back(world, at.now, case.handler)
    case.handler = NEVER
    return attended(world, at, case, case.work_done if is_in_time(case.work_done, case.deadline) else NEVER)


@inlined
def attended(world: World, at: Moment, case: Record, done: int) -> int:
    """What comes of the buyer's work that was done at a minute, or never."""
    setting = world.setting[0]
    if not case.answering:
        if done != NEVER:
            case.handling_minutes += setting.evidence_minutes
        case.ours = done
        return until_in_dispute(world, at, evidence_closed_at(done, case.theirs, case.deadline), EVIDENCE_IN)
    if done == NEVER:
        return happen(world, at, case, case.deadline_event, 0)
    case.replies += 1
    case.proposed = done
    case.handling_minutes += setting.reply_minutes
    return happen(world, at, case, buyer_answer(case.offer, setting.accepts_from).value, 0)


# ----------------------------------------------------------------------------------------- mediation


@inlined
def evidence_turn(world: World, at: Moment, case: Record) -> int:
    """Collect the evidence of both sides until the deadline."""
    setting, variant = world.setting[0], world.variants[case.variant]
    supplier = world.suppliers[variant.supplier]
    deadline = evidence_deadline(world.terms[0], world.calendars[setting.platform_calendar], at.now)
    case.theirs = NEVER
    if case.uniforms[U_SILENT] >= supplier.silent:
        u = case.uniforms[U_SUPPLIER_EVIDENCE]
        minutes = minutes_of(world, at, variant, C_SUPPLIER_EVIDENCE, case.ground, supplier.evidence, u)
        case.theirs = end_of(world, at.now, supplier.calendar, minutes, supplier.evidence_working)
    u = case.uniforms[U_BUYER_EVIDENCE]
    case.work_minutes = minutes_of(world, at, variant, C_BUYER_EVIDENCE, case.ground, setting.evidence, u)
    case.answering = False
    return attention(world, at, case, deadline)


@inlined
def evidence_in(world: World, at: Moment, case: Record) -> int:
    """The time for evidence is over."""
    ours, theirs = is_in_time(case.ours, case.deadline), is_in_time(case.theirs, case.deadline)
    case.evidence = evidence_given(ours, theirs).value
    return happen(world, at, case, evidence_outcome(ours, theirs).value, 0)


@inlined
def decision_turn(world: World, at: Moment, case: Record) -> int:
    """Wait for the mediator's decision."""
    setting, variant = world.setting[0], world.variants[case.variant]
    minutes = minutes_of(world, at, variant, C_DECISION, case.ground, setting.decision, case.uniforms[U_DECISION])
    return until_in_dispute(
        world, at, end_of(world, at.now, setting.platform_calendar, minutes, setting.decision_working), DECIDED
    )


@inlined
def decided(world: World, at: Moment, case: Record, record: Record) -> int:
    """The mediator decides."""
    setting, variant = world.setting[0], world.variants[case.variant]
    probability = setting.upheld[case.ground, record.report, case.evidence]
    event = decision_of(case.uniforms[U_UPHELD], probability).value
    share = value_of(world, at, variant, C_AWARD, case.ground, setting.award, case.uniforms[U_AWARD])
    case.award = np.int64(micros_drawn(share))
    return happen(world, at, case, event, award_of(event, case.claim, case.offer, case.award))


# -------------------------------------------------------------------------------------------- the end


@inlined
def settle(world: World, at: Moment, case: Record, cases: Arrays, out: Arrays) -> None:
    """Settle what the end of a dispute promises the buyer, and whether the goods go back for it."""
    terms, record = world.terms[0], out[at.order]
    record.awarded = award_of(case.event, case.claim, case.offer, case.award)
    uniform, probability = case.uniforms[U_RETURNED], world.setting[0].returned
    if is_return_due(terms, case.dispute_state, record.received, case.returnable, uniform, probability):
        return_goods(world, at, case, cases, out)


@inlined
def return_goods(world: World, at: Moment, case: Record, cases: Arrays, out: Arrays) -> None:
    """Send the goods back against the whole claim, or leave it if that is not worth the freight."""
    record, units = out[at.order], case.returnable
    supplier = world.suppliers[world.variants[case.variant].supplier]
    note_dispute(world, at, case, Event.RETURN_ORDERED.value, units)
    record.awarded = case.claim
    freight = buyer_return_freight(world.terms[0], amount_of(supplier.return_freight, units))
    kept = amount_of(world.need[0].salvage_value, units)
    refund = refund_due(record.awarded, covered(world, case, record), left_of_limit(world, at, case, cases, out))
    if is_return_worthwhile(refund, freight, kept):
        record.returned, record.return_freight = units, freight
        note_dispute(world, at, case, Event.GOODS_RETURNED.value, units)
    else:
        note_dispute(world, at, case, Event.RETURN_DECLINED.value, 0)


@inlined
def covered(world: World, case: Record, record: Record) -> int:
    """Cents that the protection stands behind now."""
    variant = world.variants[case.variant]
    on_platform = world.suppliers[variant.supplier].on_platform
    cents: int = covered_payments(
        world.terms[0], variant.deposit, record.balance, int(record.shipped >= 0), on_platform
    )
    return cents


@inlined
def left_of_limit(world: World, at: Moment, case: Record, cases: Arrays, out: Arrays) -> int:
    """Cents left of the limit under which a case's refund falls; -1 for no limit."""
    terms, variant = world.terms[0], world.variants[case.variant]
    used = np.int64(world.block[variant.row + R_USED_BY_OTHERS, at.column])
    limit = limit_of_supplier(terms, world.suppliers[variant.supplier].limit, used)
    return limit_left(limit, drawn_by_firm(terms, cases, out, case.firm, at.now))


@compiled
def drawn_by_firm(terms: Record, cases: Arrays, out: Arrays, firm: int, now: int) -> int:
    """Cents that refunds of a firm's orders take up in its limit now."""
    cents = 0
    for order in range(len(cases)):
        paid = out[order].refund_paid
        if paid >= 0 and cases[order].firm == firm and is_drawn_down(terms, paid, now):
            cents += out[order].refunded
    return cents


@inlined
def await_payout(world: World, at: Moment, case: Record) -> int:
    """Wait for the refund, if the end of the dispute promises one."""
    if case.dispute_state not in _REFUNDABLE:
        return PAID_OUT
    variant = world.variants[case.variant]
    supplier = world.suppliers[variant.supplier]
    u = case.uniforms[U_PAYOUT]
    minutes = minutes_of(world, at, variant, C_PAYOUT, case.ground, supplier.payout, u)
    paid = end_of(world, at.now, supplier.calendar, minutes, supplier.payout_working)
    return until_in_dispute(world, at, paid, PAYOUT_DUE)


@inlined
def pay_out(world: World, at: Moment, case: Record, cases: Arrays, out: Arrays) -> int:
    """Pay what the award comes to after the caps."""
    record = out[at.order]
    supplier = world.suppliers[world.variants[case.variant].supplier]
    record.limit_left = left_of_limit(world, at, case, cases, out)
    due = refund_due(record.awarded, covered(world, case, record), record.limit_left)
    record.refunded = refund_paid(world.terms[0], due, case.uniforms[U_DEFAULTS] < supplier.defaults)
    if record.refunded < due:
        note_dispute(world, at, case, Event.REFUND_DEFAULTED.value, due)
    else:
        record.refund_paid = at.now
        note_dispute(world, at, case, Event.REFUND_PAID.value, record.refunded)
    return PAID_OUT


# ------------------------------------------------------------------------------- stories that are cut


@inlined
def stop_dispute(world: World, at: Moment, case: Record, event: int) -> None:
    """End a dispute by an event from outside it."""
    place = 2 * at.order + DISPUTE
    if case.handler >= 0:
        if world.phases[place] == HANDLER_QUEUED:
            leave_queue(world, place, case.handler)
        else:
            give_back(world, at.now, case.handler)
        case.handler = NEVER
    world.wakes[place] = NOWHEN
    case.disputing = False
    note_dispute(world, at, case, event, 0)


@inlined
def stop_story(world: World, at: Moment, case: Record, event: int) -> None:
    """End an order's own story by an event from outside it: whatever it holds or queues for is free again."""
    place = 2 * at.order + STORY
    phase = world.phases[place]
    note(world, at, case, event, 0)
    if case.inspector >= 0:
        if phase in (AWAIT_INSPECTOR, VISIT_QUEUED):
            leave_queue(world, place, case.inspector)
        else:
            give_back(world, at.now, case.inspector)
        case.inspector = NEVER
    if case.slot >= 0:
        if phase == AWAIT_SLOT:
            leave_queue(world, place, case.slot)
        else:
            give_back(world, at.now, case.slot)
        case.slot = NEVER
    world.wakes[place] = NOWHEN
