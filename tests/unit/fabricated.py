"""Outcomes made by a seeded generator: consistent, though they tell the story of no order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.outcomes import (
    ORDER_RECORD,
    REPLICATION_RECORD,
    TRACE_RECORD,
    LossComponent,
    Outcomes,
    RecoveryRule,
)
from sim.protocol import Event, Ground, State
from sim.totals import totals_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sim.totals import Totals

    Model = Any
    """Of a plan, or fabricated."""


@dataclass(frozen=True)
class FabricatedModel:
    """What results and experiments need to know of a plan."""

    plan: str = "all-at-once"
    seed: int = 1
    order_ids: tuple[str, ...] = ("a", "b")
    supplier_names: tuple[str, ...] = ("shenzhen", "ningbo")
    start: date = date(2026, 3, 2)
    currency: str = "GBP"
    need_quantity: int = 3000
    mean_loss: int = 400_000


@dataclass(frozen=True)
class FabricatedEngine:
    """An engine that makes its outcomes up; those that tests derive from it do something else as well."""

    in_threads: bool = False
    name: str = "fabricated"

    def simulate(self, model: Model, replications: range, *, trace: bool = False) -> Outcomes:
        if not isinstance(model, FabricatedModel):
            model = FabricatedModel(plan=model.plan, seed=model.seed, order_ids=model.order_ids)
        return fabricated(model, replications, trace=trace)

    def summarise(self, model: Model, replications: range) -> Totals:
        return totals_of(self.simulate(model, replications).replications)

    def prepare(self, tell: Callable[[str], None] | None = None) -> None:
        """Nothing."""


@dataclass(frozen=True)
class RecordedEngine(FabricatedEngine):
    """An engine that gives back what was simulated before: for each number of orders, from replication 0."""

    outcomes: tuple[Outcomes, ...] = ()

    def simulate(self, model: Model, replications: range, *, trace: bool = False) -> Outcomes:
        del trace
        (found,) = (made for made in self.outcomes if made.orders.shape[1] == len(model.order_ids))
        rows = slice(replications.start, replications.stop)
        return Outcomes(found.replications[rows], found.orders[rows], found.trace)


def fabricated(model: FabricatedModel, replications: range, *, trace: bool = False) -> Outcomes:
    """Outcomes of a model that depend on the seed and the number of each replication alone.

    The luck of a replication is shared by all plans, as common random numbers would have it.
    """
    made = Outcomes(
        np.zeros(len(replications), REPLICATION_RECORD),
        np.zeros((len(replications), len(model.order_ids)), ORDER_RECORD),
        np.zeros(3 if trace else 0, TRACE_RECORD),
    )
    for row, number in enumerate(replications):
        luck = np.random.default_rng((model.seed, number))
        _fill_replication(made.replications[row : row + 1], number, model, luck)
        _fill_orders(made.orders[row], luck)
    if trace:
        _fill_trace(made.trace, replications[0])
    return made


def _fill_replication(record: NDArray[Any], number: int, model: FabricatedModel, luck: np.random.Generator) -> None:
    own = np.random.default_rng((model.seed, number, model.mean_loss))
    components = luck.integers(0, 50_000, len(LossComponent))
    components[LossComponent.MISSING_UNITS] = int(luck.gamma(2, model.mean_loss / 2) + own.normal(0, 5_000))
    components[LossComponent.REFUNDS] *= -1
    drops = luck.integers(0, 9_000, len(RecoveryRule)) * (luck.random(len(RecoveryRule)) < 0.2)
    record["replication"] = number
    record["components"] = components
    record["loss"] = components.sum()
    record["drops"] = drops
    record["recovered"] = luck.integers(0, 5_000)
    record["ground_up"] = drops.sum() + record["recovered"]
    record["good_units"] = luck.integers(2_000, 3_300)
    record["served_units"] = np.minimum(record["good_units"], model.need_quantity)
    record["peak_cash_out"] = luck.integers(500_000, 2_000_000)
    record["closed"] = luck.integers(50_000, 200_000)
    record["orders_placed"] = len(model.order_ids)
    record["orders_late"] = luck.integers(0, 3)
    record["claims"] = luck.integers(0, 2)


def _fill_orders(records: NDArray[Any], luck: np.random.Generator) -> None:
    placed = luck.random(len(records)) < 0.9
    placed[0] = True
    claims = luck.random(len(records)) < 0.5
    records["supplier"] = np.where(placed, luck.integers(0, 2, len(records)), -1)
    records["quantity"] = 1500
    records["placed"] = np.where(placed, 0, -1)
    records["shipped"] = np.where(placed, luck.integers(40_000, 60_000, len(records)), -1)
    records["received"] = np.where(luck.random(len(records)) < 0.9, records["shipped"] + 40_000, -1)
    records["closed"] = 150_001
    for name in ("critical", "major", "minor", "inspections"):
        records[name] = luck.integers(0, 40, len(records))
    records["disputes"] = claims
    records["ground"] = np.where(claims, Ground.QUALITY, Ground.NONE)
    records["dispute_end"] = np.where(claims, State.SETTLED, -1)
    records["claimed"] = np.where(claims, 123_456, 0)
    records["refunded"] = np.where(claims, 65_432, 0)


def _fill_trace(trace: NDArray[Any], number: int) -> None:
    trace["replication"] = number
    trace["minute"] = (0, 0, 1440 + 90)
    trace["event"] = (Event.ORDER_PLACED, Event.DEPOSIT_PAID, Event.GOODS_SHIPPED)
    trace["amount"] = (1500, 234_567, 1)
