"""The study that ships under results/ is what the program gives today, byte for byte."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
STUDIES = sorted((TOP / "results" / "published").glob("*/manifest.json"))


def test_a_study_is_published() -> None:
    assert STUDIES


@pytest.mark.parametrize("manifest", STUDIES, ids=lambda path: path.parent.name)
def test_a_published_study_is_reproduced(manifest: Path, tmp_path: Path) -> None:
    told = json.loads(manifest.read_text(encoding="utf-8"))
    command = told["command"][1:]
    command[command.index("--out") + 1] = str(tmp_path / "again")
    subprocess.run([sys.executable, "-m", "sim", *command], cwd=TOP, check=True, capture_output=True)
    again = json.loads((tmp_path / "again" / "manifest.json").read_text(encoding="utf-8"))
    assert again["digest"] == told["digest"]
    for name in ("summary.csv", "scenario.resolved.yaml"):
        assert (tmp_path / "again" / name).read_bytes() == (manifest.parent / name).read_bytes(), name
