"""Imports run downward only, and each tool is known only where it belongs, as pyproject.toml lays down."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import PACKAGE, ROOT


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the package in a folder against the contracts."""
    # the console may be of any width and kind: the words are compared, not their layout
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_import_contracts_are_kept() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("rules/worktime.py", "import sim.calendars", "Imports run downward only"),
        ("units.py", "import sim.rules", "Imports run downward only"),
        ("model/__init__.py", "import sim.engines.reference", "Imports run downward only"),
        ("newcomer.py", "", "Imports run downward only"),
        ("engines/variates.py", "import simpy", "Only the reference engine knows SimPy"),
        ("calendars.py", "import numba", "Only the marker of rules, randomness and the compiled engine"),
        ("measures/risk.py", "import altair", "Nothing below report draws"),
        ("engines/compiled.py", "import sim.engines.reference", "The engines never import each other"),
    ],
)
def test_a_broken_contract_is_noticed(tmp_path: Path, file: str, line: str, contract: str) -> None:
    shutil.copytree(PACKAGE, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    target = tmp_path / "sim" / file
    old = target.read_text(encoding="utf-8") if target.exists() else ""
    target.write_text(f"{old}\n{line}\n", encoding="utf-8")
    result = lint_imports(tmp_path)
    assert result.returncode == 1
    assert any(contract in row and "BROKEN" in row for row in result.stdout.splitlines()), result.stdout


def test_only_the_reference_engine_imports_simpy() -> None:
    importers = {
        path.relative_to(PACKAGE).parts[:2]
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "simpy")
        or (isinstance(node, ast.Import) and any(name.name.split(".")[0] == "simpy" for name in node.names))
    }
    assert importers == {("engines", "reference")}
