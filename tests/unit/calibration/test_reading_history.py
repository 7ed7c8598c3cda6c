"""Order histories as files: what is read, what is refused and with which words, and that nothing is guessed."""

from __future__ import annotations

import io
import random
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pytest

from sim.calibration.history_columns import COLUMNS, NEEDED
from sim.calibration.history_files import WRITERS, history_bytes
from sim.calibration.reading_history import read_history
from sim.calibration.writing_history import Wish, history_simulated
from sim.errors import InputError
from sim.scenario import load_scenario
from tests.unit.calibration.bad_histories import BAD_HISTORIES

if TYPE_CHECKING:
    from sim.calibration.history import History
    from tests.unit.calibration.bad_histories import BadHistory

ROOT: Final = Path(__file__).resolve().parents[3]
PAGE: Final = ROOT / "docs" / "history-format.md"
SHARED: Final = ROOT.parent / "shared" / "data" / "scms_shipments.csv"
SMALL: Final = "supplier,promised,shipped\nmill,2026-01-01,2026-01-02\nmill,2026-02-01,\n"


def read(folder: Path, content: str | bytes, name: str = "orders.csv", **asked: Any) -> History:  # noqa: ANN401
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_history(path, **asked)


def refused(folder: Path, content: str | bytes, name: str = "orders.csv", **asked: Any) -> str:  # noqa: ANN401
    with pytest.raises(InputError) as told:
        read(folder, content, name, **asked)
    return str(told.value).replace(f"{folder}/", "")


# ------------------------------------------------------------------------------------------ what is read


def test_small(tmp_path: Path) -> None:
    history = read(tmp_path, SMALL)
    assert history.as_of == date(2026, 1, 2)
    assert history.orders["line"].tolist() == [2, 3]
    assert history.orders["supplier"].tolist() == ["mill", "mill"]
    assert history.orders["shipped"].isna().tolist() == [False, True]
    assert (history.unused, history.left_out, history.left_out_rows, history.notes) == ((), (), 0, ())
    wanted = ["line", *(column.name for column in COLUMNS if column.name != "order")]
    assert list(history.orders.columns) == wanted
    assert history.orders["quantity"].isna().all()


@pytest.mark.parametrize("ending", sorted(WRITERS))
def test_what_the_simulator_writes_is_read_back_to_the_value(tmp_path: Path, ending: str) -> None:
    scenario = load_scenario(ROOT / "scenarios" / "two-suppliers.yaml")
    written = history_simulated(scenario, Wish(plan="all-far", orders=60, suppliers=2))
    path = tmp_path / f"history{ending}"
    path.write_bytes(history_bytes(written.rows, ending))
    orders = read_history(path).orders
    assert len(orders) == len(written.rows) == 120
    for number, row in enumerate(written.rows):
        for name, value in row._asdict().items():
            found = orders[name].iloc[number]
            if value is None:
                assert pd.isna(found), (number, name)
            elif isinstance(value, date):
                assert found.date() == value, (number, name)
            else:
                assert found == (round(value, 2) if name in {"claimed", "refunded"} else value), (number, name)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_encodings_and_ends_of_lines(tmp_path: Path, delimiter: str, encoding: str, end: str) -> None:
    text = SMALL.replace("mill", "Müller").replace(",", delimiter).replace("\n", end)
    history = read(tmp_path, text.encode(encoding))
    assert history.orders["supplier"].tolist() == ["Müller", "Müller"]
    assert history.orders["line"].tolist() == [2, 3]


def test_an_encoding_that_is_named(tmp_path: Path) -> None:
    history = read(tmp_path, SMALL.replace("mill", "Müller").encode("cp1252"), encoding="cp1252")
    assert history.orders["supplier"].iloc[0] == "Müller"
    assert "no such encoding" in refused(tmp_path, SMALL, encoding="klingon")
    assert "cannot be read with it" in refused(tmp_path, SMALL, encoding="base64")


def test_other_names_and_columns_of_no_use(tmp_path: Path) -> None:
    text = "Vendor Name,Colour,SHIP_BY,Ship-Date,PO number,qty\nmill,red,2026-01-01,2026-01-03,7,12\n"
    history = read(tmp_path, text)
    assert history.unused == ("Colour",)
    assert history.orders["quantity"].tolist() == [12]
    assert history.orders["shipped"].iloc[0] == pd.Timestamp("2026-01-03")


def test_a_column_that_is_chosen_wins(tmp_path: Path) -> None:
    text = "supplier,promised,shipped,left port\nmill,2026-01-01,2026-01-02,2026-01-09\n"
    history = read(tmp_path, text, columns={"shipped": "left port"})
    assert history.orders["shipped"].iloc[0] == pd.Timestamp("2026-01-09")
    assert history.unused == ("shipped",)
    assert "did you mean 'left port'" in refused(tmp_path, text, columns={"shipped": "left prt"})
    assert "did you mean 'shipped'" in refused(tmp_path, text, columns={"shiped": "left port"})


@pytest.mark.parametrize("nothing", ["", "-", "n/a", "NA", "null", "None", " not yet ", "TBD", "\N{EM DASH}"])
def test_what_stands_for_nothing(tmp_path: Path, nothing: str) -> None:
    history = read(tmp_path, f"{SMALL}NA,2026-01-05,{nothing}\n")
    assert history.orders["shipped"].isna().tolist() == [False, True, True]
    assert history.orders["supplier"].iloc[2] == "NA"


def test_dates_by_a_format_and_with_a_time(tmp_path: Path) -> None:
    text = "supplier,promised,shipped\nmill,01/02/2026,28/02/2026\n"
    assert read(tmp_path, text, date_format="%d/%m/%Y").as_of == date(2026, 2, 28)
    assert "no date of the form %m/%d/%Y" in refused(tmp_path, text, date_format="%m/%d/%Y")
    assert read(tmp_path, "supplier,promised,shipped\nmill,2026-01-01T08:30:00Z,2026-01-02 17:00\n").as_of.day == 2
    for wrong in ("%H:%M", "%q", "27/05/2026", "%d/%m"):
        assert "does not tell day, month and year" in refused(tmp_path, text, date_format=wrong)
    assert "is not between 1990 and 2100" in refused(tmp_path, SMALL.replace("2026-02", "1026-02"))


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    text = 'note,supplier,promised,shipped\n"two\nlines",mill,2026-01-01,2026-01-02\n\nx,mill,2026-01-03,soon\n'
    assert refused(tmp_path, text).startswith("orders.csv:5: shipped soon is no date")


def test_as_of(tmp_path: Path) -> None:
    assert read(tmp_path, SMALL, as_of=date(2026, 3, 1)).as_of == date(2026, 3, 1)
    told = refused(tmp_path, SMALL, as_of=date(2026, 1, 1))
    assert "shipped 2026-01-02 comes after 2026-01-01, the last day that the history is to know of" in told
    assert "give a later --as-of, or none" in told
    assert read(tmp_path, "supplier,promised,shipped\nmill,2026-01-01,\n", as_of=date(2026, 2, 1)).as_of.month == 2


def test_rows_alike_without_a_number_of_the_order_are_orders_each(tmp_path: Path) -> None:
    history = read(tmp_path, SMALL + "mill,2026-02-01,\n")
    assert len(history.orders) == 3
    assert history.notes == ("1 row is like an earlier one in every column; each counts as an order of its own",)
    parts = "order,supplier,promised,shipped\n1,mill,2026-01-01,2026-01-02\n1,mill,2026-01-01,2026-01-09\n"
    assert len(read(tmp_path, parts).orders) == 2


# ------------------------------------------------------------------------------------------ bad rows


@pytest.mark.parametrize("bad", BAD_HISTORIES, ids=lambda bad: bad.what.replace(" ", "-"))
def test_a_bad_history_is_answered(tmp_path: Path, bad: BadHistory) -> None:
    assert refused(tmp_path, bad.content, bad.name) == bad.answer


def test_the_documentation_has_every_bad_history_and_every_column() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for bad in BAD_HISTORIES:
        answer = bad.answer.replace("|", "\\|").split("\n")
        assert f"| {bad.what} | {'<br>'.join(f'`{line.strip()}`' for line in answer)} |" in page, bad.what
    for column in COLUMNS:
        name = f"**`{column.name}`**" if column.name in NEEDED else f"`{column.name}`"
        assert f"| {name} | {column.kind} | {column.meaning} | {', '.join(column.synonyms)} |" in page, column.name


def test_bad_rows_may_be_left_out(tmp_path: Path) -> None:
    text = SMALL + "mill,soon,\nMill, Ltd,2026-01-01,2026-01-02\n"
    history = read(tmp_path, text, drop_bad=True)
    assert len(history.orders) == 2
    assert [(row.line, row.column, row.value) for row in history.left_out] == [(4, "promised", "soon"), (5, "", "")]
    assert history.left_out[1].reason == "4 values for 3 columns"
    assert history.left_out_rows == 2
    told = refused(tmp_path, "supplier,promised,shipped\n,2026-01-01,\n", drop_bad=True)
    assert told == "orders.csv:2: no row is left: every one is bad, the first because supplier names no supplier"


def test_twenty_bad_rows_are_told_and_the_others_counted(tmp_path: Path) -> None:
    told = refused(tmp_path, SMALL + "mill,soon,\n" * 500).split("\n")
    assert len(told) == 22
    assert told[-2] == "500 of 502 rows are bad, 480 of them not shown"


@pytest.mark.parametrize("seed", range(4))
def test_damaged_files_are_read_or_refused(tmp_path: Path, seed: int) -> None:
    scenario = load_scenario(ROOT / "scenarios" / "two-suppliers.yaml")
    whole = history_bytes(history_simulated(scenario, Wish(plan="all-far", orders=12)).rows, ".csv")
    chance = random.Random(seed)
    junk = (b'"', b",", b"\n", b"\r", b"\0", b";", b"\xff", b"\n\n", b"  \n", b"1e400", b"2026-13-45", b"\xef\xbb\xbf")
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(data))
            if chance.random() < 0.7:
                data[place:place] = chance.choice(junk)
            else:
                del data[place : place + chance.randint(1, 40)]
        with suppress(InputError):  # anything else fails the test
            read(tmp_path, bytes(data), drop_bad=chance.random() < 0.5)


# ------------------------------------------------------------------------------------------ places and other forms


def test_places(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(SMALL)
    with pytest.raises(InputError, match=r"did you mean orders\.csv"):
        read_history(tmp_path / "order.csv")
    with pytest.raises(InputError, match="is a folder"):
        read_history(tmp_path)
    with pytest.raises(InputError, match=r"old Excel are not read\n.*save it as .xlsx"):
        read_history(tmp_path / "orders.xls")
    with pytest.raises(InputError, match=r"the ending \.json is not one of a history"):
        read_history(tmp_path / "orders.json")
    with pytest.raises(InputError, match="is no Excel file"):
        read_history(tmp_path / "orders.csv", sheet="1")


def workbook(**sheets: list[list[Any]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


ROWS: Final[list[list[Any]]] = [
    ["Vendor", "Promised", "Shipped", "Qty", None],
    [17, date(2026, 1, 1), date(2026, 1, 2), 12.0, None],
    [None] * 5,
    ["mill", "2026-01-03", None, "n/a", None],
]


def test_a_workbook_has_dates_and_numbers_of_its_own(tmp_path: Path) -> None:
    history = read(tmp_path, workbook(Orders=ROWS), "orders.xlsx")
    assert history.orders["line"].tolist() == [2, 4]
    assert history.orders["supplier"].tolist() == ["17", "mill"]
    assert history.orders["promised"].tolist() == [pd.Timestamp("2026-01-01"), pd.Timestamp("2026-01-03")]
    assert history.orders["quantity"].isna().tolist() == [False, True]


def test_a_workbook_with_something_wrong(tmp_path: Path) -> None:
    two = workbook(Orders=ROWS, Notes=[["x"]])
    assert "has 2 sheets: Orders, Notes" in refused(tmp_path, two, "orders.xlsx")
    assert "did you mean 'Orders'" in refused(tmp_path, two, "orders.xlsx", sheet="Order")
    assert len(read(tmp_path, two, "orders.xlsx", sheet="Orders").orders) == 2
    number: list[list[Any]] = [ROWS[0], ["mill", 46023, None, 1, None]]
    assert "promised 46023 is a number, not a date" in refused(tmp_path, workbook(O=number), "orders.xlsx")
    formula: list[list[Any]] = [ROWS[0], ["mill", date(2026, 1, 1), "=B2+3", 1, None]]
    assert "formulas whose values are not in the file" in refused(tmp_path, workbook(O=formula), "orders.xlsx")
    assert "is empty" in refused(tmp_path, workbook(O=[]), "orders.xlsx")
    assert "cannot be read as an Excel file" in refused(tmp_path, b"rubbish", "orders.xlsx")
    assert "cannot be read as a Parquet file" in refused(tmp_path, b"rubbish", "orders.parquet")


def test_parquet_with_times_and_categories(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "vendor": pd.Categorical(["mill", "mill"]),
            "promised": pd.to_datetime(["2026-01-01 08:00", "2026-02-01 00:00"]).tz_localize("Asia/Shanghai"),
            "shipped": pd.to_datetime(["2026-01-04", "NaT"]),
            "qty": [3.0, np.nan],
        }
    )
    table.to_parquet(tmp_path / "orders.parquet")
    orders = read_history(tmp_path / "orders.parquet").orders
    assert orders["line"].tolist() == [1, 2]
    assert orders["promised"].tolist() == [pd.Timestamp("2026-01-01"), pd.Timestamp("2026-02-01")]
    assert orders["shipped"].iloc[0] == pd.Timestamp("2026-01-04")
    assert orders["quantity"].isna().tolist() == [False, True]


@pytest.mark.skipif(not SHARED.exists(), reason="needs the shipments in ../shared/data")
def test_real_shipments() -> None:
    mapped = {"supplier": "vendor", "promised": "scheduled", "shipped": "delivered"}
    history = read_history(SHARED, columns=mapped)
    assert len(history.orders) > 2_000
    days = (history.orders["shipped"] - history.orders["promised"]).dt.days
    assert days.tolist() == pd.read_csv(SHARED)["days_late"].tolist()
    assert {"country", "value_usd"} <= set(history.unused)
