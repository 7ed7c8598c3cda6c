"""Days of a dispute: who must move by when, on the clocks of the protection, and what follows if nobody does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.protocol import Event
from sim.rules.mediation import evidence_deadline
from sim.rules.negotiation import buyer_deadline, negotiation_end, supplier_deadline
from sim.studies.agenda.case import NO_END
from sim.studies.agenda.days import rule_told
from sim.studies.agenda.given import day_text
from sim.studies.agenda.moments import Basis, Moment, later_of, moved, surely_before
from sim.terms import Consequence
from sim.units import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.rules.negotiation import Step
    from sim.studies.agenda.case import OrderCase
    from sim.studies.agenda.days import ActDay, Writer
    from sim.terms import ProtectionTerms

_NO_END: Step = (Event.NEGOTIATION_ENDED, NO_END)


class Talk:
    """A dispute as far as it has come.

    Parameters
    ----------
    case
        The order.
    opened
        When the dispute was opened, or is expected to be.

    Attributes
    ----------
    offered, replied
        The last answers of the supplier and of the buyer; None where there is none.
    escalated
        When it came before the platform; None where it has not.
    """

    def __init__(self, case: OrderCase, opened: Moment) -> None:
        self.case = case
        self.opened = opened
        self.offered = case.known("supplier_answered")
        self.replied = case.known("buyer_answered")
        self.escalated = case.known("escalated")

    @property
    def terms(self) -> ProtectionTerms:
        """Rules of the protection."""
        return self.case.terms

    @property
    def is_buyers_turn(self) -> bool:
        """Whether an answer of the supplier waits for the buyer's."""
        if self.offered is None:
            return False
        return self.replied is None or surely_before(self.replied, self.offered)

    @property
    def proposed(self) -> Moment:
        """The buyer's last proposal: the opening counts as the first."""
        return self.opened if self.replied is None else later_of(self.opened, self.replied)

    @property
    def end(self) -> Moment | None:
        """When the time to negotiate is over."""
        return moved(lambda opened: negotiation_end(self.terms, opened, False)[1], self.opened)

    @property
    def silence_of_supplier(self) -> Moment | None:
        """When the supplier's silence escalates the dispute by itself."""
        answered = self.offered is not None
        return moved(
            lambda opened, proposed: supplier_deadline(self.terms, _NO_END, opened, proposed, answered, False)[1],
            self.opened,
            self.proposed,
        )

    @property
    def silence_before_any_answer(self) -> Moment | None:
        """When a dispute that the supplier has not answered once escalates by itself."""

        def minute(opened: int) -> int:
            end = negotiation_end(self.terms, opened, False)
            return supplier_deadline(self.terms, end, opened, opened, False, False)[1]

        return moved(minute, self.opened)

    @property
    def escalation_opens(self) -> Moment | None:
        """When a buyer without an answer may escalate."""
        if self.offered is not None:
            return None
        without_silence = self.terms._replace(supplier_silence=NEVER)
        return moved(
            lambda opened: supplier_deadline(without_silence, _NO_END, opened, opened, False, True)[1], self.opened
        )

    def limit_of_buyer(self, offered: Moment) -> Moment | None:
        """When the buyer's silence counts, if that is before the time to negotiate is over."""

        def minute(opened: int, proposed: int) -> int:
            event, found = buyer_deadline(self.terms, negotiation_end(self.terms, opened, False), opened, proposed)
            return found if event == Event.BUYER_SILENT else NEVER

        return moved(minute, self.opened, offered)

    @property
    def unaided(self) -> Moment | None:
        """When the dispute comes before the platform if nobody does anything more; None where it does not."""
        if self.is_buyers_turn and self.offered is not None:
            silent = self.limit_of_buyer(self.offered)
            if silent is not None:
                return silent if self.terms.buyer_silence_effect == Consequence.ESCALATED else None
            return self._escalating_end
        silence, end = self.silence_of_supplier, self.end
        if silence is not None and (end is None or silence.minute <= end.minute):
            return silence
        return self._escalating_end

    @property
    def _escalating_end(self) -> Moment | None:
        return self.end if self.terms.negotiation_end == Consequence.ESCALATED else None

    def evidence_due(self, escalated: Moment) -> Moment | None:
        """Last moment for evidence."""
        return moved(lambda minute: int(evidence_deadline(self.terms, self.case.worked, minute)), escalated)


def days_of_dispute(case: OrderCase) -> Iterator[ActDay]:
    """What is to be done in the dispute that is open; or in one that might come, if there is a claim at all."""
    if not case.covers_anything:
        return
    opened = case.opened
    writer = case.writer
    if opened is None:
        opened = case.foreseen("dispute_opened")
        if opened is None:
            return
        writer = type(writer)(writer.order, writer.clock, if_disputed=True)
        share = case.expected.share("dispute_opened")
        yield writer.on("dispute_opened", opened, "A dispute, if there is one, is opened", share=share)
    talk = Talk(case, opened)
    if talk.escalated is None:
        yield from _negotiation(talk, writer)
    yield from _evidence(talk, writer)
    yield from _refund(talk, writer)


def _negotiation(talk: Talk, writer: Writer) -> Iterator[ActDay]:
    offered = talk.case.foreseen("supplier_answered") if writer.if_disputed else talk.offered
    if not talk.is_buyers_turn:
        yield from _suppliers_turn(talk, writer)
    limit = None
    if offered is not None and (talk.is_buyers_turn or writer.if_disputed):
        limit = talk.limit_of_buyer(offered)
        if limit is not None:
            yield _buyers_turn(talk, writer, offered, limit)
    end = talk.end
    if end is None:
        return
    unbound = talk.is_buyers_turn and limit is None
    reasons = (rule_told(talk.case.pack, name) for name in ("negotiation_limit", "negotiation_end"))
    if talk.terms.negotiation_end == Consequence.CANCELLED:
        start = "Answer the supplier's proposal, or call the platform in" if unbound else "Call the platform in"
        task = f"{start}, or the dispute lapses unsettled"
        yield writer.last("negotiation_limit", end, talk.opened, task, *reasons)
    else:
        start = "Answer the supplier's proposal before the time to negotiate" if unbound else "The time to negotiate"
        task = f"{start} ends: unsettled, the platform steps in by itself"
        yield writer.first("negotiation_limit", end, task, *reasons)


def _buyers_turn(talk: Talk, writer: Writer, offered: Moment, limit: Moment) -> ActDay:
    lost = talk.terms.buyer_silence_effect == Consequence.CANCELLED
    gone = "cancels the claim" if lost else "brings it before the platform"
    reasons = (rule_told(talk.case.pack, name) for name in ("buyer_silence", "buyer_silence_effect"))
    task = f"Answer the supplier's proposal: your silence {gone}"
    return writer.last("buyer_silence", limit, offered, task, *reasons)


def _suppliers_turn(talk: Talk, writer: Writer) -> Iterator[ActDay]:
    pack, end = talk.case.pack, talk.end
    opens, silence = talk.escalation_opens, talk.silence_of_supplier
    if opens is not None and (end is None or opens.minute <= end.minute):
        task = "No answer yet: you may call the platform in from now on"
        yield writer.first("escalation_opens", opens, task, rule_told(pack, "escalation_opens"))
    if silence is not None and (end is None or silence.minute <= end.minute):
        task = "Still no answer: the dispute escalates by itself; have the evidence ready"
        yield writer.first("supplier_silence", silence, task, rule_told(pack, "supplier_silence"))


def _evidence(talk: Talk, writer: Writer) -> Iterator[ActDay]:
    escalated, key, condition = _before_the_platform(talk, writer)
    if escalated is None:
        return
    due = talk.evidence_due(escalated)
    if due is None:
        return
    lost = talk.terms.buyer_evidence_missed == Consequence.CANCELLED
    missing = "without it the claim is lost" if lost else "else it is decided without yours"
    reasons = (rule_told(talk.case.pack, name) for name in ("evidence_window", "buyer_evidence_missed"))
    yield writer.last(key, due, escalated, f"Hand in your evidence{condition}: {missing}", *reasons)


def _before_the_platform(talk: Talk, writer: Writer) -> tuple[Moment | None, str, str]:
    """When the dispute comes before the platform, what that day is called, and on what condition."""
    if writer.if_disputed:
        return talk.case.foreseen("escalated"), "evidence", ", if it is escalated"
    unaided = talk.unaided
    if talk.escalated is None:
        if unaided is None and talk.is_buyers_turn and talk.terms.negotiation_end == Consequence.ESCALATED:
            # The buyer's silence would end it, but a buyer who asks for these days means to answer.
            unaided = talk.end
            on = "" if unaided is None else day_text(talk.case.clock.day(unaided.minute))
            return unaided, "evidence", f" if you answer, and nothing is agreed by {on}"
        if unaided is None:
            return None, "", ""
        on = day_text(talk.case.clock.day(unaided.minute))
        return unaided, "evidence", f" if it escalates by itself on {on}"
    if unaided is not None and surely_before(unaided, talk.escalated):
        return unaided, "evidence", ""
    return talk.escalated, "evidence", ""


def _refund(talk: Talk, writer: Writer) -> Iterator[ActDay]:
    paid = talk.case.foreseen("refund_paid")
    if paid is not None and paid.basis is Basis.EXPECTED:
        path = f"suppliers.{talk.case.supplier.name}.disputes.payout_days"
        task = "Refund arrives, if the claim is won"
        yield writer.on("refund", paid, task, talk.case.value(path, ""))


# ---------------------------------------------------------------------------------------------- what to know of it


def notes_on_dispute(case: OrderCase) -> Iterator[str]:
    """What a buyer should know of the dates of a dispute that is open, in sentences."""
    opened = case.opened
    if opened is None:
        return
    talk = Talk(case, opened)
    yield from _answers_in_words(talk)
    yield from _escalation_in_words(talk)
    shipped = case.known("shipped")
    if shipped is not None and surely_before(opened, shipped):
        yield (
            "In the model goods that ship end a dispute over lateness; ask the platform whether yours is still open. "
            "The days below hold while it is."
        )


def _answers_in_words(talk: Talk) -> Iterator[str]:
    offered, replied = talk.offered, talk.replied
    if offered is None:
        return
    if replied is None and talk.escalated is None:
        silence = talk.silence_before_any_answer
        if silence is not None and surely_before(silence, offered):
            on = day_text(talk.case.clock.day(silence.minute))
            yield f"By the rules the dispute had escalated by itself on {on}, before the supplier's answer: ask."
    if replied is not None and not talk.is_buyers_turn and not surely_before(replied, offered):
        limit = talk.limit_of_buyer(offered)
        if limit is not None and surely_before(limit, replied):
            lost = talk.terms.buyer_silence_effect == Consequence.CANCELLED
            effect = "the claim counts as cancelled" if lost else "the dispute has escalated by itself"
            by = day_text(talk.case.clock.day(limit.minute))
            yield f"You answered after the limit of {by}: by the rules {effect}. Ask the platform at once."


def _escalation_in_words(talk: Talk) -> Iterator[str]:
    escalated, opens, end, unaided = talk.escalated, talk.escalation_opens, talk.end, talk.unaided
    if escalated is None:
        return
    day = talk.case.clock.day
    if opens is not None and surely_before(escalated, opens):
        yield f"A dispute without an answer may be escalated from {day_text(day(opens.minute))}: ask if yours is."
    if unaided is not None and surely_before(unaided, escalated):
        answer = "" if talk.offered is not None else " If the supplier answered before, say when: --supplier-answered."
        on = day_text(day(unaided.minute))
        yield f"By the rules the platform had stepped in by itself on {on}: evidence is counted from then.{answer}"
    if end is not None and surely_before(end, escalated) and talk.terms.negotiation_end == Consequence.CANCELLED:
        on = day_text(day(end.minute))
        yield f"By the rules the dispute had lapsed on {on}, before it was escalated. Ask the platform at once."
