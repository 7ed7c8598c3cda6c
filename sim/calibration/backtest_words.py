"""What a back-test says, in sentences: the verdict first, and what it cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.calibration.delays import re_agreed
from sim.experiments.wording import counted, percentage, percentages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.calibration.backtest import Backtest, Group, Skill

__all__ = ["naive_title", "not_told", "tried", "verdict"]

_TOO_FEW: Final = 10
_FEW_LATE: Final = 10
_EIGHTY: Final = 1
"""Place of the nominal share of 80 % among those that are counted."""


def tried(found: Backtest) -> str:
    """What was learned from and what was tried."""
    group = found.groups[0]
    firms = counted(group.suppliers, "supplier")
    if found.cut is not None:
        return (
            f"Fitted on {counted(found.learned, 'order')} due by {found.cut}, as they were known that day; "
            f"tried on {group.orders:,} promised for later, of {firms}."
        )
    return (
        f"{counted(group.orders, 'order')} of {firms}, divided by lot into {found.folds} parts: "
        f"each part was forecast from the others ({counted(found.learned, 'order')})."
    )


def verdict(found: Backtest) -> tuple[str, ...]:
    """How far to trust the fit: one sentence that says it, then what it rests on."""
    group = found.groups[0]
    return (_headline(group, by_time=found.cut is not None), *_reasons(found, group))


def naive_title(skill: Skill, *, by_time: bool) -> str:
    """Name of a naive forecast."""
    if skill.naive == "the promise":
        return skill.naive
    what = skill.naive.removeprefix("the ")
    return f"last year's {what}" if by_time else f"the {what} of the other orders"


def not_told(found: Backtest) -> tuple[str, ...]:
    """What the back-test cannot tell, or leaves out."""
    group = found.groups[0]
    late = group.seen.counted
    few = f"only {late:,}" if late else "none"
    agreed_anew = re_agreed(found.on_the_day)
    told = {
        agreed_anew or "": agreed_anew is not None,
        f"Of the orders tried {few} came late: how late late orders are is hardly tried.": late < _FEW_LATE,
        f"Of the orders tried {group.open:,} did not ship so far: each counts as late by more days than have passed.": (
            group.open > 0
        ),
        f"Left out: {counted(found.not_due, 'order')} promised for after {found.as_of}, of which nobody knows yet.": (
            found.not_due > 0
        ),
        f"Left out: {counted(found.unknown, 'order')} without a promise, or cancelled before shipment.": (
            found.unknown > 0
        ),
        f"Not tried: {counted(found.suppliers_left_out, 'supplier')}, drawn by lot, as it would take too long.": (
            found.suppliers_left_out > 0
        ),
        "Divided by lot, orders are forecast from later ones too, and all parts together from themselves: whether "
        "times change, and whether the late share holds, is tried without --random.": found.cut is None,
        "All orders tried are of one supplier: nothing here tells how well others are forecast.": group.suppliers == 1,
    }
    return tuple(text for text, holds in told.items() if holds)


def _headline(group: Group, *, by_time: bool) -> str:
    middle = group.coverage[_EIGHTY]
    how = "too sure of itself" if middle.value < middle.nominal else "less sure than it could be"
    if group.orders < _TOO_FEW:
        return (
            f"Only {counted(group.orders, 'order')} could be tried: that shows a forecast that is far off, and no more."
        )
    if not by_time:
        # Over all parts the late share is forecast from itself: that it agrees says nothing.
        return "The forecast held: delays were spread as it said." if middle.holds else f"The forecast is {how}."
    if not group.late_share_holds:
        more = "More" if group.seen.value > group.foretold.high else "Fewer"
        return f"{more} orders were late than the forecast allowed for: do not lean on its late share."
    if not middle.holds:
        return f"As many orders were late as foretold, but of the days the forecast is {how}."
    return "The forecast held: as many orders were late as foretold, and delays were spread as it said."


def _reasons(found: Backtest, group: Group) -> Sequence[str]:
    came = f"{group.seen.counted:,} of {group.orders:,} orders were late ({percentage(group.seen.value, 1)})"
    foretold = percentages(group.foretold.low, group.foretold.high, 1)
    reasons = [f"{came}." if found.cut is None else f"{came}; with 90 % it should have been {foretold}."]
    late = group.late_coverage[_EIGHTY]
    if group.seen.counted >= _FEW_LATE:
        how = "as it should be" if late.holds else "too few" if late.value < late.nominal else "more than needed"
        reasons.append(
            f"Of late orders, {percentage(late.value, 0)} were late as the middle 80 % of their forecasts said "
            f"({percentages(late.low, late.high)}): {how}."
        )
    reasons.extend(_compared(skill, by_time=found.cut is not None) for skill in group.skills)
    return reasons


def _compared(skill: Skill, *, by_time: bool) -> str:
    title = naive_title(skill, by_time=by_time)
    begin = title[0].upper() + title[1:]
    if skill.crps == 0:
        return f"{begin} was never wrong."
    if not skill.low <= skill.high:
        return f"{begin} cannot be compared with it."
    between = f"({percentages(skill.low, skill.high)})"
    if skill.low > 0:
        return f"It is {percentage(skill.value, 0)} better than {title} {between}."
    if skill.high < 0:
        return f"{begin} did better: the score of the forecast is {percentage(-skill.value, 0)} worse."
    better = "better" if skill.value >= 0 else "worse"
    return f"It cannot be told from {title}: {better} by {percentage(abs(skill.value), 0)} {between}."
