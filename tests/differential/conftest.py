"""A folder for the scenario files of a module's examples, and how much has been compared in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, settings

from tests.differential.paths import PATHS
from tests.engines import counts

if TYPE_CHECKING:
    from pathlib import Path

# Whether there is a difference, but not the smallest scenario with one, which takes minutes to find: for many runs.
settings.register_profile("unshrunk", settings.get_profile("ci"), phases=[Phase.explicit, Phase.generate])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where scenario files are written, one after the other."""
    return tmp_path_factory.mktemp("scenarios")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much both engines have told alike; with several processes, each only knows its own."""
    if told := counts():
        terminalreporter.write_line(f"told alike by both engines: {told}; {len(PATHS):,} different paths of disputes")
