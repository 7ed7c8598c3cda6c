"""A visitor of the what-if page: asks the application without a network, and an engine that takes its time."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np

from sim.engines import engine_named
from sim.totals import SUMMED, Totals
from sim.web.answering import Effort
from sim.web.scenarios import Scenarios
from sim.web.site import site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine
    from pathlib import Path

    from starlette.types import ASGIApp

    from sim.engines import Engine, Tell
    from sim.model import PlanModel
    from sim.outcomes import Outcomes

SMALL = Effort(first=500, most=4_000, workers=2)
ADDRESS = "http://127.0.0.1:8000"


def in_time(work: Coroutine[Any, Any, None]) -> None:
    """Run a visit; one that hangs fails."""

    async def bounded() -> None:
        async with asyncio.timeout(60):
            await work

    asyncio.run(bounded())


@asynccontextmanager
async def visited(
    start: Path | None = None,
    *,
    effort: Effort = SMALL,
    engine: Engine | None = None,
    host: str = "127.0.0.1",
    headers: dict[str, str] | None = None,
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the page, which starts with a scenario or the template."""
    scenarios = Scenarios(start, [start.parent] if start else [])
    application = site(scenarios, engine or engine_named("compiled"), effort, host).application
    transport = httpx.ASGITransport(app=application)
    async with alive(application), httpx.AsyncClient(transport=transport, base_url=ADDRESS, headers=headers) as client:
        yield client


@asynccontextmanager
async def alive(application: ASGIApp) -> AsyncIterator[None]:
    """Start and end an application as a server does."""
    begun, ending, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
    told: list[dict[str, Any]] = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive() -> dict[str, Any]:
        message = told.pop(0)
        if message["type"] == "lifespan.shutdown":
            await ending.wait()
        return message

    async def send(message: Any) -> None:  # noqa: ANN401 - any message of a server
        (begun if message["type"] == "lifespan.startup.complete" else ended).set()

    life = asyncio.ensure_future(application({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send))
    await begun.wait()
    try:
        yield
    finally:
        ending.set()
        await ended.wait()
        await life


@dataclass
class SlowEngine:
    """Finds no loss anywhere, a twentieth of a second for every piece."""

    name: str = "slow"
    in_threads: bool = True
    seconds: float = 0.05
    begun: list[range] = field(default_factory=list)

    def simulate(self, model: PlanModel, replications: range, *, trace: bool = False) -> Outcomes:
        raise NotImplementedError

    def summarise(self, model: PlanModel, replications: range) -> Totals:
        self.begun.append(replications)
        time.sleep(self.seconds)
        count = len(replications)
        losses = np.arange(replications.start, replications.stop) % 7 * len(model.orders)
        nothing = (0,) * (len(SUMMED) - 1)
        return Totals(losses, (int(losses.sum()), *nothing), (int((losses**2).sum()), *nothing), 0, min(count, 0))

    def prepare(self, tell: Tell | None = None) -> None:
        """Nothing."""
