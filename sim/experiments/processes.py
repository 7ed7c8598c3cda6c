"""Replications simulated by several processes, each begun once and fed piece by piece."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.experiments.jobs import AHEAD, handed_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future
    from multiprocessing.synchronize import Event as ProcessEvent
    from multiprocessing.synchronize import Semaphore

    from sim.experiments.jobs import Found, Job, Worked
    from sim.experiments.pieces import Piece, Sizes

_MOMENT: Final = 0.05
"""Seconds between two looks at processes that are beginning."""


class WorkerLostError(ChildProcessError):
    """A process that simulated has died: the input is right, but the run has failed."""


def by_processes(job: Job, work: Iterator[Piece], sizes: Sizes, workers: int) -> Iterator[tuple[int, Found]]:
    """What pieces came to, in their order, each with the index of its plan.

    Parameters
    ----------
    job
        What is simulated; it is sent to every process once.
    work
        The pieces.
    sizes
        Learns how long pieces take.
    workers
        Number of processes.

    Raises
    ------
    WorkerLostError
        A process died, for instance for want of memory.
    """
    context = multiprocessing.get_context("spawn")
    stop, begun = context.Event(), context.Semaphore(0)
    pool = ProcessPoolExecutor(workers, context, _begin, (job, stop, begun))
    try:
        with interrupts_held():
            first = islice(work, AHEAD * workers)
            waiting = deque((piece, pool.submit(_work, piece)) for piece in first)
            _wait_for_processes(min(workers, len(waiting)), begun, [future for _, future in waiting])
        yield from handed_on(waiting, work, sizes, lambda piece: pool.submit(_work, piece))
    except BrokenProcessPool as error:
        raise WorkerLostError(
            "a process that simulated has died, perhaps for want of memory; fewer --workers need less"
        ) from error
    finally:
        # Pieces not begun are dropped, those under way end within a moment.
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _wait_for_processes(number: int, begun: Semaphore, futures: Sequence[Future[Worked]]) -> None:
    """Wait until the processes stand on their own feet: one that is interrupted while it begins never ends.

    A block that is done, or a process that died before it had begun, ends the wait as well.
    """
    for _ in range(number):
        while not begun.acquire(timeout=_MOMENT):
            if any(future.done() for future in futures):
                return


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold interrupts back while processes begin: they inherit the mask, and the one that began them hears them after.

    The mask alone does not spare this process: a library's own thread may take the signal, and Python then interrupts
    the main thread all the same. So for the time being a handler only takes note.
    """
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _frame: heard.append(number))
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
        signal.signal(signal.SIGINT, handler)
    if heard:
        signal.raise_signal(signal.SIGINT)


class _Task(NamedTuple):
    """What a process keeps between pieces."""

    job: Job
    stop: ProcessEvent


_tasks: Final[list[_Task]] = []
"""In a simulating process: its one task, set when the process begins."""


def _begin(job: Job, stop: ProcessEvent, begun: Semaphore) -> None:
    _tasks[:] = [_Task(job, stop)]
    # An interrupt from the keyboard reaches every process; the first one alone decides what follows. Where signals
    # can be held back this process has never heard any.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    begun.release()


def end_with_parent() -> None:
    """End this process when the one that began it has been killed, which nothing else would tell it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(piece: Piece) -> Worked:
    (task,) = _tasks
    if task.stop.is_set():
        raise CancelledError
    return task.job.work(piece)
