"""Two tellers of the same deadlines: what an engine did at the end of a time limit, and the agenda's day for it.

Random scenarios with every pack, and with odd values for its rules, are simulated with their trace. Wherever a
time limit really ran out, the agenda is asked for the same order, given only what had happened before, to the
minute: its limit must be the minute of the trace. An act that was in time must lie no later than its limit.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml
from hypothesis import given, settings

from sim.engines import reference
from sim.model import build_model
from sim.outcomes import RecoveryRule
from sim.protocol import Event
from sim.scenario import load_scenario
from sim.studies.agenda import Agenda, GivenDate, agenda_of
from sim.units import NEVER
from tests.differential.wide_scenarios import wide_scenarios
from tests.stories import scenario_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sim.model import PlanModel
    from sim.scenario import Scenario
    from sim.studies.agenda import ActDay
    from tests.properties.small_scenarios import Given

REPLICATIONS: Final = range(6)
FEW: Final = 20
ESCALATING: Final = {Event.BUYER_ESCALATED, Event.SUPPLIER_SILENT, Event.NEGOTIATION_ENDED, Event.BUYER_SILENT}
MISSED: Final = {Event.BUYER_MISSED_EVIDENCE, Event.SUPPLIER_MISSED_EVIDENCE}
Moments = list[tuple[int, Event, int]]
"""Minute, event and amount of everything that happened to an order, in order."""


class Replayed:
    """One order of one replication, and the agenda for it as far as it had come."""

    def __init__(self, scenario: Scenario, model: PlanModel, number: int, events: Moments) -> None:
        self.scenario, self.model, self.number, self.events = scenario, model, number, events

    def agenda(self, upto: int, **more: int) -> Agenda:
        """The agenda, given what had happened before the event of this position."""
        known = {**self.known(self.events[:upto]), **more}
        start = datetime.combine(self.scenario.model.start, datetime.min.time())
        dates = {name: GivenDate(start + timedelta(minutes=minute), False) for name, minute in known.items()}
        order = self.model.order_ids[self.number]
        return agenda_of(self.scenario, "plan", order=order, given=dates, replications=FEW)

    @staticmethod
    def known(events: Moments) -> dict[str, int]:
        """What a buyer knows after some events; of a second dispute only what belongs to it."""
        names = {
            Event.ORDER_PLACED: "placed",
            Event.GOODS_SHIPPED: "shipped",
            Event.GOODS_RECEIVED: "received",
            Event.GOODS_CHECKED: "checked",
            Event.SUPPLIER_OFFERED: "supplier_answered",
            Event.BUYER_INSISTED: "buyer_answered",
        }
        found: dict[str, int] = {}
        for minute, event, _ in events:
            if event is Event.DISPUTE_OPENED:
                found = {name: found[name] for name in found if name in {"placed", "shipped", "received", "checked"}}
                found["dispute_opened"] = minute
            elif event in names:
                found[names[event]] = minute
        return found

    def minute_of(self, moment: datetime | None) -> int:
        """A moment of the agenda in minutes of the engine."""
        assert moment is not None
        start = datetime.combine(self.scenario.model.start, datetime.min.time())
        return (moment - start) // timedelta(minutes=1)


def day_of(agenda: Agenda, key: str) -> ActDay:
    """The day of a key that is no guess."""
    (day,) = (day for day in agenda.days if day.key == key and not day.is_expected and not day.if_disputed)
    return day


def orders_replayed(scenario: Scenario, replications: range) -> Iterator[Replayed]:
    """Every order that went to the supplier asked first."""
    model = build_model(scenario, "plan")
    outcomes = reference.simulate(model, replications, trace=True)
    for position, replication in enumerate(replications):
        rows = outcomes.trace[outcomes.trace["replication"] == replication]
        for number, order in enumerate(model.orders):
            if int(outcomes.orders[position, number]["supplier"]) != order.variants[0].supplier:
                continue
            own = rows[rows["order"] == number]
            events = [(int(row["minute"]), Event(int(row["event"])), int(row["amount"])) for row in own]
            yield Replayed(scenario, model, number, events)


def compared(order: Replayed) -> Iterator[str]:
    """Compare every limit that ran out in the life of an order; yields what was compared."""
    for position, (minute, event, amount) in enumerate(order.events):
        if event in ESCALATING:
            yield from the_end_of_a_wait(order, position, minute, event)
        elif event in MISSED:
            day = day_of(order.agenda(position, escalated=escalated_at(order.events[:position])), "evidence")
            assert order.minute_of(day.limit) == minute
            yield event.name
        elif event is Event.DISPUTE_OPENED:
            yield from the_opening(order, position, minute)
        elif event is Event.NO_CLAIM and amount == RecoveryRule.FOUND_TOO_LATE:
            yield from the_closed_window(order, position, minute)
        elif event is Event.ORDER_WRITTEN_OFF and disputes_before(order, position) == 0:
            day = day_of(order.agenda(position), "write_off")
            passed = next(at for at, other, _ in order.events if other is Event.SHIP_DATE_PASSED)
            assert max(order.minute_of(day.moment), passed) == minute
            yield event.name


def the_end_of_a_wait(order: Replayed, position: int, minute: int, event: Event) -> Iterator[str]:
    agenda = order.agenda(position)
    if event is Event.SUPPLIER_SILENT:
        assert order.minute_of(day_of(agenda, "supplier_silence").moment) == minute
    elif event is Event.BUYER_SILENT:
        assert order.minute_of(day_of(agenda, "buyer_silence").limit) == minute
    elif event is Event.NEGOTIATION_ENDED:
        end = day_of(agenda, "negotiation_limit")
        assert order.minute_of(end.limit or end.moment) == minute
    else:
        ends = [day for day in agenda.days if day.key in {"escalation_opens", "negotiation_limit"}]
        assert minute in {order.minute_of(day.limit or day.moment) for day in ends if not day.is_expected}
    yield event.name


def the_opening(order: Replayed, position: int, minute: int) -> Iterator[str]:
    known = order.known(order.events[:position])
    late = [at for at, event, _ in order.events[:position] if event is Event.SHIP_DATE_PASSED]
    refused = any(event is Event.LOT_REFUSED for _, event, _ in order.events[:position])
    if "received" in known:
        window = day_of(order.agenda(position), "claim_window")
        assert order.minute_of(window.limit) >= known["checked"]
        yield "CLAIMED_IN_TIME"
    elif late and not refused:
        day = day_of(order.agenda(position, ship_date=max(late[-1], known["placed"])), "late_claim")
        assert max(order.minute_of(day.moment), late[-1]) == minute
        yield "LATE_CLAIM"


def the_closed_window(order: Replayed, position: int, minute: int) -> Iterator[str]:
    if "received" not in order.known(order.events[:position]) or disputes_before(order, position):
        return
    window = day_of(order.agenda(position), "claim_window")
    assert order.minute_of(window.limit) < minute
    yield "FOUND_TOO_LATE"


def escalated_at(events: Moments) -> int:
    """Minute at which the dispute came before the platform."""
    return next((minute for minute, event, _ in reversed(events) if event in ESCALATING), NEVER)


def disputes_before(order: Replayed, position: int) -> int:
    return sum(event is Event.DISPUTE_OPENED for _, event, _ in order.events[:position])


def loaded(folder: Path, changes: dict[str, Any], orders: Sequence[dict[str, Any]] | None = None) -> Scenario:
    file = folder / "story.yaml"
    file.write_text(yaml.safe_dump(scenario_tree(changes, orders), sort_keys=False), encoding="utf-8")
    return load_scenario(file)


# ------------------------------------------------------------------------------------- scenarios at random


def test_every_limit_of_random_scenarios(tmp_path: Path) -> None:
    """Given any scenario of one or two orders; expected: agenda and engine name the same minute, often enough."""
    seen: Counter[str] = Counter()

    @settings(max_examples=max(settings().max_examples * 2, 120), database=None)
    @given(scenario=wide_scenarios(most_orders=2))
    def look(scenario: Given) -> None:
        read = loaded(tmp_path, scenario.changes, scenario.orders)
        for order in orders_replayed(read, range(2)):
            seen.update(compared(order))

    look()
    assert seen.total() >= 5 * FEW, seen
    assert {"CLAIMED_IN_TIME", "LATE_CLAIM", "NEGOTIATION_ENDED", "BUYER_ESCALATED"} <= set(seen), seen


# ------------------------------------------------------------------------------------- one policy at a time

MAKER: Final = "suppliers.maker"
DEFECTIVE: Final[dict[str, Any]] = {
    f"{MAKER}.defects.major": 0.2,
    f"{MAKER}.promised_days": 30,
    f"{MAKER}.production_days": {"dist": "uniform", "low": 10, "high": 28},
    f"{MAKER}.transit.days": {"dist": "uniform", "low": 5, "high": 30},
    "buyer.goods_check_days": {"dist": "uniform", "low": 0, "high": 12},
}
LATE: Final[dict[str, Any]] = {f"{MAKER}.production_days": {"dist": "uniform", "low": 60, "high": 160}}
POLICIES: Final[dict[str, dict[str, Any]]] = {
    "a supplier who never answers": {
        f"{MAKER}.disputes.silent_probability": 1,
        "buyer.escalates_unanswered": False,
    },
    "a buyer who escalates": {f"{MAKER}.disputes.silent_probability": 1},
    "a slow buyer": {
        "buyer.escalates_unanswered": False,
        "buyer.reply_days": {"dist": "uniform", "low": 3, "high": 20},
        f"{MAKER}.disputes.reply_days": {"dist": "uniform", "low": 0, "high": 3},
    },
    "a talk without end": {
        "buyer.escalates_unanswered": False,
        "buyer.escalates_before_close": False,
        "buyer.accepts_offer_from_share": 1,
        "buyer.reply_days": {"dist": "uniform", "low": 0, "high": 3},
        f"{MAKER}.disputes.reply_days": {"dist": "uniform", "low": 0, "high": 3},
    },
    "evidence that comes too late": {
        "buyer.evidence_days": {"dist": "uniform", "low": 0, "high": 30},
        f"{MAKER}.disputes.evidence_days": {"dist": "uniform", "low": 0, "high": 30},
    },
    "goods checked too late": {"buyer.goods_check_days": {"dist": "uniform", "low": 10, "high": 300}},
    "an order written off": {
        f"{MAKER}.never_ships_probability": 1,
        f"{MAKER}.payment.through": "direct",
        "buyer.writes_off_after_days": 40,
    },
}
PACKS: Final = (
    "alibaba-trade-assurance-2023",
    "alibaba-trade-assurance-faq",
    "escrow",
    "paypal-goods-and-services",
)
LEAST: Final[dict[str, dict[str, int]]] = {
    "a supplier who never answers": {"SUPPLIER_SILENT": 12, "NEGOTIATION_ENDED": 24, "SUPPLIER_MISSED_EVIDENCE": 40},
    "a buyer who escalates": {"BUYER_ESCALATED": 36, "CLAIMED_IN_TIME": 24, "LATE_CLAIM": 24},
    "a slow buyer": {"BUYER_SILENT": 15, "NEGOTIATION_ENDED": 15},
    "a talk without end": {"NEGOTIATION_ENDED": 40},
    "evidence that comes too late": {"BUYER_MISSED_EVIDENCE": 25, "SUPPLIER_MISSED_EVIDENCE": 5},
    "goods checked too late": {"FOUND_TOO_LATE": 15},
    "an order written off": {"ORDER_WRITTEN_OFF": 40},
}
"""How often each limit runs out under a policy, at the least: a comparison of nothing proves nothing."""


@pytest.mark.parametrize("policy", POLICIES)
def test_the_limits_of_a_policy(tmp_path: Path, policy: str) -> None:
    seen: Counter[str] = Counter()
    for pack in PACKS:
        for ground, start in ((DEFECTIVE, date(2026, 8, 10)), (LATE, date(2026, 1, 5))):
            changes = {**ground, **POLICIES[policy], "protection": pack, "start": start}
            for order in orders_replayed(loaded(tmp_path, changes), REPLICATIONS):
                seen.update(compared(order))
    assert {name: seen[name] for name, least in LEAST[policy].items() if seen[name] < least} == {}
