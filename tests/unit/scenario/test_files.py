"""Files that are no scenario at all are refused with a reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sim.errors import Problem, ScenarioError
from sim.scenario import load_scenario
from sim.scenario.nodes import MOST_NODES

BOMB = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
CONTENTS = (
    (b"", (1, 1), "the file is empty"),
    (b"# nothing\n", (1, 1), "the file is empty"),
    (b"- a\n- b\n", (1, 1), "this file holds a list"),
    (b"words", (1, 1), "this file holds a single value"),
    ("name: x".encode("utf-16"), (1, 1), "0xff is not UTF-8"),
    (b"name: x\ntitle: caf\xe9\n", (2, 11), "0xe9 is not UTF-8"),
    (b"name: x\x00", (1, 8), "U+0000 cannot stand in a text file"),
    (b"name: \x1b[31mx", (1, 7), "U+001B"),
    (b"[" * 100_000, (1, 41), "more than 40 deep"),
    (b"{a: " * 1000, (1, 161), "more than 40 deep"),
    (BOMB.encode(), (5, 29), f"more than {MOST_NODES:,} values"),
    (b"a: &a [*a]", (1, 8), "inside its own &anchor"),
    (b"a: *b", (1, 4), "no &anchor before it"),
    (b"? [a]\n: 1", (1, 3), "cannot be a key"),
    (b"*a : 1", (1, 1), "an alias cannot be a key"),
    (b'a: "open', (1, 9), "inside a quoted text"),
    (b"a: b: c", (1, 5), "cannot stand here"),
    (b"a: @b", (1, 4), "cannot start a value"),
)


def problems_of(path: Path | str) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    return caught.value.problems


@pytest.mark.parametrize(("content", "place", "message"), CONTENTS, ids=[str(one[0][:12]) for one in CONTENTS])
def test_a_file_that_is_no_scenario(tmp_path: Path, content: bytes, place: tuple[int, int], message: str) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_bytes(content)
    (problem,) = problems_of(path)
    assert (problem.line, problem.column) == place
    assert message in problem.message


def test_a_second_document_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text("name: x\n---\nname: y\n")
    assert any(problem.line == 2 and "second document" in problem.message for problem in problems_of(path))


def test_every_key_that_an_empty_map_lacks_is_named(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text("{}")
    said = [problem.message for problem in problems_of(path)]
    assert said == [f"`{key}` is missing" for key in ("schema_version", "name", "need", "suppliers")]


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_bytes(b"#" * (1024 * 1024 + 1))
    assert "larger than 1024 KiB" in problems_of(path)[0].message


def test_a_missing_file_is_refused_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "spring.yaml").write_text("")
    (problem,) = problems_of(tmp_path / "sprng.yaml")
    assert problem.message == "there is no such file"
    assert str(tmp_path / "spring.yaml") in (problem.hint or "")


def test_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "a folder" in problems_of(tmp_path)[0].message
    assert "not a regular file" in problems_of(tmp_path / "pipe")[0].message


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text("name: x")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    (problem,) = problems_of(path)
    assert problem.message == "the file may not be read"


def test_a_byte_order_mark_and_windows_lines_are_read(tmp_path: Path, example: str) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + example.replace("\n", "\r\n").encode())
    assert load_scenario(path).name == "first-order"


def test_no_more_problems_than_anyone_reads(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text("".join(f"key_{number}: 1\n" for number in range(5000)))
    problems = problems_of(path)
    assert len(problems) <= 101
