"""The papers beside the code agree with it: README, changelog, decisions, locked versions."""

from __future__ import annotations

import re
import tomllib

import pytest

import sim
from tests.architecture import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def command(marker: str) -> str:
    """The one command between two markers of the README."""
    block = re.search(rf"<!-- {marker}: begin -->\n```sh\n(.*?)\n```\n<!-- {marker}: end -->", README, re.DOTALL)
    assert block is not None, f"no {marker} command in the README"
    assert "\n" not in block[1], "one line to copy"
    return block[1]


@pytest.mark.parametrize("marker", ["main job", "tests"])
def test_the_readme_has_one_line_to_copy_that_starts_from_nothing(marker: str) -> None:
    assert command(marker).startswith("python3 -m venv .venv && .venv/bin/pip install ")


def test_the_readme_runs_a_scenario_that_ships() -> None:
    named = re.findall(r"scenarios/[\w./-]+\.yaml", README)
    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_ci_runs_the_readmes_own_test_command() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in script
    assert "pytest" not in script.split("\n", 3)[3], "the command would stand twice"


def name_of(requirement: str) -> str:
    """Normalised name of a requirement."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def test_every_dependency_is_locked_to_one_version() -> None:
    pins = [line for line in LOCK.splitlines() if line and not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.]+( ; [\w ='\".<>]+)?", pin)] == []
    locked = [name_of(pin) for pin in pins]
    assert len(locked) == len(set(locked))
    asked = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    assert {name_of(requirement) for requirement in asked} <= set(locked)


def test_the_metadata_gives_ranges() -> None:
    asked = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    assert [requirement for requirement in asked if ">=" not in requirement or "==" in requirement] == []


def test_the_changelog_knows_the_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[(.+?)\]", changelog, re.MULTILINE)
    assert sim.__version__ in headings or headings[0] == "Unreleased"


def test_decisions_are_numbered_once_and_titled() -> None:
    titles = {}
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        match = re.fullmatch(r"(\d{4})-[a-z0-9-]+\.md", path.name)
        assert match is not None, path.name
        assert int(match[1]) not in titles, f"{path.name}: the number is taken"
        titles[int(match[1])] = path.read_text(encoding="utf-8").splitlines()[0]
    assert titles
    assert [title for number, title in titles.items() if not title.startswith(f"# {number}. ")] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_documents_lead_somewhere(path: object) -> None:
    document = ROOT / str(path)
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []
