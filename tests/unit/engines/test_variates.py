"""Draws of a plan: the same address gives the same draw, whatever else is drawn and in whatever plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sim.engines.variates import ROUNDS_DRAWN, DisputeVariates, OrderVariates, VariateSource
from sim.model import PlanModel, build_model
from sim.protocol import Ground
from sim.scenario import load_scenario

if TYPE_CHECKING:
    from sim.scenario import Scenario

EXAMPLE = Path(__file__).parents[2] / "data" / "example-scenario.yaml"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario(EXAMPLE)


def drawn(model: PlanModel, replications: range) -> list[tuple[tuple[OrderVariates, ...], ...]]:
    return list(VariateSource(model).block(replications))


def test_a_replication_is_the_same_in_any_block(scenario: Scenario) -> None:
    model = build_model(scenario, "probe-then-rest")
    assert drawn(model, range(7, 9)) == drawn(model, range(20))[7:9]


def test_plans_share_what_means_the_same(scenario: Scenario) -> None:
    (whole,) = drawn(build_model(scenario, "all-at-once"), range(1))
    (halves,) = drawn(build_model(scenario, "two-halves"), range(1))
    (both,) = drawn(build_model(scenario, "two-suppliers"), range(1))
    first, second = halves[0][0], halves[1][0]
    assert whole[0][0]._replace(attempts=()) == first._replace(attempts=())
    assert both[0][0] == first
    assert second.production != first.production
    assert second.never_ships == first.never_ships  # a trait of the firm
    assert both[1][0].never_ships != first.never_ships


def test_the_supplier_that_stands_in_draws_as_it_would_as_the_one_named(scenario: Scenario) -> None:
    (probe,) = drawn(build_model(scenario, "probe-then-rest"), range(1))
    (both,) = drawn(build_model(scenario, "two-suppliers"), range(1))
    assert probe[1][1].production == both[1][0].production


@pytest.mark.parametrize("ground", [Ground.LATE_SHIPMENT, Ground.QUALITY])
def test_a_round_drawn_alone_is_the_one_drawn_with_the_block(scenario: Scenario, ground: Ground) -> None:
    model = build_model(scenario, "all-at-once")
    source = VariateSource(model)
    variant = model.orders[0].variants[0]
    for replication, options in zip(range(5), source.block(range(5)), strict=True):
        dispute = DisputeVariates._make(options[0][0].disputes[ground])
        for number in range(ROUNDS_DRAWN):
            assert source.supplier_reply(replication, variant, ground, number) == dispute.supplier_replies[number]
            assert source.buyer_reply(replication, variant, ground, number) == dispute.buyer_replies[number]


def test_late_and_quality_disputes_draw_apart(scenario: Scenario) -> None:
    (options,) = drawn(build_model(scenario, "all-at-once"), range(1))
    late, quality = options[0][0].disputes
    assert DisputeVariates._make(late).upheld != DisputeVariates._make(quality).upheld


def test_another_seed_draws_otherwise(scenario: Scenario) -> None:
    model = build_model(scenario, "all-at-once", seed=2)
    assert drawn(model, range(3)) != drawn(build_model(scenario, "all-at-once", seed=1), range(3))
