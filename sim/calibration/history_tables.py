"""A file of an order history as a table of cells, each with the line that it stands on: CSV, Excel, Parquet."""

from __future__ import annotations

import codecs
import csv
import io
import re
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.calibration.history_columns import COLUMNS, plain_header
from sim.errors import InputError, Problem
from sim.experiments.wording import listed, unknown_name

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pandas import DataFrame, Series

    Lines = NDArray[np.int64]

ENDINGS: Final = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")
_DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT: Final = 4096
_WORKBOOK: Final = b"PK\x03\x04"
_OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0"
_PARQUET: Final = b"PAR1"
_OPEN_QUOTE: Final = re.compile(r"EOF inside string starting at row (\d+)")
_UNCOMPUTED: Final = re.compile(rb"<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")


@dataclass(frozen=True)
class Cells:
    """A table as a file has it.

    Attributes
    ----------
    headers
        Texts of the first row.
    columns
        One Series a header: texts, or values that the format itself knows as dates or numbers. Index 0..n-1.
    lines
        Line of each row in the file, int64, shape (n,); rows of an Excel file, and of a Parquet file from 1.
    broken, widths
        Lines of rows with more or fewer values than there are headers, which are left out, and how many they have.
    """

    headers: tuple[str, ...]
    columns: tuple[Series[Any], ...]
    lines: Lines
    broken: Lines = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    widths: Lines = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def text(self, row: int, place: int) -> str:
        """A cell as it stands in the file."""
        value = self.columns[place].iloc[row]
        return "" if value is None or value != value else str(value)  # noqa: PLR0124 - NaN differs from itself


def cells_of(path: Path, *, encoding: str | None, sheet: str | None) -> Cells:
    """Read a file, whatever it holds.

    Parameters
    ----------
    path
        ``.csv`` (comma, semicolon, tab or bar between values), ``.xlsx`` or ``.parquet``.
    encoding
        Of a CSV file; by default UTF-8, or what its first bytes say.
    sheet
        Of an Excel file; needed where there is more than one.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    if path.is_dir():
        raise InputError(Problem(f"{path} is a folder", hint="name a file in it"))
    ending = path.suffix.lower()
    if ending == ".xls":
        raise InputError(Problem(f"{path}: files of old Excel are not read", hint="save it as .xlsx or as CSV"))
    if ending not in ENDINGS:
        what = f"the ending {path.suffix}" if path.suffix else "a name without ending"
        raise InputError(Problem(f"{path}: {what} is not one of a history", hint=f"one of {', '.join(ENDINGS)}"))
    if sheet is not None and ending != ".xlsx":
        raise InputError(Problem(f"--sheet {sheet}: {path.name} is no Excel file", hint="leave it out"))
    if encoding is not None and ending in {".xlsx", ".parquet"}:
        raise InputError(Problem(f"--encoding {encoding}: {path.name} is no CSV file", hint="leave it out"))
    if not path.exists():
        raise InputError(_not_there(path))
    if path.stat().st_size == 0:
        raise InputError(Problem(f"{path} is empty", hint="it needs a row of headers and a row for each order"))
    if ending == ".xlsx":
        return _of_workbook(path, sheet)
    return _of_parquet(path) if ending == ".parquet" else _of_csv(path, encoding)


def _not_there(path: Path) -> Problem:
    from difflib import get_close_matches

    others = [file.name for file in path.parent.iterdir() if file.is_file()] if path.parent.is_dir() else []
    near = get_close_matches(path.name, others, 1)
    return Problem(f"{path}: there is no such file", hint=f"did you mean {near[0]}?" if near else None)


# ------------------------------------------------------------------------------------------ CSV


def _of_csv(path: Path, encoding: str | None) -> Cells:
    data = _as_utf8(path, encoding)
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")  # the ends of lines of old spreadsheets
    delimiter = _delimiter(path, data)
    lines, widths = _measured(path, data, delimiter)
    wanted = int(widths[(widths > 0).argmax()])
    frame = _parsed(path, data, delimiter, wanted)
    if len(frame) != np.count_nonzero(widths <= wanted):
        hint = "quotes belong around a whole value; open it in a spreadsheet and save it again"
        raise InputError(Problem("its quotes can be read in more than one way", file=str(path), hint=hint))
    frame = frame[(widths == wanted)[widths <= wanted]].reset_index(drop=True)
    lines, widths = lines[widths > 0], widths[widths > 0]
    fits = widths == wanted
    headers = tuple(str(header).strip() for header in frame.iloc[0])
    frame, kept = frame.iloc[1:].reset_index(drop=True), lines[fits][1:]
    filled = _filled(frame)
    frame, kept = frame[filled].reset_index(drop=True), kept[filled]
    columns = tuple(frame.iloc[:, place] for place in range(len(headers)))
    return Cells(headers, columns, kept, lines[~fits], widths[~fits])


def _as_utf8(path: Path, encoding: str | None) -> bytes:
    data = path.read_bytes()
    for start, what in (
        (_WORKBOOK, "an Excel file"),
        (_OLD_WORKBOOK, "an old Excel file"),
        (_PARQUET, "a Parquet file"),
    ):
        if data.startswith(start):
            raise InputError(Problem(f"{path} is {what} in spite of its name", hint="rename it, or save it as CSV"))
    marked = any(data.startswith(mark) for mark, _ in _MARKS)
    if encoding is None and not marked and b"\0" in data[:_LOOKED_AT]:
        raise InputError(Problem(f"{path} is no text file", hint="if it is a spreadsheet, save it as CSV or .xlsx"))
    name = encoding or next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        found = codecs.lookup(name)
    except LookupError:
        hint = "such as utf-8, cp1252 (Western Windows), cp1251, gb18030 (Chinese), shift_jis"
        raise InputError(Problem(f"--encoding {name}: no such encoding", hint=hint)) from None
    try:
        text = data.decode(found.name) if name != "utf-8-sig" else data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"byte 0x{data[error.start]:02x} is not {found.name.upper()}"
        hint = "say how the file is encoded, such as --encoding cp1252 (Western Windows) or gb18030 (Chinese)"
        raise InputError(Problem(message, file=str(path), line=line, hint=hint)) from None
    except (LookupError, UnicodeError):  # a codec that is none of text, such as base64
        raise InputError(Problem(f"--encoding {name}: {path.name} cannot be read with it")) from None
    place = text.find("\0")
    if place >= 0:
        hint = "if it is a spreadsheet, save it as CSV or .xlsx"
        raise InputError(Problem("not a text file", file=str(path), line=text[:place].count("\n") + 1, hint=hint))
    return text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").encode()


def _delimiter(path: Path, data: bytes) -> str:
    """The one that makes most headers of the first line; of two alike, the one whose headers are better known."""
    first = next((line for line in data.splitlines() if line.strip()), b"").decode()
    known = {plain_header(name) for column in COLUMNS for name in (column.name, *column.synonyms)}

    def worth(delimiter: str) -> tuple[int, int]:
        headers = next(csv.reader([first], delimiter=delimiter), [])
        return sum(plain_header(header) in known for header in headers), len(headers)

    best = max(_DELIMITERS, key=worth)
    if worth(best)[1] < 2:  # noqa: PLR2004 - a single column tells no order
        shown = first if len(first) <= 60 else f"{first[:60]} ..."  # noqa: PLR2004 - of a line
        message = f"the first line makes one column only: {shown!r}"
        hint = f"it needs headers with a {listed(list(_DELIMITERS.values()), last='or')} between them"
        raise InputError(Problem(message, file=str(path), line=1, hint=hint))
    return best


def _measured(path: Path, data: bytes, delimiter: str) -> tuple[Lines, Lines]:
    """Line on which each row begins, counted from 1, and how many values it has: none where nothing stands."""
    lines, widths = array("q"), array("q")
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline=""), delimiter=delimiter)
    begin = 1
    try:
        for row in reader:
            lines.append(begin)
            widths.append(len(row) if len(row) > 1 or "".join(row).strip() else 0)
            begin = reader.line_num + 1
    except csv.Error as error:
        why = "a value is too long" if "limit" in str(error) else str(error)
        message = f"it cannot be read from here on: {why}"
        raise InputError(Problem(message, file=str(path), line=begin, hint="is a quote never closed?")) from None
    return np.array(lines, dtype=np.int64), np.array(widths, dtype=np.int64)


def _parsed(path: Path, data: bytes, delimiter: str, width: int) -> DataFrame:
    """Every row that is not wider than the first, as texts."""
    import pandas as pd

    try:
        return pd.read_csv(
            io.BytesIO(data),
            sep=delimiter,
            header=None,
            names=list(range(width)),
            dtype="str",
            keep_default_na=False,
            skip_blank_lines=False,
            index_col=False,
            engine="c",
            on_bad_lines="skip",
        ).fillna("")
    except (pd.errors.ParserError, ValueError) as error:
        quote = _OPEN_QUOTE.search(str(error))
        if quote:
            line = _line_of_row(data, delimiter, int(quote[1]))
            raise InputError(Problem("a quote is opened here and never closed", file=str(path), line=line)) from None
        raise InputError(Problem(f"it cannot be read: {str(error).strip()}", file=str(path))) from None


def _line_of_row(data: bytes, delimiter: str, row: int) -> int:
    """Line on which a row begins, counted from 1."""
    reader = csv.reader(io.StringIO(data.decode(), newline=""), delimiter=delimiter)
    for _ in range(row):
        next(reader, None)
    return reader.line_num + 1


def _filled(frame: DataFrame) -> NDArray[np.bool_]:
    """Rows in which anything stands."""
    filled = np.zeros(len(frame), dtype=np.bool_)
    for place in range(frame.shape[1]):
        filled |= (frame.iloc[:, place].str.strip() != "").to_numpy(dtype=np.bool_)
        if filled.all():
            break
    return filled


# ------------------------------------------------------------------------------------------ Excel


def _of_workbook(path: Path, sheet: str | None) -> Cells:
    import warnings
    import zipfile

    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a workbook has besides its cells
            book = load_workbook(path, read_only=True, data_only=True)
            try:
                rows = list(book[_sheet(path, book.sheetnames, sheet)].iter_rows(values_only=True))
            finally:
                book.close()
    except InputError:
        raise
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        OSError,
        EOFError,
        SyntaxError,
        TypeError,
        AttributeError,
    ) as error:
        why = "it is no zip archive" if isinstance(error, zipfile.BadZipFile) else str(error) or type(error).__name__
        message = f"{path} cannot be read as an Excel file: {why}"
        raise InputError(Problem(message, hint="open it in a spreadsheet and save it again")) from None
    _check_computed(path)
    return _of_rows(path, rows)


def _sheet(path: Path, names: list[str], wanted: str | None) -> str:
    if wanted is not None:
        if wanted not in names:
            raise InputError(unknown_name(f"{path} has no sheet {wanted!r}", wanted, names))
        return wanted
    if len(names) != 1:
        message = f"{path} has {len(names)} sheets: {', '.join(names)}"
        raise InputError(Problem(message, hint=f"say which: --sheet {names[0]!r}" if names else None))
    return names[0]


def _check_computed(path: Path) -> None:
    """Refuse formulas that no spreadsheet has computed yet: read as they are they would pass for empty cells."""
    import zipfile

    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml") and _UNCOMPUTED.search(archive.read(name)):
                message = f"{path} has formulas whose values are not in the file"
                raise InputError(Problem(message, hint="open it in a spreadsheet and save it again"))


def _of_rows(path: Path, rows: list[tuple[Any, ...]]) -> Cells:
    import pandas as pd

    full = [place for place, row in enumerate(rows) if any(cell is not None and cell != "" for cell in row)]
    if not full:
        raise InputError(Problem(f"{path} is empty", hint="it needs a row of headers and a row for each order"))
    first, *others = full
    width = max(len(rows[place]) for place in full)
    headers = [
        "" if cell is None else str(cell).strip() for cell in (*rows[first], *[None] * (width - len(rows[first])))
    ]
    padded = [(*rows[place], *[None] * (width - len(rows[place]))) for place in others]
    columns = [pd.Series([row[place] for row in padded], dtype=object) for place in range(width)]
    kept = [place for place in range(width) if headers[place] or columns[place].notna().any()]
    lines = np.array(others, dtype=np.int64) + 1
    return Cells(tuple(headers[place] for place in kept), tuple(columns[place] for place in kept), lines)


# ------------------------------------------------------------------------------------------ Parquet


def _of_parquet(path: Path) -> Cells:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(path, partitioning=None)
        columns = tuple(_flat(column).to_pandas().reset_index(drop=True) for column in table.columns)
    except (pa.ArrowException, OSError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(Problem(f"{path} cannot be read as a Parquet file: {why}")) from None
    return Cells(tuple(table.column_names), columns, np.arange(1, table.num_rows + 1, dtype=np.int64))


def _flat(column: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """A column of single values: times as the clock there showed them, categories as what they stand for."""
    import pyarrow as pa
    from pyarrow import compute

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        column = compute.local_timestamp(column)
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        return column.cast(pa.timestamp("us"), safe=False)
    return column
