"""The front of expected loss against the mean of the worst 5 %: candidates that nothing beats in both."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.measures import Estimate
    from sim.studies.candidates import Candidate


class Tried(NamedTuple):
    """A candidate, and what it came to.

    Attributes
    ----------
    candidate
        The way of ordering.
    loss
        Expected loss.
    tail
        Mean loss of the worst 5 % of replications (CVaR 95).
    round
        Round in which it was simulated last: 1 with few replications, 2 with many.
    """

    candidate: Candidate
    loss: Estimate
    tail: Estimate
    round: int

    @property
    def name(self) -> str:
        """Of the candidate."""
        return self.candidate.name


def front_of(tried: Sequence[Tried]) -> list[Tried]:
    """Candidates that none beats: no other loses as little on average and in the worst 5 %, and less in one of them.

    Returns
    -------
    list of Tried
        The least expected loss first; of candidates that are equal in both the first one only.
    """
    front: list[Tried] = []
    for one in sorted(tried, key=lambda one: (one.loss.value, one.tail.value)):
        if not front or one.tail.value < front[-1].tail.value:
            front.append(one)
    return front


def layers_of(tried: Sequence[Tried], number: int) -> list[Tried]:
    """Candidates of the front, of the front of those left without it, and so on for so many layers.

    Source: non-dominated sorting, after Goldberg (1989), *Genetic Algorithms in Search, Optimization, and Machine
    Learning*, chapter 5.
    """
    left = {one.name: one for one in tried}
    layers: list[Tried] = []
    for _ in range(number):
        front = front_of(list(left.values()))
        layers.extend(front)
        for one in front:
            del left[one.name]
    return layers


def thinned(front: Sequence[Tried], first: Tried) -> list[Tried]:
    """What of a front is worth showing: the chosen candidate, then those that are safer beyond doubt.

    Parameters
    ----------
    front
        The least expected loss first.
    first
        The chosen candidate, on the front or not.

    Returns
    -------
    list of Tried
        The first one, then each whose mean of the worst 5 % lies below the whole interval of the one shown before it:
        what lies inside cannot be told from it and costs more on average.
    """
    shown = [first]
    for one in front:
        if one.name != first.name and one.tail.value < _low(shown[-1].tail):
            shown.append(one)
    return shown


def _low(tail: Estimate) -> float:
    """Low end of an interval; so few replications that there is none tell nothing apart but the values."""
    return tail.value if isnan(tail.low) else tail.low
