"""The workers of a Dask cluster, on any number of machines: the same pieces, the same results."""

from __future__ import annotations

import os
import pickle
import re
import sys
from itertools import islice
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Self

from sim.errors import InputError, LotwiseError, Problem
from sim.studies.work import OtherProgramError, worker_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from types import TracebackType

    from sim.engines import Tell
    from sim.studies.crew import Piece, Result
    from sim.studies.work import Task, Worked

AHEAD: Final = 3
"""Pieces under way for each thread of the cluster: enough to bridge the way to the scheduler and back."""
SECONDS_OF_PATIENCE: Final = 10.0
"""Without any piece done until it is looked whether there is anybody who works on one."""
_SECONDS_TO_CONNECT: Final = 10
_SECONDS_BETWEEN_LOOKS: Final = 1.0
"""The scheduler tells all that it knows of every worker: too much to ask after each piece."""
_ADDRESS: Final = re.compile(r"[a-z]+://\S+:[0-9]+")
_HINT: Final = "start one with: dask scheduler; then give the address that it prints, such as tcp://10.0.0.1:8786"
_INSTALL: Final = "install it with: pip install 'lotwise[cluster]'"


class SchedulerLostError(ConnectionError):
    """The scheduler has gone while a study was under way: the input is right, but the run has failed."""


def _said(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


class Cluster:
    """The workers that a Dask scheduler knows, those that come later included.

    Parameters
    ----------
    task
        What the pieces are pieces of; the files that it reads travel with it.
    address
        Of the scheduler, such as ``tcp://10.0.0.1:8786``.
    tell
        Called with a sentence for the user where there is nobody who works.

    Raises
    ------
    InputError
        Dask is not installed, or there is no scheduler at the address.

    Notes
    -----
    What a worker loses, because it or its whole machine ends, the scheduler gives to another one; a piece that more
    workers have died of than ``distributed.scheduler.allowed-failures`` says, three by default, has failed.
    """

    def __init__(self, task: Task, address: str, tell: Tell = _said) -> None:
        self._packed = task.packed()
        self._address = address
        self._tell = tell
        self._client: Any = None
        self._threads = 0
        self._looked = -_SECONDS_BETWEEN_LOOKS

    def __enter__(self) -> Self:
        """Connect to the scheduler."""
        if not _ADDRESS.fullmatch(self._address):
            raise InputError(Problem(f"{self._address!r} is no address of a scheduler", hint=_HINT))
        try:
            from distributed import Client
        except ImportError:
            raise InputError(Problem("a study on a cluster needs Dask", hint=_INSTALL)) from None
        try:
            self._client = Client(  # type: ignore[no-untyped-call]
                self._address, timeout=_SECONDS_TO_CONNECT, set_as_default=False, name=f"lotwise-{os.getpid()}"
            )
        except (OSError, ValueError, TypeError) as error:
            raise InputError(Problem(f"there is no Dask scheduler at {self._address!r}", hint=_HINT)) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the cluster to others; what was asked of it and is not done is forgotten."""
        try:
            self._client.close()
        except RuntimeError:
            # One that has just lost its scheduler is closing by itself, and may trip over a timeout of its own that
            # runs out in that moment: then there is nothing left to close.
            if self._client.status == "running":
                raise

    def worked(self, pieces: Iterable[Piece]) -> Generator[Result]:
        """Work on pieces, wherever there is a worker.

        Raises
        ------
        SchedulerLostError
            The scheduler has gone.
        OtherProgramError
            A worker has another version of Lotwise, or none.
        """
        waiting = iter(pieces)
        under_way: dict[Any, Piece] = {}
        done: SimpleQueue[Any] = SimpleQueue()
        self._submit(waiting, under_way, done)
        while under_way:
            future = self._next(done)
            yield under_way.pop(future), self._result(future)
            future.release()
            self._submit(waiting, under_way, done)

    def _submit(self, waiting: Iterator[Piece], under_way: dict[Any, Piece], done: SimpleQueue[Any]) -> None:
        for piece in islice(waiting, max(AHEAD * max(self._threads_known(), 1) - len(under_way), 0)):
            asked = pickle.dumps(_Asked(self._packed, piece), protocol=5)
            future = self._client.submit(pickle.loads, asked, pure=False)
            under_way[future] = piece
            future.add_done_callback(done.put)

    def _threads_known(self) -> int:
        """Threads of all workers, as the scheduler knew them a moment ago."""
        if monotonic() - self._looked >= _SECONDS_BETWEEN_LOOKS:
            workers = self._client.scheduler_info(n_workers=-1)["workers"]
            self._threads = sum(worker["nthreads"] for worker in workers.values())
            self._looked = monotonic()
        return self._threads

    def _next(self, done: SimpleQueue[Any]) -> Any:  # noqa: ANN401 - a future of Dask, which has no types
        """The next piece that is done; while there is nobody to wait for, that is said once."""
        told = False
        while True:
            try:
                return done.get(timeout=SECONDS_OF_PATIENCE)
            except Empty:
                if self._threads_known() == 0 and not told:
                    self._tell(
                        f"waiting for workers: the scheduler at {self._address} knows none; on each machine, with the "
                        f"same Lotwise, start one for each processor: dask worker {self._address} --nthreads 1"
                    )
                    told = True

    def _result(self, future: Any) -> Worked | Exception:  # noqa: ANN401
        if future.cancelled():  # nobody here has: so Dask ends what it waits for when the connection is lost
            raise SchedulerLostError(
                f"the Dask scheduler at {self._address} has gone; what was found is kept, and the same command goes "
                "on from there"
            )
        error = future.exception()
        if error is None:
            worked: Worked = future.result()
            return worked
        if isinstance(error, LotwiseError):
            raise error
        if isinstance(error, ModuleNotFoundError) and str(error.name).partition(".")[0] == __name__.partition(".")[0]:
            raise OtherProgramError(
                "a worker has no Lotwise, or another version of it; install the same on every machine"
            )
        return error if isinstance(error, Exception) else RuntimeError(str(error))


class _Asked:
    """A piece of work that becomes its result where it is read.

    Dask reads what it is given on the scheduler already, and gives up a worker that cannot read it. Of bytes it reads
    nothing: so the scheduler needs no Lotwise, and a worker without it says so.
    """

    def __init__(self, packed: bytes, piece: Piece) -> None:
        self._given = packed, piece

    def __reduce__(self) -> tuple[Callable[[bytes, Piece], Worked], tuple[bytes, Piece]]:
        """What is called with what, where it is read."""
        return _work, self._given


def _work(packed: bytes, piece: Piece) -> Worked:
    return worker_of(packed).work(piece)
