"""``lotwise backtest``: fit on a part of a history, forecast the rest, and compare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from sim.commands import options
from sim.commands.history_options import date_read, history_options, history_read
from sim.commands.places import check_picture, draw
from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from rich.console import Console

    from sim.calibration.backtest import Backtest, Group

_SHARE: Final = 0.7
_FOLDS: Final = 5
_MOST_SUPPLIERS: Final = 8


@click.command()
@history_options
@click.option("--cut", metavar="DATE", help="Last day of the past.  [default: as --share needs it]")
@click.option(
    "--share",
    type=click.FloatRange(0.05, 0.95),
    metavar="SHARE",
    help=f"Of the orders that were due, so many belong to the past.  [default: {_SHARE}]",
)
@click.option(
    "--random", "at_random", is_flag=True, help="Divide by lot instead: each part is forecast from all others."
)
@click.option(
    "--folds", type=click.IntRange(2, 20), metavar="N", help=f"With --random: into N parts.  [default: {_FOLDS}]"
)
@click.option("--plot", type=click.Path(path_type=Path), metavar="FILE", help="Draw it too, as *.svg, *.png or *.pdf.")
@options.seed_option
@click.option("--force", is_flag=True, help="Replace the plot if there is one.")
@options.json_option
@options.quiet_option
def backtest(
    cut: str | None,
    share: float | None,
    at_random: bool,
    folds: int | None,
    plot: Path | None,
    seed: int | None,
    force: bool,
    as_json: bool,
    quiet: bool,
    **read: Any,  # noqa: ANN401 - as history_options has them
) -> int:
    """Fit on the past of HISTORY, predict the rest, and see how far to trust it.

    The past is what was known on the day of the cut. Every order promised for later is forecast, and compared
    with what came: how many were late, how late, and whether the promise itself or last year's mean would have
    done as well.
    """
    from sim.calibration.backtest import Wanted, backtested
    from sim.calibration.backtest_words import verdict
    from sim.commands.screen import ProgressLine, console, print_json, print_plainly

    _check_together(cut, share, folds, at_random=at_random)
    check_picture(plot, force=force)
    wanted = Wanted(
        cut=None if cut is None else date_read("--cut", cut),
        share=share or _SHARE,
        folds=(folds or _FOLDS) if at_random else None,
        seed=1 if seed is None else seed,
    )
    with ProgressLine(quiet=quiet or as_json) as line:
        history = history_read(**read)
        line.tell("Fitting the past …")
        found = backtested(history, wanted, progress=line)
    if as_json:
        print_json(_data(found))
    elif quiet:
        print_plainly(" ".join(verdict(found)[:2]))
    else:
        _print(console(), found)
    if plot is not None:
        from sim.report.forecast_check import forecast_check

        draw(forecast_check(found), plot)
        if not (quiet or as_json):
            click.echo(f"Drawn: {plot}")
    return 0


def _check_together(cut: str | None, share: float | None, folds: int | None, *, at_random: bool) -> None:
    by_time = "--cut" if cut is not None else "--share" if share is not None else ""
    if at_random and by_time:
        raise InputError(Problem(f"{by_time} divides by time, --random by lot", hint="leave one of them out"))
    if cut is not None and share is not None:
        raise InputError(Problem("--cut and --share both say where the past ends", hint="leave one of them out"))
    if folds is not None and not at_random:
        raise InputError(Problem("--folds are parts drawn by lot", hint="add --random"))


def _data(found: Backtest) -> dict[str, Any]:

    from sim.calibration.backtest_words import not_told, verdict

    return {
        "history": found.source,
        "as_of": found.as_of.isoformat(),
        "cut": None if found.cut is None else found.cut.isoformat(),
        "folds": found.folds,
        "learned_from": found.learned,
        "laws": list(found.laws),
        "verdict": list(verdict(found)),
        "groups": [_group_data(group) for group in found.groups],
        "suppliers": [one._asdict() | {"foretold": one.foretold._asdict()} for one in found.suppliers],
        "shipped_on_the_promised_day": found.on_the_day,
        "left_out": {
            "not_due": found.not_due,
            "unknown": found.unknown,
            "suppliers_left_out": found.suppliers_left_out,
        },
        "not_told": list(not_told(found)),
    }


def _group_data(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "orders": group.orders,
        "suppliers": group.suppliers,
        "open": group.open,
        "late_foretold": group.foretold._asdict(),
        "late_seen": group.seen._asdict() | {"value": group.seen.value},
        "late_share_holds": group.late_share_holds,
        "coverage": [one._asdict() for one in group.coverage],
        "coverage_of_late_orders": [one._asdict() for one in group.late_coverage],
        "tenths": list(group.tenths),
        "crps_days": group.crps,
        "naive": [one._asdict() for one in group.skills],
        "brier": group.brier,
        "brier_of_past_share": group.brier_naive,
    }


def _print(screen: Console, found: Backtest) -> None:
    from sim.calibration.backtest_words import not_told, tried, verdict
    from sim.calibration.lateness_laws import law_title
    from sim.experiments.wording import percentage

    first, *reasons = verdict(found)
    screen.print(first, style="bold")
    for reason in reasons:
        screen.print(f"- {reason}")
    screen.print()
    screen.print(tried(found))
    screen.print()
    _print_groups(screen, found)
    _print_scores(screen, found)
    _print_suppliers(screen, found)
    tenths = " ".join(f"{100 * share:.0f}" for share in found.groups[0].tenths)
    screen.print(f"Outcomes by tenths of their forecasts, 10 % in each at best: {tenths} %")
    laws = ", ".join(f"{law_title(law)} in {found.laws.count(law)}" for law in dict.fromkeys(found.laws))
    law = law_title(found.laws[0]) if len(found.laws) == 1 else f"{laws} of {len(found.laws)} fits"
    exact = "" if found.on_the_day is None else f" Shipped on the very day: {percentage(found.on_the_day, 0)}."
    screen.print(f"Law of lateness chosen: {law}.{exact}")
    for text in not_told(found):
        screen.print(f"- {text}")


def _print_groups(screen: Console, found: Backtest) -> None:
    from sim.commands.screen import table
    from sim.experiments.wording import percentage, percentages

    grid = table("Orders tried", "n", "Late foretold", "seen", "Middle 80 % holds", right=("n", "seen"))
    for group in found.groups:
        middle = group.coverage[1]
        grid.add_row(
            group.name,
            f"{group.orders:,}",
            percentages(group.foretold.low, group.foretold.high, 1),
            percentage(group.seen.value, 1),
            f"{percentage(middle.value, 0)} ({percentages(middle.low, middle.high)})",
        )
    screen.print(grid)
    screen.print()


def _print_scores(screen: Console, found: Backtest) -> None:
    from math import isnan

    from sim.calibration.backtest_words import naive_title
    from sim.commands.screen import table
    from sim.experiments.wording import percentage, percentages

    grid = table("Forecast", "Days off (CRPS)", "This one is better by", right=("Days off (CRPS)",))
    group = found.groups[0]
    grid.add_row("this one", f"{group.crps:.2f}", "")
    for skill in group.skills:
        between = "" if isnan(skill.low) else f" ({percentages(skill.low, skill.high)})"
        better = "-" if isnan(skill.value) else percentage(skill.value, 0)
        grid.add_row(naive_title(skill, by_time=found.cut is not None), f"{skill.crps:.2f}", f"{better}{between}")
    screen.print(grid)
    screen.print()


def _print_suppliers(screen: Console, found: Backtest) -> None:
    from sim.commands.screen import table
    from sim.report.lettering import beginning

    if len(found.suppliers) == 1:
        return
    grid = table("Supplier", "Past", "Tried", "Late foretold", "seen", right=("Past", "Tried", "seen"))
    for one in found.suppliers[:_MOST_SUPPLIERS]:
        grid.add_row(
            beginning(one.name, 38),
            f"{one.past:,.0f}",
            f"{one.orders:,}",
            f"{one.foretold.low:.0f} to {one.foretold.high:.0f}",
            str(one.late),
        )
    screen.print(grid)
    if len(found.suppliers) > _MOST_SUPPLIERS:
        screen.print(f"and {len(found.suppliers) - _MOST_SUPPLIERS} more suppliers (--json has them all)")
    screen.print()
