"""Lots of which only the sample before shipment is known: its defective units, all classes together, split by class.

The split is drawn, not shared out by a fixed key: which class a unit belongs to is unknown, and differs from lot to
lot. Several histories completed in this way are fitted, and their draws pooled (multiple imputation).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SWEEPS: Final = 30


class Samples(NamedTuple):
    """Samples before shipment, one a lot: units looked at and defective ones found among them, shape (N,)."""

    suppliers: tuple[str, ...]
    units: Floats
    found: Floats


def classes_drawn(
    samples: Samples, means: Floats, precisions: Floats, detection: float, rng: np.random.Generator
) -> Floats:
    """Defective units of each sample by class.

    Parameters
    ----------
    means
        Mean share of the lot's supplier, by class and lot, shape (C, N).
    precisions
        Of the lots, by class, shape (C,).
    detection
        Probability that the inspector finds a defective unit of the sample.

    Returns
    -------
    Floats
        Whole numbers, shape (C, N), which add up to `samples.found`.

    Notes
    -----
    Gibbs sampling of the split (multinomial, in proportion to the lot's shares) and of the lot's shares given the
    split, beta taken as gamma, which for small shares it is: gamma(m φ + found, rate φ + units times detection).
    """
    shapes, rates = means * precisions[:, None], precisions[:, None] + samples.units * detection
    shares = means
    split = np.zeros(means.shape)
    for _ in range(_SWEEPS):
        parts = np.maximum(shares, 1e-300)
        split = rng.multinomial(samples.found.astype(np.int64), (parts / parts.sum(axis=0)).T).T.astype(float)
        shares = rng.gamma(shapes + split) / rates
    return split
