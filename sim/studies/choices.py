"""Choices: what a buyer may decide about an order, worked out from the scenario unless it is said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, Final, get_args

from sim.errors import InputError, Problem
from sim.experiments.wording import unknown_name
from sim.scenario.keys import LARGEST_QUANTITY, LONGEST_DAYS
from sim.scenario.plans import MOST_ORDERS, When
from sim.studies.candidates import SAME_DAY, Rhythm, Timing, Way

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sim.scenario import Scenario

SHARES_OF_NEED: Final = (50, 60, 70, 80, 90, 95, 100, 101, 102, 105, 110)
"""Quantities tried, in percent of the need."""
BREAKS_WITHIN: Final = (50, 125)
"""Quantities at which a price begins are tried within these percents of the need."""
SPLITS: Final = "1,2,3"
TIMING: Final = "same-day,received,shipped"
SHARES: Final = "25,50,75"

_NONE: Final = "none"
_WHENS: Final = (SAME_DAY, *get_args(When))
_RANGE: Final = re.compile(r"([0-9,_ ]+)\.\.([0-9,_ ]+)/([0-9,_ ]+)")
_TIMING: Final = re.compile(r"([a-z-]+)(?:\+([0-9]{1,4}))?")
_MOST_QUANTITIES: Final = 1_000
_MOST_PARTS: Final = MOST_ORDERS


@dataclass(frozen=True)
class Choices:
    """What is tried, as it is written on the command line; an empty text means what the scenario suggests.

    Attributes
    ----------
    quantities
        Units in all: ``2500..3500/250``, or a list.
    suppliers
        Names.
    splits
        Numbers of orders that a supplier's quantity is split into.
    timing
        When each further order of a split is placed: ``same-day``, or what must have happened to the one before, such
        as ``received`` or ``received+7`` (a week later).
    shares
        Percent of the quantity that one of two suppliers gets; ``none``: all from one supplier.
    inspections
        Sets of inspections bought for every order: ``none,psi,during+psi``.
    """

    quantities: str = ""
    suppliers: str = ""
    splits: str = SPLITS
    timing: str = TIMING
    shares: str = SHARES
    inspections: str = ""


@dataclass(frozen=True)
class Space:
    """Every way of ordering that is thought of: each value of each choice with each of the others.

    Attributes
    ----------
    quantities, mixes, rhythms, inspections
        The values of each choice, as in `sim.studies.candidates.Way`.
    round_to
        Other quantities may be tried where they look better, in whole numbers of this; 0: only those given.
    """

    quantities: tuple[int, ...]
    mixes: tuple[tuple[tuple[str, int], ...], ...]
    rhythms: tuple[Rhythm, ...]
    inspections: tuple[tuple[str, ...], ...]
    round_to: int = 0

    @property
    def size(self) -> int:
        """Number of ways."""
        return len(self.quantities) * len(self.mixes) * len(self.rhythms) * len(self.inspections)

    def ways(self) -> Iterator[Way]:
        """Every way, the inspections varying fastest."""
        return (Way(*values) for values in product(self.quantities, self.mixes, self.rhythms, self.inspections))

    def neighbours(self, way: Way) -> Iterator[Way]:
        """Ways that differ in one choice from one of this space: in quantity by a step, in any other by any value."""
        place = self.quantities.index(way.quantity)
        near = self.quantities[max(place - 1, 0) : place + 2]
        for quantity in near:
            yield way._replace(quantity=quantity)
        for mix in self.mixes:
            yield way._replace(mix=mix)
        for rhythm in self.rhythms:
            yield way._replace(rhythm=rhythm)
        for inspections in self.inspections:
            yield way._replace(inspections=inspections)


def space_of(scenario: Scenario, choices: Choices) -> Space:
    """Ways of ordering that a scenario allows and a buyer would think of.

    Parameters
    ----------
    scenario
        Tells the suppliers, what they charge from which quantity, the inspections and the need.
    choices
        What the user narrowed or widened.

    Raises
    ------
    InputError
        Every choice that makes no sense.
    """
    problems: list[Problem] = []
    suppliers = _names(choices.suppliers, "suppliers", list(scenario.model.suppliers), problems)
    shares = _shares(choices.shares, problems)
    splits = _numbers(choices.splits, "splits", 1, _MOST_PARTS, problems)
    timings = _timings(choices.timing, problems)
    inspections = _inspections(choices.inspections, scenario, problems)
    if choices.quantities.strip():
        quantities, round_to = _quantities(choices.quantities, problems), 0
    else:
        quantities, round_to = _suggested_quantities(scenario, suppliers, splits), _handy(scenario.model.need.quantity)
    if problems:
        raise InputError(*problems)
    return Space(quantities, _mixes(scenario, suppliers, shares), _rhythms(splits, timings), inspections, round_to)


def _handy(need: int) -> int:
    """What quantities are rounded to so that they are easily said: 10 for thousands, 1 below."""
    return int("1" + "0" * max(len(str(need)) - 3, 0))


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def _names(text: str, kind: str, known: list[str], problems: list[Problem]) -> tuple[str, ...]:
    """Names given, in the order of the scenario; all of them where none is given."""
    given = _words(text)
    problems.extend(_unknown(name, kind, known) for name in given if name not in known)
    return tuple(name for name in known if not given or name in given)


def _unknown(name: str, kind: str, known: list[str]) -> Problem:
    return unknown_name(f"--{kind}: this scenario has no {kind.removesuffix('s')} {name!r}", name, known)


def _number(word: str) -> int | None:
    digits = word.strip().replace("_", "")
    return int(digits) if digits.isdecimal() and len(digits) <= len(str(LARGEST_QUANTITY)) else None


def _numbers(text: str, option: str, least: int, most: int, problems: list[Problem]) -> tuple[int, ...]:
    """Whole numbers within bounds, rising."""
    numbers = {word: _number(word) for word in _words(text)}
    wrong = [word for word, number in numbers.items() if number is None or not least <= number <= most]
    hint = f"whole numbers from {least:,} to {most:,}, separated by commas"
    problems.extend(Problem(f"--{option}: {word!r} cannot be tried", hint=hint) for word in wrong)
    if not numbers:
        problems.append(Problem(f"--{option}: nothing is given to try", hint=hint))
    return tuple(sorted({number for number in numbers.values() if number is not None}))


def _quantities(text: str, problems: list[Problem]) -> tuple[int, ...]:
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        if ".." in text:
            hint = "from..to/step, such as 2500..3500/250"
            problems.append(Problem(f"--quantities: {text!r} is no range of quantities", hint=hint))
            return ()
        return _numbers(text, "quantities", 1, LARGEST_QUANTITY, problems)
    first, last, step = (int(re.sub("[,_ ]", "", part) or 0) for part in match.groups())
    if not 1 <= first <= last <= LARGEST_QUANTITY or step < 1:
        hint = f"from..to/step, rising, from 1 to {LARGEST_QUANTITY:,}, such as 2500..3500/250"
        problems.append(Problem(f"--quantities: {text!r} is no range of quantities", hint=hint))
        return ()
    if (last - first) // step >= _MOST_QUANTITIES:
        count = (last - first) // step + 1
        message = f"--quantities: {text!r} are {count:,} quantities"
        problems.append(Problem(message, hint=f"at most {_MOST_QUANTITIES:,}: take a larger step"))
        return ()
    return tuple(range(first, last + 1, step))


def _suggested_quantities(scenario: Scenario, suppliers: Iterable[str], splits: Iterable[int]) -> tuple[int, ...]:
    """Less than the need, the need, small reserves, and quantities at which an order just gets a lower price."""
    need = scenario.model.need.quantity
    quantities = {max(round(need * share / 100), 1) for share in SHARES_OF_NEED}
    low, high = (need * share / 100 for share in BREAKS_WITHIN)
    for name in suppliers:
        for step in scenario.model.suppliers[name].unit_price:
            quantities |= {step.from_ * parts for parts in splits if low <= step.from_ * parts <= high}
    return tuple(sorted(quantities))


def _shares(text: str, problems: list[Problem]) -> tuple[int, ...]:
    """Shares of the first of two suppliers, in percent: each given one, both ways round."""
    if text.strip() == _NONE:
        return ()
    given = _numbers(text, "shares", 1, 99, problems)
    return tuple(sorted({*given, *(100 - share for share in given)}))


def _timings(text: str, problems: list[Problem]) -> tuple[Timing, ...]:
    timings = []
    for word in _words(text):
        match = _TIMING.fullmatch(word)
        when, delay = (match[1], int(match[2] or 0)) if match else (word, 0)
        if when not in _WHENS or delay > LONGEST_DAYS or (when == SAME_DAY and delay):
            hint = f"one or more of {', '.join(_WHENS)}, with days after it if you like, such as received+7"
            problems.append(Problem(f"--timing: {word!r} is no moment for the next order of a split", hint=hint))
        else:
            timings.append(Timing(when, delay))
    if not text.strip(", "):
        problems.append(Problem("--timing: nothing is given to try", hint=f"one or more of {', '.join(_WHENS)}"))
    return tuple(dict.fromkeys(timings))


def _inspections(text: str, scenario: Scenario, problems: list[Problem]) -> tuple[tuple[str, ...], ...]:
    known = scenario.model.inspections
    if not text.strip():
        during = [name for name, given in known.items() if given.kind == "during_production"]
        before = [name for name, given in known.items() if given.kind == "pre_shipment"]
        pairs = product([(), *((name,) for name in during)], [(), *((name,) for name in before)])
        return tuple(first + second for first, second in pairs)
    sets = []
    for word in _words(text):
        names = () if word == _NONE else tuple(dict.fromkeys(name.strip() for name in word.split("+")))
        unknown = [name for name in names if name not in known]
        problems.extend(_unknown(name, "inspections", [*known, _NONE]) for name in unknown)
        if sum(name in known and known[name].kind == "pre_shipment" for name in names) > 1:
            message = f"--inspections: {word!r} has more than one pre-shipment inspection"
            problems.append(Problem(message, hint="an order can have one of them"))
        sets.append(names)
    return tuple(dict.fromkeys(sets))


def _mixes(
    scenario: Scenario, suppliers: tuple[str, ...], shares: tuple[int, ...]
) -> tuple[tuple[tuple[str, int], ...], ...]:
    """All from one supplier, or from two that are different firms."""
    given = scenario.model.suppliers
    alone: list[tuple[tuple[str, int], ...]] = [((name, 100),) for name in suppliers]
    pairs = [
        ((one, share), (other, 100 - share))
        for one, other in combinations(suppliers, 2)
        if (given[one].identity or one) != (given[other].identity or other)
        for share in shares
    ]
    return (*alone, *pairs)


def _rhythms(splits: tuple[int, ...], timings: tuple[Timing, ...]) -> tuple[Rhythm, ...]:
    rhythms = [Rhythm(parts, timing) for parts in splits if parts > 1 for timing in timings]
    return (*([Rhythm()] if 1 in splits else []), *rhythms)
