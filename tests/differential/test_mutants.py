"""The mistakes of `scripts.mutants` still fit the engines; whether they are found is for that script to try."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from scripts.mutants import MUTANTS, ROOT, TESTS, Mutant, mutated


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.engine}: {mutant.stands_for}")
def test_a_mistake_can_be_made(mutant: Mutant) -> None:
    source = (ROOT / mutant.file).read_text(encoding="utf-8")
    made = mutated(source, mutant)
    assert ast.dump(ast.parse(made)) != ast.dump(ast.parse(source))


def test_a_mistake_that_no_longer_fits_is_told() -> None:
    mutant = Mutant("sim/x.py", "a = 1", "a = 2", "one is two")
    for text in ("b = 1", "a = 1\na = 1"):
        with pytest.raises(ValueError, match=r"sim/x\.py: 'a = 1' stands there \d times, not once"):
            mutated(text, mutant)


def test_both_engines_are_tried() -> None:
    engines = Counter(mutant.engine for mutant in MUTANTS)
    assert min(engines["reference"], engines["compiled"]) >= 8


def test_the_tests_that_look_are_there() -> None:
    assert [test for test in TESTS if not (ROOT / test).is_file()] == []
