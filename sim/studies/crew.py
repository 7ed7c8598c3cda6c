"""Who works on the pieces of a study: this process alone, processes of this machine, or the workers of a cluster."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections import deque
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Final, Protocol, Self

from sim.errors import LotwiseError
from sim.experiments.processes import WorkerLostError, end_with_parent, interrupts_held
from sim.studies.work import worker_of

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
    from multiprocessing.synchronize import Event, Semaphore
    from types import TracebackType

    from sim.studies.units import Unit
    from sim.studies.work import Task, Worked

    Piece = tuple[Unit, ...]
    Result = tuple[Piece, Worked | Exception]
    """A piece, and what it came to or went wrong with."""

AHEAD: Final = 2
"""Pieces under way for each worker: one being simulated, one waiting, so that memory stays flat."""
_SECONDS_WORTH_PROCESSES: Final = 6.0
"""Processes take about two seconds to begin: less work than this is done sooner without them."""


class Crew(Protocol):
    """Whoever works on pieces."""

    def worked(self, pieces: Iterable[Piece]) -> Generator[Result]:
        """Work on pieces; their results come in any order. Close the generator to stop early."""

    def __enter__(self) -> Self:
        """Nobody begins before there is work."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let everybody go."""


class Alone:
    """No one but the process that asks.

    Parameters
    ----------
    task
        What the pieces are pieces of.
    """

    def __init__(self, task: Task) -> None:
        self._packed = task.packed()

    def __enter__(self) -> Self:
        """Nothing has to be made ready."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held."""

    def worked(self, pieces: Iterable[Piece]) -> Generator[Result]:
        """Work on pieces, one after the other."""
        for piece in pieces:
            yield piece, attempted(self._packed, piece)


def attempted(packed: bytes, piece: Piece) -> Worked | Exception:
    """What a piece came to; what goes wrong in it is a result too, as long as it is not the user's to mend."""
    try:
        return worker_of(packed).work(piece)
    except LotwiseError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the other pieces go on
        return error


class Processes:
    """Processes of this machine, begun when there is enough to do for them.

    Parameters
    ----------
    task
        What the pieces are pieces of.
    workers
        How many processes.
    """

    def __init__(self, task: Task, workers: int) -> None:
        self._packed = task.packed()
        self._workers = workers
        self._alone = Alone(task)
        self._pool: _Pool | None = None

    def __enter__(self) -> Self:
        """No process begins before there is work."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes: pieces not begun are dropped, those under way end within a moment."""
        self._end_pool()

    def worked(self, pieces: Iterable[Piece]) -> Generator[Result]:
        """Work on pieces, side by side where it is worth it.

        Raises
        ------
        WorkerLostError
            Not one process could be begun.
        """
        waiting = deque(pieces)
        seconds = sum(unit.seconds for piece in waiting for unit in piece)
        if self._workers == 1 or (self._pool is None and seconds < _SECONDS_WORTH_PROCESSES):
            yield from self._alone.worked(waiting)
            return
        under_way: dict[Future[Worked], Piece] = {}
        while waiting or under_way:
            room = max(AHEAD * self._workers - len(under_way), 0)
            under_way |= self._given([waiting.popleft() for _ in range(min(room, len(waiting)))])
            done = wait(under_way, return_when=FIRST_COMPLETED).done
            if any(_is_lost(future) for future in done):
                self._end_pool()
                done = set(under_way)  # all of them have ended with the processes
            suspects = [under_way[future] for future in done if _is_lost(future)]
            for future in done:
                piece = under_way.pop(future)
                if not _is_lost(future):
                    yield piece, _result(future)
            yield from self._one_by_one(suspects)

    def _given(self, pieces: Sequence[Piece]) -> dict[Future[Worked], Piece]:
        """Give pieces to the processes, which are begun if there are none."""
        if self._pool is None and pieces:
            self._pool = _Pool(self._workers)
        return {} if self._pool is None else self._pool.given(self._packed, pieces)

    def _one_by_one(self, suspects: Iterable[Piece]) -> Iterator[Result]:
        """Pieces that were under way when a process died, each alone: one that ends its process again has failed."""
        for piece in suspects:
            (future,) = self._given([piece])
            wait([future])
            if _is_lost(future):
                self._end_pool()
                yield piece, ProcessDiedError("the process that simulated it died twice, perhaps for want of memory")
            else:
                yield piece, _result(future)

    def _end_pool(self) -> None:
        if self._pool is not None:
            self._pool.end()
            self._pool = None


class ProcessDiedError(ChildProcessError):
    """A piece that ends the process which works on it."""


class _Pool:
    """Processes that stand on their own feet before an interrupt can reach them.

    Parameters
    ----------
    workers
        How many are begun, as there is work for them.
    """

    def __init__(self, workers: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._stop, self._signs = context.Event(), context.Semaphore(0)
        self._workers, self._begun = workers, 0
        self._executor = ProcessPoolExecutor(workers, context, _begin, (self._stop, self._signs))

    def given(self, packed: bytes, pieces: Sequence[Piece]) -> dict[Future[Worked], Piece]:
        """Give pieces to the processes.

        Raises
        ------
        WorkerLostError
            The first of the processes ended before they had begun.
        """
        if self._begun == self._workers:
            return {self._future(packed, piece): piece for piece in pieces}
        # A process that hears an interrupt while it begins never ends, so interrupts wait until all have begun.
        with interrupts_held():
            given = {self._future(packed, piece): piece for piece in pieces}
            self._wait_for_processes(given)
        if self._begun == 0 and any(_is_lost(future) for future in given):
            raise WorkerLostError(
                "the processes that were to simulate ended before they had begun, perhaps for want of memory; "
                "--workers 1 does without them"
            )
        return given

    def end(self) -> None:
        """Drop what is not begun, and wait for what is under way."""
        self._stop.set()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _future(self, packed: bytes, piece: Piece) -> Future[Worked]:
        try:
            return self._executor.submit(_work, packed, piece)
        except BrokenProcessPool as error:  # a process died since the last piece was done: this one is lost as well
            lost: Future[Worked] = Future()
            lost.set_exception(error)
            return lost

    def _wait_for_processes(self, futures: Collection[Future[Worked]]) -> None:
        """Wait for those that begin because of these pieces; a piece that is done ends the wait as well."""
        for _ in range(min(self._workers - self._begun, len(futures))):
            while not self._signs.acquire(timeout=_MOMENT):
                if any(future.done() for future in futures):
                    return
            self._begun += 1


_MOMENT: Final = 0.05
"""Seconds between two looks at processes that are beginning."""


def _is_lost(future: Future[Worked]) -> bool:
    """Whether a piece ended, because of itself or of another one, with the process that worked on it."""
    return future.cancelled() or isinstance(future.exception(), BrokenProcessPool)


def _result(done: Future[Worked]) -> Worked | Exception:
    error = done.exception()
    if isinstance(error, LotwiseError):
        raise error
    if isinstance(error, Exception):
        return error
    return done.result()


_stops: Final[list[Event]] = []
"""In a simulating process: what tells it that nobody waits for its pieces any more."""


def _begin(stop: Event, signs: Semaphore) -> None:
    # An interrupt from the keyboard reaches every process; the first one alone decides what follows.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    _stops[:] = [stop]
    signs.release()


def _work(packed: bytes, piece: Piece) -> Worked:
    if any(stop.is_set() for stop in _stops):
        raise CancelledError
    return worker_of(packed).work(piece)
