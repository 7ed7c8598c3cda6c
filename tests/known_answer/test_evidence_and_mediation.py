"""Evidence, and how a mediator decides.

100 of 1,000 units are defective; opened on day 35, escalated on day 39, which is Friday 10 April 2026. Five working
days of the platform's calendar (CN): Friday, Monday, Tuesday, Wednesday, Thursday; the evidence is due by the end of
Thursday 16 April, that is minute 0 of day 46, seven days after the escalation.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from sim.engines.variates import DISPUTE_STRIDE
from sim.protocol import Ground
from sim.random.purposes import Purpose
from sim.random.uniforms import entity_id, uniform
from sim.rules.mediation import Evidence
from sim.rules.reports import Report
from tests.stories import INSPECTED, MAKER, at, days, model_of, order_of, tell

if TYPE_CHECKING:
    from pathlib import Path

DEFECTIVE: dict[str, Any] = {f"{MAKER}.defects.major": 0.1}
OURS = "buyer.evidence_days"
THEIRS = f"{MAKER}.disputes.evidence_days"


# ------------------------------------------------------------------------------------ the time for evidence


@pytest.mark.parametrize(
    ("ours", "event"),
    [
        (days(7, -1), "EVIDENCE_CLOSED"),
        (days(7), "EVIDENCE_CLOSED"),
        (days(7, 1), "BUYER_MISSED_EVIDENCE"),
    ],
)
def test_buyer_evidence_on_the_fifth_working_day(tmp_path: Path, ours: float, event: str) -> None:
    story = tell(tmp_path, {**DEFECTIVE, OURS: ours})
    assert story.minute(event) == min(at(39) + round(ours * 1440), at(46))
    assert story.total("recovered") == (0 if event == "BUYER_MISSED_EVIDENCE" else 100_000)


@pytest.mark.parametrize(
    ("theirs", "event"),
    [
        (days(7, -1), "EVIDENCE_CLOSED"),
        (days(7), "EVIDENCE_CLOSED"),
        (days(7, 1), "SUPPLIER_MISSED_EVIDENCE"),
    ],
)
def test_supplier_evidence_on_the_fifth_working_day(tmp_path: Path, theirs: float, event: str) -> None:
    story = tell(tmp_path, {**DEFECTIVE, THEIRS: theirs})
    assert story.minute(event) == min(at(39) + round(theirs * 1440), at(46))


def test_evidence_is_closed_when_both_have_given_it(tmp_path: Path) -> None:
    """Given the buyer's after two days and the supplier's after three: closed on day 42, decided on day 45."""
    story = tell(tmp_path, {**DEFECTIVE, OURS: 2, THEIRS: 3})
    assert story.minute("EVIDENCE_CLOSED") == at(42)
    assert story.minute("CLAIM_UPHELD") == at(45)


def test_the_platform_does_not_work_over_chinese_new_year(tmp_path: Path) -> None:
    """Given the order placed on 8 January 2026, and so escalated on 16 February (day 39), inside the holiday.

    By hand: 24, 25, 26, 27 February and Saturday 28, worked to make up for the holiday, are the five working days; the
    last ends with 1 March, day 52.
    """
    story = tell(tmp_path, {**DEFECTIVE, "start": date(2026, 1, 8), OURS: 30, "need.due": 90})
    assert story.minute("BUYER_ESCALATED") == at(39)
    assert story.minute("BUYER_MISSED_EVIDENCE") == at(52)


def test_supplier_evidence_in_its_own_working_days(tmp_path: Path) -> None:
    """Given evidence after two of the supplier's working days from Friday 10 April: at the end of Monday."""
    changes = {
        **DEFECTIVE,
        f"{MAKER}.calendar": None,
        THEIRS: {"dist": "constant", "value": 2, "working": True},
    }
    assert tell(tmp_path, changes).minute("EVIDENCE_CLOSED") == at(43)


# ------------------------------------------------------------------------------------ missed evidence


@pytest.mark.parametrize(
    ("effect", "end", "recovered", "closed"),
    [
        ("cancelled", "EVIDENCE_MISSED", 0, at(46)),
        ("decided_without", "AWARDED", 50_000, at(51)),  # three days to decide, two to pay; half is awarded
    ],
)
def test_buyer_misses_evidence(tmp_path: Path, effect: str, end: str, recovered: int, closed: int) -> None:
    changes = {
        **DEFECTIVE,
        OURS: 20,
        "disputes.award_share": 0.5,
        "protection_overrides.buyer_evidence_missed": effect,
    }
    story = tell(tmp_path, changes)
    assert story.minute("BUYER_MISSED_EVIDENCE") == at(46)
    assert story.dispute_end() == end
    assert story.total("recovered") == recovered
    assert story.order().closed == closed


@pytest.mark.parametrize(
    ("effect", "recovered", "paid"),
    [
        ("upheld", 100_000, at(48)),  # the whole claim, at once; two days to pay
        ("decided_without", 50_000, at(51)),
    ],
)
def test_supplier_misses_evidence(tmp_path: Path, effect: str, recovered: int, paid: int) -> None:
    changes = {
        **DEFECTIVE,
        THEIRS: 20,
        "disputes.award_share": 0.5,
        "protection_overrides.supplier_evidence_missed": effect,
    }
    story = tell(tmp_path, changes)
    assert story.minute("SUPPLIER_MISSED_EVIDENCE") == at(46)
    assert story.total("recovered") == recovered
    assert story.minute("REFUND_PAID") == paid


def test_both_miss_evidence(tmp_path: Path) -> None:
    """Given neither side's evidence; expected: the buyer's own omission counts first."""
    story = tell(tmp_path, {**DEFECTIVE, OURS: 20, THEIRS: 20})
    assert story.minute("BUYER_MISSED_EVIDENCE") == at(46)
    assert story.drops == {"EVIDENCE_MISSED": 100_000}


# ------------------------------------------------------------------------------------ the odds

ODDS: dict[str, Any] = {
    "disputes.uphold_probability": 0.5,
    "disputes.odds": {
        "full_contract_detail": 4,
        "failed_inspection_report": 3,
        "passed_inspection_report": 0.25,
        "messages_off_platform": 0.4,
    },
}
DETAIL = "contract.detail_share"
OFF = {"contract.messages_on_platform": False}
QUALITY, LATE = Ground.QUALITY, Ground.LATE_SHIPMENT


@pytest.mark.parametrize(
    ("changes", "ground", "report", "evidence", "odds"),
    [
        # base odds 0.5 / 0.5 = 1, times 4 for a contract in full detail
        ({}, QUALITY, Report.NONE, Evidence.BOTH, 4),
        ({DETAIL: 0.5}, QUALITY, Report.NONE, Evidence.BOTH, 2),  # half the detail: the square root of 4
        ({DETAIL: 0}, QUALITY, Report.NONE, Evidence.BOTH, 1),
        ({}, QUALITY, Report.FAILED, Evidence.BOTH, 4 * 3),
        ({}, QUALITY, Report.PASSED, Evidence.BOTH, 4 / 4),
        (OFF, QUALITY, Report.NONE, Evidence.BOTH, 4 * 0.4),
        ({**OFF, DETAIL: 0.5}, QUALITY, Report.FAILED, Evidence.BOTH, 2 * 3 * 0.4),
        ({"disputes.uphold_probability": 0.2}, QUALITY, Report.NONE, Evidence.BOTH, 0.25 * 4),
        # the supplier's evidence alone: neither the contract nor the failed report reaches the mediator
        ({}, QUALITY, Report.NONE, Evidence.SUPPLIER_ONLY, 1),
        ({}, QUALITY, Report.FAILED, Evidence.SUPPLIER_ONLY, 1),
        ({}, QUALITY, Report.PASSED, Evidence.SUPPLIER_ONLY, 1 / 4),
        (OFF, QUALITY, Report.PASSED, Evidence.SUPPLIER_ONLY, 0.4 / 4),
        # the buyer's alone: the passed report does not
        ({}, QUALITY, Report.NONE, Evidence.BUYER_ONLY, 4),
        ({}, QUALITY, Report.FAILED, Evidence.BUYER_ONLY, 4 * 3),
        ({}, QUALITY, Report.PASSED, Evidence.BUYER_ONLY, 4),
        # a ship date always is in writing, and a report says nothing of it
        ({}, LATE, Report.NONE, Evidence.BOTH, 4),
        ({DETAIL: 0}, LATE, Report.NONE, Evidence.BOTH, 4),
        ({}, LATE, Report.FAILED, Evidence.BOTH, 4),
        ({}, LATE, Report.PASSED, Evidence.BOTH, 4),
        ({}, LATE, Report.NONE, Evidence.SUPPLIER_ONLY, 1),
        (OFF, LATE, Report.NONE, Evidence.BUYER_ONLY, 4 * 0.4),
    ],
)
def test_odds(
    tmp_path: Path, changes: dict[str, Any], ground: Ground, report: Report, evidence: Evidence, odds: float
) -> None:
    """Odds are multiplied; the probability is odds / (1 + odds)."""
    upheld = model_of(tmp_path, {**ODDS, **changes}).mediation.upheld
    assert upheld[ground][report][evidence] == pytest.approx(odds / (1 + odds), rel=1e-12)


@pytest.mark.parametrize(("base", "probability"), [(0, 0), (1, 1)])
def test_certainty_stays_certain(tmp_path: Path, base: float, probability: float) -> None:
    """No odds ratio moves a claim that is always, or never, upheld."""
    upheld = model_of(tmp_path, {**ODDS, **OFF, "disputes.uphold_probability": base}).mediation.upheld
    assert {chance for table in upheld for row in table for chance in row} == {probability}


# ------------------------------------------------------------------------------------ what the mediator is told

TAKEN_ANYWAY = {**INSPECTED, "on_fail": {"do": "accept"}}
BLIND = {**INSPECTED, "detection_probability": 0}
SILENT = {f"{MAKER}.disputes.silent_probability": 1}
WITHOUT = {"protection_overrides.buyer_evidence_missed": "decided_without"}


@pytest.mark.parametrize(
    ("changes", "inspection", "odds"),
    [
        ({}, None, 4),
        ({}, TAKEN_ANYWAY, 12),  # a failed report
        ({}, BLIND, 1),  # a passed one
        (SILENT, BLIND, 4),  # a passed one that the supplier does not hand in
        ({**WITHOUT, OURS: 20}, TAKEN_ANYWAY, 1),  # a failed one that the buyer does not
        ({**WITHOUT, OURS: 20}, BLIND, 0.25),
        ({**WITHOUT, OURS: 20, THEIRS: 20}, BLIND, 1),  # nobody hands in anything: the base odds
        (OFF, None, 1.6),
    ],
)
def test_the_mediator_decides_by_what_it_was_told(
    tmp_path: Path, changes: dict[str, Any], inspection: dict[str, Any] | None, odds: float
) -> None:
    """Each claim is upheld just when its own draw lies below the probability worked out by hand."""
    inspections = {} if inspection is None else {"inspections.psi": inspection}
    order = order_of(inspections=list(inspections and ["psi"]))
    story = tell(tmp_path, {**DEFECTIVE, **ODDS, **inspections, **changes}, [order], replications=range(40))
    draws = [uniform(1, replication, entity_id("maker/0"), Purpose.UPHELD, DISPUTE_STRIDE) for replication in range(40)]
    recovered = story.outcomes.replications["recovered"].tolist()
    assert recovered == [100_000 if draw < odds / (1 + odds) else 0 for draw in draws]
