"""The engine against closed forms: what probability theory says of a simple order, within a stated error.

Every estimate is compared by its own standard error at z = 4.5 (two-sided alpha 7e-6 a comparison), with fixed seeds: a
wrong rule is off by far more, and a right one fails once in a hundred thousand runs of another seed.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from sim.protocol import State
from sim.rules.reports import Report
from tests.stories import INSPECTED, MAKER, order_of, tell

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

REPLICATIONS = range(4000)
Z = 4.5


def agrees(sample: NDArray[Any], expected: float) -> None:
    """Check a sample's mean against its expectation."""
    error = float(np.std(sample, ddof=1)) / sqrt(len(sample))
    assert abs(float(np.mean(sample)) - expected) <= Z * error, (np.mean(sample), expected, error)


def agrees_share(hits: NDArray[Any], expected: float) -> None:
    """Check a share of hits against its probability."""
    error = sqrt(expected * (1 - expected) / len(hits))
    assert abs(float(np.mean(hits)) - expected) <= Z * error, (np.mean(hits), expected, error)


def orders(folder: Path, changes: dict[str, object], more: list[dict[str, Any]] | None = None) -> NDArray[Any]:
    """Outcome records of many replications of the plain order, changed."""
    return tell(folder, changes, more, replications=REPLICATIONS).outcomes.orders


def test_late_share_is_the_tail_of_the_production_time(tmp_path: Path) -> None:
    law = {"dist": "gamma", "mean": 25, "sd": 6}
    records = orders(tmp_path, {f"{MAKER}.production_days": law, "buyer.extension_accepted_days": 999})[:, 0]
    late = stats.gamma.sf(30, (25 / 6) ** 2, scale=36 / 25)
    agrees_share(records["shipped"] > records["ship_date"], float(late))


def test_never_ships_share(tmp_path: Path) -> None:
    records = orders(tmp_path, {f"{MAKER}.never_ships_probability": 0.07})[:, 0]
    agrees_share(records["shipped"] < 0, 0.07)


def test_mean_units_of_each_class(tmp_path: Path) -> None:
    shares = {"critical": 0.004, "major": 0.03, "minor": 0.05}
    changes: dict[str, object] = {
        f"{MAKER}.defects.{name}": {"dist": "beta", "mean": mean, "sd": mean} for name, mean in shares.items()
    }
    records = orders(tmp_path, changes, [order_of(quantity=150)])[:, 0]
    for name, mean in shares.items():
        agrees(records[name], 150 * mean)


@pytest.mark.parametrize("lot_share", [0.0, 0.3, 1.0])
def test_lots_of_one_supplier_correlate_as_the_copula_says(tmp_path: Path, lot_share: float) -> None:
    changes: dict[str, object] = {
        f"{MAKER}.defects.major": {"dist": "uniform", "low": 0, "high": 0.5},
        f"{MAKER}.defects.lot_to_lot_share": lot_share,
    }
    records = orders(tmp_path, changes, [order_of("a", 1000), order_of("b", 1000)])
    correlation = float(np.corrcoef(records["major"][:, 0], records["major"][:, 1])[0, 1])
    # Of two uniform marginals under a Gaussian copula: Spearman's rho = 6 / pi * asin(r / 2) (Kruskal 1958)
    expected = 6 / np.pi * np.arcsin((1 - lot_share) / 2)
    assert correlation == pytest.approx(expected, abs=Z * (1 - expected**2) / sqrt(len(records)) + 1e-3)


def test_acceptance_follows_the_operating_characteristic(tmp_path: Path) -> None:
    inspection = INSPECTED | {"sampling": {"standard": "iso2859-1", "level": "II", "aql": {"major": 2.5}}}
    changes: dict[str, object] = {"inspections.psi": inspection, f"{MAKER}.defects.major": 0.05}
    records = orders(tmp_path, changes, [order_of(quantity=1000, inspections=["psi"])])[:, 0]
    # letter J: 80 units, 5 accepted, of a lot with 50 defective
    agrees_share(records["report"] == Report.PASSED, float(stats.hypergeom.cdf(5, 1000, 50, 80)))


def test_imperfect_detection_thins_the_sample(tmp_path: Path) -> None:
    inspection = INSPECTED | {
        "sampling": {"standard": "fixed", "sample_size": 50, "accept": {"major": 1}},
        "detection_probability": 0.6,
    }
    changes: dict[str, object] = {"inspections.psi": inspection, f"{MAKER}.defects.major": 0.05}
    records = orders(tmp_path, changes, [order_of(quantity=1000, inspections=["psi"])])[:, 0]
    in_sample = stats.hypergeom(1000, 50, 50)
    accepts = sum(float(in_sample.pmf(k) * stats.binom.cdf(1, k, 0.6)) for k in range(51))
    agrees_share(records["report"] == Report.PASSED, accepts)


def test_mediator_upholds_with_its_odds_and_awards_its_mean(tmp_path: Path) -> None:
    changes: dict[str, object] = {
        f"{MAKER}.defects.major": 0.2,
        "disputes.uphold_probability": 0.3,
        "disputes.odds.full_contract_detail": 2.0,
        "disputes.award_share": {"dist": "beta", "mean": 0.7, "sd": 0.1},
    }
    records = orders(tmp_path, changes)[:, 0]
    odds = 0.3 / 0.7 * 2
    agrees_share(records["dispute_end"] == State.AWARDED, odds / (1 + odds))
    agrees(records["refunded"], odds / (1 + odds) * 0.7 * 200_000)  # 200 units at 10.00


def test_silent_suppliers_and_conceding_ones(tmp_path: Path) -> None:
    changes: dict[str, object] = {
        f"{MAKER}.defects.major": 0.2,
        f"{MAKER}.disputes.reply_days": 1,
        f"{MAKER}.disputes.silent_probability": 0.25,
        f"{MAKER}.disputes.concedes_probability": 0.4,
        "disputes.uphold_probability": 0,
    }
    records = orders(tmp_path, changes)[:, 0]
    agrees_share(records["dispute_end"] == State.CONCEDED, 0.75 * 0.4)


def test_buyer_answers_in_time_as_often_as_its_reply_time_allows(tmp_path: Path) -> None:
    changes: dict[str, object] = {
        f"{MAKER}.defects.major": 0.2,
        f"{MAKER}.disputes.reply_days": 1,
        f"{MAKER}.disputes.opening_offer_share": 0.9,
        "buyer.reply_days": {"dist": "exponential", "mean": 4},
    }
    records = orders(tmp_path, changes)[:, 0]
    agrees_share(records["dispute_end"] == State.SETTLED, 1 - np.exp(-7 / 4))


def test_goods_checked_within_the_window(tmp_path: Path) -> None:
    changes: dict[str, object] = {
        f"{MAKER}.defects.major": 0.2,
        "buyer.goods_check_days": {"dist": "lognormal", "mean": 25, "sd": 20},
    }
    records = orders(tmp_path, changes)[:, 0]
    variance = np.log(1 + (20 / 25) ** 2)
    in_time = stats.norm.cdf((np.log(30) - np.log(25) + variance / 2) / np.sqrt(variance))
    agrees_share(records["disputes"] == 1, float(in_time))


def test_faults_written_into_the_contract(tmp_path: Path) -> None:
    records = orders(tmp_path, {f"{MAKER}.defects.major": 0.2, "contract.detail_share": 0.35})[:, 0]
    agrees_share(records["disputes"] == 1, 0.35)


def test_other_buyers_share_of_the_limit(tmp_path: Path) -> None:
    changes: dict[str, object] = {
        f"{MAKER}.defects.major": 1.0,
        f"{MAKER}.assurance_limit": 8000,
        f"{MAKER}.limit_used_by_others_share": {"dist": "uniform", "low": 0, "high": 0.5},
        "protection_overrides.limit_scope": "supplier",
    }
    records = orders(tmp_path, changes)[:, 0]
    agrees(records["refunded"], 800_000 * 0.75)
