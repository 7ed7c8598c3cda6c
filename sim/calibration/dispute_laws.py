"""The laws behind a dispute, each by its posterior: yes or no, the days to an answer, the award, the mediator."""

from __future__ import annotations

from math import exp, log, log1p, sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sim.calibration.posterior_grids import Axis, grid_draws, posterior_grid
from sim.rules.mediation import Evidence, OddsRatios, uphold_probability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sim.protocol import Ground
    from sim.rules.reports import Report

    Floats = NDArray[np.float64]

_HALF_DAY: Final = 0.5
_AWARD_STEP: Final = 0.01
_NARROWEST: Final = 0.02
"""A prior is centred no nearer than this to 0 or 1: a belief of never is not worth a number of disputes."""
_LEAST: Final = 1e-300


class Moments(NamedTuple):
    """Mean and standard deviation of a law."""

    mean: float
    sd: float


class Replies(NamedTuple):
    """What is known of the answers to disputes.

    Attributes
    ----------
    days
        From the opening to the supplier's first answer, whole days, of those answered in time.
    waited
        Days that passed without an answer, of those not answered (in time).
    """

    days: Floats
    waited: Floats


class ReplyDraws(NamedTuple):
    """Draws of the law of an answer, shape (S,): ln days is normal (location, spread); some suppliers never answer."""

    location: Floats
    spread: Floats
    silent: Floats

    def mean(self) -> Floats:
        """Mean days to an answer."""
        return np.asarray(np.exp(self.location + self.spread**2 / 2))

    def sd(self) -> Floats:
        """Standard deviation of the days to an answer."""
        return np.asarray(self.mean() * np.sqrt(np.expm1(self.spread**2)))

    def unanswered(self, days: float) -> Floats:
        """Probability of no answer within so many days: never, or later."""
        from scipy.special import ndtr

        return np.asarray(self.silent + (1 - self.silent) * ndtr((self.location - log(days)) / self.spread))


class Decision(NamedTuple):
    """Decided disputes that were alike for the mediator."""

    ground: Ground
    report: Report
    upheld: int
    disputes: int


def centred(probability: float) -> float:
    """Where the prior of a probability is centred."""
    return min(max(probability, _NARROWEST), 1 - _NARROWEST)


def probability_draws(yes: int, count: int, before: float, worth: float, sets: int, rng: np.random.Generator) -> Floats:
    """Draws of a probability: beta(worth before + yes, worth (1 - before) + no), the conjugate posterior."""
    middle = centred(before)
    return rng.beta(worth * middle + yes, worth * (1 - middle) + count - yes, sets)


def reply_draws(
    replies: Replies, law: Moments, silent: float, worth: float, sets: int, rng: np.random.Generator
) -> ReplyDraws:
    """Draws of the days to an answer and of the probability that none ever comes, together.

    Notes
    -----
    An answer on day t is known to the day: the law between t - 1/2 and t + 1/2 (from 0 for t = 0). No answer after c
    days has probability p + (1 - p) S(c): a supplier that never answers, or one that is slower (a mixture with
    censoring on the right; Boag 1949). Prior: ln-location normal with the variance of `worth` answers, log of the
    ln-spread normal with variance 1 / (2 worth), p beta worth as many disputes.
    """
    from scipy.special import expit, log_expit, ndtr

    mean, sd = max(law.mean, 0.05), max(law.sd, law.mean / 4, 0.0125)
    spread = sqrt(log1p((sd / mean) ** 2))
    location, middle = log(mean) - spread**2 / 2, centred(silent)
    days, times = np.unique(replies.days, return_counts=True)
    waited, numbers = np.unique(replies.waited[replies.waited > 0], return_counts=True)

    def log_density(axes: Sequence[Floats], *, fine: bool) -> Floats:
        del fine
        place, width = axes[0][:, None], np.exp(axes[1])
        total = -worth / 2 * ((place - location) / spread) ** 2 - worth * (np.log(width / spread)) ** 2
        for day, count in zip(days, times, strict=True):
            total = total + count * np.log(_between(day - _HALF_DAY, day + _HALF_DAY, place, width))
        logit = axes[2]
        density: Floats = total[..., None] + (worth * middle) * log_expit(logit)
        density += (worth * (1 - middle) + replies.days.size) * log_expit(-logit)
        for day, count in zip(waited, numbers, strict=True):
            later = ndtr((place - np.log(day)) / width)[..., None]
            density += count * np.log(expit(logit) + expit(-logit) * later)
        return density

    axes = [
        Axis(log(0.02), log(150), 15, 31),
        Axis(log(0.1), log(4), 13, 25),
        Axis(-12.0, 12.0, 15, 31),
    ]
    _, (place, log_width, logit) = grid_draws(posterior_grid(log_density, axes), sets, rng)
    return ReplyDraws(place, np.exp(log_width), np.asarray(expit(logit)))


def award_draws(
    shares: Floats, before: Moments, worth: float, sets: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Draws of mean and standard deviation of what is awarded, of the claim, by a beta law; shape (S,) each.

    Notes
    -----
    A share is known to a hundredth, so an award in full counts as one above 99.5 %. Prior: logit of the mean normal
    with the variance of `worth` awards, log of the precision normal with variance 2 / worth.
    """
    from scipy.special import betainc, expit

    middle = centred(before.mean)
    sd = min(max(before.sd, 0.05 * sqrt(middle * (1 - middle))), 0.9 * sqrt(middle * (1 - middle)))
    size = middle * (1 - middle) / sd**2 - 1
    centre, width = log(middle / (1 - middle)), sd / sqrt(worth) / (middle * (1 - middle))
    values, counts = np.unique(np.round(np.clip(shares, 0, 1) / _AWARD_STEP) * _AWARD_STEP, return_counts=True)

    def log_density(axes: Sequence[Floats], *, fine: bool) -> Floats:
        del fine
        logit, log_size = axes[0][:, None], axes[1]
        first, second = expit(logit) * np.exp(log_size), expit(-logit) * np.exp(log_size)
        total = -(((logit - centre) / width) ** 2) / 2 - worth / 4 * (log_size - log(size)) ** 2
        for value, count in zip(values, counts, strict=True):
            low, high = max(value - _AWARD_STEP / 2, 0.0), min(value + _AWARD_STEP / 2, 1.0)
            total = total + count * np.log(np.maximum(_beta_between(low, high, first, second, betainc), _LEAST))
        return np.asarray(total)

    axes = [Axis(-7.0, 7.0, 21, 41), Axis(-3.0, 9.0, 21, 41)]
    _, (logit, log_size) = grid_draws(posterior_grid(log_density, axes), sets, rng)
    mean = np.asarray(expit(logit))
    return mean, np.sqrt(mean * (1 - mean) / (np.exp(log_size) + 1))


def base_draws(
    decisions: Sequence[Decision],
    before: float,
    worth: float,
    evidence: tuple[float, OddsRatios],
    sets: int,
    rng: np.random.Generator,
) -> Floats:
    """Draws of the probability of upholding with neither evidence nor report.

    Parameters
    ----------
    evidence
        Detail share of the contract, and the odds ratios: by the rule of the simulation
        (`sim.rules.mediation.uphold_probability`) they say how the evidence of each dispute raised the odds.
    """
    middle = centred(before)

    def log_density(axes: Sequence[Floats], *, fine: bool) -> Floats:
        del fine
        base = 1 / (1 + np.exp(-axes[0]))
        total = worth * middle * np.log(base) + worth * (1 - middle) * np.log1p(-base)
        for each in decisions:
            upheld = np.array(
                [
                    uphold_probability(value, evidence[0], evidence[1], each.ground, each.report, Evidence.BOTH)
                    for value in base.tolist()
                ]
            )
            total += each.upheld * np.log(upheld) + (each.disputes - each.upheld) * np.log1p(-upheld)
        return np.asarray(total)

    _, (logit,) = grid_draws(posterior_grid(log_density, [Axis(-9.0, 9.0, 31, 201)]), sets, rng)
    return np.asarray(1 / (1 + np.exp(-logit)))


def moments_before(given: object, usual: Moments) -> Moments:
    """Mean and standard deviation of a previous value: a number, ``{value: ...}`` or a distribution.

    Raises
    ------
    DistributionError
        If it is none of these.
    """
    from sim.random.distributions import parse

    if given is None:
        return usual
    if isinstance(given, (int, float)):
        return Moments(float(given), 0.0)
    law: Mapping[str, object] = dict(given)  # type: ignore[call-overload]
    plain = {key: value for key, value in law.items() if key not in {"source", "working", "note"}}
    if "dist" not in plain and "value" in plain:
        return moments_before(plain["value"], usual)
    read = parse(plain)
    return Moments(read.mean(), read.sd())


def lognormal_value(draws: ReplyDraws) -> dict[str, object]:
    """The law at the posterior mean of location and log spread, as a scenario writes it."""
    location, spread = float(draws.location.mean()), exp(float(np.log(draws.spread).mean()))
    mean = exp(location + spread**2 / 2)
    return {"dist": "lognormal", "mean": mean, "sd": mean * sqrt(np.expm1(spread**2))}


def _between(low: float, high: float, place: Floats, width: Floats) -> Floats:
    """Probability of a lognormal variable between two bounds, from the nearer tail."""
    from scipy.special import ndtr

    upper = (np.log(high) - place) / width
    if low <= 0:
        return np.asarray(np.maximum(ndtr(upper), _LEAST))
    lower = (np.log(low) - place) / width
    inside = np.where(lower > 0, ndtr(-lower) - ndtr(-upper), ndtr(upper) - ndtr(lower))
    return np.asarray(np.maximum(inside, _LEAST))


def _beta_between(low: float, high: float, first: Floats, second: Floats, betainc: np.ufunc) -> Floats:
    """Probability of a beta variable between two bounds, from the nearer end."""
    if low > 0.5:  # noqa: PLR2004 - the middle of 0..1
        return np.asarray(betainc(second, first, 1 - low) - betainc(second, first, 1 - high))
    return np.asarray(betainc(first, second, high) - betainc(first, second, low))
