"""How often a selection is right, and how many replications it takes, against plans whose order is known.

    python tests/benchmarks/selection.py [--repetitions 300] [--only CASE] [--quick]

Every case is a scenario of the project. Which of its plans is best, and by how much, is found first: all plans with
200,000 replications, the two best with 5,000,000. The selection is then made again and again, each time under another
seed. Shown for each case, beside the share of right answers with Wilson's interval at 95 %:

- *best*: the share in which the very best plan was chosen, and *good*: one within the indifference of it. Procedure KN
  promises the first where the gap is at least the indifference, and nothing in particular where it is smaller;
- *skew*: of the differences to the best plan, the largest in size, after batching;
- *KN*: median replications of all plans together;
- *equal*: median of what it would have been had every plan been given as many as the longest-lived needed;
- *two-stage*: what the procedure of Clark and Yang (1986, *A Bonferroni selection procedure when using common random
  numbers with unknown variances*, Winter Simulation Conference, 313-315) takes for the same guarantee: after the same
  first stage every plan gets ``max_{i, l} (t S_il / delta) ** 2`` observations, t being Student's quantile at
  ``1 - alpha / (k - 1)``. Its variances are taken from the 200,000 here.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import dataclass
from itertools import combinations
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if __name__ == "__main__":  # run as a script, the project's root is not where Python looks
    sys.path[0] = str(Path(__file__).resolve().parents[2])

import numpy as np
from scipy import stats
from scipy.special import stdtrit

from sim.experiments import run
from sim.experiments.selection import FIRST, select
from sim.measures import paired_difference
from sim.measures.estimates import share_estimate
from sim.scenario import load_scenario
from tests.benchmarks.printed import Column, Measured
from tests.benchmarks.timing import ROOT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario import Scenario

_PILOT: Final = 200_000
_LONG: Final = 5_000_000
_TRUTH_SEED: Final = 1_000_000
_GUARANTEE: Final = 0.95
_WORKERS: Final = 2
_WORTH_THREADS: Final = 100
"""Replications of a batch below which threads only wait for each other."""


@dataclass(frozen=True, slots=True)
class Case:
    """A selection whose right answer is found first.

    Attributes
    ----------
    name
        Of the case.
    scenario
        Name of the scenario.
    indifference
        In its currency.
    batch
        Replications of a batch.
    plans
        Which of its plans; all where none is named.
    """

    name: str
    scenario: str
    indifference: float
    batch: int = 500
    plans: tuple[str, ...] = ()


_ONE_LOT: Final = ("one-lot-final-only", "one-lot-every-inspection", "no-inspection")
CASES: Final = (
    Case("hard", "chinese-new-year", 70),
    Case("hard, batches of 100", "chinese-new-year", 70, 100),
    Case("hard, batches of 20", "chinese-new-year", 70, 20),
    Case("hard, no batches", "chinese-new-year", 70, 1),
    Case("skewed", "repeat-order", 175),
    Case("skewed, batches of 20", "repeat-order", 175, 20),
    Case("hard and skewed", "electronics-every-inspection", 25, plans=_ONE_LOT),
    Case("fine", "chinese-new-year", 20),
    Case("coarse", "chinese-new-year", 700),
)


@dataclass(frozen=True, slots=True)
class Truth:
    """What long runs say.

    Attributes
    ----------
    best
        The best plan.
    gaps
        How much more every plan loses, in currency units.
    note
        The gap to the second best, in words.
    deviation
        Largest standard deviation of the differences of two plans.
    skew
        Largest skewness of the differences to the best plan, in size.
    """

    best: str
    gaps: dict[str, float]
    note: str
    deviation: float
    skew: float


def truth_of(scenario: Scenario, plans: tuple[str, ...], pilot: int, long: int) -> Truth:
    """What long runs say of the plans of a scenario."""
    options: dict[str, Any] = {"seed": _TRUTH_SEED, "tables": False, "workers": _WORKERS}
    tallies = run(scenario, plans=plans, replications=pilot, **options).tallies
    losses: dict[str, NDArray[np.float64]] = {name: tally.losses / 100 for name, tally in tallies.items()}
    first, second = sorted(losses, key=lambda name: float(losses[name].mean()))[:2]
    gaps = {name: float((values - losses[first]).mean()) for name, values in losses.items()}
    deviation = max(float(np.std(losses[one] - losses[two])) for one, two in combinations(losses, 2))
    skew = max(abs(float(stats.skew(losses[name] - losses[first]))) for name in losses if name != first)
    settled = run(scenario, plans=[first, second], replications=long, **options).tallies
    gap = paired_difference(settled[second].losses, settled[first].losses, _GUARANTEE).difference
    gaps[second] = gap.value
    best = first
    if gap.value < 0:
        best, gaps = second, {name: value - gap.value for name, value in gaps.items()}
    other = second if best == first else first
    note = f"{best} loses {abs(gap.value):,.2f} ± {gap.half_width:,.2f} less than {other} ({long:,} replications)"
    return Truth(best, gaps, note, deviation, skew)


def measured(cases: tuple[Case, ...], repetitions: int, pilot: int, long: int) -> Measured:
    """Share of right answers and replications of each case; told on the way, since it takes a while."""
    table = Measured(
        f"Selections with a guarantee of {_GUARANTEE:.0%}, {repetitions} repetitions of each case",
        (
            Column("case", "case"),
            Column("plans", "k", "d"),
            Column("gap", "gap", ",.1f"),
            Column("indifference", "indif-\nference", ",g"),
            Column("skew", "skew", ".2f"),
            Column("best", "best", ".1%"),
            Column("low", "Wilson\nlow", ".1%"),
            Column("high", "Wilson\nhigh", ".1%"),
            Column("good", "good", ".1%"),
            Column("used", "KN", ",d"),
            Column("equal", "equal", ",d"),
            Column("two_stage", "two-\nstage", ",d"),
        ),
    )
    known: dict[tuple[str, tuple[str, ...]], Truth] = {}
    for case in cases:
        scenario = load_scenario(ROOT / "scenarios" / f"{case.scenario}.yaml")
        key = case.scenario, case.plans
        if key not in known:
            known[key] = truth_of(scenario, case.plans, pilot, long)
            table.notes.append(f"{case.scenario}: {known[key].note}.")
        begun = time.process_time()
        table.rows.append(_repeated(case, scenario, known[key], repetitions))
        seconds = (time.process_time() - begun) / repetitions
        sys.stderr.write(f"{case.name}: {seconds:.3f} s of CPU a selection; {table.rows[-1]}\n")
    return table


def _repeated(case: Case, scenario: Scenario, truth: Truth, repetitions: int) -> dict[str, Any]:
    right = good = unreached = 0
    used, equal = [], []
    for seed in range(1, repetitions + 1):
        found = select(
            scenario,
            plans=case.plans,
            guarantee=_GUARANTEE,
            indifference=case.indifference,
            seed=seed,
            batch=case.batch,
            workers=_WORKERS if case.batch >= _WORTH_THREADS else 1,
        )
        right += found.chosen == truth.best
        good += truth.gaps[found.chosen] < case.indifference
        unreached += not found.reached
        used.append(found.replications)
        equal.append(found.equal_allocation)
    share = share_estimate(right, repetitions, 0.95)
    number = len(truth.gaps)
    quantile = float(stdtrit(FIRST - 1, 1 - (1 - _GUARANTEE) / (number - 1)))
    observations = max(FIRST, ceil((quantile * truth.deviation / case.indifference) ** 2 / case.batch))
    return {
        "case": case.name,
        "plans": number,
        "gap": sorted(truth.gaps.values())[1],
        "indifference": case.indifference,
        "skew": truth.skew / case.batch**0.5,
        "best": share.value,
        "low": share.low,
        "high": share.high,
        "good": good / repetitions,
        "used": round(statistics.median(used)),
        "equal": round(statistics.median(equal)),
        "two_stage": number * observations * case.batch,
        "unreached": unreached,
    }


def main() -> None:
    """Print one row a case."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repetitions", type=int, default=300)
    parser.add_argument("--only", choices=[case.name for case in CASES], action="append", metavar="CASE")
    parser.add_argument("--quick", action="store_true", help="see that it works; the figures mean little")
    given = parser.parse_args()
    cases = tuple(case for case in CASES if not given.only or case.name in given.only)
    effort = (3, 2_000, 10_000) if given.quick else (given.repetitions, _PILOT, _LONG)
    table = measured(cases, *effort)
    sys.stdout.write(table.text())


if __name__ == "__main__":
    main()
