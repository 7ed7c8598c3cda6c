"""The command that writes reports and charts of finished runs and studies."""

from __future__ import annotations

import hashlib
import io
import json
import struct
from contextlib import chdir, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from sim.cli import main
from sim.report.card import card_of
from sim.report.facts import VERSION
from sim.report.gallery import CHARTS
from sim.report.html import report_text
from sim.report.writing import facts_text
from sim.studies.flip_facts import Flips
from tests.unit.report.fabricated_facts import facts
from tests.unit.report.pages import page_read
from tests.unit.studies.crews import PLANS, example_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOUND = facts(studies=())
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'


class Done(NamedTuple):
    """What a command did."""

    code: object
    out: str
    err: str


def lotwise(folder: Path, *words: str) -> Done:
    """Run the command in a folder, in this process and without a terminal."""
    out, err = io.StringIO(), io.StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
        main(words)
    assert "Traceback" not in err.getvalue()
    return Done(left.value.code, out.getvalue(), err.getvalue())


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with a finished run, ``run``, and a finished study of the same inputs, ``breakeven-1``."""
    run = tmp_path / "run"
    run.mkdir()
    (run / "report.json").write_text(facts_text(FOUND), encoding="utf-8")
    (run / "manifest.json").write_text(json.dumps({"scenario": "mugs", "digest": "d", "files": {}}))
    study_in(tmp_path / "breakeven-1")
    return tmp_path


def study_in(folder: Path, **changes: Any) -> Path:  # noqa: ANN401
    """A finished study with a chart and a table."""
    folder.mkdir()
    contents = {"curve.svg": SVG, "curve.csv": "at,difference\n" + "".join(f"0.5,{n}.25\n" for n in range(300))}
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8")
    files = {name: {"bytes": 1, "sha256": hashlib.sha256(text.encode()).hexdigest()} for name, text in contents.items()}
    manifest: dict[str, Any] = {
        "study": "breakeven",
        "verdict": "They cost the same.",
        "scenario": "mugs",
        "title": "Mugs at sea",
    }
    manifest |= {"digest": "d", "files": files, "plans": ["early"], "replications": 2000, "seed": 4}
    (folder / "manifest.json").write_text(json.dumps(manifest | changes), encoding="utf-8")
    return folder


def test_the_page_of_a_run_is_renewed_with_the_studies_beside_it(shop: Path) -> None:
    done = lotwise(shop, "report", "run")
    assert done == Done(0, "Written: run/report.html\n", "")
    page = page_read((shop / "run" / "report.html").read_text(encoding="utf-8"))
    assert "They cost the same." in page.words()
    (shop / "breakeven-1" / "manifest.json").unlink()
    assert lotwise(shop, "report", "run", "--out", "mine.html", "--quiet").out == "mine.html\n"
    assert (shop / "mine.html").read_text(encoding="utf-8") == report_text(FOUND, card_of(FOUND))


def test_a_study_that_stands_elsewhere_is_taken_up_when_asked_for(shop: Path) -> None:
    (shop / "away").mkdir()
    study_in(shop / "away" / "sweep-9", study="sweep", verdict="Nothing changes.", digest="e")
    done = lotwise(shop, "report", "run", "--with", "away/sweep-9")
    assert done.code == 0
    assert done.err == "away/sweep-9 asked about other values of the same scenario than this run\n"
    assert "Nothing changes." in (shop / "run" / "report.html").read_text(encoding="utf-8")
    study_in(shop / "away" / "other", scenario="plates")
    done = lotwise(shop, "report", "run", "--with", "away/other")
    assert done.code == 2
    assert "is a study of plates, not of mugs" in done.err


def test_a_study_has_a_page_of_its_own(shop: Path) -> None:
    assert lotwise(shop, "report", "breakeven-1").out == "Written: breakeven-1/report.html\n"
    page = page_read((shop / "breakeven-1" / "report.html").read_text(encoding="utf-8"))
    words = page.words()
    assert page.all("h1")[0].words() == "Mugs at sea"
    for part in ("They cost the same.", "the first 200 rows; 100 more rows in the file", "199.25"):
        assert part in words
    assert "200.25" not in words
    assert "curve.svg" in lotwise(shop, "report", "breakeven-1", "--list").out


@pytest.mark.parametrize(("form", "magic"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_a_chart_as_a_picture(shop: Path, form: str, magic: bytes) -> None:
    done = lotwise(shop, "report", "run", "--chart", "loss-parts", "--format", form, "--width", "500")
    assert done == Done(0, f"Written: run/loss-parts.{form}\n", "")
    content = (shop / "run" / f"loss-parts.{form}").read_bytes()
    assert content.startswith(magic)
    if form == "png":
        width, _ = struct.unpack(">II", content[16:24])
        assert abs(width - 1_000) < 40
    if form == "svg":
        assert b"defective units" in content
    lotwise(shop, "report", "run", "--chart", "loss-parts", "--out", f"again.{form}", "--width", "500")
    again = (shop / f"again.{form}").read_bytes()
    if form == "pdf":  # the renderer orders the objects of a PDF as it happens
        assert (again[:4], abs(len(again) - len(content)) < 500) == (magic, True)
    else:
        assert again == content


def test_a_chart_of_a_plan_on_dark_paper(shop: Path) -> None:
    lotwise(shop, "report", "run", "--chart", "recovery-funnel", "--plan", "twice", "--theme", "dark")
    text = (shop / "run" / "recovery-funnel-twice.svg").read_text(encoding="utf-8")
    assert 'fill="#16181d"' in text
    lotwise(shop, "report", "run", "--chart", "recovery-funnel")
    assert 'fill="#16181d"' not in (shop / "run" / "recovery-funnel.svg").read_text(encoding="utf-8")


def test_all_charts_in_a_folder(shop: Path) -> None:
    done = lotwise(shop, "report", "run", "--chart", "all", "--json")
    assert done.code == 0
    names = {f"{name}.svg" for name in CHARTS}
    assert {file.name for file in (shop / "run" / "charts").iterdir()} == names
    assert json.loads(done.out)["written"] == [f"run/charts/{name}.svg" for name in CHARTS]
    lines = lotwise(shop, "report", "run", "--list", "--quiet").out.split()
    assert lines == list(CHARTS)
    assert set(json.loads(lotwise(shop, "report", "run", "--list", "--json").out)["charts"]) == set(CHARTS)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere",), "nowhere does not exist"),
        (("run/report.json",), "is a file, not a folder"),
        ((".",), "name one of them, such as run"),
        (("run", "--chart", "los-parts"), "did you mean 'loss-parts'?"),
        (("run", "--chart", "timeline", "--plan", "earl"), "did you mean 'early'?"),
        (("run", "--format", "png"), "--chart all --format png"),
        (("run", "--chart", "loss-parts", "--format", "html"), "--format svg, png or pdf"),
        (("run", "--chart", "loss-parts", "--plan", "early"), "loss-parts shows every plan"),
        (("run", "--plan", "early"), "--plan belongs to a single chart"),
        (("run", "--width", "500"), "--width belongs to a single chart"),
        (("run", "--out", "no/such/place.html"), "there is no folder no/such"),
        (("run", "--out", "breakeven-1"), "breakeven-1 is a folder"),
        (("run", "--out", "x.gif"), "the report is not written as .gif: x.gif\n    hint: end it in .html\n"),
        (("run", "--out", "x"), "the report needs a file with an ending: x"),
        (("run", "--out", "x.png"), "x.png would hold one chart: name it with --chart\n    hint: or end it in .html\n"),
        (("run", "--out", "x.svg", "--format", "html"), "x.svg would hold one chart"),
        (("run", "--chart", "loss-parts", "--out", "x.gif"), "hint: end it in .svg or .png or .pdf"),
        (("run", "--chart", "loss-parts", "--out", "x.html"), "a chart is not written as .html"),
        (("run", "--chart", "loss-parts", "--out", "x.svg", "--format", "png"), ".svg, but --format says png"),
        (("run", "--chart", "loss-parts", "--out", "x.gif", "--format", "png"), "a chart is not written as .gif"),
        (("run", "--chart", "all", "--out", "run/report.json"), "run/report.json is a file, and --chart all writes"),
        (("run", "--chart", "all", "--out", "run/report.json/x"), "report.json is a file, and --chart all writes"),
        (("run", "--chart", "all", "--out", "x.svg"), "x.svg names one file, and --chart all writes several"),
        (("breakeven-1", "--out", "x.gif"), "the report is not written as .gif"),
        (("breakeven-1", "--out", "x.svg"), "in its folder already: curve.svg"),
        (("empty",), "there is no finished run or study in empty"),
        (("run", "--with", "run"), "holds a run, not a study"),
        (("breakeven-1", "--chart", "curve"), "in its folder already: curve.svg"),
        (("breakeven-1", "--with", "breakeven-1"), "--with adds studies to the report of a run"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_is_told_with_a_way_out(shop: Path, words: tuple[str, ...], said: str) -> None:
    (shop / "empty").mkdir()
    before = sorted(shop.rglob("*"))
    done = lotwise(shop, "report", *words)
    assert (done.code, done.out) == (2, "")
    assert sorted(shop.rglob("*")) == before
    assert said in done.err
    assert "hint: " in done.err
    assert not (shop / "run" / "report.html").exists()


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("--out", "mine.HTML"), "mine.HTML"),
        (("--out", "mine", "--format", "html"), "mine"),
        (("--chart", "loss-parts", "--out", "mine", "--format", "svg"), "mine"),
        (("--chart", "loss-parts", "--out", "mine.SVG", "--format", "svg"), "mine.SVG"),
    ],
)
def test_a_name_that_says_what_the_file_holds_is_taken(shop: Path, words: tuple[str, ...], name: str) -> None:
    assert lotwise(shop, "report", "run", *words) == Done(0, f"Written: {name}\n", "")
    begins = "<!" if "--chart" not in words else "<svg"
    assert (shop / name).read_text(encoding="utf-8").startswith(begins)


def _shortened(text: str) -> str:
    """A file that a full disk, or a copy that was broken off, has left."""
    return text[: len(text) // 2]


def _with_value(text: str, **changes: Any) -> str:  # noqa: ANN401
    return json.dumps(json.loads(text) | changes)


@pytest.mark.parametrize(
    ("damaged", "trouble"),
    [
        (_shortened, "is damaged or cut off (line "),
        (lambda _: "", "is damaged or cut off (line 1, column 1)"),
        (lambda _: "[" * 100_000, "is damaged"),
        (lambda _: "[1, 2]", "is no report of Lotwise"),
        (lambda text: _with_value(text, version=0), f"is of another version, 0 instead of {VERSION}"),
        (lambda text: _with_value(text, plans="early"), "holds what no report has (plans: input should be "),
        (
            lambda text: _with_value(text, confidence="sure", plans=3),
            "holds what no report has (confidence: input should",
        ),
    ],
    ids=["cut off", "empty", "brackets", "list", "version", "type", "types"],
)
def test_what_is_wrong_with_a_kept_report_is_told_in_a_line(
    shop: Path, monkeypatch: pytest.MonkeyPatch, damaged: Callable[[str], str], trouble: str
) -> None:
    monkeypatch.setattr("sim.report.kept.facts_again", lambda *_, **__: FOUND)
    kept = shop / "run" / "report.json"
    whole = kept.read_text(encoding="utf-8")
    kept.write_text(damaged(whole), encoding="utf-8")
    aside = lotwise(shop, "report", "run", "--out", "mine.html")
    assert aside.code == 0
    assert "and `lotwise report run` writes it anew" in aside.err
    assert kept.read_text(encoding="utf-8") == damaged(whole)
    done = lotwise(shop, "report", "run")
    assert (done.code, done.out) == (0, "Written: run/report.html\nWritten: run/report.json\n")
    assert done.err.startswith(f"run/report.json {trouble}")
    assert done.err.endswith(": the run is simulated again, and the file is written anew\n")
    assert done.err.count("\n") == 1
    again = lotwise(shop, "report", "run")
    assert again == Done(0, "Written: run/report.html\n", "")


def test_a_kept_report_in_other_letters_is_damaged(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.report.kept.facts_again", lambda *_, **__: FOUND)
    (shop / "run" / "report.json").write_bytes(b'{"version": "\xff"}')
    assert "run/report.json is damaged (no text in UTF-8)" in lotwise(shop, "report", "run").err


@pytest.fixture
def no_flips(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not look for what would flip the choice: it takes longer than all the rest."""
    none = Flips(chosen=PLANS[0], found=(), steady=(), replications=2)
    monkeypatch.setattr("sim.report.collecting._flips", lambda *_: none)


@pytest.mark.usefixtures("no_flips")
@pytest.mark.parametrize("left", ["nothing", "another version", "rubbish"])
def test_a_run_without_a_report_is_simulated_again(tmp_path: Path, left: str) -> None:
    example_in(tmp_path)
    given = ("--plans", ",".join(PLANS), "--replications", "60", "--out", "out", "--seed", "5", "--no-orders")
    assert lotwise(tmp_path, "run", "scenario.yaml", *given, "--no-report").code == 0
    contents = {"another version": json.dumps({"version": 0}), "rubbish": "{"}
    if left in contents:
        (tmp_path / "out" / "report.json").write_text(contents[left])
    done = lotwise(tmp_path, "report", "out")
    assert (done.code, done.out) == (0, "Written: out/report.html\nWritten: out/report.json\n")
    assert ("written anew" in done.err) == (left in contents)
    page = page_read((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    assert "the same 60 simulated cases" in page.words()
    (tmp_path / "out" / "scenario.resolved.yaml").unlink()  # the facts are kept now
    assert json.loads(lotwise(tmp_path, "report", "out", "--json").out)["simulated_again"] is False


@pytest.mark.usefixtures("no_flips")
def test_figures_that_are_others_now_are_told(tmp_path: Path) -> None:
    example_in(tmp_path)
    given = ("--plans", ",".join(PLANS), "--replications", "60", "--out", "out", "--no-orders", "--no-report")
    assert lotwise(tmp_path, "run", "scenario.yaml", *given).code == 0
    summary = tmp_path / "out" / "summary.csv"
    summary.write_text(summary.read_text().replace("expected_loss,", "expected_loss,1", 1))
    done = lotwise(tmp_path, "report", "out", "--out", "mine.html")
    assert done.code == 0
    assert "the figures are not those of out/summary.csv" in done.err
    assert not (tmp_path / "out" / "report.json").exists()
    (tmp_path / "out" / "scenario.resolved.yaml").unlink()
    done = lotwise(tmp_path, "report", "out")
    assert done.code == 2
    assert "holds no scenario.resolved.yaml any more" in done.err
