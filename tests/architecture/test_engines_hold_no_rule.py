"""One fact, one place: no number of a rule, and no consequence of one, in an engine.

How long a silence may last stands in a rule pack, what follows from it in the transition table, and whether
the last minute is in time in `sim.rules.deadlines`. An engine that knew one of them would stay wrong when
the fact is mended.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from sim.protocol import State
from sim.scenario.packs import load_pack, pack_ids
from sim.terms import protection_terms
from sim.units import DAYS_PER_YEAR, MINUTES_PER_DAY, MINUTES_PER_HOUR
from tests.architecture import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGINES = sorted((PACKAGE / "engines").rglob("*.py"))
FIRST_ENDED = State.SETTLED
ENDED_STATES = {state.name for state in State if state >= FIRST_ENDED}
WORDS_OF_A_PACK = {"Consequence", "PreShipmentCover", "LimitScope", "GoodsReturned", "PaidBy"}
FEW = 2
"""Up to here a number may count things; above, it must at least have a name."""
A_WEEK = 7
"""Days of a rule up to here cannot be told from counts, so that only their minutes are looked for."""


def numbers_of_rules() -> set[int]:
    """Every time limit of every rule pack, in minutes and, where they can mean nothing else, in days."""
    minutes = {
        value
        for pack_id in pack_ids()
        for value in protection_terms(load_pack(pack_id))
        if value > 0 and value % MINUTES_PER_DAY == 0
    }
    days = {value // MINUTES_PER_DAY for value in minutes}
    units = {MINUTES_PER_DAY, MINUTES_PER_HOUR, DAYS_PER_YEAR}
    return minutes | units | {value for value in days if value >= A_WEEK}


def facts_in(source: str) -> Iterator[str]:
    """Facts of the trade that a source text holds: each with its line."""
    tree = ast.parse(source)
    named = {
        id(inner)
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for inner in ast.walk(statement)
    }
    decorations = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        for decorator in node.decorator_list
        for inner in ast.walk(decorator)
    }
    rules = numbers_of_rules()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in decorations:
            number = node.value
            if isinstance(number, bool) or not isinstance(number, int | float):
                continue
            if number in rules:
                yield f"line {node.lineno}: {number} is a number of a rule"
            elif abs(number) > FEW and id(node) not in named:
                yield f"line {node.lineno}: {number} has no name"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "State" and node.attr in ENDED_STATES:
                yield f"line {node.lineno}: {node.attr} is for the transition table to say"
        elif isinstance(node, ast.Name) and node.id in WORDS_OF_A_PACK:
            yield f"line {node.lineno}: {node.id} is for a rule to read"


def test_there_are_engines() -> None:
    assert PACKAGE / "engines" / "reference" / "__init__.py" in ENGINES


@pytest.mark.parametrize("path", ENGINES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_an_engine_holds_no_fact_of_the_trade(path: object) -> None:
    source = PACKAGE.joinpath(str(path)).read_text(encoding="utf-8")
    assert list(facts_in(source)) == []


@pytest.mark.parametrize(
    "source",
    [
        "deadline = opened + 10080",
        "if days > 7: pass",
        "LIMIT = 30",
        "wait(180 * MINUTES_PER_DAY)",
        "def f():\n    return 5",
        "minutes = hours * 60",
        "state = State.CANCELLED",
        "if outcome == Consequence.ESCALATED: pass",
    ],
)
def test_a_fact_of_the_trade_is_noticed(source: str) -> None:
    assert list(facts_in(source))


@pytest.mark.parametrize(
    "source", ["CLASSES = 3", "first, last = row[0], row[-1]", "state = State.AWAITING_BUYER", "half = n / 2"]
)
def test_what_is_no_fact_of_the_trade_is_left_alone(source: str) -> None:
    assert list(facts_in(source)) == []
