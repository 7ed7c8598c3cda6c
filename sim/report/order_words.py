"""What a plan orders, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.experiments.wording import listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.scenario import OnlyIfSpec, OrderSpec, PlanSpec, StartSpec
    from sim.scenario.inspections import InspectionSpec

_KINDS: Final = {
    "during_production": "inspection during production",
    "pre_shipment": "pre-shipment inspection",
}


def orders_in_words(plan: PlanSpec, inspections: Mapping[str, InspectionSpec] | None = None) -> tuple[str, ...]:
    """Each order of a plan, such as ``order b of 2,500 from shenzhen, 7 days after order a is received``.

    Parameters
    ----------
    plan
        Whose orders; one that stands alone is told without its id.
    inspections
        Those of the scenario, by their ids; one that is not among them is told by its id.
    """
    names = _inspections_in_words(inspections or {})
    return tuple(_order_in_words(order, names, several=len(plan.orders) > 1) for order in plan.orders)


def _inspections_in_words(inspections: Mapping[str, InspectionSpec]) -> dict[str, str]:
    """What each inspection is; one that would sound like an earlier one has its id besides."""
    found: dict[str, str] = {}
    for name, inspection in inspections.items():
        words = _within_a_sentence(inspection.title) or _KINDS[inspection.kind]
        found[name] = f"{words} ({name})" if words in found.values() else words
    return found


def _within_a_sentence(title: str) -> str:
    """A title with a small first letter, unless its first word is an abbreviation."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _order_in_words(order: OrderSpec, inspections: Mapping[str, str], *, several: bool) -> str:
    head = f"order {order.id}" if several else "one order"
    parts = [f"{head} of {order.quantity:,} from {order.supplier}"]
    if order.inspections:
        parts.append(_visits_in_words(order.inspections, inspections))
    if order.start is not None:
        parts.append(_start_in_words(order.start))
    if order.only_if is not None:
        parts.append(_condition_in_words(order.only_if))
    return ", ".join(parts)


def _visits_in_words(visits: Sequence[str], inspections: Mapping[str, str]) -> str:
    return f"with {listed([inspections.get(name, f'inspection {name}') for name in visits])}"


def _start_in_words(start: StartSpec) -> str:
    if start.after is None:
        return f"on {start.day}" if not isinstance(start.day, int | float) else f"on day {start.day:g}"
    after = f"after order {start.after} is {start.when}"
    if not start.delay_days:
        return f"right {after}"
    return f"{start.delay_days:g} {'day' if start.delay_days == 1 else 'days'} {after}"


def _condition_in_words(condition: OnlyIfSpec) -> str:
    if condition.defective_share_at_most is None:
        return f"only if order {condition.order} passes its inspection"
    share = condition.defective_share_at_most * 100
    return f"only if at most {share:g} % of order {condition.order} are known to be defective"
