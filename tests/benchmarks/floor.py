"""What a replication of the compiled engine consists of: its draws, which nothing could spare, and all the rest."""

from __future__ import annotations

import statistics
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from sim.engines import compiled
from sim.model import build_model
from sim.scenario import load_scenario
from tests.benchmarks.draws_alone import (
    ACCOUNTS,
    DISPUTE,
    FOUND,
    KINDS,
    REPLY_OF_BUYER,
    REPLY_OF_SUPPLIER,
    STORY,
    SUMS,
    DrawsAlone,
    prepare_draws,
    prepare_parts,
)
from tests.benchmarks.printed import Column, Measured
from tests.benchmarks.timing import MICRO, in_turns, ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sim.model import PlanModel
    from tests.benchmarks.timing import Times, Wanted

    Runs = dict[str, Callable[[], object]]

_PLANS: Final = 4
_DRAWS_ALONE: Final = (
    "Draws alone: every variate that the replications really use, by the same functions and addresses, recorded from "
    "the reference engine. What is found: hypergeometric and binomial counts. The last columns count draws a "
    "replication: disputes (16 uniforms, 8 values each), answers after the first, and inspected classes of defect."
)
_NOT_FOUND: Final = tuple(kind for kind in KINDS if kind != FOUND)


def floor(wanted: Wanted) -> Measured:
    """The whole kernel beside one that makes the same draws and nothing else."""
    measured = Measured(
        f"Draws alone against everything: {wanted.one.stem}, CPU microseconds a replication",
        (
            Column("plan", "plan"),
            Column("common", "common\ndraws", ".3f"),
            Column("needed", "+ when\nneeded", ".3f"),
            Column("found", "+ what\nis found", ".3f"),
            Column("alone", "= draws\nalone", ".3f"),
            Column("full", "every-\nthing", ".3f"),
            Column("ratio", "times\nthe draws", ".2f"),
            Column("disputes", "dis-\nputes", ".2f"),
            Column("replies", "later\nanswers", ".2f"),
            Column("classes", "in-\nspected", ".2f"),
        ),
        notes=[_DRAWS_ALONE],
    )
    prepare_draws()
    for model, alone in _plans(wanted):
        runs: Runs = {
            "common": alone.make,
            "needed": partial(alone.make, *_NOT_FOUND),
            "alone": partial(alone.make, *KINDS),
            "full": partial(compiled.summarise, model, range(alone.count)),
        }
        times = _timed(runs, wanted)
        micros = {name: statistics.median(column) / alone.count * MICRO for name, column in times.items()}
        measured.rows.append(
            {
                "plan": model.plan,
                "common": micros["common"],
                "needed": micros["needed"] - micros["common"],
                "found": micros["alone"] - micros["needed"] if alone.of_kind(FOUND) else None,
                "alone": micros["alone"],
                "full": micros["full"],
                "ratio": ratio(times["full"], times["alone"]),
                "disputes": alone.of_kind(DISPUTE) / alone.count,
                "replies": alone.of_kind(REPLY_OF_SUPPLIER, REPLY_OF_BUYER) / alone.count,
                "classes": alone.of_kind(FOUND) / alone.count,
            }
        )
    return measured


def parts(wanted: Wanted) -> Measured:
    """What each part of the kernel adds to the draws."""
    measured = Measured(
        f"What each part adds: {wanted.one.stem}, CPU microseconds a replication",
        (
            Column("plan", "plan"),
            Column("draws", "draws alone", ".3f"),
            Column("story", "+ story", ".3f"),
            Column("accounts", "+ accounts", ".3f"),
            Column("sums", "+ sums", ".3f"),
            Column("parts", "= the parts", ".3f"),
            Column("full", "as called", ".3f"),
        ),
        notes=["As called: `summarise`, with what Python does around the kernel."],
    )
    prepare_draws()
    prepare_parts()
    for model, alone in _plans(wanted):
        runs: Runs = {
            "draws": partial(alone.make, *KINDS),
            "story": partial(alone.as_far, STORY),
            "accounts": partial(alone.as_far, ACCOUNTS),
            "sums": partial(alone.as_far, SUMS),
            "full": partial(compiled.summarise, model, range(alone.count)),
        }
        times = _timed(runs, wanted)
        micros = {name: statistics.median(column) / alone.count * MICRO for name, column in times.items()}
        measured.rows.append(
            {
                "plan": model.plan,
                "draws": micros["draws"],
                "story": micros["story"] - micros["draws"],
                "accounts": micros["accounts"] - micros["story"],
                "sums": micros["sums"] - micros["accounts"],
                "parts": micros["sums"],
                "full": micros["full"],
            }
        )
    return measured


def _plans(wanted: Wanted) -> Iterator[tuple[PlanModel, DrawsAlone]]:
    """The first plans of the scenario, with their draws recorded."""
    for plan in load_scenario(wanted.one).plans[:_PLANS]:
        yield _recorded(wanted.one, plan.name, wanted.effort.recorded)


@lru_cache(maxsize=_PLANS)
def _recorded(scenario: Path, plan: str, replications: int) -> tuple[PlanModel, DrawsAlone]:
    """A plan with its draws, which take a while to record, for both sections."""
    model = build_model(load_scenario(scenario), plan)
    return model, DrawsAlone(model, replications)


def _timed(runs: Runs, wanted: Wanted) -> Times:
    """Times of many short rounds, after one to warm up: each takes some hundredths of a second."""
    in_turns(runs, 1)
    return in_turns(runs, 5 * wanted.effort.rounds)
