"""The rules of the trade as pure functions, one noun a file.

A function marked with `rule` takes and returns plain numbers (or named tuples of them), draws nothing, remembers
nothing and raises nothing, so that every engine can call the very same text of the rule. Which number a rule works
with (how many days, which cap) is never written here: it arrives as an argument, from a rule pack or a scenario.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

F = TypeVar("F", bound="Callable[..., Any]")

RULES: Final[dict[str, Callable[..., Any]]] = {}
"""Every rule by its qualified name, for the documentation and for engines that translate them."""


def rule(function: F) -> F:
    """Mark a pure function as a rule that every engine shares.

    Parameters
    ----------
    function
        Takes and returns integers, floats, booleans or named tuples of them.

    Returns
    -------
    callable
        The function itself, unchanged.
    """
    RULES[f"{function.__module__}.{function.__qualname__}"] = function
    return function
