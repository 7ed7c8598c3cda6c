"""What of a lot's quality is the supplier's own, on the scale on which the simulation draws it.

The simulation draws the share of a lot as the quantile of its law at Φ(z), z = √(1 - λ) z_firm + √λ z_lot. A skewed
law makes the shares of two lots resemble each other less than their scores do, so λ is not the share of the variance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_NODES: Final = 48
_TERMS: Final = 24
_HALVINGS: Final = 40


def score_lot_share(mean: Floats, sd: Floats, lot_share: Floats) -> Floats:
    """`lot_to_lot_share` with which lots of one firm differ by a given share of the variance of a lot.

    Parameters
    ----------
    mean, sd
        Of the beta law of a lot's share, shape (S,).
    lot_share
        Wanted share of its variance that is between lots of one firm, shape (S,).

    Returns
    -------
    Floats
        λ, shape (S,), at most `lot_share`.

    Notes
    -----
    With h_j the normalised Hermite polynomials and c_j = E[g(Z) h_j(Z)], g the quantile at Φ(Z), the covariance of two
    lots whose scores correlate by r = 1 - λ is Σ c_j² r^j, j ≥ 1 (Mehler's formula); it rises with r. What the terms
    left out hold is counted as one more power.
    """
    from scipy.special import betaincinv, ndtr

    size = mean * (1 - mean) / sd**2 - 1
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    quantiles = betaincinv((mean * size)[:, None], ((1 - mean) * size)[:, None], ndtr(nodes))
    powers = np.square(quantiles @ (_hermite(nodes) * weights / np.sqrt(2 * np.pi)).T)[:, 1:]
    rest = np.maximum(sd**2 - powers.sum(axis=1), 0)
    powers = np.column_stack([powers, rest])
    powers /= powers.sum(axis=1, keepdims=True)
    low, high = np.zeros(mean.shape), np.ones(mean.shape)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        below = (powers * middle[:, None] ** np.arange(1, _TERMS + 2)).sum(axis=1) < 1 - lot_share
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray(1 - (low + high) / 2)


def _hermite(nodes: Floats) -> Floats:
    """Normalised Hermite polynomials of the orders 0.._TERMS at the nodes, shape (_TERMS + 1, nodes)."""
    rows = [np.ones(nodes.size), nodes]
    for order in range(1, _TERMS):
        rows.append((nodes * rows[-1] - np.sqrt(order) * rows[-2]) / np.sqrt(order + 1))
    return np.array(rows)
