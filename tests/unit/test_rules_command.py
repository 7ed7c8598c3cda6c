"""``lotwise rules``: readable in 80 columns, as data, and in the documentation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sim.commands.rules import pack_difference, packs_in_markdown, rules
from sim.errors import RulePackError
from sim.scenario.packs import SHIPPED, apply_overrides, load_pack, pack_ids
from sim.terms import RULE_DEFINITIONS

GUIDE = "alibaba-trade-assurance-2023"
HELP_PAGES = "alibaba-trade-assurance-faq"
PAGE = Path(__file__).parents[2] / "docs" / "protections.md"


def told(*arguments: str) -> str:
    result: Result = CliRunner(env={"COLUMNS": "80"}).invoke(rules, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


@pytest.mark.parametrize("arguments", [(), *((each,) for each in pack_ids()), (GUIDE, "--diff", "escrow")])
def test_tables_fit_eighty_columns_without_colour_when_piped(arguments: tuple[str, ...]) -> None:
    output = told(*arguments)
    assert max(len(line) for line in output.splitlines()) <= 80
    assert "\x1b" not in output


def test_the_list_names_every_pack_whole() -> None:
    output = told()
    for pack_id in pack_ids():
        assert pack_id in output


@pytest.mark.parametrize("pack_id", pack_ids())
def test_a_pack_is_shown_with_every_rule_note_and_source(pack_id: str) -> None:
    words = "".join(told(pack_id).split())
    pack = load_pack(pack_id)
    for rule in pack.rules.values():
        assert rule.name in words
    for source in pack.sources.values():
        assert "".join(source.title.split()) in words
        assert source.url is None or source.url in words


def test_values_are_told_in_words_with_their_clock() -> None:
    lines = {line.split()[0]: line.split()[1:] for line in told(GUIDE).splitlines() if line.strip()}
    assert lines["claim_window"] == ["30", "days", "goods", "received", "guide"]
    assert lines["evidence_window"] == ["5", "working", "days", "escalation", "guide"]
    assert lines["goods_returned"][:2] == ["Return", "against"]  # the last of the two tables: its note


def test_the_difference_of_two_packs_is_what_differs() -> None:
    difference = pack_difference(load_pack(GUIDE), load_pack(HELP_PAGES))
    assert set(difference) == {
        "covers_conforming_goods",
        "pre_shipment_cover",
        "negotiation_limit",
        "supplier_silence",
        "limit_scope",
    }
    output = told(GUIDE, "--diff", HELP_PAGES)
    for name in RULE_DEFINITIONS:
        assert (name in output) == (name in difference)
    assert "5 rules differ, 21 are the same" in output


def test_another_clock_alone_is_a_difference() -> None:
    pack = load_pack(GUIDE)
    changed = apply_overrides(pack, {"buyer_silence": {"value": 7, "clock": "opened"}})
    assert set(pack_difference(pack, changed)) == {"buyer_silence"}


def test_a_pack_does_not_differ_from_itself() -> None:
    assert told("escrow", "--diff", "escrow") == "escrow and escrow do not differ in any of 26 rules.\n"


def test_the_list_as_data() -> None:
    listed = json.loads(told("--json"))
    assert [each["id"] for each in listed] == list(pack_ids())
    assert {each["rules"] for each in listed} == {len(RULE_DEFINITIONS)}


def test_a_pack_as_data_says_all_that_its_file_says() -> None:
    data = json.loads(told(GUIDE, "--json"))
    assert data["date"] == "2023-07-21"
    assert list(data["rules"]) == list(RULE_DEFINITIONS)
    assert data["rules"]["evidence_window"] == {
        "value": 5,
        "unit": "working days",
        "clock": "escalated",
        "source": "guide",
        "assumption": False,
        "note": None,
    }
    assert data["rules"]["limit_restored"]["value"] is None
    assert data["sources"]["guide"]["publisher"] == "Supplyia"


def test_the_difference_as_data() -> None:
    data = json.loads(told(GUIDE, "--diff", HELP_PAGES, "--json"))
    assert (data["first"], data["second"]) == (GUIDE, HELP_PAGES)
    assert data["rules"]["negotiation_limit"]["first"]["value"] == 30
    assert data["rules"]["negotiation_limit"]["second"]["value"] == 8
    assert len(data["rules"]) == 5


def test_a_file_of_ones_own_can_be_compared(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    text = (SHIPPED / "escrow.yaml").read_text(encoding="utf-8")
    mine.write_text(text.replace("id: escrow", "id: mine").replace("value: 0.01755", "value: 0.03"), encoding="utf-8")
    output = told(str(mine), "--diff", "escrow")
    assert "3 % (A)" in output
    assert "1 rules differ" not in output
    assert "1 rule differs, 25 are the same" in output


def test_a_difference_needs_two_packs() -> None:
    result = CliRunner().invoke(rules, ["--diff", GUIDE])
    assert result.exit_code == 2
    assert "lotwise rules PACK --diff PACK" in result.output


def test_an_unknown_pack_is_left_to_the_command_line_to_tell() -> None:
    with pytest.raises(RulePackError, match="did you mean `escrow`"):
        CliRunner().invoke(rules, ["escrov"], catch_exceptions=False)


def test_the_documentation_shows_the_packs_as_they_are() -> None:
    page = PAGE.read_text(encoding="utf-8")
    begin, end = "<!-- packs: begin -->\n", "<!-- packs: end -->\n"
    shown = page[page.index(begin) + len(begin) : page.index(end)]
    assert shown == packs_in_markdown(), "print the tables with: lotwise rules --markdown"
