"""``lotwise breakeven`` at the command line."""

from __future__ import annotations

import json
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from click.testing import CliRunner

from sim.cli import answered, lotwise

if TYPE_CHECKING:
    from click.testing import Result

DIRECT: Final = Path(__file__).resolve().parents[3] / "scenarios" / "paid-directly.yaml"
PLANS: Final = ("--plans", "direct-inspected-lenient,platform-inspected")
RISK: Final = "suppliers.dongguan-direct.never_ships_probability"


def breakeven(*arguments: str) -> Result:
    """Run the command with few replications, in this process."""
    given = ["breakeven", str(DIRECT), *arguments, "--replications", "200", "--workers", "1"]
    return CliRunner().invoke(lotwise, given, standalone_mode=False, obj=("lotwise", *given))


def test_no_break_even_is_an_answer_too(tmp_path: Path) -> None:
    result = breakeven(RISK, "--range", "0.2..0.5", *PLANS, "--out", str(tmp_path / "none"), "--json")
    assert result.exception is None
    assert json.loads(result.stdout)["folder"] == str(tmp_path / "none")
    assert (tmp_path / "none" / "manifest.json").exists()
    assert (tmp_path / "none" / "breakeven.svg").exists()


@pytest.mark.parametrize("more", [("--range2", "0..1"), ("--points", "5")])
def test_what_belongs_to_a_second_input_is_refused_without_one(more: tuple[str, str]) -> None:
    result = breakeven(RISK, *PLANS, *more)
    assert "PATH2" in str(result.exception)


@pytest.mark.parametrize(
    "words",
    [
        (RISK, "--range", "0.5..0.2", *PLANS),
        ("suppliers.nobody.assurance_limit", "--range", "1..2", *PLANS),
        (RISK, "--range", "0.2..0.5", "--plans", "platform-inspected"),
        (RISK, "need.sale_value", "--range", "0.2..0.5", *PLANS),
    ],
    ids=["range", "path", "plans", "second"],
)
def test_what_cannot_be_asked_leaves_nothing(words: tuple[str, ...], tmp_path: Path) -> None:
    with chdir(tmp_path):
        assert breakeven(*words).exception is not None
        assert list(tmp_path.iterdir()) == []
        (tmp_path / "mine").mkdir()
        assert breakeven(*words, "--out", "mine").exception is not None
        assert list(tmp_path.rglob("*")) == [tmp_path / "mine"], "a folder that was there stays"


def test_an_input_without_a_range_asks_for_one(capsys: pytest.CaptureFixture[str]) -> None:
    def ask() -> object:
        result = breakeven("need.sale_value", *PLANS)
        assert result.exception is not None
        raise result.exception

    assert answered(ask) == 2
    assert "has no range" in capsys.readouterr().err
