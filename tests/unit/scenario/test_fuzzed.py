"""Whatever stands in a file or an override, the answer is a scenario or a list of problems."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.scenario import Scenario, load_scenario

EXAMPLE = (Path(__file__).parents[2] / "data" / "example-scenario.yaml").read_text(encoding="utf-8")
LINES = EXAMPLE.splitlines(keepends=True)
WORDS = (
    *("0", "-1", "1e308", "1e999", ".inf", ".nan", "NO", "yes", "null", "~", "true", "12:30", "0o17", "0x1F"),
    *("2026-02-30", "2026-03-02", "''", '"', "'", "[", "]", "{", "}", ":", ": ", ",", "- ", "#", "&a ", "*a", "!!x "),
    *("|", ">", "\t", "\n", "\r", "\x00", "\ufeff", "\ud7ff", "\u2028", "\U0001f600", "%", "@", "`", "<<: ", "? "),
    *("9" * 400, "[" * 60, "{dist: beta, mean: 0.5, sd: 9}", "{dist: [], mean: {}}", "{value: 1, source: 2}"),
    *("{dist: mixture, components: 3}", "{dist: empirical, file: /dev/zero, column: x}", "{dist: norm, loc: null}"),
    *("{dist: empirical, file: ., column: x}", "{dist: constant, value: 1e300}", "{working: 3}", "{value: {value: 1}}"),
    *("{dist: uniform, low: 1, high: 0}", "{dist: poisson, mean: -4}", "{dist: lognormal, p10: 5, p50: 1}", "{}"),
    *("extends: ningbo", "extends: .", "protection: ./x.yaml", "suppliers", "[]", "a", "start: 9999-12-31"),
)
FUZZED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

Edit = tuple[int, int, str]


def edited(edits: list[Edit]) -> str:
    text = EXAMPLE
    for position, length, word in edits:
        at = position % (len(text) + 1)
        text = text[:at] + word + text[at + length :]
    return text


def loaded_or_refused(path: Path, overrides: tuple[str, ...] = ()) -> None:
    try:
        answer: Scenario | ScenarioError = load_scenario(path, overrides)
    except ScenarioError as error:
        answer = error
    if isinstance(answer, ScenarioError):
        assert answer.problems
        for problem in answer.problems:
            str(problem).encode("utf-8")
            assert problem.message
            assert problem.line is None or problem.line >= 1
            assert "Input should" not in problem.message


edits = st.tuples(
    st.integers(0, len(EXAMPLE)), st.integers(0, 12), st.one_of(st.sampled_from(WORDS), st.text(max_size=4))
)


@FUZZED
@given(st.lists(edits, min_size=1, max_size=4))
def test_edited_texts(tmp_path: Path, edits: list[Edit]) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_bytes(edited(edits).encode("utf-8", "surrogatepass"))
    loaded_or_refused(path)


def values() -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(WORDS), st.floats().map(str), st.integers().map(str), st.text(max_size=6))


@FUZZED
@given(st.lists(st.tuples(st.integers(7, len(LINES) - 1), values()), min_size=1, max_size=5))
def test_lines_with_other_values(tmp_path: Path, changes: list[tuple[int, str]]) -> None:
    lines = list(LINES)
    for number, value in changes:
        key, colon, _ = lines[number].partition(": ")
        lines[number] = f"{key}{colon or ': '}{value}\n"
    path = tmp_path / "scenario.yaml"
    path.write_bytes("".join(lines).encode("utf-8", "surrogatepass"))
    loaded_or_refused(path)


@FUZZED
@given(st.sets(st.integers(7, len(LINES) - 1), min_size=1, max_size=40))
def test_lines_left_out(tmp_path: Path, gone: set[int]) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text("".join(line for number, line in enumerate(LINES) if number not in gone), encoding="utf-8")
    loaded_or_refused(path)


@FUZZED
@given(st.binary(max_size=300))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_bytes(content)
    loaded_or_refused(path)


PATHS = (
    *("need.quantity", "suppliers.shenzhen.unit_price[0].price", "buyer.goods_check_days.mode", "plans", "", "."),
    *("suppliers.ningbo.defects", "plans.two-suppliers.orders[1]", "run.precision", "uncertain", "a..b", "x[-1]"),
    *("uncertain.contract.detail_share", "extends", "suppliers.shenzhen.extends", "need", "inspections.psi.kind"),
)


@FUZZED
@given(st.one_of(st.sampled_from(PATHS), st.text(max_size=8)), values())
def test_any_override(path: str, value: str) -> None:
    example = Path(__file__).parents[2] / "data" / "example-scenario.yaml"
    loaded_or_refused(example, (f"{path}={value}",))


@pytest.mark.parametrize("name", ["\udcff.yaml", "a\0b", "x" * 5000, "", "\n"])
def test_any_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(tmp_path / name)
    str(caught.value).encode("utf-8")
