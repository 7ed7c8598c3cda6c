"""Threads that work on the pieces of a small study: there at once, where processes take seconds to begin.

Simulating lets other threads run, making a model ready does not: two threads save about a quarter of the time, more of
them hardly anything. A study of minutes is better done by `sim.studies.crew.Processes`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Self

from sim.studies.crew import attempted

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from types import TracebackType

    from sim.studies.crew import Piece, Result
    from sim.studies.work import Task

_MOST_THREADS: Final = 4


class Threads:
    """Threads of this process, which stay until the study ends.

    Parameters
    ----------
    task
        What the pieces are pieces of.
    workers
        How many threads; one means the thread that asks.
    """

    def __init__(self, task: Task, workers: int) -> None:
        self._packed = task.packed()
        self._workers = min(workers, _MOST_THREADS)
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Begin."""
        if self._workers > 1:
            self._pool = ThreadPoolExecutor(self._workers, "lotwise-study")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop what is not begun, and wait for what is under way."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def worked(self, pieces: Iterable[Piece]) -> Generator[Result]:
        """Work on pieces, unit by unit; each unit is a piece of its own when it comes back."""
        units: list[Piece] = [(unit,) for piece in pieces for unit in piece]
        if self._pool is None:
            for unit in units:
                yield unit, attempted(self._packed, unit)
            return
        given = [(unit, self._pool.submit(attempted, self._packed, unit)) for unit in units]
        try:
            for unit, future in given:
                yield unit, future.result()
        finally:
            for _, future in given:
                future.cancel()
