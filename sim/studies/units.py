"""Units of work: a point, its plans and a range of replications, named by the digest of all that decides what it finds.

What is kept of a study is kept by these names: a unit is simulated again only if something that it depends on has
changed, whatever else was added to the study, taken out of it or moved.
"""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.studies.variants import values_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sim.scenario import Scenario
    from sim.studies.points import Point, Value

MOST_REPLICATIONS: Final = 200_000
"""Of one unit, or a tenth more: a study that asks for more of a point later goes on where the last full unit ended, and
no sum of the squares of so many outcomes leaves the 38 digits that are kept of it."""

SECONDS_A_PLAN: Final = 0.02
"""About what it takes to make the model of one plan ready ..."""
SECONDS_A_REPLICATION: Final = 1.5e-6
"""... and to simulate one replication of it; so measured on a common processor, with two orders a plan."""
_SHORTEST_PART: Final = 10
_SECONDS_A_PIECE: Final = 1.0
_DIGITS: Final = 32
_DECIDES: Final = ("variants.py", "work.py")
"""Of this package: what is set at a point, and what is kept of it."""
_PACKAGES: Final = ("numpy", "scipy", "holidays", "numba", "pydantic")


class Unit(NamedTuple):
    """What is simulated and kept at a time.

    Attributes
    ----------
    point
        Where, with its plans named.
    begin, end
        The range of replications.
    base
        Another point, where the differences in loss from it are wanted.
    """

    point: Point
    begin: int
    end: int
    base: Point | None = None

    @property
    def seconds(self) -> float:
        """About how long it takes."""
        sides = 1 if self.base is None else 2
        return sides * len(self.point.plans) * (SECONDS_A_PLAN + (self.end - self.begin) * SECONDS_A_REPLICATION)

    @property
    def replications(self) -> int:
        """Replications of all its plans together."""
        return (self.end - self.begin) * len(self.point.plans)


@dataclass(frozen=True)
class Ingredients:
    """All that decides what a unit finds, besides the unit itself.

    Attributes
    ----------
    program
        Digest of every source of the simulation and of the libraries that numbers come from.
    setting
        `sim.scenario.Scenario.setting`.
    seed
        Of every draw.
    plans
        By name: digest of each plan of the scenario.
    columns
        What is summed besides the loss.
    base
        Folder that the names of data files are relative to.
    """

    program: str
    setting: str
    seed: int
    plans: Mapping[str, str]
    columns: tuple[str, ...]
    base: Path

    def common(self) -> dict[str, Any]:
        """What holds for every unit of the study, as plain data."""
        return {
            "program": self.program,
            "setting": self.setting,
            "seed": self.seed,
            "plans": dict(self.plans),
            "columns": list(self.columns),
        }

    def key(self, unit: Unit) -> str:
        """Name of a unit: digest of the ingredients and of the unit."""
        plans = [[name, self.plans.get(name)] for name in unit.point.plans]
        files = [_file_digests(point, self.base) for point in (unit.point, unit.base) if point is not None]
        return _digest([self.program, self.setting, self.seed, list(self.columns), plans, files, *_where(unit)])


def place(unit: Unit) -> str:
    """Name of a unit that stays the same whatever it is made of: tells why it has to be simulated again."""
    return _digest([list(unit.point.plans), *_where(unit)])


def _file_digests(point: Point, base: Path) -> list[str]:
    """Digests of the files that the values of a point name: what such a file says counts, not what it is called."""
    files = (base / text for _, value in point.values for text in _texts(value))
    return [hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.is_file()]


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _where(unit: Unit) -> list[Any]:
    base = None if unit.base is None else values_text(unit.base)
    return [values_text(unit.point), base, unit.begin, unit.end]


def _digest(content: Any) -> str:  # noqa: ANN401 - any JSON value
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, default=str).encode()).hexdigest()[:_DIGITS]


def ingredients_of(scenario: Scenario, seed: int, columns: Iterable[str]) -> Ingredients:
    """Ingredients of a study of a scenario."""
    return Ingredients(
        program=program_digest(),
        setting=scenario.setting,
        seed=seed,
        plans={plan.name: _digest(plan.model_dump(warnings=False)) for plan in scenario.plans},
        columns=tuple(columns),
        base=scenario.base,
    )


def deciding_sources() -> list[Path]:
    """Every file of the program that decides what a unit finds: model, engines, rule packs, and what is kept of it."""
    from sim.engines.compiled.cache import PACKAGE, sources

    packs = (path for path in sorted((PACKAGE / "protections").glob("*")) if path.is_file())
    measured = sorted((PACKAGE / "measures").glob("*.py"))
    return [*sources(PACKAGE), *packs, *measured, *(PACKAGE / "studies" / name for name in _DECIDES)]


@cache
def program_digest() -> str:
    """Digest of every source that the outcome of a replication depends on, and of the libraries that it uses."""
    from sim.engines.compiled.cache import PACKAGE

    digest = hashlib.sha256()
    for path in deciding_sources():
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    surroundings = [platform.python_version_tuple()[:2], [(package, version(package)) for package in _PACKAGES]]
    digest.update(json.dumps(surroundings).encode())
    return digest.hexdigest()[:_DIGITS]


def units_of(points: Sequence[Point], replications: int, base: Point | None = None) -> Iterator[Unit]:
    """Units of points, each with its plans named, in the order of the points."""
    for point in points:
        begin = 0
        while begin < replications:
            # A short rest goes with the unit before it: its worst 5 % would be a handful of replications.
            end = begin + MOST_REPLICATIONS
            end = replications if end + MOST_REPLICATIONS // _SHORTEST_PART > replications else end
            yield Unit(point, begin, end, base)
            begin = end


def pieces_of(units: Iterable[Unit]) -> Iterator[tuple[Unit, ...]]:
    """Units in pieces of about a second, neighbours together: they share most of what has to be made ready."""
    piece: list[Unit] = []
    seconds = 0.0
    for unit in units:
        if piece and seconds + unit.seconds > _SECONDS_A_PIECE:
            yield tuple(piece)
            piece, seconds = [], 0.0
        piece.append(unit)
        seconds += unit.seconds
    if piece:
        yield tuple(piece)
