"""Laws that are a list of what really happened: resampled, every observation alike."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from sim.random.laws import Constant, DistributionError, Law

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Empirical(Law):
    """The observations themselves, in ascending order."""

    observations: tuple[float, ...]

    @property
    def discrete(self) -> bool:
        """Say yes."""
        return True

    @cached_property
    def values(self) -> Floats:
        """The observations as an array that cannot be written to."""
        array = np.array(self.observations)
        array.setflags(write=False)
        return array

    @cached_property
    def _hash(self) -> int:
        return hash(self.observations)

    def __hash__(self) -> int:
        """Hash the observations once."""
        return self._hash

    def mean(self) -> float:
        """Give the mean of the observations."""
        return float(self.values.mean())

    def sd(self) -> float:
        """Give the root mean square distance from the mean (divided by n: it is the law, not a sample)."""
        return float(self.values.std())

    def support(self) -> tuple[float, float]:
        """Give the smallest and the largest observation."""
        return self.observations[0], self.observations[-1]

    def ppf(self, u: Floats) -> Floats:
        """Give the smallest observation with at least a share `u` at or below it."""
        positions = np.ceil(u * len(self.observations)).astype(np.int64) - 1
        return self.values[np.clip(positions, 0, len(self.observations) - 1)]

    def isf(self, q: Floats) -> Floats:
        """Give the smallest observation with at most a share `q` above it."""
        return self.ppf(1.0 - q)

    def cdf(self, x: Floats) -> Floats:
        """Give the share of observations at or below each value."""
        return np.searchsorted(self.values, x, side="right") / len(self.observations)

    def sf(self, x: Floats) -> Floats:
        """Give the share of observations above each value."""
        return 1.0 - self.cdf(x)


def empirical(observations: list[float]) -> Law:
    """Make a law of observations in any order; of equal ones, a constant."""
    ordered = tuple(sorted(observations))
    return Constant(ordered[0]) if ordered[0] == ordered[-1] else Empirical(ordered)


def read_column(path: Path, column: str) -> list[float]:
    """Read the observations in one column of a CSV file.

    Parameters
    ----------
    path
        A file in UTF-8, comma-separated, with a header.
    column
        The header of a column of numbers.

    Returns
    -------
    list of float
        At least one, in the order of the file.

    Raises
    ------
    DistributionError
        If there is no such file or column, if the column is empty, or if a cell is no number (the row is
        named).
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            header = list(reader.fieldnames or [])
            if column not in header:
                raise DistributionError(_no_column(path, column, header), "column")
            observations = [_number(row[column], path, column, reader.line_num) for row in reader]
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}"
        raise DistributionError(message, "file") from error
    except (UnicodeDecodeError, csv.Error) as error:
        message = f"{path} is not a comma-separated text file in UTF-8: {error}"
        raise DistributionError(message, "file") from error
    if not observations:
        message = f"column `{column}` of {path} has no rows"
        raise DistributionError(message, "column")
    return observations


def _no_column(path: Path, column: str, header: list[str]) -> str:
    near = get_close_matches(column, header, 1)
    way_out = f"did you mean `{near[0]}`?" if near else f"its columns are {', '.join(header) or 'none'}"
    return f"{path} has no column `{column}`; {way_out}"


def _number(cell: str | None, path: Path, column: str, row: int) -> float:
    try:
        value = float(cell or "")
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        message = f"row {row} of {path}: `{cell or ''}` in column `{column}` is not a number"
        raise DistributionError(message, "column")
    return value
