"""How late a supplier ships, as its orders and those of other suppliers tell it: often, and by how much.

On time, early and late orders are parts of a mixture. How often each happens and how late late orders are have
posteriors of their own; the part of early orders repeats what was seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sim.calibration.delay_cohort import DelayCohort, Orders, delay_cohort
from sim.calibration.fitted import Fitted, Prior
from sim.calibration.late_share import SHARE_PRIORS, share_population
from sim.calibration.lateness import FEWEST_TO_CHOOSE, Candidate, Goodness, Lateness, best_fitting, candidates, goodness
from sim.calibration.lateness_curve import LatenessCurve, lateness_curve
from sim.calibration.lateness_laws import law_title
from sim.calibration.lateness_posterior import LATENESS_PRIORS, lateness_draws
from sim.experiments.wording import counted, percentage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.calibration.lateness_laws import LatenessLaw
    from sim.calibration.lateness_posterior import LatenessDraws

    Floats = NDArray[np.float64]
    Component = dict[str, object]

__all__ = ["Between", "DelayFit", "fitted_delays", "late_orders", "re_agreed"]

_LONGEST: Final = 365.0
_FEW_ORDERS: Final = 5
_RE_AGREED_FROM: Final = 0.6
"""Of shipped orders, so many on the very day promised: suppliers hardly keep to the day, promises are moved."""


class Between(NamedTuple):
    """A figure and the interval in which it lies with 90 %."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class DelayFit:
    """What a history tells about how late one supplier ships.

    Attributes
    ----------
    fitted
        For the scenario. Weights at their posterior means; the law of lateness at the posterior means of the
        logarithms of its median and shape, because means and standard deviations themselves may have no mean.
    orders, late, open
        Orders of all suppliers that were due, late ones among them, and those of these that are still open.
    suppliers
        How many have an order that was due.
    own_orders, own_late, own_open
        The same of the wanted supplier.
    law
        Name of the law of lateness, as scenarios call it.
    candidates
        Every law, best first; none where no order tells a lateness.
    goodness
        Whether the law fits, all suppliers taken together; None where fewer than five latenesses are known.
    tau
        Standard deviation of the suppliers' log median lateness.
    late_share, mean_lateness, ninetieth_lateness
        Share of the supplier's orders that are late; days that late orders are late on average, and days that nine in
        ten of them do not exceed. Posterior mean of the share; the others are those of `fitted.value`.
    early_share
        Share of orders that are shipped before the promised day. Where none was seen they have no part in
        `fitted.value`, as nothing tells how early they would be.
    own_late_share, own_mean_lateness
        What its own orders say when taken alone, open ones counted as late but without a lateness: share late, and
        mean days of the late ones that were shipped. None where there are none.
    mean_delay
        Days from the promised day, all orders, early ones negative: mean of `fitted.value`.
    effective_draws
        Independent draws that the resampled posterior of lateness is worth.
    curve
        Of lateness, to look at.
    """

    fitted: Fitted
    orders: int
    late: int
    open: int
    suppliers: int
    own_orders: int
    own_late: int
    own_open: int
    law: str
    candidates: tuple[Candidate, ...]
    goodness: Goodness | None
    tau: Between
    late_share: Between
    mean_lateness: Between
    ninetieth_lateness: Between
    early_share: Between
    own_late_share: float | None
    own_mean_lateness: float | None
    mean_delay: float
    effective_draws: float
    curve: LatenessCurve


def fitted_delays(
    history: Orders, supplier: str, path: str, *, sets: int, rng: np.random.Generator, rounds: int = 99
) -> DelayFit:
    """Learn how late a supplier ships.

    Parameters
    ----------
    history
        Orders of this supplier and of others.
    supplier
        As the history calls it. One that the history does not know is taken for any supplier of its kind.
    path
        Of the input in the scenario, ``suppliers.mill.delay_days``.
    sets
        Draws from the posterior, 2 or more.
    rng
        Source of chance: the same state, the same fit.
    rounds
        Samples that the goodness of fit rests on; 0 for none.

    Returns
    -------
    DelayFit

    Raises
    ------
    InputError
        If no order was due by the end of the known world.
    """
    from sim.random.distributions import parse

    cohort = delay_cohort(history)
    code = cohort.code(supplier)
    own = cohort.supplier == (-1 if code is None else code)
    lateness, longest = late_orders(cohort)
    found = candidates(lateness)
    law = best_fitting(found, lateness)
    checked = goodness(next(c for c in found if c.law is law), lateness, rounds=rounds, rng=rng) if found else None
    drawn = lateness_draws(law, lateness.cells(pooled=False), code, sets=sets, rng=rng)
    late, early = _shares(cohort, code, sets, rng)
    value, samples = _written(path, law, drawn, longest, late, early, cohort.early_days(own))
    median, log_shape = (np.array([figure]) for figure in _point(drawn))
    given = parse(value)
    fit = DelayFit(
        fitted=Fitted(path, value, int(own.sum()), ""),
        orders=len(own),
        late=int(cohort.late.sum()),
        open=int(cohort.open.sum()),
        suppliers=len(cohort.suppliers),
        own_orders=int(own.sum()),
        own_late=int((own & cohort.late).sum()),
        own_open=int((own & cohort.open).sum()),
        law=law.name,
        candidates=found,
        goodness=checked,
        tau=_between(float(np.median(drawn.tau)), drawn.tau),
        late_share=_between(float(late.mean()), late),
        mean_lateness=_between(
            float(law.mean(median, log_shape, longest)[0]), law.mean(drawn.median, drawn.log_shape, longest)
        ),
        ninetieth_lateness=_between(
            float(law.quantile(0.9, median, log_shape, longest)[0]),
            law.quantile(0.9, drawn.median, drawn.log_shape, longest),
        ),
        early_share=_between(float(((1 - late) * early).mean()), (1 - late) * early),
        own_late_share=_mean(cohort.late[own]),
        own_mean_lateness=_mean(cohort.delay[own & cohort.late & ~cohort.open]),
        mean_delay=given.mean(),
        effective_draws=drawn.effective,
        curve=lateness_curve(law, drawn, found, lateness, code, longest),
    )
    handed_on = Fitted(
        path, value, fit.own_orders, _told(fit, supplier), samples, _priors(longest), _warnings(fit, cohort, longest)
    )
    return DelayFit(**{**fit.__dict__, "fitted": handed_on})


def late_orders(cohort: DelayCohort) -> tuple[Lateness, float]:
    """Give the late orders that tell a lateness, and the most days that an order is taken to be late."""
    shipped = cohort.delay[cohort.late & ~cohort.open]
    longest = max(_LONGEST, 2.0 * float(shipped.max(initial=0)))
    use = cohort.late & ~(cohort.open & (cohort.waited >= longest))
    return Lateness(cohort.supplier[use], cohort.delay[use], cohort.open[use], cohort.waited[use]), longest


def _shares(cohort: DelayCohort, code: int | None, sets: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw the share of late orders, and the share of early ones among those that are not late."""
    everyone = np.ones(len(cohort.delay), dtype=bool)
    drawn = []
    for marked, among in ((cohort.late, everyone), (cohort.delay < 0, ~cohort.late)):
        counted, orders = cohort.tallies(marked, among)
        own = (0, 0) if code is None else (int(counted[code]), int(orders[code]))
        drawn.append(share_population(counted, orders).draws(*own, sets, rng))
    late, early = drawn
    return late, early


def _point(drawn: LatenessDraws) -> tuple[float, float]:
    """Give the median and the log shape that stand for all draws."""
    return float(np.exp(np.log(drawn.median).mean())), float(drawn.log_shape.mean())


def _written(
    path: str, law: LatenessLaw, drawn: LatenessDraws, longest: float, late: Floats, early: Floats, days: list[float]
) -> tuple[Component, dict[str, Floats]]:
    """Write the mixture for a scenario, and the draws of every number in it that is not certain."""
    median, log_shape = _point(drawn)
    joint = law.described(np.append(drawn.median, median), np.append(drawn.log_shape, log_shape))
    parts: list[tuple[Floats, Component, dict[str, Floats]]] = [
        ((1 - late) * (1 - early if days else 1), {"dist": "constant", "value": 0}, {})
    ]
    if days:
        parts.append(((1 - late) * early, {"dist": "empirical", "values": days}, {}))
    figures = {key: _short(values[-1]) for key, values in joint.items()}
    lasting: Component = {"dist": law.name, **figures, "at_most": longest}
    parts.append((late, lasting, {key: values[:-1] for key, values in joint.items()}))
    weights = [round(float(weight.mean()), 6) for weight, *_ in parts]
    weights[0] = round(1 - sum(weights[1:]), 6)
    samples: dict[str, Floats] = {}
    for place, (weight, _, numbers) in enumerate(parts):
        begin = f"{path}.components.{place}"
        samples[f"{begin}.weight"] = weight
        samples |= {f"{begin}.{key}": values for key, values in numbers.items()}
    written = [{"weight": weight, **component} for weight, (_, component, _) in zip(weights, parts, strict=True)]
    return {"dist": "mixture", "components": written}, samples


def _short(figure: float) -> float:
    return float(f"{figure:.6g}")


def _between(value: float, draws: Floats) -> Between:
    low, high = np.quantile(draws, [0.05, 0.95])
    return Between(value, float(low), float(high))


def _mean(values: NDArray[np.bool_] | NDArray[np.int64]) -> float | None:
    return float(values.mean()) if len(values) else None


def _priors(longest: float) -> tuple[Prior, ...]:
    bound = Prior(
        "longest lateness",
        f"{longest:g} days: a year, or twice the longest seen",
        "an order later than that counts as never shipped, which a scenario tells apart",
    )
    return (*SHARE_PRIORS, *LATENESS_PRIORS, bound)


def _told(fit: DelayFit, supplier: str) -> str:
    usual = (
        f"late orders are {fit.mean_lateness.value:.1f} days late on average, "
        f"and one in ten is more than {fit.ninetieth_lateness.value:.0f} days late"
    )
    expected = f"{percentage(fit.late_share.value, 0)} of its orders are expected late"
    if not fit.own_orders:
        others = "the only supplier" if fit.suppliers == 1 else f"{fit.suppliers} suppliers"
        return f"No order of {supplier} was due; judged by {others} in the history, {expected}; {usual}."
    still = f", {fit.own_open} of them still open" if fit.own_open else ""
    were = "was" if fit.own_late == 1 else "were"
    return f"{fit.own_late} of {fit.own_orders} orders of {supplier} {were} late{still}; {expected}; {usual}."


def _orders(count: int) -> str:
    return counted(count, "late order")


def re_agreed(on_the_day: float | None) -> str | None:
    """Say what a history of promises that are nearly all kept to the day cannot tell; None of another history."""
    if on_the_day is None or on_the_day < _RE_AGREED_FROM:
        return None
    return (
        f"{percentage(on_the_day, 0)} of all shipped orders were shipped on the very day promised. Where promises are "
        "agreed anew when they cannot be kept, the late share that was found is a lower bound."
    )


def _warnings(fit: DelayFit, cohort: DelayCohort, longest: float) -> tuple[str, ...]:
    """Say what the history cannot tell."""
    known = fit.late - fit.open
    endless = int((cohort.open & (cohort.waited >= longest)).sum())
    p_value = None if fit.goodness is None else fit.goodness.p_value
    agreed_anew = re_agreed(cohort.on_the_day)
    told = {
        f"only {fit.own_orders} of the supplier's orders were due: the late share leans on other suppliers and on what "
        "was assumed": 0 < fit.own_orders < _FEW_ORDERS,
        "the history has no order of this supplier that was due: it is taken for any supplier": not fit.own_orders,
        "there is one supplier only: how much suppliers differ is assumed": fit.suppliers == 1,
        f"of {_orders(known)} it is known how late: how late late orders are is mostly assumed": (known < _FEW_ORDERS),
        f"of only {_orders(known)} it is known how late: no law can be told from another, lognormal is taken": (
            _FEW_ORDERS <= known < FEWEST_TO_CHOOSE
        ),
        f"{endless} orders are still open more than {longest:g} days after their promise: they count as late, but not "
        "for how late": endless > 0,
        agreed_anew or "": agreed_anew is not None,
        f"{law_title(fit.law)} is the best of {len(fit.candidates)} laws and still fits lateness badly "
        f"(p = {p_value or 0:.2f})": fit.goodness is not None and fit.goodness.fits_badly,
    }
    return tuple(text for text, holds in told.items() if holds)
