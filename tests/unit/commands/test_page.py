"""The page of commands says what the commands say."""

from __future__ import annotations

from pathlib import Path

from sim.cli import lotwise
from sim.commands.page import commands_page

PAGE = Path(__file__).parents[3] / "docs" / "commands.md"


def test_the_page_of_commands_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == commands_page(lotwise), "lotwise --markdown > docs/commands.md"


def test_the_page_has_every_command_with_its_options() -> None:
    page = commands_page(lotwise)
    for command in ("init", "validate", "compare", "run", "explain", "rules", "schema"):
        assert f"\n## {command}\n" in page
        assert f"Usage: lotwise {command}" in page
    assert "--precision WIDTH" in page
