"""The engines: the same model, each with its own choreography, behind one protocol.

Equal models, replications and seeds give equal outcomes, whichever engine simulates: they differ in how long they take,
and in what they are for. The reference engine is the one to read, and tells stories; the compiled engine is fast.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, Protocol, get_args

from sim.engines.turns import simulated_in_turn, summarised_in_turn
from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.model import PlanModel
    from sim.outcomes import Outcomes
    from sim.totals import Totals

    Tell = Callable[[str], None]
    """Takes a sentence for the user."""

EngineName = Literal["auto", "reference", "compiled"]
ENGINE_NAMES: Final[tuple[str, ...]] = get_args(EngineName)


class Engine(Protocol):
    """Anything that simulates a plan; several processes need it picklable."""

    @property
    def name(self) -> str:
        """Name of the engine, for what is recorded of a run."""

    @property
    def in_threads(self) -> bool:
        """Whether threads of one process can simulate side by side; if not, it takes processes."""

    def simulate(self, model: PlanModel, replications: range, *, trace: bool = False) -> Outcomes:
        """Outcomes of these replications, with every event if a trace is wanted."""

    def summarise(self, model: PlanModel, replications: range) -> Totals:
        """What the outcomes of these replications add up to."""

    def prepare(self, tell: Tell | None = None) -> None:
        """Make ready what takes a while the first time; called once before the first replication."""


@dataclass(frozen=True, slots=True)
class ReferenceEngine:
    """The model told as SimPy processes, one replication at a time."""

    name: str = "reference"
    in_threads: bool = False

    def simulate(self, model: PlanModel, replications: range, *, trace: bool = False) -> Outcomes:
        """Outcomes of these replications, with every event if a trace is wanted."""
        return simulate(model, replications, trace=trace)

    def summarise(self, model: PlanModel, replications: range) -> Totals:
        """What the outcomes of these replications add up to."""
        from sim.engines.reference import summarise

        return summarised_in_turn(model, replications, summarise)

    def prepare(self, tell: Tell | None = None) -> None:
        """Nothing: there is nothing to be made ready."""


@dataclass(frozen=True, slots=True)
class CompiledEngine:
    """The model as machine code, which any number of threads run side by side."""

    name: str = "compiled"
    in_threads: bool = True

    def simulate(self, model: PlanModel, replications: range, *, trace: bool = False) -> Outcomes:
        """Outcomes of these replications, with every event if a trace is wanted."""
        from sim.engines import compiled

        return simulated_in_turn(model, replications, partial(compiled.simulate, trace=trace))

    def summarise(self, model: PlanModel, replications: range) -> Totals:
        """What the outcomes of these replications add up to."""
        from sim.engines import compiled

        return summarised_in_turn(model, replications, compiled.summarise)

    def prepare(self, tell: Tell | None = None) -> None:
        """Load the machine code, or compile it where there is none yet."""
        from sim.engines import compiled

        compiled.prepare(tell)


def engine_named(name: str) -> Engine:
    """Engine of a name; ``auto`` is the compiled one.

    Raises
    ------
    InputError
        There is no engine of this name.
    """
    if name not in ENGINE_NAMES:
        raise InputError(Problem(f"there is no engine {name!r}", hint=f"one of {', '.join(ENGINE_NAMES)}"))
    return ReferenceEngine() if name == "reference" else CompiledEngine()


def simulate(model: PlanModel, replications: range, *, trace: bool = False) -> Outcomes:
    """Simulate replications of a plan with the reference engine; see `sim.engines.reference.simulate`."""
    from sim.engines.reference import simulate as by_reference

    return simulated_in_turn(model, replications, partial(by_reference, trace=trace))
