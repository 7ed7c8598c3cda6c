"""A server of the what-if page and a browser that looks at it; whatever the browser complains about fails the test."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT: Final = Path(__file__).parents[2]
SCENARIO: Final = ROOT / "scenarios" / "first-order-above-limit.yaml"
CHROMIUM: Final = Path("/usr/bin/chromium")
ARGUMENTS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
REFUSED: Final = "the server responded with a status of 422"
"""What the browser says of a page or a file with a value that cannot be used; tests of those allow it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here needs a browser, and takes its time."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


def _without_browser(why: str) -> None:
    if os.environ.get("CI") or os.environ.get("LOTWISE_BROWSER") == "required":
        pytest.fail(f"these tests need a browser here: {why}")
    pytest.skip(why)


@pytest.fixture(scope="package")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Debian's Chromium, with nothing kept from any earlier use.

    It ends with the tests of this folder: as long as it runs no other test in this process can use asyncio.
    """
    if not CHROMIUM.exists():
        _without_browser(f"{CHROMIUM} is not there")
    home = str(tmp_path_factory.mktemp("browser"))
    environment: dict[str, str | float | bool] = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home}
    with sync_playwright() as playwright:
        try:
            found = playwright.chromium.launch(
                executable_path=CHROMIUM, args=list(ARGUMENTS), env=environment, timeout=60_000
            )
        except Error as error:
            _without_browser(f"Chromium does not start: {str(error).splitlines()[0]}")
            raise
        yield found
        found.close()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where a server answers, which looks at each question with 400 and then with 1,600 replications."""
    command = [sys.executable, "-m", "sim", "serve", str(SCENARIO), "--port", "0", "--quiet"]
    command += ["--replications", "400", "--at-most", "1600", "--workers", "2"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            found = server.stdout.readline().strip()
            assert found.startswith("http://127.0.0.1:"), f"the server did not start: {found!r}"
            yield found
        finally:
            server.terminate()
            server.wait(20)


@dataclass
class Watch:
    """What a page did that no page should.

    Attributes
    ----------
    origin
        The only one that may be asked for anything.
    complaints
        Of the browser, and of the policy that the page stands under.
    strangers
        Addresses elsewhere that were asked for.
    asked
        Every address that was asked for, in order.
    allowed
        Parts of complaints that the test expects.
    """

    origin: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def on(self, page: Page) -> None:
        """Begin to watch a page."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", self._requested)
        page.add_init_script(
            "addEventListener('securitypolicyviolation',"
            " (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"
        )

    @property
    def wrong(self) -> list[str]:
        """All that was not to be expected."""
        unforeseen = [one for one in self.complaints if not any(part in one for part in self.allowed)]
        return [*unforeseen, *self.strangers]

    def answers_asked(self) -> list[str]:
        """Questions of the page, by their queries."""
        return [urlsplit(one).query for one in self.asked if urlsplit(one).path == "/answer"]

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def _requested(self, request: Request) -> None:
        self.asked.append(request.url)
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.strangers.append(request.url)


@dataclass
class Visit:
    """A visitor with the page open.

    Attributes
    ----------
    page
        The page.
    watch
        What it does.
    """

    page: Page
    watch: Watch

    def settle(self) -> None:
        """Wait until nothing is asked any more and all charts are drawn."""
        self.page.wait_for_function(
            """() => !document.querySelector('#answer[aria-busy]')
            && document.getElementById('said') && document.getElementById('said').dataset.state !== 'working'
            && document.documentElement.dataset.answer
            && document.documentElement.dataset.complete === document.documentElement.dataset.answer"""
        )

    def number(self) -> int:
        """How many answers stood in the page so far."""
        return int(self.page.evaluate("document.documentElement.dataset.answer || 0"))

    def unfold(self, name: str) -> None:
        """Open the group of a field."""
        self.page.locator(f".field[data-name='{name}']").evaluate(
            "(field) => { field.closest('details').open = true; }"
        )


@pytest.fixture
def visited(browser: Browser, address: str) -> Iterator[Callable[..., Visit]]:
    """Opens the page at an address of the server; at the end nothing may have gone wrong in any of them."""
    contexts: list[BrowserContext] = []
    watches: list[Watch] = []

    def open_page(path: str = "", *, width: int = 1280, height: int = 900, wait: bool = True, **how: object) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB", **how)  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        watch = Watch(address.rstrip("/"))
        watches.append(watch)
        watch.on(page)
        page.goto(address + path)
        visit = Visit(page, watch)
        if wait:
            visit.settle()
        return visit

    yield open_page
    for context in contexts:
        context.close()
    assert [wrong for watch in watches for wrong in watch.wrong] == []
