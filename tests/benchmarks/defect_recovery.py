"""How often the 90 % intervals of the fit of defects hold the truth, over simulated histories of 10, 40 and 200 orders.

``python tests/benchmarks/defect_recovery.py`` draws 200 histories of each length, of four suppliers: once with truths
drawn from the priors of the fit (then 90 % of the intervals hold the truth, up to chance), and once with fixed truths
that a scenario might have. ``--histories`` makes it smaller.
"""

from __future__ import annotations

import argparse
import sys
import time
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click
import numpy as np

ROOT: Final = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORDERS: Final = (10, 40, 200)
SUPPLIERS: Final = 4
EXPECTED: Final = 0.03


class Truth(NamedTuple):
    """Mean of suppliers' means, their precision, and that of lots."""

    level: float
    likeness: float
    precision: float


FIXED: Final = Truth(0.04, 50.0, 40.0)


def drawn_truth(rng: np.random.Generator) -> Truth:
    """A truth from the priors of the fit."""
    from sim.calibration.defect_levels import LEVEL_SPREAD, LOT_SHAPE, SHAPE_SPREAD

    level = 1 / (1 + np.exp(-rng.normal(log(EXPECTED / (1 - EXPECTED)), LEVEL_SPREAD)))
    likeness = np.exp(rng.normal(0, SHAPE_SPREAD)) / level
    precision = np.exp(LOT_SHAPE[1] * rng.standard_t(LOT_SHAPE[0])) / level
    return Truth(float(level), float(likeness), float(precision))


def held(truth: Truth, orders: int, detection: float, rng: np.random.Generator) -> dict[str, bool]:
    """Whether the interval of each number holds its truth, for one history."""
    from sim.calibration.beta_binomial import Lots
    from sim.calibration.defect_levels import level_posterior

    means = np.clip(rng.beta(truth.level * truth.likeness, (1 - truth.level) * truth.likeness, SUPPLIERS), 1e-9, 1)
    owners = np.arange(orders) % SUPPLIERS
    shares = rng.beta(means[owners] * truth.precision, (1 - means[owners]) * truth.precision)
    units = rng.integers(200, 3000, orders)
    found = rng.binomial(units, shares * detection)
    lots = {
        f"s{firm}": Lots(
            found[owners == firm].astype(float),
            units[owners == firm].astype(float),
            np.full(sum(owners == firm), detection),
        )
        for firm in range(SUPPLIERS)
    }
    fit = level_posterior(lots, EXPECTED, 1000, rng)
    draws, mean = fit.draws, fit.supplier_means("s0", rng)
    between, within = draws.between_suppliers(), draws.between_lots()
    true_between = truth.level * (1 - truth.level) / (truth.likeness + 1)
    true_within = true_between * truth.likeness / (truth.precision + 1)
    pairs: dict[str, tuple[NDArray[np.float64], float]] = {
        "supplier's mean": (mean, float(means[0])),
        "its lots' sd": (
            np.sqrt(mean * (1 - mean) / (draws.precision + 1)),
            float(np.sqrt(means[0] * (1 - means[0]) / (truth.precision + 1))),
        ),
        "precision of lots": (draws.precision, truth.precision),
        "new supplier's mean": (draws.level, truth.level),
        "new supplier's sd": (np.sqrt(between + within), float(np.sqrt(true_between + true_within))),
        "share between lots": (within / (between + within), true_within / (true_between + true_within)),
    }
    bounds = {name: np.quantile(values, [0.05, 0.95]) for name, (values, _) in pairs.items()}
    return {name: bool(bounds[name][0] <= true <= bounds[name][1]) for name, (_, true) in pairs.items()}


def main() -> None:
    """Read the command line, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--histories", type=int, default=200)
    parser.add_argument("--detection", type=float, default=1.0)
    given = parser.parse_args()
    for drawn in (True, False):
        click.echo(f"truths {'drawn from the priors' if drawn else f'fixed: {FIXED}'}, detection {given.detection:g}")
        for orders in ORDERS:
            rng = np.random.default_rng(orders)
            begun = time.perf_counter()
            rows = [
                held(drawn_truth(rng) if drawn else FIXED, orders, given.detection, rng) for _ in range(given.histories)
            ]
            told = ", ".join(f"{name} {np.mean([row[name] for row in rows]):.1%}" for name in rows[0])
            click.echo(f"  {orders:>3} orders, {time.perf_counter() - begun:.0f} s: {told}")


if __name__ == "__main__":
    main()
