"""Pieces of a run: which replications of which plan are simulated at a time, and in which order they are handed on.

Every replication draws by its own number alone, and sums are exact, so pieces of any size come to the same, wherever
they are simulated. Where tables are written their rows follow the order of the pieces, which are then blocks of a
thousand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BLOCK_SIZE: Final = 1_000
"""Replications in a block: what a process simulates at a time, and what is added to a table at a time."""

_LARGEST: Final = 1 << 16
_SECONDS: Final = 0.1
"""How long a piece should take: an interrupt waits for those under way, and each costs a little to hand on."""
_GROWTH: Final = 4


class Piece(NamedTuple):
    """What is simulated at a time: the index of a plan, and its replications."""

    plan: int
    replications: range


class Sizes(Protocol):
    """How many replications make a piece."""

    def of(self, plan: int) -> int:
        """Replications of the next piece of a plan."""

    def took(self, piece: Piece, seconds: float) -> None:
        """Learn how long a piece took."""


class Blocks:
    """Pieces of `BLOCK_SIZE`, however long they take."""

    def of(self, plan: int) -> int:
        """Replications of the next piece of a plan."""
        del plan
        return BLOCK_SIZE

    def took(self, piece: Piece, seconds: float) -> None:
        """Learn nothing from how long a piece took."""


class TimedSizes:
    """Pieces that take about a tenth of a second each; the first ones are blocks.

    Parameters
    ----------
    plans
        Number of plans; some take longer than others.
    """

    def __init__(self, plans: int) -> None:
        self._sizes = [BLOCK_SIZE] * plans

    def of(self, plan: int) -> int:
        """Replications of the next piece of a plan."""
        return self._sizes[plan]

    def took(self, piece: Piece, seconds: float) -> None:
        """Learn how long a piece took."""
        count = len(piece.replications)
        fitting = int(count * _SECONDS / seconds) if seconds > 0 else _LARGEST
        self._sizes[piece.plan] = max(min(fitting, count * _GROWTH, _LARGEST), BLOCK_SIZE)


def pieces(plans: int, stages: Iterable[int], sizes: Sizes) -> Iterator[Piece]:
    """Pieces of a run in their order.

    Parameters
    ----------
    plans
        Number of plans.
    stages
        Rising numbers of replications of each plan; no piece reaches beyond the stage in which it begins.
    sizes
        How many replications make a piece.

    Yields
    ------
    Piece
        In each stage the first piece of every plan, then the second, and so on.
    """
    begin = 0
    for end in stages:
        reached = [begin] * plans
        while min(reached) < end:
            for plan, start in enumerate(reached):
                if start < end:
                    reached[plan] = min(start + sizes.of(plan), end)
                    yield Piece(plan, range(start, reached[plan]))
        begin = end
