"""An order history as a file: CSV, Excel or Parquet, the same rows the same bytes.

The workbook is written part by part (Office Open XML, ECMA-376): programs that write such files put the time of day
into them, and then no two are the same.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from sim.calibration.lived_orders import WrittenOrder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COLUMNS: Final = WrittenOrder._fields
_MONEY: Final = frozenset({"claimed", "refunded"})
_DATES: Final = frozenset(
    {"ordered", "promised", "shipped", "received", "checked", "dispute_opened", "replied", "dispute_ended"}
)
_TEXTS: Final = frozenset({"supplier", "inspection_result", "ground", "outcome"})
_NUMBERS: Final = frozenset({"price", *_MONEY})


def history_bytes(rows: Sequence[WrittenOrder], ending: str) -> bytes:
    """Rows as the content of a file.

    Parameters
    ----------
    rows
        In the order of the file.
    ending
        One of `WRITERS`: ``.csv``, ``.xlsx`` or ``.parquet``.
    """
    return WRITERS[ending](rows)


def _csv_bytes(rows: Sequence[WrittenOrder]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_written(*pair) for pair in zip(COLUMNS, row, strict=True)] for row in rows)
    return text.getvalue().encode()


def _written(column: str, value: str | float | date | None) -> str:
    """A value as it stands in a CSV file: dates by ISO 8601, amounts with two decimals, nothing for what is unknown."""
    if value is None:
        return ""
    return f"{value:.2f}" if column in _MONEY else str(value)


def _parquet_bytes(rows: Sequence[WrittenOrder]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    def column(name: str, number: int) -> Any:  # noqa: ANN401 - pyarrow has no types
        values = [row[number] for row in rows]
        if name in _DATES:
            return pa.array(values, pa.date32()).cast(pa.timestamp("s"))
        kind = pa.string() if name in _TEXTS else pa.float64() if name in _NUMBERS else pa.int64()
        return pa.array(values, kind)

    table = pa.table({name: column(name, number) for number, name in enumerate(COLUMNS)})
    target = pa.BufferOutputStream()
    pq.write_table(table, target, compression="zstd", version="2.6")
    content: bytes = target.getvalue().to_pybytes()
    return content


# ------------------------------------------------------------------------------------------------------------- workbook

_DAY_ZERO: Final = date(1899, 12, 30)
"""A workbook counts its days from here."""
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FORMATS: Final = "http://schemas.openxmlformats.org"
_SHEETS: Final = f"{_FORMATS}/spreadsheetml/2006/main"
_RELATIONS: Final = f"{_FORMATS}/officeDocument/2006/relationships"
_PACKAGE: Final = f"{_FORMATS}/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{_RELATIONS}">'
    '<sheets><sheet name="orders" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_SHEETS}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>',
}
"""Everything but the sheet; number format 14 is a date as the reader's country writes it."""


def _workbook_bytes(rows: Sequence[WrittenOrder]) -> bytes:
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

    lines = "".join(_sheet_row(number, cells) for number, cells in enumerate((COLUMNS, *rows), 1))
    sheet = f'<worksheet xmlns="{_SHEETS}"><sheetData>{lines}</sheetData></worksheet>'
    target = io.BytesIO()
    with ZipFile(target, "w") as book:
        for name, part in (*_PARTS.items(), ("xl/worksheets/sheet1.xml", sheet)):
            entry = ZipInfo(name)  # dated 1980, whatever the clock says
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 0
            book.writestr(entry, _HEAD + part)
    return target.getvalue()


def _sheet_row(number: int, cells: Sequence[Any]) -> str:
    inside = "".join(_cell(f"{_LETTERS[place]}{number}", value) for place, value in enumerate(cells))
    return f'<row r="{number}">{inside}</row>'


def _cell(place: str, value: str | float | date | None) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f'<c r="{place}" s="1"><v>{(value - _DAY_ZERO).days}</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'


WRITERS: Final[dict[str, Callable[[Sequence[WrittenOrder]], bytes]]] = {
    ".csv": _csv_bytes,
    ".xlsx": _workbook_bytes,
    ".parquet": _parquet_bytes,
}
"""By the ending of the file's name."""
