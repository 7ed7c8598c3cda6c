"""Measure how early and late real shipments were, in the form that a scenario's ``delay_days`` takes.

``python -m scripts.measure_shipments SHIPMENTS.csv`` prints, for every way of transport with enough shipments, the
shares that came early, on the day and late; the early part by its deciles; the late part as the lognormal law through
its 10, 50 and 90 % quantiles, beside the quantiles that it was not fitted to; and the mixture to copy.

The file has one shipment a row, with the columns ``mode``, ``days_late`` (delivered minus scheduled, negative when
early), ``vendor``, ``quantity`` and ``value_usd``. The figures of ``scenarios/health-commodities.yaml`` were measured
so from the USAID *SCMS Delivery History* (2006 to 2015, lines shipped by the supplier itself).
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import numpy as np

from sim.random.distributions import DistributionError, parse

FEWEST_SHIPMENTS: Final = 100
FEWEST_LATE: Final = 30
EARLY_SHARES: Final = tuple(range(5, 100, 10))
FITTED: Final = (10, 50, 90)
CHECKED: Final = (25, 75, 95)
COLUMNS: Final = ("mode", "days_late", "vendor", "quantity", "value_usd")


class Shipment(NamedTuple):
    """One row of the file."""

    mode: str
    days_late: float
    vendor: str
    price: float


class Delays(NamedTuple):
    """Delays of a number of shipments.

    Attributes
    ----------
    shipments
        How many.
    early, on_time, late
        Shares of them.
    early_days
        Middle of each tenth of the early ones, in days: negative, ascending.
    late_days
        Days late of the late ones, at the shares `FITTED`.
    late_days_between
        The same at the shares `CHECKED`.
    """

    shipments: int
    early: float
    on_time: float
    late: float
    early_days: tuple[int, ...]
    late_days: tuple[float, ...]
    late_days_between: tuple[float, ...]


def shipments_read(path: Path) -> list[Shipment]:
    """Read the file; a row whose quantity is 0 has no price (nan).

    Raises
    ------
    ValueError
        If a column is missing or a cell is no number, with the number of the row.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
        if missing:
            raise ValueError(f"{path} has no column {', '.join(missing)}")
        return [_shipment(row, number) for number, row in enumerate(rows, start=2)]


def _shipment(row: dict[str, str], number: int) -> Shipment:
    try:
        days, quantity, value = (float(row[column]) for column in ("days_late", "quantity", "value_usd"))
    except ValueError as error:
        raise ValueError(f"row {number}: {error}") from error
    return Shipment(row["mode"], days, row["vendor"], value / quantity if quantity else float("nan"))


def delays_measured(days_late: list[float]) -> Delays:
    """Shares and quantiles of delays, of which at least one is early and one late."""
    days = np.array(days_late)
    early, late = days[days < 0], days[days > 0]
    return Delays(
        shipments=len(days),
        early=float(np.mean(days < 0)),
        on_time=float(np.mean(days == 0)),
        late=float(np.mean(days > 0)),
        early_days=tuple(round(float(value)) for value in np.percentile(early, EARLY_SHARES)),
        late_days=tuple(round(float(value), 1) for value in np.percentile(late, FITTED)),
        late_days_between=tuple(round(float(value), 1) for value in np.percentile(late, CHECKED)),
    )


def late_law(delays: Delays) -> dict[str, object]:
    """Describe the late part as a scenario writes it: the lognormal law by its quantiles."""
    quantiles = {f"p{share}": days for share, days in zip(FITTED, delays.late_days, strict=True)}
    return {"dist": "lognormal", **quantiles}


def described(name: str, delays: Delays) -> str:
    """Say in words and as YAML what was measured."""
    law = late_law(delays)
    shares = f"{delays.early:.1%} early, {delays.on_time:.1%} on the day, {delays.late:.1%} late"
    heading = f"{name}: {delays.shipments:,} shipments, {shares}"
    try:
        fitted = parse(law, base=None).ppf(np.array(CHECKED) / 100)
    except DistributionError as error:
        return f"{heading}\n  late by {list(delays.late_days)} days at {list(FITTED)} %: {error}"
    pairs = zip(CHECKED, delays.late_days_between, fitted, strict=True)
    beside = ", ".join(f"{share} % {real:.0f} ({by_law:.0f})" for share, real, by_law in pairs)
    inside = ", ".join(f"{key}: {value}" for key, value in law.items())
    return "\n".join(
        [
            heading,
            f"  late by, in days, measured (and by the law): {beside}",
            "  delay_days:",
            "    dist: mixture",
            "    components:",
            f"      - {{weight: {delays.early:.3f}, dist: empirical, values: {list(delays.early_days)}}}",
            f"      - {{weight: {delays.on_time:.3f}, dist: constant, value: 0}}",
            f"      - {{weight: {delays.late:.3f}, {inside}}}",
        ]
    )


def report(shipments: list[Shipment]) -> str:
    """Say what was measured of all shipments, of each way of transport, and of the busiest vendor's price."""
    parts = [described("all", delays_measured([one.days_late for one in shipments]))]
    for mode, count in Counter(one.mode for one in shipments).most_common():
        days = [one.days_late for one in shipments if one.mode == mode]
        if count >= FEWEST_SHIPMENTS and sum(day > 0 for day in days) >= FEWEST_LATE and min(days) < 0:
            parts.append(described(mode, delays_measured(days)))
    vendor, count = Counter(one.vendor for one in shipments).most_common(1)[0]
    price = median(one.price for one in shipments if one.vendor == vendor)
    parts.append(f"busiest vendor: {vendor}, {count} shipments, median price of a pack {price:.2f} USD")
    return "\n\n".join(parts)


def main(arguments: list[str]) -> int:
    """Measure the file named on the command line."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m scripts.measure_shipments SHIPMENTS.csv\n")
        return 2
    try:
        text = report(shipments_read(Path(arguments[0])))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
