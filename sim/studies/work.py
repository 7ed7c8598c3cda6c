"""The work on a piece of a study, wherever it is done: simulate its units and add up what they come to."""

from __future__ import annotations

import atexit
import pickle
import shutil
import tempfile
import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.engines import engine_named
from sim.errors import InputError, LotwiseError
from sim.measures.estimates import student_quantile, sums_over
from sim.measures.risk import conditional_value_at_risk, with_ranks_in_place
from sim.studies.units import program_digest
from sim.studies.variants import Variants, reason_of, values_text
from sim.totals import SUMMED
from sim.units import CENTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from sim.engines import Engine
    from sim.scenario import Draft
    from sim.studies.points import Point
    from sim.studies.units import Unit
    from sim.totals import Totals

TAIL_LEVEL: Final = 0.95
_BASES_KEPT: Final = 4
"""Points whose losses are kept to subtract others from: neighbours in a piece have the same."""


class PlanRow(NamedTuple):
    """What one plan came to in a unit.

    Attributes
    ----------
    plan
        Its name.
    totals, squares
        Exact sums, and sums of squares, of the loss and of the columns that the study keeps.
    late, with_claim
        Replications in which an order was late, and with a claim.
    tail, tail_error
        CVaR 95 in currency units and its standard error.
    apart
        For each plan after it: the exact sum of squares of their differences in loss.
    change, change_squares
        Exact sums of the loss at the base less the loss here, and of its square; None without a base.
    """

    plan: str
    totals: tuple[int, ...]
    squares: tuple[int, ...]
    late: int
    with_claim: int
    tail: float
    tail_error: float
    apart: tuple[int, ...]
    change: int | None = None
    change_squares: int | None = None


class UnitRows(NamedTuple):
    """What a unit came to: a row for each of its plans, or what is wrong with its point."""

    rows: tuple[PlanRow, ...]
    error: str | None = None


class Worked(NamedTuple):
    """What a piece came to: its units in their order, and the seconds that they took."""

    units: tuple[UnitRows, ...]
    seconds: float


class OtherProgramError(LotwiseError):
    """A worker runs another program than the one that asks: it might find something else."""


@dataclass(frozen=True)
class Task:
    """All that a worker needs besides the piece, wherever it runs.

    Attributes
    ----------
    draft, overrides, seed
        As in `sim.studies.variants.Variants`.
    columns
        What is summed besides the loss.
    engine
        Name of what simulates.
    program
        Digest of the program that asks.
    setting
        `sim.scenario.Scenario.setting`: a file that has changed makes another task of the same words.
    contents
        By name, relative to the scenario's folder: data files and rule packs, for workers that do not share the disk.
    """

    draft: Draft
    overrides: tuple[str, ...]
    seed: int
    columns: tuple[str, ...]
    engine: str
    program: str
    setting: str
    contents: dict[str, bytes] = field(default_factory=dict)

    def packed(self) -> bytes:
        """The task as bytes, to be sent anywhere."""
        return pickle.dumps(self, protocol=5)


class Worker:
    """Works on the pieces of one task.

    Parameters
    ----------
    task
        The task.
    """

    def __init__(self, task: Task) -> None:
        if task.program != program_digest():
            raise OtherProgramError(
                "this worker runs another version of Lotwise, of Python or of a library that numbers come from than "
                "the study does; install the same on every machine"
            )
        self._columns = tuple(SUMMED.index(name) for name in ("loss", *task.columns))
        self._variants = Variants(task.draft, task.overrides, task.seed)
        self._engine: Engine = engine_named(task.engine)
        self._bases: OrderedDict[tuple[str, str, int, int], NDArray[np.int64]] = OrderedDict()

    def work(self, piece: Sequence[Unit]) -> Worked:
        """Simulate a piece.

        Returns
        -------
        Worked
            A point that makes no valid scenario is answered with what is wrong; anything else that goes wrong is
            raised.
        """
        begun = perf_counter()
        self._engine.prepare()
        return Worked(tuple(map(self._unit, piece)), perf_counter() - begun)

    def _unit(self, unit: Unit) -> UnitRows:
        try:
            found = [self._totals(unit, plan) for plan in unit.point.plans]
            return UnitRows(tuple(self._row(unit, number, found) for number in range(len(found))))
        except InputError as error:
            return UnitRows((), reason_of(error))

    def _totals(self, unit: Unit, plan: str) -> Totals:
        return self._engine.summarise(self._variants.model(unit.point, plan), range(unit.begin, unit.end))

    def _row(self, unit: Unit, number: int, found: Sequence[Totals]) -> PlanRow:
        plan, totals = unit.point.plans[number], found[number]
        losses = totals.losses
        tail = conditional_value_at_risk(
            with_ranks_in_place(losses, (TAIL_LEVEL,), TAIL_LEVEL), TAIL_LEVEL, TAIL_LEVEL, CENTS
        )
        reach = student_quantile(TAIL_LEVEL, len(losses) * (1 - TAIL_LEVEL) - 1)
        row = PlanRow(
            plan=plan,
            totals=tuple(totals.sums[index] for index in self._columns),
            squares=tuple(totals.squares[index] for index in self._columns),
            late=totals.late,
            with_claim=totals.with_claim,
            tail=tail.value,
            tail_error=tail.half_width / reach,
            apart=tuple(sums_over([losses - other.losses]).squares for other in found[number + 1 :]),
        )
        if unit.base is None:
            return row
        changed = sums_over([self._base_losses(unit, unit.base, plan) - losses])
        return row._replace(change=changed.total, change_squares=changed.squares)

    def _base_losses(self, unit: Unit, base: Point, plan: str) -> NDArray[np.int64]:
        key = values_text(base), plan, unit.begin, unit.end
        if key not in self._bases:
            self._bases[key] = self._totals(unit._replace(point=base), plan).losses
            while len(self._bases) > _BASES_KEPT * len(unit.point.plans):
                self._bases.popitem(last=False)
        return self._bases[key]


def worker_of(packed: bytes) -> Worker:
    """The worker of a task in this thread, made once, with the files of the task where its scenario looks for them."""
    return _worker_of(packed, threading.get_ident())


@lru_cache(maxsize=16)
def _worker_of(packed: bytes, thread: int) -> Worker:
    del thread  # a worker remembers what it did last, so that threads must not share one
    task: Task = pickle.loads(packed)  # noqa: S301 - bytes of `Task.packed`, from the process that asked for this work
    if task.contents:
        base = _folder_of(task.contents)
        task = replace(task, draft=replace(task.draft, file=base / task.draft.file.name))
    return Worker(task)


def _folder_of(contents: Mapping[str, bytes]) -> Path:
    """A folder of our own with these files around it, until the process ends.

    A file may stand above the scenario, as ``../deliveries.csv`` does: so the folder of the scenario lies as deep in
    ours as any of its files lies above it, and nothing is written outside.
    """
    folder = Path(tempfile.mkdtemp(prefix="lotwise-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    base = folder.joinpath(*["up"] * max(Path(name).parts.count("..") for name in contents), "scenario")
    base.mkdir(parents=True)
    for name, content in contents.items():
        file = base / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return base


def failure(error: Exception) -> str:
    """What went wrong in a piece, in one line."""
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
