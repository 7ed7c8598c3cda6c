"""A tree of values checked against the schema: typed objects, or every problem with its place."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from sim.scenario.members import keys_at
from sim.scenario.nodes import Table
from sim.scenario.paths import Located, Part, Path, child, dotted, located, trail
from sim.scenario.schema import ScenarioSpec
from sim.scenario.wording import nearest, worded

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Mapping, Sequence

    from pydantic_core import ErrorDetails

    from sim.errors import Problem
    from sim.scenario.nodes import Place, Plain

MOST_PROBLEMS: Final = 100
_MOST_ROUNDS: Final = 12
_STAND_INS: Final[dict[str, Any]] = {
    "schema_version": 1,
    "name": "unnamed",
    "need": {"quantity": 1, "due": 1, "sale_value": 1},
    "quantity": 1,
    "due": 1,
    "sale_value": 1,
    "suppliers": {"unnamed": {"unit_price": [{"from": 1, "price": 1}]}},
    "unit_price": [{"from": 1, "price": 1}],
    "price": 1,
    "from": 1,
    "id": "unnamed",
    "supplier": "unnamed",
    "into": 1,
    "order": "unnamed",
}
"""Values that let the rest of a scenario be checked where a required one is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Validated:
    """What the schema makes of a tree.

    Attributes
    ----------
    model
        The scenario; with problems, what is left of it for further checks; None where nothing is.
    problems
        What is wrong.
    doubtful
        Paths whose values were left out or replaced in `model`.
    """

    model: ScenarioSpec | None
    problems: list[Problem]
    doubtful: frozenset[Path]


def validated(
    tree: Table, values: dict[str, Any], base: pathlib.Path, *, incomplete: frozenset[Path] = frozenset()
) -> Validated:
    """Check values against the schema.

    Parameters
    ----------
    tree
        Where the values stand.
    values
        The tree as plain values, sources taken out.
    base
        Folder that data files are relative to.
    incomplete
        Parts that could not inherit what they should have, so that nothing is said about what they lack.
    """
    context = {"base": base}
    problems: list[Problem] = []
    doubtful: set[Path] = set(incomplete)
    first = True
    rest = values
    for _ in range(_MOST_ROUNDS):
        try:
            return Validated(ScenarioSpec.model_validate(rest, context=context), problems, frozenset(doubtful))
        except ValidationError as failure:
            errors = failure.errors(include_url=False)
        if first:
            first = False
            told = [error for error in errors if not _is_orphaned(error, incomplete)]
            problems = [_problem(tree, error) for error in told[:MOST_PROBLEMS]]
            rest = copy.deepcopy(values)
        for error in errors:
            doubtful.add(_left_out(rest, error["loc"], doubtful, missing=error["type"] == "missing"))
        if len(errors) > MOST_PROBLEMS:
            break
    return Validated(None, problems, frozenset(doubtful))


def _is_orphaned(error: ErrorDetails, incomplete: frozenset[Path]) -> bool:
    return error["type"] == "missing" and any(error["loc"][: len(path)] == path for path in incomplete)


def _problem(tree: Table, error: ErrorDetails) -> Problem:
    found = located(tree, error["loc"])
    kind = error["type"]
    if kind in {"missing", "extra_forbidden"}:
        return _key_problem(tree, found, error)
    message, hint = worded(error, found.path)
    place = found.value_place
    context = error.get("ctx", {})
    inner = context.get("key") or context.get("at") or {"union_tag_invalid": _tag_key(context)}.get(kind)
    if error["loc"] and error["loc"][-1] == "[key]" and found.key is not None:
        place = found.key
    elif isinstance(inner, str):
        place = _place_inside(found, inner)
    return place.problem(message, path=dotted(found.path) or None, hint=hint)


def _tag_key(context: Mapping[str, Any]) -> str | None:
    return {"_standard()": "standard", "_kind()": "kind"}.get(str(context.get("discriminator")))


def _place_inside(found: Located, name: str) -> Place:
    entry = found.node.entries.get(name) if isinstance(found.node, Table) else None
    return found.value_place if entry is None else entry.place


def _key_problem(tree: Table, found: Located, error: ErrorDetails) -> Problem:
    name = str(error["loc"][-1])
    if error["type"] == "missing":
        inside = f" in `{dotted(found.path)}`" if found.path else ""
        field = keys_at(found.path).get(name)
        place = found.key or found.node.place
        hint = None if field is None or field.description is None else f"{name}: {field.description}"
        path = dotted((*found.path, name))
        return place.problem(f"`{name}` is missing{inside}", path=path, hint=hint)
    parent = located(tree, error["loc"][:-1])
    place = _place_inside(parent, name)
    known = keys_at(error["loc"][:-1])
    hint = nearest(name, known)
    if name == "source":
        hint = 'a source belongs to a value: {value: 7, source: "..."}'
    where = f" in `{dotted(parent.path)}`" if parent.path else ""
    return place.problem(f"`{name}` is not a key that is known{where}", path=dotted(found.path), hint=hint)


def _left_out(values: Plain, loc: Sequence[Part], doubtful: set[Path], *, missing: bool) -> Path:
    """Put a stand-in for a value that is wrong or missing, or take out the part of the tree that holds it.

    Returns the path that was touched. An item of a list is never taken out alone: its neighbours would move.
    """
    way = trail(values, loc)
    path = tuple(part for _, part in way)
    holder = child(*way[-1]) if way else values
    if missing and isinstance(holder, dict):
        path = (*path, str(loc[-1]))
        way.append((holder, str(loc[-1])))
    while way:
        holder, part = way.pop()
        if isinstance(holder, dict):
            if part in _STAND_INS and path not in doubtful:
                holder[part] = copy.deepcopy(_STAND_INS[part])
                return path
            if holder.pop(part, None) is not None or path not in doubtful:
                return path
        path = path[:-1]
    return path
