"""Tallies that grow: the same as those of one run to the last bit, within bounds, and no longer than somebody waits."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from sim.engines import engine_named
from sim.experiments import compare
from sim.experiments.comparison import compared
from sim.scenario import load_scenario
from sim.web.tallying import Kept, Shelf, Tallying
from sim.web.wishes import NobodyWaitsError, Wish
from tests.unit.web.visiting import SlowEngine, in_time

if TYPE_CHECKING:
    from pathlib import Path

    from sim.scenario import Scenario


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    from sim.scenario import template_text

    file = tmp_path / "a.yaml"
    file.write_text(template_text(), encoding="utf-8")
    return load_scenario(file, ["suppliers.shenzhen.assurance_limit=7000"])


PLANS = ("all-at-once", "two-halves", "probe-then-rest")


def test_growing_in_steps_is_the_same_as_one_run(scenario: Scenario) -> None:
    engine = engine_named("compiled")
    tallying = Tallying(engine, 2)

    async def visit() -> None:
        kept = Kept.of(scenario, PLANS)
        for replications in (300, 1_700, 5_000):
            await tallying.grown(kept, replications, Wish())
            found = compared(kept.result(engine.name))
            wanted = compare(scenario, plans=PLANS, replications=replications, engine=engine)
            assert found.verdict == wanted.verdict
            assert found.table.equals(wanted.table)
            assert found.run.summary.equals(wanted.run.summary)
            assert found.run.scenario.raw["run"] == wanted.run.scenario.raw["run"]

    in_time(visit())
    tallying.close()


def test_what_was_found_does_not_change_when_more_is_found(scenario: Scenario) -> None:
    tallying = Tallying(engine_named("compiled"), 1)

    async def visit() -> None:
        kept = Kept.of(scenario, PLANS)
        await tallying.grown(kept, 200, Wish())
        early = kept.result("compiled")
        before = {name: tally.losses.tolist() for name, tally in early.tallies.items()}
        await tallying.grown(kept, 3_000, Wish())
        assert early.n == 200
        assert {name: tally.losses.tolist() for name, tally in early.tallies.items()} == before
        assert early.tallies["two-halves"].sums["loss"].n == 200

    in_time(visit())
    tallying.close()


def test_work_stops_within_a_piece_when_nobody_waits(scenario: Scenario) -> None:
    engine = SlowEngine()
    tallying = Tallying(engine, 2)

    async def visit() -> None:
        kept, wish = Kept.of(scenario, PLANS), Wish()
        asyncio.get_running_loop().call_later(0.12, wish.over.set)
        begun = perf_counter()
        with pytest.raises(NobodyWaitsError):
            await tallying.grown(kept, 1_000_000, wish)
        assert perf_counter() - begun < 0.12 + 2 * engine.seconds
        count = len(engine.begun)
        await asyncio.sleep(4 * engine.seconds)
        assert len(engine.begun) <= count + 2  # a piece that a thread had just taken up
        assert not kept.lock.locked()

    in_time(visit())
    tallying.close()


def test_plans_are_level_again_after_a_stop_between_two_pieces(scenario: Scenario) -> None:
    tallying = Tallying(engine_named("compiled"), 1)

    async def visit() -> None:
        kept = Kept.of(scenario, PLANS)
        await tallying.grown(kept, 100, Wish())
        kept.tallies[1].add_totals(engine_named("compiled").summarise(kept.models[1], range(100, 150)))
        await tallying.grown(kept, 100, Wish())
        assert [tally.n for tally in kept.tallies] == [150, 150, 150]
        whole = compare(scenario, plans=PLANS, replications=150)
        assert compared(kept.result("compiled")).table.equals(whole.table)

    in_time(visit())
    tallying.close()


def test_what_is_kept_stays_within_its_bounds(scenario: Scenario) -> None:
    one = Kept.of(scenario, PLANS).size
    shelf = Shelf(int(2.5 * one))
    for number in range(5):
        shelf.put((f"digest {number}", PLANS), Kept.of(scenario, PLANS))
        shelf.get(("digest 0", PLANS))
    assert len(shelf) == 2
    assert shelf.size <= 2.5 * one
    assert shelf.get(("digest 0", PLANS)) is not None  # asked for all the time
    assert shelf.get(("digest 4", PLANS)) is not None  # the newest
    assert shelf.get(("digest 3", PLANS)) is None


def test_somebody_else_s_beginning_is_gone_on_with(scenario: Scenario) -> None:
    shelf = Shelf(1 << 30)
    first, second = Kept.of(scenario, PLANS), Kept.of(scenario, PLANS)
    assert shelf.put(("d", PLANS), first) is first
    assert shelf.put(("d", PLANS), second) is first
