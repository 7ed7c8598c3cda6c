"""How much of the variance between points is simulation noise: known luck, shared and turned round."""

from __future__ import annotations

import pytest

from sim.studies.noise import noise_in
from sim.studies.outputs import responses_in
from sim.studies.sensitivity_designs import latin_design
from tests.unit.studies.known_formulas import A_OR_B, A, Formulas, numbered

ONE = numbered(1)
SHARES = latin_design(1, 64, 1)


def test_luck_that_all_points_share_is_no_noise() -> None:
    study = Formulas({"a": lambda x: 100 * x["x1"]}, {"a": lambda _: (-9_000, 9_000, 0, 0)})
    found = noise_in(study, responses_in(study, ONE, SHARES, A))
    assert found.share == 0
    assert not found.is_heavy
    assert found.enough == 100  # four replications, told in hundreds
    assert found.said == "At most 0.0 % of what varies between the points is simulation noise."


def test_luck_that_grows_with_the_input() -> None:
    # The replications lose 100 x plus and minus 20 x: an error of 20 (x - x') / sqrt(3) between two points, 4 of them.
    study = Formulas({"a": lambda x: 100 * x["x1"]}, {"a": lambda x: [round(2_000 * sign * x["x1"]) for sign in SIGNS]})
    found = noise_in(study, responses_in(study, ONE, SHARES, A))
    # Half of the mean square of 20 (x - x') / sqrt(3), against the variance of 100 x: about (20 / 100) ** 2 / 3, more
    # or less by where the first point lies.
    assert 0.5 < found.share / (0.2**2 / 3) < 3


SIGNS = (-1, -1, 1, 1)


def test_luck_that_turns_round_is_bounded_by_the_standard_errors_of_both_points() -> None:
    def luck(x: object) -> tuple[int, ...]:
        assert isinstance(x, dict)
        sign = 1 if x["x1"] > 0.5 else -1
        return (300 * sign, -300 * sign, 0)

    study = Formulas({"a": lambda _: 0.0, "b": lambda x: x["x1"]}, {"a": luck, "b": lambda _: (0, 0, 0)})
    found = noise_in(study, responses_in(study, ONE, SHARES, A_OR_B))
    # Between points on the two sides the error is 6 / sqrt(3); on the same side there is none; half of each kind.
    assert found.share == pytest.approx(0.5 * (6 / 3**0.5) ** 2 / 2 / (1 / 12), rel=0.05)
    assert found.is_heavy
    assert found.enough == pytest.approx(3 * found.share / 0.05, abs=100)
    assert f"--replications {found.enough}" in found.said


def test_nothing_varies() -> None:
    study = Formulas({"a": lambda _: 1.0})
    assert noise_in(study, responses_in(study, ONE, SHARES, A)).share == 0


def test_points_without_result_do_not_count() -> None:
    study = Formulas({"a": lambda x: x["x1"]}, broken=lambda x: x["x1"] < 0.5)
    assert noise_in(study, responses_in(study, ONE, SHARES, A)).share == 0
