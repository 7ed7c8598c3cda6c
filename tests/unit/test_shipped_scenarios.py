"""The scenarios that come with the project: each loads, runs, names its sources, and decides something."""

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from sim.engines.reference import simulate
from sim.model import build_model
from sim.scenario import load_scenario
from sim.scenario.json_schema import SHIPPED

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))
FEWEST_SCENARIOS = 10
REPLICATIONS = 200

# What a buyer decides, and how much is simulated, are not facts that come from somewhere.
DECIDED = ("plans", "plan_grid", "run", "schema_version", "start", "due")
# A price says where its break comes from, a calendar's closure why.
COVERED_BY_NEIGHBOUR = ("from", "to")


def _unsourced(value: object, path: tuple[str, ...] = ()) -> list[str]:
    """Paths of the numbers, other than 0, that have no source of their own or of the map around them."""
    if isinstance(value, dict):
        if "source" in value:
            return []
        return [
            found
            for key, inner in value.items()
            if key not in DECIDED and key not in COVERED_BY_NEIGHBOUR
            for found in _unsourced(inner, (*path, str(key)))
        ]
    if isinstance(value, list):
        return [found for index, inner in enumerate(value) for found in _unsourced(inner, (*path, str(index)))]
    counts = isinstance(value, int | float) and not isinstance(value, bool) and value != 0
    # One production slot and a whole in which nothing is left out are the neutral values of these two.
    neutral = path[-1:] == ("parallel_orders",) and value == 1
    return [".".join(path)] if counts and not neutral else []


def test_there_are_as_many_as_promised() -> None:
    assert len(FILES) >= FEWEST_SCENARIOS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
class TestEveryScenario:
    def test_it_is_named_after_its_file_and_told_in_words(self, path: Path) -> None:
        model = load_scenario(path).model
        assert model.name == path.stem
        assert model.title
        assert len(model.description.split()) >= 40

    def test_it_fits_the_json_schema_that_editors_use(self, path: Path) -> None:
        schema = json.loads(SHIPPED.read_text(encoding="utf-8"))
        plain = json.loads(json.dumps(load_scenario(path).raw, default=str))
        jsonschema.Draft202012Validator(schema).validate(plain)

    def test_every_number_has_a_source_or_is_called_an_assumption(self, path: Path) -> None:
        scenario = load_scenario(path)
        assert _unsourced(dict(scenario.raw)) == []
        for where, (_, source) in scenario.sources.items():
            assert source.removeprefix("assumption").strip(": "), where

    def test_it_weighs_three_to_six_plans(self, path: Path) -> None:
        assert 3 <= len(load_scenario(path).plans) <= 6

    def test_the_accounts_of_every_plan_close_and_the_plans_differ(self, path: Path) -> None:
        scenario = load_scenario(path)
        losses = {}
        for plan in scenario.plans:
            records = simulate(build_model(scenario, plan.name), range(REPLICATIONS)).replications
            assert np.array_equal(records["components"].sum(axis=1), records["loss"])
            drops = records["drops"].sum(axis=1) + records["recovered"]
            assert np.array_equal(drops, records["ground_up"])
            losses[plan.name] = records["loss"]
        means = sorted(float(loss.mean()) for loss in losses.values())
        names = list(losses)
        for index, name in enumerate(names):
            for other in names[index + 1 :]:
                assert not np.array_equal(losses[name], losses[other]), (name, other)
        assert means[-1] - means[0] > 0.1 * abs(means[0])

    def test_it_is_in_the_table_of_the_folder(self, path: Path) -> None:
        assert f"[`{path.name}`]({path.name})" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_a_number_without_source_is_noticed() -> None:
    tree = {
        "need": {"quantity": 3, "excess_value": 0},
        "suppliers": {"a": {"unit_price": [{"from": 1, "price": 5.0}]}},
    }
    assert _unsourced(tree) == ["need.quantity", "suppliers.a.unit_price.0.price"]


class TestMeasuringShipments:
    """``scripts/measure_shipments.py``, which measured the delays of one of the scenarios."""

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "scripts.measure_shipments", *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )

    def test_it_prints_shares_and_quantiles(self, tmp_path: Path) -> None:
        # 50 on the day, 10 early by 4 days, and 40 late through lognormal quantiles 2, 8, 32 (factor 4 each way)
        late = [round(float(8 * 4 ** (z / 1.2816)), 4) for z in _normal_scores(40)]
        rows = [0.0] * 50 + [-4.0] * 10 + late
        file = tmp_path / "shipments.csv"
        lines = [f"Air,{days},maker,2,161.0" for days in rows]
        file.write_text("mode,days_late,vendor,quantity,value_usd\n" + "\n".join(lines) + "\n", encoding="utf-8")
        done = self._run(str(file))
        assert done.returncode == 0, done.stderr
        assert "all: 100 shipments, 10.0% early, 50.0% on the day, 40.0% late" in done.stdout
        assert "{weight: 0.100, dist: empirical, values: [-4, -4, -4, -4, -4, -4, -4, -4, -4, -4]}" in done.stdout
        assert re.search(r"\{weight: 0\.400, dist: lognormal, p10: 2\.\d, p50: 8\.0, p90: 3\d\.\d\}", done.stdout)
        assert "Air: 100 shipments" in done.stdout
        assert "busiest vendor: maker, 100 shipments, median price of a pack 80.50 USD" in done.stdout

    def test_a_file_without_its_columns_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "shipments.csv"
        file.write_text("mode,vendor\nAir,maker\n", encoding="utf-8")
        done = self._run(str(file))
        assert (done.returncode, done.stdout) == (2, "")
        assert "has no column days_late, quantity, value_usd" in done.stderr

    def test_a_cell_that_is_no_number_is_named_by_its_row(self, tmp_path: Path) -> None:
        file = tmp_path / "shipments.csv"
        file.write_text("mode,days_late,vendor,quantity,value_usd\nAir,soon,maker,1,1\n", encoding="utf-8")
        done = self._run(str(file))
        assert done.returncode == 2
        assert "row 2" in done.stderr

    def test_the_scenario_holds_what_such_a_measurement_looks_like(self) -> None:
        suppliers = load_scenario(FOLDER / "health-commodities.yaml").model.suppliers
        air, sea = (suppliers[name].delay_days for name in ("maker-air", "maker-sea"))
        assert air is not None
        assert sea is not None
        # The shares late that were measured: 5.9 % by air, 18.9 % by sea.
        assert float(air.distribution.sf(np.array([0.5]))[0]) == pytest.approx(0.059, abs=0.003)
        assert float(sea.distribution.sf(np.array([0.5]))[0]) == pytest.approx(0.189, abs=0.003)


def _normal_scores(count: int) -> list[float]:
    from scipy.special import ndtri

    return [float(ndtri((index + 0.5) / count)) for index in range(count)]


def test_the_fitted_scenario_is_what_its_history_tells(tmp_path: Path) -> None:
    """Fitted anew it differs in the day of the fit alone, and in where it stands."""
    from tests.unit.commands.test_report import lotwise

    words = ("--supplier", "gaoyang", "--base", str(FOLDER / "two-suppliers.yaml"), "--sets", "20", "--quiet")
    done = lotwise(tmp_path, "fit", str(FOLDER / "histories" / "gaoyang.csv"), *words)
    assert (done.code, done.err) == (0, "")
    day = re.compile(r"20\d\d-\d\d-\d\d(?=[;)'\n])")
    made, shipped = (
        day.sub("DAY", file.read_text(encoding="utf-8"))
        for file in (tmp_path / "fitted.yaml", FOLDER / "two-suppliers-fitted.yaml")
    )
    assert made == shipped


def test_its_history_is_what_the_simulator_wrote(tmp_path: Path) -> None:
    from tests.unit.commands.test_report import lotwise

    words = ("--plan", "all-far", "--orders", "40", "-o", "gaoyang.csv", "--quiet")
    assert lotwise(tmp_path, "history", str(FOLDER / "two-suppliers.yaml"), *words).code == 0
    assert (tmp_path / "gaoyang.csv").read_bytes() == (FOLDER / "histories" / "gaoyang.csv").read_bytes()
