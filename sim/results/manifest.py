"""The manifest of a run: what was run, with what, and the digests of the tables that came out."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FORMAT: Final = 1
_PACKAGES: Final = ("numpy", "scipy", "simpy", "pandas", "pyarrow", "pydantic", "holidays", "numba")


def manifest_text(folder: Path, run: Mapping[str, Any], files: Iterable[Path] | None = None) -> str:
    """``manifest.json`` of the files in a folder.

    Parameters
    ----------
    folder
        The folder of the run, complete but for the manifest.
    run
        What the caller knows of it: scenario, seed, replications, command and so on, as plain data.
    files
        Those to list; all of the folder unless they are named.

    Returns
    -------
    str
        JSON with the caller's entries, versions, platform, and size and SHA-256 of each file.
    """
    from sim import __version__

    listed = (file for file in sorted(folder.iterdir()) if not file.name.startswith(".")) if files is None else files
    content = {
        "format": FORMAT,
        "lotwise": __version__,
        **run,
        "files": {file.name: _file_entry(file) for file in listed},
        "versions": {"python": platform.python_version(), **_package_versions()},
        "platform": {"system": platform.system(), "machine": platform.machine()},
    }
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _file_entry(file: Path) -> dict[str, Any]:
    with file.open("rb") as content:
        return {"bytes": file.stat().st_size, "sha256": hashlib.file_digest(content, "sha256").hexdigest()}


def versions_now() -> dict[str, str]:
    """Versions of Lotwise, Python and the packages that a manifest names."""
    from sim import __version__

    return {"lotwise": __version__, "python": platform.python_version(), **_package_versions()}


def _package_versions() -> dict[str, str]:
    versions = {}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions
