"""How much to simulate: what is asked for, and when an interval is narrow enough."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.errors import InputError
from sim.experiments.precision import Extent, HalfWidth, extent_wanted, half_width_read
from sim.measures import PlanTally
from sim.outcomes import REPLICATION_RECORD
from sim.scenario import load_scenario
from tests.unit.experiments import FIRST_ORDER

if TYPE_CHECKING:
    from sim.scenario import Scenario


def scenario(*overrides: str) -> Scenario:
    """The scenario that `lotwise init` writes, changed."""
    return load_scenario(FIRST_ORDER, overrides)


def tally(losses: list[int]) -> PlanTally:
    """Tally of these losses, in cents."""
    records = np.zeros(len(losses), REPLICATION_RECORD)
    records["loss"] = losses
    made = PlanTally(1)
    made.add(records)
    return made


def test_the_scenario_decides_where_nothing_is_asked_for() -> None:
    assert extent_wanted(scenario("run.replications=700")) == Extent(700)
    written = scenario("run={precision: {absolute: 40, confidence: 0.9, at_most: 5000}}")
    assert extent_wanted(written) == Extent(5_000, HalfWidth(None, 40.0, 0.9))
    assert extent_wanted(written, at_most=6_000).replications == 6_000


def test_what_is_asked_for_goes_before_the_scenario() -> None:
    written = scenario("run={precision: {absolute: 40}}")
    assert extent_wanted(written, replications=3) == Extent(3)
    wanted = extent_wanted(scenario(), precision="2.5%", at_most=9_000)
    assert wanted == Extent(9_000, HalfWidth(0.025, None, 0.95))
    assert extent_wanted(scenario(), precision=250) == Extent(10_000_000, HalfWidth(None, 250.0, 0.95))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"replications": 10, "precision": "1%"}, "exclude each other"),
        ({"replications": 0}, "none at all"),
        ({"precision": "1%", "at_most": 0}, "none at all"),
        ({"precision": "tight"}, "no precision"),
        ({"precision": "-1%"}, "no precision"),
        ({"precision": "nan"}, "no precision"),
        ({"precision": "inf"}, "no precision"),
    ],
)
def test_what_makes_no_sense_is_refused(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        extent_wanted(scenario(), **asked)


def test_an_interval_is_narrow_enough_at_its_half_width_exactly() -> None:
    losses = [10_000, 30_000] * 1_500
    half_width = tally(losses).mean("loss", 0.95).half_width
    assert half_width_read(str(half_width), 0.95).reached(tally(losses))
    assert not half_width_read(str(half_width * 0.999), 0.95).reached(tally(losses))
    share = half_width / 200 * 100
    assert half_width_read(f"{share * 1.001}%", 0.95).reached(tally(losses))
    assert not half_width_read(f"{share * 0.999}%", 0.95).reached(tally(losses))


def test_a_few_replications_are_never_enough() -> None:
    assert not half_width_read("1000000", 0.95).reached(tally([1, 2] * 500))
    assert half_width_read("1000000", 0.95).reached(tally([1, 2] * 1_000))


def test_a_negative_loss_counts_by_its_size() -> None:
    assert half_width_read("50%", 0.95).reached(tally([-10_000, -30_000] * 1_500))


def test_a_number_of_replications_is_one_stage() -> None:
    assert Extent(123_456).stages() == (123_456,)


def test_looks_lie_a_tenth_apart_in_whole_thousands() -> None:
    wanted = half_width_read("1%", 0.95)
    stages = Extent(10_000_000, wanted).stages()
    assert stages[:12] == (*range(2_000, 13_000, 1_000), 13_000)
    assert stages[-1] == 10_000_000
    assert len(stages) < 100
    for look, following in itertools.pairwise(stages[10:-1]):
        assert look * 1.05 <= following <= look * 1.15
    assert not any(look % 1_000 for look in stages)


def test_looks_do_not_depend_on_where_they_end() -> None:
    wanted = half_width_read("1%", 0.95)
    assert Extent(2_500, wanted).stages() == (2_000, 2_500)
    assert Extent(700, wanted).stages() == (700,)
    assert Extent(30_000, wanted).stages()[:-1] == tuple(
        look for look in Extent(40_000, wanted).stages() if look < 30_000
    )


def test_what_it_will_take_is_foreseen() -> None:
    losses = [10_000, 30_000] * 1_500
    made = tally(losses)
    half_width = made.mean("loss", 0.95).half_width
    extent = Extent(100_000, half_width_read(str(half_width / 2), 0.95))
    assert extent.foreseen([made]) == pytest.approx(4 * 3_000, abs=1)
    assert extent.foreseen([PlanTally(1), PlanTally(1)]) == 0
    assert Extent(7, half_width_read(str(half_width / 2), 0.95)).foreseen([made]) == 7
    assert Extent(500).foreseen([made]) == 500


def test_a_share_of_nothing_is_out_of_reach_unless_nothing_varies() -> None:
    share = half_width_read("1%", 0.95)
    balanced = tally([-10_000, 10_000] * 1_500)
    assert not share.reached(balanced)
    assert Extent(90_000, share).foreseen([balanced]) == 90_000
    assert share.reached(tally([0] * 3_000))
