"""What a look before ordering is worth: closed forms of conjugate beliefs, what a look shows, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import betabinom

from sim.errors import InputError
from sim.scenario import load_scenario
from sim.studies.first_looks import FirstLook, looks_taken
from sim.studies.information import information_found
from tests.stories import MAKER
from tests.unit.commands.test_report import lotwise
from tests.unit.studies.known_losses import FIRST, SHARE, KnownLosses, uncertain_scenario, with_sets

if TYPE_CHECKING:
    from pathlib import Path

    from sim.scenario import Scenario
    from sim.studies.knowledge import Knowledge

FLAT = {"a": lambda _: 500.0, "b": lambda x: 1000 * x}
"""Plan a loses 500 whatever comes, plan b loses in proportion to a share that may be anything from 0 to 1."""


def worth(scenario: Scenario, losses: KnownLosses, *looks: FirstLook, points: int = 2_000) -> list[Knowledge]:
    return list(information_found(losses, scenario, looks=looks, points=points).looks)


def value_of_a_sample(units: int) -> float:
    """E[max(0, 500 - 1000 E[x | found])], found ~ beta-binomial(units, 1, 1): Raiffa and Schlaifer (1961), ch. 5."""
    found = np.arange(units + 1)
    saved = np.maximum(0, 500 - 1000 * (found + 1) / (units + 2))
    return float(betabinom.pmf(found, units, 1, 1) @ saved)


@pytest.mark.parametrize("units", [1, 4, 50])
def test_a_sample_of_a_lot_is_worth_what_the_conjugate_belief_says(tmp_path: Path, units: int) -> None:
    (look,) = worth(uncertain_scenario(tmp_path), KnownLosses(FLAT), FirstLook("maker", units=units))
    assert look.value.low < value_of_a_sample(units) < look.value.high
    assert look.value.value == pytest.approx(value_of_a_sample(units), rel=0.1)


def test_more_units_are_worth_more_and_never_more_than_the_exact_value(tmp_path: Path) -> None:
    # 83.3, 100 and 122.5 of 125
    looks = [FirstLook("maker", units=units) for units in (1, 4, 50)]
    found = information_found(KnownLosses(FLAT), uncertain_scenario(tmp_path), looks=looks, points=2_000)
    values = [one.value.value for one in found.looks]
    assert values == sorted(values)
    assert values[-1] < found.singles[0].value.value


def test_one_order_tells_a_delay_that_is_always_the_same(tmp_path: Path) -> None:
    # b loses 50 a day late, d days uniform in -10 to 10: on average 125, so a with 100 is best. Who has seen d saves
    # E[max(0, 100 - 50 max(d, 0))] = 0.5 * 100 + 0.5 * (100 * 2 - 25 * 4) / 10 = 55
    path = f"{MAKER}.delay_days"
    belief = {"dist": "uniform", "low": -10, "high": 10}
    scenario = uncertain_scenario(tmp_path, inputs={path: belief}, changes={path: 0}, without=("production_days",))
    losses = KnownLosses({"a": lambda _: 100.0, "b": lambda d: 50 * max(d, 0)})
    (look,) = worth(scenario, losses, FirstLook("maker", orders=1))
    assert look.value.value == pytest.approx(55, rel=0.02)


def test_a_look_at_another_matter_is_worth_nothing(tmp_path: Path) -> None:
    scenario = uncertain_scenario(tmp_path, inputs={"buyer.hourly_cost": SHARE})
    (look,) = worth(scenario, KnownLosses(FLAT), FirstLook("maker", orders=20))
    assert not look.is_shown


def test_joint_draws_are_looked_at_too(tmp_path: Path) -> None:
    # the share of defects is 0 or 0.9, and one whole lot tells which: b loses 450 without, 0 or else a's 500 with it
    scenario = with_sets(uncertain_scenario(tmp_path), (FIRST,), ((0.0,), (0.9,)))
    (look,) = worth(scenario, KnownLosses(FLAT), FirstLook("maker", orders=1), points=200)
    assert look.value.value == pytest.approx(200)


def maker(tmp_path: Path, **defects: object) -> Scenario:
    hourly = {"buyer.hourly_cost": SHARE}
    return uncertain_scenario(
        tmp_path, inputs=hourly, changes={f"{MAKER}.defects.{name}": value for name, value in defects.items()}
    )


def test_lots_of_one_firm_resemble_each_other(tmp_path: Path) -> None:
    law = {"dist": "beta", "mean": 0.2, "sd": 0.1}
    spreads = {}
    for share in (0.0, 1.0):
        scenario = maker(tmp_path, major=law, lot_to_lot_share=share)
        shown = looks_taken(FirstLook("maker", orders=25), [scenario] * 400, np.random.default_rng(1))
        spreads[share] = (shown[:, -2] ** 2).std()  # of the mean share over 25 lots
    # all its lots alike: as one lot; none alike: a fifth of that
    assert spreads[0.0] == pytest.approx(0.1, rel=0.15)
    assert spreads[1.0] == pytest.approx(0.02, rel=0.15)


def test_bad_lots_and_orders_that_never_ship_are_seen(tmp_path: Path) -> None:
    scenario = maker(tmp_path, bad_lot={"probability": 0.25, "share": 1.0}, major=0.0)
    scenario = scenario.with_overrides([f"{MAKER}.never_ships_probability=0.5"])
    shown = looks_taken(FirstLook("maker", orders=400), [scenario], np.random.default_rng(1))[0]
    assert shown[0] == pytest.approx(0.5, abs=0.1)
    assert shown[-2] ** 2 == pytest.approx(0.25, abs=0.1)
    sure = scenario.with_overrides([f"{MAKER}.never_ships_probability=1"])
    assert looks_taken(FirstLook("maker", orders=3), [sure], np.random.default_rng(1)).tolist() == [[1, 0, 0, 0, 0, 0]]


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        ((FirstLook("makr", orders=1),), "there is no supplier 'makr'(?s:.*)maker"),
        ((FirstLook("maker"),), "^nothing of maker: no number to look at\n    hint: 1 to 1,000 orders"),
        ((FirstLook("maker", orders=5_000),), "5,000 more orders of maker(?s:.*)1 to 1,000"),
        ((FirstLook("maker", units=2), FirstLook("maker", units=2)), "2 units of maker checked: asked for twice"),
    ],
)
def test_looks_that_make_no_sense_are_refused(tmp_path: Path, looks: tuple[FirstLook, ...], told: str) -> None:
    losses = KnownLosses(FLAT)
    with pytest.raises(InputError, match=told):
        information_found(losses, uncertain_scenario(tmp_path), looks=looks)
    assert losses.asked == []


def test_the_command_tells_what_a_look_is_worth_and_what_it_cannot_read(tmp_path: Path) -> None:
    scenario = maker(tmp_path)
    load_scenario(scenario.path)
    arguments = ("information", str(scenario.path), "--points", "64", "--replications", "10", "--out", "found")
    wrong = lotwise(tmp_path, *arguments, "--orders", "maker=many")
    assert wrong.code == 2
    assert "'maker=many' is no supplier with a number" in wrong.err
    done = lotwise(tmp_path, *arguments, "--orders", "maker=1", "--audit", "maker=1250")
    assert done.code == 0, done.err
    text = " ".join(done.out.split())
    assert "1 more order of maker before ordering:" in text
    assert "1,250 units of maker checked before ordering:" in text
