"""What the command line ends with: the exit codes, once."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
NOT_MET: Final = 1
INVALID: Final = 2
FAILED: Final = 3
INTERRUPTED: Final = 130
