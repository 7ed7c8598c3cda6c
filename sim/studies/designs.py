"""Designs: which values of some inputs are tried together, as a grid, a Latin hypercube or a Sobol sequence."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import isfinite, prod
from typing import TYPE_CHECKING, Final, Literal

from sim.errors import InputError, Problem, ScenarioError
from sim.random.distributions import parse
from sim.scenario.nodes import Text, plain, tree_read
from sim.studies.inputs import Input, counts_something, points_at, uncertain_inputs
from sim.studies.points import Point
from sim.studies.variants import Variants, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from sim.scenario import Scenario
    from sim.studies.points import Value

DesignName = Literal["grid", "latin", "sobol"]
MOST_POINTS: Final = 1_000_000
VALUES_OF_A_RANGE: Final = 7
"""Tried of a range in a grid, unless it says how many."""
_BETWEEN: Final = ".."


@dataclass(frozen=True, slots=True)
class Varied:
    """What a sweep varies: an input of the scenario, and the values that it tries.

    Attributes
    ----------
    path
        Dotted path.
    values
        Tried one after the other in a grid, and equally likely elsewhere; none where there is a `spread`.
    spread
        From where to where, or how likely, any value is tried.
    count
        Values of the spread that a grid tries, at equal distances.
    """

    path: str
    values: tuple[Value, ...] = ()
    spread: Input | None = None
    count: int = VALUES_OF_A_RANGE

    def grid(self) -> list[Value]:
        """The values that a grid tries, each once."""
        if self.spread is None:
            return list(self.values)
        import numpy as np

        low, high = self.spread.distribution.support()
        if not (isfinite(low) and isfinite(high)):
            low, high = self.spread.distribution.ppf([0.01, 0.99]).tolist()
        values = [self.spread.settable(value) for value in np.linspace(low, high, self.count).tolist()]
        return list(dict.fromkeys(values))

    def at(self, shares: NDArray[np.float64]) -> list[Value]:
        """Values below which these shares lie; of single values, each has the same part of the shares."""
        if self.spread is not None:
            return [self.spread.settable(value) for value in self.spread.values(shares).tolist()]
        last = len(self.values) - 1
        return [self.values[min(int(share * len(self.values)), last)] for share in shares.tolist()]


def varied_read(text: str, scenario: Scenario) -> Varied:
    """What is varied, as a user writes it.

    Parameters
    ----------
    text
        ``PATH=1,2,5`` (these values), ``PATH=5000..20000`` (a range), ``PATH=5000..20000/4`` (in a grid, four values of
        it), or ``PATH`` alone (as the scenario's ``uncertain`` section says).
    scenario
        Whose input it is.

    Raises
    ------
    InputError
        The text is none of these.
    """
    path, equals, given = (part.strip() for part in text.partition("="))
    if not equals:
        (one,) = uncertain_inputs(scenario, (path,))
        return Varied(path, spread=one)
    if not path or not given:
        raise InputError(
            Problem(f"{text!r} varies nothing", hint="PATH=1,2,5 or PATH=5000..20000 or PATH=5000..20000/4")
        )
    if _BETWEEN in given:
        return _range_read(path, given, text)
    values = tuple({written(value): value for value in (_value_read(part, text) for part in given.split(","))}.values())
    return Varied(path, values)


def _range_read(path: str, given: str, text: str) -> Varied:
    span, slash, number = given.partition("/")
    low, high = (_number_read(part, text) for part in span.split(_BETWEEN, 1))
    if not low < high:
        raise InputError(Problem(f"{text!r}: a range goes from the smaller to the larger value"))
    if slash and not (number.strip().isdecimal() and int(number) > 1):
        raise InputError(Problem(f"{text!r}: {number!r} is no number of values", hint="2 or more, as in 5000..20000/4"))
    spread = Input(path, parse({"dist": "uniform", "low": low, "high": high}), counts_something(path))
    return Varied(path, spread=spread, count=int(number) if slash else VALUES_OF_A_RANGE)


def _number_read(part: str, text: str) -> float:
    try:
        number = float(part.replace("_", ""))
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise InputError(Problem(f"{text!r}: {part.strip()!r} is not a number", hint="a range is written 5000..20000"))
    return number


def _value_read(part: str, text: str) -> Value:
    """A single value as YAML knows it: a number, a word, a date, true, false or null."""
    node, problems = tree_read(Text.of("--vary", part, numbered=False), part)
    value = None if node is None else plain(node)
    if problems or node is None or isinstance(value, list | dict):
        raise InputError(
            Problem(f"{text!r}: {part.strip()!r} is no single value", hint="as in contract.detail_share=0,0.5,1")
        )
    return value


def varied_checked(varied: Sequence[Varied], scenario: Scenario) -> None:
    """Refuse an input of which no value makes a valid scenario: its path, or all of its values, must be a mistake.

    Raises
    ------
    ScenarioError
        What is wrong with the first value of such an input.
    """
    variants = Variants.of(scenario)
    for one in varied:
        first: ScenarioError | None = None
        for value in one.grid():
            try:
                variants.scenario(Point(((one.path, value),)))
            except ScenarioError as error:
                first = first or error
            else:
                break
        else:
            if first is not None:
                raise first


def design_points(varied: Sequence[Varied], design: DesignName, points: int, seed: int) -> list[Point]:
    """Points of a design.

    Parameters
    ----------
    varied
        What is varied; in a grid the last one fastest.
    design
        ``grid``: every combination. ``latin``: a Latin hypercube, in which equal parts of a spread have equally many
        points (McKay, Beckman and Conover 1979). ``sobol``: a scrambled Sobol sequence, which leaves the least gaps
        (Owen 1998).
    points
        How many, in a design that is no grid.
    seed
        Of the design.

    Raises
    ------
    InputError
        There would be too many points, or a path is varied twice.
    """
    paths = [one.path for one in varied]
    twice = {path for path in paths if paths.count(path) > 1}
    if twice:
        raise InputError(Problem(f"{min(twice)} is varied twice", hint="name all of its values at once"))
    number = prod(len(one.grid()) for one in varied) if design == "grid" else points
    if number > MOST_POINTS:
        raise InputError(Problem(f"this would be {number:,} points", hint=f"{MOST_POINTS:,} at most; try fewer values"))
    if design == "grid":
        return [Point(tuple(zip(paths, values, strict=True))) for values in product(*(one.grid() for one in varied))]
    shares = unit_sample(len(varied), points, design, seed)
    if all(one.spread is not None for one in varied):
        return points_at([one.spread for one in varied if one.spread is not None], shares)
    columns = [one.at(shares[:, index]) for index, one in enumerate(varied)]
    return [Point(tuple(zip(paths, row, strict=True))) for row in zip(*columns, strict=True)]


def unit_sample(dimensions: int, points: int, design: DesignName, seed: int) -> NDArray[np.float64]:
    """Points of a design in the unit cube.

    Returns
    -------
    ndarray, shape (points, dimensions)
        A Sobol sequence that ends between two powers of two is the beginning of the longer one.
    """
    import numpy as np
    from scipy.stats import qmc

    generator = np.random.default_rng(seed)
    if design == "latin":
        sampled: NDArray[np.float64] = qmc.LatinHypercube(dimensions, rng=generator).random(points)
        return sampled
    engine = qmc.Sobol(dimensions, rng=generator)
    return np.asarray(engine.random_base2((points - 1).bit_length())[:points], np.float64)
