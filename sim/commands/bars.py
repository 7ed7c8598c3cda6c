"""Amounts as bars of letters: box drawings, or ASCII where the output has no better."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite
from typing import TYPE_CHECKING, Final

from sim.commands.letters import fitting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.measures import Estimate

_NARROWEST: Final = 10
_WIDEST: Final = 30
_DRAWN: Final = "\N{BOX DRAWINGS HEAVY HORIZONTAL}\N{BOX DRAWINGS LIGHT HORIZONTAL}"
_PLAIN: Final = "=-"
_ORIGIN: Final = "|"
_NOTHING: Final = 1e-9
"""A share below this is what is left of adding and taking away."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How amounts become bars.

    Attributes
    ----------
    low, high
        Amounts at the two ends, zero within.
    width
        Letters from end to end.
    """

    low: float
    high: float
    width: int

    @property
    def title(self) -> str:
        """What stands at its two ends."""
        from sim.experiments.verdict import money

        low = money(self.low, beside=self.high) if self.low else "0"
        high = money(self.high, beside=self.low) if self.high else "0"
        return f"{low} {high.rjust(self.width - len(low) - 1)}"

    def bar(self, loss: Estimate) -> str:
        """The bar of an estimate: from zero to its value, drawn thin where its interval lies."""
        thick, thin = _letters()
        low, high = (loss.low, loss.high) if loss.half_width > 0 and isfinite(loss.half_width) else (inf, -inf)
        begin, end = min(0.0, loss.value), max(0.0, loss.value)
        step = (self.high - self.low) / self.width
        middles = (self.low + (cell + 0.5) * step for cell in range(self.width))
        letters = [thin if low <= at <= high else thick if begin <= at <= end else " " for at in middles]
        if loss.value and not "".join(letters).strip():
            letters[self._cell(loss.value)] = thick
        if self.low < 0 < self.high:
            letters[self._cell(0.0)] = _ORIGIN
        return "".join(letters).rstrip()

    def _cell(self, amount: float) -> int:
        return min(max(int((amount - self.low) * self.width / (self.high - self.low)), 0), self.width - 1)


def scale_of(losses: Sequence[Estimate], room: int) -> Scale | None:
    """A scale that holds zero and every loss with its interval.

    Parameters
    ----------
    losses
        What is to be drawn.
    room
        Letters that there are for a bar.

    Returns
    -------
    Scale or None
        None where there is no room, or where all losses are nothing.
    """
    ends = [0.0, *(end for loss in losses for end in (loss.value, loss.low, loss.high) if isfinite(end))]
    low, high = min(ends), max(ends)
    scale = Scale(low, high, min(room, _WIDEST))
    fits = scale.width >= _NARROWEST and high > low and len(scale.title) <= scale.width
    return scale if fits else None


def share_bar(share: float, width: int) -> str:
    """A bar of so much of a whole: nothing for nothing, and something for however little."""
    length = round(min(max(share, 0.0), 1.0) * min(width, _WIDEST))
    thick, _ = _letters()
    return thick * max(length, 1 if share > _NOTHING else 0)


def _letters() -> tuple[str, str]:
    """A thick one and a thin one of the same set."""
    letters = fitting(_DRAWN, _PLAIN)
    return letters[0], letters[1]
