"""Progress is shown when somebody waits for it, and only then."""

from __future__ import annotations

import io
import json
import re
import sys
from typing import TYPE_CHECKING

from rich.console import Console

from sim.commands.screen import ProgressLine, print_json, progress_bar

if TYPE_CHECKING:
    import pytest


class Terminal(io.StringIO):
    """An error stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, seconds: float, *, quiet: bool = False) -> str:
    """What a run puts on an error stream that has taken so many seconds when it reports."""
    moments = iter([0.0, seconds])
    monkeypatch.setattr("sim.commands.screen.time.monotonic", lambda: next(moments, seconds))
    monkeypatch.setattr(sys, "stderr", stream)
    with ProgressLine(quiet=quiet) as progress:
        progress(1_000, 4_000)
        progress(2_000, 4_000)
        progress(3_000, 4_000)
    return stream.getvalue()


def test_a_long_run_shows_progress_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Simulating" in shown(monkeypatch, Terminal(), 2.5)


def test_a_short_run_shows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, Terminal(), 1.5) == ""


def test_nobody_looking_or_nobody_asking_means_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, io.StringIO(), 60.0) == ""
    assert shown(monkeypatch, Terminal(), 60.0, quiet=True) == ""


def told(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, *, quiet: bool = False) -> str:
    """What is put on an error stream of a sentence for the user."""
    monkeypatch.setattr(sys, "stderr", stream)
    with ProgressLine(quiet=quiet) as progress:
        progress.tell("Compiling.")
    return stream.getvalue()


def test_what_there_is_to_wait_for_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, Terminal()) == "Compiling.\n"
    assert told(monkeypatch, Terminal(), quiet=True) == ""
    assert told(monkeypatch, io.StringIO()) == ""


def test_a_long_wait_has_a_clock_that_goes_away_with_the_next_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with ProgressLine(quiet=False) as progress:
        progress.tell("Compiling, half a minute …")
        waiting = screen.getvalue()
        progress.tell("Compiled.")
    assert "0:00:00" in waiting
    assert "Compiling, half a minute …" in waiting
    assert screen.getvalue().endswith("Compiled.\n")


def test_progress_says_how_fast_it_goes_and_how_long_it_will_take() -> None:
    seconds = [0.0]
    bar, task = progress_bar(100_000, lambda: seconds[0])
    for done in (10_000, 30_000, 50_000):  # 20,000 every 4 seconds
        seconds[0] += 4.0
        bar.update(task, completed=done)
    told = io.StringIO()
    Console(file=told, width=100).print(bar)
    assert re.search(r"50% 5,000 a second 0:00:10\b", told.getvalue()), told.getvalue()


def test_a_number_that_does_not_exist_is_null(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"a": float("nan"), "b": [{"c": float("inf")}, 1.5], "d": "ü"})
    text = capsys.readouterr().out
    assert json.loads(text) == {"a": None, "b": [{"c": None}, 1.5], "d": "ü"}
    assert "ü" in text
