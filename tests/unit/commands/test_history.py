"""``lotwise history`` as it is used: a file, a few lines, data, and one clear message for what cannot be."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from sim.cli import answered
from sim.commands.history import history

ROOT: Final = Path(__file__).resolve().parents[3]
FIRST: Final = str(ROOT / "scenarios" / "first-order-above-limit.yaml")
ONE: Final = (FIRST, "--plan", "all-at-once", "--orders", "10")


class Said:
    """What the command printed, and how it ended."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> None:
        self.code = answered(lambda: history.main(list(arguments), standalone_mode=False))
        self.out, self.err = capsys.readouterr()


def test_help_names_every_option() -> None:
    said = CliRunner().invoke(history, ["--help"])
    assert said.exit_code == 0
    for option in ("--plan", "--orders", "--suppliers", "--every", "--open-share", "--as-of", "--queue", "--truth"):
        assert option in said.output


def test_a_file_and_what_to_do_with_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "history.csv"
    said = Said(capsys, *ONE, "-o", str(out))
    assert said.code == 0
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 10
    unshipped = sum(row["shipped"] == "" for row in rows)
    assert f"Wrote {out}: 10 orders with zhejiang" in said.out
    assert f"{unshipped} open," in said.out
    assert said.out.endswith(f"Next: lotwise fit {out} --supplier zhejiang -o fitted.yaml\n")


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_the_same_seed_writes_the_same_bytes(capsys: pytest.CaptureFixture[str], tmp_path: Path, ending: str) -> None:
    contents = []
    for number, seed in enumerate(("5", "5", "6")):
        out = tmp_path / f"{number}.{ending}"
        assert Said(capsys, *ONE, "--seed", seed, "--quiet", "-o", str(out)).out == ""
        contents.append(out.read_bytes())
    assert contents[0] == contents[1] != contents[2]


def test_data_and_truth(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out, truth = tmp_path / "h.csv", tmp_path / "truth.json"
    said = Said(capsys, *ONE, "--suppliers", "2", "--json", "-o", str(out), "--truth", str(truth))
    data = json.loads(said.out)
    assert data["suppliers"] == ["zhejiang-1", "zhejiang-2"]
    assert data["orders"] == 20
    assert data["next"].endswith("--supplier zhejiang-1 -o fitted.yaml")
    told = json.loads(truth.read_text(encoding="utf-8"))
    assert set(told["suppliers"]) == {"zhejiang-1", "zhejiang-2"}
    assert told["as_of"] == data["as_of"]


def test_suppliers_of_a_kind_and_suppliers_of_a_plan_are_told_apart(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    two = (str(ROOT / "scenarios" / "two-suppliers.yaml"), "--plan", "half-and-half", "--orders", "5")
    one_world = Said(capsys, *two, "-o", str(tmp_path / "a.csv"))
    assert "10 orders with 2 suppliers (gaoyang, denizli)" in one_world.out
    assert "a replication of its own" not in one_world.out
    worlds = Said(capsys, *two, "--suppliers", "2", "-o", str(tmp_path / "b.csv"))
    assert "20 orders with 4 suppliers (gaoyang-1 to denizli-2)" in worlds.out
    assert "Each supplier is a replication of its own" in worlds.out


def test_a_file_that_is_there_is_kept_unless_forced(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "history.csv"
    out.write_text("mine", encoding="utf-8")
    said = Said(capsys, *ONE, "-o", str(out))
    assert (said.code, out.read_text(encoding="utf-8")) == (2, "mine")
    assert "exists already" in said.err
    assert Said(capsys, *ONE, "-o", str(out), "--force").code == 0
    assert out.read_text(encoding="utf-8").startswith("supplier,ordered,promised")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((FIRST,), "which plan of first-order-above-limit?"),
        ((FIRST, "--plan", "all-at-onc"), "there is no plan 'all-at-onc'"),
        ((*ONE, "--as-of", "31.12.2026"), "--as-of 31.12.2026 is no date"),
        ((*ONE, "-o", "."), ". is a folder"),
        ((*ONE, "-o", "history.doc"), "the ending .doc is not one that can be written"),
        ((*ONE, "--truth", "truth.csv"), "the ending .csv is not one that can be written"),
        (("nowhere.yaml",), "there is no such file"),
        ((*ONE, "--open-share", "2"), "2.0 is not in the range"),
    ],
)
def test_one_message_and_no_file(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    said = Said(capsys, *arguments)
    assert said.code == 2
    assert message in said.err
    assert "Traceback" not in said.err
    assert said.out == ""
    assert list(tmp_path.iterdir()) == []
