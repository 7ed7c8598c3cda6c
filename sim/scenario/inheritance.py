"""``extends``: a scenario that builds on another file, and a supplier that builds on another supplier."""

from __future__ import annotations

import os.path
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim.errors import ScenarioError
from sim.scenario.files import shown, text_read
from sim.scenario.nodes import Entry, Listing, Node, Place, Scalar, Table, Text, tree_read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.errors import Problem

MOST_FILES: Final = 16
_WHOLE_IF_GIVEN: Final = ("dist", "value")
_WHOLE_IF_DIFFERENT: Final = ("kind", "standard")
_ALTERNATIVES: Final = (
    ({"production_days"}, {"delay_days"}),
    ({"orders"}, {"split"}),
    ({"replications"}, {"precision"}),
    ({"relative"}, {"absolute"}),
)


def without_alternatives(entries: Mapping[str, Entry], given: set[str]) -> dict[str, Entry]:
    """Leave out what the given keys stand instead of: ``delay_days`` displaces ``production_days``."""
    displaced: set[str] = set()
    for one, other in _ALTERNATIVES:
        if one <= given and not other & given:
            displaced |= other
        elif other <= given and not one & given:
            displaced |= one
    return {key: entry for key, entry in entries.items() if key not in displaced}


def tables_merged(base: Table, over: Table) -> Table:
    """Merge two maps deeply; lists, single values and whole distributions replace.

    A map that names its ``dist`` (or its ``value``) says all of itself, and one of another ``kind`` or
    sampling ``standard`` has nothing in common with the one it replaces.
    """
    if any(key in over.entries for key in _WHOLE_IF_GIVEN):
        return over
    for key in _WHOLE_IF_DIFFERENT:
        new, old = over.get(key), base.get(key)
        if isinstance(new, Scalar) and isinstance(old, Scalar) and new.value != old.value:
            return over
    entries = without_alternatives(base.entries, set(over.entries))
    for key, entry in over.entries.items():
        under = entries.get(key)
        if under is not None and isinstance(under.node, Table) and isinstance(entry.node, Table):
            entries[key] = Entry(entry.place, tables_merged(under.node, entry.node))
        else:
            entries[key] = entry
    return Table(over.place, entries, incomplete=base.incomplete)


def file_read(path: Path) -> tuple[Table, list[Problem]]:
    """Read a scenario file and the files that it extends.

    Returns
    -------
    Table
        The merged tree, without ``extends``; each value keeps its place in the file that it comes from, and
        names of data files are relative to the folder of `path`.
    list of Problem
        What is wrong so far.

    Raises
    ------
    ScenarioError
        Nothing can be read.
    """
    return _file_read(path, path.parent, ())


def _file_read(path: Path, folder: Path, above: tuple[Path, ...]) -> tuple[Table, list[Problem]]:
    text = text_read(path)
    lines = Text.of(shown(path), text)
    tree, problems = tree_read(lines, text)
    if tree is None or (isinstance(tree, Scalar) and tree.value is None):
        start = Place(lines, 1, 1)
        raise ScenarioError(
            *(problems or [start.problem("the file is empty", hint="`lotwise init` writes a scenario")])
        )
    if not isinstance(tree, Table):
        what = "a list" if isinstance(tree, Listing) else "a single value"
        message = f"a scenario is a map of keys, and this file holds {what}"
        raise ScenarioError(*problems, tree.place.problem(message, hint="begin with `schema_version: 1`"))
    if path.parent != folder:
        tree = _moved(tree, path.parent, folder)
    entry = tree.entries.get("extends")
    tree = _without_extends(tree)
    if entry is None or (isinstance(entry.node, Scalar) and entry.node.value is None):
        return tree, problems
    try:
        base, found = _base_read(path, folder, entry.node, above)
    except ScenarioError as error:
        return replace(tree, incomplete=True), [*problems, *error.problems]
    return tables_merged(base, tree), [*problems, *found]


def _base_read(path: Path, folder: Path, node: Node, above: tuple[Path, ...]) -> tuple[Table, list[Problem]]:
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.value or "\0" in node.value:
        raise ScenarioError(node.place.problem("must be the name of a scenario file", path="extends"))
    base = path.parent / node.value
    chain = (*above, path)
    if any(_same(base, other) for other in chain):
        circle = " -> ".join(shown(Path(other.name)) for other in (*chain, base))
        raise ScenarioError(node.place.problem(f"files extend each other in a circle: {circle}", path="extends"))
    if len(chain) >= MOST_FILES:
        raise ScenarioError(node.place.problem(f"more than {MOST_FILES} files extend each other", path="extends"))
    try:
        return _file_read(base, folder, chain)
    except ScenarioError as error:
        if all(problem.line is None for problem in error.problems):
            first = error.problems[0]
            message = f"{first.file}: {first.message}"
            raise ScenarioError(node.place.problem(message, path="extends", hint=first.hint)) from error
        raise


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _without_extends(table: Table) -> Table:
    return replace(table, entries={key: entry for key, entry in table.entries.items() if key != "extends"})


def _moved(tree: Table, old: Path, new: Path) -> Table:
    """Make the names of data files and of a rule-pack file relative to another folder."""
    tree = _data_files_moved(tree, old, new)
    protection = tree.entries.get("protection")
    if protection is not None and isinstance(protection.node, Scalar) and names_file(protection.node.value):
        entries = dict(tree.entries)
        entries["protection"] = replace(protection, node=_name_moved(protection.node, old, new))
        tree = replace(tree, entries=entries)
    return tree


def names_file(protection: object) -> bool:
    """Whether a protection is the name of a file, and not the id of a rule pack."""
    return isinstance(protection, str) and protection.endswith((".yaml", ".yml"))


def _name_moved(node: Scalar, old: Path, new: Path) -> Scalar:
    if not isinstance(node.value, str) or Path(node.value).is_absolute() or "\0" in node.value:
        return node
    return replace(node, value=os.path.relpath(old / node.value, new))


def _data_files_moved(table: Table, old: Path, new: Path) -> Table:
    is_empirical = _is_empirical(table)
    entries = {}
    for key, entry in table.entries.items():
        node = entry.node
        if is_empirical and key == "file" and isinstance(node, Scalar):
            node = _name_moved(node, old, new)
        entries[key] = replace(entry, node=_node_moved(node, old, new))
    return replace(table, entries=entries)


def _is_empirical(table: Table) -> bool:
    dist = table.get("dist")
    return isinstance(dist, Scalar) and dist.value == "empirical"


def _node_moved(node: Node, old: Path, new: Path) -> Node:
    if isinstance(node, Table):
        return _data_files_moved(node, old, new)
    if isinstance(node, Listing):
        return replace(node, items=tuple(_node_moved(item, old, new) for item in node.items))
    return node


def suppliers_resolved(tree: Table) -> tuple[Table, list[Problem], frozenset[str]]:
    """Give every supplier that extends another what it inherits, and drop its ``extends``.

    Returns
    -------
    Table
        The tree with every supplier written out.
    list of Problem
        What is wrong with the inheritance.
    frozenset of str
        Suppliers that lack what they would have inherited.
    """
    suppliers = tree.get("suppliers")
    if not isinstance(suppliers, Table):
        return tree, [], frozenset()
    family = _Family(suppliers)
    entries = {}
    for name, entry in suppliers.entries.items():
        node = entry.node
        if isinstance(node, Table):
            node = _without_extends(family.resolved(name, node, ()))
        entries[name] = replace(entry, node=node)
    whole = dict(tree.entries)
    whole["suppliers"] = replace(tree.entries["suppliers"], node=replace(suppliers, entries=entries))
    return replace(tree, entries=whole), family.problems, frozenset(family.incomplete)


def _ends_here(supplier: Table) -> bool:
    node = supplier.get("extends")
    return node is None or (isinstance(node, Scalar) and node.value is None)


class _Family:
    """Suppliers that extend each other."""

    def __init__(self, suppliers: Table) -> None:
        self.suppliers = suppliers
        self.problems: list[Problem] = []
        self.done: dict[str, Table] = {}
        self.incomplete: set[str] = set()

    def resolved(self, name: str, supplier: Table, below: tuple[str, ...]) -> Table:
        if name in self.done:
            return self.done[name]
        base = self._base(name, supplier, (*below, name))
        if base is None and not _ends_here(supplier):
            self.incomplete |= {name, *below}
        result = supplier if base is None else tables_merged(_without_extends(base), supplier)
        self.done[name] = result
        return result

    def _base(self, name: str, supplier: Table, below: tuple[str, ...]) -> Table | None:
        node = supplier.get("extends")
        if node is None or _ends_here(supplier):
            return None
        path = f"suppliers.{name}.extends"
        base = node.value if isinstance(node, Scalar) else None
        if not isinstance(base, str) or base not in self.suppliers.entries:
            near = get_close_matches(str(base), [other for other in self.suppliers.entries if other != name], n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"suppliers here: {', '.join(self.suppliers.entries)}"
            self.problems.append(
                node.place.problem("extends a supplier that this file does not have", path=path, hint=hint)
            )
            return None
        if len(below) > MOST_FILES:
            message = f"more than {MOST_FILES} suppliers extend each other"
            self.problems.append(node.place.problem(message, path=path))
            return None
        if base in below:
            circle = " -> ".join((*below[below.index(base) :], base))
            self.problems.append(node.place.problem(f"suppliers extend each other in a circle: {circle}", path=path))
            return None
        inherited = self.suppliers.entries[base].node
        return self.resolved(base, inherited, below) if isinstance(inherited, Table) else None
