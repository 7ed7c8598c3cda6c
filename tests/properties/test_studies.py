"""Studies hold whatever the design and the values: every stratum is met, and sums are those of a direct run."""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.measures import paired_difference
from sim.studies.designs import Varied, design_points, unit_sample
from sim.studies.points import Point
from sim.studies.shards import Kept, shard_name
from sim.studies.study import study_in_memory
from sim.studies.units import Unit, pieces_of, units_of
from sim.studies.work import UnitRows
from tests.unit.studies.crews import DETAIL, LIMIT, PLANS, example

VALUES = st.lists(
    st.integers(-50, 50) | st.sampled_from(["x", None, True, 0.5]), min_size=1, max_size=5, unique_by=repr
)
SEEDS = st.integers(0, 2**53)


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_a_grid_has_every_combination_once(axes: list[list[object]]) -> None:
    varied = [Varied(f"path{number}", tuple(values)) for number, values in enumerate(axes)]  # type: ignore[arg-type]
    points = design_points(varied, "grid", 1, seed=1)
    assert len(points) == prod(len(values) for values in axes)
    assert [repr([value for _, value in point.values]) for point in points] == [
        repr(list(values)) for values in product(*axes)
    ]


@given(st.integers(1, 4), st.integers(1, 60), SEEDS)
def test_a_latin_hypercube_meets_every_stratum_once(dimensions: int, points: int, seed: int) -> None:
    sample = unit_sample(dimensions, points, "latin", seed)
    for column in sample.T:
        assert sorted(np.floor(column * points).astype(int).tolist()) == list(range(points))


@given(st.integers(1, 4), st.integers(1, 60), st.integers(1, 60), SEEDS)
def test_a_sobol_sequence_begins_as_the_longer_one(dimensions: int, some: int, more: int, seed: int) -> None:
    short, long = (
        unit_sample(dimensions, min(some, more), "sobol", seed),
        unit_sample(dimensions, max(some, more), "sobol", seed),
    )
    assert (short == long[: len(short)]).all()


@given(st.integers(1, 3), st.integers(0, 5), SEEDS)
def test_a_sobol_sequence_fills_halves_evenly(dimensions: int, power: int, seed: int) -> None:
    sample = unit_sample(dimensions, 2**power, "sobol", seed)
    for column in sample.T:
        assert sorted(np.floor(column * 2**power).astype(int).tolist()) == list(range(2**power))


@given(st.lists(st.integers(1, 900_000), min_size=1, max_size=12), st.integers(1, 4))
def test_pieces_cut_nothing_off(replications: list[int], plans: int) -> None:
    names = tuple(f"plan{number}" for number in range(plans))
    units = [
        unit for number, count in enumerate(replications) for unit in units_of([Point((("x", number),), names)], count)
    ]
    pieces = list(pieces_of(units))
    assert [unit for piece in pieces for unit in piece] == units
    assert all(pieces)
    for number, count in enumerate(replications):
        ranges = [range(unit.begin, unit.end) for unit in units if unit.point.values == (("x", number),)]
        assert [place for span in ranges for place in (span.start, span.stop)][1:-1:2] == [
            span.start for span in ranges[1:]
        ]
        assert (ranges[0].start, ranges[-1].stop) == (0, count)


@given(st.lists(st.text("0123456789abcdef", min_size=32, max_size=32), min_size=1, max_size=5, unique=True))
def test_a_shard_is_named_by_its_units_in_their_order(keys: list[str]) -> None:
    kept = [Kept(key, "place", UnitRows(())) for key in keys]
    assert shard_name([unit.key for unit in kept]) == shard_name(keys)
    if len(keys) > 1:
        assert shard_name(keys) != shard_name(keys[::-1])


@settings(max_examples=5)
@given(st.floats(0, 1), st.none() | st.integers(1_000, 40_000), st.integers(2, 400), st.integers(0, 2**31))
def test_a_finding_is_what_a_run_finds(detail: float, limit: int | None, replications: int, seed: int) -> None:
    point = Point(((DETAIL, detail), (LIMIT, limit)))
    with study_in_memory(example(), PLANS, replications, seed, columns=("recovered", "loss.refunds")) as study:
        (finding,) = study.findings([point])
    text = "null" if limit is None else str(limit)
    run = sim.run(
        example().with_overrides([f"{DETAIL}={detail!r}", f"{LIMIT}={text}"]),
        plans=PLANS, replications=replications, seed=seed,
    )  # fmt: skip
    for plan in PLANS:
        measures = {measure.name: measure.estimate for measure in run.measures(plan)}
        assert finding.mean(plan) == measures["expected_loss"]
        assert finding.mean(plan, "loss.refunds") == measures["loss.refunds"]
        assert finding.mean(plan, "recovered") == measures["recovery.recovered"]
        assert finding.late_probability(plan) == measures["late_probability"]
        assert finding.claim_probability(plan) == measures["claim_probability"]
        tail, direct = finding.tail(plan), measures["loss_cvar_95"]
        assert tail.value == direct.value
        assert tail == pytest.approx(direct, nan_ok=True)
    ours, theirs = (run.tallies[plan].losses for plan in PLANS)
    assert finding.difference(*PLANS) == paired_difference(ours, theirs, 0.95).difference
    assert finding.difference(*PLANS[::-1]).value == -finding.difference(*PLANS).value


@settings(max_examples=5)
@given(st.lists(st.integers(1, 120), min_size=1, max_size=4))
def test_findings_of_ranges_add_up(cuts: list[int]) -> None:
    """However a range of replications is cut, the exact sums of its parts are those of the whole."""
    from sim.studies.study import effort_wanted, task_of
    from sim.studies.work import Worker

    ends = np.cumsum(cuts).tolist()
    worker = Worker(task_of(example(), effort_wanted(example(), PLANS)))
    point = Point((), PLANS)
    parts = worker.work([Unit(point, end - cut, end) for cut, end in zip(cuts, ends, strict=True)]).units
    (whole,) = worker.work([Unit(point, 0, ends[-1])]).units
    for number, row in enumerate(whole.rows):
        rows = [part.rows[number] for part in parts]
        assert row.totals == tuple(map(sum, zip(*(part.totals for part in rows), strict=True)))
        assert row.squares == tuple(map(sum, zip(*(part.squares for part in rows), strict=True)))
        assert row.apart == tuple(map(sum, zip(*(part.apart for part in rows), strict=True)))
        assert row.late == sum(part.late for part in rows)
