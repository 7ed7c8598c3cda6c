"""Rules are pure, rules of a pack are used, and nothing in them depends on a library's last bit."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from sim.terms import ProtectionTerms
from tests.architecture import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RULE_FILES = sorted((PACKAGE / "rules").glob("*.py"))
EXACT = {"ceil", "floor", "frexp", "isqrt", "ldexp", "sqrt"}
"""Functions of `math` whose result IEEE 754 or the integers fix to the last bit."""
IMPURE = (
    ast.Raise,
    ast.Try,
    ast.With,
    ast.Import,
    ast.ImportFrom,
    ast.Global,
    ast.Nonlocal,
    ast.Lambda,
    ast.Yield,
)


def rules_of(path: Path) -> Iterator[ast.FunctionDef]:
    """Functions of a file that are marked as rules."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            marks = {mark.id for mark in node.decorator_list if isinstance(mark, ast.Name)}
            if "rule" in marks:
                yield node


def test_most_files_hold_rules() -> None:
    assert sum(1 for path in RULE_FILES for _ in rules_of(path)) > len(RULE_FILES)


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.name)
def test_a_rule_raises_nothing_and_reaches_for_nothing(path: Path) -> None:
    for function in rules_of(path):
        found = [type(node).__name__ for node in ast.walk(function) if isinstance(node, IMPURE)]
        assert found == [], f"{path.name}: {function.name}"


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.name)
def test_a_rule_gives_the_same_bits_everywhere(path: Path) -> None:
    for function in rules_of(path):
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert node.value.id != "math" or node.attr in EXACT, f"{path.name}: {function.name}"
            assert not isinstance(node, ast.Pow), f"{path.name}: {function.name} raises to a power"


def test_every_rule_of_a_pack_is_used() -> None:
    read = {
        node.attr
        for path in PACKAGE.rglob("*.py")
        if path.name != "terms.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert set(ProtectionTerms._fields) <= read
