"""How often the 90 % intervals of the fit of disputes hold the truth, over invented histories of 10, 40 and 200 orders.

``python tests/benchmarks/dispute_recovery.py`` invents 200 histories of each length. A quarter of the orders is
disputed, about a fifth of the disputes still open; each history has truths of its own, drawn around the values that
the priors are centred on. ``--histories`` makes it smaller. Coverage of 200 true 90 % intervals has a standard
deviation of 2 percentage points.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click
import numpy as np

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

if TYPE_CHECKING:
    from sim.calibration.disputes import DisputeFit
    from sim.calibration.history import History

ORDERS: Final = (10, 40, 200)
SETS: Final = 1_000
DISPUTED: Final = 4
"""One order in so many."""
WORTH: Final = 4.0
PATH: Final = "suppliers.mill"
BEFORE: Final[dict[str, Any]] = {
    f"{PATH}.disputes.reply_days": {"dist": "lognormal", "mean": 2.5, "sd": 2.5},
    f"{PATH}.disputes.silent_probability": 0.2,
    f"{PATH}.disputes.concedes_probability": 0.25,
    "disputes.uphold_probability": 0.5,
    "disputes.award_share": {"dist": "beta", "mean": 0.8, "sd": 0.15},
}
WINDOW: Final = 150
DECIDED_AFTER: Final = 40
LIMIT: Final = 7


class Truth(NamedTuple):
    """What is true of one supplier and its mediator, named as the scenario names it."""

    reply_mean: float
    silent: float
    concedes: float
    uphold: float
    award: float


PLACES: Final = (
    f"{PATH}.disputes.reply_days.mean",
    f"{PATH}.disputes.silent_probability",
    f"{PATH}.disputes.concedes_probability",
    "disputes.uphold_probability",
    "disputes.award_share.mean",
)


def invented(orders: int, rng: np.random.Generator) -> tuple[History, Truth, float]:
    """A history, what is true, and the share of disputes that are open."""
    from tests.unit.calibration.fabricated_orders import days_after, fabricated

    def near(mean: float) -> float:
        return float(rng.beta(WORTH * mean, WORTH * (1 - mean)))

    award = float(np.clip(0.8 + 0.075 * rng.standard_normal(), 0.5, 0.95))
    truth = Truth(2.5 * float(np.exp(0.3 * rng.standard_normal())), near(0.2), near(0.25), near(0.5), award)
    rows = [_dispute(truth, float(rng.integers(0, WINDOW)), rng) for _ in range(max(1, orders // DISPUTED))]
    known = [{key: _seen(key, value, row) for key, value in row.items()} for row in rows]
    columns: dict[str, Any] = {key: [row[key] for row in known] for key in known[0]}
    for key in ("dispute_opened", "replied", "dispute_ended"):
        columns[key] = days_after("2025-01-01", columns[key])
    as_of = np.datetime64("2025-01-01") + np.timedelta64(WINDOW, "D")
    still_open = sum(row["dispute_ended"] is None for row in known) / len(known)
    return fabricated(["mill"] * len(rows), str(as_of), **columns), truth, still_open


def _dispute(truth: Truth, opened: float, rng: np.random.Generator) -> dict[str, Any]:
    """One dispute to its end: answered in time and conceded, or decided by the mediator."""
    spread = np.sqrt(np.log(2.0))  # as wide as the mean is high
    days = float(np.exp(np.log(truth.reply_mean) - spread**2 / 2 + spread * rng.standard_normal()))
    answers = rng.random() >= truth.silent and round(days) <= LIMIT
    conceded = answers and rng.random() < truth.concedes
    upheld = rng.random() < truth.uphold
    worth = max(truth.award * (1 - truth.award) / 0.15**2 - 1, 2.0)
    share = float(rng.beta(truth.award * worth, (1 - truth.award) * worth))
    return {
        "dispute_opened": opened,
        "replied": opened + round(days) if answers else None,
        "dispute_ended": opened + (round(days) if conceded else DECIDED_AFTER),
        "claimed": 100.0,
        "refunded": 100.0 if conceded else 100 * share if upheld else 0.0,
        "outcome": "conceded" if conceded else "decided",
    }


def _seen(key: str, value: Any, row: dict[str, Any]) -> Any:  # noqa: ANN401 - a date, a sum or a word
    """What of a dispute is known on the last day."""
    if key in {"replied", "dispute_ended"}:
        return value if value is not None and value <= WINDOW else None
    return value if key in {"dispute_opened", "claimed"} or row["dispute_ended"] <= WINDOW else None


def intervals(fit: DisputeFit) -> dict[str, tuple[float, float]]:
    """Ends of the 90 % intervals, by the place of each number in a scenario."""
    draws = {place: values for one in fit.fitted for place, values in one.samples.items()}
    return {place: tuple(np.quantile(values, [0.05, 0.95]).tolist()) for place, values in draws.items()}


def main() -> None:
    """Read the command line, and measure."""
    from sim.calibration.disputes import fitted_disputes

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--histories", type=int, default=200)
    parser.add_argument("--sizes", type=int, nargs="+", default=ORDERS)
    given = parser.parse_args()
    for orders in given.sizes:
        begun = time.perf_counter()
        held: dict[str, list[bool]] = {name: [] for name in Truth._fields}
        still_open = []
        for number in range(given.histories):
            rng = np.random.default_rng([orders, number])
            history, truth, share = invented(orders, rng)
            still_open.append(share)
            fit = fitted_disputes(history, "mill", path=PATH, sets=SETS, rng=rng, before=BEFORE, worth=WORTH)
            ends = intervals(fit)
            for name, place, true in zip(Truth._fields, PLACES, truth, strict=True):
                if place in ends:
                    held[name].append(ends[place][0] <= true <= ends[place][1])
        seconds = (time.perf_counter() - begun) / given.histories
        click.echo(f"{orders} orders, {np.mean(still_open):.0%} of the disputes open, {seconds:.2f} s a fit")
        for name, hits in held.items():
            click.echo(f"  {name:12} coverage {np.mean(hits) if hits else float('nan'):6.1%} of {len(hits)} fits")


if __name__ == "__main__":
    main()
