"""The answers in ``scenarios/README.md``: of every scenario, about plans that there are, rendered as compared."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import sim
from scripts.scenario_answers import (
    BEGIN,
    DOCUMENT,
    END,
    FEWEST_REPLICATIONS,
    HEADINGS,
    answer,
    answers,
    figures,
    main,
    margin,
    rewritten,
    scenario_files,
)
from sim.measures import Estimate, PairedDifference
from tests.unit.experiments.test_comparison import compared

if TYPE_CHECKING:
    from sim.experiments.comparison import ComparedPlan, Comparison

README = DOCUMENT.read_text(encoding="utf-8")
TABLE = README.partition(BEGIN)[2].partition(END)[0]
ROWS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in TABLE.splitlines() if line.startswith("| [")]
FILE, PLANS, BEST, LOSS, MARGIN = range(len(HEADINGS))
COMPARISON = compared()


def test_the_table_answers_every_scenario_once() -> None:
    assert [row[FILE] for row in ROWS] == [f"[`{path.name}`]({path.name})" for path in scenario_files()]


def test_a_sentence_says_what_follows_for_every_scenario() -> None:
    told = re.findall(r"^- \*\*`([\w-]+)`\*\*: ", README, re.MULTILINE)
    assert sorted(told) == sorted(path.stem for path in scenario_files())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[FILE])
def test_the_plans_of_an_answer_are_those_of_its_scenario(row: list[str]) -> None:
    file = row[FILE].partition("(")[2].rstrip(")")
    scenario = sim.load_scenario(DOCUMENT.parent / file)
    names = {plan.name for plan in scenario.plans}
    best, others = row[BEST].strip("`"), re.findall(r"`([^`]+)`", row[MARGIN])
    assert best in names
    assert others
    assert set(others) <= names - {best}
    assert row[PLANS] == str(len(names))
    assert row[LOSS].endswith(f" {scenario.model.currency}")


def other(name: str, value: float, half_width: float) -> ComparedPlan:
    """A plan that loses this much more than the best of the comparison."""
    difference = Estimate(value, value - half_width, value + half_width, 1_000)
    return replace(COMPARISON.plans[1], name=name, to_best=PairedDifference(difference, 0.9, 9.0))


def beside(*others: ComparedPlan) -> Comparison:
    """The best plan beside these."""
    return replace(COMPARISON, plans=(COMPARISON.plans[0], *others))


def test_a_settled_answer_names_the_next_plan_alone() -> None:
    assert margin(beside(other("next", 1_250.4, 30.2), other("last", 9_000, 40))) == "`next` 1,250 ± 30"


def test_an_open_answer_names_every_plan_that_may_be_the_best() -> None:
    shown = margin(beside(other("near", 20, 30), other("sure", 25, 10), other("wide", 40, 90)))
    assert shown == "not settled: `near` 20 ± 30, `wide` 40 ± 90"


def test_a_row_holds_what_was_compared() -> None:
    best = COMPARISON.plans[0]
    currency = COMPARISON.run.scenario.model.currency
    row = answer("one.yaml", COMPARISON)
    assert row[: LOSS + 1] == (
        "[`one.yaml`](one.yaml)",
        "3",
        f"`{best.name}`",
        f"{best.loss.value:,.0f} ± {(best.loss.high - best.loss.low) / 2:,.0f} {currency}",
    )
    assert "1,000 replications of each plan" in answers([("one.yaml", COMPARISON)])


def test_the_figures_tell_every_plan() -> None:
    lines = figures("one.yaml", COMPARISON).splitlines()
    assert lines[0] == f"one.yaml: {COMPARISON.verdict}"
    assert [line.split(":")[0].strip() for line in lines[1:]] == [plan.name for plan in COMPARISON.plans]
    assert "more than the best" not in lines[1]
    assert all("more than the best" in line for line in lines[2:])


def test_only_what_stands_between_the_marks_is_rewritten() -> None:
    assert rewritten(f"before\n{BEGIN}old\n{END}after\n", "new\n") == f"before\n{BEGIN}new\n{END}after\n"


@pytest.mark.parametrize("document", ["nothing", f"{BEGIN}no end", f"no beginning\n{END}"])
def test_a_document_without_its_marks_is_refused(document: str) -> None:
    with pytest.raises(ValueError, match=r"README\.md has lost its marks"):
        rewritten(document, "new\n")


def test_too_few_replications_for_an_interval_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--replications", str(FEWEST_REPLICATIONS - 1)])
    assert "takes at least 2 replications" in capsys.readouterr().err
