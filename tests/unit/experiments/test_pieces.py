"""Pieces of a run: each replication of each plan once, in a fixed order, in sizes that suit whoever simulates them."""

from __future__ import annotations

import pytest

from sim.experiments.pieces import BLOCK_SIZE, Blocks, Piece, TimedSizes, pieces


def test_blocks_go_by_thousands_and_then_by_plan() -> None:
    assert list(pieces(2, (2_001,), Blocks())) == [
        Piece(plan, block) for block in (range(1_000), range(1_000, 2_000), range(2_000, 2_001)) for plan in (0, 1)
    ]


def test_every_plan_ends_a_stage_before_any_begins_the_next() -> None:
    assert list(pieces(2, (1_500, 1_800), Blocks())) == [
        Piece(plan, block) for block in (range(1_000), range(1_000, 1_500), range(1_500, 1_800)) for plan in (0, 1)
    ]


def test_plans_may_have_pieces_of_different_sizes() -> None:
    sizes = TimedSizes(2)
    work = pieces(2, (5_000,), sizes)
    for piece in (next(work), next(work)):
        sizes.took(piece, 0.2 if piece.plan else 0.01)
    assert list(work) == [
        Piece(0, range(1_000, 5_000)),
        Piece(1, range(1_000, 2_000)),
        Piece(1, range(2_000, 3_000)),
        Piece(1, range(3_000, 4_000)),
        Piece(1, range(4_000, 5_000)),
    ]


@pytest.mark.parametrize(
    ("replications", "seconds", "size"),
    [
        (1_000, 0.001, 4_000),  # four times as many at most: the first pieces are no measure
        (4_000, 0.080, 5_000),
        (60_000, 0.001, 65_536),
        (60_000, 0.0, 65_536),
        (60_000, 3.0, 2_000),
        (2_000, 60.0, BLOCK_SIZE),
    ],
)
def test_a_piece_takes_about_a_tenth_of_a_second(replications: int, seconds: float, size: int) -> None:
    sizes = TimedSizes(1)
    sizes.took(Piece(0, range(replications)), seconds)
    assert sizes.of(0) == size
