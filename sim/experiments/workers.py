"""The workers of a run: threads for an engine that lets them work side by side, processes for any other.

Threads share the engine and its models, begin at once, and hand on what they found without copying it.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Final

from sim.experiments.jobs import AHEAD, handed_on
from sim.experiments.pieces import BLOCK_SIZE, Blocks, TimedSizes, pieces

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from sim.experiments.jobs import Found, Job
    from sim.experiments.pieces import Piece, Sizes

_BLOCKS_WORTH_A_PROCESS: Final = 4
"""A process takes about as long to begin as this many blocks take to simulate."""


def simulated(job: Job, stages: Sequence[int], workers: int = 1) -> Generator[tuple[int, Found]]:
    """Outcomes, or totals, of a run, piece by piece.

    Parameters
    ----------
    job
        What is simulated; its engine has been prepared.
    stages
        Rising numbers of replications of each plan, up to all of them.
    workers
        Number of threads or processes, at most; with 1 this thread simulates by itself.

    Yields
    ------
    tuple of int and (Outcomes or Totals)
        The index of a plan and what a piece of it came to, in the order of `sim.experiments.pieces.pieces`. Close the
        generator to stop early.

    Raises
    ------
    WorkerLostError
        A process died, for instance for want of memory.
    """
    sizes = _sizes(job)
    work = pieces(len(job.models), stages, sizes)
    number = workers if job.engine.in_threads else _processes_worth_it(job, stages[-1], workers)
    if number <= 1:
        yield from _alone(job, work, sizes)
    elif job.engine.in_threads:
        yield from _by_threads(job, work, sizes, number)
    else:
        from sim.experiments.processes import by_processes

        yield from by_processes(job, work, sizes, number)


def _sizes(job: Job) -> Sizes:
    """Blocks where rows of tables follow their order, and for an engine slow enough to gain nothing from others."""
    return TimedSizes(len(job.models)) if job.engine.in_threads and not job.with_tables else Blocks()


def _processes_worth_it(job: Job, replications: int, workers: int) -> int:
    blocks = -(-replications // BLOCK_SIZE) * len(job.models)
    return min(workers, blocks // _BLOCKS_WORTH_A_PROCESS)


def _alone(job: Job, work: Iterator[Piece], sizes: Sizes) -> Iterator[tuple[int, Found]]:
    for piece in work:
        found, seconds = job.work(piece)
        sizes.took(piece, seconds)
        yield piece.plan, found


def _by_threads(job: Job, work: Iterator[Piece], sizes: Sizes, workers: int) -> Iterator[tuple[int, Found]]:
    pool = ThreadPoolExecutor(workers, thread_name_prefix="lotwise")
    try:
        first = islice(work, AHEAD * workers)
        waiting = deque((piece, pool.submit(job.work, piece)) for piece in first)
        yield from handed_on(waiting, work, sizes, lambda piece: pool.submit(job.work, piece))
    finally:
        # Pieces not begun are dropped; those under way cannot be interrupted, but end within a moment.
        pool.shutdown(wait=True, cancel_futures=True)
