"""Charts as files: SVG for paper and page, PNG at twice the size of the screen. The same chart gives the same bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import quoteattr

from sim.results.whole import written_whole

if TYPE_CHECKING:
    from pathlib import Path

    from sim.report.sheet import Drawing

PNG_SCALE: Final = 2.0
_COUNTED: Final = re.compile(r'(id="|url\(#)(gradient_|clip)(\d+)')


def specification(chart: Drawing) -> dict[str, Any]:
    """The chart in Vega-Lite, with its data inside."""
    # Altair has checked every part when it was made; checking the whole again takes longer than drawing it.
    found: dict[str, Any] = chart.to_dict(validate=False)
    return found


def svg_text(chart: Drawing) -> str:
    """The chart as SVG, named for readers who hear it by its description."""
    import vl_convert

    spec = specification(chart)
    drawn: str = vl_convert.vegalite_to_svg(spec, show_warnings=True)
    return _renumbered(drawn).replace("<svg ", f'<svg role="img" aria-label={quoteattr(spec["description"])} ', 1)


def _renumbered(svg: str) -> str:
    """The same drawing with its gradients and clips numbered from 0: the renderer counts on from chart to chart."""
    numbers: dict[str, int] = {}

    def renamed(found: re.Match[str]) -> str:
        return f"{found[1]}{found[2]}{numbers.setdefault(found[2] + found[3], len(numbers))}"

    return _COUNTED.sub(renamed, svg)


def png_bytes(chart: Drawing, *, scale: float = PNG_SCALE) -> bytes:
    """The chart as PNG, `scale` pixels for every pixel of the chart."""
    import vl_convert

    drawn: bytes = vl_convert.vegalite_to_png(specification(chart), scale=scale)
    return drawn


def write_chart(chart: Drawing, folder: Path, name: str) -> tuple[Path, Path]:
    """Write a chart as ``<name>.svg`` and ``<name>.png`` and give the two paths.

    Parameters
    ----------
    chart
        What to write.
    folder
        Where to; it must exist.
    name
        Name of the files without their endings.
    """
    svg, png = folder / f"{name}.svg", folder / f"{name}.png"
    written_whole(svg, svg_text(chart))
    written_whole(png, png_bytes(chart))
    return svg, png
