"""A Dask cluster on this machine's loopback, of separate processes, some of which the tests kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PATIENCE: Final = 60.0
"""Seconds until a process that does not begin has failed."""
_MOMENT: Final = 0.05


class LocalCluster:
    """A scheduler, and workers that are begun as they are wanted.

    Parameters
    ----------
    folder
        For their files and for what they say.

    Attributes
    ----------
    address
        Of the scheduler.
    workers
        The processes, in the order in which they were begun.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "scheduler.json"
        self.scheduler = self._begun("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.address: str = self._address()
        self.workers: list[subprocess.Popen[bytes]] = []

    def worker(
        self, *, nanny: bool = False, folder: Path | None = None, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Begin a worker with one thread, and wait until the scheduler knows it.

        Parameters
        ----------
        nanny
            Whether another process watches over it and begins it anew: together they are a node, in a process group
            of their own.
        folder
            In which it runs.
        environment
            Variables besides those of this process.
        """
        before = len(self.known_workers())
        begun = self._begun(
            "worker",
            *(self.address, "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"),
            *("--nanny" if nanny else "--no-nanny", "--local-directory", str(self._folder)),
            folder=folder,
            environment=environment,
        )
        self.workers.append(begun)
        self.wait_for(before + 1)
        return begun

    def known_workers(self) -> dict[str, object]:
        """Workers that the scheduler knows, by their addresses."""
        from distributed import Client

        with Client(self.address, timeout=_PATIENCE, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            workers: dict[str, object] = client.scheduler_info(n_workers=-1)["workers"]
        return workers

    def wait_for(self, number: int) -> None:
        """Wait until the scheduler knows so many workers."""
        end = time.monotonic() + _PATIENCE
        while len(self.known_workers()) < number:
            if time.monotonic() > end or any(worker.poll() is not None for worker in self.workers[-1:]):
                raise TimeoutError(self.said())
            time.sleep(_MOMENT)

    def close(self) -> None:
        """End everything that was begun here."""
        for process in (*self.workers, self.scheduler):
            killed(process)

    def said(self) -> str:
        """What the processes have said."""
        return "\n".join(path.read_text(encoding="utf-8") for path in sorted(self._folder.glob("*.log")))

    def _begun(
        self, *words: str, folder: Path | None = None, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        number = len(list(self._folder.glob("*.log")))
        own = ("--scheduler-file", str(self._file)) if words[0] == "scheduler" else ()
        with (self._folder / f"{number}-{words[0]}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *words, *own],
                cwd=folder or self._folder,
                env={**os.environ, "DASK_DISTRIBUTED__WORKER__USE_FILE_LOCKING": "False", **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _address(self) -> str:
        end = time.monotonic() + _PATIENCE
        while self.scheduler.poll() is None and time.monotonic() < end:
            with suppress(OSError, ValueError, KeyError):
                address: str = json.loads(self._file.read_text(encoding="utf-8"))["address"]
                return address
            time.sleep(_MOMENT)
        killed(self.scheduler)
        raise TimeoutError(self.said())


def killed(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that has a session of its own, with everything that it began: as if its machine lost power."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def local_cluster(workers: int) -> Iterator[LocalCluster]:
    """A cluster of so many workers, until the end of the block."""
    with TemporaryDirectory(prefix="lotwise-cluster-") as folder:
        cluster = LocalCluster(Path(folder))
        try:
            for _ in range(workers):
                cluster.worker()
            yield cluster
        finally:
            cluster.close()
