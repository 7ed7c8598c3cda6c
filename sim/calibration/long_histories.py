"""Histories that are longer than a fit can use: what of them is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.experiments.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pandas import DataFrame

    from sim.calibration.history import History

    Ints = NDArray[np.int64]

__all__ = ["drawn_whole", "shortened"]

_MOST_ORDERS: Final = 3_000
"""Of the supplier, and of others to borrow from: more make a fit slow and no longer surer, as times change."""


def drawn_whole(counts: Ints, most: int, rng: np.random.Generator) -> Ints:
    """Suppliers drawn by lot, each whole, until there is as much of them as can be used.

    The last of them may go beyond that. Left out, and with it whoever was drawn after it, a few large suppliers would
    leave next to nothing of all the others; and passed over, large suppliers would hardly ever be drawn.

    Parameters
    ----------
    counts
        What there is of each supplier, shape (V,).
    most
        How much can be used.
    rng
        Source of chance.

    Returns
    -------
    ndarray
        Their places in `counts`, in the order in which they were drawn: one at least, if there is any.
    """
    turn = rng.permutation(len(counts))
    drawn: Ints = turn[: np.searchsorted(np.cumsum(counts[turn]), most) + 1]
    return drawn


def shortened(history: History, supplier: str, rng: np.random.Generator) -> tuple[History, Sequence[str]]:
    """A history short enough to be fitted, and what was left out of it, in sentences.

    Kept are the supplier's last orders, and other suppliers as a whole, drawn by lot; of the one that goes beyond the
    limit the last orders.
    """
    orders, told = history.orders, []
    is_own = (orders["supplier"] == supplier).to_numpy(dtype=np.bool_)
    own, others = np.flatnonzero(is_own), np.flatnonzero(~is_own)
    if len(own) > _MOST_ORDERS:
        told.append(f"Of {len(own):,} orders of {supplier} the last {_MOST_ORDERS:,} promised were used.")
        own = _last_promised(orders, own, _MOST_ORDERS)
    if len(others) > _MOST_ORDERS:
        _, firms, counts = np.unique(orders["supplier"].to_numpy()[others], return_inverse=True, return_counts=True)
        *whole, last = drawn_whole(counts, _MOST_ORDERS, rng).tolist()
        room = _MOST_ORDERS - int(counts[whole].sum())
        part = _last_promised(orders, others[firms == last], room)
        cut = f"; of one of them the last {room:,} promised alone" if room < counts[last] else ""
        others = np.concatenate([others[np.isin(firms, whole)], part])
        told.append(
            f"Of {counted(len(counts), 'other supplier')} {len(whole) + 1:,}, drawn by lot, were used to borrow from "
            f"({len(others):,} orders{cut})."
        )
    if not told:
        return history, ()
    return replace(history, orders=orders.iloc[np.sort(np.concatenate([own, others]))].reset_index(drop=True)), told


def _last_promised(orders: DataFrame, places: Ints, most: int) -> Ints:
    """Of some rows the last promised; one without a promise goes by its order, and one without either goes first."""
    day = orders["promised"].fillna(orders["ordered"]).iloc[places].reset_index(drop=True)
    kept: Ints = day.sort_values(kind="stable", na_position="first").index.to_numpy()[-most:]
    return places[kept]
