"""The ledger: complete, in words, and honest about what nobody has sourced."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sim.report.input_words import value_in_words
from sim.report.ledger import ledger_of
from sim.scenario import load_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.report.facts import InputFact

SCENARIOS = sorted((Path(__file__).parents[3] / "scenarios").glob("*.yaml"))
LABELS = {"schema_version", "name", "title", "description", "extends", "reason"}


def leaves(value: Any, path: str = "") -> Iterator[str]:  # noqa: ANN401 - any YAML value
    """Paths of the values of a scenario.

    A distribution, a value with its source, a list of words, a prior and a table of draws are one each.
    """
    if path == "parameter_sets":
        yield path
        yield from (f"{path}.priors[{place}]" for place in range(len(value.get("priors", ()))))
    elif isinstance(value, dict) and not {"dist", "value"} & set(value):
        for key, inner in value.items():
            yield from () if key in LABELS else leaves(inner, f"{path}.{key}".removeprefix("."))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for place, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{place}]")
    elif value != {}:
        yield path


def by_path(file: Path, *overrides: str) -> dict[str, InputFact]:
    return {fact.path: fact for fact in ledger_of(load_scenario(file, overrides))}


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_every_value_of_a_scenario_is_listed_once(file: Path) -> None:
    scenario = load_scenario(file)
    ledger = ledger_of(scenario)
    paths = [fact.path for fact in ledger]
    assert len(paths) == len(set(paths))
    given = set(leaves(dict(scenario.raw)))
    assert given <= set(paths)
    assert {fact.path for fact in ledger if fact.kind == "default"}.isdisjoint(given)
    assert {fact.path for fact in ledger if fact.kind != "default"} == given
    assert {path for path, (_, source) in scenario.sources.items() if "assumption" in source.lower()} == {
        fact.path for fact in ledger if fact.kind == "assumption" and "priors" not in fact.path
    }
    assert {fact.kind for fact in ledger if "priors" in fact.path} <= {"assumption"}


def test_kinds_and_sources() -> None:
    ledger = by_path(SCENARIOS[0].parent / "first-order-above-limit.yaml")
    price = ledger["suppliers.zhejiang.unit_price[1].price"]
    assert (price.value, price.kind) == ("USD 3.45 a unit", "assumption")
    assert price.source == "assumption: quote at the usual minimum"
    moq = ledger["suppliers.zhejiang.minimum_order"]
    assert (moq.value, moq.kind, moq.section) == ("1,000 units", "sourced", "suppliers")
    due = ledger["need.due"]
    assert (due.value, due.kind, due.source) == ("31 July 2026", "unsourced", "no source given")
    fee = ledger["suppliers.zhejiang.payment.fee_rate"]
    assert (fee.value, fee.kind, fee.source) == ("0 %", "default", "default")
    plan = ledger["plans.all-at-once.orders[0].quantity"]
    assert (plan.value, plan.kind, plan.source) == ("5,000 units", "choice", "a choice")
    uncertain = ledger["uncertain.suppliers.zhejiang.defects.major.mean"]
    assert uncertain.value == "1 % to 10 %, each value as likely (uniform)"
    assert ledger["suppliers.zhejiang.production_days"].value == "18 to 45 working days, most likely 22 (PERT)"


def test_parts_that_a_scenario_leaves_out_are_left_out_or_told_by_what_holds_instead() -> None:
    ledger = by_path(SCENARIOS[0].parent / "first-order-above-limit.yaml")
    assert not [path for path in ledger if path.startswith(("plan_grid", "run.precision", "protection_overrides"))]
    assert "suppliers.zhejiang.delay_days" not in ledger
    assert "suppliers.zhejiang.identity" not in ledger
    open_limit = by_path(
        SCENARIOS[0].parent / "first-order-above-limit.yaml", "suppliers.zhejiang.assurance_limit=null"
    )
    assert open_limit["suppliers.zhejiang.assurance_limit"].value == "no limit"


def test_what_was_set_names_the_value_of_the_file() -> None:
    file = SCENARIOS[0].parent / "first-order-above-limit.yaml"
    ledger = by_path(file, "buyer.hourly_cost=30", "protection_overrides.buyer_silence=9", "run.seed=7")
    cost = ledger["buyer.hourly_cost"]
    assert (cost.value, cost.previous) == ("USD 30.00 an hour", "USD 35.00 an hour")
    assert (cost.kind, cost.source) == ("unsourced", "set for this run")
    rule = ledger["protection_overrides.buyer_silence"]
    assert (rule.value, rule.previous, rule.kind) == ("9 days", "7 days", "assumption")
    assert ledger["run.seed"].previous == "1"
    assert [fact.path for fact in ledger.values() if fact.previous is None and fact.source == "set for this run"] == []
    places = list(ledger)
    assert places.index("protection") + 1 == places.index("protection_overrides.buyer_silence")


def test_a_source_around_a_list_holds_for_all_of_it() -> None:
    file = SCENARIOS[0].parent / "first-order-above-limit.yaml"
    given = "suppliers.zhejiang.unit_price={value: [{from: 1, price: 2}], source: a quote}"
    price = by_path(file, given)["suppliers.zhejiang.unit_price[0].price"]
    assert (price.value, price.source, price.kind) == ("USD 2.00 a unit", "a quote", "sourced")
    assert price.previous == "USD 4.20 a unit"


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.035, "share", "3.5 %"),
        (0.12, "share a year", "12 % a year"),
        (10_000, "currency", "EUR 10,000"),
        (0.0235, "currency a unit", "EUR 0.0235 a unit"),
        (1, "days", "1 day"),
        (1, "people", "1 person"),
        (4, "people", "4 people"),
        (150.0, "date or days", "day 150"),
        (2.5, "percent defective", "2.5 % defective"),
        (0.25, "odds ratio", "0.25 times the odds"),
        (True, "", "yes"),
        ("before_shipment", "", "before shipment"),
        (["psi", "during"], "", "psi, during"),
        ([], "", "none"),
        ({"value": 7, "working": True}, "days", "7 working days"),
        (
            {"dist": "triangular", "low": -2, "mode": 1, "high": 8},
            "days",
            "\N{MINUS SIGN}2 to 8 days, most likely 1 (triangular)",
        ),
        ({"dist": "uniform", "low": 0.2, "high": 0.8}, "probability", "20 % to 80 %, each value as likely (uniform)"),
        ({"dist": "exponential", "mean": 3}, "days", "3 days on average (exponential)"),
        (
            {"dist": "beta", "mean": 0.03, "sd": 0.01, "at_most": 0.2},
            "share",
            "3 % on average, standard deviation 1 % (beta), at most 20 %",
        ),
        ({"dist": "gamma", "p10": 2, "p90": 9.5}, "days", "10 % below 2, 90 % below 9.5 days (gamma)"),
        ({"dist": "empirical", "file": "a.csv", "column": "late"}, "days", "as observed: column late of a.csv"),
        ({"dist": "empirical", "values": [4, 1, 9]}, "days", "as observed: 3 values, 1 to 9 days"),
        ({"dist": "constant", "value": 3}, "days", "3 days"),
        ({"dist": "cauchy", "loc": 1, "scale": 2}, "days", "cauchy distribution with loc 1, scale 2"),
        (
            {
                "dist": "mixture",
                "components": [
                    {"weight": 3, "dist": "constant", "value": 1},
                    {"weight": 1, "dist": "uniform", "low": 2, "high": 5},
                ],
            },
            "days",
            "75 % of the time: 1 day; 25 % of the time: 2 to 5 days, each value as likely (uniform)",
        ),
    ],
)
def test_values_in_words(value: Any, unit: str, words: str) -> None:  # noqa: ANN401 - any YAML value
    assert value_in_words(value, unit, "EUR") == words
