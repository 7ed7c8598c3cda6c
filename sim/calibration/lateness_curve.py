"""How late late orders are, as curves to look at: what was seen, what the laws say, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.calibration.lateness import counted_by_day, kaplan_meier

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.calibration.lateness import Candidate, Lateness
    from sim.calibration.lateness_laws import LatenessLaw
    from sim.calibration.lateness_posterior import LatenessDraws

    Floats = NDArray[np.float64]

__all__ = ["LatenessCurve", "Seen", "lateness_curve"]

_LAST: Final = 0.97
_LEAST_HORIZON: Final = 14
_POINTS: Final = 121
_CURVES: Final = 400
"""Draws that the band rests on: more would hardly move it."""


@dataclass(frozen=True)
class Seen:
    """Share of late orders that were recorded as later than each day, after Kaplan and Meier.

    Attributes
    ----------
    days
        0 to D, shape (D + 1,).
    later
        Shape (D + 1,), beginning with 1; NaN from where nobody was watched any more.
    orders
        Late orders that it rests on, open ones among them; one that is late since today tells nothing yet.
    """

    days: Floats
    later: Floats
    orders: int


@dataclass(frozen=True)
class LatenessCurve:
    """Curves of the share of late orders that are later than some days.

    Attributes
    ----------
    days
        Exact days, shape (P,), from 0.
    later, low, high
        The supplier's: mean and 90 % band of the posterior, shapes (P,).
    laws
        By name, best first: each law as fitted to all suppliers together, shapes (P,).
    everyone, own
        What was seen, of all suppliers and of this one; None without a late order.
    """

    days: Floats
    later: Floats
    low: Floats
    high: Floats
    laws: dict[str, Floats]
    everyone: Seen | None
    own: Seen | None


def lateness_curve(
    law: LatenessLaw,
    drawn: LatenessDraws,
    found: tuple[Candidate, ...],
    lateness: Lateness,
    code: int | None,
    longest: float,
) -> LatenessCurve:
    """Draw up the curves.

    Parameters
    ----------
    law
        The chosen one.
    drawn
        The supplier's posterior.
    found
        Every law as fitted to all suppliers together.
    lateness
        Late orders of all suppliers.
    code
        The supplier's number among them; None if it has none.
    longest
        Days that no lateness exceeds.
    """
    median, log_shape = drawn.median[:_CURVES], drawn.log_shape[:_CURVES]
    seen_most = float(np.max(lateness.days, initial=0))
    usual = float(np.median(law.quantile(_LAST, median, log_shape, longest)))
    horizon = min(longest, max(_LEAST_HORIZON, min(usual, seen_most)))
    days = np.linspace(0.0, np.ceil(horizon), _POINTS)
    within = law.share_within(np.full((len(median), 1), longest), median[:, None], log_shape[:, None])
    below = law.share_within(days[None, :], median[:, None], log_shape[:, None])
    below[:, 0] = 0.0
    draws = 1 - np.minimum(below / within, 1.0)
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    laws = {}
    for one in found:
        shares = one.law.share_within(days, np.array(one.median), np.array(one.log_shape))
        shares[0] = 0.0
        laws[one.law.name] = 1 - shares
    own = np.zeros(len(lateness.days), dtype=bool) if code is None else lateness.supplier == code
    everyone = np.ones(len(lateness.days), dtype=bool)
    return LatenessCurve(
        days, draws.mean(axis=0), low, high, laws, _seen(lateness, everyone, days[-1]), _seen(lateness, own, days[-1])
    )


def _seen(lateness: Lateness, chosen: NDArray[np.bool_], last: float) -> Seen | None:
    """Estimate the share that is later, at the ends of days; later ones than `last` count as still open then."""
    open_, horizon = lateness.open[chosen], int(last)
    if not (~open_).any():
        return None
    waited = np.minimum(lateness.waited[chosen], horizon)
    days = np.where(open_, waited + 1, lateness.days[chosen])  # one day more than could be seen: open
    shipped, left = counted_by_day(days[None, :], waited, horizon)
    later, watched = kaplan_meier(shipped, left)
    told = np.where(watched[0] > 0, later[0], np.nan)
    return Seen(np.arange(horizon + 1, dtype=np.float64), np.append(1.0, told), int(shipped.sum() + left.sum()))
