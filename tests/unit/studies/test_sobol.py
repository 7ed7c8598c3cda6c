"""Sobol indices: known functions, SciPy's estimates of the same points, and what SALib must not be given."""

from __future__ import annotations

from math import pi, prod, sin
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import sobol_indices

from sim.errors import InputError
from sim.studies.explanations import power_of_two
from sim.studies.sensitivity_designs import sobol_design
from sim.studies.variance import resamples_of, sobol, sobol_shares
from tests.unit.studies.known_formulas import A_OR_B, A, Formulas, numbered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.studies.explanations import Explanation

SCALE = 1_000.0  # so that cents round nothing away
G_COEFFICIENTS = (0.0, 1.0, 4.5, 9.0, 99.0)


def ishigami(x: Mapping[str, float]) -> float:
    return SCALE * (sin(x["x1"]) + 7 * sin(x["x2"]) ** 2 + 0.1 * x["x3"] ** 4 * sin(x["x1"]))


def sobol_g(x: Mapping[str, float]) -> float:
    factors = [(abs(4 * x[f"x{i}"] - 2) + a) / (1 + a) for i, a in enumerate(G_COEFFICIENTS, 1)]
    return SCALE * prod(factors)


def g_indices() -> tuple[list[float], list[float]]:
    """First-order and total indices of Sobol's G function (Saltelli et al. 2008, *The primer*, section 4.4)."""
    parts = [1 / (3 * (1 + a) ** 2) for a in G_COEFFICIENTS]
    variance = prod(1 + part for part in parts) - 1
    others = [prod(1 + part for at, part in enumerate(parts) if at != one) for one in range(len(parts))]
    first = [part / variance for part in parts]
    return first, [part * other / variance for part, other in zip(parts, others, strict=True)]


def holds(found: Explanation, name: str, known: list[float], *, within: float) -> None:
    for number, share in enumerate(known, 1):
        one = found.of(f"x{number}", name)
        assert one.value == pytest.approx(share, abs=within), (name, number)
        assert one.low - 0.005 <= share <= one.high + 0.005, (name, number)


def test_ishigami() -> None:
    found = sobol(Formulas({"a": ishigami}), numbered(3, -pi, pi), A, 2048, 1)
    holds(found, "S1", [0.3139, 0.4424, 0.0], within=0.03)
    holds(found, "ST", [0.5576, 0.4424, 0.2437], within=0.03)
    assert [one.input for one in found.ranking] == ["x1", "x2", "x3"]
    assert found.deciding == ("x1", "x2", "x3")
    assert found.negligible == ()


def test_sobol_g() -> None:
    first, total = g_indices()
    found = sobol(Formulas({"a": sobol_g}), numbered(5), A, 2048, 1)
    holds(found, "S1", first, within=0.03)
    holds(found, "ST", total, within=0.03)
    assert found.deciding == ("x1", "x2")
    assert found.negligible == ("x3", "x4", "x5")


def test_difference_of_two_plans_is_what_the_other_loses_more() -> None:
    study = Formulas({"a": lambda x: SCALE * (1 - x["x1"]), "b": lambda x: SCALE * x["x2"]})
    found = sobol(study, numbered(2), A_OR_B, 256, 1)
    setting = found.found.settings[0]
    assert found.found.values[0] == pytest.approx(SCALE * (setting[1] - (1 - setting[0])), abs=0.02)
    holds(found, "ST", [0.5, 0.5], within=0.05)


def test_same_indices_as_scipy_finds_in_the_same_points() -> None:
    inputs, points = 4, 1024
    shares = sobol_design(inputs, points, 3)
    values = shares[:, 0] + 2 * shares[:, 1] * shares[:, 2] + 0.3 * shares[:, 3] ** 2
    rows = values.reshape(points, inputs + 2)
    known = sobol_indices(
        func={"f_A": rows[:, :1].T, "f_B": rows[:, -1:].T, "f_AB": rows[:, 1:-1].T[:, np.newaxis, :]}, n=points
    )
    found = sobol_shares(values, inputs, 1)
    assert found["S1"][0] == pytest.approx(known.first_order, abs=2e-3)
    assert found["ST"][0] == pytest.approx(known.total_order, abs=2e-3)


def test_points_of_a_row_differ_in_one_input_from_the_first() -> None:
    study = Formulas({"a": ishigami})
    sobol(study, numbered(3, -pi, pi), A, 16, 1)
    assert len(study.asked) == 16 * 5
    first, second, *_, last = (dict(point.values) for point in study.asked[:5])
    assert second == {**first, "x1": last["x1"]}
    assert second != first
    assert all(point.plans == ("a",) for point in study.asked)


def test_same_seed_gives_the_same_figures() -> None:
    once, again, other = (sobol(Formulas({"a": ishigami}), numbered(3, -pi, pi), A, 64, seed) for seed in (1, 1, 2))
    assert once.indices == again.indices
    assert once.indices != other.indices


@pytest.mark.parametrize(("points", "hint"), [(100, "try 64 or 128"), (1000, "try 512 or 1024")])
def test_number_of_points_that_is_no_power_of_two(points: int, hint: str) -> None:
    study = Formulas({"a": ishigami})
    with pytest.raises(InputError) as raised:
        sobol(study, numbered(3), A, points, 1)
    assert "power of two" in str(raised.value)
    assert hint in str(raised.value)
    assert study.asked == []


def test_rows_with_a_point_without_result_are_left_out_whole() -> None:
    study = Formulas({"a": ishigami}, broken=lambda x: x["x3"] > 3)
    found = sobol(study, numbered(3, -pi, pi), A, 256, 1)
    rows = found.found.values.reshape(256, 5)
    whole = ~np.isnan(rows).any(axis=1)
    assert 0 < (~whole).sum() < 256
    assert found.found.failed == np.isnan(rows).sum()
    kept = sobol_shares(rows[whole].ravel(), 3, 1)
    assert [found.of(f"x{i}", "ST").value for i in (1, 2, 3)] == kept["ST"][0].tolist()
    (note,) = found.notes
    assert f"{int((~whole).sum())} of 256" in note
    assert "no such scenario" in note


def test_nothing_is_left_where_no_row_is_whole() -> None:
    with pytest.raises(InputError, match="no valid scenario"):
        sobol(Formulas({"a": ishigami}, broken=lambda _: True), numbered(3), A, 16, 1)


def test_output_that_never_varies_has_indices_of_zero() -> None:
    found = sobol(Formulas({"a": lambda _: 12.0}), numbered(2), A, 16, 1)
    assert {(one.value, one.low, one.high) for one in found.indices} == {(0.0, 0.0, 0.0)}
    assert found.deciding == ()
    assert found.negligible == ("x1", "x2")


def test_wide_interval_is_unconverged_and_tells_the_points_that_would_do() -> None:
    found = sobol(Formulas({"a": ishigami}), numbered(3, -pi, pi), A, 64, 1)
    widest = max(one.width for one in found.indices)
    assert widest > 0.1
    assert {one.converged for one in found.indices if one.width > 0.1} == {False}
    assert found.wanted == power_of_two(64 * (widest / 0.1) ** 2)
    more = sobol(Formulas({"a": lambda x: SCALE * (x["x1"] + 0.05 * x["x2"])}), numbered(2), A, 8192, 1)
    assert all(one.converged for one in more.indices)
    assert more.wanted is None


def test_bootstrap_fits_in_memory() -> None:
    assert resamples_of(16) == 1000
    assert resamples_of(2048) == 512
    assert resamples_of(1 << 20) == 100
