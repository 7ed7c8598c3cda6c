"""Everything that decides a change of state of an order or a dispute: the states, the events, and the one table.

An engine never says what follows from an event: it reports the fact (``BUYER_SILENT``) and looks up here what the
order or dispute has become. The table also draws the state diagrams of the documentation. How long a silence may
last stands in a rule pack; whether the last minute is still in time stands in `sim.rules.deadlines`.
"""

from __future__ import annotations

from enum import IntEnum, unique
from typing import TYPE_CHECKING, Final

from sim.terms import Consequence

if TYPE_CHECKING:
    from sim.terms import ProtectionTerms


@unique
class Ground(IntEnum):
    """What a claim rests on."""

    NONE = -1
    LATE_SHIPMENT = 0
    QUALITY = 1


@unique
class State(IntEnum):
    """States of an order (below 20) and of a dispute (20 and above); a dispute in a state from 30 on has ended."""

    PLANNED = 0
    AWAITING_SLOT = 1
    IN_PRODUCTION = 2
    AWAITING_INSPECTION = 3
    IN_REWORK = 4
    READY = 5
    IN_TRANSIT = 6
    RECEIVED = 7
    CHECKED = 8
    NOT_TAKEN = 9
    CLOSED = 10
    NOT_PLACED = 11

    NO_DISPUTE = 20
    AWAITING_SUPPLIER = 21
    AWAITING_BUYER = 22
    AWAITING_EVIDENCE = 23
    AWAITING_DECISION = 24

    SETTLED = 30
    CONCEDED = 31
    CANCELLED = 32
    EVIDENCE_MISSED = 33
    REJECTED = 34
    AWARDED = 35
    RETURN_AWARDED = 36
    RETURN_FORGONE = 37
    WITHDRAWN = 38


@unique
class Event(IntEnum):
    """What can happen, as facts."""

    ORDER_PLACED = 0
    ORDER_NOT_PLACED = 1
    SUPPLIER_CHANGED = 2
    DEPOSIT_PAID = 3
    PRODUCTION_STARTED = 4
    VISIT_PASSED = 5
    VISIT_FAILED = 6
    PRODUCTION_FINISHED = 7
    EXTENSION_AGREED = 8
    SHIP_DATE_PASSED = 9
    INSPECTION_BOOKED = 10
    LOT_ACCEPTED = 11
    LOT_REJECTED = 12
    REWORK_REFUSED = 13
    REWORK_STARTED = 14
    REWORK_FINISHED = 15
    LOT_TAKEN_ANYWAY = 16
    LOT_REFUSED = 17
    BALANCE_PAID = 18
    GOODS_SHIPPED = 19
    GOODS_RECEIVED = 20
    GOODS_CHECKED = 21
    LATENT_DEFECTS_SHOWN = 22
    NO_CLAIM = 23
    ORDER_ENDED_BY_REFUND = 24
    ORDER_WRITTEN_OFF = 25
    ORDER_CLOSED = 26
    SHIP_DATE_HELD = 27

    DISPUTE_OPENED = 40
    SUPPLIER_OFFERED = 41
    SUPPLIER_CONCEDED = 42
    BUYER_INSISTED = 43
    BUYER_ACCEPTED = 44
    SUPPLIER_SILENT = 45
    BUYER_SILENT = 46
    BUYER_ESCALATED = 47
    NEGOTIATION_ENDED = 48
    EVIDENCE_CLOSED = 49
    BUYER_MISSED_EVIDENCE = 50
    SUPPLIER_MISSED_EVIDENCE = 51
    CLAIM_REJECTED = 52
    CLAIM_UPHELD = 53
    RETURN_ORDERED = 54
    RETURN_DECLINED = 55
    GOODS_SHIPPED_IN_DISPUTE = 56
    GOODS_RETURNED = 57
    REFUND_PAID = 58
    REFUND_DEFAULTED = 59


@unique
class Milestone(IntEnum):
    """What another order can wait for."""

    PLACED = 0
    INSPECTED = 1
    SHIPPED = 2
    RECEIVED = 3
    CHECKED = 4
    CLOSED = 5


_S, _E = State, Event

UNSHIPPED: Final = frozenset({_S.AWAITING_SLOT, _S.IN_PRODUCTION, _S.READY, _S.AWAITING_INSPECTION, _S.IN_REWORK})
"""States of an order that has been placed and not shipped, and that nobody has ended."""

REFUNDABLE: Final = frozenset({_S.SETTLED, _S.CONCEDED, _S.AWARDED, _S.RETURN_AWARDED})
"""Ends of a dispute that promise the buyer money."""

_WAITING: Final = (_S.AWAITING_SLOT, _S.IN_PRODUCTION, _S.AWAITING_INSPECTION, _S.IN_REWORK)

ORDER_TRANSITIONS: Final[dict[tuple[State, Event], State]] = {
    (_S.PLANNED, _E.ORDER_NOT_PLACED): _S.NOT_PLACED,
    (_S.PLANNED, _E.SUPPLIER_CHANGED): _S.PLANNED,
    (_S.PLANNED, _E.ORDER_PLACED): _S.AWAITING_SLOT,
    (_S.AWAITING_SLOT, _E.DEPOSIT_PAID): _S.AWAITING_SLOT,
    (_S.AWAITING_SLOT, _E.PRODUCTION_STARTED): _S.IN_PRODUCTION,
    (_S.IN_PRODUCTION, _E.VISIT_PASSED): _S.IN_PRODUCTION,
    (_S.IN_PRODUCTION, _E.VISIT_FAILED): _S.IN_PRODUCTION,
    (_S.IN_PRODUCTION, _E.PRODUCTION_FINISHED): _S.READY,
    (_S.READY, _E.INSPECTION_BOOKED): _S.AWAITING_INSPECTION,
    (_S.AWAITING_INSPECTION, _E.LOT_ACCEPTED): _S.READY,
    (_S.AWAITING_INSPECTION, _E.LOT_REJECTED): _S.READY,
    (_S.AWAITING_INSPECTION, _E.SHIP_DATE_HELD): _S.AWAITING_INSPECTION,
    (_S.READY, _E.REWORK_REFUSED): _S.READY,
    (_S.READY, _E.REWORK_STARTED): _S.IN_REWORK,
    (_S.IN_REWORK, _E.REWORK_FINISHED): _S.READY,
    (_S.READY, _E.LOT_TAKEN_ANYWAY): _S.READY,
    (_S.READY, _E.LOT_REFUSED): _S.NOT_TAKEN,
    (_S.READY, _E.BALANCE_PAID): _S.READY,
    (_S.READY, _E.GOODS_SHIPPED): _S.IN_TRANSIT,
    (_S.IN_TRANSIT, _E.GOODS_RECEIVED): _S.RECEIVED,
    (_S.RECEIVED, _E.BALANCE_PAID): _S.RECEIVED,
    (_S.RECEIVED, _E.GOODS_CHECKED): _S.CHECKED,
    (_S.CHECKED, _E.LATENT_DEFECTS_SHOWN): _S.CHECKED,
    **{(state, event): state for state in _WAITING for event in (_E.EXTENSION_AGREED, _E.SHIP_DATE_PASSED)},
    **{
        (state, event): _S.NOT_TAKEN for state in _WAITING for event in (_E.ORDER_ENDED_BY_REFUND, _E.ORDER_WRITTEN_OFF)
    },
    **{(state, _E.NO_CLAIM): state for state in (*_WAITING, _S.CHECKED, _S.NOT_TAKEN)},
    **{(state, _E.ORDER_CLOSED): _S.CLOSED for state in (_S.CHECKED, _S.NOT_TAKEN)},
}
"""What an order becomes. A pair that is not here cannot happen, and an engine that meets one stops."""


def dispute_transitions(terms: ProtectionTerms) -> dict[tuple[State, Event], State]:
    """What a dispute becomes under a rule pack.

    Parameters
    ----------
    terms
        The pack: it decides what silence, the end of negotiation and missed evidence lead to.

    Returns
    -------
    dict
        (state, event) -> state. A pair that is not here cannot happen.

    Notes
    -----
    Source of the shape: the pack's own rules (``lotwise rules ID`` prints them with their sources).
    """
    unanswered = {
        Consequence.CANCELLED: _S.CANCELLED,
        Consequence.ESCALATED: _S.AWAITING_EVIDENCE,
    }
    without_evidence = {
        Consequence.CANCELLED: _S.EVIDENCE_MISSED,
        Consequence.UPHELD: _S.AWARDED,
        Consequence.DECIDED_WITHOUT: _S.AWAITING_DECISION,
    }
    open_states = (_S.AWAITING_SUPPLIER, _S.AWAITING_BUYER, _S.AWAITING_EVIDENCE, _S.AWAITING_DECISION)
    return {
        (_S.NO_DISPUTE, _E.DISPUTE_OPENED): _S.AWAITING_SUPPLIER,
        (_S.AWAITING_SUPPLIER, _E.SUPPLIER_OFFERED): _S.AWAITING_BUYER,
        (_S.AWAITING_SUPPLIER, _E.SUPPLIER_CONCEDED): _S.CONCEDED,
        (_S.AWAITING_SUPPLIER, _E.BUYER_ESCALATED): _S.AWAITING_EVIDENCE,
        (_S.AWAITING_SUPPLIER, _E.SUPPLIER_SILENT): _S.AWAITING_EVIDENCE,
        (_S.AWAITING_SUPPLIER, _E.NEGOTIATION_ENDED): unanswered[Consequence(terms.negotiation_end)],
        (_S.AWAITING_BUYER, _E.BUYER_ACCEPTED): _S.SETTLED,
        (_S.AWAITING_BUYER, _E.BUYER_INSISTED): _S.AWAITING_SUPPLIER,
        (_S.AWAITING_BUYER, _E.BUYER_SILENT): unanswered[Consequence(terms.buyer_silence_effect)],
        (_S.AWAITING_BUYER, _E.BUYER_ESCALATED): _S.AWAITING_EVIDENCE,
        (_S.AWAITING_BUYER, _E.NEGOTIATION_ENDED): unanswered[Consequence(terms.negotiation_end)],
        (_S.AWAITING_EVIDENCE, _E.EVIDENCE_CLOSED): _S.AWAITING_DECISION,
        (_S.AWAITING_EVIDENCE, _E.BUYER_MISSED_EVIDENCE): without_evidence[Consequence(terms.buyer_evidence_missed)],
        (_S.AWAITING_EVIDENCE, _E.SUPPLIER_MISSED_EVIDENCE): without_evidence[
            Consequence(terms.supplier_evidence_missed)
        ],
        (_S.AWAITING_DECISION, _E.CLAIM_REJECTED): _S.REJECTED,
        (_S.AWAITING_DECISION, _E.CLAIM_UPHELD): _S.AWARDED,
        (_S.AWARDED, _E.RETURN_ORDERED): _S.RETURN_AWARDED,
        (_S.CONCEDED, _E.RETURN_ORDERED): _S.RETURN_AWARDED,
        (_S.RETURN_AWARDED, _E.RETURN_DECLINED): _S.RETURN_FORGONE,
        (_S.RETURN_AWARDED, _E.GOODS_RETURNED): _S.RETURN_AWARDED,
        **{(state, _E.GOODS_SHIPPED_IN_DISPUTE): _S.WITHDRAWN for state in open_states},
        **{(state, _E.REFUND_PAID): state for state in REFUNDABLE},
        **{(state, _E.REFUND_DEFAULTED): state for state in REFUNDABLE},
    }


IMPOSSIBLE: Final = -1
"""Entry of a transition matrix for a pair that cannot happen."""

Matrix = tuple[tuple[int, ...], ...]


def transition_matrix(transitions: dict[tuple[State, Event], State]) -> Matrix:
    """The table as numbers for the engines: ``matrix[state][event]``, `IMPOSSIBLE` where a pair is missing."""
    matrix = [[IMPOSSIBLE] * (max(Event) + 1) for _ in range(max(State) + 1)]
    for (state, event), becomes in transitions.items():
        matrix[state][event] = int(becomes)
    return tuple(tuple(row) for row in matrix)
