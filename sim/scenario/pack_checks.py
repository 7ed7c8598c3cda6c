"""What a rule pack must look like: its keys, its sources, every rule with value, unit, clock and source."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sim.errors import RulePackError
from sim.terms import RULE_DEFINITIONS, WORKING_DAYS, Kind, Rule, RulePack, Source, word_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sim.errors import Problem
    from sim.terms import RuleDefinition

    ProblemAt = Callable[["KeyPath", str, str | None, bool], Problem]

LONGEST_DAYS: Final = 3_650
RULE_KEYS: Final = ("value", "unit", "clock", "source", "note", "assumption")
_PACK_KEYS: Final = ("id", "title", "date", "summary", "calendar", "sources", "rules")
_SOURCE_KEYS: Final = ("title", "publisher", "date", "url")
_PACK_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")

KeyPath = tuple[str, ...]


@dataclass(slots=True)
class Findings:
    """The problems found so far; `problem_at` puts each in its place."""

    problem_at: ProblemAt
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: KeyPath, message: str, hint: str | None = None, *, at_key: bool = False) -> None:
        """Note a problem with the value at a path of keys, or with the last key itself."""
        self.problems.append(self.problem_at(path, message, hint, at_key))

    def raise_any(self) -> None:
        """Refuse the input if anything was wrong with it.

        Raises
        ------
        RulePackError
            With every problem found.
        """
        if self.problems:
            raise RulePackError(*self.problems)


def nearest(word: str, known: Iterable[str]) -> str:
    """Hint that names the nearest known word, or all of them where none is near."""
    names = tuple(known)
    near = difflib.get_close_matches(word, names, n=1)
    return f"did you mean `{near[0]}`?" if near else f"one of {', '.join(names)}"


def pack_checked(tree: object, file: str, findings: Findings) -> RulePack:
    """Pack of the values of a file, with every rule in the order of `RULE_DEFINITIONS`.

    Raises
    ------
    RulePackError
        Everything that is wrong with it, at once.
    """
    if not isinstance(tree, Mapping):
        findings.add((), "a rule pack is a map of keys to values", "see `lotwise rules` for the packs there are")
        findings.raise_any()
        return pack_checked({}, file, findings)
    _check_keys(tree, (), _PACK_KEYS, _PACK_KEYS, findings)
    texts = {key: _text(tree, key, (), findings) for key in ("id", "title", "summary")}
    if "id" in tree and not _PACK_ID.fullmatch(texts["id"]):
        findings.add(("id",), "an id is made of small letters, digits and hyphens")
    day = tree.get("date")
    if "date" in tree and not isinstance(day, dt.date):
        findings.add(("date",), "the date of a pack is a calendar date", "such as 2023-07-21")
    sources = _sources_checked(tree.get("sources", {}), findings)
    rules = _rules_checked(tree.get("rules", {}), sources, findings)
    calendar = _calendar_checked(tree.get("calendar"), rules, findings)
    findings.raise_any()
    return RulePack(
        id=texts["id"],
        title=texts["title"],
        date=day if isinstance(day, dt.date) else dt.date.min,
        summary=texts["summary"],
        calendar=calendar,
        sources=sources,
        rules=rules,
        file=file,
    )


def rule_checked(
    definition: RuleDefinition, entry: Mapping[str, Any], path: KeyPath, findings: Findings
) -> Rule | None:
    """Rule of the values that a pack or a scenario gives for it; None where something is wrong with them."""
    before = len(findings.problems)
    fault = _value_fault(definition, entry["value"]) if "value" in entry else None
    if fault:
        findings.add((*path, "value"), f"`{definition.name}` {fault[0]}", fault[1])
    unit, clock = entry.get("unit"), entry.get("clock")
    if "unit" in entry and unit not in definition.units:
        findings.add((*path, "unit"), f"`{definition.name}` cannot be in {unit!r}", _one_of(definition.units))
    clocks = tuple(word_of(member) for member in definition.clocks)
    if clocks and clock not in clocks:
        findings.add((*path, "clock"), f"`{definition.name}` needs the clock that it runs on", _one_of(clocks))
    if not clocks and clock is not None:
        findings.add((*path, "clock"), f"`{definition.name}` is not a time limit and has no clock", "leave it out")
    assumption = entry.get("assumption", False)
    if not isinstance(assumption, bool):
        findings.add((*path, "assumption"), "an assumption is true or false")
    source = _text(entry, "source", path, findings)
    note = _text(entry, "note", path, findings) or None
    if len(findings.problems) > before:
        return None
    return Rule(definition.name, entry.get("value"), str(unit), clock, source, note, bool(assumption))


def _rules_checked(tree: object, sources: Mapping[str, Source], findings: Findings) -> dict[str, Rule]:
    if not isinstance(tree, Mapping):
        findings.add(("rules",), "the rules are a map of names to rules")
        return {}
    for name in tree:
        if name not in RULE_DEFINITIONS:
            findings.add(("rules", name), f"there is no rule `{name}`", nearest(name, RULE_DEFINITIONS), at_key=True)
    rules: dict[str, Rule] = {}
    for name, definition in RULE_DEFINITIONS.items():
        path = ("rules", name)
        if name not in tree:
            findings.add(path[:1], f"the rule `{name}` is missing", f"it says: {definition.meaning}")
            continue
        entry = tree[name]
        if not isinstance(entry, Mapping):
            findings.add(path, f"`{name}` is a map", f"with the keys {', '.join(RULE_KEYS)}")
            continue
        _check_keys(entry, path, RULE_KEYS, ("value", "unit", "source"), findings)
        rule = rule_checked(definition, entry, path, findings)
        if rule is not None and rule.source not in sources and "source" in entry:
            findings.add((*path, "source"), f"there is no source `{rule.source}`", nearest(rule.source, sources))
        if rule is not None:
            rules[name] = rule
    return rules


def _sources_checked(tree: object, findings: Findings) -> dict[str, Source]:
    if not isinstance(tree, Mapping):
        findings.add(("sources",), "the sources are a map of keys to publications")
        return {}
    sources: dict[str, Source] = {}
    for key, entry in tree.items():
        path = ("sources", key)
        if not isinstance(entry, Mapping):
            findings.add(path, f"the source `{key}` is a map", f"with the keys {', '.join(_SOURCE_KEYS)}")
            continue
        _check_keys(entry, path, _SOURCE_KEYS, _SOURCE_KEYS[:3], findings)
        published = entry.get("date")
        day = published.isoformat() if isinstance(published, dt.date) else _text(entry, "date", path, findings)
        title, publisher, url = (_text(entry, name, path, findings) for name in ("title", "publisher", "url"))
        sources[key] = Source(key, title, publisher, day, url or None)
    return sources


def _calendar_checked(calendar: object, rules: Mapping[str, Rule], findings: Findings) -> str | None:
    if calendar is None:
        counting = [rule.name for rule in rules.values() if rule.unit == WORKING_DAYS]
        if counting:
            findings.add(("calendar",), f"`{counting[0]}` counts working days", "name the country whose they are")
        return None
    if isinstance(calendar, str) and _COUNTRY.fullmatch(calendar):
        return calendar
    findings.add(("calendar",), "the calendar is a country code", "two capital letters such as CN, or null")
    return None


def _check_keys(
    tree: Mapping[str, Any],
    path: KeyPath,
    known: tuple[str, ...],
    required: tuple[str, ...],
    findings: Findings,
) -> None:
    for key in tree:
        if key not in known:
            findings.add((*path, key), f"unknown key `{key}`", nearest(key, known), at_key=True)
    for key in required:
        if key not in tree:
            findings.add(path, f"`{key}` is missing")


def _text(tree: Mapping[str, Any], key: str, path: KeyPath, findings: Findings) -> str:
    value = tree.get(key, "")
    if isinstance(value, str) and (value.strip() or key not in tree):
        return value
    findings.add((*path, key), f"`{key}` is a text")
    return ""


def _value_fault(definition: RuleDefinition, value: object) -> tuple[str, str | None] | None:
    if value is None:
        return None if definition.may_be_null else ("cannot be null: every protection has it", None)
    match definition.kind:
        case Kind.SWITCH:
            return None if isinstance(value, bool) else (f"is yes or no, not {value!r}", "true or false")
        case Kind.CHOICE:
            words = tuple(word_of(member) for member in definition.choices)
            return None if value in words else (f"cannot be {value!r}", _one_of(words))
        case Kind.TIME:
            return _number_fault(value, LONGEST_DAYS, "a number of days")
        case Kind.SHARE:
            return _number_fault(value, 1, "a share")


def _number_fault(value: object, largest: float, what: str) -> tuple[str, str | None] | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"is {what}, not {value!r}", f"a number from 0 to {largest:,}"
    return None if 0 <= value <= largest else (f"cannot be {value}", f"a number from 0 to {largest:,}")


def _one_of(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"one of {', '.join(words)}"
