"""What is to be expected once some inputs are known: a smooth curve, or surface, through scattered findings.

A penalised spline of low rank. Among all functions it looks for the one that comes near to the findings without
bending more than they ask for: with one input the natural cubic smoothing spline (Reinsch 1967, *Smoothing by spline
functions*), with more the radial function ``r**3``, which goes with a linear trend in any number of inputs (Wendland
2005, *Scattered data approximation*, theorem 8.16). A few dozen centres do for thousands of findings (Wood 2003, *Thin
plate regression splines*); how much it may bend is settled by generalised cross-validation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_CENTRES_PER_INPUT: Final = 40
_MOST_CENTRES: Final = 160
_FINDINGS_PER_CENTRE: Final = 4
_CAUTION: Final = 1.4
"""Each degree of freedom counts this much: cross-validation by itself follows noise now and then, and a factor of 1.4
cures it at next to no cost (Kim and Gu 2004, *Smoothing spline Gaussian regression*, section 3)."""
_PENALTIES: Final = np.concatenate([np.logspace(-8, 4, 49), [np.inf]])
"""Weights of the bending that are tried, in units of the largest eigenvalue; the last leaves the linear trend alone."""
_NEGLIGIBLE: Final = 1e-10


@dataclass(frozen=True, slots=True)
class ConditionalMeans:
    """Fitted means of several outcomes, given the same inputs.

    Attributes
    ----------
    shift, scale
        Shape (inputs,): what is taken off the inputs, and what they are then divided by.
    centres
        Shape (centres, inputs), of the scaled inputs.
    trend
        Shape (1 + inputs, outcomes): the linear part.
    bends
        Shape (centres, outcomes): weights of the radial functions about the centres.
    freedom
        Shape (outcomes,): degrees of freedom that the findings asked for.
    """

    shift: Floats
    scale: Floats
    centres: Floats
    trend: Floats
    bends: Floats
    freedom: Floats

    def at(self, inputs: Floats) -> Floats:
        """Means where the inputs have these values, shape (points, inputs); the answer has shape (points, outcomes)."""
        scaled = (inputs - self.shift) / self.scale
        return np.asarray(_with_constant(scaled) @ self.trend + _radial(scaled, self.centres) @ self.bends)


def conditional_means(inputs: Floats, outcomes: Floats) -> ConditionalMeans:
    """Means of outcomes as smooth functions of the inputs.

    Parameters
    ----------
    inputs
        Shape (findings, inputs).
    outcomes
        Shape (findings, outcomes); what the inputs do not explain is noise about the mean, independent from finding
        to finding.

    Returns
    -------
    ConditionalMeans
        Each outcome with a penalty of its own: the one with the least generalised cross-validation score.

    Notes
    -----
    In the basis of Demmler and Reinsch (Ruppert, Wand and Carroll 2003, *Semiparametric regression*, section 3.8) a
    penalty ``a`` shrinks each direction by ``e / (e + a)``, ``e`` its eigenvalue, so that all penalties are tried at
    the cost of one singular value decomposition.
    """
    shift, spread = inputs.mean(axis=0), inputs.std(axis=0)
    scale = np.where(spread > _NEGLIGIBLE * np.maximum(np.abs(shift), 1.0), spread, 1.0)
    scaled = (inputs - shift) / scale
    linear, centres = _with_constant(scaled), _centres(scaled)
    bending = _bending(centres)
    basis = _radial(scaled, centres) @ bending
    inverse, *_ = np.linalg.lstsq(linear, np.column_stack([basis, outcomes]), rcond=None)
    left = np.column_stack([basis, outcomes]) - linear @ inverse
    left_basis, left_outcomes = left[:, : basis.shape[1]], left[:, basis.shape[1] :]
    directions, sizes, turned = np.linalg.svd(left_basis, full_matrices=False)
    along = directions.T @ left_outcomes
    kept, freedom = _shrinkage(sizes**2, along, left_outcomes, linear.shape[1])
    # Directions that the findings say nothing of are not followed.
    sure = sizes > _NEGLIGIBLE * max(float(sizes.max(initial=0.0)), 1e-300)
    weights = turned.T @ (np.where(sure[:, None], kept * along, 0.0) / np.where(sure, sizes, 1.0)[:, None])
    trend = inverse[:, basis.shape[1] :] - inverse[:, : basis.shape[1]] @ weights
    return ConditionalMeans(shift, scale, centres, trend, bending @ weights, freedom)


def _with_constant(scaled: Floats) -> Floats:
    return np.column_stack([np.ones(len(scaled)), scaled])


def _radial(scaled: Floats, centres: Floats) -> Floats:
    squares = np.zeros((len(scaled), len(centres)))
    for column, centre in zip(scaled.T, centres.T, strict=True):
        squares += np.square(column[:, None] - centre[None, :])
    return np.asarray(squares**1.5)


def _centres(scaled: Floats) -> Floats:
    """Where bending is allowed: evenly over the distinct values of one input, at some of the findings of several."""
    findings, inputs = scaled.shape
    most = min(_CENTRES_PER_INPUT * inputs, _MOST_CENTRES, findings // _FINDINGS_PER_CENTRE)
    if inputs > 1:
        some = np.linspace(0, findings - 1, most).round().astype(np.int64)
        return np.unique(scaled[some], axis=0)
    distinct = np.unique(scaled)
    chosen = np.linspace(0, len(distinct) - 1, min(most, len(distinct))).round().astype(np.int64)
    return np.asarray(distinct[chosen, None])


def _bending(centres: Floats) -> Floats:
    """Weights of the radial functions that hold no linear trend, turned so that the penalty is the identity."""
    _, sizes, turned = np.linalg.svd(_with_constant(centres).T)
    rank = int((sizes > _NEGLIGIBLE * float(sizes.max(initial=1.0))).sum())
    free = turned[rank:].T
    energy, axes = np.linalg.eigh(free.T @ _radial(centres, centres) @ free)
    bends = energy > _NEGLIGIBLE * float(energy.max(initial=1e-300))
    return np.asarray(free @ axes[:, bends] / np.sqrt(energy[bends]))


def _shrinkage(eigenvalues: Floats, along: Floats, left: Floats, linear: int) -> tuple[Floats, Floats]:
    """How much of each direction is kept, shape (directions, outcomes), and the degrees of freedom of each outcome."""
    findings = len(left)
    ratios = _PENALTIES * max(float(eigenvalues.max(initial=0.0)), 1e-300)
    kept = eigenvalues[:, None] / (eigenvalues[:, None] + ratios[None, :])
    freedom = linear + kept.sum(axis=0)
    total = np.square(left).sum(axis=0)
    missed = total[None, :] - (1 - np.square(1 - kept)).T @ np.square(along)
    room = np.maximum(findings - _CAUTION * freedom, _NEGLIGIBLE * findings)
    best = np.argmin(np.maximum(missed, 0.0) / np.square(room)[:, None], axis=0)
    return kept[:, best], freedom[best]
