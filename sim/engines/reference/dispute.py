"""A dispute, from its opening to the refund: who answers whom, on which clock, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.engines.reference.world import is_granted
from sim.engines.variates import ROUNDS_DRAWN, DisputeVariates
from sim.protocol import REFUNDABLE, Event, State
from sim.rules.amounts import amount_of
from sim.rules.coverage import covered_payments
from sim.rules.deadlines import is_in_time
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
from sim.rules.refund import refund_due, refund_paid
from sim.units import NEVER

if TYPE_CHECKING:
    from sim.engines.reference.case import Case
    from sim.engines.reference.world import Story, World
    from sim.model import Timespan

    Step = tuple[Event, int]
    """An event of the dispute, and the amount that goes with it."""


@dataclass(slots=True, eq=False)
class Dispute:
    """What the parties know of an open dispute.

    Attributes
    ----------
    ground, claimed, draws, opened
        What it rests on, cents claimed, its draws, and the minute at which it was opened.
    end
        What the end of the negotiation time will bring, and its minute.
    proposed
        Minute of the last proposal, whoever made it.
    answers, replies
        How often the supplier and the buyer have answered.
    offer
        Share of the claim that the supplier last offered, in millionths.
    evidence
        Whose evidence there is, once the time for it is over.
    event
        The last event; in the end it says what the award is.
    """

    ground: int
    claimed: int
    draws: DisputeVariates
    opened: int
    end: tuple[Event, int]
    proposed: int
    answers: int = 0
    replies: int = 0
    offer: int = 0
    evidence: int = Evidence.BOTH
    event: Event = Event.DISPUTE_OPENED


def resolution(world: World, case: Case, ground: int, claimed: int, returnable: int) -> Story[None]:
    """Open a dispute and carry it to its end; what it promises the buyer is left in the case.

    Parameters
    ----------
    claimed
        Cents.
    returnable
        Units in the claim that could be sent back.
    """
    now = world.env.now
    draws = DisputeVariates._make(case.variates.disputes[ground])
    end = negotiation_end(world.model.terms, now, world.model.buyer.escalates_before_close)
    dispute = Dispute(ground, claimed, draws, now, end, now)
    case.dispute_state = State.NO_DISPUTE
    case.ground, case.claimed = ground, claimed
    case.disputes += 1
    case.handling_minutes += world.model.buyer.filing_minutes
    case.note_dispute(Event.DISPUTE_OPENED, claimed)
    while (turn := _TURNS.get(case.dispute_state)) is not None:
        event, amount = yield from turn(world, case, dispute)
        dispute.event = event
        case.note_dispute(event, amount)
    case.awarded = award_of(dispute.event, claimed, dispute.offer, dispute.draws.award)
    returned = world.model.mediation.returned
    if is_return_due(
        world.model.terms, case.dispute_state, case.received, returnable, dispute.draws.returned, returned
    ):
        return_goods(world, case, returnable)


def supplier_turn(world: World, case: Case, dispute: Dispute) -> Story[Step]:
    """Wait for the supplier: its answer, or what its silence, the buyer's patience or the end of time brings."""
    buyer, supplier = world.model.buyer, case.supplier
    event, deadline = supplier_deadline(
        world.model.terms,
        dispute.end,
        dispute.opened,
        dispute.proposed,
        dispute.answers > 0,
        buyer.escalates_unanswered,
    )
    answered = NEVER
    if dispute.draws.silent >= supplier.disputes.silent:
        reply = answer_minutes(supplier_reply(world, case, dispute))
        answered = world.end_of(supplier.disputes.reply, reply, supplier.calendar)
    if not is_in_time(answered, deadline):
        yield case.until_in_dispute(deadline)
        return event, 0
    yield case.until_in_dispute(answered)
    dispute.offer = offer_of_round(dispute.draws.opening_offer, supplier.disputes.concession, dispute.answers)
    dispute.answers += 1
    dispute.proposed = answered
    answer = supplier_answer(dispute.draws.concedes < supplier.disputes.concedes)
    return answer, award_of(Event.BUYER_ACCEPTED, dispute.claimed, dispute.offer, 0) if world.tracing else 0


def buyer_turn(world: World, case: Case, dispute: Dispute) -> Story[Step]:
    """Wait for the buyer: the answer, once somebody is free to give it, or what the silence brings."""
    buyer = world.model.buyer
    event, deadline = buyer_deadline(world.model.terms, dispute.end, dispute.opened, dispute.proposed)
    reply = answer_minutes(buyer_reply(world, case, dispute))
    answered = yield from attention(world, case, buyer.reply, reply, deadline)
    if answered == NEVER:
        return event, 0
    dispute.replies += 1
    dispute.proposed = answered
    case.handling_minutes += buyer.reply_minutes
    return buyer_answer(dispute.offer, buyer.accepts_from), 0


def evidence_turn(world: World, case: Case, dispute: Dispute) -> Story[Step]:
    """Collect the evidence of both sides until the deadline."""
    model, supplier = world.model, case.supplier
    escalated = world.env.now
    deadline = evidence_deadline(model.terms, model.calendars[model.platform_calendar], escalated)
    theirs = NEVER
    if dispute.draws.silent >= supplier.disputes.silent:
        theirs = world.end_of(supplier.disputes.evidence, dispute.draws.supplier_evidence, supplier.calendar)
    ours = yield from attention(world, case, model.buyer.evidence, dispute.draws.buyer_evidence, deadline)
    if ours != NEVER:
        case.handling_minutes += model.buyer.evidence_minutes
    yield case.until_in_dispute(evidence_closed_at(ours, theirs, deadline))
    in_time = is_in_time(ours, deadline), is_in_time(theirs, deadline)
    dispute.evidence = evidence_given(*in_time)
    return evidence_outcome(*in_time), 0


def decision_turn(world: World, case: Case, dispute: Dispute) -> Story[Step]:
    """Wait for the mediator's decision."""
    mediation = world.model.mediation
    decided = world.end_of(mediation.decision, dispute.draws.decision, world.model.platform_calendar)
    yield case.until_in_dispute(decided)
    probability = mediation.upheld[dispute.ground][case.report][dispute.evidence]
    event = decision_of(dispute.draws.upheld, probability)
    return event, award_of(event, dispute.claimed, dispute.offer, dispute.draws.award)


_TURNS = {
    State.AWAITING_SUPPLIER: supplier_turn,
    State.AWAITING_BUYER: buyer_turn,
    State.AWAITING_EVIDENCE: evidence_turn,
    State.AWAITING_DECISION: decision_turn,
}


def attention(world: World, case: Case, span: Timespan, drawn: int, deadline: int) -> Story[int]:
    """Have somebody of the buyer's do a piece of work; returns the minute of its end, or never if it came too late."""
    with world.handlers().request() as handler:
        if not is_granted(handler):
            yield handler | case.until_in_dispute(deadline)
            if not is_granted(handler):
                return NEVER
            yield case.until_in_dispute(world.env.now)
        done = world.end_of(span, drawn, world.model.buyer.calendar)
        yield case.until_in_dispute(min(done, deadline))
    return done if is_in_time(done, deadline) else NEVER


def supplier_reply(world: World, case: Case, dispute: Dispute) -> int:
    """Drawn minutes until the supplier's next answer."""
    if dispute.answers < ROUNDS_DRAWN:
        return dispute.draws.supplier_replies[dispute.answers]
    return world.source.supplier_reply(world.replication, case.variant, dispute.ground, dispute.answers)


def buyer_reply(world: World, case: Case, dispute: Dispute) -> int:
    """Drawn minutes of the buyer's next answer."""
    if dispute.replies < ROUNDS_DRAWN:
        return dispute.draws.buyer_replies[dispute.replies]
    return world.source.buyer_reply(world.replication, case.variant, dispute.ground, dispute.replies)


def covered(world: World, case: Case) -> int:
    """Cents that the protection stands behind now."""
    cents: int = covered_payments(
        world.model.terms, case.variant.deposit, case.balance, int(case.shipped >= 0), case.supplier.on_platform
    )
    return cents


def return_goods(world: World, case: Case, returnable: int) -> None:
    """Send the goods back against the whole claim, or leave it if that is not worth the freight."""
    case.note_dispute(Event.RETURN_ORDERED, returnable)
    case.awarded = case.claimed
    freight = buyer_return_freight(world.model.terms, amount_of(case.supplier.return_freight, returnable))
    kept = amount_of(world.model.need.salvage_value, returnable)
    refund = refund_due(case.awarded, covered(world, case), world.limit_left(case))
    if is_return_worthwhile(refund, freight, kept):
        case.returned, case.return_freight = returnable, freight
        case.note_dispute(Event.GOODS_RETURNED, returnable)
    else:
        case.note_dispute(Event.RETURN_DECLINED)


def payout(world: World, case: Case) -> Story[None]:
    """Pay what the award comes to after the caps."""
    if case.dispute_state not in REFUNDABLE:
        return
    supplier = case.supplier
    draws = DisputeVariates._make(case.variates.disputes[case.ground])
    yield case.until_in_dispute(world.end_of(supplier.disputes.payout, draws.payout, supplier.calendar))
    case.limit_left = world.limit_left(case)
    due = refund_due(case.awarded, covered(world, case), case.limit_left)
    case.refunded = refund_paid(world.model.terms, due, draws.defaults < supplier.disputes.defaults)
    if case.refunded < due:
        case.note_dispute(Event.REFUND_DEFAULTED, due)
        return
    case.refund_paid = world.env.now
    world.book_refund(supplier.firm, case.refunded)
    case.note_dispute(Event.REFUND_PAID, case.refunded)
