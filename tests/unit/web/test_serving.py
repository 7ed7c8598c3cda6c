"""Where the server listens, what it says, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

import pytest

from sim.errors import InputError
from sim.web.serving import address_of, listening

if TYPE_CHECKING:
    from pathlib import Path

SERVE = (sys.executable, "-m", "sim", "serve")


def test_port_0_takes_a_free_one() -> None:
    with listening("127.0.0.1", 0) as one, listening("127.0.0.1", 0) as other:
        assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d+/", address_of(one, "127.0.0.1"))
        assert one.getsockname()[1] != other.getsockname()[1]


def test_a_port_in_use_is_told_with_the_way_out() -> None:
    with listening("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port} of 127.0.0.1 is in use") as told:
            listening("127.0.0.1", port)
    assert f"--port {port + 1}, or --port 0" in str(told.value)


@pytest.mark.parametrize(
    ("host", "says"),
    [("no such host", "is no address"), ("203.0.113.7", "is no address of this machine"), ("a..b", "is no address")],
)
def test_an_address_that_is_none_is_told(host: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        listening(host, 0)


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_an_ipv6_address_stands_in_brackets() -> None:
    try:
        found = listening("::1", 0)
    except InputError:
        pytest.skip("this machine has no IPv6")
    with found:
        assert re.fullmatch(r"http://\[::1\]:\d+/", address_of(found, "::1"))


def test_a_scenario_with_mistakes_ends_the_command(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("schema_version: 1\nname: a\n", encoding="utf-8")
    done = subprocess.run([*SERVE, "a.yaml"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "a.yaml:1" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal for Ctrl-C that a test could send")
def test_it_serves_until_interrupted(tmp_path: Path) -> None:
    arguments = [*SERVE, "--port", "0", "--replications", "200", "--at-most", "200"]
    with subprocess.Popen(arguments, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        try:
            line = server.stdout.readline()
            address = re.search(r"http://127\.0\.0\.1:\d+/", line)
            assert address is not None, server.stderr.read()
            with urllib.request.urlopen(address[0] + "healthz", timeout=30) as answer:  # noqa: S310 - one's own server
                assert answer.read() == b"ok\n"
                assert "server" not in {name.lower() for name in answer.headers}
            with urllib.request.urlopen(address[0], timeout=30) as answer:  # noqa: S310 - one's own server
                assert b"First order with a new supplier" in answer.read()
            long = f"{address[0]}answer?x={'1' * 100_000}"
            with pytest.raises(OSError, match=r"400|reset|Broken|431"):
                urllib.request.urlopen(long, timeout=30)  # noqa: S310 - one's own server
            server.send_signal(signal.SIGINT)
            assert server.wait(timeout=20) == 0
            assert "Traceback" not in server.stderr.read()
        finally:
            server.kill()
