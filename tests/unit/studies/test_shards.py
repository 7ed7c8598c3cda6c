"""Shards: exact, whole or not there, and never taken for what they are not."""

from __future__ import annotations

import os
from math import isnan, nan
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.studies.shards import DamagedShardError, Kept, shard_name, shard_read, shard_written
from sim.studies.work import PlanRow, UnitRows

if TYPE_CHECKING:
    from pathlib import Path

INGREDIENTS = {"program": "p", "setting": "s", "seed": 1, "plans": {"a": "x", "b": "y"}, "columns": ["recovered"]}
LARGEST = 2**106
"""Sum of the squares of the largest outcomes over as many replications as a unit has is a little more than this."""


def row(plan: str, **changes: Any) -> PlanRow:  # noqa: ANN401
    """What a plan came to, with other values in places."""
    made = PlanRow(plan, (-5, 2**61), (LARGEST, 7), 3, 2, 1234.5678901234567, 0.1, (LARGEST + 1,))
    return made._replace(**changes)


UNITS = [
    Kept("1" * 32, "a" * 32, UnitRows((row("a"), row("b", apart=(), tail=0.1 + 0.2)))),
    Kept("2" * 32, "b" * 32, UnitRows((), "x.y: a value that makes no valid scenario — näher")),
    Kept("3" * 32, "c" * 32, UnitRows((row("a", change=-(2**60), change_squares=LARGEST), row("b", apart=())))),
]


@pytest.fixture
def shard(tmp_path: Path) -> Path:
    return shard_written(tmp_path, UNITS, INGREDIENTS)


def test_what_is_read_is_what_was_written(shard: Path) -> None:
    assert shard_read(shard) == (UNITS, INGREDIENTS)


def test_the_largest_sums_of_squares_have_room(tmp_path: Path) -> None:
    largest = 10**38 - 1  # digits that are kept; 200,000 squares of 2 ** 45, the largest difference, are 2.5e32
    units = [Kept("4" * 32, "d" * 32, UnitRows((row("a", squares=(largest, -largest)),)))]
    assert shard_read(shard_written(tmp_path, units, INGREDIENTS))[0] == units


def test_an_interval_that_does_not_exist_stays_so(tmp_path: Path) -> None:
    units = [Kept("5" * 32, "e" * 32, UnitRows((row("a", tail_error=nan),)))]
    ((_, _, rows),), _ = shard_read(shard_written(tmp_path, units, INGREDIENTS))
    assert isnan(rows.rows[0].tail_error)


def test_the_same_units_have_the_same_name(tmp_path: Path, shard: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    assert shard_written(again, UNITS, {}).name == shard.name == shard_name(["1" * 32, "2" * 32, "3" * 32])
    assert shard_written(again, UNITS[::-1], {}).name != shard.name


@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_half_a_file_is_damaged(shard: Path, kept: float) -> None:
    content = shard.read_bytes()
    shard.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(DamagedShardError):
        shard_read(shard)


def test_no_byte_changes_unseen(shard: Path) -> None:
    content = shard.read_bytes()
    for place in range(0, len(content), 7):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        shard.write_bytes(changed)
        try:
            found = shard_read(shard)
        except DamagedShardError:
            continue
        assert found == (UNITS, INGREDIENTS), place  # a byte that means nothing to us, such as the writer's name


def test_another_name_is_damage(shard: Path) -> None:
    renamed = shard.rename(shard.with_name("0" * 32 + ".parquet"))
    with pytest.raises(DamagedShardError, match="name"):
        shard_read(renamed)


def test_other_content_of_the_same_units_is_damage(shard: Path) -> None:
    table = pq.read_table(shard)
    late = table.column("late").to_pylist()
    column = table.schema.get_field_index("late")
    forged = table.set_column(column, "late", pa.array([value and value + 1 for value in late], pa.int64()))
    pq.write_table(forged, shard)
    with pytest.raises(DamagedShardError, match="content"):
        shard_read(shard)


@pytest.mark.parametrize("foreign", ["text", "table", "named", "folder", "missing"])
def test_what_is_no_shard_is_damaged(tmp_path: Path, foreign: str) -> None:
    path = tmp_path / shard_name([])
    if foreign == "text":
        path.write_text("not a table at all")
    elif foreign == "table":
        pq.write_table(pa.table({"x": [1, 2]}), path)
    elif foreign == "named":
        pq.write_table(pa.table({"unit": [None], "place": ["p"]}).replace_schema_metadata({"a": "b"}), path)
    elif foreign == "folder":
        path.mkdir()
    with pytest.raises(DamagedShardError):
        shard_read(path)


def test_a_shard_is_synced_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    sync, rename = os.fsync, os.replace

    def synced(descriptor: int) -> None:
        (partial,) = tmp_path.iterdir()
        assert partial.name.startswith(".partial-")
        assert os.path.samestat(os.fstat(descriptor), partial.stat())
        sync(descriptor)
        steps.append("synced")

    def renamed(old: Path, new: Path) -> None:
        assert pq.read_table(old).num_rows == 5
        rename(old, new)
        steps.append("renamed")

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", renamed)
    written = shard_written(tmp_path, UNITS, INGREDIENTS)
    assert steps == ["synced", "renamed"]
    assert list(tmp_path.iterdir()) == [written]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="space"):
        shard_written(tmp_path, UNITS, INGREDIENTS)
    assert not list(tmp_path.iterdir())
