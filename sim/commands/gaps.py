"""``lotwise gaps``: what each rule of the buyer protection costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sim.commands import options, studying

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console
    from rich.table import Table

    from sim.measures import Estimate
    from sim.scenario import Scenario
    from sim.studies.gaps import Gap, Gaps


@click.command()
@options.scenario_argument
@options.plans_option
@click.option(
    "--rule",
    "rules",
    multiple=True,
    metavar="NAME",
    help="Only this rule, such as limit, claim-window, contract, tolerance, answers, platform, or all of them "
    "together (all); may be repeated.  [default: every rule]",
)
@studying.study_options(replications=10_000)
def gaps(
    scenario: Path,
    plans: tuple[str, ...],
    rules: tuple[str, ...],
    **given: Any,  # noqa: ANN401 - what every study takes
) -> int:
    """Price the gaps in the buyer protection of SCENARIO: what each rule costs.

    Every rule that can stop money on its way back is relaxed by itself, and all of them together: no limit,
    twice the claim window, every requirement in the contract, every deadline met, everything paid on the
    platform, and so on. What a plan then loses less, replication by replication, is what the rule costs.
    """
    from sim.studies.gaps import gaps_found

    return studying.conducted(
        "gaps",
        scenario,
        given,
        plans=plans,
        question={"plans": list(plans), "rules": list(rules)},
        ask=lambda loaded, study: gaps_found(study, loaded, plans=plans, rules=rules),
        show=_shown,
        draw=_drawn,
    )


def _shown(screen: Console, loaded: Scenario, answer: Gaps) -> None:
    from sim.commands.screen import assumptions_note, heading
    from sim.experiments.wording import percentage

    screen.print(heading(loaded, len(answer.base.plans), answer.base.n))
    screen.print(f"Best plan as things are: {answer.best}")
    screen.print()
    if _by_price(answer):
        screen.print(_prices(answer))
        screen.print()
        screen.print(_changes(answer))
        screen.print()
    for reason, names in _left_out(answer).items():
        screen.print(f"Left out: {', '.join(names)} ({reason}).")
    screen.print()
    screen.print(answer.verdict, style="bold")
    screen.print()
    screen.print(
        "Worth: how much less the plan loses on average with the rule relaxed, replication by replication; below "
        f"zero it would lose more. ?: not settled. Intervals: {percentage(answer.confidence)} confidence, for all "
        "rules and plans together."
    )
    screen.print(assumptions_note(loaded))


def _prices(answer: Gaps) -> Table:
    """What each rule costs the best plan, and the plan for which it matters most."""
    from sim.commands.screen import table

    best = answer.best
    several = len(answer.base.plans) > 1
    moves = any(gap.best not in {best, None} for gap in answer.gaps)
    columns = ("Rule", "Worth to it", *(("Matters most to",) if several else ()), *(("Best then",) if moves else ()))
    grid = table(*columns, right=("Worth to it",))
    for gap in _by_price(answer):
        most = (_most(gap, best),) if several else ()
        then = "" if gap.best in {best, None} else f"{gap.best}{'' if gap.best_settled else ' ?'}"
        grid.add_row(gap.relaxation.name, _spread(gap.worth[best]), *most, *((then,) if moves else ()))
    return grid


def _changes(answer: Gaps) -> Table:
    """What relaxing each rule means."""
    from sim.commands.screen import table

    grid = table("Rule", "In whose hands", "What was changed")
    for gap in _by_price(answer):
        grid.add_row(gap.relaxation.name, gap.relaxation.who, gap.relaxation.change)
    return grid


def _left_out(answer: Gaps) -> dict[str, list[str]]:
    """Rules without a price, by the reason."""
    from sim.studies.relaxations import ALL

    found: dict[str, list[str]] = {}
    for gap in answer.gaps:
        if gap.reason and gap.relaxation.name != ALL:
            found.setdefault(gap.reason, []).append(gap.relaxation.name)
    return found


def _by_price(answer: Gaps) -> list[Gap]:
    """Single rules, the dearest first, and all of them together at the end."""
    return [*answer.priced, *(gap for gap in answer.gaps if gap.worth and gap not in answer.priced)]


def _spread(worth: Estimate) -> str:
    from sim.studies.amounts import give_or_take, is_open

    return f"{give_or_take(worth)}{' ?' if is_open(worth) else ''}"


def _most(gap: Gap, best: str) -> str:
    dearest = gap.dearest
    if dearest is None or dearest == best or gap.worth[dearest].value == 0:
        return ""
    return f"{dearest}: {_spread(gap.worth[dearest])}"


def _drawn(answer: Gaps, scenario: Scenario) -> dict[str, Any]:
    import pandas as pd

    from sim.report import charts

    rows = [
        {"label": gap.relaxation.name, "value": worth.value, "ci_low": worth.low, "ci_high": worth.high}
        for gap in _by_price(answer)
        for worth in (gap.worth[answer.best],)
    ]
    if not rows:
        return {}
    title = f"What each rule costs under {answer.best}"
    return {"gaps": charts.bars(pd.DataFrame(rows), title=title, unit=scenario.model.currency)}
