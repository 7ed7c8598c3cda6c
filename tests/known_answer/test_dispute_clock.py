"""Who must move by when in a dispute, to the minute; a moment exactly on a limit is in time.

100 of 1,000 units are defective, and the dispute is opened on day 35. By the 2023 pack the buyer may escalate on day 39
(4 days) if nothing has been heard; silence counts after 7 days; the platform steps in on day 65 (30 days).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.stories import MAKER, NEGOTIATED, Story, at, days, tell

if TYPE_CHECKING:
    from pathlib import Path

DEFECTIVE = {f"{MAKER}.defects.major": 0.1}
SUPPLIER = f"{MAKER}.disputes"


def next_of(story: Story, event: str) -> tuple[str, int]:
    """The first event after one, and its minute."""
    names = story.names()
    moment = story.events[names.index(event) + 1]
    return moment.event, moment.minute


# ------------------------------------------------------------------------------------ the supplier's answer


@pytest.mark.parametrize(
    ("reply", "event", "minute"),
    [
        (days(7, -1), "SUPPLIER_OFFERED", at(42, -1)),
        (days(7), "SUPPLIER_OFFERED", at(42)),
        (days(7, 1), "SUPPLIER_SILENT", at(42)),
    ],
)
def test_supplier_silent_on_day_7(tmp_path: Path, reply: float, event: str, minute: int) -> None:
    """Given a buyer who does not escalate; expected: silence escalates by itself once the seventh day is over."""
    story = tell(tmp_path, {**DEFECTIVE, "buyer.escalates_unanswered": False, f"{SUPPLIER}.reply_days": reply})
    assert next_of(story, "DISPUTE_OPENED") == (event, minute)


def test_supplier_never_answers(tmp_path: Path) -> None:
    """Given a supplier who never answers; expected: escalated on day 42, and no evidence from it."""
    changes = {**DEFECTIVE, "buyer.escalates_unanswered": False, f"{SUPPLIER}.silent_probability": 1}
    story = tell(tmp_path, changes)
    assert story.minute("SUPPLIER_SILENT") == at(42)
    assert "SUPPLIER_MISSED_EVIDENCE" in story.names()


def test_supplier_silence_runs_from_the_last_proposal(tmp_path: Path) -> None:
    """Given answers after six days and replies after one: offers on days 41, 48, 55, 62, and nobody was ever silent."""
    changes = {**DEFECTIVE, "buyer.escalates_unanswered": False, f"{SUPPLIER}.reply_days": 6}
    story = tell(tmp_path, changes)
    assert story.minutes("SUPPLIER_OFFERED") == [at(41), at(48), at(55), at(62)]
    assert story.minute("NEGOTIATION_ENDED") == at(65)


# ------------------------------------------------------------------------------------ day 4


@pytest.mark.parametrize(
    ("reply", "event", "minute"),
    [
        (days(4, -1), "SUPPLIER_OFFERED", at(39, -1)),
        (days(4), "SUPPLIER_OFFERED", at(39)),  # an answer on day 4 itself is an answer
        (days(4, 1), "BUYER_ESCALATED", at(39)),
    ],
)
def test_escalation_on_day_4(tmp_path: Path, reply: float, event: str, minute: int) -> None:
    """Given a buyer who escalates as soon as the right opens, and a supplier about to answer."""
    story = tell(tmp_path, {**DEFECTIVE, f"{SUPPLIER}.reply_days": reply})
    assert next_of(story, "DISPUTE_OPENED") == (event, minute)


def test_escalation_on_day_4_not_taken(tmp_path: Path) -> None:
    """Given a buyer who leaves the right unused; expected: the answer of day 5 is heard."""
    changes = {**DEFECTIVE, "buyer.escalates_unanswered": False, f"{SUPPLIER}.reply_days": 5}
    assert next_of(tell(tmp_path, changes), "DISPUTE_OPENED") == ("SUPPLIER_OFFERED", at(40))


def test_the_right_to_escalate_ends_with_the_first_answer(tmp_path: Path) -> None:
    """Given answers after three days: offers on days 38 and 42, although day 39 has passed meanwhile."""
    story = tell(tmp_path, {**DEFECTIVE, f"{SUPPLIER}.reply_days": 3})
    assert story.minutes("SUPPLIER_OFFERED")[:2] == [at(38), at(42)]
    assert "BUYER_ESCALATED" not in story.names()


# ------------------------------------------------------------------------------------ the buyer's answer


@pytest.mark.parametrize(
    ("reply", "event", "minute"),
    [
        (days(7, -1), "BUYER_INSISTED", at(44, -1)),
        (days(7), "BUYER_INSISTED", at(44)),
        (days(7, 1), "BUYER_SILENT", at(44)),
    ],
)
def test_buyer_silent_on_day_7(tmp_path: Path, reply: float, event: str, minute: int) -> None:
    """Given an offer on day 37; expected: silence cancels the claim seven days after it, and nothing is recovered."""
    story = tell(tmp_path, {**DEFECTIVE, **NEGOTIATED, "buyer.reply_days": reply})
    assert next_of(story, "SUPPLIER_OFFERED") == (event, minute)
    if event == "BUYER_SILENT":
        assert story.dispute_end() == "CANCELLED"
        assert story.total("recovered") == 0
        assert story.order().closed == minute
    else:
        assert story.total("recovered") == 100_000


@pytest.mark.parametrize(
    ("reply", "event", "minute"),
    [
        (days(5), "BUYER_INSISTED", at(42)),
        (days(5, 1), "BUYER_SILENT", at(42)),
    ],
)
def test_buyer_silence_counted_from_the_opening(tmp_path: Path, reply: float, event: str, minute: int) -> None:
    """The variant of the 2023 pack: the seven days run from the opening, so an offer of day 37 leaves five."""
    variant = {"value": 7, "clock": "opened"}
    changes = {**DEFECTIVE, **NEGOTIATED, "buyer.reply_days": reply, "protection_overrides.buyer_silence": variant}
    assert next_of(tell(tmp_path, changes), "SUPPLIER_OFFERED") == (event, minute)


def test_buyer_silence_that_escalates(tmp_path: Path) -> None:
    """Given a pack in which the buyer's silence escalates: evidence after a day, decided on day 44 + 1 + 3."""
    changes = {
        **DEFECTIVE,
        **NEGOTIATED,
        "buyer.reply_days": 8,
        "protection_overrides.buyer_silence_effect": "escalated",
    }
    story = tell(tmp_path, changes)
    assert story.minute("BUYER_SILENT") == at(44)
    assert story.minute("CLAIM_UPHELD") == at(48)


@pytest.mark.parametrize(
    ("offer", "answer"),
    [(0.6, "BUYER_ACCEPTED"), (0.599999, "BUYER_INSISTED")],
)
def test_buyer_accepts_from_its_own_share(tmp_path: Path, offer: float, answer: str) -> None:
    """Given a buyer who settles at 60 % or more, and an offer of that or a millionth less."""
    story = tell(tmp_path, {**DEFECTIVE, **NEGOTIATED, f"{SUPPLIER}.opening_offer_share": offer})
    assert next_of(story, "SUPPLIER_OFFERED")[0] == answer


# ------------------------------------------------------------------------------------ day 30


@pytest.mark.parametrize(
    ("reply", "offers"),
    [
        (days(5.2), [at(40.2), at(46.4), at(52.6), at(58.8), at(65)]),  # the fifth offer comes on day 30 itself
        (days(5.2, 1), [at(40.2, 1), at(46.4, 2), at(52.6, 3), at(58.8, 4)]),
    ],
)
def test_platform_steps_in_on_day_30(tmp_path: Path, reply: float, offers: list[int]) -> None:
    """Given offers of nothing and a buyer who insists after a day; expected: the platform steps in on day 65."""
    changes = {**DEFECTIVE, **NEGOTIATED, f"{SUPPLIER}.reply_days": reply, "buyer.reply_days": 1}
    story = tell(tmp_path, changes)
    assert story.minutes("SUPPLIER_OFFERED") == offers
    assert story.minute("NEGOTIATION_ENDED") == at(65)
    assert story.minute("CLAIM_UPHELD") == at(69)


def test_platform_steps_in_while_the_buyer_thinks(tmp_path: Path) -> None:
    """Given offers on days 37, 43, 49, 55, 61 and answers after four days: the answer of day 65 is the last in time.

    With a minute more for each answer, that of day 65 and five minutes is not: it is the platform's turn.
    """
    in_time = tell(tmp_path, {**DEFECTIVE, **NEGOTIATED, "buyer.reply_days": 4})
    assert in_time.minutes("BUYER_INSISTED")[-1] == at(65)
    too_late = tell(tmp_path, {**DEFECTIVE, **NEGOTIATED, "buyer.reply_days": days(4, 1)})
    assert too_late.minutes("BUYER_INSISTED")[-1] == at(59, 4)
    assert too_late.minute("NEGOTIATION_ENDED") == at(65)


def test_an_endless_talk_ends_on_day_30(tmp_path: Path) -> None:
    """Given answers in no time (a minute, then) and offers that never rise: the platform steps in on day 65."""
    changes = {**DEFECTIVE, **NEGOTIATED, f"{SUPPLIER}.reply_days": 0, "buyer.reply_days": 0}
    assert tell(tmp_path, changes).minute("NEGOTIATION_ENDED") == at(65)


# ------------------------------------------------------------------------------------ other protections


def test_help_pages_escalate_by_themselves_on_day_8(tmp_path: Path) -> None:
    """Given the help-page pack and a silent supplier: no silence of its own, the end of negotiation on day 43."""
    changes = {
        **DEFECTIVE,
        "protection": "alibaba-trade-assurance-faq",
        "buyer.escalates_unanswered": False,
        f"{SUPPLIER}.silent_probability": 1,
    }
    story = tell(tmp_path, changes)
    assert next_of(story, "DISPUTE_OPENED") == ("NEGOTIATION_ENDED", at(43))
    assert "SUPPLIER_SILENT" not in story.names()


PAYPAL: dict[str, Any] = {**DEFECTIVE, **NEGOTIATED, "protection": "paypal-goods-and-services"}


@pytest.mark.parametrize(
    ("watchful", "event", "recovered"),
    [(True, "BUYER_ESCALATED", 100_000), (False, "NEGOTIATION_ENDED", 0)],
)
def test_paypal_dispute_lapses_after_20_days(tmp_path: Path, watchful: bool, event: str, recovered: int) -> None:
    """Given twenty days from dispute to claim; expected: a buyer who does not escalate by day 55 has lost it."""
    story = tell(tmp_path, {**PAYPAL, "buyer.escalates_before_close": watchful})
    assert story.minute(event) == at(55)
    assert story.total("recovered") == recovered
    assert story.drops == ({} if watchful else {"CANCELLED_BY_SILENCE": 100_000})


def test_paypal_dispute_can_be_escalated_at_once(tmp_path: Path) -> None:
    """Given a buyer who uses the right as it opens: escalated on day 35, evidence on 36, decided on 39."""
    story = tell(tmp_path, {**PAYPAL, "buyer.escalates_unanswered": True})
    assert story.minute("BUYER_ESCALATED") == story.minute("DISPUTE_OPENED") == at(35)
    assert story.minute("CLAIM_UPHELD") == at(39)


@pytest.mark.parametrize(("reply", "silent"), [(days(10), False), (days(10, 1), True)])
def test_paypal_buyer_has_10_days(tmp_path: Path, reply: float, silent: bool) -> None:
    story = tell(tmp_path, {**PAYPAL, "buyer.reply_days": reply})
    assert ("BUYER_SILENT" in story.names()) == silent
    if silent:
        assert story.minute("BUYER_SILENT") == at(47)


@pytest.mark.parametrize(("checked", "recovered"), [(days(150), 100_000), (days(150, 1), 0)])
def test_paypal_window_of_180_days_from_the_order(tmp_path: Path, checked: float, recovered: int) -> None:
    """Given goods received on day 30: a claim on day 180 is in time, however long ago they came."""
    story = tell(tmp_path, {**PAYPAL, "buyer.goods_check_days": checked, "buyer.escalates_unanswered": True})
    assert story.total("recovered") == recovered
    assert story.drops == ({} if recovered else {"FOUND_TOO_LATE": 100_000})


def test_escrow_negotiates_for_14_days(tmp_path: Path) -> None:
    """Given an escrow service and a supplier who never answers: fourteen days, whatever the buyer would like.

    By hand: escalated on day 49; fourteen days for arbitration until 63; the supplier has not begun it: refund.
    """
    changes = {**DEFECTIVE, "protection": "escrow", f"{SUPPLIER}.silent_probability": 1}
    story = tell(tmp_path, changes)
    assert next_of(story, "DISPUTE_OPENED") == ("NEGOTIATION_ENDED", at(49))
    assert story.minute("SUPPLIER_MISSED_EVIDENCE") == at(63)
    assert story.minute("REFUND_PAID") == at(65)


def test_escrow_buyer_may_think_for_as_long_as_there_is_time(tmp_path: Path) -> None:
    """Given an offer on day 37 and an answer on day 48: no limit of its own, inside the fourteen days."""
    changes = {**DEFECTIVE, **NEGOTIATED, "protection": "escrow", "buyer.reply_days": 11}
    assert tell(tmp_path, changes).minute("BUYER_INSISTED") == at(48)
