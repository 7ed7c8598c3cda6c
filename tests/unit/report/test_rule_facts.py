"""The rules of a protection as a report shows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.report.rule_facts import pack_facts
from sim.scenario import load_scenario
from sim.scenario.packs import load_pack, pack_ids
from sim.terms import RULE_DEFINITIONS

SCENARIO = Path(__file__).parents[3] / "scenarios" / "first-order-above-limit.yaml"


@pytest.mark.parametrize("pack", pack_ids())
def test_every_rule_of_a_pack(pack: str) -> None:
    facts = pack_facts(load_scenario(SCENARIO, [f"protection={pack}"]))
    own = load_pack(pack)
    assert (facts.id, facts.title, facts.date) == (pack, own.title, own.date.isoformat())
    assert [rule.name for rule in facts.rules] == list(RULE_DEFINITIONS)
    assert {rule.name for rule in facts.rules if rule.assumption} == {rule.name for rule in own.assumptions}
    assert not any(rule.overridden for rule in facts.rules)
    for fact in facts.rules:
        source = own.sources.get(own.rules[fact.name].source)
        assert fact.url == (None if source is None else source.url)
        assert source is None or fact.source.startswith(source.title)


def test_known_rules_in_words() -> None:
    rules = {rule.name: rule for rule in pack_facts(load_scenario(SCENARIO)).rules}
    window = rules["claim_window"]
    assert (window.value, window.clock, window.assumption) == ("30 days", "goods received", False)
    assert window.source == "Can I Trust Alibaba Trade Assurance?, Supplyia, 2023-07-21"
    assert window.url == "https://www.supplyia.com/how-to-use-alibaba-trade-assurance/"
    assert window.meaning == "a quality claim must be made within"


def test_what_the_scenario_overrides_is_marked() -> None:
    changed = [
        "protection_overrides.claim_window={value: 45, source: a promise}",
        "protection_overrides.buyer_silence=9",
    ]
    rules = {rule.name: rule for rule in pack_facts(load_scenario(SCENARIO, changed)).rules}
    window, silence = rules["claim_window"], rules["buyer_silence"]
    assert (window.value, window.overridden, window.source, window.url) == ("45 days", True, "a promise", None)
    assert (window.assumption, silence.assumption) == (False, True)
    assert silence.source == "set in the scenario"
