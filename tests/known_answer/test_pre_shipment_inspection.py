"""The inspection of the finished lot: accepted, rejected, reworked, refused, or taken all the same.

The inspector looks at every unit and accepts 50 major defects; the lot has 100 of them, and rework removes 80 %.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.stories import INSPECTED, MAKER, Story, at, order_of, tell

if TYPE_CHECKING:
    from pathlib import Path

MAJOR = f"{MAKER}.defects.major"
REWORK = f"{MAKER}.rework"


def told(folder: Path, changes: dict[str, Any], **psi: object) -> Story:
    """The story of an order with a pre-shipment inspection."""
    inspection = {"inspections.psi": {**INSPECTED, **psi}}
    return tell(folder, {**inspection, **changes}, [order_of(inspections=["psi"])])


@pytest.mark.parametrize(
    ("defects", "accepted"),
    [
        ({"major": 0.05}, True),  # 50 found, 50 accepted
        ({"major": 0.051}, False),
        ({"critical": 0.001}, False),  # a single critical one rejects
        ({"minor": 0.1}, True),
        ({"minor": 0.101}, False),
    ],
)
def test_acceptance_number(tmp_path: Path, defects: dict[str, float], accepted: bool) -> None:
    """Given acceptance numbers 0, 50 and 100 for critical, major and minor defects."""
    story = told(tmp_path, {f"{MAKER}.defects": defects})
    assert ("LOT_ACCEPTED" in story.names()) == accepted
    assert ("LOT_REJECTED" in story.names()) != accepted
    assert (story.order().inspections, story.order().rejections) == (1, int(not accepted))


def test_sampling_plan_of_the_standard(tmp_path: Path) -> None:
    """Given level II and AQL 2.5 for 1,000 units: letter J, a sample of 80, accept 5; critical: accept 0.

    By hand: with half of the lot defective a sample of 80 holds about 40 and never as few as 5: rejected; the fee is
    that of one day for 80 units at 200 a day.
    """
    sampling = {"standard": "iso2859-1", "level": "II", "aql": {"critical": 0, "major": 2.5, "minor": 4}}
    story = told(tmp_path, {MAJOR: 0.5}, sampling=sampling, man_days="auto", fee_per_man_day=240)
    inspection = story.model.orders[0].variants[0].inspection
    assert inspection is not None
    assert [tuple(plan) for plan in inspection.plans[0]] == [(80, 0), (80, 5), (80, 7)]
    assert story.minute("LOT_REJECTED") == at(21)
    assert story.order().inspection_fees == 24_000


def test_refused_at_once(tmp_path: Path) -> None:
    """Given no rework: refused on day 20, balance unpaid, the deposit claimed back as quality and paid on day 30."""
    story = told(tmp_path, {MAJOR: 0.1})
    assert story.minute("LOT_REFUSED") == story.minute("DISPUTE_OPENED") == at(20)
    assert (story.ground(), story.order().claimed, story.order().balance) == ("QUALITY", 300_000, 0)
    assert story.minute("REFUND_PAID") == at(30)
    assert story.drops == {}
    assert story.loss == {"PURCHASE": -700_000, "MISSING_UNITS": 2_000_000, "REFUNDS": -300_000}


def test_refused_and_nothing_in_writing(tmp_path: Path) -> None:
    """Given a fault that the contract does not speak of: the deposit of 3,000.00 is lost for that reason."""
    story = told(tmp_path, {MAJOR: 0.1, "contract.detail_share": 0})
    assert story.drops == {"NOT_IN_CONTRACT": 300_000}
    assert story.order().closed == at(20)


def test_refused_without_a_deposit(tmp_path: Path) -> None:
    """Given nothing paid in advance: refused, closed, no claim."""
    payment = {"deposit_share": 0, "balance": "after_inspection"}
    story = told(tmp_path, {MAJOR: 0.1, f"{MAKER}.payment": payment})
    assert story.order().disputes == 0
    assert story.total("ground_up") == 0


def test_taken_anyway(tmp_path: Path) -> None:
    """Given a buyer who accepts what failed: shipped with its 100 defects, which are claimed on day 35."""
    story = told(tmp_path, {MAJOR: 0.1}, on_fail={"do": "accept"})
    assert story.minute("LOT_TAKEN_ANYWAY") == story.minute("GOODS_SHIPPED") == at(20)
    assert story.total("recovered") == 100_000


def test_reworked_and_accepted(tmp_path: Path) -> None:
    """Given six days of rework that remove 80 %: 20 defects are left on day 26, and the lot is accepted."""
    rework = {"days": 6, "removes_share": 0.8}
    story = told(tmp_path, {MAJOR: 0.1, REWORK: rework}, on_fail={"do": "rework", "at_most": 2})
    assert (story.minute("REWORK_STARTED"), story.minute("REWORK_FINISHED")) == (at(20), at(26))
    assert story.order().major == 20
    assert story.minute("GOODS_SHIPPED") == at(26)
    assert (story.order().inspections, story.order().rejections) == (2, 1)


@pytest.mark.parametrize(
    ("then", "event", "left"),
    [("refuse", "LOT_REFUSED", 640), ("accept", "LOT_TAKEN_ANYWAY", 640)],
)
def test_reworked_as_often_as_agreed(tmp_path: Path, then: str, event: str, left: int) -> None:
    """Given 1,000 defects, of which each of two reworks removes a fifth: 1,000, 800, 640; three inspections fail."""
    rework = {"days": 2, "removes_share": 0.2}
    story = told(tmp_path, {MAJOR: 1, REWORK: rework}, on_fail={"do": "rework", "at_most": 2, "then": then})
    found = [moment.amount for moment in story.events if moment.event == "LOT_REJECTED"]
    assert found == [1000, 800, 640]
    assert story.minute(event) == at(24)
    assert story.order().major == left


@pytest.mark.parametrize(("then", "event"), [("refuse", "LOT_REFUSED"), ("accept", "LOT_TAKEN_ANYWAY")])
def test_rework_refused(tmp_path: Path, then: str, event: str) -> None:
    """Given a supplier who refuses to rework: what the buyer does with a failed lot follows at once."""
    changes = {MAJOR: 0.1, REWORK: {"refuses_probability": 1}}
    story = told(tmp_path, changes, on_fail={"do": "rework", "at_most": 2, "then": then})
    assert story.minute("REWORK_REFUSED") == story.minute(event) == at(20)
    assert story.order().inspections == 1


@pytest.mark.parametrize(("payer", "fees"), [("supplier", 24_000), ("buyer", 72_000)])
def test_fee_of_the_inspection_after_rework(tmp_path: Path, payer: str, fees: int) -> None:
    """Given three inspections at 240.00: the buyer pays the first, and the others if so agreed."""
    changes = {MAJOR: 1, REWORK: {"removes_share": 0.2}}
    on_fail = {"do": "rework", "at_most": 2}
    story = told(tmp_path, changes, on_fail=on_fail, fee_per_man_day=240, man_days=1, reinspection_paid_by=payer)
    assert story.order().inspections == 3
    assert story.order().inspection_fees == fees


def test_every_round_is_booked_anew(tmp_path: Path) -> None:
    """Given three days to book, one to inspect, six to rework: 20 + 3 + 1 + 6 + 3 + 1 = day 34."""
    changes = {MAJOR: 0.1, REWORK: {"days": 6, "removes_share": 1}, f"{MAKER}.promised_days": 60}
    story = told(tmp_path, changes, on_fail={"do": "rework"}, booking_days=3, man_days=1)
    assert story.minutes("INSPECTION_BOOKED") == [at(20), at(30)]
    assert story.minute("LOT_ACCEPTED") == story.minute("GOODS_SHIPPED") == at(34)


def test_a_blind_inspector_accepts_everything(tmp_path: Path) -> None:
    """Given a detection probability of nought and a lot all defective."""
    story = told(tmp_path, {MAJOR: 1}, detection_probability=0)
    assert "LOT_ACCEPTED" in story.names()


def test_goods_found_conforming_are_not_covered_by_the_help_pages(tmp_path: Path) -> None:
    """Given 40 defects, accepted before shipment; expected: no claim by the help-page pack, 400.00 by the 2023 one."""
    story = told(tmp_path, {MAJOR: 0.04, "protection": "alibaba-trade-assurance-faq"})
    assert story.drops == {"NOT_COVERED": 40_000}
    guide = told(tmp_path, {MAJOR: 0.04})
    assert guide.total("recovered") == 40_000


def test_an_inspection_needs_no_defect_to_cost_its_time(tmp_path: Path) -> None:
    """Given a perfect lot and three days of inspection: shipped on day 23."""
    assert told(tmp_path, {}, man_days=3).order().shipped == at(23)
