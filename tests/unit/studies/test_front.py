"""The front of expected loss against the worst 5 %, on points whose front can be seen."""

from __future__ import annotations

from math import nan

from hypothesis import given
from hypothesis import strategies as st

from sim.measures import Estimate
from sim.scenario.plans import PlanSpec
from sim.studies.candidates import Candidate
from sim.studies.front import Tried, front_of, layers_of, thinned


def tried(name: str, loss: float, tail: float, reach: float = 0.0) -> Tried:
    candidate = Candidate(name, PlanSpec(name=name, title=name, orders=()))
    return Tried(candidate, Estimate(loss, loss, loss, 100), Estimate(tail, tail - reach, tail + reach, 100), 1)


def names(found: list[Tried]) -> list[str]:
    return [one.name for one in found]


A, B, C = tried("a", 10, 90), tried("b", 20, 50), tried("c", 40, 30)
BESIDE_B, WORST = tried("beside-b", 21, 50), tried("worst", 50, 95)


def test_front_holds_what_nothing_beats_in_both() -> None:
    assert names(front_of([WORST, C, BESIDE_B, A, B])) == ["a", "b", "c"]


def test_of_two_that_lose_the_same_on_average_the_safer_is_on_the_front() -> None:
    assert names(front_of([tried("risky", 10, 90), tried("safe", 10, 80)])) == ["safe"]


def test_of_equal_candidates_the_first_is_on_the_front() -> None:
    assert names(front_of([tried("first", 10, 90), tried("again", 10, 90)])) == ["first"]


def test_layers_peel_one_front_after_the_other() -> None:
    everything = [A, B, C, BESIDE_B, WORST]
    assert names(layers_of(everything, 1)) == ["a", "b", "c"]
    assert names(layers_of(everything, 2)) == ["a", "b", "c", "beside-b"]
    assert names(layers_of(everything, 9)) == ["a", "b", "c", "beside-b", "worst"]


def test_what_cannot_be_told_from_the_one_before_is_not_shown() -> None:
    chosen = tried("chosen", 10, 90, reach=5)
    inside, on_the_end, beyond = tried("inside", 11, 86), tried("end", 12, 85), tried("beyond", 13, 84, reach=2)
    within_beyond = tried("within", 14, 83)
    front = [chosen, inside, on_the_end, beyond, within_beyond]
    assert names(thinned(front, chosen)) == ["chosen", "beyond"]


def test_chosen_candidate_opens_the_front_though_others_look_better() -> None:
    chosen = tried("chosen", 10.5, 91, reach=5)
    assert names(thinned([A, B, C], chosen)) == ["chosen", "b", "c"]


def test_tails_without_an_interval_are_told_apart_by_their_values() -> None:
    first, other = tried("first", 10, 90, reach=nan), tried("other", 11, 89, reach=nan)
    assert names(thinned([first, other], first)) == ["first", "other"]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1))
def test_nothing_beats_the_front_and_the_front_beats_the_rest(points: list[tuple[int, int]]) -> None:
    everything = [tried(str(number), *point) for number, point in enumerate(points)]
    front = front_of(everything)
    figures = [(one.loss.value, one.tail.value) for one in front]
    for loss, tail in points:
        assert not any(loss <= x and tail <= y and (loss, tail) != (x, y) for x, y in figures)
        assert any(x <= loss and y <= tail for x, y in figures)
    assert sorted(set(figures)) == figures
