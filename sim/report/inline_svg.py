"""Drawings inside a page: made small and safe, unique in their names, and with colours that follow the page's look.

A page may hold dozens of charts. Each loses what only a file of its own needs, every name in it gets the drawing's own
prefix, and its colours become classes: the page's style sheet then says what they are on light and on dark paper.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from sim.errors import LotwiseError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SVG: Final = "{http://www.w3.org/2000/svg}"
_XLINK: Final = "{http://www.w3.org/1999/xlink}href"
_DRAWN: Final = frozenset(
    {"svg", "g", "path", "line", "rect", "circle", "ellipse", "polygon", "polyline", "text", "tspan"}
    | {"defs", "clipPath", "linearGradient", "radialGradient", "stop", "use", "title", "desc"}
)
"""Elements that only draw: what could run or fetch anything is not among them."""
_KEPT: Final = frozenset(
    {
        "id",
        "d",
        "transform",
        "x",
        "y",
        "x1",
        "x2",
        "y1",
        "y2",
        "dx",
        "dy",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "width",
        "height",
    }
    | {"points", "viewBox", "offset", "gradientUnits", "gradientTransform", "clipPathUnits", "href", "clip-path"}
    | {"fill", "stroke", "stop-color", "fill-opacity", "stroke-opacity", "stop-opacity", "opacity", "fill-rule"}
    | {"stroke-width", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin"}
    | {"stroke-miterlimit", "text-anchor", "dominant-baseline", "font-size", "font-weight", "font-style"}
)
_COLOURS: Final = {"fill": "f", "stroke": "s", "stop-color": "c"}
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_NAMED: Final = re.compile(r"url\(#([^)]+)\)")
_LONG: Final = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
_USUAL: Final = {"opacity": "1", "font-size": "11px", "stroke-miterlimit": "10", "font-weight": "normal"}
"""What the style sheet says, or what holds anyway."""
_INVISIBLE: Final = frozenset({"M0,0h0v0h0Z", ""})

ColourPlace = tuple[str, str, str]
"""Element, attribute and colour on light paper."""


class UnsafeDrawingError(LotwiseError):
    """A drawing holds what does not only draw."""


@dataclass(slots=True)
class Colours:
    """Colours of the drawings of a page, each with what it is on dark paper.

    Attributes
    ----------
    pairs
        Colours on light and on dark paper, in the order in which they came; their place is their class.
    """

    pairs: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def name(self, attribute: str, light: str, dark: str) -> str:
        """Class of an element with that colour."""
        number = self.pairs.setdefault((attribute, light.lower(), dark.lower()), len(self.pairs))
        return f"{_COLOURS[attribute]}{number}"

    def rules(self, *, dark: bool) -> str:
        """Rules of a style sheet for all of them."""
        found = []
        for (attribute, light_colour, dark_colour), number in self.pairs.items():
            if not dark or light_colour != dark_colour:
                colour = dark_colour if dark else light_colour
                found.append(f".{_COLOURS[attribute]}{number}{{{attribute}:{colour}}}")
        return "".join(found)


def colours_learnt(light: str, dark: str) -> dict[ColourPlace, str]:
    """What each colour of a drawing is on dark paper, from the same drawing on both.

    Where a colour became several, the most frequent counts.
    """
    found: dict[ColourPlace, Counter[str]] = {}
    for one, two in zip(_parsed(light).iter(), _parsed(dark).iter(), strict=False):
        for attribute in _COLOURS:
            colour, other = one.get(attribute, ""), two.get(attribute, "")
            if one.tag == two.tag and _COLOUR.fullmatch(colour) and _COLOUR.fullmatch(other):
                found.setdefault((_tag(one), attribute, colour), Counter())[other] += 1
    return {place: counter.most_common(1)[0][0] for place, counter in found.items()}


def inlined(
    svg: str,
    prefix: str,
    colours: Colours,
    learnt: dict[ColourPlace, str] | None = None,
    *,
    name: str = "",
    label: str | None = None,
) -> str:
    """A drawing as a part of a page.

    Parameters
    ----------
    svg
        Text of the drawing.
    prefix
        Of all names inside it, unique in the page.
    colours
        Of the page; those of the drawing are added.
    learnt
        What its colours are on dark paper; the same as on light paper where nothing is said.
    name
        Class of the drawing.
    label
        What it shows, in words; by default its own.

    Raises
    ------
    UnsafeDrawingError
        It cannot be read, or holds more than marks and words.
    """
    root = _parsed(svg)
    if _tag(root) != "svg":
        raise UnsafeDrawingError("this is no drawing")
    words = root.get("aria-label", "") if label is None else label
    writer = _Writer(prefix, colours, learnt or {})
    inside = "".join(writer.element(child) for child in root)
    size = "".join(f" {key}={quoteattr(root.get(key, ''))}" for key in ("width", "height", "viewBox") if root.get(key))
    shown = f" class={quoteattr(name)}" if name else ""
    return f'<svg role="img" aria-label={quoteattr(words)}{shown}{size}>{inside}</svg>'


def _parsed(svg: str) -> ET.Element:
    if "<!" in svg:
        raise UnsafeDrawingError("a drawing with declarations is not taken into a page")
    try:
        return ET.fromstring(svg)  # noqa: S314 - without declarations there are no entities to expand
    except ET.ParseError as error:
        raise UnsafeDrawingError(f"this drawing cannot be read: {error}") from error


def _tag(element: ET.Element) -> str:
    return element.tag.removeprefix(_SVG)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the elements of one drawing."""

    prefix: str
    colours: Colours
    learnt: dict[ColourPlace, str]

    def element(self, element: ET.Element) -> str:
        """An element with all that it holds; nothing where there is nothing to see."""
        tag = _tag(element)
        if tag not in _DRAWN:
            raise UnsafeDrawingError(f"a drawing with <{tag}> is not taken into a page")
        if (tag == "path" and element.get("d", "") in _INVISIBLE) or element.get("display") == "none":
            return ""
        if element.get("class") == "background" and not element.get("fill") and not element.get("stroke"):
            return ""
        inside = escape(element.text or "") if tag in {"text", "tspan", "title", "desc"} else ""
        inside += "".join(self.element(child) + escape((child.tail or "").strip()) for child in element)
        attributes = "".join(self._attributes(element, tag))
        if tag == "g" and not inside:
            return ""
        if tag == "g" and not attributes:
            return inside
        return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"

    def _attributes(self, element: ET.Element, tag: str) -> Iterator[str]:
        classes = []
        for raw_key, value in element.attrib.items():
            key = "href" if raw_key == _XLINK else raw_key
            if key not in _KEPT or _USUAL.get(key) == value or (key == "transform" and value == "translate(0,0)"):
                continue
            if key in _COLOURS and _COLOUR.fullmatch(value):
                classes.append(self.colours.name(key, value, self.learnt.get((tag, key, value), value)))
                continue
            written = self._written(key, value)
            if written is not None:
                yield f" {key}={quoteattr(written)}"
        if classes:
            yield f' class="{" ".join(classes)}"'

    def _written(self, key: str, value: str) -> str | None:
        """Value of an attribute, with names made unique and without needless digits."""
        if key == "id":
            return f"{self.prefix}-{value}"
        if key == "href":
            return f"#{self.prefix}-{value[1:]}" if value.startswith("#") else None
        if "url(" in value:
            return _NAMED.sub(rf"url(#{self.prefix}-\1)", value) if _NAMED.fullmatch(value) else None
        return _LONG.sub(lambda number: f"{round(float(number[0]), 2):g}", value)
