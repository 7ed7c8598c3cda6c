"""Answer the shipped scenarios, and put the figures into the table of ``scenarios/README.md``.

``python -m scripts.scenario_answers`` compares the plans of every scenario with its own seed and prints the table, then
the figures of every plan; ``--write`` puts the table between its marks; ``--replications`` says how many of each plan.
The sentences below the table are written by hand: reread them against the figures that are printed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sim
from scripts.draw_states import table
from scripts.marks import text_replaced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.experiments.comparison import ComparedPlan, Comparison
    from sim.measures import Estimate

FOLDER: Final = Path(__file__).resolve().parents[1] / "scenarios"
DOCUMENT: Final = FOLDER / "README.md"
BEGIN: Final = "<!-- answers: made by scripts/scenario_answers.py -->\n"
END: Final = "<!-- answers: end -->\n"
HEADINGS: Final = ("file", "plans", "loses least", "expected loss", "less than the next")
REPLICATIONS: Final = 20_000
FEWEST_REPLICATIONS: Final = 2
WORKERS: Final = 2


def scenario_files() -> tuple[Path, ...]:
    """Files of the shipped scenarios, by name."""
    return tuple(sorted(FOLDER.glob("*.yaml")))


def with_interval(estimate: Estimate) -> str:
    """An amount and half the length of its interval, in whole currency units."""
    return f"{estimate.value:,.0f} ± {estimate.half_width:,.0f}"


def margin(comparison: Comparison) -> str:
    """How much less the best plan loses than the next, or which plans it cannot be told from.

    Parameters
    ----------
    comparison
        Of at least two plans.

    Returns
    -------
    str
        The paired difference with its interval, which holds for all plans of the scenario together.
    """
    later = comparison.plans[1:]
    differences = [(plan.name, plan.to_best) for plan in later if plan.to_best is not None]
    open_plans = [f"`{name}` {with_interval(gap.difference)}" for name, gap in differences if not gap.settled]
    if open_plans:
        return f"not settled: {', '.join(open_plans)}"
    name, gap = differences[0]
    return f"`{name}` {with_interval(gap.difference)}"


def answer(file: str, comparison: Comparison) -> tuple[str, ...]:
    """Row of the table for one scenario, in the order of `HEADINGS`."""
    best = comparison.plans[0]
    currency = comparison.run.scenario.model.currency
    return (
        f"[`{file}`]({file})",
        str(len(comparison.plans)),
        f"`{best.name}`",
        f"{with_interval(best.loss)} {currency}",
        margin(comparison),
    )


def answers(comparisons: Sequence[tuple[str, Comparison]]) -> str:
    """The whole text between the marks of the document.

    Parameters
    ----------
    comparisons
        Each with the name of its file, all with as many replications.
    """
    made = f"{comparisons[0][1].run.n:,} replications of each plan, with the seed of each file:"
    return f"\n{made}\n\n{table(HEADINGS, [answer(file, comparison) for file, comparison in comparisons])}\n\n"


def rewritten(document: str, text: str) -> str:
    """The document with another text between its marks.

    Raises
    ------
    ValueError
        If a mark is missing.
    """
    return text_replaced(DOCUMENT.name, document, BEGIN, END, text)


def figures(file: str, comparison: Comparison) -> str:
    """Every plan of a scenario with what the sentences below the table may quote, one line each."""
    return "\n".join([f"{file}: {comparison.verdict}", *map(plan_figures, comparison.plans), ""])


def plan_figures(plan: ComparedPlan) -> str:
    """Loss of a plan, its distance from the best, its worst 5 %, and the rule that stops most of the recovery."""
    parts = [f"loses {with_interval(plan.loss)}"]
    if plan.to_best is not None:
        parts.append(f"{with_interval(plan.to_best.difference)} more than the best")
    parts.append(f"worst 5 % {with_interval(plan.tail)}")
    if plan.stopping_rule is not None:
        rule, amount = plan.stopping_rule
        parts.append(f"{rule} stops {amount:,.0f}")
    return f"  {plan.name}: {'; '.join(parts)}"


def main(arguments: Sequence[str]) -> None:
    """Compare the plans of every scenario; print what came out, and write the table if asked to."""
    parser = argparse.ArgumentParser(prog="python -m scripts.scenario_answers", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into scenarios/README.md")
    parser.add_argument("--replications", type=int, default=REPLICATIONS, help="of each plan (%(default)s)")
    chosen = parser.parse_args(arguments)
    if chosen.replications < FEWEST_REPLICATIONS:
        parser.error(f"an interval takes at least {FEWEST_REPLICATIONS} replications")
    comparisons = []
    for path in scenario_files():
        scenario = sim.load_scenario(path)
        compared = sim.compare(scenario, replications=chosen.replications, workers=WORKERS)
        comparisons.append((path.name, compared))
    text = answers(comparisons)
    if chosen.write:
        document = rewritten(DOCUMENT.read_text(encoding="utf-8"), text)
        DOCUMENT.write_text(document, encoding="utf-8", newline="\n")
    sys.stdout.write("\n".join([text, *(figures(file, comparison) for file, comparison in comparisons)]))


if __name__ == "__main__":
    main(sys.argv[1:])
