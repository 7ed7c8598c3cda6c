"""Studies: what is found does not depend on who works, in which pieces, or how often the work was broken off."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sim.errors import InputError
from sim.studies import crew as crews
from sim.studies import study as studies
from sim.studies import units as work_units
from sim.studies.crew import Processes
from sim.studies.folder import StudyFolder
from sim.studies.points import Point
from sim.studies.study import (
    DEFAULT_REPLICATIONS,
    Study,
    WorkAheadError,
    crew_of,
    effort_wanted,
    study_in_memory,
    task_of,
)
from sim.studies.units import Unit
from tests.unit.studies.crews import DETAIL, PLANS, counting_study, example
from tests.unit.studies.test_crew import Deadly

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sim.studies.crew import Piece
    from sim.studies.findings import Finding

POINTS = [Point(((DETAIL, share / 8),)) for share in range(9)]


class Interrupted(BaseException):
    """Somebody ends a study."""


def cut_into(number: int) -> object:
    """Pieces of so many units."""

    def pieces_of(units: Iterable[Unit]) -> Iterator[Piece]:
        left = list(units)
        for start in range(0, len(left), number):
            yield tuple(left[start : start + number])

    return pieces_of


def found(replications: int = 60) -> list[Finding]:
    """What a study finds that nothing disturbs."""
    return counting_study(example(), replications=replications)[0].findings(POINTS)


@pytest.mark.parametrize("number", [1, 2, 4, 100])
def test_the_size_of_the_pieces_changes_nothing(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    expected = found()
    monkeypatch.setattr(studies, "pieces_of", cut_into(number))
    assert found() == expected


def test_units_of_a_point_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = found(90)
    monkeypatch.setattr(work_units, "MOST_REPLICATIONS", 40)
    study, crew = counting_study(example(), replications=90)
    parts = study.findings(POINTS)
    assert [(unit.begin, unit.end) for unit in crew.units[:3]] == [(0, 40), (40, 80), (80, 90)]
    for one, other in zip(whole, parts, strict=True):
        assert one.squares == other.squares
        for plan in PLANS:
            assert one.plans[plan].sums == other.plans[plan].sums
            assert one.plans[plan].late == other.plans[plan].late
            assert one.plans[plan].with_claim == other.plans[plan].with_claim


def test_the_tail_of_several_units_is_their_mean_weighted_by_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_units, "MOST_REPLICATIONS", 60)
    study, _ = counting_study(example(), replications=90)
    (both,) = study.findings(POINTS[:1])
    (first,) = study.with_replications(60).findings(POINTS[:1])
    whole = both.plans[PLANS[0]]
    units = [study._store.rows(study.ingredients.key(Unit(both.point, *ends))) for ends in ((0, 60), (60, 90))]  # noqa: SLF001 - what it is the mean of
    parts = [unit.rows[0] for unit in units if unit is not None]
    assert parts[0].tail == first.plans[PLANS[0]].tail
    assert whole.tail == pytest.approx((60 * parts[0].tail + 30 * parts[1].tail) / 90)


def test_a_study_goes_on_where_it_was_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studies, "pieces_of", cut_into(1))
    expected = found()
    simulated: list[Unit] = []
    for _ in range(3):  # each time two points more, and then somebody ends it
        with StudyFolder(tmp_path / "study", "sweep") as folder:
            study, crew = counting_study(example(), folder, replications=60)
            taken: list[int] = []

            def progress(done: int, _: int, taken: list[int] = taken) -> None:
                taken.append(done)
                if len(taken) == 2:
                    raise Interrupted

            study.progress = progress
            with pytest.raises(Interrupted):
                study.findings(POINTS)
            simulated += crew.units[:2]
    with StudyFolder(tmp_path / "study", "sweep") as folder:
        study, crew = counting_study(example(), folder, replications=60)
        assert study.findings(POINTS) == expected
        assert len(study.ledger.kept) == 6
        assert [*simulated, *crew.units] == [
            Unit(point._replace(plans=PLANS), 0, 60) for point in POINTS
        ]  # every unit once


def test_what_is_asked_for_again_is_not_simulated_again() -> None:
    study, crew = counting_study(example())
    first = study.findings([*POINTS, *POINTS[::-1]])
    assert len(crew.units) == len(POINTS)
    assert first[: len(POINTS)] == first[: len(POINTS) - 1 : -1]
    assert study.findings(POINTS) == first[: len(POINTS)]
    assert len(crew.units) == len(POINTS)
    assert study.ledger.done == study.ledger.wanted == len(POINTS) * 40 * len(PLANS)


def test_a_point_that_makes_no_scenario_leaves_the_others_alone() -> None:
    wrong = Point(((DETAIL, 7),))
    study, _ = counting_study(example())
    one, bad, two = study.findings([POINTS[0], wrong, POINTS[1]])
    assert bad.error is not None
    assert bad.error.startswith(DETAIL)
    assert (bad.plans, bad.n) == ({}, 0)
    assert [one, two] == counting_study(example())[0].findings(POINTS[:2])
    assert study.ledger.failures == {}  # it is the point that is wrong, and stays so


def test_a_piece_that_fails_is_tried_again_the_next_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = found()

    def troubled(units: Iterable[Unit]) -> Iterator[Piece]:
        for number, unit in enumerate(units):
            yield (unit._replace(end=10**14) if number == 4 else unit,)

    with StudyFolder(tmp_path / "study", "sweep") as folder:
        study, _ = counting_study(example(), folder, replications=60)
        with monkeypatch.context() as patched:
            patched.setattr(studies, "pieces_of", troubled)
            key = study.ingredients.key
            patched.setattr(
                type(study.ingredients),
                "key",
                lambda _, unit: key(unit._replace(end=60) if unit.end == 10**14 else unit),
            )
            patched.setattr(studies, "place", lambda unit: work_units.place(unit._replace(end=min(unit.end, 60))))
            findings = study.findings(POINTS)
            assert findings[4].error is not None
            assert findings[4].error.startswith("MemoryError")
            assert study.findings(POINTS[4:5])[0].error == findings[4].error  # once in a run is enough
    assert [*findings[:4], *findings[5:]] == [*expected[:4], *expected[5:]]
    with StudyFolder(tmp_path / "study", "sweep") as folder:
        study, crew = counting_study(example(), folder, replications=60)
        again = Unit(POINTS[4]._replace(plans=PLANS), 0, 60)
        assert study.why_again(again).startswith("it failed: MemoryError")
        assert study.findings(POINTS) == expected
        assert crew.units == [again]


@pytest.mark.slow
def test_a_process_that_dies_costs_its_own_point_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = found()
    monkeypatch.setattr(crews, "_SECONDS_WORTH_PROCESSES", 0.0)

    def troubled(units: Iterable[Unit]) -> Iterator[Piece]:
        for number, unit in enumerate(units):
            yield (Deadly(*unit) if number == 3 else unit,)

    effort = effort_wanted(example(), PLANS, 60)
    with (
        StudyFolder(tmp_path / "study", "sweep") as folder,
        Processes(task_of(example(), effort), 2) as crew,
    ):
        study = Study(example(), effort, folder, crew)
        with monkeypatch.context() as patched:
            patched.setattr(studies, "pieces_of", troubled)
            findings = study.findings(POINTS)
    assert findings[3].error == (
        "ProcessDiedError: the process that simulated it died twice, perhaps for want of memory"
    )
    assert [*findings[:3], *findings[4:]] == [*expected[:3], *expected[4:]]
    with StudyFolder(tmp_path / "study", "sweep") as folder:
        study, counted = counting_study(example(), folder, replications=60)
        assert study.why_again(Unit(POINTS[3]._replace(plans=PLANS), 0, 60)).startswith("it failed: ProcessDied")
        assert study.findings(POINTS) == expected
        assert len(counted.units) == 1


@pytest.mark.slow
def test_the_number_of_workers_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crews, "_SECONDS_WORTH_PROCESSES", 0.0)
    monkeypatch.setattr(studies, "pieces_of", cut_into(1))
    with study_in_memory(example(), PLANS, 60, workers=2) as study:
        assert study.findings(POINTS) == found()


def test_a_dry_study_says_what_it_would_do() -> None:
    study, _ = counting_study(example())
    study.findings(POINTS[:2])
    dry = Study(example(), study.effort, study._store, None, dry=True)  # noqa: SLF001
    assert dry.findings(POINTS[:2]) == study.findings(POINTS[:2])
    with pytest.raises(WorkAheadError) as ahead:
        dry.findings(POINTS)
    assert ahead.value.kept == 2
    assert [unit.point.values for piece in ahead.value.pieces for unit in piece] == [p.values for p in POINTS[2:]]


def test_changes_are_those_against_the_base() -> None:
    study, crew = counting_study(example(), replications=60)
    (change,) = study.changes(Point(), POINTS[:1])
    assert change.base == study.findings([Point()])[0]
    assert change.other.plans == study.findings(POINTS[:1])[0].plans
    for plan in PLANS:
        gap = change.base.plans[plan].sums["loss"].total - change.other.plans[plan].sums["loss"].total
        assert change.sums[plan].total == gap
    assert study.changes(Point(), []) == []
    assert sum(unit.base is not None for unit in crew.units) == 1


def test_the_effort_is_the_scenarios_unless_told_otherwise() -> None:
    effort = effort_wanted(example(), PLANS)
    assert (effort.plans, effort.replications, effort.seed) == (PLANS, DEFAULT_REPLICATIONS, 1)
    assert effort_wanted(example(), replications=5, seed=9).seed == 9
    assert len(effort_wanted(example()).plans) == 17
    with pytest.raises(InputError, match="nobody"):
        effort_wanted(example(), ("nobody",))


def test_whoever_works_is_chosen_by_the_number_of_workers() -> None:
    effort = replace(effort_wanted(example(), PLANS), replications=10)
    names = [type(crew_of(example(), effort, *given)).__name__ for given in ((1,), (2,), (1, "tcp://nowhere:1"))]
    assert names == ["Alone", "Processes", "Cluster"]
