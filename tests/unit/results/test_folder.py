"""The run folder appears whole or not at all, and clears away what killed runs have left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from sim.results import FolderInUseError, RunFolder, run_name

if TYPE_CHECKING:
    from pathlib import Path

WRITER = """
import sys, time
from pathlib import Path
from sim.results import RunFolder
with RunFolder(Path(sys.argv[1])) as folder:
    (folder.path / "summary.csv").write_text("half of")
    print("writing", flush=True)
    time.sleep(60)
"""


def contents(folder: Path) -> list[str]:
    """Names in a folder, hidden ones included."""
    return sorted(path.name for path in folder.iterdir())


def test_name_has_the_time_in_utc_and_the_digest() -> None:
    assert run_name(datetime(2026, 3, 2, 9, 5, 7, tzinfo=UTC), "0123456789abcdef") == "20260302T090507Z-01234567"


def test_the_folder_appears_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "results" / "run"
    with RunFolder(target) as folder:
        (folder.path / "summary.csv").write_text("whole")
        assert not target.exists()
        assert folder.path.parent == target.parent, "a rename is atomic on one file system only"
    assert folder.target == target
    assert contents(target) == ["summary.csv"]
    assert contents(target.parent) == ["run"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
def test_an_error_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    def interrupted() -> None:
        with RunFolder(tmp_path / "run") as folder:
            (folder.path / "summary.csv").write_text("half of")
            raise error

    with pytest.raises(error):
        interrupted()
    assert contents(tmp_path) == []


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "mine.txt").write_text("keep")
    with pytest.raises(FolderInUseError, match="already exists"):
        RunFolder(tmp_path / "run")
    (tmp_path / "file").write_text("keep")
    with pytest.raises(FolderInUseError, match="already exists"):
        RunFolder(tmp_path / "file")
    assert contents(tmp_path / "run") == ["mine.txt"]


def test_a_folder_that_is_filled_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "run"

    def overtaken() -> None:
        with RunFolder(target) as folder:
            (folder.path / "summary.csv").write_text("ours")
            target.mkdir()
            (target / "summary.csv").write_text("theirs")

    with pytest.raises(FolderInUseError):
        overtaken()
    assert (target / "summary.csv").read_text() == "theirs"
    assert contents(tmp_path) == ["run"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with RunFolder(tmp_path / "run") as folder:
        (folder.path / "summary.csv").write_text("whole")
    assert contents(tmp_path / "run") == ["summary.csv"]


def test_two_runs_of_one_second_get_two_folders(tmp_path: Path) -> None:
    for _ in range(3):
        with RunFolder(tmp_path / "run", numbered=True) as folder:
            (folder.path / "summary.csv").write_text("whole")
    assert contents(tmp_path) == ["run", "run-2", "run-3"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_killed_run_leaves_no_half_folder_and_the_next_one_clears_up(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path / "killed")], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "writing\n"
    (left,) = contents(tmp_path)
    assert left.startswith(".partial-")

    with RunFolder(tmp_path / "second") as folder:
        (folder.path / "summary.csv").write_text("whole")
    assert contents(tmp_path) == [left, "second"], "a run that is being written is never touched"

    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    assert contents(tmp_path) == [left, "second"]
    with RunFolder(tmp_path / "third") as folder:
        (folder.path / "summary.csv").write_text("whole")
    assert contents(tmp_path) == ["second", "third"]


def test_a_folder_that_was_left_without_a_lock_is_cleared_away_after_an_hour(tmp_path: Path) -> None:
    for name, minutes in (("young", 50), ("old", 70)):
        left = tmp_path / f".partial-{name}"
        left.mkdir()
        (left / "manifest.json").write_text("{}")
        moment = time.time() - 60 * minutes
        os.utime(left, (moment, moment))
    (tmp_path / ".partial-file").write_text("half of a file")
    with RunFolder(tmp_path / "run") as folder:
        (folder.path / "summary.csv").write_text("whole")
    assert contents(tmp_path) == [".partial-file", ".partial-young", "run"]


def test_a_run_beside_another_in_one_process_is_left_alone(tmp_path: Path) -> None:
    with RunFolder(tmp_path / "first") as first:
        (first.path / "summary.csv").write_text("first")
        with RunFolder(tmp_path / "second") as second:
            (second.path / "summary.csv").write_text("second")
    assert contents(tmp_path) == ["first", "second"]
