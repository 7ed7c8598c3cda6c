"""What a look before ordering would show: the record of further orders, or a sample of a lot.

A first look tells less than the exact value of what it is about. It is worth what the best plan chosen after it saves
on average, over the looks that the belief foresees (Raiffa and Schlaifer 1961, *Applied statistical decision theory*:
the expected value of sample information). For each point of a study one look is simulated from the values of that
point; its few numbers then stand in a regression where the exact values would (Strong, Oakley, Brennan and Breeze 2015,
*Estimating the expected value of sample information using the probabilistic sensitivity analysis sample*).

That a firm's own quality, which its lots share, is seen in its first lot is left out: it is drawn anew for the order
itself, as it is at every point. A plan that orders a probe first holds that part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.errors import InputError, Problem
from sim.experiments.wording import unknown_name
from sim.random.scores import shared_score
from sim.rules.lots import major_share

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from sim.random.distributions import Distribution
    from sim.scenario import Scenario
    from sim.scenario.suppliers import DefectsSpec, SupplierSpec

    Floats = NDArray[np.float64]

MOST_ORDERS: Final = 1_000
MOST_UNITS: Final = 1_000_000
_EDGE: Final = 1e-12


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What is looked at.

    Attributes
    ----------
    supplier
        Of the scenario.
    orders
        Orders that run their course: whether and when they ship is seen, and each lot of the quantity that the buyer
        needs is checked unit by unit. 0 for a look at a lot alone.
    units
        Units of one lot that are checked; 0 for orders.
    """

    supplier: str
    orders: int = 0
    units: int = 0

    @property
    def name(self) -> str:
        """In words."""
        if self.units:
            return f"{self.units:,} unit{'' if self.units == 1 else 's'} of {self.supplier} checked"
        return f"{self.orders:,} more order{'' if self.orders == 1 else 's'} of {self.supplier}"


def looks_checked(looks: Sequence[FirstLook], scenario: Scenario) -> None:
    """Refuse looks that there are none of.

    Raises
    ------
    InputError
        An unknown supplier, or a number that is too small, too large or given twice.
    """
    suppliers = scenario.model.suppliers
    problems = [
        unknown_name(f"there is no supplier {look.supplier!r} in {scenario.name}", look.supplier, suppliers)
        for look in looks
        if look.supplier not in suppliers
    ]
    problems += [
        Problem(
            f"{look.name if look.orders or look.units else f'nothing of {look.supplier}'}: no number to look at",
            hint=f"1 to {MOST_ORDERS:,} orders, or 1 to {MOST_UNITS:,} units",
        )
        for look in looks
        if not look.orders + look.units or look.orders > MOST_ORDERS or look.units > MOST_UNITS
    ]
    problems += [Problem(f"{look.name}: asked for twice") for look in dict.fromkeys(looks) if looks.count(look) > 1]
    if problems:
        raise InputError(*problems)


def looks_taken(look: FirstLook, scenarios: Iterable[Scenario], rng: np.random.Generator) -> Floats:
    """What a look shows where the values of each scenario hold, once for each.

    Returns
    -------
    ndarray, shape (scenarios, numbers)
        Of orders: the share that never ships, the share late, how late on average (arsinh of the days), and the share
        of units with a defect of each class (its square root, which varies about equally much wherever it lies). Of a
        lot: the last three.
    """
    return np.array([_taken(look, one, rng) for one in scenarios])


def _taken(look: FirstLook, scenario: Scenario, rng: np.random.Generator) -> list[float]:
    supplier = scenario.model.suppliers[look.supplier]
    if look.units:
        return _defective(supplier.defects, 1, look.units, rng)
    shipped = int(rng.binomial(look.orders, 1 - supplier.never_ships_probability))
    timing = _timing(supplier, shipped, rng)
    lots = _defective(supplier.defects, shipped, int(scenario.model.need.quantity), rng)
    return [1 - shipped / look.orders, *timing, *lots]


def _timing(supplier: SupplierSpec, orders: int, rng: np.random.Generator) -> list[float]:
    """Share of orders late, and how late or long they take; of a supplier without promises, how long alone tells."""
    law = supplier.delay_days or supplier.production_days
    if law is None or not orders:
        return [0.0, 0.0]
    days = _drawn(law.distribution, rng.random(orders))
    return [float((days > 0).mean()), float(np.arcsinh(days).mean())]


def _defective(defects: DefectsSpec, lots: int, units: int, rng: np.random.Generator) -> list[float]:
    """Root of the share of units with a defect of each class, over all lots; lots of one firm resemble each other."""
    from scipy.special import ndtr

    found = []
    for law in (defects.critical, defects.major, defects.minor):
        scores = shared_score(np.full(lots, rng.standard_normal()), rng.standard_normal(lots), defects.lot_to_lot_share)
        shares = _drawn(law, ndtr(scores))
        if law is defects.major:
            bad = rng.random(lots) < defects.bad_lot.probability
            worse = _drawn(defects.bad_lot.share, rng.random(lots))
            shares = np.array([major_share(*each) for each in zip(shares, bad, worse, strict=True)])
        counts = rng.binomial(units, np.clip(shares, 0, 1))
        found.append(float(np.sqrt(counts.sum() / (units * lots))) if lots else 0.0)
    return found


def _drawn(law: Distribution, shares: Floats) -> Floats:
    """Values of a law below which these shares of it lie; the ends of an unbounded one are never asked for."""
    return np.asarray(law.ppf(np.clip(shares, _EDGE, 1 - _EDGE)), np.float64)
