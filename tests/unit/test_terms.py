"""Rule packs: every rule reaches the model, every value has a source, every mistake is told its place."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from sim.errors import RulePackError
from sim.scenario.packs import OVERRIDE_SOURCE, SHIPPED, apply_overrides, load_pack, pack_ids
from sim.terms import (
    RULE_DEFINITIONS,
    Kind,
    ProtectionTerms,
    RuleDefinition,
    RuleValue,
    protection_terms,
    word_of,
)

if TYPE_CHECKING:
    from pathlib import Path

GUIDE = "alibaba-trade-assurance-2023"


def another_value(definition: RuleDefinition, value: RuleValue) -> RuleValue:
    """A value that the rule may have and does not have now."""
    match definition.kind:
        case Kind.SWITCH:
            return not value
        case Kind.CHOICE:
            return next(word_of(member) for member in definition.choices if word_of(member) != value)
        case Kind.TIME:
            return 11 if value != 11 else 12
        case Kind.SHARE:
            return 0.25


def own_file(folder: Path, **replacements: str) -> Path:
    """A pack of the user's own: the escrow pack with pieces of its text replaced."""
    text = (SHIPPED / "escrow.yaml").read_text(encoding="utf-8")
    for old, new in replacements.items():
        assert old in text
        text = text.replace(old, new)
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(error: pytest.ExceptionInfo[RulePackError]) -> list[str]:
    return [problem.message for problem in error.value.problems]


def test_every_rule_is_a_field_of_the_terms_and_the_other_way_round() -> None:
    fields = [field for definition in RULE_DEFINITIONS.values() for field in definition.fields]
    assert tuple(fields) == ProtectionTerms._fields


def test_the_terms_are_plain_integers() -> None:
    for pack_id in pack_ids():
        assert {type(value) for value in protection_terms(load_pack(pack_id))} == {int}


@pytest.mark.parametrize("pack_id", pack_ids())
@pytest.mark.parametrize("name", RULE_DEFINITIONS)
def test_a_changed_rule_changes_its_own_field_alone(pack_id: str, name: str) -> None:
    pack = load_pack(pack_id)
    changed = apply_overrides(pack, {name: another_value(RULE_DEFINITIONS[name], pack.rules[name].value)})
    before, after = protection_terms(pack)._asdict(), protection_terms(changed)._asdict()
    assert {field for field in before if before[field] != after[field]} == {name}


@pytest.mark.parametrize("pack_id", pack_ids())
def test_every_value_has_a_source_and_every_source_a_value(pack_id: str) -> None:
    pack = load_pack(pack_id)
    assert tuple(pack.rules) == tuple(RULE_DEFINITIONS)
    assert {rule.source for rule in pack.rules.values()} == set(pack.sources)
    for rule in pack.rules.values():
        assert rule.unit in RULE_DEFINITIONS[rule.name].units
        assert (rule.clock is not None) == bool(RULE_DEFINITIONS[rule.name].clocks)


@pytest.mark.parametrize("pack_id", pack_ids())
def test_every_assumption_says_what_was_assumed_and_why(pack_id: str) -> None:
    for rule in load_pack(pack_id).assumptions:
        assert rule.note, rule.name


def test_a_pack_can_be_sent_to_another_process() -> None:
    pack = load_pack(GUIDE)
    assert pickle.loads(pickle.dumps(pack)) == pack  # noqa: S301 - written in the line itself


def test_the_clock_and_the_unit_of_an_override_reach_the_terms() -> None:
    pack = load_pack(GUIDE)
    changed = apply_overrides(
        pack,
        {
            "buyer_silence": {"value": 7, "clock": "opened", "source": "the other reading of the guide"},
            "evidence_window": {"value": 2.5, "unit": "days"},
            "limit_restored": {"value": 90},
            "escalation_opens": None,
        },
    )
    terms = protection_terms(changed)
    assert (terms.buyer_silence, terms.buyer_silence_clock) == (7 * 1440, 2)
    assert (terms.evidence_window, terms.evidence_window_working) == (3600, 0)
    assert terms.limit_restored == 90 * 1440
    assert terms.escalation_opens == -1
    assert protection_terms(pack).buyer_silence_clock == 4


def test_an_override_without_a_source_is_an_assumption() -> None:
    changed = apply_overrides(
        load_pack(GUIDE),
        {"claim_window": 14, "negotiation_limit": {"value": 20, "source": "told by the supplier"}},
    )
    assert changed.rules["claim_window"].assumption
    assert changed.rules["claim_window"].source == OVERRIDE_SOURCE
    assert not changed.rules["negotiation_limit"].assumption
    assert changed.rules["negotiation_limit"].source == "told by the supplier"
    assert [rule.name for rule in changed.rules.values() if rule.overridden] == [
        "claim_window",
        "negotiation_limit",
    ]


@pytest.mark.parametrize(
    ("override", "message", "hint"),
    [
        ({"claim_windo": 3}, "there is no rule `claim_windo`", "did you mean `claim_window`?"),
        (
            {"claim_window": "long"},
            "`claim_window` is a number of days, not 'long'",
            "a number from 0 to 3,650",
        ),
        ({"claim_window": True}, "`claim_window` is a number of days, not True", "a number from 0 to 3,650"),
        ({"claim_window": -1}, "`claim_window` cannot be -1", "a number from 0 to 3,650"),
        ({"claim_window": float("nan")}, "`claim_window` cannot be nan", "a number from 0 to 3,650"),
        ({"claim_window": None}, "`claim_window` cannot be null: every protection has it", None),
        ({"protection_fee": 1.5}, "`protection_fee` cannot be 1.5", "a number from 0 to 1"),
        ({"limit_scope": "both"}, "`limit_scope` cannot be 'both'", "one of order, supplier"),
        ({"covers_quality": 1}, "`covers_quality` is yes or no, not 1", "true or false"),
        (
            {"claim_window": {"value": 3, "clock": "opened"}},
            "`claim_window` needs the clock that it runs on",
            "one of received, placed",
        ),
        (
            {"claim_window": {"value": 3, "unit": "working days"}},
            "`claim_window` cannot be in 'working days'",
            "days",
        ),
        ({"claim_window": {"value": 3, "units": "days"}}, "unknown key `units`", "did you mean `unit`?"),
        ({"claim_window": {"unit": "days"}}, "`value` is missing", None),
        ({"claim_window": {"value": 3, "source": 4}}, "`source` is a text", None),
        (
            {"limit_scope": {"value": "order", "clock": "payout"}},
            "`limit_scope` is not a time limit and has no clock",
            "leave it out",
        ),
    ],
)
def test_a_wrong_override_is_told_with_a_way_out(override: dict[str, object], message: str, hint: str | None) -> None:
    with pytest.raises(RulePackError) as error:
        apply_overrides(load_pack(GUIDE), override)
    (problem,) = error.value.problems
    assert (problem.message, problem.hint) == (message, hint)
    assert problem.path is not None
    assert problem.path.startswith(f"protection_overrides.{next(iter(override))}")


def test_all_wrong_overrides_are_told_at_once() -> None:
    with pytest.raises(RulePackError) as error:
        apply_overrides(load_pack(GUIDE), {"claim_windo": 3, "claim_window": "long", "limit_scope": "both"})
    assert len(error.value.problems) == 3


def test_working_days_need_a_calendar() -> None:
    with pytest.raises(RulePackError, match="no calendar of working days"):
        apply_overrides(
            load_pack("bank-transfer-unprotected"), {"evidence_window": {"value": 5, "unit": "working days"}}
        )


def test_an_unknown_pack_names_the_nearest() -> None:
    with pytest.raises(RulePackError) as error:
        load_pack("alibaba-trade-assurance-2032")
    assert problems_of(error) == ["there is no rule pack 'alibaba-trade-assurance-2032'"]
    assert "did you mean `alibaba-trade-assurance-2023`?" in str(error.value)


def test_a_pack_of_ones_own_is_found_beside_the_scenario(tmp_path: Path) -> None:
    own_file(tmp_path, **{"id: escrow": "id: our-escrow", "value: 14, unit: days": "value: 21, unit: days"})
    pack = load_pack("mine.yaml", tmp_path)
    assert pack.id == "our-escrow"
    assert protection_terms(pack).negotiation_limit == 21 * 1440


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(RulePackError, match="there is no such file"):
        load_pack("mine.yaml", tmp_path)


def test_mistakes_in_a_pack_are_told_at_once_with_file_line_and_column(tmp_path: Path) -> None:
    path = own_file(
        tmp_path,
        **{
            "claim_window:": "claim_windw:",
            "{value: 14, unit: days, clock: opened": "{value: -14, unit: days, clock: opened",
            "source: fee-help}": "source: fee-halp}",
            "publisher: Acro.net": "publishr: Acro.net",
            "calendar: US": "calendar: America",
        },
    )
    with pytest.raises(RulePackError) as error:
        load_pack(str(path))
    lines = path.read_text(encoding="utf-8").split("\n")

    def place_of(piece: str) -> tuple[int, int]:
        number = next(number for number, line in enumerate(lines, 1) if piece in line)
        return number, lines[number - 1].index(piece) + 1

    places = {problem.message: (problem.line, problem.column) for problem in error.value.problems}
    assert {problem.file for problem in error.value.problems} == {str(path)}
    assert places == {
        "unknown key `publishr`": place_of("publishr:"),
        "`publisher` is missing": place_of("fee-example:"),
        "there is no rule `claim_windw`": place_of("claim_windw:"),
        "the rule `claim_window` is missing": place_of("rules:"),
        "`negotiation_limit` cannot be -14": place_of("-14"),
        "there is no source `fee-halp`": place_of("fee-halp"),
        "the calendar is a country code": place_of("America"),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a rule pack is a map of keys to values"),
        ("- a\n- b\n", "a rule pack is a map of keys to values"),
        ("id: a\nid: b\n", "`id` is given twice"),
        ("rules: [1]\n", "the rules are a map of names to rules"),
        ("sources: 3\n", "the sources are a map of keys to publications"),
        ("sources: {a: b}\n", "the source `a` is a map"),
        ("rules: {claim_window: 30}\n", "`claim_window` is a map"),
        ("date: yesterday\n", "the date of a pack is a calendar date"),
        ("id: Our Pack\n", "an id is made of small letters, digits and hyphens"),
        ("id: [a]\n", "`id` is a text"),
        (
            "rules: {evidence_window: {value: 5, unit: working days, clock: escalated, source: a}}\n",
            "`evidence_window` counts working days",
        ),
        (
            "rules: {claim_window: {value: 3, unit: days, clock: received, source: a, assumption: maybe}}\n",
            "an assumption is true or false",
        ),
    ],
)
def test_a_file_that_is_no_pack_is_refused_without_a_traceback(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RulePackError) as error:
        load_pack("mine.yml", tmp_path)
    assert message in problems_of(error)


def test_the_country_no_stays_a_country(tmp_path: Path) -> None:
    own_file(tmp_path, **{"calendar: US": "calendar: NO"})
    assert load_pack("mine.yaml", tmp_path).calendar == "NO"
