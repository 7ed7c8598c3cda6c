"""The draws of a plan, a block of replications at a time.

Every draw has its own address, so drawing more than a replication will use changes nothing but time. What nearly every
order needs, and the first rounds of a dispute, are drawn for a whole block with NumPy; later rounds one by one.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.protocol import Ground
from sim.random.purposes import Purpose
from sim.random.scores import draw_score, normal_score, shared_score
from sim.random.tables import draw, draw_one
from sim.random.uniforms import uniform, uniform_block
from sim.rules.durations import micros_drawn, minutes_drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from sim.model import PlanModel, Supplier, Timespan, Variant
    from sim.random.tables import QuantileTable
    from sim.random.uniforms import Address

    Floats = NDArray[np.float64]
    Recipe = Callable[[Floats], Iterable[Any]]

CLASSES = 3
ROUNDS_DRAWN = 6
"""Rounds of a dispute drawn with the block; a dispute that goes on longer draws as it goes."""
DISPUTE_STRIDE = 1 << 15
"""Addresses of a dispute's rounds; one that goes on for more (weeks of answers by the minute) repeats its last draw."""
ATTEMPT_STRIDE = 4


class VisitVariates(NamedTuple):
    """Uniforms of one during-production inspection, by class of defect."""

    sampled: tuple[float, float, float]
    detected: tuple[float, float, float]
    rounding: tuple[float, float, float]


class AttemptVariates(NamedTuple):
    """Draws of one pre-shipment inspection of a lot, and of the rework after it."""

    sampled: tuple[float, float, float]
    detected: tuple[float, float, float]
    rounding: tuple[float, float, float]
    booking: int
    rework: int
    rework_refused: float


class DisputeVariates(NamedTuple):
    """Draws of one dispute."""

    silent: float
    concedes: float
    opening_offer: int
    payout: int
    supplier_evidence: int
    buyer_evidence: int
    upheld: float
    decision: int
    award: int
    returned: float
    defaults: float
    supplier_replies: tuple[int, ...]
    buyer_replies: tuple[int, ...]


class OrderVariates(NamedTuple):
    """Draws of one order with one supplier: minutes, millionths, shares of a lot, and uniforms.

    `visits`, `attempts` and `disputes` hold the fields of `VisitVariates`, `AttemptVariates` and `DisputeVariates` as
    plain tuples: most are never looked at, so they get their names where they are used.
    """

    never_ships: float
    used_by_others: int
    shares: tuple[float, float, float]
    rounding: tuple[float, float, float]
    bad_lot: float
    bad_share: float
    production: int
    in_contract: float
    transit: int
    goods_check: int
    latent_after: int
    latent: tuple[float, float, float]
    damage: float
    visits: tuple[Any, ...]
    attempts: tuple[Any, ...]
    disputes: tuple[Any, ...]


class _Columns:
    """Collects the addresses that a plan needs, and how each becomes a column of draws."""

    def __init__(self) -> None:
        self.rows: dict[Address, int] = {}

    def row(self, entity: int, purpose: Purpose, index: int = 0) -> int:
        return self.rows.setdefault((entity, int(purpose), index), len(self.rows))

    def uniform(self, entity: int, purpose: Purpose, index: int = 0) -> Recipe:
        row = self.row(entity, purpose, index)
        return lambda block: block[row].tolist()

    def uniforms(self, entity: int, purpose: Purpose, first: int = 0) -> Recipe:
        return _zipped([self.uniform(entity, purpose, first + index) for index in range(CLASSES)])

    def number(self, table: QuantileTable, entity: int, purpose: Purpose, index: int = 0) -> Recipe:
        row = self.row(entity, purpose, index)
        return lambda block: draw(table, block[row]).tolist()

    def micros(self, table: QuantileTable, entity: int, purpose: Purpose, index: int = 0) -> Recipe:
        row = self.row(entity, purpose, index)
        return lambda block: micros_drawn(draw(table, block[row])).astype(np.int64).tolist()

    def minutes(self, span: Timespan, entity: int, purpose: Purpose, index: int = 0) -> Recipe:
        row = self.row(entity, purpose, index)
        return lambda block: minutes_drawn(draw(span.table, block[row])).astype(np.int64).tolist()

    def quality(self, supplier: Supplier, firm: int, entity: int, index: int) -> Recipe:
        """Share of a lot in one class: the firm's and the lot's normal scores, weighted."""
        shared = self.row(firm, Purpose.SUPPLIER_QUALITY, index)
        own = self.row(entity, Purpose.LOT_QUALITY, index)
        table = supplier.quality[index]
        return lambda block: draw_score(
            table, shared_score(normal_score(block[shared]), normal_score(block[own]), supplier.lot_share)
        ).tolist()


def _zipped(recipes: Sequence[Recipe]) -> Recipe:
    return lambda block: zip(*(recipe(block) for recipe in recipes), strict=True)


def _nothing(block: Floats) -> Iterable[Any]:
    return repeat((), block.shape[1])


def _visits(columns: _Columns, variant: Variant) -> Recipe:
    if not variant.visits:
        return _nothing
    return _zipped(
        [
            _zipped(
                [
                    columns.uniforms(variant.entity, purpose, ATTEMPT_STRIDE * number)
                    for purpose in (Purpose.VISIT_SAMPLED, Purpose.VISIT_DETECTED, Purpose.CORRECTION_ROUNDING)
                ]
            )
            for number in range(len(variant.visits))
        ]
    )


def _attempts(columns: _Columns, variant: Variant, supplier: Supplier) -> Recipe:
    inspection = variant.inspection
    if inspection is None:
        return _nothing
    return _zipped(
        [
            _zipped(
                [
                    columns.uniforms(variant.entity, Purpose.SAMPLED, ATTEMPT_STRIDE * attempt),
                    columns.uniforms(variant.entity, Purpose.DETECTED, ATTEMPT_STRIDE * attempt),
                    columns.uniforms(variant.entity, Purpose.REWORK_ROUNDING, ATTEMPT_STRIDE * attempt),
                    columns.minutes(inspection.booking, variant.entity, Purpose.BOOKING, attempt),
                    columns.minutes(supplier.rework, variant.entity, Purpose.REWORK_DAYS, attempt),
                    columns.uniform(variant.entity, Purpose.REWORK_REFUSED, attempt),
                ]
            )
            for attempt in range(inspection.reworks_at_most + 1)
        ]
    )


def _dispute(columns: _Columns, model: PlanModel, variant: Variant, ground: Ground) -> Recipe:
    entity, first = variant.entity, DISPUTE_STRIDE * ground
    supplier, buyer, mediation = model.suppliers[variant.supplier].disputes, model.buyer, model.mediation
    rounds = range(first, first + ROUNDS_DRAWN)
    return _zipped(
        [
            columns.uniform(entity, Purpose.SUPPLIER_SILENT, first),
            columns.uniform(entity, Purpose.CONCEDES, first),
            columns.micros(supplier.opening_offer, entity, Purpose.OPENING_OFFER, first),
            columns.minutes(supplier.payout, entity, Purpose.PAYOUT_DAYS, first),
            columns.minutes(supplier.evidence, entity, Purpose.SUPPLIER_EVIDENCE, first),
            columns.minutes(buyer.evidence, entity, Purpose.BUYER_EVIDENCE, first),
            columns.uniform(entity, Purpose.UPHELD, first),
            columns.minutes(mediation.decision, entity, Purpose.DECISION_DAYS, first),
            columns.micros(mediation.award, entity, Purpose.AWARD_SHARE, first),
            columns.uniform(entity, Purpose.GOODS_RETURNED, first),
            columns.uniform(entity, Purpose.REFUND_DEFAULT, first),
            _zipped([columns.minutes(supplier.reply, entity, Purpose.SUPPLIER_REPLY, index) for index in rounds]),
            _zipped([columns.minutes(buyer.reply, entity, Purpose.BUYER_REPLY, index) for index in rounds]),
        ]
    )


def _order(columns: _Columns, model: PlanModel, variant: Variant) -> Recipe:
    supplier = model.suppliers[variant.supplier]
    firm, entity = model.firms[supplier.firm], variant.entity
    return _zipped(
        [
            columns.uniform(firm, Purpose.NEVER_SHIPS),
            columns.micros(supplier.used_by_others, firm, Purpose.LIMIT_USED_BY_OTHERS),
            _zipped([columns.quality(supplier, firm, entity, index) for index in range(CLASSES)]),
            columns.uniforms(entity, Purpose.LOT_ROUNDING),
            columns.uniform(entity, Purpose.BAD_LOT),
            columns.number(supplier.bad_share, entity, Purpose.BAD_LOT_SHARE),
            columns.minutes(supplier.production, entity, Purpose.PRODUCTION),
            columns.uniform(entity, Purpose.IN_CONTRACT),
            columns.minutes(supplier.transit, entity, Purpose.TRANSIT),
            columns.minutes(model.buyer.goods_check, entity, Purpose.GOODS_CHECK),
            columns.minutes(supplier.latent_after, entity, Purpose.LATENT_DAYS),
            columns.uniforms(entity, Purpose.LATENT_ROUNDING),
            columns.uniform(entity, Purpose.DAMAGE_ROUNDING),
            _visits(columns, variant),
            _attempts(columns, variant, supplier),
            _zipped([_dispute(columns, model, variant, ground) for ground in (Ground.LATE_SHIPMENT, Ground.QUALITY)]),
        ]
    )


def _round(ground: int, number: int) -> int:
    """Index of a round of a dispute."""
    return DISPUTE_STRIDE * ground + min(number, DISPUTE_STRIDE - 1)


class VariateSource:
    """All draws of a plan.

    Parameters
    ----------
    model
        The plan: its entities and tables say what is drawn, and for which address.
    """

    def __init__(self, model: PlanModel) -> None:
        self._model = model
        self._columns = _Columns()
        self._recipes = [
            [_order(self._columns, model, variant) for variant in order.variants] for order in model.orders
        ]

    def block(self, replications: range) -> Iterator[tuple[tuple[OrderVariates, ...], ...]]:
        """Draws of a block of replications: for each, by order, by the supplier named and the one that stands in."""
        block = uniform_block(
            self._model.seed, np.arange(replications.start, replications.stop), list(self._columns.rows)
        )
        return zip(
            *(
                zip(*(map(OrderVariates._make, recipe(block)) for recipe in recipes), strict=True)
                for recipes in self._recipes
            ),
            strict=True,
        )

    def supplier_reply(self, replication: int, variant: Variant, ground: int, number: int) -> int:
        """Minutes until the supplier's answer number `number` (from 0) in a dispute."""
        span = self._model.suppliers[variant.supplier].disputes.reply
        return self._reply(span, replication, variant, Purpose.SUPPLIER_REPLY, _round(ground, number))

    def buyer_reply(self, replication: int, variant: Variant, ground: int, number: int) -> int:
        """Minutes of work until the buyer's answer number `number` (from 0) in a dispute."""
        span = self._model.buyer.reply
        return self._reply(span, replication, variant, Purpose.BUYER_REPLY, _round(ground, number))

    def _reply(self, span: Timespan, replication: int, variant: Variant, purpose: Purpose, index: int) -> int:
        drawn = uniform(self._model.seed, replication, variant.entity, purpose, index)
        return int(minutes_drawn(draw_one(span.table, drawn)))
