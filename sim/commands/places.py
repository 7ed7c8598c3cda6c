"""Where a command writes single files: checked before the work, and pictures drawn after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sim.report.sheet import Drawing


def check_place(path: Path, *, force: bool, endings: Sequence[str]) -> None:
    """Check that a file can be written at a place.

    Raises
    ------
    InputError
        It is a folder, or in none, or there already; or its ending is another than one of these.
    """
    if path.is_dir():
        raise InputError(
            Problem(f"{path} is a folder", hint=f"name a file in it, such as {path / f'file{endings[0]}'}")
        )
    if path.suffix.lower() not in endings:
        what = f"the ending {path.suffix}" if path.suffix else "a name without ending"
        raise InputError(Problem(f"{path}: {what} is not one that can be written", hint=f"one of {', '.join(endings)}"))
    if not path.parent.is_dir():
        raise InputError(Problem(f"there is no folder {path.parent} to write {path.name} into"))
    if path.exists() and not force:
        raise InputError(Problem(f"{path} exists already", hint="another name, or --force"))


def check_picture(path: Path | None, *, force: bool) -> None:
    """Check that a picture, if one is wanted, can be written at a place.

    Raises
    ------
    InputError
        As `check_place`.
    """
    if path is not None:
        from sim.report.single_chart import ENDINGS

        check_place(path, force=force, endings=ENDINGS)


def draw(chart: Drawing, path: Path) -> None:
    """Write a chart as its file name says: whole, or not at all."""
    from sim.report.single_chart import chart_bytes
    from sim.results.whole import written_whole

    written_whole(path, chart_bytes(chart, path.suffix.lower().removeprefix(".")))
