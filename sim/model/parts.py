"""The model of one plan as plain numbers, right by construction: all that an engine knows.

Minutes, cents and millionths throughout, and quantile tables where something is drawn. Suppliers, firms, calendars and
inspections are referred to by their position in the model's tuples. Nothing here changes while an engine runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date

    from sim.protocol import Matrix
    from sim.random.scores import ScoreTable
    from sim.random.tables import QuantileTable
    from sim.rules.worktime import WorkedDays
    from sim.terms import ProtectionTerms

NOWHERE = -1
"""Position of something that there is none of."""


class Timespan(NamedTuple):
    """A drawn number of days, and whether they are counted on the working calendar of whoever takes the time."""

    table: QuantileTable
    working: bool


class ClassPlan(NamedTuple):
    """Sample size and acceptance number for one class of defect."""

    sample: int
    accept: int


ClassPlans = tuple[ClassPlan, ClassPlan, ClassPlan]


class Visit(NamedTuple):
    """A during-production inspection bought for an order."""

    inspection: int
    progress: int  # millionths of the work
    plans: ClassPlans
    fee: int
    minutes: int  # of inspector work, on the supplier's calendar
    detection: float
    correction: float


class LotInspection(NamedTuple):
    """A pre-shipment inspection bought for an order. Pairs are for normal and tightened severity."""

    inspection: int
    plans: tuple[ClassPlans, ClassPlans]
    fee: tuple[int, int]
    minutes: tuple[int, int]
    tightened_first: bool
    switching: bool
    detection: float
    booking: Timespan
    reworks_at_most: int  # 0: no rework is asked for
    accepts_failed: bool  # takes a lot that fails for good, rather than refusing it
    buyer_pays_again: bool


class Disputant(NamedTuple):
    """How a supplier behaves in a dispute."""

    reply: Timespan
    evidence: Timespan
    payout: Timespan
    silent: float
    concedes: float
    opening_offer: QuantileTable
    concession: int  # millionths of the claim
    defaults: float


class Supplier(NamedTuple):
    """A supplier on the terms that it offers."""

    name: str
    firm: int
    calendar: int
    limit: int  # cents, -1: none
    used_by_others: QuantileTable
    on_platform: int  # millionths of each payment
    promised: int
    production: Timespan
    is_delay: bool  # `production` is the delay against the promise
    slots: int
    never_ships: float
    quality: tuple[ScoreTable, ScoreTable, ScoreTable]
    lot_share: float  # of the variance of quality
    bad_lot: float
    bad_share: QuantileTable
    latent: float
    latent_after: Timespan
    rework: Timespan
    rework_removes: float
    rework_refused: float
    disputes: Disputant
    transit: Timespan
    damage: float
    return_freight: int  # millionths of the currency a unit
    pays_balance_on_receipt: bool


class Variant(NamedTuple):
    """An order as placed with one supplier: its prices, and the inspections bought."""

    supplier: int
    entity: int  # part of the address of every draw of this order
    quantity: int
    price: int  # millionths of the currency a unit
    deposit: int
    balance: int
    deposit_fee: int
    balance_fee: int
    freight: int
    extra_production: int  # minutes, for the quantity
    visits: tuple[Visit, ...]
    inspection: LotInspection | None


class Start(NamedTuple):
    """When an order is placed: at a minute, or some time after something happened to another order."""

    minute: int
    after: int  # position of the other order, -1: none
    when: int  # Milestone
    delay: int


class Condition(NamedTuple):
    """What must be known of another order for this one to be placed."""

    order: int  # -1: no condition
    needs_pass: bool
    share_at_most: int  # millionths


class Order(NamedTuple):
    """An order of the plan, with the supplier named and, second, the one that stands in for it."""

    id: str
    start: Start
    condition: Condition
    variants: tuple[Variant, ...]


class Buyer(NamedTuple):
    """How the buyer works and disputes."""

    calendar: int
    hourly_cost: int
    goods_check: Timespan
    reply: Timespan
    evidence: Timespan
    accepts_from: int
    escalates_unanswered: bool
    escalates_before_close: bool
    extension_accepted: int
    writes_off_after: int
    handlers: int
    filing_minutes: int
    reply_minutes: int
    evidence_minutes: int
    minimum_claim: int


class Need(NamedTuple):
    """What the buyer needs, what it is worth, and what it would cost at best."""

    quantity: int
    due: int
    sale_value: int
    late_rate: int
    salvage_value: int
    minor_cost: int
    excess_value: int
    capital_rate: int
    benchmark_purchase: int
    benchmark_freight: int


class Contract(NamedTuple):
    """What the order contract says."""

    detail: float
    custom_made: int
    tolerance: tuple[int, int, int]


class Mediation(NamedTuple):
    """How a mediator decides; the probability of upholding by ground, report and evidence."""

    upheld: tuple[tuple[tuple[float, ...], ...], ...]
    award: QuantileTable
    returned: float
    decision: Timespan


@dataclass(frozen=True, slots=True)
class PlanModel:
    """One plan of a scenario, ready for an engine.

    Attributes
    ----------
    plan, seed, start, currency
        Name of the plan; seed of every draw; the calendar date of minute 0; code of the currency.
    order_ids, supplier_names
        Names for the positions in the outcome records.
    firms
        Entity of each firm: suppliers with one identity share it.
    inspectors
        For each inspection, how many of the buyer's orders it attends at once.
    largest_lot
        Units of the largest order.
    milestones
        Pairs (order, milestone) that other orders wait for.
    platform_calendar
        Position of the calendar on which the platform counts working days.
    drawn
        The same plan under each parameter set of the scenario, in their order; empty where everything counts as known.
    block
        Replications under each of them before the next one's turn comes.
    one_of
        How many models of the plan take turns with this one, itself included.
    """

    plan: str
    seed: int
    start: date
    currency: str
    order_ids: tuple[str, ...]
    supplier_names: tuple[str, ...]
    firms: tuple[int, ...]
    inspectors: tuple[int, ...]
    calendars: tuple[WorkedDays, ...]
    platform_calendar: int
    suppliers: tuple[Supplier, ...]
    orders: tuple[Order, ...]
    largest_lot: int
    milestones: frozenset[tuple[int, int]]
    buyer: Buyer
    need: Need
    contract: Contract
    mediation: Mediation
    terms: ProtectionTerms
    order_matrix: Matrix
    dispute_matrix: Matrix
    drawn: tuple[PlanModel, ...] = ()
    block: int = 1
    one_of: int = 1

    @property
    def need_quantity(self) -> int:
        """Good units that the buyer needs."""
        return self.need.quantity

    def under(self, replication: int) -> PlanModel:
        """The model that a replication is simulated with."""
        return self.drawn[self.set_of(replication)] if self.drawn else self

    def set_of(self, replication: int) -> int:
        """Number of the parameter set that a replication is simulated under; 0 where there are none."""
        return replication // self.block % len(self.drawn) if self.drawn else 0
