"""``lotwise calendar``: the days on which the buyer must act, and what helps a claim."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from sim.commands import options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rich.console import Console
    from rich.table import Table

    from sim.errors import Problem
    from sim.scenario import Scenario
    from sim.studies.agenda import ActDay, Agenda, GivenDate
    from sim.studies.evidence import Evidence

_DATES: Final = {
    "placed": "When the order was placed.",
    "ship_date": "The ship date as agreed with the supplier, if it is another than the contract's first.",
    "shipped": "When the goods left the supplier.",
    "received": "When the goods arrived.",
    "checked": "When all goods had been checked.",
    "dispute_opened": "When the dispute was opened.",
    "supplier_answered": "The supplier's last answer or proposal in the dispute.",
    "buyer_answered": "Your own last answer or proposal in the dispute.",
    "escalated": "When the dispute came before the platform.",
}


_MARGIN_TOLD: Final = (
    "by: a last day, one day before the last safe day. A moment exactly on a limit is in time, but the pack names no "
    "time zone: the platform's own clock decides, so a day of margin is kept. from: the first day on which it is "
    "surely possible."
)
_NARROW: Final = 26
"""Columns in which a path is broken after a dot."""


def _date_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """An option for every date that can be known."""
    for name, text in reversed(_DATES.items()):
        function = click.option(f"--{name.replace('_', '-')}", name, metavar="DATE", help=text)(function)
    return function


@click.command()
@options.scenario_argument
@click.option("--plan", metavar="NAME", help="The plan; needed where the scenario has more than one.")
@click.option("--order", metavar="ID", help="One order of the plan; needed with a DATE where it has several.")
@_date_options
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write the days as a calendar, *.ics.")
@click.option("--ics", "by_default", is_flag=True, help="Write the calendar to SCENARIO-PLAN.ics in this folder.")
@click.option("--no-prices", is_flag=True, help="List what helps a claim, but do not simulate what it is worth.")
@options.set_option
@options.seed_option
@click.option(
    "--replications",
    type=click.IntRange(100, 1_000_000),
    default=4_000,
    show_default=True,
    help="How often the plan is simulated, for what is expected and for each price.",
)
@options.json_option
@options.quiet_option
def calendar(
    scenario: Path,
    plan: str | None,
    order: str | None,
    out: Path | None,
    by_default: bool,
    no_prices: bool,
    overrides: tuple[str, ...],
    seed: int | None,
    replications: int,
    as_json: bool,
    quiet: bool,
    **dates: str | None,
) -> int:
    """List the days on which you must act under a plan of SCENARIO, and write them as a calendar.

    Without dates it tells what follows from the contract and, marked as expected, what happens in the
    simulated orders. A DATE is what really happened, as 2026-05-27 or 2026-05-27T14:30; what follows from
    it comes from the rules of the protection. A date without a time is taken at the start of its day, so
    that no deadline comes out later than it truly is.
    """
    from sim.commands.screen import ProgressLine, print_json
    from sim.studies.agenda import agenda_of

    loaded = options.scenario_loaded(scenario, overrides)
    given = _dates_read(dates)
    with ProgressLine(quiet=quiet or as_json) as progress:
        agenda = agenda_of(
            loaded, plan, order=order, given=given, replications=replications, seed=seed, tell=progress.tell
        )
        short = quiet and not as_json
        evidence = () if short else _evidence(loaded, agenda, replications, seed, priced=not no_prices)
    target = out or (Path(f"{agenda.scenario}-{agenda.plan}.ics") if by_default else None)
    if target is not None:
        from sim.report.ics import write_calendar

        write_calendar(agenda, target)
    if as_json:
        listed = [item.as_data() for item in evidence]
        print_json({**agenda.data(), "evidence": listed, "file": None if target is None else str(target)})
    elif quiet:
        click.echo(_next_in_words(agenda))
    else:
        _shown(loaded, agenda, evidence, target)
    return 0


def _dates_read(dates: Mapping[str, str | None]) -> dict[str, GivenDate]:
    """Every date that was given; all that are wrong are told at once."""
    from sim.errors import InputError
    from sim.studies.agenda import DATE_NAMES, date_read

    found: dict[str, GivenDate] = {}
    problems: list[Problem] = []
    for name in DATE_NAMES:
        text = dates.get(name)
        if text is None:
            continue
        try:
            found[name] = date_read(name, text)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*problems)
    return found


def _evidence(
    scenario: Scenario, agenda: Agenda, replications: int, seed: int | None, *, priced: bool
) -> tuple[Evidence, ...]:
    from sim.studies.evidence import evidence_priced, items_of, unpriced
    from sim.studies.study import study_in_memory

    if not priced:
        return unpriced(items_of(scenario, agenda.plan))
    with study_in_memory(scenario, (agenda.plan,), replications, seed) as study:
        return evidence_priced(study, scenario, agenda.plan)


# ------------------------------------------------------------------------------------------------- on the screen


def _next_in_words(agenda: Agenda) -> str:
    """The next thing to do, in a line."""
    from sim.studies.agenda import Kind
    from sim.studies.agenda.given import day_text

    day = agenda.next_day
    if day is None:
        return f"Nothing more to do under {agenda.plan} by the dates given."
    word = {Kind.DEADLINE: "by ", Kind.OPENS: "from ", Kind.EVENT: ""}[day.kind]
    order = f" (order {day.order})" if len(agenda.orders) > 1 else ""
    expected = "expected " if day.is_expected else ""
    limit = "" if day.last_day is None or day.is_expected else f"; last safe day {day_text(day.last_day)}"
    text = f"{expected}{word}{day_text(day.day)}: {day.task}{order}{limit}."
    return text[0].upper() + text[1:]


def _shown(scenario: Scenario, agenda: Agenda, evidence: Sequence[Evidence], target: Path | None) -> None:
    from sim.commands.screen import console

    screen = console()
    _print_heading(screen, scenario, agenda)
    _print_days(screen, agenda, agenda.certain_days)
    if_disputed = [day for day in agenda.days if day.if_disputed]
    if if_disputed:
        screen.print()
        screen.print("If there is a dispute", style="bold")
        _print_days(screen, agenda, if_disputed)
    for note in agenda.notes:
        screen.print()
        screen.print(note)
    _print_evidence(screen, scenario, agenda, evidence)
    _print_how_to_read(screen, agenda)
    if target is not None:
        screen.print()
        screen.print(f"Wrote {target}: import it into your calendar; imported again, it replaces itself.")


def _print_heading(screen: Console, scenario: Scenario, agenda: Agenda) -> None:
    from sim.studies.agenda import DATE_NAMES

    screen.print(scenario.model.title or scenario.name)
    screen.print(f"Plan {agenda.plan}, protection {agenda.protection}")
    for name, known in agenda.given.items():
        screen.print(f"Known: {DATE_NAMES[name]} on {known}")
    screen.print()


def _print_days(screen: Console, agenda: Agenda, days: Sequence[ActDay]) -> None:
    if not days:
        screen.print("Nothing more to do by the dates given.")
        return
    screen.print(_table_of(days, several=len(agenda.orders) > 1))


def _table_of(days: Sequence[ActDay], *, several: bool) -> Table:
    from sim.commands.screen import table
    from sim.studies.agenda.given import day_text

    grid = table("Day", *(["Order"] if several else []), "What to do", "Why")
    grid.columns[0].no_wrap = True
    grid.columns[-1].ratio = 2
    grid.columns[-2].ratio = 3
    for day in days:
        order = [day.order] if several else []
        when = f"{day.kind.value:<4} {day_text(day.day)}"
        mark = "\nexpected" if day.is_expected else ""
        what = "\n".join(part for part in (f"{day.task}.", day.timing) if part)
        why = "\n".join(_folded(str(reason)) for reason in day.reasons) or "simulated orders"
        grid.add_row(when + mark, *order, what, why)
    return grid


def _folded(text: str) -> str:
    """A text whose long paths are broken after a dot or an underscore."""
    from sim.commands.screen import path_lines

    return " ".join(path_lines(word, _NARROW) if len(word) > _NARROW else word for word in text.split(" "))


def _print_evidence(screen: Console, scenario: Scenario, agenda: Agenda, evidence: Sequence[Evidence]) -> None:
    from sim.commands.screen import table
    from sim.studies.evidence import UNKNOWN

    screen.print()
    if not evidence:
        screen.print(f"No claim can be made under {agenda.plan}: no evidence is worth anything there.")
        return
    from sim.experiments.wording import percentage

    priced = any(item.worth is not None for item in evidence)
    screen.print("What helps a claim", style="bold")
    grid = table("Have", *(["Worth"] if priced else []), "Counts through")
    for item in evidence:
        worth = [item.price(scenario.model.currency)] if priced else []
        grid.add_row(item.item.task, *worth, _folded(item.item.why))
    screen.print(grid)
    if priced:
        size = next(item.worth.n for item in evidence if item.worth is not None)
        sure = f"{size:,} replications, {percentage(scenario.model.run.confidence)} confidence for all together"
        screen.print(
            "Worth: how much less the plan loses with it than without it, on average for every time the plan is "
            f"carried out, with or without a dispute ({sure})."
        )
    else:
        screen.print("What each is worth is told without --no-prices.")
    screen.print(f"The model does not know {UNKNOWN}.")


def _print_how_to_read(screen: Console, agenda: Agenda) -> None:
    from sim.studies.agenda import Basis

    screen.print()
    parts = [_MARGIN_TOLD]
    if any(known.whole_day for known in agenda.given.values()):
        parts.append("A date without a time is taken at the start of its day.")
    if any(day.basis is Basis.EXPECTED for day in agenda.days):
        parts.append(f"expected: the median of {agenda.replications:,} simulated orders, and where 90 % of them lie.")
    parts.append("(A): an assumption. Nothing here is legal advice.")
    screen.print(" ".join(parts))
