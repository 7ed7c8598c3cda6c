"""``lotwise fit``: from a history to a scenario that runs, and clear answers where that cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from sim.scenario import load_scenario
from tests.unit.commands.test_report import lotwise

TWO: Final = str(Path(__file__).resolve().parents[3] / "scenarios" / "two-suppliers.yaml")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a simulated history of forty orders of one supplier."""
    folder = tmp_path_factory.mktemp("shop")
    assert lotwise(folder, "history", TWO, "--plan", "all-far", "-o", "orders.csv").code == 0
    return folder


def test_a_fitted_scenario_says_where_every_value_comes_from_and_runs(shop: Path) -> None:
    done = lotwise(shop, "fit", "orders.csv", "--supplier", "gaoyang", "--base", TWO, "--sets", "20", "--json")
    assert (done.code, done.err) == (0, "")
    told = json.loads(done.out)
    assert told["orders"] == 40
    assert told["sets"] == 20
    paths = [one["path"] for one in told["fitted"]]
    assert "suppliers.gaoyang.delay_days" in paths
    assert "suppliers.gaoyang.defects.bad_lot.probability" in paths
    scenario = load_scenario(shop / "fitted.yaml")
    assert scenario.name == "two-suppliers-fitted"
    sets = scenario.model.parameter_sets
    assert sets is not None
    assert len(sets.sets) == 20
    assert [prior.of for prior in sets.priors] == [prior["name"] for prior in told["priors"]]
    major = scenario.raw["suppliers"]["gaoyang"]["defects"]["major"]
    assert major["source"].startswith("fitted from orders.csv, n=")
    assert 'before: {"dist": "beta", "mean": 0.035' in major["source"]
    assert scenario.raw["suppliers"]["gaoyang"]["defects"]["bad_lot"]["probability"]["value"] == 0
    compared = lotwise(shop, "compare", "fitted.yaml", "--replications", "200", "--plans", "all-far,all-near")
    assert "What is not known of the inputs (20 parameter sets)" in " ".join(compared.out.split())


def test_the_same_history_and_seed_make_the_same_file(shop: Path) -> None:
    texts = []
    for seed in ("3", "3", "4"):
        words = ("--supplier", "gaoyang", "--sets", "20", "--seed", seed, "--quiet", "--force", "-o", "again.yaml")
        assert lotwise(shop, "fit", "orders.csv", *words).out == ""
        texts.append((shop / "again.yaml").read_text(encoding="utf-8"))
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("orders.csv", "--supplier", "goayang"), "did you mean 'gaoyang'"),
        (("order.csv", "--supplier", "gaoyang"), "did you mean orders.csv"),
        (("orders.csv", "--supplier", "gaoyang", "--base", TWO, "--as", "nobody"), "has no supplier 'nobody'"),
        (("orders.csv", "--supplier", "gaoyang", "-o", "out.json"), "is not one that can be written"),
        (("orders.csv", "--supplier", "gaoyang", "--column", "promised"), "names no column"),
        (("orders.csv", "--supplier", "gaoyang", "--as-of", "tomorrow"), "is no date"),
        (("orders.csv", "--supplier", "gaoyang", "--as-of", "2026-01-01"), "--drop-bad leaves bad rows out"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_mistake_is_answered_and_nothing_is_written(shop: Path, words: tuple[str, ...], answer: str) -> None:
    out = () if "-o" in words else ("-o", "never.yaml")
    done = lotwise(shop, "fit", *words, *out)
    assert done.code == 2
    assert answer in done.err
    assert not (shop / "never.yaml").exists()


def test_an_unknown_supplier_is_one_of_its_kind(shop: Path) -> None:
    done = lotwise(shop, "fit", "orders.csv", "--supplier", "Zhou & Sons", "--sets", "20", "-o", "new.yaml")
    assert done.code == 0
    assert "it is fitted as a new supplier of the kind of the 1 supplier" in done.err
    assert "suppliers.Zhou-Sons.delay_days" in (shop / "new.yaml").read_text(encoding="utf-8")
    assert "Zhou-Sons" in load_scenario(shop / "new.yaml").model.suppliers


@pytest.mark.parametrize(("ending", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_the_fit_of_lateness_is_drawn(shop: Path, ending: str, begins: bytes) -> None:
    words = ("--supplier", "gaoyang", "--sets", "20", "-o", f"{ending}.yaml", "--plot", f"late.{ending}")
    done = lotwise(shop, "fit", "orders.csv", *words)
    assert done.out.endswith(f"Drawn: late.{ending}\n")
    assert (shop / f"late.{ending}").read_bytes().startswith(begins)


def test_the_picture_tells_what_was_seen_and_how_well_the_law_fits(shop: Path) -> None:
    words = ("--supplier", "gaoyang", "--sets", "20", "-o", "words.yaml", "--plot", "words.svg", "--json")
    told = json.loads(lotwise(shop, "fit", "orders.csv", *words).out)["lateness"]
    heard = (shop / "words.svg").read_text(encoding="utf-8").partition(">")[0]
    assert told["own_orders"]["late"] == 1
    assert "1 late order of gaoyang (Kaplan-Meier). Taken: lognormal; too few late orders to test it." in heard
    assert set(told["aicc"]) == {"lognormal", "gamma", "weibull", "exponential", "fisk"}


def test_where_no_order_was_due_there_is_nothing_to_draw(tmp_path: Path) -> None:
    header = "supplier,ordered,promised,shipped,received,checked,quantity,major"
    rows = f"{header}\nmill,2026-01-02,,,2026-02-01,2026-02-03,100,4\n"
    (tmp_path / "orders.csv").write_text(rows, encoding="utf-8")
    done = lotwise(tmp_path, "fit", "orders.csv", "--supplier", "mill", "--plot", "late.svg")
    assert done.code == 0
    assert "nothing to draw: no order was due yet" in done.err
    assert not (tmp_path / "late.svg").exists()
