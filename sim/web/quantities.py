"""Quantities of all plans moved together: every order keeps its part of its plan, and its supplier's smallest order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from sim.scenario.keys import LARGEST_QUANTITY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.scenario import OrderSpec, PlanSpec, Scenario
    from sim.scenario.plans import PlanEntry

_MOST_TOLD: Final = 4
_HALF: Final = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Moved:
    """The plans with other quantities.

    Attributes
    ----------
    overrides
        What is set, as ``path=value``.
    notes
        What was done, in sentences.
    """

    overrides: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def quantities_moved(scenario: Scenario, factor: Fraction, smallest: Mapping[str, int]) -> Moved:
    """Order every plan's quantities times a factor.

    Parameters
    ----------
    scenario
        As its file has it.
    factor
        Of every plan's total.
    smallest
        By supplier: the least that it takes an order for.

    Notes
    -----
    A plan's total is rounded to whole units and divided among its orders as the file divides it (largest remainder).
    An order that would fall below its supplier's smallest is raised to that.
    """
    overrides: list[str] = []
    raised: list[str] = []
    moved = {plan.name: _plan_moved(plan, factor, smallest) for plan in scenario.plans}
    gridded = [plan for plan in scenario.plans if plan.name not in scenario.model.plans]
    if any(moved[plan.name][order.id] != order.quantity for plan in gridded for order in plan.orders):
        # A grid has one quantity for many plans: where one of them differs, all are written out instead.
        overrides = ["plan_grid=null", *(_written_out(plan, moved[plan.name]) for plan in gridded)]
    for plan in scenario.plans:
        found = moved[plan.name]
        raised.extend(
            f"{order.id} of {plan.name} to {found[order.id]:,}"
            for order in plan.orders
            if _is_raised(order, found, factor)
        )
        if plan not in gridded and any(found[order.id] != order.quantity for order in plan.orders):
            overrides.extend(_set(scenario.model.plans[plan.name], plan, found))
    notes = [_factor_told(factor)] if factor != 1 else []
    if raised:
        more = f" and {len(raised) - _MOST_TOLD} more" if len(raised) > _MOST_TOLD else ""
        notes.append(f"Raised to the supplier's smallest order: {', '.join(raised[:_MOST_TOLD])}{more}.")
    return Moved(tuple(overrides), tuple(notes))


def _plan_moved(plan: PlanSpec, factor: Fraction, smallest: Mapping[str, int]) -> dict[str, int]:
    """Quantity of every order, by its id."""
    wanted = [order.quantity * factor for order in plan.orders]
    total = int(sum(wanted) + _HALF)
    parts = [int(share) for share in wanted]
    by_rest = sorted(range(len(parts)), key=lambda place: (parts[place] - wanted[place], place))
    for place in by_rest[: max(total - sum(parts), 0)]:
        parts[place] += 1
    return {
        order.id: min(max(part, _least(order, smallest)), LARGEST_QUANTITY)
        for order, part in zip(plan.orders, parts, strict=True)
    }


def _least(order: OrderSpec, smallest: Mapping[str, int]) -> int:
    instead = () if isinstance(order.otherwise, str) else (order.otherwise.supplier,)
    return max(smallest.get(name, 1) for name in (order.supplier, *instead))


def _is_raised(order: OrderSpec, found: Mapping[str, int], factor: Fraction) -> bool:
    return found[order.id] > order.quantity * factor + 1


def _factor_told(factor: Fraction) -> str:
    return f"Every order is {float(factor) * 100:,.4g} % of what the plans say."


def _set(entry: PlanEntry, plan: PlanSpec, found: Mapping[str, int]) -> list[str]:
    """Overrides that give a plan of the file these quantities."""
    if entry.split is not None:
        return [f"plans.{plan.name}.split.quantity={sum(found.values())}"]
    return [f"plans.{plan.name}.orders[{place}].quantity={found[order.id]}" for place, order in enumerate(plan.orders)]


def _written_out(plan: PlanSpec, found: Mapping[str, int]) -> str:
    """Override that gives a plan of the grid these quantities: the whole of it, under its old name."""
    return f"plans.{plan.name}={json.dumps(_whole(plan, found), ensure_ascii=False)}"


def _whole(plan: PlanSpec, found: Mapping[str, int]) -> dict[str, Any]:
    orders = []
    for order in plan.orders:
        whole: dict[str, Any] = {"id": order.id, "supplier": order.supplier, "quantity": found[order.id]}
        if order.inspections:
            whole["inspections"] = list(order.inspections)
        if order.start is not None:
            start = order.start
            whole["start"] = {"after": start.after, "when": start.when, "delay_days": start.delay_days}
        orders.append(whole)
    return {"orders": orders}


def smallest_orders(scenario: Scenario, values: Mapping[str, str]) -> dict[str, int]:
    """By supplier: the least that it takes an order for, with what is set taken into account.

    Parameters
    ----------
    scenario
        As its file has it.
    values
        What is set, by dotted path.
    """
    found = {}
    for name, given in scenario.model.suppliers.items():
        written = values.get(f"suppliers.{name}.minimum_order")
        found[name] = given.minimum_order if written is None else int(written)
    return found
