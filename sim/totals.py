"""Totals of replications: what their outcomes add up to, exactly, and the loss of each.

Sums are kept as whole numbers of cents, minutes or units, so that they do not depend on the order in which replications
were added up, nor on who added them: an engine may hand on totals instead of its outcomes, and every measure stays the
same to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.outcomes import LossComponent, RecoveryRule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.outcomes import Records

PLAIN: Final = ("loss", "ground_up", "recovered", "peak_cash_out", "closed", "served_units")
COMPONENTS: Final = tuple(f"loss.{component.name.lower()}" for component in LossComponent)
DROPS: Final = tuple(f"recovery.{rule.name.lower()}" for rule in RecoveryRule)
SUMMED: Final = (*PLAIN, *COMPONENTS, *DROPS)
"""What is summed over replications: fields of their records, the components of the loss, the drops of the recovery."""

LARGEST_VALUE: Final = 1 << 44
"""Largest outcome whose square is summed exactly: 175 billion in currency, 33 million years in minutes. The difference
of two such outcomes is summed exactly as well."""

ROWS_AT_ONCE: Final = 4096
_HALF_BITS: Final = 20
"""Values are squared in two halves of 20 and up to 25 bits: no sum of `ROWS_AT_ONCE` products leaves 64 bits."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a range of replications of one plan adds up to.

    Attributes
    ----------
    losses
        Shape (R,), in cents, in the order of replication numbers.
    sums, squares
        Exact sums of the outcomes that `SUMMED` names, in its order, and of their squares.
    late
        Replications in which an order was late.
    with_claim
        Replications with a claim.
    """

    losses: NDArray[np.int64]
    sums: tuple[int, ...]
    squares: tuple[int, ...]
    late: int
    with_claim: int


def totals_of(replications: Records) -> Totals:
    """Totals of replications that have been recorded.

    Parameters
    ----------
    replications
        Shape (R,), dtype `sim.outcomes.REPLICATION_RECORD`.
    """
    plain = [replications[name][:, np.newaxis] for name in PLAIN]
    columns = np.concatenate([*plain, replications["components"], replications["drops"]], axis=1)
    sums, squares = exact_totals(columns)
    return Totals(
        losses=replications["loss"].copy(),
        sums=sums,
        squares=squares,
        late=int(np.count_nonzero(replications["orders_late"])),
        with_claim=int(np.count_nonzero(replications["claims"])),
    )


def exact_totals(columns: NDArray[np.int64]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Exact sums, and sums of squares, of each column.

    Parameters
    ----------
    columns
        Shape (replications, columns), whole numbers below `LARGEST_VALUE` in size or differences of two of them.

    Returns
    -------
    tuple of tuples of int
        The sums and the sums of squares, one for each column.
    """
    sums = squares = [0] * columns.shape[1]
    for start in range(0, len(columns), ROWS_AT_ONCE):
        rows = columns[start : start + ROWS_AT_ONCE]
        sums = _added(sums, rows.sum(axis=0).tolist())
        squares = _added(squares, _exact_squares(rows))
    return tuple(sums), tuple(squares)


def _exact_squares(rows: NDArray[np.int64]) -> list[int]:
    high = rows >> _HALF_BITS
    low = rows & ((1 << _HALF_BITS) - 1)

    def product(a: NDArray[np.int64], b: NDArray[np.int64]) -> list[int]:
        summed: list[int] = np.einsum("rk,rk->k", a, b).tolist()
        return summed

    parts = zip(product(high, high), product(high, low), product(low, low), strict=True)
    return [(hh << 2 * _HALF_BITS) + (hl << _HALF_BITS + 1) + ll for hh, hl, ll in parts]


def _added(ours: list[int], more: list[int]) -> list[int]:
    return [one + other for one, other in zip(ours, more, strict=True)]
