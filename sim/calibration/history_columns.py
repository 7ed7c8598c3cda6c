"""The columns of an order history: their names, what they mean, and other names that buyers give them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from sim.errors import InputError, Problem
from sim.experiments.wording import listed, unknown_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Kind = Literal["text", "date", "count", "number", "word"]


class HistoryColumn(NamedTuple):
    """A column of an order history.

    Attributes
    ----------
    name
        As the documentation has it, and as ``--column`` takes it.
    kind
        ``text``; ``date`` without time; ``count``, a whole number from 0; ``number``, an amount from 0; ``word``, one
        of a few.
    meaning
        In the words of the trade.
    synonyms
        Other headers that are taken for it, in small letters with single spaces.
    """

    name: str
    kind: Kind
    meaning: str
    synonyms: tuple[str, ...] = ()


COLUMNS: Final = (
    HistoryColumn(
        "order",
        "text",
        "Number of the order: tells a row that stands there twice from an order like another one.",
        ("order id", "order number", "order no", "po", "po number", "po no", "purchase order"),
    ),
    HistoryColumn(
        "supplier", "text", "Who was to deliver.", ("vendor", "supplier name", "vendor name", "seller", "manufacturer")
    ),
    HistoryColumn("ordered", "date", "Day of the order.", ("order date", "ordered on", "date ordered", "po date")),
    HistoryColumn(
        "promised",
        "date",
        "Day of shipment that the supplier promised in the order.",
        ("promised date", "promised ship date", "ship by", "due", "due date", "agreed ship date", "scheduled"),
    ),
    HistoryColumn(
        "shipped", "date", "Day of shipment; empty: not shipped yet.", ("ship date", "shipped on", "date shipped")
    ),
    HistoryColumn(
        "received",
        "date",
        "Day on which the goods arrived.",
        ("received on", "date received", "delivered", "delivery date", "arrived"),
    ),
    HistoryColumn("checked", "date", "Day on which you had checked the goods.", ("checked on", "date checked")),
    HistoryColumn(
        "quantity",
        "count",
        "Units ordered, 1 or more.",
        ("qty", "units", "pieces", "pcs", "order quantity", "ordered quantity"),
    ),
    HistoryColumn(
        "price", "number", "Price of a unit, in the currency of the scenario.", ("unit price", "price per unit")
    ),
    HistoryColumn(
        "critical",
        "count",
        "Units with a critical defect that you found when checking.",
        ("critical defects", "critical defective"),
    ),
    HistoryColumn(
        "major",
        "count",
        "Units with a major defect, likewise.",
        ("major defects", "major defective", "defects", "defective"),
    ),
    HistoryColumn("minor", "count", "Units with a minor defect, likewise.", ("minor defects", "minor defective")),
    HistoryColumn(
        "units_checked",
        "count",
        "How many units you checked; empty: all that were ordered.",
        ("checked units", "sample checked"),
    ),
    HistoryColumn(
        "inspected",
        "count",
        "Units in the sample of the inspection before shipment.",
        ("inspection sample", "sample size", "units inspected"),
    ),
    HistoryColumn(
        "found", "count", "Defective units in that sample.", ("defects found", "found defective", "inspection defects")
    ),
    HistoryColumn(
        "inspection_result",
        "word",
        "How the inspection ended: passed or failed.",
        ("inspection", "result", "psi result"),
    ),
    HistoryColumn(
        "dispute_opened",
        "date",
        "Day on which you opened a dispute.",
        ("claim opened", "claim date", "dispute date", "opened"),
    ),
    HistoryColumn(
        "replied", "date", "Day of the supplier's first answer in it.", ("supplier replied", "reply date", "answered")
    ),
    HistoryColumn("dispute_ended", "date", "Day on which it ended.", ("claim closed", "dispute closed", "closed")),
    HistoryColumn(
        "ground", "word", "What it was about: late_shipment or quality.", ("claim reason", "dispute reason", "reason")
    ),
    HistoryColumn("claimed", "number", "Amount that you claimed.", ("claim", "claim amount", "amount claimed")),
    HistoryColumn("refunded", "number", "Amount that you got back.", ("refund", "refund amount", "amount refunded")),
    HistoryColumn(
        "outcome",
        "word",
        "How it ended: conceded (the supplier gave in), settled (you took an offer), decided (the platform decided) or "
        "cancelled.",
        ("dispute outcome", "claim outcome"),
    ),
)
"""In the order of an order's life."""

NAMES: Final = tuple(column.name for column in COLUMNS)
KINDS: Final[Mapping[str, Kind]] = {column.name: column.kind for column in COLUMNS}
NEEDED: Final = ("supplier", "promised", "shipped")
"""Without them nothing can be said of delays, and little is left."""

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "inspection_result": {"passed": "passed", "pass": "passed", "ok": "passed", "accepted": "passed"}
    | {"failed": "failed", "fail": "failed", "rejected": "failed", "not ok": "failed"},
    "ground": {
        "late_shipment": "late_shipment",
        "late shipment": "late_shipment",
        "late": "late_shipment",
        "delay": "late_shipment",
    }
    | {"quality": "quality", "defects": "quality", "defective": "quality", "not as described": "quality"},
    "outcome": {name: name for name in ("settled", "decided", "conceded", "cancelled")}
    | {"canceled": "cancelled", "withdrawn": "cancelled"},
}
"""Words of a column in small letters, and what each stands for."""

NOTHING: Final = frozenset(
    {"", "-", "\N{EN DASH}", "\N{EM DASH}", "?", "n/a", "#n/a", "na", "nan", "nat", "null", "none", "tbd", "tba"}
    | {"open", "pending", "not yet"}
)
"""What stands for nothing, in small letters; as the name of a supplier only an empty cell does."""

_APART: Final = re.compile(r"[\s_\-.]+")


def plain_header(header: str) -> str:
    """A header as headers are compared: small letters, single spaces."""
    return _APART.sub(" ", header).strip().lower()


def columns_found(headers: Sequence[str], chosen: Mapping[str, str], file: str) -> dict[str, int]:
    """Which column of a file is which.

    Parameters
    ----------
    headers
        Of the file, in its order.
    chosen
        Header by name, as the user maps them: these win over what a header looks like.
    file
        For messages.

    Returns
    -------
    dict
        Place among the headers by name.

    Raises
    ------
    InputError
        A name or a header is not known, two columns mean the same, or one that is needed is missing.
    """
    problems, found = [], {}
    for name, header in chosen.items():
        if name not in NAMES:
            problems.append(
                unknown_name(f"--column {name}={header}: no column of a history has that name", name, NAMES)
            )
        elif headers.count(header) > 1:
            message = f"--column {name}={header}: {file} has {headers.count(header)} columns of that header"
            problems.append(Problem(message, hint="rename them in the file"))
        elif header in headers:
            found[name] = headers.index(header)
        else:
            problems.append(unknown_name(f"--column {name}={header}: {file} has no such header", header, headers))
    if problems:
        raise InputError(*problems)
    found |= _recognised(headers, found, file)
    missing = [name for name in NEEDED if name not in found]
    if missing:
        of = "columns" if len(missing) > 1 else "column"
        message = f"{file} has no {of} for {listed(missing)}; its headers: {', '.join(map(repr, headers)) or 'none'}"
        raise InputError(
            Problem(
                message, file=None, hint=f"name the header, such as --column {missing[0]}='{_example(headers, found)}'"
            )
        )
    return found


def _recognised(headers: Sequence[str], given: Mapping[str, int], file: str) -> dict[str, int]:
    known = {plain_header(name): column.name for column in COLUMNS for name in (column.name, *column.synonyms)}
    taken = set(given.values())
    found: dict[str, int] = {}
    problems = []
    for place, header in enumerate(headers):
        name = known.get(plain_header(header))
        if name is None or name in given or place in taken:
            continue
        if name in found:
            message = f"{file}: the columns {headers[found[name]]!r} and {header!r} both mean {name}"
            problems.append(Problem(message, hint=f"say which: --column {name}={header!r}, or rename one of them"))
        found[name] = place
    if problems:
        raise InputError(*problems)
    return found


def _example(headers: Sequence[str], found: Mapping[str, int]) -> str:
    taken = set(found.values())
    return next((header for place, header in enumerate(headers) if header and place not in taken), "Ship by")
