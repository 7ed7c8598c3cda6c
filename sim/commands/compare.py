"""``lotwise compare``: the plans side by side, and a verdict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands import options

if TYPE_CHECKING:
    from sim.experiments import Comparison
    from sim.experiments.comparison import ComparedPlan


@click.command()
@options.scenario_argument
@options.set_option
@options.plans_option
@options.seed_option
@options.replications_option
@options.precision_options
@options.workers_option
@options.engine_option
@click.option("--out", type=click.Path(path_type=Path), help="Also write the run to this folder, new or empty.")
@options.dry_run_option
@options.json_option
@options.quiet_option
def compare(
    scenario: Path,
    overrides: tuple[str, ...],
    plans: tuple[str, ...],
    seed: int | None,
    replications: int | None,
    precision: str | None,
    at_most: int | None,
    workers: int,
    engine: str | None,
    out: Path | None,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Compare the plans of SCENARIO under common random numbers, and say which loses least.

    For each plan: the expected loss, how much more it is than the best plan's, the mean of the worst 5 %,
    what the loss mostly consists of, and which rule stopped most of the recovery. Ends with 1 if a
    precision was asked for and not reached.
    """
    from sim.commands.screen import ProgressLine, precision_note, print_json
    from sim.experiments import compare as compare_plans

    loaded = options.scenario_loaded(scenario, overrides)
    if dry_run:
        from sim.commands.plan_of_work import print_plan_of_work

        print_plan_of_work(loaded, plans, seed, replications, precision, at_most, out, as_json=as_json)
        return 0
    with ProgressLine(quiet=quiet or as_json) as progress:
        comparison = compare_plans(
            loaded,
            plans=plans,
            replications=replications,
            precision=precision,
            at_most=at_most,
            seed=seed,
            workers=workers,
            out=out,
            command=options.command_line(),
            progress=progress,
            tell=progress.tell,
            engine=engine,
        )
    if as_json:
        print_json(_data(comparison))
    elif quiet:
        click.echo(comparison.verdict)
    else:
        _print_comparison(comparison)
    return precision_note(comparison.run)


def _data(comparison: Comparison) -> dict[str, Any]:
    result = comparison.run
    return {
        "scenario": result.scenario.name,
        "currency": result.scenario.model.currency,
        "seed": result.scenario.model.run.seed,
        "replications": result.n,
        "confidence": result.confidence,
        "precision_reached": result.half_width_reached,
        "folder": None if result.folder is None else str(result.folder),
        "best": comparison.best,
        "verdict": comparison.verdict,
        "plans": [plan.as_row() for plan in comparison.plans],
    }


def _print_comparison(comparison: Comparison) -> None:
    from sim.commands.screen import assumptions_note, console, heading, plus_minus, table
    from sim.experiments.verdict import money

    screen, result = console(), comparison.run
    screen.print(heading(result.scenario, len(result.plans), result.n))
    screen.print()
    grid = table("Plan", "Expected loss", "More than the best", "Worst 5 %", right=("Expected loss", "Worst 5 %"))
    for plan in comparison.plans:
        grid.add_row(plan.name, plus_minus(plan.loss), _more_than_best(plan), money(plan.tail.value))
    screen.print(grid)
    screen.print()
    grid = table("Plan", "Loss consists mostly of", "Recovery stopped most by")
    for plan in comparison.plans:
        grid.add_row(plan.name, _consists_of(plan), _stopped_by(plan))
    screen.print(grid)
    screen.print()
    screen.print(comparison.verdict, style="bold")
    screen.print()
    screen.print(
        "Loss: against buying what is needed in one order at the best listed price, whole and on time; "
        "a negative part lowers it. "
        "Worst 5 %: mean loss of the worst 5 % of replications (CVaR 95). Intervals: "
        f"{result.confidence:.0%} confidence; those of differences hold for all plans together."
    )
    screen.print(assumptions_note(result.scenario))
    if result.folder is not None:
        click.echo(f"Written to {result.folder}")


def _more_than_best(plan: ComparedPlan) -> str:
    from sim.experiments.verdict import money

    if plan.to_best is None:
        return "best in this run"
    difference = plan.to_best.difference
    interval = (
        f" ({money(difference.low, beside=difference.value)} to {money(difference.high)})" if difference.n > 1 else ""
    )
    open_still = "" if plan.to_best.settled else " ?"
    return f"{money(difference.value)}{interval}{open_still}"


def _consists_of(plan: ComparedPlan) -> str:
    from sim.commands.screen import words
    from sim.experiments.verdict import money

    return ", ".join(f"{words(name)} {money(amount)}" for name, amount in plan.largest_components) or "nothing"


def _stopped_by(plan: ComparedPlan) -> str:
    from sim.commands.screen import words
    from sim.experiments.verdict import money

    if plan.stopping_rule is None:
        return "nothing"
    name, amount = plan.stopping_rule
    return f"{words(name)}: {money(amount)} of {money(plan.ground_up)}"
