"""A scenario that was sent: read without opening anything on this machine that it may name."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from sim.errors import ScenarioError
from sim.scenario import draft_read
from sim.scenario.files import text_read
from sim.scenario.inheritance import names_file
from sim.scenario.nodes import Listing, Scalar, Table, Text, tree_read
from sim.scenario.paths import is_wrapper
from sim.web.views import Mistake, UploadView

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sim.errors import Problem
    from sim.scenario import Draft
    from sim.scenario.nodes import Node

LARGEST_UPLOAD: Final = 256 * 1024
_ALONE: Final = "a file that is sent stands alone; write what it needs into it, or start `lotwise serve` with it"


def upload_read(file: str, content: bytes) -> Draft:
    """Read a scenario that was sent.

    Parameters
    ----------
    file
        Its name, without folders.
    content
        The whole of it.

    Raises
    ------
    ScenarioError
        Nothing can be read, or it names files: those of this machine are none of its business.
    """
    with TemporaryDirectory(prefix="lotwise-") as folder:
        path = Path(folder) / file
        path.write_bytes(content)
        text = text_read(path)
        tree, _ = tree_read(Text.of(file, text), text)
        problems = [] if tree is None else list(_files_named(tree))
        if problems:
            raise ScenarioError(*problems)
        return draft_read(path)


def _files_named(tree: Node) -> Iterator[Problem]:
    """What names a file: a base, rules of one's own, or data; looked for before anything is opened."""
    if isinstance(tree, Table):
        base, protection = tree.entries.get("extends"), tree.entries.get("protection")
        if base is not None and not (isinstance(base.node, Scalar) and base.node.value is None):
            yield base.place.problem("a file that is sent cannot build on another file", path="extends", hint=_ALONE)
        if protection is not None and names_file(_value(protection.node)):
            message = "a file that is sent cannot name a file of rules"
            yield protection.place.problem(message, path="protection", hint="the id of a rule pack")
    seen: set[int] = set()
    waiting: list[Node] = [tree]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Listing):
            waiting.extend(reversed(node.items))
        elif isinstance(node, Table):
            if "file" in node.entries:
                message = "a file that is sent cannot name a file of data"
                yield node.entries["file"].place.problem(
                    message, hint="write the values out: {dist: empirical, values: [...]}"
                )
            waiting.extend(entry.node for entry in reversed(list(node.entries.values())))


def _value(node: Node) -> object:
    """Value of a node, out of its wrapper with the source."""
    if isinstance(node, Table) and is_wrapper(node):
        return _value(node.entries["value"].node)
    return node.value if isinstance(node, Scalar) else None


def upload_view(file: str, problems: Sequence[Problem]) -> UploadView:
    """What is wrong with a scenario that was sent."""
    return UploadView(file, tuple(map(_mistake, problems)))


def _mistake(problem: Problem) -> Mistake:
    places = ((name, number) for name, number in (("line", problem.line), ("column", problem.column)) if number)
    has_caret = problem.text is not None and problem.column is not None
    return Mistake(
        place=", ".join(f"{name} {number}" for name, number in places),
        message=problem.message,
        hint=problem.hint or "",
        line=problem.text or "",
        caret=" " * (problem.column - 1) + "^" if has_caret and problem.column is not None else "",
        path=problem.path or "",
    )
