"""Units of work: their names change with all that decides what they find, and with nothing else."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from sim.studies import units as work_units
from sim.studies.points import Point
from sim.studies.units import (
    MOST_REPLICATIONS,
    Unit,
    deciding_sources,
    ingredients_of,
    pieces_of,
    place,
    program_digest,
    units_of,
)
from tests.unit.studies.crews import DETAIL, LIMIT, PLANS, counting_study, example, example_with

if TYPE_CHECKING:
    from pathlib import Path

    from sim.scenario import Scenario
    from sim.studies.units import Ingredients

COLUMNS = ("recovered",)
HERE = Point(((DETAIL, 0.5), (LIMIT, 10_000)), PLANS)
BASE = Point((), PLANS)
UNIT = Unit(HERE, 0, 2_000, BASE)


def ingredients(scenario: Scenario | None = None) -> Ingredients:
    """Of a study of a scenario, or of the example."""
    return ingredients_of(example() if scenario is None else scenario, 1, COLUMNS)


@pytest.mark.parametrize(
    "other",
    [
        UNIT._replace(point=HERE._replace(values=((DETAIL, 0.25), (LIMIT, 10_000)))),
        UNIT._replace(point=HERE._replace(values=((DETAIL, 0.5),))),
        UNIT._replace(point=HERE._replace(values=((LIMIT, 10_000), (DETAIL, 0.5)))),
        UNIT._replace(point=HERE._replace(values=((DETAIL, "0.5"), (LIMIT, 10_000)))),
        UNIT._replace(point=HERE._replace(plans=PLANS[:1])),
        UNIT._replace(point=HERE._replace(plans=PLANS[::-1])),
        UNIT._replace(begin=1_000),
        UNIT._replace(end=3_000),
        UNIT._replace(base=None),
        UNIT._replace(base=HERE),
    ],
)
def test_a_name_changes_with_the_unit(other: Unit) -> None:
    assert ingredients().key(other) != ingredients().key(UNIT)
    assert place(other) != place(UNIT)


@pytest.mark.parametrize(
    "changes",
    [
        {"program": "another"},
        {"setting": "another"},
        {"seed": 2},
        {"columns": ("recovered", "ground_up")},
        {"columns": ()},
        {"plans": {**ingredients().plans, PLANS[1]: "another"}},
    ],
    ids=["program", "setting", "seed", "another column", "no column", "plan"],
)
def test_a_name_changes_with_each_ingredient(changes: dict[str, object]) -> None:
    other = replace(ingredients(), **changes)  # type: ignore[arg-type]
    assert other.key(UNIT) != ingredients().key(UNIT)


def test_a_name_is_the_same_everywhere() -> None:
    plain = replace(ingredients(), program="p", setting="s", plans=dict.fromkeys(PLANS, "d"))
    assert plain.key(UNIT) == "92a099f637b5209e82126126a8dfebf5"  # what is kept today is found tomorrow


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("need:                ", "need: # what is needed\n               "),
        ("name: first-order  ", "name: second-order "),
        ("title: First order with a new supplier", "title: Another title for the same order"),
        ("  replications: 20000 ", "  replications: 77 "),
        ("  engine: auto  ", "  engine: reference "),
        ("{dist: uniform, low: 5000, high: 20000}", "{dist: uniform, low: 1, high: 2}"),
        ("  hourly_cost: 25.00", "  hourly_cost: {value: 25.0, source: the payroll}"),
        (
            "    orders: [{id: a, supplier: shenzhen, quantity: 3000, inspections: [psi]}]",
            "    orders: [{id: a, supplier: ningbo, quantity: 600}]",
        ),
        ("  split_into: [1, 2, 3]", "  split_into: [1, 4]"),
    ],
)
def test_what_decides_nothing_changes_no_name(tmp_path: Path, old: str, new: str) -> None:
    other = example_with(tmp_path, {old: new})
    assert ingredients(other).key(UNIT) == ingredients().key(UNIT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  hourly_cost: 25.00", "  hourly_cost: 25.01"),
        ("start: 2026-03-02 ", "start: 2026-03-03 "),
        ("protection: alibaba-trade-assurance-2023 ", "protection: alibaba-trade-assurance-faq "),
        (
            "    orders: [{id: a, supplier: shenzhen, quantity: 3000}]",
            "    orders: [{id: a, supplier: shenzhen, quantity: 3001}]",
        ),
        ("into: 2, next: {when: received, delay_days: 0}", "into: 2, next: {when: received, delay_days: 1}"),
    ],
)
def test_what_decides_changes_every_name(tmp_path: Path, old: str, new: str) -> None:
    other = example_with(tmp_path, {old: new})
    assert ingredients(other).key(UNIT) != ingredients().key(UNIT)


def test_a_set_value_is_as_good_as_one_in_the_file(tmp_path: Path) -> None:
    written = example_with(tmp_path, {"  hourly_cost: 25.00": "  hourly_cost: 31"})
    assert ingredients(example().with_overrides(["buyer.hourly_cost=31"])).key(UNIT) == ingredients(written).key(UNIT)


def test_the_content_of_a_data_file_counts_and_its_date_does_not(tmp_path: Path) -> None:
    data = tmp_path / "deliveries.csv"
    data.write_text("days_late\n0\n3\n9\n", encoding="utf-8")
    line = "    production_days: {dist: pert, low: 22, mode: 30, high: 70, working: true}"
    changed = {line: "    delay_days: {dist: empirical, file: deliveries.csv, column: days_late}"}
    before = ingredients(example_with(tmp_path, changed)).key(UNIT)
    data.write_text(data.read_text(encoding="utf-8"), encoding="utf-8")
    assert ingredients(example_with(tmp_path, changed)).key(UNIT) == before
    data.write_text("days_late\n0\n3\n10\n", encoding="utf-8")
    assert ingredients(example_with(tmp_path, changed)).key(UNIT) != before


@pytest.mark.parametrize("package", ["numpy", "scipy", "holidays", "numba", "pydantic"])
def test_the_program_is_another_with_another_library(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    before = program_digest.__wrapped__()
    monkeypatch.setattr(work_units, "version", lambda name: "0" if name == package else version(name))
    assert program_digest.__wrapped__() != before == program_digest()


def test_only_what_is_new_is_simulated() -> None:
    study, crew = counting_study(example())
    points = [Point(((DETAIL, share),)) for share in (0, 0.5, 1)]
    first = study.findings(points)
    assert [unit.point.values for unit in crew.units] == [point.values for point in points]
    crew.units.clear()
    more = [Point(((DETAIL, share),)) for share in (1, 0.75, 0.5, 0.25, 0)]
    second = study.findings(more)
    assert [unit.point.values for unit in crew.units] == [more[1].values, more[3].values]
    assert [second[4], second[2], second[0]] == first
    crew.units.clear()
    study.with_replications(80).findings(points[:1])
    assert [(unit.begin, unit.end) for unit in crew.units] == [(0, 80)]


@pytest.mark.parametrize(
    ("replications", "ranges"),
    [
        (1, [(0, 1)]),
        (MOST_REPLICATIONS, [(0, 200_000)]),
        (450_000, [(0, 200_000), (200_000, 400_000), (400_000, 450_000)]),
    ],
)
def test_a_point_with_many_replications_is_cut(replications: int, ranges: list[tuple[int, int]]) -> None:
    cut = list(units_of([HERE, BASE], replications))
    assert cut == [Unit(point, *ends) for point in (HERE, BASE) for ends in ranges]
    assert sum(unit.replications for unit in cut) == 2 * 2 * replications


def test_what_is_asked_for_later_begins_where_full_units_ended() -> None:
    few, many = list(units_of([HERE], 450_000)), list(units_of([HERE], 1_000_000))
    assert few[:2] == many[:2]


def test_pieces_hold_neighbours_for_about_a_second() -> None:
    units = list(units_of([Point(((DETAIL, share),), PLANS) for share in range(500)], 20_000))
    pieces = list(pieces_of(units))
    assert [unit for piece in pieces for unit in piece] == units
    assert all(0.9 < sum(unit.seconds for unit in piece) <= 1 for piece in pieces[:-1])
    large = list(pieces_of(units_of([HERE._replace(plans=PLANS * 5)], 450_000)))
    assert [len(piece) for piece in large] == [1, 1, 1]
    assert list(pieces_of([])) == []


def test_a_base_is_simulated_as_well() -> None:
    assert UNIT.seconds == pytest.approx(2 * UNIT._replace(base=None).seconds)
    assert UNIT.replications == 4_000


def test_whatever_decides_a_finding_is_part_of_the_program() -> None:
    names = {f"{path.parent.name}/{path.name}" for path in deciding_sources()}
    assert {"measures/risk.py", "measures/estimates.py", "studies/work.py", "studies/variants.py"} <= names
    assert {"rules/deadlines.py", "compiled/kernel.py", "scenario/loading.py", "model/building.py"} <= names
    assert any(name.startswith("protections/") and name.endswith(".yaml") for name in names)


def test_the_content_of_a_file_that_a_point_names_is_part_of_the_key(tmp_path: Path) -> None:
    own = replace(ingredients(), base=tmp_path)
    unit = UNIT._replace(point=Point((("protection", "mine.yaml"),), PLANS))
    (tmp_path / "mine.yaml").write_text("one", encoding="utf-8")
    before = own.key(unit)
    (tmp_path / "mine.yaml").write_text("two", encoding="utf-8")
    assert own.key(unit) != before


def test_a_short_rest_goes_with_the_unit_before_it() -> None:
    ranges = [(unit.begin, unit.end) for unit in units_of([HERE], 2 * MOST_REPLICATIONS + 10)]
    assert ranges == [(0, MOST_REPLICATIONS), (MOST_REPLICATIONS, 2 * MOST_REPLICATIONS + 10)]
    assert [(unit.begin, unit.end) for unit in units_of([HERE], MOST_REPLICATIONS + 10)] == [
        (0, MOST_REPLICATIONS + 10)
    ]
