"""Files of charts: valid, the same every time, whole or not at all; and their lettering."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from sim.report import charts
from sim.report.files import png_bytes, svg_text, write_chart
from sim.report.lettering import number_labels, number_text, wrapped, wrapped_apart
from sim.report.theme import DARK, LIGHT, text_on
from tests.unit.report.test_curves import AREAS, CURVE, FRONTIER, LOSSES, ROOTS, TITLES
from tests.unit.report.test_maps import COLUMNS, grid
from tests.unit.report.test_maps import TITLES as MAP_TITLES
from tests.unit.report.test_rows import BARS, FRONT, INDICES, SWINGS

if TYPE_CHECKING:
    from pathlib import Path

    from sim.report.sheet import Drawing

CHARTS = {
    "heat_map": lambda: charts.heat_map(grid(), **COLUMNS, **MAP_TITLES),
    "best_scatter": lambda: charts.best_scatter(grid(), **COLUMNS, **MAP_TITLES),
    "loss_curves": lambda: charts.loss_curves(LOSSES, x="share", **TITLES),
    "difference_curve": lambda: charts.difference_curve(CURVE, roots=ROOTS, **TITLES),
    "frontier": lambda: charts.frontier(FRONTIER, **AREAS),
    "tornado": lambda: charts.tornado(SWINGS, title="T", unit="USD"),
    "indices": lambda: charts.indices(INDICES, title="T"),
    "bars": lambda: charts.bars(BARS, title='A "title" with <signs> & more', unit="USD"),
    "front": lambda: charts.front(FRONT, title="T", unit="USD"),
    "nothing": lambda: charts.bars(BARS.head(0), title="T", unit="USD"),
}


def bars() -> Drawing:
    """A chart."""
    return charts.bars(BARS, title="Costs", unit="USD")


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_drawn_without_a_warning_and_the_same_every_time(
    name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    first, second = CHARTS[name](), CHARTS[name]()
    first.to_dict(validate=True)
    assert svg_text(first) == svg_text(first) == svg_text(second)
    assert png_bytes(first) == png_bytes(second)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_describes_itself_and_has_no_menu(name: str) -> None:
    chart = CHARTS[name]()
    root = ET.fromstring(svg_text(chart))  # noqa: S314 - written by this very program
    assert root.get("role") == "img"
    assert root.get("aria-label") == chart.description
    assert chart.to_dict()["usermeta"] == {"embedOptions": {"actions": False}}
    assert "http" not in svg_text(chart).replace("http://www.w3.org/", "")


def test_both_files_are_written(tmp_path: Path) -> None:
    svg, png = write_chart(bars(), tmp_path, "costs")
    assert svg.read_text(encoding="utf-8").startswith("<svg ")
    assert png.read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["costs.png", "costs.svg"]


def test_a_png_has_two_pixels_for_each_of_the_chart() -> None:
    width, height = (int.from_bytes(png_bytes(bars())[start : start + 4], "big") for start in (16, 20))
    root = ET.fromstring(svg_text(bars()))  # noqa: S314 - written by this very program
    assert (width, height) == (2 * int(root.attrib["width"]), 2 * int(root.attrib["height"]))


def test_numbers_are_written_for_readers() -> None:
    assert [number_text(value) for value in (1234567.0, -0.05, 12, "few", True)] == [
        "1,234,567",
        "\N{MINUS SIGN}0.05",
        "12",
        "few",
        "True",
    ]
    assert number_labels([0.1, 0.30000000000000004, 0.2]) == ["0.1", "0.3", "0.2"]
    assert number_labels([2000.0, 2500.0]) == ["2,000", "2,500"]


def test_long_names_are_broken_where_their_parts_end() -> None:
    assert wrapped("suppliers.hangzhou.major_defect_share", 32) == ["suppliers.hangzhou.", "major_defect_share"]
    assert wrapped("short", 32) == ["short"]
    long = wrapped("suppliers.a_long_name_of_a_supplier.production.days_per_thousand_units", 24)
    assert len(long) == 2
    assert long[0].startswith("\N{HORIZONTAL ELLIPSIS}")
    assert long[1].endswith("thousand_units")
    one, two = wrapped_apart(["first.supplier.of.many.in.town", "second.supplier.of.many.in.town"], 12)
    assert one != two


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_stands_out_on_every_colour(theme: object) -> None:
    assert text_on("#ffffff") == "#111111"
    assert text_on("#0b3c6d") == "#ffffff"
    assert len(set(getattr(theme, "series"))) == 7  # noqa: B009 - the theme is a parameter


def test_frames_are_left_as_they_are() -> None:
    before = LOSSES.copy()
    charts.loss_curves(LOSSES, x="share", **TITLES)
    pd.testing.assert_frame_equal(LOSSES, before)
