"""The parts of an order's story: which event belongs to which, and how long passes between them."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.units import MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sim.experiments.story import StoryEvent

_WEEK: Final = 7
_WEEKS_FROM: Final = 14
_MONTHS_FROM: Final = 75
_MONTH: Final = 30.44


@unique
class Phase(StrEnum):
    """A part of an order's story."""

    PRODUCTION = "Order and production"
    INSPECTION = "Inspection before shipment"
    SHIPMENT = "Payment and shipment"
    ARRIVAL = "Arrival"
    DISPUTE = "Dispute"
    REFUND = "Return and refund"


_P = Phase

PHASES: Final[dict[str, Phase | None]] = {
    "order_placed": _P.PRODUCTION,
    "order_not_placed": _P.PRODUCTION,
    "supplier_changed": _P.PRODUCTION,
    "deposit_paid": _P.PRODUCTION,
    "production_started": _P.PRODUCTION,
    "visit_passed": _P.PRODUCTION,
    "visit_failed": _P.PRODUCTION,
    "production_finished": _P.PRODUCTION,
    "extension_agreed": None,
    "ship_date_passed": None,
    "ship_date_held": None,
    "inspection_booked": _P.INSPECTION,
    "lot_accepted": _P.INSPECTION,
    "lot_rejected": _P.INSPECTION,
    "rework_refused": _P.INSPECTION,
    "rework_started": _P.INSPECTION,
    "rework_finished": _P.INSPECTION,
    "lot_taken_anyway": _P.INSPECTION,
    "lot_refused": _P.INSPECTION,
    "balance_paid": _P.SHIPMENT,
    "goods_shipped": _P.SHIPMENT,
    "goods_received": _P.ARRIVAL,
    "goods_checked": _P.ARRIVAL,
    "latent_defects_shown": None,
    "no_claim": None,
    "order_ended_by_refund": None,
    "order_written_off": None,
    "order_closed": None,
    "dispute_opened": _P.DISPUTE,
    "supplier_offered": _P.DISPUTE,
    "supplier_conceded": _P.DISPUTE,
    "buyer_insisted": _P.DISPUTE,
    "buyer_accepted": _P.DISPUTE,
    "supplier_silent": _P.DISPUTE,
    "buyer_silent": _P.DISPUTE,
    "buyer_escalated": _P.DISPUTE,
    "negotiation_ended": _P.DISPUTE,
    "evidence_closed": _P.DISPUTE,
    "buyer_missed_evidence": _P.DISPUTE,
    "supplier_missed_evidence": _P.DISPUTE,
    "claim_rejected": _P.DISPUTE,
    "claim_upheld": _P.DISPUTE,
    "goods_shipped_in_dispute": _P.DISPUTE,
    "return_ordered": _P.REFUND,
    "return_declined": _P.REFUND,
    "goods_returned": _P.REFUND,
    "refund_paid": _P.REFUND,
    "refund_defaulted": _P.REFUND,
}
"""Of each event, by its name in the protocol; one without a phase happens in whichever its order is."""


class Step(NamedTuple):
    """An event in its place.

    Attributes
    ----------
    event
        What happens.
    phase
        Of its order by now.
    opens
        Whether the phase, or the story of another order, begins with it.
    days
        Days since the event before.
    """

    event: StoryEvent
    phase: Phase
    opens: bool
    days: float


def steps(events: Iterable[StoryEvent]) -> Iterator[Step]:
    """The events of a story in their places, in the order in which they happened."""
    reached: dict[str, Phase] = {}
    before: StoryEvent | None = None
    last: tuple[str, Phase] | None = None
    for event in events:
        phase = PHASES[event.event] or reached.get(event.order, Phase.PRODUCTION)
        reached[event.order] = phase
        days = 0.0 if before is None else (event.minute - before.minute) / MINUTES_PER_DAY
        yield Step(event, phase, (event.order, phase) != last, days)
        before, last = event, (event.order, phase)


def later(days: float) -> str:
    """How long after something, in round words: ``3 weeks later``; nothing where it is less than a day."""
    whole = round(days)
    if whole >= _MONTHS_FROM:
        return _counted(days / _MONTH, "month")
    if whole >= _WEEKS_FROM:
        return _counted(days / _WEEK, "week")
    return _counted(days, "day") if days >= 1 else ""


def _counted(number: float, unit: str) -> str:
    count = round(number)
    return f"{count} {unit}{'' if count == 1 else 's'} later"
