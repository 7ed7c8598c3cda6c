"""Text between two marks of a document, made anew by a script."""

from __future__ import annotations


def text_replaced(name: str, document: str, begin: str, end: str, text: str) -> str:
    """The document of that name with another text between its marks.

    Raises
    ------
    ValueError
        If a mark is missing.
    """
    head, _, rest = document.partition(begin)
    _, found, tail = rest.partition(end)
    if not found:
        raise ValueError(f"{name} has lost its marks {begin.strip()} and {end.strip()}")
    return f"{head}{begin}{text}{end}{tail}"
