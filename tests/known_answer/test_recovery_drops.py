"""From the ground-up harm to what was recovered: each drop in a story of its own, worked out by hand.

Unless a test says otherwise 100 of 1,000 units at 10.00 come with a major defect: a ground-up harm of 1,000.00.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sim.outcomes import RecoveryRule
from tests.stories import MAKER, NEGOTIATED, Story, at, days, tell

if TYPE_CHECKING:
    from pathlib import Path

MAJOR = {f"{MAKER}.defects.major": 0.1}


def assert_recovery(story: Story, ground_up: int, recovered: int, **drops: int) -> None:
    """Compare with the amounts worked out by hand, which must themselves sum to the harm."""
    assert ground_up == recovered + sum(drops.values()), "the hand computation itself"
    assert story.total("ground_up") == ground_up
    assert story.drops == drops
    assert story.total("recovered") == recovered


def test_recovered_in_full(tmp_path: Path) -> None:
    assert_recovery(tell(tmp_path, MAJOR), 100_000, 100_000)


def test_no_harm(tmp_path: Path) -> None:
    assert_recovery(tell(tmp_path), 0, 0)


# ------------------------------------------------------------------------------------ the fifteen drops


def test_not_covered(tmp_path: Path) -> None:
    """Given a bank transfer without protection; expected: all of it is not covered, and nobody claims."""
    story = tell(tmp_path, {**MAJOR, "protection": "bank-transfer-unprotected"})
    assert_recovery(story, 100_000, 0, NOT_COVERED=100_000)
    assert story.order().disputes == 0


@pytest.mark.parametrize(("custom", "drops"), [(True, {"NOT_COVERED": 100_000}), (False, {})])
def test_not_covered_custom_made(tmp_path: Path, custom: bool, drops: dict[str, int]) -> None:
    """Given goods made to the buyer's order, which the payment service does not cover for quality."""
    changes = {**MAJOR, "protection": "paypal-goods-and-services", "contract.custom_made": custom}
    assert tell(tmp_path, changes).drops == drops


def test_not_covered_damage_on_the_way(tmp_path: Path) -> None:
    """Given 5 % damaged at sea; by hand: 50 x 10.00 are harm, and not the supplier's."""
    story = tell(tmp_path, {f"{MAKER}.transit.damage_rate": 0.05})
    assert_recovery(story, 50_000, 0, NOT_COVERED=50_000)


def test_not_covered_and_recovered_beside_each_other(tmp_path: Path) -> None:
    """Given 50 damaged and 100 defective; by hand: 500.00 not covered, 1,000.00 recovered."""
    story = tell(tmp_path, {**MAJOR, f"{MAKER}.transit.damage_rate": 0.05})
    assert_recovery(story, 150_000, 100_000, NOT_COVERED=50_000)


def test_paid_off_platform(tmp_path: Path) -> None:
    """Given payment to the supplier's account; expected: nothing comes back, and that is the reason."""
    story = tell(tmp_path, {**MAJOR, f"{MAKER}.payment.through": "direct"})
    assert_recovery(story, 100_000, 0, PAID_OFF_PLATFORM=100_000)
    assert "DISPUTE_OPENED" not in story.names()


def test_paid_off_platform_and_never_shipped(tmp_path: Path) -> None:
    """Given a deposit of 3,000.00 paid directly to a supplier who never ships; expected: all of it is gone."""
    changes = {f"{MAKER}.payment.through": "direct", f"{MAKER}.never_ships_probability": 1}
    assert_recovery(tell(tmp_path, changes), 300_000, 0, PAID_OFF_PLATFORM=300_000)


def test_within_tolerance(tmp_path: Path) -> None:
    """Given a tolerance of 10 %, exactly reached; expected: no claim."""
    story = tell(tmp_path, {**MAJOR, "contract.tolerance.major": 0.1})
    assert_recovery(story, 100_000, 0, WITHIN_TOLERANCE=100_000)


def test_not_in_contract(tmp_path: Path) -> None:
    """Given an order contract that says nothing measurable; expected: no claim."""
    story = tell(tmp_path, {**MAJOR, "contract.detail_share": 0})
    assert_recovery(story, 100_000, 0, NOT_IN_CONTRACT=100_000)
    assert story.order().in_contract == 0


def test_found_too_late(tmp_path: Path) -> None:
    """Given goods checked a minute after the thirtieth day; expected: no claim."""
    story = tell(tmp_path, {**MAJOR, "buyer.goods_check_days": days(30, 1)})
    assert_recovery(story, 100_000, 0, FOUND_TOO_LATE=100_000)


@pytest.mark.parametrize(("minimum", "claims"), [(1000.00, True), (1000.01, False)])
def test_not_claimed(tmp_path: Path, minimum: float, claims: bool) -> None:
    """Given a claim worth 1,000.00; expected: made at a minimum of just that, not at a cent more."""
    story = tell(tmp_path, {**MAJOR, "buyer.minimum_claim": minimum})
    if claims:
        assert_recovery(story, 100_000, 100_000)
    else:
        assert_recovery(story, 100_000, 0, NOT_CLAIMED=100_000)


def test_cancelled_by_silence(tmp_path: Path) -> None:
    """Given a buyer who takes eight days to answer an offer; expected: cancelled seven days after it."""
    story = tell(tmp_path, {**MAJOR, **NEGOTIATED, "buyer.reply_days": 8})
    assert_recovery(story, 100_000, 0, CANCELLED_BY_SILENCE=100_000)
    assert story.dispute_end() == "CANCELLED"


def test_evidence_missed(tmp_path: Path) -> None:
    """Given a buyer who needs twenty days for the evidence; expected: the case is closed."""
    story = tell(tmp_path, {**MAJOR, "buyer.evidence_days": 20})
    assert_recovery(story, 100_000, 0, EVIDENCE_MISSED=100_000)
    assert story.dispute_end() == "EVIDENCE_MISSED"


def test_settled_for_less(tmp_path: Path) -> None:
    """Given an offer of 60 %, which the buyer accepts; by hand: 600.00 recovered, 400.00 given up."""
    story = tell(tmp_path, {**MAJOR, **NEGOTIATED, f"{MAKER}.disputes.opening_offer_share": 0.6})
    assert_recovery(story, 100_000, 60_000, SETTLED_FOR_LESS=40_000)
    assert story.minute("SUPPLIER_OFFERED") == at(37)
    assert story.minute("BUYER_ACCEPTED") == at(38)
    assert story.minute("REFUND_PAID") == at(40)


def test_settled_for_less_after_concessions(tmp_path: Path) -> None:
    """Given an opening offer of 35 %, 10 % more in each round, and 60 % the least to be accepted.

    By hand: 35, 45, 55, 65 %: the fourth offer is taken; 650.00.
    """
    changes = {
        **MAJOR,
        **NEGOTIATED,
        f"{MAKER}.disputes.opening_offer_share": 0.35,
        f"{MAKER}.disputes.concession_share": 0.1,
    }
    story = tell(tmp_path, changes)
    offers = [moment.amount for moment in story.events if moment.event == "SUPPLIER_OFFERED"]
    assert offers == [35_000, 45_000, 55_000, 65_000]
    assert_recovery(story, 100_000, 65_000, SETTLED_FOR_LESS=35_000)


def test_conceded(tmp_path: Path) -> None:
    """Given a supplier who accepts the claim; expected: all of it comes back, two days after the answer."""
    story = tell(tmp_path, {**MAJOR, **NEGOTIATED, f"{MAKER}.disputes.concedes_probability": 1})
    assert_recovery(story, 100_000, 100_000)
    assert story.dispute_end() == "CONCEDED"
    assert story.minute("REFUND_PAID") == at(39)


def test_rejected(tmp_path: Path) -> None:
    """Given a mediator who upholds nothing."""
    story = tell(tmp_path, {**MAJOR, "disputes.uphold_probability": 0})
    assert_recovery(story, 100_000, 0, REJECTED=100_000)
    assert "REFUND_PAID" not in story.names()


def test_reduced_by_mediator(tmp_path: Path) -> None:
    """Given an award of 85 % of the claim; by hand: 850.00 recovered, 150.00 lost to the mediator."""
    story = tell(tmp_path, {**MAJOR, "disputes.award_share": 0.85})
    assert_recovery(story, 100_000, 85_000, REDUCED_BY_MEDIATOR=15_000)


def test_return_forgone(tmp_path: Path) -> None:
    """Given a refund of 1,000.00 against the return of 100 units at a freight of 10.00 each; not worth it."""
    changes = {**MAJOR, "disputes.return_probability": 1, f"{MAKER}.return_freight_per_unit": 10}
    story = tell(tmp_path, changes)
    assert_recovery(story, 100_000, 0, RETURN_FORGONE=100_000)
    assert story.order().return_freight == 0


def test_above_amount_paid(tmp_path: Path) -> None:
    """Given 5 % of every payment through the platform: 500.00 of 10,000.00 are covered; the rest of 1,000.00 is not."""
    story = tell(tmp_path, {**MAJOR, f"{MAKER}.payment.platform_share": 0.05})
    assert_recovery(story, 100_000, 50_000, ABOVE_AMOUNT_PAID=50_000)


def test_above_limit(tmp_path: Path) -> None:
    """Given a limit of 400.00; by hand: 600.00 lie above it."""
    story = tell(tmp_path, {**MAJOR, f"{MAKER}.assurance_limit": 400})
    assert_recovery(story, 100_000, 40_000, ABOVE_LIMIT=60_000)


def test_not_paid_out(tmp_path: Path) -> None:
    """Given a supplier who does not pay, and a platform that does not pay in its place."""
    changes = {
        **MAJOR,
        f"{MAKER}.disputes.defaults_on_refund_probability": 1,
        "protection_overrides.refund_advanced": False,
    }
    story = tell(tmp_path, changes)
    assert_recovery(story, 100_000, 0, NOT_PAID_OUT=100_000)
    assert story.minute("REFUND_DEFAULTED") == at(45)


def test_every_drop_has_its_story() -> None:
    """Each rule of the recovery is named by a test of this file."""
    tests = [name for name in globals() if name.startswith("test_")]
    for rule in RecoveryRule:
        assert any(name.startswith(f"test_{rule.name.lower()}") for name in tests), rule.name


# ------------------------------------------------------------------------------------ several at once


def test_six_drops_in_one_story(tmp_path: Path) -> None:
    """What is lost on the way down is lost once, to the first rule that takes it.

    Given 1,000 units at 10.00: 100 major (tolerance 2 %), 40 minor at 0.50 each (tolerance 4 %, reached and no more),
    20 damaged at sea; a fifth of the majors shows only long after the window; an award of 80 %; 5 % of the money went
    through the platform, and the limit is 300.00.

    By hand
    ground up              120 x 10.00 + 40 x 0.50    1,220.00
    not covered            20 damaged                   200.00
    within tolerance       the minor ones                20.00
    found too late         20 latent majors             200.00    claimed 800.00
    reduced by mediator    20 %                         160.00    awarded 640.00
    above amount paid      640.00 - 500.00              140.00
    above limit            500.00 - 300.00              200.00
    recovered                                           300.00
    """
    changes = {
        f"{MAKER}.defects": {"major": 0.1, "minor": 0.04, "latent_share": 0.2, "latent_days": 200},
        f"{MAKER}.transit.damage_rate": 0.02,
        "contract.tolerance": {"major": 0.02, "minor": 0.04},
        "need.minor_defect_cost": 0.5,
        "disputes.award_share": 0.8,
        f"{MAKER}.payment.platform_share": 0.05,
        f"{MAKER}.assurance_limit": 300,
    }
    assert_recovery(
        tell(tmp_path, changes),
        122_000,
        30_000,
        NOT_COVERED=20_000,
        WITHIN_TOLERANCE=2_000,
        FOUND_TOO_LATE=20_000,
        REDUCED_BY_MEDIATOR=16_000,
        ABOVE_AMOUNT_PAID=14_000,
        ABOVE_LIMIT=20_000,
    )


def test_goods_that_never_came_are_harmed_by_what_was_paid(tmp_path: Path) -> None:
    """Given 3,000.00 paid and nothing shipped, 60 % offered and accepted; by hand: 1,800.00 back, 1,200.00 given up."""
    changes = {
        **NEGOTIATED,
        f"{MAKER}.never_ships_probability": 1,
        f"{MAKER}.disputes.opening_offer_share": 0.6,
    }
    assert_recovery(tell(tmp_path, changes), 300_000, 180_000, SETTLED_FOR_LESS=120_000)
