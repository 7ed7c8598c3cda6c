"""The level of a supplier's lots in one class of defect, the spread of its lots, and how suppliers differ.

lot's share ~ beta(mean m_v, precision φ);  m_v ~ beta(mean m0, precision k0) over suppliers.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sim.calibration.beta_binomial import Lots, lots_log_likelihood
from sim.calibration.fitted import Prior
from sim.calibration.posterior_grids import Axis, grid_draws, posterior_grid
from sim.experiments.wording import percentage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

EXPECTED: Final[Mapping[str, float]] = {"critical": 0.002, "major": 0.03, "minor": 0.05}
"""Usual share of defective units by class, before any lot was seen; assumption."""
LEVEL_SPREAD: Final = 1.3
"""Standard deviation of logit m0 around the usual share."""
SHAPE_SPREAD: Final = 1.0
"""Standard deviation of ln(m0 k0) around 0."""
LOT_SHAPE: Final = (4.0, 0.77)
"""Degrees of freedom and scale of Student's t for ln(m0 φ) around 0: a few lots that are all alike must outweigh it."""
SMALLEST: Final = 1e-9
"""A mean share is told no smaller: less than one unit of the largest order that a scenario takes."""

_PRECISION: Final = (-2.0, 16.0)
_LEVEL: Final = (-16.0, 5.0)
_SHAPE: Final = (-2.5, 5.5)
_REACH: Final = 5.0
_COARSE: Final = (12, 13, 9)
_FINE: Final = (18, 19, 13)
_MEANS: Final = (31, 61)
"""Nodes of a supplier's mean, while zooming and at the end."""
_LOWEST, _HIGHEST = -60.0, 20.0
_PLACES: Final = 4
_LOOSE: Final = 2.5


class LevelDraws(NamedTuple):
    """Draws from the posterior of one class, shape (S,) each, index by index together.

    Attributes
    ----------
    precision
        φ of the lots of every supplier.
    level, likeness
        Mean m0 and precision k0 of the suppliers' means.
    node
        Where on its axis the precision was drawn.
    """

    precision: Floats
    level: Floats
    likeness: Floats
    node: Indices

    def between_suppliers(self) -> Floats:
        """Variance of the suppliers' means: m0 (1 - m0) / (k0 + 1)."""
        return self.level * (1 - self.level) / (self.likeness + 1)

    def between_lots(self) -> Floats:
        """Variance of lots around their supplier's mean, over suppliers: E[m (1 - m)] / (φ + 1)."""
        return self.level * (1 - self.level) * self.likeness / (self.likeness + 1) / (self.precision + 1)


class MeanTable(NamedTuple):
    """Log likelihood of a supplier's lots over its mean, with the weights of the nodes; shape (F, M)."""

    logit: Floats
    weighted: Floats


@dataclass(frozen=True)
class LevelPosterior:
    """Posterior of one class of defect.

    Attributes
    ----------
    draws
        Of what is common to suppliers.
    tables
        By supplier, at the nodes of the precision that the draws name.
    """

    draws: LevelDraws
    tables: Mapping[str, MeanTable]

    def supplier_means(self, supplier: str, rng: np.random.Generator) -> Floats:
        """Draws of a supplier's mean m_v that belong to `draws`; from the population if nothing is known of it."""
        draws = self.draws
        first, second = draws.level * draws.likeness, (1 - draws.level) * draws.likeness
        if supplier not in self.tables:
            return np.clip(rng.beta(first, second), SMALLEST, 1 - SMALLEST)
        table = self.tables[supplier]
        logit = table.logit[draws.node]
        weights = table.weighted[draws.node] + _log_prior(logit, first[:, None], second[:, None])
        return _from_nodes(logit, weights, rng)


def level_posterior(lots: Mapping[str, Lots], expected: float, sets: int, rng: np.random.Generator) -> LevelPosterior:
    """Fit one class of defect to the lots of all suppliers.

    Parameters
    ----------
    lots
        By supplier, each with one lot at least; may be empty, then the draws are from the prior.
    expected
        Usual share of defective units: the centre of the prior of m0.
    sets
        Number S of draws.

    Notes
    -----
    A grid over (ln φ, logit m0, ln(m0 k0)), the suppliers' means integrated out one by one on nodes of their own.
    """
    evidence = _Evidence(lots, log(expected / (1 - expected)))
    centre = evidence.centre
    boxes = (_PRECISION, (max(centre - _REACH, _LEVEL[0]), min(centre + _REACH, _LEVEL[1])), _SHAPE)
    axes = [Axis(*box, coarse, fine) for box, coarse, fine in zip(boxes, _COARSE, _FINE, strict=True)]
    grid = posterior_grid(evidence.log_density, axes)
    (node, _, _), (log_precision, logit, log_shape) = grid_draws(grid, sets, rng)
    level = 1 / (1 + np.exp(-logit))
    draws = LevelDraws(np.exp(log_precision), level, np.exp(log_shape) / level, node)
    return LevelPosterior(draws, dict(zip(lots, evidence.tables, strict=True)))


def level_priors(defect_class: str, expected: float) -> tuple[Prior, ...]:
    """What is assumed of a class before the lots are read."""
    low, high = (1 / (1 + (1 - expected) / expected * np.exp(-1.645 * LEVEL_SPREAD * side)) for side in (-1, 1))
    spread = "around 1, 90 % between 0.44 and 2.3"
    return (
        Prior(
            f"mean share of units with a {defect_class} defect over suppliers",
            f"logit-normal around {percentage(expected, 2)}, 90 % between {percentage(low, 2)} and "
            f"{percentage(high, 1)}",
            "published shares of uninspected lots lie in this order of magnitude; a few lots outweigh it",
        ),
        Prior(
            f"how much lots of a supplier differ in {defect_class} defects, against the mean over suppliers",
            f"ratio of standard deviation to mean: {spread}, log of Student's t with heavy tails",
            "a lot that is twice as bad as usual is no surprise, one ten times as bad is",
        ),
        Prior(
            f"how much suppliers differ in {defect_class} defects, against the mean over suppliers",
            f"ratio of standard deviation to mean: {spread}, lognormal",
            "the lots of one supplier tell nothing about how suppliers differ; those of several outweigh it",
        ),
    )


class _Evidence:
    """The lots as a density over what is common to suppliers; keeps the tables of the last call."""

    def __init__(self, lots: Mapping[str, Lots], centre: float) -> None:
        self.lots = lots
        self.centre = centre
        self.tables: list[MeanTable] = []

    def log_density(self, axes: Sequence[Floats], *, fine: bool) -> Floats:
        log_precision, logit, log_shape = axes
        nodes = _MEANS[fine]
        self.tables = [_mean_table(lots, log_precision, self.centre, nodes) for lots in self.lots.values()]
        level = 1 / (1 + np.exp(-logit[:, None]))
        first = np.broadcast_to(np.exp(log_shape), (logit.size, log_shape.size)).ravel()
        second = (np.exp(log_shape) * np.exp(-logit[:, None])).ravel()
        freedom, scale = LOT_SHAPE
        away = (log_precision[:, None, None] + np.log(level)) / scale
        prior = -(((logit[:, None] - self.centre) / LEVEL_SPREAD) ** 2 + (log_shape / SHAPE_SPREAD) ** 2) / 2
        prior = prior - (freedom + 1) / 2 * np.log1p(away**2 / freedom)
        for table in self.tables:
            top = table.weighted.max(axis=1, keepdims=True)
            density = np.exp(_log_prior(table.logit[..., None], first, second))
            integral = np.einsum("fm,fmk->fk", np.exp(table.weighted - top), density)
            prior += (np.log(np.maximum(integral, 1e-300)) + top).reshape(prior.shape)
        return np.asarray(prior)


def _log_prior(logit: Floats, first: Floats, second: Floats) -> Floats:
    """Log density of the logit of a beta variable with these shapes."""
    from scipy.special import betaln, log_expit

    return np.asarray(first * log_expit(logit) + second * log_expit(-logit) - betaln(first, second))


def _mean_table(lots: Lots, log_precision: Floats, centre: float, nodes: int) -> MeanTable:
    """Nodes of a supplier's mean where its lots put it, with tails far out on both sides, for each precision."""
    chosen = np.linspace(log_precision[0], log_precision[-1], _PLACES)
    place, width = _placed(lots, chosen, centre)
    place = np.interp(log_precision, chosen, place)
    width = np.exp(np.interp(log_precision, chosen, np.log(width)))
    logit, weights = _nodes(place, width, nodes)
    return MeanTable(logit, lots_log_likelihood(lots, logit, np.exp(log_precision)) + weights)


def _placed(lots: Lots, log_precision: Floats, centre: float) -> tuple[Floats, Floats]:
    """Mean and standard deviation of the logit under the likelihood and a loose prior, for each precision."""
    precision = np.exp(log_precision)
    worth = (precision[:, None] + 1) / (precision[:, None] + lots.units) * lots.units * lots.detection
    rates = lots.found / (lots.units * lots.detection)
    share = np.clip(((worth * rates).sum(axis=1) + 0.5) / (worth.sum(axis=1) + 1), 1e-7, 0.99)
    width = 1 / np.sqrt(worth.sum(axis=1) * share * (1 - share) + _LOOSE**-2)
    logit, weights = _nodes(np.log(share / (1 - share)), width, _MEANS[0])
    log_density = lots_log_likelihood(lots, logit, precision, exact=False)
    log_density += weights - ((logit - centre) / _LOOSE) ** 2 / 2
    density = np.exp(log_density - log_density.max(axis=1, keepdims=True))
    density /= density.sum(axis=1, keepdims=True)
    mean = (density * logit).sum(axis=1)
    spread = np.sqrt((density * (logit - mean[:, None]) ** 2).sum(axis=1))
    return mean, np.maximum(spread, width / 3)


def _nodes(place: Floats, width: Floats, nodes: int) -> tuple[Floats, Floats]:
    """Nodes place + width sinh t, t evenly spaced, and the log of their weights; shape (F, nodes)."""
    left, right = np.arcsinh((place - _LOWEST) / width), np.arcsinh((_HIGHEST - place) / width)
    step = (left + right) / (nodes - 1)
    t = step[:, None] * np.arange(nodes) - left[:, None]
    weights = np.log(np.cosh(t)) + np.log(width * step)[:, None]
    return place[:, None] + width[:, None] * np.sinh(t), weights


def _from_nodes(logit: Floats, log_weights: Floats, rng: np.random.Generator) -> Floats:
    """One draw from each row of weighted nodes, even between neighbouring ones; a share."""
    weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
    steps = (weights[:, 1:] + weights[:, :-1]) / 2
    sums = np.cumsum(steps, axis=1)
    wanted = rng.random(len(sums)) * sums[:, -1]
    cell = np.minimum((sums < wanted[:, None]).sum(axis=1), steps.shape[1] - 1)
    rows = np.arange(len(sums))
    part = 1 - (sums[rows, cell] - wanted) / np.maximum(steps[rows, cell], 1e-300)
    low, high = logit[rows, cell], logit[rows, cell + 1]
    return np.asarray(np.clip(1 / (1 + np.exp(-(low + part * (high - low)))), SMALLEST, 1 - SMALLEST))
