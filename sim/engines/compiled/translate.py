"""Having Numba translate what both engines share: the rules, and the draws from quantile tables."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Final, TypeVar

from numba import njit, types
from numba.extending import overload, register_jitable

import sim.rules
from sim.random.flat import COMPILED, SELDOM
from sim.rules import RULES
from sim.rules.elementwise import chosen

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")

OPTIONS: Final[dict[str, Any]] = {"error_model": "numpy", "_nrt": False}
"""Divisions are not checked: no rule divides by what a checked scenario can make zero. Never with `fastmath`, which
would change digits."""


_INNER: Final[dict[str, Any]] = {**OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Of functions that only other compiled code calls."""


def inlined(function: F) -> F:
    """Mark a function of the kernel: it is compiled into whoever calls it, so that its arguments cost nothing."""
    compiled: F = register_jitable(forceinline=True, **_INNER)(function)
    return compiled


def compiled(function: F) -> F:
    """Mark a function of the kernel that is called from many places, and so is compiled once."""
    marked: F = register_jitable(**_INNER)(function)
    return marked


def entry(function: F) -> F:
    """Mark a kernel: what Python calls, without holding other threads up."""
    translate: Any = njit
    jitted: F = translate(nogil=True, **OPTIONS)(function)
    return jitted


_INLINED: Final[Any] = {"forceinline": True, **_INNER}


@overload(chosen, jit_options=_INLINED)
def _chosen(condition: Any, then: Any, otherwise: Any) -> Any:  # noqa: ANN401, ARG001 - Numba's types
    """For single numbers `chosen` is a choice; NumPy's would make an array for each."""
    if isinstance(condition, types.Array):
        return None

    def choice(condition: Any, then: Any, otherwise: Any) -> Any:  # noqa: ANN401
        return then if condition else otherwise

    return choice


for _module in iter_modules(sim.rules.__path__):
    import_module(f"sim.rules.{_module.name}")
for _function in (*RULES.values(), *SELDOM):
    register_jitable(**_INNER)(_function)
for _function in COMPILED:
    register_jitable(forceinline=True, **_INNER)(_function)
