"""Delays of a supplier from its orders: the cohort, the mixture, and what few orders leave open."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from sim.calibration.delay_cohort import delay_cohort
from sim.calibration.delays import DelayFit, fitted_delays
from sim.errors import InputError
from sim.random.distributions import parse
from sim.scenario import load_scenario
from tests.delay_histories import AS_OF, KnownOrders, lognormal_history, orders_of

PATH = "suppliers.mill.delay_days"
EXAMPLE = Path(__file__).parents[2] / "data" / "example-scenario.yaml"


def nothing(history: KnownOrders) -> pd.Series[pd.Timestamp]:
    """Give a column of dates without any."""
    return history.orders["shipped"].where(history.orders["shipped"].isna())


def fit(history: KnownOrders, supplier: str = "a", *, sets: int = 200, rounds: int = 0) -> DelayFit:
    return fitted_delays(history, supplier, PATH, sets=sets, rng=np.random.default_rng(1), rounds=rounds)


@pytest.fixture(scope="module")
def usual() -> DelayFit:
    history, _ = lognormal_history(200, np.random.default_rng(3))
    return fit(history, rounds=19)


def test_only_orders_that_were_due_count_even_if_others_were_shipped_already() -> None:
    cohort = delay_cohort(orders_of([("a", 5, 2), ("b", 5, None), ("a", -3, -9), ("a", -3, None), ("a", 0, None)]))
    assert cohort.suppliers == ("a", "b")
    assert cohort.delay.tolist() == [2, 5, 0]
    assert cohort.open.tolist() == [False, True, True]
    assert cohort.late.tolist() == [True, True, True]
    assert cohort.not_due == 2


def test_what_was_shipped_after_the_end_of_the_known_world_counts_as_open() -> None:
    cohort = delay_cohort(orders_of([("a", 5, 8), ("a", 5, 5)]))
    assert cohort.open.tolist() == [True, False]
    assert cohort.delay.tolist() == [5, 5]


def test_receipt_stands_for_shipping_where_nobody_wrote_shipping_down() -> None:
    history = orders_of([("a", 9, 4), ("a", 9, 0)])
    frame = history.orders.assign(received=history.orders["shipped"], shipped=nothing(history))
    assert delay_cohort(KnownOrders(frame)).delay.tolist() == [4, 0]


def test_orders_cancelled_before_shipping_and_those_without_a_promise_are_left_out() -> None:
    history = orders_of([("a", 9, None), ("a", 9, 0), ("a", 9, 3)])
    frame = history.orders.assign(outcome=pd.Series(["cancelled", None, None]))
    frame["promised"] = frame["promised"].where(np.array([True, False, True]))
    cohort = delay_cohort(KnownOrders(frame))
    assert cohort.delay.tolist() == [3]
    assert cohort.unknown == 2


def test_a_history_without_a_due_order_says_so() -> None:
    with pytest.raises(InputError, match="no order was due by 2025-06-30"):
        fit(orders_of([("a", -1, None)]))


def test_scenario_takes_the_value_as_it_is_and_has_the_fit_s_mean(usual: DelayFit) -> None:
    spoken = parse(usual.fitted.value)
    assert spoken.mean() == pytest.approx(usual.mean_delay)
    components = usual.fitted.value["components"]
    assert [part["dist"] for part in components] == ["constant", "empirical", usual.law]
    assert sum(part["weight"] for part in components) == pytest.approx(1, abs=1e-9)
    early = -np.mean(components[1]["values"]) * components[1]["weight"]
    by_hand = components[2]["weight"] * usual.mean_lateness.value - early
    assert usual.mean_delay == pytest.approx(by_hand, abs=1e-3)


def test_whole_scenario_takes_it_too(usual: DelayFit, tmp_path: Path) -> None:
    written = {"extends": str(EXAMPLE), "suppliers": {"shenzhen": {"delay_days": usual.fitted.value}}}
    file = tmp_path / "fitted.yaml"
    file.write_text(yaml.safe_dump(written), encoding="utf-8")
    delay = load_scenario(file).model.suppliers["shenzhen"].delay_days
    assert delay is not None
    assert delay.distribution.mean() == pytest.approx(usual.mean_delay)


def test_samples_cover_every_number_that_varies_and_belong_together(usual: DelayFit) -> None:
    components = usual.fitted.value["components"]
    wanted = {f"{PATH}.components.{place}.weight" for place in range(3)}
    wanted |= {f"{PATH}.components.2.{key}" for key in components[2] if key not in {"dist", "weight", "at_most"}}
    samples = usual.fitted.samples
    assert set(samples) == wanted
    np.testing.assert_allclose(sum(samples[f"{PATH}.components.{place}.weight"] for place in range(3)), 1.0)
    assert components[2]["weight"] == pytest.approx(usual.late_share.value, abs=1e-6)
    for place in (0, 100, 199):
        changed = {key.removeprefix(f"{PATH}.components."): float(values[place]) for key, values in samples.items()}
        parts = [
            {**part, **{key.split(".")[1]: value for key, value in changed.items() if key.startswith(f"{number}.")}}
            for number, part in enumerate(components)
        ]
        assert np.isfinite(parse({"dist": "mixture", "components": parts}).mean())


def test_figures_are_told(usual: DelayFit) -> None:
    assert usual.orders == 200
    assert usual.suppliers == 5
    assert usual.own_orders == 40
    assert usual.goodness is not None
    assert usual.goodness.p_value is not None
    assert len(usual.candidates) == 5
    assert usual.own_late_share is not None
    low, high = sorted((usual.own_late_share, usual.late / usual.orders))
    assert low - 0.03 <= usual.late_share.value <= high + 0.03  # between its own and everyone's
    assert f"of {usual.own_orders} orders of a were late" in usual.fitted.told


def test_the_same_seed_gives_the_same_fit() -> None:
    history, _ = lognormal_history(40, np.random.default_rng(3))
    one, other = fit(history, rounds=9), fit(history, rounds=9)
    assert one.fitted.value == other.fitted.value
    assert all((values == other.fitted.samples[key]).all() for key, values in one.fitted.samples.items())


def others(lates: int) -> list[tuple[str, int, int | None]]:
    """Orders of five other suppliers."""
    return [(name, 100, day) for name in "bcdef" for day in (*[6] * lates, *[0] * (20 - lates))]


@pytest.mark.parametrize("own", [0, 1, 3])
def test_a_supplier_with_few_orders_leans_on_the_others(own: int) -> None:
    found = fit(orders_of([*others(5), *[("a", 100, 8)] * own]))
    assert 0.15 < found.late_share.value < 0.6
    assert 4 < found.mean_lateness.value < 12
    assert any("orders were due" in text or "no order of this supplier" in text for text in found.fitted.warnings)
    assert (found.own_late_share is None) == (own == 0)


def test_everything_on_time_leaves_a_small_late_share_and_an_assumed_lateness() -> None:
    found = fit(orders_of([("a", 50, 0)] * 40))
    assert found.late_share.value < 0.08
    assert found.early_share.high < 0.1
    assert [part["dist"] for part in found.fitted.value["components"]] == ["constant", "lognormal"]
    assert any("mostly assumed" in text for text in found.fitted.warnings)
    assert np.isfinite(parse(found.fitted.value).mean())


def test_everything_open_is_all_late_by_more_than_has_passed() -> None:
    found = fit(orders_of([("a", 30, None)] * 20))
    assert found.late_share.value > 0.85
    assert found.mean_lateness.value > 40
    assert found.own_mean_lateness is None


def test_a_single_order_is_enough_to_answer() -> None:
    for days in (0, 4, None, -2):
        found = fit(orders_of([("a", 10, days)]))
        assert np.isfinite(found.mean_delay)
        assert found.late_share.high - found.late_share.low > 0.3


def test_order_open_for_years_counts_as_late_but_not_for_how_late() -> None:
    rows: list[tuple[str, int, int | None]] = [("a", 100, 5)] * 20
    plain, endless = fit(orders_of(rows)), fit(orders_of([*rows, ("a", 900, None)]))
    assert endless.own_late == 21
    assert endless.mean_lateness.value == pytest.approx(plain.mean_lateness.value, rel=0.03)
    assert any("more than 365 days" in text for text in endless.fitted.warnings)


def test_many_early_days_are_told_by_fifty_with_the_same_mean() -> None:
    days = [-1 - number % 37 for number in range(123)]
    found = fit(orders_of([("a", 100, day) for day in days] + [("a", 100, 3)] * 12))
    values = found.fitted.value["components"][1]["values"]
    assert len(values) == 50
    assert np.mean(values) == pytest.approx(np.mean(days), abs=1e-4)


def test_a_hundred_thousand_orders_take_seconds() -> None:
    rng = np.random.default_rng(2)
    size = 100_000
    promised = pd.Series([AS_OF] * size, dtype="datetime64[s]") - pd.to_timedelta(rng.integers(0, 200, size), unit="D")
    lateness = np.where(rng.random(size) < 0.3, np.ceil(rng.lognormal(2, 0.8, size)), 0).astype(np.int64)
    shipped = promised + pd.to_timedelta(lateness, unit="D")
    known = shipped.where(shipped <= pd.Timestamp(AS_OF))
    names = np.array([f"supplier {number}" for number in range(1500)], dtype=object)[rng.integers(0, 1500, size)]
    frame = pd.DataFrame({"supplier": names, "promised": promised, "shipped": known})
    frame = frame.assign(received=frame["shipped"], outcome=pd.Series(None, index=frame.index, dtype="object"))
    begun = time.perf_counter()
    found = fit(KnownOrders(frame), "supplier 7", rounds=19)
    assert time.perf_counter() - begun < 60  # 3 s on an idle machine
    assert found.law == "lognormal"
    assert found.late_share.value == pytest.approx(0.3, abs=0.05)


def test_dates_with_a_time_of_day_count_as_days() -> None:
    history = orders_of([("a", 9, 4)])
    frame = history.orders.assign(shipped=history.orders["shipped"] + timedelta(hours=9))
    assert delay_cohort(KnownOrders(frame)).delay.tolist() == [4]
