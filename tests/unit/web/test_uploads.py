"""A scenario that is sent: checked line by line, kept for a while, and never a way to this machine's files."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from sim.errors import ScenarioError
from sim.scenario import load_scenario, scenario_checked, template_text
from sim.web import site
from sim.web.scenarios import Scenarios, file_shown
from sim.web.uploads import LARGEST_UPLOAD, upload_read, upload_view
from tests.unit.web.visiting import ADDRESS, in_time, visited

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import httpx

OWN = {"origin": ADDRESS}
GOOD = template_text().replace("name: first-order ", "name: my-own ").encode()


async def _sent(client: httpx.AsyncClient, content: bytes, name: str = "mine.yaml", **headers: str) -> httpx.Response:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return await client.post("/upload", files={"file": (name, content)}, headers=OWN | named)


def test_a_good_file_is_kept_and_asked_about() -> None:
    async def visit() -> None:
        async with visited() as client:
            found = await _sent(client, GOOD)
            assert found.status_code == 303
            address = found.headers["location"]
            assert re.fullmatch(r"/\?scenario=upload-[0-9a-f]{12}", address)
            page = await client.get(f"{address}&f.need.quantity=3100")
            assert page.status_code == 200
            assert "(mine.yaml)</option>" in page.text
            assert "lotwise compare mine.yaml --set need.quantity=3100" in unescape(page.text)
            taken = await client.get(address.replace("/?", "/scenario.yaml?"))
            assert "name: my-own" in taken.text

    in_time(visit())


def test_a_page_with_scripts_is_led_on_as_well() -> None:
    async def visit() -> None:
        async with visited() as client:
            found = await _sent(client, GOOD, hx_request="true")
            assert found.status_code == 200
            assert found.headers["hx-redirect"].startswith("/?scenario=upload-")

    in_time(visit())


def test_mistakes_are_told_as_validate_tells_them(tmp_path: Path) -> None:
    text = (
        template_text()
        .replace("assurance_limit: 10000", "assurance_limt: 10000")
        .replace("quantity: 3000 ", "quantity: lots ")
    )
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as wanted:
        load_scenario(file)

    async def visit() -> None:
        async with visited() as client:
            for headers in ({"hx_request": "true"}, {}):
                found = await _sent(client, text.encode(), **headers)
                assert found.status_code == 422
                assert ("<html" in found.text) == (not headers)
                shown = unescape(found.text)
                assert len(wanted.value.problems) > 1
                assert f"mine.yaml cannot be used: {len(wanted.value.problems)} mistakes" in shown
                for problem in wanted.value.problems:
                    assert problem.message in shown
                    assert f"line {problem.line}, column {problem.column}" in shown
                    assert problem.text is not None
                    assert problem.text in shown
                assert "did you mean `assurance_limit`?" in shown
                assert "/tmp" not in shown  # noqa: S108 - no folder of this machine is told

    in_time(visit())


@pytest.mark.parametrize(
    ("old", "new", "says", "line"),
    [
        ("# extends: base.yaml ", "extends: /etc/passwd ", "cannot build on another file", 22),
        ("# extends: base.yaml ", "extends: {value: secret.yaml, source: x} ", "cannot build on another file", 22),
        (
            "protection: alibaba-trade-assurance-2023 ",
            "protection: /etc/rules.yaml ",
            "cannot name a file of rules",
            None,
        ),
        (
            "protection: alibaba-trade-assurance-2023 ",
            "protection: {value: rules.yml, source: x} ",
            "cannot name a file of rules",
            None,
        ),
        (
            "{dist: gamma, mean: 34, sd: 7}",
            "{dist: empirical, file: /etc/passwd, column: root}",
            "a file of data",
            None,
        ),
        (
            "{dist: gamma, mean: 34, sd: 7}",
            "{dist: mixture, components: [{weight: 1, dist: empirical, file: a.csv, column: b}]}",
            "a file of data",
            None,
        ),
    ],
)
def test_no_file_of_this_machine_is_opened(
    old: str, new: str, says: str, line: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.web import uploads

    def never(path: Path) -> Any:  # noqa: ANN401 - it does not return
        pytest.fail(f"{path} was read")

    monkeypatch.setattr(uploads, "draft_read", never)
    assert old in template_text()
    with pytest.raises(ScenarioError) as told:
        upload_read("mine.yaml", template_text().replace(old, new).encode())
    (problem,) = told.value.problems
    assert says in problem.message
    assert problem.line is not None
    assert line in {None, problem.line}
    assert problem.file == "mine.yaml"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"- a\n- b\n", "this file holds a list"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"a: [1, 2", "a bracket is not closed"),
        (b"a: &x [*x]\n", "alias"),
        (b"a: !!python/object/apply:os.system [ls]\n", "tag"),
        (b"PK\x03\x04zip", "cannot stand in a text file"),
    ],
)
def test_what_is_no_scenario_is_told(content: bytes, says: str) -> None:
    async def visit() -> None:
        async with visited() as client:
            found = await _sent(client, content)
            assert found.status_code == 422
            assert says in unescape(found.text)

    in_time(visit())


def test_what_is_too_large_is_refused_and_not_kept() -> None:
    async def visit() -> None:
        async with visited() as client:
            just = GOOD + b"#" * (LARGEST_UPLOAD - len(GOOD))
            assert (await _sent(client, just)).status_code == 303
            for size in (LARGEST_UPLOAD + 1, LARGEST_UPLOAD * 2, LARGEST_UPLOAD * 20):
                found = await _sent(client, GOOD + b"#" * (size - len(GOOD)))
                assert found.status_code == 413
            assert "is larger than 256 kB" in (await _sent(client, b"#" * (LARGEST_UPLOAD + 1), hx_request="true")).text

    in_time(visit())


def test_a_body_without_a_length_is_counted_as_it_comes() -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.yaml"\r\n\r\n'
        for _ in range(10_000):
            yield b"#" * 65_536

    async def visit() -> None:
        async with visited() as client:
            kind = {"content-type": "multipart/form-data; boundary=x"}
            found = await client.post("/upload", content=endless(), headers=OWN | kind)
            assert found.status_code == 413

    in_time(visit())


def test_a_sender_that_is_too_slow_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "UPLOAD_SECONDS", 0.1)

    async def slow() -> AsyncIterator[bytes]:
        yield b"--x\r\n"
        await asyncio.sleep(5)
        yield b"--x--\r\n"

    async def visit() -> None:
        async with visited() as client:
            kind = {"content-type": "multipart/form-data; boundary=x"}
            found = await client.post("/upload", content=slow(), headers=OWN | kind)
            assert found.status_code == 408
            assert "took too long" in found.text

    in_time(visit())


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"a=1", "application/x-www-form-urlencoded"),
        (b"nothing of the kind", "multipart/form-data; boundary=x"),
        (b"nothing of the kind", "multipart/form-data"),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (b"", "text/plain"),
    ],
)
def test_a_form_without_a_file_is_told_so(body: bytes, kind: str) -> None:
    async def visit() -> None:
        async with visited() as client:
            found = await client.post("/upload", content=body, headers=OWN | {"content-type": kind})
            assert found.status_code == 400

    in_time(visit())


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\a b.yaml", "a b.yaml"),
        ("<script>.yaml", "_script_.yaml"),
        ("..", "scenario.yaml"),
        ("", "scenario.yaml"),
        ("x" * 300 + ".yaml", "x" * 80),
    ],
)
def test_a_name_is_shown_without_folders_or_markup(name: str, shown: str) -> None:
    assert file_shown(name) == shown


def test_what_was_sent_is_kept_within_bounds() -> None:
    scenarios = Scenarios(None, [])
    ids = [scenarios.sent("a.yaml", GOOD + f"# {number}\n".encode()) for number in range(40)]
    assert len(set(ids)) == 40
    assert scenarios.known(ids[-1]) == ids[-1]
    with pytest.raises(Exception, match="is not there any more"):
        scenarios.known(ids[0])
    large = [scenarios.sent("a.yaml", GOOD + b"#" * 200_000 + str(number).encode()) for number in range(25)]
    assert scenarios.known(large[-1]) == large[-1]
    with pytest.raises(Exception, match="is not there any more"):
        scenarios.known(large[0])


def test_a_caret_points_at_the_mistake() -> None:
    with pytest.raises(ScenarioError) as told:
        scenario_checked(
            upload_read("a.yaml", template_text().replace("minimum_order: 500", "minimum_order: few").encode())
        )
    mistake = upload_view("a.yaml", told.value.problems).mistakes[0]
    assert mistake.line[len(mistake.caret) - 1 :].startswith("few")
