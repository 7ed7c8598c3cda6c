"""``lotwise breakeven``: the value of an input at which two plans cost the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from sim.commands import options, studying

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from sim.scenario import Scenario
    from sim.studies.breakeven import BreakEven
    from sim.studies.crossings import Spot
    from sim.studies.frontier import Frontier

_PATH_WIDTH: Final = 30


@click.command()
@options.scenario_argument
@click.argument("path")
@click.argument("path2", required=False)
@options.plans_option
@click.option(
    "--range",
    "reach",
    metavar="LOW..HIGH",
    help="Values of PATH to look among; needed unless the scenario's `uncertain` section names PATH.",
)
@click.option("--range2", "reach2", metavar="LOW..HIGH", help="Values of PATH2, likewise.")
@click.option(
    "--points", type=click.IntRange(2, 101), default=9, show_default=True, help="With PATH2: how many values of it."
)
@studying.study_options(replications=2000)
def breakeven(
    scenario: Path,
    path: str,
    path2: str | None,
    plans: tuple[str, ...],
    reach: str | None,
    reach2: str | None,
    points: int,
    **given: Any,  # noqa: ANN401 - what every study takes
) -> int:
    """Find the value of PATH at which two plans of SCENARIO cost the same.

    PATH is a number of the scenario, such as suppliers.shenzhen.assurance_limit; --plans A,B names the plans.
    With PATH2 the break-even is found for several values of that one as well, which gives the line on one
    side of which A loses less, and on the other B. Every break-even comes with the interval that it lies in.
    """
    if path2 is None:
        from sim.studies.breakeven import breakeven_found

        asked = click.get_current_context().get_parameter_source("points")
        if reach2 is not None or (asked is not None and asked.name == "COMMANDLINE"):
            raise click.UsageError("--range2 and --points go with PATH2, a second input")

        return studying.conducted(
            "breakeven",
            scenario,
            given,
            plans=plans,
            question={"path": path, "plans": list(plans), "range": reach},
            ask=lambda loaded, study: breakeven_found(study, loaded, path, plans=plans, reach=reach),
            show=_breakeven_shown,
            draw=_breakeven_drawn,
        )
    from sim.studies.frontier import frontier_found

    paths, reaches = (path, path2), (reach, reach2)
    return studying.conducted(
        "breakeven",
        scenario,
        given,
        plans=plans,
        question={"paths": list(paths), "plans": list(plans), "ranges": list(reaches), "points": points},
        ask=lambda loaded, study: frontier_found(study, loaded, paths, plans=plans, reaches=reaches, count=points),
        show=_frontier_shown,
        draw=_frontier_drawn,
    )


_ROWS = 9
"""Values of the input that the table shows; all that were tried are in curve.csv."""


def _breakeven_shown(screen: Console, loaded: Scenario, answer: BreakEven) -> None:
    from sim.commands.screen import assumptions_note, heading, path_lines, table
    from sim.experiments.wording import percentage

    curve, sure = answer.curve, percentage(answer.curve.confidence)
    screen.print(heading(loaded, 2, curve.replications))
    screen.print()
    columns = (curve.axis.path, "Loses less", "By")
    grid = table(path_lines(columns[0], _PATH_WIDTH), *columns[1:], right=(path_lines(columns[0], _PATH_WIDTH),))
    for spot in _thinned(curve.spots):
        grid.add_row(curve.axis.written(spot.x), curve.better(spot.sign) or "neither", _by(spot))
    screen.print(grid)
    screen.print()
    screen.print(answer.verdict, style="bold")
    screen.print()
    screen.print(
        f"By: difference of the expected losses, pair by pair, with its {sure} interval; ?: the "
        "interval includes zero. A break-even's interval holds every value at which it does."
    )
    screen.print(assumptions_note(loaded))


def _thinned(spots: list[Spot]) -> list[Spot]:
    """Values at about equal distances, both ends among them."""
    low, high = spots[0].x, spots[-1].x
    marks = [low + (high - low) * step / (_ROWS - 1) for step in range(_ROWS)]
    nearest = {min(spots, key=lambda spot: abs(spot.x - mark)) for mark in marks}
    return sorted(nearest)


def _by(spot: Spot) -> str:
    from sim.studies.amounts import give_or_take, is_open, size_of

    return f"{give_or_take(size_of(spot.difference))}{' ?' if is_open(spot.difference) else ''}"


def _breakeven_drawn(answer: BreakEven, scenario: Scenario) -> dict[str, Any]:
    from sim.report import charts

    first, second = answer.curve.plans
    tables = answer.tables()
    found = [number for number, crossing in enumerate(answer.crossings) if crossing.is_breakeven]
    roots = tables["breakeven"].iloc[found]
    chart = charts.difference_curve(
        tables["curve"],
        roots=roots,
        title=f"How much more {first} loses than {second}",
        x_title=answer.curve.axis.path,
        unit=scenario.model.currency,
        first=first,
        second=second,
    )
    return {"breakeven": chart}


def _frontier_shown(screen: Console, loaded: Scenario, answer: Frontier) -> None:
    from sim.commands.screen import assumptions_note, heading, path_lines, table
    from sim.experiments.wording import percentage
    from sim.studies.breakeven_words import interval, place

    curve, sure = answer.first, percentage(answer.first.confidence)
    screen.print(heading(loaded, 2, max(each.replications for _, each in answer.curves)))
    screen.print()
    screen.print(f"Break-even of {' and '.join(curve.plans)} in {curve.axis.path}")
    screen.print()
    columns = (answer.second.path, "Break-even", "Interval", "Loses less below")
    columns = (path_lines(columns[0], _PATH_WIDTH), *columns[1:])
    grid = table(*columns, right=columns[:2])
    for y, _ in answer.curves:
        found = [point.crossing for point in answer.points if point.y == y]
        for crossing in found:
            less = curve.better(crossing.below) or ""
            grid.add_row(answer.second.written(y), place(crossing, curve.axis), interval(crossing, curve.axis), less)
        if not found:
            grid.add_row(answer.second.written(y), "none", "", "")
    screen.print(grid)
    screen.print()
    screen.print(answer.verdict, style="bold")
    screen.print()
    screen.print(f"Intervals: every value at which that of the difference ({sure}) includes zero.")
    screen.print(assumptions_note(loaded))


def _frontier_drawn(answer: Frontier, scenario: Scenario) -> dict[str, Any]:
    from sim.report import charts

    del scenario
    first, second = answer.first.plans
    chart = charts.frontier(
        answer.tables()["frontier"],
        title=f"Where {first} and {second} cost the same",
        x_title=answer.first.axis.path,
        y_title=answer.second.path,
        reach=(answer.first.axis.low, answer.first.axis.high),
    )
    return {"frontier": chart}
