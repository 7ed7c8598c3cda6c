"""From a checked scenario to the model of one of its plans: names become positions, days minutes, money cents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from sim.calendars import build_calendar
from sim.model.inspections import lot_inspection_of, visits_of
from sim.model.mediation import mediation_of
from sim.model.parts import (
    NOWHERE,
    Buyer,
    Condition,
    Contract,
    Disputant,
    Need,
    Order,
    PlanModel,
    Start,
    Supplier,
    Timespan,
    Variant,
)
from sim.protocol import ORDER_TRANSITIONS, Matrix, Milestone, dispute_transitions, transition_matrix
from sim.random.distributions import constant
from sim.random.scores import build_score_table
from sim.random.tables import build_table
from sim.random.uniforms import entity_id
from sim.rules.amounts import amount_of, share_of
from sim.rules.prices import payment_fee, protected_price, unit_price
from sim.rules.refund import NO_LIMIT
from sim.scenario.drawn import drawn_scenarios
from sim.scenario.keys import Duration
from sim.scenario.packs import apply_overrides, load_pack
from sim.terms import protection_terms
from sim.units import (
    MINUTES_PER_DAY,
    MINUTES_PER_HOUR,
    cents_from_money,
    micros_from_money,
    minutes_from_days,
)

if TYPE_CHECKING:
    from sim.rules.worktime import WorkedDays
    from sim.scenario import Scenario
    from sim.scenario.buyer import BuyerSpec, DisputeHoursSpec
    from sim.scenario.plans import OrderSpec, PlanSpec
    from sim.scenario.schema import ScenarioSpec
    from sim.scenario.suppliers import SupplierSpec
    from sim.scenario.working_days import CalendarSpec
    from sim.terms import ProtectionTerms

_LOT_UNITS = 1000
"""The quantity that `production_days_per_1000` speaks of."""


class _Calendars:
    """The calendars of a model, each built once."""

    def __init__(self, start: date) -> None:
        self._start = start
        self._positions: dict[CalendarSpec | str | None, int] = {}
        self.worked: list[WorkedDays] = []

    def position(self, spec: CalendarSpec | str | None) -> int:
        """Position of a calendar, given as in a scenario or by a country's code."""
        if spec not in self._positions:
            self._positions[spec] = len(self.worked)
            self.worked.append(self._built(spec))
        return self._positions[spec]

    def _built(self, spec: CalendarSpec | str | None) -> WorkedDays:
        if spec is None or isinstance(spec, str):
            return build_calendar(spec, self._start).days
        return build_calendar(
            spec.country,
            self._start,
            subdivision=spec.subdivision,
            weekend=spec.weekend,
            closed=[(period.from_, period.to) for period in spec.closed],
            open_=[(period.from_, period.to) for period in spec.open],
        ).days


def span_of(duration: Duration) -> Timespan:
    """Drawn days of a scenario as a table."""
    return Timespan(build_table(duration.distribution), duration.working)


def build_model(scenario: Scenario, plan: str, *, seed: int | None = None) -> PlanModel:
    """Model of one plan of a scenario, and of the same plan under each of the scenario's parameter sets.

    Parameters
    ----------
    scenario
        As `sim.scenario.load_scenario` returns it: checked, with every plan written out.
    plan
        Name of the plan.
    seed
        Of every draw; the scenario's own if it is left out.

    Raises
    ------
    KeyError
        If the scenario has no such plan.
    ScenarioError
        A parameter set makes no valid scenario.
    """
    wanted = scenario.model.run.seed if seed is None else seed
    model = _built(scenario, plan, wanted)
    given = scenario.model.parameter_sets
    if given is None:
        return model
    sets = drawn_scenarios(scenario)
    drawn = tuple(replace(_built(one, plan, wanted), one_of=len(sets)) for one in sets)
    return replace(model, drawn=drawn, block=given.block)


def _built(scenario: Scenario, plan: str, seed: int) -> PlanModel:
    """Model of one plan with the values of a scenario as they stand."""
    spec = scenario.model
    chosen = {known.name: known for known in scenario.plans}[plan]
    pack = apply_overrides(load_pack(spec.protection, scenario.base), spec.protection_overrides)
    terms = protection_terms(pack)
    names = list(dict.fromkeys(name for order in chosen.orders for name in _supplier_names(order)))
    firms = list(dict.fromkeys(_firm(spec, name) for name in names))
    calendars = _Calendars(spec.start)
    suppliers = tuple(_supplier(spec, name, firms.index(_firm(spec, name)), calendars) for name in names)
    inspections = list(spec.inspections)
    orders = _orders(spec, chosen, names, terms)
    return PlanModel(
        plan=plan,
        seed=seed,
        start=spec.start,
        currency=spec.currency,
        order_ids=tuple(order.id for order in chosen.orders),
        supplier_names=tuple(names),
        firms=tuple(entity_id(firm) for firm in firms),
        inspectors=tuple(spec.inspections[name].inspectors for name in inspections),
        platform_calendar=calendars.position(pack.calendar),
        suppliers=suppliers,
        orders=orders,
        largest_lot=max(order.quantity for order in chosen.orders),
        milestones=frozenset((order.start.after, order.start.when) for order in orders if order.start.after >= 0),
        buyer=_buyer(spec.buyer, calendars),
        need=_need(spec),
        contract=_contract(spec),
        mediation=mediation_of(spec, span_of),
        terms=terms,
        order_matrix=_order_matrix(),
        dispute_matrix=_dispute_matrix(terms),
        calendars=tuple(calendars.worked),
    )


@cache
def _order_matrix() -> Matrix:
    return transition_matrix(ORDER_TRANSITIONS)


@lru_cache(maxsize=16)
def _dispute_matrix(terms: ProtectionTerms) -> Matrix:
    """The transitions of disputes under a protection: every plan of a scenario has the same."""
    return transition_matrix(dispute_transitions(terms))


def _supplier_names(order: OrderSpec) -> list[str]:
    """Suppliers that an order can go to: the one named first."""
    return [order.supplier] if order.otherwise == "cancel" else [order.supplier, order.otherwise.supplier]


def _firm(spec: ScenarioSpec, name: str) -> str:
    """The firm behind a supplier: suppliers that name one identity are the same firm on other terms."""
    return spec.suppliers[name].identity or name


def _minute_of(spec: ScenarioSpec, day: date | float, *, whole_day: bool) -> int:
    """Minute of a date or day number; a date as a deadline includes the whole day."""
    through = 1 if whole_day and isinstance(day, date) else 0
    return minutes_from_days(spec.day_number(day)) + through * MINUTES_PER_DAY


def _supplier(spec: ScenarioSpec, name: str, firm: int, calendars: _Calendars) -> Supplier:
    given = spec.suppliers[name]
    defects = given.defects
    delay = given.delay_days
    production = delay or given.production_days or Duration(constant(0.0))
    return Supplier(
        name=name,
        firm=firm,
        calendar=calendars.position(given.calendar),
        limit=NO_LIMIT if given.assurance_limit is None else cents_from_money(given.assurance_limit),
        used_by_others=build_table(given.limit_used_by_others_share),
        on_platform=_on_platform(given),
        promised=minutes_from_days(given.promised_days),
        production=span_of(production),
        is_delay=delay is not None,
        slots=spec.suppliers[_firm(spec, name)].parallel_orders,
        never_ships=given.never_ships_probability,
        quality=(
            build_score_table(defects.critical),
            build_score_table(defects.major),
            build_score_table(defects.minor),
        ),
        lot_share=defects.lot_to_lot_share,
        bad_lot=defects.bad_lot.probability,
        bad_share=build_table(defects.bad_lot.share),
        latent=defects.latent_share,
        latent_after=span_of(defects.latent_days),
        rework=span_of(given.rework.days),
        rework_removes=given.rework.removes_share,
        rework_refused=given.rework.refuses_probability,
        disputes=_disputant(given),
        transit=span_of(given.transit.days),
        damage=given.transit.damage_rate,
        return_freight=micros_from_money(given.return_freight_per_unit),
        pays_balance_on_receipt=given.payment.balance == "on_receipt",
    )


def _on_platform(given: SupplierSpec) -> int:
    """Share of every payment that goes through the platform, in millionths."""
    return micros_from_money(given.payment.platform_share) if given.payment.through == "platform" else 0


def _disputant(given: SupplierSpec) -> Disputant:
    disputes = given.disputes
    return Disputant(
        reply=span_of(disputes.reply_days),
        evidence=span_of(disputes.evidence_days),
        payout=span_of(disputes.payout_days),
        silent=disputes.silent_probability,
        concedes=disputes.concedes_probability,
        opening_offer=build_table(disputes.opening_offer_share),
        concession=micros_from_money(disputes.concession_share),
        defaults=disputes.defaults_on_refund_probability,
    )


def _buyer(given: BuyerSpec, calendars: _Calendars) -> Buyer:
    hours: DisputeHoursSpec = given.dispute_hours
    return Buyer(
        calendar=calendars.position(given.calendar),
        hourly_cost=cents_from_money(given.hourly_cost),
        goods_check=span_of(given.goods_check_days),
        reply=span_of(given.reply_days),
        evidence=span_of(given.evidence_days),
        accepts_from=micros_from_money(given.accepts_offer_from_share),
        escalates_unanswered=given.escalates_unanswered,
        escalates_before_close=given.escalates_before_close,
        extension_accepted=minutes_from_days(given.extension_accepted_days),
        writes_off_after=minutes_from_days(given.writes_off_after_days),
        handlers=given.disputes_at_once,
        filing_minutes=round(hours.filing * MINUTES_PER_HOUR),
        reply_minutes=round(hours.reply * MINUTES_PER_HOUR),
        evidence_minutes=round(hours.evidence * MINUTES_PER_HOUR),
        minimum_claim=cents_from_money(given.minimum_claim),
    )


def _breaks(given: SupplierSpec) -> list[tuple[int, int]]:
    return [(price.from_, micros_from_money(price.price)) for price in given.unit_price]


def _freight(given: SupplierSpec, quantity: int) -> int:
    """Cents of freight for an order."""
    per_unit = amount_of(micros_from_money(given.freight.per_unit), quantity)
    return cents_from_money(given.freight.per_order) + int(per_unit)


def _need(spec: ScenarioSpec) -> Need:
    """The need, and its benchmark: all of it in one order at the best listed price, of equal ones the least freight."""
    need = spec.need
    takes = [given for given in spec.suppliers.values() if given.minimum_order <= need.quantity]
    price, freight = min(
        (unit_price(_breaks(given), need.quantity), _freight(given, need.quantity))
        for given in takes or spec.suppliers.values()
    )
    return Need(
        quantity=need.quantity,
        due=_minute_of(spec, need.due, whole_day=True),
        sale_value=micros_from_money(need.sale_value),
        late_rate=micros_from_money(need.late_cost_per_unit_day),
        salvage_value=micros_from_money(need.salvage_value),
        minor_cost=micros_from_money(need.minor_defect_cost),
        excess_value=micros_from_money(need.excess_value),
        capital_rate=micros_from_money(spec.buyer.capital_cost_rate),
        benchmark_purchase=int(amount_of(price, need.quantity)),
        benchmark_freight=freight,
    )


def _contract(spec: ScenarioSpec) -> Contract:
    tolerance = spec.contract.tolerance
    return Contract(
        detail=spec.contract.detail_share,
        custom_made=int(spec.contract.custom_made),
        tolerance=(
            micros_from_money(tolerance.critical),
            micros_from_money(tolerance.major),
            micros_from_money(tolerance.minor),
        ),
    )


def _orders(spec: ScenarioSpec, plan: PlanSpec, names: list[str], terms: ProtectionTerms) -> tuple[Order, ...]:
    positions = {order.id: position for position, order in enumerate(plan.orders)}
    seen: dict[str, int] = {}
    orders = []
    for given in plan.orders:
        variants = []
        for name in _supplier_names(given):
            firm = _firm(spec, name)
            # The how-many-th order of the plan that can go to this firm: the same in every plan, whatever happens.
            entity = entity_id(f"{firm}/{seen.get(firm, 0)}")
            variants.append(_variant(spec, given, name, names.index(name), entity, terms))
        for firm in {_firm(spec, name) for name in _supplier_names(given)}:
            seen[firm] = seen.get(firm, 0) + 1
        orders.append(Order(given.id, _start(spec, given, positions), _condition(given, positions), tuple(variants)))
    return tuple(orders)


def _start(spec: ScenarioSpec, given: OrderSpec, positions: dict[str, int]) -> Start:
    start = given.start
    if start is None:
        return Start(0, NOWHERE, NOWHERE, 0)
    if start.after is None:
        return Start(_minute_of(spec, start.day or 0.0, whole_day=False), NOWHERE, NOWHERE, 0)
    return Start(0, positions[start.after], Milestone[start.when.upper()], minutes_from_days(start.delay_days))


def _condition(given: OrderSpec, positions: dict[str, int]) -> Condition:
    condition = given.only_if
    if condition is None:
        return Condition(NOWHERE, needs_pass=False, share_at_most=0)
    at_most = condition.defective_share_at_most
    return Condition(
        positions[condition.order],
        needs_pass=at_most is None,
        share_at_most=0 if at_most is None else micros_from_money(at_most),
    )


def _variant(
    spec: ScenarioSpec, order: OrderSpec, name: str, position: int, entity: int, terms: ProtectionTerms
) -> Variant:
    given = spec.suppliers[name]
    on_platform = _on_platform(given)
    listed = unit_price(_breaks(given), order.quantity)
    price = protected_price(listed, micros_from_money(given.protected_price_premium_share), on_platform)
    goods = int(amount_of(price, order.quantity))
    deposit = int(share_of(goods, micros_from_money(given.payment.deposit_share)))
    fees = (on_platform, micros_from_money(given.payment.fee_rate), terms.protection_fee)
    bought = [(number, spec.inspections[key]) for number, key in _bought(spec, order)]
    return Variant(
        supplier=position,
        entity=entity,
        quantity=order.quantity,
        price=price,
        deposit=deposit,
        balance=goods - deposit,
        deposit_fee=payment_fee(deposit, *fees),
        balance_fee=payment_fee(goods - deposit, *fees),
        freight=_freight(given, order.quantity),
        extra_production=minutes_from_days(given.production_days_per_1000 * order.quantity / _LOT_UNITS),
        visits=visits_of(bought, order.quantity),
        inspection=lot_inspection_of(bought, order.quantity, span_of),
    )


def _bought(spec: ScenarioSpec, order: OrderSpec) -> list[tuple[int, str]]:
    """Inspections bought for an order, with their positions."""
    positions = list(spec.inspections)
    return [(positions.index(name), name) for name in order.inspections]
