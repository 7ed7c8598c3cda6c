"""What the README shows is what a reader gets: its commands and its Python are run, and their output compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.examples import MARK, PICTURES, README, agrees, examples_in, output_of, prepare

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = examples_in(README.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_every_example_prints_what_the_readme_shows(tmp_path: Path) -> None:
    prepare(tmp_path)
    for example in EXAMPLES:  # in order, in one folder: the later ones use the files of the earlier
        printed = output_of(example.arguments, tmp_path)
        assert agrees(example.shown, printed), f"{example.arguments} prints\n{printed}"
    for drawn, copy in PICTURES.items():
        picture = copy.read_text(encoding="utf-8")
        assert (tmp_path / drawn).read_text(encoding="utf-8") == picture, f"{copy} is not what {drawn} draws"


def test_the_readme_shows_every_command_of_the_first_hour() -> None:
    shown = {example.arguments[2] for example in EXAMPLES if example.arguments[0] == "-m"}
    assert {"compare", "init", "validate", "explain", "run", "rules"} <= shown
    assert {"sweep", "sensitivity", "breakeven", "information", "gaps", "optimise"} <= shown
    assert any(example.arguments[0] == "-c" for example in EXAMPLES), "a Python example"


def test_examples_are_found_with_their_output() -> None:
    document = (
        f"Text\n\n{MARK}\n```console\n$ lotwise rules\none\ntwo\n$ lotwise schema --x 'a b'\n```\n\n"
        f"{MARK}\n```python\nprint(1)\n```\n\n```text\n1\n```\n"
    )
    rules, schema, python = examples_in(document)
    assert (rules.arguments, rules.shown) == (("-m", "sim", "rules"), "one\ntwo\n")
    assert (schema.arguments, schema.shown) == (("-m", "sim", "schema", "--x", "a b"), "")
    assert (python.arguments, python.shown) == (("-c", "print(1)\n"), "1\n")
    for example in (rules, schema, python):
        assert document[example.begin : example.end] == example.shown


def test_a_mark_without_an_example_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="must be followed by"):
        examples_in(f"{MARK}\n```sh\nlotwise rules\n```\n")


@pytest.mark.parametrize(
    ("shown", "printed", "agree"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\nb\n", "a\nc\n", False),
        ("a\n...\nz\n", "a\nb\nc\nz\n", True),
        ("a\n...\n", "b\n", False),
        ("a.c\n", "abc\n", False),
        ("", "", True),
    ],
)
def test_three_dots_stand_for_any_lines_and_nothing_else_does(shown: str, printed: str, agree: bool) -> None:
    assert agrees(shown, printed) is agree


def test_a_command_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(ChildProcessError, match="ended with 2"):
        output_of(("-m", "sim", "compare", "nowhere.yaml"), tmp_path)
