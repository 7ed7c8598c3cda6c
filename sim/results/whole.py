"""Files that nobody ever sees half of: written under another name beside their place, synced, then renamed."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PARTIAL_PREFIX: Final = ".partial-"
"""Of the names under which files and folders are written: what is left of a killed process can be told by it."""


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Where to write a file so that it appears at `path` when the block ends without an error, and not at all if not.

    Parameters
    ----------
    path
        Of the file; one that stands there is replaced. Its folder must exist.
    """
    partial = path.with_name(f"{PARTIAL_PREFIX}{secrets.token_hex(6)}")
    try:
        yield partial
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(partial, path)  # noqa: PTH105 - the same on every system: the old file, if any, is replaced
    finally:
        partial.unlink(missing_ok=True)


def written_whole(path: Path, content: str | bytes) -> None:
    """Write a file, text as UTF-8, so that nobody sees half of it."""
    with whole(path) as partial:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)
