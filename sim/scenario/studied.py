"""``uncertain``: which inputs a study varies, when their values have been replaced from outside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sim.scenario.nodes import Entry, Listing, Node, Table
from sim.scenario.paths import parts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.scenario.paths import Part

_STUDIED: Final = "uncertain"


def lost_inputs_left_out(tree: Table, file: str, overrides: Sequence[str]) -> Table:
    """Leave out of ``uncertain`` what named a part of a value that is another one now.

    A base file names the mode of a distribution, and the file that extends it, or ``--set``, puts a plain number in its
    place: the entry has lost its object, and nobody has made a mistake. An entry of the file itself that leads
    nowhere stays, and is answered as the mistake that it is.

    Parameters
    ----------
    tree
        As inherited and overridden.
    file
        Name of the scenario file itself.
    overrides
        As given, each ``path=value``.
    """
    entry = tree.entries.get(_STUDIED)
    if entry is None or not isinstance(entry.node, Table):
        return tree
    replaced = tuple(f"{override.partition('=')[0].strip()}." for override in overrides)
    kept = {
        name: given
        for name, given in entry.node.entries.items()
        if (given.place.text.name == file and not name.startswith(replaced)) or _holds(tree, parts_of(name) or ())
    }
    return replace(tree, entries={**tree.entries, _STUDIED: Entry(entry.place, replace(entry.node, entries=kept))})


def _holds(node: Node | None, path: Sequence[Part]) -> bool:
    """Whether a tree has a value at a path."""
    if not path or node is None:
        return node is not None
    if isinstance(node, Listing):
        return isinstance(path[0], int) and path[0] < len(node.items) and _holds(node.items[path[0]], path[1:])
    return isinstance(node, Table) and _holds(node.get(str(path[0])), path[1:])
