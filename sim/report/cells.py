"""Cells of a map: the values of an input as a ladder of equal steps, merged where there are too many to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.report.columns import every
from sim.report.lettering import number_labels, number_text, text_width, wrapped_apart

if TYPE_CHECKING:
    from pandas import DataFrame, Series

_MOST_STEPS: Final = 60
_ACROSS: Final = 340.0
_UP: Final = 300.0
_LEAST_STEP: Final = 12.0
_WIDEST_STEP: Final = 130.0
_HIGHEST_STEP: Final = 64.0
_LINE: Final = 15.0
_SLANT: Final = -40
_LETTERS_UP: Final = 22
_LETTERS_SLANTED: Final = 32


@dataclass(frozen=True, slots=True)
class Ladder:
    """The values of one input, in equal steps.

    Attributes
    ----------
    values
        Distinct values, in order.
    block
        How many of them share a step.
    labels
        One a step, in lines.
    order
        Steps as they are drawn: from the left, or from the top.
    shown
        Steps that have room for their label.
    step
        In pixels.
    angle
        Of the labels, in degrees.
    """

    values: tuple[object, ...]
    block: int
    labels: list[str | list[str]]
    order: list[int]
    shown: list[int]
    step: float
    angle: int

    @property
    def merged(self) -> bool:
        """Whether a step stands for more than one value."""
        return self.block > 1

    @property
    def length(self) -> float:
        """Of the whole ladder, in pixels."""
        return self.step * len(self.order)


def ladder(column: Series[float], *, across: bool) -> Ladder:
    """Steps for the values of a column: numbers in ascending order, anything else in order of appearance."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    numeric = is_numeric_dtype(column) and not is_bool_dtype(column)
    values = sorted(column.unique()) if numeric else list(dict.fromkeys(column.tolist()))
    block = every(len(values), _MOST_STEPS)
    middles = [
        values[start : start + block][(len(values[start : start + block]) - 1) // 2]
        for start in range(0, len(values), block)
    ]
    count = len(middles)
    room, widest = (_ACROSS, _WIDEST_STEP) if across else (_UP, _HIGHEST_STEP)
    step = min(max(room / count, _LEAST_STEP), widest)
    texts = number_labels(middles) if numeric else [number_text(value) for value in middles]
    labels, angle, taken = _labels(texts, step, across=across, numeric=numeric)
    # Numbers grow upwards; categories read from the top.
    order = list(range(count)) if across or not numeric else list(range(count))[::-1]
    return Ladder(
        tuple(values),
        block,
        labels,
        order,
        list(range(0, count, every(count, max(1, int(count * step // taken))))),
        step,
        angle,
    )


def _labels(texts: list[str], step: float, *, across: bool, numeric: bool) -> tuple[list[str | list[str]], int, float]:
    """Labels in lines, their angle, and the room that one takes along the axis."""
    if not across:
        lines = wrapped_apart(texts, _LETTERS_UP)
        return list(lines), 0, _LINE * max(map(len, lines))
    if numeric:
        return list(texts), 0, max(map(text_width, texts)) + 8
    letters = int(step / text_width("n"))
    broken = wrapped_apart(texts, max(letters, 1), 3)
    if letters > max(len(part) for text in texts for part in text.replace("-", " ").replace(".", " ").split()):
        return list(broken), 0, step
    return [" ".join(line) for line in wrapped_apart(texts, _LETTERS_SLANTED, 1)], _SLANT, _LINE


def cells_drawn(cells: DataFrame, across: Ladder, up: Ladder) -> DataFrame:
    """One row for every cell of the map, in columns ``column, row, x, y, best, margin, settled``.

    Where steps are merged, a cell shows the plan that wins most of its points (the first of equals), the mean
    margin, and is settled if all of its points are.

    Raises
    ------
    ValueError
        Two rows for the same cell.
    """
    x, y = cells.columns[:2]
    if cells.duplicated([x, y]).any():
        raise ValueError("heat_map: two rows for the same cell; best_scatter draws designs of several inputs")
    places = cells.assign(column=_steps(cells[x], across), row=_steps(cells[y], up))
    groups = places.groupby(["column", "row"], sort=True)
    found = groups.agg(best=("best", _most_frequent), margin=("margin", "mean"), settled=("settled", "all"))
    from pandas import MultiIndex

    every_cell = MultiIndex.from_product([range(len(across.order)), range(len(up.order))], names=["column", "row"])
    full = found.reindex(every_cell).reset_index()
    full["settled"] = full["settled"].eq(True) | full["best"].isna()
    full["best"] = full["best"].astype(object)
    full["x"] = [_plain(across.labels[place]) for place in full["column"]]
    full["y"] = [_plain(up.labels[place]) for place in full["row"]]
    return full


def _plain(label: str | list[str]) -> str:
    return label if isinstance(label, str) else " ".join(label)


def _steps(column: Series[float], ladder: Ladder) -> list[int]:
    place = {value: number // ladder.block for number, value in enumerate(ladder.values)}
    return [place[value] for value in column.tolist()]


def _most_frequent(names: Series[str]) -> object:
    found = names.mode()
    return found.iloc[0] if len(found) else None
