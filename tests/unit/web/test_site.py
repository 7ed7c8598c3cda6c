"""The page as browsers and others ask it: every route, what is refused, and what is given away."""

from __future__ import annotations

import asyncio
import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from sim.experiments import compare
from sim.scenario import load_scenario, template_text
from sim.web.answering import Effort
from sim.web.safety import HEADERS
from sim.web.scenarios import Scenarios
from sim.web.site import site
from tests.unit.web.visiting import SlowEngine, alive, in_time, visited

SCENARIO = Path(__file__).parents[3] / "scenarios" / "first-order-above-limit.yaml"
ASKED = "scenario=first-order&plan=all-at-once&plan=two-halves"


def _said(text: str) -> dict[str, str]:
    """What the answer tells the page about itself."""
    found = re.search(r'<div id="said"([^>]*)>', text)
    assert found is not None
    return {name: unescape(value) for name, value in re.findall(r'data-(\w+)="([^"]*)"', found[1])}


def test_the_page_stands_with_its_first_answer() -> None:
    async def visit() -> None:
        async with visited(SCENARIO) as client:
            found = await client.get("/")
            assert found.status_code == 200
            assert found.headers["content-type"] == "text/html; charset=utf-8"
            assert _said(found.text)["page"] == "/?scenario=first-order-above-limit"
            assert "First order of 15,000 from a new supplier" in found.text
            assert 'name="f.suppliers.zhejiang.assurance_limit"' in found.text
            assert '<option value="first-order-above-limit" selected>' in found.text
            for name in ("two-suppliers", "first-order"):
                assert f'<option value="{name}">' in found.text

    in_time(visit())


def test_every_response_carries_the_headers_of_safety() -> None:
    async def visit() -> None:
        async with visited() as client:
            wrong = "/answer?f.need.quantity=x"
            addresses = ("/", "/answer", wrong, "/scenario.yaml", "/healthz", "/nothing", "/static/0/page.css")
            for address in addresses:
                found = await client.get(address)
                for name, value in HEADERS.items():
                    assert found.headers[name] == value, address
                assert "unsafe" not in found.headers["content-security-policy"]
                assert found.headers["cache-control"] == "no-store"

    in_time(visit())


def test_an_answer_is_what_compare_finds() -> None:
    async def visit() -> None:
        async with visited(SCENARIO) as client:
            query = "f.suppliers.zhejiang.assurance_limit=7500&plan=all-at-once&plan=half-then-half"
            found = await client.get(f"/answer?{query}")
            assert found.status_code == 200
            scenario = load_scenario(SCENARIO, ["suppliers.zhejiang.assurance_limit=7500"])
            wanted = compare(scenario, plans=["all-at-once", "half-then-half"], replications=500)
            for plan in wanted.plans:
                assert f"<b>{plan.loss.value:,.0f}</b>" in found.text
            command = re.search(r'<code id="command">([^<]*)</code>', found.text)
            assert command is not None
            assert unescape(command[1]) == (
                f"lotwise compare {SCENARIO} --set suppliers.zhejiang.assurance_limit=7500 "
                "--plans all-at-once,half-then-half --replications 500"
            )

    in_time(visit())


@pytest.mark.parametrize(
    ("plans", "looks", "state"),
    [
        # the inspection pays for itself, which a hundred replications cannot tell and four hundred can
        ("plan=all-at-once&plan=all-at-once-inspected", [100, 400], "settled"),
        # so near to each other that no look there can be would tell them apart
        ("plan=all-at-once&plan=paid-directly&f.need.sale_value=12.5", [100], "open"),
        ("plan=all-at-once", [100], "settled"),
    ],
)
def test_an_unsettled_answer_asks_for_a_closer_look_as_long_as_one_would_help(
    plans: str, looks: list[int], state: str
) -> None:
    async def visit() -> None:
        async with visited(effort=Effort(first=100, most=1_600, workers=2)) as client:
            address, found, said = f"/answer?scenario=first-order&{plans}", [], ""
            while address:
                answer = await client.get(address)
                assert answer.status_code == 200
                told = re.findall(r"([\d,]+) replications of each plan", unescape(answer.text))
                found.append(int(told[0].replace(",", "")))
                following = re.search(r'hx-get="(/answer[^"]*)" hx-trigger="load"', answer.text)
                said = _said(answer.text)["state"]
                assert (following is not None) == (said == "working")
                address = unescape(following[1]) if following else ""
            assert found == looks
            assert said == state

    in_time(visit())


def test_charts_are_vega_lite_that_cannot_end_their_script() -> None:
    async def visit() -> None:
        async with visited() as client:
            found = await client.get(f"/answer?{ASKED}&w=390")
            charts = re.findall(
                r'<script type="application/json"[^>]*data-theme="(\w+)">(.*?)</script>', found.text, re.DOTALL
            )
            assert [theme for theme, _ in charts] == ["light", "dark"] * 3
            for _, text in charts:
                assert "<" not in text
                spec = json.loads(text)
                assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
                assert spec["width"] <= 360

    in_time(visit())


def test_what_cannot_be_used_is_answered_beside_its_field() -> None:
    async def visit() -> None:
        async with visited() as client:
            found = await client.get("/?scenario=first-order&f.need.quantity=many&f.contract.detail_share=55")
            assert found.status_code == 422
            assert "Give a number, such as 3000." in found.text
            assert 'value="many"' in found.text
            assert 'name="f.contract.detail_share" value="55"' in found.text
            answer = await client.get("/answer?scenario=first-order&f.need.quantity=many&f.contract.detail_share=55")
            assert answer.status_code == 422
            said = _said(answer.text)
            assert said["state"] == "refused"
            assert said["page"] == "/?scenario=first-order&f.need.quantity=many&f.contract.detail_share=55"
            assert 'data-wrong="f.need.quantity"' in answer.text

    in_time(visit())


@pytest.mark.parametrize("route", ["/answer", "/flips"])
def test_the_page_itself_is_told_of_a_wrong_value_without_an_error(route: str) -> None:
    async def visit() -> None:
        async with visited() as client:
            wrong = f"{route}?scenario=first-order&f.need.quantity=many"
            found = await client.get(wrong, headers={"hx-request": "true"})
            assert found.status_code == 200
            assert "<html" not in found.text, "a part of the page, to be put into it"
            if route == "/answer":
                assert _said(found.text)["state"] == "refused"
                assert found.text == (await client.get(wrong)).text
            else:
                assert "A value cannot be used; the page says which." in found.text
            assert (await client.get(wrong)).status_code == 422
            for address, status in ((f"{route}?scenario=nowhere", 404), (f"{route}?n=lots", 400)):
                assert (await client.get(address, headers={"hx-request": "true"})).status_code == status

    in_time(visit())


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/?scenario=first-ordr", 404, "did you mean 'first-order'?"),
        ("/answer?scenario=../../etc/passwd", 404, "there is no scenario"),
        ("/?scenario=upload-0123456789ab", 404, "is not there any more"),
        ("/scenario.yaml?scenario=nothing", 404, "there is no scenario"),
        ("/scenario.yaml?f.need.quantity=x", 422, "A value cannot be used"),
        ("/report.html?f.need.quantity=x", 422, "A value cannot be used"),
        ("/answer?n=lots", 400, "no whole number"),
        ("/?f.x=" + "1" * 300, 400, "too long"),
        ("/answer?" + "x=1&" * 10_000, 400, "too long"),
        ("/answer?f.x=1%ff", 400, "cannot be read"),
        ("/static/../../etc/passwd", 404, "There is no such page"),
        ("/static/0/%2e%2e%2f%2e%2e%2fsite.py", 404, "There is no such page"),
        ("/static/0/site.py", 404, "There is no such page"),
        ("/nothing", 404, "There is no such page"),
    ],
)
def test_what_is_not_there_or_makes_no_sense_is_answered_in_words(address: str, status: int, says: str) -> None:
    async def visit() -> None:
        async with visited() as client:
            found = await client.get(address)
            assert found.status_code == status
            assert says in unescape(found.text)
            assert "Traceback" not in found.text

    in_time(visit())


def test_a_form_sent_without_scripts_leads_to_the_short_address() -> None:
    async def visit() -> None:
        async with visited() as client:
            page = await client.get("/")
            boxes = re.findall(r'<input class="typed"[^>]*>', page.text)
            pairs = [re.findall(r' (?:name|value)="([^"]*)"', box) for box in boxes]
            assert len(pairs) > 50
            values = {name: unescape(text) for name, text in pairs} | {"f.need.quantity": "3500"}
            plans = re.findall(r'name="plan" value="([^"]+)"', page.text)
            found = await client.get("/", params={"scenario": "first-order", **values, "plan": plans})
            assert found.status_code == 303
            assert found.headers["location"] == "/?scenario=first-order&f.need.quantity=3500"
            again = await client.get(found.headers["location"])
            assert again.status_code == 200

    in_time(visit())


def test_the_scenario_that_is_taken_away_loads_to_the_same_figures(tmp_path: Path) -> None:
    async def visit() -> None:
        async with visited(SCENARIO) as client:
            query = (
                "f.need.quantity=6000&f.suppliers.zhejiang.defects.major.mean=5&f.suppliers.zhejiang.assurance_limit="
            )
            found = await client.get(f"/scenario.yaml?{query}")
            assert found.status_code == 200
            assert found.headers["content-disposition"] == 'attachment; filename="first-order-above-limit.yaml"'
            assert "# Protection limit: no limit (was USD 10,000)\n" in found.text
            file = tmp_path / "taken.yaml"
            file.write_text(found.text, encoding="utf-8")
            taken = load_scenario(file)
            overrides = [
                "need.quantity=6000",
                "suppliers.zhejiang.defects.major.mean=0.05",
                "suppliers.zhejiang.assurance_limit=null",
                *(
                    f"plans.{name}.orders[0].quantity=6000"
                    for name in ("all-at-once", "all-at-once-inspected", "all-at-once-strict")
                ),
                "plans.two-orders-same-day.split.quantity=6000",
                "plans.half-then-half.split.quantity=6000",
                "plans.only-what-is-covered.orders[0].quantity=3720",
            ]
            wanted = load_scenario(SCENARIO, overrides)
            assert taken.digest == wanted.digest
            assert compare(taken, replications=200).table.equals(compare(wanted, replications=200).table)

    in_time(visit())


def test_a_newer_question_of_the_same_page_takes_the_older_ones_place() -> None:
    async def visit() -> None:
        engine = SlowEngine()
        effort = Effort(first=200_000, most=200_000, workers=1)
        async with visited(engine=engine, effort=effort) as client:
            first = asyncio.ensure_future(client.get(f"/answer?{ASKED}&tab=t&f.need.sale_value=13"))
            await asyncio.sleep(0.3)
            assert engine.begun
            second = asyncio.ensure_future(client.get(f"/answer?{ASKED}&tab=t&f.need.sale_value=14"))
            found = await first
            assert found.status_code == 204
            assert found.content == b""
            begun = len(engine.begun)
            second.cancel()
            await asyncio.sleep(0.2)
            assert len(engine.begun) <= begun + 4

    in_time(visit())


def test_a_server_with_too_many_questions_asks_to_come_again() -> None:
    async def visit() -> None:
        effort = Effort(first=200_000, most=200_000, workers=1, waiting=0)
        async with visited(engine=SlowEngine(), effort=effort) as client:
            first = asyncio.ensure_future(client.get(f"/answer?{ASKED}&tab=t"))
            await asyncio.sleep(0.3)
            found = await client.get(f"/answer?{ASKED}&tab=u&f.need.sale_value=14")
            assert found.status_code == 503
            assert found.headers["retry-after"] == "2"
            assert _said(found.text)["state"] == "busy"
            assert 'hx-trigger="load delay:2s"' in found.text
            assert (await client.get("/healthz")).text == "ok\n"
            await client.get(f"/answer?{ASKED}&tab=t&n=1&f.need.sale_value=14")
            first.cancel()

    in_time(visit())


def test_nobody_works_for_a_client_that_has_gone() -> None:
    engine = SlowEngine()

    async def visit() -> None:
        application = site(
            Scenarios(None, []), engine, Effort(first=1_000_000, most=1_000_000, workers=1), "127.0.0.1"
        ).application
        sent: list[Any] = []
        gone = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if not sent:
                sent.append("request")
                return {"type": "http.request", "body": b"", "more_body": False}
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:  # noqa: ANN401 - any message of a server
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/answer",
            "raw_path": b"/answer",
            "root_path": "",
            "query_string": ASKED.encode(),
            "headers": [(b"host", b"127.0.0.1:8000")],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
        }
        async with alive(application):
            answering = asyncio.ensure_future(application(scope, receive, send))
            while not engine.begun:  # noqa: ASYNC110 - a thread begins it, which sets no event
                await asyncio.sleep(0.01)
            gone.set()
            await asyncio.wait_for(answering, 1.0)
            begun = len(engine.begun)
            await asyncio.sleep(4 * engine.seconds)
            assert len(engine.begun) <= begun + 1
        assert [message["status"] for message in sent[1:] if "status" in message] == [204]

    in_time(visit())


def test_files_of_the_page_are_kept_for_good_under_the_digest_of_their_content() -> None:
    async def visit() -> None:
        async with visited() as client:
            page = await client.get("/")
            addresses = dict.fromkeys(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text))
            assert [address.rpartition("/")[2] for address in addresses] == [
                "page.css",
                "charts.js",
                "values.js",
                "page.js",
                "htmx.js",
                "vega.js",
            ]
            for address in addresses:
                found = await client.get(address)
                assert found.status_code == 200
                assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
                plain = await client.get(address, headers={"accept-encoding": "identity"})
                assert plain.content == found.content
                assert "content-encoding" not in plain.headers
            script = await client.get(next(address for address in addresses if address.endswith("vega.js")))
            assert "vegaEmbed" in script.text

    in_time(visit())


def test_the_report_is_one_file() -> None:
    async def visit() -> None:
        async with visited(effort=Effort(first=300, most=300, workers=2)) as client:
            found = await client.get(f"/report.html?{ASKED}")
            assert found.status_code == 200
            assert found.headers["content-disposition"] == 'attachment; filename="first-order.html"'
            assert "two-halves" in found.text
            assert not re.search(r'<link|<script| src="(?!data:)', found.text)

    in_time(visit())


def _urls(text: str) -> set[str]:
    return {urlsplit(unescape(found)).netloc for found in re.findall(r'(?:src|href|action|hx-\w+)="([^"]*)"', text)}


def test_the_page_names_no_other_server() -> None:
    async def visit() -> None:
        async with visited() as client:
            page = await client.get("/")
            assert _urls(page.text) == {""}
            assert " style=" not in page.text
            assert not re.search(r" on[a-z]+=", page.text)
            assert not re.search(r'<script(?![^>]*(src=|type="application/json"))', page.text)

    in_time(visit())


def test_a_file_that_was_changed_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(template_text(), encoding="utf-8")

    async def visit() -> None:
        async with visited(file) as client:
            assert 'value="3000"' in (await client.get("/")).text
            file.write_text(template_text().replace("quantity: 3000 ", "quantity: 3050 "), encoding="utf-8")
            assert 'name="f.need.quantity" value="3050"' in (await client.get("/")).text
            file.write_text(template_text().replace("currency: GBP", "currency: pounds"), encoding="utf-8")
            found = await client.get("/")
            assert found.status_code == 422
            assert "This scenario cannot be used" in found.text
            assert (await client.get("/answer?scenario=mine")).status_code == 400

    in_time(visit())


@pytest.mark.parametrize("name", ["première commande", "заказ", 'a"b', "a&b=c"])
def test_a_file_may_be_called_anything(name: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name}.yaml"
    file.write_text(template_text(), encoding="utf-8")

    async def visit() -> None:
        async with visited(file) as client:
            page = await client.get("/")
            assert page.status_code == 200
            address = _said(page.text)["page"]
            assert (await client.get(address)).status_code == 200
            taken = await client.get(address.replace("/?", "/scenario.yaml?"))
            assert taken.headers["content-disposition"] == 'attachment; filename="first-order.yaml"'

    in_time(visit())


def test_what_would_change_the_choice_is_told_once_it_is_settled() -> None:
    async def visit() -> None:
        async with visited(SCENARIO) as client:
            answer = await client.get(
                "/answer?scenario=paid-directly&plan=direct-inspected-lenient&plan=platform-inspected"
            )
            place = re.search(r'hx-get="(/flips[^"]*)"', answer.text)
            assert place is not None
            told = await client.get(unescape(place[1]))
            assert told.status_code == 200
            assert "dongguan-direct never ships" in told.text
            assert "platform-inspected loses less" in told.text
            assert (await client.get("/flips?f.need.quantity=x")).status_code == 422

    in_time(visit())


def test_a_plan_alone_has_nothing_that_would_change_it() -> None:
    async def visit() -> None:
        async with visited(SCENARIO) as client:
            assert "/flips" not in (await client.get("/answer?scenario=first-order&plan=all-at-once")).text

    in_time(visit())
