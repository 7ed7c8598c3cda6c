"""Questions answered: a first look at once, closer ones until the best plan is settled or more would hardly help."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from sim.experiments.comparison import Comparison, compared
from sim.measures.differences import replications_to_settle
from sim.web.forms import filled
from sim.web.tallying import Kept, Shelf, Tallying
from sim.web.wishes import Line, Turns

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.engines import Engine
    from sim.web.forms import Filled, Sheet
    from sim.web.questions import Question
    from sim.web.wishes import Wish

P = ParamSpec("P")
R = TypeVar("R")

_HOPELESS: Final = 5
"""How many times the most that is simulated it may seem to take: a first guess of that is rough."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work an answer is worth.

    Attributes
    ----------
    first
        Replications of each plan in the first look.
    factor
        How many times as many the next look has.
    most
        Replications of each plan in the last look.
    seconds
        Simulating, all looks and processors together, after which no closer look is begun.
    workers
        Threads that simulate, and questions that are answered at a time.
    waiting
        Questions that may wait for their turn.
    kept_bytes
        What is kept of earlier answers.
    """

    first: int = 20_000
    factor: int = 4
    most: int = 2_000_000
    seconds: float = 10.0
    workers: int = 1
    waiting: int = 16
    kept_bytes: int = 256 << 20

    def looks(self) -> tuple[int, ...]:
        """Replications of each plan in every look there can be."""
        found = [min(self.first, self.most)]
        while found[-1] < self.most:
            found.append(min(found[-1] * self.factor, self.most))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found.

    Attributes
    ----------
    comparison
        Of the plans, with the run that it rests on.
    following
        Replications of each plan in the next look; None where there is none.
    share
        How many of all looks there can be have been taken, from 0 to 1.
    seconds
        What it took to simulate, all processors together.
    """

    comparison: Comparison
    following: int | None
    share: float
    seconds: float


class Answering:
    """Answers questions, for everybody who has the page open.

    Parameters
    ----------
    engine
        Simulates; it has been prepared.
    effort
        How much work an answer is worth.
    """

    def __init__(self, engine: Engine, effort: Effort) -> None:
        self.effort = effort
        self.turns = Turns()
        self.shelf = Shelf(effort.kept_bytes)
        self._tallying = Tallying(engine, effort.workers)
        self._line = Line(effort.workers, effort.waiting)
        self._papers = ThreadPoolExecutor(effort.workers, thread_name_prefix="lotwise-papers")

    def close(self) -> None:
        """End the threads."""
        self._papers.shutdown(wait=True, cancel_futures=True)
        self._tallying.close()

    async def aside(self, work: Callable[P, R], *given: P.args, **named: P.kwargs) -> R:
        """Do some paperwork beside whatever else is going on."""
        return await asyncio.wrap_future(self._papers.submit(work, *given, **named))

    async def form(self, sheet: Sheet, question: Question) -> Filled:
        """The form of a scenario, filled in."""
        return await self.aside(filled, sheet, question)

    async def answer(self, form: Filled, wish: Wish) -> Answer:
        """Compare the plans of a form.

        Parameters
        ----------
        form
            With a scenario that can be used.
        wish
            Of whoever asks.

        Raises
        ------
        NobodyWaitsError
            The wish passed.
        TooManyError
            Too many others wait.
        InputError
            The scenario cannot be simulated.
        """
        if form.scenario is None:
            raise ValueError("a form with mistakes in it has no answer")
        async with self._line.turn(wish):
            key = form.scenario.digest, form.plans
            kept = self.shelf.get(key)
            if kept is None:
                kept = self.shelf.put(key, await wish.unless_over(self.aside(Kept.of, form.scenario, form.plans)))
            await self._tallying.grown(kept, self._wanted(form.question.replications), wish)
            self.shelf.shrink()
            result, seconds = kept.result(self._tallying.engine.name), kept.seconds
            comparison = await self.aside(compared, result)
            looks = self.effort.looks()
            share = sum(look <= result.n for look in looks) / len(looks)
            return Answer(comparison, self._following(comparison, seconds), share, seconds)

    def _wanted(self, asked: int | None) -> int:
        """The look that was asked for: the first one, or the next one that goes so far."""
        looks = self.effort.looks()
        return next((look for look in looks if look >= (asked or 0)), looks[-1])

    def _following(self, comparison: Comparison, seconds: float) -> int | None:
        """Replications of the next look; None where it is settled, or more would hardly help."""
        n = comparison.run.n
        following = next((look for look in self.effort.looks() if look > n), None)
        needed = [
            replications_to_settle(plan.to_best.difference)
            for plan in comparison.plans
            if plan.to_best is not None and not plan.to_best.settled
        ]
        if following is None or not needed or not all(isfinite(more) for more in needed):
            return None
        if n + max(needed) > _HOPELESS * self.effort.most:
            return None
        return following if seconds * following / n <= self.effort.seconds else None
