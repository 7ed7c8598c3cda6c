"""Results hold whatever the seed, the blocks and the plans: identities, order, and independence."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiments.pieces import BLOCK_SIZE, Blocks, pieces
from sim.measures import Estimate, PlanTally, paired_difference
from sim.measures.risk import conditional_value_at_risk, value_at_risk
from sim.outcomes import REPLICATION_RECORD, LossComponent, RecoveryRule
from sim.results.tables import replications_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

CENTS = st.integers(-1_000_000_00, 1_000_000_00)
LOSSES = st.lists(CENTS, min_size=2, max_size=80)


def records(losses: list[int]) -> NDArray[np.void]:
    """Replications that lost this much, split in a way that sums exactly."""
    made = np.zeros(len(losses), REPLICATION_RECORD)
    made["replication"] = range(len(losses))
    made["loss"] = losses
    made["components"][:, LossComponent.MISSING_UNITS] = made["loss"] // 3
    made["components"][:, LossComponent.REFUNDS] = made["loss"] - made["loss"] // 3
    made["ground_up"] = np.abs(made["loss"])
    made["drops"][:, RecoveryRule.ABOVE_LIMIT] = made["ground_up"] // 4
    made["recovered"] = made["ground_up"] - made["ground_up"] // 4
    return made


def measured(losses: list[int], cuts: list[int]) -> dict[str, Estimate]:
    """Measures of these losses, added in blocks that end at the cuts."""
    tally = PlanTally(100)
    whole = records(losses)
    ends = sorted({0, len(losses), *(cut % len(losses) for cut in cuts)})
    for start, end in itertools.pairwise(ends):
        tally.add(whole[start:end])
    return {measure.name: measure.estimate for measure in tally.measures(0.95, (100.0,))}


@given(LOSSES, st.lists(st.integers(0, 80), max_size=5))
def test_blocks_change_nothing(losses: list[int], cuts: list[int]) -> None:
    assert repr(measured(losses, cuts)) == repr(measured(losses, []))


@given(LOSSES)
def test_every_interval_holds_its_estimate(losses: list[int]) -> None:
    for name, (value, low, high, n) in measured(losses, []).items():
        assert n == len(losses)
        assert not low > value, name
        assert not value > high, name


@given(LOSSES)
def test_risk_grows_with_its_level_and_the_tail_lies_beyond(losses: list[int]) -> None:
    found = measured(losses, [])
    assert found["loss_var_95"].value <= found["loss_var_99"].value
    assert found["loss_cvar_95"].value <= found["loss_cvar_99"].value + 1e-6
    for level in ("95", "99"):
        assert found[f"loss_var_{level}"].value <= found[f"loss_cvar_{level}"].value + 1e-6
    assert found["expected_loss"].value <= found["loss_cvar_95"].value + 1e-6
    assert found["loss_cvar_99"].value <= max(losses) / 100 + 1e-6


@given(LOSSES, st.integers(-10_000, 10_000), st.integers(1, 50))
def test_risk_moves_and_scales_with_the_losses(losses: list[int], shift: int, factor: int) -> None:
    plain = np.sort(np.array(losses))
    moved = plain * factor + shift
    for measure in (value_at_risk, conditional_value_at_risk):
        expected = measure(plain, 0.9, 0.95).value * factor + shift
        assert measure(moved, 0.9, 0.95).value == pytest.approx(expected, rel=1e-9, abs=1e-4)


@given(st.lists(st.tuples(CENTS, CENTS), min_size=2, max_size=60))
def test_a_difference_turns_round_with_its_plans(pairs: list[tuple[int, int]]) -> None:
    first, second = np.array(pairs).T
    there, back = paired_difference(first, second, 0.95), paired_difference(second, first, 0.95)
    assert there.difference.value == -back.difference.value
    assert there.difference.low == -back.difference.high
    assert there.settled == back.settled
    assert there.difference.value == pytest.approx((first - second).mean() / 100, abs=1e-6)


@given(LOSSES)
def test_the_table_splits_every_loss_and_every_harm_to_the_cent(losses: list[int]) -> None:
    frame = replications_table("plan", records(losses)).to_pandas()
    cents = (frame.drop(columns="plan") * 100).round().astype("int64")
    assert cents["loss"].tolist() == losses
    assert (cents.filter(regex=r"^loss\.").sum(axis=1) == cents["loss"]).all()
    parts = cents.filter(regex=r"^recovery\.").drop(columns="recovery.ground_up").sum(axis=1)
    assert (parts == cents["recovery.ground_up"]).all()


@given(st.integers(1, 5), st.integers(1, 12_345))
def test_every_replication_of_every_plan_has_one_block(plans: int, replications: int) -> None:
    seen: dict[int, list[range]] = {plan: [] for plan in range(plans)}
    for piece in pieces(plans, (replications,), Blocks()):
        assert 1 <= len(piece.replications) <= BLOCK_SIZE
        seen[piece.plan].append(piece.replications)
    for blocks in seen.values():
        assert [n for block in blocks for n in (block.start, block.stop)] == [
            *(n for edge in range(BLOCK_SIZE, replications, BLOCK_SIZE) for n in (edge - BLOCK_SIZE, edge)),
            blocks[-1].start,
            replications,
        ]
