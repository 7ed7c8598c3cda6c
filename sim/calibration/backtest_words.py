"""What a back-test says, in sentences: the verdict first, and what it cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.calibration.delays import RE_AGREED_FROM, re_agreed
from sim.experiments.wording import percentage, percentages

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
    firms = f"{group.suppliers:,} supplier" + ("s" if group.suppliers != 1 else "")
    if found.cut is not None:
        return (
            f"Fitted on {found.learned:,} orders due by {found.cut}, as they were known that day; "
            f"tried on {group.orders:,} promised for later, of {firms}."
        )
    return (
        f"{group.orders:,} orders of {firms}, divided by lot into {found.folds} parts: each part was forecast from the "
        f"others ({found.learned:,} orders)."
    )


def verdict(found: Backtest) -> tuple[str, ...]:
    """How far to trust the fit: one sentence that says it, then what it rests on."""
    group = found.groups[0]
    return (_headline(group), *_reasons(found, group))


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
    told = {
        re_agreed(found.on_the_day): found.on_the_day >= RE_AGREED_FROM,
        f"Only {late} of the orders tried were late: how late late orders are is hardly tried.": late < _FEW_LATE,
        f"{group.open:,} of the orders tried are still open: they count as late by more days than have passed.": (
            group.open > 0
        ),
        f"{found.not_due:,} orders promised for after {found.as_of} are left out: nobody knows yet.": found.not_due > 0,
        f"{found.unknown:,} orders without a promise, or cancelled before they were shipped, are left out.": (
            found.unknown > 0
        ),
        f"{found.suppliers_left_out:,} suppliers, drawn by lot, were not tried: it would take too long.": (
            found.suppliers_left_out > 0
        ),
        "Divided by lot, orders are forecast from later ones too: whether times change is tried without --random.": (
            found.cut is None
        ),
        "All orders tried are of one supplier: nothing here tells how well others are forecast.": group.suppliers == 1,
    }
    return tuple(text for text, holds in told.items() if holds)


def _headline(group: Group) -> str:
    middle = group.coverage[_EIGHTY]
    if group.orders < _TOO_FEW:
        return f"Only {group.orders} orders could be tried: that shows a forecast that is far off, and no more."
    if not group.late_share_holds:
        more = "More" if group.seen.value > group.foretold.high else "Fewer"
        return f"{more} orders were late than the forecast allowed for: do not lean on its late share."
    if not middle.holds:
        how = "too sure of itself" if middle.value < middle.nominal else "less sure than it could be"
        return f"As many orders were late as foretold, but of the days the forecast is {how}."
    return "The forecast held: as many orders were late as foretold, and delays were spread as it said."


def _reasons(found: Backtest, group: Group) -> Sequence[str]:
    foretold = percentages(group.foretold.low, group.foretold.high, 1)
    came = f"{group.seen.counted:,} of {group.orders:,} orders were late ({percentage(group.seen.value, 1)})"
    reasons = [f"{came}; with 90 % it should have been {foretold}."]
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
    return f"It cannot be told from {title}: better by {percentage(skill.value, 0)} {between}."
