"""What a buyer would expect without any model: the promise, and what the supplier did lately."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.calibration.delay_cohort import DelayCohort

    Floats = NDArray[np.float64]

__all__ = ["NaiveForecasts"]

_YEAR: Final = 365


class NaiveForecasts:
    """Delays that were seen, as a spreadsheet holds them: orders still open have none and are not counted.

    Where a supplier has none of the last year, those of all suppliers stand for it; where nobody has, those of any
    time; and where there is none at all, the promise.
    """

    def __init__(self, cohort: DelayCohort, *, last_year: bool) -> None:
        """Take the orders of a cohort, or only those promised in its last 365 days."""
        shipped = ~cohort.open
        recent = shipped & (cohort.waited < _YEAR) if last_year else shipped
        used = recent if recent.any() else shipped
        self._cohort = cohort
        self._used = used
        self._all = np.sort(cohort.delay[used].astype(np.float64)) if used.any() else np.zeros(1)

    def days(self, supplier: str) -> Floats:
        """Delays that are as likely as each other, ascending, days; shape (S,), 1 at least."""
        code = self._cohort.code(supplier)
        own = self._cohort.delay[self._used & (self._cohort.supplier == (-1 if code is None else code))]
        return np.sort(own.astype(np.float64)) if len(own) else self._all
