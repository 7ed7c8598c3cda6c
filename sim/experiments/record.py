"""What is recorded beside results: the scenario as it was run, and what in it is assumption."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, Problem
from sim.scenario.packs import apply_overrides, load_pack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.experiments.precision import Extent
    from sim.scenario import Scenario
    from sim.terms import RulePack

_SEEDS = 1 << 64
_EXTENT_KEYS = frozenset({"seed", "replications", "precision"})
_PACK_FILES = (".yaml", ".yml")


def scenario_with_extent(scenario: Scenario, extent: Extent, seed: int | None) -> Scenario:
    """The scenario with the seed and the extent really used, so that what is recorded can be repeated.

    Raises
    ------
    InputError
        The seed is not a whole number of 64 bits.
    """
    section = scenario.model.run
    used_seed = section.seed if seed is None else seed
    if not 0 <= used_seed < _SEEDS:
        raise InputError(Problem(f"{used_seed} is no seed", hint="a whole number from 0 to 2**64 - 1"))
    changed = section.model_copy(update={"seed": used_seed})
    given = scenario.raw.get("run") or {}
    kept = {key: value for key, value in given.items() if key not in _EXTENT_KEYS}
    run = {**_extent_written(extent), "seed": used_seed, **kept}
    raw = {**scenario.raw, "run": run}
    return replace(scenario, model=scenario.model.model_copy(update={"run": changed}), raw=raw)


def _extent_written(extent: Extent) -> dict[str, Any]:
    wanted = extent.half_width
    if wanted is None:
        return {"replications": extent.replications}
    size = {"absolute": wanted.absolute} if wanted.relative is None else {"relative": wanted.relative}
    rest = {"confidence": wanted.confidence, "at_most": extent.replications}
    return {"precision": {"of": "expected_loss", **size, **rest}}


def resolved_text(scenario: Scenario, folder: Path) -> str:
    """The scenario as it was run, as YAML that can be run again from a folder.

    Parameters
    ----------
    scenario
        Of the run; files that it inherits from are already part of it.
    folder
        Where the text will stand: names of data files and rule packs are made relative to it.
    """
    import yaml

    return yaml.safe_dump(moved_to(scenario.raw, scenario.base, folder), sort_keys=False, allow_unicode=True, width=100)


def moved_to(raw: Mapping[str, Any], base: Path, folder: Path) -> dict[str, Any]:
    """The tree of a scenario with the names of its files, relative to `base`, made relative to another folder."""
    moved: dict[str, Any] = _moved(dict(raw), base, folder)
    protection = moved.get("protection")
    if isinstance(protection, str) and protection.endswith(_PACK_FILES):
        moved["protection"] = _path_from(folder, base / protection)
    return moved


def _moved(value: Any, base: Path, folder: Path) -> Any:  # noqa: ANN401 - any YAML value
    if isinstance(value, list | tuple):
        items = [_moved(item, base, folder) for item in value]
        return type(value)(items) if isinstance(value, list) else items
    if not isinstance(value, dict):
        return value
    moved = {key: _moved(item, base, folder) for key, item in value.items()}
    if moved.get("dist") == "empirical" and isinstance(moved.get("file"), str):
        moved["file"] = _path_from(folder, base / moved["file"])
    return moved


def _path_from(folder: Path, file: Path) -> str:
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # on Windows there is no way from one drive to another
        return file.resolve().as_posix()


def protection_pack(scenario: Scenario) -> RulePack:
    """The rule pack of a scenario, with the rules that the scenario overrides."""
    spec = scenario.model
    return apply_overrides(load_pack(spec.protection, scenario.base), spec.protection_overrides)


def assumptions(scenario: Scenario) -> tuple[str, ...]:
    """What a result rests on and nobody has measured.

    Returns
    -------
    tuple of str
        Rules of the protection, as ``protection.<rule>``, and values of the scenario, by their path, whose
        source says that they are an assumption.
    """
    rules = [f"protection.{rule.name}" for rule in protection_pack(scenario).assumptions]
    values = [path for path, (_, source) in scenario.sources.items() if "assumption" in source.lower()]
    return (*rules, *values)
