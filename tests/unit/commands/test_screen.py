"""Progress is shown when somebody waits for it, and only then."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

from sim.commands.screen import ProgressLine, print_json, words

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
        progress(1, 4)
        progress(2, 4)
    return stream.getvalue()


def test_a_long_run_shows_progress_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Simulating" in shown(monkeypatch, Terminal(), 2.5)


def test_a_short_run_shows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, Terminal(), 1.5) == ""


def test_nobody_looking_or_nobody_asking_means_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, io.StringIO(), 60.0) == ""
    assert shown(monkeypatch, Terminal(), 60.0, quiet=True) == ""


def test_a_number_that_does_not_exist_is_null(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"a": float("nan"), "b": [{"c": float("inf")}, 1.5], "d": "ü"})
    text = capsys.readouterr().out
    assert json.loads(text) == {"a": None, "b": [{"c": None}, 1.5], "d": "ü"}
    assert "ü" in text


def test_names_as_words() -> None:
    assert words("cancelled_by_silence") == "cancelled by silence"
