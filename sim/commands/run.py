"""``lotwise run``: simulate every plan and write the run folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.commands import options

if TYPE_CHECKING:
    from sim.experiments import RunResult

_SHOWN = ("expected_loss", "loss_cvar_95", "late_probability", "claim_probability", "fill_rate")


@click.command()
@options.scenario_argument
@options.set_option
@options.plans_option
@options.seed_option
@options.replications_option
@options.precision_options
@options.workers_option
@options.engine_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder to write, new or empty.  [default: results/SCENARIO/TIME-HASH]",
)
@click.option("--no-orders", is_flag=True, help="Leave out the two large tables, of replications and of orders.")
@click.option("--no-report", is_flag=True, help="Leave out the report; `lotwise report` can write it later.")
@options.dry_run_option
@options.json_option
@options.quiet_option
def run(
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
    no_orders: bool,
    no_report: bool,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Simulate every plan of SCENARIO and write a folder with its tables and a report.

    The folder holds report.html, a page to decide by; summary.csv, replications.parquet and orders.parquet;
    report.json, which is the report as data; the scenario as it was run, and a manifest. It appears when it
    is complete, or not at all. Ends with 1 if a precision was asked for and not reached.
    """
    from sim.commands.screen import ProgressLine, precision_note, print_json
    from sim.experiments import run as simulate_plans

    loaded = options.scenario_loaded(scenario, overrides)
    if dry_run:
        from sim.commands.plan_of_work import print_plan_of_work

        target = out or Path("results") / loaded.name / "<time>-<hash>"
        print_plan_of_work(loaded, plans, seed, replications, precision, at_most, target, as_json=as_json)
        return 0
    with ProgressLine(quiet=quiet or as_json) as progress:
        result = simulate_plans(
            loaded,
            plans=plans,
            replications=replications,
            precision=precision,
            at_most=at_most,
            seed=seed,
            workers=workers,
            tables=not no_orders,
            out=out,
            results=Path("results"),
            command=options.command_line(),
            extras=None if no_report else options.report_maker(workers, progress.tell),
            progress=progress,
            tell=progress.tell,
            engine=engine,
        )
    if as_json:
        print_json(_data(result))
    elif quiet:
        click.echo(str(result.folder))
    else:
        _print_summary(result)
    return precision_note(result)


def _data(result: RunResult) -> dict[str, Any]:
    return {
        "scenario": result.scenario.name,
        "folder": str(result.folder),
        "seed": result.scenario.model.run.seed,
        "replications": result.n,
        "confidence": result.confidence,
        "precision_reached": result.half_width_reached,
        "plans": {
            plan: {
                measure.name: dict(zip(("value", "ci_low", "ci_high", "n"), measure.estimate, strict=True))
                for measure in result.measures(plan)
            }
            for plan in result.plans
        },
    }


def _print_summary(result: RunResult) -> None:
    from sim.commands.loss_table import plan_rows
    from sim.commands.screen import assumptions_note, console, heading, plus_minus
    from sim.experiments.verdict import money
    from sim.experiments.wording import percentage

    screen = console()
    scenario = result.scenario
    screen.print(heading(scenario, len(result.plans), result.n))
    screen.print()
    headings = ("Expected loss", "Worst 5 %", "Late", "Claims", "Filled")
    cells = {}
    for plan in result.plans:
        shown = {measure.name: measure.estimate for measure in result.measures(plan)}
        loss, tail, *shares = (shown[name] for name in _SHOWN)
        cells[plan] = plus_minus(loss), money(tail.value), *(percentage(share.value, 1) for share in shares)
    screen.print(plan_rows(screen, headings, cells))
    screen.print()
    screen.print("Late: an order ships after its contract date, or never. Filled: share of the need served.")
    screen.print(assumptions_note(scenario))
    click.echo(f"Written to {result.folder}")
    if result.folder is not None and (result.folder / "report.html").exists():
        click.echo("Open its report.html to decide by.")
