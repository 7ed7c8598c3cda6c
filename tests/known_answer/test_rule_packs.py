"""The table of the dispute, value by value: what each shipped pack must come to, worked out by hand.

A day has 24 x 60 = 1,440 minutes, so 4 days are 5,760, 7 are 10,080, 8 are 11,520, 10 are 14,400, 14 are
20,160, 20 are 28,800, 30 are 43,200 and 180 are 259,200; 5 working days are 5 x 1,440 = 7,200 worked minutes.
"""

from __future__ import annotations

from sim.scenario.packs import load_pack, pack_ids
from sim.terms import (
    Clock,
    Consequence,
    GoodsReturned,
    LimitScope,
    PaidBy,
    PreShipmentCover,
    protection_terms,
)

NONE = -1

GUIDE = {
    # grounds covered: late shipment, and quality below what the contract writes down
    "covers_late_shipment": 1,
    "covers_quality": 1,
    # channel: money to a private account is not covered
    "requires_platform_payment": 1,
    "covers_custom_made": 1,
    "covers_conforming_goods": 1,
    "covers_agreed_lateness": 0,
    "pre_shipment_cover": PreShipmentCover.ALL_PAID,
    # first claim: once the initial payment is made, which is when the order is placed
    "claim_opens": 0,
    # claim window: within 30 days of receipt
    "claim_window": 43_200,
    "claim_window_clock": Clock.RECEIVED,
    # late shipment: the buyer first asks the supplier to extend
    "extension_first": 1,
    # negotiation: up to 30 days, then the platform steps in
    "negotiation_limit": 43_200,
    "negotiation_end": Consequence.ESCALATED,
    # escalation opens: day 4
    "escalation_opens": 5_760,
    # supplier silent: day 7 from the buyer's last proposal
    "supplier_silence": 10_080,
    "supplier_silence_clock": Clock.BUYER_PROPOSAL,
    # buyer silent: day 7 from the supplier's proposal, cancelled by itself
    "buyer_silence": 10_080,
    "buyer_silence_clock": Clock.SUPPLIER_PROPOSAL,
    "buyer_silence_effect": Consequence.CANCELLED,
    # evidence: 5 working days
    "evidence_window": 7_200,
    "evidence_window_working": 1,
    "buyer_evidence_missed": Consequence.CANCELLED,
    "supplier_evidence_missed": Consequence.DECIDED_WITHOUT,
    # limit: at most the supplier's limit, each order by itself
    "limit_applies": 1,
    "limit_scope": LimitScope.ORDER,
    "limit_restored": NONE,
    "refund_advanced": 1,
    # decision: return of the goods against refund is one of three
    "goods_returned": GoodsReturned.AS_DECIDED,
    "return_freight_paid_by": PaidBy.BUYER,
    "protection_fee": 0,
}

HELP_PAGES = GUIDE | {
    # by itself on day 8, whoever was silent
    "negotiation_limit": 11_520,
    "supplier_silence": NONE,
    "supplier_silence_clock": Clock.OPENED,
    # the limit is the supplier's remaining limit; before shipment, the initial payment
    "limit_scope": LimitScope.SUPPLIER,
    "pre_shipment_cover": PreShipmentCover.INITIAL_PAYMENT,
    # goods that a report found conforming are not covered
    "covers_conforming_goods": 0,
}

PAYPAL = GUIDE | {
    "covers_custom_made": 0,
    "covers_agreed_lateness": 1,
    "claim_window": 259_200,
    "claim_window_clock": Clock.PLACED,
    "extension_first": 0,
    # 20 days from dispute to claim, else the dispute closes
    "negotiation_limit": 28_800,
    "negotiation_end": Consequence.CANCELLED,
    "escalation_opens": 0,
    "supplier_silence": NONE,
    "supplier_silence_clock": Clock.OPENED,
    "buyer_silence": 14_400,
    # ten calendar days to answer a claim, and a silent seller loses
    "evidence_window": 14_400,
    "evidence_window_working": 0,
    "supplier_evidence_missed": Consequence.UPHELD,
    "limit_applies": 0,
}

ESCROW = GUIDE | {
    "extension_first": 0,
    # 14 days to negotiate and 14 more to start arbitration
    "negotiation_limit": 20_160,
    "escalation_opens": NONE,
    "supplier_silence": NONE,
    "supplier_silence_clock": Clock.OPENED,
    "buyer_silence": NONE,
    "buyer_silence_clock": Clock.OPENED,
    "buyer_silence_effect": Consequence.ESCALATED,
    "evidence_window": 20_160,
    "evidence_window_working": 0,
    "buyer_evidence_missed": Consequence.DECIDED_WITHOUT,
    "supplier_evidence_missed": Consequence.UPHELD,
    "limit_applies": 0,
    "goods_returned": GoodsReturned.ALWAYS,
    # 175.50 of 10,000 is 1.755 %: 17,550 millionths
    "protection_fee": 17_550,
}

UNPROTECTED = GUIDE | {
    "covers_late_shipment": 0,
    "covers_quality": 0,
    "requires_platform_payment": 0,
    "covers_custom_made": 0,
    "covers_conforming_goods": 0,
    "claim_window": 0,
    "claim_window_clock": Clock.PLACED,
    "extension_first": 0,
    "negotiation_limit": 0,
    "negotiation_end": Consequence.CANCELLED,
    "escalation_opens": NONE,
    "supplier_silence": NONE,
    "supplier_silence_clock": Clock.OPENED,
    "buyer_silence": NONE,
    "buyer_silence_clock": Clock.OPENED,
    "evidence_window": 0,
    "evidence_window_working": 0,
    "limit_applies": 0,
    "refund_advanced": 0,
    "goods_returned": GoodsReturned.NEVER,
}

EXPECTED = {
    "alibaba-trade-assurance-2023": GUIDE,
    "alibaba-trade-assurance-faq": HELP_PAGES,
    "bank-transfer-unprotected": UNPROTECTED,
    "escrow": ESCROW,
    "paypal-goods-and-services": PAYPAL,
}


def test_the_five_packs_of_the_design_are_shipped() -> None:
    assert pack_ids() == tuple(EXPECTED)


def test_every_pack_comes_to_the_terms_worked_out_by_hand() -> None:
    for pack_id, expected in EXPECTED.items():
        found = protection_terms(load_pack(pack_id))._asdict()
        assert found == {name: int(value) for name, value in expected.items()}, pack_id


def test_the_guide_is_dated_and_its_assumptions_are_marked() -> None:
    pack = load_pack("alibaba-trade-assurance-2023")
    assert pack.date.isoformat() == "2023-07-21"
    assert pack.sources["guide"].title == "Can I Trust Alibaba Trade Assurance?"
    assert pack.sources["guide"].date == "2023-07-21"
    # the working days of the evidence are the platform's
    assert pack.calendar == "CN"
    marked = {rule.name for rule in pack.assumptions}
    # marked [A] in the design's table and text
    assert marked >= {"buyer_silence", "buyer_evidence_missed", "supplier_evidence_missed", "limit_scope"}
    # told by the guide itself
    told = {"claim_window", "negotiation_limit", "escalation_opens", "supplier_silence", "evidence_window"}
    assert not marked & told


def test_what_an_escrow_leaves_to_the_parties_is_an_assumption() -> None:
    pack = load_pack("escrow")
    # the inspection period is agreed, from 1 to 30 days
    assert pack.rules["claim_window"].assumption
    assert pack.rules["protection_fee"].assumption
