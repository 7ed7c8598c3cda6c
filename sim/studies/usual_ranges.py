"""Which inputs are moved to see what would flip the choice, and how far: the scenario's own doubts, then usual ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from sim.errors import InputError
from sim.scenario.paths import dotted, lies_in, parts_of
from sim.studies.axes import own_value
from sim.studies.flip_facts import Skipped
from sim.studies.flip_words import IN_WORKING_DAYS, kind_of, label_of
from sim.studies.inputs import counts_something
from sim.studies.variants import Variants, reason_of, value_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sim.random.distributions import Distribution
    from sim.scenario import PlanSpec, Scenario
    from sim.studies.points import Value

    Values = tuple[tuple[str, Value], ...]

MOST_INPUTS: Final = 12
"""Inputs that are moved; the others are named as left out."""
_BELIEVED: Final = (0.05, 0.95)
"""Shares of a belief between which its input is moved."""
_SCALED: Final = re.compile(r"low|mode|high|p[0-9]{1,2}")
"""What a distribution may be given by that can be multiplied as a whole."""
_KEPT: Final = frozenset({"dist", "source", "working"})
_WITHIN_ONE: Final = "share"


class Usual(NamedTuple):
    """How far an input is moved of which the scenario does not say how uncertain it is.

    Attributes
    ----------
    path
        Of the input; a star stands for every supplier or inspection of the plans.
    how
        ``times`` the present value, ``add`` to it, or ``between`` two values, which are moved apart where the present
        one lies beyond.
    low, high
        Ends of the range.
    why
        Why so far.
    ahead
        For how many suppliers it is looked into before anything is for the others.
    from_nothing
        The high end where the present value is nothing, of which no multiple is more.
    """

    path: str
    how: Literal["times", "add", "between"]
    low: float
    high: float
    why: str
    ahead: int = 1
    from_nothing: float = 0.0


USUAL: Final = (
    Usual(
        "suppliers.*.defects.major", "times", 1 / 3, 3, "few lots have been seen, so a third to three times", 2, 0.05
    ),
    Usual("suppliers.*.unit_price", "times", 0.8, 1.2, "quotes for the same goods differ by a fifth either way", 2),
    Usual("need.due", "add", -30, 30, "a month either way"),
    Usual("need.late_cost_per_unit_day", "times", 0.5, 2, "a guess as a rule, so half to double"),
    Usual("suppliers.*.production_days", "times", 2 / 3, 2, "seldom much shorter, often longer: two thirds to double"),
    Usual("suppliers.*.delay_days", "add", -10, 30, "ten days earlier to thirty days later"),
    Usual("need.sale_value", "times", 2 / 3, 1.5, "prices of a season ahead: two thirds to half as much again"),
    Usual("inspections.*.fee_per_man_day", "times", 0.5, 2, "fees differ by place and firm, so half to double"),
    Usual(
        "suppliers.*.never_ships_probability",
        "times",
        1 / 3,
        3,
        "rare, so hardly known: a third to three times",
        1,
        0.02,
    ),
    Usual("suppliers.*.assurance_limit", "times", 0.5, 2, "limits differ and change, so half to double"),
    Usual("suppliers.*.transit.days", "times", 2 / 3, 1.5, "routes and ports differ: two thirds to half as much again"),
    Usual("disputes.uphold_probability", "between", 0.2, 0.8, "how mediators decide is not published: 20 to 80 %"),
    Usual("contract.detail_share", "between", 0.3, 1, "from a short order form, 30 %, to a full specification"),
    Usual("buyer.capital_cost_rate", "times", 0.5, 2, "from own money to dear credit: half to double"),
    Usual("suppliers.*.freight.per_unit", "times", 0.5, 2, "freight rates move a lot within a year: half to double"),
    Usual("need.quantity", "times", 2 / 3, 4 / 3, "sales forecasts miss by a third either way"),
)
"""In the order in which they are looked into."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An input that is moved.

    Attributes
    ----------
    path, label
        Its dotted path, and in words. The path of a list or a distribution stands for all of its numbers.
    present
        Its value in the scenario: 1 for a price list, a day number for a date, the mean for a distribution that is
        moved as a whole.
    low, high
        How far it is moved; `present` lies between.
    source
        Whose belief the range is.
    values
        What is set in the scenario for a value.
    is_whole
        Whether only whole numbers can be set.
    """

    path: str
    label: str
    present: float
    low: float
    high: float
    source: str
    values: Callable[[float], Values]
    is_whole: bool = False


class _SkippedError(Exception):
    """Why an input cannot be moved."""


def moved_inputs(scenario: Scenario, plans: Sequence[str]) -> tuple[tuple[Moved, ...], tuple[Skipped, ...]]:
    """Inputs of a scenario that are moved, and those that are left out.

    Parameters
    ----------
    scenario
        Whose ``uncertain`` inputs come first, each between the 5 % and the 95 % quantile of its belief; then the
        usual ones of `USUAL` that it does not name.
    plans
        Names of the plans that are compared, the chosen one first: only their suppliers and inspections count.
    """
    moved: list[Moved] = []
    skipped: list[Skipped] = []
    for path, build in _candidates(scenario, plans):
        try:
            one = build()
        except _SkippedError as error:
            skipped.append(Skipped(path, label_of(path), str(error)))
        except InputError as error:
            skipped.append(Skipped(path, label_of(path), reason_of(error)))
        else:
            if one is not None and len(moved) == MOST_INPUTS:
                skipped.append(Skipped(path, label_of(path), f"only {MOST_INPUTS} inputs are looked into"))
            elif one is not None:
                moved.append(one)
    return tuple(moved), tuple(skipped)


def _candidates(scenario: Scenario, plans: Sequence[str]) -> Iterator[tuple[str, Callable[[], Moved | None]]]:
    """Paths that may be moved, each once for suppliers that are the same firm, with what makes an input of them."""
    variants = Variants.of(scenario)
    taken: set[str] = set()
    for path, belief in scenario.model.uncertain.items():
        if not belief.is_constant:
            taken.update(variants.paths(path))
            yield path, partial(_believed, scenario, path, belief)
    for usual, paths in _usual_paths(scenario, plans):
        twins = {twin for path in paths for twin in variants.paths(path)}
        if not any(lies_in(old, path) for old in taken for path in twins):
            taken |= twins
            yield paths[0], partial(_usual, scenario, usual, paths)


def _usual_paths(scenario: Scenario, plans: Sequence[str]) -> Iterator[tuple[Usual, tuple[str, ...]]]:
    """The usual inputs that the plans may depend on: the suppliers of the chosen plan ahead of the others."""
    specs = {plan.name: plan for plan in scenario.plans}
    suppliers, inspections = _firms([specs[name] for name in plans])
    fees = _equal_fees(scenario, inspections)
    later: list[tuple[Usual, tuple[str, ...]]] = []
    for usual in USUAL:
        paths: list[tuple[Usual, tuple[str, ...]]]
        if usual.path.startswith("suppliers.*."):
            paths = [(usual, (usual.path.replace("*", name),)) for name in suppliers]
        elif usual.path.startswith("inspections.*."):
            paths = [(usual, tuple(usual.path.replace("*", name) for name in names)) for names in fees]
        else:
            paths = [(usual, (usual.path,))]
        yield from paths[: usual.ahead]
        later += paths[usual.ahead :]
    yield from later


def _firms(plans: Iterable[PlanSpec]) -> tuple[list[str], list[str]]:
    """Suppliers and inspections of plans: as they come, in each plan the largest order first."""
    suppliers: dict[str, None] = {}
    inspections: dict[str, None] = {}
    for plan in plans:
        for order in sorted(plan.orders, key=lambda order: -order.quantity):
            suppliers.setdefault(order.supplier)
            inspections.update(dict.fromkeys(order.inspections))
        instead = (order.otherwise for order in plan.orders if not isinstance(order.otherwise, str))
        suppliers.update(dict.fromkeys(other.supplier for other in instead))
    return list(suppliers), list(inspections)


def _equal_fees(scenario: Scenario, inspections: Sequence[str]) -> list[list[str]]:
    """Inspections with the same fee together: it is the same inspector who comes."""
    groups: dict[float, list[str]] = {}
    for name in inspections:
        groups.setdefault(scenario.model.inspections[name].fee_per_man_day, []).append(name)
    return list(groups.values())


# ------------------------------------------------------------------------------------------ what the scenario doubts


def _believed(scenario: Scenario, path: str, belief: Distribution) -> Moved:
    present = own_value(scenario, path)
    if present is None:
        raise _SkippedError("the scenario gives no value of its own")
    low, high = (float(f"{end:.6g}") for end in belief.ppf(_BELIEVED).tolist())
    told = scenario.sources.get(dotted(("uncertain", path)))
    source = "`uncertain` in the scenario" if told is None else told[1]
    return _number(scenario, (path,), present, (low, high), source)


def _number(
    scenario: Scenario, paths: tuple[str, ...], present: float, ends: tuple[float, float], source: str
) -> Moved:
    """A single number that is moved, perhaps at several places at once."""
    path = paths[0]
    is_whole = counts_something(path)
    low, high = min(ends[0], present), max(ends[1], present)
    if is_whole:
        low, high = float(round(low)), float(round(high))

    def values(value: float) -> Values:
        return tuple((one, round(value) if is_whole else value) for one in paths)

    return Moved(path, _label(scenario, path), present, low, high, source, values, is_whole)


# ------------------------------------------------------------------------------------------ what is usually in doubt


def _usual(scenario: Scenario, usual: Usual, paths: tuple[str, ...]) -> Moved | None:
    """A usual input as it is moved; None where the scenario has none."""
    path, source = paths[0], f"usual range: {usual.why}"
    present: float | None
    found = value_at(scenario.raw, parts_of(path) or ())
    if path == "need.due":
        return _day(scenario, usual, source)
    if isinstance(found, list):
        return _price_level(path, found, usual, source)
    if isinstance(found, dict):
        inner = next((name for name in ("mean", "value") if name in found), None)
        if inner is None:
            return _distribution(scenario, path, found, usual, source)
        paths, present = tuple(f"{one}.{inner}" for one in paths), _plain(found[inner])
    else:
        present = own_value(scenario, path)
    if present is None:
        return None
    return _number(scenario, paths, present, _reach(usual, present, paths[0]), source)


def _reach(usual: Usual, present: float, path: str) -> tuple[float, float]:
    """Ends of a usual range around a value."""
    low, high = usual.low, usual.high
    match usual.how:
        case "times":
            low, high = usual.low * present, usual.high * present or usual.from_nothing
        case "add":
            low, high = present + usual.low, present + usual.high
        case "between":
            low, high = min(low, present), max(high, present)
    if kind_of(path) == _WITHIN_ONE:
        high = min(high, 1.0)
    low, high = _three_digits(min(low, present)), _three_digits(max(high, present))
    if not low < high:
        raise _SkippedError("it is nothing here, and a part or a multiple of nothing is nothing")
    return low, high


def _three_digits(value: float) -> float:
    return float(f"{value:.3g}")


def _day(scenario: Scenario, usual: Usual, source: str) -> Moved:
    """A date, moved by whole days."""
    spec = scenario.model
    present, path = spec.day_number(spec.need.due), usual.path
    is_date = isinstance(spec.need.due, date)

    def values(value: float) -> Values:
        return ((path, spec.start + timedelta(days=round(value)) if is_date else value),)

    low, high = max(present + usual.low, 0.0), present + usual.high
    return Moved(path, label_of(path), present, low, high, source, values, is_date)


def _price_level(path: str, breaks: Sequence[Any], usual: Usual, source: str) -> Moved:
    """Every price of a list, multiplied by the same factor; 1 is the list as it stands."""
    prices = [_plain(one["price"]) for one in breaks]

    def values(value: float) -> Values:
        return tuple((f"{path}[{index}].price", float(f"{price * value:.10g}")) for index, price in enumerate(prices))

    return Moved(path, label_of(path), 1.0, usual.low, usual.high, source, values)


def _distribution(scenario: Scenario, path: str, found: dict[str, Any], usual: Usual, source: str) -> Moved:
    """A distribution given by its ends or quantiles, all of them multiplied by the same factor."""
    if not all(name in _KEPT or _SCALED.fullmatch(name) for name in found) or usual.how != "times":
        raise _SkippedError("its distribution is not given by a mean, ends or quantiles")
    held = _held(scenario, path)
    present = float(f"{held.mean():.6g}")
    low, high = _reach(usual, present, path)

    def values(value: float) -> Values:
        factor = value / present
        scaled = {
            name: number if name in _KEPT else float(f"{_plain(number) * factor:.10g}")
            for name, number in found.items()
        }
        return ((path, scaled),)

    return Moved(path, _label(scenario, path), present, low, high, source, values)


def _label(scenario: Scenario, path: str) -> str:
    """An input in words, with the word that its days are working days."""
    parts = parts_of(path) or ()
    laws = (value_at(scenario.raw, parts[:length]) for length in (len(parts), len(parts) - 1))
    working = any(isinstance(law, dict) and law.get("working") is True for law in laws)
    return f"{label_of(path)}{IN_WORKING_DAYS}" if working else label_of(path)


def _held(scenario: Scenario, path: str) -> Distribution:
    """The distribution that the scenario holds at a path."""
    here: Any = scenario.model
    for part in parts_of(path) or ():
        here = here[part] if isinstance(here, dict) else getattr(here, str(part))
    distribution: Distribution = getattr(here, "distribution", here)
    return distribution


def _plain(value: Any) -> float:  # noqa: ANN401 - any value of YAML
    """A number out of its wrapper ``{value, source}``."""
    return float(value["value"] if isinstance(value, dict) else value)
