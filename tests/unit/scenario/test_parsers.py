"""With or without libyaml, a file means the same, and mistakes stand at the same place."""

from __future__ import annotations

import pytest
import yaml

from sim.scenario import nodes
from sim.scenario.scalars import ScalarError, scalar_read
from tests.unit.scenario.conftest import EXAMPLE
from tests.unit.scenario.test_files import CONTENTS


def read(source: str) -> tuple[object, list[tuple[int | None, str]]]:
    text = nodes.Text.of("x", source)
    tree, problems = nodes.tree_read(text, source)
    return None if tree is None else nodes.plain(tree), [(one.line, one.message) for one in problems]


def test_the_pure_parser_reads_the_example_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    source = EXAMPLE.read_text(encoding="utf-8")
    first = read(source)
    assert first[1] == []
    monkeypatch.setattr(nodes, "_PARSER", yaml.SafeLoader)
    assert read(source) == first


@pytest.mark.parametrize("content", [one[0] for one in CONTENTS if b"\xe9" not in one[0] and b"\xff" not in one[0]])
def test_the_pure_parser_refuses_alike(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    source = content.decode()
    lines = [line for line, _ in read(source)[1]]
    monkeypatch.setattr(nodes, "_PARSER", yaml.SafeLoader)
    assert [line for line, _ in read(source)[1]] == lines


def test_half_characters_are_refused_by_either(monkeypatch: pytest.MonkeyPatch) -> None:
    for source in ('a: "\\ud800"', 'a: "\\U00110000"'):
        assert read(source)[1]
        with monkeypatch.context() as patch:
            patch.setattr(nodes, "_PARSER", yaml.SafeLoader)
            assert read(source)[1]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        *(("NO", "NO"), ("yes", "yes"), ("on", "on"), ("12:30", "12:30"), ("1_000", "1_000"), ("017", 17)),
        *(("0o17", 15), ("0x1f", 31), ("1e3", 1000.0), (".5", 0.5), ("5.", 5.0), ("-3", -3), ("+4", 4)),
        *(("~", None), ("", None), ("Null", None), ("True", True), ("FALSE", False), ("tRUE", "tRUE")),
        *(("2026-3-2", "2026-3-2"), ("=", "="), ("1.2.3", "1.2.3"), ("e3", "e3"), ("-", "-"), ("٣", "٣")),
    ],
)
def test_plain_words(word: str, value: object) -> None:
    read_value = scalar_read(word)
    assert read_value == value
    assert type(read_value) is type(value)


@pytest.mark.parametrize("word", [".nan", "-.inf", "1e999", "2026-02-30", "9" * 301])
def test_words_that_mean_nothing_usable(word: str) -> None:
    with pytest.raises(ScalarError):
        scalar_read(word)


def test_an_alias_stands_for_what_its_anchor_holds() -> None:
    assert read("a: &x {b: 1}\nc: *x") == ({"a": {"b": 1}, "c": {"b": 1}}, [])
