"""The three tables: their columns, their units, what is left empty, and their bytes."""

from __future__ import annotations

import io
from math import nan
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow.parquet as pq

from sim.outcomes import LossComponent, RecoveryRule
from sim.results import SummaryRow, TableFiles, TablesInMemory, manifest_text, summary_text
from tests.unit.fabricated import FabricatedModel, fabricated

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

MODEL = FabricatedModel()
OUTCOMES = fabricated(MODEL, range(300))


def frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Replications and orders of the fabricated outcomes."""
    tables = TablesInMemory()
    tables.add(MODEL, OUTCOMES.replications, OUTCOMES.orders)
    return tables.table("replications").to_pandas(), tables.table("orders").to_pandas()


REPLICATIONS, ORDERS = frames()


def written(folder: Path, *blocks: range, plans: tuple[FabricatedModel, ...] = (MODEL,)) -> Path:
    """A folder with both tables, written in these blocks."""
    folder.mkdir()
    with TableFiles(folder) as files:
        for block in blocks:
            for plan in plans:
                outcomes = fabricated(plan, block)
                files.add(plan, outcomes.replications, outcomes.orders)
    return folder


def test_summary_writes_each_number_with_its_decimals() -> None:
    rows = [
        SummaryRow("a", "expected_loss", 1234.567, 1000.0, nan, 20, 2),
        SummaryRow("a, b", "fill_rate", -0.0000001, 0.25, 1.0, 20, 6),
    ]
    assert summary_text(rows) == (
        "plan,measure,value,ci_low,ci_high,n\n"
        "a,expected_loss,1234.57,1000.00,,20\n"
        '"a, b",fill_rate,0.000000,0.250000,1.000000,20\n'
    )


def test_summary_is_read_back_by_pandas() -> None:
    text = summary_text([SummaryRow("a", "loss_var_99", 12.5, 11.0, nan, 20, 2)])
    assert pd.read_csv(io.StringIO(text))["ci_high"].isna().all()


def test_columns_of_replications() -> None:
    assert list(REPLICATIONS) == [
        "plan",
        "replication",
        "loss",
        *(f"loss.{component.name.lower()}" for component in LossComponent),
        "recovery.ground_up",
        *(f"recovery.{rule.name.lower()}" for rule in RecoveryRule),
        "recovery.recovered",
        "good_units",
        "peak_cash_out",
    ]
    assert len(REPLICATIONS) == 300
    assert set(REPLICATIONS["plan"]) == {"all-at-once"}
    assert REPLICATIONS["replication"].tolist() == list(range(300))


def test_money_of_replications_has_two_decimals_and_sums_exactly() -> None:
    record = OUTCOMES.replications[7]
    row = REPLICATIONS.iloc[7]
    assert row["loss"] == record["loss"] / 100
    assert row["loss.refunds"] == record["components"][LossComponent.REFUNDS] / 100
    assert row["recovery.above_limit"] == record["drops"][RecoveryRule.ABOVE_LIMIT] / 100
    assert row["good_units"] == record["good_units"]
    money = REPLICATIONS.filter(regex="^loss|^recovery|peak")
    cents = (money * 100).round().astype("int64")
    assert (cents / 100 == money).all(axis=None), "two decimals, no trace of binary fractions"
    parts = cents.filter(regex=r"^loss\.").sum(axis=1)
    assert (parts == cents["loss"]).all()
    drops = cents.filter(regex=r"^recovery\.").drop(columns="recovery.ground_up").sum(axis=1)
    assert (drops == cents["recovery.ground_up"]).all()


def test_columns_of_orders() -> None:
    assert list(ORDERS) == [
        "plan",
        "replication",
        "order",
        "supplier",
        "quantity",
        "placed_day",
        "shipped_day",
        "received_day",
        "closed_day",
        "critical",
        "major",
        "minor",
        "inspections",
        "rejections",
        "ground",
        "dispute_end",
        "claimed",
        "refunded",
    ]
    assert ORDERS["order"].tolist() == ["a", "b"] * 300
    assert ORDERS["replication"].tolist() == [number for number in range(300) for _ in "ab"]


def test_orders_carry_names_and_day_numbers() -> None:
    records = OUTCOMES.orders.reshape(-1)
    claimed = int((records["disputes"] > 0).argmax())
    assert ORDERS["ground"][claimed] == "quality"
    assert ORDERS["dispute_end"][claimed] == "settled"
    assert ORDERS["claimed"][claimed] == 1234.56
    assert ORDERS["closed_day"][0] == 104.167361  # 150,001 minutes
    assert ORDERS["supplier"][0] == MODEL.supplier_names[int(records["supplier"][0])]


def test_what_never_happened_is_empty() -> None:
    records = OUTCOMES.orders.reshape(-1)
    for column, never in {
        "supplier": records["placed"] < 0,
        "placed_day": records["placed"] < 0,
        "shipped_day": records["shipped"] < 0,
        "received_day": records["received"] < 0,
        "ground": records["disputes"] == 0,
        "dispute_end": records["dispute_end"] < 0,
    }.items():
        assert never.any(), column
        assert ORDERS[column].isna().tolist() == never.tolist(), column


def test_files_hold_what_memory_holds(tmp_path: Path) -> None:
    folder = written(tmp_path / "run", range(300))
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "replications.parquet"), REPLICATIONS)
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "orders.parquet"), ORDERS)


def test_blocks_are_gathered_into_row_groups_of_one_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.results.tables.ROWS_PER_GROUP", 200)
    plans = (MODEL, FabricatedModel(plan="two-halves", order_ids=("a",)))
    folder = written(tmp_path / "run", *(range(start, start + 100) for start in (0, 100, 200)), plans=plans)
    file = pq.ParquetFile(folder / "replications.parquet")
    groups = [file.read_row_group(group).to_pandas() for group in range(file.num_row_groups)]
    assert [len(group) for group in groups] == [200, 200, 100, 100]
    assert [set(group["plan"]) for group in groups] == [{"all-at-once"}, {"two-halves"}] * 2
    whole = file.read().to_pandas()
    assert whole.groupby("plan")["replication"].apply(list).tolist() == [list(range(300))] * 2
    assert len(pd.read_parquet(folder / "orders.parquet")) == 300 * 2 + 300


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    first = written(tmp_path / "first", range(150), range(150, 300))
    second = written(tmp_path / "second", range(150), range(150, 300))
    for name in ("replications.parquet", "orders.parquet"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_manifest_knows_every_file(tmp_path: Path) -> None:
    import hashlib
    import json

    (tmp_path / "summary.csv").write_text("plan\n")
    (tmp_path / ".lock").write_text("")
    manifest = json.loads(manifest_text(tmp_path, {"seed": 7}))
    assert manifest["seed"] == 7
    digest = hashlib.sha256(b"plan\n").hexdigest()
    assert manifest["files"] == {"summary.csv": {"bytes": 5, "sha256": digest}}
    assert {"python", "numpy", "pyarrow", "simpy"} <= set(manifest["versions"])
