"""The outcome record and the event trace: one dtype each, the same for every engine.

Money is in cents, time in minutes since the start (-1: never), goods in units; all integers, so that equal outcomes
are equal to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, unique
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Records = NDArray[Any]
    Integers = Any
    """An integer, or an array of them: rules of money work element by element on either."""
    OrderFields = Any
    """An order's record, or an array of them as a recarray: the fields of `ORDER_RECORD` as attributes."""


@unique
class LossComponent(IntEnum):
    """What the loss of a plan consists of: the split is exact, and `REFUNDS` is negative."""

    PURCHASE = 0
    FREIGHT = 1
    PAYMENT_FEES = 2
    INSPECTION = 3
    DISPUTE_HANDLING = 4
    RETURN_FREIGHT = 5
    CAPITAL_COST = 6
    MISSING_UNITS = 7
    DEFECTIVE_UNITS = 8
    LATE_UNITS = 9
    EXCESS_UNITS = 10
    REFUNDS = 11


@unique
class RecoveryRule(IntEnum):
    """Where the recovery of a claim stops: every cent of the ground-up harm not recovered belongs to one of these."""

    NOT_COVERED = 0
    PAID_OFF_PLATFORM = 1
    WITHIN_TOLERANCE = 2
    NOT_IN_CONTRACT = 3
    FOUND_TOO_LATE = 4
    NOT_CLAIMED = 5
    CANCELLED_BY_SILENCE = 6
    EVIDENCE_MISSED = 7
    SETTLED_FOR_LESS = 8
    REJECTED = 9
    REDUCED_BY_MEDIATOR = 10
    RETURN_FORGONE = 11
    ABOVE_AMOUNT_PAID = 12
    ABOVE_LIMIT = 13
    NOT_PAID_OUT = 14


ORDER_RECORD: Final = np.dtype(
    [
        # who and how much; supplier is an index into the model's suppliers, -1 where the order was never placed
        ("supplier", "i8"),
        ("quantity", "i8"),
        # when
        ("placed", "i8"),
        ("ship_date", "i8"),  # as the contract first said
        ("shipped", "i8"),
        ("received", "i8"),
        ("checked", "i8"),
        ("closed", "i8"),
        # the goods: units by worst class as shipped, or as last made where nothing was shipped
        ("critical", "i8"),
        ("major", "i8"),
        ("minor", "i8"),
        ("damaged", "i8"),
        ("returned", "i8"),
        # inspections that gave a result, and how many of them rejected the lot
        ("inspections", "i8"),
        ("rejections", "i8"),
        ("report", "i8"),  # of the last pre-shipment inspection: rules.mediation.Report
        # cash, in cents
        ("deposit", "i8"),
        ("balance", "i8"),
        ("balance_paid", "i8"),  # the minute
        ("payment_fees", "i8"),
        ("freight", "i8"),
        ("inspection_fees", "i8"),
        ("handling", "i8"),
        ("return_freight", "i8"),
        ("refunded", "i8"),
        ("refund_paid", "i8"),  # the minute
        # the claim: the last dispute's ground and end (names in the protocol), and the facts that the recovery needs
        ("ground", "i8"),
        ("dispute_end", "i8"),
        ("disputes", "i8"),
        ("in_contract", "i8"),
        ("found_harm", "i8"),  # found in time and over the tolerance, in cents
        ("claimed", "i8"),
        ("awarded", "i8"),  # settled for or awarded, before any cap
        ("limit_left", "i8"),  # of the supplier's limit, at payout; -1: no limit
    ]
)
"""One order of one replication, as an engine leaves it."""

REPLICATION_RECORD: Final = np.dtype(
    [
        ("replication", "i8"),
        ("loss", "i8"),
        ("components", "i8", (len(LossComponent),)),
        ("ground_up", "i8"),
        ("drops", "i8", (len(RecoveryRule),)),
        ("recovered", "i8"),
        ("good_units", "i8"),  # received, without a critical or major defect and not damaged
        ("served_units", "i8"),  # of them, those that the need took
        ("peak_cash_out", "i8"),
        ("closed", "i8"),
        ("orders_placed", "i8"),
        ("orders_late", "i8"),  # shipped after the ship date that the contract first said, or never
        ("claims", "i8"),  # disputes opened
    ]
)
"""One replication of one plan: the loss with its exact split, and the recovery with its exact drops."""

TRACE_RECORD: Final = np.dtype(
    [
        ("replication", "i8"),
        ("minute", "i8"),
        ("order", "i8"),
        ("event", "i8"),  # protocol.Event
        ("amount", "i8"),  # cents, units or minutes, as the event says
    ]
)
"""One event; events stand in (replication, minute, order) order, and in the order they happened within that."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What an engine returns for a range of replications of one plan.

    Attributes
    ----------
    replications
        Shape (R,), dtype `REPLICATION_RECORD`, in the order of replication numbers.
    orders
        Shape (R, orders of the plan), dtype `ORDER_RECORD`.
    trace
        Shape (events,), dtype `TRACE_RECORD`; empty unless it was asked for.
    """

    replications: Records
    orders: Records
    trace: Records
