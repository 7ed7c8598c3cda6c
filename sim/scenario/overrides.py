"""``--set a.b=v``: a value given on the command line takes the place of one in the file.

It holds for the scenario as resolved: a supplier that another one extends passes nothing on that is set here.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from sim.scenario.inheritance import without_alternatives
from sim.scenario.nodes import Entry, Listing, Node, Place, Scalar, Table, Text, tree_read
from sim.scenario.paths import Part, dotted, is_wrapper, parts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.errors import Problem

_NAMED: Final = ("suppliers", "inspections", "plans")


class _OverrideError(Exception):
    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def overrides_applied(tree: Table, overrides: Sequence[str]) -> tuple[Table, list[Problem]]:
    """Put the values of ``a.b=v`` into a tree, in their order; returns the tree and what is wrong with them."""
    problems: list[Problem] = []
    for override in overrides:
        tree, found = _applied(tree, override)
        problems.extend(found)
    return tree, problems


def _applied(tree: Table, override: str) -> tuple[Table, list[Problem]]:
    written = override.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\0")
    text = Text.of("--set", written, numbered=False)
    start = Place(text, 1, 1)
    left, equals, value = written.partition("=")
    path = parts_of(left.strip())
    if not equals or path is None:
        return tree, [start.problem("write an override as path=value", hint="for instance buyer.hourly_cost=30")]
    if "extends" in path:
        return tree, [start.problem("`extends` cannot be set on the command line", path=dotted(path))]
    # blanks in the place of the path keep the columns right
    node, problems = tree_read(text, " " * (len(left) + 1) + value)
    if node is None:
        node = Scalar(Place(text, 1, len(left) + 2), None)
        if value.strip():
            return tree, problems or [start.problem("this value cannot be read", path=dotted(path))]
    try:
        return _set(tree, path, node, start, ()), problems
    except _OverrideError as error:
        return tree, [*problems, start.problem(str(error), path=dotted(path), hint=error.hint)]


def _set(node: Node, path: Sequence[Part], new: Node, place: Place, done: tuple[Part, ...]) -> Table:
    """Rebuild the maps on the way to a value, with the value changed."""
    if not isinstance(node, Table):
        message = f"`{dotted(done)}` holds a single value, so that `{dotted(path)}` cannot be set inside it"
        raise _OverrideError(message)
    name, rest = _key_taken(node, path)
    _refuse_unknown_name(node, name, rest, done)
    entries = without_alternatives(node.entries, {name})
    old = entries.get(name)
    entries[name] = Entry(place, _changed(None if old is None else old.node, rest, new, place, (*done, name)))
    return replace(node, entries=entries)


def _changed(old: Node | None, rest: Sequence[Part], new: Node, place: Place, done: tuple[Part, ...]) -> Node:
    if not rest:
        return new
    if isinstance(rest[0], int):
        if not isinstance(old, Listing):
            message = f"`{dotted(done)}` is not a list"
            raise _OverrideError(message)
        index = rest[0]
        if index >= len(old.items):
            message = f"`{dotted(done)}` has no item [{index}]"
            raise _OverrideError(message, f"its items are [0] to [{len(old.items) - 1}]" if old.items else None)
        item = _changed(old.items[index], rest[1:], new, place, (*done, index))
        return replace(old, items=(*old.items[:index], item, *old.items[index + 1 :]))
    if old is None or (isinstance(old, Scalar) and old.value is None):
        old = Table(place, {})
    if isinstance(old, Listing):
        message = f"`{dotted(done)}` is a list; name an item, such as `{dotted((*done, 0))}`"
        raise _OverrideError(message)
    return _set(old, rest, new, place, done)


def _key_taken(node: Table, path: Sequence[Part]) -> tuple[str, Sequence[Part]]:
    """Next key of a path, and what is left of it; a key of the file may hold dots itself."""
    for length in range(len(path), 1, -1):
        joined = dotted(path[:length])
        if joined in node.entries:
            return joined, path[length:]
    return str(path[0]), path[1:]


def _refuse_unknown_name(node: Table, name: str, rest: Sequence[Part], done: tuple[Part, ...]) -> None:
    """A supplier, inspection or plan that is not in the file must be given whole."""
    if len(done) == 1 and done[0] in _NAMED and rest and name not in node.entries and not is_wrapper(node):
        near = get_close_matches(name, list(node.entries), n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(node.entries)}"
        message = f"there is no `{name}` in `{done[0]}`"
        raise _OverrideError(message, hint)
