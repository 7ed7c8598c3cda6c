"""What each event means in plain words, and which rule or input caused it.

The sentences may name ``{money}``, ``{units}`` and ``{days}`` for the amount of the event, and ``{supplier}`` for the
supplier of the order. The amount of `Event.NO_CLAIM` is the rule that stood in the way, told by `OBSTACLES`. A rule
reference beginning with ``protection:`` names a rule of the rule pack; others are dotted paths of the scenario, or a
section of the model.
"""

from __future__ import annotations

from typing import Final

from sim.outcomes import RecoveryRule
from sim.protocol import Event

EVENT_RULES: Final[dict[Event, tuple[str, str]]] = {
    Event.ORDER_PLACED: ("order for {units} placed with {supplier}", "plans: start"),
    Event.ORDER_NOT_PLACED: (
        "order not placed: what it waits for did not happen, or its condition does not hold",
        "plans: start, only_if, otherwise",
    ),
    Event.SUPPLIER_CHANGED: ("order goes to {supplier} instead", "plans: otherwise"),
    Event.DEPOSIT_PAID: ("deposit of {money} paid", "suppliers: payment.deposit_share"),
    Event.PRODUCTION_STARTED: ("production starts", "suppliers: parallel_orders"),
    Event.VISIT_PASSED: ("during-production inspection passes, {units} found defective", "inspections: sampling"),
    Event.VISIT_FAILED: (
        "during-production inspection fails, {units} found defective; what is still to come gets better",
        "inspections: sampling, correction_share",
    ),
    Event.PRODUCTION_FINISHED: ("production is finished", "suppliers: production_days or delay_days"),
    Event.EXTENSION_AGREED: (
        "supplier asks for {days} more, and the buyer agrees",
        "protection: extension_first; buyer: extension_accepted_days",
    ),
    Event.SHIP_DATE_HELD: (
        "finished goods wait for the buyer's own inspection: the ship date moves by {days}",
        "model: goods that wait for the buyer are not late",
    ),
    Event.SHIP_DATE_PASSED: ("ship date passes, nothing has been shipped", "suppliers: promised_days"),
    Event.INSPECTION_BOOKED: ("pre-shipment inspection is booked", "inspections: booking_days"),
    Event.LOT_ACCEPTED: ("inspector accepts the lot, {units} found defective", "inspections: sampling"),
    Event.LOT_REJECTED: ("inspector rejects the lot, {units} found defective", "inspections: sampling"),
    Event.REWORK_REFUSED: ("supplier refuses to rework the lot", "suppliers: rework"),
    Event.REWORK_STARTED: ("supplier takes the lot back for rework", "inspections: on_fail"),
    Event.REWORK_FINISHED: ("rework is finished, {units} are still defective", "suppliers: rework.removes_share"),
    Event.LOT_TAKEN_ANYWAY: ("buyer takes the rejected lot all the same", "inspections: on_fail.then"),
    Event.LOT_REFUSED: (
        "buyer refuses the lot and keeps the balance; {money} are paid already",
        "inspections: on_fail.then",
    ),
    Event.BALANCE_PAID: ("balance of {money} paid", "suppliers: payment.balance"),
    Event.GOODS_SHIPPED: ("{units} leave the supplier", "suppliers: transit"),
    Event.GOODS_RECEIVED: ("{units} arrive whole; the claim window opens", "protection: claim_window"),
    Event.GOODS_CHECKED: ("goods are checked, {units} found defective", "buyer: goods_check_days"),
    Event.LATENT_DEFECTS_SHOWN: ("{units} turn out defective in use", "suppliers: defects.latent_days"),
    Event.NO_CLAIM: ("no claim", "model: claim"),
    Event.ORDER_ENDED_BY_REFUND: ("the order ends: the money is to come back", "model: a refund ends the order"),
    Event.ORDER_WRITTEN_OFF: ("buyer gives the order up", "buyer: writes_off_after_days"),
    Event.ORDER_CLOSED: ("order closed: nothing can change it any more", "model: end of an order"),
    Event.DISPUTE_OPENED: ("buyer opens a dispute over {money}", "protection: claim_opens"),
    Event.SUPPLIER_OFFERED: (
        "supplier offers {money}",
        "suppliers' disputes: opening_offer_share, concession_share",
    ),
    Event.SUPPLIER_CONCEDED: ("supplier accepts the claim in full", "suppliers' disputes: concedes_probability"),
    Event.BUYER_INSISTED: ("buyer turns the offer down", "buyer: accepts_offer_from_share"),
    Event.BUYER_ACCEPTED: ("buyer accepts the offer", "buyer: accepts_offer_from_share"),
    Event.SUPPLIER_SILENT: ("supplier has not answered: the dispute escalates", "protection: supplier_silence"),
    Event.BUYER_SILENT: ("buyer has not answered in time", "protection: buyer_silence, buyer_silence_effect"),
    Event.BUYER_ESCALATED: ("buyer calls the platform in", "protection: escalation_opens"),
    Event.NEGOTIATION_ENDED: (
        "the time to negotiate is over",
        "protection: negotiation_limit, negotiation_end",
    ),
    Event.EVIDENCE_CLOSED: ("both sides have handed in their evidence", "protection: evidence_window"),
    Event.BUYER_MISSED_EVIDENCE: (
        "buyer has handed in no evidence in time",
        "protection: evidence_window, buyer_evidence_missed",
    ),
    Event.SUPPLIER_MISSED_EVIDENCE: (
        "supplier has handed in no evidence in time",
        "protection: evidence_window, supplier_evidence_missed",
    ),
    Event.CLAIM_REJECTED: ("mediator rejects the claim", "disputes: uphold_probability, odds"),
    Event.CLAIM_UPHELD: ("mediator awards {money}", "disputes: uphold_probability, odds, award_share"),
    Event.RETURN_ORDERED: ("the refund asks for {units} back", "protection: goods_returned"),
    Event.RETURN_DECLINED: (
        "buyer keeps the goods: sending them back costs more than it brings",
        "protection: return_freight_paid_by; suppliers: return_freight_per_unit",
    ),
    Event.GOODS_SHIPPED_IN_DISPUTE: ("the goods are on their way: the dispute is closed", "model: withdrawn"),
    Event.GOODS_RETURNED: ("{units} sent back", "suppliers: return_freight_per_unit"),
    Event.REFUND_PAID: ("refund of {money} arrives", "protection: limit_applies, limit_scope"),
    Event.REFUND_DEFAULTED: ("refund of {money} is never paid", "protection: refund_advanced"),
}
"""For each event a sentence, and the rule or input that caused it."""

OBSTACLES: Final[dict[RecoveryRule, tuple[str, str]]] = {
    RecoveryRule.NOT_COVERED: (
        "the protection does not cover this",
        "protection: covers_late_shipment, covers_quality, covers_custom_made, covers_conforming_goods",
    ),
    RecoveryRule.PAID_OFF_PLATFORM: (
        "the money did not go through the platform",
        "protection: requires_platform_payment; suppliers: payment.through",
    ),
    RecoveryRule.WITHIN_TOLERANCE: ("defects lie within what the contract allows", "contract: tolerance"),
    RecoveryRule.NOT_IN_CONTRACT: ("what is wrong is not written into the contract", "contract: detail_share"),
    RecoveryRule.FOUND_TOO_LATE: ("found after the claim window had closed", "protection: claim_window"),
    RecoveryRule.NOT_CLAIMED: ("not worth a claim", "buyer: minimum_claim"),
}
"""What stands in the way of a claim, in plain words, and the rule behind it."""
