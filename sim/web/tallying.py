"""Tallies that are kept while the page is open, and grow as closer looks are asked for.

Every replication draws by its own number alone, and sums are exact: a tally that grew in steps is the same, bit for
bit, as that of one run with as many replications.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING, Final

from sim.experiments.pieces import Piece
from sim.experiments.precision import Extent
from sim.experiments.record import scenario_with_extent
from sim.experiments.runs import RunResult
from sim.measures import PlanTally
from sim.model import build_model
from sim.web.wishes import acquired

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from sim.engines import Engine
    from sim.model import PlanModel
    from sim.scenario import Scenario
    from sim.totals import Totals
    from sim.web.wishes import Wish

    Key = tuple[str, tuple[str, ...]]

_AHEAD: Final = 2
_PIECE_SECONDS: Final = 0.04
"""How long a piece should take: whoever goes away leaves no more than this to be done in vain."""
_FEWEST: Final = 1_000
_LARGEST: Final = 1 << 16
_GUESSED_SECONDS: Final = 2e-6
"""For one order in one replication, before any was simulated."""
_MODEL_BYTES: Final = 600_000
"""About what a plan takes besides its losses."""
_LOSS_BYTES: Final = 8


@dataclass
class Kept:
    """The plans of one question, and what was found of them so far.

    Attributes
    ----------
    scenario
        With everything that was changed.
    models, tallies
        One for each plan.
    seconds
        What all of it took to simulate, added up over the pieces.
    lock
        Held by whoever adds to the tallies.
    """

    scenario: Scenario
    models: tuple[PlanModel, ...]
    tallies: tuple[PlanTally, ...]
    seconds: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def of(cls, scenario: Scenario, plans: tuple[str, ...]) -> Kept:
        """Plans of which nothing was found yet."""
        models = tuple(build_model(scenario, plan) for plan in plans)
        return cls(scenario, models, tuple(PlanTally(model.need_quantity) for model in models))

    @property
    def n(self) -> int:
        """Replications of each plan so far; they differ only while pieces are added."""
        return min(tally.n for tally in self.tallies)

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return sum(_MODEL_BYTES + _LOSS_BYTES * tally.n for tally in self.tallies)

    def result(self, engine: str) -> RunResult:
        """What was found, as a run with so many replications finds it; it does not change any more."""
        seed = self.scenario.model.run.seed
        names = tuple(model.plan for model in self.models)
        frozen = (replace(tally, sums=dict(tally.sums), _losses=tally.losses) for tally in self.tallies)
        return RunResult(
            scenario=scenario_with_extent(self.scenario, Extent(self.n), seed),
            plans=names,
            tallies=dict(zip(names, frozen, strict=True)),
            confidence=self.scenario.model.run.confidence,
            half_width_reached=True,
            engine=engine,
        )


class Shelf:
    """What was found lately, within bounds: what was not asked for the longest goes first.

    Parameters
    ----------
    most_bytes
        How much is kept.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[Key, Kept] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size(self) -> int:
        """Bytes that are kept, about."""
        return sum(kept.size for kept in self._kept.values())

    def get(self, key: Key) -> Kept | None:
        """What was found of a question, if it is still there."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def put(self, key: Key, kept: Kept) -> Kept:
        """Keep something, unless somebody else did in the meantime; gives what is kept."""
        found = self._kept.setdefault(key, kept)
        self._kept.move_to_end(key)
        self.shrink()
        return found

    def shrink(self) -> None:
        """Let go of what no longer fits; what was asked for last always stays."""
        while len(self._kept) > 1 and self.size > self._most:
            self._kept.popitem(last=False)


class Tallying:
    """Simulates pieces, on so many threads for everybody together.

    Parameters
    ----------
    engine
        Simulates; it has been prepared.
    workers
        Number of threads.
    """

    def __init__(self, engine: Engine, workers: int) -> None:
        self.engine = engine
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="lotwise-page")
        self._pace: dict[int, float] = {}

    def close(self) -> None:
        """Let pieces under way end, and begin no other."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def grown(self, kept: Kept, replications: int, wish: Wish) -> None:
        """Simulate until every plan has so many replications, and as many as any other.

        Raises
        ------
        NobodyWaitsError
            The wish passed; what was found until then is kept.
        """
        await acquired(kept.lock.acquire, kept.lock.release, wish)
        waiting: deque[tuple[Piece, Future[tuple[Totals, float]]]] = deque()
        try:
            # A plan is ahead of the others where an earlier wish passed between two pieces: all go as far as that one.
            wanted = max(replications, *(tally.n for tally in kept.tallies))
            for tally in kept.tallies:
                tally.reserve(wanted)
            work = self._pieces(kept, wanted)
            while True:
                while len(waiting) < _AHEAD * self._workers and (piece := next(work, None)) is not None:
                    waiting.append((piece, self._pool.submit(self._simulated, kept.models[piece.plan], piece)))
                if not waiting:
                    return
                piece, future = waiting[0]
                totals, seconds = await wish.unless_over(asyncio.wrap_future(future))
                waiting.popleft()
                kept.tallies[piece.plan].add_totals(totals)
                kept.seconds += seconds
                self._pace[len(kept.models[piece.plan].orders)] = seconds / len(piece.replications)
        finally:
            for _, future in waiting:
                future.cancel()
            kept.lock.release()

    def _pieces(self, kept: Kept, replications: int) -> Iterator[Piece]:
        """The first piece of every plan that is not there yet, then the second, and so on."""
        reached = [tally.n for tally in kept.tallies]
        while min(reached) < replications:
            for plan, start in enumerate(reached):
                if start < replications:
                    reached[plan] = min(start + self._size(kept.models[plan]), replications)
                    yield Piece(plan, range(start, reached[plan]))

    def _size(self, model: PlanModel) -> int:
        orders = len(model.orders)
        pace = self._pace.get(orders, _GUESSED_SECONDS * orders)
        return max(min(int(_PIECE_SECONDS / pace), _LARGEST), _FEWEST)

    def _simulated(self, model: PlanModel, piece: Piece) -> tuple[Totals, float]:
        begun = perf_counter()
        return self.engine.summarise(model, piece.replications), perf_counter() - begun
