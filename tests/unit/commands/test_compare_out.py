"""``lotwise compare --out`` writes what ``lotwise run`` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sim.studies.flip_facts import Flips
from tests.unit.commands.test_report import lotwise
from tests.unit.studies.crews import PLANS, example_in

if TYPE_CHECKING:
    from pathlib import Path

GIVEN = ("--plans", ",".join(PLANS), "--replications", "60", "--seed", "5")
REPORT = {"report.html", "report.json"}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a scenario; nobody looks for what would flip the choice, which takes longer than all the rest."""
    none = Flips(chosen=PLANS[0], found=(), steady=(), replications=2)
    monkeypatch.setattr("sim.report.collecting._flips", lambda *_: none)
    example_in(tmp_path)
    return tmp_path


def test_the_same_files_with_the_same_report(shop: Path) -> None:
    for command, out in (("run", "one"), ("compare", "two")):
        assert lotwise(shop, command, "scenario.yaml", *GIVEN, "--out", out).code == 0
    one, two = ({file.name: file.read_bytes() for file in (shop / out).iterdir()} for out in ("one", "two"))
    assert one.keys() == two.keys()
    assert one.keys() >= REPORT
    assert {name for name in one if one[name] != two[name]} <= {"manifest.json", "scenario.resolved.yaml"}


def test_without_the_report(shop: Path) -> None:
    assert lotwise(shop, "compare", "scenario.yaml", *GIVEN, "--out", "three", "--no-report").code == 0
    names = {file.name for file in (shop / "three").iterdir()}
    assert "summary.csv" in names
    assert not names & REPORT


def test_nothing_is_left_out_of_nothing(shop: Path) -> None:
    before = sorted(shop.iterdir())
    done = lotwise(shop, "compare", "scenario.yaml", *GIVEN, "--no-report")
    assert (done.code, done.out) == (2, "")
    assert "name a folder with --out" in done.err
    assert lotwise(shop, "compare", "scenario.yaml", *GIVEN, "--quiet").code == 0
    assert sorted(shop.iterdir()) == before
