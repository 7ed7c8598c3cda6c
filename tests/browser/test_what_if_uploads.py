"""Scenario files sent to the what-if page from a browser: a good one, and every way in which one can be wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import FilePayload, expect

from sim.scenario import template_text
from tests.browser.asking import QUANTITY, answered, barriers, enter, figures

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Visit

GOOD = template_text().replace("name: first-order ", "name: my-own ")
WRONG = GOOD.replace("schema_version: 1", "schema_version: 1\nstrat: 2026-01-01").replace(
    "currency: GBP", "currency: 12"
)
BUILT_ON = GOOD.replace("schema_version: 1", "schema_version: 1\nextends: /etc/passwd")
STATUSES = ("status of 400", "status of 413", "status of 422")


def _send(visit: Visit, content: bytes, name: str = "mine.yaml") -> None:
    if visit.page.locator("#others:not([open])").count():
        visit.page.locator("#others > summary").click()
    visit.page.locator("#file").set_input_files(FilePayload(name=name, mimeType="application/yaml", buffer=content))
    visit.page.get_by_role("button", name="Check and open").click()


def test_a_good_file_is_opened_and_can_be_moved(visited: Callable[..., Visit]) -> None:
    visit = visited()
    _send(visit, GOOD.encode())
    visit.page.wait_for_url(re.compile(r"\?scenario=upload-[0-9a-f]{12}"))
    visit.settle()
    assert "mine.yaml" in (visit.page.locator("#scenario option:checked").text_content() or "")
    before = figures(visit.page)
    answered(visit, lambda: enter(visit.page, QUANTITY, "3100"))
    assert figures(visit.page) != before
    expect(visit.page.locator("#command")).to_contain_text("lotwise compare mine.yaml --set need.quantity=3100")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (WRONG.encode(), "line "),
        (b"a: [1, 2\nb: }", "line "),
        (b"", ""),
        (bytes(range(256)) * 8, ""),
        (b"\xff\xfe\x00\x01" * 50, ""),
        (b"- just\n- a list\n", ""),
        (BUILT_ON.encode(), "cannot build on another file"),
        (b"# " + b"x" * (257 * 1024), "256 kB"),
        (b"# " + b"x" * (3 * 1024 * 1024), ""),
    ],
    ids=["mistakes", "not-yaml", "empty", "binary", "not-text", "list", "names-a-file", "too-big", "far-too-big"],
)
def test_a_wrong_file_is_told_in_its_place(visited: Callable[..., Visit], content: bytes, words: str) -> None:
    visit = visited()
    visit.watch.allowed.extend(STATUSES)
    answered(visit, lambda: enter(visit.page, QUANTITY, "6000"))
    address, before = visit.page.url, figures(visit.page)
    _send(visit, content)
    told = visit.page.locator("#upload-result .mistakes")
    expect(told).to_be_visible()
    expect(told).to_contain_text("cannot be used")
    expect(told).to_contain_text(words)
    assert visit.page.url == address  # what was open stays open
    assert figures(visit.page) == before
    assert visit.page.locator("#upload-result script").count() == 0


def test_every_mistake_is_shown_with_its_line(visited: Callable[..., Visit]) -> None:
    visit = visited()
    visit.watch.allowed.extend(STATUSES)
    _send(visit, WRONG.encode())
    told = visit.page.locator("#upload-result .mistakes")
    expect(told).to_contain_text("strat: 2026-01-01")
    expect(told).to_contain_text("currency: 12")
    line = 1 + WRONG[: WRONG.index("strat:")].count("\n")
    expect(told.locator(".place").first).to_contain_text(f"line {line}")
    expect(visit.page.locator("#mistakes-title")).to_be_focused()
    assert barriers(visit.page) == []
    _send(visit, GOOD.encode())  # and mended it is opened
    visit.page.wait_for_url(re.compile(r"\?scenario=upload-"))


def test_markup_in_a_name_stays_text(visited: Callable[..., Visit]) -> None:
    visit = visited()
    visit.watch.allowed.extend(STATUSES)
    _send(visit, b"<img src=x>: 1\n", "<img src=x onerror=alert(1)>.yaml")
    expect(visit.page.locator("#upload-result .mistakes")).to_be_visible()
    assert visit.page.locator("#upload-result img").count() == 0


def test_without_javascript_a_file_is_checked_as_well(visited: Callable[..., Visit]) -> None:
    visit = visited(java_script_enabled=False, wait=False)
    visit.watch.allowed.extend(STATUSES)
    _send(visit, WRONG.encode())
    expect(visit.page.locator(".mistakes")).to_contain_text("strat: 2026-01-01")
    _send(visit, GOOD.encode())
    visit.page.wait_for_url(re.compile(r"\?scenario=upload-"))
