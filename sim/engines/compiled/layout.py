"""How the kernel sees a plan and its orders: records of plain numbers, the same types for every plan.

A record reaches a function as one pointer, and its fields have the names that the model gives them, so the rules read
terms, need and orders here as they do in the reference engine. Positions of rows, phases and lanes are named here too.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.calendars import HORIZON_DAYS
from sim.engines.variates import ATTEMPT_STRIDE, CLASSES
from sim.model.parts import Need
from sim.protocol import Ground
from sim.random.flat import FLAT
from sim.random.philox import ROUNDS
from sim.random.purposes import Purpose
from sim.random.uniforms import last_word
from sim.rules.mediation import Evidence
from sim.rules.reports import Report
from sim.terms import ProtectionTerms
from sim.totals import COMPONENTS, DROPS, SUMMED

_GROUNDS: Final = sum(1 for ground in Ground if ground >= 0)


def _integers(*names: str) -> list[tuple[str, str]]:
    return [(name, "i8") for name in names]


def _spans(*names: str) -> list[tuple[str, str]]:
    """Of each drawn time: the number of its table, and whether it is counted on a working calendar."""
    return [pair for name in names for pair in ((name, "i8"), (f"{name}_working", "?"))]


TERMS: Final = np.dtype(_integers(*ProtectionTerms._fields))
NEED: Final = np.dtype(_integers(*Need._fields))
CALENDAR: Final = np.dtype([("before", "i4", (HORIZON_DAYS + 1,)), ("day", "i4", (HORIZON_DAYS,))])
"""`sim.rules.worktime.WorkedDays`, both columns of the full horizon; narrow, so that a season of it stays in cache."""

SETTING: Final = np.dtype(
    [
        *_integers("milestones", "platform_calendar", "custom_made"),
        *_integers("tolerance_critical", "tolerance_major", "tolerance_minor", "handlers", "rounds"),
        *_integers("buyer_calendar", "hourly_cost", "accepts_from", "extension_accepted", "writes_off_after"),
        *_integers("filing_minutes", "reply_minutes", "evidence_minutes", "minimum_claim"),
        *_spans("reply"),
        *[(f"{name}_working", "?") for name in ("goods_check", "evidence", "decision")],
        ("escalates_unanswered", "?"),
        ("escalates_before_close", "?"),
        ("detail", "f8"),
        ("returned", "f8"),
        ("upheld", "f8", (_GROUNDS, len(Report), len(Evidence))),
    ],
    align=True,
)
"""The buyer, the contract, the mediator, and what else a plan has one of; `rounds` is how many rounds of a dispute
Python has drawn beforehand, where it must draw at all."""

SUPPLIER: Final = np.dtype(
    [
        *_integers("firm", "calendar", "limit", "on_platform", "promised", "return_freight", "concession"),
        *[(f"{name}_working", "?") for name in ("production", "latent_after", "transit")],
        *[(f"{name}_working", "?") for name in ("evidence", "payout")],
        *_spans("rework", "reply"),
        ("is_delay", "?"),
        ("pays_balance_on_receipt", "?"),
        *[(name, "f8") for name in ("never_ships", "bad_lot", "latent", "rework_removes", "rework_refused")],
        *[(name, "f8") for name in ("damage", "silent", "concedes", "defaults")],
    ],
    align=True,
)

ORDER: Final = np.dtype(
    [
        *_integers("minute", "after", "when", "delay", "condition", "share_at_most", "first_variant", "variants"),
        ("needs_pass", "?"),
    ],
    align=True,
)

VISIT: Final = np.dtype(
    [
        *_integers("inspection", "progress", "fee", "minutes"),
        ("sample", "i8", (CLASSES,)),
        ("accept", "i8", (CLASSES,)),
        ("detection", "f8"),
        ("correction", "f8"),
    ],
    align=True,
)

INSPECTION: Final = np.dtype(
    [
        *_integers("inspection", "reworks_at_most"),
        ("sample", "i8", (2, CLASSES)),
        ("accept", "i8", (2, CLASSES)),
        ("fee", "i8", (2,)),
        ("minutes", "i8", (2,)),
        *_spans("booking"),
        *[(name, "?") for name in ("tightened_first", "switching", "accepts_failed", "buyer_pays_again")],
        ("detection", "f8"),
    ],
    align=True,
)

# ----------------------------------------------------------------------------------------- common draws


# Position, among the rows of an order's common draws, of each of them; those by class of defect take three.
(R_NEVER_SHIPS, R_USED_BY_OTHERS, R_SHARE, _, _, R_ROUNDING, _, _, R_BAD_LOT, R_BAD_SHARE, R_PRODUCTION) = range(11)
(R_IN_CONTRACT, R_TRANSIT, R_GOODS_CHECK, R_LATENT_AFTER, R_LATENT, _, _, R_DAMAGE) = range(R_PRODUCTION + 1, 19)
ROWS: Final = R_DAMAGE + 1

STEP: Final = np.dtype(
    [
        *_integers("op", "out", "first", "second", "table"),
        ("entity", "u8"),
        ("last", "u8"),
        ("shared_weight", "f8"),
        ("own_weight", "f8"),
    ],
    align=True,
)
"""One step of a program of common draws: what to do, with which rows and table, into which row."""

(
    OP_HASH,
    OP_COPY,
    OP_QUALITY,
    OP_NUMBER,
    OP_MICROS,
    OP_MINUTES,
    OP_NUMBER_GIVEN,
    OP_MICROS_GIVEN,
    OP_MINUTES_GIVEN,
) = range(9)
"""Operations; those from `OP_NUMBER_GIVEN` on take what Python has drawn."""

BLOCK: Final = 64
"""Replications whose common draws are made together: their rows stay in the processor's nearest cache."""

# ------------------------------------------------------------------------- draws that few orders need

LANES: Final = (
    (Purpose.SUPPLIER_SILENT, 0),
    (Purpose.OPENING_OFFER, 0),
    (Purpose.SUPPLIER_REPLY, 0),
    (Purpose.SUPPLIER_EVIDENCE, 0),
    (Purpose.UPHELD, 0),
    (Purpose.AWARD_SHARE, 0),
    (Purpose.REFUND_DEFAULT, 0),
    (Purpose.SUPPLIER_REPLY, 1),
)
"""The counters hashed together when a dispute opens: an even purpose each, with the odd one after it, and a round."""
LANE_COUNT: Final = len(LANES)
LATER_ROUNDS: Final = 1 << 3
"""Rounds whose counters are hashed together when a dispute goes beyond its second: as many as fit a vector."""


def _lane(purpose: Purpose, number: int = 0) -> int:
    """Lane of a draw of a dispute; it stands in `even` or `odd` as its purpose is."""
    return LANES.index((Purpose(purpose - purpose % 2), number))


U_SILENT: Final = _lane(Purpose.SUPPLIER_SILENT)
U_CONCEDES: Final = _lane(Purpose.CONCEDES)
U_UPHELD: Final = _lane(Purpose.UPHELD)
U_RETURNED: Final = _lane(Purpose.GOODS_RETURNED)
U_DEFAULTS: Final = _lane(Purpose.REFUND_DEFAULT)
U_SECOND_REPLY: Final = _lane(Purpose.SUPPLIER_REPLY, 1)

DISPUTE_SITES: Final = (
    Purpose.OPENING_OFFER,
    Purpose.PAYOUT_DAYS,
    Purpose.SUPPLIER_REPLY,
    Purpose.BUYER_REPLY,
    Purpose.SUPPLIER_EVIDENCE,
    Purpose.BUYER_EVIDENCE,
    Purpose.DECISION_DAYS,
    Purpose.AWARD_SHARE,
)
"""What a dispute draws from distributions: all of it when it opens, since tables asked one after the other cost less
than tables asked one by one between other things. In whole minutes or millionths; only the first answer of each side
is among them."""
D_OFFER, D_PAYOUT, D_SUPPLIER_REPLY, D_BUYER_REPLY, D_SUPPLIER_EVIDENCE, D_BUYER_EVIDENCE, D_DECISION, D_AWARD = range(
    len(DISPUTE_SITES)
)
SITE_LANES: Final = tuple(_lane(purpose) for purpose in DISPUTE_SITES)
SITE_ODD: Final = tuple(purpose % 2 for purpose in DISPUTE_SITES)

SAMPLED_PAIR: Final = np.uint64(last_word(0, Purpose.SAMPLED, 0))
"""Last word of the counter that holds this purpose and the next; the index is added to it."""
REWORK_PAIR: Final = np.uint64(last_word(0, Purpose.REWORK_DAYS, 0))
BOOKING_PAIR: Final = np.uint64(last_word(0, Purpose.BOOKING, 0))
VISIT_PAIR: Final = np.uint64(last_word(0, Purpose.VISIT_SAMPLED, 0))
CORRECTION_PAIR: Final = np.uint64(last_word(0, Purpose.CORRECTION_ROUNDING, 0))
REPLY_PAIR: Final = np.uint64(last_word(0, Purpose.SUPPLIER_REPLY, 0))
STRIDE: Final = ATTEMPT_STRIDE

LATER_SITES: Final = (Purpose.BOOKING, Purpose.REWORK_DAYS)
CLOSED_SITES: Final = (*DISPUTE_SITES, *LATER_SITES)
"""Draws from a distribution, made when they are needed: where its law itself must be asked, Python asks beforehand."""
C_BOOKING, C_REWORK = range(len(DISPUTE_SITES), len(CLOSED_SITES))

VARIANT: Final = np.dtype(
    [
        *_integers("supplier", "quantity", "price", "deposit", "balance", "deposit_fee", "balance_fee", "freight"),
        *_integers("extra_production", "first_visit", "visits", "inspection", "row", "first_step", "steps"),
        ("closed", "i8", (len(CLOSED_SITES),)),
        ("tables", "i8", (len(DISPUTE_SITES),)),
        ("parts", "i8", (len(DISPUTE_SITES),)),
        ("entity", "u8"),
        ("eager", "?"),
    ],
    align=True,
)
"""An order with one supplier. `row` is the first of its rows of common draws, made by its `steps`; `inspection` is -1
for none; `closed` holds, by `CLOSED_SITES`, the first row of draws that Python made, -1 for none, and `tables`, by
`DISPUTE_SITES`, the numbers of the tables; `parts` those of the parts of tables that are all cubic pieces, else -1.
"""

# -------------------------------------------------------------------------------- one order on its way

CASE: Final = np.dtype(
    [
        *_integers("state", "variant", "firm", "happened", "ready", "held", "agreed_date", "handling_minutes"),
        # what the buyer knows of the lot, and what is hidden in it
        *_integers("known", "looked_at", "latent_units", "shown"),
        # production and inspections under way
        *_integers("begun", "visit", "work_begun", "work", "made", "attempt", "severity"),
        # resources that it holds or waits for: their numbers, -1 for none
        *_integers("slot", "inspector", "handler"),
        # the dispute, as `Dispute` of the reference engine has it, and whose story it is part of
        *_integers("dispute_state", "owner", "ground", "claim", "returnable", "opened", "proposed", "answers"),
        *_integers("replies", "offer", "award", "event", "evidence", "deadline", "deadline_event"),
        # the buyer's work on it: minutes that it takes, minute at which it is done; minutes of both sides' evidence
        *_integers("work_minutes", "work_done", "ours", "theirs"),
        *[(name, "?") for name in ("never_ships", "disputing", "claims_latent", "answering")],
        # the uniforms of its lanes, of even purposes and of odd ones, and what `DISPUTE_SITES` draw with them
        ("even", "f8", (LANE_COUNT,)),
        ("odd", "f8", (LANE_COUNT,)),
        ("drawn", "i8", (len(DISPUTE_SITES),)),
        # uniforms of later answers, a few rounds at a time, and the first of these rounds
        ("later_even", "f8", (LATER_ROUNDS,)),
        ("later_odd", "f8", (LATER_ROUNDS,)),
        ("later_first", "i8"),
    ],
    align=True,
)

PLACE: Final = np.dtype(_integers("wake", "phase", "ticket"))
"""When a story or a dispute goes on, and with what; its place in the queue for a resource, 0 if it does not queue."""
RESOURCE: Final = np.dtype(_integers("capacity", "free", "queued"))
SWITCHING: Final = np.dtype([*_integers("severity", "rejections", "accepted", "rejected"), ("seen", "?")], align=True)

WORLD: Final = np.dtype(
    [
        ("terms", TERMS),
        ("need", NEED),
        ("setting", SETTING),
        ("flat", FLAT),
        ("keys", "u8", (2 * ROUNDS,)),
        ("lanes", "u8", (LANE_COUNT,)),
        ("site_lanes", "i8", (len(DISPUTE_SITES),)),
        ("site_odd", "i8", (len(DISPUTE_SITES),)),
        # addresses: of the plan, and of what a thread has for itself
        *_integers("calendars", "suppliers", "variants", "orders", "visits", "inspections", "steps"),
        *_integers("order_matrix", "dispute_matrix", "mantissa", "exponent"),
        *_integers("block", "given", "cases", "places", "resources", "switching", "out", "trace"),
        # how many there are
        *_integers("orders_count", "variants_count", "resources_count", "firms_count", "factorials"),
        *_integers("lane_count", "site_count", "later_count"),
        *_integers("block_columns", "given_columns", "trace_room"),
        # where the kernel is: minute, order that acts, replication, its column of the block and of the given draws
        *_integers("now", "order", "replication", "column", "given_column"),
        # what it counts: tickets of queues, visits to be looked at first, events, and what must not be
        *_integers("ticket", "urgent", "events", "impossible", "rounds_short"),
    ],
    align=True,
)
"""Everything that the kernel works with; it is handed from function to function as one pointer."""

NOWHEN: Final = np.iinfo(np.int64).max
"""The minute of a wake that is not set."""
BEFORE_ALL: Final = -1
"""The minute of a wake that comes before the first."""

# Two wakes an order: of its own story, and of whatever `until_in_dispute` waits for in the reference engine.
STORY: Final = 0
DISPUTE: Final = 1

# What an order does next, or waits to do.
WAIT: Final = -1
(
    START,
    SLOT_GRANTED,
    NEXT_VISIT,
    VISIT_DUE,
    VISIT_QUEUED,
    VISIT_GRANTED,
    VISIT_BEGINS,
    VISIT_ENDS,
    PRODUCED,
    BOOK_INSPECTION,
    INSPECTION_DUE,
    INSPECTION_BEGINS,
    INSPECTION_ENDS,
    REWORKED,
    REFUSE,
    SHIP,
    ARRIVED,
    CHECK_GOODS,
    LATENT_SHOWN,
    OPEN_DISPUTE,
    CLOSE,
    AWAIT_MILESTONE,
    AWAIT_SLOT,
    AWAIT_INSPECTOR,
    SHIP_DATE,
    LATE_CLAIM_OPENS,
    WRITE_OFF,
    SUPPLIER_ANSWERS,
    DEADLINE_PASSES,
    HANDLER_QUEUED,
    HANDLER_BEGINS,
    HANDLER_ENDS,
    EVIDENCE_IN,
    DECIDED,
    PAYOUT_DUE,
    NEXT_TURN,
    DISPUTE_OVER,
    PAID_OUT,
) = range(38)

# Whose story a dispute is part of.
OWNER_CHECK, OWNER_REFUSAL, OWNER_LATENESS = range(3)

# ------------------------------------------------------------------------------------------ accounts

A_LOSS, A_GROUND_UP, A_RECOVERED, A_PEAK, A_CLOSED, A_SERVED = (
    SUMMED.index(name) for name in ("loss", "ground_up", "recovered", "peak_cash_out", "closed", "served_units")
)
A_COMPONENTS: Final = SUMMED.index(COMPONENTS[0])
A_DROPS: Final = SUMMED.index(DROPS[0])
"""Positions in `sim.totals.SUMMED`; the components of the loss, and the drops, follow one another."""

HALF_BITS: Final = 22
"""Amounts are squared in two halves of so many bits."""
TOTALS: Final = 4
"""Rows that totals take: the sums, and the sums of squares in three parts."""
SQUARED_AT_ONCE: Final = 1 << 18
"""Replications whose squares may be summed before the sums are carried over to Python's integers."""
