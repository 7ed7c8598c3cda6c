"""Checks of plans: every order can be placed, and none waits for itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.scenario.checks import Finding, Findings
from sim.scenario.keys import LONGEST_DAYS
from sim.scenario.plans import PlanGrid, PlanSpec, SplitSpec, grid_size
from sim.scenario.wording import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.scenario.inspections import DuringProductionSpec, PreShipmentSpec
    from sim.scenario.paths import Path
    from sim.scenario.plans import OnlyIfSpec, OrderSpec, StartSpec
    from sim.scenario.schema import ScenarioSpec
    from sim.scenario.suppliers import SupplierSpec

MOST_PLANS: Final = 1000


@dataclass(frozen=True, slots=True)
class Offers:
    """What plans can choose from: suppliers and inspections, and every name the file has for them."""

    suppliers: Mapping[str, SupplierSpec]
    inspections: Mapping[str, DuringProductionSpec | PreShipmentSpec]
    supplier_names: Sequence[str]
    inspection_names: Sequence[str]

    def inspected(self, inspections: Sequence[str]) -> bool:
        """Whether these inspections include one before shipment; an unknown one might be."""
        return any(
            name not in self.inspections or self.inspections[name].kind == "pre_shipment" for name in inspections
        )


def plans_checked(spec: ScenarioSpec, offers: Offers, *, doubtful: bool) -> Findings:
    """Check every plan and the grid."""
    if not spec.plans and spec.plan_grid is None and not doubtful:
        yield Finding(("plans",), "a scenario needs `plans` or a `plan_grid`")
    for name, entry in spec.plans.items():
        path: Path = ("plans", name)
        if entry.orders is not None:
            plan = PlanSpec(name=name, title=name, orders=entry.orders)
            yield from _orders_checked(spec, plan, offers, (*path, "orders"))
        elif entry.split is not None:
            yield from _split_checked(entry.split, offers, (*path, "split"))
    if spec.plan_grid is not None:
        yield from _grid_checked(spec.plan_grid, offers)


def _orders_checked(spec: ScenarioSpec, plan: PlanSpec, offers: Offers, path: Path) -> Findings:
    ids = [order.id for order in plan.orders]
    by_id = {order.id: order for order in plan.orders}
    for index, order in enumerate(plan.orders):
        here: Path = (*path, index)
        if order.id in ids[:index]:
            yield Finding((*here, "id"), f"two orders of this plan are called `{order.id}`")
        yield from _supplier_checked(order.supplier, order.quantity, offers, (*here, "supplier"), (*here, "quantity"))
        yield from _inspections_checked(order.inspections, offers, (*here, "inspections"))
        if order.start is not None:
            yield from _start_checked(spec, order, order.start, by_id, offers, (*here, "start"))
        if order.only_if is not None:
            yield from _only_if_checked(order, order.only_if, by_id, offers, (*here, "only_if"))
        if not isinstance(order.otherwise, str):
            if order.only_if is None:
                message = "`otherwise` needs an `only_if`"
                yield Finding((*here, "otherwise"), message, at_key=True, rests_on=(*here, "only_if"))
            instead: Path = (*here, "otherwise", "supplier")
            yield from _supplier_checked(order.otherwise.supplier, order.quantity, offers, instead, instead)
    yield from _circle_checked(plan.orders, by_id, path)


def _supplier_checked(name: str, quantity: int, offers: Offers, at_name: Path, at_quantity: Path) -> Findings:
    if name not in offers.supplier_names:
        yield Finding(at_name, f"there is no supplier `{name}`", nearest(name, offers.supplier_names, "suppliers"))
    elif name in offers.suppliers and quantity < offers.suppliers[name].minimum_order:
        least = offers.suppliers[name].minimum_order
        message = f"an order of {quantity:,} is below the minimum order of {name}"
        yield Finding(at_quantity, message, f"{least:,} or more")


def _inspections_checked(names: Sequence[str], offers: Offers, path: Path) -> Findings:
    finished: str | None = None
    for index, name in enumerate(names):
        if name not in offers.inspection_names:
            hint = nearest(name, offers.inspection_names, "inspections")
            yield Finding((*path, index), f"there is no inspection `{name}`", hint)
        elif name in names[:index]:
            yield Finding((*path, index), f"the inspection `{name}` is given twice")
        elif name in offers.inspections and offers.inspected([name]):
            if finished is not None:
                message = "an order can have one pre-shipment inspection, and this is another"
                yield Finding((*path, index), message, f"leave it or `{finished}` out")
            finished = finished or name


def _start_checked(
    spec: ScenarioSpec,
    order: OrderSpec,
    start: StartSpec,
    by_id: Mapping[str, OrderSpec],
    offers: Offers,
    path: Path,
) -> Findings:
    if start.day is not None and spec.day_number(start.day) < 0:
        yield Finding((*path, "day"), f"order `{order.id}` would be placed before the start, {spec.start}")
    elif start.day is not None and spec.day_number(start.day) > LONGEST_DAYS:
        message = f"order `{order.id}` would be placed more than {LONGEST_DAYS:,} days after the start, {spec.start}"
        yield Finding((*path, "day"), message)
    if start.after is None:
        return
    if start.after not in by_id:
        others = [other for other in by_id if other != order.id]
        yield Finding(
            (*path, "after"),
            f"this plan has no order `{start.after}`",
            nearest(start.after, others, "orders"),
        )
    elif start.when == "inspected" and not offers.inspected(by_id[start.after].inspections):
        message = f"order `{start.after}` has no pre-shipment inspection to wait for"
        yield Finding((*path, "when"), message, "add one to its `inspections`, or wait for another event")


def _only_if_checked(
    order: OrderSpec, only_if: OnlyIfSpec, by_id: Mapping[str, OrderSpec], offers: Offers, path: Path
) -> Findings:
    if only_if.order not in by_id:
        others = [other for other in by_id if other != order.id]
        message = f"this plan has no order `{only_if.order}`"
        yield Finding((*path, "order"), message, nearest(only_if.order, others, "orders"))
    elif only_if.inspection is not None and not offers.inspected(by_id[only_if.order].inspections):
        message = f"order `{only_if.order}` has no pre-shipment inspection that could pass"
        yield Finding((*path, "inspection"), message, "add one to its `inspections`")
    if order.start is None:
        message = f"order `{order.id}` is placed on day 0, when nothing is known of another order"
        hint = "give it a `start`, such as {after: probe, when: inspected}"
        yield Finding(path, message, hint, at_key=True, rests_on=(*path[:-1], "start"))


def _circle_checked(orders: Sequence[OrderSpec], by_id: Mapping[str, OrderSpec], path: Path) -> Findings:
    """Follow each order to those it waits for; the first of a circle reports it."""
    reported: set[str] = set()
    for index, order in enumerate(orders):
        circle = _circle_from(order.id, by_id)
        if circle and not reported & set(circle):
            reported |= set(circle)
            message = "orders wait for each other in a circle: " + " -> ".join((*circle, circle[0]))
            inside = "start" if _waits_by_start(order, circle) else "only_if"
            key = ("start", "after") if inside == "start" else ("only_if", "order")
            yield Finding((*path, index, *key), message)


def _waits_by_start(order: OrderSpec, circle: Sequence[str]) -> bool:
    return order.start is not None and order.start.after in circle


def _waited_for(order: OrderSpec) -> list[str]:
    waited = [order.start.after] if order.start is not None and order.start.after is not None else []
    return waited + ([order.only_if.order] if order.only_if is not None else [])


def _circle_from(first: str, by_id: Mapping[str, OrderSpec]) -> list[str]:
    """Shortest way from an order back to itself; empty where there is none."""
    ways = [[first]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for other in _waited_for(by_id[way[-1]]):
            if other == first:
                return way
            if other in by_id and other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return []


def _split_checked(split: SplitSpec, offers: Offers, path: Path) -> Findings:
    if split.quantity < split.into:
        message = f"{split.quantity} units cannot be split into {split.into} orders"
        yield Finding((*path, "into"), message, f"allowed: 1 to {split.quantity}")
        return
    smallest = split.quantity // split.into
    yield from _supplier_checked(split.supplier, smallest, offers, (*path, "supplier"), (*path, "quantity"))
    yield from _inspections_checked(split.inspections, offers, (*path, "inspections"))
    if split.into > 1 and split.next.when == "inspected" and not offers.inspected(split.inspections):
        message = "the parts have no pre-shipment inspection to wait for"
        yield Finding((*path, "next", "when"), message, "add one to `inspections`, or wait for another event")


def _grid_checked(grid: PlanGrid, offers: Offers) -> Findings:
    path: Path = ("plan_grid",)
    if grid_size(grid) > MOST_PLANS:
        message = f"the grid has {grid_size(grid):,} plans"
        yield Finding(path, message, f"at most {MOST_PLANS:,}", at_key=True)
        return
    for index, supplier in enumerate(grid.supplier):
        at: Path = (*path, "supplier", index)
        if supplier not in offers.supplier_names:
            hint = nearest(supplier, offers.supplier_names, "suppliers")
            yield Finding(at, f"there is no supplier `{supplier}`", hint)
    most = max(grid.split_into)
    for index, quantity in enumerate(grid.quantity):
        at = (*path, "quantity", index)
        if quantity < most:
            yield Finding(at, f"{quantity} units cannot be split into {most} orders")
            continue
        for supplier in grid.supplier:
            if supplier in offers.supplier_names:
                yield from _supplier_checked(supplier, quantity // most, offers, at, at)
    for index, inspections in enumerate(grid.inspections):
        at = (*path, "inspections", index)
        yield from _inspections_checked(inspections, offers, at)
        if grid.next.when == "inspected" and most > 1 and not offers.inspected(inspections):
            message = "with `next: {when: inspected}` every set needs a pre-shipment inspection"
            yield Finding(at, message, "leave this set out, or wait for another event")
