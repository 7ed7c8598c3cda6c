"""The form of a scenario: which fields it has, what they set, and where a mistake is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sim.scenario import load_scenario, scenario_checked, template_text
from sim.web.forms import MOST_PLANS, Filled, Sheet, filled
from sim.web.questions import Question, question_read
from sim.web.uploads import upload_read

SCENARIOS = sorted((Path(__file__).parents[3] / "scenarios").glob("*.yaml"))


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    return Sheet.of(scenario_checked(upload_read("a.yaml", template_text().encode())))


def _filled(sheet: Sheet, *values: tuple[str, str], plans: tuple[str, ...] = ()) -> Filled:
    return filled(sheet, Question("s", values, plans))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_field_set_to_the_scenarios_own_value_changes_nothing(path: Path) -> None:
    sheet = Sheet.of(load_scenario(path))
    names = [blank.name for blank in sheet.blanks]
    assert len(set(names)) == len(names)
    assert len({blank.id for blank in sheet.blanks}) == len(names)
    form = filled(sheet, Question("s", tuple((blank.name, blank.own_text) for blank in sheet.blanks)))
    assert form.scenario is sheet.scenario
    assert form.question.values == ()
    assert not form.form.changed


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_both_ends_of_every_slider_make_a_scenario(path: Path) -> None:
    sheet = Sheet.of(load_scenario(path))
    for field in filled(sheet, Question("s")).form.fields:
        if field.low is None or field.high is None or field.value is None:
            continue
        assert field.low <= field.value <= field.high
        for end in (field.low, field.high):
            form = filled(sheet, Question("s", ((field.name, f"{end:.12f}".rstrip("0").rstrip(".")),)))
            assert form.scenario is not None, (field.name, end, form.form.wrong, form.form.problems)


def test_a_change_is_set_where_it_stands(sheet: Sheet) -> None:
    form = _filled(sheet, ("f.suppliers.ningbo.assurance_limit", "12,000"), ("f.contract.detail_share", "55"))
    assert form.scenario is not None
    assert form.scenario.model.suppliers["ningbo"].assurance_limit == 12000
    assert form.scenario.model.contract.detail_share == 0.55
    assert [(field.path, field.shown, field.own) for field in form.form.changed] == [
        ("suppliers.ningbo.assurance_limit", "GBP 12,000", "GBP 30,000"),
        ("contract.detail_share", "55 %", "80 %"),
    ]
    assert form.question.values == (
        ("f.suppliers.ningbo.assurance_limit", "12000"),
        ("f.contract.detail_share", "55"),
    )


def test_an_empty_limit_means_none(sheet: Sheet) -> None:
    form = _filled(sheet, ("f.suppliers.ningbo.assurance_limit", ""))
    assert form.scenario is not None
    assert form.scenario.model.suppliers["ningbo"].assurance_limit is None
    assert form.form.changed[0].shown == "no limit"


def test_suppliers_that_are_the_same_firm_follow_each_other(sheet: Sheet) -> None:
    form = _filled(sheet, ("f.suppliers.shenzhen.defects.major.mean", "6"))
    assert form.scenario is not None
    means = {name: given.defects.major.mean() for name, given in form.scenario.model.suppliers.items()}
    assert means["shenzhen"] == means["shenzhen-direct"] == pytest.approx(0.06, abs=1e-9)
    assert means["ningbo"] == pytest.approx(0.03, abs=1e-9)
    paths = {field.path for field in form.form.fields}
    assert "suppliers.shenzhen-direct.defects.major.mean" not in paths
    assert "suppliers.shenzhen-direct.unit_price[0].price" in paths


def test_orders_follow_the_quantity_needed_and_the_quantity_ordered(sheet: Sheet) -> None:
    form = _filled(sheet, ("f.need.quantity", "6000"), ("f.order_size", "110"))
    assert form.scenario is not None
    assert form.scenario.model.need.quantity == 6000
    orders = {plan.name: [order.quantity for order in plan.orders] for plan in form.scenario.plans}
    assert orders["all-at-once"] == [6600]
    assert orders["two-halves"] == [3300, 3300]
    assert form.form.notes == ("Every order is 220 % of what the plans say.",)


def test_mistakes_stand_beside_their_fields_and_the_rest_is_kept(sheet: Sheet) -> None:
    form = _filled(sheet, ("f.need.quantity", "lots"), ("f.contract.detail_share", "55"))
    assert form.scenario is None
    by_path = {field.path: field for field in form.form.fields}
    assert by_path["need.quantity"].problem.startswith("Give a number")
    assert by_path["need.quantity"].text == "lots"
    assert by_path["need.quantity"].value == 3000
    assert by_path["contract.detail_share"].text == "55"
    assert form.form.wrong == (by_path["need.quantity"],)


def test_what_the_scenario_refuses_is_told_beside_the_field(sheet: Sheet) -> None:
    form = _filled(sheet, ("f.need.salvage_value", "13"))
    assert form.scenario is None
    assert [field.path for field in form.form.wrong] == ["need.salvage_value"]
    assert form.form.wrong[0].problem.startswith("`salvage_value` 13 is above the sale value")


def test_what_collides_with_another_value_is_told_beside_the_one_that_was_moved(sheet: Sheet) -> None:
    form = _filled(sheet, ("f.need.sale_value", "0.5"))
    assert [field.path for field in form.form.wrong] == ["need.sale_value"]
    assert form.form.wrong[0].problem.startswith("`salvage_value` 1 is above the sale value")


def test_limits_of_sampling_are_those_of_the_tables(sheet: Sheet) -> None:
    form = _filled(sheet, ("f.inspections.psi.sampling.aql.major", "1.5"))
    assert form.scenario is not None
    assert form.scenario.raw["inspections"]["psi"]["sampling"]["aql"]["major"] == 1.5
    wrong = _filled(sheet, ("f.inspections.psi.sampling.aql.major", "1.7"))
    assert wrong.form.wrong[0].problem.startswith("Choose one of: 0, 0.065, 0.1")


def test_unknown_fields_and_plans_are_told(sheet: Sheet) -> None:
    form = _filled(sheet, ("f.need.colour", "red"), plans=("all-at-onse",))
    assert form.scenario is None
    assert form.form.problems[0] == "This scenario has no value to move called need.colour."
    assert "did you mean 'all-at-once'?" in form.form.problems[1]


def test_plans_are_ticked(sheet: Sheet) -> None:
    form = _filled(sheet, plans=("two-halves", "all-at-once"))
    assert form.plans == ("all-at-once", "two-halves")
    assert [plan.name for plan in form.form.plans if plan.ticked] == ["all-at-once", "two-halves"]
    everything = tuple(plan.name for plan in sheet.scenario.plans)
    assert _filled(sheet, plans=everything).question.plans == ()


def test_of_too_many_plans_the_first_are_compared() -> None:
    quantities = "[3000, 3010, 3020, 3030, 3040, 3050]"
    grid = f"plan_grid: {{supplier: [shenzhen], quantity: {quantities}, split_into: [1, 2, 3, 4, 5]}}\n"
    sheet = Sheet.of(scenario_checked(upload_read("a.yaml", (template_text() + grid).encode())))
    form = _filled(sheet)
    assert len(form.plans) == MOST_PLANS
    assert "Only the first 24 of 36 plans are compared" in form.form.notes[-1]
    every = tuple(plan.name for plan in sheet.scenario.plans)
    assert "Tick at most 24 plans" in _filled(sheet, plans=every).form.problems[0]


def test_an_address_reads_back_to_the_same_question(sheet: Sheet) -> None:
    values = (("f.suppliers.shenzhen.assurance_limit", ""), ("f.need.due", "2026-08-01"), ("f.need.quantity", "3100"))
    form = _filled(sheet, *values, plans=("two-halves",))
    address = form.question.address("/")
    again = filled(sheet, question_read(address.partition("?")[2]))
    assert again.question == replace(form.question, tab="")
    assert again.scenario is not None
    assert form.scenario is not None
    assert again.scenario.digest == form.scenario.digest
