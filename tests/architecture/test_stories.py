"""The stories of ``docs/stories`` print what stands beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.examples import STORIES, output_of, stories

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.stem)
def test_a_story_prints_what_stands_beside_it(story: Path, tmp_path: Path) -> None:
    assert output_of([str(story)], tmp_path) == story.with_suffix(".out").read_text(encoding="utf-8")


def test_no_output_has_lost_its_story() -> None:
    assert {output.stem for output in STORIES.glob("*.out")} == {story.stem for story in stories()}
