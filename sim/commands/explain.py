"""``lotwise explain``: the story of one replication."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sim.commands import options

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from sim.experiments import Story


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

    Prints its dated events, each with the rule that caused it, then what the loss consists of, and where
    the recovery of the harm was stopped. Give either --replication or --quantile. Whichever engine looks
    for the quantile, the story is told by SimPy, the reference engine.
    """
    from sim.commands.screen import ProgressLine, console, print_json
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
    screen = console()
    if not quiet:
        screen.print(
            f"{story.scenario}, plan {story.plan}, replication {story.replication} of seed {story.seed}, "
            f"told by SimPy; amounts in {story.currency}"
        )
        screen.print()
    _print_events(screen, story)
    _print_amounts(screen, "What the plan lost", story.components, "loss", story.loss)
    recovery = {"ground_up": story.ground_up, **{name: -amount for name, amount in story.drops.items()}}
    _print_amounts(screen, "What came back of the harm", recovery, "recovered", story.recovered)
    return 0


def _print_events(screen: Console, story: Story) -> None:
    from sim.commands.screen import table

    several = len({event.order for event in story.events}) > 1
    grid = table("Date", "Day", *(["Order"] if several else []), "What happened", "Rule", right=("Day",))
    grid.columns[0].no_wrap = True
    for event in story.events:
        order = [event.order] if several else []
        moment = f"{event.moment:%Y-%m-%d %H:%M}"
        grid.add_row(moment, f"{event.day:.1f}", *order, event.sentence, event.rule)
    screen.print(grid)


_NAMES = {"ground_up": "harm (paid for goods missing, damaged or defective)"}


def _print_amounts(screen: Console, title: str, amounts: dict[str, float], last: str, total: float) -> None:
    """A waterfall: what is not zero, and the sum under a line."""
    from sim.commands.screen import table, words

    screen.print()
    grid = table(title, "Amount", right=("Amount",))
    for name, amount in amounts.items():
        if amount:
            grid.add_row(_NAMES.get(name, words(name)), f"{amount:,.2f}")
    grid.add_row(f"= {words(last)}", f"{total:,.2f}", style="bold")
    screen.print(grid)
