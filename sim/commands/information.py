"""``lotwise information``: what knowing an uncertain input before ordering is worth at most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from sim.commands import options, studying

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from sim.scenario import Scenario
    from sim.studies.knowledge import Information, Knowledge

_PATH_WIDTH: Final = 28


@click.command()
@options.scenario_argument
@options.plans_option
@click.option(
    "--inputs",
    multiple=True,
    metavar="PATHS",
    help="Only these uncertain inputs, separated by commas; the others keep the scenario's value.  [default: all]",
)
@click.option(
    "--groups",
    multiple=True,
    metavar="NAME=PATHS",
    help="Also tell what knowing several inputs together is worth, such as "
    "audit=suppliers.shenzhen.defects,contract: everything uncertain below these paths. May be repeated.",
)
@click.option(
    "--orders",
    multiple=True,
    metavar="SUPPLIER=NUMBER",
    help="Also tell what it would be worth to see so many more orders of a supplier first: whether and when they ship, "
    "and what is defective. May be repeated.",
)
@click.option(
    "--audit",
    multiple=True,
    metavar="SUPPLIER=UNITS",
    help="Also tell what it would be worth to have so many units of one lot of a supplier checked first. Repeatable.",
)
@click.option(
    "--points",
    type=click.IntRange(64, 1_000_000),
    default=1024,
    show_default=True,
    help="How often values of all inputs are drawn.",
)
@studying.study_options(replications=2000)
def information(
    scenario: Path,
    plans: tuple[str, ...],
    inputs: tuple[str, ...],
    groups: tuple[str, ...],
    orders: tuple[str, ...],
    audit: tuple[str, ...],
    points: int,
    **given: Any,  # noqa: ANN401 - what every study takes
) -> int:
    """Tell what knowing an uncertain input before ordering would be worth at most.

    A sample order or an audit pays only if it costs less than what it finds out is worth. For each input
    that SCENARIO calls uncertain, for those that belong together, and for all of them: how much less you
    would lose on average if you knew it exactly and chose the plan to match, and below or above which
    value you would choose another plan.

    What a look tells is less than the exact value: --orders and --audit say what that is worth.
    """
    from sim.studies.first_looks import FirstLook
    from sim.studies.information import information_found

    named = _groups(groups)
    looks = [FirstLook(name, orders=number) for name, number in _numbered(orders, "--orders shenzhen=3")]
    looks += [FirstLook(name, units=number) for name, number in _numbered(audit, "--audit shenzhen=125")]
    paths = tuple(path for listed in inputs for path in _separated(listed))
    return studying.conducted(
        "information",
        scenario,
        given,
        plans=plans,
        question={
            "points": points,
            "inputs": list(paths),
            "groups": {name: list(of) for name, of in named.items()},
            "looks": [one.name for one in looks],
        },
        ask=lambda loaded, study: information_found(
            study, loaded, plans=plans, inputs=paths, groups=named, looks=looks, points=points, seed=study.effort.seed
        ),
        show=_shown,
        draw=_drawn,
    )


def _groups(given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    from sim.errors import InputError, Problem

    named: dict[str, tuple[str, ...]] = {}
    for text in given:
        name, equals, paths = text.partition("=")
        if not equals or not name.strip() or not _separated(paths):
            hint = "write it as a name and the paths of inputs: --groups audit=suppliers.shenzhen.defects,contract"
            raise InputError(Problem(f"{text!r} is no group of inputs", hint=hint))
        if name.strip() in named:
            raise InputError(Problem(f"there are two groups {name.strip()!r}", hint="give each a name of its own"))
        named[name.strip()] = _separated(paths)
    return named


def _numbered(given: Sequence[str], example: str) -> list[tuple[str, int]]:
    """Suppliers with a number each."""
    from sim.errors import InputError, Problem

    found = []
    for text in given:
        name, equals, number = (part.strip() for part in text.partition("="))
        if not equals or not name or not number.isdecimal():
            raise InputError(Problem(f"{text!r} is no supplier with a number", hint=f"write it as in {example}"))
        found.append((name, int(number)))
    return found


def _separated(paths: str) -> tuple[str, ...]:
    return tuple(path.strip() for path in paths.split(",") if path.strip())


def _shown(screen: Console, loaded: Scenario, answer: Information) -> None:
    from sim.commands.screen import assumptions_note, path_lines, table
    from sim.experiments.wording import percentage
    from sim.studies.knowledge import changes_text

    spec = loaded.model
    number = f"{answer.points:,} points drawn from {len(answer.singles)} uncertain inputs"
    screen.print(f"{spec.title or loaded.name}\n{len(answer.losses)} plans, {number}; amounts in {answer.currency}")
    screen.print()
    grid = table("Known before ordering", "Worth at most", "Would change the choice")
    grid.columns[0].no_wrap = True
    for one in answer.knowledge:
        changes = changes_text(answer, one.name) if one.is_shown else ""
        grid.add_row(path_lines(one.name, _PATH_WIDTH), _worth(one), changes or _often(one))
    screen.print(grid)
    screen.print()
    screen.print(answer.verdict, style="bold")
    screen.print()
    screen.print(
        "Worth: how much less is lost on average by choosing the plan to match what is known, rather than "
        f"{answer.best} whatever comes. What tells less than the exact value is worth less. Intervals: "
        f"{percentage(answer.confidence)} confidence, for all rows together; nothing: not told apart from luck."
    )
    if answer.failed:
        left = f"{answer.failed:,} of {answer.points:,} points are left out: {answer.reason}"
        screen.print(left)
    screen.print(assumptions_note(loaded))


def _worth(one: Knowledge) -> str:
    from sim.experiments.verdict import money

    low, value, high = one.value.low, one.value.value, one.value.high
    if one.is_shown:
        return f"{money(value, beside=high)} ({money(low, beside=high)} to {money(high)})"
    return f"nothing (up to {money(high)})" if high > 0 else "nothing"


def _often(one: Knowledge) -> str:
    from sim.experiments.wording import percentage

    if not one.is_shown:
        return ""
    return f"in {percentage(one.changes, 0)} of cases"


def _drawn(answer: Information, scenario: Scenario) -> dict[str, Any]:
    from sim.report import charts

    frame = answer.tables()["information"].rename(columns={"name": "label"})
    title = "What knowing it before ordering is worth at most"
    chart = charts.bars(frame[["label", "value", "ci_low", "ci_high"]], title=title, unit=scenario.model.currency)
    return {"information": chart}
