"""A history as a file: what stands in it, and that nothing of the time of day does."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import TYPE_CHECKING, Final
from zipfile import ZipFile

import pytest

from sim.calibration.history_files import COLUMNS, WRITERS, history_bytes
from sim.calibration.lived_orders import WrittenOrder
from sim.commands.places import check_place
from sim.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

_EMPTY: Final = dict.fromkeys(COLUMNS)
SHIPPED: Final = WrittenOrder(
    **{
        **_EMPTY,
        "supplier": "mill & sons",
        "ordered": date(2026, 3, 2),
        "promised": date(2026, 4, 6),
        "shipped": date(2026, 4, 9),
        "quantity": 500,
        "price": 0.0235,
        "claimed": 120.5,
    }  # type: ignore[arg-type]
)
OPEN: Final = SHIPPED._replace(shipped=None, claimed=None)


def test_csv() -> None:
    header, first, second = csv.reader(io.StringIO(history_bytes([SHIPPED, OPEN], ".csv").decode()))
    assert tuple(header) == COLUMNS
    told = dict(zip(header, first, strict=True))
    assert (told["ordered"], told["shipped"], told["received"]) == ("2026-03-02", "2026-04-09", "")
    assert (told["quantity"], told["price"], told["claimed"]) == ("500", "0.0235", "120.50")
    assert dict(zip(header, second, strict=True))["shipped"] == ""


def test_workbook() -> None:
    with ZipFile(io.BytesIO(history_bytes([SHIPPED, OPEN], ".xlsx"))) as book:
        assert book.testzip() is None
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert '<c r="A2" t="inlineStr"><is><t>mill &amp; sons</t></is></c>' in sheet
    assert '<c r="B2" s="1"><v>46083</v></c>' in sheet  # 2026-03-02
    assert '<c r="H2"><v>0.0235</v></c>' in sheet
    assert 'r="D3"' not in sheet
    assert len(re.findall(r"<row ", sheet)) == 3


def test_parquet(tmp_path: Path) -> None:
    import pandas as pd

    file = tmp_path / "history.parquet"
    file.write_bytes(history_bytes([SHIPPED, OPEN], ".parquet"))
    table = pd.read_parquet(file)
    assert tuple(table.columns) == COLUMNS
    assert table["ordered"].tolist() == [pd.Timestamp(2026, 3, 2)] * 2
    assert table["shipped"].isna().tolist() == [False, True]
    assert table["claimed"].iloc[0] == 120.5


@pytest.mark.parametrize("ending", sorted(WRITERS))
def test_equal_rows_equal_bytes(ending: str) -> None:
    assert history_bytes([SHIPPED, OPEN], ending) == history_bytes([SHIPPED, OPEN], ending)
    assert history_bytes([SHIPPED], ending) != history_bytes([OPEN], ending)


def test_places_that_are_none(tmp_path: Path) -> None:
    there = tmp_path / "there.csv"
    there.write_text("mine", encoding="utf-8")
    for path, message in (
        (tmp_path, "is a folder"),
        (tmp_path / "history.doc", "the ending .doc is not one"),
        (tmp_path / "history", "a name without ending"),
        (tmp_path / "nowhere" / "history.csv", "there is no folder"),
        (there, "exists already"),
    ):
        with pytest.raises(InputError, match=message):
            check_place(path, force=False, endings=tuple(WRITERS))
    check_place(there, force=True, endings=tuple(WRITERS))
