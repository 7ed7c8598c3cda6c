"""Every control of the what-if page, moved in a browser: what it asks, and the answer that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.asking import (
    FEE,
    LIMIT,
    QUANTITY,
    answered,
    asked_directly,
    box,
    compared,
    enter,
    field,
    figures,
    headline,
    shown,
    slide,
    slider,
)
from tests.browser.serving import serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser

    from tests.browser.conftest import Visit


KINDS: Final = (
    ("f.protection", "alibaba-trade-assurance-faq", "Rules of the protection"),
    ("f.suppliers.zhejiang.payment.balance", "on_receipt", "on receipt"),
    ("f.need.due", "2026-04-30", "30 Apr 2026"),
    ("f.suppliers.zhejiang.payment.deposit_share", "50", "50 %"),
    ("f.suppliers.zhejiang.promised_days", "40", "40 days"),
    ("f.need.sale_value", "12.5", "12.5"),
)
"""A list, a date, a share, days and money, each with another value and how that is told."""


def _query(visit: Visit) -> dict[str, list[str]]:
    return parse_qs(urlsplit(visit.page.url).query, keep_blank_values=True)


def _amount(text: str) -> float:
    return float(text.split(maxsplit=1)[0].replace(",", "").replace("\u2212", "-"))


def test_a_slider_that_flips_the_answer_says_what_the_command_line_says(visited: Callable[..., Visit]) -> None:
    visit = visited()
    page = visit.page
    assert headline(page) == "Choose all-at-once-inspected"
    answered(visit, lambda: slide(page, QUANTITY, 1000))
    assert headline(page) == "Choose all-at-once"
    expect(box(page, QUANTITY)).to_have_value("1000")
    assert _query(visit)[QUANTITY] == ["1000"]
    found = compared(_command(visit))
    assert found["best"] == "all-at-once"
    by_plan = {plan["plan"]: plan for plan in found["plans"]}
    rows = figures(page)
    assert len(rows) == len(by_plan)
    for name, loss, *_ in rows:
        plan = by_plan[name.split()[0]]
        assert _amount(loss) == pytest.approx(plan["expected_loss"], abs=0.51), name
    assert f"{found['replications']:,} replications" in page.locator("#progress-text").inner_text()


def _command(visit: Visit) -> str:
    visit.page.locator("#in-terminal summary").click()
    return visit.page.locator("#command").inner_text()


def test_a_box_and_its_slider_are_kept_in_step(visited: Callable[..., Visit]) -> None:
    visit = visited()
    page = visit.page
    answered(visit, lambda: enter(page, QUANTITY, "6,000"))
    expect(slider(page, QUANTITY)).to_have_value("6000")
    answered(visit, lambda: slide(page, QUANTITY, 4000))
    expect(box(page, QUANTITY)).to_have_value("4000")
    answered(visit, lambda: box(page, QUANTITY).press("ArrowUp"))
    expect(box(page, QUANTITY)).to_have_value("4020")
    expect(slider(page, QUANTITY)).to_have_value("4020")
    answered(visit, lambda: enter(page, QUANTITY, "20000"))  # beyond the slider's end
    expect(slider(page, QUANTITY)).to_have_value("10000")
    expect(page.locator("#changes")).to_contain_text("20,000")
    assert slider(page, QUANTITY).get_attribute("aria-valuetext") == "20000 units"


def test_an_empty_limit_is_no_limit(visited: Callable[..., Visit]) -> None:
    visit = visited()
    answered(visit, lambda: enter(visit.page, LIMIT, ""))
    assert _query(visit)[LIMIT] == [""]
    expect(visit.page.locator("#changes")).to_contain_text("no limit")


def test_every_kind_of_value_moves_the_answer_and_the_address(visited: Callable[..., Visit]) -> None:
    visit = visited()
    for number, (name, value, words) in enumerate(KINDS, 1):
        _moves_the_answer(visit, name, value, words)
        expect(visit.page.locator("#count")).to_have_text(
            "1 value changed" if number == 1 else f"{number} values changed"
        )


def _moves_the_answer(visit: Visit, name: str, value: str, words: str) -> None:
    page = visit.page
    visit.unfold(name)
    before = figures(page)
    place = box(page, name)
    if place.evaluate("(box) => box.tagName") == "SELECT":
        answered(visit, lambda: place.select_option(value))
    else:
        answered(visit, lambda: enter(page, name, value))
    assert _query(visit)[name] == [value]
    expect(field(page, name)).to_have_class("field changed")
    expect(page.locator("#changes")).to_contain_text(words)
    assert figures(page) != before
    assert shown(page) == asked_directly(visit)


def test_a_switch(visited: Callable[..., Visit]) -> None:
    visit = visited()
    name = "f.contract.messages_on_platform"
    visit.unfold(name)
    answered(visit, lambda: field(visit.page, name).get_by_label("No", exact=True).check())
    assert _query(visit)[name] == ["no"]
    expect(visit.page.locator("#changes")).to_contain_text("no")
    answered(visit, lambda: field(visit.page, name).get_by_label("Yes", exact=True).check())
    assert name not in _query(visit)


def test_plans_are_chosen_by_ticks(visited: Callable[..., Visit]) -> None:
    visit = visited()
    page = visit.page
    page.locator("#group-plans > summary").click()
    assert len(figures(page)) == 6
    for plan in ("plan-2", "plan-3", "plan-4", "plan-5"):
        answered(visit, page.locator(f"#{plan}").uncheck)
    assert len(figures(page)) == 2
    assert len(_query(visit)["plan"]) == 2
    expect(page.locator("#plan-count")).to_have_text("2 of 6")
    answered(visit, page.locator("#plan-1").uncheck)
    expect(page.locator("#card .eyebrow")).to_have_text("One plan", ignore_case=True)
    answered(visit, page.locator("#plan-0").uncheck)  # none is all
    assert len(figures(page)) == 6


def test_one_value_and_all_values_are_put_back(visited: Callable[..., Visit]) -> None:
    visit = visited()
    page = visit.page
    first = shown(page)
    answered(visit, lambda: enter(page, QUANTITY, "6000"))
    answered(visit, lambda: enter(page, LIMIT, "16000"))
    expect(page.locator("#count")).to_have_text("2 values changed")
    answered(visit, field(page, QUANTITY).locator(".back").click)
    expect(box(page, QUANTITY)).to_have_value("5000")
    expect(box(page, QUANTITY)).to_be_focused()
    assert set(_query(visit)) == {"scenario", LIMIT}
    answered(visit, page.locator("#reset").click)
    expect(page.locator("#count")).to_have_text("nothing changed")
    expect(page.locator("#count")).to_be_focused()
    assert set(_query(visit)) == {"scenario"}
    assert shown(page) == first


def test_wrong_values_are_told_beside_their_fields_and_the_others_kept(visited: Callable[..., Visit]) -> None:
    visit = visited()
    page = visit.page
    answered(visit, lambda: enter(page, LIMIT, "16000"))
    answered(visit, lambda: enter(page, QUANTITY, "many"))
    problem = field(page, QUANTITY).locator(".problem")
    expect(problem).not_to_be_empty()
    expect(box(page, QUANTITY)).to_have_attribute("aria-invalid", "true")
    expect(box(page, QUANTITY)).to_have_value("many")
    expect(box(page, LIMIT)).to_have_value("16000")
    assert problem.get_attribute("id") in (box(page, QUANTITY).get_attribute("aria-describedby") or "").split()
    page.locator("#wrongs a").first.click()
    expect(box(page, QUANTITY)).to_be_focused()
    answered(visit, lambda: enter(page, QUANTITY, "6000"))
    expect(problem).to_be_empty()
    expect(box(page, QUANTITY)).not_to_have_attribute("aria-invalid", "true")
    assert len(figures(page)) == 6


def test_no_typed_text_breaks_the_page(visited: Callable[..., Visit]) -> None:
    visit = visited()
    for text in ("-1", "0", "1e99", "nan", "0.5", "<b>x</b>", "9" * 150):
        answered(visit, lambda text=text: enter(visit.page, QUANTITY, text))  # type: ignore[misc]
        expect(visit.page.locator("#card")).to_have_attribute("data-state", "refused")
        expect(field(visit.page, QUANTITY).locator(".problem")).not_to_be_empty()
        expect(box(visit.page, QUANTITY)).to_have_value(text)


def test_the_end_of_a_long_drag_is_what_is_shown(visited: Callable[..., Visit]) -> None:
    visit = visited()
    page = visit.page
    steps = [1000 + 20 * step for step in range(20, 80)]
    answered(visit, lambda: slide(page, QUANTITY, *steps))
    assert _query(visit)[QUANTITY] == [str(steps[-1])]
    assert parse_qs(visit.watch.answers_asked()[-1])[QUANTITY] == [str(steps[-1])]
    assert len(visit.watch.answers_asked()) < len(steps)
    assert shown(page) == asked_directly(visit)
    expect(page.locator("#changes")).to_contain_text(f"{steps[-1]:,}")


def test_an_answer_comes_closer_until_it_is_settled(browser: Browser) -> None:
    with serving(
        "scenarios/electronics-every-inspection.yaml", "--replications", "200", "--at-most", "51200"
    ) as server:
        context = browser.new_context()
        page = context.new_page()
        page.add_init_script(
            """addEventListener("DOMContentLoaded", () => {
              window.looks = [];
              const look = () => {
                const text = document.getElementById("progress-text")?.textContent;
                if (text && text !== looks.at(-1)) looks.push(text);
              };
              look();
              new MutationObserver(look).observe(document.getElementById("answer"),
                { childList: true, subtree: true, characterData: true });
            });"""
        )
        page.goto(server.address)
        page.wait_for_selector("#card[data-state=settled], #card[data-state=open]", timeout=30_000)
        looks = [str(look) for look in page.evaluate("looks")]
        context.close()
    counts = [int(next(word for word in look.replace(",", "").split() if word.isdigit())) for look in looks]
    assert counts[0] == 200
    assert len(counts) > 1
    assert counts == sorted(set(counts))


def test_help_tables_and_the_story_unfold(visited: Callable[..., Visit]) -> None:
    visit = visited()
    page = visit.page
    about = field(page, FEE).locator(".about")
    visit.unfold(FEE)
    about.click()
    expect(about).to_have_attribute("aria-expanded", "true")
    expect(field(page, FEE).locator(".help")).to_be_visible()
    about.click()
    expect(field(page, FEE).locator(".help")).not_to_be_visible()
    page.locator("#story summary").click()
    expect(page.locator("#story p")).to_be_visible()
    behind = page.locator("details.behind").first
    behind.locator("summary").click()
    expect(behind.locator("table")).to_be_visible()
    answered(visit, lambda: enter(page, QUANTITY, "6000"))
    expect(behind.locator("table")).to_be_visible()  # what is unfolded stays so


def test_another_scenario_is_opened(visited: Callable[..., Visit]) -> None:
    visit = visited()
    page = visit.page
    page.locator("#others > summary").click()
    page.locator("#scenario").select_option("season-deadline")
    with page.expect_navigation():
        page.get_by_role("button", name="Open", exact=True).click()
    visit.settle()
    assert _query(visit) == {"scenario": ["season-deadline"]}
    expect(page.locator("#scenario")).to_have_value("season-deadline")
