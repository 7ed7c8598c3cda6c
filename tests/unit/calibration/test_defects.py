"""Shares of defective units from lots: recovered from the simulation's own draws, and at the ends of what can be."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from sim.calibration.beta_binomial import Lots
from sim.calibration.defect_levels import level_posterior
from sim.calibration.defects import DefectFit, fitted_defects
from sim.calibration.inspected_lots import Samples, classes_drawn
from sim.calibration.shared_quality import score_lot_share
from sim.random.distributions import parse
from sim.random.scores import build_score_table, draw_score, shared_score
from sim.rules.lots import units_of_share
from tests.unit.calibration.fabricated_orders import fabricated

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.calibration.fitted import Fitted
    from sim.calibration.history import History

PATH = "suppliers.mill"


def fitted(history: History, supplier: str = "mill", *, sets: int = 400, detection: float = 1.0) -> DefectFit:
    return fitted_defects(history, supplier, path=PATH, sets=sets, rng=np.random.default_rng(3), detection=detection)


def of(fit: DefectFit, name: str) -> Fitted:
    return next(each for each in fit.fitted if each.path == f"{PATH}.defects.{name}")


def simulated(firms: int, lots: int, law: dict[str, object], lot_share: float, quantity: int) -> NDArray[np.int64]:
    """Defective units of lots as the simulation draws them, shape (firms, lots)."""
    rng = np.random.default_rng(8)
    own, lot = rng.standard_normal((firms, 1)), rng.standard_normal((firms, lots))
    shares = draw_score(build_score_table(parse(law)), shared_score(own, lot, lot_share))
    rounding = rng.random((firms, lots))
    units = [units_of_share(quantity, *pair) for pair in zip(shares.ravel(), rounding.ravel(), strict=True)]
    return np.array(units).reshape(firms, lots)


def test_the_law_of_a_known_suppliers_lots_is_recovered() -> None:
    counts = simulated(1, 300, {"dist": "beta", "mean": 0.03, "sd": 0.02}, 1.0, 2000)
    fit = fitted(fabricated(["mill"] * 300, quantity=[2000] * 300, major=counts[0].tolist()))
    major = of(fit, "major")
    assert major.value["mean"] == pytest.approx(0.03, rel=0.1)
    assert major.value["sd"] == pytest.approx(0.02, rel=0.12)
    mean, sd = major.samples[f"{PATH}.defects.major.mean"], major.samples[f"{PATH}.defects.major.sd"]
    assert np.quantile(mean, 0.05) < 0.03 < np.quantile(mean, 0.95)
    assert np.quantile(sd, 0.05) < 0.02 < np.quantile(sd, 0.95)
    assert of(fit, "lot_to_lot_share").value == 1.0
    assert fit.figures[0].dispersion_p == pytest.approx(0.5, abs=0.35)
    assert [each.path for each in fit.fitted] == [f"{PATH}.defects.major", f"{PATH}.defects.lot_to_lot_share"]


def test_the_law_of_a_new_suppliers_lots_and_what_they_share_are_recovered() -> None:
    """The history is drawn with `lot_to_lot_share` 0.4, and 0.4 is what is to be written."""
    counts = simulated(150, 12, {"dist": "beta", "mean": 0.04, "sd": 0.03}, 0.4, 1000)
    names = [f"s{firm}" for firm in range(150) for _ in range(12)]
    fit = fitted(fabricated(names, quantity=[1000] * 1800, major=counts.ravel().tolist()))
    major, share = of(fit, "major"), of(fit, "lot_to_lot_share")
    assert major.value["mean"] == pytest.approx(0.04, rel=0.15)
    assert major.value["sd"] == pytest.approx(0.03, rel=0.15)
    assert share.value == pytest.approx(0.4, abs=0.08)
    assert share.samples[share.path].shape == (400,)
    assert "no lots in the history" in major.warnings[0]


def test_lots_drawn_with_the_written_share_resemble_each_other_as_wanted() -> None:
    law = {"dist": "beta", "mean": 0.03, "sd": 0.04}
    score = score_lot_share(np.array([0.03]), np.array([0.04]), np.array([0.5]))
    assert 0.3 < score[0] < 0.5
    rng = np.random.default_rng(1)
    own, lots = rng.standard_normal(400_000), rng.standard_normal((2, 400_000))
    first, second = (draw_score(build_score_table(parse(law)), shared_score(own, lot, score[0])) for lot in lots)
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(0.5, abs=0.015)


def test_an_even_law_needs_no_other_share() -> None:
    """A law close to normal: the share of the scores is the share of the variance."""
    assert score_lot_share(np.array([0.5]), np.array([0.01]), np.array([0.3])) == pytest.approx(0.3, abs=1e-3)


def test_one_lot() -> None:
    fit = fitted(fabricated(["mill"], quantity=[1000], major=[30]))
    major = of(fit, "major")
    low, high = np.quantile(major.samples[f"{PATH}.defects.major.mean"], [0.05, 0.95])
    assert low < 0.03 < high
    assert high > 2 * low
    assert major.n == 1
    assert fit.figures[0].dispersion_p is None


def test_nothing_found_is_little_but_not_nothing() -> None:
    one = fitted(fabricated(["mill"], quantity=[500], critical=[0]))
    many = fitted(fabricated(["mill"] * 20, quantity=[500] * 20, critical=[0] * 20))
    first, second = (of(fit, "critical").value["mean"] for fit in (one, many))
    assert 0 < second < first < 0.002
    for draws in of(many, "critical").samples.values():
        assert (draws > 0).all()
    for mean, sd in zip(*(draws[::40] for draws in of(many, "critical").samples.values()), strict=True):
        table = build_score_table(parse({"dist": "beta", "mean": float(mean), "sd": float(sd)}))
        assert (draw_score(table, np.linspace(-5, 5, 11)) >= 0).all()


def test_everything_defective_stays_a_law() -> None:
    fit = fitted(fabricated(["mill"] * 5, quantity=[500] * 5, critical=[5] * 5, major=[480] * 5, minor=[15] * 5))
    means = [of(fit, name).samples[f"{PATH}.defects.{name}.mean"] for name in ("critical", "major", "minor")]
    assert (np.sum(means, axis=0) < 1).all()
    for name in ("critical", "major", "minor"):
        each = of(fit, name)
        mean, sd = (each.samples[f"{each.path}.{key}"] for key in ("mean", "sd"))
        assert (sd**2 < mean * (1 - mean)).all()
        parse(each.value)


def test_a_million_units_a_lot() -> None:
    counts = [29_000, 31_000, 30_500, 29_500, 30_000, 28_000]
    major = of(fitted(fabricated(["mill"] * 6, quantity=[10**6] * 6, major=counts)), "major")
    assert major.value["mean"] == pytest.approx(0.02967, rel=0.03)
    assert 0.0008 < major.value["sd"] < 0.005


def test_half_of_the_defects_found() -> None:
    rng = np.random.default_rng(4)
    found = rng.binomial(2000, 0.5 * rng.beta(0.06 * 60, 0.94 * 60, 120))
    history = fabricated(["mill"] * 120, quantity=[2000] * 120, major=found.tolist())
    half, all_found = of(fitted(history, detection=0.5), "major"), of(fitted(history), "major")
    assert half.value["mean"] == pytest.approx(0.06, rel=0.12)
    assert half.value["sd"] == pytest.approx((0.06 * 0.94 / 61) ** 0.5, rel=0.15)
    assert all_found.value["mean"] == pytest.approx(half.value["mean"] / 2, rel=0.03)


def test_other_suppliers_lend_strength() -> None:
    """One lot of the mill, among ten suppliers who are all alike: its mean is drawn to theirs."""
    names = [f"s{firm}" for firm in range(10) for _ in range(10)]
    others = np.asarray(stats.betabinom.rvs(1000, 6, 194, size=100, random_state=2)).tolist()
    among = of(fitted(fabricated([*names, "mill"], quantity=[1000] * 101, major=[*others, 100])), "major")
    alone = of(fitted(fabricated(["mill"], quantity=[1000], major=[100])), "major")
    assert among.value["mean"] < 0.6 * alone.value["mean"]


def test_with_lots_that_are_alike_the_fit_is_the_beta_posterior() -> None:
    """Suppliers of one lot each of a size that hides any spread, at a fixed prior: the grid finds the pooled share."""
    lots = {f"s{firm}": Lots(np.array([300.0]), np.array([10_000.0]), np.ones(1)) for firm in range(40)}
    level = level_posterior(lots, 0.03, 2000, np.random.default_rng(0)).draws.level
    assert np.mean(level) == pytest.approx(0.03, rel=0.02)
    assert np.std(level) < 0.002


def test_a_lot_that_stands_out_is_noticed() -> None:
    counts = [20, 22, 19, 21, 20, 18, 23, 20, 21, 19, 20, 22, 21, 20, 19, 21, 20, 20, 900, 20]
    fit = fitted(fabricated(["mill"] * 20, quantity=[1000] * 20, major=counts))
    assert fit.figures[0].dispersion_p is not None
    assert fit.figures[0].dispersion_p < 0.2
    assert any(text.startswith("1 of 20 lots had 30 % major") for text in fit.warnings)


def test_what_was_not_counted_keeps_its_value() -> None:
    nothing = fitted(fabricated(["mill"] * 3, quantity=[100] * 3))
    assert nothing.fitted == ()
    assert "keeps its values" in nothing.warnings[0]
    odd = fitted(fabricated(["mill"] * 3, quantity=[100] * 3, major=[1, None, 101]))
    assert of(odd, "major").n == 1
    assert any("1 counts of more" in text for text in odd.warnings)


def test_units_checked_are_what_was_looked_at() -> None:
    whole = of(fitted(fabricated(["mill"] * 4, quantity=[1000] * 4, major=[10] * 4)), "major")
    part = of(fitted(fabricated(["mill"] * 4, quantity=[1000] * 4, units_checked=[100] * 4, major=[10] * 4)), "major")
    assert part.value["mean"] > 5 * whole.value["mean"]


def with_samples(found: int | None, lots: int = 8) -> DefectFit:
    counts: dict[str, Any] = {
        "critical": [0] * lots + [None] * 8,
        "major": [20] * lots + [None] * 8,
        "minor": [40] * lots + [None] * 8,
        "inspected": [None] * lots + [125] * 8,
        "found": [None] * lots + [found] * 8,
    }
    return fitted(fabricated(["mill"] * (lots + 8), quantity=[1000] * (lots + 8), **counts))


def test_samples_before_shipment_count_where_nothing_else_does() -> None:
    without, many = with_samples(None), with_samples(30)
    for name in ("major", "minor"):
        assert of(many, name).value["mean"] > 1.4 * of(without, name).value["mean"]
        assert of(many, name).n == of(without, name).n + 8
    total = sum(of(many, name).value["mean"] for name in ("critical", "major", "minor"))
    assert 0.11 < total < 0.2
    few = with_samples(30, lots=3)
    assert of(few, "major").n == 3
    assert any("left out" in text for text in few.warnings)


def test_a_split_adds_up_and_follows_the_levels() -> None:
    samples = Samples(("mill",) * 500, np.full(500, 125.0), np.full(500, 10.0))
    means = np.array([[0.001], [0.03], [0.06]]) * np.ones(500)
    split = classes_drawn(samples, means, np.full(3, 1e6), 0.92, np.random.default_rng(0))
    assert (split.sum(axis=0) == 10).all()
    assert split.mean(axis=1) == pytest.approx([10 / 91, 300 / 91, 600 / 91], abs=0.25)


def test_the_same_seed_gives_the_same_draws() -> None:
    history = fabricated(["mill", "other"] * 4, quantity=[800] * 8, major=[5, 9, 30, 2, 0, 8, 7, 14])
    first, second = (of(fitted(history), "major") for _ in range(2))
    assert first.value == second.value
    for name, draws in first.samples.items():
        assert draws.tobytes() == second.samples[name].tobytes()


def test_more_lots_tell_more() -> None:
    rng = np.random.default_rng(9)
    counts = rng.binomial(1000, rng.beta(1, 32, 160)).tolist()
    widths = []
    for lots in (10, 40, 160):
        each = of(fitted(fabricated(["mill"] * lots, quantity=[1000] * lots, major=counts[:lots])), "major")
        low, high = np.quantile(each.samples[f"{each.path}.mean"], [0.05, 0.95])
        widths.append(high - low)
    assert all(later < earlier for earlier, later in pairwise(widths))
