"""YAML text as a tree that remembers where each key and each value stands.

Read from the parser's events rather than through its constructors, so that depth, size and aliases can be
capped, equal keys refused, and plain words read by YAML 1.2 (see `scalars`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml

from sim.errors import Problem
from sim.scenario.scalars import ScalarError, Value, scalar_read

if TYPE_CHECKING:
    from collections.abc import Mapping

DEEPEST: Final = 40
MOST_NODES: Final = 100_000
_LONGEST_LINE: Final = 160
# libyaml is some twenty times faster, where PyYAML was built with it
_PARSER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# the parsers of PyYAML are typed down to a common base only
_Event = Any
_Mark = Any
_LINE_END: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_UNPRINTABLE: Final = re.compile("[^\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_PLAIN_WORDS: Final = (
    (
        "cannot start any token",
        "this character cannot start a value; tabs cannot indent, and @ ` % need quotes",
    ),
    (
        "mapping values are not allowed",
        "a `key: value` cannot stand here; check the indentation, or quote a text with `:`",
    ),
    ("could not find expected ':'", "a `:` is missing after a key"),
    ("did not find expected key", "this line does not fit the lines above; check indentation and brackets"),
    ("did not find expected '-' indicator", "this line does not fit the list above; check the indentation"),
    ("did not find expected ',' or", "a bracket is not closed, or a comma is missing"),
    ("expected ',' or", "a bracket is not closed, or a comma is missing"),
    ("did not find expected node content", "a value is missing between the brackets"),
    ("unexpected end of stream", "the file ends inside a quoted text"),
    ("unexpected document separator", "a quoted text is not closed"),
    ("undefined alias", "this *alias has no &anchor before it"),
    ("duplicate anchor", "this &anchor is defined twice"),
    ("escape", "an unknown \\ escape; single quotes take \\ as it is"),
)


@dataclass(frozen=True, slots=True)
class Text:
    """A text that values are read from: a file, or a ``--set`` of the command line."""

    name: str
    lines: tuple[str, ...]
    numbered: bool = True

    @staticmethod
    def of(name: str, text: str, *, numbered: bool = True) -> Text:
        """Split a text into the lines that YAML counts."""
        return Text(name, tuple(_LINE_END.split(text)), numbered)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a text; line and column are 1-based."""

    text: Text
    line: int
    column: int

    def problem(self, message: str, *, path: str | None = None, hint: str | None = None) -> Problem:
        """Say what is wrong at this place."""
        lines = self.text.lines
        shown: str | None = None
        if self.line <= len(lines) and self.column <= _LONGEST_LINE:
            shown = _UNPRINTABLE.sub(" ", lines[self.line - 1].rstrip())
            if len(shown) > _LONGEST_LINE:
                shown = shown[:_LONGEST_LINE] + "..."
        return Problem(
            message=message,
            file=self.text.name,
            line=self.line if self.text.numbered else None,
            column=self.column,
            text=shown,
            path=path,
            hint=hint,
        )


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value."""

    place: Place
    value: Value
    size: int = 1
    height: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of values."""

    place: Place
    items: tuple[Node, ...]
    size: int = 1
    height: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a map, where it stands, and what it holds."""

    place: Place
    node: Node


@dataclass(frozen=True, slots=True)
class Table:
    """A map of keys to values; incomplete where it could not inherit what it should have."""

    place: Place
    entries: Mapping[str, Entry]
    size: int = 1
    height: int = 1
    incomplete: bool = False

    def get(self, key: str) -> Node | None:
        """Value of a key, if it is there."""
        entry = self.entries.get(key)
        return None if entry is None else entry.node


Node = Scalar | Listing | Table
Plain = Any
"""A tree of plain maps, lists and values, typed loosely: the schema is there to find out what it holds."""


def plain(node: Node) -> Plain:
    """Tree of plain Python values, without places."""
    if isinstance(node, Table):
        return {key: plain(entry.node) for key, entry in node.entries.items()}
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return node.value


@dataclass(slots=True)
class _Open:
    """A list or map whose end has not been read yet."""

    place: Place
    is_table: bool
    anchor: str | None
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    key: tuple[str, Place] | None = None
    expects_key: bool = True

    def closed(self) -> Node:
        members = [entry.node for entry in self.entries.values()] if self.is_table else self.items
        size = 1 + sum(member.size for member in members)
        height = 1 + max((member.height for member in members), default=0)
        if self.is_table:
            return Table(self.place, self.entries, size, height)
        return Listing(self.place, tuple(self.items), size, height)


class _StopReadingError(Exception):
    """The text cannot be read any further; what is wrong has been noted."""


class _Reader:
    """Builds the tree from the parser's events, noting every problem on the way."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self.open: list[_Open] = []
        self.anchors: dict[str, Node] = {}
        self.nodes = 0
        self.documents = 0

    def place(self, mark: _Mark) -> Place:
        return Place(self.text, mark.line + 1, mark.column + 1)

    def stop(self, place: Place, message: str, hint: str | None = None) -> _StopReadingError:
        self.problems.append(place.problem(message, hint=hint))
        return _StopReadingError(message)

    def read(self, source: str) -> None:
        try:
            for event in yaml.parse(source, Loader=_PARSER):
                self.take(event)
        except yaml.MarkedYAMLError as error:
            self.problems.append(self._syntax_problem(error))
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            # the pure Python parser lets chr() refuse an escape such as "\U00110000"
            self.problems.append(Place(self.text, 1, 1).problem(f"the file is not valid YAML: {error}"))
        except _StopReadingError:
            return

    def _syntax_problem(self, error: yaml.MarkedYAMLError) -> Problem:
        said = " ".join(str(part) for part in (error.problem, error.context) if part)
        mark = error.problem_mark or error.context_mark
        place = Place(self.text, 1, 1) if mark is None else self.place(mark)
        last = len(self.text.lines)
        if place.line > last:
            place = Place(self.text, last, len(self.text.lines[-1]) + 1)
        words = next((words for fragment, words in _PLAIN_WORDS if fragment in said), f"not valid YAML: {said}")
        return place.problem(words)

    def take(self, event: _Event) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    raise self.stop(self.place(event.start_mark), "a second document starts here; a file holds one")
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.ScalarEvent():
                self._refuse_tag(event)
                self._scalar(event)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._refuse_tag(event)
                self._opened(event)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                opened = self.open.pop()
                self._placed(opened.closed(), opened.anchor)
            case _:
                pass

    def _refuse_tag(self, event: _Event) -> None:
        if event.tag is not None:
            message = "a tag (a word that begins with !) has no meaning here"
            self.problems.append(self.place(event.start_mark).problem(message, hint="quote a text that begins with !"))

    def _counted(self, size: int, place: Place) -> None:
        self.nodes += size
        if self.nodes > MOST_NODES:
            raise self.stop(place, f"the file holds more than {MOST_NODES:,} values, aliases written out")

    def _alias(self, event: _Event) -> None:
        place = self.place(event.start_mark)
        node = self.anchors.get(event.anchor)
        if self._expects_key():
            raise self.stop(place, "an alias cannot be a key")
        if node is None:
            inside = any(opened.anchor == event.anchor for opened in self.open)
            raise self.stop(
                place,
                "this *alias stands inside its own &anchor" if inside else "this *alias has no &anchor before it",
            )
        self._counted(node.size, place)
        if len(self.open) + node.height > DEEPEST:
            raise self.stop(place, f"values are nested more than {DEEPEST} deep")
        self._placed(node, None)

    def _expects_key(self) -> bool:
        return bool(self.open) and self.open[-1].is_table and self.open[-1].expects_key

    def _opened(self, event: _Event) -> None:
        place = self.place(event.start_mark)
        self._counted(1, place)
        if self._expects_key():
            raise self.stop(place, "a list or a map cannot be a key")
        if len(self.open) >= DEEPEST:
            raise self.stop(place, f"values are nested more than {DEEPEST} deep")
        self.open.append(_Open(place, isinstance(event, yaml.MappingStartEvent), event.anchor))

    def _scalar(self, event: _Event) -> None:
        place = self.place(event.start_mark)
        self._counted(1, place)
        word: str = event.value
        if any("\ud800" <= character <= "\udfff" for character in word):
            raise self.stop(place, "this text holds half a character (a lone surrogate)")
        if self._expects_key():
            self.open[-1].key = (word, place)
            self.open[-1].expects_key = False
            return
        value: Value = word
        if event.implicit[0]:
            try:
                value = scalar_read(word)
            except ScalarError as error:
                self.problems.append(place.problem(str(error)))
        self._placed(Scalar(place, value), event.anchor)

    def _placed(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self.anchors[anchor] = node
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        if not parent.is_table:
            parent.items.append(node)
            return
        if parent.key is None:  # a key came first, or reading would have stopped
            return
        name, place = parent.key
        parent.key, parent.expects_key = None, True
        if name in parent.entries:
            first = parent.entries[name].place.line
            self.problems.append(place.problem(f"`{name}` is given twice", hint=f"it stands in line {first} already"))
        else:
            parent.entries[name] = Entry(place, node)


def tree_read(text: Text, source: str) -> tuple[Node | None, list[Problem]]:
    """Read YAML text.

    Parameters
    ----------
    text
        Where the source comes from; places refer to it.
    source
        YAML text.

    Returns
    -------
    Node or None
        The tree, None where there is none to speak of.
    list of Problem
        Everything that is wrong with the text as YAML.
    """
    reader = _Reader(text)
    reader.read(source)
    return (None if reader.open else reader.root), reader.problems
