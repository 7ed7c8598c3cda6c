"""The what-if page served by the command line, and what its process holds."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Server:
    """A server of the page.

    Attributes
    ----------
    address
        Of its page, with a stroke at the end.
    process
        That serves.
    """

    address: str
    process: subprocess.Popen[str]

    def resident(self) -> float:
        """Memory that it holds, in MB."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def serving(scenario: Path | str, *options: str) -> Iterator[Server]:
    """Serve the page on a free port until the end of the block."""
    command = [sys.executable, "-m", "sim", "serve", str(scenario), "--port", "0", "--no-open", "--quiet", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            found = process.stdout.readline().strip()
            assert found.startswith("http://127.0.0.1:"), f"the server did not start: {found!r}"
            yield Server(found, process)
        finally:
            process.terminate()
            process.wait(20)
