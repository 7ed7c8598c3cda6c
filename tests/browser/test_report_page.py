"""The report of a run in a browser: one file that loads nothing, for screens, phones, paper and screen readers."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.asking import barriers
from tests.browser.conftest import SCENARIO, Watch
from tests.browser.serving import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a small run."""
    folder = tmp_path_factory.mktemp("report") / "run"
    command = [sys.executable, "-m", "sim", "run", str(SCENARIO), "--replications", "1000", "--out", str(folder)]
    subprocess.run([*command, "--quiet"], cwd=ROOT, check=True, capture_output=True)
    return folder / "report.html"


@pytest.fixture
def opened(browser: Browser, report: Path) -> Iterator[Callable[..., Page]]:
    """Opens the report; at the end nothing may have been loaded or complained about."""
    contexts: list[BrowserContext] = []
    watches: list[Watch] = []

    def open_report(*, width: int = 1280, height: int = 900, **how: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **how)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        watches.append(Watch(report.as_uri()))
        watches[-1].on(page)
        page.goto(report.as_uri())
        return page

    yield open_report
    for context in contexts:
        context.close()
    assert [wrong for watch in watches for wrong in watch.wrong] == []
    assert {one for watch in watches for one in watch.asked if not one.startswith("data:")} <= {report.as_uri()}


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"color_scheme": "dark"},
        {"width": 360, "height": 800},
        {"width": 360, "height": 800, "color_scheme": "dark"},
    ],
    ids=["light", "dark", "phone", "phone-dark"],
)
def test_nothing_keeps_anybody_out(opened: Callable[..., Page], how: dict[str, object]) -> None:
    page = opened(**how)
    assert barriers(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_paper_is_white_and_shows_everything(opened: Callable[..., Page]) -> None:
    page = opened(color_scheme="dark")
    page.emulate_media(media="print")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper in {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
    ink = page.evaluate("getComputedStyle(document.body).color.match(/[0-9.]+/g).slice(0, 3).map(Number)")
    assert sum(ink) < 200
    assert barriers(page) == []
    assert page.pdf().startswith(b"%PDF")


def test_the_decision_comes_first(opened: Callable[..., Page]) -> None:
    page = opened()
    top = page.locator("main, body").first.inner_text()
    assert "all-at-once-inspected" in top[:1500]
    pictures = page.locator("svg:visible")
    assert pictures.count() >= 3
    nameless = page.locator("svg:visible").evaluate_all(
        """(all) => all.filter((one) => !one.closest("[aria-hidden=true]")
          && !one.closest("[role=img]")?.matches("[aria-label], [aria-labelledby]")
          && !one.querySelector("title")).map((one) => one.outerHTML.slice(0, 200))"""
    )
    assert nameless == []


def test_every_link_within_it_leads_somewhere(opened: Callable[..., Page]) -> None:
    page = opened()
    lost = page.locator("a[href^='#']").evaluate_all(
        "(links) => links.filter((link) => !document.getElementById(link.hash.slice(1))).map((link) => link.hash)"
    )
    assert lost == []
    ids = page.locator("[id]").evaluate_all("(all) => all.map((one) => one.id)")
    assert len(ids) == len(set(ids))


def test_it_reads_without_javascript(opened: Callable[..., Page]) -> None:
    page = opened(java_script_enabled=False)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.locator("svg:visible").count() >= 3
    page.locator("details summary").first.click()
    expect(page.locator("details").first).to_have_attribute("open", "")
