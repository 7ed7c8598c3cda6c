"""How the what-if page looks and is reached: colours, a phone, a keyboard, a screen reader, and its security policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.asking import DEFECTS, QUANTITY, answered, barriers, box, enter, field, slide, slider

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import Visit

PHONE = {"width": 360, "height": 800}


def _paper(page: Page) -> int:
    """How bright the page is, from 0 to 765."""
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).slice(0, 3).map(Number)")
    return int(sum(colour))


def _is_wider_than_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def _pressed(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def _unfold_all(page: Page) -> None:
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


@pytest.mark.parametrize("how", [{}, {"color_scheme": "dark"}, PHONE, {**PHONE, "color_scheme": "dark"}])
def test_nothing_keeps_anybody_out(visited: Callable[..., Visit], how: dict[str, object]) -> None:
    visit = visited(**how)
    assert barriers(visit.page) == []
    _unfold_all(visit.page)
    answered(visit, lambda: enter(visit.page, QUANTITY, "6000"))
    assert barriers(visit.page) == []
    assert not _is_wider_than_window(visit.page)


def test_nothing_keeps_anybody_from_mending_what_is_wrong(visited: Callable[..., Visit]) -> None:
    visit = visited(**PHONE)
    answered(visit, lambda: enter(visit.page, QUANTITY, "many"))
    assert barriers(visit.page) == []
    assert not _is_wider_than_window(visit.page)


def test_the_page_for_what_is_not_there_is_for_everybody(visited: Callable[..., Visit]) -> None:
    for scheme in ("light", "dark"):
        visit = visited("nothing-here", wait=False, color_scheme=scheme)
        visit.watch.allowed.append("status of 404")
        assert barriers(visit.page) == []


def test_colours_follow_the_system_until_they_are_chosen(visited: Callable[..., Visit]) -> None:
    visit = visited()
    page = visit.page
    light = _paper(page)
    drawn = page.locator("figure .drawing svg").first.evaluate("(svg) => svg.outerHTML")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("figure .drawing svg").first).to_be_visible()
    dark = _paper(page)
    assert light > 600
    assert dark < 150
    page.wait_for_function(
        "(before) => document.querySelector('figure .drawing svg').outerHTML !== before", arg=drawn
    )  # the charts are drawn anew
    page.locator("#themes input[value=light]").check()
    assert _paper(page) == light
    page.reload()
    visit.settle()
    assert _paper(page) == light  # the choice is kept
    expect(page.locator("#themes input[value=light]")).to_be_checked()
    page.locator("#themes input[value=auto]").check()
    assert _paper(page) == dark


def test_a_phone_sees_the_answer_while_a_slider_moves(visited: Callable[..., Visit]) -> None:
    visit = visited(**PHONE, has_touch=True, is_mobile=True)
    page = visit.page
    assert not _is_wider_than_window(page)
    slider(page, QUANTITY).scroll_into_view_if_needed()
    answered(visit, lambda: slide(page, QUANTITY, 6000))
    assert not _is_wider_than_window(page)
    shown = page.locator("#headline, #peek .peek-headline").evaluate_all(
        """(texts) => texts.some((text) => {
          const { top, bottom, height } = text.getBoundingClientRect();
          return height > 0 && top >= 0 && bottom <= innerHeight;
        })"""
    )
    assert shown
    small = page.locator("button:visible, select:visible, .slider:visible").evaluate_all(
        "(all) => all.filter((one) => one.getBoundingClientRect().height < 24).map((one) => one.outerHTML)"
    )
    assert small == []  # large enough for a finger


def test_a_keyboard_is_enough(visited: Callable[..., Visit]) -> None:
    visit = visited()
    page = visit.page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    reached = page.evaluate("document.activeElement.id")
    for _ in range(20):
        page.keyboard.press("Tab")
        reached = page.evaluate("document.activeElement.id")
        if reached == slider(page, QUANTITY).get_attribute("id"):
            break
    expect(slider(page, QUANTITY)).to_be_focused()
    outline = slider(page, QUANTITY).evaluate("(one) => getComputedStyle(one).outlineStyle")
    assert outline != "none"
    answered(visit, lambda: _pressed(page, *["ArrowRight"] * 5))
    expect(box(page, QUANTITY)).to_have_value("5100")
    expect(slider(page, QUANTITY)).to_be_focused()  # the answer took nothing away
    expect(page.locator("#changes")).to_contain_text("5,100")
    page.keyboard.press("Tab")
    expect(box(page, QUANTITY)).to_be_focused()
    answered(visit, lambda: _pressed(page, "Control+a", *"7000", "Enter"))
    expect(box(page, QUANTITY)).to_be_focused()
    expect(page.locator("#changes")).to_contain_text("7,000")


@pytest.mark.parametrize("place", ["#in-terminal summary", "#get-report", "#plans-region", "#link"])
def test_focus_in_the_answer_outlives_a_new_answer(visited: Callable[..., Visit], place: str) -> None:
    visit = visited()
    visit.page.locator(place).focus()
    answered(visit, lambda: slide(visit.page, QUANTITY, 6000))
    expect(visit.page.locator(place)).to_be_focused()


def test_the_answer_is_told_to_those_who_hear_it(visited: Callable[..., Visit]) -> None:
    visit = visited()
    answered(visit, lambda: slide(visit.page, DEFECTS, 0.4))
    status = visit.page.locator("#status")
    assert status.get_attribute("aria-live") == "polite"
    expect(status).to_have_text(visit.page.locator("#headline").inner_text())
    name = visit.page.locator("figure .drawing").first.get_attribute("aria-labelledby")
    assert visit.page.locator(f"#{name}").inner_text()
    slided = slider(visit.page, DEFECTS)
    assert slided.get_attribute("aria-valuetext") == "0.4 %"
    assert slided.get_attribute("aria-label")


def test_who_wants_no_motion_sees_none(visited: Callable[..., Visit]) -> None:
    visit = visited(reduced_motion="reduce")
    answered(visit, lambda: slide(visit.page, QUANTITY, 6000))
    moving = visit.page.evaluate(
        """[...document.querySelectorAll("*")].filter((one) => {
          const style = getComputedStyle(one);
          const long = (text) => text.split(",").some((part) => parseFloat(part) > 0.01);
          return long(style.transitionDuration) || (style.animationName !== "none" && long(style.animationDuration));
        }).map((one) => one.outerHTML.slice(0, 100))"""
    )
    assert moving == []
    assert visit.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") != "smooth"


def test_the_policy_of_the_page_has_no_exceptions(visited: Callable[..., Visit], address: str) -> None:
    policy = httpx.get(address).headers["content-security-policy"]
    directives = {part.split()[0]: part.split()[1:] for part in policy.split(";")}
    assert directives["default-src"] == ["'none'"]
    assert directives["script-src"] == directives["style-src"] == directives["connect-src"] == ["'self'"]
    for words in ("unsafe", "*", "http:", "https:", "blob:", "nonce", "sha256", "eval"):
        assert words not in policy
    visit = visited()
    visit.watch.allowed.extend(["policy: script-src", "Content Security Policy"])
    refused = visit.page.evaluate(
        """new Promise((resolve) => {
          addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
          const script = document.createElement("script");
          script.textContent = "window.broken = true";
          document.body.append(script);
        })"""
    )
    assert refused.startswith("script-src")
    assert visit.page.evaluate("window.broken === undefined")
    text = httpx.get(address).text
    assert " style=" not in text
    assert " onclick=" not in text
    assert "<style" not in text
    expect(field(visit.page, QUANTITY)).to_be_visible()
