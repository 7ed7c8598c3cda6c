"""The rules of a scenario's buyer protection as a report shows them: value, clock, source and what is assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.experiments.record import protection_pack
from sim.report.facts import PackFacts, RuleFact
from sim.scenario.pack_words import clock_in_words, value_in_words
from sim.terms import RULE_DEFINITIONS

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.terms import Rule, RulePack


def pack_facts(scenario: Scenario) -> PackFacts:
    """The rule pack of a scenario, with the rules that the scenario overrides."""
    pack = protection_pack(scenario)
    return PackFacts(
        id=pack.id,
        title=pack.title,
        date=pack.date.isoformat(),
        summary=pack.summary,
        rules=tuple(_rule_fact(pack, rule) for rule in pack.rules.values()),
    )


def _rule_fact(pack: RulePack, rule: Rule) -> RuleFact:
    source = pack.sources.get(rule.source)
    parts = () if source is None else (source.title, source.publisher, source.date)
    return RuleFact(
        name=rule.name,
        meaning=RULE_DEFINITIONS[rule.name].meaning,
        value=value_in_words(rule),
        clock="" if rule.value is None else clock_in_words(rule),
        source=", ".join(part for part in parts if part) or rule.source,
        url=None if source is None else source.url,
        assumption=rule.assumption,
        overridden=rule.overridden,
        note=rule.note or "",
    )
