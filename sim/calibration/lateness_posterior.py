"""How late one supplier's late orders are, learnt from its own and from those of other suppliers.

The logarithms of the suppliers' median lateness are normal with mean theta and standard deviation tau; the shape is
common to all. The suppliers' medians are integrated out by Gauss-Hermite quadrature around each supplier's own best
value (Pinheiro and Bates 1995, section 2.4). Of (theta, log shape, log tau) the posterior is drawn by importance
resampling from a multivariate t law around its summit; given them, the wanted supplier's median is drawn from its
own posterior on a fine grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.calibration.fitted import Prior
from sim.calibration.lateness import HIGHEST, LOWEST, Cells
from sim.calibration.long_histories import drawn_whole
from sim.calibration.summits import summit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.calibration.lateness_laws import LatenessLaw

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["LATENESS_PRIORS", "LatenessDraws", "LatenessPopulation", "lateness_draws", "lateness_population"]

_USUAL_MEDIAN: Final = 7.0
_MEDIAN_SPREAD: Final = 1.0
_USUAL_TAU: Final = 0.5
_LEAST_TAU, _MOST_TAU = 0.01, 4.0

LATENESS_PRIORS: Final = (
    Prior(
        "median lateness of late orders, all suppliers",
        "lognormal with median 7 days, between 1 and 50 days with 95 %",
        "a late order is days or weeks late, hardly ever hours or years",
    ),
    Prior(
        "spread of lateness within a supplier",
        "its shape is such that the logarithm of lateness has a standard deviation of about 1, or half or twice that",
        "some delays are a day and some are months, with one and the same supplier",
    ),
    Prior(
        "difference between suppliers' median lateness",
        "half-normal with scale 0.5 on the logarithm",
        "suppliers' typical lateness differs by a factor of about 1.5, hardly ever by 3",
    ),
)

_NODES, _WEIGHTS = np.polynomial.hermite.hermgauss(7)
_MOST_CELLS: Final = 3000
"""Suppliers beyond those with so many facts, taken at random, would hardly tell more about what they have in common."""
_NORMAL_FROM: Final = 800
"""With so many facts the posterior is as good as normal and needs no resampling."""
_AT_ONCE: Final = 1_000_000
_PROPOSALS: Final = 1000
_DEGREES: Final = 5.0
_STEP: Final = 1e-2
_GRID: Final = np.linspace(-6.0, 6.0, 61)
_INNER_ROUNDS: Final = 12
_NEAR: Final = 0.05
"""Of a width; the quadrature does the rest."""


@dataclass(frozen=True)
class LatenessDraws:
    """Draws from the posterior, each of shape (sets,), belonging together index by index.

    Attributes
    ----------
    median
        Of the wanted supplier's lateness, days.
    log_shape
        Natural logarithm of the shape, common to all suppliers.
    population_median
        Typical for all suppliers, days.
    tau
        Standard deviation of suppliers' log medians.
    effective
        How many independent draws the resampled proposals are worth.
    """

    median: Floats
    log_shape: Floats
    population_median: Floats
    tau: Floats
    effective: float


@dataclass(frozen=True)
class _Model:
    """The law, the facts and where each supplier's begin."""

    law: LatenessLaw
    cells: Cells
    begins: Ints
    place: Ints

    def by_supplier(self, medians: Floats, log_shape: Floats) -> Floats:
        """Log-likelihoods of suppliers: log medians (P, V, K) and log shapes (P,) to (P, V, K)."""
        centre = medians[:, self.place, :]
        low, high = self.cells.low[:, None] - centre, self.cells.high[:, None] - centre
        told = self.cells.orders[:, None] * self.law.log_probability(low, high, log_shape[:, None, None])
        return np.add.reduceat(told, self.begins, axis=1)

    def centred(self, theta: Floats, log_shape: Floats, tau: Floats) -> tuple[Floats, Floats]:
        """Find each supplier's best log median and the width around it; shapes (P, V).

        Newton's method: the sum of a concave log-likelihood and a normal log density has one summit.
        """
        start = np.broadcast_to(theta[:, None], (len(theta), len(self.begins))).copy()
        precision = 1 / tau[:, None] ** 2
        around = np.array([0.0, _STEP, -_STEP])
        bend = np.broadcast_to(precision, start.shape)
        best = start
        for _ in range(_INNER_ROUNDS):
            told = self.by_supplier(best[:, :, None] + around, log_shape)
            slope = (told[..., 1] - told[..., 2]) / (2 * _STEP) - (best - start) * precision
            bend = np.maximum((2 * told[..., 0] - told[..., 1] - told[..., 2]) / _STEP**2, 0.0) + precision
            move = np.clip(slope / bend, -1.5, 1.5)
            best = best + move
            if np.abs(move * np.sqrt(bend)).max() < _NEAR:
                break
        return best, 1 / np.sqrt(bend)

    def log_likelihood(self, theta: Floats, log_shape: Floats, tau: Floats) -> Floats:
        """Integrate the suppliers' medians out: shapes (P,)."""
        if not len(self.begins):
            return np.zeros_like(theta)
        best, width = self.centred(theta, log_shape, tau)
        medians = best[:, :, None] + np.sqrt(2) * width[:, :, None] * _NODES
        off = (medians - theta[:, None, None]) / tau[:, None, None]
        told = self.by_supplier(medians, log_shape) - off**2 / 2 - np.log(tau * np.sqrt(2 * pi))[:, None, None]
        told += np.log(_WEIGHTS) + _NODES**2
        peak = told.max(axis=2)
        integral = peak + np.log(np.exp(told - peak[:, :, None]).sum(axis=2)) + np.log(np.sqrt(2) * width)
        return np.asarray(integral.sum(axis=1), dtype=np.float64)

    def log_posterior(self, points: Floats) -> Floats:
        """Give it for points (P, k) of theta, log shape (where there is one) and log tau, but for a constant."""
        at_once = max(1, _AT_ONCE // (max(1, len(self.cells.orders)) * len(_NODES)))
        pieces = [self._log_posterior(points[i : i + at_once]) for i in range(0, len(points), at_once)]
        return np.concatenate(pieces)

    def _log_posterior(self, points: Floats) -> Floats:
        theta, log_shape, tau = unpacked(points)
        prior = -((theta - log(_USUAL_MEDIAN)) ** 2) / (2 * _MEDIAN_SPREAD**2)
        if self.law.spread:
            prior -= (log_shape - self.law.usual) ** 2 / (2 * self.law.spread**2)
        prior += np.log(tau) - tau**2 / (2 * _USUAL_TAU**2)  # log tau: for the scale on which points are
        return prior + self.log_likelihood(theta, log_shape, tau)


def unpacked(points: Floats) -> tuple[Floats, Floats, Floats]:
    """Take points (P, k) apart: theta, log shape (0 where there is none), tau."""
    log_shape = points[:, 1] if points.shape[1] > 2 else np.zeros(len(points))  # noqa: PLR2004 (theta and tau: no shape)
    return points[:, 0], log_shape, np.exp(points[:, -1])


def lateness_draws(
    law: LatenessLaw, cells: Cells, supplier: int | None, *, sets: int, rng: np.random.Generator
) -> LatenessDraws:
    """Draw a supplier's lateness from its posterior.

    Parameters
    ----------
    law
        Family of the lateness.
    cells
        What is known of late orders, by supplier; may be empty, and the priors answer alone.
    supplier
        Number of the wanted one in `cells`; None for one that the history does not know, which is drawn from the
        population.
    sets
        How many draws.
    rng
        Source of chance.

    Returns
    -------
    LatenessDraws
    """
    return lateness_population(law, cells, sets=sets, rng=rng, kept=supplier).of(supplier, rng)


@dataclass(frozen=True)
class LatenessPopulation:
    """What all suppliers have in common: draws of shape (sets,), from which those of each supplier follow.

    Attributes
    ----------
    law
        Family of the lateness.
    cells
        What is known of late orders, by supplier.
    theta, log_shape, tau
        Typical log median, common log shape, and standard deviation of suppliers' log medians.
    effective
        How many independent draws they are worth.
    """

    law: LatenessLaw
    cells: Cells
    theta: Floats
    log_shape: Floats
    tau: Floats
    effective: float

    def of(self, supplier: int | None, rng: np.random.Generator) -> LatenessDraws:
        """Draw the lateness of one supplier, or of one that the history does not know."""
        own = self.cells.supplier == supplier
        if supplier is None or not own.any():
            medians = self.theta + self.tau * rng.standard_normal(len(self.theta))
        else:
            model = _modelled(self.law, _kept(self.cells, own))
            medians = _own_medians(model, self.theta, self.log_shape, self.tau, rng)
        return LatenessDraws(np.exp(medians), self.log_shape, np.exp(self.theta), self.tau, self.effective)


def lateness_population(
    law: LatenessLaw, cells: Cells, *, sets: int, rng: np.random.Generator, kept: int | None = None
) -> LatenessPopulation:
    """Draw what all suppliers have in common from its posterior.

    Parameters
    ----------
    law, cells, sets, rng
        As in `lateness_draws`.
    kept
        Supplier that counts in any case, where there are more than can be used.
    """
    points, effective = _population(_modelled(law, _fewer(cells, kept, rng)), sets, rng)
    return LatenessPopulation(law, cells, *unpacked(points), effective)


def _kept(cells: Cells, keep: NDArray[np.bool_]) -> Cells:
    return Cells(cells.supplier[keep], cells.low[keep], cells.high[keep], cells.orders[keep])


def _fewer(cells: Cells, supplier: int | None, rng: np.random.Generator) -> Cells:
    """Keep the wanted supplier, and others at random as far as they are worth the work."""
    if len(cells.orders) <= _MOST_CELLS:
        return cells
    names, counts = np.unique(cells.supplier, return_counts=True)
    kept = names[drawn_whole(counts, _MOST_CELLS, rng)]
    return _kept(cells, np.isin(cells.supplier, kept) | (cells.supplier == (-1 if supplier is None else supplier)))


def _modelled(law: LatenessLaw, cells: Cells) -> _Model:
    _, begins, place = np.unique(cells.supplier, return_index=True, return_inverse=True)
    return _Model(law, cells, begins, place)


def _population(model: _Model, sets: int, rng: np.random.Generator) -> tuple[Floats, float]:
    """Draw points (sets, k) of theta, log shape and log tau, and tell how many independent ones they are worth."""
    shaped = model.law.parameters > 1
    usual = [log(_USUAL_MEDIAN), model.law.usual, log(_USUAL_TAU)]
    low, high = [*LOWEST, log(_LEAST_TAU)], [*HIGHEST, log(_MOST_TAU)]
    chosen = [0, 1, 2] if shaped else [0, 2]
    start, bottom, top = (np.array(values)[chosen] for values in (usual, low, high))
    found = summit(
        lambda points: model.log_posterior(points[0])[None, :], start[None, :], bottom, top, step=_STEP, rounds=30
    )
    centre = found.points[0]
    bends, turns = np.linalg.eigh(found.curvature[0])
    root = turns / np.sqrt(np.maximum(bends, 0.25))
    if len(model.cells.orders) >= _NORMAL_FROM:
        drawn = centre + rng.standard_normal((sets, len(centre))) @ root.T
        return np.clip(drawn, bottom, top), float(sets)
    count = max(_PROPOSALS, 2 * sets)
    normal = rng.standard_normal((count, len(centre)))
    standard = 1.15 * normal / np.sqrt(rng.chisquare(_DEGREES, count) / _DEGREES)[:, None]
    proposed = centre + standard @ root.T
    inside = ((proposed > bottom) & (proposed < top)).all(axis=1)
    proposal = -(_DEGREES + len(centre)) / 2 * np.log1p((standard**2).sum(axis=1) / 1.15**2 / _DEGREES)
    weight = np.where(inside, model.log_posterior(np.clip(proposed, bottom, top)) - proposal, -np.inf)
    share = np.exp(weight - weight.max())
    share /= share.sum()
    places = np.searchsorted(np.cumsum(share), (rng.random() + np.arange(sets)) / sets)
    resampled = proposed[np.minimum(places, count - 1)]
    return rng.permutation(resampled), float(1 / (share**2).sum())


def _own_medians(model: _Model, theta: Floats, log_shape: Floats, tau: Floats, rng: np.random.Generator) -> Floats:
    """Draw the log median of the one supplier in the model, given each draw of what suppliers have in common."""
    drawn = np.empty_like(theta)
    at_once = max(1, _AT_ONCE // (len(model.cells.orders) * len(_GRID)))
    for begin in range(0, len(theta), at_once):
        part = slice(begin, begin + at_once)
        best, width = model.centred(theta[part], log_shape[part], tau[part])
        places = best + width * _GRID
        off = (places - theta[part, None]) / tau[part, None]
        told = model.by_supplier(places[:, None, :], log_shape[part])[:, 0, :] - off**2 / 2
        mass = np.exp(told - told.max(axis=1, keepdims=True))
        shares = np.cumsum(mass, axis=1)
        wanted = rng.random(len(best)) * shares[:, -1]
        # Inside a cell of the grid any place is alike.
        cell = (shares < wanted[:, None]).sum(axis=1)
        step = _GRID[1] - _GRID[0]
        drawn[part] = best[:, 0] + width[:, 0] * (_GRID[cell] + step * (rng.random(len(best)) - 0.5))
    return drawn
