"""A problem is told with its place, its line, a caret under the column, and the way out."""

from __future__ import annotations

from sim.errors import InputError, LotwiseError, Problem, RulePackError, ScenarioError


def test_a_problem_points_at_its_place() -> None:
    problem = Problem("no such key", file="a.yaml", line=3, column=5, text="    keyy: 1", hint="did you mean `key`?")
    assert str(problem).splitlines() == [
        "a.yaml:3:5: no such key",
        "        keyy: 1",
        "        ^",
        "    hint: did you mean `key`?",
    ]


def test_a_problem_without_a_place_is_its_message() -> None:
    assert str(Problem("nothing to do")) == "nothing to do"


def test_an_error_tells_all_its_problems() -> None:
    error = ScenarioError(Problem("one"), Problem("two"))
    assert str(error) == "one\ntwo"
    assert [problem.message for problem in error.problems] == ["one", "two"]
    assert issubclass(RulePackError, InputError)
    assert issubclass(InputError, LotwiseError)
