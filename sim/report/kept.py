"""Finished runs and studies as their folders keep them: the facts of a run, found anew where they are not there."""

from __future__ import annotations

import csv
import io
import json
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pydantic import ValidationError

from sim.errors import InputError, Problem
from sim.experiments.wording import counted
from sim.report.facts import VERSION, Facts
from sim.report.lettering import number_text
from sim.report.plates import Sheet, sheet_of
from sim.report.study_facts import listed_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sim.engines import Tell

_FACTS: Final = "report.json"
_SCENARIO: Final = "scenario.resolved.yaml"
_SUMMARY: Final = "summary.csv"
_MOST_ROWS: Final = 200


class Kept(NamedTuple):
    """What a run folder keeps of its report.

    Attributes
    ----------
    path
        Of the file.
    facts
        What it holds; None where there is no such file, or it cannot be used.
    trouble
        Why a file that is there cannot be used, such as ``is of another version, 1 instead of 2``.
    """

    path: Path
    facts: Facts | None
    trouble: str = ""


def facts_kept(folder: Path) -> Kept:
    """The facts that a run folder keeps, or what is wrong with their file."""
    path = folder / _FACTS
    try:
        content = path.read_text(encoding="utf-8")
        trouble = _stranger(json.loads(content))
        if not trouble:
            return Kept(path, Facts.model_validate_json(content))
    except FileNotFoundError:
        return Kept(path, None)
    except OSError as error:
        trouble = f"cannot be read ({error.strerror})"
    except UnicodeDecodeError:
        trouble = "is damaged (no text in UTF-8)"
    except json.JSONDecodeError as error:
        trouble = f"is damaged or cut off (line {error.lineno}, column {error.colno})"
    except ValidationError as error:
        trouble = f"holds what no report has ({_first_of(error)})"
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets without end
        trouble = "is damaged"
    return Kept(path, None, trouble)


def _stranger(found: object) -> str:
    """Why the data of a file are not those of a report of this version, if so."""
    if not isinstance(found, dict) or "version" not in found:
        return "is no report of Lotwise"
    version = found["version"]
    return "" if version == VERSION else f"is of another version, {version!r} instead of {VERSION}"


def _first_of(error: ValidationError) -> str:
    first, *others = error.errors(include_url=False, include_input=False)
    more = f", and {counted(len(others), 'more such value')}" if others else ""
    return f"{'.'.join(map(str, first['loc']))}: {first['msg'][:1].lower()}{first['msg'][1:]}{more}"


def facts_again(
    folder: Path, manifest: Mapping[str, Any], *, workers: int, tell: Tell, warn: Callable[[str], None]
) -> Facts:
    """The facts of a run, simulated again from the scenario as it was run.

    Parameters
    ----------
    folder, manifest
        Of the run.
    workers
        Threads that simulate.
    tell
        Called with a sentence about what takes a while.
    warn
        Called with a sentence where the figures are not those of the folder.

    Raises
    ------
    InputError
        The scenario is gone.
    """
    from sim.experiments import run
    from sim.report.collecting import facts_of
    from sim.results import summary_text
    from sim.scenario import load_scenario

    if not (folder / _SCENARIO).is_file():
        hint = f"without {_FACTS} a report needs it; `lotwise run` writes both"
        raise InputError(Problem(f"{folder} holds no {_SCENARIO} any more", hint=hint))
    tell(f"There is no {_FACTS} that can be used: simulating again …")
    result = run(load_scenario(folder / _SCENARIO), plans=manifest.get("plans", ()), workers=workers, tables=False)
    try:
        same = (folder / _SUMMARY).read_text(encoding="utf-8") == summary_text(result.summary_rows())
    except OSError:
        same = False
    if not same:
        warn(
            f"the figures are not those of {folder / _SUMMARY}: the program, or a data file, has changed since; "
            "`lotwise rerun` says what. The report shows the new ones"
        )
    return facts_of(result, workers=workers)


def tables_kept(folder: Path, manifest: Mapping[str, Any]) -> tuple[Sheet, ...]:
    """The tables of a study, the first rows of each.

    Raises
    ------
    InputError
        A table is gone, or another one.
    """
    names = [name for name in manifest["files"] if name.endswith(".csv")]
    return tuple(_table(name, listed_text(folder, manifest, name)) for name in names)


def _table(name: str, text: str) -> Sheet:
    reader = csv.reader(io.StringIO(text))
    headings = tuple(next(reader, ()))
    rows = tuple(tuple(_cell(cell) for cell in row) for row in islice(reader, _MOST_ROWS))
    left = sum(1 for _ in reader)
    rest = f" (the first {_MOST_ROWS} rows; {counted(left, 'more row')} in the file)" if left else ""
    return sheet_of(f"{name}{rest}", tuple(heading.replace("_", " ") for heading in headings), rows)


def _cell(cell: str) -> str:
    try:
        return number_text(float(cell)) if "." in cell else cell
    except ValueError:
        return cell


def made(manifest: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """How a study was made: names and values."""
    shown = {
        "Scenario": manifest.get("scenario"),
        "Plans": ", ".join(manifest.get("plans", ())),
        "Cases of each plan at each point": number_text(manifest.get("replications", "")),
        "Seed of all luck": manifest.get("seed"),
        "Protection": manifest.get("protection"),
        "Assumptions": counted(len(manifest.get("assumptions", ())), "rule or value", "rules and values"),
        "Program": f"Lotwise {manifest.get('lotwise', '')}",
        "Digest of the inputs": str(manifest.get("digest", ""))[:16],
    }
    return tuple((name, str(value)) for name, value in shown.items() if value not in {None, ""})
