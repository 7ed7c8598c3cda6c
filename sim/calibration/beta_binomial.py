"""How likely the defective units found in lots are, for a supplier's mean share and the precision of its lots.

A lot's share is beta with mean m and precision φ (variance m (1 - m) / (φ + 1)); of n units k are found, binomial with
the share times the detection probability d. Everything is without the binomial coefficient, which no parameter touches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_CHUNK: Final = 1 << 20
"""Numbers worked on at once: some MB."""
_NODES: Final = 61
_TAIL: Final = 40.0
"""The integrand is followed until it has fallen by this on the log scale."""
_HOPELESS: Final = 2000.0
"""Means so far below the best on the log scale are left with the stand-in: they stay hopeless."""
_REPRESENTATIVES: Final = 50
"""Distinct lots for which it is integrated; of more, these stand for the others in the (small) difference."""


class Lots(NamedTuple):
    """Lots of one supplier in one class of defect; arrays of shape (N,).

    Attributes
    ----------
    found
        Defective units found.
    units
        Units looked at, at least as many.
    detection
        Probability that a defective unit looked at is found, above 0, at most 1.
    """

    found: Floats
    units: Floats
    detection: Floats

    def and_also(self, other: Lots) -> Lots:
        """Both together."""
        return Lots(*(np.concatenate(both) for both in zip(self, other, strict=True)))


def lots_log_likelihood(lots: Lots, logit: Floats, precision: Floats, *, exact: bool = True) -> Floats:
    """Log likelihood of all lots of a supplier.

    Parameters
    ----------
    logit
        Of the supplier's mean share, shape (F, M): its own means for each precision, ascending.
    precision
        φ, shape (F,).
    exact
        False: a detection below 1 is accounted for by two moments alone.

    Returns
    -------
    Floats
        Shape (F, M).

    Notes
    -----
    With d = 1 it is the beta-binomial law: ln B(a + k, b + n - k) - ln B(a, b) with a = m φ, b = (1 - m) φ. With d
    below 1 the beta law with the moments of d times the share stands in, and the difference to the integral over the
    share (`lot_log_likelihood`) is added wherever the lots are not hopelessly unlikely.
    """
    total = np.zeros(logit.shape)
    phi = np.broadcast_to(precision[:, None], logit.shape)
    for detection in np.unique(lots.detection):
        chosen = lots.detection == detection
        found, units = lots.found[chosen], lots.units[chosen]
        first, second = _shapes(logit, phi, detection)
        part = _rising(first, found) + _rising(second, units - found) - _rising(first + second, units)
        if exact and detection < 1:
            likely = part > part.max() - _HOPELESS
            part[likely] += _detection_difference(found, units, detection, logit[likely], phi[likely])
        total += part
    return total


def lot_log_likelihood(found: Floats, units: Floats, detection: float, logit: Floats, precision: Floats) -> Floats:
    """Log likelihood of single lots, the lot's share integrated out by quadrature; arguments are broadcast.

    Notes
    -----
    ∫ s^(a+k-1) (1-s)^(b-1) (1-ds)^(n-k) ds in x = logit s. The slope of the log integrand is a quadratic in s with one
    root in 0..1, so it has one peak, known in closed form. The trapezoidal rule in t with x = peak + width sinh t
    reaches the exponential tails, which are long where a or b is small, with few nodes.
    """
    from scipy.special import betaln, expit, log_expit

    first, second = expit(logit) * precision, expit(-logit) * precision
    missed, power = units - found, first + found
    if detection == 1:
        return np.asarray(betaln(power, second + missed) - betaln(first, second))
    share = _peak(power, second, missed, detection)
    peak = np.log(share) - np.log1p(-share)
    width = 1 / np.sqrt(np.maximum(_curvature(power, second, missed, detection, share), 1e-8))
    left, right = np.arcsinh(_TAIL / power / width + 8), np.arcsinh(_TAIL / second / width + 8)
    step = (left + right) / (_NODES - 1)
    t = step[..., None] * np.arange(_NODES) - left[..., None]
    x = peak[..., None] + width[..., None] * np.sinh(t)
    log_integrand = (
        power[..., None] * log_expit(x)
        + second[..., None] * log_expit(-x)
        + missed[..., None] * np.log1p(-detection * expit(x))
    )
    top = log_integrand.max(axis=-1)
    integral = (np.exp(log_integrand - top[..., None]) * np.cosh(t)).sum(axis=-1) * width * step
    return np.asarray(np.log(integral) + top + found * np.log(detection) - betaln(first, second))


def _shapes(logit: Floats, precision: Floats, detection: float) -> tuple[Floats, Floats]:
    """Shapes of the beta law with the mean and the variance of `detection` times a lot's share."""
    from scipy.special import expit

    mean, rest = expit(logit), expit(-logit)
    unseen = rest + (1 - detection) * mean
    matched = unseen * (precision + 1) / (detection * rest) - 1 if detection < 1 else precision
    return detection * mean * matched, unseen * matched


def _rising(shape: Floats, times: Floats) -> Floats:
    """Sum over lots of ln Γ(shape + times) - ln Γ(shape), equal times taken together."""
    from scipy.special import gammaln

    values, counts = np.unique(times[times > 0], return_counts=True)
    total = -gammaln(shape) * counts.sum()
    size = max(_CHUNK // shape.size, 1)
    for start in range(0, values.size, size):
        part = slice(start, start + size)
        total += gammaln(shape[..., None] + values[part]) @ counts[part].astype(float)
    return np.asarray(total) if values.size else np.zeros(shape.shape)


def _detection_difference(found: Floats, units: Floats, detection: float, logit: Floats, precision: Floats) -> Floats:
    """Sum over lots of what the quadrature says more than the stand-in; shape (P,) like its last two arguments."""
    pairs, counts = _representatives(found, units)
    first, second = _shapes(logit, precision, detection)
    total = np.zeros(logit.shape)
    size = max(_CHUNK // (logit.size * _NODES), 1)
    for start in range(0, counts.size, size):
        k, n = pairs[:, start : start + size, None]
        exact = lot_log_likelihood(k, n, detection, logit, precision)
        total += counts[start : start + size] @ (exact - _stand_in(k, n, first, second))
    return total


def _representatives(found: Floats, units: Floats) -> tuple[Floats, Floats]:
    """Distinct lots and how many are like each; of very many, every so-and-so-manieth stands for its neighbours."""
    pairs, counts = np.unique(np.stack([found, units]), axis=1, return_counts=True)
    if counts.size <= _REPRESENTATIVES:
        return pairs, counts.astype(float)
    groups = np.array_split(np.arange(counts.size), _REPRESENTATIVES)
    return pairs[:, [group[group.size // 2] for group in groups]], np.array([counts[g].sum() for g in groups], float)


def _stand_in(found: Floats, units: Floats, first: Floats, second: Floats) -> Floats:
    from scipy.special import gammaln

    return np.asarray(
        gammaln(first + found)
        - gammaln(first)
        + gammaln(second + units - found)
        - gammaln(second)
        - gammaln(first + second + units)
        + gammaln(first + second)
    )


def _peak(power: Floats, second: Floats, missed: Floats, detection: float) -> Floats:
    square = detection * (power + second + missed)
    middle = power * (1 + detection) + second + missed * detection
    return np.asarray(2 * power / (middle + np.sqrt(np.maximum(middle**2 - 4 * square * power, 0))))


def _curvature(power: Floats, second: Floats, missed: Floats, detection: float, share: Floats) -> Floats:
    seen = 1 - detection * share
    bend = detection * missed * (1 - 2 * share + detection * share**2) / seen**2
    return share * (1 - share) * (power + second + bend)
