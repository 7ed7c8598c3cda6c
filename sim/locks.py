"""Locks of the operating system: they end with the process that holds them, however that ends."""

from __future__ import annotations

import sys


def acquired(descriptor: int) -> bool | None:
    """Take the lock on an open file, without waiting.

    Returns
    -------
    bool or None
        Whether it is ours now; None where the file system has no locks.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return None
    return True
