"""``lotwise compare``: the plans side by side, and a verdict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from sim.commands import options
from sim.commands.exit_codes import DONE, NOT_MET
from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from sim.experiments import Comparison
    from sim.experiments.comparison import ComparedPlan
    from sim.experiments.selected import SelectedPlan, Selection
    from sim.scenario import Scenario

_SURE: Final = "bold green"
"""For a terminal: the plan to choose, where it is settled."""
_UNSURE: Final = "bold yellow"
"""For a terminal: what is not settled."""


@click.command()
@options.scenario_argument
@options.set_option
@options.plans_option
@options.seed_option
@options.replications_option
@options.precision_options
@click.option(
    "--guarantee",
    type=click.FloatRange(0.5, 1, min_open=True, max_open=True),
    metavar="P",
    help="Instead of a number of replications: simulate until the best plan is found with this probability, such as "
    "0.95; a plan that cannot be the best any more is simulated no further.",
)
@click.option(
    "--indifference",
    type=click.FloatRange(0, min_open=True),
    metavar="AMOUNT",
    help="With --guarantee: the smallest saving on average for which you would change to another plan, an amount of "
    "currency.  [default: a thousandth of what the goods cost at the best listed price]",
)
@options.workers_option
@options.engine_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Also write the run to this folder, new or empty, as `lotwise run` does: tables and report.",
)
@click.option(
    "--no-report", is_flag=True, help="With --out: leave out the report; `lotwise report` can write it later."
)
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
    guarantee: float | None,
    indifference: float | None,
    workers: int,
    engine: str | None,
    out: Path | None,
    no_report: bool,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Compare the plans of SCENARIO under common random numbers, and say which loses least.

    For each plan: the expected loss, how much more it is than the best plan's, the mean of the worst 5 %,
    what the loss mostly consists of, and which rule stopped most of the recovery. With --guarantee:
    which plan to choose, which others cannot be told from it, and what it took to find out. Ends with 1 if a
    precision or a guarantee was asked for and not reached.
    """
    from sim.commands.screen import ProgressLine, precision_note, print_json, print_plainly
    from sim.experiments import compare as compare_plans

    _check_guarantee(guarantee, indifference, replications, precision, out)
    if no_report and out is None:
        hint = "name a folder with --out, or leave out --no-report"
        raise InputError(Problem("--no-report says what --out leaves out, but nothing is written", hint=hint))
    loaded = options.scenario_loaded(scenario, overrides)
    if guarantee is not None:
        if dry_run:
            _print_plan_of_choice(loaded, plans, seed, guarantee, indifference, at_most, as_json=as_json)
            return DONE
        from sim.experiments.selection import select

        with ProgressLine(quiet=quiet or as_json) as progress:
            selection = select(
                loaded,
                plans=plans,
                guarantee=guarantee,
                indifference=indifference,
                seed=seed,
                at_most=at_most,
                workers=workers,
                progress=progress,
                tell=progress.tell,
                engine=engine,
            )
        return _answered(selection, loaded, as_json=as_json, quiet=quiet)
    if dry_run:
        from sim.commands.plan_of_work import print_plan_of_work

        print_plan_of_work(loaded, plans, seed, replications, precision, at_most, out, as_json=as_json)
        return DONE
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
            extras=None if no_report or out is None else options.report_maker(workers, progress.tell),
            progress=progress,
            tell=progress.tell,
            engine=engine,
        )
    if as_json:
        print_json(_data(comparison))
    elif quiet:
        print_plainly(comparison.verdict)
    else:
        print_comparison(comparison)
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
        **({} if comparison.unknown is None else {"unknown": comparison.unknown.data()}),
        "plans": [plan.as_row() for plan in comparison.plans],
    }


def print_comparison(comparison: Comparison) -> None:
    """Print the answer first, then what it rests on: the losses, the worst cases, and what a loss consists of."""
    from sim.commands.loss_table import LossRow, loss_table, plan_lines, plans_table
    from sim.commands.screen import assumptions_note, console, heading
    from sim.experiments.verdict import money
    from sim.experiments.wording import percentage

    screen, result = console(), comparison.run
    screen.print(heading(result.scenario, len(result.plans), result.n))
    screen.print()
    settled = all(plan.to_best is None or plan.to_best.settled for plan in comparison.plans)
    told = _SURE if settled else _UNSURE
    screen.print(comparison.verdict, style=told)
    if comparison.unknown is not None:
        screen.print(comparison.unknown.sentence)
    screen.print()
    rows = [LossRow(plan.name, plan.loss, _more_than_best(plan), _style(plan, told)) for plan in comparison.plans]
    grid, with_bars = loss_table(screen, rows, "More than the best")
    screen.print(grid)
    screen.print()
    grid = plans_table("Plan", "Worst 5 %", "Recovery stopped most by", right=("Worst 5 %",))
    for plan in comparison.plans:
        grid.add_row(plan_lines(plan.name, screen), money(plan.tail.value), _stopped_by(plan))
    screen.print(grid)
    screen.print()
    grid = plans_table("Plan", "Loss consists mostly of")
    for plan in comparison.plans:
        grid.add_row(plan_lines(plan.name, screen), _consists_of(plan))
    screen.print(grid)
    screen.print()
    bars = "Bars: expected loss, thin where its interval lies. " if with_bars else ""
    open_still = "" if settled else " ?: not settled that the plan loses more."
    screen.print(
        "Loss: against buying what is needed in one order at the best listed price, whole and on time; "
        f"a negative part lowers it. {bars}"
        "Worst 5 %: mean loss of the worst 5 % of replications (CVaR 95). Intervals: "
        f"{percentage(result.confidence)} confidence; those of differences are widened for the number of plans, so "
        f"that a best plan that is settled is so against all others together.{open_still}"
    )
    screen.print(assumptions_note(result.scenario))
    if result.folder is not None:
        click.echo(f"Written to {result.folder}")


def _style(plan: ComparedPlan, best: str) -> str:
    if plan.to_best is None:
        return best
    return "" if plan.to_best.settled else _UNSURE


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
    from sim.experiments.verdict import money
    from sim.experiments.wording import words

    return ", ".join(f"{words(name)} {money(amount)}" for name, amount in plan.largest_components) or "nothing"


def _stopped_by(plan: ComparedPlan) -> str:
    from sim.experiments.verdict import money
    from sim.experiments.wording import words

    if plan.stopping_rule is None:
        return "nothing"
    name, amount = plan.stopping_rule
    return f"{words(name)}: {money(amount)} of {money(plan.ground_up)}"


# ------------------------------------------------------------------------------------------ with a guarantee


def _check_guarantee(
    guarantee: float | None,
    indifference: float | None,
    replications: int | None,
    precision: str | None,
    out: Path | None,
) -> None:
    """Refuse options that cannot stand beside each other."""
    if guarantee is None:
        if indifference is not None:
            hint = "add --guarantee 0.95, or another probability"
            raise InputError(Problem("--indifference says what a guarantee is about, but none is asked for", hint=hint))
        return
    problems = []
    for name, value in (("--replications", replications), ("--precision", precision)):
        if value is not None:
            message = f"--guarantee and {name} exclude each other: a guarantee decides by itself how much to simulate"
            problems.append(Problem(message, hint="--at-most limits the replications of each plan"))
    if out is not None:
        message = "--guarantee writes no run folder: its plans are not simulated equally often"
        hint = "leave out --out; --json prints all that was found"
        problems.append(Problem(message, hint=hint))
    if problems:
        raise InputError(*problems)


def _print_plan_of_choice(
    scenario: Scenario,
    plans: tuple[str, ...],
    seed: int | None,
    guarantee: float,
    indifference: float | None,
    at_most: int | None,
    *,
    as_json: bool,
) -> None:
    """Say which plans would be chosen among, and how."""
    from sim.commands.screen import print_json
    from sim.experiments.selection import BATCH, FIRST, choice_of
    from sim.experiments.verdict import money
    from sim.experiments.wording import percentage

    choice = choice_of(scenario, plans, guarantee=guarantee, indifference=indifference, seed=seed, at_most=at_most)
    names = [model.plan for model in choice.models]
    begin, used_seed = BATCH * FIRST, choice.models[0].seed
    if as_json:
        print_json(
            {
                "scenario": scenario.name,
                "plans": names,
                "guarantee": guarantee,
                "indifference": choice.indifference,
                "first_replications": begin,
                "at_most": choice.at_most,
                "seed": used_seed,
                "folder": None,
            }
        )
        return
    click.echo(f"Would simulate {begin:,} replications, seed {used_seed}, of each of")
    for name in names:
        click.echo(f"  {name}")
    amount = money(choice.indifference, scenario.model.currency)
    click.echo(f"and go on, up to {choice.at_most:,}, with those that may still be the best,")
    click.echo(f"until one is left; guarantee {percentage(guarantee)}, savings below {amount} left aside.")
    click.echo("Would write nothing.")


def _answered(selection: Selection, scenario: Scenario, *, as_json: bool, quiet: bool) -> int:
    """Print what a selection found, and say with the exit code whether the guarantee was reached."""
    from sim.commands.screen import print_json, print_plainly

    if as_json:
        print_json({"scenario": scenario.name, **selection.data()})
    elif quiet:
        print_plainly(selection.verdict)
    else:
        _print_selection(selection, scenario)
    if selection.reached:
        return DONE
    most = selection.plans[0].replications
    click.echo(f"the guarantee was not reached with {most:,} replications; --at-most allows more", err=True)
    return NOT_MET


def _print_selection(selection: Selection, scenario: Scenario) -> None:
    from sim.commands.loss_table import LossRow, loss_table
    from sim.commands.screen import assumptions_note, console
    from sim.experiments.verdict import money
    from sim.experiments.wording import percentage

    screen, spec = console(), scenario.model
    percent, amount = percentage(selection.guarantee), money(selection.indifference, spec.currency)
    screen.print(spec.title or scenario.name)
    screen.print(
        f"{len(selection.plans)} plans, {selection.replications:,} replications in all, seed {selection.seed}; "
        f"amounts in {spec.currency}"
    )
    screen.print()
    told = _SURE if selection.reached else _UNSURE
    screen.print(selection.verdict, style=told)
    screen.print()
    rows = [
        LossRow(plan.name, plan.loss, _more_than_chosen(plan), _style_beside(plan, told), (f"{plan.replications:,}",))
        for plan in selection.plans
    ]
    grid, with_bars = loss_table(screen, rows, "More than the chosen", "Replications")
    screen.print(grid)
    screen.print()
    bars = " Bars: expected loss, thin where its interval lies." if with_bars else ""
    screen.print(
        f"Guarantee: where the best plan loses at least {amount} less than every other, it is chosen with a "
        f"probability of {percent}, as far as means of {selection.batch} replications are normal. Intervals: {percent} "
        "confidence; those of differences are widened for the number of plans; ? where it is not sure that the plan "
        f"loses more.{bars}"
    )
    screen.print(assumptions_note(scenario))


def _style_beside(plan: SelectedPlan, chosen: str) -> str:
    if plan.to_chosen is None:
        return chosen
    return "" if plan.told_apart else _UNSURE


def _more_than_chosen(plan: SelectedPlan) -> str:
    from sim.experiments.verdict import money

    if plan.to_chosen is None:
        return "chosen"
    more = plan.to_chosen
    interval = f"({money(more.low, beside=more.value)} to {money(more.high, beside=more.value)})"
    return f"{money(more.value)} {interval}{'' if plan.told_apart else ' ?'}"
