"""Which plan is best where: a letter, a colour and a shape for each plan, and the sentence that sums it up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.experiments.wording import counted, listed
from sim.report.lettering import amount, shortened
from sim.report.theme import SHAPES, mixed, text_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas import DataFrame, Series

    from sim.report.theme import Theme

NO_RESULT: Final = "no result"
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TOLD: Final = 3
NOTHING: Final = "\N{EN DASH}"
"""Stands where there is no result."""
_UNSETTLED: Final = 0.5
"""How much of the paper shows through where the best plan is not settled."""


@dataclass(frozen=True, slots=True)
class Winner:
    """How a plan that is best somewhere is drawn.

    Attributes
    ----------
    plan
        Its name, None where there is no result.
    letter, label
        What stands in a cell, and in the legend.
    colour, shape
        Of its cells and points.
    """

    plan: str | None
    letter: str
    label: str
    colour: str
    shape: str

    def paled(self, theme: Theme) -> str:
        """Its colour where the matter is not settled."""
        return mixed(self.colour, theme.background, _UNSETTLED)

    def ink(self, theme: Theme, *, settled: bool) -> str:
        """Colour of its letter."""
        return text_on(self.colour if settled else self.paled(theme))


def winners(best: Series[str], plans: Sequence[str], theme: Theme) -> dict[str | None, Winner]:
    """Plans that are best somewhere, in the order of `plans`, then of appearance; None stands for no result."""
    seen = [str(name) for name in best.dropna().unique()]
    # A plan keeps its letter in every chart of a study, also where others never win.
    order = [*plans, *(name for name in seen if name not in plans)]
    found: dict[str | None, Winner] = {}
    for place, name in enumerate(order):
        if name in seen:
            letter = _letter(place)
            found[name] = Winner(
                name, letter, f"{letter}  {shortened(name)}", theme.series_colour(place), SHAPES[place % len(SHAPES)]
            )
    if best.isna().any():
        found[None] = Winner(None, NOTHING, f"{NOTHING}  {NO_RESULT}", theme.missing, "circle")
    return found


def _letter(place: int) -> str:
    turn, letter = divmod(place, len(_LETTERS))
    return _LETTERS[letter] + (str(turn + 1) if turn else "")


def winning_words(frame: DataFrame, *, what: str, unit: str, titles: tuple[str, str]) -> str:
    """Who wins how often, by how much at most, and what is open: the description of a map of winners.

    Parameters
    ----------
    frame
        Columns x, y, best, margin and settled.
    what
        What a row is, such as "cell".
    unit
        Of the margin.
    titles
        Names of the two inputs.
    """
    known = frame[frame["best"].notna()]
    counts = known["best"].value_counts(sort=True)
    total = counted(len(known), what)
    first, *others = [f"{name} in {count:,}" for name, count in counts.items()]
    sentence = f"Best plan by {listed(titles)}: {first} of {total}"
    if others:
        rest = f" and {counted(len(others) - _TOLD, 'other plan')} elsewhere" if len(others) > _TOLD else ""
        sentence += f", {listed(others[:_TOLD]) if not rest else ', '.join(others[:_TOLD])}{rest}"
    parts = [sentence + "."]
    if known["margin"].notna().any():
        top = known.sort_values("margin", ascending=False, kind="stable").iloc[0]
        parts.append(f"The second best loses up to {amount(top['margin'], unit)} more than {top['best']}.")
    open_ones = int((~known["settled"]).sum())
    if open_ones:
        parts.append(f"Not settled in {counted(open_ones, what)}.")
    if len(known) < len(frame):
        parts.append(f"No result in {counted(len(frame) - len(known), what)}.")
    return " ".join(parts)
