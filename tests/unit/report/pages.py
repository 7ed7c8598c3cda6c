"""Reading a report page in tests: its elements, its tables and its figures."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

VOID: Final = frozenset({"meta", "br", "hr", "img", "input", "link", "wbr"})


@dataclass
class Element:
    """An element with what it holds."""

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, tag: str) -> list[Element]:
        """Every element of a kind inside."""
        return [found for child in self.children for found in ([child] if child.tag == tag else []) + child.all(tag)]

    def words(self) -> str:
        """All its text, blanks between its parts."""
        return re.sub(r"\s+", " ", " ".join([self.text, *(child.words() for child in self.children)])).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.open[-1].text += f" {data.strip()} "


def page_read(text: str) -> Element:
    """The page as a tree; every element must be closed where it should be."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == [reader.root]
    return reader.root


def everything(page: Element) -> list[Element]:
    """All elements of a page."""
    return [found for child in page.children for found in (child, *everything(child))]


def table_rows(table: Element) -> list[list[str]]:
    """Texts of a table's rows, the headings first."""
    return [[cell.words() for cell in row.children] for row in table.all("tr")]
