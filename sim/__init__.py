"""Lotwise: what a purchase order may lose, and which way of ordering loses least."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sim.experiments import compare as compare
    from sim.experiments import run as run
    from sim.scenario import load_scenario as load_scenario

__version__ = "0.1.0"
__all__ = ["__version__", "compare", "load_scenario", "run"]

_HOMES: Final = {"compare": "sim.experiments", "load_scenario": "sim.scenario", "run": "sim.experiments"}
"""Where each public name lives: loaded on first use, so that importing one submodule never loads the rest."""


def __getattr__(name: str) -> object:
    """Load a public name on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Names that the package offers."""
    return sorted({*globals(), *_HOMES})
