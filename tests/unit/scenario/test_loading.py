"""What a scenario becomes: values, inheritance, overrides, sources and digest."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from sim.errors import ScenarioError
from sim.scenario import Duration, PreShipmentSpec, load_scenario, template_text
from tests.unit.scenario.conftest import EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sim.scenario import ScenarioSpec
    from tests.unit.scenario.conftest import Load, Refused


def test_the_format_example_is_read_as_it_is_written() -> None:
    scenario = load_scenario(EXAMPLE)
    spec = scenario.model
    assert (scenario.name, spec.currency, spec.start) == ("first-order", "GBP", date(2026, 3, 2))
    assert spec.day_number(spec.need.due) == 135.0
    shenzhen = spec.suppliers["shenzhen"]
    assert [(step.from_, step.price) for step in shenzhen.unit_price] == [(1, 5.6), (1000, 5.2), (3000, 5.0)]
    assert isinstance(shenzhen.production_days, Duration)
    assert shenzhen.production_days.working
    assert shenzhen.production_days.distribution.support() == (22.0, 70.0)
    psi = spec.inspections["psi"]
    assert isinstance(psi, PreShipmentSpec)
    assert (psi.man_days, psi.on_fail.at_most, psi.on_fail.then) == ("auto", 2, "refuse")
    assert spec.uncertain["buyer.goods_check_days.mode"].support() == (2.0, 25.0)


def test_a_scenario_does_not_change() -> None:
    scenario = load_scenario(EXAMPLE)
    with pytest.raises(ValidationError):
        scenario.model.need.quantity = 1  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        scenario.digest = ""  # type: ignore[misc]


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(
        "schema_version: 1\nname: small\nneed: {quantity: 10, due: 60, sale_value: 9}\n"
        "suppliers: {s: {unit_price: [{from: 1, price: 5}], production_days: 20}}\n"
        "plans: {p: {orders: [{id: a, supplier: s, quantity: 10}]}}\n"
    )
    spec = load_scenario(path).model
    assert spec.run.replications == 20_000
    assert spec.protection == "alibaba-trade-assurance-2023"
    assert spec.buyer.writes_off_after_days == 90
    assert spec.buyer.escalates_before_close
    assert spec.suppliers["s"].assurance_limit is None
    assert spec.suppliers["s"].payment.deposit_share == 0.3
    assert spec.suppliers["s"].defects.major.constant == 0
    assert spec.buyer.calendar.country is None


def test_a_supplier_inherits_what_it_does_not_give(load: Load) -> None:
    suppliers = load().model.suppliers
    assert suppliers["ningbo"].assurance_limit == 30_000
    assert len(suppliers["ningbo"].unit_price) == 2
    assert suppliers["ningbo"].defects == suppliers["shenzhen"].defects
    assert suppliers["ningbo"].extends is None


def test_a_supplier_merges_maps_and_replaces_distributions(load: Load) -> None:
    change = "assurance_limit: 30000\n    defects: {major: {dist: beta, p10: 0.01, p90: 0.1}, latent_share: 0.2}"
    suppliers = load(("assurance_limit: 30000", change)).model.suppliers
    assert suppliers["ningbo"].defects.latent_share == 0.2
    assert suppliers["ningbo"].defects.minor == suppliers["shenzhen"].defects.minor
    assert "mean" not in suppliers["ningbo"].defects.major.spec


def test_a_delay_displaces_the_production_time_that_is_inherited(load: Load) -> None:
    ningbo = load(("assurance_limit: 30000", "delay_days: -2")).model.suppliers["ningbo"]
    assert ningbo.production_days is None
    assert ningbo.delay_days is not None
    assert ningbo.delay_days.distribution.constant == -2


def test_a_file_extends_another_in_another_folder(tmp_path: Path, example: str) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "late.csv").write_text("days_late\n3\n5\n")
    delay = "delay_days: {dist: empirical, file: late.csv, column: days_late}"
    base = example.replace("production_days: {dist: pert, low: 22, mode: 30, high: 70, working: true}", delay)
    (tmp_path / "base" / "base.yaml").write_text(base)
    path = tmp_path / "child.yaml"
    path.write_text("extends: base/base.yaml\nname: child\nbuyer: {hourly_cost: 40}\nrun: {seed: 7}\n")
    scenario = load_scenario(path)
    assert scenario.name == "child"
    assert (scenario.model.buyer.hourly_cost, scenario.model.buyer.capital_cost_rate) == (40, 0.12)
    assert (scenario.model.run.seed, scenario.model.run.replications) == (7, 20_000)
    assert scenario.raw["suppliers"]["shenzhen"]["delay_days"]["file"] == "base/late.csv"
    assert scenario.files == (tmp_path / "base" / "late.csv",)
    assert "extends" not in scenario.raw


def test_a_mistake_in_an_extended_file_is_shown_there(tmp_path: Path, example: str) -> None:
    (tmp_path / "base.yaml").write_text(example.replace("  calendar: GB", "  calender: GB"))
    path = tmp_path / "child.yaml"
    path.write_text("extends: base.yaml\nname: child\n")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (str(tmp_path / "base.yaml"), 25)


def test_files_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("extends: b.yaml\n")
    (tmp_path / "b.yaml").write_text("extends: ./a.yaml\n")
    with pytest.raises(ScenarioError, match="circle"):
        load_scenario(tmp_path / "a.yaml")


def test_words_are_read_by_yaml_1_2(load: Load) -> None:
    change = "title: 12:30\ndescription: NO"
    spec = load(("title: First order with a new", f"{change} #"), ("calendar: GB", "calendar: NO")).model
    assert (spec.title, spec.description, spec.buyer.calendar.country) == ("12:30", "NO", "NO")
    assert load(("seed: 1", "seed: 0o17")).model.run.seed == 15
    assert load(("quantity: 3000 ", "quantity: 3e3 ")).model.need.quantity == 3000


def test_sources_are_kept_apart_from_values(load: Load) -> None:
    scenario = load(
        ("hourly_cost: 25.00", "hourly_cost: {value: 25.00, source: payroll}"),
        ("mean: 34, sd: 7}", "mean: 34, sd: 7, source: the forwarder}"),
        ("price: 5.60}", "price: {value: 5.60, source: quote}}"),
        ("promised_days: 35", "promised_days: {value: 35}"),
        ("reply_days: {dist: lognormal, mean: 2, sd: 2.5}", "reply_days: {value: 2, source: me, working: true}"),
    )
    assert scenario.model.buyer.hourly_cost == 25
    assert scenario.model.buyer.reply_days.working
    assert scenario.model.suppliers["shenzhen"].promised_days == 35
    assert scenario.sources["buyer.hourly_cost"] == (25.0, "payroll")
    assert scenario.sources["suppliers.shenzhen.unit_price[0].price"] == (5.6, "quote")
    law = {"dist": "gamma", "mean": 34, "sd": 7}
    assert scenario.sources["suppliers.shenzhen.transit.days"] == (law, "the forwarder")
    assert scenario.raw["buyer"]["hourly_cost"] == {"value": 25.0, "source": "payroll"}
    assert (
        scenario.digest
        == load(("reply_days: {dist: lognormal, mean: 2, sd: 2.5}", ("reply_days: {value: 2, working: true}"))).digest
    )


def test_the_digest_follows_values_and_data_files_alone(load: Load, tmp_path: Path) -> None:
    plain = load().digest
    assert load(("  hourly_cost: 25.00", "  # a comment\n  hourly_cost: 25.0")).digest == plain
    assert load(("hourly_cost: 25.00", "hourly_cost: 25.01")).digest != plain
    data = tmp_path / "deliveries.csv"
    change = (
        ("production_days: {dist: pert, low: 22, mode: 30, high: 70, working: true}", "# was production"),
        ("# delay_days:", "delay_days:"),
    )
    data.write_text("days_late\n1\n2\n")
    first = load(*change)
    assert first.files == (data,)
    data.write_text("days_late\n1\n3\n")
    assert load(*change).digest != first.digest


OVERRIDES = (
    ("buyer.hourly_cost=30", lambda spec: spec.buyer.hourly_cost == 30),
    ("buyer.writes_off_after_days=5", lambda spec: spec.buyer.writes_off_after_days == 5),
    (
        "suppliers.ningbo.defects.major.mean=0.02",
        lambda spec: (
            (spec.suppliers["ningbo"].defects.major.spec["mean"], spec.suppliers["shenzhen"].defects.major.spec["mean"])
            == (0.02, 0.03)
        ),
    ),
    ("suppliers.shenzhen.assurance_limit=null", lambda spec: spec.suppliers["shenzhen"].assurance_limit is None),
    ("suppliers.shenzhen.unit_price[1].price=5.1", lambda spec: spec.suppliers["shenzhen"].unit_price[1].price == 5.1),
    ("suppliers.shenzhen.delay_days=4", lambda spec: spec.suppliers["shenzhen"].production_days is None),
    ("run.precision={relative: 0.02}", lambda spec: spec.run.precision is not None),
    (
        "buyer.reply_days={dist: uniform, low: 1, high: 2}",
        lambda spec: spec.buyer.reply_days.distribution.support() == (1, 2),
    ),
    (
        "plans.two-suppliers.orders[1].quantity=2000.0",
        lambda spec: spec.plans["two-suppliers"].orders[1].quantity == 2000,
    ),
    (
        "uncertain.contract.detail_share.low=0.5",
        lambda spec: spec.uncertain["contract.detail_share"].support() == (0.5, 1),
    ),
)


@pytest.mark.parametrize(("override", "holds"), OVERRIDES, ids=[override for override, _ in OVERRIDES])
def test_an_override_takes_the_place_of_a_value(
    load: Load, override: str, holds: Callable[[ScenarioSpec], bool]
) -> None:
    assert not holds(load().model)
    scenario = load(overrides=(override,))
    assert holds(scenario.model)
    assert scenario.overrides == (override,)
    assert scenario.digest != load().digest


@pytest.mark.parametrize(
    ("value", "studied"),
    [("5", False), ("{dist: uniform, low: 1, high: 2}", False), ("{dist: pert, low: 1, mode: 3, high: 9}", True)],
)
def test_a_study_forgets_an_input_that_an_override_has_replaced(load: Load, value: str, studied: bool) -> None:
    uncertain = load(overrides=(f"buyer.goods_check_days={value}",)).model.uncertain
    assert ("buyer.goods_check_days.mode" in uncertain) == studied
    assert "contract.detail_share" in uncertain


def test_the_last_override_of_a_value_holds(load: Load) -> None:
    scenario = load(overrides=("run.seed=2", "run.seed=3"))
    assert scenario.model.run.seed == 3
    assert scenario.with_overrides(("run.seed=4",)).model.run.seed == 4


WRONG_OVERRIDES = (
    ("buyer.hourly_csot=30", "`hourly_csot` is not a key", "`hourly_cost`"),
    ("buyr.hourly_cost=30", "`buyr` is not a key", "`buyer`"),
    ("suppliers.shenzen.promised_days=30", "there is no `shenzen`", "`shenzhen`"),
    ("buyer.hourly_cost=thirty", "must be a number, not thirty", "0 to"),
    ("buyer.hourly_cost", "path=value", "buyer.hourly_cost=30"),
    ("buyer.hourly_cost=[", "bracket", None),
    ("suppliers.shenzhen.unit_price[7].price=1", "has no item [7]", "[0] to [2]"),
    ("suppliers.shenzhen.unit_price.price=1", "is a list", None),
    ("buyer.hourly_cost.x=1", "single value", None),
    ("suppliers.ningbo.extends=shenzhen", "cannot be set", None),
)


@pytest.mark.parametrize(("override", "message", "hint"), WRONG_OVERRIDES)
def test_a_wrong_override_is_answered(refused: Refused, override: str, message: str, hint: str | None) -> None:
    (problem,) = refused(overrides=(override,))
    assert message in problem.message
    assert problem.file == "--set"
    assert problem.text == override
    if hint is not None:
        assert hint in (problem.hint or "")


def test_the_caret_points_at_the_value_of_an_override(refused: Refused) -> None:
    (problem,) = refused(overrides=("buyer.hourly_cost=thirty",))
    assert problem.column == len("buyer.hourly_cost=") + 1


def test_the_template_is_a_scenario(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(template_text())
    scenario = load_scenario(path)
    assert len(scenario.plans) == 6
    assert scenario.model.suppliers["shenzhen-direct"].identity == "shenzhen"
