"""Who waits for an answer, and whose turn it is."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from sim.web.questions import Question
from sim.web.wishes import Line, NobodyWaitsError, TooManyError, Turns, Wish, acquired
from tests.unit.web.visiting import in_time

ASKED = Question("a", (("f.x", "1"),), tab="t")


def test_the_newest_question_of_a_page_takes_the_place_of_the_older_one() -> None:
    turns = Turns()
    first, other = turns.taken(ASKED), turns.taken(replace(ASKED, tab="u"))
    second = turns.taken(replace(ASKED, values=(("f.x", "2"),)))
    assert [wish.over.is_set() for wish in (first, other, second)] == [True, False, False]


def test_a_closer_look_takes_no_other_questions_place() -> None:
    turns = Turns()
    newest = turns.taken(replace(ASKED, values=(("f.x", "2"),)))
    late = turns.taken(replace(ASKED, replications=80_000))
    assert late.over.is_set()
    assert not newest.over.is_set()
    closer = turns.taken(replace(ASKED, values=(("f.x", "2"),), replications=80_000))
    assert not closer.over.is_set()


def test_questions_of_nobody_in_particular_leave_each_other_alone() -> None:
    turns = Turns()
    wishes = [turns.taken(replace(ASKED, tab="")) for _ in range(3)]
    assert not any(wish.over.is_set() for wish in wishes)


def test_pages_that_were_closed_are_forgotten() -> None:
    turns = Turns()
    first = turns.taken(replace(ASKED, tab="0"))
    for number in range(1, 1_001):
        turns.taken(replace(ASKED, tab=str(number)))
    turns.taken(replace(ASKED, tab="0"))
    assert not first.over.is_set()


def test_nothing_is_waited_for_when_the_server_ends() -> None:
    turns = Turns()
    wishes = [turns.wish(), turns.taken(ASKED)]
    turns.end()
    assert all(wish.over.is_set() for wish in (*wishes, turns.wish(), turns.taken(ASKED)))


def test_the_line_turns_away_who_comes_too_late() -> None:
    async def visit() -> None:
        line, order = Line(served=1, waiting=1), []
        go = asyncio.Event()

        async def served(name: str) -> None:
            async with line.turn(Wish()):
                order.append(name)
                await go.wait()

        first = asyncio.ensure_future(served("first"))
        await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        second = asyncio.ensure_future(served("second"))
        await asyncio.sleep(0.01)
        with pytest.raises(TooManyError):
            await served("third")
        go.set()
        await asyncio.gather(first, second)
        assert order == ["first", "second"]
        await served("fourth")

    in_time(visit())


def test_who_leaves_the_line_holds_no_place_in_it() -> None:
    async def visit() -> None:
        line = Line(served=1, waiting=1)
        async with line.turn(Wish()):
            wish = Wish()
            asyncio.get_running_loop().call_later(0.01, wish.over.set)
            with pytest.raises(NobodyWaitsError):
                async with line.turn(wish):
                    pytest.fail("it was nobody's turn")
        async with line.turn(Wish()):
            pass

    in_time(visit())


def test_a_lock_that_was_got_too_late_is_given_back() -> None:
    async def visit() -> None:
        lock, wish = asyncio.Lock(), Wish()
        wish.over.set()
        with pytest.raises(NobodyWaitsError):
            await acquired(lock.acquire, lock.release, wish)
        await asyncio.sleep(0)
        assert not lock.locked()

    in_time(visit())


def test_a_failure_of_the_work_is_its_own() -> None:
    async def broken() -> None:
        raise KeyError("gone")

    async def visit() -> None:
        with pytest.raises(KeyError):
            await Wish().unless_over(broken())

    in_time(visit())
