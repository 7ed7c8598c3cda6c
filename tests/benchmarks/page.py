"""How soon the what-if page follows a slider, in a browser, and how it bears a crowd.

``python -m tests.benchmarks.page`` serves a scenario with four plans and measures, by the clock of the browser, from
the movement of a slider to the frame in which the charts of its answer stand.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import httpx
from playwright.sync_api import sync_playwright

from tests.benchmarks.printed import Column, Measured
from tests.benchmarks.timing import ROOT
from tests.browser.serving import Server, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCENARIO: Final = ROOT / "scenarios" / "first-order-above-limit.yaml"
PLANS: Final = ("all-at-once", "all-at-once-inspected", "two-orders-same-day", "half-then-half")
QUANTITY: Final = "f.need.quantity"
REPLICATIONS: Final = 20_000
_DRAGGED: Final = 60
_MOVES: Final = """async ([values, rest]) => {
  const slider = document.querySelector(".field[data-name='f.need.quantity'] .slider");
  const root = document.documentElement;
  const frame = () => new Promise(requestAnimationFrame);
  const until = async (done) => { while (!done()) await frame(); };
  const times = [];
  for (const value of values) {
    await new Promise((resolve) => setTimeout(resolve, rest));
    const before = Number(root.dataset.answer);
    const begun = performance.now();
    slider.value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    slider.dispatchEvent(new Event("change", { bubbles: true }));
    await until(() => Number(root.dataset.drawn) > before);
    const drawn = performance.getEntriesByName("drawn").find((mark) => mark.detail > before);
    times.push(drawn.startTime - begun);
  }
  return times;
}"""
_DRAG: Final = """async ([values]) => {
  const slider = document.querySelector(".field[data-name='f.need.quantity'] .slider");
  const root = document.documentElement;
  const frame = () => new Promise(requestAnimationFrame);
  const before = Number(root.dataset.answer);
  const last = values.at(-1).toLocaleString("en-GB");
  for (const value of values) {
    slider.value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await frame();
  }
  const begun = performance.now();
  slider.dispatchEvent(new Event("change", { bubbles: true }));
  const stands = () => document.getElementById("changes")?.textContent.includes(last)
    && root.dataset.drawn === root.dataset.answer;
  while (!stands()) await frame();
  return [performance.now() - begun, Number(root.dataset.answer) - before];
}"""


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.page", description=__doc__)
    parser.add_argument("--moves", type=int, default=50, help="how often the slider is moved")
    parser.add_argument("--visitors", type=int, default=20, help="who drag a slider at the same time")
    given = parser.parse_args()
    options = ("--replications", str(REPLICATIONS), "--at-most", str(REPLICATIONS))
    with serving(SCENARIO, *options) as server:
        for measured in (moved(server, given.moves), crowded(server, given.visitors)):
            sys.stdout.write(f"{measured.text()}\n\n")


def moved(server: Server, moves: int) -> Measured:
    """One visitor at a quiet server: single movements, and a drag."""
    measured = Measured(
        f"From the slider to the drawn charts, {REPLICATIONS:,} replications of {len(PLANS)} plans",
        (Column("what", "what"), Column("runs", "runs", "d"), *(Column(key, f"{key}, ms", ".0f") for key in _KEYS)),
    )
    plans = "".join(f"&plan={plan}" for plan in PLANS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{server.address}?scenario={SCENARIO.stem}{plans}")
        _at_rest(page)
        page.evaluate(_MOVES, [[5100, 5120, 5140], 300])  # the browser compiles what draws
        _at_rest(page)
        for rest, what in (
            (600, "a movement, all charts at rest before"),
            (0, "a movement right after another's charts"),
        ):
            values = [2000 + 20 * ((37 * number + rest) % 390) for number in range(moves)]
            measured.rows.append({"what": what, "runs": moves, **_spread(page.evaluate(_MOVES, [values, rest]))})
            _at_rest(page)
        values = [3000 + 20 * number for number in range(_DRAGGED)]
        milliseconds, answers = page.evaluate(_DRAG, [values])
        measured.rows.append({"what": f"end of a drag of {_DRAGGED} steps", "runs": 1, **_spread([milliseconds])})
        measured.notes.append(f"The drag of {_DRAGGED} steps showed {answers} answers.")
        browser.close()
    return measured


def crowded(server: Server, visitors: int) -> Measured:
    """Many visitors at the same time, each with a page of their own that moves on without waiting."""
    measured = Measured(
        f"{visitors} visitors who drag a slider at the same time",
        (
            Column("what", "round"),
            Column("answered", "answered", "d"),
            Column("passed", "passed over", "d"),
            Column("busy", "turned away", "d"),
            *(Column(key, f"{key}, ms", ".0f") for key in _KEYS),
            Column("memory", "memory, MB", ".0f"),
        ),
        notes=[f"Before the first round the server held {server.resident():.0f} MB."],
    )
    for number in range(3):
        with ThreadPoolExecutor(visitors) as crowd:
            done = [one for found in crowd.map(lambda who: _visitor(server, who), range(visitors)) for one in found]
        answered = [seconds * 1e3 for status, seconds in done if status == _DONE]
        row = {"what": str(number + 1), "answered": len(answered), **_spread(answered), "memory": server.resident()}
        row |= {
            "passed": sum(status == _PASSED for status, _ in done),
            "busy": sum(status == _BUSY for status, _ in done),
        }
        measured.rows.append(row)
    return measured


_KEYS: Final = ("median", "worst")
_DONE: Final = 200
_PASSED: Final = 204
_BUSY: Final = 503


def _spread(times: list[float]) -> dict[str, float]:
    return {"median": statistics.median(times), "worst": max(times)} if times else {}


def _at_rest(page: Page) -> None:
    page.wait_for_function(
        """() => document.documentElement.dataset.answer
        && document.documentElement.dataset.complete === document.documentElement.dataset.answer"""
    )


def _visitor(server: Server, who: int) -> list[tuple[int, float]]:
    """Status and seconds of every question of a visitor, who asks the next as soon as one is answered."""
    found = []
    with httpx.Client(base_url=server.address, timeout=120) as client:
        for step in range(10):
            query = f"scenario={SCENARIO.stem}&{QUANTITY}={2000 + 200 * who + 20 * step}&tab=visitor-{who}"
            begun = time.perf_counter()
            status = client.get(f"/answer?{query}").status_code
            found.append((status, time.perf_counter() - begun))
            if status == _BUSY:
                time.sleep(2)
    return found


if __name__ == "__main__":
    main()
