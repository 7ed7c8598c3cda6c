"""An interrupt from the keyboard that the compiler's own callbacks swallow is not lost."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


@contextmanager
def interrupts_kept() -> Iterator[None]:
    """Raise at the end what was swallowed on the way.

    LLVM calls back into Python, and an exception cannot leave such a call: ``ctypes`` prints it and goes on. The
    person at the keyboard has asked for an end all the same.

    Raises
    ------
    KeyboardInterrupt
        At the latest when the work is done, if an interrupt came while it went on.
    """
    alone = threading.current_thread() is threading.main_thread()
    if not alone or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    heard: list[int] = []

    def noted(number: int, frame: FrameType | None) -> None:
        heard.append(number)
        signal.default_int_handler(number, frame)

    told_elsewhere = sys.unraisablehook

    def told(swallowed: sys.UnraisableHookArgs) -> None:
        if not (heard and swallowed.exc_type is KeyboardInterrupt):
            told_elsewhere(swallowed)

    signal.signal(signal.SIGINT, noted)
    sys.unraisablehook = told
    try:
        yield
    finally:
        sys.unraisablehook = told_elsewhere
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if heard:
        raise KeyboardInterrupt
