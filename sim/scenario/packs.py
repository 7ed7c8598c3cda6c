"""Rule packs: found by id or by file, and overridden rule by rule by a scenario.

A pack must give every rule that `sim.terms.RULE_DEFINITIONS` knows, each with value, unit, clock and source,
so that nothing follows from a default that nobody wrote down (`sim.scenario.pack_checks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim.errors import Problem, RulePackError, ScenarioError
from sim.scenario.files import shown, text_read
from sim.scenario.nodes import Place, Table, Text, plain, tree_read
from sim.scenario.pack_checks import RULE_KEYS, Findings, nearest, pack_checked, rule_checked
from sim.terms import RULE_DEFINITIONS, WORKING_DAYS

if TYPE_CHECKING:
    from sim.scenario.nodes import Node
    from sim.scenario.pack_checks import KeyPath
    from sim.terms import Rule, RulePack

SHIPPED: Final = Path(__file__).parent.parent / "protections"
OVERRIDE_PATH: Final = "protection_overrides"
OVERRIDE_SOURCE: Final = "set in the scenario"
_SUFFIXES: Final = (".yaml", ".yml")


def pack_ids() -> tuple[str, ...]:
    """Names of the rule packs that come with Lotwise, in alphabetical order."""
    return tuple(sorted(file.stem for file in SHIPPED.glob("*.yaml")))


def load_pack(reference: str, base: Path | None = None) -> RulePack:
    """Rule pack by its id, or from a file of the user's own.

    Parameters
    ----------
    reference
        The id of a shipped pack, or a path that ends in ``.yaml`` or ``.yml``.
    base
        The folder that a relative path starts from: the scenario's. The current folder where it is None.

    Raises
    ------
    RulePackError
        Unknown id, unreadable file, or anything wrong in it: all problems at once, each with its place.
    """
    if reference in pack_ids():
        return _shipped_pack(reference)
    if reference.endswith(_SUFFIXES):
        return _pack_read((base or Path()) / reference)
    hint = f"{nearest(reference, pack_ids())}; or the path of a file, *.yaml"
    raise RulePackError(Problem(message=f"there is no rule pack {reference!r}", hint=hint))


def apply_overrides(pack: RulePack, overrides: Mapping[str, object]) -> RulePack:
    """Pack with single rules replaced by a scenario.

    Parameters
    ----------
    overrides
        By name of the rule: its value, or a map with ``value`` and any of ``unit``, ``clock``, ``source``,
        ``note`` and ``assumption``. Unit and clock stay the pack's where they are not given. A value without
        a source is an assumption.

    Raises
    ------
    RulePackError
        Unknown rules and values that a rule cannot have, all at once.
    """
    findings = Findings(_problem_of_override)
    rules = dict(pack.rules)
    for name, override in overrides.items():
        rule = _overridden(pack, name, override, findings)
        if rule is not None:
            rules[name] = rule
    findings.raise_any()
    return replace(pack, rules=rules)


def _overridden(pack: RulePack, name: str, override: object, findings: Findings) -> Rule | None:
    if name not in RULE_DEFINITIONS:
        findings.add((name,), f"there is no rule `{name}`", nearest(name, RULE_DEFINITIONS))
        return None
    given = dict(override) if isinstance(override, Mapping) else {"value": override}
    unknown = [key for key in given if key not in RULE_KEYS]
    for key in unknown:
        findings.add((name, key), f"unknown key `{key}`", nearest(key, RULE_KEYS))
    if unknown or "value" not in given:
        if not unknown:
            findings.add((name,), "`value` is missing")
        return None
    own = pack.rules[name]
    entry = {"unit": own.unit, "clock": own.clock, "assumption": "source" not in given, **given}
    entry.setdefault("source", OVERRIDE_SOURCE)
    rule = rule_checked(RULE_DEFINITIONS[name], entry, (name,), findings)
    if rule is not None and rule.unit == WORKING_DAYS and pack.calendar is None:
        findings.add((name, "unit"), f"the pack {pack.id} has no calendar of working days", "count days instead")
    return None if rule is None else replace(rule, overridden=True)


def _problem_of_override(keys: KeyPath, message: str, hint: str | None, _at_key: bool) -> Problem:
    return Problem(message=message, path=".".join((OVERRIDE_PATH, *keys)), hint=hint)


@cache
def _shipped_pack(pack_id: str) -> RulePack:
    return _pack_read(SHIPPED / f"{pack_id}.yaml")


def _pack_read(path: Path) -> RulePack:
    try:
        words = text_read(path)
    except ScenarioError as error:
        raise RulePackError(*error.problems) from error
    text = Text.of(shown(path), words)
    tree, problems = tree_read(text, words)
    if problems:
        raise RulePackError(*problems)

    def problem_at(keys: KeyPath, message: str, hint: str | None, at_key: bool) -> Problem:
        place = _place_of(tree, keys, text, at_key=at_key)
        return place.problem(message, path=".".join(keys) or None, hint=hint)

    return pack_checked(None if tree is None else plain(tree), str(path), Findings(problem_at))


def _place_of(tree: Node | None, keys: KeyPath, text: Text, *, at_key: bool) -> Place:
    """Where a value stands, or its key; where it is missing, the key of what should hold it."""
    place, node = Place(text, 1, 1), tree
    for depth, key in enumerate(keys, 1):
        entry = node.entries.get(key) if isinstance(node, Table) else None
        if entry is None:
            break
        place, node = entry.place, entry.node
        if depth == len(keys) and not at_key and not isinstance(node, Table):
            place = node.place
    return place
