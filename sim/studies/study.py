"""A study: points of a scenario simulated piece by piece by a crew, and what was found kept in a store."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim.engines import engine_named
from sim.errors import InputError, Problem
from sim.experiments.precision import extent_wanted
from sim.experiments.record import scenario_with_extent
from sim.experiments.runs import plans_wanted
from sim.measures.estimates import Sums
from sim.scenario.drawn import without_sets
from sim.studies.changes import Change
from sim.studies.cluster import Cluster
from sim.studies.crew import Alone, Processes
from sim.studies.findings import Finding, PlanFinding
from sim.studies.folder import Store
from sim.studies.shards import Kept
from sim.studies.units import Ingredients, Unit, ingredients_of, pieces_of, place, program_digest, units_of
from sim.studies.work import Task, Worked, failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sim.engines import Tell
    from sim.scenario import Scenario
    from sim.studies.crew import Crew, Piece
    from sim.studies.points import Point
    from sim.studies.work import PlanRow, UnitRows

    Progress = Callable[[int, int], None]

DEFAULT_REPLICATIONS: Final = 2_000


class WorkAheadError(Exception):
    """What a study would have to simulate next, where it only shall be said.

    Attributes
    ----------
    pieces
        Of the round that comes next.
    kept
        Units of that round that are kept already.
    """

    def __init__(self, pieces: list[Piece], kept: int) -> None:
        super().__init__()
        self.pieces = pieces
        self.kept = kept


@dataclass(frozen=True)
class Effort:
    """How much is simulated at every point, and with which luck.

    Attributes
    ----------
    plans
        Names of the plans, where a point does not name its own.
    replications
        Of each plan.
    seed
        Of every draw.
    columns
        What is summed besides the loss, by the names of `sim.totals.SUMMED`.
    """

    plans: tuple[str, ...]
    replications: int
    seed: int
    columns: tuple[str, ...] = ()


@dataclass
class Ledger:
    """What has been done for a study by now, whatever the number of replications.

    Attributes
    ----------
    done, wanted
        Replications simulated, and known to be wanted, those of all plans together; what was kept does not count.
    simulated, kept
        Keys of units that were simulated this time, and of those asked for that were there before.
    failures
        By the key of a unit: what went wrong when it was simulated this time.
    """

    done: int = 0
    wanted: int = 0
    simulated: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    failures: dict[str, str] = field(default_factory=dict)


class Study:
    """A scenario at many points.

    Parameters
    ----------
    scenario
        As loaded.
    effort
        How much is simulated.
    store
        Keeps what is found, and remembers it.
    crew
        Works on the pieces; nobody where it is `dry`.
    progress
        Called with the replications done, those of all plans together, and how many are known to be wanted.
    tell
        Called with a sentence for the user where the engine takes a while to be made ready.
    dry
        Raise `WorkAheadError` instead of simulating.

    Attributes
    ----------
    scenario, effort, progress, tell
        As given.
    ingredients
        All that decides what a unit of work finds.
    ledger
        What has been done by now.
    """

    def __init__(
        self,
        scenario: Scenario,
        effort: Effort,
        store: Store,
        crew: Crew | None,
        *,
        progress: Progress | None = None,
        tell: Tell | None = None,
        dry: bool = False,
    ) -> None:
        self.scenario = scenario
        self.effort = effort
        self.progress = progress
        self.tell = tell
        self.ingredients: Ingredients = ingredients_of(scenario, effort.seed, effort.columns)
        self.ledger = Ledger()
        self._store = store
        self._crew = crew
        self._dry = dry

    def with_replications(self, replications: int) -> Study:
        """The same study, with the same store, crew and ledger, and another number of replications of each plan."""
        other = copy(self)
        other.effort = replace(self.effort, replications=replications)
        return other

    def findings(self, points: Sequence[Point]) -> list[Finding]:
        """What was found at each of the points, in their order; what is not known yet is simulated in one round."""
        named = [self._with_plans(point) for point in points]
        self._simulate([unit for point in named for unit in self._units(point)])
        return [self._finding(point) for point in named]

    def changes(self, base: Point, others: Sequence[Point]) -> list[Change]:
        """What each of the other points changes against the base, in their order."""
        start = self._with_plans(base)
        named = [self._with_plans(point) for point in others]
        units = [unit for point in named for unit in self._units(point, start)]
        self._simulate([*self._units(start), *units] if units else [])
        return [self._change(start, point) for point in named]

    def why_again(self, unit: Unit) -> str:
        """Why a unit has to be simulated."""
        return self._store.why_again(place(unit), self.ingredients.common())

    def _with_plans(self, point: Point) -> Point:
        return point if point.plans else point._replace(plans=self.effort.plans)

    def _units(self, point: Point, base: Point | None = None) -> Iterator[Unit]:
        return units_of([point], self.effort.replications, base)

    def _simulate(self, units: Sequence[Unit]) -> None:
        wanted = {self.ingredients.key(unit): unit for unit in units}
        ledger = self.ledger
        unknown = {key: unit for key, unit in wanted.items() if self._store.rows(key) is None}
        ledger.kept |= wanted.keys() - unknown.keys() - ledger.simulated
        missing = [unit for key, unit in unknown.items() if key not in ledger.failures]
        if not missing:
            return
        pieces = list(pieces_of(missing))
        if self._dry or self._crew is None:
            raise WorkAheadError(pieces, len(wanted) - len(unknown))
        engine_named("auto").prepare(self.tell)
        self.ledger.wanted += sum(unit.replications for unit in missing)
        with closing(self._crew.worked(pieces)) as results:
            for piece, result in results:
                self._take(piece, result)

    def _take(self, piece: Piece, result: Worked | Exception) -> None:
        """Keep what a piece came to; one that failed is tried again the next time."""
        if isinstance(result, Exception):
            for unit in piece:
                self.ledger.failures[self.ingredients.key(unit)] = failure(result)
                self._store.failed(place(unit), failure(result))
        else:
            found = zip(piece, result.units, strict=True)
            kept = [Kept(self.ingredients.key(unit), place(unit), rows) for unit, rows in found]
            self._store.keep(kept, self.ingredients.common())
            self.ledger.simulated.update(unit.key for unit in kept)
        self.ledger.done += sum(unit.replications for unit in piece)
        if self.progress is not None:
            self.progress(self.ledger.done, self.ledger.wanted)

    def _rows(self, point: Point, base: Point | None = None) -> tuple[list[UnitRows], str | None]:
        """Rows of the units of a point, and the first thing that is wrong with any of them."""
        found = []
        for unit in self._units(point, base):
            key = self.ingredients.key(unit)
            rows = self._store.rows(key)
            if rows is None:
                return [], self.ledger.failures[key]
            if rows.error is not None:
                return [], rows.error
            found.append(rows)
        return found, None

    def _finding(self, point: Point, base: Point | None = None) -> Finding:
        units, error = self._rows(point, base)
        if error is not None:
            return Finding(point, error=error)
        names = point.plans
        sizes = [unit.end - unit.begin for unit in self._units(point)]
        plans = {
            name: self._plan_finding([unit.rows[number] for unit in units], sizes) for number, name in enumerate(names)
        }
        squares = {
            (name, other): sum(unit.rows[number].apart[ahead] for unit in units)
            for number, name in enumerate(names)
            for ahead, other in enumerate(names[number + 1 :])
        }
        return Finding(point, plans, squares)

    def _plan_finding(self, rows: Sequence[PlanRow], sizes: Sequence[int]) -> PlanFinding:
        n = sum(sizes)
        columns = ("loss", *self.effort.columns)
        weights = [size / n for size in sizes]
        return PlanFinding(
            sums={
                name: Sums(n, sum(row.totals[column] for row in rows), sum(row.squares[column] for row in rows))
                for column, name in enumerate(columns)
            },
            late=sum(row.late for row in rows),
            with_claim=sum(row.with_claim for row in rows),
            tail=sum(weight * row.tail for weight, row in zip(weights, rows, strict=True)),
            tail_error=sqrt(sum((weight * row.tail_error) ** 2 for weight, row in zip(weights, rows, strict=True))),
        )

    def _change(self, base: Point, other: Point) -> Change:
        start, there = self._finding(base), self._finding(other, base)
        if start.error is not None or there.error is not None:
            return Change(start, there)
        units, _ = self._rows(other, base)
        sums = {
            name: Sums(
                self.effort.replications,
                sum(unit.rows[number].change or 0 for unit in units),
                sum(unit.rows[number].change_squares or 0 for unit in units),
            )
            for number, name in enumerate(other.plans)
        }
        return Change(start, there, sums)


def effort_wanted(
    scenario: Scenario,
    plans: Sequence[str] = (),
    replications: int | None = None,
    seed: int | None = None,
    columns: Sequence[str] = (),
) -> Effort:
    """How much a study simulates: as asked for, or else as the scenario and the habits of studies say.

    Raises
    ------
    InputError
        There is no such plan, or the number of replications or the seed makes no sense.
    """
    names = plans_wanted(scenario, plans)
    extent = extent_wanted(scenario, DEFAULT_REPLICATIONS if replications is None else replications)
    seeded = scenario_with_extent(scenario, extent, seed)
    return Effort(names, extent.replications, seeded.model.run.seed, tuple(columns))


def task_of(scenario: Scenario, effort: Effort, *, with_files: bool = False) -> Task:
    """What a crew has to know of a study.

    Parameters
    ----------
    scenario, effort
        Of the study.
    with_files
        Whether the files that the scenario reads travel along, for workers that do not share the disk.
    """
    files = scenario.files if with_files else ()
    contents = {_name_from(scenario.base, file): file.read_bytes() for file in files}
    return Task(
        draft=without_sets(scenario.draft),
        overrides=scenario.overrides,
        seed=effort.seed,
        columns=effort.columns,
        engine="auto",
        program=program_digest(),
        setting=scenario.setting,
        contents=contents,
    )


def _name_from(folder: Path, file: Path) -> str:
    """Name of a file from a folder, as every system writes it."""
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # on Windows there is no way from one drive to another
        hint = "copy it beside the scenario"
        raise InputError(Problem(f"{file} lies on another drive than the scenario", hint=hint)) from None


def crew_of(scenario: Scenario, effort: Effort, workers: int = 1, cluster: str | None = None) -> Crew:
    """Whoever works on a study: this process, several of this machine, or a cluster."""
    if cluster is not None:
        return Cluster(task_of(scenario, effort, with_files=True), cluster)
    task = task_of(scenario, effort)
    return Alone(task) if workers == 1 else Processes(task, workers)


@contextmanager
def study_in_memory(
    scenario: Scenario,
    plans: Sequence[str] = (),
    replications: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    columns: Sequence[str] = (),
) -> Iterator[Study]:
    """A study that keeps nothing beyond its end.

    Parameters
    ----------
    scenario
        As loaded.
    plans, replications, seed, columns
        As in `effort_wanted`.
    workers
        Number of processes. With more than one, a script must guard its start with ``if __name__ == "__main__":``.
    """
    effort = effort_wanted(scenario, plans, replications, seed, columns)
    with crew_of(scenario, effort, workers) as crew:
        yield Study(scenario, effort, Store(), crew)
