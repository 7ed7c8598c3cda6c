"""Every deadline of the calendar by hand, pack by pack; the working days run over China's national holiday.

The order of 1,000 units is placed on Monday 2 March 2026 and promised for day 30; all limits are those of the packs'
own files. A limit is the last moment that is in time; the last safe day is the last whole day before it; a day of
margin is kept before that.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from sim.errors import InputError
from sim.scenario import load_scenario
from sim.studies.agenda import Agenda, agenda_of, date_read
from tests.stories import MAKER, scenario_tree

if TYPE_CHECKING:
    from pathlib import Path

    from sim.studies.agenda import ActDay

GUIDE = "alibaba-trade-assurance-2023"
FAQ = "alibaba-trade-assurance-faq"
PAYPAL = "paypal-goods-and-services"
ESCROW = "escrow"
BANK = "bank-transfer-unprotected"


def agenda(folder: Path, pack: str = GUIDE, changes: dict[str, Any] | None = None, **known: str) -> Agenda:
    """The agenda of the plain story under a pack, with dates that are known."""
    file = folder / "story.yaml"
    tree = scenario_tree({"protection": pack, **(changes or {})})
    file.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    given = {name: date_read(name, text) for name, text in known.items()}
    return agenda_of(load_scenario(file), given=given, replications=100)


def the(found: Agenda, key: str) -> ActDay:
    (day,) = (day for day in found.days if day.key == key and not day.if_disputed)
    return day


def keys(found: Agenda) -> list[str]:
    return [day.key for day in found.days if not day.if_disputed]


def told(day: ActDay) -> tuple[str, str, str]:
    """When to do it, the last safe day, and the limit."""
    assert day.last_day is not None
    assert day.limit is not None
    return day.day.isoformat(), day.last_day.isoformat(), day.limit.isoformat(timespec="minutes")


# ------------------------------------------------------------------------------------------------ the claim window


@pytest.mark.parametrize(
    ("pack", "received", "expected"),
    [
        # 26 May + 30 days = 25 June, at the same time of day; of a bare date the start of the day counts
        (GUIDE, "2026-05-26", ("2026-06-23", "2026-06-24", "2026-06-25T00:00")),
        (GUIDE, "2026-05-26T14:30", ("2026-06-23", "2026-06-24", "2026-06-25T14:30")),
        (FAQ, "2026-05-26T23:59", ("2026-06-23", "2026-06-24", "2026-06-25T23:59")),
        (ESCROW, "2026-05-26T00:00", ("2026-06-23", "2026-06-24", "2026-06-25T00:00")),
        # 180 days from the order, placed on 2 March: 29 days of March are left, then 30 + 31 + 30 + 31 = 151, so the
        # 180th day after 2 March is 29 August
        (PAYPAL, "2026-05-26T14:30", ("2026-08-27", "2026-08-28", "2026-08-29T00:00")),
    ],
)
def test_the_claim_window(tmp_path: Path, pack: str, received: str, expected: tuple[str, str, str]) -> None:
    found = agenda(tmp_path, pack, placed="2026-03-02", received=received)
    assert told(the(found, "claim_window")) == expected


def test_a_rule_that_the_scenario_overrides_counts(tmp_path: Path) -> None:
    changes = {"protection_overrides.claim_window": {"value": 45, "source": "written into our contract"}}
    day = the(agenda(tmp_path, GUIDE, changes, received="2026-05-26"), "claim_window")
    assert told(day)[2] == "2026-07-10T00:00"
    (reason,) = day.reasons
    assert str(reason) == "claim_window 45 days from goods received (scenario)"
    assert reason.publication == "written into our contract"


# ------------------------------------------------------------------------------------------------ shipping


def test_the_ship_date_and_lateness(tmp_path: Path) -> None:
    """Placed some time on 2 March, promised for 30 days: due on 1 April, surely late on 2 April, given up 90 later."""
    found = agenda(tmp_path)
    assert set(keys(found)) == {"placed", "ship_date", "received", "late_claim", "claim_window", "write_off"}
    assert the(found, "placed").day.isoformat() == "2026-03-02"
    assert the(found, "ship_date").day.isoformat() == "2026-04-01"
    assert the(found, "late_claim").day.isoformat() == "2026-04-02"
    assert the(found, "write_off").day.isoformat() == "2026-06-30"
    assert "ask for a new ship date first" in the(found, "late_claim").task


def test_lateness_to_the_minute(tmp_path: Path) -> None:
    found = agenda(tmp_path, placed="2026-03-04T09:15")
    late = the(found, "late_claim")
    assert late.moment is not None
    assert late.moment.isoformat(timespec="minutes") == "2026-04-03T09:15"
    assert late.day.isoformat() == "2026-04-03"


def test_a_ship_date_that_was_agreed(tmp_path: Path) -> None:
    """By the guide an agreed date is the contract's; by PayPal's clause agreeing gives nothing away."""
    known = {"placed": "2026-03-02T00:00", "ship_date": "2026-04-20T00:00"}
    assert the(agenda(tmp_path, GUIDE, None, **known), "late_claim").day.isoformat() == "2026-04-20"
    assert the(agenda(tmp_path, PAYPAL, None, **known), "late_claim").day.isoformat() == "2026-04-01"
    assert "new ship date first" not in the(agenda(tmp_path, PAYPAL, None, **known), "late_claim").task


def test_arrival_follows_from_what_is_known(tmp_path: Path) -> None:
    """Made in 20 days and ten days on the way, always: expected on 1 April; shipped on 7 April: on the 17th."""
    assert the(agenda(tmp_path), "received").day.isoformat() == "2026-04-01"
    assert the(agenda(tmp_path, shipped="2026-04-07"), "received").day.isoformat() == "2026-04-17"
    window = the(agenda(tmp_path, shipped="2026-04-07"), "claim_window")
    assert window.is_expected
    assert window.day.isoformat() == "2026-05-15"  # 17 April + 30 days = 17 May, two days before


# ------------------------------------------------------------------------------------------------ the dispute


DEFECTIVE = {f"{MAKER}.defects.major": 0.1}
OPENED = {"placed": "2026-03-02", "received": "2026-09-01", "dispute_opened": "2026-09-10T14:30"}


def test_a_dispute_without_an_answer_by_the_guide(tmp_path: Path) -> None:
    """Opened on 10 September, 14:30: 4 days, 7 days, 30 days later; five working days from the 17th.

    Thursday the 17th at 14:30: the rest of Thursday, Friday 18, Sunday 20 (worked for the holiday), Monday 21,
    Tuesday 22 and what is left on Wednesday 23, 14:30.
    """
    found = agenda(tmp_path, GUIDE, DEFECTIVE, **OPENED)
    assert the(found, "escalation_opens").moment == datetime.fromisoformat("2026-09-14T14:30")
    assert the(found, "supplier_silence").moment == datetime.fromisoformat("2026-09-17T14:30")
    assert the(found, "negotiation_limit").moment == datetime.fromisoformat("2026-10-10T14:30")
    assert told(the(found, "evidence")) == ("2026-09-21", "2026-09-22", "2026-09-23T14:30")
    assert "claim_window" not in keys(found)
    assert found.next_day is not None
    assert found.next_day.key == "escalation_opens"


def test_an_offer_to_be_answered_by_the_guide(tmp_path: Path) -> None:
    """An offer of Sunday 13 September, some time: answered before the start of the 20th."""
    found = agenda(tmp_path, GUIDE, DEFECTIVE, **OPENED, supplier_answered="2026-09-13")
    assert told(the(found, "buyer_silence")) == ("2026-09-18", "2026-09-19", "2026-09-20T00:00")
    assert "cancels the claim" in the(found, "buyer_silence").task
    assert "escalation_opens" not in keys(found)
    assert "supplier_silence" not in keys(found)


def test_evidence_of_a_buyer_who_has_an_offer_to_answer(tmp_path: Path) -> None:
    """Silence would cancel the claim; answered and unsettled it comes before the platform on 10 October, 30 days on."""
    found = agenda(tmp_path, GUIDE, DEFECTIVE, **OPENED, supplier_answered="2026-09-13")
    evidence = the(found, "evidence")
    assert "if you answer, and nothing is agreed by Sat 10 Oct 2026" in evidence.task
    assert evidence.last_day is not None
    assert found.days.index(evidence) > found.days.index(the(found, "buyer_silence"))
    # five working days of the platform after Saturday the 10th: the limit is within the 16th, so the 15th is safe
    assert evidence.last_day == date(2026, 10, 15)


def test_a_silence_counted_from_the_opening(tmp_path: Path) -> None:
    """The variant of the 2023 pack: opened on the 10th, an offer of the 13th has to be answered by the 17th."""
    changes = {**DEFECTIVE, "protection_overrides.buyer_silence": {"value": 7, "clock": "opened"}}
    found = agenda(tmp_path, GUIDE, changes, **OPENED, supplier_answered="2026-09-13T08:00")
    assert told(the(found, "buyer_silence"))[2] == "2026-09-17T14:30"


def test_the_suppliers_turn_again(tmp_path: Path) -> None:
    """Turned down on the 15th, 10:00: seven days from there; the right of a dispute without an answer is gone."""
    known = {**OPENED, "supplier_answered": "2026-09-13", "buyer_answered": "2026-09-15T10:00"}
    found = agenda(tmp_path, GUIDE, DEFECTIVE, **known)
    assert the(found, "supplier_silence").moment == datetime.fromisoformat("2026-09-22T10:00")
    assert "escalation_opens" not in keys(found)
    assert "buyer_silence" not in keys(found)


@pytest.mark.parametrize(
    ("escalated", "expected"),
    [
        # Tuesday 29 September, from its start: 29, 30; the holiday is 1 to 7 October; 8, 9, and Saturday 10, which is
        # worked for it: the fifth working day ends with the 10th
        ("2026-09-29", ("2026-10-09", "2026-10-10", "2026-10-11T00:00")),
        # from 16:00 on, five whole working days later: 30, 8, 9, 10, and on Monday 12 until 16:00
        ("2026-09-29T16:00", ("2026-10-10", "2026-10-11", "2026-10-12T16:00")),
        # in the holiday nothing counts: 8, 9, 10, 12, 13
        ("2026-10-03", ("2026-10-12", "2026-10-13", "2026-10-14T00:00")),
    ],
)
def test_evidence_over_the_national_holiday(tmp_path: Path, escalated: str, expected: tuple[str, str, str]) -> None:
    known = {**OPENED, "dispute_opened": "2026-09-20", "escalated": escalated}
    found = agenda(tmp_path, GUIDE, {**DEFECTIVE, "protection_overrides.supplier_silence": None}, **known)
    assert told(the(found, "evidence")) == expected
    assert "negotiation_limit" not in keys(found)


def test_evidence_over_the_new_year(tmp_path: Path) -> None:
    """Thursday 12 February 2026, from its start: 12, 13, 14 (worked), the New Year from 15 to 23, then 24 and 25."""
    known = {"placed": "2025-11-03", "received": "2026-02-01", "dispute_opened": "2026-02-08"}
    found = agenda(tmp_path, GUIDE, DEFECTIVE, **known, escalated="2026-02-12")
    assert told(the(found, "evidence"))[1:] == ("2026-02-25", "2026-02-26T00:00")


def test_the_help_pages_of_the_platform(tmp_path: Path) -> None:
    """Eight days to negotiate, and no limit of the supplier's silence: the platform steps in on the 18th."""
    found = agenda(tmp_path, FAQ, DEFECTIVE, **OPENED)
    assert the(found, "escalation_opens").moment == datetime.fromisoformat("2026-09-14T14:30")
    assert the(found, "negotiation_limit").moment == datetime.fromisoformat("2026-09-18T14:30")
    assert "supplier_silence" not in keys(found)
    # an offer on the 13th would leave until the 20th, but the negotiation ends before
    offered = agenda(tmp_path, FAQ, DEFECTIVE, **OPENED, supplier_answered="2026-09-13")
    assert "buyer_silence" not in keys(offered)
    assert the(offered, "negotiation_limit").task.startswith("Answer the supplier's proposal before")


def test_paypal_lapses_unless_the_buyer_escalates(tmp_path: Path) -> None:
    """20 days from 10 September, 14:30; an offer of the 13th is answered within ten days; evidence takes ten days."""
    found = agenda(tmp_path, PAYPAL, DEFECTIVE, **{**OPENED, "placed": "2026-06-01"})
    assert told(the(found, "negotiation_limit")) == ("2026-09-28", "2026-09-29", "2026-09-30T14:30")
    assert the(found, "escalation_opens").moment == datetime.fromisoformat("2026-09-10T14:30")
    assert "evidence" not in keys(found)
    known = {**OPENED, "placed": "2026-06-01", "supplier_answered": "2026-09-13T06:00"}
    assert told(the(agenda(tmp_path, PAYPAL, DEFECTIVE, **known), "buyer_silence"))[2] == "2026-09-23T06:00"
    escalated = agenda(tmp_path, PAYPAL, DEFECTIVE, **known, escalated="2026-09-20T06:00")
    assert told(the(escalated, "evidence"))[2] == "2026-09-30T06:00"


def test_escrow(tmp_path: Path) -> None:
    """14 days to negotiate, then 14 days in which arbitration has to be begun."""
    found = agenda(tmp_path, ESCROW, DEFECTIVE, **OPENED)
    assert keys(found)[:1] == ["negotiation_limit"]
    assert the(found, "negotiation_limit").moment == datetime.fromisoformat("2026-09-24T14:30")
    assert told(the(found, "evidence"))[2] == "2026-10-08T14:30"


# ------------------------------------------------------------------------------------------------ not covered


def test_no_protection_no_deadline(tmp_path: Path) -> None:
    found = agenda(tmp_path, BANK, DEFECTIVE, received="2026-05-26")
    assert keys(found) == ["check"]
    assert not any(day.limit for day in found.days)
    assert "covers neither late shipment nor quality" in found.notes[0]


def test_paid_off_the_platform(tmp_path: Path) -> None:
    found = agenda(tmp_path, GUIDE, {**DEFECTIVE, f"{MAKER}.payment.through": "direct"})
    assert set(keys(found)) == {"placed", "ship_date", "received", "check", "write_off"}
    assert "paid to maker directly" in found.notes[0]


def test_goods_made_to_order_under_paypal(tmp_path: Path) -> None:
    found = agenda(tmp_path, PAYPAL, {**DEFECTIVE, "contract.custom_made": True})
    assert "late_claim" in keys(found)
    assert "claim_window" not in keys(found)
    assert "does not cover the quality of goods made to order" in found.notes[0]


# ------------------------------------------------------------------------------------------------ too late


@pytest.mark.parametrize(
    ("received", "opened", "late"),
    [
        ("2026-05-26", "2026-06-26", "1 day"),
        ("2026-05-26", "2026-06-28", "3 days"),
        ("2026-05-26T10:00", "2026-06-25T10:01", "1 min"),
        ("2026-05-26T10:00", "2026-06-25T12:30", "2 h 30 min"),
    ],
)
def test_a_dispute_too_late(tmp_path: Path, received: str, opened: str, late: str) -> None:
    with pytest.raises(InputError, match=f"had closed on Thu 25 Jun 2026: too late by {late}\n"):
        agenda(tmp_path, GUIDE, DEFECTIVE, received=received, dispute_opened=opened)


def test_a_dispute_in_its_last_minute_is_in_time(tmp_path: Path) -> None:
    found = agenda(tmp_path, GUIDE, DEFECTIVE, received="2026-05-26T10:00", dispute_opened="2026-06-25T10:00")
    assert "escalation_opens" in keys(found)
    assert not any("hour decides" in note for note in found.notes)


def test_a_dispute_on_the_last_day_may_be_too_late(tmp_path: Path) -> None:
    found = agenda(tmp_path, GUIDE, DEFECTIVE, received="2026-05-26", dispute_opened="2026-06-25")
    assert any("hour decides" in note for note in found.notes)


def test_an_answer_too_late(tmp_path: Path) -> None:
    known = {**OPENED, "supplier_answered": "2026-09-11", "buyer_answered": "2026-09-20"}
    found = agenda(tmp_path, GUIDE, DEFECTIVE, **known)
    assert "after the limit of Fri 18 Sep 2026: by the rules the claim counts as cancelled" in found.notes[0]


def test_an_escalation_after_the_platform_had_stepped_in(tmp_path: Path) -> None:
    """Nobody answered the dispute of 10 September: before the platform since the 17th, not since the 29th."""
    found = agenda(tmp_path, GUIDE, DEFECTIVE, **OPENED, escalated="2026-09-29")
    assert told(the(found, "evidence"))[2] == "2026-09-23T14:30"
    assert "had stepped in by itself on Thu 17 Sep 2026" in found.notes[0]
    answered = agenda(tmp_path, GUIDE, DEFECTIVE, **OPENED, supplier_answered="2026-09-26", escalated="2026-09-29")
    assert told(the(answered, "evidence"))[2] == "2026-10-11T00:00"


def test_a_late_dispute_that_shipping_ended_leaves_the_claim_of_quality(tmp_path: Path) -> None:
    known = {"placed": "2026-03-02", "dispute_opened": "2026-04-10", "shipped": "2026-04-20"}
    found = agenda(tmp_path, GUIDE, DEFECTIVE, **known, received="2026-05-26")
    assert told(the(found, "claim_window"))[2] == "2026-06-25T00:00"
    assert any("goods that ship end a dispute over lateness" in note for note in found.notes)
