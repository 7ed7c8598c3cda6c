"""``lotwise explain``: the story of one replication."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from sim.commands import options

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console, RenderableType

    from sim.experiments import Story

_HARM: Final = "harm (paid for goods missing, damaged or defective)"
_LONG_PAUSE_DAYS: Final = 5
"""So much time between two events of a phase gets a line."""
_SENTENCE: Final = 30
"""Letters that what happened needs beside its date."""
_APART: Final = 2
"""Blanks between columns."""
_SHORTEST_FUNNEL: Final = 10


@click.command()
@options.scenario_argument
@click.option("--plan", metavar="NAME", help="The plan; needed where the scenario has more than one.")
@click.option("--replication", type=click.IntRange(0, 2**62 - 1), help="Its number, from 0.")
@click.option(
    "--quantile",
    type=click.FloatRange(0, 1),
    help="Instead of a number: the replication at this quantile of the loss, such as 0.99 for a bad case.",
)
@options.set_option
@options.seed_option
@options.replications_option
@options.workers_option
@options.json_option
@options.quiet_option
def explain(
    scenario: Path,
    plan: str | None,
    replication: int | None,
    quantile: float | None,
    overrides: tuple[str, ...],
    seed: int | None,
    replications: int | None,
    workers: int,
    as_json: bool,
    quiet: bool,
) -> int:
    """Replay one replication of a plan of SCENARIO and tell what happened, and why.

    Prints its dated events, each with the rule that caused it below, then what the loss consists of, and
    where the recovery of the harm was stopped. Give either --replication or --quantile. Whichever engine looks
    for the quantile, the story is told by SimPy, the reference engine.
    """
    from sim.commands.screen import ProgressLine, print_json
    from sim.experiments import explain as tell

    loaded = options.scenario_loaded(scenario, overrides)
    with ProgressLine(quiet=quiet or as_json) as progress:
        story = tell(
            loaded,
            plan=plan,
            replication=replication,
            quantile=quantile,
            replications=replications,
            seed=seed,
            workers=workers,
            progress=progress,
            tell=progress.tell,
        )
    if as_json:
        print_json(story.as_data())
        return 0
    print_story(story, quiet=quiet)
    return 0


def print_story(story: Story, *, quiet: bool = False) -> None:
    """Print which replication it is unless `quiet`, what happened, what it cost, and where the recovery stopped."""
    from sim.commands.screen import console

    screen = console()
    if not quiet:
        screen.print(
            f"{story.scenario}, plan {story.plan}, replication {story.replication} of seed {story.seed}, "
            f"told by SimPy; amounts in {story.currency}"
        )
        screen.print()
    _print_events(screen, story)
    _print_loss(screen, story)
    _print_recovery(screen, story)


def _print_events(screen: Console, story: Story) -> None:
    """The events under the phases of their orders, each with its date, and below it the rule in brackets.

    The line of an event can be read alone: it has its date, and its order where there are several.
    """
    from sim.commands.phases import later, steps

    ids = {event.order for event in story.events}
    longest = max(*map(len, ids), len("Order")) if len(ids) > 1 else 0

    def beginning(date: str, day: str, order: str) -> str:
        return f"{date:<16}  {day:>6}  {f'{order:<{longest}}  ' if longest else ''}"

    screen.print(_row(screen, beginning("Date", "Day", "Order"), "What happened [by which rule]", "bold"))
    for step in steps(story.events):
        event, pause = step.event, later(step.days)
        if step.opens:
            heading = f"{event.order}: {step.phase}" if longest else str(step.phase)
            screen.print()
            screen.print(f"{heading}, {pause}" if pause else heading, style="bold")
        elif step.days >= _LONG_PAUSE_DAYS:
            screen.print(f"    {pause}", style="dim")
        start = beginning(f"{event.moment:%Y-%m-%d %H:%M}", f"{event.day:.1f}", event.order)
        screen.print(_row(screen, start, event.sentence))
        screen.print(_row(screen, " " * len(start), f"[{event.rule}]", "dim"))


def _row(screen: Console, start: str, text: str, style: str = "") -> RenderableType:
    """A text beside its beginning, or below it where the screen is too narrow for both."""
    from rich.padding import Padding
    from rich.table import Table

    grid = Table.grid()
    if len(start) + _SENTENCE <= screen.width:
        grid.add_column(width=len(start), no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(start, text, style=style)
        return grid
    grid.add_column(overflow="fold")
    if start.strip():
        grid.add_row(start, style=style)
    grid.add_row(Padding(text, (0, 0, 0, 4)), style=style)
    return grid


def _print_loss(screen: Console, story: Story) -> None:
    from sim.commands.screen import table
    from sim.experiments.wording import words

    screen.print()
    grid = table("What the plan lost", "Amount", right=("Amount",))
    for name, amount in story.components.items():
        if amount:
            grid.add_row(words(name), f"{amount:,.2f}")
    grid.add_row("= loss", f"{story.loss:,.2f}", style="bold")
    screen.print(grid)


def _print_recovery(screen: Console, story: Story) -> None:
    """A funnel: the harm, what each rule stopped of it, and bars of what was left then."""
    from sim.commands.bars import share_bar
    from sim.commands.screen import table
    from sim.experiments.wording import words

    steps = [(_HARM, story.ground_up), *((words(name), -amount) for name, amount in story.drops.items())]
    rows = [(name, amount, f"{amount:,.2f}") for name, amount in steps if amount]
    room = screen.width - len(_HARM) - max((len(figure) for _, _, figure in rows), default=0) - 2 * _APART
    with_bars = bool(rows) and room >= _SHORTEST_FUNNEL
    screen.print()
    grid = table("What came back of the harm", "Amount", *(["Left of it"] if with_bars else []), right=("Amount",))
    left = 0.0
    for name, amount, figure in rows:
        left += amount
        grid.add_row(name, figure, *([share_bar(left / story.ground_up, room)] if with_bars else []))
    grid.add_row("= recovered", f"{story.recovered:,.2f}", style="bold")
    screen.print(grid)
