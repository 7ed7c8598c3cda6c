"""The search for ways of ordering against the whole truth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from sim.errors import InputError
from sim.studies.candidates import Candidates, Rhythm, Timing
from sim.studies.choices import Choices, Space, space_of
from sim.studies.front import front_of
from sim.studies.search import searched
from tests.stories import order_of
from tests.unit.studies.known_ways import DURING, OTHER, PSI, KnownWays, scenario_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sim.scenario import Scenario


def wide_space(folder: Path) -> tuple[Scenario, Space]:
    changes: dict[str, object] = {"suppliers.other": OTHER, "inspections": {"during": DURING, "psi": PSI}}
    scenario = scenario_of(folder, changes)
    choices = Choices(quantities="840..1080/10", timing="same-day,received,shipped")
    return scenario, space_of(scenario, choices)


def rugged(orders: Sequence[Mapping[str, Any]]) -> float:
    """Least at 1,040 units in three orders of the other supplier with an inspection, and with other valleys beside."""
    units: int = sum(order["quantity"] for order in orders)
    other: float = sum(order["quantity"] for order in orders if order["supplier"] == "other") / units
    inspections = len(orders[0].get("inspections", ()))
    mixed = 40 * (0 < other < 1) - 25 * (other == 1) * (inspections == 1)
    waits = sum("start" in order for order in orders)
    return abs(units - 1040) / 5 + (units % 40) / 4 + mixed + 8 * abs(len(orders) - 3) + 12 * waits + 30


def uneasy(orders: Sequence[Mapping[str, Any]]) -> float:
    units: int = sum(order["quantity"] for order in orders)
    inspections = len(orders[0].get("inspections", ()))
    waits = sum("start" in order for order in orders)
    return 900 + units / 10 - 40 * inspections - 25 * len(orders) - 3 * waits


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_search_finds_the_best_of_all_and_most_of_the_front(tmp_path: Path, seed: int) -> None:
    scenario, space = wide_space(tmp_path)
    study = KnownWays(rugged, uneasy, own={"plan": [order_of()]}, replications=100)
    truth = searched(study, space, Candidates(scenario), how="enumerate")
    found = searched(study, space, Candidates(scenario), how="optuna", most=500, seed=seed)
    assert space.size == 25 * 5 * 7 * 4
    assert len(truth.tried) == space.size
    assert (truth.whole, found.whole) == (True, False)
    assert 500 <= len(found.tried) <= 700
    best = min(one.loss.value for one in truth.tried)
    assert min(one.loss.value for one in found.tried) == best
    true_front = {one.name: one for one in front_of(truth.tried)}
    for one in front_of(found.tried):
        assert any(
            true.loss.value <= one.loss.value and true.tail.value <= one.tail.value for true in true_front.values()
        )
    # Each point of the true front has one of the search's that is hardly dearer and hardly less safe.
    losses = [one.loss.value for one in true_front.values()]
    tails = [one.tail.value for one in true_front.values()]
    gap, risk = (max(losses) - min(losses)) / 10, (max(tails) - min(tails)) / 10
    for true in true_front.values():
        assert any(
            one.loss.value <= true.loss.value + gap and one.tail.value <= true.tail.value + risk
            for one in front_of(found.tried)
        )


def test_search_depends_on_its_seed_alone(tmp_path: Path) -> None:
    scenario, space = wide_space(tmp_path)
    study = KnownWays(rugged, uneasy, own={"plan": [order_of()]}, replications=100)
    first, again, other = (
        [one.name for one in searched(study, space, Candidates(scenario), how="optuna", most=150, seed=seed).tried]
        for seed in (1, 1, 2)
    )
    assert first == again != other


def test_search_tries_all_where_there_are_few_enough(tmp_path: Path) -> None:
    scenario, space = wide_space(tmp_path)
    study = KnownWays(rugged, uneasy, own={"plan": [order_of()]}, replications=100)
    few = replace(space, quantities=(1000,), mixes=space.mixes[:1])
    assert few.size == 28
    assert searched(study, few, Candidates(scenario), most=28).whole
    assert not searched(study, few, Candidates(scenario), most=27).whole


def test_search_gets_over_impossible_ways_and_failures(tmp_path: Path) -> None:
    scenario, space = wide_space(tmp_path)
    rhythms = (Rhythm(), Rhythm(3, Timing("same-day")))
    narrow = replace(space, quantities=(1, 2, 1040), mixes=space.mixes[:2], rhythms=rhythms)
    broken = ["maker-1040", "other-1040-x3-same-day-psi"]
    study = KnownWays(rugged, uneasy, own={"plan": [order_of()]}, broken=broken, replications=100)
    candidates = Candidates(scenario)
    found = searched(study, narrow, candidates, how="optuna", most=48)
    everything = searched(study, narrow, Candidates(scenario), how="enumerate")
    assert set(found.failed) <= set(everything.failed) == set(broken)
    assert candidates.dropped
    assert front_of(found.tried)[0] == front_of(everything.tried)[0]


def test_far_too_many_ways_are_not_enumerated(tmp_path: Path) -> None:
    scenario, space = wide_space(tmp_path)
    huge = replace(space, quantities=tuple(range(1, 1001)))
    with pytest.raises(InputError, match="140,000 ways of ordering are too many"):
        searched(KnownWays(rugged, uneasy), huge, Candidates(scenario), how="enumerate")
