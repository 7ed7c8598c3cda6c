"""What is paid of an award: never more than the covered payments, nor than what is left of the supplier's limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.rules import rule
from sim.rules.amounts import share_of
from sim.terms import LimitScope
from sim.units import NEVER

if TYPE_CHECKING:
    from sim.terms import ProtectionTerms

NO_LIMIT = -1
"""Stands for a supplier without a limit, or a pack that knows none."""


@rule
def limit_of_supplier(terms: ProtectionTerms, limit: int, used_by_others: int) -> int:
    """Cents of a supplier's limit open to this buyer before its own claims; -1 for no limit.

    Parameters
    ----------
    limit
        Cents; -1 for none.
    used_by_others
        Share in millionths that other buyers' claims hold; it matters only to a limit shared over all orders.
    """
    if limit < 0 or terms.limit_applies == 0:
        return NO_LIMIT
    if terms.limit_scope == LimitScope.ORDER:
        return limit
    held: int = share_of(limit, used_by_others)
    return limit - held


@rule
def is_drawn_down(terms: ProtectionTerms, paid: int, now: int) -> bool:
    """Whether a refund paid at minute `paid` still takes room in the limit at minute `now`."""
    if terms.limit_scope == LimitScope.ORDER:
        return False
    return terms.limit_restored == NEVER or now < paid + terms.limit_restored


@rule
def limit_left(limit: int, drawn: int) -> int:
    """Cents left of a limit after what this buyer's earlier refunds drew; -1 stays no limit."""
    return NO_LIMIT if limit < 0 else max(limit - drawn, 0)


@rule
def refund_due(award: int, covered: int, left: int) -> int:
    """Cents to be paid: the least of the award, the covered payments and what is left of the limit.

    Source: *Can I Trust Alibaba Trade Assurance?* (2023): of a 15,000 order under a limit of 10,000, at most 10,000
    comes back.
    """
    due = min(award, covered)
    return due if left < 0 else min(due, left)


@rule
def refund_paid(terms: ProtectionTerms, due: int, defaults: bool) -> int:
    """Cents that arrive: nothing from a supplier that does not pay, unless the platform pays in its place."""
    return due if not defaults or terms.refund_advanced == 1 else 0
