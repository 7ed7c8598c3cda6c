"""How late late orders are: candidates of a law, which of them fits best, and whether it fits at all.

Dates are whole days, and the days between two of them are those that passed, rounded: simulated histories are written
like that, and of dates without a time of day nothing else can be said. An order recorded as d days late was late by d
days give or take half a day, and counts as such an interval (one day: anything up to a day and a half); an order
still open c days after its promise is late by more than c and a half. Reading d as "more than d - 1, at most d" would
find every lateness half a day too short.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sim.calibration.lateness_laws import LAWS, LatenessLaw
from sim.calibration.summits import Summit, summit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

__all__ = [
    "Candidate",
    "Cells",
    "Goodness",
    "Lateness",
    "best_fitting",
    "candidates",
    "counted_by_day",
    "goodness",
    "kaplan_meier",
]

LOWEST: Final = np.array([np.log(0.02), -2.5])
HIGHEST: Final = np.array([np.log(3000.0), 4.0])
"""Bounds of log median and log shape: far outside what orders do, so that one or two orders have an answer too."""
FEWEST_TO_CHOOSE: Final = 30
"""Of fewer late orders with a known lateness no law can be told from another, and the lognormal law is taken."""
_DOUBTFUL: Final = 0.05
_FEWEST_TO_DOUBT: Final = 5
_STEP: Final = 1e-3


class Cells(NamedTuple):
    """Late orders counted by what is known of them: C different facts.

    Attributes
    ----------
    supplier
        Shape (C,), ascending.
    low, high
        Logarithms of the days above which, and at or below which, the lateness lies; shape (C,).
    orders
        Orders of which that is known, shape (C,).
    """

    supplier: Ints
    low: Floats
    high: Floats
    orders: Floats


@dataclass(frozen=True)
class Lateness:
    """Late orders, L of them.

    Attributes
    ----------
    supplier
        Numbers that tell suppliers apart, shape (L,).
    days
        Whole days late, 1 or more; of an open order, the days since its promise, 0 or more. Shape (L,).
    open
        Whether it was still not shipped then, shape (L,).
    waited
        Days from the promise to the end of the known world, shape (L,).
    """

    supplier: Ints
    days: Ints
    open: Flags
    waited: Ints

    @property
    def known(self) -> int:
        """How many were shipped, so that it is known how late they were."""
        return int((~self.open).sum())

    def cells(self, *, pooled: bool) -> Cells:
        """Count what is known, of each supplier or (`pooled`) of all together."""
        supplier = np.zeros_like(self.supplier) if pooled else self.supplier
        above = np.where(self.open, self.days + 0.5, np.where(self.days == 1, 0.0, self.days - 0.5))
        within = np.where(self.open, inf, self.days + 0.5)
        telling = ~(self.open & (self.days == 0))  # promised for the last known day and open: late by anything
        facts = np.stack([supplier, above, within], axis=1)[telling]
        alike, count = np.unique(facts, axis=0, return_counts=True)
        with np.errstate(divide="ignore"):
            edges = np.log(alike[:, 1:])
        return Cells(alike[:, 0].astype(np.int64), edges[:, 0], edges[:, 1], count.astype(np.float64))


@dataclass(frozen=True)
class Candidate:
    """A law with the parameters that make the history most likely, all suppliers taken together.

    Attributes
    ----------
    law
        Its family.
    median
        Days.
    log_shape
        Natural logarithm of the shape; 0 where it has none.
    log_likelihood
        Natural logarithm of the probability of the recorded days.
    aicc
        Akaike's criterion corrected for few orders: 2 k - 2 log-likelihood + 2 k (k + 1) / (n - k - 1), n the orders
        with a known lateness (Hurvich and Tsai 1989); infinite where n is no more than k + 1. Less is better.
    """

    law: LatenessLaw
    median: float
    log_shape: float
    log_likelihood: float
    aicc: float


def candidates(lateness: Lateness) -> tuple[Candidate, ...]:
    """Fit every law by maximum likelihood, best first by AICc; none where no order tells a lateness."""
    cells = lateness.cells(pooled=True)
    if not len(cells.orders):
        return ()
    found = []
    for law in LAWS:
        top = _highest(law, cells.low, cells.high, cells.orders[None, :])
        k, n, value = law.parameters, lateness.known, float(top.values[0])
        aicc = 2 * k - 2 * value + 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else inf
        shape = float(top.points[0, 1]) if k > 1 else 0.0
        found.append(Candidate(law, float(np.exp(top.points[0, 0])), shape, value, aicc))
    return tuple(sorted(found, key=lambda candidate: candidate.aicc))


def best_fitting(found: tuple[Candidate, ...], lateness: Lateness) -> LatenessLaw:
    """Choose the law with the least AICc, or the lognormal one where too few orders are known to choose."""
    return found[0].law if lateness.known >= FEWEST_TO_CHOOSE else LAWS[0]


def _highest(law: LatenessLaw, low: Floats, high: Floats, counts: Floats, start: Floats | None = None) -> Summit:
    """Maximise the likelihood of B samples that share C cells, with counts of shape (B, C)."""
    size = law.parameters

    def objective(points: Floats) -> Floats:
        log_shape = points[..., 1] if size > 1 else np.zeros(points.shape[:2])
        centre = points[..., 0, None]
        told = counts[:, None, :] * law.log_probability(low - centre, high - centre, log_shape[..., None])
        return np.asarray(told.sum(axis=2), dtype=np.float64)

    if start is None:
        within = np.where(np.isfinite(high), high, low + 0.5)
        centre = (counts * within).sum(axis=1) / counts.sum(axis=1)
        start = np.stack([centre, np.full(len(counts), law.usual)], axis=1)
    return summit(objective, start[:, :size], LOWEST[:size], HIGHEST[:size], step=_STEP)


@dataclass(frozen=True)
class Goodness:
    """Whether a law fits.

    Attributes
    ----------
    distance
        Anderson-Darling distance between the law and Kaplan and Meier's estimate, at the ends of days.
    p_value
        How often samples that do come from the law lie at least as far from the law fitted to them; the censoring of
        the history is repeated. None where no samples were drawn.
    """

    distance: float
    p_value: float | None

    @property
    def fits_badly(self) -> bool:
        """Whether fewer than one sample in twenty of the law itself lies as far from it."""
        return self.p_value is not None and self.p_value < _DOUBTFUL


def kaplan_meier(shipped: Floats, left: Floats) -> tuple[Floats, Floats]:
    """Estimate the share not yet shipped at the end of each day (Kaplan and Meier 1958).

    Parameters
    ----------
    shipped
        Orders shipped on each of days 1 to D, shape (B, D).
    left
        Orders that were still open at the end of each day and of which no more is known, shape (B, D).

    Returns
    -------
    survival
        Shape (B, D).
    watched
        Orders still open, and known to be, at the beginning of each day; shape (B, D).
    """
    gone = shipped + left
    watched = gone.sum(axis=1, keepdims=True) - np.cumsum(gone, axis=1) + gone
    return np.cumprod(1 - shipped / np.maximum(watched, 1.0), axis=1), watched


def goodness(candidate: Candidate, lateness: Lateness, *, rounds: int, rng: np.random.Generator) -> Goodness | None:
    """Compare a law with the history, by a parametric bootstrap that fits each sample anew.

    Parameters
    ----------
    candidate
        The law as fitted to all suppliers together.
    lateness
        The late orders.
    rounds
        Samples to draw; 0 for the distance alone.
    rng
        Source of chance.

    Returns
    -------
    Goodness
        None where fewer than five latenesses are known.
    """
    if lateness.known < _FEWEST_TO_DOUBT:
        return None
    horizon = 2 * int(lateness.days[~lateness.open].max())
    waited = np.minimum(lateness.waited, horizon)
    days = np.where(lateness.open, waited + 1, lateness.days)  # one day more than could be seen: open
    shipped, left = counted_by_day(days[None, :], waited, horizon)
    _, expected, distance = _compared(candidate.law, shipped, left, *_as_arrays(candidate))
    p_value = None
    if rounds:
        shares = 1 - np.concatenate([[1.0], expected[0]])
        drawn = np.searchsorted(shares, rng.random((rounds, len(waited))), side="left")
        drawn_shipped, drawn_left = counted_by_day(drawn, waited, horizon)
        refitted = _refitted(candidate, drawn_shipped, drawn_left)
        *_, distances = _compared(candidate.law, drawn_shipped, drawn_left, *refitted)
        p_value = float((1 + (distances >= distance[0]).sum()) / (rounds + 1))
    return Goodness(float(distance[0]), p_value)


def _ends(horizon: int) -> Floats:
    """Give the lateness up to which an order is recorded as late by 1, 2, ... days."""
    return np.arange(1.5, horizon + 1)


def _as_arrays(candidate: Candidate) -> tuple[Floats, Floats]:
    return np.array([candidate.median]), np.array([candidate.log_shape])


def counted_by_day(days: Ints, waited: Ints, horizon: int) -> tuple[Floats, Floats]:
    """Count samples (B, L) of days late, seen for `waited` days (L,) only: shipped and left, by day."""
    size = len(days)
    row = np.broadcast_to(np.arange(size)[:, None] * (horizon + 1), days.shape)
    seen = days <= waited
    shape, cells = (size, horizon + 1), size * (horizon + 1)
    shipped = np.bincount((row + days)[seen], minlength=cells).reshape(shape)
    left = np.bincount((row + waited)[~seen], minlength=cells).reshape(shape)
    return shipped[:, 1:].astype(np.float64), left[:, 1:].astype(np.float64)


def _refitted(candidate: Candidate, shipped: Floats, left: Floats) -> tuple[Floats, Floats]:
    """Fit the law to every sample; medians and log shapes, shapes (B,)."""
    counts = np.concatenate([shipped, left], axis=1)
    used = counts.any(axis=0)
    with np.errstate(divide="ignore"):
        edges = np.log(np.append(0.0, _ends(shipped.shape[1])))
    low = np.concatenate([edges[:-1], edges[1:]])[used]
    high = np.concatenate([edges[1:], np.full(left.shape[1], inf)])[used]
    start = np.tile([np.log(candidate.median), candidate.log_shape], (len(counts), 1))
    top = _highest(candidate.law, low, high, counts[:, used], start)
    log_shape = top.points[:, 1] if candidate.law.parameters > 1 else np.zeros(len(counts))
    return np.exp(top.points[:, 0]), log_shape


def _compared(
    law: LatenessLaw, shipped: Floats, left: Floats, median: Floats, log_shape: Floats
) -> tuple[Floats, Floats, Floats]:
    """Give what is observed, what the law expects, and the distance of each sample: shapes (B, D), (B, D), (B,)."""
    observed, watched = kaplan_meier(shipped, left)
    below = law.share_within(_ends(shipped.shape[1])[None, :], median[:, None], log_shape[:, None])
    mass = np.diff(below, axis=1, prepend=0.0)
    with np.errstate(all="ignore"):
        terms = mass * (observed - (1 - below)) ** 2 / (below * (1 - below))
    told = (watched > 0) & (below > 0) & (below < 1)
    orders = (shipped + left).sum(axis=1)
    return observed, 1 - below, orders * np.where(told, terms, 0.0).sum(axis=1)
