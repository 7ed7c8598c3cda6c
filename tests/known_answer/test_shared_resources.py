"""What the orders of a plan share: production slots, inspectors, and the buyer's attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stories import INSPECTED, MAKER, NEGOTIATED, at, days, order_of, tell

if TYPE_CHECKING:
    from pathlib import Path

TWO = [order_of("a", 500), order_of("b", 500)]
PATIENT = {f"{MAKER}.promised_days": 200}
SLOTS = f"{MAKER}.parallel_orders"
BOTH = ("a", "b")


# ------------------------------------------------------------------------------------ production slots


@pytest.mark.parametrize(("slots", "shipped"), [(1, [at(20), at(40)]), (2, [at(20), at(20)])])
def test_two_orders_and_the_slots(tmp_path: Path, slots: int, shipped: list[int]) -> None:
    """Given two orders of twenty days each: with one slot, the second begins when the first is finished."""
    story = tell(tmp_path, {**PATIENT, SLOTS: slots}, TWO)
    assert [story.order(name).shipped for name in BOTH] == shipped
    assert story.minute("PRODUCTION_STARTED", "b") == shipped[1] - at(20)


def test_a_slot_goes_to_who_came_first(tmp_path: Path) -> None:
    """Given three orders of twenty days, placed on days 2, 1 and 0: made in the order of placing."""
    orders = [order_of(name, 300, start={"day": day}) for name, day in (("a", 2), ("b", 1), ("c", 0))]
    story = tell(tmp_path, {**PATIENT, SLOTS: 1}, orders)
    assert [story.order(name).shipped for name in ("a", "b", "c")] == [at(60), at(40), at(20)]


def test_suppliers_have_slots_of_their_own(tmp_path: Path) -> None:
    changes = {**PATIENT, SLOTS: 1, "suppliers.other": {"extends": "maker"}}
    story = tell(tmp_path, changes, [order_of("a", 500), order_of("b", 500, "other")])
    assert [story.order(name).shipped for name in BOTH] == [at(20), at(20)]


def test_one_firm_under_two_names_has_one_set_of_slots(tmp_path: Path) -> None:
    changes = {**PATIENT, SLOTS: 1, "suppliers.other": {"extends": "maker", "identity": "maker"}}
    story = tell(tmp_path, changes, [order_of("a", 500), order_of("b", 500, "other")])
    assert [story.order(name).shipped for name in BOTH] == [at(20), at(40)]


def test_an_order_ended_by_refund_frees_its_slot(tmp_path: Path) -> None:
    """Given 100 days of production: the first order is ended on day 38, and the second, placed on day 20, begins."""
    orders = [order_of("a", 500), order_of("b", 500, start={"day": 20})]
    story = tell(tmp_path, {SLOTS: 1, f"{MAKER}.production_days": 100}, orders)
    assert story.minute("ORDER_ENDED_BY_REFUND") == at(38)
    assert story.minute("PRODUCTION_STARTED", "b") == at(38)


def test_an_order_that_waits_for_a_slot_can_be_ended_too(tmp_path: Path) -> None:
    """Given a second order that has no slot by its ship date: disputed on day 30, ended on 38; the first goes on.

    By hand: the first takes fifty days and is promised for day 200, the second, of another name, for day 30.
    """
    changes = {
        **PATIENT,
        SLOTS: 1,
        f"{MAKER}.production_days": 50,
        "suppliers.other": {"extends": "maker", "identity": "maker", "promised_days": 30},
    }
    story = tell(tmp_path, changes, [order_of("a", 500), order_of("b", 500, "other")])
    assert "PRODUCTION_STARTED" not in story.names("b")
    assert story.minute("ORDER_ENDED_BY_REFUND", "b") == at(38)
    assert story.order("a").shipped == at(50)


# ------------------------------------------------------------------------------------ inspectors


@pytest.mark.parametrize(("inspectors", "shipped"), [(1, [at(23), at(26)]), (2, [at(23), at(23)])])
def test_two_lots_and_the_inspectors(tmp_path: Path, inspectors: int, shipped: list[int]) -> None:
    """Given two lots finished on day 20 and three days for each: one inspector sees one after the other."""
    psi = {**INSPECTED, "man_days": 3, "inspectors": inspectors}
    orders = [order_of(name, 500, inspections=["psi"]) for name in BOTH]
    story = tell(tmp_path, {**PATIENT, "inspections.psi": psi}, orders)
    assert [story.order(name).shipped for name in BOTH] == shipped


def test_two_kinds_of_inspection_have_inspectors_of_their_own(tmp_path: Path) -> None:
    psi = {**INSPECTED, "man_days": 3}
    orders = [order_of("a", 500, inspections=["psi"]), order_of("b", 500, inspections=["other"])]
    story = tell(tmp_path, {**PATIENT, "inspections": {"psi": psi, "other": psi}}, orders)
    assert [story.order(name).shipped for name in BOTH] == [at(23), at(23)]


def test_inspectors_are_booked_and_work_on_the_suppliers_working_days(tmp_path: Path) -> None:
    """Given a lot finished on day 18, Friday 20 March 2026; two working days of booking and one of inspection.

    By hand: Friday and Monday 23 are the booking, Tuesday 24 the inspection; over with the 25th, day 23.
    """
    psi = {**INSPECTED, "man_days": 1, "booking_days": {"dist": "constant", "value": 2, "working": True}}
    changes = {f"{MAKER}.calendar": None, f"{MAKER}.production_days": 18, "inspections.psi": psi}
    story = tell(tmp_path, changes, [order_of(inspections=["psi"])])
    assert story.order().shipped == at(23)


# ------------------------------------------------------------------------------------ the buyer's attention

DEFECTIVE = {f"{MAKER}.defects.major": 0.1}
PEOPLE = "buyer.disputes_at_once"


@pytest.mark.parametrize(
    ("people", "reply", "answers", "ends"),
    [
        (1, 4, [at(41), None], ["AWARDED", "CANCELLED"]),  # the second would be answered on day 45
        (2, 4, [at(41), at(41)], ["AWARDED", "AWARDED"]),
        (1, 3.5, [at(40.5), at(44)], ["AWARDED", "AWARDED"]),  # just on the seventh day
        (1, days(3.5, 1), [at(40.5, 1), None], ["AWARDED", "CANCELLED"]),
    ],
)
def test_the_second_reply_waits(
    tmp_path: Path, people: int, reply: float, answers: list[int | None], ends: list[str]
) -> None:
    """Given two offers on day 37, both to be answered by day 44.

    By hand: whoever answers the first is free after the reply's time; the second reply is over after twice that, and
    a claim that is not answered by day 44 is cancelled by itself.
    """
    changes = {**DEFECTIVE, **NEGOTIATED, PEOPLE: people, "buyer.reply_days": reply}
    story = tell(tmp_path, changes, TWO)
    first = [story.minutes("BUYER_INSISTED", name) for name in BOTH]
    assert [minutes[0] if minutes else None for minutes in first] == answers
    assert [story.dispute_end(name) for name in BOTH] == ends
    if answers[1] is None:
        assert story.minute("BUYER_SILENT", "b") == at(44)


def test_evidence_waits_for_attention_too(tmp_path: Path) -> None:
    """Given two disputes escalated on day 39, evidence due by day 46, four days of work for each, one person.

    By hand: the first evidence is in on day 43, the second would be on 47: missed.
    """
    story = tell(tmp_path, {**DEFECTIVE, "buyer.evidence_days": 4}, TWO)
    assert story.minute("EVIDENCE_CLOSED", "a") == at(43)
    assert story.minute("BUYER_MISSED_EVIDENCE", "b") == at(46)
    both = tell(tmp_path, {**DEFECTIVE, "buyer.evidence_days": 4, PEOPLE: 2}, TWO)
    assert [both.minute("EVIDENCE_CLOSED", name) for name in BOTH] == [at(43), at(43)]


def test_evidence_that_is_late_keeps_its_person_busy_until_the_deadline(tmp_path: Path) -> None:
    """Given work of ten days, given up on day 46: the other evidence, begun then, is too late in its first minute."""
    story = tell(tmp_path, {**DEFECTIVE, "buyer.evidence_days": 10}, TWO)
    assert [story.minute("BUYER_MISSED_EVIDENCE", name) for name in BOTH] == [at(46), at(46)]


def test_a_withdrawn_dispute_frees_its_person(tmp_path: Path) -> None:
    """Given a late order whose goods leave while its evidence is prepared: the other evidence begins at once.

    By hand: both disputes are opened on day 30 and escalated on 34; the first order's goods leave on day 36, and the
    second's evidence, three days of work, is in on day 39 (deadline: five working days from Sunday 5 April, and Monday
    6 April is a holiday: 7, 8, 9, 10, 13 April, so day 43).
    """
    changes = {
        f"{MAKER}.production_days": 36,
        "buyer.evidence_days": 3,
        "suppliers.other": {"extends": "maker", "production_days": 100},
    }
    story = tell(tmp_path, changes, [order_of("a", 500), order_of("b", 500, "other")])
    assert story.minute("GOODS_SHIPPED_IN_DISPUTE") == at(36)
    assert story.minute("EVIDENCE_CLOSED", "b") == at(39)
