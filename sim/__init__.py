"""Lotwise: what a purchase order may lose, and which way of ordering loses least."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sim.experiments import compare as compare
    from sim.experiments import run as run
    from sim.experiments import select as select
    from sim.scenario import load_scenario as load_scenario
    from sim.studies.questions import breakeven as breakeven
    from sim.studies.questions import frontier as frontier
    from sim.studies.questions import gaps as gaps
    from sim.studies.questions import information as information
    from sim.studies.questions import optimise as optimise
    from sim.studies.questions import sensitivity as sensitivity
    from sim.studies.questions import sweep as sweep

__version__ = "0.1.0"
__all__ = [
    "__version__",
    "breakeven",
    "compare",
    "frontier",
    "gaps",
    "information",
    "load_scenario",
    "optimise",
    "run",
    "select",
    "sensitivity",
    "sweep",
]

_QUESTIONS: Final = ("breakeven", "frontier", "gaps", "information", "optimise", "sensitivity", "sweep")
_HOMES: Final = {
    "compare": "sim.experiments",
    "load_scenario": "sim.scenario",
    "run": "sim.experiments",
    "select": "sim.experiments",
    **dict.fromkeys(_QUESTIONS, "sim.studies.questions"),
}
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
