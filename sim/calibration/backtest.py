"""How far a fit can be trusted: learned from a part of a history, tried on the rest.

Every order that is tried has its delay forecast from the posterior of its supplier, and is compared with what happened
as far as the history saw it: up to its own last day, so that orders still open are neither left out nor guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sim.calibration.cuts import cut_at_random, cut_by_time, day_of_share
from sim.calibration.delay_cohort import delay_cohort
from sim.calibration.delay_forecasts import SETS, DelayForecasts
from sim.calibration.delays import Between
from sim.calibration.naive_forecasts import NaiveForecasts
from sim.calibration.scores import Share, brier, crps_capped, places, share_between, share_of, wilson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from sim.calibration.cuts import Cut
    from sim.calibration.delay_cohort import DelayCohort, Orders

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

__all__ = ["NAIVE", "Backtest", "Coverage", "Group", "Skill", "SupplierTried", "Wanted", "backtested"]

NAIVE: Final = ("the promise", "the mean", "the distribution")
"""Naive forecasts: shipped on the promised day; as late as the mean of what was seen; and as spread as that."""
NOMINAL: Final = (0.5, 0.8, 0.9)
TENTHS: Final = 10
FEW: Final = 5
"""Orders of the past: a supplier with fewer is judged by the others more than by its own."""
_MOST_SUPPLIERS: Final = 500
_RESAMPLES: Final = 2_000
_COUNTS_AT_ONCE: Final = 4_000_000
_FEWEST_CLUSTERS: Final = 5
_PER_FOLD: Final = 1_000_003
"""Seeds of the folds are so far apart."""


class Wanted(NamedTuple):
    """How a history is to be divided.

    Attributes
    ----------
    cut
        Last day of the past; None: by `share`.
    share
        Of the orders that were due: so many belong to the past.
    folds
        Divide by lot into so many parts instead, each tried in its turn; None: by time.
    seed
        Of every draw.
    """

    cut: date | None = None
    share: float = 0.7
    folds: int | None = None
    seed: int = 1


class Coverage(NamedTuple):
    """A share of outcomes that should lie in the middle of their forecasts, and that does.

    Attributes
    ----------
    nominal
        What it should be.
    value, low, high
        What it is, with a 95 % interval: Wilson's, of as many orders as they are worth, since those of one supplier go
        together.
    """

    nominal: float
    value: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether the nominal share is within the interval."""
        return self.low <= self.nominal <= self.high


class Skill(NamedTuple):
    """How much better the forecast is than a naive one.

    Attributes
    ----------
    naive
        One of `NAIVE`.
    crps
        Of the naive forecast, days.
    value, low, high
        One less the ratio of the two scores, with a 95 % bootstrap interval over suppliers (over orders where there
        are fewer than five); NaN where the naive forecast was never wrong.
    """

    naive: str
    crps: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Group:
    """How good the forecasts were of some of the orders.

    Attributes
    ----------
    name
        In words.
    orders, suppliers, open
        How many were tried, and how many of these were still open at the end of the history.
    foretold
        Late share that was forecast, and the 90 % interval in which the share of so many orders should lie.
    seen
        Late share that came, with its exact 95 % interval.
    coverage
        Of the outcomes, by nominal share.
    late_coverage
        The same of the days of late orders alone, given that they are late.
    tenths
        Share of the outcomes in each tenth of their forecasts, shape (10,): evenly a tenth in each at best.
    crps
        Mean score of the forecasts, days: 0 at best; of a point forecast it is the mean error.
    skills
        Against each naive forecast.
    brier, brier_naive
        Mean squared error of the forecast probability of being late, and of last year's late share.
    """

    name: str
    orders: int
    suppliers: int
    open: int
    foretold: Between
    seen: Share
    coverage: tuple[Coverage, ...]
    late_coverage: tuple[Coverage, ...]
    tenths: tuple[float, ...]
    crps: float
    skills: tuple[Skill, ...]
    brier: float
    brier_naive: float

    @property
    def late_share_holds(self) -> bool:
        """Whether as many came late as the forecast allowed for."""
        return self.foretold.low <= self.seen.value <= self.foretold.high


class SupplierTried(NamedTuple):
    """One supplier: its orders of the past and those tried, late ones foretold (with 90 %) and seen."""

    name: str
    past: float
    orders: int
    late: int
    foretold: Between


@dataclass(frozen=True)
class Backtest:
    """What came of it.

    Attributes
    ----------
    source, as_of
        The history and its last day.
    cut
        Last day of the past; None where it was divided by lot.
    folds
        How many parts were tried in turn; 1 by time.
    learned
        Orders learned from, of the first fold.
    laws
        Law of lateness chosen by each fit.
    groups
        All orders tried, then those of suppliers with five orders or more in the past, with one to four, with none;
        groups without orders, or with all of them, are left out.
    suppliers
        One by one, those with most orders tried first.
    on_the_day
        Share of the history's shipped orders that were shipped on the very day promised; None where they are few.
    not_due, unknown
        Orders left out: promised for after the end of the history; without a promise, or cancelled before shipping.
    suppliers_left_out
        Drawn by lot, where there are more than can be tried.
    """

    source: str
    as_of: date
    cut: date | None
    folds: int
    learned: int
    laws: tuple[str, ...]
    groups: tuple[Group, ...]
    suppliers: tuple[SupplierTried, ...]
    on_the_day: float | None
    not_due: int
    unknown: int
    suppliers_left_out: int


@dataclass
class _Tried:
    """Orders that were forecast, column by column; late counts foretold are kept by supplier."""

    supplier: Ints
    past: Ints
    days: Floats
    open: Flags
    low: Floats
    high: Floats
    late_low: Floats
    late_high: Floats
    scores: Floats  # shape (n, 1 + naive): of the forecast, and of each naive one
    late: Floats
    late_naive: Floats


def backtested(history: Orders, wanted: Wanted, *, progress: Callable[[int, int], None] | None = None) -> Backtest:
    """Learn from a part of a history, forecast the rest, and compare.

    Parameters
    ----------
    history
        Orders of one or more suppliers.
    wanted
        How to divide it.
    progress
        Told after each supplier: how many are done, and of how many.

    Raises
    ------
    InputError
        There is nothing to learn from, or nothing to try.
    """
    whole = delay_cohort(history)
    day = None if wanted.folds else wanted.cut or day_of_share(history, whole, wanted.share)
    cuts = list(_cuts(history, whole, wanted, day))
    chosen, left_out = _suppliers_tried(whole, np.any([cut.tried for cut in cuts], axis=0), wanted.seed)
    turns = [(cut, sorted(set(whole.supplier[cut.tried & chosen].tolist()))) for cut in cuts]
    total, done = sum(len(names) for _, names in turns), 0
    tried: list[_Tried] = []
    laws: list[str] = []
    foretold = np.zeros((len(whole.suppliers), SETS))
    learned = 0
    for number, (cut, codes) in enumerate(turns):
        forecasts = DelayForecasts(cut.past, wanted.seed + _PER_FOLD * number)
        naive = NaiveForecasts(forecasts.cohort, last_year=day is not None)
        laws.append(forecasts.law)
        learned = learned or len(forecasts.cohort.delay)
        for code in codes:
            mine = np.flatnonzero(cut.tried & (whole.supplier == code))
            found, late_shares = _of_supplier(whole, mine, forecasts, naive)
            tried.append(found)
            luck = np.random.default_rng([wanted.seed, number, code, 2])
            foretold[code] += luck.binomial(len(mine), late_shares)
            done += 1
            if progress is not None:
                progress(done, total)
    orders = _joined(tried)
    return Backtest(
        source=history.source,
        as_of=history.as_of,
        cut=day,
        folds=wanted.folds or 1,
        learned=learned,
        laws=tuple(laws),
        groups=_groups(orders, foretold, wanted.seed),
        suppliers=_by_supplier(whole, orders, foretold),
        on_the_day=whole.on_the_day,
        not_due=whole.not_due,
        unknown=whole.unknown,
        suppliers_left_out=left_out,
    )


def _cuts(history: Orders, whole: DelayCohort, wanted: Wanted, day: date | None) -> Iterator[Cut]:
    if day is not None:
        yield cut_by_time(history, whole, day)
    elif wanted.folds:
        yield from cut_at_random(history, whole, wanted.folds, np.random.default_rng([wanted.seed, 3]))


def _suppliers_tried(whole: DelayCohort, tried: Flags, seed: int) -> tuple[Flags, int]:
    """Orders of the suppliers to try, and how many suppliers that have any to try are left out."""
    codes = np.unique(whole.supplier[tried])
    if len(codes) <= _MOST_SUPPLIERS:
        return np.ones(len(whole.supplier), dtype=bool), 0
    taken = np.random.default_rng([seed, 4]).permutation(codes)[:_MOST_SUPPLIERS]
    return np.isin(whole.supplier, taken), len(codes) - _MOST_SUPPLIERS


def _of_supplier(
    whole: DelayCohort, mine: Ints, forecasts: DelayForecasts, naive: NaiveForecasts
) -> tuple[_Tried, Floats]:
    """Forecast the orders of one supplier and compare them with what happened."""
    name = whole.suppliers[whole.supplier[mine[0]]]
    ordered, seen = forecasts.days(name), naive.days(name)
    late_shares = forecasts.late_shares(name)
    # What is seen of an order ends with the history: a longer delay looks like this one.
    caps = (whole.waited[mine] + 1).astype(np.float64)
    days = np.where(whole.open[mine], caps, whole.delay[mine])
    low, high = places(ordered, days, caps)
    lasting = ordered[np.searchsorted(ordered, 0.0, side="right") :]
    late_low, late_high = places(lasting, days, caps) if len(lasting) else (low, high)
    scores = np.stack(
        [crps_capped(made, days, caps) for made in (ordered, np.zeros(1), np.array([seen.mean()]), seen)], axis=1
    )
    size = len(mine)
    return (
        _Tried(
            supplier=whole.supplier[mine],
            past=np.full(size, forecasts.known(name)),
            days=days,
            open=whole.open[mine],
            low=low,
            high=high,
            late_low=late_low,
            late_high=late_high,
            scores=scores,
            late=np.full(size, late_shares.mean()),
            late_naive=np.full(size, (seen > 0).mean()),
        ),
        late_shares,
    )


def _joined(tried: Sequence[_Tried]) -> _Tried:
    return _Tried(**{name: np.concatenate([getattr(one, name) for one in tried]) for name in _Tried.__annotations__})


def _kept(orders: _Tried, keep: Flags) -> _Tried:
    return _Tried(**{name: getattr(orders, name)[keep] for name in _Tried.__annotations__})


def _groups(orders: _Tried, foretold: Floats, seed: int) -> tuple[Group, ...]:
    """All orders, then by how much of their supplier's past was known (its mean, where several parts were tried)."""
    past = _past(orders)[orders.supplier]
    every = np.ones(len(past), dtype=bool)
    named = (
        ("all orders", every),
        (f"of suppliers with {FEW} or more past orders", past >= FEW),
        (f"of suppliers with 1 to {FEW - 1}", (past > 0) & (past < FEW)),
        ("of suppliers with none", past == 0),
    )
    return tuple(
        _group(name, _kept(orders, keep), foretold[np.unique(orders.supplier[keep])].sum(axis=0), seed)
        for name, keep in named
        if keep.any() and (keep is every or not keep.all())
    )


def _past(orders: _Tried) -> Floats:
    """Mean past orders by supplier."""
    counts = np.maximum(np.bincount(orders.supplier), 1)
    means: Floats = np.bincount(orders.supplier, weights=orders.past).astype(np.float64) / counts
    return means


def _group(name: str, orders: _Tried, foretold: Floats, seed: int) -> Group:
    size, late = len(orders.days), orders.days > 0
    scores = orders.scores.mean(axis=0)
    return Group(
        name=name,
        orders=size,
        suppliers=len(np.unique(orders.supplier)),
        open=int(orders.open.sum()),
        foretold=_interval(foretold / size),
        seen=share_of(int(late.sum()), size),
        coverage=tuple(_coverage(orders.low, orders.high, orders.supplier, nominal) for nominal in NOMINAL),
        late_coverage=tuple(
            _coverage(orders.late_low[late], orders.late_high[late], orders.supplier[late], nominal)
            for nominal in NOMINAL
        ),
        tenths=tuple(
            float(share_between(orders.low, orders.high, tenth / TENTHS, (tenth + 1) / TENTHS).mean())
            for tenth in range(TENTHS)
        ),
        crps=float(scores[0]),
        skills=_skills(orders, seed),
        brier=brier(orders.late, late),
        brier_naive=brier(orders.late_naive, late),
    )


def _interval(draws: Floats) -> Between:
    low, high = np.quantile(draws, [0.05, 0.95])
    return Between(float(draws.mean()), float(low), float(high))


def _coverage(low: Floats, high: Floats, supplier: Ints, nominal: float) -> Coverage:
    if not len(low):
        return Coverage(nominal, float("nan"), 0.0, 1.0)
    tail = (1 - nominal) / 2
    inside = share_between(low, high, tail, 1 - tail)
    value = float(inside.mean())
    return Coverage(nominal, value, *wilson(value, _worth(inside - value, supplier, value * (1 - value))))


def _worth(apart: Floats, supplier: Ints, variance: float) -> float:
    """How many independent orders these are worth, by how far those of one supplier go together.

    The variance of the mean of clusters (Cochran 1977, *Sampling techniques*, section 9A) against that of single
    orders; with fewer than five suppliers it cannot be told, and orders are taken as they are.
    """
    n = len(apart)
    names, cluster = np.unique(supplier, return_inverse=True)
    m = len(names)
    if m < _FEWEST_CLUSTERS:
        return n
    of_mean = m / (m - 1) * float(np.square(np.bincount(cluster, weights=apart)).sum()) / n**2
    return min(n, variance / of_mean) if of_mean > 0 else n


def _skills(orders: _Tried, seed: int) -> tuple[Skill, ...]:
    """Skill against each naive forecast: suppliers are resampled whole, as the orders of one go together."""
    names, cluster = np.unique(orders.supplier, return_inverse=True)
    if len(names) < _FEWEST_CLUSTERS:
        cluster = np.arange(len(orders.days))
    sums = np.stack([np.bincount(cluster, weights=column) for column in orders.scores.T])
    size = sums.shape[1]
    rng, chances = np.random.default_rng([seed, 5]), np.full(size, 1 / size)
    # A few resamples at a time: with few suppliers there are as many counts in each as orders.
    steps = [len(part) for part in np.array_split(np.arange(_RESAMPLES), max(1, _RESAMPLES * size // _COUNTS_AT_ONCE))]
    again = np.concatenate([rng.multinomial(size, chances, step) @ sums.T for step in steps if step])
    found = []
    for place, naive in enumerate(NAIVE, start=1):
        theirs = float(sums[place].sum())
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = 1 - again[:, 0] / again[:, place]
        told = ratios[np.isfinite(ratios)]
        low, high = np.quantile(told, [0.025, 0.975]) if theirs and len(told) else (np.nan, np.nan)
        value = 1 - float(sums[0].sum()) / theirs if theirs else float("nan")
        found.append(Skill(naive, theirs / len(orders.days), value, float(low), float(high)))
    return tuple(found)


def _by_supplier(whole: DelayCohort, orders: _Tried, foretold: Floats) -> tuple[SupplierTried, ...]:
    past = _past(orders)
    codes, counts = np.unique(orders.supplier, return_counts=True)
    late = np.bincount(orders.supplier, weights=orders.days > 0)
    found = [
        SupplierTried(whole.suppliers[code], float(past[code]), int(count), int(late[code]), _interval(foretold[code]))
        for code, count in zip(codes.tolist(), counts.tolist(), strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (-one.orders, one.name)))
