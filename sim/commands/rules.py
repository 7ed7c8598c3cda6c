"""``lotwise rules``: which buyer protections there are, what each promises and where that is written."""

from __future__ import annotations

import json
from textwrap import fill
from typing import TYPE_CHECKING, Any

import click

from sim.scenario.pack_words import clock_in_words, value_in_words
from sim.scenario.packs import load_pack, pack_ids
from sim.terms import RULE_DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Group
    from rich.table import Table

    from sim.terms import Rule, RulePack, Source

Difference = dict[str, tuple["Rule", "Rule"]]
"""The rules in which two packs differ, by name: the first pack's and the second's."""


@click.command("rules")
@click.argument("pack", required=False)
@click.option("--diff", "other", metavar="PACK", help="Show only the rules in which PACK and this one differ.")
@click.option("--json", "as_json", is_flag=True, help="Print data instead of tables.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print all packs as the tables of the documentation.")
def rules(pack: str | None, other: str | None, *, as_json: bool, as_markdown: bool) -> None:
    """List the rule packs, or show the rules of PACK: an id, or a file of your own."""
    if as_markdown:
        click.echo(packs_in_markdown(), nl=False)
    elif pack is None and other is not None:
        raise click.UsageError("--diff compares with a pack: lotwise rules PACK --diff PACK")
    elif pack is None:
        packs = [load_pack(pack_id) for pack_id in pack_ids()]
        _printed([pack_summary(each) for each in packs] if as_json else packs_table(packs))
    elif other is None:
        shown = load_pack(pack)
        _printed(pack_record(shown) if as_json else pack_view(shown))
    else:
        first, second = load_pack(pack), load_pack(other)
        _printed(difference_record(first, second) if as_json else difference_view(first, second))


def _printed(content: object) -> None:
    from sim.commands.screen import console

    if isinstance(content, list | dict):
        click.echo(json.dumps(content, indent=2, ensure_ascii=False))
    else:
        console().print(content)


# ------------------------------------------------------------------------------------------------------ data


def pack_summary(pack: RulePack) -> dict[str, Any]:
    """What a list of packs says of one."""
    return {
        "id": pack.id,
        "title": pack.title,
        "date": pack.date.isoformat(),
        "summary": pack.summary,
        "rules": len(pack.rules),
        "assumptions": len(pack.assumptions),
    }


def pack_record(pack: RulePack) -> dict[str, Any]:
    """All that a pack says, as plain data with the names of its file."""
    return {
        "id": pack.id,
        "title": pack.title,
        "date": pack.date.isoformat(),
        "summary": pack.summary,
        "calendar": pack.calendar,
        "sources": {key: _source_record(source) for key, source in pack.sources.items()},
        "rules": {name: _rule_record(rule) for name, rule in pack.rules.items()},
    }


def pack_difference(first: RulePack, second: RulePack) -> Difference:
    """Rules whose value, unit or clock differ between two packs; the clock of no limit does not count."""
    return {
        name: (rule, second.rules[name])
        for name, rule in first.rules.items()
        if _content(rule) != _content(second.rules[name])
    }


def difference_record(first: RulePack, second: RulePack) -> dict[str, Any]:
    """Difference of two packs as plain data."""
    return {
        "first": first.id,
        "second": second.id,
        "rules": {
            name: {"first": _rule_record(one), "second": _rule_record(two)}
            for name, (one, two) in pack_difference(first, second).items()
        },
    }


def _content(rule: Rule) -> tuple[object, ...]:
    return (None,) if rule.value is None else (rule.value, rule.unit, rule.clock)


def _rule_record(rule: Rule) -> dict[str, Any]:
    return {
        "value": rule.value,
        "unit": rule.unit,
        "clock": rule.clock,
        "source": rule.source,
        "assumption": rule.assumption,
        "note": rule.note,
    }


def _source_record(source: Source) -> dict[str, Any]:
    return {"title": source.title, "publisher": source.publisher, "date": source.date, "url": source.url}


# ------------------------------------------------------------------------------------------ in a terminal


def packs_table(packs: Iterable[RulePack]) -> Table:
    """Table of the packs there are."""
    table = _table("pack", "what it is", "as of", "assumed")
    for pack in packs:
        assumed = f"{len(pack.assumptions)} of {len(pack.rules)}"
        table.add_row(pack.id, pack.title, pack.date.isoformat(), assumed)
    return table


def pack_view(pack: RulePack) -> Group:
    """Pack as a table of its rules, then its notes and its sources."""
    from rich.console import Group
    from rich.text import Text

    table = _table("rule", "value", "from", "source", "")
    for name, rule in pack.rules.items():
        mark = "A" if rule.assumption else ""
        table.add_row(name, value_in_words(rule), clock_in_words(rule), rule.source, mark)
    notes = _table("rule", "note")
    for name, rule in pack.rules.items():
        if rule.note:
            notes.add_row(name, rule.note)
    sources = _table("source", "publication")
    for key, source in pack.sources.items():
        sources.add_row(key, ", ".join(part for part in (source.title, source.publisher, source.date) if part))
        if source.url:
            sources.add_row("", source.url)
    calendar = f"; working days of {pack.calendar}" if pack.calendar else ""
    head = f"{pack.title}\n{pack.id}, as of {pack.date.isoformat()}{calendar}\n\n{pack.summary}\n"
    return Group(Text(head), table, Text("A: an assumption, where sources are silent or disagree\n"), notes, sources)


def difference_view(first: RulePack, second: RulePack) -> Group:
    """Two packs side by side, in the rules that differ."""
    from rich.console import Group
    from rich.text import Text

    difference = pack_difference(first, second)
    same = len(first.rules) - len(difference)
    if not difference:
        return Group(Text(f"{first.id} and {second.id} do not differ in any of {same} rules."))
    table = _table("rule", *(fill(pack.id, width=24) for pack in (first, second)))
    for name, (one, two) in difference.items():
        table.add_row(name, _cell(one), _cell(two))
    differ = "1 rule differs" if len(difference) == 1 else f"{len(difference)} rules differ"
    return Group(table, Text(f"{differ}, {same} are the same. A: an assumption"))


def _cell(rule: Rule) -> str:
    clock = f" from {clock_in_words(rule)}" if rule.clock and rule.value is not None else ""
    return f"{value_in_words(rule)}{clock}{' (A)' if rule.assumption else ''}"


def _table(*headings: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE, padding=(0, 1), pad_edge=False)
    for index, heading in enumerate(headings):
        table.add_column(heading, overflow="fold", no_wrap=index == 0)
    return table


# ------------------------------------------------------------------------------------------ in a document


def packs_in_markdown() -> str:
    """Tables of `docs/protections.md`: all packs side by side, then each with its notes and sources."""
    packs = [load_pack(pack_id) for pack_id in pack_ids()]
    lines = ["## All packs side by side", ""]
    lines += _markdown_table(
        ["rule", "what it says", *(f"`{pack.id}`" for pack in packs)],
        (
            [f"`{name}`", definition.meaning, *(_cell(pack.rules[name]) for pack in packs)]
            for name, definition in RULE_DEFINITIONS.items()
        ),
    )
    for pack in packs:
        lines += _pack_in_markdown(pack)
    return "\n".join(lines) + "\n"


def _pack_in_markdown(pack: RulePack) -> list[str]:
    calendar = f" Working days of {pack.calendar}." if pack.calendar else ""
    head = f"`{pack.id}`, as of {pack.date.isoformat()}.{calendar} {pack.summary}"
    lines = ["", f"## {pack.title}", "", head, ""]
    lines += _markdown_table(
        ["rule", "value", "from", "source", "note"],
        (
            [f"`{name}`", value_in_words(rule), clock_in_words(rule), rule.source, _note_in_markdown(rule)]
            for name, rule in pack.rules.items()
        ),
    )
    lines += ["", "Sources", ""]
    for key, source in pack.sources.items():
        title = f"[{source.title}]({source.url})" if source.url else source.title
        lines.append(f"- {key}: {title}, {source.publisher}, {source.date}")
    return lines


def _note_in_markdown(rule: Rule) -> str:
    note = rule.note or ""
    return f"*Assumption.* {note}".strip() if rule.assumption else note


def _markdown_table(headings: list[str], rows: Iterable[list[str]]) -> list[str]:
    table = [headings, ["---"] * len(headings), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in table]
