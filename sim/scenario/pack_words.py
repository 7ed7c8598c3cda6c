"""Rules of a pack in the words of the trade, for tables, pages and the story of an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.terms import RULE_DEFINITIONS, Clock, Kind, word_of

if TYPE_CHECKING:
    from sim.terms import Rule

_CLOCK_WORDS: Final = {
    Clock.PLACED: "order placed",
    Clock.RECEIVED: "goods received",
    Clock.OPENED: "dispute opened",
    Clock.BUYER_PROPOSAL: "buyer's proposal",
    Clock.SUPPLIER_PROPOSAL: "supplier's proposal",
    Clock.ESCALATED: "escalation",
    Clock.PAYOUT: "payout",
}
_CLOCKS: Final = {word_of(clock): words for clock, words in _CLOCK_WORDS.items()}


def value_in_words(rule: Rule) -> str:
    """Value of a rule with its unit: ``yes``, ``5 working days``, ``as decided``, ``1.755 %``, ``none``."""
    if rule.value is None:
        return "none"
    match RULE_DEFINITIONS[rule.name].kind:
        case Kind.SWITCH:
            return "yes" if rule.value else "no"
        case Kind.CHOICE:
            return str(rule.value).replace("_", " ")
        case Kind.TIME:
            return f"{rule.value:g} {rule.unit if rule.value != 1 else rule.unit[:-1]}"
        case Kind.SHARE:
            return f"{round(float(rule.value) * 100, 6):g} %"


def clock_in_words(rule: Rule) -> str:
    """Moment from which a time limit runs; empty for a rule that is not one."""
    return "" if rule.clock is None else _CLOCKS[rule.clock]
