"""The report as a page: whole, safe, the same for the same facts, and readable without seeing it."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from sim.report.card import card_of
from sim.report.facts import StudyFacts
from sim.report.html import report_text, study_text
from sim.report.lettering import signed
from sim.report.plates import sheet_of
from tests.unit.report.fabricated_facts import facts, plan_facts
from tests.unit.report.pages import everything, page_read, table_rows

if TYPE_CHECKING:
    from sim.report.facts import Facts
    from tests.unit.report.pages import Element

EVIL = '<script>alert("1")</script>'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10" role="img" aria-label="a line">{}</svg>'


def page_of(found: Facts) -> str:
    return report_text(found, card_of(found))


@pytest.fixture(scope="module")
def found() -> Facts:
    return facts()


@pytest.fixture(scope="module")
def text(found: Facts) -> str:
    return page_of(found)


@pytest.fixture(scope="module")
def page(text: str) -> Element:
    return page_read(text)


def test_nothing_is_fetched_and_nothing_runs(text: str, page: Element) -> None:
    elements = everything(page)
    assert not {element.tag for element in elements} & {"script", "link", "img", "iframe", "object", "embed", "image"}
    for element in elements:
        assert not {"src", "srcset", "style", "action", "background", "poster"} & set(element.attributes)
        assert not any(name.startswith("on") for name in element.attributes)
        target = element.attributes.get("href", "#")
        if not target.startswith("#"):
            assert element.tag == "a"
            assert "noreferrer" in element.attributes["rel"]
    assert not re.search(r"url\((?!#)|@import", text)


def test_the_policy_lets_in_the_style_sheet_alone(text: str) -> None:
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in text
    assert text.count("<style") == 1


def test_ids_are_unique_and_every_reference_leads_somewhere(text: str, page: Element) -> None:
    ids = [element.attributes["id"] for element in everything(page) if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    named = re.findall(r'(?:href="#|url\(#|aria-labelledby=")([^")]+)', text)
    assert named
    assert set(named) <= set(ids)


def test_structure_for_those_who_hear_it(page: Element) -> None:
    (html,) = page.all("html")
    assert html.attributes["lang"] == "en-GB"
    assert page.all("title")[0].words() == "A first order of mugs · Lotwise report"
    levels = [int(element.tag[1]) for element in everything(page) if re.fullmatch(r"h[1-6]", element.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(page.all("main")) == len(page.all("header")) == len(page.all("footer")) == len(page.all("nav")) == 1


def test_every_figure_has_words_and_figures_behind_it(page: Element) -> None:
    figures = page.all("figure")
    own = [figure for figure in figures if not figure.attributes["id"].startswith("study-")]
    assert len(own) == 10  # losses, parts, three of the spread, two funnels, two cases, money out
    for figure in figures:
        assert figure.all("figcaption")[0].words()
        for drawing in figure.all("svg"):
            assert drawing.attributes["role"] == "img"
    for figure in own:
        assert figure.all("table")
        assert all(drawing.attributes["aria-label"] for drawing in figure.all("svg"))


def test_each_chart_is_drawn_for_wide_and_for_narrow_screens(page: Element) -> None:
    losses = next(figure for figure in page.all("figure") if figure.attributes["id"] == "chart-plan-losses")
    wide, narrow = losses.all("svg")
    assert (wide.attributes["class"], narrow.attributes["class"]) == ("wide", "narrow")
    assert float(wide.attributes["width"]) > 650
    assert float(narrow.attributes["width"]) < 360


@pytest.mark.parametrize("chart", ["chart-loss-parts", "chart-recovery-funnel-early"])
def test_sums_that_are_shown_add_up(page: Element, chart: str) -> None:
    figure = next(figure for figure in page.all("figure") if figure.attributes["id"] == chart)
    rows = table_rows(figure.all("table")[0])
    numbers = [[_cents(cell) for cell in row[1:] if "%" not in cell] for row in rows[1:]]
    for column in zip(*numbers, strict=True):
        assert sum(column[:-1]) == column[-1] != 0


def _cents(cell: str) -> int:
    return round(float(cell.replace(",", "").replace("\N{MINUS SIGN}", "-")) * 100)


def test_the_card_stands_first_and_says_all(page: Element, found: Facts) -> None:
    card = card_of(found)
    (main,) = page.all("main")
    first = main.all("section")[0].words().replace("\N{NO-BREAK SPACE}", " ")
    for sentence in (card.headline, card.what, card.gain, card.sureness, card.tail, *card.flips, *card.steady):
        assert sentence in first


def test_every_input_rule_and_event_is_there(page: Element, found: Facts) -> None:
    words = page.words().replace("\N{NO-BREAK SPACE}", " ")
    titled = {element.attributes["title"] for element in everything(page) if "title" in element.attributes}
    assert {fact.path for fact in found.ledger} <= titled
    assert "Of 4 inputs, 1 comes from a named source, 1 is assumed, 1 is given without a source and 1 is left" in words
    assert "mean of three shipments" in words
    assert "(was 0.06)" in words
    assert found.pack is not None
    assert {rule.name for rule in found.pack.rules} <= titled
    for told in (found.best.typical, found.best.bad):
        assert told is not None
        for event in told.events:
            assert event.sentence[1:] in words
            assert event.rule in words


def test_the_table_of_plans_has_intervals_and_says_what_is_late(page: Element) -> None:
    losses = next(section for section in page.all("section") if section.attributes["id"] == "losses")
    table = next(table for table in losses.all("table") if "The plans" in table.all("caption")[0].words())
    headings, first = table_rows(table)[:2]
    assert dict(zip(headings, first, strict=True)) == {
        "Plan": "early",
        "Average loss": "2,000 ± 100",
        "Worst 5 %": "8,000 ± 800",
        "Late": "10.0 %",
        "Claims": "25.0 %",
        "Need served": "95.0 %",
        "Days in all": "90",
    }
    assert "Late: an order ships after the date in its first contract, or never." in losses.words()
    assert "inspection and rework take before shipment count" in losses.words()


def test_tables_that_scroll_are_regions_with_names_of_their_own(page: Element) -> None:
    regions = [element.attributes for element in everything(page) if element.attributes.get("role") == "region"]
    assert len(regions) == len([table for table in page.all("table") if table.attributes.get("class") != "steps"])
    assert {region["tabindex"] for region in regions} == {"0"}
    assert len({region["aria-label"] for region in regions}) == len(regions)


def test_a_case_tells_its_loss_once_before_its_table(page: Element) -> None:
    stories = next(section for section in page.all("section") if section.attributes["id"] == "stories")
    before = [stories.words().split("A bad case")[0].split("A typical case: what it lost")[0]]
    before += [drawn.words() for drawn in stories.all("svg")]
    assert sum(words.count("1,600") for words in before) == 1


def test_negative_numbers_have_one_sign() -> None:
    gains = facts(plan_facts(loss=-500.0), plan_facts("twice", 300.0, best=-500.0), verdict="USD -500 (-580 to -420)")
    words = page_read(page_of(gains)).all("body")[0].words()
    assert "\N{MINUS SIGN}500 ± 100" in words
    assert not re.search(r"(?<![^\s(\[])-\d", words)
    assert signed("USD -5 of 2026-03-02, a-1 and (-.5) to 3-4 - 5") == (
        "USD \N{MINUS SIGN}5 of 2026-03-02, a-1 and (\N{MINUS SIGN}.5) to 3-4 - 5"
    )


def test_texts_are_escaped() -> None:
    plans = (plan_facts("early", title=EVIL, orders=(EVIL,)), plan_facts("twice", 2_600.0, best=2_000.0))
    study = StudyFacts(kind="breakeven", folder=EVIL, verdict=EVIL, charts={})
    text = page_of(facts(*plans, title=EVIL, description=EVIL, studies=(study,)))
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 6
    page_read(text)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>1</script>",
        "<foreignObject/>",
        '<image href="http://example.org/x.png"/>',
        "<style>*{}</style>",
        "<g",
    ],
)
def test_a_drawing_that_does_more_than_draw_is_left_out(inside: str) -> None:
    study = StudyFacts(kind="breakeven", folder="b", verdict="so.", charts={"x": SVG.format(inside)})
    text = page_of(facts(studies=(study,)))
    assert "Breakeven" in text
    assert 'id="study-' not in text


def test_a_drawing_loses_what_could_fetch_or_run() -> None:
    inside = (
        '<path d="M0,0L1,1" onclick="x()" style="x" fill="url(http://e.org)" clip-path="url(#a)"/><clipPath id="a"/>'
    )
    study = StudyFacts(kind="breakeven", folder="b", verdict="so.", charts={"x": SVG.format(inside)})
    (drawing,) = next(
        figure
        for figure in page_read(page_of(facts(studies=(study,)))).all("figure")
        if figure.attributes["id"].startswith("study-")
    ).all("svg")
    path, clip = drawing.children
    assert path.attributes == {"d": "M0,0L1,1", "clip-path": f"url(#{clip.attributes['id']})"}
    assert clip.attributes["id"] != "a"


def test_print_is_compact(text: str) -> None:
    printed = text[text.index("@media print{") :]
    assert "#spread svg.narrow,.tales svg.narrow{display:block" in printed
    assert re.search(r"figure,\.drawing,tr[^{]*\{break-inside:avoid\}", printed)
    assert 'class="tales"' in text


def test_same_facts_same_bytes(found: Facts, text: str) -> None:
    assert page_of(found.model_copy()) == text


def test_what_was_not_looked_into_is_left_out() -> None:
    plans = [
        plan_facts(name, loss, best=best, cash=None, typical=None, bad=None)
        for name, loss, best in (("early", 2_000.0, None), ("twice", 2_600.0, 2_000.0))
    ]
    bare = facts(*plans, flips=None, pack=None, ledger=(), studies=())
    page = page_read(page_of(bare))
    ids = {section.attributes["id"] for section in page.all("section")}
    assert ids == {"decision", "losses", "parts", "spread", "recovery", "method", "words"}
    assert {link.attributes["href"][1:] for link in page.all("nav")[0].all("a")} == ids - {"decision"}


def test_a_single_plan_is_enough() -> None:
    page = page_read(page_of(facts(plan_facts("only"), flips=None)))
    assert "only is the only plan" in page.words()


@pytest.mark.slow
def test_seventeen_plans_stay_small() -> None:
    rest = (plan_facts(f"plan-with-a-long-name-{number}", 2_100.0 + number, best=2_000.0) for number in range(16))
    found = facts(plan_facts(), *rest)
    found = found.model_copy(update={"ledger": found.ledger * 100})
    assert len(page_of(found).encode()) < 1_500_000


def test_dark_paper_has_colours_of_its_own(text: str) -> None:
    dark = re.search(r"@media screen and \(prefers-color-scheme:dark\)\{(\.[^@]*)\}\n</style>", text)
    assert dark is not None
    rules = dict(re.findall(r"(\.\w+)\{([^}]+)\}", dark[1]))
    light = dict(re.findall(r"(\.[fsc]\d+)\{([^}]+)\}", text[: dark.start()]))
    assert set(rules) <= set(light)
    assert "fill:#f0f0f0" in rules.values()  # ink
    assert light[next(name for name, rule in rules.items() if rule == "fill:#f0f0f0")] == "fill:#1a1a1a"


def test_a_study_has_a_page_of_its_own() -> None:
    study = StudyFacts(kind="breakeven", folder="b", verdict=f"so. {EVIL}", charts={"curve": SVG.format("")})
    table = sheet_of("curve.csv", ("at", "what"), (("1.5", "a"), ("2.5", "b")))
    text = study_text(study, "Mugs", (("Seed", "1"),), (table,))
    page = page_read(text)
    assert "<script" not in text
    assert page.all("h1")[0].words() == "Mugs"
    assert table_rows(page.all("table")[0]) == [["at", "what"], ["1.5", "a"], ["2.5", "b"]]
    assert len(page.all("figure")) == 1
