"""What stands in which section of a report: figures, tables, stories and papers, ready to be set."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import TYPE_CHECKING, Final

from sim.experiments.verdict import money
from sim.experiments.wording import counted, listed, words
from sim.report import gallery
from sim.report.plan_marks import cents_text
from sim.report.plates import Sheet, sheet_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.report.facts import Facts, InputFact, Span, Told
    from sim.report.plates import Plate, Plates

_PERCENT: Final = 100
_INDEX: Final = re.compile(r"\[(\d+)\]")
_GROUPED: Final = {"suppliers": "Supplier", "inspections": "Inspection"}
_SECTIONS: Final = {
    "start": "Day and currency",
    "currency": "Day and currency",
    "need": "What is needed",
    "buyer": "The buyer",
    "contract": "The contract",
    "protection": "The protection",
    "protection_overrides": "Rules of the protection that are different here",
    "disputes": "The mediator",
    "plans": "The plans",
    "run": "The run",
    "parameter_sets": "What is not known, and what was assumed before past orders were read",
    "uncertain": "Ranges for studies of what is uncertain",
    "plan_grid": "The grid of plans",
}
_KINDS: Final = {
    "fitted": "fitted",
    "sourced": "source",
    "assumption": "assumption",
    "unsourced": "no source",
    "default": "default",
    "choice": "choice",
}
_COUNTED: Final = {
    "fitted": ("is fitted from past orders", "are fitted from past orders"),
    "sourced": ("comes from a named source", "come from a named source"),
    "assumption": ("is assumed", "are assumed"),
    "unsourced": ("is given without a source", "are given without a source"),
    "default": ("is left to its default", "are left to their defaults"),
    "choice": ("is a choice", "are choices"),
}
_PHASES_AND_EVENTS: Final = "Bars are phases of an order, rings are events; the table below has them day by day."
_ASSUMED: Final = re.compile(r"^assumption:?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a story.

    Attributes
    ----------
    date, shown
        As machines and as people read it.
    steps
        What happened: the order where there are several, the sentence, and the rule behind it.
    """

    date: str
    shown: str
    steps: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Account:
    """A case told: its figures and what happened."""

    title: str
    says: str
    plate: Plate | None
    split: Sheet
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """An input in the ledger."""

    path: str
    label: str
    value: str
    kind: str
    mark: str
    source: str
    previous: str


@dataclass(frozen=True, slots=True)
class Group:
    """Inputs that belong together."""

    title: str
    counts: str
    entries: tuple[Entry, ...]


# ------------------------------------------------------------------------------------------ the plans


def plans_table(facts: Facts) -> Sheet:
    """Every plan with what matters most of it."""
    headings = (
        "Plan",
        "Average loss",
        "Worst 5\N{NO-BREAK SPACE}%",
        "Late",
        "Claims",
        "Need served",
        "Days in all",
    )
    rows = tuple(
        (
            plan.name,
            _with_half_width(plan.loss),
            _with_half_width(plan.tail),
            _percent(plan.late.value),
            _percent(plan.claims.value),
            _percent(plan.filled.value),
            f"{plan.days_to_close.value:,.0f}",
        )
        for plan in facts.plans
    )
    caption = f"The plans, amounts in {facts.currency}; ± to the ends of the {facts.confidence * _PERCENT:g} % interval"
    return sheet_of(caption, headings, rows)


def unknown_table(facts: Facts) -> Sheet | None:
    """How far the loss of every plan hangs on inputs that nobody knows; None where all are taken as known."""
    unknown = facts.unknown
    if unknown is None:
        return None
    headings = ("Plan", "Average loss, from", "to", "Unsure by not knowing", "by chance")
    rows = tuple(
        (
            plan.name,
            money(plan.low, beside=plan.high),
            money(plan.high, beside=plan.low),
            _percent(plan.share),
            _percent(1 - plan.share),
        )
        for plan in unknown.plans
    )
    sure = f"{unknown.probability * _PERCENT:g} %"
    caption = (
        f"What is not known of the inputs, amounts in {facts.currency}: where the average loss of each plan lies "
        f"in {sure} of {unknown.sets:,} parameter sets"
    )
    return sheet_of(caption, headings, rows)


def _with_half_width(span: Span) -> str:
    """An estimate with what to add and to take away for the ends of its interval, the same rounding for both."""
    half = (span.high - span.low) / 2
    if not isfinite(half):
        return money(span.value)
    return f"{money(span.value, beside=half)} ± {money(half, beside=span.value)}"


def _percent(share: float) -> str:
    return f"{share * _PERCENT:.1f} %"


# ------------------------------------------------------------------------------------------ stories


def accounts(facts: Facts, plates: Plates) -> tuple[Account, ...]:
    """The typical and the bad case of the best plan, as far as they were told."""
    best = facts.best
    found = []
    if best.typical is not None:
        says = f"Half of the cases lose more than this one, half less: {_what_it_lost(best.typical, facts.currency)}"
        plate = plates.plate(gallery.TYPICAL, best, _PHASES_AND_EVENTS)
        found.append(_account("A typical case", says, plate, best.typical, facts.currency))
    if best.bad is not None:
        worse = round((1 - best.bad.quantile) * _PERCENT)
        says = f"Only {worse} of 100 cases lose more: {_what_it_lost(best.bad, facts.currency)}"
        plate = plates.plate(gallery.BAD, best, _PHASES_AND_EVENTS)
        found.append(_account("A bad case", says, plate, best.bad, facts.currency))
    return tuple(found)


def _what_it_lost(told: Told, currency: str) -> str:
    lost = f"it loses {money(told.loss, currency)}"
    if not told.ground_up:
        return f"{lost}. No unit was missing, damaged or defective."
    back = f"{money(told.recovered, currency)} of it" if told.recovered else "none of it"
    return f"{lost}. Units worth {money(told.ground_up, currency)} never came or came bad; {back} came back."


def _account(title: str, says: str, plate: Plate | None, told: Told, currency: str) -> Account:
    rows = [(words(name), cents_text(amount)) for name, amount in told.components.items()]
    split = sheet_of(f"{title}: what it lost", ("Part of the loss", currency), (*rows, ("loss", cents_text(told.loss))))
    several = len({event.order for event in told.events}) > 1
    days: dict[str, list[tuple[str, str, str]]] = {}
    for event in told.events:
        step = (event.order if several else "", event.sentence, event.rule)
        days.setdefault(event.moment.partition("T")[0], []).append(step)
    told_days = tuple(Day(day, _short_day(day), tuple(steps)) for day, steps in days.items())
    return Account(f"{title} (number {told.replication:,})", says, plate, split, told_days)


def _short_day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day:%a} {day.day} {day:%b %Y}"


def day_in_words(iso: str) -> str:
    """A date as people write it, such as 2 March 2026."""
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


# ------------------------------------------------------------------------------------------ the ledger


def ledger_says(ledger: Sequence[InputFact]) -> str:
    """How many inputs there are of each kind, in a sentence."""
    counts = Counter(fact.kind for fact in ledger)
    parts = [f"{counts[kind]:,} {said[counts[kind] > 1]}" for kind, said in _COUNTED.items() if counts[kind]]
    return f"Of {counted(len(ledger), 'input')}, {listed(parts)}."


def ledger_groups(ledger: Sequence[InputFact]) -> tuple[Group, ...]:
    """The inputs by what they are about, in the order of the scenario."""
    groups: dict[str, list[InputFact]] = {}
    for fact in ledger:
        groups.setdefault(_group(fact), []).append(fact)
    return tuple(Group(title, _counts(facts), tuple(_entry(fact) for fact in facts)) for title, facts in groups.items())


def _group(fact: InputFact) -> str:
    if fact.section in _GROUPED:
        return f"{_GROUPED[fact.section]} {fact.path.split('.')[1]}"
    return _SECTIONS.get(fact.section, words(fact.section).capitalize())


def _counts(facts: Sequence[InputFact]) -> str:
    counts = Counter(fact.kind for fact in facts)
    plurals = {"fitted": "fitted", "sourced": "from a source", "unsourced": "without a source"}
    return ", ".join(
        f"{counts[kind]:,} {plurals[kind]}" if kind in plurals else counted(counts[kind], mark)
        for kind, mark in _KINDS.items()
        if counts[kind]
    )


def _entry(fact: InputFact) -> Entry:
    unsaid = {"default", "no source given", "a choice"}
    said = fact.kind in {"fitted", "sourced", "assumption"} or fact.source not in unsaid
    source = _ASSUMED.sub("", fact.source) if fact.kind == "assumption" else fact.source
    return Entry(
        path=fact.path,
        label=_label(fact),
        value=fact.value,
        kind=fact.kind,
        mark=_KINDS.get(fact.kind, fact.kind),
        source=source if said else "",
        previous=fact.previous or "",
    )


def _label(fact: InputFact) -> str:
    """The path of an input without what its group says, in words."""
    if fact.label:
        return fact.label
    if fact.section == "uncertain":
        return fact.path.removeprefix("uncertain.")
    parts = fact.path.split(".")[2 if fact.section in _GROUPED else 1 :] or [fact.section]
    if fact.section == "plans":
        parts = [part.replace("orders[", "order[") for part in parts]
    numbered = (_INDEX.sub(lambda found: f" {int(found[1]) + 1}", part) for part in parts)
    return ": ".join(words(part) for part in numbered)
