"""What helps a claim, item by item, and what each is worth: the loss without it against the loss with it.

Both are simulated under the same draws and subtracted replication by replication. Only what the model knows has a
price; what it does not know is said, and gets none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.experiments.record import protection_pack
from sim.experiments.wording import percentage
from sim.model import build_model
from sim.protocol import Ground
from sim.rules.coverage import is_channel_covered, is_ground_covered
from sim.studies.amounts import give_or_take
from sim.studies.points import Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.measures import Estimate
    from sim.model import PlanModel
    from sim.scenario import Scenario
    from sim.studies.changes import Change, Pairs
    from sim.studies.points import Value
    from sim.terms import RulePack

REPLICATIONS: Final = 4_000
"""Simulated with and without each item, unless told otherwise."""
_TOO_LATE: Final = 3_650.0
"""Days after which nothing is in time under any protection: no drawn time is longer."""
UNKNOWN: Final = (
    "single photos and videos, samples kept, a report made after arrival, what a message says, and how a platform "
    "really weighs any of it"
)
"""What no item of the list can price."""


class Item(NamedTuple):
    """Something that helps a claim.

    Attributes
    ----------
    name
        By which it is known in data.
    task
        What to have, as a buyer would put it on a list.
    without, having
        Values of the scenario without it and with it; none where it cannot be priced.
    why
        Where the model takes its weight from; or why it has none.
    """

    name: str
    task: str
    without: tuple[tuple[str, Value], ...]
    having: tuple[tuple[str, Value], ...]
    why: str

    @property
    def is_priced(self) -> bool:
        """Whether having it changes anything in the model."""
        return self.without != self.having


@dataclass(frozen=True)
class Evidence:
    """An item of the list with its price.

    Attributes
    ----------
    item
        What to have.
    worth
        How much less the plan loses with it than without it, on average over all replications, in currency units;
        None where it has no price.
    for_each_dispute
        The same for each replication that has a dispute, where the item changes none of them; None elsewhere.
    error
        Why there is no price although there should be one.
    """

    item: Item
    worth: Estimate | None = None
    for_each_dispute: float | None = None
    error: str | None = None

    def price(self, currency: str) -> str:
        """What it is worth, in words."""
        worth = self.worth
        if worth is None:
            return self.error or "no price"
        if worth.value == 0 and worth.half_width == 0:
            return "worth nothing here"
        if worth.low <= 0 <= worth.high:
            return f"too small to see (below {_amount(max(worth.high, -worth.low), currency)})"
        if worth.value < 0:
            more = type(worth)(-worth.value, -worth.high, -worth.low, worth.n)
            return f"costs {give_or_take(more, currency)}: more claims, more hours"
        each = ""
        if self.for_each_dispute is not None:
            each = f", {_amount(self.for_each_dispute, currency)} for each dispute"
        return f"worth {give_or_take(worth, currency)}{each}"

    def as_data(self) -> dict[str, Any]:
        """The item as plain data."""
        return {
            "name": self.item.name,
            "task": self.item.task,
            "why": self.item.why,
            "worth": None if self.worth is None else self.worth._asdict(),
            "for_each_dispute": self.for_each_dispute,
            "without": dict(self.item.without),
            "having": dict(self.item.having),
            "error": self.error,
        }


def _amount(amount: float, currency: str) -> str:
    from sim.experiments.verdict import money

    return money(amount, currency)


# ------------------------------------------------------------------------------------------------- what there is


@dataclass(frozen=True)
class _Case:
    scenario: Scenario
    model: PlanModel
    pack: RulePack

    def covers(self, ground: Ground) -> bool:
        terms, custom = self.model.terms, self.model.contract.custom_made
        return any(
            is_ground_covered(terms, ground, custom, False) and is_channel_covered(terms, supplier.on_platform)
            for supplier in self.model.suppliers
        )

    @property
    def is_inspected(self) -> bool:
        return any(variant.inspection is not None for order in self.model.orders for variant in order.variants)


def items_of(scenario: Scenario, plan: str) -> tuple[Item, ...]:
    """What helps a claim under a plan, with what to change in the scenario to be without it.

    Parameters
    ----------
    scenario, plan
        Whose claim it is.

    Returns
    -------
    tuple of Item
        None where no claim can be made.
    """
    case = _Case(scenario, build_model(scenario, plan), protection_pack(scenario))
    quality = case.covers(Ground.QUALITY)
    if not quality and not case.covers(Ground.LATE_SHIPMENT):
        return ()
    found = [_report(case), _contract(case), _counts(case)] if quality else []
    return (*found, _in_time(case), _messages(case))


def _report(case: _Case) -> Item:
    name, task = "report", "A pre-shipment inspection report that says what failed"
    odds = case.scenario.model.disputes.odds
    if not case.is_inspected:
        return Item(name, task, (), (), "this plan buys no pre-shipment inspection; compare a plan that does")
    path = "disputes.odds.failed_inspection_report"
    why = f"{path} {odds.failed_inspection_report:g}: a failed lot's report multiplies the odds"
    if odds.passed_inspection_report < 1:
        why += f"; a report that says passed speaks for the supplier ({odds.passed_inspection_report:g})"
    now = odds.failed_inspection_report
    return Item(name, task, ((path, 1.0),), ((path, now),), why)


def _contract(case: _Case) -> Item:
    path = "contract.detail_share"
    share = case.scenario.model.contract.detail_share
    return Item(
        "contract",
        "Requirements written measurably into the order, all of them",
        ((path, 0.0),),
        ((path, 1.0),),
        f"{path} and disputes.odds.full_contract_detail; without: none written, now: {percentage(share)}",
    )


def _counts(case: _Case) -> Item:
    path = "buyer.goods_check_days"
    rule = case.pack.rules["claim_window"]
    return Item(
        "counts",
        "Counts of what is wrong, with photos, from a check of all goods on arrival",
        ((path, _TOO_LATE),),
        ((path, 0.0),),
        f"found inside claim_window ({rule.value:g} {rule.unit}), or not found in time at all",
    )


def _in_time(case: _Case) -> Item:
    path = "buyer.evidence_days"
    rule = case.pack.rules["evidence_window"]
    missed = str(case.pack.rules["buyer_evidence_missed"].value).replace("_", " ")
    return Item(
        "in-time",
        "Evidence (photos, counts, contract, report) with the platform in time",
        ((path, _TOO_LATE),),
        ((path, 0.0),),
        f"evidence_window {rule.value:g} {rule.unit}; missed: {missed}",
    )


def _messages(case: _Case) -> Item:
    path = "contract.messages_on_platform"
    odds = case.scenario.model.disputes.odds.messages_off_platform
    if odds == 1:
        why = "disputes.odds.messages_off_platform is 1: the mediator does not mind"
        return Item("messages", "All talk with the supplier on the platform", (), (), why)
    why = f"disputes.odds.messages_off_platform {odds:g}"
    return Item("messages", "All talk with the supplier on the platform", ((path, False),), ((path, True),), why)


# ------------------------------------------------------------------------------------------------ what it is worth


def evidence_priced(pairs: Pairs, scenario: Scenario, plan: str) -> tuple[Evidence, ...]:
    """Price of everything that helps a claim, for one plan.

    Parameters
    ----------
    pairs
        Compares points replication by replication, such as `sim.studies.study.Study`.
    scenario, plan
        Whose claim it is.

    Returns
    -------
    tuple of Evidence
        In the order of `items_of`. The intervals hold together (Bonferroni over the items).
    """
    items = items_of(scenario, plan)
    priced = [item for item in items if item.is_priced]
    confidence = 1 - (1 - scenario.model.run.confidence) / max(len(priced), 1)
    found = []
    for item in items:
        if not item.is_priced:
            found.append(Evidence(item))
            continue
        (change,) = pairs.changes(Point(item.without, (plan,)), [Point(item.having, (plan,))])
        found.append(_priced(item, change, plan, confidence))
    return tuple(found)


def _priced(item: Item, change: Change, plan: str, confidence: float) -> Evidence:
    if change.error is not None:
        return Evidence(item, error=change.error)
    worth = change.gain(plan, confidence)
    without, having = (found.plans[plan].with_claim for found in (change.base, change.other))
    each = worth.value * worth.n / having if having and without == having else None
    return Evidence(item, worth, each)


def unpriced(items: Sequence[Item]) -> tuple[Evidence, ...]:
    """The list alone."""
    return tuple(Evidence(item) for item in items)
