"""What a history makes expect of the next order: days from promise to shipping, supplier by supplier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sim.calibration.delay_cohort import delay_cohort
from sim.calibration.delays import late_orders
from sim.calibration.late_share import share_population
from sim.calibration.lateness import best_fitting, candidates
from sim.calibration.lateness_posterior import lateness_population

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.calibration.delay_cohort import Orders

    Floats = NDArray[np.float64]

__all__ = ["SETS", "DelayForecasts"]

SETS: Final = 200
"""Draws of what is not known; every forecast mixes over them."""
_DAYS_A_SET: Final = 10


class DelayForecasts:
    """Forecasts for any supplier from one fit of all; the forecast of a supplier depends on nobody's being asked.

    Attributes
    ----------
    cohort
        The orders that were learned from.
    law
        Name of the law of lateness, as scenarios call it.
    """

    def __init__(self, history: Orders, seed: int) -> None:
        """Fit all suppliers together.

        Raises
        ------
        InputError
            No order was due by the end of the history.
        """
        rng = np.random.default_rng(seed)
        self.cohort = delay_cohort(history)
        self._seed = seed
        lateness, self._longest = late_orders(self.cohort)
        self._law = best_fitting(candidates(lateness), lateness)
        self.law = self._law.name
        self._population = lateness_population(self._law, lateness.cells(pooled=False), sets=SETS, rng=rng)
        everyone = np.ones(len(self.cohort.delay), dtype=bool)
        self._late = self.cohort.tallies(self.cohort.late, everyone)
        self._early = self.cohort.tallies(self.cohort.delay < 0, ~self.cohort.late)
        self._late_shares, self._early_shares = share_population(*self._late), share_population(*self._early)
        self._late_places = self._late_shares.places(SETS, rng)
        self._early_places = self._early_shares.places(SETS, rng)

    def known(self, supplier: str) -> int:
        """How many orders of this supplier were learned from."""
        code = self.cohort.code(supplier)
        return 0 if code is None else int(self._late[1][code])

    def late_shares(self, supplier: str) -> Floats:
        """Draws of the share of its orders that are late, shape (`SETS`,); those of suppliers belong together."""
        marked, among = self._own(supplier, early=False)
        return self._late_shares.draws_at(self._late_places, marked, among, self._luck(supplier, 0))

    def days(self, supplier: str) -> Floats:
        """Draws of the recorded delay of its next order, whole days, ascending, negative if early; shape (S,).

        Days are recorded as `sim.calibration.lateness` reads them: rounded, and one day at least if late at all.
        """
        luck = self._luck(supplier, 1)
        late = np.repeat(self.late_shares(supplier), _DAYS_A_SET)
        early = np.repeat(
            self._early_shares.draws_at(self._early_places, *self._own(supplier, early=True), luck), _DAYS_A_SET
        )
        drawn = self._population.of(self.cohort.code(supplier), luck)
        median, log_shape = np.repeat(drawn.median, _DAYS_A_SET), np.repeat(drawn.log_shape, _DAYS_A_SET)
        within = self._law.share_within(np.full_like(median, self._longest), median, log_shape)
        lateness = median * self._law.unit_quantile(luck.random(len(median)) * within, log_shape)
        lateness = np.clip(np.rint(lateness), 1.0, np.ceil(self._longest))
        code = self.cohort.code(supplier)
        before = np.array(self.cohort.early_days(self.cohort.supplier == (-1 if code is None else code)))
        earliness = luck.choice(before, len(median)) if len(before) else np.zeros(len(median))
        fate = luck.random(len(median))
        ahead = (fate - late < (1 - late) * early) & (fate >= late)
        return np.sort(np.where(fate < late, lateness, np.where(ahead, np.rint(earliness), 0.0)))

    def _own(self, supplier: str, *, early: bool) -> tuple[int, int]:
        code = self.cohort.code(supplier)
        marked, among = self._early if early else self._late
        return (0, 0) if code is None else (int(marked[code]), int(among[code]))

    def _luck(self, supplier: str, part: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, part, *supplier.encode()])
