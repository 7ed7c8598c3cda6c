"""Loading a scenario: read, inherit, override, validate, check; all that is wrong is reported in one go."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.errors import Problem, ScenarioError
from sim.scenario import checks
from sim.scenario.inheritance import file_read, names_file, suppliers_resolved
from sim.scenario.nodes import Entry, Listing, Node, Plain, Scalar, Table, plain
from sim.scenario.overrides import overrides_applied
from sim.scenario.paths import Path as ValuePath
from sim.scenario.paths import dotted, is_wrapper, sourced
from sim.scenario.plan_checks import Offers, plans_checked
from sim.scenario.plans import PlanSpec, grid_expanded, plan_expanded
from sim.scenario.studied import lost_inputs_left_out
from sim.scenario.validation import MOST_PROBLEMS, Validated, validated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sim.scenario.schema import ScenarioSpec

_KEEPS_SOURCES: Final = "protection_overrides"
_NO_SETTING: Final = frozenset({"name", "title", "description", "plans", "plan_grid", "run", "uncertain"})


@dataclass(frozen=True, slots=True)
class Draft:
    """A scenario file as it was read, with everything inherited, before anything is set or checked.

    Reading is most of the work of loading: a study that sets other values in one scenario a thousand times reads it
    once.

    Attributes
    ----------
    file
        The scenario file.
    tree
        Its values, and where they stand.
    problems
        What was wrong so far.
    incomplete
        Parts that could not inherit what they should have.
    """

    file: Path
    tree: Table
    problems: tuple[Problem, ...]
    incomplete: frozenset[ValuePath]


@dataclass(frozen=True)
class Scenario:
    """A scenario that has been read and found right.

    Attributes
    ----------
    path
        The file.
    overrides
        What the command line set, as ``path=value``.
    model
        The scenario as typed objects, whose attributes carry the names of the keys.
    plans
        Every plan of ``plans`` and ``plan_grid`` written out order by order, in the order of the file.
    raw
        The scenario as resolved (files and suppliers inherited, overrides applied), in plain maps, lists and
        values; names of data files are relative to `base`.
    sources
        By dotted path: a value, and where the file says it comes from; for a distribution, its map.
    files
        Every data file and rule pack file that the scenario reads.
    digest
        SHA-256 of the resolved values and of the bytes of `files`; sources and comments do not count.
    setting
        The same, without names, plans, ``run`` and ``uncertain``: what holds whichever plan is simulated, and however
        often.
    draft
        The file as it was read.
    """

    path: Path
    overrides: tuple[str, ...]
    model: ScenarioSpec
    plans: tuple[PlanSpec, ...]
    raw: Mapping[str, Any] = field(repr=False)
    sources: Mapping[str, tuple[Any, str]] = field(repr=False)
    files: tuple[Path, ...]
    digest: str
    setting: str
    draft: Draft = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """Names the results folder."""
        return self.model.name

    @property
    def base(self) -> Path:
        """Folder that data files are relative to."""
        return self.path.parent

    def with_overrides(self, overrides: Sequence[str]) -> Scenario:
        """The scenario with further values set, checked again."""
        return scenario_checked(self.draft, (*self.overrides, *overrides))


def template_text() -> str:
    """Text of a commented scenario that shows every key, to start one's own from."""
    return Path(__file__).with_name("template.yaml").read_text(encoding="utf-8")


def draft_read(path: str | Path) -> Draft:
    """Read a scenario file and the files that it extends.

    Raises
    ------
    ScenarioError
        Nothing can be read.
    """
    file = Path(path)
    tree, problems = file_read(file)
    tree, found, orphans = suppliers_resolved(tree)
    incomplete = {("suppliers", name) for name in orphans} | ({()} if tree.incomplete else set())
    return Draft(file, tree, (*problems, *found), frozenset(incomplete))


def load_scenario(path: str | Path, overrides: Sequence[str] = ()) -> Scenario:
    """Read a scenario file.

    Parameters
    ----------
    path
        The file.
    overrides
        Values that take the place of the file's, each as ``dotted.path=value``; items of a list by ``[0]``.

    Raises
    ------
    ScenarioError
        With every problem found, each with its place, the line and, as far as there is one, the way out.
    """
    return scenario_checked(draft_read(path), overrides)


def scenario_checked(draft: Draft, overrides: Sequence[str] = ()) -> Scenario:
    """Scenario of a file that has been read.

    Parameters
    ----------
    draft
        As read.
    overrides
        As in `load_scenario`.

    Raises
    ------
    ScenarioError
        With every problem found, as in `load_scenario`.
    """
    file, tree, problems, incomplete = draft.file, draft.tree, list(draft.problems), draft.incomplete
    tree, found = overrides_applied(tree, tuple(overrides))
    problems.extend(found)
    tree = lost_inputs_left_out(tree, str(file), overrides)
    values = _stripped(tree)
    unread = frozenset(_spot(problem) for problem in problems)
    result = validated(tree, values, file.parent, incomplete=incomplete)
    found = list(result.problems)
    if result.model is not None:
        found.extend(_checked(result, tree, values, file.parent, overrides))
    problems.extend(problem for problem in found if _spot(problem) not in unread)
    if problems or result.model is None:
        raise ScenarioError(*_in_order(problems))
    files = tuple(dict.fromkeys(_files_named(values, file.parent)))
    return Scenario(
        path=file,
        overrides=tuple(overrides),
        model=result.model,
        plans=_plans_expanded(result.model),
        raw=plain(tree),
        sources=_sources(tree),
        files=files,
        digest=_digest(values, files),
        setting=_digest({key: value for key, value in values.items() if key not in _NO_SETTING}, files),
        draft=draft,
    )


def _stripped(tree: Table) -> dict[str, Any]:
    """Plain values with sources taken out; overrides of rules keep theirs, which the rule pack shows."""
    return {
        key: plain(entry.node) if key == _KEEPS_SOURCES else _without_sources(entry.node)
        for key, entry in tree.entries.items()
    }


def _without_sources(node: Node) -> Plain:
    if isinstance(node, Listing):
        return [_without_sources(item) for item in node.items]
    if isinstance(node, Scalar):
        return node.value
    if is_wrapper(node):
        return _without_sources(node.entries["value"].node)
    hides = "source" if "dist" in node.entries or {"value", "working"} <= set(node.entries) else None
    return {key: _without_sources(entry.node) for key, entry in node.entries.items() if key != hides}


def _sources(tree: Table) -> dict[str, tuple[Any, str]]:
    sources: dict[str, tuple[Any, str]] = {}
    for path, table in sourced(tree):
        values = plain(table)
        source = values.pop("source")
        sources[dotted(path)] = (values["value"] if set(values) == {"value"} else values, str(source))
    return sources


def _source_problems(tree: Table) -> Iterator[Problem]:
    for path, table in sourced(tree):
        entry: Entry = table.entries["source"]
        if not isinstance(entry.node, Scalar) or not isinstance(entry.node.value, str):
            message = "a source must be a text"
            yield entry.node.place.problem(message, path=dotted((*path, "source")), hint="put it in quotes")


def _checked(
    result: Validated, tree: Table, values: dict[str, Any], base: Path, overrides: Sequence[str]
) -> Iterator[Problem]:
    """Cross-check what the schema accepted, and stay silent about what it did not."""
    spec = result.model
    if spec is None:
        return
    yield from _source_problems(tree)
    offers = Offers(
        suppliers=spec.suppliers,
        inspections=spec.inspections,
        supplier_names=_names(tree, "suppliers"),
        inspection_names=_names(tree, "inspections"),
    )
    findings: list[checks.Finding | Problem] = [
        *checks.need_checked(spec),
        *checks.currency_checked(spec),
        *checks.calendars_checked(spec),
        *checks.suppliers_checked(spec, list(offers.supplier_names)),
        *checks.inspections_checked(spec),
        *checks.protection_checked(spec, base),
        *plans_checked(spec, offers, doubtful=bool(result.doubtful)),
        *checks.uncertain_checked(spec, values),
        *checks.parameter_sets_checked(spec, values, overrides),
    ]
    if not findings and not result.doubtful:
        plans = _plans_expanded(spec)
        findings.extend([*checks.amounts_checked(spec, plans), *checks.work_checked(spec, plans)])
    for finding in findings:
        if isinstance(finding, Problem):
            yield finding
        elif not any(_is_doubtful(path, result.doubtful) for path in (finding.path, finding.rests_on or finding.path)):
            yield finding.problem(tree)


def _names(tree: Table, key: str) -> list[str]:
    node = tree.get(key)
    return list(node.entries) if isinstance(node, Table) else []


def _is_doubtful(path: ValuePath, doubtful: frozenset[ValuePath]) -> bool:
    """Whether a finding rests on a value that was left out or replaced."""
    return any(path[: len(other)] == other or other[: len(path)] == path for other in doubtful)


def _spot(problem: Problem) -> tuple[str | None, int | None, int | None, str | None]:
    """Where a problem is: what could not be read there needs no second complaint."""
    return problem.file, problem.line, problem.column, problem.text


def _in_order(problems: Sequence[Problem]) -> list[Problem]:
    """Order problems as the file does, each once, and no more than anyone reads."""
    # what suppliers inherit is wrong in each of them, and is told once; a map can lack several keys at one place
    once: dict[object, Problem] = {}
    for problem in problems:
        once.setdefault((_spot(problem), (problem.path or "").rpartition(".")[2]), problem)
    files = list(dict.fromkeys(problem.file for problem in once.values()))
    ordered = sorted(once.values(), key=lambda one: (files.index(one.file), one.line or 0, one.column or 0))
    if len(ordered) > MOST_PROBLEMS:
        left = len(ordered) - MOST_PROBLEMS
        return [*ordered[:MOST_PROBLEMS], Problem(message=f"and {left} more problems")]
    return ordered or [Problem(message="the file holds nothing that could be checked")]


def _plans_expanded(spec: ScenarioSpec) -> tuple[PlanSpec, ...]:
    plans = [plan_expanded(name, entry) for name, entry in spec.plans.items()]
    if spec.plan_grid is not None:
        plans.extend(plan for plan in grid_expanded(spec.plan_grid) if plan.name not in spec.plans)
    return tuple(plans)


def _files_named(values: dict[str, Any], base: Path) -> Iterator[Path]:
    if names_file(values.get("protection")):
        yield base / values["protection"]
    open_values: list[Any] = [values]
    while open_values:
        value = open_values.pop()
        if isinstance(value, dict):
            if value.get("dist") == "empirical" and isinstance(value.get("file"), str):
                yield base / value["file"]
            open_values.extend(reversed(value.values()))
        elif isinstance(value, list):
            open_values.extend(reversed(value))


def _digest(values: dict[str, Any], files: Sequence[Path]) -> str:
    digest = hashlib.sha256(json.dumps(values, sort_keys=True, default=_canonical).encode())
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _canonical(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(value)
