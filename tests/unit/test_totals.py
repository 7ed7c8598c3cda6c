"""Totals of replications: the same as summing each column by itself, in whole numbers."""

from __future__ import annotations

import numpy as np

from sim.outcomes import REPLICATION_RECORD, LossComponent, RecoveryRule
from sim.totals import LARGEST_VALUE, SUMMED, exact_totals, totals_of
from tests.unit.fabricated import FabricatedModel, fabricated

RECORDS = fabricated(FabricatedModel(), range(300)).replications


def test_every_outcome_is_summed_exactly() -> None:
    totals = totals_of(RECORDS)
    columns = {
        **{name: RECORDS[name] for name in REPLICATION_RECORD.names or () if RECORDS[name].ndim == 1},
        **{f"loss.{part.name.lower()}": RECORDS["components"][:, part] for part in LossComponent},
        **{f"recovery.{rule.name.lower()}": RECORDS["drops"][:, rule] for rule in RecoveryRule},
    }
    for name, total, squares in zip(SUMMED, totals.sums, totals.squares, strict=True):
        values = columns[name].tolist()
        assert total == sum(values), name
        assert squares == sum(value * value for value in values), name
    assert totals.late == sum(late > 0 for late in columns["orders_late"])
    assert totals.with_claim == sum(claims > 0 for claims in columns["claims"])
    assert totals.losses.tolist() == columns["loss"].tolist()


def test_losses_are_a_copy() -> None:
    records = RECORDS.copy()
    totals = totals_of(records)
    records["loss"] = 0
    assert totals.losses.tolist() == RECORDS["loss"].tolist()


def test_no_replication_adds_up_to_nothing() -> None:
    totals = totals_of(RECORDS[:0])
    assert totals.sums == totals.squares == (0,) * len(SUMMED)
    assert len(totals.losses) == totals.late == totals.with_claim == 0


def test_differences_of_the_largest_values_do_not_overflow() -> None:
    largest = 2 * LARGEST_VALUE - 1
    for value in (largest, -largest):
        sums, squares = exact_totals(np.full((10_000, 1), value))
        assert (sums, squares) == ((10_000 * value,), (10_000 * value * value,))
