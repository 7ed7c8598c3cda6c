"""The engine over random small scenarios: what never acts changes nothing, and every story is a legal one."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.engines.reference import simulate
from sim.protocol import IMPOSSIBLE, Event, State
from tests.properties.small_scenarios import Given, scenarios
from tests.stories import MAKER, model_of, order_of

if TYPE_CHECKING:
    from pathlib import Path

    from sim.model import PlanModel
    from sim.outcomes import Outcomes

REPLICATIONS = range(6)


def run(folder: Path, scenario: Given, replications: range = REPLICATIONS) -> tuple[PlanModel, Outcomes]:
    model = model_of(folder, scenario.changes, scenario.orders)
    return model, simulate(model, replications, trace=True)


def same(one: Outcomes, other: Outcomes) -> bool:
    """Whether outcomes are equal bit for bit."""
    return all(
        getattr(one, table).tobytes() == getattr(other, table).tobytes()
        for table in ("replications", "orders", "trace")
    )


# ------------------------------------------------------------------------------------ what never acts


NOBODY_CHOOSES: Final[list[dict[str, Any]]] = [
    # inspections that nobody buys
    {"inspections.never_bought": {"kind": "pre_shipment", "fee_per_man_day": 1000}},
    {"inspections.never_bought": {"kind": "during_production", "fee_per_man_day": 1000}},
    # suppliers that no order goes to, at no better price
    {"suppliers.never_asked": {"extends": "maker", "unit_price": [{"from": 1, "price": 100}]}},
    {"suppliers.a_namesake": {"extends": "other", "identity": "maker", "unit_price": [{"from": 1, "price": 100}]}},
    # a plan that is not looked at, and words for the reader
    {"plans.another": {"orders": [order_of("x", 7)]}},
    {"title": "another title", "description": "another text"},
]

WITHOUT_A_DISPUTE: Final[list[dict[str, Any]]] = [
    {"buyer.escalates_unanswered": True},
    {"buyer.escalates_unanswered": False},
    {"buyer.escalates_before_close": True},
    {"buyer.escalates_before_close": False},
    {"buyer.reply_days": 6},
    {"buyer.evidence_days": 6},
    {"buyer.disputes_at_once": 5},
    {"buyer.dispute_hours": {"filing": 100, "reply": 100, "evidence": 100}},
    {"disputes.uphold_probability": 0.123},
    {f"{MAKER}.disputes": {"reply_days": 1, "opening_offer_share": 1}},
    {f"{MAKER}.return_freight_per_unit": 99},
    {f"{MAKER}.assurance_limit": 12.34},
]


@given(scenario=scenarios(), idle=st.sampled_from(NOBODY_CHOOSES))
def test_what_nobody_chooses_changes_nothing(folder: Path, scenario: Given, idle: dict[str, Any]) -> None:
    _, plain = run(folder, scenario)
    _, other = run(folder, Given({**scenario.changes, **idle}, scenario.orders))
    assert same(plain, other)


@given(scenario=scenarios(), policy=st.sampled_from(WITHOUT_A_DISPUTE))
def test_how_one_disputes_does_not_matter_without_a_dispute(
    folder: Path, scenario: Given, policy: dict[str, Any]
) -> None:
    """Given that a minimum claim beyond all sums keeps the buyer from ever claiming."""
    idle = Given({**scenario.changes, "buyer.minimum_claim": 100_000_000}, scenario.orders)
    _, plain = run(folder, idle)
    assert (plain.orders["disputes"] == 0).all()
    _, other = run(folder, Given({**idle.changes, **policy}, scenario.orders))
    assert same(plain, other)


@given(scenario=scenarios(), policy=st.sampled_from([("on_fail", {"do": "accept"}), ("detection_probability", 0.5)]))
def test_an_inspection_of_a_flawless_lot_finds_nothing(folder: Path, scenario: Given, policy: tuple[str, Any]) -> None:
    """What the inspector overlooks, and what would follow a rejection, does not matter where nothing is wrong."""
    flawless = scenario.but(suppliers__maker__defects={})
    _, plain = run(folder, flawless)
    changed = {**flawless.changes["inspections"]}
    changed["psi"] = {**changed["psi"], policy[0]: policy[1]}
    _, other = run(folder, flawless.but(inspections=changed))
    assert same(plain, other)


@given(scenario=scenarios())
def test_orders_that_share_nothing_leave_each_other_alone(folder: Path, scenario: Given) -> None:
    """The first order of a plan, with suppliers of its own, has the same story with or without the others.

    What the orders share is the buyer's attention and the inspectors: with enough of both, nothing is left.
    """
    first, *others = scenario.orders
    orders = [{**first, "supplier": "maker"}, *({**order, "supplier": "other"} for order in others)]
    for order in orders[1:]:
        order.pop("otherwise", None)
    other = {key: value for key, value in scenario.changes["suppliers.other"].items() if key != "identity"}
    inspections = {key: {**value, "inspectors": 9} for key, value in scenario.changes["inspections"].items()}
    enough = scenario.but(suppliers__other=other, inspections=inspections, buyer__disputes_at_once=9)
    _, alone = run(folder, Given(enough.changes, orders[:1]))
    _, together = run(folder, Given(enough.changes, orders))
    assert alone.orders[:, 0].tobytes() == together.orders[:, 0].tobytes()
    assert alone.trace.tobytes() == together.trace[together.trace["order"] == 0].tobytes()


# ------------------------------------------------------------------------------------ replications


@given(scenario=scenarios(), first=st.integers(0, 10**6))
def test_a_replication_is_the_same_alone_and_in_a_batch(folder: Path, scenario: Given, first: int) -> None:
    model, batch = run(folder, scenario, range(first, first + 4))
    for row, replication in enumerate(range(first, first + 4)):
        alone = simulate(model, range(replication, replication + 1), trace=True)
        assert alone.replications.tobytes() == batch.replications[row : row + 1].tobytes()
        assert alone.orders.tobytes() == batch.orders[row : row + 1].tobytes()
        assert alone.trace.tobytes() == batch.trace[batch.trace["replication"] == replication].tobytes()


@given(scenario=scenarios())
def test_tracing_changes_nothing(folder: Path, scenario: Given) -> None:
    model, traced = run(folder, scenario)
    plain = simulate(model, REPLICATIONS)
    assert plain.orders.tobytes() == traced.orders.tobytes()
    assert plain.replications.tobytes() == traced.replications.tobytes()
    assert plain.trace.size == 0


# ------------------------------------------------------------------------------------ the trace


@given(scenario=scenarios())
def test_trace_is_sorted(folder: Path, scenario: Given) -> None:
    """By replication, minute, and order."""
    _, outcomes = run(folder, scenario)
    keys = np.stack([outcomes.trace[name] for name in ("replication", "minute", "order")])
    assert (np.lexsort(keys[::-1]) == np.arange(keys.shape[1])).all()
    assert (outcomes.trace["minute"] >= 0).all()


@given(scenario=scenarios())
def test_every_story_is_legal_and_comes_to_an_end(folder: Path, scenario: Given) -> None:
    """Each event is possible in the state that the events before it have led to, and every order ends."""
    model, outcomes = run(folder, scenario)
    for row in range(len(REPLICATIONS)):
        for index in range(len(model.orders)):
            mine = outcomes.trace[(outcomes.trace["replication"] == row) & (outcomes.trace["order"] == index)]
            events = [Event(event) for event in mine["event"]]
            state, dispute = told(model, events)
            record = outcomes.orders[row, index]
            assert state in {State.CLOSED, State.NOT_PLACED}
            assert dispute == record["dispute_end"]
            assert (state == State.NOT_PLACED) == (record["placed"] < 0)
            assert events.count(Event.DISPUTE_OPENED) == record["disputes"]


def told(model: PlanModel, events: list[Event]) -> tuple[int, int]:
    """The states of order and dispute that a sequence of events leads to."""
    state, dispute = int(State.PLANNED), int(State.NO_DISPUTE)
    for event in events:
        if event == Event.DISPUTE_OPENED:
            assert dispute == State.NO_DISPUTE or dispute >= State.SETTLED, "one dispute of an order at a time"
            dispute = State.NO_DISPUTE
        if event >= Event.DISPUTE_OPENED:
            dispute = model.dispute_matrix[dispute][event]
            assert dispute != IMPOSSIBLE, event.name
        else:
            state = model.order_matrix[state][event]
            assert state != IMPOSSIBLE, event.name
    return state, dispute


@given(scenario=scenarios())
def test_the_trace_tells_the_record(folder: Path, scenario: Given) -> None:
    """Minutes and amounts of the events are those of the outcome record."""
    _, outcomes = run(folder, scenario)
    kept = [
        (Event.ORDER_PLACED, "placed", "quantity"),
        (Event.DEPOSIT_PAID, "placed", "deposit"),
        (Event.BALANCE_PAID, "balance_paid", "balance"),
        (Event.GOODS_SHIPPED, "shipped", "quantity"),
        (Event.GOODS_RECEIVED, "received", None),
        (Event.GOODS_CHECKED, "checked", None),
        (Event.REFUND_PAID, "refund_paid", "refunded"),
        (Event.ORDER_CLOSED, "closed", None),
    ]
    for row in outcomes.trace:
        record = outcomes.orders[row["replication"], row["order"]]
        for event, minute, amount in kept:
            if row["event"] == event:
                assert row["minute"] == record[minute]
                assert amount is None or row["amount"] == record[amount]


@given(scenario=scenarios())
def test_moments_follow_each_other(folder: Path, scenario: Given) -> None:
    """Placed, shipped, received, checked, closed: in this order, as far as an order comes."""
    _, outcomes = run(folder, scenario)
    orders = outcomes.orders
    way = ("placed", "shipped", "received", "checked")
    for earlier, later in pairwise(way):
        came = orders[later] >= 0
        assert (orders[earlier][came] >= 0).all()
        assert (orders[earlier][came] <= orders[later][came]).all()
    placed = orders["placed"] >= 0
    for name in (*way, "balance_paid", "refund_paid"):
        assert (orders[name][placed] <= orders["closed"][placed]).all()
    assert (orders["closed"][~placed] == -1).all()


@given(scenario=scenarios())
def test_all_the_ends_of_a_dispute_are_known_to_the_recovery(folder: Path, scenario: Given) -> None:
    """Money arrives only from an end that promises it."""
    _, outcomes = run(folder, scenario)
    paid = outcomes.orders[outcomes.orders["refunded"] > 0]
    assume(len(paid))
    assert set(paid["dispute_end"].tolist()) <= {
        State.SETTLED,
        State.CONCEDED,
        State.AWARDED,
        State.RETURN_AWARDED,
    }
