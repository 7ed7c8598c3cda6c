"""What disputes tell: conjugate answers by hand, censored answers recovered, and the odds taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.calibration.dispute_laws import Moments, Replies, award_draws, moments_before, reply_draws
from sim.calibration.disputes import DisputeFit, fitted_disputes
from sim.random.distributions import parse
from sim.rules.mediation import OddsRatios
from tests.unit.calibration.fabricated_orders import days_after, fabricated

if TYPE_CHECKING:
    from collections.abc import Sequence

PATH = "suppliers.mill"
START = "2024-03-01"
BEFORE = {
    "suppliers.mill.disputes.reply_days": {"dist": "lognormal", "mean": 2.5, "sd": 3},
    "suppliers.mill.disputes.silent_probability": 0.1,
    "suppliers.mill.disputes.concedes_probability": {"value": 0.25, "source": "assumption"},
    "disputes.uphold_probability": 0.5,
    "disputes.award_share": {"dist": "beta", "mean": 0.85, "sd": 0.15},
}


def fitted(
    count: int,
    *,
    supplier: str = "mill",
    detail_share: float | None = None,
    odds: OddsRatios | None = None,
    **columns: Sequence[object],
) -> DisputeFit:
    given: dict[str, Any] = dict(columns)
    history = fabricated(["mill"] * count, dispute_opened=[START] * count, **given)
    rng = np.random.default_rng(2)
    return fitted_disputes(
        history, supplier, path=PATH, sets=4000, rng=rng, before=BEFORE, detail_share=detail_share, odds=odds
    )


def value(fit: DisputeFit, path: str) -> float:
    return float(next(each.value for each in fit.fitted if each.path == path))


def ended(count: int, day: float = 40) -> list[object]:
    return list(days_after(START, [day] * count))


def test_no_disputes_fit_nothing() -> None:
    history = fabricated(["mill"] * 3)
    fit = fitted_disputes(history, "mill", path=PATH, sets=10, rng=np.random.default_rng(0), before={})
    assert fit.fitted == ()
    assert "keeps its values" in fit.warnings[0]


def test_upheld_and_conceded_by_hand() -> None:
    """Six of eight decided upheld: beta(4 x 0.5 + 6, 4 x 0.5 + 2), mean 8 / 12. One of eight conceded: 2 / 12."""
    fit = fitted(
        9,
        replied=list(days_after(START, [2] * 8 + [None])),
        dispute_ended=ended(9),
        claimed=[100.0] * 9,
        refunded=[80.0] * 6 + [0.0] * 2 + [100.0],
        outcome=["decided"] * 7 + ["decided"] + ["conceded"],
    )
    assert value(fit, "disputes.uphold_probability") == pytest.approx(8 / 12, abs=0.01)
    assert value(fit, f"{PATH}.disputes.concedes_probability") == pytest.approx(2 / 13, abs=0.01)
    assert fit.decided == 8
    assert any("usual evidence" in text for each in fit.fitted for text in each.warnings)


def test_odds_of_full_detail_are_taken_out_by_hand() -> None:
    """Four in five upheld is odds of 4; full detail multiplies odds by 4: without it one in two is upheld."""
    odds = OddsRatios(full_contract_detail=4, failed_report=1, passed_report=1, messages=1)
    columns: dict[str, Any] = {
        "dispute_ended": ended(1000),
        "claimed": [10.0] * 1000,
        "refunded": [8.0] * 800 + [0.0] * 200,
        "outcome": ["decided"] * 1000,
        "ground": ["quality"] * 1000,
    }
    path = "disputes.uphold_probability"
    assert value(fitted(1000, detail_share=1.0, odds=odds, **columns), path) == pytest.approx(0.5, abs=0.015)
    assert value(fitted(1000, detail_share=0.5, odds=odds, **columns), path) == pytest.approx(2 / 3, abs=0.015)
    assert value(fitted(1000, **columns), path) == pytest.approx(0.8, abs=0.015)
    late: dict[str, Any] = {**columns, "ground": ["late_shipment"] * 1000}
    assert value(fitted(1000, detail_share=0.0, odds=odds, **late), path) == pytest.approx(0.5, abs=0.015)
    report = OddsRatios(full_contract_detail=1, failed_report=4, passed_report=1, messages=1)
    failed: dict[str, Any] = {**columns, "inspection_result": ["failed"] * 1000}
    assert value(fitted(1000, detail_share=1.0, odds=report, **failed), path) == pytest.approx(0.5, abs=0.015)


def test_without_outcomes_every_ended_dispute_counts() -> None:
    fit = fitted(
        6,
        replied=list(days_after(START, [1] * 6)),
        dispute_ended=list(days_after(START, [5, 40, 40, 40, 40, None])),
        claimed=[100.0] * 6,
        refunded=[100.0, 100.0, 50.0, 0.0, 20.0, None],
    )
    assert any("cannot be told apart" in text for text in fit.warnings)
    assert fit.decided == 5
    assert value(fit, "disputes.uphold_probability") == pytest.approx((2 + 4) / 9, abs=0.01)
    # the one still open was answered long ago and not conceded
    assert value(fit, f"{PATH}.disputes.concedes_probability") == pytest.approx((1 + 1) / 10, abs=0.01)


def test_young_disputes_tell_nothing_about_concessions() -> None:
    """Of disputes a week old those conceded are over, the others open: counted are those that are a fortnight old."""
    opened = ["2025-06-01"] * 8 + ["2025-12-25"] * 4
    columns: dict[str, Any] = {
        "dispute_opened": opened,
        "replied": ["2025-06-03"] * 8 + ["2025-12-27"] * 4,
        "dispute_ended": ["2025-07-10"] * 6 + ["2025-06-03"] * 2 + ["2025-12-27"] * 2 + [None] * 2,
        "claimed": [100.0] * 12,
        "refunded": [50.0] * 6 + [100.0] * 4 + [None] * 2,
        "outcome": ["decided"] * 6 + ["conceded"] * 4 + [None] * 2,
    }
    history = fabricated(["mill"] * 12, "2026-01-01", **columns)
    fit = fitted_disputes(history, "mill", path=PATH, sets=4000, rng=np.random.default_rng(2), before=BEFORE)
    assert value(fit, f"{PATH}.disputes.concedes_probability") == pytest.approx((1 + 2) / 12, abs=0.01)


@pytest.mark.parametrize("limit", [7.0, 14.0])
def test_answers_and_silence_are_recovered(limit: float) -> None:
    """Lognormal days with median 2 and ln-spread 0.9; one supplier in five never answers; seen up to the limit."""
    rng = np.random.default_rng(6)
    days = rng.lognormal(np.log(2), 0.9, 1500)
    answers = (rng.random(1500) > 0.2) & (days < limit + 0.5)
    replies = Replies(np.round(days[answers]), np.full(int((~answers).sum()), limit + 0.5))
    draws = reply_draws(replies, Moments(2.5, 3.0), 0.1, 4.0, 2000, rng)
    for found, true in ((draws.location, np.log(2)), (draws.spread, 0.9), (draws.silent, 0.2)):
        low, high = np.quantile(found, [0.005, 0.995])
        assert low < true < high
        assert high - low < 0.5
    assert draws.unanswered(limit + 0.5).mean() == pytest.approx(1 - answers.mean(), abs=0.01)


def test_waiting_for_an_answer_is_not_silence() -> None:
    """Ten disputes opened yesterday tell next to nothing; ten left unanswered for a month tell much."""
    history = {
        days: fabricated(
            ["mill"] * 12,
            as_of=f"2024-03-{days:02d}",
            dispute_opened=["2024-03-01"] * 10 + ["2024-02-01"] * 2,
            replied=[None] * 10 + ["2024-02-02"] * 2,
        )
        for days in (2, 31)
    }
    silent = {}
    for days, given in history.items():
        fit = fitted_disputes(given, "mill", path=PATH, sets=4000, rng=np.random.default_rng(0), before=BEFORE)
        silent[days] = value(fit, f"{PATH}.disputes.silent_probability")
    assert silent[2] < 0.2
    assert silent[31] > 0.4


def test_a_few_disputes_leave_the_previous_law_near_where_it_was() -> None:
    fit = fitted(1, replied=list(days_after(START, [2])), dispute_ended=ended(1), outcome=["settled"])
    reply = fit.fitted[0]
    assert reply.path == f"{PATH}.disputes.reply_days"
    assert parse(reply.value).mean() == pytest.approx(2.5, rel=0.25)
    assert value(fit, f"{PATH}.disputes.silent_probability") == pytest.approx(0.08, abs=0.02)
    assert set(reply.samples) == {f"{reply.path}.mean", f"{reply.path}.sd"}
    assert all(draws.shape == (4000,) for each in fit.fitted for draws in each.samples.values())
    assert any("how mediators decide stays" in text for text in fit.warnings)


def test_awards_are_recovered() -> None:
    rng = np.random.default_rng(1)
    mean, sd = award_draws(rng.beta(7, 3, 800), Moments(0.85, 0.15), 4.0, 2000, rng)
    assert np.mean(mean) == pytest.approx(0.7, abs=0.015)
    assert np.mean(sd) == pytest.approx((0.21 / 11) ** 0.5, rel=0.07)


def test_awards_in_full_stay_a_law() -> None:
    mean, sd = award_draws(np.ones(20), Moments(1.0, 0.0), 4.0, 500, np.random.default_rng(0))
    assert ((mean > 0.9) & (mean < 1)).all()
    assert (sd**2 < mean * (1 - mean)).all()


def test_other_suppliers_disputes_tell_of_the_mediator_alone() -> None:
    fit = fitted(
        4, supplier="new", dispute_ended=ended(4), claimed=[10.0] * 4, refunded=[8.0] * 4, outcome=["decided"] * 4
    )
    assert [each.path for each in fit.fitted] == ["disputes.uphold_probability", "disputes.award_share"]
    assert any("no disputes with new" in text for text in fit.warnings)
    assert fit.fitted[1].value["mean"] == pytest.approx(0.82, abs=0.03)


def test_answers_before_the_opening_are_left_out() -> None:
    fit = fitted(3, replied=list(days_after(START, [1, 2, -4])))
    assert fit.fitted[0].n == 2
    assert any("before their opening" in text for text in fit.warnings)


def test_no_dated_answer_tells_nothing_of_silence() -> None:
    fit = fitted(3, dispute_ended=ended(3), outcome=["settled"] * 3)
    assert fit.fitted == ()
    assert any("No answer of a supplier is dated" in text for text in fit.warnings)


def test_previous_values_are_read_in_any_form() -> None:
    usual = Moments(0.5, 0.1)
    assert moments_before(None, usual) == usual
    assert moments_before(0.3, usual) == (0.3, 0.0)
    assert moments_before({"value": 0.3, "source": "so"}, usual) == (0.3, 0.0)
    assert moments_before({"dist": "uniform", "low": 0.0, "high": 1.0, "source": "so"}, usual) == pytest.approx(
        (0.5, 12**-0.5)
    )
