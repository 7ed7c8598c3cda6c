"""Folders and files for machine code: safe from other users, never half-written, and cleared when long unused.

Machine code is run as it is read. Therefore a file counts only if nobody but this user, or the administrator, can
have written it, and if it is whole to the last byte.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim.locks import acquired

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHOSEN: Final = "LOTWISE_CACHE_DIR"
"""The variable of the environment that names the folder to keep kernels below."""

VERSIONS_KEPT: Final = 6
"""How many folders of kernels stay when a new kernel is kept: there is one for each version and machine."""

UNUSED_AFTER: Final = timedelta(weeks=4)
"""After how long without use a folder of kernels goes, however few there are."""

PATIENCE: Final = timedelta(minutes=5)
"""How long to wait for another process, which may have been stopped, before compiling beside it."""

_USE_IS_NOTED: Final = timedelta(days=1)
_ASK_AGAIN: Final = 0.1

_MARK: Final = b"lotwise kernel 1\n"
_SUM_BYTES: Final = 32
_PARTIAL: Final = ".partial"

_OWNER_ONLY: Final = 0o700
_OWNER_ONLY_FILE: Final = 0o600
_OTHERS_WRITE: Final = 0o022
_NO_LINK: Final[int] = getattr(os, "O_NOFOLLOW", 0)
_ONLY_READ: Final[int] = os.O_RDONLY | _NO_LINK | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Follows no link, and does not wait for a pipe's other end. Not every system knows every flag."""

_OWN_FOLDERS: Final = 3
"""How many folders of a kernel's path are made and checked here: lotwise/kernels/digest."""


# ----------------------------------------------------------------------------------------------------------- folders


def folders(digest: str) -> list[Path]:
    """Where kernels of one digest may stand, best first.

    Parameters
    ----------
    digest
        Names the folder; of everything that the machine code depends on.

    Returns
    -------
    list of Path
        ``lotwise/kernels/<digest>`` in the folder that ``LOTWISE_CACHE_DIR`` names, in the user's cache folder, and
        among temporary files. Nothing is said on whether they exist, or would do.
    """
    return [base / "kernels" / digest for base in _bases()]


def _bases() -> Iterator[Path]:
    chosen = os.environ.get(CHOSEN)
    if chosen:
        yield Path(chosen).absolute() / "lotwise"
    for base in _customary_bases():
        if not _in_another_home(base):
            yield base
    with suppress(FileNotFoundError):  # not even temporary files have a place
        temporary = Path(tempfile.gettempdir())
        yield temporary / ("lotwise" if sys.platform == "win32" else f"lotwise-{os.geteuid()}")


def _customary_bases() -> Iterator[Path]:
    """The user's cache folders, by the customs of the system."""
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        if local:
            yield Path(local) / "lotwise"
        return
    shared = os.environ.get("XDG_CACHE_HOME")
    if shared and Path(shared).is_absolute():
        yield Path(shared) / "lotwise"
    with suppress(RuntimeError):  # neither HOME nor an entry in the list of users
        home = Path.home()
        if home.is_absolute():
            yield (home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache") / "lotwise"


def _in_another_home(base: Path) -> bool:
    """Whether the administrator works in a user's home: that user could never write to folders made there."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return False
    try:
        nearest = next(folder for folder in base.parents if folder.exists())
        return nearest.stat().st_uid != 0
    except OSError:
        return True


def usable(folder: Path) -> bool:
    """Whether a kernel can be kept in a folder, which is made if need be, closed to everybody else.

    Parameters
    ----------
    folder
        One of `folders`.

    Returns
    -------
    bool
        No if it cannot be made or written to, or if it, or one of the two above it, is a link or open to others.
    """
    try:
        missing = [part for part in (folder, *folder.parents) if not part.exists()]
        for part in reversed(missing):
            part.mkdir(mode=_OWNER_ONLY, exist_ok=True)
        return _closed_to_others(folder) and os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        return False


def _closed_to_others(folder: Path) -> bool:
    """Whether a folder and the ones above it that are made here are real, and safe from other users."""
    parts = (folder, *folder.parents)[:_OWN_FOLDERS]
    return all(stat.S_ISDIR(status.st_mode) and _safe(status) for status in map(os.lstat, parts))


def _safe(status: os.stat_result) -> bool:
    """Whether nobody but this user and the administrator can have written here."""
    if sys.platform == "win32":
        return True  # what stands in a user's folders is closed to others by inheritance
    return status.st_uid in {0, os.geteuid()} and not status.st_mode & _OTHERS_WRITE


# ------------------------------------------------------------------------------------------------------------- files


def read(file: Path) -> bytes | None:
    """Read what was kept in a file.

    Parameters
    ----------
    file
        In one of `folders`.

    Returns
    -------
    bytes or None
        As given to `write`; None if the file is missing, damaged, or might be from somebody else.
    """
    try:
        if not _closed_to_others(file.parent):
            return None
        # The open file is looked at, not its name: a name may lead elsewhere a moment later.
        with open(os.open(file, _ONLY_READ), "rb") as opened:  # noqa: PTH123 - a descriptor has no path
            status = os.fstat(opened.fileno())
            if not (stat.S_ISREG(status.st_mode) and _safe(status)):
                return None
            content = opened.read()
    except OSError:
        return None
    payload = content[len(_MARK) + _SUM_BYTES :]
    return payload if content == _sealed(file, payload) else None


def write(file: Path, payload: bytes) -> None:
    """Write a file so that its name never stands for half of one.

    Parameters
    ----------
    file
        In one of `folders` that is `usable`.
    payload
        What to keep.

    Raises
    ------
    OSError
        The disk is full, or the folder can no longer be written to. Nothing is left behind.
    """
    descriptor, partial = tempfile.mkstemp(suffix=_PARTIAL, dir=file.parent)
    try:
        with open(descriptor, "wb") as opened:  # noqa: PTH123 - a descriptor has no path
            opened.write(_sealed(file, payload))
            opened.flush()
            os.fsync(descriptor)
        Path(partial).replace(file)
    except BaseException:  # an interrupt, too, leaves nothing behind
        with suppress(OSError):
            Path(partial).unlink()
        raise


def _sealed(file: Path, payload: bytes) -> bytes:
    """A file's content: mark, checksum and payload. The sum covers the name, so that a file moved here is refused."""
    total = blake2b(f"{file.parent.name}/{file.name}\n".encode(), digest_size=_SUM_BYTES)
    total.update(payload)
    return b"".join((_MARK, total.digest(), payload))


# ---------------------------------------------------------------------------------------------------------- clearing


def note_use(folder: Path) -> None:
    """Note that a folder's kernels are in use, for `clear`; where nothing can be written, nothing is ever cleared.

    Parameters
    ----------
    folder
        One of `folders`.
    """
    with suppress(OSError):
        if time.time() - folder.stat().st_mtime > _USE_IS_NOTED.total_seconds():
            os.utime(folder)


def clear(current: Path) -> None:
    """Remove kernels of versions long unused, and what killed processes left half-written.

    Parameters
    ----------
    current
        The folder in use, which stays. The caller must have the `turn`, so that nobody else writes.
    """
    for partial in current.glob(f"*{_PARTIAL}"):
        with suppress(OSError):
            partial.unlink()
    others = []
    with suppress(OSError):
        for folder in current.parent.iterdir():
            status = folder.lstat()
            if stat.S_ISDIR(status.st_mode) and len(folder.name) == len(current.name) and folder != current:
                others.append((status.st_mtime, folder))
    oldest = time.time() - UNUSED_AFTER.total_seconds()
    for rank, (used, folder) in enumerate(sorted(others, reverse=True), start=1):
        if rank >= VERSIONS_KEPT or used < oldest:
            shutil.rmtree(folder, ignore_errors=True)


# ----------------------------------------------------------------------------------------------------- taking turns


@contextmanager
def turn(folder: Path, say: Callable[[str], None]) -> Iterator[bool]:
    """Wait until no other process compiles. The lock ends with its process, however that ends.

    Parameters
    ----------
    folder
        One of `folders` that is `usable`.
    say
        Told if there is somebody to wait for.

    Yields
    ------
    bool
        Whether nobody else compiles for certain. Not so where the file system has no locks, or if the other process
        has kept the lock for longer than `PATIENCE`.
    """
    with ExitStack() as held:
        certain = False
        with suppress(OSError):
            lock = os.open(folder.parent / "lock", os.O_RDWR | os.O_CREAT | _NO_LINK, _OWNER_ONLY_FILE)
            held.callback(os.close, lock)
            certain = _acquired_in_time(lock, say)
        yield certain


def _acquired_in_time(lock: int, say: Callable[[str], None]) -> bool:
    ours = acquired(lock)
    if ours is False:
        say("Another run is compiling the simulation kernel; waiting for it …")
        until = time.monotonic() + PATIENCE.total_seconds()
        while ours is False and time.monotonic() < until:
            time.sleep(_ASK_AGAIN)
            ours = acquired(lock)
    return bool(ours)
