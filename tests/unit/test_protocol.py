"""The transition tables: complete, reachable, and ending."""

from __future__ import annotations

import pytest

from sim.protocol import (
    IMPOSSIBLE,
    ORDER_TRANSITIONS,
    REFUNDABLE,
    Event,
    State,
    dispute_transitions,
    transition_matrix,
)
from sim.scenario.packs import load_pack, pack_ids
from sim.terms import Consequence, ProtectionTerms, protection_terms


def terms_of(pack: str) -> ProtectionTerms:
    return protection_terms(load_pack(pack))


def reachable(start: State, transitions: dict[tuple[State, Event], State]) -> set[State]:
    seen, open_states = {start}, [start]
    while open_states:
        state = open_states.pop()
        new = {to for (origin, _), to in transitions.items() if origin == state} - seen
        seen |= new
        open_states += new
    return seen


def test_every_order_state_is_reached_and_leads_to_an_end() -> None:
    order_states = {state for state in State if state < State.NO_DISPUTE}
    assert reachable(State.PLANNED, ORDER_TRANSITIONS) == order_states
    for state in order_states - {State.NOT_PLACED}:
        assert State.CLOSED in reachable(state, ORDER_TRANSITIONS)


def test_nothing_follows_the_end() -> None:
    assert not [pair for pair in ORDER_TRANSITIONS if pair[0] in {State.CLOSED, State.NOT_PLACED}]


@pytest.mark.parametrize("pack", pack_ids())
def test_every_dispute_ends(pack: str) -> None:
    transitions = dispute_transitions(terms_of(pack))
    ends = {state for state in State if state >= State.SETTLED}
    for state in reachable(State.NO_DISPUTE, transitions):
        assert reachable(state, transitions) & ends


def test_money_follows_only_the_ends_that_promise_it() -> None:
    transitions = dispute_transitions(terms_of("alibaba-trade-assurance-2023"))
    assert {state for state, event in transitions if event is Event.REFUND_PAID} == REFUNDABLE


@pytest.mark.parametrize(
    ("consequence", "becomes"),
    [(Consequence.CANCELLED, State.CANCELLED), (Consequence.ESCALATED, State.AWAITING_EVIDENCE)],
)
def test_a_pack_decides_what_the_buyers_silence_leads_to(consequence: Consequence, becomes: State) -> None:
    terms = terms_of("alibaba-trade-assurance-2023")._replace(buyer_silence_effect=consequence)
    assert dispute_transitions(terms)[State.AWAITING_BUYER, Event.BUYER_SILENT] is becomes


def test_the_matrix_is_the_table() -> None:
    matrix = transition_matrix(ORDER_TRANSITIONS)
    for state in State:
        for event in Event:
            assert matrix[state][event] == ORDER_TRANSITIONS.get((state, event), IMPOSSIBLE)
