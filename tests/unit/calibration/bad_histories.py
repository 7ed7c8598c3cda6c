"""Histories with something wrong in them, and what each is answered: for the tests, and for the documentation."""

from __future__ import annotations

from typing import Final, NamedTuple


class BadHistory(NamedTuple):
    """A file that is refused.

    Attributes
    ----------
    what
        Is wrong with it, in a few words.
    name, content
        Of the file.
    answer
        The whole message.
    """

    what: str
    name: str
    content: bytes
    answer: str


_HEADERS: Final = "supplier,ordered,promised,shipped,quantity,major,inspected,found,claimed,refunded\n"
_GOOD: Final = "mill,2026-01-05,2026-02-10,2026-02-12,100,2,,,,\n"
_SHORT: Final = "supplier,promised,shipped\nmill,2026-01-01,2026-01-02\n"
_MEND: Final = "    hint: mend them; --drop-bad leaves bad rows out and says which"


def _file(*lines: str, headers: str = _HEADERS) -> bytes:
    return "".join((headers, *lines)).encode()


BAD_HISTORIES: Final = (
    BadHistory(
        "nothing in it",
        "orders.csv",
        b"",
        "orders.csv is empty\n    hint: it needs a row of headers and a row for each order",
    ),
    BadHistory(
        "headers only",
        "orders.csv",
        _HEADERS.encode(),
        "orders.csv has headers but no orders\n    hint: a row for each order, open ones too",
    ),
    BadHistory(
        "saved by an old Windows program",
        "orders.csv",
        "supplier,promised,shipped\nMüller,2026-01-01,2026-01-02\n".encode("cp1252"),
        "orders.csv:2: byte 0xfc is not UTF-8\n"
        "    hint: say how the file is encoded, such as --encoding cp1252 (Western Windows) or gb18030 (Chinese)",
    ),
    BadHistory(
        "a picture",
        "orders.csv",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        "orders.csv is no text file\n    hint: if it is a spreadsheet, save it as CSV or .xlsx",
    ),
    BadHistory(
        "a workbook by another name",
        "orders.csv",
        b"PK\x03\x04\x14\x00",
        "orders.csv is an Excel file in spite of its name\n    hint: rename it, or save it as CSV",
    ),
    BadHistory(
        "a column there twice",
        "orders.csv",
        b"supplier,promised,Shipped,shipped\nmill,2026-01-01,2026-01-02,2026-01-02\n",
        "orders.csv: the columns 'Shipped' and 'shipped' both mean shipped\n"
        "    hint: say which: --column shipped='shipped', or rename one of them",
    ),
    BadHistory(
        "a column missing",
        "orders.csv",
        b"Vendor,Due date,Gone\nmill,2026-01-01,2026-01-02\n",
        "orders.csv has no column for shipped; its headers: 'Vendor', 'Due date', 'Gone'\n"
        "    hint: name the header, such as --column shipped='Gone'",
    ),
    BadHistory(
        "no delimiter",
        "orders.csv",
        b"supplier promised shipped\nmill 2026-01-01 2026-01-02\n",
        "orders.csv:1: the first line makes one column only: 'supplier promised shipped'\n"
        "    hint: it needs headers with a comma, semicolon, tab or bar between them",
    ),
    BadHistory(
        "shipped before it was ordered",
        "orders.csv",
        _file(_GOOD, "mill,2026-03-05,2026-04-10,2026-02-12,100,2,,,,\n"),
        f"orders.csv:3: shipped 2026-02-12 comes before ordered, 2026-03-05\n1 of 2 rows is bad\n{_MEND}",
    ),
    BadHistory(
        "counts below zero",
        "orders.csv",
        _file(_GOOD, "mill,2026-01-05,2026-02-10,2026-02-12,-5,-2,,,,\n"),
        f"orders.csv:3: quantity -5 is no order: 1 or more; major -2 is below 0\n1 of 2 rows is bad\n{_MEND}",
    ),
    BadHistory(
        "more defects than units, more found than looked at, more back than asked",
        "orders.csv",
        _file("mill,2026-01-05,2026-02-10,2026-02-12,100,102,80,90,50,60\n"),
        "orders.csv:2: found 90 is more than inspected, 80; refunded 60 is more than claimed, 50; "
        f"major 102 is more than the 100 units that were checked\n1 of 1 rows is bad\n{_MEND}",
    ),
    BadHistory(
        "dates of another form",
        "orders.csv",
        b"supplier,promised,shipped\nmill,27/01/2026,28/01/2026\nmill,01/02/2026,\n",
        "orders.csv:2: promised 27/01/2026 is no date of the form 2026-05-27; "
        "shipped 28/01/2026 is no date of the form 2026-05-27\n"
        "orders.csv:3: promised 01/02/2026 is no date of the form 2026-05-27\n"
        "2 of 2 rows are bad\n"
        "    hint: --date-format %d/%m/%Y if the day comes first, --date-format %m/%d/%Y if the month does; "
        "--drop-bad leaves bad rows out and says which",
    ),
    BadHistory(
        "a day that there is not",
        "orders.csv",
        f"{_SHORT}mill,2026-02-30,2026-03-01\n".encode(),
        f"orders.csv:3: promised 2026-02-30 is no day of the calendar\n1 of 2 rows is bad\n{_MEND}",
    ),
    BadHistory(
        "numbers with units, commas and currencies",
        "orders.csv",
        b"supplier;promised;shipped;quantity;price\nmill;2026-01-01;2026-01-02;1,200;$3.50\n",
        "orders.csv:2: quantity 1,200 is not plain: write it with a decimal point and nothing between thousands, "
        "such as 1200.5; price $3.50 is no number: write it alone, without unit or currency\n"
        f"1 of 1 rows is bad\n{_MEND}",
    ),
    BadHistory(
        "a quote never closed",
        "orders.csv",
        b'supplier,promised,shipped\n"mill,2026-01-01,2026-01-02\nmill,2026-01-01,2026-01-02\n',
        "orders.csv:2: a quote is opened here and never closed",
    ),
    BadHistory(
        "a comma in a name",
        "orders.csv",
        f"{_SHORT}Mill, Ltd,2026-01-01,2026-01-02\n".encode(),
        "orders.csv:3: 4 values for 3 columns\n1 of 2 rows is bad\n"
        "    hint: a value with a delimiter in it stands in quotes; --drop-bad leaves bad rows out and says which",
    ),
    BadHistory(
        "cut off half-way",
        "orders.csv",
        f"{_SHORT}mill,2026-01-0".encode(),
        "orders.csv:3: 2 values for 3 columns\n1 of 2 rows is bad\n"
        "    hint: a value with a delimiter in it stands in quotes; --drop-bad leaves bad rows out and says which",
    ),
    BadHistory(
        "words that mean nothing here",
        "orders.csv",
        b"supplier,promised,shipped,inspection result,ground\nmill,2026-01-01,2026-01-02,maybe,bad\n",
        "orders.csv:2: inspection_result maybe is not one of passed and failed; "
        f"ground bad is not one of late_shipment and quality\n1 of 1 rows is bad\n{_MEND}",
    ),
    BadHistory(
        "promises only",
        "orders.csv",
        b"supplier,promised,shipped\nmill,2026-01-01,\n",
        "orders.csv has promises only: nothing tells until when it is known what happened\n"
        "    hint: say so, such as --as-of 2026-05-27",
    ),
    BadHistory(
        "a year mistyped, which would make every open order decades late",
        "orders.csv",
        f"{_SHORT}mill,2026-01-03,2062-01-02\n".encode(),
        "orders.csv:3: 2062-01-02 lies more than a year after every other row: what is still open would count as "
        "open until then\n    hint: mend it, or say --as-of 2062-01-02 if it is right",
    ),
    BadHistory(
        "the same order twice",
        "orders.csv",
        b"PO number,supplier,promised,shipped\n"
        b"1,mill,2026-01-01,2026-01-02\n2,mill,2026-01-03,\n1,mill,2026-01-01,2026-01-02\n",
        f"orders.csv:4: order 1 stands in line 2 already, the whole row alike\n1 of 3 rows is bad\n{_MEND}",
    ),
)
