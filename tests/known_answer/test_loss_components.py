"""The loss of a plan, component by component: benchmark benefit less benefit, worked out by hand.

The benchmark of the plain story: 1,000 units at 10.00, sold at 20.00, nothing else: a benefit of 10,000.00.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.stories import INSPECTED, MAKER, NEGOTIATED, at, days, order_of, tell

if TYPE_CHECKING:
    from pathlib import Path

MAJOR = f"{MAKER}.defects.major"
ONE_SLOT = {f"{MAKER}.parallel_orders": 1, f"{MAKER}.promised_days": 60}


def test_nothing_goes_wrong(tmp_path: Path) -> None:
    """Given one order at the benchmark's own price, whole and on time; expected: every component is nought."""
    story = tell(tmp_path)
    assert story.loss == {}
    assert story.total("loss") == 0


def test_purchase_against_a_cheaper_supplier(tmp_path: Path) -> None:
    """Given another supplier who lists 9.00 from 1,000; by hand: 10,000.00 - 9,000.00 = 1,000.00."""
    cheaper = {"unit_price": [{"from": 1, "price": 12}, {"from": 1000, "price": 9}], "production_days": 20}
    assert tell(tmp_path, {"suppliers.cheaper": cheaper}).loss == {"PURCHASE": 100_000}


def test_purchase_at_a_worse_price_break(tmp_path: Path) -> None:
    """Given 9.00 only from 1,000 on; by hand: two orders of 500 at 10.00 cost 1,000.00 more."""
    breaks = [{"from": 1, "price": 10}, {"from": 1000, "price": 9}]
    orders = [order_of("a", 500), order_of("b", 500)]
    assert tell(tmp_path, {f"{MAKER}.unit_price": breaks}, orders).loss == {"PURCHASE": 100_000}


def test_benchmark_bears_no_premium(tmp_path: Path) -> None:
    """Given 5 % more for the protected price; by hand: the benchmark is unprotected, so 500.00 are lost."""
    assert tell(tmp_path, {f"{MAKER}.protected_price_premium_share": 0.05}).loss == {"PURCHASE": 50_000}


def test_benchmark_needs_a_supplier_that_takes_the_order(tmp_path: Path) -> None:
    """Given a price of 5.00 for no less than 5,000 units; expected: 1,000 cannot be had for that, nothing is lost."""
    wholesale = {"unit_price": [{"from": 1, "price": 5}], "minimum_order": 5000, "production_days": 20}
    assert tell(tmp_path, {"suppliers.wholesale": wholesale}).loss == {}


def test_freight(tmp_path: Path) -> None:
    """Given 450.00 an order and 0.35 a unit.

    By hand: two orders 2 x 450.00 + 1,000 x 0.35 = 1,250.00; the benchmark's one order 800.00; 450.00 are lost.
    """
    changes = {f"{MAKER}.freight": {"per_order": 450, "per_unit": 0.35}}
    assert tell(tmp_path, changes, [order_of("a", 500), order_of("b", 500)]).loss == {"FREIGHT": 45_000}


def test_freight_saved_by_goods_that_never_come(tmp_path: Path) -> None:
    """Given freight of 450.00, 30 % paid, never shipped, no refund.

    By hand: purchase 3,000.00 - 10,000.00 = -7,000.00; freight -450.00; missing 1,000 x 20.00 = 20,000.00;
    loss 12,550.00: the benefit of 9,550.00 missed, and the deposit of 3,000.00.
    """
    changes = {
        f"{MAKER}.freight.per_order": 450,
        f"{MAKER}.never_ships_probability": 1,
        f"{MAKER}.payment.through": "direct",
    }
    story = tell(tmp_path, changes)
    assert story.loss == {"PURCHASE": -700_000, "FREIGHT": -45_000, "MISSING_UNITS": 2_000_000}
    assert story.total("loss") == 1_255_000


def test_payment_fees(tmp_path: Path) -> None:
    """Given 2 % for payments; by hand: 2 % of 10,000.00 = 200.00, and none in the benchmark."""
    assert tell(tmp_path, {f"{MAKER}.payment.fee_rate": 0.02}).loss == {"PAYMENT_FEES": 20_000}


def test_inspection(tmp_path: Path) -> None:
    """Given an inspector for two days at 240.00; by hand: 480.00."""
    psi = {**INSPECTED, "man_days": 2, "fee_per_man_day": 240}
    story = tell(tmp_path, {"inspections.psi": psi}, [order_of(inspections=["psi"])])
    assert story.loss == {"INSPECTION": 48_000}


def test_inspector_days_by_the_sample(tmp_path: Path) -> None:
    """Given a sample of 401 units at 200 units a day and 240.00 a day; by hand: 3 days begun, 720.00."""
    psi = {**INSPECTED, "man_days": "auto", "fee_per_man_day": 240}
    psi["sampling"] = {"standard": "fixed", "sample_size": 401}
    story = tell(tmp_path, {"inspections.psi": psi}, [order_of(inspections=["psi"])])
    assert story.loss == {"INSPECTION": 72_000}
    assert story.order().shipped == at(23)


def test_dispute_handling(tmp_path: Path) -> None:
    """Given 25.00 an hour; four hours to file, 1.5 for a reply, five for evidence.

    By hand: opened on day 35, so the platform steps in on day 65. The supplier offers nothing on 37, 40, ..., 64, the
    buyer insists on 38, 41, ..., 65: ten replies, the last of them on the limit itself, in time. 4 + 10 x 1.5 + 5 =
    24 hours = 600.00.
    """
    hours = {"filing": 4, "reply": 1.5, "evidence": 5}
    story = tell(tmp_path, {**NEGOTIATED, MAJOR: 0.1, "buyer.hourly_cost": 25, "buyer.dispute_hours": hours})
    assert len(story.minutes("BUYER_INSISTED")) == 10
    assert story.minutes("BUYER_INSISTED")[-1] == story.minute("NEGOTIATION_ENDED") == at(65)
    assert story.loss == {"DISPUTE_HANDLING": 60_000, "DEFECTIVE_UNITS": 200_000, "REFUNDS": -100_000}


def test_return_freight(tmp_path: Path) -> None:
    """Given 2.50 a unit to send 100 defective units back against their price; by hand: 250.00."""
    changes = {MAJOR: 0.1, "disputes.return_probability": 1, f"{MAKER}.return_freight_per_unit": 2.5}
    assert tell(tmp_path, changes).loss == {
        "RETURN_FREIGHT": 25_000,
        "DEFECTIVE_UNITS": 200_000,
        "REFUNDS": -100_000,
    }


def test_capital_cost(tmp_path: Path) -> None:
    """Given 12 % a year and freight of 365.00.

    By hand: 3,000.00 for 30 days and 7,365.00 for the last 10: 90,000 + 73,650 = 163,650 dollar days;
    x 0.12 / 365 = 53.802... = 53.80.
    """
    changes = {"buyer.capital_cost_rate": 0.12, f"{MAKER}.freight.per_order": 365}
    assert tell(tmp_path, changes).loss == {"CAPITAL_COST": 5_380}


def test_capital_cost_until_the_money_is_back(tmp_path: Path) -> None:
    """Given a deposit of 3,000.00, never shipped, claimed on day 30 and refunded on day 40.

    By hand: 3,000.00 for 40 days: 120,000 dollar days x 0.12 / 365 = 39.452 = 39.45.
    """
    changes = {"buyer.capital_cost_rate": 0.12, f"{MAKER}.never_ships_probability": 1}
    story = tell(tmp_path, changes)
    assert story.minute("REFUND_PAID") == at(40)
    assert story.loss["CAPITAL_COST"] == 3_945


def test_missing_units(tmp_path: Path) -> None:
    """Given 900 units ordered of 1,000 needed, and 5 % of them damaged at sea.

    By hand: 45 damaged; 855 good; 145 missing x 20.00 = 2,900.00; 100 units fewer bought: -1,000.00.
    """
    story = tell(tmp_path, {f"{MAKER}.transit.damage_rate": 0.05}, [order_of(quantity=900)])
    assert story.order().damaged == 45
    assert story.loss == {"MISSING_UNITS": 290_000, "PURCHASE": -100_000}


def test_defective_units(tmp_path: Path) -> None:
    """Given 10 critical, 90 major and 50 minor, salvage at 2.00, a minor defect at 0.40, all within tolerance.

    By hand: 100 sales of 20.00 not made, 100 units salvaged at 2.00, 50 x 0.40: 2,000 - 200 + 20 = 1,820.00.
    """
    changes = {
        f"{MAKER}.defects": {"critical": 0.01, "major": 0.09, "minor": 0.05},
        "contract.tolerance": {"critical": 0.5, "major": 0.5, "minor": 0.5},
        "need.salvage_value": 2,
        "need.minor_defect_cost": 0.4,
    }
    assert tell(tmp_path, changes).loss == {"DEFECTIVE_UNITS": 182_000}


def test_defective_and_missing_units_share_the_shortfall(tmp_path: Path) -> None:
    """Given 950 ordered of 1,000 needed, 100 of them defective and paid directly.

    By hand: 850 good; of the shortfall of 150, 100 came defective (2,000.00) and 50 never came (1,000.00).
    """
    changes = {MAJOR: 100 / 950, f"{MAKER}.payment.through": "direct"}
    story = tell(tmp_path, changes, [order_of(quantity=950)])
    assert story.loss == {"PURCHASE": -50_000, "DEFECTIVE_UNITS": 200_000, "MISSING_UNITS": 100_000}


def test_defective_units_beyond_the_need_cost_no_sale(tmp_path: Path) -> None:
    """Given 1,050 ordered of 1,000 needed, 105 of them defective and salvaged at 2.00, paid directly.

    By hand: 945 good, 55 sales not made x 20.00 = 1,100.00, less 105 x 2.00 = 210.00: 890.00.
    """
    changes = {MAJOR: 0.1, f"{MAKER}.payment.through": "direct", "need.salvage_value": 2}
    story = tell(tmp_path, changes, [order_of(quantity=1050)])
    assert story.loss == {"PURCHASE": 50_000, "DEFECTIVE_UNITS": 89_000}


@pytest.mark.parametrize(
    ("due", "cents"),
    [
        (30, 0),  # received in the due minute itself: in time
        (28, 10_000),  # two days x 1,000 x 0.05
        (days(29, 720), 2_500),  # half a day counts half
        (1, 145_000),  # 29 days x 0.05 = 1.45 a unit
    ],
)
def test_late_units(tmp_path: Path, due: float, cents: int) -> None:
    """Given goods received on day 30 that lose 0.05 a day after the due day."""
    changes = {"need.due": due, "need.late_cost_per_unit_day": 0.05}
    assert tell(tmp_path, changes).loss.get("LATE_UNITS", 0) == cents


def test_late_units_keep_their_salvage_value(tmp_path: Path) -> None:
    """Given 1.00 a day for 29 days, but a salvage value of 12.00; by hand: at most 20 - 12 = 8.00 x 1,000."""
    changes = {"need.due": 1, "need.late_cost_per_unit_day": 1, "need.salvage_value": 12}
    assert tell(tmp_path, changes).loss == {"LATE_UNITS": 800_000}


def test_a_due_date_includes_its_day(tmp_path: Path) -> None:
    """Given received on day 30, the first minute of 1 April; expected: 31 March is a minute's worth of a day short.

    By hand: due 31 March means its end, which is the beginning of 1 April: in time. Due 30 March: one day late,
    1,000 x 0.05 = 50.00.
    """
    rate = {"need.late_cost_per_unit_day": 0.05}
    assert tell(tmp_path, {**rate, "need.due": date(2026, 3, 31)}).loss == {}
    assert tell(tmp_path, {**rate, "need.due": date(2026, 3, 30)}).loss == {"LATE_UNITS": 5_000}


def test_excess_units(tmp_path: Path) -> None:
    """Given 1,100 ordered of 1,000 needed, worth 3.00 beyond; by hand: 100 bought for 1,000.00, sold for 300.00."""
    story = tell(tmp_path, {"need.excess_value": 3}, [order_of(quantity=1100)])
    assert story.loss == {"PURCHASE": 100_000, "EXCESS_UNITS": -30_000}


def test_refunds(tmp_path: Path) -> None:
    """Given 100 defective units, claimed and paid in full; by hand: 2,000.00 of sales lost, 1,000.00 back."""
    story = tell(tmp_path, {MAJOR: 0.1})
    assert story.loss == {"DEFECTIVE_UNITS": 200_000, "REFUNDS": -100_000}
    assert story.total("loss") == 100_000


def test_need_is_served_in_order_of_arrival(tmp_path: Path) -> None:
    """Two orders of 600 for a need of 1,000, one slot: received on day 30 and on day 50, due on day 20.

    By hand: the first serves 600 units 10 days late, the second 400 of its 600 units 30 days late; at 0.10 a day
    600 x 1.00 + 400 x 3.00 = 1,800.00; 200 units in excess at 3.00; 200 more bought at 10.00.
    """
    changes = {"need.due": 20, "need.late_cost_per_unit_day": 0.1, "need.excess_value": 3, **ONE_SLOT}
    story = tell(tmp_path, changes, [order_of("a", 600), order_of("b", 600)])
    assert (story.order("a").received, story.order("b").received) == (at(30), at(50))
    assert story.loss == {"LATE_UNITS": 180_000, "EXCESS_UNITS": -60_000, "PURCHASE": 200_000}


def test_the_order_that_arrives_first_serves_first_wherever_it_stands(tmp_path: Path) -> None:
    """The same two orders, the second of the plan placed first: the answer does not depend on who stands first.

    By hand: `b` (600) comes on day 30, `a` (500), placed on day 10, on day 50 after waiting for the slot:
    600 x 10 days x 0.10 + 400 x 30 days x 0.10 = 600 + 1,200 = 1,800.00.
    """
    changes = {"need.due": 20, "need.late_cost_per_unit_day": 0.1, **ONE_SLOT}
    story = tell(tmp_path, changes, [order_of("a", 500, start={"day": 10}), order_of("b", 600)])
    assert (story.order("b").received, story.order("a").received) == (at(30), at(50))
    assert story.loss == {"LATE_UNITS": 180_000, "PURCHASE": 100_000}
    assert story.total("served_units") == 1000


def test_everything_at_once(tmp_path: Path) -> None:
    """All twelve components in one story; its loss is their sum.

    Given 1,020 units at 10.00 (list price 10.00), of which 20 critical and 80 major, 40 minor, 20 damaged at sea;
    need 1,000, due day 20, sale value 20.00, late 0.10 a day, salvage 1.00, minor 0.50, excess 3.00.

    By hand
    purchase          10,200.00 - 10,000.00                                   =    200.00
    freight           (100.00 + 1,020 x 0.50) - (100.00 + 500.00)             =     10.00
    payment fees      1 % of 10,200.00                                        =    102.00
    inspection        one day                                                 =    240.00
    dispute handling  4 + 5 hours (no reply: escalated unanswered) x 20.00    =    180.00
    return freight    100 units x 2.00                                        =    200.00
    capital           received on day 31: 3,060 x 31 + (7,140 + 610) x 10 days = 172,360 dollar days
                      x 0.10 / 365 = 47.222                                   =     47.22
    missing           good 1,020 - 20 - 100 = 900; short 100, all of it came defective  0.00
    defective         100 x 20.00, nothing kept, 40 x 0.50                    =  2,020.00
    late              900 units x 11 days x 0.10                              =    990.00
    excess            none                                                    =      0.00
    refunds           100 x 10.00 + 40 x 0.50                                 = -1,020.00
    """
    changes = {
        "need": {
            "quantity": 1000,
            "due": 20,
            "sale_value": 20,
            "late_cost_per_unit_day": 0.1,
            "salvage_value": 1,
            "minor_defect_cost": 0.5,
            "excess_value": 3,
        },
        "buyer.hourly_cost": 20,
        "buyer.capital_cost_rate": 0.1,
        "buyer.dispute_hours": {"filing": 4, "reply": 1.5, "evidence": 5},
        f"{MAKER}.payment.fee_rate": 0.01,
        f"{MAKER}.freight": {"per_order": 100, "per_unit": 0.5},
        f"{MAKER}.defects": {"critical": 20 / 1020, "major": 80 / 1020, "minor": 40 / 1020},
        f"{MAKER}.transit.damage_rate": 20 / 1020,
        f"{MAKER}.return_freight_per_unit": 2,
        "disputes.return_probability": 1,
        "inspections.psi": {**INSPECTED, "fee_per_man_day": 240, "man_days": 1, "detection_probability": 0},
    }
    story = tell(tmp_path, changes, [order_of(quantity=1020, inspections=["psi"])])
    assert story.order().received == at(31)
    assert story.loss == {
        "PURCHASE": 20_000,
        "FREIGHT": 1_000,
        "PAYMENT_FEES": 10_200,
        "INSPECTION": 24_000,
        "DISPUTE_HANDLING": 18_000,
        "RETURN_FREIGHT": 20_000,
        "CAPITAL_COST": 4_722,
        "DEFECTIVE_UNITS": 202_000,
        "LATE_UNITS": 99_000,
        "REFUNDS": -102_000,
    }
    assert story.total("loss") == 296_922
