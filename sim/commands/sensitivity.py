"""``lotwise sensitivity``: which uncertain inputs decide, and where the answer flips."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from sim.commands import options, studying

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console
    from rich.table import Table

    from sim.scenario import Scenario
    from sim.studies.explanations import Index
    from sim.studies.sensitivity import Method
    from sim.studies.sensitivity_answer import Sensitivity

_PATH_WIDTH: Final = 28
_NARROW: Final = 22


@click.command()
@options.scenario_argument
@click.option(
    "--method",
    type=click.Choice(("tornado", "morris", "sobol", "pawn")),
    default="sobol",
    show_default=True,
    help="One input at a time (tornado), walks through all of them that tell which matter (morris), shares of the "
    "variance (sobol), or shifts of the whole distribution (pawn).",
)
@click.option("--plan", metavar="NAME", help="Explain how much this plan loses.")
@click.option(
    "--plans",
    multiple=True,
    callback=options.comma_separated,
    metavar="A,B",
    help="Explain which of these two plans loses less.  [default: the two that lose least with the scenario's own "
    "values]",
)
@click.option(
    "--inputs",
    multiple=True,
    callback=options.comma_separated,
    metavar="PATHS",
    help="Vary only these uncertain inputs, separated by commas.  [default: all]",
)
@click.option(
    "--points",
    type=click.IntRange(1, 1 << 20),
    help="Base points of sobol, a power of two, each of which takes two points more than there are inputs; walks of "
    "morris, one point more; points of pawn.  [default: 1024, 64, 2000]",
)
@click.option(
    "--discover",
    type=click.IntRange(1, 1 << 20),
    metavar="POINTS",
    help="Look for where the answer flips on so many points of their own, with any method.  [default: on the points "
    "of sobol and pawn]",
)
@studying.study_options(replications=2000)
def sensitivity(
    scenario: Path,
    method: Method,
    plan: str | None,
    plans: tuple[str, ...],
    inputs: tuple[str, ...],
    points: int | None,
    discover: int | None,
    **given: Any,  # noqa: ANN401 - what every study takes
) -> int:
    """Tell which uncertain inputs of SCENARIO decide between two plans, and where the answer flips.

    The inputs are those that the scenario's `uncertain` section names, each with what is believed of it. Every
    figure has its interval; one marked with ? is not settled, and a note says what would settle it. For two plans
    it is also told in which corner of the beliefs the other plan wins, as limits on a few inputs.
    """
    from sim.studies.sensitivity import sensitivity_found

    question = {
        "method": method,
        "plan": plan,
        "plans": list(plans),
        "inputs": list(inputs),
        "points": points,
        "discover": discover,
    }
    return studying.conducted(
        "sensitivity",
        scenario,
        given,
        question=question,
        ask=lambda loaded, study: sensitivity_found(
            study, loaded, method, plan=plan, plans=plans, inputs=inputs, points=points, discover=discover
        ),
        show=_shown,
        draw=_drawn,
    )


def _shown(screen: Console, loaded: Scenario, answer: Sensitivity) -> None:
    from sim.commands.screen import assumptions_note, heading

    found = answer.explanation
    screen.print(heading(loaded, len(answer.output.plans), found.found.replications))
    screen.print(answer.subject)
    screen.print()
    screen.print(_bars_table(answer) if found.method == "tornado" else _index_table(answer))
    screen.print()
    screen.print(answer.decision, style="bold")
    screen.print()
    if answer.discovery is not None:
        screen.print("Where the answer flips", style="bold")
        for sentence in answer.discovery.sentences:
            screen.print(sentence)
        screen.print()
    for note in answer.notes:
        screen.print(note)
    screen.print(_meaning(answer))
    screen.print(assumptions_note(loaded))


def _bars_table(answer: Sensitivity) -> Table:
    from sim.commands.screen import path_lines, table
    from sim.experiments.verdict import money
    from sim.studies.wording import figure

    found = answer.explanation
    bars = {bar.input: bar for bar in found.bars}
    grid = table("Input", "Low", "High", "At low", "At high", "Swing", right=("Low", "High", "At low", "At high"))
    grid.columns[0].no_wrap = True
    for one in found.ranking:
        bar = bars[one.input]
        values, amounts = (bar.low_value, bar.high_value), (bar.low, bar.high)
        grid.add_row(path_lines(one.input, _NARROW), *map(figure, values), *map(money, amounts), _amount(one))
    return grid


def _index_table(answer: Sensitivity) -> Table:
    from sim.commands.screen import path_lines, table

    found = answer.explanation
    columns = {
        "sobol": {"ST": ("Has a hand in", _share), "S1": ("Explains alone", _share)},
        "morris": {"mu_star": ("Changes it by", _amount), "mu": ("With its sign", _amount)},
        "pawn": {"pawn_median": ("PAWN index", _plain)},
    }[found.method]
    grid = table("Input", *(title for title, _ in columns.values()))
    grid.columns[0].no_wrap = True
    for one in found.ranking:
        grid.add_row(
            path_lines(one.input, _PATH_WIDTH),
            *(written(found.of(one.input, name)) for name, (_, written) in columns.items()),
        )
    if found.method == "pawn":
        grid.add_row("(an input without influence)", f"up to {found.threshold:.2f}")
    return grid


def _share(one: Index) -> str:
    from sim.studies.wording import percent, percent_interval

    return f"{percent(one.value)} ({percent_interval(one.low, one.high)}){_open(one)}"


def _amount(one: Index) -> str:
    from sim.experiments.verdict import money
    from sim.studies.wording import money_interval

    return f"{money(one.value)} ({money_interval(one.low, one.high)}){_open(one)}"


def _plain(one: Index) -> str:
    return f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f}){_open(one)}"


def _open(one: Index) -> str:
    return "" if one.converged else " ?"


def _meaning(answer: Sensitivity) -> str:
    """How to read the table."""
    means = {
        "tornado": "Low and high: the 10 % and the 90 % quantile of what is believed. At low, at high: "
        f"{answer.output.name}, all else as in the scenario.",
        "morris": f"Mean change of {answer.output.name} as the input moves up by half of what is believed of it, "
        "wherever the others stand: without and with its sign.",
        "sobol": f"Shares of the variance of {answer.output.name}.",
        "pawn": f"How far {answer.output.name} is shifted by knowing the input: 0 not at all, 1 altogether.",
    }
    return f"{means[answer.explanation.method]} Intervals: 95 % confidence."


def _drawn(answer: Sensitivity, scenario: Scenario) -> dict[str, Any]:
    from sim.report import charts

    found, tables = answer.explanation, answer.tables()
    title = f"{scenario.model.title or scenario.name}: {answer.output.name}"
    if found.method == "tornado":
        x_title = answer.output.name[0].upper() + answer.output.name[1:]
        return {"tornado": charts.tornado(tables["tornado"], title=title, unit=answer.currency, x_title=x_title)}
    x_titles = {
        "morris": f"Change as the input moves by half of its belief, {answer.currency}",
        "sobol": "Share of the variance",
        "pawn": "PAWN index",
    }
    rows = tables["indices"]
    drawn = rows[rows["index"] != "mu"]
    return {"indices": charts.indices(drawn, title=title, x_title=x_titles[found.method])}
