"""What the page shows is kept, shared and taken away: addresses, history, files, and the page without JavaScript."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
from playwright.sync_api import expect

from sim.scenario import load_scenario
from tests.browser.asking import LIMIT, QUANTITY, answered, box, enter, figures, headline, shown, slide
from tests.browser.conftest import SCENARIO
from tests.browser.serving import serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.conftest import Visit

MOVED = f"?scenario={SCENARIO.stem}&{QUANTITY}=6000&{LIMIT}=16000"


def test_back_and_forward_restore_the_form_and_the_answer(visited: Callable[..., Visit]) -> None:
    visit = visited()
    page = visit.page
    first = figures(page)
    answered(visit, lambda: slide(page, QUANTITY, 5200, 5600, 6000))
    second = figures(page)
    answered(visit, lambda: enter(page, LIMIT, "16000"))
    third = figures(page)
    assert first != second != third
    answered(visit, page.go_back)
    expect(box(page, LIMIT)).to_have_value("10000")
    expect(box(page, QUANTITY)).to_have_value("6000")
    assert figures(page) == second
    answered(visit, page.go_back)  # a drag is one step of the history
    expect(box(page, QUANTITY)).to_have_value("5000")
    expect(page.locator("#count")).to_have_text("nothing changed")
    assert figures(page) == first
    answered(visit, page.go_forward)
    answered(visit, page.go_forward)
    expect(box(page, LIMIT)).to_have_value("16000")
    assert figures(page) == third
    assert visit.page.url.endswith(MOVED)


def test_an_address_shows_the_same_to_somebody_else(visited: Callable[..., Visit]) -> None:
    visit = visited()
    page = visit.page
    answered(visit, lambda: enter(page, QUANTITY, "6000"))
    answered(visit, lambda: enter(page, LIMIT, "16000"))
    link = page.locator("#link").input_value()
    assert link == page.url
    other = visited(urlsplit(link).path.removeprefix("/") + "?" + urlsplit(link).query)
    expect(box(other.page, QUANTITY)).to_have_value("6000")
    expect(box(other.page, LIMIT)).to_have_value("16000")
    assert headline(other.page) == headline(page)
    assert figures(other.page) == figures(page)


def test_the_link_is_copied(visited: Callable[..., Visit]) -> None:
    visit = visited(permissions=["clipboard-read", "clipboard-write"])
    page = visit.page
    answered(visit, lambda: enter(page, QUANTITY, "6000"))
    page.locator("#copy-link").click()
    expect(page.locator("#status")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_the_scenario_is_taken_away_with_its_changes(visited: Callable[..., Visit], tmp_path: Path) -> None:
    visit = visited(MOVED)
    with visit.page.expect_download() as waiting:
        visit.page.locator("#get-scenario").click()
    file = tmp_path / waiting.value.suggested_filename
    assert file.name == f"{SCENARIO.stem}.yaml"
    waiting.value.save_as(file)
    found = load_scenario(file).model
    own = load_scenario(SCENARIO).model
    assert found.need.quantity == 6000
    assert found.suppliers["zhejiang"].assurance_limit == 16000
    assert own.need.quantity == 5000
    assert found.inspections == own.inspections
    assert found.buyer == own.buyer


def test_the_report_is_taken_away(visited: Callable[..., Visit], tmp_path: Path) -> None:
    visit = visited(MOVED)
    said = headline(visit.page)
    with visit.page.expect_download(timeout=60_000) as waiting:
        visit.page.locator("#get-report").click()
    file = tmp_path / waiting.value.suggested_filename
    assert file.name == f"{SCENARIO.stem}.html"
    waiting.value.save_as(file)
    text = file.read_text(encoding="utf-8")
    assert said.removeprefix("Choose ").split()[0] in text
    assert "6,000" in text


def test_without_javascript_the_form_works(visited: Callable[..., Visit]) -> None:
    visit = visited(java_script_enabled=False, wait=False)
    page = visit.page
    expect(page.locator("#headline")).to_have_text("Choose all-at-once-inspected")
    page.locator(f"[name='{QUANTITY}']").fill("1000")
    with page.expect_navigation():
        page.get_by_role("button", name="Show the answer").click()
    query = parse_qs(urlsplit(page.url).query)
    assert set(query) <= {"scenario", QUANTITY}  # own values are left out
    assert query[QUANTITY] == ["1000"]
    expect(page.locator(f"[name='{QUANTITY}']")).to_have_value("1000")
    expect(page.locator("#headline")).to_have_text("Choose all-at-once")
    assert len(figures(page)) == 6
    assert not visit.watch.answers_asked()


def test_a_crowd_gets_right_answers_and_leaves_no_memory_behind() -> None:
    """Twenty visitors drag a slider each; whatever is answered is the answer to what was asked."""
    with serving(SCENARIO, "--replications", "400", "--at-most", "400") as server:

        def visitor(number: int) -> dict[str, str]:
            found = {}
            with httpx.Client(base_url=server.address, timeout=60) as client:
                for step in range(6):
                    quantity = str(2000 + 100 * number + 20 * step)
                    query = f"scenario={SCENARIO.stem}&{QUANTITY}={quantity}&tab=visitor-{number}"
                    answer = client.get(f"/answer?{query}")
                    assert answer.status_code in {200, 204, 503}
                    if answer.status_code == 200:
                        found[f"/answer?{query}"] = answer.text
            return found

        with ThreadPoolExecutor(20) as crowd:
            list(crowd.map(visitor, range(20)))
            before = server.resident()
            answers = {url: text for found in crowd.map(visitor, range(20, 40)) for url, text in found.items()}
        assert len(answers) > 40
        for url, text in answers.items():
            quantity = parse_qs(url.partition("?")[2])[QUANTITY][0]
            assert quantity == "5000" or f"--set need.quantity={quantity}" in text
        for url in list(answers)[::20]:
            assert httpx.get(server.address.rstrip("/") + url, timeout=60).text == answers[url]
        assert server.resident() - before < 60


def test_what_is_not_there_is_told(visited: Callable[..., Visit]) -> None:
    visit = visited("?scenario=nowhere", wait=False)
    visit.watch.allowed.append("the server responded with a status of 404")
    expect(visit.page.locator(".alert").first).to_contain_text("nowhere")
    other = visited("nothing-here", wait=False)
    other.watch.allowed.append("the server responded with a status of 404")
    expect(other.page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    other.page.get_by_role("link", name="To the first page").click()
    other.settle()
    assert shown(other.page)
