"""Whether two engines told the same story: the first thing in which their outcomes differ, to the last bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.outcomes import LossComponent, RecoveryRule
from sim.protocol import Event

if TYPE_CHECKING:
    from enum import IntEnum

    from numpy.typing import NDArray

    from sim.outcomes import Outcomes, Records

NOTHING: Final = "nothing"
"""Stands for the event that one side does not have."""

_MEMBERS: Final[dict[str, type[IntEnum]]] = {"components": LossComponent, "drops": RecoveryRule}
"""What the places of a field that holds several numbers stand for."""

_EVENTS: Final = {int(event): event.name for event in Event}


@dataclass(frozen=True, slots=True)
class Difference:
    """The first thing in which outcomes differ.

    Attributes
    ----------
    replication, minute, order
        Where it is, as far as that can be said: an order's position in the plan, the replication's own number.
    what
        Name of the event, or of the field of a record; of a whole table if the tables are not of one make.
    expected, found
        What each side says.
    """

    replication: int | None
    minute: int | None
    order: int | None
    what: str
    expected: str
    found: str

    def __str__(self) -> str:
        """Say it in one sentence."""
        places = {"replication": self.replication, "minute": self.minute, "order": self.order}
        where = ", ".join(f"{name} {place}" for name, place in places.items() if place is not None)
        return f"{where or 'outcomes'}: {self.what}: expected {self.expected}, found {self.found}"


def first_difference(expected: Outcomes, found: Outcomes) -> Difference | None:
    """The first thing in which two outcomes of the same replications differ.

    Parameters
    ----------
    expected, found
        Of one plan and one range of replications, both with a trace or both without.

    Returns
    -------
    Difference or None
        None if they are equal to the last bit. The traces are compared first, event by event; then the orders'
        records; then the replications' own.
    """
    numbers = expected.replications["replication"]
    return (
        _of_traces(expected.trace, found.trace)
        or _of_records("orders", expected.orders, found.orders, numbers)
        or _of_records("replications", expected.replications, found.replications, numbers)
    )


def _of_traces(expected: Records, found: Records) -> Difference | None:
    if expected.dtype != found.dtype:
        return _of_make("trace", "dtype", expected.dtype, found.dtype)
    shared = min(len(expected), len(found))
    place = _first_unequal(expected[:shared], found[:shared])
    if place is None:
        if len(expected) == len(found):
            return None
        place = shared
    return _of_events(expected[place : place + 1], found[place : place + 1])


def _of_events(expected: Records, found: Records) -> Difference:
    """The difference between the events in one place; the later one, if they are not of one turn, counts as missing."""
    turns = [tuple(event[name].item() for name in ("replication", "minute", "order")) for event in (*expected, *found)]
    replication, minute, order = min(turns)
    here, there = (
        [event for event in side if (event["replication"], event["minute"], event["order"]) == min(turns)]
        for side in (expected, found)
    )
    told = _name((here or there)[0])
    return Difference(replication, minute, order, told, _told(here), _told(there))


def _name(event: Any) -> str:  # noqa: ANN401 - a record of a trace
    """Name of an event; an engine gone wrong may note one that there is not."""
    number = int(event["event"])
    return _EVENTS.get(number, f"event {number}")


def _told(events: list[Any]) -> str:
    return " ".join(f"{_name(event)} {event['amount']}" for event in events) or NOTHING


def _of_records(name: str, expected: Records, found: Records, numbers: NDArray[Any]) -> Difference | None:
    if expected.dtype != found.dtype:
        return _of_make(name, "dtype", expected.dtype, found.dtype)
    if expected.shape != found.shape:
        return _of_make(name, "shape", expected.shape, found.shape)
    place = _first_unequal(expected.ravel(), found.ravel())
    if place is None:
        return None
    at = np.unravel_index(place, expected.shape)
    field, *values = _unequal_field(expected[at], found[at])
    return Difference(int(numbers[at[0]]), None, int(at[1]) if len(at) > 1 else None, field, *values)


def _of_make(table: str, make: str, expected: object, found: object) -> Difference:
    return Difference(None, None, None, f"{make} of {table}", str(expected), str(found))


def _first_unequal(expected: Records, found: Records) -> int | None:
    """Position of the first record that is not equal byte by byte."""
    rows = [np.ascontiguousarray(side).view(np.uint8).reshape(len(side), side.itemsize) for side in (expected, found)]
    unequal = (rows[0] != rows[1]).any(axis=1)
    return int(unequal.argmax()) if unequal.any() else None


def _unequal_field(expected: Any, found: Any) -> tuple[str, str, str]:  # noqa: ANN401 - a record of either table
    """The first field in which two records differ: its name, and both values."""
    for name in expected.dtype.names:
        ours, theirs = np.atleast_1d(expected[name]), np.atleast_1d(found[name])
        for place, (one, other) in enumerate(zip(ours.tolist(), theirs.tolist(), strict=True)):
            if one != other:
                part = f".{_MEMBERS[name](place).name}" if name in _MEMBERS else ""
                return f"{name}{part}", str(one), str(other)
    raise AssertionError("records that differ in bytes differ in no field")  # every byte of a record is in a field
