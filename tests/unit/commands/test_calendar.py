"""``lotwise calendar`` as it is used: a table in 80 columns, one line, data, and a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.cli import main

ROOT = Path(__file__).resolve().parents[3]
FIRST = str(ROOT / "scenarios" / "first-order-above-limit.yaml")
ONE = (FIRST, "--plan", "all-at-once", "--replications", "200")


class Said:
    """What a command printed, and how it ended."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> None:
        with pytest.raises(SystemExit) as ended:
            main(["calendar", *arguments])
        self.code = ended.value.code
        self.out, self.err = capsys.readouterr()

    @property
    def words(self) -> str:
        """The text without its line breaks."""
        return " ".join(self.out.split())

    def data(self) -> dict[str, Any]:
        """The data that were printed."""
        found: dict[str, Any] = json.loads(self.out)
        return found


def test_a_table_in_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    said = Said(capsys, *ONE, "--received", "2026-05-26")
    assert said.code == 0
    assert max(map(len, said.out.splitlines())) <= 80
    assert "\x1b" not in said.out
    assert "by Tue 23 Jun 2026" in said.words
    assert "claim_window 30 days" in said.words
    assert "Known: the goods were received on Tue 26 May 2026" in said.words
    assert "A date without a time is taken at the start of its day." in said.words
    assert "What helps a claim" in said.words
    assert "The model does not know single photos" in said.words


def test_every_order_of_a_plan_in_the_order_of_the_calendar(capsys: pytest.CaptureFixture[str]) -> None:
    said = Said(capsys, FIRST, "--plan", "half-then-half", "--replications", "200", "--no-prices", "--json").data()
    assert said["orders"] == ["a", "b"]
    certain = [day["day"] for day in said["days"] if not day["if_disputed"]]
    assert certain == sorted(certain)
    assert {day["order"] for day in said["days"]} == {"a", "b"}


def test_quiet_is_the_next_thing_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    said = Said(capsys, *ONE, "--quiet", "--received", "2026-05-26")
    assert said.out == (
        "By Tue 23 Jun 2026: Have all goods checked, and the claim filed; last safe day Wed 24 Jun 2026.\n"
    )


def test_data_hold_everything(capsys: pytest.CaptureFixture[str]) -> None:
    data = Said(capsys, *ONE, "--json", "--received", "2026-05-26").data()
    assert data["given"] == {"received": "2026-05-26"}
    assert data["next"]["key"] == "claim_window"
    assert data["next"]["limit"] == "2026-06-25T00:00"
    assert data["next"]["reasons"][0]["source"] == "guide"
    assert {item["name"] for item in data["evidence"]} == {"report", "contract", "counts", "in-time", "messages"}
    assert data["evidence"][1]["worth"]["n"] == 200
    assert data["file"] is None


def test_prices_can_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    data = Said(capsys, *ONE, "--json", "--no-prices").data()
    assert all(item["worth"] is None for item in data["evidence"])
    assert "What each is worth is told without --no-prices." in Said(capsys, *ONE, "--no-prices").words


def test_the_file_stands_where_it_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert not list(tmp_path.iterdir()), "nothing is written unasked"
    said = Said(capsys, *ONE, "--no-prices", "--ics")
    assert "Wrote first-order-above-limit-all-at-once.ics" in said.words
    Said(capsys, *ONE, "--quiet", "--out", "mine.ics")
    default = tmp_path / "first-order-above-limit-all-at-once.ics"
    assert default.read_bytes() == (tmp_path / "mine.ics").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--received", "26.5.2026"), "--received: '26.5.2026' is no date"),
        (("--received", "2026-02-20"), "by the plan the order is placed later"),
        (("--received", "2026-05-26", "--dispute-opened", "2026-06-28"), "too late by 3 days"),
        (("--escalated", "2026-06-28"), "but not --dispute-opened"),
        (("--order", "b"), "has no order 'b'"),
        (("--out", "."), "is a folder"),
        (("--set", "buyer.hourly_costs=1"), "hourly_cost"),
    ],
)
def test_wrong_input_is_answered_in_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    found = Said(capsys, *ONE, "--no-prices", *arguments)
    assert found.code == 2
    assert found.out == ""
    assert said in found.err
    assert "Traceback" not in found.err


def test_an_order_without_cover_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    scenario = str(ROOT / "scenarios" / "paid-directly.yaml")
    said = Said(capsys, scenario, "--plan", "direct-inspected-lenient", "--replications", "200")
    assert "there is no claim, and no deadline of one" in said.words
    assert "no evidence is worth anything there" in said.words
    assert "Goods arrive" in said.words
