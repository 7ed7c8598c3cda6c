"""A process that is killed while it writes a report leaves no half of one, and the next one goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.unit.commands.test_report import FOUND, lotwise
from tests.unit.studies.crews import PLANS, example_in

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

STOPPING = """
import sys, time
import sim.report.collecting
from sim.cli import main
from sim.studies.flip_facts import Flips

sim.report.collecting._flips = lambda *_: Flips(chosen={plan!r}, found=(), steady=(), replications=2)
place, name = {place!r}
__import__(place)
work = getattr(sys.modules[place], name)
count = {after}

def stopped(*given, **named):
    global count
    if count == 0:
        print("here", flush=True)
        time.sleep(60)
    count -= 1
    return work(*given, **named)

setattr(sys.modules[place], name, stopped)
main(sys.argv[1:])
"""
"""Runs the command, and halts where something is called for the last time but so many."""


def killed(folder: Path, place: tuple[str, str], *words: str, after: int = 0) -> None:
    """Run the command in a folder and kill it at a place."""
    program = STOPPING.format(plan=PLANS[0], place=place, after=after)
    with subprocess.Popen([sys.executable, "-c", program, *words], cwd=folder, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        try:
            assert running.stdout.readline() == b"here\n"
        finally:
            running.kill()


@pytest.mark.parametrize(
    "place",
    [
        ("sim.report.writing", "facts_of"),
        ("sim.report.writing", "report_text"),
        ("sim.experiments.runs", "manifest_text"),
        ("os", "fsync"),
        ("os", "rename"),
    ],
    ids=" ".join,
)
def test_a_run_that_is_killed_at_its_report_leaves_nothing(tmp_path: Path, place: tuple[str, str]) -> None:
    example_in(tmp_path)
    before = {path.name for path in tmp_path.iterdir()}
    words = ("scenario.yaml", "--plans", ",".join(PLANS), "--replications", "60", "--workers", "1", "--out", "out")
    killed(tmp_path, place, "run", *words)
    left = {path.name for path in tmp_path.iterdir()} - before
    assert all(name.startswith(".partial-") for name in left)
    for name in left:
        os.utime(tmp_path / name, (0, 0))  # a killed run has given its lock back if it was about to be renamed
    assert lotwise(tmp_path, "run", *words, "--no-report").code == 0
    assert {path.name for path in tmp_path.iterdir()} == before | {"out"}, "what was left is cleared away"


def test_a_report_that_is_killed_leaves_the_old_one(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "report.json").write_text(FOUND.model_dump_json(), encoding="utf-8")
    (run / "manifest.json").write_text(json.dumps({"scenario": "mugs", "digest": "d", "files": {}}))
    (run / "report.html").write_text("old", encoding="utf-8")
    killed(tmp_path, ("os", "fsync"), "report", "run")
    assert (run / "report.html").read_text(encoding="utf-8") == "old"
    assert [path.name for path in run.iterdir() if path.suffix == ".html"] == ["report.html"]
    assert lotwise(tmp_path, "report", "run").code == 0
    assert (run / "report.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
