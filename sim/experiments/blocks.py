"""Replications in blocks of a thousand, simulated by any number of processes, handed on in a fixed order.

Every replication draws by its own number alone, so a block has the same outcomes wherever it is simulated.
What a run writes is decided by the order of blocks, which is fixed: block by block, and in each block plan
by plan.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from sim.engines import simulate
from sim.outcomes import Outcomes

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from concurrent.futures import Future
    from multiprocessing.synchronize import Event as ProcessEvent
    from multiprocessing.synchronize import Semaphore

    from sim.model import PlanModel

BLOCK_SIZE: Final = 1_000
_BLOCKS_PER_WORKER: Final = 2
"""Blocks under way for each process: one being simulated, one waiting, so that memory stays flat."""

_MOMENT: Final = 0.05
"""Seconds between two looks at processes that are beginning."""


class WorkerLostError(ChildProcessError):
    """A process that simulated has died: the input is right, but the run has failed."""


class Engine(Protocol):
    """Anything that simulates a plan, such as `sim.engines.simulate`; several processes need it picklable."""

    def __call__(self, model: PlanModel, replications: range, /, *, trace: bool = False) -> Outcomes:
        """Outcomes of these replications."""


class Task(NamedTuple):
    """A block to be simulated: the index of its plan, and its replications."""

    plan: int
    replications: range


def tasks(plans: int, replications: int) -> Iterator[Task]:
    """Blocks of a run in their order.

    Parameters
    ----------
    plans
        Number of plans.
    replications
        Of each plan; the last block is smaller where this is no multiple of `BLOCK_SIZE`.

    Yields
    ------
    Task
        The first block of every plan, then the second, and so on.
    """
    for start in range(0, replications, BLOCK_SIZE):
        for plan in range(plans):
            yield Task(plan, range(start, min(start + BLOCK_SIZE, replications)))


def simulated(
    models: Sequence[PlanModel],
    replications: int,
    *,
    workers: int = 1,
    with_orders: bool = True,
    engine: Engine = simulate,
) -> Generator[tuple[int, Outcomes]]:
    """Outcomes of a run, block by block.

    Parameters
    ----------
    models
        One for each plan.
    replications
        Of each plan.
    workers
        Number of processes; with 1 this process simulates by itself.
    with_orders
        Whether the orders are wanted; without them less is sent between processes.
    engine
        What simulates.

    Yields
    ------
    tuple of int and Outcomes
        The index of the plan and its block, in the order of `tasks`. Close the generator to stop early.

    Raises
    ------
    WorkerLostError
        A process died, for instance for want of memory.
    """
    work = tasks(len(models), replications)
    if workers <= 1:
        for task in work:
            yield task.plan, _outcomes(engine, models[task.plan], task.replications, with_orders)
        return
    context = multiprocessing.get_context("spawn")
    stop, begun = context.Event(), context.Semaphore(0)
    pool = ProcessPoolExecutor(workers, context, _begin, (tuple(models), engine, with_orders, stop, begun))
    try:
        yield from _in_order(pool, work, workers, begun)
    except BrokenProcessPool as error:
        raise WorkerLostError(
            "a process that simulated has died, perhaps for want of memory; fewer --workers need less"
        ) from error
    finally:
        # Blocks not begun are dropped, those under way end within a moment.
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _in_order(
    pool: ProcessPoolExecutor, work: Iterator[Task], workers: int, begun: Semaphore
) -> Iterator[tuple[int, Outcomes]]:
    with _interrupts_held():
        first = islice(work, _BLOCKS_PER_WORKER * workers)
        waiting = deque((task.plan, pool.submit(_simulate, task)) for task in first)
        _wait_for_processes(min(workers, len(waiting)), begun, [future for _, future in waiting])
    while waiting:
        plan, future = waiting.popleft()
        outcomes = future.result()
        waiting.extend((task.plan, pool.submit(_simulate, task)) for task in islice(work, 1))
        if outcomes is not None:
            yield plan, outcomes


def _wait_for_processes(number: int, begun: Semaphore, futures: Sequence[Future[Outcomes | None]]) -> None:
    """Wait until the processes stand on their own feet: one that is interrupted while it begins never ends.

    A block that is done, or a process that died before it had begun, ends the wait as well.
    """
    for _ in range(number):
        while not begun.acquire(timeout=_MOMENT):
            if any(future.done() for future in futures):
                return


@contextmanager
def _interrupts_held() -> Iterator[None]:
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


def _outcomes(engine: Engine, model: PlanModel, replications: range, with_orders: bool) -> Outcomes:
    outcomes = engine(model, replications)
    if with_orders:
        return outcomes
    return Outcomes(outcomes.replications, outcomes.orders[:0], outcomes.trace)


class _Job(NamedTuple):
    """What a process keeps between blocks."""

    models: tuple[PlanModel, ...]
    engine: Engine
    with_orders: bool
    stop: ProcessEvent


_jobs: Final[list[_Job]] = []
"""In a simulating process: its one job, set when the process begins."""


def _begin(
    models: tuple[PlanModel, ...], engine: Engine, with_orders: bool, stop: ProcessEvent, begun: Semaphore
) -> None:
    _jobs[:] = [_Job(models, engine, with_orders, stop)]
    # An interrupt from the keyboard reaches every process; the first one alone decides what follows. Where signals
    # can be held back this process has never heard any.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    begun.release()


def _end_with_parent() -> None:
    """End this process when the one that began it has been killed, which nothing else would tell it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _simulate(task: Task) -> Outcomes | None:
    (job,) = _jobs
    if job.stop.is_set():
        return None
    return _outcomes(job.engine, job.models[task.plan], task.replications, job.with_orders)
