"""From the model of a plan to the arrays that the kernel reads."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.calendars import HORIZON_DAYS
from sim.engines.compiled.layout import (
    BLOCK,
    CALENDAR,
    CLOSED_SITES,
    DISPUTE_SITES,
    INSPECTION,
    LANES,
    LATER_ROUNDS,
    LATER_SITES,
    NEED,
    OP_COPY,
    OP_HASH,
    OP_MICROS,
    OP_MICROS_GIVEN,
    OP_MINUTES,
    OP_MINUTES_GIVEN,
    OP_NUMBER,
    OP_NUMBER_GIVEN,
    OP_QUALITY,
    ORDER,
    R_BAD_LOT,
    R_BAD_SHARE,
    R_DAMAGE,
    R_GOODS_CHECK,
    R_IN_CONTRACT,
    R_LATENT,
    R_LATENT_AFTER,
    R_NEVER_SHIPS,
    R_PRODUCTION,
    R_ROUNDING,
    R_SHARE,
    R_TRANSIT,
    R_USED_BY_OTHERS,
    ROWS,
    SETTING,
    SITE_LANES,
    SITE_ODD,
    STEP,
    SUPPLIER,
    TERMS,
    VARIANT,
    VISIT,
    WORLD,
)
from sim.engines.variates import CLASSES, DISPUTE_STRIDE, ROUNDS_DRAWN
from sim.protocol import Ground
from sim.random.draws import Kind, draw
from sim.random.flat import flattened, round_keys
from sim.random.memory import address_of
from sim.random.purposes import Purpose
from sim.random.scores import draw_score, normal_score, normal_table, shared_score
from sim.random.uniforms import last_word, uniform_block
from sim.rules.durations import micros_drawn, minutes_drawn
from sim.rules.inspection import Factorials, factorials_up_to
from sim.rules.refund import limit_of_supplier
from sim.units import MICROS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from sim.model import ClassPlans, LotInspection, PlanModel, Supplier, Timespan, Variant, Visit
    from sim.random.flat import FlatTables
    from sim.random.scores import ScoreTable
    from sim.random.tables import QuantileTable
    from sim.rules.worktime import WorkedDays

    Arrays = NDArray[Any]
    Floats = NDArray[np.float64]
    Given = Callable[[NDArray[np.int64]], Floats]
    """A row of draws that Python makes: from the numbers of replications to values."""

_STEP_ROWS: Final = 4
"""Fields of a step up to the last of its rows."""
_NO_PARTS: Final = [-1] * len(DISPUTE_SITES)
_ANY: Final = 0.5
"""Stands for a uniform that decides nothing."""


@dataclass(frozen=True)
class Packed:
    """A plan as the kernel reads it, shared by all threads and never changed.

    Attributes
    ----------
    world
        Shape (1,), `layout.WORLD`: everything of the plan, or where it is.
    arrays
        What the addresses in `world` lead to, kept alive.
    constants
        Shape (rows,): what the rows of common draws hold where no step of the program fills them.
    given
        Makers of the rows that the laws themselves must be asked for.
    resources
        Capacity of each: slots of firms, then inspectors, then the buyer's handlers.
    firms, orders, rounds
        How many firms and orders there are, and how many rounds of a dispute `given` holds.
    """

    world: Arrays
    arrays: tuple[Any, ...]
    constants: Floats
    given: tuple[Given, ...]
    resources: tuple[int, ...]
    firms: int
    orders: int
    rounds: int


class _Tables:
    """The quantile tables of a plan, each once."""

    def __init__(self) -> None:
        self.kept: list[QuantileTable] = []
        self._numbers: dict[int, int] = {}

    def number(self, table: QuantileTable) -> int:
        key = id(table)
        if key not in self._numbers:
            self._numbers[key] = len(self.kept)
            self.kept.append(table)
        return self._numbers[key]

    def constant(self, table: QuantileTable) -> float | None:
        """The only value of a table, or None."""
        only = len(table.kinds) == 1 and table.kinds[0] == Kind.CONSTANT
        return float(table.lows[0]) if only else None


class _Program:
    """The program of common draws of a plan: its steps, and the rows that they fill."""

    def __init__(self, seed: int, tables: _Tables) -> None:
        self.seed = seed
        self.tables = tables
        self.steps: list[tuple[Any, ...]] = []
        self.constants: list[float] = []
        self.given: list[Given] = []
        self._hashed: dict[tuple[int, int], list[int]] = {}
        self._scores: dict[int, int] = {}
        self._owned: set[int] = set()

    def rows(self, count: int) -> int:
        """Make room for rows; returns the first."""
        first = len(self.constants)
        self.constants += [_ANY] * count
        return first

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Share nothing with steps outside, which may not have been run for the same replications."""
        kept = self._hashed, self._scores
        self._hashed, self._scores = {}, {}
        yield
        self._hashed, self._scores = kept

    def step(self, op: int, out: int, *, first: int = 0, second: int = 0, table: int = 0) -> None:
        self.steps.append((op, out, first, second, table, 0, 0, 0.0, 0.0))

    def uniform(self, entity: int, purpose: Purpose, index: int = 0) -> int:
        """Row of a uniform; the other half of its counter comes with it."""
        counter = (entity, last_word(entity, purpose, index))
        if counter not in self._hashed:
            even = self.rows(2)
            self._hashed[counter] = [even, even + 1]
            self.steps.append((OP_HASH, even, even, even + 1, 0, *counter, 0.0, 0.0))
        return self._hashed[counter][purpose & 1]

    def fill_uniform(self, out: int, entity: int, purpose: Purpose, index: int = 0) -> None:
        """Have a row hold a uniform."""
        row = self.uniform(entity, purpose, index)
        if row in self._owned:
            self.step(OP_COPY, out, first=row)
            return
        # The uniform is hashed right into the row.
        self._owned.add(out)
        self.steps = [_moved(step, row, out) for step in self.steps]
        self._hashed[entity, last_word(entity, purpose, index)][purpose & 1] = out

    def fill_drawn(
        self, out: int, ops: tuple[int, int], table: QuantileTable, entity: int, purpose: Purpose, index: int = 0
    ) -> None:
        """Have a row hold what a table draws, made into a number by one of two operations: drawn here, or given."""
        constant = self.tables.constant(table)
        if constant is not None:
            self.constants[out] = float(_CONVERTED[ops[0]](constant))
        elif table.closed_forms:
            self.step(ops[1], out, table=self.give(drawn_by(self.seed, table, entity, purpose, index)))
        else:
            row = self.uniform(entity, purpose, index)
            self.step(ops[0], out, first=row, table=self.tables.number(table))

    def give(self, maker: Given) -> int:
        """Row of draws that Python makes."""
        self.given.append(maker)
        return len(self.given) - 1

    def score(self, entity: int, purpose: Purpose, index: int) -> int:
        """Row of a normal score."""
        row = self.uniform(entity, purpose, index)
        if row not in self._scores:
            self._scores[row] = self.rows(1)
            self.step(OP_NUMBER, self._scores[row], first=row, table=self.tables.number(normal_table()))
        return self._scores[row]

    def fill_quality(self, out: int, supplier: Supplier, firm: int, entity: int, index: int) -> None:
        """Have a row hold the defective share of a lot in one class."""
        table = supplier.quality[index]
        constant = self.tables.constant(table.quantiles)
        if constant is not None:
            self.constants[out] = constant
        elif table.quantiles.closed_forms:
            maker = quality_by(self.seed, table, firm, entity, index, supplier.lot_share)
            self.step(OP_NUMBER_GIVEN, out, table=self.give(maker))
        else:
            weights = sqrt(1.0 - supplier.lot_share), sqrt(supplier.lot_share)
            zero = self.rows(1)
            self.constants[zero] = 0.0
            shared = self.score(firm, Purpose.SUPPLIER_QUALITY, index) if weights[0] else zero
            own = self.score(entity, Purpose.LOT_QUALITY, index) if weights[1] else zero
            number = self.tables.number(table.quantiles)
            self.steps.append((OP_QUALITY, out, shared, own, number, 0, 0, *weights))


_NUMBER: Final = (OP_NUMBER, OP_NUMBER_GIVEN)
_MICROS: Final = (OP_MICROS, OP_MICROS_GIVEN)
_MINUTES: Final = (OP_MINUTES, OP_MINUTES_GIVEN)
_CONVERTED: Final[dict[int, Callable[[float], float]]] = {
    OP_NUMBER: float,
    OP_MICROS: micros_drawn,
    OP_MINUTES: minutes_drawn,
}


def _moved(step: tuple[Any, ...], row: int, out: int) -> tuple[Any, ...]:
    """A step whose rows are renamed."""
    op, *rows = step[:_STEP_ROWS]
    return (op, *(out if place == row else place for place in rows), *step[_STEP_ROWS:])


def drawn_by(seed: int, table: QuantileTable, entity: int, purpose: Purpose, index: int) -> Given:
    """Maker of a row of draws from a table that keeps the law itself."""

    def maker(replications: NDArray[np.int64]) -> Floats:
        return draw(table, uniform_block(seed, replications, [(entity, purpose, index)])[0])

    return maker


def quality_by(seed: int, table: ScoreTable, firm: int, entity: int, index: int, lot_share: float) -> Given:
    """Maker of a row of defective shares from a table that keeps the law itself."""

    def maker(replications: NDArray[np.int64]) -> Floats:
        addresses = [(firm, Purpose.SUPPLIER_QUALITY, index), (entity, Purpose.LOT_QUALITY, index)]
        shared, own = uniform_block(seed, replications, addresses)
        return draw_score(table, shared_score(normal_score(shared), normal_score(own), lot_share))

    return maker


# ------------------------------------------------------------------------------------------- a plan


def pack(model: PlanModel, rounds: int = ROUNDS_DRAWN) -> Packed:
    """Pack a plan.

    Parameters
    ----------
    model
        The plan.
    rounds
        Rounds of a dispute that Python draws beforehand, where it must draw at all.
    """
    tables = _Tables()
    program = _Program(model.seed, tables)
    resources = _resources(model)
    inspector = len(model.firms)
    visits: list[tuple[Any, ...]] = []
    inspections: list[tuple[Any, ...]] = []
    variants: list[tuple[Any, ...]] = []
    orders = np.zeros(len(model.orders), dtype=ORDER)
    for position, order in enumerate(model.orders):
        orders[position] = (
            order.start.minute,
            order.start.after,
            order.start.when,
            order.start.delay,
            order.condition.order,
            order.condition.share_at_most,
            len(variants),
            len(order.variants),
            order.condition.needs_pass,
        )
        for choice, variant in enumerate(order.variants):
            first_step, row = len(program.steps), program.rows(ROWS)
            with program.apart() if choice else nullcontext():
                _fill_common(program, model, variant, row)
            closed = _closed_sites(program, model, variant, rounds)
            first_visit, lot = len(visits), -1
            visits += [_visit(visit, inspector) for visit in variant.visits]
            if variant.inspection is not None:
                lot = len(inspections)
                inspections.append(_inspection(variant.inspection, inspector, tables))
            steps = first_step, len(program.steps) - first_step
            places = first_visit, len(variant.visits), lot, row, *steps
            sites = closed, [tables.number(table) for table in _dispute_tables(model, variant)], _NO_PARTS
            variants.append((*_priced(variant), *places, *sites, variant.entity, choice == 0))
    suppliers = np.array([_supplier(supplier, tables) for supplier in model.suppliers], dtype=SUPPLIER)
    setting = _setting(model, tables, len(resources) - 1, rounds)
    arrays = {
        "terms": np.array([tuple(model.terms)], dtype=TERMS),
        "need": np.array([tuple(model.need)], dtype=NEED),
        "setting": setting,
        "calendars": np.array([_calendar(worked) for worked in model.calendars], dtype=CALENDAR),
        "suppliers": suppliers,
        "variants": np.array(variants, dtype=VARIANT),
        "orders": orders,
        "visits": np.array(visits, dtype=VISIT),
        "inspections": np.array(inspections, dtype=INSPECTION),
        "order_matrix": np.array(model.order_matrix, dtype=np.int64),
        "dispute_matrix": np.array(model.dispute_matrix, dtype=np.int64),
        "steps": np.array(program.steps, dtype=STEP),
        "lanes": np.array([last_word(0, purpose, number) for purpose, number in LANES], dtype=np.uint64),
        "keys": round_keys(model.seed),
    }
    flat, factorials = flattened(tables.kept), _factorials(model)
    parts = np.array([flat.only_pieces(table) for table in range(len(tables.kept))])
    arrays["variants"]["parts"] = parts[arrays["variants"]["tables"]]
    return Packed(
        world=_world(arrays, flat, factorials),
        arrays=(arrays, flat, factorials),
        constants=np.array(program.constants),
        given=tuple(program.given),
        resources=resources,
        firms=len(model.firms),
        orders=len(model.orders),
        rounds=rounds,
    )


def _world(arrays: dict[str, Arrays], flat: FlatTables, factorials: Factorials) -> Arrays:
    """The record that leads to everything of a plan."""
    world = np.zeros(1, dtype=WORLD)
    for name, array in arrays.items():
        whole = name in ("terms", "need", "setting", "keys", "lanes")
        world[name] = array if whole else address_of(array)
    world["flat"] = flat.addresses()
    world["mantissa"], world["exponent"] = (address_of(np.asarray(column)) for column in factorials)
    world["factorials"] = len(factorials.mantissa)
    world["orders_count"], world["variants_count"] = len(arrays["orders"]), len(arrays["variants"])
    world["firms_count"] = arrays["suppliers"]["firm"].max() + 1
    world["block_columns"] = BLOCK
    world["site_lanes"], world["site_odd"] = SITE_LANES, SITE_ODD
    world["lane_count"], world["site_count"] = len(LANES), len(DISPUTE_SITES)
    world["later_count"] = LATER_ROUNDS
    return world


def _priced(variant: Variant) -> tuple[int, ...]:
    """What an order with a supplier comes to, in the first fields of `VARIANT`."""
    return (
        variant.supplier,
        variant.quantity,
        variant.price,
        variant.deposit,
        variant.balance,
        variant.deposit_fee,
        variant.balance_fee,
        variant.freight,
        variant.extra_production,
    )


def _resources(model: PlanModel) -> tuple[int, ...]:
    """Capacity of each resource: slots of the firms, inspectors of each inspection, the buyer's handlers."""
    slots = {supplier.firm: supplier.slots for supplier in model.suppliers}
    return (*(slots[firm] for firm in range(len(model.firms))), *model.inspectors, model.buyer.handlers)


def _fill_common(program: _Program, model: PlanModel, variant: Variant, row: int) -> None:
    """Have the program make the draws that nearly every order needs, where they can change anything."""
    supplier = model.suppliers[variant.supplier]
    firm, entity = model.firms[supplier.firm], variant.entity
    shared = Purpose.LIMIT_USED_BY_OTHERS
    if supplier.latent:
        program.fill_drawn(row + R_LATENT_AFTER, _MINUTES, supplier.latent_after.table, entity, Purpose.LATENT_DAYS)
    for index in range(CLASSES):
        _fill_class(program, supplier, firm, entity, row, index)
    for place, whose, purpose, chance in (
        (R_NEVER_SHIPS, firm, Purpose.NEVER_SHIPS, supplier.never_ships),
        (R_BAD_LOT, entity, Purpose.BAD_LOT, supplier.bad_lot),
        (R_IN_CONTRACT, entity, Purpose.IN_CONTRACT, model.contract.detail),
    ):
        if 0.0 < chance < 1.0:
            program.fill_uniform(row + place, whose, purpose)
    if supplier.damage:
        program.fill_uniform(row + R_DAMAGE, entity, Purpose.DAMAGE_ROUNDING)
    terms, limit = model.terms, supplier.limit
    if limit_of_supplier(terms, limit, 0) != limit_of_supplier(terms, limit, MICROS):
        program.fill_drawn(row + R_USED_BY_OTHERS, _MICROS, supplier.used_by_others, firm, shared)
    if supplier.bad_lot:
        program.fill_drawn(row + R_BAD_SHARE, _NUMBER, supplier.bad_share, entity, Purpose.BAD_LOT_SHARE)
    for place, span, purpose in (
        (R_PRODUCTION, supplier.production, Purpose.PRODUCTION),
        (R_TRANSIT, supplier.transit, Purpose.TRANSIT),
        (R_GOODS_CHECK, model.buyer.goods_check, Purpose.GOODS_CHECK),
    ):
        program.fill_drawn(row + place, _MINUTES, span.table, entity, purpose)


def _fill_class(program: _Program, supplier: Supplier, firm: int, entity: int, row: int, index: int) -> None:
    """Have the program make the draws of one class of defect."""
    program.fill_quality(row + R_SHARE + index, supplier, firm, entity, index)
    if program.constants[row + R_SHARE + index] or supplier.bad_lot:
        program.fill_uniform(row + R_ROUNDING + index, entity, Purpose.LOT_ROUNDING, index)
    if supplier.latent:
        program.fill_uniform(row + R_LATENT + index, entity, Purpose.LATENT_ROUNDING, index)


def _closed_sites(program: _Program, model: PlanModel, variant: Variant, rounds: int) -> list[int]:
    """Of each draw that is made when it is needed, the first row of those that Python makes, -1 if it need not."""
    supplier, inspection = model.suppliers[variant.supplier], variant.inspection
    attempts = range(0 if inspection is None else inspection.reworks_at_most + 1)
    grounds = [DISPUTE_STRIDE * ground for ground in Ground if ground >= 0]
    answers = [first + number for first in grounds for number in range(rounds)]
    rows = []
    # Where nothing is inspected there are no attempts either: any table stands for the one that is not there.
    booking = supplier.rework.table if inspection is None else inspection.booking.table
    asked = (*_dispute_tables(model, variant), booking, supplier.rework.table)
    for purpose, table in zip(CLOSED_SITES, asked, strict=True):
        if not table.closed_forms:
            rows.append(-1)
            continue
        rows.append(len(program.given))
        answering = purpose in (Purpose.SUPPLIER_REPLY, Purpose.BUYER_REPLY)
        indices = attempts if purpose in LATER_SITES else answers if answering else grounds
        for index in indices:
            program.give(drawn_by(program.seed, table, variant.entity, purpose, index))
    return rows


def _dispute_tables(model: PlanModel, variant: Variant) -> tuple[QuantileTable, ...]:
    """What a dispute draws from, in the order of `DISPUTE_SITES`."""
    disputes, buyer, mediation = model.suppliers[variant.supplier].disputes, model.buyer, model.mediation
    return (
        disputes.opening_offer,
        disputes.payout.table,
        disputes.reply.table,
        buyer.reply.table,
        disputes.evidence.table,
        buyer.evidence.table,
        mediation.decision.table,
        mediation.award,
    )


def _calendar(worked: WorkedDays) -> tuple[Arrays, Arrays]:
    before, day = np.array(worked.before), np.array(worked.day)
    return before, np.pad(day, (0, HORIZON_DAYS - len(day)))


def _span(tables: _Tables, span: Timespan) -> tuple[int, bool]:
    return tables.number(span.table), span.working


def _supplier(supplier: Supplier, tables: _Tables) -> tuple[Any, ...]:
    disputes = supplier.disputes
    return (
        supplier.firm,
        supplier.calendar,
        supplier.limit,
        supplier.on_platform,
        supplier.promised,
        supplier.return_freight,
        disputes.concession,
        supplier.production.working,
        supplier.latent_after.working,
        supplier.transit.working,
        disputes.evidence.working,
        disputes.payout.working,
        *_span(tables, supplier.rework),
        *_span(tables, disputes.reply),
        supplier.is_delay,
        supplier.pays_balance_on_receipt,
        supplier.never_ships,
        supplier.bad_lot,
        supplier.latent,
        supplier.rework_removes,
        supplier.rework_refused,
        supplier.damage,
        disputes.silent,
        disputes.concedes,
        disputes.defaults,
    )


def _columns(plans: ClassPlans) -> tuple[list[int], list[int]]:
    """Sample sizes and acceptance numbers by class."""
    return [plan.sample for plan in plans], [plan.accept for plan in plans]


def _visit(visit: Visit, inspector: int) -> tuple[Any, ...]:
    return (
        inspector + visit.inspection,
        visit.progress,
        visit.fee,
        visit.minutes,
        *_columns(visit.plans),
        visit.detection,
        visit.correction,
    )


def _inspection(lot: LotInspection, inspector: int, tables: _Tables) -> tuple[Any, ...]:
    normal, tightened = (_columns(plans) for plans in lot.plans)
    return (
        inspector + lot.inspection,
        lot.reworks_at_most,
        [normal[0], tightened[0]],
        [normal[1], tightened[1]],
        lot.fee,
        lot.minutes,
        *_span(tables, lot.booking),
        lot.tightened_first,
        lot.switching,
        lot.accepts_failed,
        lot.buyer_pays_again,
        lot.detection,
    )


def _setting(model: PlanModel, tables: _Tables, handlers: int, rounds: int) -> Arrays:
    buyer, contract, mediation = model.buyer, model.contract, model.mediation
    setting = np.zeros(1, dtype=SETTING)
    setting[0] = (
        len(model.milestones),
        model.platform_calendar,
        contract.custom_made,
        *contract.tolerance,
        handlers,
        rounds,
        buyer.calendar,
        buyer.hourly_cost,
        buyer.accepts_from,
        buyer.extension_accepted,
        buyer.writes_off_after,
        buyer.filing_minutes,
        buyer.reply_minutes,
        buyer.evidence_minutes,
        buyer.minimum_claim,
        *_span(tables, buyer.reply),
        buyer.goods_check.working,
        buyer.evidence.working,
        mediation.decision.working,
        buyer.escalates_unanswered,
        buyer.escalates_before_close,
        contract.detail,
        mediation.returned,
        mediation.upheld,
    )
    return setting


def _factorials(model: PlanModel) -> Factorials:
    """Factorials for the lots of a plan; of next to nothing where no lot is inspected."""
    inspected = any(
        variant.visits or variant.inspection is not None for order in model.orders for variant in order.variants
    )
    return _factorial_arrays(model.largest_lot if inspected else 1)


@lru_cache(maxsize=4)
def _factorial_arrays(largest: int) -> Factorials:
    """Factorials as arrays, made once for plans of the same largest lot: 16 bytes a unit."""
    plain = factorials_up_to(largest)
    return Factorials(np.array(plain.mantissa), np.array(plain.exponent))  # type: ignore[arg-type]
