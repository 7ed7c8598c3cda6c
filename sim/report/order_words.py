"""What a plan orders, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario import OnlyIfSpec, OrderSpec, PlanSpec, StartSpec


def orders_in_words(plan: PlanSpec) -> tuple[str, ...]:
    """Each order of a plan, such as ``b: 2,500 from shenzhen, 7 days after a is received``."""
    return tuple(_order_in_words(order) for order in plan.orders)


def _order_in_words(order: OrderSpec) -> str:
    parts = [f"{order.id}: {order.quantity:,} from {order.supplier}"]
    if order.inspections:
        parts.append(f"inspected ({', '.join(order.inspections)})")
    if order.start is not None:
        parts.append(_start_in_words(order.start))
    if order.only_if is not None:
        parts.append(_condition_in_words(order.only_if))
    return ", ".join(parts)


def _start_in_words(start: StartSpec) -> str:
    if start.after is None:
        return f"on {start.day}" if not isinstance(start.day, int | float) else f"on day {start.day:g}"
    after = f"after {start.after} is {start.when}"
    if not start.delay_days:
        return f"right {after}"
    return f"{start.delay_days:g} {'day' if start.delay_days == 1 else 'days'} {after}"


def _condition_in_words(condition: OnlyIfSpec) -> str:
    if condition.defective_share_at_most is None:
        return f"only if {condition.order} passes its inspection"
    share = condition.defective_share_at_most * 100
    return f"only if at most {share:g} % of {condition.order} are known to be defective"
