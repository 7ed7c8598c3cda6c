"""What the schema knows at a path: the keys that may stand there, and the numbers that may."""

from __future__ import annotations

import types
import typing
from typing import TYPE_CHECKING, Any

import annotated_types

from sim.scenario.keys import Spec
from sim.scenario.schema import ScenarioSpec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic.fields import FieldInfo

    from sim.scenario.paths import Part

Annotation = Any
"""A type as an annotation writes it; Python has no type for those."""


def kinds_at(path: Sequence[Part]) -> list[Any]:
    """Annotations of what may stand at a path of the scenario, with their bounds."""
    kinds: list[Any] = [ScenarioSpec]
    for part in path:
        kinds = _inside(kinds, part)
    return kinds


def keys_at(path: Sequence[Part]) -> dict[str, FieldInfo]:
    """Keys that the map at a path may have; none where it is a map of free names."""
    keys: dict[str, FieldInfo] = {}
    for spec in _specs(kinds_at(path)):
        for name, field in spec.model_fields.items():
            keys.setdefault(field.alias or name, field)
    return keys


def _inside(kinds: Sequence[Any], part: Part) -> list[Any]:
    flat = [kind for outer in kinds for kind in _alternatives(outer)]
    inside: list[Any] = []
    for kind in flat:
        if isinstance(kind, type) and issubclass(kind, Spec):
            fields = {field.alias or name: field for name, field in kind.model_fields.items()}
            if part in fields:
                inside.append(_with_bounds(fields[str(part)]))
            continue
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin is dict and isinstance(part, str):
            inside.append(arguments[1])
        elif origin is tuple and isinstance(part, int):
            inside.append(arguments[0])
    return inside or [kind for kind in flat if _is_tagged(kind, part)] or flat


def _with_bounds(field: FieldInfo) -> Annotation:
    return typing.Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def _alternatives(kind: Annotation) -> Iterator[Any]:
    """Members of a union, however deep, without what annotates them."""
    origin: object = typing.get_origin(kind)
    if origin is typing.Annotated:
        yield from _alternatives(typing.get_args(kind)[0])
    elif origin in {typing.Union, types.UnionType}:
        for member in typing.get_args(kind):
            yield from _alternatives(member)
    else:
        yield kind


def _is_tagged(kind: Annotation, tag: Part) -> bool:
    return (
        isinstance(kind, type)
        and issubclass(kind, Spec)
        and any(tag in typing.get_args(field.annotation) for field in kind.model_fields.values())
    )


def _specs(kinds: Sequence[Any]) -> Iterator[type[Spec]]:
    for outer in kinds:
        for kind in _alternatives(outer):
            if isinstance(kind, type) and issubclass(kind, Spec):
                yield kind


def range_at(path: Sequence[Part]) -> str | None:
    """Range that a number at a path must lie in, in words; None where nothing limits it."""
    bounds: dict[str, Any] = {}
    for kind in kinds_at(path):
        for name, bound in _bounds(kind):
            bounds.setdefault(name, bound)
    low = f"{bounds['ge']:,}" if "ge" in bounds else f"more than {bounds['gt']:,}" if "gt" in bounds else None
    high = f"{bounds['le']:,}" if "le" in bounds else None
    if low is None or high is None:
        return None
    return f"{low} to {high}"


def _bounds(kind: Annotation) -> Iterator[tuple[str, Any]]:
    if typing.get_origin(kind) is not None:
        for argument in typing.get_args(kind):
            yield from _bounds(argument)
    for metadata in (kind, *getattr(kind, "metadata", ())):
        match metadata:
            case annotated_types.Ge():
                yield "ge", metadata.ge
            case annotated_types.Gt():
                yield "gt", metadata.gt
            case annotated_types.Le():
                yield "le", metadata.le
            case _:
                pass
