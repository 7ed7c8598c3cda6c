"""The JSON Schema of scenario files, by which editors complete and check them.

It is wider than what `load_scenario` accepts: which quantiles a family takes, or whether a supplier exists, is
beyond it. A test keeps the shipped ``scenario.schema.json`` current.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import GenerateJsonSchema

from sim.random.distributions import FAMILY_NAMES
from sim.scenario.schema import ScenarioSpec

if TYPE_CHECKING:
    from sim.scenario.nodes import Plain

SHIPPED: Final = Path(__file__).with_name("scenario.schema.json")
_SOURCE: Final = {"type": "string", "description": "Where the value comes from."}
_NUMERIC: Final = ("number", "integer")


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, with defaults as the file writes them."""

    def encode_default(self, dft: Plain) -> Plain:
        return super().encode_default(_as_written(dft))


def _as_written(default: Plain) -> Plain:
    """Drop from a default what it merely repeats: a part whose keys all have defaults is an empty map."""
    return {} if hasattr(default, "model_fields_set") else default


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file.

    Returns
    -------
    dict
        It takes ``{value, source}`` in the place of any number, and a distribution wherever a scenario may.
    """
    schema = ScenarioSpec.model_json_schema(by_alias=True, schema_generator=_Generator)
    definitions = schema["$defs"]
    for definition in [schema, *definitions.values()]:
        definition["properties"] = {
            key: _with_sources(value) for key, value in definition.get("properties", {}).items()
        }
        _required_relaxed(definition)
    definitions["CalendarSpec"] = {"anyOf": [{"type": ["string", "null"]}, definitions["CalendarSpec"]]}
    definitions["PeriodSpec"] = {"anyOf": [_date(), definitions["PeriodSpec"]]}
    definitions |= _distributions()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Lotwise scenario",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def schema_text() -> str:
    """Text of ``scenario.schema.json``."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def _date() -> dict[str, Any]:
    return {"type": "string", "format": "date"}


def _required_relaxed(definition: dict[str, Any]) -> None:
    """What extends something else need not give every required key itself."""
    required = definition.get("required")
    if "extends" in definition["properties"] and required:
        del definition["required"]
        definition["anyOf"] = [{"required": ["extends"]}, {"required": required}]


def _with_sources(schema: Plain) -> Plain:
    """Let a number be written as ``{value, source}``, and a distribution marker be the distribution."""
    if isinstance(schema, list):
        return [_with_sources(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "distribution" in schema:
        rest = {key: value for key, value in schema.items() if key != "distribution"}
        return {"$ref": f"#/$defs/{schema['distribution']}", **rest}
    if schema.get("type") in _NUMERIC:
        return _wrapped(schema)
    inner = {"anyOf", "oneOf", "items", "additionalProperties"}
    return {key: _with_sources(value) if key in inner else value for key, value in schema.items()}


def _wrapped(schema: dict[str, Any]) -> dict[str, Any]:
    outside = {"title", "description", "default", "unit"}
    number = {key: value for key, value in schema.items() if key not in outside}
    number["type"] = "number" if number["type"] == "number" else "integer"
    wrapper = {
        "type": "object",
        "properties": {"value": copy.deepcopy(number), "source": _SOURCE},
        "required": ["value"],
        "additionalProperties": False,
    }
    return {**{key: value for key, value in schema.items() if key in outside}, "anyOf": [number, wrapper]}


def _distributions() -> dict[str, Any]:
    law = {
        "type": "object",
        "properties": {
            "dist": {
                "type": "string",
                "description": "A family, constant, empirical, mixture, or any name of scipy.stats.",
                "examples": [*FAMILY_NAMES, "constant", "empirical", "mixture"],
            },
            "source": _SOURCE,
            "at_least": {"type": "number", "description": "Condition on this value or more."},
            "at_most": {"type": "number", "description": "Condition on this value or less."},
            "file": {"type": "string", "description": "CSV file of observations, relative to the scenario."},
            "column": {"type": "string", "description": "Column of that file."},
            "components": {
                "type": "array",
                "items": {"type": "object"},
                "description": "Parts of a mixture.",
            },
        },
        "required": ["dist"],
    }
    timed = copy.deepcopy(law)
    timed["properties"]["working"] = _working()  # type: ignore[index]
    number = {"type": "number"}
    wrapper = {
        "type": "object",
        "properties": {"value": number, "source": _SOURCE},
        "required": ["value"],
        "additionalProperties": False,
    }
    timed_wrapper = copy.deepcopy(wrapper)
    timed_wrapper["properties"]["working"] = _working()  # type: ignore[index]
    return {
        "distribution": {"anyOf": [number, wrapper, law]},
        "duration": {"anyOf": [number, timed_wrapper, timed]},
    }


def _working() -> dict[str, Any]:
    return {"type": "boolean", "default": False, "description": "Whether the days are working days."}
