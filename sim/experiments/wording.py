"""Names and shares as sentences hold them: in words, in a row, and the nearest to a name that does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

MOST_NAMED: Final = 3
"""No more names than this in a sentence: nobody reads more."""
_ALIKE: Final = 0.5
"""How alike two names must be, from 0 to 1, for one to be taken for a slip of the other."""


def words(name: str) -> str:
    """A name of the tables, such as ``above_limit``, as words."""
    return name.replace("_", " ")


def listed(
    names: Sequence[str],
    *,
    last: str = "and",
    most: int | None = None,
    more: str = "and",
    between: str = ", ",
) -> str:
    """Names in a row: a, b and c.

    Parameters
    ----------
    names
        In the order in which they are told; none is told as nothing.
    last
        Word before the last name: ``and`` or ``or``.
    most
        No more names than this: those that follow are counted.
    more
        Word before their count.
    between
        What parts the names before the last.
    """
    if most is not None and len(names) > most:
        return f"{', '.join(names[:most])} {more} {len(names) - most} more"
    return f" {last} ".join(filter(None, (between.join(names[:-1]), *names[-1:])))


def percentage(share: float, decimals: int | None = None) -> str:
    """A share as texts write it, such as ``95 %``; with as many decimals as it has, or as are asked for."""
    return f"{share * 100:g} %" if decimals is None else f"{_rounded(share, decimals)} %"


def percentages(low: float, high: float, decimals: int = 0) -> str:
    """Two shares as texts write a range, such as ``5.7 to 9.0 %``."""
    return f"{_rounded(low, decimals)} to {percentage(high, decimals)}"


def _rounded(share: float, decimals: int) -> str:
    """Per cent; what is rounded to nothing has no sign."""
    return f"{round(share * 100, decimals) + 0.0:.{decimals}f}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def unknown_name(message: str, name: str, known: Collection[str], *, otherwise: str = "there are:") -> Problem:
    """What to say of a name that does not exist: the nearest one, or all there are.

    Parameters
    ----------
    message
        What is wrong, in one sentence.
    name
        As it was given.
    known
        Names that exist.
    otherwise
        Words before all of them, where none is like it.
    """
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1, cutoff=_ALIKE)
    hint = f"did you mean {near[0]!r}?" if near else f"{otherwise} {', '.join(known) or 'none'}"
    return Problem(message, hint=hint)
