"""Studies asked from Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sim
from sim.studies.points import Point
from sim.studies.study import study_in_memory

SCENARIOS = Path(__file__).resolve().parents[3] / "scenarios"
DIRECT = SCENARIOS / "paid-directly.yaml"
RISK = "suppliers.dongguan-direct.never_ships_probability"
PLANS = ("direct-inspected-lenient", "platform-inspected")


def test_another_seed_is_another_design_and_another_luck() -> None:
    scenario = sim.load_scenario(DIRECT)
    first, again, other = (
        sim.sweep(scenario, [f"{RISK}=0..0.1"], design="latin", points=4, plans=PLANS, replications=200, seed=seed)
        for seed in (5, 5, 6)
    )
    assert first.tables()["sweep"].equals(again.tables()["sweep"])
    assert [finding.point for finding in first.findings] != [finding.point for finding in other.findings]
    asked: dict[str, Any] = {"inputs": [RISK], "plans": PLANS, "points": 64, "replications": 50}
    assert sim.information(scenario, seed=1, **asked).data() != sim.information(scenario, seed=2, **asked).data()


def test_every_question_has_an_answer_in_words() -> None:
    scenario = sim.load_scenario(DIRECT)
    few: dict[str, Any] = {"replications": 200}
    answers: list[Any] = [
        sim.breakeven(scenario, RISK, plans=PLANS, **few),
        sim.frontier(scenario, (RISK, "suppliers.dongguan.protected_price_premium_share"), plans=PLANS, count=2, **few),
        sim.sensitivity(scenario, "tornado", plans=PLANS, **few),
        sim.gaps(scenario, plans=PLANS, rules=["limit"], **few),
    ]
    for answer in answers:
        assert answer.verdict.endswith(".")
        assert answer.failed == 0
        assert all(len(table) for table in answer.tables().values())


def test_a_data_file_that_was_edited_is_read_again(tmp_path: Path) -> None:
    found = []
    for days in (10, 90):
        (tmp_path / "late.csv").write_text(f"days\n{days}\n{days}\n", encoding="utf-8")
        path = tmp_path / "mine.yaml"
        path.write_text(
            "schema_version: 1\nname: mine\nneed: {quantity: 100, due: 40, sale_value: 12,"
            " late_cost_per_unit_day: 0.1}\n"
            "suppliers:\n  s:\n    unit_price: [{from: 1, price: 5}]\n    promised_days: 100\n"
            "    production_days: {dist: empirical, file: late.csv, column: days}\n"
            "plans:\n  p: {orders: [{id: a, supplier: s, quantity: 100}]}\n",
            encoding="utf-8",
        )
        with study_in_memory(sim.load_scenario(path), replications=10) as study:
            found.append(study.findings([Point()])[0].mean("p").value)
    assert found[1] > found[0] + 100
