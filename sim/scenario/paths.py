"""Dotted paths, such as ``suppliers.shenzhen.unit_price[0].price``: to write, to read and to follow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.scenario.nodes import Listing, Node, Place, Plain, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Part = str | int
Path = tuple[Part, ...]
_SEGMENT: Final = re.compile(r"([^.\[\]]+)((?:\[[0-9]{1,6}\])*)")
_INDEX: Final = re.compile(r"\[([0-9]+)\]")


def dotted(path: Sequence[Part]) -> str:
    """Write a path."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def parts_of(text: str) -> Path | None:
    """Read a path; None where the text is none."""
    parts: list[Part] = []
    for segment in text.split("."):
        match = _SEGMENT.fullmatch(segment)
        if match is None:
            return None
        parts.append(match[1])
        parts.extend(int(index) for index in _INDEX.findall(match[2]))
    return tuple(parts)


def lies_in(path: str, beginning: str) -> bool:
    """Whether a dotted path is another one or leads to a part of it: ``a.b`` and ``a[0]`` lie in ``a``."""
    return path == beginning or path.startswith((f"{beginning}.", f"{beginning}["))


def is_wrapper(node: Node) -> bool:
    """Whether a map is a value with its source, ``{value: 7, source: "..."}``."""
    return isinstance(node, Table) and "value" in node.entries and set(node.entries) <= {"value", "source"}


@dataclass(frozen=True, slots=True)
class Located:
    """Where a path leads in a tree.

    Attributes
    ----------
    path
        As far as it exists.
    key
        Where its last key stands; None for an item of a list.
    node
        What stands there.
    """

    path: Path
    key: Place | None
    node: Node

    @property
    def value_place(self) -> Place:
        """Where the value stands, inside its wrapper if it has one."""
        if isinstance(self.node, Table) and is_wrapper(self.node):
            return self.node.entries["value"].node.place
        return self.node.place


def located(tree: Table, path: Sequence[Part]) -> Located:
    """Follow a path as far as it exists; parts that name no key, such as the tag of a union, are skipped."""
    here: Node = tree
    key: Place | None = None
    taken: list[Part] = []
    for part in path:
        if isinstance(here, Table) and isinstance(part, str) and part in here.entries:
            entry = here.entries[part]
            here, key = entry.node, entry.place
            taken.append(part)
        elif isinstance(here, Listing) and isinstance(part, int) and part < len(here.items):
            here, key = here.items[part], None
            taken.append(part)
    return Located(tuple(taken), key, here)


def child(holder: Plain, part: Part) -> Plain:
    """Value of a key, or item of a list, of a plain tree; None where there is none."""
    if isinstance(holder, dict):
        return holder.get(part)
    if isinstance(holder, list) and isinstance(part, int) and part < len(holder):
        return holder[part]
    return None


def trail(values: Plain, path: Sequence[Part]) -> list[tuple[Plain, Part]]:
    """Follow a path through a plain tree, as `located` does: each step, with what it steps from."""
    way: list[tuple[Plain, Part]] = []
    here = values
    for part in path:
        if (isinstance(here, dict) and part in here) or child(here, part) is not None:
            way.append((here, part))
            here = child(here, part)
    return way


def sourced(tree: Table) -> Iterator[tuple[Path, Table]]:
    """Every map of a tree that names a source, with its path."""
    open_nodes: list[tuple[Path, Node]] = [((), tree)]
    while open_nodes:
        path, node = open_nodes.pop()
        if isinstance(node, Table):
            if "source" in node.entries and ("dist" in node.entries or "value" in node.entries):
                yield path, node
            open_nodes.extend(((*path, key), entry.node) for key, entry in reversed(list(node.entries.items())))
        elif isinstance(node, Listing):
            open_nodes.extend(((*path, index), item) for index, item in reversed(list(enumerate(node.items))))
