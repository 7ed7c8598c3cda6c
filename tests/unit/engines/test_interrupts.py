"""An interrupt that a callback swallows ends the work all the same."""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from sim.engines.compiled.interrupts import interrupts_kept

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


def swallowing() -> None:
    """Interrupt this process while C calls back into Python, as LLVM does."""

    def called_back() -> None:
        signal.raise_signal(signal.SIGINT)

    ctypes.CFUNCTYPE(None)(called_back)()


def kept(*steps: Callable[[], object]) -> None:
    """Take some steps while interrupts are kept."""
    with interrupts_kept():
        for step in steps:
            step()


def test_a_swallowed_interrupt_is_raised_at_the_end_and_not_told_twice(capsys: pytest.CaptureFixture[str]) -> None:
    reached: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        kept(swallowing, lambda: reached.append("after the callback"))
    assert reached == ["after the callback"]
    assert capsys.readouterr().err == ""
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_any_other_interrupt_ends_the_work_at_once() -> None:
    reached: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        kept(lambda: signal.raise_signal(signal.SIGINT), lambda: reached.append("went on"))
    assert reached == []
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_who_hears_interrupts_otherwise_is_left_alone() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interrupts_kept():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    found: list[str] = []
    thread = threading.Thread(target=kept, args=(lambda: found.append("done"),))
    thread.start()
    thread.join()
    assert found == ["done"]
