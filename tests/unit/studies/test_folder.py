"""The folder of a study: what it keeps, what it refuses, and how it tells why something is simulated again."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from sim.errors import InputError, Problem
from sim.results import FolderInUseError
from sim.studies.folder import Store, StudyFolder, StudyInUseError
from sim.studies.shards import Kept
from sim.studies.work import PlanRow, UnitRows

if TYPE_CHECKING:
    from pathlib import Path

ROWS = UnitRows((PlanRow("a", (1, 2), (3, 4), 0, 0, 5.0, 0.5, ()),))
OTHER = UnitRows((PlanRow("a", (9, 9), (9, 9), 9, 9, 9.0, 9.0, ()),))


def made_of(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """What units are made of, with other values in places."""
    return {
        "program": "p",
        "setting": "s1",
        "seed": 1,
        "plans": {"a": "x", "b": "y"},
        "columns": ["recovered"],
        **changes,
    }


def kept(number: int, rows: UnitRows = ROWS) -> Kept:
    """A unit."""
    return Kept(f"{number:032x}", f"place {number}", rows)


def filled(path: Path, *units: Kept, **changes: Any) -> None:  # noqa: ANN401
    """A folder of a study that keeps each of these units in a shard of its own."""
    with StudyFolder(path, "sweep") as folder:
        folder.describe("s1", {"need.quantity": 3000, "buyer.hourly_cost": 25})
        for unit in units:
            folder.keep([unit], made_of(**changes))


def shards(path: Path) -> list[Path]:
    """The shards of a folder, the oldest first."""
    return sorted((path / "pieces").glob("*.parquet"), key=lambda shard: shard.stat().st_mtime_ns)


def tree(path: Path) -> dict[str, tuple[int, bytes]]:
    """Every file in a folder: when it was written, and its content."""
    files = (file for file in sorted(path.rglob("*")) if file.is_file())
    return {str(file.relative_to(path)): (file.stat().st_mtime_ns, file.read_bytes()) for file in files}


def test_what_is_kept_is_there_the_next_time(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "study"
    filled(path, kept(1), kept(2))
    with StudyFolder(path, "sweep") as folder:
        assert folder.rows(f"{1:032x}") == folder.rows(f"{2:032x}") == ROWS
        assert folder.rows(f"{3:032x}") is None
        assert not (folder.path / "manifest.json").exists()


def test_a_store_in_memory_forgets(tmp_path: Path) -> None:
    store = Store()
    store.keep([kept(1)], made_of())
    store.failed("place 2", "why")
    assert store.rows(f"{1:032x}") == ROWS
    assert store.why_again("place 2", made_of()) == "it is new"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"program": "q"}, "the program is another one"),
        ({"seed": 2}, "the seed was 1"),
        ({"columns": ["recovered", "ground_up"]}, "other columns are kept"),
        ({"plans": {"a": "changed", "b": "y"}}, "plan a changed"),
        ({"plans": {"a": "changed", "b": "too"}}, "plans a, b changed"),
        ({"setting": "s2"}, "the scenario changed (buyer.hourly_cost was 25)"),
        ({"setting": "unheard of"}, "the scenario changed (buyer.hourly_cost was 25, need.quantity was 3000)"),
        ({"seed": 3, "program": "q"}, "the program is another one and the seed was 1"),
        ({}, "it was cut differently"),
    ],
)
def test_why_a_unit_is_simulated_again(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    filled(tmp_path / "study", kept(1))
    with StudyFolder(tmp_path / "study", "sweep") as folder:
        folder.describe("s2", {"need.quantity": 3000, "buyer.hourly_cost": 30})
        assert folder.why_again("place 1", made_of(**changes)) == reason
        assert folder.why_again("place 9", made_of(**changes)) == "it is new"


def test_a_value_that_was_not_there_is_told(tmp_path: Path) -> None:
    filled(tmp_path / "study", kept(1))
    with StudyFolder(tmp_path / "study", "sweep") as folder:
        folder.describe(
            "s2", {"need.quantity": 3000, "buyer.hourly_cost": 25, "new": 1, "other": 2, "third": 3, "z": 4}
        )
        told = folder.why_again("place 1", made_of(setting="s2"))
    assert told == "the scenario changed (new was not given, other was not given, third was not given and 1 more)"


def test_the_reason_is_told_from_what_was_found_last(tmp_path: Path) -> None:
    path = tmp_path / "study"
    for seed in (5, 9, 7):
        filled(path, Kept(f"{seed:032x}", "place 1", ROWS), seed=seed)
    for number, shard in enumerate(shards(path)):
        os.utime(shard, ns=(number, number))
    with StudyFolder(path, "sweep") as folder:
        assert folder.why_again("place 1", made_of(seed=1)) == "the seed was 7"


@pytest.mark.parametrize("error", [InputError(Problem("no")), KeyboardInterrupt()], ids=["mistake", "interrupt"])
@pytest.mark.parametrize("left", ["nothing", "unit", "failure", "study"])
def test_a_mistake_at_once_leaves_nothing_but_what_was_found(tmp_path: Path, left: str, error: BaseException) -> None:
    path = tmp_path / "results" / "name" / "study"
    if left == "study":
        filled(path, kept(1))

    def broken() -> None:
        with StudyFolder(path, "sweep") as folder:
            folder.describe("s1", {"x": 1})
            if left == "unit":
                folder.keep([kept(1)], made_of())
            if left == "failure":
                folder.failed("place 1", "why")
            raise error

    with pytest.raises(type(error)):
        broken()
    stays = left != "nothing" or isinstance(error, KeyboardInterrupt)
    assert (tmp_path / "results").exists() == (path / "study.json").exists() == stays
    with StudyFolder(path, "sweep") as folder:
        assert (folder.rows(f"{1:032x}") is not None) == (left in {"unit", "study"})


def test_a_failure_is_remembered_until_it_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "study"
    with StudyFolder(path, "sweep") as folder:
        folder.failed("place 1", "MemoryError")
    with StudyFolder(path, "sweep") as folder:
        assert folder.why_again("place 1", made_of()) == "it failed: MemoryError"
        folder.keep([kept(1)], made_of())
    with StudyFolder(path, "sweep") as folder:
        assert folder.why_again("place 1", made_of(seed=2)) == "the seed was 1"


def test_a_damaged_shard_is_overlooked_replaced_and_told(tmp_path: Path) -> None:
    path = tmp_path / "study"
    filled(path, kept(1), kept(2))
    hurt = shards(path)[0]
    hurt.write_bytes(hurt.read_bytes()[:-9])
    with StudyFolder(path, "sweep", reading=True) as folder:
        assert folder.damaged == 1
        assert folder.why_again("place 1", made_of()) == "its shard was damaged, or it is new"
        assert hurt.exists()
    with StudyFolder(path, "sweep") as folder:
        assert folder.damaged == 1
        assert not hurt.exists()
        assert folder.rows(f"{1:032x}") is None
        assert folder.rows(f"{2:032x}") == ROWS
        folder.keep([kept(1)], made_of())
    with StudyFolder(path, "sweep") as folder:
        assert folder.damaged == 0
        assert folder.rows(f"{1:032x}") == ROWS


def test_looking_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "study"
    filled(path, kept(1), kept(2))
    shards(path)[0].write_bytes(b"damaged")
    (path / "pieces" / ".partial-0123").write_bytes(b"half")
    before = tree(tmp_path)
    with StudyFolder(path, "sweep", reading=True) as folder:
        folder.describe("s9", {"new": 1})
        folder.failed("place 1", "why")
    with StudyFolder(tmp_path / "other", "sweep", reading=True):
        pass
    assert tree(tmp_path) == before
    assert not (tmp_path / "other").exists()


def test_looking_waits_for_nobody(tmp_path: Path) -> None:
    filled(tmp_path / "study", kept(1))
    with StudyFolder(tmp_path / "study", "sweep"), StudyFolder(tmp_path / "study", "sweep", reading=True) as folder:
        assert folder.rows(f"{1:032x}") == ROWS


def test_afresh_overlooks_what_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "study"
    filled(path, kept(1))
    with StudyFolder(path, "sweep", fresh=True) as folder:
        assert folder.rows(f"{1:032x}") is None
        assert folder.why_again("place 1", made_of()) == "everything is wanted afresh"
        folder.keep([kept(1, OTHER)], made_of())
    with StudyFolder(path, "sweep") as folder:
        assert folder.rows(f"{1:032x}") == OTHER


def test_afresh_takes_the_place_of_units_that_were_cut_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "study"
    for first in range(8):  # whatever the order of the names of the shards
        filled(path, kept(first))
    with StudyFolder(path, "sweep", fresh=True) as folder:
        folder.keep([kept(number, OTHER) for number in range(8)], made_of())
    with StudyFolder(path, "sweep") as folder:
        assert all(folder.rows(f"{number:032x}") == OTHER for number in range(8))


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    with (
        StudyFolder(tmp_path / "study", "sweep"),
        pytest.raises(StudyInUseError, match=r"another process is working on the study in .*wait for it, or end it"),
        StudyFolder(tmp_path / "study", "sweep"),
    ):
        pass
    filled(tmp_path / "study", kept(1))  # the lock has ended with the first


@pytest.mark.parametrize("content", ["run", "other kind", "file", "broken state"])
def test_something_else_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "study"
    if content == "file":
        path.write_text("mine")
    elif content == "other kind":
        with StudyFolder(path, "breakeven"):
            pass
    else:
        path.mkdir()
        (path / ("summary.csv" if content == "run" else "study.json")).write_text("mine")
    before = tree(tmp_path)
    with pytest.raises(FolderInUseError, match="name another"), StudyFolder(path, "sweep"):
        pass
    assert tree(tmp_path) == before


@pytest.mark.parametrize("state", ["empty", "pieces", "lock", "half a state"])
def test_a_study_that_was_killed_at_once_begins_again(tmp_path: Path, state: str) -> None:
    path = tmp_path / "study"
    path.mkdir()
    if state != "empty":
        (path / "pieces").mkdir()
    if state in ("lock", "half a state"):
        (path / ".lock").touch()
    if state == "half a state":
        (path / ".partial-abc").write_text('{"format"')
    filled(path, kept(1))
    assert not list(path.rglob(".partial-*"))


def test_the_manifest_comes_last_and_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "study"
    renamed: list[str] = []
    rename = os.replace

    def replaced(old: Path, new: Path) -> None:
        if new.parent == path and new.name != "study.json":
            renamed.append(new.name)
            assert not (path / "manifest.json").exists()
        rename(old, new)

    with StudyFolder(path, "sweep") as folder:
        folder.publish({"best.csv": "old\n"}, {"study": "sweep"})
        assert (folder.path / "manifest.json").exists()
        monkeypatch.setattr(os, "replace", replaced)
        folder.publish({"sweep.csv": "a\n", "best.csv": "b\n", "map.png": b"\x89"}, {"study": "sweep"})
    assert renamed == ["sweep.csv", "best.csv", "map.png", "manifest.json"]
    manifest = json.loads((path / "manifest.json").read_text())
    assert set(manifest["files"]) == {"sweep.csv", "best.csv", "map.png"}
    assert (path / "best.csv").read_text() == "b\n"
