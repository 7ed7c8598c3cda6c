"""The tally of a plan, against sums over all of its replications."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures import Estimate, PlanTally
from sim.outcomes import LossComponent, RecoveryRule
from tests.unit.fabricated import FabricatedModel, fabricated

MODEL = FabricatedModel()
RECORDS = fabricated(MODEL, range(2_500)).replications


def tally_of(*blocks: np.ndarray) -> PlanTally:
    """Tally of some blocks, in this order."""
    tally = PlanTally(MODEL.need_quantity)
    for block in blocks:
        tally.add(block)
    return tally


def estimates(tally: PlanTally, thresholds: tuple[float, ...] = ()) -> dict[str, Estimate]:
    """Estimates by name of measure."""
    return {measure.name: measure.estimate for measure in tally.measures(0.95, thresholds)}


WHOLE = estimates(tally_of(RECORDS), (5_000, 2_500.5))


def test_every_measure_is_there_in_order() -> None:
    assert list(WHOLE) == [
        "expected_loss",
        "loss_sd",
        "loss_var_95",
        "loss_cvar_95",
        "loss_var_99",
        "loss_cvar_99",
        "loss_above_5000",
        "loss_above_2500.5",
        *(f"loss.{component.name.lower()}" for component in LossComponent),
        "recovery.ground_up",
        *(f"recovery.{rule.name.lower()}" for rule in RecoveryRule),
        "recovery.recovered",
        "late_probability",
        "claim_probability",
        "fill_rate",
        "days_to_close",
        "peak_cash_out",
    ]
    assert {estimate.n for estimate in WHOLE.values()} == {2_500}


def test_values_are_those_of_the_replications() -> None:
    loss = RECORDS["loss"] / 100
    assert WHOLE["expected_loss"].value == pytest.approx(loss.mean())
    assert WHOLE["loss_sd"].value == pytest.approx(loss.std(ddof=1))
    assert WHOLE["loss_var_95"].value == np.sort(loss)[2_375 - 1]
    assert WHOLE["loss_cvar_99"].value == pytest.approx(np.sort(loss)[-25:].mean())
    assert WHOLE["loss_above_5000"].value == np.mean(loss > 5_000)
    refunds = RECORDS["components"][:, LossComponent.REFUNDS] / 100
    assert WHOLE["loss.refunds"].value == pytest.approx(refunds.mean())
    limit = RECORDS["drops"][:, RecoveryRule.ABOVE_LIMIT] / 100
    assert WHOLE["recovery.above_limit"].value == pytest.approx(limit.mean())
    assert WHOLE["late_probability"].value == np.mean(RECORDS["orders_late"] > 0)
    assert WHOLE["claim_probability"].value == np.mean(RECORDS["claims"] > 0)
    assert WHOLE["fill_rate"].value == pytest.approx(np.mean(RECORDS["served_units"]) / 3_000)
    assert WHOLE["days_to_close"].value == pytest.approx(np.mean(RECORDS["closed"]) / 1_440)
    assert WHOLE["peak_cash_out"].value == pytest.approx(np.mean(RECORDS["peak_cash_out"]) / 100)


def test_a_loss_of_exactly_the_threshold_is_not_above_it() -> None:
    records = RECORDS[:4].copy()
    records["loss"] = (499_999, 500_000, 500_001, 500_002)
    assert estimates(tally_of(records), (5_000,))["loss_above_5000"].value == 0.5


def test_means_split_the_loss_and_the_harm() -> None:
    parts = sum(WHOLE[f"loss.{component.name.lower()}"].value for component in LossComponent)
    assert parts == pytest.approx(WHOLE["expected_loss"].value)
    drops = sum(WHOLE[f"recovery.{rule.name.lower()}"].value for rule in RecoveryRule)
    assert drops + WHOLE["recovery.recovered"].value == pytest.approx(WHOLE["recovery.ground_up"].value)


def test_blocks_of_any_size_give_the_same_figures_to_the_last_bit() -> None:
    assert estimates(tally_of(RECORDS[:1], RECORDS[1:700], RECORDS[700:]), (5_000, 2_500.5)) == WHOLE


def test_the_losses_are_kept_in_the_order_of_replications() -> None:
    tally = tally_of(RECORDS[:1_000], RECORDS[1_000:])
    assert tally.losses.tolist() == RECORDS["loss"].tolist()
    assert tally.losses.nbytes == 8 * 2_500


def test_a_block_can_be_changed_after_it_was_added() -> None:
    block = RECORDS.copy()
    tally = tally_of(block)
    block["loss"] = 0
    assert tally.losses.tolist() == RECORDS["loss"].tolist()
