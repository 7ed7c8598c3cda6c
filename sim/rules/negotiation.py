"""The clock of a dispute between the parties: who must move by when, and what happens if nobody does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.protocol import Event
from sim.rules import rule
from sim.rules.deadlines import deadline_of
from sim.terms import Clock, Consequence
from sim.units import MICROS, MINUTES_PER_HOUR, NEVER

if TYPE_CHECKING:
    from sim.terms import ProtectionTerms

Step = tuple[Event, int]
"""An event of the protocol and the minute at which it happens."""


@rule
def negotiation_end(terms: ProtectionTerms, opened: int, escalates_before_close: bool) -> Step:
    """What the end of the negotiation time brings, and when.

    Where the protection would close an unsettled dispute, a watchful buyer escalates at that last minute.
    """
    minute = deadline_of(opened, terms.negotiation_limit)
    if terms.negotiation_end == Consequence.CANCELLED and escalates_before_close:
        return Event.BUYER_ESCALATED, minute
    return Event.NEGOTIATION_ENDED, minute


@rule
def earlier_step(first: Step, second: Step) -> Step:
    """The step that comes first; in the same minute the first of the two, and a step that never comes loses."""
    if first[1] < 0:
        return second
    if second[1] < 0 or first[1] <= second[1]:
        return first
    return second


@rule
def supplier_deadline(
    terms: ProtectionTerms, end: Step, opened: int, proposed: int, answered: bool, escalates_unanswered: bool
) -> Step:
    """What ends the wait for the supplier's answer if no answer comes first, and when.

    Parameters
    ----------
    end
        What the end of the negotiation time brings, see `negotiation_end`.
    opened
        Minute at which the dispute was opened.
    proposed
        Minute of the buyer's last proposal.
    answered
        Whether the supplier has answered in this dispute before: the right to escalate an unanswered dispute, and a
        silence counted from the opening, end with the first answer.
    """
    from_proposal = terms.supplier_silence_clock != Clock.OPENED
    if answered:
        silence = deadline_of(proposed, terms.supplier_silence) if from_proposal else NEVER
        return earlier_step((Event.SUPPLIER_SILENT, silence), end)
    silence = deadline_of(proposed if from_proposal else opened, terms.supplier_silence)
    step = earlier_step((Event.SUPPLIER_SILENT, silence), end)
    if not escalates_unanswered:
        return step
    return earlier_step((Event.BUYER_ESCALATED, deadline_of(opened, terms.escalation_opens)), step)


@rule
def buyer_deadline(terms: ProtectionTerms, end: Step, opened: int, proposed: int) -> Step:
    """What ends the wait for the buyer's answer if no answer comes first, and when.

    Parameters
    ----------
    end
        What the end of the negotiation time brings, see `negotiation_end`.
    opened
        Minute at which the dispute was opened.
    proposed
        Minute of the supplier's last proposal. A silence counted from the opening binds the proposals made within it;
        a later one is counted from itself (assumption).
    """
    silence = deadline_of(proposed, terms.buyer_silence)
    if terms.buyer_silence_clock == Clock.OPENED and opened + terms.buyer_silence >= proposed:
        silence = deadline_of(opened, terms.buyer_silence)
    return earlier_step((Event.BUYER_SILENT, silence), end)


@rule
def answer_minutes(drawn: int) -> int:
    """Minutes that an answer takes: at least an hour, or two parties who never move could talk forever (assumption)."""
    return max(drawn, MINUTES_PER_HOUR)


@rule
def offer_of_round(opening: int, concession: int, number: int) -> int:
    """Share of the claim that the supplier offers in its answer number 0, 1, ...; in millionths, at most the whole."""
    return min(opening + concession * number, MICROS)


@rule
def buyer_answer(offer: int, accepts_from: int) -> Event:
    """The buyer's answer to an offer, as an event: accepted from its own share of the claim on."""
    return Event.BUYER_ACCEPTED if offer >= accepts_from else Event.BUYER_INSISTED


@rule
def supplier_answer(concedes: bool) -> Event:
    """The supplier's answer, as an event: the whole claim conceded, or an offer."""
    return Event.SUPPLIER_CONCEDED if concedes else Event.SUPPLIER_OFFERED
