"""An order that is not shipped on its ship date: extension, dispute, withdrawal, refund, write-off.

The contract says day 30. A late order is one whose production takes more than 30 days; 3,000.00 have been paid by then.
A dispute opened on day 30 is escalated on 34, decided on 38, and paid on 40.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.stories import DAY, INSPECTED, MAKER, NEGOTIATED, at, days, order_of, tell

if TYPE_CHECKING:
    from pathlib import Path

MADE = f"{MAKER}.production_days"
NEVER_SHIPS = {f"{MAKER}.never_ships_probability": 1}
ACCEPTS = "buyer.extension_accepted_days"


def test_shipped_in_the_last_minute(tmp_path: Path) -> None:
    """Given 30 days of production; expected: shipped on the ship date's own minute, in time."""
    story = tell(tmp_path, {MADE: 30})
    assert "SHIP_DATE_PASSED" not in story.names()
    assert story.total("orders_late") == 0


def test_shipped_a_minute_late(tmp_path: Path) -> None:
    """Given a minute more; expected: a dispute that the shipment closes a minute later."""
    story = tell(tmp_path, {MADE: days(30, 1)})
    assert story.minute("DISPUTE_OPENED") == at(30)
    assert story.minute("GOODS_SHIPPED_IN_DISPUTE") == at(30, 1)
    assert story.dispute_end() == "WITHDRAWN"
    assert story.total("orders_late") == 1


# ------------------------------------------------------------------------------------ extension


@pytest.mark.parametrize(
    ("made", "asked"),
    [
        (days(30, 1), 1),  # whole days, rounded up
        (days(31), 1),
        (days(31, 1), 2),
        (days(40), 10),
    ],
)
def test_extension_agreed(tmp_path: Path, made: float, asked: int) -> None:
    """Given a buyer who accepts ten days; expected: the ship date moves, and the lateness is no ground for a claim."""
    story = tell(tmp_path, {MADE: made, ACCEPTS: 10})
    agreed = [(moment.minute, moment.amount) for moment in story.events if moment.event == "EXTENSION_AGREED"]
    assert agreed == [(at(30), asked * DAY)]
    assert story.order().disputes == 0
    assert story.total("orders_late") == 1
    assert story.order().received == at(10) + round(made * DAY)


def test_extension_refused(tmp_path: Path) -> None:
    """Given a minute more than the ten days that the buyer accepts; expected: a dispute on the first ship date."""
    story = tell(tmp_path, {MADE: days(40, 1), ACCEPTS: 10})
    assert "EXTENSION_AGREED" not in story.names()
    assert story.minute("DISPUTE_OPENED") == at(30)


@pytest.mark.parametrize(("rework", "disputed"), [(5, False), (days(5, 1), True)])
def test_a_second_extension_counts_from_the_first_ship_date(tmp_path: Path, rework: float, disputed: bool) -> None:
    """Given goods made on day 35, five days agreed, then reworked: ten days in all are accepted, not ten more."""
    psi = {**INSPECTED, "on_fail": {"do": "rework", "at_most": 1}}
    changes = {
        MADE: 35,
        ACCEPTS: 10,
        f"{MAKER}.defects.major": 0.1,
        f"{MAKER}.rework": {"days": rework, "removes_share": 1},
        "inspections.psi": psi,
    }
    story = tell(tmp_path, changes, [order_of(inspections=["psi"])])
    assert story.minutes("EXTENSION_AGREED") == ([at(30)] if disputed else [at(30), at(35)])
    assert story.minutes("DISPUTE_OPENED") == ([at(35)] if disputed else [])


def test_goods_that_wait_for_the_buyers_inspector_are_not_late(tmp_path: Path) -> None:
    """Given goods made on day 28, an inspector on day 38, and a buyer who accepts no extension at all."""
    psi = {**INSPECTED, "booking_days": 10}
    story = tell(tmp_path, {MADE: 28, "inspections.psi": psi}, [order_of(inspections=["psi"])])
    assert story.minute("SHIP_DATE_HELD") == at(30)
    assert story.minute("GOODS_SHIPPED") == at(38)
    assert story.order().disputes == 0


def test_a_supplier_that_cannot_say_gets_no_extension(tmp_path: Path) -> None:
    """Given a supplier that will never ship; expected: it asks for nothing, and the dispute is opened on day 30."""
    story = tell(tmp_path, {**NEVER_SHIPS, ACCEPTS: 100})
    assert story.minute("DISPUTE_OPENED") == at(30)


@pytest.mark.parametrize("protection", ["escrow", "paypal-goods-and-services"])
def test_protections_that_know_no_extension(tmp_path: Path, protection: str) -> None:
    """Given 35 days: a buyer who accepts ten more waits all the same; one who accepts none claims without asking first.

    Having to ask first costs the buyer the time of a reply: with replies of an hour at 20.00 and filing for nothing,
    20.00 under Trade Assurance and nothing here.
    """
    waits = tell(tmp_path, {MADE: 35, ACCEPTS: 10, "protection": protection})
    assert "DISPUTE_OPENED" not in waits.names()
    hours = {"buyer.dispute_hours": {"filing": 0, "reply": 1, "evidence": 0}, "buyer.hourly_cost": 20}
    claims = tell(tmp_path, {MADE: 35, **hours, "protection": protection})
    assert claims.minute("DISPUTE_OPENED") == at(30)
    assert claims.order().handling == 0
    assert tell(tmp_path, {MADE: 35, **hours}).order().handling == 2000


# ------------------------------------------------------------------------------------ dispute


def test_refund_ends_the_order(tmp_path: Path) -> None:
    """Given 100 days of production; by hand: upheld on day 38, which ends the order, 3,000.00 back on day 40.

    The claim is for what was paid so far; of the loss, 1,000 sales of 20.00 less the 10.00 not spent on each remain.
    """
    story = tell(tmp_path, {MADE: 100})
    assert story.ground() == "LATE_SHIPMENT"
    assert story.order().claimed == 300_000
    assert story.minute("ORDER_ENDED_BY_REFUND") == at(38)
    assert story.minute("REFUND_PAID") == story.order().closed == at(40)
    assert story.loss == {"PURCHASE": -700_000, "MISSING_UNITS": 2_000_000, "REFUNDS": -300_000}
    assert "GOODS_SHIPPED" not in story.names()


def test_a_settlement_ends_the_order_too(tmp_path: Path) -> None:
    """Given an offer of 70 % on day 32, accepted on 33; by hand: 2,100.00 on day 35, 900.00 given up."""
    story = tell(tmp_path, {MADE: 100, **NEGOTIATED, f"{MAKER}.disputes.opening_offer_share": 0.7})
    assert story.minute("ORDER_ENDED_BY_REFUND") == at(33)
    assert story.order().refunded == 210_000
    assert story.drops == {"SETTLED_FOR_LESS": 90_000}


@pytest.mark.parametrize(
    ("made", "withdrawn"),
    [
        (31, True),  # while the supplier is still silent
        (34.5, True),  # while evidence is collected
        (days(38, -1), True),  # a minute before the decision
        (days(38), True),  # in its very minute, production and shipment come first
        (days(38, 1), False),
    ],
)
def test_goods_shipped_while_the_dispute_is_open(tmp_path: Path, made: float, withdrawn: bool) -> None:
    """Given goods that leave on the day shown; expected: the dispute is withdrawn if it was still open."""
    story = tell(tmp_path, {MADE: made})
    assert ("GOODS_SHIPPED" in story.names()) == withdrawn
    assert story.dispute_end() == ("WITHDRAWN" if withdrawn else "AWARDED")
    assert story.total("recovered") == (0 if withdrawn else 300_000)
    assert story.drops == {}


def test_withdrawn_and_then_claimed_for_quality(tmp_path: Path) -> None:
    """Given goods shipped on day 31, received on 41, 100 of them defective: a second dispute, paid on day 56."""
    story = tell(tmp_path, {MADE: 31, f"{MAKER}.defects.major": 0.1})
    assert story.order().disputes == 2
    assert story.ground() == "QUALITY"
    assert story.minute("REFUND_PAID") == at(56)
    assert story.total("recovered") == 100_000


def test_withdrawn_and_then_nothing_to_claim_for(tmp_path: Path) -> None:
    """Given goods late and 100 of them defective, within the tolerance: nothing is recovered, for that reason alone."""
    changes = {MADE: 31, f"{MAKER}.defects.major": 0.1, "contract.tolerance.major": 0.2}
    story = tell(tmp_path, changes)
    assert story.drops == {"WITHIN_TOLERANCE": 100_000}


def test_rejected_and_shipped_later(tmp_path: Path) -> None:
    """Given a mediator who rejects the claim on day 38, and goods that leave on day 45: the order goes on."""
    story = tell(tmp_path, {MADE: 45, "disputes.uphold_probability": 0})
    assert story.minute("CLAIM_REJECTED") == at(38)
    assert story.order().received == at(55)
    assert story.total("ground_up") == 0


def test_refused_while_the_late_dispute_is_open(tmp_path: Path) -> None:
    """Given goods made on day 32 that fail their inspection: they are refused, and the open dispute claims the deposit.

    By hand: upheld on day 38, 3,000.00 back on day 40; one dispute, on its first ground.
    """
    changes = {MADE: 32, f"{MAKER}.defects.major": 0.1, "inspections.psi": INSPECTED}
    story = tell(tmp_path, changes, [order_of(inspections=["psi"])])
    assert story.minute("LOT_REFUSED") == at(32)
    assert (story.order().disputes, story.ground()) == (1, "LATE_SHIPMENT")
    assert story.minute("REFUND_PAID") == story.order().closed == at(40)
    assert story.total("recovered") == 300_000


def test_refused_while_the_late_dispute_is_open_and_lost(tmp_path: Path) -> None:
    """Given the same, and a mediator who rejects the claim on day 38: closed there, 3,000.00 lost to the mediator."""
    changes = {
        MADE: 32,
        f"{MAKER}.defects.major": 0.1,
        "inspections.psi": INSPECTED,
        "disputes.uphold_probability": 0,
    }
    story = tell(tmp_path, changes, [order_of(inspections=["psi"])])
    assert story.order().closed == at(38)
    assert story.drops == {"REJECTED": 300_000}


def test_nothing_paid_nothing_claimed(tmp_path: Path) -> None:
    """Given payment on receipt: no dispute, the buyer waits for goods made in 45 days."""
    payment = {"deposit_share": 0, "balance": "on_receipt"}
    story = tell(tmp_path, {MADE: 45, f"{MAKER}.payment": payment})
    assert story.order().disputes == 0
    assert story.order().received == at(55)


@pytest.mark.parametrize(("minimum", "disputes"), [(3000, 1), (3000.01, 0)])
def test_minimum_claim_for_lateness(tmp_path: Path, minimum: float, disputes: int) -> None:
    story = tell(tmp_path, {MADE: 100, "buyer.minimum_claim": minimum})
    assert story.order().disputes == disputes


# ------------------------------------------------------------------------------------ never


def test_never_shipped_and_refunded(tmp_path: Path) -> None:
    """Given a supplier that never ships, 2023 pack: the deposit is back on day 40, and nothing is written off."""
    story = tell(tmp_path, NEVER_SHIPS)
    assert story.order().closed == at(40)
    assert "ORDER_WRITTEN_OFF" not in story.names()
    assert "PRODUCTION_FINISHED" not in story.names()


@pytest.mark.parametrize(
    ("changes", "drop"),
    [
        ({f"{MAKER}.payment.through": "direct"}, "PAID_OFF_PLATFORM"),
        ({"disputes.uphold_probability": 0}, "REJECTED"),
        ({"protection": "bank-transfer-unprotected"}, "NOT_COVERED"),
        ({"buyer.minimum_claim": 4000}, "NOT_CLAIMED"),
    ],
)
def test_never_shipped_and_written_off(tmp_path: Path, changes: dict[str, Any], drop: str) -> None:
    """Given no refund; expected: written off ninety days after the ship date, on day 120, and 3,000.00 lost."""
    story = tell(tmp_path, {**NEVER_SHIPS, **changes})
    assert story.minute("ORDER_WRITTEN_OFF") == story.order().closed == at(120)
    assert story.drops == {drop: 300_000}


def test_written_off_after_what_the_buyer_says(tmp_path: Path) -> None:
    changes = {**NEVER_SHIPS, f"{MAKER}.payment.through": "direct", "buyer.writes_off_after_days": 10}
    assert tell(tmp_path, changes).order().closed == at(40)


def test_a_dispute_that_outlasts_the_write_off(tmp_path: Path) -> None:
    """Given a claim rejected on day 38, a week after the order would have been written off: closed as it is lost."""
    changes = {**NEVER_SHIPS, "disputes.uphold_probability": 0, "buyer.writes_off_after_days": 1}
    assert tell(tmp_path, changes).order().closed == at(38)


def test_time_that_goods_wait_for_the_buyers_inspection_does_not_count_as_extension(tmp_path: Path) -> None:
    """Given goods ready on day 28, promised for day 30, an inspector who comes on day 36, and rework of eight days.

    The buyer accepts ten days of extension. By hand: the ship date moves to day 36 while the goods wait for the buyer's
    own inspector; rework until day 44 asks for eight days more, which is within ten, although it is fourteen after the
    date that the contract first said. Inspected again on day 52, shipped, and never disputed.
    """
    psi = {**INSPECTED, "booking_days": 8, "on_fail": {"do": "rework", "at_most": 1, "then": "accept"}}
    changes = {
        f"{MAKER}.production_days": 28,
        f"{MAKER}.defects.major": 0.1,
        f"{MAKER}.rework": {"days": 8, "removes_share": 1},
        "buyer.extension_accepted_days": 10,
        "inspections.psi": psi,
    }
    story = tell(tmp_path, changes, [order_of(inspections=["psi"])])
    assert story.order().shipped == at(52)
    assert "SHIP_DATE_PASSED" not in story.names()
    assert [moment.amount for moment in story.events if moment.event == "SHIP_DATE_HELD"] == [at(6), at(8)]
    assert [moment.amount for moment in story.events if moment.event == "EXTENSION_AGREED"] == [at(8)]
    short = tell(tmp_path, {**changes, "buyer.extension_accepted_days": 7}, [order_of(inspections=["psi"])])
    assert short.minute("SHIP_DATE_PASSED") == at(36)


def test_a_late_claim_waits_until_claims_can_be_made(tmp_path: Path) -> None:
    """Given a ship date on day 30, goods on day 60, and claims from day 40: disputed on day 40."""
    story = tell(tmp_path, {f"{MAKER}.production_days": 60, "protection_overrides.claim_opens": 40})
    assert story.minute("SHIP_DATE_PASSED") == at(30)
    assert story.minute("DISPUTE_OPENED") == at(40)
