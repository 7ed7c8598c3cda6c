"""Inputs that are known together only: whole draws, by independent parts, along the line on which they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import InputError, ScenarioError
from sim.studies.inputs import points_at
from sim.studies.joint_inputs import EVERY_SET, along, believed_inputs, joint_inputs
from sim.studies.sensitivity import sensitivity_found
from tests.unit.studies.known_formulas import DETAIL, OFFER, OWN, UPHELD, Formulas, uncertain_story
from tests.unit.studies.known_losses import with_sets

if TYPE_CHECKING:
    from pathlib import Path

    from sim.scenario import Scenario
    from sim.studies.sensitivity import Method

BOTH = ((0.1, 0.9), (0.9, 0.1), (0.5, 0.5), (0.3, 0.7))
"""Draws of which one number says what the other is: they always add up to 1."""


@pytest.fixture
def story(tmp_path: Path) -> Scenario:
    """Draws of two inputs together, and a third that is uncertain by itself."""
    return with_sets(uncertain_story(tmp_path, ("a", "b"), (OFFER,)), (DETAIL, UPHELD), BOTH)


def test_what_is_not_said_to_be_independent_is_one_input(story: Scenario) -> None:
    whole, single = believed_inputs(story)
    assert (whole.path, [one.path for one in whole.members]) == (EVERY_SET, [DETAIL, UPHELD])
    assert (single.path, single.members) == (OFFER, (single,))


def test_a_share_draws_a_whole_row(story: Scenario) -> None:
    # in the order of the line: x rises as y falls, so both ranks order the rows alike
    points = points_at(joint_inputs(story), np.array([[0.0], [0.24], [0.26], [0.5], [0.999]]))
    drawn = [tuple(value for _, value in point.values) for point in points]
    along_it = sorted(BOTH) if drawn[0] == (0.1, 0.9) else sorted(BOTH, reverse=True)
    assert drawn == [along_it[row] for row in (0, 0, 1, 2, 3)]


@given(st.integers(2, 40), st.integers(1, 4), st.integers(0, 2**32 - 1))
@settings(max_examples=50)
def test_every_row_has_the_same_part_of_the_shares(rows: int, columns: int, seed: int) -> None:
    draws = np.random.default_rng(seed).random((rows, columns))
    places = np.argsort(along(draws), kind="stable")
    assert sorted(places) == list(range(rows))
    rising = along(np.sort(draws, axis=0))  # columns that all rise together are their own line
    assert np.all(np.diff(rising) > 0)


def test_parts_are_drawn_by_themselves_and_may_be_named(tmp_path: Path) -> None:
    story = with_sets(uncertain_story(tmp_path, inputs=(OFFER,)), (DETAIL, UPHELD), BOTH, ("contract", UPHELD))
    assert [one.path for one in believed_inputs(story)] == ["contract", UPHELD, OFFER]
    assert [one.path for one in believed_inputs(story, ("contract",))] == ["contract"]
    (alone,) = believed_inputs(story, (DETAIL,))
    assert alone.members == (alone,)
    with pytest.raises(InputError, match=r"no uncertain input 'contrac'(?s:.*)contract"):
        believed_inputs(story, ("contrac",))


def test_naming_a_part_and_a_number_in_it_varies_the_number_once(story: Scenario) -> None:
    assert [one.path for one in believed_inputs(story, (DETAIL, EVERY_SET))] == [EVERY_SET]


def test_what_is_set_from_outside_is_drawn_no_more(story: Scenario) -> None:
    set_here = story.with_overrides([f"{DETAIL}=0.4"])
    (whole,) = joint_inputs(set_here)
    assert [one.path for one in whole.members] == [UPHELD]


def test_numbers_that_never_differ_are_no_input(tmp_path: Path) -> None:
    story = with_sets(uncertain_story(tmp_path, inputs=(OFFER,)), (DETAIL, UPHELD), ((0.5, 0.2), (0.5, 0.2)))
    assert [one.path for one in believed_inputs(story)] == [OFFER]


def test_sobol_takes_draws_whole(story: Scenario) -> None:
    # a - b is decided by x + y, which is 1 in every draw: one by one both would decide, together neither does
    losses = {"a": lambda _: 1_000.0, "b": lambda x: 400 + 600 * (x[DETAIL] + x[UPHELD]) + 300 * x[OFFER]}
    answer = sensitivity_found(Formulas(losses, own=OWN), story, "sobol", points=128)
    shares = {one.input: one.value for one in answer.explanation.indices if one.index == "ST"}
    assert shares == {EVERY_SET: pytest.approx(0, abs=1e-9), OFFER: pytest.approx(1, abs=0.01)}
    assert (
        answer.notes[-1] == "Drawn together, 4 times: parameter_sets (2 numbers); a whole draw at a time, as one input."
    )


@pytest.mark.parametrize("method", ["morris", "pawn"])
def test_other_methods_go_along_the_line(story: Scenario, method: Method) -> None:
    losses = {"a": lambda _: 1_000.0, "b": lambda x: 1_000 + 600 * (x[DETAIL] - x[UPHELD]) + x[OFFER]}
    answer = sensitivity_found(Formulas(losses, own=OWN), story, method, points=200)
    assert answer.explanation.deciding == (EVERY_SET,)
    assert "along the line on which the draws differ most" in answer.notes[-1]


def test_a_tornado_moves_the_numbers_and_says_so(story: Scenario) -> None:
    losses = {"a": lambda _: 1_000.0, "b": lambda x: 1_000 + 600 * x[DETAIL] - x[UPHELD]}
    answer = sensitivity_found(Formulas(losses, own=OWN), story, "tornado")
    # 10 % and 90 % of the four draws 0.1, 0.3, 0.5 and 0.9
    (bar,) = (bar for bar in answer.explanation.bars if bar.input == DETAIL)
    assert (bar.low_value, bar.high_value) == (0.1, 0.9)
    assert "a tornado moves each number by itself all the same" in answer.notes[-1]


def test_corners_are_told_of_the_numbers(story: Scenario) -> None:
    losses = {"a": lambda _: 1_000.0, "b": lambda x: 1_300 if x[DETAIL] < 0.4 else 600.0}
    answer = sensitivity_found(Formulas(losses, own=OWN), story, "sobol", points=256)
    told = " ".join(answer.discovery.sentences) if answer.discovery else ""
    assert f"{DETAIL} is" in told or f"{UPHELD} is" in told


@pytest.mark.parametrize(
    ("independent", "told"),
    [
        (("supplier",), "none of `inputs` begins with `supplier`"),
        (("contract", DETAIL), f"`{DETAIL}` and `contract` have inputs in common"),
    ],
)
def test_parts_that_are_none_are_refused(tmp_path: Path, independent: tuple[str, ...], told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        with_sets(uncertain_story(tmp_path), (DETAIL, UPHELD), BOTH, independent)
