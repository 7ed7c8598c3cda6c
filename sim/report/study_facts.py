"""Finished studies as a report shows them: the verdict and the charts that their folders keep."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from sim.errors import InputError, Problem
from sim.report.facts import StudyFacts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sim.scenario import Scenario

_MANIFEST: Final = "manifest.json"
_SVG: Final = ".svg"
_HINT: Final = "a folder that a study such as `lotwise breakeven` has written to its end"


def study_facts(folder: Path) -> StudyFacts:
    """A finished study.

    Parameters
    ----------
    folder
        As the study wrote it.

    Returns
    -------
    StudyFacts
        With every chart that the manifest lists, in its order.

    Raises
    ------
    InputError
        There is no finished study in the folder, or a chart is not the one that it wrote.
    """
    manifest = manifest_read(folder)
    if "study" not in manifest:
        raise InputError(Problem(f"{folder} holds a run, not a study", hint=_HINT))
    try:
        names = [name for name in manifest["files"] if name.endswith(_SVG)]
        return StudyFacts(
            kind=manifest["study"],
            folder=folder.resolve().name,
            verdict=manifest["verdict"],
            charts={name.removesuffix(_SVG): listed_text(folder, manifest, name) for name in names},
        )
    except (KeyError, TypeError, ValueError):
        raise _changed(folder / _MANIFEST) from None


def studies_of(results: Path, scenario: Scenario) -> tuple[StudyFacts, ...]:
    """Finished studies of a scenario, whichever effort they had.

    Parameters
    ----------
    results
        Folder that holds a folder of studies for each scenario.
    scenario
        Those of any other, or of the same with other values, are left out.
    """
    return studies_beside(results / scenario.name, scenario.digest)


def studies_beside(folder: Path, digest: str) -> tuple[StudyFacts, ...]:
    """Finished studies inside a folder that asked about inputs with this digest, by name."""
    found = []
    for path in sorted(path.parent for path in folder.glob(f"*/{_MANIFEST}")):
        try:
            manifest = manifest_read(path)
            if "study" in manifest and manifest.get("digest") == digest:
                found.append(study_facts(path))
        except InputError:  # nobody asked for this one
            continue
    return tuple(found)


def manifest_read(folder: Path) -> dict[str, Any]:
    """The manifest of a finished run or study.

    Raises
    ------
    InputError
        There is none, or it cannot be read.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise InputError(Problem(f"{folder} {what}", hint="name the folder that `lotwise run` or a study has written"))
    path = folder / _MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(Problem(f"there is no finished run or study in {folder}", hint=_way_out(folder))) from None
    except ValueError:
        raise _changed(path) from None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise _changed(path)
    return manifest


def _way_out(folder: Path) -> str:
    """What to do about a folder without a manifest."""
    if (folder / "study.json").exists() or (folder / "pieces").is_dir():
        return "its study has not come to its end: the command that began it goes on from there"
    inside = sorted(path.parent.name for path in folder.glob(f"*/{_MANIFEST}"))
    if inside:
        return f"it holds folders of runs or studies; name one of them, such as {folder / inside[-1]}"
    return "name a folder that `lotwise run` or a study has written to its end"


def listed_text(folder: Path, manifest: Mapping[str, Any], name: str) -> str:
    """Text of a file that a manifest lists.

    Raises
    ------
    InputError
        It is not there any more, or is another one.
    """
    try:
        content = (folder / name).read_bytes()
    except OSError:
        message = f"{name} is not in {folder} any more"
        raise InputError(Problem(message, hint="the command that wrote it writes it again")) from None
    if hashlib.sha256(content).hexdigest() != manifest["files"][name]["sha256"]:
        message = f"{name} in {folder} is not the file that was written there"
        raise InputError(Problem(message, hint="the command that wrote it writes it again"))
    return content.decode("utf-8")


def _changed(path: Path) -> InputError:
    hint = "it was changed, or written by another version"
    return InputError(Problem("this is no manifest of a run or a study", file=str(path), hint=hint))
