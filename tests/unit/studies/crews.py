"""What the tests of studies share: the example scenario, with changes, and a crew that counts what it is given."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sim.scenario import load_scenario
from sim.studies.crew import Alone
from sim.studies.folder import Store
from sim.studies.study import Study, effort_wanted, task_of
from tests.benchmarks.timing import EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from sim.scenario import Scenario
    from sim.studies.crew import Piece, Result
    from sim.studies.units import Unit
    from sim.studies.work import Task

PLANS = ("all-at-once", "two-halves")
DETAIL, LIMIT = "contract.detail_share", "suppliers.shenzhen.assurance_limit"


@cache
def example() -> Scenario:
    """The example scenario."""
    return load_scenario(EXAMPLE)


def example_with(folder: Path, changes: dict[str, str], name: str = "scenario.yaml") -> Scenario:
    """The example scenario as a file of its own, with other texts in it."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return load_scenario(file)


def example_in(folder: Path) -> Path:
    """The file of the example scenario, copied into a folder."""
    return Path(shutil.copy(EXAMPLE, folder / "scenario.yaml"))


class Counting(Alone):
    """A crew that remembers the units that it was given."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.units: list[Unit] = []

    def worked(self, pieces: Iterable[Piece]) -> Generator[Result]:
        given = list(pieces)
        self.units += [unit for piece in given for unit in piece]
        yield from super().worked(given)


def counting_study(
    scenario: Scenario,
    store: Store | None = None,
    plans: tuple[str, ...] = PLANS,
    replications: int = 40,
    seed: int | None = None,
    columns: tuple[str, ...] = (),
) -> tuple[Study, Counting]:
    """A study, and the crew that counts what it is given to do."""
    effort = effort_wanted(scenario, plans, replications, seed, columns)
    crew = Counting(task_of(scenario, effort))
    return Study(scenario, effort, Store() if store is None else store, crew), crew
