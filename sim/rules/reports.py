"""What an inspection of the finished lot reported."""

from __future__ import annotations

from enum import IntEnum, unique


@unique
class Report(IntEnum):
    """The last report of a pre-shipment inspection."""

    NONE = 0
    FAILED = 1
    PASSED = 2
