"""Candidates: ways of ordering written out as plans, each with a readable name and known to be possible."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pydantic import ValidationError

from sim.scenario.checks import amounts_checked, work_checked
from sim.scenario.plan_checks import Offers, plans_checked
from sim.scenario.plans import PlanEntry, PlanSpec, plan_expanded
from sim.studies.points import Point

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sim.scenario import Scenario
    from sim.scenario.plans import OrderSpec, StartSpec
    from sim.studies.points import Value

SAME_DAY: Final = "same-day"
_LONGEST_NAME: Final = 80
_DIGEST: Final = 8
_QUANTITY: Final = re.compile("^an order of [0-9,]+ is")
"""Orders that are impossible for one reason are counted together, whatever their quantities."""


class Timing(NamedTuple):
    """When each further part of a split is placed.

    Attributes
    ----------
    when
        What must have happened to the part before, as in a scenario; `SAME_DAY`: all parts on day 0.
    delay_days
        From then until the next part is placed.
    """

    when: str
    delay_days: int = 0

    def __str__(self) -> str:
        """As it is written on the command line."""
        return f"{self.when}+{self.delay_days}" if self.delay_days else self.when


class Rhythm(NamedTuple):
    """Into how many orders a supplier's quantity is split, and when they follow each other (None: there is one)."""

    parts: int = 1
    timing: Timing | None = None


class Way(NamedTuple):
    """A way of ordering, by what is decided.

    Attributes
    ----------
    quantity
        Units in all.
    mix
        Suppliers, each with its share of the quantity in percent.
    rhythm
        How each supplier's quantity is split.
    inspections
        Bought for every order.
    """

    quantity: int
    mix: tuple[tuple[str, int], ...]
    rhythm: Rhythm = Rhythm()
    inspections: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """A way of ordering that can be simulated.

    Attributes
    ----------
    name
        Of the plan.
    plan
        Written out order by order.
    way
        What is decided; None for a plan of the scenario's own.
    orders
        The plan's orders as plain values, as a scenario file writes them; none for a plan of the scenario's own.
    """

    name: str
    plan: PlanSpec = field(repr=False)
    way: Way | None = None
    orders: list[Value] = field(default_factory=list, repr=False)

    @property
    def is_own(self) -> bool:
        """Whether the scenario has this plan already."""
        return self.way is None

    @property
    def values(self) -> tuple[tuple[str, Value], ...]:
        """What is set in the scenario so that it has this plan."""
        return () if self.is_own else ((f"plans.{self.name}", {"orders": self.orders}),)

    @property
    def point(self) -> Point:
        """The scenario with this plan, which alone is simulated."""
        return Point(self.values, (self.name,))

    @property
    def quantity(self) -> int:
        """Units in all, where nothing is cancelled."""
        return sum(order.quantity for order in self.plan.orders)

    def as_row(self) -> dict[str, Any]:
        """What is decided, in columns."""
        orders, way = self.plan.orders, self.way
        suppliers = list(dict.fromkeys(order.supplier for order in orders))
        units = [sum(order.quantity for order in orders if order.supplier == name) for name in suppliers]
        inspections = dict.fromkeys(name for order in orders for name in order.inspections)
        timing = way.rhythm.timing if way else None
        return {
            "candidate": self.name,
            "own_plan": self.is_own,
            "quantity": self.quantity,
            "suppliers": "+".join(suppliers),
            "units": "+".join(map(str, units)),
            "orders": len(orders),
            "timing": "" if timing is None else str(timing),
            "inspections": "+".join(inspections),
        }

    def instruction(self) -> str:
        """What to do, as one would tell a partner."""
        way = self.way
        if way is None:
            return f"Keep to your plan {self.name} ({self.quantity:,} units)"
        first = way.mix[0][0]
        whom = f" from {first}" if len(way.mix) == 1 else f": {_allocation(self.plan)}"
        bought = f"with {' and '.join(way.inspections)}" if way.inspections else "without inspection"
        return f"Order {way.quantity:,} units{whom}{_rhythm_told(way.rhythm, len(way.mix) > 1)}, {bought}"


def _allocation(plan: PlanSpec) -> str:
    units: dict[str, int] = {}
    for order in plan.orders:
        units[order.supplier] = units.get(order.supplier, 0) + order.quantity
    return " and ".join(f"{quantity:,} from {supplier}" for supplier, quantity in units.items())


def _rhythm_told(rhythm: Rhythm, several: bool) -> str:
    if rhythm.timing is None:
        return " at once"
    each = ", each" if several else ""
    if rhythm.timing.when == SAME_DAY:
        return f"{each} in {rhythm.parts} orders on the same day"
    delay = f"{rhythm.timing.delay_days} days after" if rhythm.timing.delay_days else "once"
    return f"{each} in {rhythm.parts} orders, the next {delay} the one before is {rhythm.timing.when}"


class Candidates:
    """Every candidate met so far: the scenario's own plans first, each way of ordering once.

    Parameters
    ----------
    scenario
        Whose suppliers, inspections and own plans there are.

    Attributes
    ----------
    dropped
        What made ways impossible, each reason with the number of ways.
    repeated
        Ways that came to the same orders as another one.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._spec = scenario.model
        names, bought = list(self._spec.suppliers), list(self._spec.inspections)
        self._offers = Offers(self._spec.suppliers, self._spec.inspections, names, bought)
        self._by_way: dict[Way, Candidate | None] = {}
        self._by_orders: dict[object, Candidate] = {}
        self._own_ways: dict[str, Way] = {}
        self._taken = {plan.name for plan in scenario.plans}
        self.dropped: dict[str, int] = {}
        self.repeated = 0
        self.own = tuple(Candidate(plan.name, plan) for plan in scenario.plans)
        for candidate in self.own:
            self._by_orders.setdefault(_meaning(candidate.plan), candidate)

    def candidate(self, way: Way) -> Candidate | None:
        """Candidate for a way of ordering; None where it is impossible.

        A way that comes to the same orders as a plan of the scenario's own is that plan.
        """
        if way not in self._by_way:
            self._by_way[way] = self._made(way)
        return self._by_way[way]

    def way_of(self, candidate: Candidate) -> Way | None:
        """What a candidate decides; for a plan of the scenario's own, the way met so far that comes to the same."""
        return candidate.way or self._own_ways.get(candidate.name)

    def all_of(self, ways: Iterable[Way]) -> list[Candidate]:
        """Candidates for all possible ones of some ways, each once, the scenario's own plans left out."""
        made = (self.candidate(way) for way in ways)
        return list({one.name: one for one in made if one is not None and not one.is_own}.values())

    def _made(self, way: Way) -> Candidate | None:
        orders = orders_of(way)
        reason, plan = self._checked(orders)
        if plan is None:
            self.dropped[reason] = self.dropped.get(reason, 0) + 1
            return None
        meaning = _meaning(plan)
        if meaning in self._by_orders:
            self.repeated += 1
            same = self._by_orders[meaning]
            if same.is_own:
                self._own_ways.setdefault(same.name, way)
            return same
        name = self._named(way)
        made = Candidate(name, plan.model_copy(update={"name": name, "title": name}), way, orders)
        self._by_orders[meaning] = made
        return made

    def _checked(self, orders: list[Value]) -> tuple[str, PlanSpec | None]:
        """The plan of these orders, or the first reason why a scenario with it would be refused."""
        try:
            entry = PlanEntry.model_validate({"orders": orders})
        except ValidationError:
            return "a part of the split would be empty, or there would be too many orders", None
        plan = plan_expanded("candidate", entry)
        spec = self._spec.model_copy(update={"plans": {"candidate": entry}, "plan_grid": None})
        found = plans_checked(spec, self._offers, doubtful=False)
        # amounts and inspectors' work can only be looked up for suppliers and inspections that are there
        wrong = next(found, None) or next(chain(amounts_checked(spec, [plan]), work_checked(spec, [plan])), None)
        return (_QUANTITY.sub("an order is", wrong.message), None) if wrong else ("", plan)

    def _named(self, way: Way) -> str:
        """Readable name of a way, and no other's."""
        whole = name = name_of(way)
        while name in self._taken or len(name) > _LONGEST_NAME:
            digest = sha256(f"{way!r}{name if name in self._taken else ''}".encode()).hexdigest()[:_DIGEST]
            name = f"{whole[: _LONGEST_NAME - _DIGEST - 1]}-{digest}"
        self._taken.add(name)
        return name


def name_of(way: Way) -> str:
    """Name built from the values, such as ``shenzhen-3060-x2-received-psi``; it may be too long."""
    suppliers = [way.mix[0][0]] if len(way.mix) == 1 else [f"{name}-{share}" for name, share in way.mix]
    timing = way.rhythm.timing
    split = [] if timing is None else [f"x{way.rhythm.parts}", str(timing).replace("+", "-")]
    return "-".join([*suppliers, str(way.quantity), *split, *way.inspections])


def orders_of(way: Way) -> list[Value]:
    """Orders of a way in plain values, as a scenario file writes them; parts differ by a unit at most, larger first."""
    orders: list[Value] = []
    letters = iter(ascii_lowercase)
    left = way.quantity
    for number, (supplier, share) in enumerate(way.mix, 1):
        units = left if number == len(way.mix) else round(way.quantity * share / 100)
        left -= units
        size, larger = divmod(units, way.rhythm.parts)
        before = None
        for part in range(way.rhythm.parts):
            order: dict[str, Value] = {"id": next(letters), "supplier": supplier, "quantity": size + (part < larger)}
            if way.inspections:
                order["inspections"] = list(way.inspections)
            if before is not None and way.rhythm.timing is not None and way.rhythm.timing.when != SAME_DAY:
                order["start"] = _start(before, way.rhythm.timing)
            before = order["id"]
            orders.append(order)
    return orders


def _start(before: Value, timing: Timing) -> Value:
    start: dict[str, Value] = {"after": before, "when": timing.when}
    return {**start, "delay_days": timing.delay_days} if timing.delay_days else start


def _meaning(plan: PlanSpec) -> object:
    """What the orders of a plan come to, whatever they and the plan are called."""
    places = {order.id: place for place, order in enumerate(plan.orders)}
    return tuple(
        (
            order.supplier,
            order.quantity,
            tuple(sorted(order.inspections)),
            _placed(order.start, plan.orders, places),
            order.only_if and (places[order.only_if.order], order.only_if.model_copy(update={"order": ""})),
            order.otherwise if order.only_if else None,
        )
        for order in plan.orders
    )


def _placed(start: StartSpec | None, orders: Sequence[OrderSpec], places: dict[str, int]) -> object:
    """When an order is placed; right after another one that is placed whatever happens is the moment of that one."""
    if start is None:
        return "day", 0.0
    if start.after is None:
        return "day", start.day
    waited = orders[places[start.after]]
    if start.when == "placed" and not start.delay_days and waited.only_if is None:
        return _placed(waited.start, orders, places)
    return places[start.after], start.when, start.delay_days
