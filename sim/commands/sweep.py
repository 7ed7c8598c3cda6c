"""``lotwise sweep``: other values of some inputs, and which plan loses least where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import click

from sim.commands import options, studying

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from sim.scenario import Scenario
    from sim.studies.designs import DesignName
    from sim.studies.findings import Finding
    from sim.studies.sweep import Sweep

_SHOWN_POINTS: Final = 24
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WIDEST_MAP: Final = 12
_TWO: Final = 2


@click.command()
@options.scenario_argument
@click.option(
    "--vary",
    multiple=True,
    metavar="PATH=VALUES",
    help="What is varied, by its path: PATH=1,2,5 tries these values, PATH=5000..20000 a range, PATH=5000..20000/4 "
    "four values of it in a grid, PATH alone what `uncertain` says of it. May be repeated.  "
    "[default: all of `uncertain`]",
)
@click.option(
    "--design",
    type=click.Choice(("grid", "latin", "sobol")),
    help="Every combination, or --points of them as a Latin hypercube or a Sobol sequence.  "
    "[default: grid if --vary is given, else sobol]",
)
@click.option(
    "--points",
    type=click.IntRange(1, 1_000_000),
    default=128,
    show_default=True,
    help="Points of a design that is no grid.",
)
@options.plans_option
@studying.study_options()
def sweep(
    scenario: Path,
    vary: tuple[str, ...],
    design: str | None,
    points: int,
    plans: tuple[str, ...],
    **given: Any,  # noqa: ANN401
) -> int:
    """Try other values of the inputs of SCENARIO and see which plan loses least where.

    Every plan is simulated at every point of a grid, a Latin hypercube or a Sobol sequence. The folder of the study
    gets one table with a row for each point and plan, one with the best plan of each point, and a map of the best plan
    and of its margin. A study that was interrupted goes on where it was left.
    """
    from sim.studies.designs import varied_read
    from sim.studies.inputs import uncertain_inputs
    from sim.studies.sweep import COLUMNS
    from sim.studies.sweep import sweep as swept

    chosen = design or ("grid" if vary else "sobol")

    def ask(loaded: Scenario, study: Any) -> Sweep:  # noqa: ANN401 - a study
        wanted = vary or tuple(one.path for one in uncertain_inputs(loaded))
        varied = [varied_read(text, loaded) for text in wanted]
        return swept(study, loaded, varied, cast("DesignName", chosen), points)

    return studying.conducted(
        "sweep",
        scenario,
        given,
        plans=plans,
        columns=COLUMNS,
        question={"vary": list(vary), "design": chosen, "points": None if chosen == "grid" else points},
        ask=ask,
        show=_shown,
        draw=_drawn,
    )


def _shown(screen: Console, scenario: Scenario, found: Sweep) -> None:
    from sim.commands.screen import assumptions_note, heading
    from sim.experiments.wording import percentage

    replications = max((finding.n for finding in found.findings), default=0)
    plans = max((len(finding.plans) for finding in found.findings), default=0)
    screen.print(heading(scenario, plans, replications))
    number = len(found.findings)
    screen.print(f"{number:,} {'point' if number == 1 else 'points'} of {', '.join(found.paths)}")
    screen.print()
    if len(found.paths) == _TWO and _fits(found):
        _print_map(screen, found)
    else:
        _print_points(screen, found)
    screen.print()
    screen.print(found.verdict, style="bold")
    screen.print()
    screen.print(
        f"? : not settled; the interval of a difference that holds for all plans of a point together "
        f"({percentage(found.confidence)}) includes zero."
    )
    screen.print(assumptions_note(scenario))


def _axis(found: Sweep, number: int) -> list[Any]:
    return list(dict.fromkeys(finding.point.values[number][1] for finding in found.findings))


def _is_grid(found: Sweep) -> bool:
    return len(_axis(found, 0)) * len(_axis(found, 1)) == len(found.findings)


def _fits(found: Sweep) -> bool:
    return _is_grid(found) and len(_axis(found, 0)) <= _WIDEST_MAP and len(found.best) <= len(_LETTERS)


def _print_map(screen: Console, found: Sweep) -> None:
    """The best plan at every point of a grid of two inputs, as a letter, with what it is better by."""
    from sim.commands.screen import table

    letters = {name: _LETTERS[number] for number, name in enumerate(found.best)}
    across, down = _axis(found, 0), _axis(found, 1)
    by_values = {tuple(value for _, value in finding.point.values): finding for finding in found.findings}
    screen.print(f"Across: {found.paths[0]}. Down: {found.paths[1]}. In a cell: the best plan and its margin.")
    names = [_text(value) for value in across]
    grid = table("", *names, right=names)
    for value in down:
        grid.add_row(_text(value), *(_cell(found, by_values[other, value], letters) for other in across))
    screen.print(grid)
    for name, letter in letters.items():
        screen.print(f"{letter}: {name}")


def _cell(found: Sweep, finding: Finding, letters: dict[str, str]) -> str:
    from sim.experiments.verdict import money

    if finding.error is not None:
        return "!"
    _, gap = found.margin(finding)
    doubt = "" if found.settled(finding) else "?"
    return f"{letters[finding.best]}{doubt}" + ("" if gap is None else f" {money(gap.value)}")


def _print_points(screen: Console, found: Sweep) -> None:
    from sim.commands.screen import plus_minus, table
    from sim.experiments.verdict import money

    ends = [path.rpartition(".")[2] for path in found.paths]
    names = ends if len(set(ends)) == len(ends) else list(found.paths)
    grid = table(*names, "Best plan", "Loses", "Less than next", right=(*names, "Loses", "Less than next"))
    for finding in found.findings[:_SHOWN_POINTS]:
        values = [_text(value) for _, value in finding.point.values]
        if finding.error is not None:
            grid.add_row(*values, f"no result: {finding.error}", "", "")
            continue
        _, gap = found.margin(finding)
        doubt = "" if found.settled(finding) else " ?"
        margin = "" if gap is None else f"{money(gap.value)}{doubt}"
        grid.add_row(*values, finding.best, plus_minus(finding.mean(finding.best)), margin)
    screen.print(grid)
    if len(found.findings) > _SHOWN_POINTS:
        screen.print(f"and {len(found.findings) - _SHOWN_POINTS:,} points more in best.csv")


def _text(value: Any) -> str:  # noqa: ANN401 - any single value
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _drawn(found: Sweep, scenario: Scenario) -> dict[str, Any]:
    from sim.report import charts

    spec, tables = scenario.model, found.tables()
    title, plans = spec.title or scenario.name, tuple(plan.name for plan in scenario.plans)
    if not found.best:
        return {}
    if len(found.paths) == 1:
        (path,) = found.paths
        rows = tables["sweep"].dropna(subset=["plan"]).rename(columns={path: "x"})
        curves = charts.loss_curves(rows, x="x", title=title, x_title=path, unit=spec.currency, plans=plans)
        return {"losses": curves}
    x, y = found.paths[:_TWO]
    if len(found.paths) > _TWO and tables["best"].duplicated([x, y]).any():
        return {}  # a grid of three inputs or more: its points would lie on top of each other
    drawing = charts.heat_map if len(found.paths) == _TWO and _is_grid(found) else charts.best_scatter
    drawn = drawing(
        tables["best"].dropna(subset=["best"]),
        x=x,
        y=y,
        best="best",
        margin="margin",
        title=title,
        x_title=x,
        y_title=y,
        unit=spec.currency,
        plans=plans,
    )
    return {"best": drawn}
