"""The what-if page in a browser: what moves, what follows, what is remembered, and for whom it can be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page, Route

    from tests.browser.conftest import Visit

    Visited = Callable[..., Visit]

HERE: Final = "?scenario=first-order-above-limit"
QUANTITY: Final = "f.need.quantity"
DETAIL: Final = "f.contract.detail_share"
UNSETTLED: Final = f"{HERE}&plan=all-at-once&plan=all-at-once-strict"
"""Two plans that a few hundred replications cannot tell apart."""


def box(page: Page, name: str) -> Any:  # noqa: ANN401 - a locator
    return page.locator(f".field[data-name='{name}'] .typed")


def slider(page: Page, name: str) -> Any:  # noqa: ANN401 - a locator
    return page.locator(f".field[data-name='{name}'] .slider")


def query(page: Page) -> str:
    return page.url.partition("?")[2]


def held_back(page: Page, address: str | re.Pattern[str]) -> list[Route]:
    """Requests that are not passed on, from now on, until the test does."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(address, hold)
    return held


# ------------------------------------------------------------------------------------------ values


def test_a_slider_and_its_box_move_together(visited: Visited) -> None:
    visit = visited(HERE)
    box(visit.page, QUANTITY).fill("6,000")
    expect(slider(visit.page, QUANTITY)).to_have_value("6000")
    slider(visit.page, QUANTITY).press("ArrowRight")
    value = slider(visit.page, QUANTITY).input_value()
    assert float(value) > 6000
    expect(box(visit.page, QUANTITY)).to_have_value(value)
    expect(slider(visit.page, QUANTITY)).to_have_attribute("aria-valuetext", f"{value} units")
    box(visit.page, QUANTITY).press("ArrowDown")
    expect(slider(visit.page, QUANTITY)).to_have_value("6000")
    visit.settle()


def test_a_moved_value_brings_a_new_answer_and_is_marked(visited: Visited) -> None:
    visit = visited(HERE)
    before = visit.page.inner_text(".plans tbody")
    box(visit.page, QUANTITY).fill("8000")
    expect(visit.page.locator("#changes")).to_contain_text("8,000 units")
    visit.settle()
    assert visit.page.inner_text(".plans tbody") != before
    expect(visit.page.locator(f".field[data-name='{QUANTITY}']")).to_have_class(re.compile(r"\bchanged\b"))
    expect(visit.page.locator(f".field[data-name='{QUANTITY}'] .was")).to_have_text("was 5,000 units")
    expect(visit.page.locator("#count")).to_have_text("1 value changed")
    assert f"{QUANTITY}=8000" in query(visit.page)


def test_going_back_brings_the_earlier_values_and_their_answer(visited: Visited) -> None:
    visit = visited(HERE)
    first = visit.page.inner_text(".plans tbody")
    box(visit.page, QUANTITY).fill("8000")
    box(visit.page, QUANTITY).blur()
    visit.settle()
    second = visit.page.inner_text(".plans tbody")
    visit.unfold(DETAIL)
    for _ in range(5):
        slider(visit.page, DETAIL).press("ArrowRight")
    visit.settle()

    visit.page.go_back()
    expect(box(visit.page, QUANTITY)).to_have_value("8000")
    while DETAIL in query(visit.page):
        visit.page.go_back()
    expect(visit.page.locator("#count")).to_have_text("1 value changed")
    visit.settle()
    assert visit.page.inner_text(".plans tbody") == second
    visit.page.go_back()
    expect(box(visit.page, QUANTITY)).to_have_value("5000")
    visit.settle()
    assert visit.page.inner_text(".plans tbody") == first
    visit.page.go_forward()
    expect(box(visit.page, QUANTITY)).to_have_value("8000")
    visit.settle()


def test_one_pull_at_a_slider_is_one_entry_of_the_history(visited: Visited) -> None:
    visit = visited(HERE)
    entries = visit.page.evaluate("history.length")
    place = slider(visit.page, QUANTITY).bounding_box()
    middle = place["y"] + place["height"] / 2
    visit.page.mouse.move(place["x"] + place["width"] / 2, middle)
    visit.page.mouse.down()
    for step in range(30):
        visit.page.mouse.move(place["x"] + place["width"] / 2 + step, middle)
    visit.page.mouse.up()
    visit.settle()
    value = box(visit.page, QUANTITY).input_value()
    assert f"{QUANTITY}={value}" in query(visit.page)
    assert visit.page.evaluate("history.length") == entries + 1
    visit.page.go_back()
    expect(box(visit.page, QUANTITY)).to_have_value("5000")
    visit.settle()


def test_values_can_be_put_back_one_by_one_and_all_at_once(visited: Visited) -> None:
    visit = visited(f"{HERE}&{QUANTITY}=8000&{DETAIL}=50&plan=all-at-once&plan=half-then-half")
    expect(visit.page.locator("#count")).to_have_text("2 values changed")
    visit.page.get_by_role("button", name="Put back Quantity needed").click()
    expect(box(visit.page, QUANTITY)).to_have_value("5000")
    expect(box(visit.page, QUANTITY)).to_be_focused()
    expect(visit.page.locator("#count")).to_have_text("1 value changed")
    visit.page.locator("#reset").click()
    expect(visit.page.locator("#count")).to_have_text("nothing changed")
    expect(visit.page.locator("input[name=plan]:checked")).to_have_count(6)
    visit.settle()
    assert query(visit.page) == HERE.removeprefix("?")


def test_only_ticked_plans_are_compared(visited: Visited) -> None:
    visit = visited(HERE)
    visit.page.locator("#group-plans summary").click()
    for plan in ("half-then-half", "only-what-is-covered"):
        visit.page.locator(f"input[name=plan][value={plan}]").uncheck()
    expect(visit.page.locator(".plans tbody tr")).to_have_count(4)
    expect(visit.page.locator("#plan-count")).to_have_text("4 of 6")
    visit.settle()


# ------------------------------------------------------------------------------------------ questions


def test_the_newest_question_wins_however_slow_the_older_ones_are(visited: Visited) -> None:
    visit = visited(HERE)
    held = held_back(visit.page, "**/answer?*6000*")
    box(visit.page, QUANTITY).fill("6000")
    visit.page.wait_for_timeout(100)
    assert len(held) == 1
    box(visit.page, QUANTITY).fill("7000")
    box(visit.page, QUANTITY).fill("8000")
    box(visit.page, QUANTITY).blur()
    expect(visit.page.locator("#changes")).to_contain_text("8,000 units")
    visit.settle()
    asked = [re.search(r"quantity=(\d+)", one) for one in visit.watch.answers_asked()]
    assert [one[1] for one in asked if one] == ["6000", "8000"]


def test_a_question_that_the_server_gave_up_is_asked_again(visited: Visited) -> None:
    visit = visited(HERE)
    visit.page.route("**/answer?*6000*", lambda route: route.fulfill(status=204), times=1)
    box(visit.page, QUANTITY).fill("6000")
    expect(visit.page.locator("#changes")).to_contain_text("6,000 units")
    visit.settle()


def test_the_answer_region_is_busy_while_a_question_runs(visited: Visited) -> None:
    visit = visited(HERE)
    held = held_back(visit.page, "**/answer?*")
    box(visit.page, QUANTITY).fill("6000")
    expect(visit.page.locator("#answer")).to_have_attribute("aria-busy", "true")
    expect(box(visit.page, QUANTITY)).to_be_focused()
    held[-1].continue_()
    visit.page.unroute("**/answer?*")
    expect(visit.page.locator("#answer")).not_to_have_attribute("aria-busy", "true")
    expect(box(visit.page, QUANTITY)).to_be_focused()
    expect(visit.page.locator("#status")).to_contain_text("Choose")
    visit.settle()


def test_a_server_that_is_gone_is_told_and_asked_again(visited: Visited) -> None:
    visit = visited(HERE)
    visit.watch.allowed.append("Failed to load resource")
    visit.page.route("**/answer?*", lambda route: route.abort())
    box(visit.page, QUANTITY).fill("6000")
    expect(visit.page.locator("#trouble")).to_contain_text("does not answer")
    visit.page.unroute("**/answer?*")
    box(visit.page, QUANTITY).fill("6100")
    expect(visit.page.locator("#trouble")).to_be_hidden()
    expect(visit.page.locator("#changes")).to_contain_text("6,100 units")
    visit.settle()


def test_an_open_answer_is_looked_at_more_closely_and_nothing_folds_or_flickers(visited: Visited) -> None:
    visit = visited(HERE)
    held = held_back(visit.page, re.compile(r"/answer\?.*\bn=\d"))
    visit.page.evaluate("document.getElementById('chart-losses-behind').open = true")
    drawing = visit.page.locator("#chart-losses-drawing svg")
    old = drawing.element_handle()
    visit.page.locator("#group-plans summary").click()
    for plan in ("all-at-once-inspected", "two-orders-same-day", "half-then-half", "only-what-is-covered"):
        visit.page.locator(f"input[name=plan][value={plan}]").uncheck()
    progress = visit.page.get_by_role("progressbar")
    expect(progress).to_be_visible()
    expect(visit.page.locator("#progress-text")).to_contain_text("400 replications")
    expect(visit.page.locator("#answer")).not_to_have_attribute("aria-busy", "true")
    visit.page.wait_for_timeout(50)
    held[-1].continue_()
    visit.page.unroute(re.compile(r"/answer\?.*\bn=\d"))
    expect(visit.page.locator("#progress-text")).to_contain_text("1,600 replications")
    visit.settle()
    expect(progress).to_have_count(0)
    assert visit.page.evaluate("document.getElementById('chart-losses-behind').open")
    assert not old.evaluate("(drawing) => drawing.isConnected")
    expect(drawing).to_have_count(1)


# ------------------------------------------------------------------------------------------ mistakes


def test_a_value_that_cannot_be_used_is_told_beside_its_field(visited: Visited) -> None:
    visit = visited(HERE)
    box(visit.page, QUANTITY).fill("many")
    field = visit.page.locator(f".field[data-name='{QUANTITY}']")
    expect(field.locator(".problem")).to_contain_text("Give a number")
    expect(box(visit.page, QUANTITY)).to_have_attribute("aria-invalid", "true")
    expect(box(visit.page, QUANTITY)).to_have_value("many")
    visit.page.locator("#wrongs a").click()
    expect(box(visit.page, QUANTITY)).to_be_focused()
    box(visit.page, QUANTITY).fill("6000")
    expect(field.locator(".problem")).to_have_text("")
    expect(box(visit.page, QUANTITY)).not_to_have_attribute("aria-invalid", "true")
    expect(visit.page.locator("#headline")).to_contain_text("Choose")
    visit.settle()


def test_mistakes_in_a_file_that_is_sent_are_shown_line_by_line(visited: Visited, tmp_path: Path) -> None:
    visit = visited(HERE)
    visit.watch.allowed.append(REFUSED)
    file = tmp_path / "my order.yaml"
    file.write_text("schema_version: 1\nname: <b>mine</b>\nstrat: 2026-03-02\n")
    visit.page.locator("#others > summary").click()
    visit.page.locator("#file").set_input_files(file)
    visit.page.get_by_role("button", name="Check and open").click()
    heading = visit.page.locator("#mistakes-title")
    expect(heading).to_contain_text("cannot be used")
    expect(heading).to_be_focused()
    expect(visit.page.locator(".mistakes code", has_text="strat: 2026-03-02")).to_have_count(1)
    expect(visit.page.locator(".mistakes b")).to_have_count(0)
    assert query(visit.page) == HERE.removeprefix("?")


def test_a_file_that_is_right_is_opened(visited: Visited, tmp_path: Path) -> None:
    from sim.scenario import template_text

    visit = visited(HERE)
    file = tmp_path / "mine.yaml"
    file.write_text(template_text().replace("First order with a new supplier", "An order of my own"))
    visit.page.locator("#others > summary").click()
    visit.page.locator("#file").set_input_files(file)
    visit.page.get_by_role("button", name="Check and open").click()
    expect(visit.page.locator("h1")).to_contain_text("An order of my own")
    visit.settle()


# ------------------------------------------------------------------------------------------ what is shown


def test_charts_are_drawn_with_words_and_figures_behind_them(visited: Visited) -> None:
    visit = visited(HERE)
    figures = visit.page.locator("figure[data-chart]")
    assert figures.count() >= 3
    for place in range(figures.count()):
        figure = figures.nth(place)
        expect(figure.locator(".drawing svg")).to_have_count(1)
        expect(figure.get_by_role("img")).to_have_accessible_description(re.compile(r"\w{3,}"))
        assert figure.locator(".behind tbody tr").count() > 1


def test_colours_are_chosen_and_kept(visited: Visited) -> None:
    visit = visited(HERE)
    paper = "getComputedStyle(document.body).backgroundColor"
    light = visit.page.evaluate(paper)
    chart = visit.page.locator("#chart-losses-drawing svg").inner_html()
    visit.page.get_by_role("radio", name="Dark").check()
    visit.page.wait_for_function(
        "(before) => document.querySelector('#chart-losses-drawing svg').innerHTML !== before", arg=chart
    )
    assert visit.page.evaluate(paper) != light
    visit.page.reload()
    visit.settle()
    assert visit.page.evaluate(paper) != light
    expect(visit.page.get_by_role("radio", name="Dark")).to_be_checked()


def test_the_address_can_be_copied_and_opens_the_same(visited: Visited) -> None:
    visit = visited(f"{HERE}&{QUANTITY}=8000", permissions=["clipboard-read", "clipboard-write"])
    visit.page.get_by_role("button", name="Copy link").click()
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(visit.watch.origin)
    expect(visit.page.locator("#status")).to_have_text("Copied.")
    other = visited(copied.removeprefix(f"{visit.watch.origin}/"))
    assert other.page.inner_text(".plans tbody") == visit.page.inner_text(".plans tbody")


def test_on_a_phone_nothing_is_wider_than_the_window_and_the_choice_stays_in_sight(visited: Visited) -> None:
    visit = visited(HERE, width=360, height=800, has_touch=True)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
    peek = visit.page.locator("#peek")
    expect(peek).to_be_visible()
    expect(peek).to_contain_text("Choose")
    box(visit.page, QUANTITY).fill("8000")
    visit.settle()
    expect(peek).to_be_visible()
    peek.click()
    expect(peek).to_be_hidden()
    expect(visit.page.locator("#headline")).to_be_in_viewport()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_scripts_the_form_is_sent_and_answered(visited: Visited) -> None:
    visit = visited(HERE, wait=False, java_script_enabled=False)
    visit.page.locator(f"[name='{QUANTITY}']").fill("8000")
    visit.page.get_by_role("button", name="Show the answer").click()
    expect(visit.page.locator("#changes")).to_contain_text("8,000 units")
    assert query(visit.page) == f"{HERE.removeprefix('?')}&{QUANTITY}=8000"
    expect(visit.page.locator(".plans tbody tr")).to_have_count(6)
    visit.page.locator("#chart-losses-behind > summary").click()
    expect(visit.page.locator("#chart-losses-behind tbody tr")).to_have_count(6)


# ------------------------------------------------------------------------------------------ for everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 900), (360, 800)], ids=["desk", "phone"])
@pytest.mark.parametrize(
    "path",
    [HERE, UNSETTLED, f"{HERE}&{QUANTITY}=8000&{DETAIL}=50", f"{HERE}&{QUANTITY}=many", "?scenario=nowhere"],
    ids=["settled", "open", "changed", "wrong", "missing"],
)
def test_axe_finds_nothing(visited: Visited, path: str, size: tuple[int, int], scheme: str) -> None:
    visit = visited(path, width=size[0], height=size[1], color_scheme=scheme, wait=False)
    visit.watch.allowed += [REFUSED, "status of 404"]
    visit.settle()
    visit.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    visit.page.evaluate("for (const one of document.querySelectorAll('.field .about')) one.click()")
    found = Axe().run(visit.page)
    assert found.violations_count == 0, found.generate_report()


def test_axe_finds_nothing_while_an_answer_grows(visited: Visited) -> None:
    visit = visited(UNSETTLED, wait=False)
    visit.page.route(re.compile(r"/answer\?.*\bn=\d"), lambda _: None)
    box(visit.page, QUANTITY).fill("5100")
    expect(visit.page.get_by_role("progressbar")).to_be_visible()
    found = Axe().run(visit.page)
    assert found.violations_count == 0, found.generate_report()


def test_axe_finds_nothing_beside_the_mistakes_of_a_file(visited: Visited, tmp_path: Path) -> None:
    visit = visited(HERE)
    visit.watch.allowed.append(REFUSED)
    file = tmp_path / "mine.yaml"
    file.write_text("schema_version: 1\nname: mine\nstrat: 2026-03-02\n")
    visit.page.locator("#others > summary").click()
    visit.page.locator("#file").set_input_files(file)
    visit.page.get_by_role("button", name="Check and open").click()
    expect(visit.page.locator("#mistakes-title")).to_be_focused()
    found = Axe().run(visit.page)
    assert found.violations_count == 0, found.generate_report()
