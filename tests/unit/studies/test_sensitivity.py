"""The sensitivity study as a whole: what is compared, what is refused, tables, data and the verdict."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args

import pytest

from sim.errors import InputError
from sim.studies.sensitivity import Method, sensitivity_found
from sim.studies.study import study_in_memory
from tests.unit.studies.known_formulas import DETAIL, OFFER, OWN, UPHELD, Formulas, uncertain_story

if TYPE_CHECKING:
    from pathlib import Path

    from sim.scenario import Scenario


def study_of_three() -> Formulas:
    """Plan c is worst; b wins where little is written down and the mediator is kind."""
    return Formulas(
        {
            "a": lambda _: 1_000.0,
            "b": lambda x: 1_000 + 400 * (x[DETAIL] - 0.3) + 200 * (0.5 - x[UPHELD]),
            "c": lambda _: 5_000.0,
        },
        own=OWN,
    )


@pytest.fixture
def story(tmp_path: Path) -> Scenario:
    return uncertain_story(tmp_path, ("a", "b", "c"))


def test_compared_are_the_two_plans_that_lose_least(story: Scenario) -> None:
    answer = sensitivity_found(study_of_three(), story, "sobol", points=256)
    assert (answer.output.plan, answer.output.other) == ("a", "b")
    start = "Compared are the two plans that lose least with the scenario's own values: "
    assert answer.subject == f"{start}a (1,000) and b (1,080)."
    # Variances of 400 x and 200 x: 16 to 4.
    assert answer.decision.startswith(f"What decides between a and b is {DETAIL} (80 % of the variance, ")
    assert answer.explanation.said[UPHELD].startswith("20 % of the variance, ")
    assert answer.met
    assert answer.failed == 0


def test_plans_that_are_named(story: Scenario) -> None:
    study = study_of_three()
    answer = sensitivity_found(study, story, "sobol", plans=("c", "a"), points=16)
    assert (answer.output.plan, answer.output.other) == ("c", "a")
    assert (
        answer.subject == "Compared are c (5,000) and a (1,000); the losses are those with the scenario's own values."
    )
    assert answer.decision == "None of the inputs makes a difference to how much less c loses than a."
    assert answer.verdict.endswith("a wins at all 32 points.")
    # The whole design comes first, so that a dry run tells what it costs.
    assert len(study.asked) == 16 * 4 + 1


def test_loss_of_one_plan(story: Scenario) -> None:
    answer = sensitivity_found(study_of_three(), story, "morris", plan="b", points=16)
    assert answer.output.other is None
    assert answer.discovery is None
    assert answer.subject == "Explained is the expected loss of b: 1,080 with the scenario's own values."
    assert answer.verdict == (
        f"What decides how much b loses is {DETAIL} (USD 200 on average as it moves by half of what is believed of it, "
        f"200 to 200) and {UPHELD} (USD 100 on average as it moves by half of what is believed of it, 100 to 100)."
    )
    assert "flips" in answer.data()
    assert answer.data()["flips"] is None


def test_only_plan_of_a_scenario(tmp_path: Path) -> None:
    answer = sensitivity_found(study_of_three(), uncertain_story(tmp_path, ("b",)), "tornado")
    assert answer.output.plans == ("b",)


def test_only_the_inputs_that_are_named(story: Scenario) -> None:
    answer = sensitivity_found(study_of_three(), story, "pawn", inputs=(UPHELD,), points=400)
    assert [one.input for one in answer.explanation.indices] == [UPHELD]
    assert answer.verdict.startswith(f"What decides between a and b is {UPHELD} (PAWN index 0.7")


@pytest.mark.parametrize("method", ["sobol", "pawn"])
def test_where_the_answer_flips(story: Scenario, method: Method) -> None:
    answer = sensitivity_found(study_of_three(), story, method, points=512)
    assert answer.discovery is not None
    (corner,) = answer.discovery.corners
    # b wins where 400 (detail - 0.3) < 200 (upheld - 0.5): detail below 0.05 to 0.55, 0.3 in the mean.
    assert corner.plan == "b"
    assert corner.ranges[0].input == DETAIL
    assert corner.ranges[0].under == pytest.approx(0.35, abs=0.12)
    assert answer.verdict.endswith(corner.said)
    assert answer.discovery.held_out == (512 if method == "sobol" else 256)


def test_discovery_on_points_of_its_own(story: Scenario) -> None:
    study = study_of_three()
    answer = sensitivity_found(study, story, "tornado", discover=400)
    assert answer.discovery is not None
    assert answer.discovery.held_out == 200
    assert answer.discovery.corners
    tables = answer.tables()
    assert tables["points"]["design"].value_counts().to_dict() == {"discover": 400, "tornado": 5}
    assert set(tables) == {"indices", "points", "tornado", "corners"}


def test_tables(story: Scenario) -> None:
    tables = sensitivity_found(study_of_three(), story, "sobol", points=16).tables()
    assert list(tables["indices"]) == ["method", "input", "index", "value", "ci_low", "ci_high", "converged"]
    assert len(tables["indices"]) == 4
    names = ["design", "point", DETAIL, UPHELD, "loss.a", "loss.b", "difference", "difference_low", "difference_high"]
    assert list(tables["points"]) == [*names, "error"]
    first = tables["points"].iloc[0]
    assert first["difference"] == pytest.approx(first["loss.b"] - first["loss.a"])
    assert first["loss.b"] == pytest.approx(1_000 + 400 * (first[DETAIL] - 0.3) + 200 * (0.5 - first[UPHELD]), abs=0.01)
    bars = sensitivity_found(study_of_three(), story, "tornado").tables()["tornado"]
    assert list(bars) == ["input", "low_value", "high_value", "low", "high", "base"]


@pytest.mark.parametrize("method", get_args(Method))
def test_data_is_plain(story: Scenario, method: Method) -> None:
    data = sensitivity_found(study_of_three(), story, method, points=None if method == "tornado" else 256).data()
    assert json.loads(json.dumps(data))["method"] == method
    assert {row["index"] for row in data["indices"]} == {
        "tornado": {"swing"},
        "morris": {"mu_star", "mu"},
        "sobol": {"S1", "ST"},
        "pawn": {"pawn_median"},
    }[method]
    assert all(row["ci_low"] <= row["value"] <= row["ci_high"] for row in data["indices"])


def test_points_without_result_are_counted_and_their_row_says_why(story: Scenario) -> None:
    study = study_of_three()
    study.broken = lambda x: x[DETAIL] > 0.9
    answer = sensitivity_found(study, story, "sobol", points=64)
    points = answer.tables()["points"]
    assert answer.failed == (points[DETAIL] > 0.9).sum() > 0
    assert set(points.loc[points[DETAIL] > 0.9, "error"]) == {"no such scenario"}
    assert any("no such scenario" in note for note in answer.notes)


def test_what_is_open_is_told_with_what_would_settle_it(story: Scenario) -> None:
    answer = sensitivity_found(study_of_three(), story, "sobol", points=16)
    assert answer.notes[0].startswith("Not settled (?): 2 of 2 inputs; ")
    assert "base points would likely do (--points " in answer.notes[0]
    assert "these figures are not settled yet" in answer.decision


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"plan": "a", "plans": ("a", "b")}, "both given"),
    ({"plans": ("a",)}, "takes two plans"),
    ({"plans": ("a", "a")}, "takes two plans"),
    ({"plans": ("a", "b", "c")}, "takes two plans"),
    ({"plan": "d"}, "no plan 'd'"),
    ({"inputs": ("contract.detail",)}, "did you mean 'contract.detail_share'"),
    ({"method": "tornado", "points": 64}, "leave out --points"),
    ({"points": 8}, "16 at least"),
    ({"points": 100}, "try 64 or 128"),
    ({"method": "pawn", "points": 100}, "200 at least"),
    ({"discover": 10}, "too few to discover"),
    ({"plan": "a", "discover": 500}, "--discover takes two plans"),
]


@pytest.mark.parametrize(("asked", "said"), REFUSED)
def test_what_makes_no_sense_is_refused_before_the_design_is_simulated(
    story: Scenario, asked: dict[str, Any], said: str
) -> None:
    study = study_of_three()
    with pytest.raises(InputError) as raised:
        sensitivity_found(study, story, **asked)
    assert said in str(raised.value)
    assert len(study.asked) <= 1


def test_a_scenario_without_result_is_refused(story: Scenario) -> None:
    study = study_of_three()
    study.broken = lambda _: True
    with pytest.raises(InputError, match="own values give no result"):
        sensitivity_found(study, story)


def test_on_the_engine_a_tornado_starts_from_the_own_values_and_repeats_itself(tmp_path: Path) -> None:
    scenario = uncertain_story(tmp_path, ("a",), (DETAIL, UPHELD, OFFER))
    with study_in_memory(scenario, replications=200) as study:
        answer = sensitivity_found(study, scenario, "tornado")
        again = sensitivity_found(study, scenario, "tornado")
    assert answer.data() == again.data()
    assert {bar.base for bar in answer.explanation.bars} == {answer.own.mean("a").value}
    assert [(bar.low_value, bar.high_value) for bar in answer.explanation.bars] == [(0.1, 0.9)] * 3
