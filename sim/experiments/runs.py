"""A run: every plan of a scenario simulated under common random numbers, and what came out."""

from __future__ import annotations

import hashlib
import json
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from sim.engines import Engine, engine_named
from sim.errors import InputError, LotwiseError
from sim.experiments.jobs import Job
from sim.experiments.precision import Extent, extent_wanted
from sim.experiments.record import assumptions, resolved_text, scenario_with_extent
from sim.experiments.wording import unknown_name
from sim.experiments.workers import simulated
from sim.measures import Measure, PlanTally
from sim.model import build_model
from sim.outcomes import Outcomes
from sim.results import (
    RunFolder,
    SummaryRow,
    TableFiles,
    TablesInMemory,
    manifest_text,
    run_name,
    summary_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pandas import DataFrame

    from sim.engines import Tell
    from sim.experiments.jobs import Found
    from sim.outcomes import Records
    from sim.results.tables import PlanNames
    from sim.scenario import Scenario

    Progress = Callable[[int, int], None]
    Extras = Callable[["RunResult"], Mapping[str, str]]

RESULTS: Final = Path("results")
"""Where runs are kept unless a folder is named."""


class TablesLeftOutError(LotwiseError):
    """A table was asked of a run that was made without it."""


class OutOfMemoryError(OSError):
    """There is no room for so many replications: the input is right, but not on this machine."""


class TableSink(Protocol):
    """Where the rows of the two large tables go."""

    def add(self, plan: PlanNames, replications: Records, orders: Records) -> None:
        """Add the outcomes of a block of one plan."""


@dataclass(frozen=True)
class RunResult:
    """What a run came to.

    Attributes
    ----------
    scenario
        What was run, with the seed that was used.
    plans
        Names of the plans, in the order of the scenario.
    tallies
        The running sums of each plan.
    confidence
        Level of every interval.
    half_width_reached
        False where a wanted precision was not reached within the replications allowed.
    engine
        Name of the engine that simulated.
    folder
        The run folder, where one was written.
    """

    scenario: Scenario
    plans: tuple[str, ...]
    tallies: Mapping[str, PlanTally]
    confidence: float
    half_width_reached: bool
    engine: str
    folder: Path | None = None
    _tables: TablesInMemory | None = None
    _measures: dict[str, tuple[Measure, ...]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def n(self) -> int:
        """Number of replications of each plan."""
        return next(iter(self.tallies.values())).n

    def measures(self, plan: str) -> tuple[Measure, ...]:
        """Every measure of a plan."""
        if plan not in self._measures:
            thresholds = self.scenario.model.run.loss_thresholds
            self._measures[plan] = self.tallies[plan].measures(self.confidence, thresholds)
        return self._measures[plan]

    def summary_rows(self) -> tuple[SummaryRow, ...]:
        """Rows of ``summary.csv``."""
        return tuple(
            SummaryRow(plan, name, estimate.value, estimate.low, estimate.high, estimate.n, decimals)
            for plan in self.plans
            for name, estimate, decimals in self.measures(plan)
        )

    @property
    def summary(self) -> DataFrame:
        """Every measure of every plan with its interval: columns plan, measure, value, ci_low, ci_high, n."""
        import pandas as pd

        return pd.DataFrame([row[:-1] for row in self.summary_rows()], columns=list(SummaryRow._fields[:-1]))

    @property
    def replications(self) -> DataFrame:
        """One row for each plan and replication, in the columns of ``replications.parquet``."""
        return self._table("replications")

    @property
    def orders(self) -> DataFrame:
        """One row for each plan, replication and order, in the columns of ``orders.parquet``."""
        return self._table("orders")

    def _table(self, name: str) -> DataFrame:
        import pandas as pd

        if self._tables is not None:
            frame: DataFrame = self._tables.table(name).to_pandas()
            return frame
        if self.folder is None or not (self.folder / f"{name}.parquet").exists():
            raise TablesLeftOutError(f"this run was made without its table of {name}")
        return pd.read_parquet(self.folder / f"{name}.parquet")


def run(
    scenario: Scenario,
    *,
    plans: Sequence[str] = (),
    replications: int | None = None,
    precision: str | float | None = None,
    at_most: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    tables: bool = True,
    out: Path | str | None = None,
    results: Path | str | None = None,
    command: Sequence[str] = (),
    extras: Extras | None = None,
    progress: Progress | None = None,
    tell: Tell | None = None,
    engine: str | Engine | None = None,
) -> RunResult:
    """Simulate the plans of a scenario under common random numbers.

    Parameters
    ----------
    scenario
        From `sim.load_scenario`; it is not changed.
    plans
        Names of the plans to run; all of them where none is named.
    replications, precision, at_most
        How much to simulate, as in `sim.experiments.precision.extent_wanted`; by default as the scenario
        says.
    seed
        Of every draw; by default the scenario's.
    workers
        Number of threads that simulate, or of processes with the reference engine. It changes how long a run takes,
        never a digit of what it finds. With more than one process, a script must guard its start with
        ``if __name__ == "__main__":``.
    tables
        Whether the tables of replications and orders are kept; they grow with the replications.
    out
        Folder to write, which must be new or empty.
    results
        Folder under which to write ``<scenario>/<UTC time>-<hash>``. Without this and `out`, nothing is
        written.
    command
        The command line, for the manifest.
    extras
        Makes further text files of the folder, such as a report, by their names.
    progress
        Called with the replications done, those of all plans together, and how many it will be as far as can be
        foreseen.
    tell
        Called with a sentence for the user where the engine takes a while to be made ready.
    engine
        What simulates: ``"compiled"``, ``"reference"``, or ``"auto"`` for the faster one; by default as the scenario
        says. It changes how long a run takes, never a digit of what it finds.

    Returns
    -------
    RunResult
        Measures of every plan, and the tables.

    Raises
    ------
    InputError
        An unknown plan or engine, or an extent that makes no sense.
    FolderInUseError
        `out` holds something already.
    """
    extent = extent_wanted(scenario, replications, precision, at_most)
    scenario = scenario_with_extent(scenario, extent, seed)
    names = plans_wanted(scenario, plans)
    models = tuple(build_model(scenario, name) for name in names)
    work = _Work(Job(models, engine_wanted(scenario, engine), tables), extent, workers, progress, tell)
    if out is None and results is None:
        memory = TablesInMemory() if tables else None
        return replace(_simulated(scenario, work, memory), _tables=memory)
    now = datetime.now(UTC)
    name = run_name(now, _digest(scenario, names))
    folder = Path(out) if out is not None else Path(results or RESULTS) / scenario.name / name
    with RunFolder(folder, numbered=out is None) as partial:
        with ExitStack() as open_tables:
            files = open_tables.enter_context(TableFiles(partial.path)) if tables else None
            result = _simulated(scenario, work, files)
        _write(partial.path, folder, result, now, command, {} if extras is None else extras(result))
    return replace(result, folder=partial.target)


def engine_wanted(scenario: Scenario, engine: str | Engine | None) -> Engine:
    """The engine that was asked for, by its name or itself, or else the scenario's."""
    if engine is None or isinstance(engine, str):
        return engine_named(engine or scenario.model.run.engine)
    return engine


@dataclass(frozen=True)
class _Work:
    """What is to be simulated, and how."""

    job: Job
    extent: Extent
    workers: int
    progress: Progress | None
    tell: Tell | None


def _simulated(scenario: Scenario, work: _Work, sink: TableSink | None) -> RunResult:
    models, engine = work.job.models, work.job.engine
    engine.prepare(work.tell)
    tallies = [PlanTally(model.need_quantity) for model in models]
    stages, reached = work.extent.stages(), False
    with closing(simulated(work.job, stages, work.workers)) as found_in_order:
        for stage in stages:
            _add_until(stage, tallies, found_in_order, work, sink)
            reached = work.extent.reached(tallies)
            if reached:
                break
    names = tuple(model.plan for model in models)
    by_plan = dict(zip(names, tallies, strict=True))
    return RunResult(scenario, names, by_plan, scenario.model.run.confidence, reached, engine.name)


def _add_until(
    stage: int,
    tallies: Sequence[PlanTally],
    found_in_order: Iterator[tuple[int, Found]],
    work: _Work,
    sink: TableSink | None,
) -> None:
    """Add up what is found until every plan has as many replications as this."""
    foreseen = max(work.extent.foreseen(tallies), stage) * len(tallies)
    _reserve(stage, tallies)
    while any(tally.n < stage for tally in tallies):
        plan, found = next(found_in_order)
        if isinstance(found, Outcomes):
            tallies[plan].add(found.replications)
            if sink is not None:
                sink.add(work.job.models[plan], found.replications, found.orders)
        else:
            tallies[plan].add_totals(found)
        if work.progress is not None:
            work.progress(sum(tally.n for tally in tallies), foreseen)


def _reserve(replications: int, tallies: Sequence[PlanTally]) -> None:
    try:
        for tally in tallies:
            tally.reserve(replications)
    except MemoryError:
        message = (
            f"no memory for {replications:,} replications of {len(tallies)} plans: each takes 8 bytes; ask for fewer"
        )
        raise OutOfMemoryError(message) from None


def _write(
    folder: Path,
    target: Path,
    result: RunResult,
    moment: datetime,
    command: Sequence[str],
    extras: Mapping[str, str],
) -> None:
    scenario = result.scenario
    texts = {
        "scenario.resolved.yaml": resolved_text(scenario, target),
        "summary.csv": summary_text(result.summary_rows()),
        **extras,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    entries: dict[str, Any] = {
        "scenario": scenario.name,
        "title": scenario.model.title,
        "file": str(scenario.path),
        "written": moment.isoformat(timespec="seconds"),
        "command": list(command),
        "seed": scenario.model.run.seed,
        "replications": result.n,
        "plans": list(result.plans),
        "engine": result.engine,
        "digest": scenario.digest,
        "confidence": result.confidence,
        "precision_reached": result.half_width_reached,
        "protection": scenario.model.protection,
        "assumptions": list(assumptions(scenario)),
    }
    (folder / "manifest.json").write_text(manifest_text(folder, entries), encoding="utf-8", newline="\n")


def plans_wanted(scenario: Scenario, names: Sequence[str]) -> tuple[str, ...]:
    """Names of the plans to run, in the order of the scenario.

    Raises
    ------
    InputError
        A name that is no plan; every one of them, each with the nearest name there is.
    """
    known = tuple(plan.name for plan in scenario.plans)
    problems = [
        unknown_name(f"there is no plan {name!r} in {scenario.name}", name, known)
        for name in names
        if name not in known
    ]
    if problems:
        raise InputError(*problems)
    return tuple(name for name in known if not names or name in names)


def _digest(scenario: Scenario, plans: Sequence[str]) -> str:
    what = json.dumps([scenario.digest, scenario.raw["run"], list(plans)], sort_keys=True, default=str)
    return hashlib.sha256(what.encode()).hexdigest()
