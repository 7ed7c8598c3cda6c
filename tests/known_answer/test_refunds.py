"""What becomes of an award: the return of the goods, payment, default.

100 of 1,000 units at 10.00 are defective; the award is made on day 43 and paid on day 45.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sim.rules.coverage import covered_payments
from tests.stories import MAKER, NEGOTIATED, at, model_of, order_of, tell

if TYPE_CHECKING:
    from pathlib import Path

DEFECTIVE: dict[str, Any] = {f"{MAKER}.defects.major": 0.1}
RETURN: dict[str, Any] = {**DEFECTIVE, "disputes.return_probability": 1}
FREIGHT = f"{MAKER}.return_freight_per_unit"
SALVAGE = "need.salvage_value"


# ------------------------------------------------------------------------------------ return of the goods


def test_return_against_the_whole_claim(tmp_path: Path) -> None:
    """Given an award of 85 % and the return of the goods as the remedy: all 1,000.00 come back, and 100 units go."""
    story = tell(tmp_path, {**RETURN, "disputes.award_share": 0.85, FREIGHT: 2.5})
    order = story.order()
    assert (order.returned, order.return_freight, order.refunded) == (100, 25_000, 100_000)
    assert story.minute("GOODS_RETURNED") == at(43)
    assert story.dispute_end() == "RETURN_AWARDED"


@pytest.mark.parametrize(
    ("freight", "salvage", "returned"),
    [
        (9.99, 0, True),  # 999.00 of freight for 1,000.00
        (10, 0, False),  # nothing gained: kept
        (6, 3.99, True),  # 600.00 of freight and 399.00 of salvage forgone
        (6, 4, False),
    ],
)
def test_return_worth_its_freight(tmp_path: Path, freight: float, salvage: float, returned: bool) -> None:
    """Given a refund of 1,000.00 for 100 units: sent back if it exceeds freight and what they would still fetch."""
    story = tell(tmp_path, {**RETURN, FREIGHT: freight, SALVAGE: salvage})
    assert ("GOODS_RETURNED" in story.names()) == returned
    assert story.total("recovered") == (100_000 if returned else 0)
    assert story.drops == ({} if returned else {"RETURN_FORGONE": 100_000})


def test_salvage_of_goods_sent_back_is_gone(tmp_path: Path) -> None:
    """Given a salvage value of 3.00; by hand: sent back they fetch nothing, so all 2,000.00 of sales are lost."""
    story = tell(tmp_path, {**RETURN, SALVAGE: 3})
    assert story.loss == {"DEFECTIVE_UNITS": 200_000, "REFUNDS": -100_000}


def test_return_is_weighed_against_what_the_limit_leaves(tmp_path: Path) -> None:
    """Given a limit of 400.00 and a freight of 500.00: of 1,000.00 only 400.00 would come back, so the goods stay."""
    story = tell(tmp_path, {**RETURN, FREIGHT: 5, f"{MAKER}.assurance_limit": 400})
    assert story.drops == {"RETURN_FORGONE": 100_000}


def test_return_freight_paid_by_the_supplier(tmp_path: Path) -> None:
    """Given a pack that puts it on the supplier: sent back, whatever it costs."""
    changes = {**RETURN, FREIGHT: 50, "protection_overrides.return_freight_paid_by": "supplier"}
    story = tell(tmp_path, changes)
    assert story.order().returned == 100
    assert story.loss == {"DEFECTIVE_UNITS": 200_000, "REFUNDS": -100_000}


def test_only_critical_and_major_defects_go_back(tmp_path: Path) -> None:
    """Given 20 critical, 80 major and 50 minor at 0.40: 100 units back, 1,000.00 + 20.00 claimed and paid."""
    defects = {"critical": 0.02, "major": 0.08, "minor": 0.05}
    changes = {**RETURN, f"{MAKER}.defects": defects, "need.minor_defect_cost": 0.4}
    order = tell(tmp_path, changes).order()
    assert (order.returned, order.refunded) == (100, 102_000)


def test_nothing_to_return(tmp_path: Path) -> None:
    """Given minor defects alone: there is nothing to send back, and the award stands."""
    changes = {
        **RETURN,
        f"{MAKER}.defects": {"minor": 0.1},
        "need.minor_defect_cost": 0.4,
        "disputes.award_share": 0.5,
    }
    story = tell(tmp_path, changes)
    assert story.dispute_end() == "AWARDED"
    assert story.total("recovered") == 2_000


@pytest.mark.parametrize(
    ("rule", "probability", "returned"),
    [("as_decided", 1, 100), ("as_decided", 0, 0), ("always", 0, 100), ("never", 1, 0)],
)
def test_what_the_pack_says_of_returns(tmp_path: Path, rule: str, probability: float, returned: int) -> None:
    changes = {
        **DEFECTIVE,
        "protection_overrides.goods_returned": rule,
        "disputes.return_probability": probability,
    }
    assert tell(tmp_path, changes).order().returned == returned


@pytest.mark.parametrize(
    ("offer", "end", "returned"),
    [
        ({"concedes_probability": 1}, "RETURN_AWARDED", 100),  # the whole claim: the goods go back
        ({"opening_offer_share": 0.7}, "SETTLED", 0),  # a part of it: they stay
    ],
)
def test_escrow_wants_the_goods_back(tmp_path: Path, offer: dict[str, float], end: str, returned: int) -> None:
    changes = {**DEFECTIVE, **NEGOTIATED, "protection": "escrow"}
    changes |= {f"{MAKER}.disputes.{key}": value for key, value in offer.items()}
    story = tell(tmp_path, changes)
    assert story.dispute_end() == end
    assert story.order().returned == returned


# ------------------------------------------------------------------------------------ payment


@pytest.mark.parametrize(
    ("cover", "shipped", "covered"),
    [
        ("all_paid", 0, 1_000_000),
        ("initial_payment", 0, 300_000),
        ("initial_payment", 1, 1_000_000),  # after shipment all that was paid is covered, by either
        ("all_paid", 1, 1_000_000),
    ],
)
def test_cover_before_shipment(tmp_path: Path, cover: str, shipped: int, covered: int) -> None:
    """Given 3,000.00 and 7,000.00 paid; expected: the help pages cover the first of them before shipment."""
    terms = model_of(tmp_path, {"protection_overrides.pre_shipment_cover": cover}).terms
    assert covered_payments(terms, 300_000, 700_000, shipped, 1_000_000) == covered


def test_payout_takes_its_time(tmp_path: Path) -> None:
    """Given three of the supplier's working days from day 43, Tuesday 14 April: over with Thursday, on day 46."""
    changes = {
        **DEFECTIVE,
        f"{MAKER}.calendar": None,
        f"{MAKER}.disputes.payout_days": {"dist": "constant", "value": 3, "working": True},
    }
    story = tell(tmp_path, changes)
    assert story.minute("REFUND_PAID") == at(46)
    assert story.order().refund_paid == story.order().closed == at(46)


@pytest.mark.parametrize(("advanced", "recovered"), [(True, 100_000), (False, 0)])
def test_a_supplier_that_does_not_pay(tmp_path: Path, advanced: bool, recovered: int) -> None:
    """Given a default: the platform pays in the supplier's place, or nobody does."""
    changes = {
        **DEFECTIVE,
        f"{MAKER}.disputes.defaults_on_refund_probability": 1,
        "protection_overrides.refund_advanced": advanced,
    }
    story = tell(tmp_path, changes)
    assert story.total("recovered") == recovered
    assert ("REFUND_DEFAULTED" in story.names()) != advanced
    assert story.order().closed == at(45)


def test_part_of_the_money_through_the_platform(tmp_path: Path) -> None:
    """Given 40 % of every payment through the platform and a lot wholly defective.

    By hand: the claim is 10,000.00, covered are 40 % of 3,000.00 + 7,000.00 = 4,000.00; 6,000.00 above it.
    """
    changes = {f"{MAKER}.defects.major": 1, f"{MAKER}.payment.platform_share": 0.4}
    story = tell(tmp_path, changes)
    assert story.total("recovered") == 400_000
    assert story.drops == {"ABOVE_AMOUNT_PAID": 600_000}


def test_part_of_the_deposit_through_the_platform(tmp_path: Path) -> None:
    """Given the same share, never shipped: 1,200.00 of the deposit are covered, 1,800.00 are not."""
    changes = {f"{MAKER}.never_ships_probability": 1, f"{MAKER}.payment.platform_share": 0.4}
    story = tell(tmp_path, changes)
    assert story.total("recovered") == 120_000
    assert story.drops == {"ABOVE_AMOUNT_PAID": 180_000}


# ------------------------------------------------------------------------------------ peak cash out


def test_peak_cash_out_of_one_order(tmp_path: Path) -> None:
    """Given 3,000.00 from day 0, 7,000.00 and freight of 500.00 from day 20, goods on day 30: at most 10,500.00."""
    assert tell(tmp_path, {f"{MAKER}.freight.per_order": 500}).total("peak_cash_out") == 1_050_000


def test_peak_cash_out_until_the_refund(tmp_path: Path) -> None:
    """Given a supplier that never ships: 3,000.00 are out until they are back."""
    story = tell(tmp_path, {f"{MAKER}.never_ships_probability": 1})
    assert story.total("peak_cash_out") == 300_000


@pytest.mark.parametrize(
    ("second", "peak"),
    [
        (0, 1_000_000),  # both at once
        (25, 650_000),  # 5,000.00 of the first, and the second's deposit
        (30, 500_000),  # the first's goods come in the very minute
        (15, 650_000),  # days 20 to 30: 5,000.00 + 1,500.00; from 35 on: 5,000.00
    ],
)
def test_peak_cash_out_of_two_orders(tmp_path: Path, second: float, peak: int) -> None:
    """Given two orders of 500 units, 1,500.00 in advance, 3,500.00 on shipment; the second placed on the day shown."""
    orders = [order_of("a", 500), order_of("b", 500, start={"day": second})]
    assert tell(tmp_path, {}, orders).total("peak_cash_out") == peak
