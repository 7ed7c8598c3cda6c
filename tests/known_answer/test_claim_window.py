"""When defects must have been found, and how bad they must be, for a claim.

In the plain story the goods come on day 30; the 2023 pack gives 30 days from receipt, so until minute 86,400.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stories import INSPECTED, MAKER, at, days, order_of, tell

if TYPE_CHECKING:
    from pathlib import Path

MAJOR = f"{MAKER}.defects.major"
MINOR = f"{MAKER}.defects.minor"


@pytest.mark.parametrize(
    ("after", "drops"),
    [
        (days(30, -1), {}),
        (days(30), {}),  # the last minute is in time
        (days(30, 1), {"FOUND_TOO_LATE": 100_000}),
    ],
)
def test_checked_at_the_end_of_the_window(tmp_path: Path, after: float, drops: dict[str, int]) -> None:
    """Checked on the thirtieth day is in time, and a minute later is not."""
    story = tell(tmp_path, {MAJOR: 0.1, "buyer.goods_check_days": after})
    assert story.drops == drops
    assert story.total("recovered") == 100_000 - sum(drops.values())


def test_checking_in_working_days(tmp_path: Path) -> None:
    """Given received on day 30, Wednesday 1 April 2026, and three British working days to check.

    By hand: Wednesday and Thursday are worked, Good Friday, the weekend and Easter Monday are not; Tuesday 7 April is
    the third: checked at its end, day 37.
    """
    story = tell(
        tmp_path, {"buyer.calendar": "GB", "buyer.goods_check_days": {"dist": "constant", "value": 3, "working": True}}
    )
    assert story.order().checked == at(37)


@pytest.mark.parametrize(("opens", "opened"), [(35, at(35)), (days(35, 1), at(35, 1)), (50, at(50))])
def test_a_claim_waits_until_claims_can_be_made(tmp_path: Path, opens: float, opened: int) -> None:
    """Given a pack whose claims open some days after the order, and defects found on day 35."""
    story = tell(tmp_path, {MAJOR: 0.1, "protection_overrides.claim_opens": opens})
    assert story.minute("DISPUTE_OPENED") == opened


def test_goods_shipped_before_claims_can_be_made(tmp_path: Path) -> None:
    """Given a ship date on day 30, claims from day 40, and goods that leave on day 35: nothing was ever disputed."""
    story = tell(tmp_path, {f"{MAKER}.production_days": 35, "protection_overrides.claim_opens": 40})
    assert story.order().received == at(45)
    assert story.total("recovered") == 0


@pytest.mark.parametrize(("made", "drops"), [(180, {}), (days(180, 1), {"FOUND_TOO_LATE": 300_000})])
def test_window_from_the_order_for_a_lot_refused(tmp_path: Path, made: float, drops: dict[str, int]) -> None:
    """Given PayPal's 180 days from the order, and a lot that fails its inspection as they end.

    Refusing it claims the deposit back on the ground of quality: on day 180 in time, a minute later not.
    """
    changes = {
        MAJOR: 0.1,
        f"{MAKER}.production_days": made,
        f"{MAKER}.promised_days": 200,
        "protection": "paypal-goods-and-services",
        "inspections.psi": INSPECTED,
    }
    assert tell(tmp_path, changes, [order_of(inspections=["psi"])]).drops == drops


# ------------------------------------------------------------------------------------ latent defects


def latent(after: float) -> dict[str, object]:
    """Half of 100 major defects latent, showing so many days after receipt; goods checked after five."""
    return {f"{MAKER}.defects": {"major": 0.1, "latent_share": 0.5, "latent_days": after}}


def test_latent_defects_that_show_before_the_check(tmp_path: Path) -> None:
    """Given latent defects that show on the fifth day, as the goods are checked: all 100 are claimed."""
    assert tell(tmp_path, latent(5)).order().claimed == 100_000


def test_latent_defects_that_show_after_a_claim(tmp_path: Path) -> None:
    """Given 50 visible defects claimed on day 35; by hand: 500.00, and the 50 that show later cannot be claimed again.

    They show within the window, so they are found in time: what stops them is that an order is claimed for once.
    """
    story = tell(tmp_path, latent(20))
    assert story.order().claimed == 50_000
    assert story.drops == {"NOT_CLAIMED": 50_000}


def test_latent_defects_that_show_after_a_claim_and_after_the_window(tmp_path: Path) -> None:
    """Given the same, but the 50 show a minute after the thirtieth day."""
    story = tell(tmp_path, latent(days(30, 1)))
    assert story.order().claimed == 50_000
    assert story.drops == {"FOUND_TOO_LATE": 50_000}


@pytest.mark.parametrize(
    ("after", "claimed", "drops"),
    [
        (days(30, -1), 100_000, {}),
        (days(30), 100_000, {}),
        (days(30, 1), 0, {"FOUND_TOO_LATE": 100_000}),
    ],
)
def test_latent_defects_alone(tmp_path: Path, after: float, claimed: int, drops: dict[str, int]) -> None:
    """Given 100 defects, all latent: the claim is made when they show, if that is still within the window."""
    changes = {f"{MAKER}.defects": {"major": 0.1, "latent_share": 1, "latent_days": after}}
    story = tell(tmp_path, changes)
    assert story.order().claimed == claimed
    assert story.drops == drops
    if claimed:
        assert story.minute("LATENT_DEFECTS_SHOWN") == story.minute("DISPUTE_OPENED") == at(30) + round(after * 1440)


def test_visible_defects_within_tolerance_until_the_latent_ones_show(tmp_path: Path) -> None:
    """Given 50 visible and 50 latent defects and a tolerance of 7 %.

    By hand: 5 % on day 35 is within it: no claim; 10 % on day 50 is not: all 100 are claimed, 1,000.00.
    """
    story = tell(tmp_path, {**latent(20), "contract.tolerance.major": 0.07})
    assert story.minute("DISPUTE_OPENED") == at(50)
    assert story.total("recovered") == 100_000


def test_visible_defects_below_the_minimum_until_the_latent_ones_show(tmp_path: Path) -> None:
    """Given a minimum claim of 600.00: 500.00 on day 35 are left, 1,000.00 on day 50 are claimed."""
    story = tell(tmp_path, {**latent(20), "buyer.minimum_claim": 600})
    assert story.minute("DISPUTE_OPENED") == at(50)
    assert story.total("recovered") == 100_000


# ------------------------------------------------------------------------------------ tolerance and amount


@pytest.mark.parametrize(
    ("major", "claimed"),
    [
        (25, 0),  # 25 of 1,000 is exactly 2.5 %: within
        (26, 26_000),  # and one more makes all of them a claim: 26 x 10.00
    ],
)
def test_tolerance_boundary(tmp_path: Path, major: int, claimed: int) -> None:
    """Given a tolerance of 2.5 % for major defects."""
    story = tell(tmp_path, {MAJOR: major / 1000, "contract.tolerance.major": 0.025})
    assert story.order().major == major
    assert story.order().claimed == claimed


def test_each_class_has_its_own_tolerance(tmp_path: Path) -> None:
    """Given 10 critical (tolerance 0), 20 major (2.5 %) and 60 minor at 0.40 each (4 %).

    By hand: the major ones are within tolerance; 10 x 10.00 + 60 x 0.40 = 124.00 are claimed, 200.00 are not.
    """
    changes = {
        f"{MAKER}.defects": {"critical": 0.01, "major": 0.02, "minor": 0.06},
        "contract.tolerance": {"major": 0.025, "minor": 0.04},
        "need.minor_defect_cost": 0.4,
    }
    story = tell(tmp_path, changes)
    assert story.order().claimed == 12_400
    assert story.drops == {"WITHIN_TOLERANCE": 20_000}


def test_a_claim_is_worth_the_price_paid(tmp_path: Path) -> None:
    """Given 8.00 a unit from 1,000 on and 25 % more for the protected price; by hand: 100 x 10.00, not x 8.00."""
    changes = {
        MAJOR: 0.1,
        f"{MAKER}.unit_price": [{"from": 1, "price": 12}, {"from": 1000, "price": 8}],
        f"{MAKER}.protected_price_premium_share": 0.25,
    }
    assert tell(tmp_path, changes).order().claimed == 100_000


def test_a_bad_lot_is_claimed_as_major_defects(tmp_path: Path) -> None:
    """Given a lot that is off specification in 40 % of its units: 400 x 10.00 are claimed."""
    story = tell(tmp_path, {f"{MAKER}.defects": {"major": 0.1, "bad_lot": {"probability": 1, "share": 0.4}}})
    assert (story.order().major, story.order().claimed) == (400, 400_000)


def test_a_unit_counts_in_its_worst_class_only(tmp_path: Path) -> None:
    """Given 60 % critical and 60 % major: 600 critical leave room for 400 major and no minor."""
    story = tell(tmp_path, {f"{MAKER}.defects": {"critical": 0.6, "major": 0.6, "minor": 0.6}})
    order = story.order()
    assert (order.critical, order.major, order.minor) == (600, 400, 0)
    assert order.claimed == 1_000_000


def test_only_sound_units_are_counted_as_damaged(tmp_path: Path) -> None:
    """Given 90 % defective and 20 % damaged: no more than the 100 sound units are damaged besides."""
    order = tell(tmp_path, {MAJOR: 0.9, f"{MAKER}.transit.damage_rate": 0.2}).order()
    assert (order.major, order.damaged) == (900, 100)
