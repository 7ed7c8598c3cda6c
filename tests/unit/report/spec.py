"""Reading charts: layers by name, their rows, and what they look like as SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.report.files import specification, svg_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.report.sheet import Drawing


def layers(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every view with a mark."""
    if "mark" in spec:
        yield spec
    for inner in (*spec.get("layer", ()), *spec.get("hconcat", ())):
        yield from layers({"data": spec.get("data", {})} | inner)


def layer(chart: Drawing, name: str) -> dict[str, Any]:
    """The layer of that name."""
    return next(view for view in layers(specification(chart)) if view.get("name") == name)


def rows(chart: Drawing, name: str) -> list[dict[str, Any]]:
    """The data of a layer."""
    spec = specification(chart)
    found: list[dict[str, Any]] = spec["datasets"][layer(chart, name)["data"]["name"]]
    return found


def names(chart: Drawing) -> set[str]:
    """Names of all layers."""
    return {view["name"] for view in layers(specification(chart)) if "name" in view}


def all_rows(chart: Drawing) -> int:
    """Rows of all data together."""
    return sum(map(len, specification(chart)["datasets"].values()))


def drawn(chart: Drawing, name: str) -> int:
    """How many marks of a layer stand in the SVG."""
    svg = svg_text(chart)
    group = svg.split(f' {name}_marks"', 1)[1].split("</g>", 1)[0]
    return group.count("<path") + group.count("<text") + group.count("<line")
