"""How to order: answers that can be worked out by hand, and what is promised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from sim.commands.optimise import optimise
from sim.engines import engine_named
from sim.errors import InputError
from sim.measures import Estimate
from sim.scenario import load_scenario
from sim.scenario.plans import PlanSpec
from sim.studies.candidates import Candidate, Candidates, Way
from sim.studies.choices import Choices, space_of
from sim.studies.front import Tried
from sim.studies.optimise import Terms, contest_of, could_be_best, optimised
from tests.stories import order_of
from tests.unit.studies.known_ways import DURING, MAKER, OTHER, PSI, KnownWays, Simulated, Trusted, scenario_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sim.scenario import Scenario
    from sim.studies.advice import Advice

UNPROTECTED: dict[str, object] = {"protection": "bank-transfer-unprotected"}
ALL_AT_ONCE = Choices(splits="1")


def advice(scenario: Scenario, choices: Choices = ALL_AT_ONCE) -> Advice:
    """Simulated with the real engine, and confirmed by the real contest."""
    wanted = Terms(indifference=10.0, replications=200)
    return optimised(Simulated(scenario), scenario, choices, wanted, contest_of(scenario, engine_named("auto"), 1))


# -------------------------------------------------------------------------------------- answers worked out by hand


def test_with_a_share_of_defects_one_orders_the_need_over_the_good_share(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, {**UNPROTECTED, f"{MAKER}.defects.major": 0.2})
    found = advice(scenario, Choices(quantities="1000..1500/50", splits="1"))
    # 1,000 / (1 - 0.2); 250 units at 10 are lost, the 1,000 good ones serve the need
    assert (found.chosen.name, found.chosen.candidate.quantity) == ("maker-1250", 1250)
    assert found.chosen.loss == Estimate(2500.0, 2500.0, 2500.0, 200)
    assert found.met
    # The own plan orders 1,000: 200 units are missing or bad, each worth 20, and 250 units at 10 are saved.
    assert found.to_own == Estimate(1500.0, 1500.0, 1500.0, 200)


def test_quantity_is_found_though_none_of_those_suggested_is_near(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, {**UNPROTECTED, f"{MAKER}.defects.major": 0.2})
    found = advice(scenario)
    assert 1250 not in space_of(scenario, ALL_AT_ONCE).quantities
    assert found.chosen.candidate.quantity == 1250
    assert found.at_edge == ""


def test_quantities_that_were_given_are_the_only_ones(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, {**UNPROTECTED, f"{MAKER}.defects.major": 0.2})
    found = advice(scenario, Choices(quantities="1000,1100", splits="1"))
    assert {one.candidate.quantity for one in found.tried} == {1000, 1100}
    assert "1,100 is the largest quantity tried: --quantities tries others." in found.verdict


def test_a_price_break_that_is_worth_it_is_met_exactly(tmp_path: Path) -> None:
    prices = [{"from": 1, "price": 10}, {"from": 1137, "price": 8}]
    found = advice(scenario_of(tmp_path, {f"{MAKER}.unit_price": prices}))
    # 1,137 at 8.00 cost 9,096.00, and 1,000 at 10.00 cost 10,000.00: the benchmark
    assert found.chosen.name == "maker-1137"
    assert found.chosen.loss.value == -904.0
    assert found.verdict.startswith(
        "Order 1,137 units from maker at once, without inspection: USD -904 ± 0 expected loss"
    )


def test_without_defects_no_inspection_is_bought(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, {"inspections": {"during": DURING, "psi": PSI}}, [order_of(inspections=["psi"])])
    found = advice(scenario)
    inspections = {one.candidate.as_row()["inspections"] for one in found.tried}
    assert inspections == {"", "psi", "during", "during+psi"}
    assert found.chosen.name == "maker-1000"
    # one inspector day at 100.00 is all that the own plan costs more
    assert found.to_own == Estimate(100.0, 100.0, 100.0, 200)
    assert "Your own best plan, plan, loses USD 100 more on average" in found.verdict


def test_all_is_bought_from_the_supplier_that_is_better_in_everything(tmp_path: Path) -> None:
    cheaper = {**OTHER, "unit_price": [{"from": 1, "price": 9}]}
    found = advice(scenario_of(tmp_path, {"suppliers.cheaper": cheaper, f"{MAKER}.defects.major": 0.1}))
    assert any("maker" in one.name and "cheaper" in one.name for one in found.tried)
    assert found.chosen.name == "cheaper-1000"
    assert found.chosen.loss.value == 0.0


def test_freight_for_each_order_speaks_against_a_split(tmp_path: Path) -> None:
    found = advice(scenario_of(tmp_path, {f"{MAKER}.freight.per_order": 50}), Choices(quantities="1000"))
    by_name = {one.name: one.loss.value for one in found.tried}
    assert found.chosen.name == "plan"  # the own plan is the same
    assert by_name["maker-1000-x2-same-day"] == 50.0
    assert by_name["maker-1000-x3-received"] == by_name["maker-1000-x3-same-day"] == 100.0


def test_a_plan_of_ones_own_can_be_the_best(tmp_path: Path) -> None:
    found = advice(scenario_of(tmp_path))
    assert found.chosen.candidate.is_own
    assert found.verdict.startswith("Keep to your plan plan (1,000 units): USD 0.00 ± 0.00 expected loss")
    assert "It is a plan of yours already." in found.verdict
    assert (found.plan_entry, found.to_own) == (None, None)


def test_chosen_plan_can_be_pasted_into_the_scenario(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, {f"{MAKER}.unit_price": [{"from": 1, "price": 10}, {"from": 1137, "price": 8}]})
    found = advice(scenario)
    assert found.plan_entry == {"maker-1137": {"orders": [{"id": "a", "supplier": "maker", "quantity": 1137}]}}


def test_luck_does_not_hide_what_is_far_better_and_workers_change_nothing(tmp_path: Path) -> None:
    defects = {"dist": "beta", "mean": 0.2, "sd": 0.1}
    scenario = scenario_of(tmp_path, {**UNPROTECTED, f"{MAKER}.defects.major": defects})
    choices, terms = Choices(quantities="800,1000,1250,1600", splits="1"), Terms(replications=2000, indifference=100.0)
    engine = engine_named("auto")
    alone, together = (
        optimised(Simulated(scenario), scenario, choices, terms, contest_of(scenario, engine, 1, workers))
        for workers in (1, 2)
    )
    assert alone == together
    assert alone.met
    assert alone.chosen.candidate.quantity == 1250


# --------------------------------------------------------------------------------------------- rounds and promises


def quadratic(orders: Sequence[Mapping[str, Any]]) -> float:
    """Least at 1,040 units: a unit more or less costs a tenth, and every inspection and further order 5."""
    units: int = sum(order["quantity"] for order in orders)
    extras = len(orders) - 1 + sum(len(order.get("inspections", ())) for order in orders)
    return abs(units - 1040) / 10 + 5.0 * extras


def fear(orders: Sequence[Mapping[str, Any]]) -> float:
    """Falls with every inspection and further order."""
    return 1000.0 - 50 * sum(1 + len(order.get("inspections", ())) for order in orders)


def known(deviation: float = 0.0, broken: Sequence[str] = ()) -> KnownWays:
    return KnownWays(quadratic, fear, deviation, own={"plan": [order_of()]}, broken=broken)


def inspected(folder: Path) -> Scenario:
    return scenario_of(folder, {"inspections": {"during": DURING, "psi": PSI}})


CHOICES = Choices(quantities="1000..1080/10", splits="1,2", timing="same-day")


def test_few_go_on_to_the_last_round_and_the_rest_keeps_its_figures(tmp_path: Path) -> None:
    study = known()
    found = optimised(study, inspected(tmp_path), CHOICES, Terms(replications=5000), Trusted())
    own, every_other, kept, compared = study.rounds
    assert [often for often, _ in study.rounds] == [500, 500, 5000, 5000]
    # 9 quantities, at once or in two, with 4 sets of inspections; one of them is the scenario's own plan
    assert (own[1], len(every_other[1])) == (["plan"], 9 * 2 * 4 - 1)
    assert {one.name for one in found.tried if one.round == 2} == set(kept[1])
    assert {one.loss.n for one in found.tried if one.round == 1} == {500}
    assert found.chosen.name == "maker-1040"
    assert compared[1] == ["maker-1040", "plan", found.safest.name]


def test_front_goes_from_the_cheapest_to_the_safest(tmp_path: Path) -> None:
    found = optimised(known(), inspected(tmp_path), CHOICES, Terms(replications=5000), Trusted())
    # each inspection or further order costs 5 more and takes 50 off the worst 5 %
    assert [(one.loss.value, one.tail.value) for one in found.front] == [
        (0.0, 950.0),
        (5.0, 900.0),
        (10.0, 850.0),
        (15.0, 800.0),
        (25.0, 700.0),
    ]
    assert found.safest.name == "maker-1040-x2-same-day-during-psi"
    assert found.to_safe == Estimate(25.0, 25.0, 25.0, 5000)
    assert (
        "The safe end is maker-1040-x2-same-day-during-psi: the mean of the worst 5 % drops from USD 950 to 700, for "
        "USD 25.00 more on average (25.00 to 25.00)."
    ) in found.verdict


def test_doubt_is_shared_between_the_rounds_and_the_contest(tmp_path: Path) -> None:
    contest = Trusted()
    optimised(known(100.0), inspected(tmp_path), CHOICES, Terms(7.0, 0.9, 5000), contest)
    ((names, guarantee, indifference),) = contest.held
    assert names[0] == "maker-1040"
    assert len(names) > 1
    assert guarantee == pytest.approx(0.95)
    assert indifference == 7.0


def test_contest_has_the_last_word(tmp_path: Path) -> None:
    contest = Trusted(chooses=1)
    found = optimised(known(100.0), inspected(tmp_path), CHOICES, Terms(replications=5000), contest)
    assert found.chosen.name == contest.held[0][0][1] != "maker-1040"
    assert found.front[0] == found.chosen


def test_nothing_is_left_to_a_contest_where_one_is_far_ahead(tmp_path: Path) -> None:
    contest = Trusted()
    found = optimised(known(), inspected(tmp_path), CHOICES, Terms(replications=5000), contest)
    assert (contest.held, found.selection, found.finalists, found.met) == ([], None, ("maker-1040",), True)
    assert "selection" not in found.tables()


def test_guarantee_that_is_not_reached_is_told(tmp_path: Path) -> None:
    found = optimised(known(100.0), inspected(tmp_path), CHOICES, Terms(replications=5000), Trusted(reached=False))
    assert not found.met
    first, second, third, *others = found.finalists[1:]
    assert f"Not confirmed: {first}, {second}, {third} and {len(others)} more may lose" in found.verdict
    assert "may lose up to USD 7.00 less on average." in found.verdict
    assert "saves" not in found.verdict


def test_answer_promises_what_was_confirmed(tmp_path: Path) -> None:
    found = optimised(known(100.0), inspected(tmp_path), CHOICES, Terms(20.0, replications=5000), Trusted())
    assert found.verdict.startswith(
        "Order 1,040 units from maker at once, without inspection: USD 0.00 ± 2.77 expected loss "
        "(95 %: no other of the 72 ways tried saves USD 20.00 or more). "
        "Your own best plan, plan, loses USD 4.00 more on average (4.00 to 4.00)."
    )


def test_own_plan_that_is_as_good_is_not_said_to_be_worse(tmp_path: Path) -> None:
    found = optimised(known(100.0), inspected(tmp_path), CHOICES, Terms(replications=5000), Trusted(chooses=9))
    # behind 1,040 units, two each at 1, 2, 3 and 4 more, the own plan among the last: the next one costs 5 more
    assert (found.chosen.loss.value, found.own.name) == (5.0, "plan")
    assert "Your own best plan, plan, can hardly be told from it (-1.00 to -1.00 more)." in found.verdict


def test_indifference_is_a_thousandth_of_what_the_goods_cost(tmp_path: Path) -> None:
    found = optimised(known(), inspected(tmp_path), CHOICES, Terms(replications=5000), Trusted())
    assert found.indifference == 10.0  # 1,000 units at 10.00


def test_candidates_without_a_result_are_told_and_left_out(tmp_path: Path) -> None:
    broken = ("maker-1040", "maker-1050")
    found = optimised(known(broken=broken), inspected(tmp_path), CHOICES, Terms(replications=5000), Trusted())
    assert (found.failed, found.failures) == (2, dict.fromkeys(broken, "it broke"))
    assert found.chosen.name == "maker-1030"
    assert found.tables()["failures"]["candidate"].tolist() == list(broken)


def test_a_scenario_whose_own_plans_fail_is_answered_all_the_same(tmp_path: Path) -> None:
    found = optimised(known(broken=["plan"]), inspected(tmp_path), CHOICES, Terms(replications=5000), Trusted())
    assert (found.chosen.name, found.own, found.to_own) == ("maker-1040", found.chosen, None)
    assert "plan of yours" not in found.verdict


def test_nothing_that_can_be_simulated_is_an_error(tmp_path: Path) -> None:
    choices = Choices(quantities="5", splits="1", inspections="none")
    with pytest.raises(InputError, match="none of the ways of ordering can be simulated: it broke"):
        optimised(known(broken=["plan", "maker-5"]), inspected(tmp_path), choices, Terms(), Trusted())


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        (Terms(guarantee=0.4), "0.4 is no guarantee"),
        (Terms(guarantee=1.0), "1 is no guarantee"),
        (Terms(indifference=0.0), "an indifference of 0 makes no sense"),
        (Terms(indifference=-5.0), "an indifference of -5 makes no sense"),
    ],
)
def test_terms_that_make_no_sense_are_refused_before_anything_is_simulated(
    tmp_path: Path, terms: Terms, told: str
) -> None:
    study = known()
    with pytest.raises(InputError, match=told):
        optimised(study, inspected(tmp_path), CHOICES, terms, Trusted())
    assert study.rounds == []


def test_tables_hold_every_candidate_with_its_values(tmp_path: Path) -> None:
    found = optimised(known(100.0), inspected(tmp_path), CHOICES, Terms(replications=5000), Trusted())
    tables = found.tables()
    candidates = tables["candidates"].set_index("candidate")
    assert len(candidates) == len(found.tried) == 72
    row = candidates.loc["maker-1080-x2-same-day-during-psi"]
    assert row["quantity"] == 1080
    assert row["orders"] == 2
    assert row["inspections"] == "during+psi"
    assert row["expected_loss"] == 29.0
    assert row["loss_cvar_95"] == 700.0
    assert candidates["chosen"].sum() == 1
    assert set(candidates.index[candidates["finalist"]]) == set(found.finalists)
    assert tables["front"]["candidate"].tolist() == [one.name for one in found.front]
    assert tables["selection"]["plan"].tolist()[0] == found.chosen.name
    assert found.data()["chosen"]["candidate"] == found.chosen.name


# ------------------------------------------------------------------------------------------------------- screening


def estimated(name: str, mean: float, half_width: float, n: int = 1001) -> Tried:
    candidate = Candidate(name, PlanSpec(name=name, title=name, orders=()))
    return Tried(candidate, Estimate(mean, mean - half_width, mean + half_width, n), Estimate(0, 0, 0, n), 1)


def test_who_is_behind_by_more_than_both_errors_is_out() -> None:
    # Student's t for 1,000 degrees: 1.9623 two-sided at 95 %, so that each standard error is 10; and 2.3301 at a
    # doubt of 1 % in one comparison, so that the line lies 46.6 above the best
    wide = 19.6234
    found = [estimated("best", 100, wide), estimated("in", 146.5, wide), estimated("out", 146.8, wide)]
    assert [one.name for one in could_be_best(found, 0.02)] == ["best", "in"]


def test_a_vague_candidate_stays_though_it_is_behind() -> None:
    found = [estimated("best", 100, 1), estimated("vague", 170, 80), estimated("sure", 110, 1)]
    assert [one.name for one in could_be_best(found, 0.05)] == ["best", "vague"]


def test_more_candidates_are_told_apart_more_carefully() -> None:
    close = [estimated("best", 100, 10), estimated("next", 118, 10)]
    crowd = [estimated(str(number), 900, 10) for number in range(500)]
    assert len(could_be_best(close, 0.05)) == 1
    assert len(could_be_best([*close, *crowd], 0.05)) == 2


def test_candidates_that_never_vary_are_told_apart_by_a_cent() -> None:
    found = [estimated("best", 100, 0), estimated("same", 100, 0), estimated("dearer", 100.01, 0)]
    assert [one.name for one in could_be_best(found, 0.05)] == ["best", "same"]


# -------------------------------------------------------------------------------------------------------- contest


def test_contest_has_luck_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds: list[set[int]] = []

    def noted(models: Sequence[Any], *_: object, **__: object) -> None:
        seeds.append({model.seed for model in models})

    monkeypatch.setattr("sim.experiments.selection.select_among", noted)
    scenario = inspected(tmp_path)
    made = Candidates(scenario).all_of(Way(units, (("maker", 100),)) for units in (900, 950))
    for seed in (1, 1, 2):
        contest_of(scenario, engine_named("auto"), seed)(made, 0.975, 10.0)
    first, again, other = seeds
    assert len(first) == 1
    assert first == again != other
    assert not first & {1, 2}


# -------------------------------------------------------------------------------------------------------- command


def commanded(folder: Path, *options: str) -> tuple[int, str, Path]:
    """Exit code, text and folder of the command for a scenario with a share of defects."""
    scenario = scenario_of(folder, {**UNPROTECTED, f"{MAKER}.defects.major": 0.2})
    out = folder / "out"
    narrow = ("--quantities", "1000,1250,1500", "--splits", "1", "--replications", "100", "--workers", "1")
    told = CliRunner().invoke(
        optimise, [str(scenario.path), *narrow, "--out", str(out), *options], standalone_mode=False
    )
    assert told.exception is None, told.output
    return told.return_value, told.output, out


def test_command_answers_in_one_line_and_leaves_the_plan_to_paste(tmp_path: Path) -> None:
    code, text, out = commanded(tmp_path, "--quiet")
    assert code == 0
    assert text.startswith("Order 1,250 units from maker at once, without inspection: USD 2,500 ± 0 expected loss")
    assert len(text.splitlines()) == 1
    assert {"candidates.csv", "front.csv", "front.svg", "front.png"} <= {file.name for file in out.iterdir()}
    pasted = tmp_path / "pasted.yaml"
    pasted.write_text((out / "best-plan.yaml").read_text() + "extends: ways.yaml\n")
    assert "maker-1250" in [plan.name for plan in load_scenario(pasted).plans]


def test_command_shows_the_front_within_eighty_columns(tmp_path: Path) -> None:
    code, text, _ = commanded(tmp_path)
    assert code == 0
    assert max(map(len, text.splitlines()[:-1])) <= 80  # the last line is the folder
    assert "3 ways of ordering tried" in text
    assert "quantity: 1250" in text
    assert "maker-1250" in text


def test_command_can_say_what_would_be_simulated(tmp_path: Path) -> None:
    code, text, out = commanded(tmp_path, "--dry-run")
    assert code == 0
    assert "Would simulate" in text
    assert not (out / "candidates.csv").exists()
