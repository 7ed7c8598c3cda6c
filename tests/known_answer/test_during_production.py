"""The inspection during production: a failed one lowers the defects of what is still to come.

1,000 units in twenty days, fifty a day; the inspector comes when a share of them is made, looks at up to 100, and
accepts no major defect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.stories import MAKER, Story, at, order_of, tell

if TYPE_CHECKING:
    from pathlib import Path

VISIT: dict[str, Any] = {
    "kind": "during_production",
    "at_progress_share": 0.25,
    "man_days": 0,
    "sampling": {"standard": "fixed", "sample_size": 1000},
    "correction_share": 0.5,
}
MAJOR = f"{MAKER}.defects.major"


def told(folder: Path, changes: dict[str, Any], **visit: object) -> Story:
    """The story of an order with an inspection during production."""
    return tell(folder, {"inspections.during": {**VISIT, **visit}, **changes}, [order_of(inspections=["during"])])


def test_a_failed_visit_corrects_what_is_still_to_come(tmp_path: Path) -> None:
    """Given 200 defects, a quarter made, half of the rest corrected.

    By hand: on day 5, 50 of the first 250 units are defective and found; of the 150 to come 75 are prevented: 125.
    """
    story = told(tmp_path, {MAJOR: 0.2})
    (failed,) = [moment for moment in story.events if moment.event == "VISIT_FAILED"]
    assert (failed.minute, failed.amount) == (at(5), 50)
    assert story.order().major == 125
    assert story.order().shipped == at(20)


def test_a_visit_that_passes_changes_nothing(tmp_path: Path) -> None:
    """Given the same and up to 50 defects accepted."""
    sampling = {"standard": "fixed", "sample_size": 1000, "accept": {"major": 50}}
    story = told(tmp_path, {MAJOR: 0.2}, sampling=sampling)
    assert story.minute("VISIT_PASSED") == at(5)
    assert story.order().major == 200


@pytest.mark.parametrize(
    ("progress", "minute", "left"),
    [
        (0.5, at(10), 150),  # 100 made, 100 to come, 50 of them prevented
        (0.75, at(15), 175),
        (1.0, at(20), 200),  # nothing is still to come
    ],
)
def test_the_later_the_less(tmp_path: Path, progress: float, minute: int, left: int) -> None:
    story = told(tmp_path, {MAJOR: 0.2}, at_progress_share=progress)
    assert story.minute("VISIT_FAILED") == minute
    assert story.order().major == left


def test_all_classes_are_corrected(tmp_path: Path) -> None:
    """Given 40 critical, 80 major and 120 minor; by hand: a quarter is made, of the rest all is prevented."""
    story = told(tmp_path, {f"{MAKER}.defects": {"critical": 0.04, "major": 0.08, "minor": 0.12}}, correction_share=1)
    order = story.order()
    assert (order.critical, order.major, order.minor) == (10, 20, 30)


def test_what_is_made_while_the_inspector_works_is_not_corrected(tmp_path: Path) -> None:
    """Given two days of inspection from day 5; by hand: 350 made by its end, 70 defective; of 130 to come 65 stay."""
    story = told(tmp_path, {MAJOR: 0.2}, man_days=2)
    assert story.minute("VISIT_FAILED") == at(7)
    assert story.order().major == 135


def test_two_visits(tmp_path: Path) -> None:
    """Given visits at a quarter and at three quarters.

    By hand: 200 become 125 on day 5; on day 15 three quarters of them, 93.75 -> 94, are made; of the 31 to come half is
    prevented, 15 or 16 by a draw: 109 or 110 are left.
    """
    inspections = {"first": VISIT, "second": {**VISIT, "at_progress_share": 0.75}}
    changes = {MAJOR: 0.2, "inspections": inspections}
    story = tell(tmp_path, changes, [order_of(inspections=["first", "second"])])
    assert story.minutes("VISIT_FAILED") == [at(5), at(15)]
    assert story.order().major in {109, 110}
    assert story.order().inspections == 2


def test_fee_and_defects_afterwards(tmp_path: Path) -> None:
    """Given 240.00 a day; by hand: 240.00, and the claim is for the 125 defects that were shipped."""
    story = told(tmp_path, {MAJOR: 0.2}, man_days=0.0, fee_per_man_day=240)
    assert story.order().inspection_fees == 0
    story = told(tmp_path, {MAJOR: 0.2}, man_days=1, fee_per_man_day=240)
    assert story.order().inspection_fees == 24_000
    assert story.order().claimed == story.order().major * 1000


def test_progress_is_counted_on_the_suppliers_working_days(tmp_path: Path) -> None:
    """Given twenty working days, Monday to Friday, from Monday 2 March, and a visit at 30 %.

    By hand: six worked days are over at the end of Monday 9 March, day 8 (a calendar count would say day 6).
    """
    changes = {
        MAJOR: 0.2,
        f"{MAKER}.calendar": None,
        f"{MAKER}.production_days": {"dist": "constant", "value": 20, "working": True},
    }
    story = told(tmp_path, changes, at_progress_share=0.3)
    assert story.minute("VISIT_FAILED") == at(8)
    assert story.order().major == 60 + 70


def test_a_visit_that_nobody_can_make_falls_away(tmp_path: Path) -> None:
    """Given one inspector, who is with the first order from day 36 to 39, and visits at nine tenths.

    By hand: the first order takes forty days; the second, placed on day 18, takes twenty: its visit is due on day 36
    too, and its production is over on day 38, before the inspector is free.
    """
    changes = {
        MAJOR: 0.2,
        "inspections.during": {**VISIT, "at_progress_share": 0.9, "man_days": 3, "fee_per_man_day": 240},
        f"{MAKER}.promised_days": 60,
        "suppliers.slow": {"extends": "maker", "production_days": 40},
    }
    orders = [
        order_of("a", 500, "slow", inspections=["during"]),
        order_of("b", 500, inspections=["during"], start={"day": 18}),
    ]
    story = tell(tmp_path, changes, orders)
    assert story.minute("VISIT_FAILED") == at(39)
    assert "VISIT_FAILED" not in story.names("b")
    assert (story.order("b").inspections, story.order("b").inspection_fees) == (0, 0)
