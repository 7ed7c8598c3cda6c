"""How long it takes to read and check a large order history, and how much memory it needs.

Run: ``python -m tests.benchmarks.history_reading [--rows 1000000]``. Each file is read in a process of its own.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

_SHEET_ROWS = 100_000
"""A workbook holds a million rows at most, and takes minutes to write."""


def invented(rows: int, *, bad: bool) -> pd.DataFrame:
    """An order history of a supplier a hundred rows, one row in a hundred still open; all bad if so wanted."""
    rng = np.random.default_rng(1)
    ordered = np.datetime64("2016-01-01") + rng.integers(0, 3_000, rows).astype("timedelta64[D]")
    promised = ordered + np.timedelta64(45, "D")
    late = np.where(rng.random(rows) < 0.2, rng.gamma(1.5, 8, rows).astype(int) + 1, 0)
    shipped = promised + late.astype("timedelta64[D]")
    quantity = rng.integers(100, 5_000, rows)
    table = pd.DataFrame(
        {
            "supplier": np.char.add("maker-", rng.integers(0, max(rows // 100, 1), rows).astype(str)),
            "ordered": shipped + np.timedelta64(9, "D") if bad else ordered,
            "promised": promised,
            "shipped": shipped,
            "received": shipped + np.timedelta64(30, "D"),
            "checked": shipped + np.timedelta64(33, "D"),
            "quantity": quantity,
            "price": rng.integers(100, 9_999, rows) / 100,
            "critical": 0,
            "major": rng.binomial(quantity, 0.02),
            "minor": rng.binomial(quantity, 0.04),
        }
    )
    table.loc[rng.random(rows) < 0.01, ["shipped", "received", "checked"]] = pd.NaT
    return table


def written(table: pd.DataFrame, path: Path) -> None:
    """Write a table in the form that its name asks for."""
    dates = {str(name): column.dt.strftime("%Y-%m-%d") for name, column in table.items() if column.dtype.kind == "M"}
    if path.suffix == ".csv":
        table.assign(**dates).to_csv(path, index=False)
    elif path.suffix == ".parquet":
        table.to_parquet(path)
    else:
        table.to_excel(path, index=False)


def read(path: Path) -> None:
    """Read a file and say what it took."""
    from sim.calibration.reading_history import read_history
    from sim.errors import InputError

    start = time.perf_counter()
    try:
        rows = f"{len(read_history(path).orders):,} rows"
    except InputError as error:
        rows = f"refused, {len(error.problems)} problems told: {error.problems[-1].message}"
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = path.stat().st_size / 2**20
    sys.stdout.write(f"{path.name:<12} {size:6.0f} MB  {seconds:6.1f} s  {memory:6.0f} MB at most  {rows}\n")


def main() -> None:
    """Write the files, and read each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.read:
        read(asked.read)
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, rows, bad in (
            ("good.csv", asked.rows, False),
            ("bad.csv", asked.rows, True),
            ("good.parquet", asked.rows, False),
            ("good.xlsx", min(asked.rows, _SHEET_ROWS), False),
        ):
            path = Path(folder) / name
            written(invented(rows, bad=bad), path)
            subprocess.run([sys.executable, "-m", "tests.benchmarks.history_reading", "--read", str(path)], check=True)
            path.unlink()


if __name__ == "__main__":
    main()
