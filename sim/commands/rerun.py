"""``lotwise rerun``: repeat a finished run or study from its manifest, and compare the bytes."""

from __future__ import annotations

import hashlib
import json
import tempfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from sim.commands import options
from sim.commands.exit_codes import DONE, NOT_MET
from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCENARIO: Final = "scenario.resolved.yaml"
_STUDIES: Final = frozenset({"breakeven", "gaps", "information", "optimise", "sensitivity", "sweep"})
_TABLES: Final = (".csv", ".parquet")
"""Files whose bytes must agree; pictures depend on who draws them, and the scenario on the place it stands in."""


@click.command()
@click.argument("folder", metavar="RUN_DIR", type=click.Path(path_type=Path))
@options.workers_option
@options.json_option
@options.quiet_option
def rerun(folder: Path, workers: int, as_json: bool, quiet: bool) -> int:
    """Repeat the run or the study in RUN_DIR from its manifest and say whether the bytes of its tables agree.

    Everything is simulated again, in a folder that is thrown away. Ends with 1 if a table differs; then the versions
    that are different now are named, and the scenario stands in RUN_DIR to be looked at.
    """
    from sim.commands.screen import ProgressLine, print_json

    manifest = _manifest(folder)
    with tempfile.TemporaryDirectory(prefix="lotwise-rerun-") as temporary:
        target = Path(temporary) / "again"
        with ProgressLine(quiet=quiet or as_json) as progress:
            if "study" in manifest:
                _study_again(manifest, folder, target, workers)
            else:
                _run_again(manifest, folder, target, workers, progress)
        compared = {
            name: _digest(target / name) == entry["sha256"]
            for name, entry in manifest["files"].items()
            if name.endswith(_TABLES)
        }
    untouched = {name: _digest(folder / name) == manifest["files"][name]["sha256"] for name in compared}
    versions = _versions_changed(manifest)
    agree = all(compared.values())
    if as_json:
        print_json({"folder": str(folder), "agree": agree, "tables": compared, "kept": untouched, "versions": versions})
    else:
        _print_outcome(compared, untouched, versions, quiet=quiet)
    return DONE if agree else NOT_MET


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        (folder / _SCENARIO).stat()
        known = all(isinstance(entry["sha256"], str) for entry in manifest["files"].values())
        if "study" in manifest:
            known = known and manifest["study"] in _STUDIES and bool(dict(manifest["parameters"]))
    except (FileNotFoundError, NotADirectoryError):
        hint = "a folder that `lotwise run` or a study has written to its end"
        raise InputError(Problem(f"there is no finished run in {folder}", hint=hint)) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        known, manifest = False, {}
    if not known:
        hint = "it was changed, or written by another version"
        raise InputError(Problem("this is no manifest of a run or a study", file=str(path), hint=hint))
    return dict(manifest)


def _run_again(manifest: Mapping[str, Any], folder: Path, target: Path, workers: int, progress: Any) -> None:  # noqa: ANN401
    from sim.experiments import run
    from sim.scenario import load_scenario

    run(
        load_scenario(folder / _SCENARIO),
        plans=manifest["plans"],
        workers=workers,
        tables="replications.parquet" in manifest["files"],
        out=target,
        progress=progress,
        tell=progress.tell,
    )


def _study_again(manifest: Mapping[str, Any], folder: Path, target: Path, workers: int) -> None:
    """Call the study's own command with the parameters that it was called with, on the scenario as it was resolved."""
    command = getattr(import_module(f"sim.commands.{manifest['study']}"), str(manifest["study"]))
    here = {
        "scenario": folder / _SCENARIO,
        "overrides": (),
        "seed": manifest["seed"],
        "replications": manifest["replications"],
        "workers": workers,
        "cluster": None,
        "out": target,
        "resume": True,
        "dry_run": False,
        "as_json": False,
        "quiet": True,
    }
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in manifest["parameters"].items()}
    context = click.Context(command, info_name=command.name)
    context.params = {**given, **here}
    with context, _silence():
        context.invoke(command, **context.params)


def _silence() -> Any:  # noqa: ANN401 - a context
    import contextlib
    import io

    return contextlib.redirect_stdout(io.StringIO())


def _digest(file: Path) -> str | None:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return None


def _versions_changed(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    from sim.results.manifest import versions_now

    now = versions_now()
    before = {"lotwise": manifest.get("lotwise", "?"), **manifest.get("versions", {})}
    return {name: [before[name], now[name]] for name in before if name in now and before[name] != now[name]}


def _print_outcome(
    compared: Mapping[str, bool], untouched: Mapping[str, bool], versions: Mapping[str, list[str]], *, quiet: bool
) -> None:
    differing = [name for name, same in compared.items() if not same]
    if not quiet:
        for name, same in compared.items():
            click.echo(f"{name}: {'agrees' if same else 'DIFFERS'}")
    for name in (name for name, same in untouched.items() if not same):
        click.echo(f"{name} in the folder is not the file that the run wrote any more", err=True)
    if not differing:
        click.echo("Repeated: every table agrees to the byte.")
        return
    click.echo(f"Repeated: {len(differing)} of {len(compared)} tables differ.")
    told = ", ".join(f"{name} was {old} and is {new}" for name, (old, new) in versions.items())
    click.echo(
        f"Different now: {told}." if told else "No version differs: the program itself, or a data file, changed."
    )
