"""A folder for the scenario files of a module's examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where scenario files are written, one after the other."""
    return tmp_path_factory.mktemp("scenarios")
