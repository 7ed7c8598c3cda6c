"""Progress is shown when somebody waits for it, and only then."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import threading
import time
from contextlib import suppress

import pytest
from rich.console import Console

from sim.commands.screen import ProgressLine, print_json, progress_bar


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


class Screen:
    """A terminal as somebody sees it: what stands in its lines after every piece of output."""

    def __init__(self, descriptor: int) -> None:
        self.seen: list[list[str]] = []
        self._lines, self._row, self._column = [""], 0, 0
        self._descriptor = descriptor

    def watch(self) -> None:
        """Look until the terminal is closed."""
        with suppress(OSError):  # what a terminal without anybody at its other end says on Linux
            while content := os.read(self._descriptor, 65_536):
                for part in re.findall(r"\x1b\[[?0-9;]*[A-Za-z]|[\r\n]|[^\x1b\r\n]+", content.decode()):
                    self._show(part)
                self.seen.append([line.rstrip() for line in self._lines if line.strip()])

    def _show(self, part: str) -> None:
        if part == "\r":
            self._column = 0
        elif part == "\n":
            self._row, self._column = self._row + 1, 0
            self._lines += [""] * (self._row + 1 - len(self._lines))
        elif part.endswith("A") and part.startswith("\x1b"):
            self._row = max(0, self._row - int(part[2:-1] or 1))
        elif part == "\x1b[2K":
            self._lines[self._row] = ""
        elif not part.startswith("\x1b"):
            line = self._lines[self._row].ljust(self._column)
            self._column += len(part)
            self._lines[self._row] = line[: self._column - len(part)] + part + line[self._column :]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_a_terminal_never_shows_two_lines_that_move(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.openpty()
    screen = Screen(ours)
    watching = threading.Thread(target=screen.watch)
    watching.start()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sim.commands.screen._PATIENCE_SECONDS", -1.0)
    with os.fdopen(theirs, "w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        with ProgressLine(quiet=False) as progress:
            progress.tell("Compiling …")
            time.sleep(0.25)
            progress(1, 4)
            time.sleep(0.25)
            progress(4, 4)
            progress.tell("Writing the report …")
            told = len(screen.seen)
            time.sleep(0.35)
            progress.tell("Written.")
            progress(4, 4)
            time.sleep(0.25)
        stream.flush()
        monkeypatch.undo()
    watching.join(10)
    os.close(ours)
    moving = ("Compiling", "Simulating", "Writing")
    for lines in screen.seen:
        assert sum(word in line for line in lines for word in moving) <= 1, lines
    for word in moving:
        assert any(word in line for lines in screen.seen for line in lines), word
    last = [lines for lines in screen.seen[told:] if any("Writing" in line for line in lines)][-1]
    between = screen.seen[told + 1 : screen.seen.index(last, told)]
    assert not any("Simulating" in line for lines in between for line in lines), "the clock has the line to itself"
    assert screen.seen[-1] == ["Written."]


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
