"""Requests that no page of this server makes are turned away."""

from __future__ import annotations

import pytest

from sim.web.safety import is_loopback
from tests.unit.web.visiting import ADDRESS, in_time, visited


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("LOCALHOST:1", 200),
        ("[::1]:8000", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example:8000", 421),
        ("localhost@evil.example", 421),
        ("evil.example:80@localhost", 200),  # what a browser never sends: still this machine's own name
        ("[", 421),
        ("", 421),
    ],
)
def test_the_server_goes_by_its_own_names_only(host: str, status: int) -> None:
    async def visit() -> None:
        async with visited() as client:
            found = await client.get("/healthz", headers={"host": host})
            assert found.status_code == status
            assert found.headers["x-content-type-options"] == "nosniff"

    in_time(visit())


def test_a_server_for_others_goes_by_the_name_it_was_given_or_by_any() -> None:
    async def visit() -> None:
        async with visited(host="192.168.1.7") as client:
            assert (await client.get("/healthz", headers={"host": "192.168.1.7:8000"})).status_code == 200
            assert (await client.get("/healthz", headers={"host": "evil.example"})).status_code == 421
        async with visited(host="0.0.0.0") as client:  # noqa: S104 - nothing listens
            assert (await client.get("/healthz", headers={"host": "my-computer.lan"})).status_code == 200

    in_time(visit())


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": ADDRESS}, 400),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 400),
        ({"sec-fetch-site": "same-origin"}, 400),
        ({}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://127.0.0.1:9000"}, 403),
        ({"origin": "file://127.0.0.1:8000"}, 403),
        ({"origin": "http://["}, 403),
        ({"origin": ADDRESS, "sec-fetch-site": "cross-site"}, 403),
        ({"origin": ADDRESS, "sec-fetch-site": "same-site"}, 403),
        ({"origin": ADDRESS, "sec-fetch-site": "none"}, 403),
    ],
)
def test_only_a_page_of_this_server_may_send_something(headers: dict[str, str], status: int) -> None:
    async def visit() -> None:
        async with visited() as client:
            assert (await client.post("/upload", headers=headers)).status_code == status

    in_time(visit())


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_ways_of_asking_are_refused(method: str) -> None:
    async def visit() -> None:
        async with visited() as client:
            assert (await client.request(method, "/", headers={"origin": ADDRESS})).status_code == 405

    in_time(visit())


def test_loopback() -> None:
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "::1", "[::1]")))
    assert not any(map(is_loopback, ("0.0.0.0", "192.168.1.7", "example.org", "")))  # noqa: S104 - only compared with
