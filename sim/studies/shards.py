"""Shards: what a piece of a study came to, as one Parquet file that is there whole or not at all."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.results.whole import whole
from sim.studies.work import PlanRow, UnitRows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SUFFIX: Final = ".parquet"
_INGREDIENTS: Final = b"lotwise.ingredients"
_DIGEST: Final = b"lotwise.digest"
_DIGITS: Final = 32


class Kept(NamedTuple):
    """A unit as it is kept: its names, and what it came to."""

    key: str
    place: str
    rows: UnitRows


class DamagedShardError(Exception):
    """A file among the shards is none, or not whole."""


def shard_name(keys: Sequence[str]) -> str:
    """Name of the shard that holds these units: the same for the same content, whoever found it."""
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:_DIGITS] + SUFFIX


def shard_written(folder: Path, units: Sequence[Kept], ingredients: Mapping[str, Any]) -> Path:
    """Write a shard: under another name first, synced, then renamed.

    Parameters
    ----------
    folder
        Where.
    units
        What it holds.
    ingredients
        What its units are made of, as plain data.
    """
    import pyarrow.parquet as pq

    described = {_INGREDIENTS: json.dumps(ingredients, sort_keys=True), _DIGEST: _digest(units, ingredients)}
    table = _table(units).replace_schema_metadata(described)
    target = folder / shard_name([unit.key for unit in units])
    with whole(target) as partial:
        pq.write_table(table, partial, compression="zstd", version="2.6", write_page_checksum=True)
    return target


def shard_read(path: Path) -> tuple[list[Kept], dict[str, Any]]:
    """Read a shard: its units, and what they are made of.

    Raises
    ------
    DamagedShardError
        It is no shard, or not whole.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path, page_checksum_verification=True)
        ingredients: dict[str, Any] = json.loads(table.schema.metadata[_INGREDIENTS])
        units = _units(table)
        name, digest = shard_name([unit.key for unit in units]), _digest(units, ingredients)
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise DamagedShardError(str(error)) from error
    if path.name != name:
        raise DamagedShardError("its name belongs to other units")
    if table.schema.metadata.get(_DIGEST) != digest.encode():
        raise DamagedShardError("its content is not what was written")
    return units, ingredients


def _digest(units: Sequence[Kept], ingredients: Mapping[str, Any]) -> str:
    """Digest of all that a shard says: Parquet's own checksums leave out where it says what its columns are."""
    return hashlib.sha256(json.dumps([units, ingredients], sort_keys=True).encode()).hexdigest()[:_DIGITS]


def _table(units: Sequence[Kept]) -> Any:  # noqa: ANN401 - pyarrow has no types
    import pyarrow as pa

    exact = pa.decimal128(38, 0)  # squares of cents leave 64 bits
    columns: dict[str, list[Any]] = {name: [] for name in ("unit", "place", "error", *PlanRow._fields)}
    for unit in units:
        for row in unit.rows.rows or (None,):
            columns["unit"].append(unit.key)
            columns["place"].append(unit.place)
            columns["error"].append(unit.rows.error)
            for name in PlanRow._fields:
                columns[name].append(_cell(None if row is None else getattr(row, name), name))
    types = {
        **dict.fromkeys(("unit", "place", "error", "plan"), pa.string()),
        **dict.fromkeys(("late", "with_claim"), pa.int64()),
        **dict.fromkeys(("tail", "tail_error"), pa.float64()),
        **dict.fromkeys(("totals", "squares", "apart"), pa.list_(exact)),
        **dict.fromkeys(("change", "change_squares"), exact),
    }
    return pa.table({name: pa.array(values, types[name]) for name, values in columns.items()})


def _cell(value: Any, name: str) -> Any:  # noqa: ANN401 - any cell of a row
    if value is None:
        return None
    if name in {"totals", "squares", "apart"}:
        return [Decimal(number) for number in value]
    return Decimal(value) if name in {"change", "change_squares"} else value


def _units(table: Any) -> list[Kept]:  # noqa: ANN401
    units: list[Kept] = []
    for row in table.to_pylist():
        if not units or units[-1].key != row["unit"]:
            units.append(Kept(row["unit"], row["place"], UnitRows((), row["error"])))
        if row["plan"] is not None:
            last = units[-1]
            units[-1] = last._replace(rows=last.rows._replace(rows=(*last.rows.rows, _plan_row(row))))
    return units


def _plan_row(row: Mapping[str, Any]) -> PlanRow:
    return PlanRow(
        plan=row["plan"],
        totals=tuple(map(int, row["totals"])),
        squares=tuple(map(int, row["squares"])),
        late=row["late"],
        with_claim=row["with_claim"],
        tail=row["tail"],
        tail_error=row["tail_error"],
        apart=tuple(map(int, row["apart"])),
        change=None if row["change"] is None else int(row["change"]),
        change_squares=None if row["change_squares"] is None else int(row["change_squares"]),
    )
