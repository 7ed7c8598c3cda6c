"""``lotwise serve`` at the command line: what it refuses, and what it warns of."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.unit.commands.test_report import Done, lotwise

if TYPE_CHECKING:
    from collections.abc import Iterator

SCENARIO: Final = Path(__file__).parents[3] / "scenarios" / "first-order-above-limit.yaml"


@pytest.fixture
def never_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server ends before it begins."""
    monkeypatch.setattr("sim.web.serving.served", lambda *_: None)
    monkeypatch.setattr("sim.web.serving.made_ready", lambda *_: None)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens at."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.usefixtures("never_served")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.yaml",), "nowhere.yaml: there is no such file"),
        ((".",), "this is a folder, not a scenario file"),
        (("--port", "70000"), "Invalid value for '--port': 70000 is not in the range 0<=x<=65535"),
        (("--port", "-1"), "Invalid value for '--port': -1 is not in the range"),
        (("--host", "a..b"), "'a..b' is no address"),
        (("--host", "203.0.113.7", "--port", "0"), "203.0.113.7 is no address of this machine"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_served_is_told_in_a_message(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = lotwise(tmp_path, "serve", *words)
    assert (done.code, done.out) == (2, "")
    assert done.err.count(said) == 1


@pytest.mark.usefixtures("never_served")
def test_a_port_in_use_is_told_with_another(tmp_path: Path, taken: int) -> None:
    done = lotwise(tmp_path, "serve", str(SCENARIO), "--port", str(taken))
    assert done == Done(
        2, "", f"port {taken} of 127.0.0.1 is in use\n    hint: another one, such as --port {taken + 1}, or --port 0\n"
    )


@pytest.mark.usefixtures("never_served")
@pytest.mark.parametrize(("host", "warned"), [("0.0.0.0", True), ("127.0.0.1", False)])  # noqa: S104 - what it warns of
def test_listening_to_others_is_warned_of(tmp_path: Path, host: str, *, warned: bool) -> None:
    done = lotwise(tmp_path, "serve", "--host", host, "--port", "0", "--quiet")
    assert done.code == 0
    assert done.out.startswith(f"http://{host}:")
    assert done.err.startswith("There is no password: ") == warned
    assert done.err.count("\n") == warned
