"""Studies as their folders keep them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from sim.errors import InputError
from sim.report.facts import StudyFacts
from sim.report.study_facts import manifest_read, studies_of, study_facts
from sim.scenario import load_scenario

SCENARIO = load_scenario(Path(__file__).parents[3] / "scenarios" / "first-order-above-limit.yaml")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'


def study_in(folder: Path, **changes: Any) -> Path:  # noqa: ANN401
    """A finished study with two charts and a table."""
    folder.mkdir(parents=True)
    contents = {"b.svg": SVG, "a.svg": SVG.replace("10", "20"), "b.png": "x", "curve.csv": "at\n1\n"}
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8")
    files = {name: {"bytes": 1, "sha256": hashlib.sha256(text.encode()).hexdigest()} for name, text in contents.items()}
    manifest = {"study": "breakeven", "verdict": "They cost the same.", "digest": SCENARIO.digest, "files": files}
    (folder / "manifest.json").write_text(json.dumps(manifest | changes), encoding="utf-8")
    return folder


def test_verdict_and_charts(tmp_path: Path) -> None:
    assert study_facts(study_in(tmp_path / "breakeven-1")) == StudyFacts(
        kind="breakeven",
        folder="breakeven-1",
        verdict="They cost the same.",
        charts={"b": SVG, "a": SVG.replace("10", "20")},
    )


def test_only_finished_studies_of_the_same_inputs(tmp_path: Path) -> None:
    place = tmp_path / SCENARIO.name
    study_in(place / "sweep-2", study="sweep")
    study_in(place / "breakeven-1")
    study_in(place / "other", digest="0" * 64)
    (study_in(place / "unfinished") / "manifest.json").unlink()
    (study_in(place / "damaged") / "manifest.json").write_text("{")
    (study_in(place / "changed") / "a.svg").write_text("<svg/>")
    run = study_in(place / "run")
    manifest = json.loads((run / "manifest.json").read_text())
    del manifest["study"]
    (run / "manifest.json").write_text(json.dumps(manifest))
    study_in(tmp_path / "another-scenario" / "breakeven-3")
    assert [study.folder for study in studies_of(tmp_path, SCENARIO)] == ["breakeven-1", "sweep-2"]
    assert studies_of(tmp_path / "nowhere", SCENARIO) == ()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda _: None, "does not exist"),
        (lambda folder: folder.write_text("x"), "is a file, not a folder"),
        (lambda folder: folder.mkdir(), "there is no finished run or study"),
        (lambda folder: (folder / "pieces").mkdir(parents=True), "has not come to its end"),
        (lambda folder: study_in(folder / "inner"), "name one of them, such as"),
        (lambda folder: (study_in(folder) / "manifest.json").write_text("[1"), "this is no manifest"),
        (lambda folder: (study_in(folder) / "manifest.json").write_text("[]"), "no manifest of a run or a study"),
    ],
    ids=["nothing", "a file", "an empty folder", "a study begun", "folders of studies", "broken", "not a map"],
)
def test_what_is_no_finished_run_or_study_is_told(tmp_path: Path, make: Any, said: str) -> None:  # noqa: ANN401
    make(tmp_path / "x")
    with pytest.raises(InputError, match="x") as raised:
        manifest_read(tmp_path / "x")
    assert said in str(raised.value)
    assert "hint: " in str(raised.value)


def test_a_chart_that_is_not_what_was_written_is_refused(tmp_path: Path) -> None:
    folder = study_in(tmp_path / "b")
    (folder / "a.svg").write_text("<svg/>")
    with pytest.raises(InputError, match=r"a\.svg in .* is not the file that was written there"):
        study_facts(folder)
    (folder / "a.svg").unlink()
    with pytest.raises(InputError, match=r"a\.svg is not in .* any more"):
        study_facts(folder)


@pytest.mark.parametrize("changes", [{"verdict": 3}, {"files": {"a.svg": 3}}, {"files": {"a.svg": {}}}], ids=str)
def test_a_manifest_of_something_else_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="this is no manifest"):
        study_facts(study_in(tmp_path / "b", **changes))


def test_a_run_is_no_study(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps({"files": {}}))
    with pytest.raises(InputError, match="holds a run, not a study"):
        study_facts(folder)
