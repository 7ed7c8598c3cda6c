"""The page of commands says what the commands say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "commands.md"


def test_the_page_of_commands_is_current() -> None:
    # In a process of its own, as it is renewed: click keeps a command's help option from the first time it was used.
    printed = subprocess.run([sys.executable, "-m", "sim", "--markdown"], capture_output=True, check=True).stdout
    assert PAGE.read_bytes() == printed.replace(b"\r\n", b"\n"), "lotwise --markdown > docs/commands.md"


def test_the_page_has_every_command_with_its_options() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for command in ("init", "validate", "compare", "run", "explain", "rules", "schema"):
        assert f"\n## {command}\n" in page
        assert f"Usage: lotwise {command}" in page
    assert "--precision WIDTH" in page
