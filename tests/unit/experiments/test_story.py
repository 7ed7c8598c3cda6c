"""The story of a replication: which one it is, what it says, and that it agrees with the run."""

from __future__ import annotations

import json
import string

import numpy as np
import pytest

import sim
from sim.errors import InputError
from sim.experiments import explain
from sim.experiments.story import Story, days_text, replication_at
from sim.narrative import EVENT_RULES, OBSTACLES
from sim.outcomes import RecoveryRule
from sim.protocol import Event
from tests.unit.experiments import FIRST_ORDER

SCENARIO = sim.load_scenario(FIRST_ORDER)
PLAN = "probe-then-rest"
RUN = sim.run(SCENARIO, plans=[PLAN], replications=300)


def story(number: int) -> Story:
    """Story of a replication by its number."""
    return explain(SCENARIO, plan=PLAN, replication=number)


@pytest.mark.parametrize("number", [0, 17, 299])
def test_the_story_ends_with_the_loss_that_the_run_recorded(number: int) -> None:
    told, recorded = story(number), RUN.replications.iloc[number]
    assert told.loss == recorded["loss"]
    for name, amount in told.components.items():
        assert amount == recorded[f"loss.{name}"]
    for name, amount in told.drops.items():
        assert amount == recorded[f"recovery.{name}"]
    assert told.recovered == recorded["recovery.recovered"]
    assert round(sum(told.components.values()) - told.loss, 6) == 0
    assert round(told.ground_up - sum(told.drops.values()) - told.recovered, 6) == 0


def test_events_are_dated_from_the_start_and_in_order() -> None:
    events = story(3).events
    assert events[0].moment.date() == SCENARIO.model.start
    assert events[0].event == "order_placed"
    assert events[0].sentence == "order for 600 units placed with shenzhen"
    assert [event.minute for event in events] == sorted(event.minute for event in events)
    last = events[-1]
    assert (last.moment - events[0].moment).total_seconds() / 60 == last.minute - events[0].minute
    assert last.day == pytest.approx(last.minute / 1440, abs=1e-4)


def test_money_is_told_to_the_cent() -> None:
    paid = next(event for event in story(0).events if event.event == "deposit_paid")
    assert paid.sentence == f"deposit of GBP {paid.amount / 100:,.2f} paid"


def test_rules_are_told_with_what_the_protection_says() -> None:
    told = [event for number in range(60) for event in story(number).events]
    references = {event.event: event.rule for event in told}
    assert references["goods_received"] == "protection: claim_window (30 days)"
    assert references["deposit_paid"] == "suppliers: payment.deposit_share"
    assert all("{" not in event.sentence + event.rule and event.rule for event in told)


def test_a_claim_that_is_not_made_is_told_with_what_stood_in_its_way() -> None:
    told = [event for number in range(120) for event in story(number).events if event.event == "no_claim"]
    obstacles = {RecoveryRule(event.amount): event for event in told}
    assert len(obstacles) > 1
    for rule, event in obstacles.items():
        assert event.sentence == f"no claim: {OBSTACLES[rule][0]}"
        assert event.rule.split(" (")[0] in OBSTACLES[rule][1]


@pytest.mark.parametrize("rule", OBSTACLES)
def test_every_obstacle_names_its_rule(rule: RecoveryRule) -> None:
    sentence, behind = OBSTACLES[rule]
    assert sentence
    assert ": " in behind


def test_every_event_has_a_sentence_that_can_be_told() -> None:
    known = {"money", "units", "days", "supplier"}
    assert set(EVENT_RULES) == set(Event)
    for texts in EVENT_RULES.values():
        for text in texts:
            assert {name for _, name, _, _ in string.Formatter().parse(text) if name} <= known


def test_a_quantile_names_the_replication_that_lost_that_much() -> None:
    told = explain(SCENARIO, plan=PLAN, quantile=0.99, replications=300)
    losses = RUN.replications["loss"].sort_values()
    assert told.loss == losses.iloc[297 - 1]
    assert told == story(told.replication)


@pytest.mark.parametrize(("quantile", "number"), [(0.0, 1), (0.5, 0), (0.99, 2), (1.0, 2)])
def test_of_equal_losses_the_first_one_is_told(quantile: float, number: int) -> None:
    assert replication_at(np.array([5, 1, 9, 5, 9]), quantile) == number


def test_another_seed_tells_another_story() -> None:
    assert explain(SCENARIO, plan=PLAN, replication=0, seed=2) != story(0)


def test_the_story_as_data() -> None:
    told = story(5)
    data = json.loads(json.dumps(told.as_data()))
    assert data["replication"] == 5
    assert len(data["events"]) == len(told.events)
    assert set(data["events"][0]) == {"day", "moment", "order", "event", "amount", "unit", "sentence", "rule"}
    amounts = {event["event"]: (event["amount"] is None, event["unit"]) for event in data["events"]}
    assert amounts["order_placed"] == (False, "units")
    assert amounts["deposit_paid"] == (False, "cents")
    assert amounts["order_closed"] == (True, None)
    assert data["recovery"]["ground_up"] == told.ground_up


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"plan": PLAN}, "which replication"),
        ({"plan": PLAN, "replication": 1, "quantile": 0.5}, "which replication"),
        ({"plan": PLAN, "replication": -1}, "no replication"),
        ({"plan": PLAN, "quantile": 1.5, "replications": 5}, "no quantile"),
        ({"plan": "probe", "replication": 1}, "probe-then-rest"),
        ({"replication": 1}, "which plan"),
    ],
)
def test_a_question_without_an_answer_is_refused(asked: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        explain(SCENARIO, **asked)  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.parametrize(("minutes", "text"), [(1440, "1 day"), (17_856, "12.4 days"), (0, "0 days")])
def test_days_in_words(minutes: int, text: str) -> None:
    assert days_text(minutes) == text
