"""Letters that an output can show: what stands for those that its encoding lacks."""

from __future__ import annotations

import codecs
import sys
import unicodedata
from io import TextIOWrapper
from typing import Final

_PLAINER: Final = "lotwise.plainer"
"""Name of what Python does about a letter that an encoding lacks."""
_INSTEAD: Final = {
    "\N{PLUS-MINUS SIGN}": "+/-",
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{MINUS SIGN}": "-",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{LATIN SMALL LETTER SHARP S}": "ss",
    "\N{LATIN SMALL LETTER O WITH STROKE}": "o",
    "\N{LATIN CAPITAL LETTER O WITH STROKE}": "O",
    "\N{LATIN SMALL LETTER AE}": "ae",
    "\N{LATIN SMALL LETTER L WITH STROKE}": "l",
}
"""What stands for letters that are no ASCII letter with an accent."""


def fitting(letters: str, plain: str) -> str:
    """Letters if the standard output's encoding has them, else what stands for them."""
    return letters if encodes(letters) else plain


def encodes(text: str) -> bool:
    """Whether the standard output's encoding has every letter of a text."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def put_plainer_letters() -> None:
    """From now on, write letters that the standard output's encoding lacks as near as it can instead of failing."""
    codecs.register_error(_PLAINER, _plainer)
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors in {"strict", "surrogateescape"}:
        sys.stdout.reconfigure(errors=_PLAINER)


def _plainer(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_plain, error.object[error.start : error.end])), error.end


def _plain(letter: str) -> str:
    if letter in _INSTEAD:
        return _INSTEAD[letter]
    basic = "".join(part for part in unicodedata.normalize("NFKD", letter) if part.isascii())
    return basic or ("??" if unicodedata.east_asian_width(letter) in "WF" else "?")  # as wide as the letter
