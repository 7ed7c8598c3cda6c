"""The shipped JSON Schema is current, and scenarios agree with it; so do the documented tables and the template."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sim.scenario import json_schema, template_text
from sim.scenario.description import SECTIONS, document_current
from sim.scenario.inheritance import file_read
from sim.scenario.json_schema import SHIPPED, schema_text
from sim.scenario.nodes import plain
from tests.unit.scenario.conftest import EXAMPLE

ROOT = Path(__file__).parents[3]
SCENARIOS = (EXAMPLE, SHIPPED.with_name("template.yaml"), *sorted((ROOT / "scenarios").glob("*.yaml")))


def as_json(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    tree, problems = file_read(path)
    assert not problems
    return json.loads(json.dumps(plain(tree), default=str))


def test_the_shipped_schema_is_current() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == schema_text(), "write sim.scenario.json_schema.schema_text() there"


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name)
def test_a_scenario_agrees_with_the_schema(path: Path) -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    assert [error.message for error in validator.iter_errors(as_json(path))] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("buyer", "hourly_cost"), -1),
        (("buyer", "hourly_csot"), 1),
        (("need", "quantity"), {"value": 3, "sauce": "x"}),
        (("suppliers", "shenzhen", "payment", "through"), "post"),
        (("buyer", "reply_days"), "soon"),
        (("currency",), "pounds"),
    ],
)
def test_the_schema_finds_mistakes(path: tuple[str, ...], value: object) -> None:
    scenario = as_json(EXAMPLE)
    here = scenario
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(scenario)


@pytest.mark.parametrize("key", ["hourly_cost", "reply_days"])
def test_the_schema_takes_a_value_with_its_source(key: str) -> None:
    scenario = as_json(EXAMPLE)
    scenario["buyer"][key] = {"value": 3, "source": "payroll"}
    jsonschema.Draft202012Validator(json_schema()).validate(scenario)


def test_the_documented_keys_are_current() -> None:
    document = (ROOT / "docs" / "scenario-format.md").read_text(encoding="utf-8")
    assert document == document_current(document), "make it anew with sim.scenario.description.document_current()"


def test_every_part_of_a_scenario_is_documented_once() -> None:
    documented = [spec.__name__ for _, spec in SECTIONS]
    assert len(documented) == len(set(documented))
    assert set(json_schema()["$defs"]) - {"distribution", "duration"} == set(documented) - {"ScenarioSpec"}


def test_the_template_shows_every_key() -> None:
    text = template_text()
    keys = {field.alias or name for _, spec in SECTIONS for name, field in spec.model_fields.items()}
    missing = {key for key in keys if not re.search(rf"\b{key}:", text)}
    assert missing == set()
