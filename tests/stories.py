"""One order told by hand: a scenario without chance, in which every minute and every cent can be worked out.

The plain story, from which every test departs by a few keys:

====== ==========================================================================================================
day    what happens
====== ==========================================================================================================
0      Monday 2 March 2026: 1,000 units at 10.00 are ordered; the deposit, 3,000.00 of 10,000.00, is paid
20     production is finished; the balance of 7,000.00 is paid, and the goods are shipped (promised: day 30)
30     received
35     checked: nothing is wrong, and the order is closed
====== ==========================================================================================================

If something is wrong, the supplier (ten days to answer) is too slow for the buyer, who escalates on the fourth day;
both bring evidence after a day, the mediator takes three days and grants the claim in full, and the refund takes two
more: opened on day 35, escalated 39, evidence closed 40, decided 43, paid 45.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import yaml

from sim.model import build_model
from sim.outcomes import LossComponent, RecoveryRule
from sim.protocol import Event, Ground, State
from sim.scenario import load_scenario
from sim.units import MINUTES_PER_DAY
from tests.engines import simulated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sim.model import PlanModel
    from sim.outcomes import Outcomes

DAY: Final = MINUTES_PER_DAY
MAKER: Final = "suppliers.maker"
_DUMPER: Final = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
EVERY_DAY_WORKED: Final[dict[str, Any]] = {"weekend": []}
"""A calendar without weekends: working days are calendar days."""

PLAIN: Final[dict[str, Any]] = {
    "schema_version": 1,
    "name": "story",
    "start": date(2026, 3, 2),
    "currency": "USD",
    "need": {"quantity": 1000, "due": 60, "sale_value": 20},
    "buyer": {
        "goods_check_days": 5,
        "reply_days": 1,
        "evidence_days": 1,
        "extension_accepted_days": 0,
        "dispute_hours": {"filing": 0, "reply": 0, "evidence": 0},
    },
    "protection": "alibaba-trade-assurance-2023",
    "suppliers": {
        "maker": {
            "calendar": EVERY_DAY_WORKED,
            "unit_price": [{"from": 1, "price": 10}],
            "payment": {"deposit_share": 0.3},
            "promised_days": 30,
            "production_days": 20,
            "parallel_orders": 12,
            "disputes": {
                "reply_days": 10,
                "opening_offer_share": 0,
                "concession_share": 0,
                "evidence_days": 1,
                "payout_days": 2,
            },
            "transit": {"days": 10},
        }
    },
    "disputes": {"uphold_probability": 1, "award_share": 1, "decision_days": 3},
    "run": {"seed": 1},
}

NEGOTIATED: Final[dict[str, Any]] = {
    "buyer.escalates_unanswered": False,
    f"{MAKER}.disputes.reply_days": 2,
}
"""A supplier who answers after two days, and a buyer who waits for it."""

INSPECTED: Final[dict[str, Any]] = {
    "kind": "pre_shipment",
    "man_days": 0,
    "sampling": {"standard": "fixed", "sample_size": 1000, "accept": {"critical": 0, "major": 50, "minor": 100}},
    "on_fail": {"do": "refuse"},
}
"""A pre-shipment inspection of every unit, in no time and free of charge, that accepts up to 50 major defects."""


class Moment(NamedTuple):
    """One event of a story."""

    minute: int
    order: str
    event: str
    amount: int


@dataclass(frozen=True)
class Story:
    """What a plan came to.

    Attributes
    ----------
    model, outcomes
        The plan, and all of its replications.
    replication
        Number of the replication that `order`, `events` and the rest speak of.
    """

    model: PlanModel
    outcomes: Outcomes
    replication: int = 0

    def order(self, name: str | int = 0) -> SimpleNamespace:
        """Outcome record of an order, by name or position, in its named fields."""
        number = name if isinstance(name, int) else self.model.order_ids.index(name)
        record = self.outcomes.orders[self.replication, number]
        return SimpleNamespace(**{field: int(record[field]) for field in record.dtype.names})

    @property
    def events(self) -> list[Moment]:
        """Every event of the replication, in order."""
        return [
            Moment(int(row["minute"]), self.model.order_ids[row["order"]], Event(row["event"]).name, int(row["amount"]))
            for row in self.outcomes.trace
            if row["replication"] == self.outcomes.replications[self.replication]["replication"]
        ]

    def names(self, order: str = "a") -> list[str]:
        """Events of an order by name, in order."""
        return [moment.event for moment in self.events if moment.order == order]

    def minutes(self, event: str, order: str = "a") -> list[int]:
        """Minutes at which an event of an order happened."""
        return [moment.minute for moment in self.events if (moment.event, moment.order) == (event, order)]

    def minute(self, event: str, order: str = "a") -> int:
        """The minute at which an event of an order happened, once."""
        (minute,) = self.minutes(event, order)
        return minute

    def dispute_end(self, name: str | int = 0) -> str:
        """State in which the last dispute of an order ended."""
        return State(self.order(name).dispute_end).name

    def ground(self, name: str | int = 0) -> str:
        """Ground of the last claim of an order."""
        return Ground(self.order(name).ground).name

    def total(self, field: str) -> int:
        """A number of the replication's record."""
        return int(self.outcomes.replications[self.replication][field])

    @property
    def loss(self) -> dict[str, int]:
        """Cents of every loss component that is not nought, by name."""
        components = self.outcomes.replications[self.replication]["components"]
        return {member.name: int(components[member]) for member in LossComponent if components[member]}

    @property
    def drops(self) -> dict[str, int]:
        """Cents of every drop of the recovery that is not nought, by name of the rule."""
        drops = self.outcomes.replications[self.replication]["drops"]
        return {member.name: int(drops[member]) for member in RecoveryRule if drops[member]}


def days(whole: float, minutes: int = 0) -> float:
    """Days and minutes as the days of a scenario."""
    return whole + minutes / DAY


def at(day: float, minutes: int = 0) -> int:
    """Minute of a day, and some minutes more."""
    return round(day * DAY) + minutes


def order_of(name: str = "a", quantity: int = 1000, supplier: str = "maker", **more: object) -> dict[str, Any]:
    """One order of a plan."""
    return {"id": name, "supplier": supplier, "quantity": quantity, **more}


def scenario_tree(
    changes: Mapping[str, object] | None = None, orders: Sequence[Mapping[str, object]] | None = None
) -> dict[str, Any]:
    """The plain scenario with some keys, given by dotted path, changed."""
    tree = deepcopy(PLAIN)
    tree["plans"] = {"plan": {"orders": [dict(order) for order in orders or [order_of()]]}}
    for path, value in (changes or {}).items():
        *parents, last = path.split(".")
        place = tree
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = deepcopy(value)
    return tree


def model_of(
    folder: Path,
    changes: Mapping[str, object] | None = None,
    orders: Sequence[Mapping[str, object]] | None = None,
) -> PlanModel:
    """Model of the plain scenario with some keys changed, by way of a file."""
    file = folder / "story.yaml"
    file.write_text(yaml.dump(scenario_tree(changes, orders), Dumper=_DUMPER, sort_keys=False), encoding="utf-8")
    return build_model(load_scenario(file), "plan")


def tell(
    folder: Path,
    changes: Mapping[str, object] | None = None,
    orders: Sequence[Mapping[str, object]] | None = None,
    *,
    replications: range = range(1),
) -> Story:
    """Simulate the plain scenario with some keys changed, with both engines, which must tell the same story.

    Parameters
    ----------
    folder
        Where the scenario file is written.
    changes
        New values by dotted path, such as ``{"suppliers.maker.defects.major": 0.1}``.
    orders
        The orders of the plan; left out: one of 1,000 units.
    """
    model = model_of(folder, changes, orders)
    return Story(model, simulated(model, replications))
