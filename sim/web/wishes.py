"""Who waits for an answer: a newer question of a page takes an older one's place, and nobody works for the gone."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, TypeVar
from weakref import WeakSet

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from sim.web.questions import Question

T = TypeVar("T")

_MOST_TABS: Final = 1_000
RETRY_SECONDS: Final = 2
"""When somebody who was turned away should ask again."""


class NobodyWaitsError(Exception):
    """Whoever asked has gone, or asks something else by now."""


class TooManyError(Exception):
    """More questions wait than can be answered soon."""


class Wish:
    """Somebody's wish for an answer, which may pass.

    Attributes
    ----------
    over
        Set once nobody waits any more.
    """

    def __init__(self) -> None:
        self.over = asyncio.Event()

    async def unless_over(self, work: Awaitable[T]) -> T:
        """What some work comes to.

        Raises
        ------
        NobodyWaitsError
            The wish passed before the work was done; the work is told to stop.
        """
        task = asyncio.ensure_future(work)
        passing = asyncio.ensure_future(self.over.wait())
        try:
            await asyncio.wait({task, passing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            passing.cancel()
            if not task.done():
                task.cancel()
        if self.over.is_set():
            if task.done() and not task.cancelled():
                task.exception()  # looked at, so that nobody is told that it was not
            raise NobodyWaitsError
        return task.result()


class Turns:
    """Whose question is the newest of each open page.

    Notes
    -----
    A closer look at an answer takes no other question's place: it is over at once where the page has moved on.
    """

    def __init__(self) -> None:
        self._latest: OrderedDict[str, tuple[Question, Wish]] = OrderedDict()
        self._all: WeakSet[Wish] = WeakSet()
        self._ended = False

    def end(self) -> None:
        """Nobody waits any more, and nobody will: the server ends."""
        self._ended = True
        for wish in self._all:
            wish.over.set()

    def wish(self) -> Wish:
        """A wish that takes no other's place."""
        wish = Wish()
        self._all.add(wish)
        if self._ended:
            wish.over.set()
        return wish

    def taken(self, question: Question) -> Wish:
        """The wish of a question, which ends that of an older one of the same page."""
        wish = self.wish()
        if not question.tab:
            return wish
        before = self._latest.get(question.tab)
        if before is not None:
            if question.replications is not None and before[0] != question.subject:
                wish.over.set()
                return wish
            before[1].over.set()
        self._latest[question.tab] = question.subject, wish
        self._latest.move_to_end(question.tab)
        if len(self._latest) > _MOST_TABS:
            self._latest.popitem(last=False)
        return wish


class Line:
    """So many are served at a time, so many may wait, and the next is turned away.

    Parameters
    ----------
    served
        At a time.
    waiting
        At most.
    """

    def __init__(self, served: int, waiting: int) -> None:
        self._room = asyncio.Semaphore(served)
        self._waiting = 0
        self._most = waiting

    @asynccontextmanager
    async def turn(self, wish: Wish) -> AsyncIterator[None]:
        """Wait for one's turn.

        Raises
        ------
        TooManyError
            The line is full.
        NobodyWaitsError
            The wish passed while waiting.
        """
        if self._room.locked() and self._waiting >= self._most:
            raise TooManyError
        self._waiting += 1
        try:
            await acquired(self._room.acquire, self._room.release, wish)
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._room.release()


async def acquired(acquire: Callable[[], Awaitable[bool]], release: Callable[[], None], wish: Wish) -> None:
    """Take a lock or a place, unless the wish for it passes first; nothing is held then."""
    taking = asyncio.ensure_future(acquire())
    try:
        await wish.unless_over(taking)
    except BaseException:
        if taking.done() and not taking.cancelled() and taking.exception() is None:
            release()
        raise
