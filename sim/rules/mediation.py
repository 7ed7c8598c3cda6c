"""How a mediator decides: the odds of being upheld, the award, and the return of the goods."""

from __future__ import annotations

from enum import IntEnum, unique
from typing import TYPE_CHECKING, NamedTuple

from sim.protocol import Event, Ground, State
from sim.rules import rule
from sim.rules.amounts import share_of
from sim.rules.deadlines import deadline_of
from sim.rules.reports import Report
from sim.rules.worktime import WorkedDays, after_working_minutes
from sim.terms import GoodsReturned, PaidBy
from sim.units import MICROS, NEVER

if TYPE_CHECKING:
    from sim.terms import ProtectionTerms


@unique
class Evidence(IntEnum):
    """Whose evidence a mediator has."""

    BOTH = 0
    SUPPLIER_ONLY = 1
    BUYER_ONLY = 2
    NONE = 3


class OddsRatios(NamedTuple):
    """What multiplies the odds of a claim being upheld; each above 0."""

    full_contract_detail: float
    failed_report: float
    passed_report: float
    messages: float


def uphold_probability(
    base: float, detail: float, ratios: OddsRatios, ground: Ground, report: Report, evidence: Evidence
) -> float:
    """Probability that a mediator upholds a claim: base odds times the odds ratios of the evidence that came.

    Parameters
    ----------
    base
        Probability with neither evidence nor report, in 0..1.
    detail
        Share of the requirements written measurably into the order; a ship date always is.
    ratios
        The ratio of contract detail counts in proportion on the log scale: ``ratio ** detail``.
    ground, report, evidence
        A report bears on quality alone. Contract and failed report are the buyer's evidence, a passed report is the
        supplier's; what its side does not hand in does not count.

    Notes
    -----
    odds = base / (1 - base) * product of ratios; probability = odds / (1 + odds). How platforms really decide is not
    published: the whole form is an assumption, after the usual odds model of a yes/no outcome.
    """
    if base >= 1.0:
        return 1.0
    odds = base / (1.0 - base) * ratios.messages
    if evidence in (Evidence.BOTH, Evidence.BUYER_ONLY):
        odds *= ratios.full_contract_detail ** (detail if ground == Ground.QUALITY else 1.0)
        if report == Report.FAILED and ground == Ground.QUALITY:
            odds *= ratios.failed_report
    supplier_heard = evidence in (Evidence.BOTH, Evidence.SUPPLIER_ONLY)
    if supplier_heard and report == Report.PASSED and ground == Ground.QUALITY:
        odds *= ratios.passed_report
    return odds / (1.0 + odds)


@rule
def evidence_given(buyer_in_time: bool, supplier_in_time: bool) -> Evidence:
    """Whose evidence there is at the end of the evidence time."""
    if buyer_in_time:
        return Evidence.BOTH if supplier_in_time else Evidence.BUYER_ONLY
    return Evidence.SUPPLIER_ONLY if supplier_in_time else Evidence.NONE


@rule
def evidence_deadline(terms: ProtectionTerms, worked: WorkedDays, escalated: int) -> int:
    """Last minute for evidence; working days are those of the platform's calendar."""
    if terms.evidence_window_working == 1:
        return after_working_minutes(worked, escalated, terms.evidence_window)
    return deadline_of(escalated, terms.evidence_window)


@rule
def evidence_outcome(buyer_in_time: bool, supplier_in_time: bool) -> Event:
    """What the end of the evidence time brings, as an event; the buyer's own omission counts first (assumption)."""
    if not buyer_in_time:
        return Event.BUYER_MISSED_EVIDENCE
    if not supplier_in_time:
        return Event.SUPPLIER_MISSED_EVIDENCE
    return Event.EVIDENCE_CLOSED


@rule
def evidence_closed_at(buyer: int, supplier: int, deadline: int) -> int:
    """Minute at which the evidence is in: when both sides have given it, at the latest at the deadline."""
    if 0 <= buyer <= deadline and 0 <= supplier <= deadline:
        return max(buyer, supplier)
    return deadline


@rule
def award_of(event: int, claimed: int, offer: int, award: int) -> int:
    """Cents that the end of a dispute promises the buyer, before any cap.

    Parameters
    ----------
    event
        What ended it: an accepted offer, a concession or a supplier without evidence (the whole claim), or a claim
        upheld.
    offer, award
        Share of the claim that the supplier last offered, and that a mediator awards, in millionths.
    """
    share = 0
    if event == Event.BUYER_ACCEPTED:
        share = offer
    elif event in (Event.SUPPLIER_CONCEDED, Event.SUPPLIER_MISSED_EVIDENCE):
        share = MICROS
    elif event == Event.CLAIM_UPHELD:
        share = award
    cents: int = share_of(claimed, share)
    return cents


@rule
def decision_of(uniform: float, probability: float) -> Event:
    """The mediator's decision, as an event."""
    return Event.CLAIM_UPHELD if uniform < probability else Event.CLAIM_REJECTED


@rule
def is_return_due(
    terms: ProtectionTerms, state: int, received: int, returnable: int, uniform: float, probability: float
) -> bool:
    """Whether the refund asks for the goods back.

    Parameters
    ----------
    state
        State of the dispute: a full concession or an award; a settled share leaves the goods with the buyer.
    received
        Minute of receipt, -1 for goods that never came.
    returnable
        Units in the claim that could go back.
    uniform, probability
        The draw, and the chance that a mediator chooses this remedy where the pack leaves it open.
    """
    if received == NEVER or returnable == 0:
        return False
    if terms.goods_returned == GoodsReturned.ALWAYS:
        return state in (State.AWARDED, State.CONCEDED)
    return terms.goods_returned == GoodsReturned.AS_DECIDED and state == State.AWARDED and uniform < probability


@rule
def buyer_return_freight(terms: ProtectionTerms, freight: int) -> int:
    """Cents of return freight that fall on the buyer."""
    return freight if terms.return_freight_paid_by == PaidBy.BUYER else 0


@rule
def is_return_worthwhile(refund: int, freight: int, kept_value: int) -> bool:
    """Whether a buyer sends the goods back: the refund exceeds its freight and what the goods would still fetch."""
    return refund > freight + kept_value
