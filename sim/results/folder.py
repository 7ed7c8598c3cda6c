"""The folder of a run: written under a hidden name, synced, and renamed, so that nobody sees half of one.

A run holds a lock on its hidden folder for as long as its process lives. What a killed run left behind
therefore has no holder any more, and the next run beside it clears it away; a run still being written is
never touched. For a moment, before the lock is taken and after it is given back, a folder has none: one that
has stood so for an hour is cleared away as well.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

from sim.errors import LotwiseError
from sim.locks import acquired
from sim.results.whole import PARTIAL_PREFIX

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

_LOCK: Final = ".lock"
_MOMENT_SECONDS: Final = 3600.0
"""Far more than a folder that is being made or renamed is without a lock."""


class FolderInUseError(LotwiseError):
    """The folder that a run was asked to write already holds something."""


def run_name(moment: datetime, digest: str) -> str:
    """Name of a run's folder: the time in UTC, and the first eight digits of the digest of what was run."""
    return f"{moment:%Y%m%dT%H%M%SZ}-{digest[:8]}"


class RunFolder:
    """A folder that appears under its name only when it is complete.

    Use it in a ``with`` statement: write into `path`; leaving the block without an error publishes the
    folder, leaving it with one (an interrupt included) removes everything.

    Parameters
    ----------
    target
        Where the folder shall stand. Its parents are made as needed.
    numbered
        What to do if `target` is taken: append ``-2``, ``-3`` and so on, or else refuse.

    Raises
    ------
    FolderInUseError
        `target` exists and is not an empty folder.
    """

    def __init__(self, target: Path, *, numbered: bool = False) -> None:
        self.target = target
        self._lock: int | None = None
        self._numbered = numbered
        if not numbered:
            _refuse_if_used(target)

    def __enter__(self) -> Self:
        """Make the hidden folder, and clear away what killed runs have left beside it."""
        parent = self.target.parent
        parent.mkdir(parents=True, exist_ok=True)
        clear_abandoned(parent)
        while True:
            self.path = parent / f"{PARTIAL_PREFIX}{secrets.token_hex(6)}"
            self.path.mkdir()
            # Another run may take the new folder for an abandoned one until the lock is held: then try again.
            with suppress(FileNotFoundError):
                self._lock = os.open(self.path / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
                if acquired(self._lock) is not False and (self.path / _LOCK).exists():
                    return self
                self._release()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Publish the folder, or remove it if the block ended with an error."""
        try:
            if kind is None:
                self._publish()
        finally:
            self._release()
            # After publishing nothing stands under the hidden name any more.
            shutil.rmtree(self.path, ignore_errors=True)

    def _publish(self) -> None:
        for file in sorted(self.path.iterdir()):
            _sync(file)
        (self.path / _LOCK).unlink()
        self._release()
        _sync(self.path)
        self.target = self._renamed()
        _sync(self.target.parent)

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _renamed(self) -> Path:
        """Rename to the first name that is free."""
        number = 1
        while True:
            target = self.target if number == 1 else self.target.with_name(f"{self.target.name}-{number}")
            try:
                if target.is_dir():
                    target.rmdir()
                return self.path.rename(target)
            except OSError:
                if not target.exists():
                    raise
                if not self._numbered:
                    _refuse_if_used(target)
                number += 1


def clear_abandoned(parent: Path) -> None:
    """Remove the hidden folders in `parent` whose process is gone."""
    for folder in parent.glob(f"{PARTIAL_PREFIX}*"):
        with suppress(OSError):
            if not (folder / _LOCK).exists():
                if folder.is_dir() and time.time() - folder.stat().st_mtime > _MOMENT_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)
                continue
            lock = os.open(folder / _LOCK, os.O_RDWR)
            try:
                if acquired(lock):
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)


def _refuse_if_used(target: Path) -> None:
    if target.is_dir() and not any(target.iterdir()):
        return
    if target.exists() or target.is_symlink():
        raise FolderInUseError(f"{target} already exists; name a folder that does not, or remove it first")


def _sync(path: Path) -> None:
    """Have the disk confirm a file or, where the system can, a folder."""
    if path.is_dir() and sys.platform == "win32":
        return  # Windows has no handle on a folder that could be synced
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
