"""What a visitor does with the page, and what the server says when it is asked without a page."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode

import httpx
from axe_playwright_python.sync_playwright import Axe

from tests.browser.serving import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Visit

DEFECTS: Final = "f.suppliers.zhejiang.defects.major.mean"
LIMIT: Final = "f.suppliers.zhejiang.assurance_limit"
QUANTITY: Final = "f.need.quantity"
FEE: Final = "f.inspections.psi.fee_per_man_day"

_ANSWERED: Final = 200
_REFUSED: Final = 422
_SEEN: Final = """(html) => {
  const place = html === null ? document.getElementById("answer").cloneNode(true)
    : new DOMParser().parseFromString(html, "text/html").body;
  for (const drawing of place.querySelectorAll(".drawing, .flips")) drawing.replaceChildren();
  return place.textContent.replace(/\\s+/g, " ").trim();
}"""


def field(page: Page, name: str) -> Locator:
    """The field of a value."""
    return page.locator(f".field[data-name='{name}']")


def box(page: Page, name: str) -> Locator:
    """What the value of a field is typed or chosen in."""
    return field(page, name).locator(".typed, select, input[type=date]")


def slider(page: Page, name: str) -> Locator:
    """The slider of a field."""
    return field(page, name).locator(".slider")


def slide(page: Page, name: str, *values: float, rest: bool = True) -> None:
    """Drag a slider over some values, a frame for each, and let it go at the last one."""
    slider(page, name).evaluate(
        """async (slider, [values, rest]) => {
          for (const value of values) {
            slider.value = value;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            await new Promise(requestAnimationFrame);
          }
          if (rest) slider.dispatchEvent(new Event("change", { bubbles: true }));
        }""",
        [list(values), rest],
    )


def enter(page: Page, name: str, text: str) -> None:
    """Type a value, and leave its box."""
    box(page, name).fill(text)
    box(page, name).dispatch_event("change")


def answered(visit: Visit, act: Callable[[], object]) -> None:
    """Do something that changes the question, and wait for the last answer to it."""
    before = visit.number()
    act()
    visit.page.wait_for_function("(n) => Number(document.documentElement.dataset.answer || 0) > n", arg=before)
    visit.settle()


def headline(page: Page) -> str:
    """The answer in one line."""
    return page.locator("#headline").inner_text()


def figures(page: Page) -> list[list[str]]:
    """The table of the plans, in words, row by row."""
    rows = page.locator("#plans tbody tr").evaluate_all(
        "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent.replace(/\\s+/g, ' ').trim()))"
    )
    return [[str(cell) for cell in row] for row in rows]


def shown(page: Page) -> str:
    """Every word of the answer but those of the drawings, and of what is looked for after it."""
    return str(page.evaluate(_SEEN, None))


def asked_directly(visit: Visit) -> str:
    """The same words, from the server: for the question that the page asked last."""
    asked = [pair for pair in parse_qsl(visit.watch.answers_asked()[-1], keep_blank_values=True) if pair[0] != "tab"]
    found = httpx.get(f"{visit.watch.origin}/answer?{urlencode(asked)}", timeout=60)
    assert found.status_code in {_ANSWERED, _REFUSED}
    return str(visit.page.evaluate(_SEEN, found.text))


def compared(command: str) -> dict[str, Any]:
    """What the command line says that the page names: ``lotwise compare``."""
    program, *arguments = shlex.split(command)
    assert program == "lotwise"
    done = subprocess.run(
        [sys.executable, "-m", "sim", *arguments, "--json"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def barriers(page: Page) -> list[str]:
    """What keeps people with a screen reader, a keyboard or weak eyes from using a page."""
    found = Axe().run(page)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]
