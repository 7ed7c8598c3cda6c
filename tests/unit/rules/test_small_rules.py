"""Rules of a line or two, each against numbers worked out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.calendars import build_calendar
from sim.outcomes import RecoveryRule
from sim.protocol import Event
from sim.rules.amounts import amount_of, handling_cost, share_of
from sim.rules.claims import claim_amount, is_over_tolerance
from sim.rules.coverage import CLAIM_POSSIBLE, claim_obstacle, claim_window_end, covered_payments
from sim.rules.deadlines import deadline_of, is_in_time
from sim.rules.durations import delayed_end, micros_drawn, minutes_drawn, production_end
from sim.rules.lateness import (
    asking_minutes,
    extension_asked,
    extension_from,
    is_extension_agreed,
    is_shipped_late,
    lateness_ground_from,
    written_off_at,
)
from sim.rules.loss import capital_cost, lateness_cost
from sim.rules.lots import (
    Units,
    is_share_at_most,
    made_by_progress,
    major_share,
    units_after_correction,
    units_among,
    units_by_class,
    units_damaged,
    units_of_share,
    units_remaining,
)
from sim.rules.negotiation import earlier_step, offer_of_round
from sim.rules.prices import payment_fee, protected_price, unit_price
from sim.rules.refund import is_drawn_down, limit_left, limit_of_supplier, refund_due
from sim.rules.sampling import inspection_fee, is_tightened, switching_start
from sim.scenario.packs import load_pack
from sim.terms import Clock, LimitScope, PreShipmentCover, ProtectionTerms, protection_terms
from sim.units import MINUTES_PER_DAY, NEVER

DAY = MINUTES_PER_DAY
HALVES = (0.5, 0.5, 0.5)


@pytest.fixture(scope="module")
def terms() -> ProtectionTerms:
    return protection_terms(load_pack("alibaba-trade-assurance-2023"))


@pytest.mark.parametrize(
    ("moment", "deadline", "expected"),
    [(9, 10, True), (10, 10, True), (11, 10, False), (NEVER, 10, False), (11, NEVER, True), (NEVER, NEVER, False)],
)
def test_the_last_minute_is_in_time(moment: int, deadline: int, expected: bool) -> None:
    assert is_in_time(moment, deadline) is expected


def test_deadlines() -> None:
    assert deadline_of(100, 30) == 130
    assert deadline_of(100, NEVER) == NEVER


def test_amounts_are_rounded_once_half_up() -> None:
    assert amount_of(23_500, 1) == 2  # 0.0235 is 2.35 cents
    assert amount_of(5_000, 1) == 1  # half a cent
    assert amount_of(4_999, 1) == 0
    assert amount_of(np.array([23_500]), np.array([1000])).tolist() == [2350]
    assert share_of(999, 333_333) == 333
    assert share_of(1, 500_000) == 1
    assert handling_cost(90, 2500) == 3750
    assert handling_cost(1, 30) == 1  # half a cent


def test_a_unit_costs_what_its_price_break_says() -> None:
    breaks = [(1, 5_600_000), (1000, 5_200_000), (3000, 5_000_000)]
    assert [unit_price(breaks, quantity) for quantity in (1, 999, 1000, 2999, 3000, 9000)] == [
        5_600_000,
        5_600_000,
        5_200_000,
        5_200_000,
        5_000_000,
        5_000_000,
    ]
    assert protected_price(5_000_000, 30_000, 1_000_000) == 5_150_000
    assert protected_price(5_000_000, 30_000, 0) == 5_000_000
    assert payment_fee(10_000, 500_000, 29_900, 10_000) == 299 + 50


def test_a_class_exactly_at_its_tolerance_is_within_it() -> None:
    assert not is_over_tolerance(25, 1000, 25_000)
    assert is_over_tolerance(26, 1000, 25_000)
    tolerance = (0, 25_000, 40_000)
    assert claim_amount((0, 25, 40), 1000, tolerance, 5_000_000, 400_000) == 0
    # one critical at 5.00, 26 majors at 5.00, 41 minors at 0.40
    assert claim_amount((1, 26, 41), 1000, tolerance, 5_000_000, 400_000) == 500 + 13_000 + 1640


def test_the_first_rule_in_the_way_is_named() -> None:
    def obstacle(**changes: int) -> int:
        given = {
            "ground_covered": 1,
            "channel_covered": 1,
            "over_tolerance": 100,
            "in_contract": 1,
            "found": 100,
            "minimum_claim": 100,
        }
        return claim_obstacle(**(given | changes))  # type: ignore[arg-type]

    assert obstacle() == CLAIM_POSSIBLE
    assert obstacle(ground_covered=0, channel_covered=0) == RecoveryRule.NOT_COVERED
    assert obstacle(channel_covered=0, over_tolerance=0) == RecoveryRule.PAID_OFF_PLATFORM
    assert obstacle(over_tolerance=0, in_contract=0) == RecoveryRule.WITHIN_TOLERANCE
    assert obstacle(in_contract=0, found=0) == RecoveryRule.NOT_IN_CONTRACT
    assert obstacle(found=0) == RecoveryRule.FOUND_TOO_LATE
    assert obstacle(found=99) == RecoveryRule.NOT_CLAIMED


def test_the_claim_window_runs_from_its_clock(terms: ProtectionTerms) -> None:
    assert claim_window_end(terms, 5, 100) == 100 + 30 * DAY
    assert claim_window_end(terms, 5, NEVER) == NEVER
    assert claim_window_end(terms._replace(claim_window_clock=Clock.PLACED), 5, 100) == 5 + 30 * DAY


def test_what_the_protection_stands_behind(terms: ProtectionTerms) -> None:
    initial = terms._replace(pre_shipment_cover=PreShipmentCover.INITIAL_PAYMENT)
    assert covered_payments(terms, 300, 700, 0, 1_000_000) == 1000
    assert covered_payments(initial, 300, 700, 0, 1_000_000) == 300
    assert covered_payments(initial, 300, 700, 1, 1_000_000) == 1000
    assert covered_payments(terms, 300, 700, 1, 400_000) == 400
    assert covered_payments(terms._replace(requires_platform_payment=0), 300, 700, 1, 0) == 1000


def test_durations() -> None:
    assert minutes_drawn(1.5) == 2160
    assert minutes_drawn(np.array([0.0, 1e9, -1e9])).tolist() == [0, 3650 * DAY, -3650 * DAY]
    assert micros_drawn(0.5) == 500_000
    week = build_calendar(None, date(2026, 3, 6)).days  # day 0 is a Friday
    assert production_end(week, 0, 2 * DAY, 0, working=False) == 2 * DAY
    assert production_end(week, 0, DAY, DAY, working=True) == 4 * DAY  # Friday and Monday
    assert delayed_end(week, 0, DAY, DAY, working=False) == 2 * DAY
    assert delayed_end(week, 0, DAY, DAY, working=True) == 4 * DAY  # promised for Saturday, a working day late
    assert delayed_end(week, 100, DAY, -9 * DAY, working=True) == 100


def test_extensions(terms: ProtectionTerms) -> None:
    assert extension_asked(10 * DAY, 5 * DAY, 5 * DAY) == 5 * DAY
    assert extension_asked(10 * DAY + 1, 5 * DAY, 5 * DAY) == 6 * DAY
    assert extension_asked(3 * DAY, 5 * DAY, 5 * DAY) == DAY  # at least the next minute, so a whole day
    assert extension_asked(NEVER, 5 * DAY, 5 * DAY) == NEVER
    assert is_extension_agreed(DAY, DAY, goods_waiting=False)
    assert not is_extension_agreed(DAY + 1, DAY, goods_waiting=False)
    assert not is_extension_agreed(NEVER, DAY, goods_waiting=False)
    assert is_extension_agreed(99 * DAY, DAY, goods_waiting=True)
    assert lateness_ground_from(terms, 10, 20) == 20
    assert lateness_ground_from(terms._replace(covers_agreed_lateness=1), 10, 20) == 10
    assert asking_minutes(terms, 90) == 90
    assert asking_minutes(terms._replace(extension_first=0), 90) == 0
    assert is_shipped_late(NEVER, 10)
    assert not is_shipped_late(10, 10)


def test_units_of_a_lot() -> None:
    assert [units_of_share(10, 0.25, u) for u in (0.0, 0.49, 0.5, 0.99)] == [2, 2, 3, 3]
    assert units_of_share(10, 1.0, 0.99) == 10
    assert units_by_class(100, (0.5, 0.4, 0.4), HALVES) == Units(50, 40, 10)
    assert major_share(0.03, is_bad_lot=True, bad_share=0.4) == 0.4
    assert major_share(0.5, is_bad_lot=True, bad_share=0.4) == 0.5
    assert major_share(0.03, is_bad_lot=False, bad_share=0.4) == 0.03
    assert units_remaining(Units(10, 20, 5), 0.8, HALVES) == Units(2, 4, 1)
    assert made_by_progress(1000, 1, 3) == 333
    assert made_by_progress(1000, 5, 0) == 1000
    assert units_among(Units(0, 30, 10), 250, 1000) == Units(0, 8, 3)
    # 8 and 3 are made already; of the 22 and 7 to come half go: 11 and 4
    assert units_after_correction(Units(0, 30, 10), 250, 1000, 0.5, HALVES) == Units(0, 8 + 11, 3 + 3)
    assert units_damaged(100, Units(40, 40, 15), 0.5, 0.0) == 5
    assert is_share_at_most(4, 100, 40_000)
    assert not is_share_at_most(5, 100, 40_000)
    assert not is_share_at_most(0, 0, 40_000)


def test_the_earlier_step_wins_and_the_first_named_in_a_tie() -> None:
    one, two = (Event.BUYER_ESCALATED, 5), (Event.SUPPLIER_SILENT, 5)
    assert earlier_step(one, two) == one
    assert earlier_step((Event.BUYER_ESCALATED, 6), two) == two
    assert earlier_step((Event.BUYER_ESCALATED, NEVER), two) == two
    assert earlier_step(one, (Event.SUPPLIER_SILENT, NEVER)) == one


def test_offers_rise_to_the_whole_claim() -> None:
    assert [offer_of_round(300_000, 120_000, number) for number in (0, 1, 6)] == [300_000, 420_000, 1_000_000]


def test_the_limit(terms: ProtectionTerms) -> None:
    shared = terms._replace(limit_scope=LimitScope.SUPPLIER)
    assert limit_of_supplier(terms, 1000, 250_000) == 1000
    assert limit_of_supplier(shared, 1000, 250_000) == 750
    assert limit_of_supplier(terms, NEVER, 0) == -1
    assert limit_of_supplier(terms._replace(limit_applies=0), 1000, 0) == -1
    assert not is_drawn_down(terms, 5, 6)
    assert is_drawn_down(shared, 5, 6)
    back = shared._replace(limit_restored=10)
    assert is_drawn_down(back, 5, 14)
    assert not is_drawn_down(back, 5, 15)
    assert [limit_left(1000, 400), limit_left(1000, 1400), limit_left(-1, 400)] == [600, 0, -1]
    assert [refund_due(1500, 1400, 1000), refund_due(1500, 1400, -1), refund_due(900, 1400, 1000)] == [1000, 1400, 900]


def test_money_at_the_largest_values_is_what_python_counts() -> None:
    """The rules run on 64 bits; at the largest values that a scenario may hold they must agree with plain integers."""
    held = 10**10 * 60 * 365 * DAY  # a hundred million for sixty years
    for rate in (1_000_000, 120_000, 10):
        for cent_minutes in (held, held - 12_345, 12_345):
            days = (cent_minutes + DAY // 2) // DAY
            exact = (days * rate * 2 + 365 * 1_000_000) // (2 * 365 * 1_000_000)
            assert capital_cost(np.array([cent_minutes]), rate).tolist() == [exact]
    value, units = 10 * 1_000_000, 10_000_000  # ten million units at 10.00
    received = np.array([3650 * DAY * 6])
    for late_rate in (10**14, 10**9, 1, 0):
        fallen = min((late_rate * (int(received[0]) - 5) + DAY // 2) // DAY, value)
        exact = (fallen * units + 5000) // 10_000
        assert lateness_cost(np.array([units]), received, 5, late_rate, value, 0).tolist() == [exact]


def test_moved_dates_and_shared_fees() -> None:
    assert extension_from(now=36, asked=14, ship_date=30) == 8
    assert written_off_at(now=5, ship_date=30, after=90) == 120
    assert written_off_at(now=200, ship_date=30, after=90) == 200
    assert [is_tightened(switching_start()), is_tightened(switching_start(tightened_first=True))] == [False, True]
    assert [inspection_fee(100, 0, False), inspection_fee(100, 1, False), inspection_fee(100, 1, True)] == [100, 0, 100]
