"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sim.results.whole import whole, written_whole

if TYPE_CHECKING:
    from pathlib import Path


def test_half_a_file_never_has_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "sweep.csv"
    written_whole(target, "before\n")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        written_whole(target, "after\n")
    assert [file.name for file in tmp_path.iterdir()] == ["sweep.csv"]
    assert target.read_text() == "before\n"


def test_what_fails_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    written_whole(target, b"before")

    def interrupted() -> None:
        with whole(target) as partial:
            partial.write_text("half", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]
    assert target.read_bytes() == b"before"
