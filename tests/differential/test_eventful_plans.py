"""Plans in which everything goes wrong that can, by chance and by turns: every event in every state that knows it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Final

from sim.protocol import ORDER_TRANSITIONS, Event, State, dispute_transitions
from sim.scenario.packs import load_pack, pack_ids
from sim.terms import protection_terms
from tests.engines import simulated
from tests.stories import MAKER, model_of, order_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sim.model import PlanModel
    from sim.outcomes import Outcomes

REPLICATIONS: Final = range(150)


def one_of(*values: float) -> dict[str, Any]:
    """Any of some values, all alike."""
    return {"dist": "empirical", "values": [*values]}


ANYTHING: Final[dict[str, Any]] = {
    f"{MAKER}.calendar": "CN",
    f"{MAKER}.parallel_orders": 1,
    f"{MAKER}.promised_days": 10,
    f"{MAKER}.production_days": one_of(5, 9, 12, 30, 60),
    f"{MAKER}.never_ships_probability": 0.2,
    f"{MAKER}.assurance_limit": 2000,
    f"{MAKER}.defects": {
        "critical": one_of(0, 0, 0.01),
        "major": one_of(0, 0.02, 0.3),
        "minor": one_of(0, 0.1),
        "latent_share": 0.4,
        "latent_days": one_of(1, 20, 200),
    },
    f"{MAKER}.rework": {"days": one_of(1, 40), "removes_share": 0.5, "refuses_probability": 0.2},
    f"{MAKER}.disputes": {
        "reply_days": one_of(0, 2, 5, 9, 16),
        "silent_probability": 0.15,
        "concedes_probability": 0.2,
        "opening_offer_share": one_of(0, 0.2, 0.7),
        "concession_share": 0.2,
        "evidence_days": one_of(0, 3, 20),
        "payout_days": one_of(0, 8),
        "defaults_on_refund_probability": 0.4,
    },
    f"{MAKER}.transit": {"days": one_of(2, 20), "damage_rate": 0.03},
    f"{MAKER}.return_freight_per_unit": 2,
    "suppliers.other": {
        "extends": "maker",
        "never_ships_probability": 0,
        "calendar": "GB",
        "payment": {"balance": "on_receipt"},
        "return_freight_per_unit": 15,
    },
    "buyer.hourly_cost": 20,
    "buyer.dispute_hours": {"filing": 4, "reply": 1.5, "evidence": 5},
    "buyer.goods_check_days": one_of(0, 5, 29, 31),
    "buyer.reply_days": one_of(0, 1, 6, 8, 12),
    "buyer.evidence_days": one_of(0, 2, 6),
    "buyer.extension_accepted_days": 3,
    "buyer.writes_off_after_days": 40,
    "contract.tolerance": {"major": 0.01, "minor": 0.05},
    "contract.detail_share": 0.9,
    "disputes": {
        "uphold_probability": 0.6,
        "award_share": one_of(0, 0.4, 1),
        "return_probability": 0.4,
        "decision_days": one_of(0, 12, 30),
    },
    "inspections": {
        "psi": {
            "kind": "pre_shipment",
            "man_days": 2,
            "booking_days": one_of(0, 4, 12),
            "sampling": {"standard": "iso2859-1", "switching": True},
            "reinspection_paid_by": "buyer",
        },
        "final": {"kind": "pre_shipment", "man_days": 0, "on_fail": {"do": "accept"}},
        "during": {"kind": "during_production", "man_days": 1, "at_progress_share": 0.3},
    },
    "protection_overrides.refund_advanced": False,
}
"""Values that fall on either side of every limit, often on the limit itself."""

ORDERS: Final = [
    order_of("a", 400, inspections=["during", "psi"]),
    order_of("b", 300, inspections=["psi", "during"], start={"after": "a", "when": "placed"}),
    order_of("c", 200, "other", inspections=["final"]),
    order_of(
        "d",
        500,
        start={"after": "a", "when": "inspected", "delay_days": 1},
        only_if={"order": "a", "inspection": "passed"},
        otherwise={"supplier": "other"},
    ),
    order_of(
        "e",
        100,
        "other",
        start={"after": "c", "when": "received"},
        only_if={"order": "c", "defective_share_at_most": 0.05},
    ),
]

BUYERS: Final = [(True, True), (True, False), (False, True), (False, False)]
"""Whether the buyer escalates what is unanswered, and what is about to close."""


def test_anything_can_happen_and_does(folder: Path) -> None:
    """Under every pack and with every buyer; no pair of the transition tables is left that an engine can come to."""
    steps: set[tuple[State, Event]] = set()
    for pack, (unanswered, before_close) in product(pack_ids(), BUYERS):
        changes = {
            **ANYTHING,
            "protection": pack,
            "buyer.escalates_unanswered": unanswered,
            "buyer.escalates_before_close": before_close,
        }
        model = model_of(folder, changes, ORDERS)
        steps.update(steps_of(model, simulated(model, REPLICATIONS)))
    assert every_step() - steps == OUT_OF_REACH


OUT_OF_REACH: Final = {
    # a supplier without a slot cannot say when it will be ready, and so asks for no extension
    (State.AWAITING_SLOT, Event.EXTENSION_AGREED),
    # while goods wait for the buyer's own inspection the ship date is held: it is never passed
    (State.AWAITING_INSPECTION, Event.EXTENSION_AGREED),
    (State.AWAITING_INSPECTION, Event.SHIP_DATE_PASSED),
    (State.AWAITING_INSPECTION, Event.NO_CLAIM),
    # what is written off never gets as far as being finished
    (State.AWAITING_INSPECTION, Event.ORDER_WRITTEN_OFF),
    (State.IN_REWORK, Event.ORDER_WRITTEN_OFF),
}
"""Pairs of the transition tables that neither engine can come to."""


def steps_of(model: PlanModel, outcomes: Outcomes) -> Iterator[tuple[State, Event]]:
    """Every (state, event) that the traces went through."""
    states: dict[tuple[int, int], tuple[State, State]] = {}
    for replication, _, order, number, _ in outcomes.trace.tolist():
        event = Event(number)
        state, dispute = states.get((replication, order), (State.PLANNED, State.NO_DISPUTE))
        if event >= Event.DISPUTE_OPENED:
            dispute = State.NO_DISPUTE if event == Event.DISPUTE_OPENED else dispute
            yield dispute, event
            dispute = State(model.dispute_matrix[dispute][event])
        else:
            yield state, event
            state = State(model.order_matrix[state][event])
        states[replication, order] = state, dispute


def every_step() -> set[tuple[State, Event]]:
    """Every pair of the transition tables; which pairs there are does not depend on the pack."""
    disputes = dispute_transitions(protection_terms(load_pack("escrow")))
    return {*ORDER_TRANSITIONS, *disputes}
