"""``lotwise optimise``: how to order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from sim.commands import options, studying

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from sim.scenario import Scenario
    from sim.studies.advice import Advice
    from sim.studies.candidates import Candidate
    from sim.studies.choices import Choices
    from sim.studies.optimise import Confirms, Terms
    from sim.studies.search import SearchName
    from sim.studies.study import Study

_ROWS: Final = 12
_REASONS: Final = 3
_REPLICATIONS: Final = 20_000
_NOTES: Final = (
    "Each way after the first was safer in the worst 5 % of these replications than the one before, by more than the "
    "interval of that mean (CVaR 95) is wide to one side. Loss: against buying what is needed in one order at the best "
    "listed price, whole and on time. Intervals: 95 % confidence."
)


@click.command()
@options.scenario_argument
@click.option(
    "--quantities",
    default="",
    metavar="UNITS",
    help="Quantities to try, such as 2500..3500/250 or 3000,3060.  [default: from half of the need to a tenth more, "
    "where prices break, and closer around the best]",
)
@click.option("--suppliers", default="", metavar="NAMES", help="Only these suppliers.  [default: all]")
@click.option(
    "--splits",
    default="1,2,3",
    show_default=True,
    metavar="NUMBERS",
    help="Into how many orders a supplier's quantity is split.",
)
@click.option(
    "--timing",
    default="same-day,received,shipped",
    show_default=True,
    metavar="MOMENTS",
    help="When each further order of a split is placed: same-day, or when the one before is placed, inspected, "
    "shipped, received, checked or closed; received+7 is a week after that.",
)
@click.option(
    "--shares",
    default="25,50,75",
    show_default=True,
    metavar="PERCENT",
    help="What one of two suppliers gets of the quantity; none: all from one supplier.",
)
@click.option(
    "--inspections",
    default="",
    metavar="SETS",
    help="Inspections to buy, such as none,psi,during+psi.  [default: none, each, and each before shipment with each "
    "during production]",
)
@click.option(
    "--indifference",
    type=float,
    metavar="AMOUNT",
    help="Smallest saving worth finding, in expected loss.  [default: a thousandth of what the goods cost]",
)
@click.option(
    "--guarantee",
    type=float,
    default=0.95,
    show_default=True,
    metavar="PROBABILITY",
    help="That no other way of ordering that was tried saves as much as that.",
)
@click.option(
    "--search",
    type=click.Choice(("auto", "enumerate", "optuna")),
    default="auto",
    show_default=True,
    help="Try every way of ordering, or those that a search leads to; auto: every one if there are few enough.",
)
@click.option(
    "--at-most-ways",
    type=click.IntRange(1, 100_000),
    default=2_000,
    show_default=True,
    help="Ways of ordering that a search tries about, and up to which auto tries every one.",
)
@studying.study_options(replications=_REPLICATIONS)
def optimise(
    scenario: Path,
    quantities: str,
    suppliers: str,
    splits: str,
    timing: str,
    shares: str,
    inspections: str,
    indifference: float | None,
    guarantee: float,
    search: SearchName,
    at_most_ways: int,
    **given: Any,  # noqa: ANN401 - what every study takes
) -> int:
    """Find out how to order: how much, from whom, in how many orders, inspected how.

    Ways of ordering are put together from the suppliers, prices and inspections of SCENARIO, and compared with
    its own plans. All are simulated a little, those that may be best or safest more, and the best of them are
    told apart with a guarantee. The folder then holds candidates.csv, front.csv, selection.csv and
    best-plan.yaml, to be pasted into the scenario. Ends with 1 if the guarantee was not reached.
    """
    from sim.studies.choices import Choices
    from sim.studies.optimise import Terms

    choices = Choices(quantities, suppliers, splits, timing, shares, inspections)
    terms = Terms(indifference, guarantee, given["replications"], search, at_most_ways)
    return studying.conducted(
        "optimise",
        scenario,
        given,
        question={"choices": vars(choices), "terms": terms._asdict()},
        ask=lambda loaded, study: _asked(loaded, study, choices, terms, given),
        show=_shown,
        draw=_drawn,
        extras=_best_plan,
    )


def _asked(loaded: Scenario, study: Study, choices: Choices, terms: Terms, given: dict[str, Any]) -> Advice:
    from sim.studies.optimise import optimised

    seed = study.effort.seed
    return optimised(study, loaded, choices, terms._replace(seed=seed), _contest(loaded, study, given))


def _contest(loaded: Scenario, study: Study, given: dict[str, Any]) -> Confirms:
    from sim.engines import engine_named
    from sim.studies.optimise import contest_of

    if given["dry_run"]:
        return _contest_ahead
    engine = engine_named("auto")
    return contest_of(loaded, engine, study.effort.seed, given["workers"], study.progress, study.tell)


def _contest_ahead(finalists: Sequence[Candidate], guarantee: float, indifference: float) -> NoReturn:
    """End a dry run whose rounds are all kept: the contest is simulated every time."""
    from sim.studies.study import WorkAheadError

    del finalists, guarantee, indifference
    raise WorkAheadError([], 0)


def _best_plan(answer: Advice, loaded: Scenario) -> dict[str, str]:
    """The chosen plan as a file to paste from; none where the scenario has it already."""
    text = _plan_text(answer)
    return {"best-plan.yaml": f"# Among the plans of {loaded.name}:\n{text}"} if text else {}


def _plan_text(answer: Advice) -> str:
    import yaml

    entry = answer.plan_entry
    return yaml.safe_dump({"plans": entry}, sort_keys=False, default_flow_style=None, width=76) if entry else ""


def _shown(screen: Console, loaded: Scenario, answer: Advice) -> None:
    from sim.commands.screen import assumptions_note, plus_minus, table
    from sim.experiments.verdict import money

    spec = loaded.model
    screen.print(f"{spec.title or loaded.name}\n{_tried(answer)}; amounts in {answer.currency}")
    screen.print()
    grid = table("Way of ordering", "Expected loss", "Worst 5 %", right=("Expected loss", "Worst 5 %"))
    for one in answer.front[:_ROWS]:
        grid.add_row(one.name, plus_minus(one.loss), money(one.tail.value))
    screen.print(grid)
    if len(answer.front) > _ROWS:
        screen.print(f"and {len(answer.front) - _ROWS} safer ones in front.csv")
    screen.print()
    screen.print(answer.verdict, style="bold")
    screen.print()
    if text := _plan_text(answer):
        screen.print(text, soft_wrap=True)  # a line that is broken may be another plan
    for sentence in (_impossible(answer), _close(answer), _NOTES):
        if sentence:
            screen.print(sentence)
    screen.print(assumptions_note(loaded))


def _tried(answer: Advice) -> str:
    """How many ways of ordering were looked at, and how closely."""
    whole = "" if answer.whole else f" of {answer.ways:,}"
    last = sum(one.round > 1 for one in answer.tried)
    often = max(one.loss.n for one in answer.tried)
    return f"{len(answer.tried):,}{whole} ways of ordering tried, {last:,} of them with {often:,} replications"


def _impossible(answer: Advice) -> str:
    number = sum(answer.dropped.values())
    if not number:
        return ""
    reasons = sorted(answer.dropped, key=lambda reason: -answer.dropped[reason])[:_REASONS]
    more = len(answer.dropped) - len(reasons)
    return f"{number:,} ways are impossible: {'; '.join(reasons)}{f'; {more} reasons more' if more else ''}."


def _close(answer: Advice) -> str:
    """Finalists that the contest could not tell from the chosen one, although none is better by much."""
    from sim.experiments.wording import MOST_NAMED, listed

    close = answer.selection.cannot_be_told_apart if answer.selection is not None and answer.met else ()
    return f"As good, as far as can be told: {listed(close, last='or', most=MOST_NAMED)}." if close else ""


def _drawn(answer: Advice, scenario: Scenario) -> dict[str, Any]:
    import pandas as pd

    from sim.report import charts

    rows = [
        {
            "name": one.name,
            "expected_loss": one.loss.value,
            "ci_low": one.loss.low,
            "ci_high": one.loss.high,
            "cvar": one.tail.value,
            "on_front": one.name in answer.unbeaten,
            "chosen": one.name == answer.chosen.name,
        }
        for one in answer.tried
        if one.round == answer.chosen.round  # few replications and many do not belong into one picture
    ]
    title = "Ways of ordering: expected loss against the worst 5 %"
    return {"front": charts.front(pd.DataFrame(rows), title=title, unit=scenario.model.currency)}
