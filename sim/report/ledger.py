"""The ledger of assumptions: every input of a scenario, what it is, and who says so.

A value that the scenario gives comes with the file's own words about where it is from, or with the remark that there
are none. A value that the scenario leaves out holds all the same: it is listed as a default.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args, get_origin

from pydantic import BaseModel

from sim.experiments.record import protection_pack
from sim.experiments.wording import counted
from sim.report.facts import InputFact
from sim.report.input_words import value_in_words
from sim.scenario.nodes import plain
from sim.scenario.pack_words import value_in_words as rule_in_words
from sim.scenario.packs import load_pack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic.fields import FieldInfo

    from sim.scenario import Scenario

Anything: TypeAlias = Any
"""Whatever a scenario's file can hold."""
UNSOURCED: Final = "no source given"
DEFAULT: Final = "default"
CHOSEN: Final = "a choice"
SET: Final = "set for this run"
_LABELS: Final = frozenset({"schema_version", "name", "title", "description", "extends", "reason"})
"""Keys that say nothing about the world."""
_SETS: Final = "parameter_sets"
_CHOICES: Final = frozenset({"start", "currency", "protection", "plans", "plan_grid", "run"})
"""Sections that decide what is asked, and so need no source."""
_RULES: Final = "protection_overrides"
_FITTED: Final = re.compile(r"(?P<source>fitted from .*?)(?:; before: (?P<before>.*))?")
"""The words of ``lotwise fit`` for a value that it wrote."""
_WITHOUT: Final = re.compile(r"null: (.+?)\.")
_NOTHING: Final[Any] = object()


@dataclass(frozen=True, slots=True)
class _Ledger:
    """What the walk through a scenario needs to know everywhere.

    Attributes
    ----------
    currency
        Code of the currency.
    before
        The scenario as its file has it, before anything was set from outside.
    units
        Unit of every number by its path, as far as the walk has come.
    """

    currency: str
    before: Mapping[str, Anything]
    units: dict[str, str] = field(default_factory=dict)


def ledger_of(scenario: Scenario) -> tuple[InputFact, ...]:
    """Every input of a scenario, in the order of the format.

    Returns
    -------
    tuple of InputFact
        Values that the scenario gives, and those that it leaves to their defaults; names, titles and descriptions are
        no inputs. A value that was set from outside has the file's as its `previous` one, and a rule that the scenario
        overrides has the protection's.
    """
    ledger = _Ledger(scenario.model.currency, plain(scenario.draft.tree))
    found = list(_of_spec(ledger, scenario.model, dict(scenario.raw), ()))
    found[_place_of_rules(found) : _place_of_rules(found)] = _of_rules(scenario)
    return (*found, *_of_sets(scenario))


def _place_of_rules(found: list[InputFact]) -> int:
    """After the protection itself."""
    return next(place for place, fact in enumerate(found) if fact.section == "suppliers")


# ------------------------------------------------------------------------------------------ the walk


def _of_spec(
    ledger: _Ledger,
    spec: BaseModel,
    raw: Anything,
    path: tuple[str, ...],
    source: str | None = None,
) -> Iterator[InputFact]:
    """Inputs of one part of a scenario; `source` is what a map around it says for all of it."""
    given, source = _unwrapped(raw, source)
    for name, info in type(spec).model_fields.items():
        key = info.alias or name
        if key in _LABELS or (not path and key in {_RULES, _SETS}):
            continue
        inner = given.get(key, _NOTHING) if isinstance(given, dict) else _NOTHING
        yield from _of_value(ledger, info, getattr(spec, name), inner, (*path, key), source)


def _of_value(
    ledger: _Ledger,
    info: FieldInfo,
    value: Anything,
    raw: Anything,
    path: tuple[str, ...],
    source: str | None,
) -> Iterator[InputFact]:
    inner, named = (raw, source) if raw is _NOTHING else _unwrapped(raw, source)
    if isinstance(value, BaseModel) and (inner is _NOTHING or isinstance(inner, dict)):
        yield from _of_spec(ledger, value, {} if inner is _NOTHING else inner, path, named)
    elif isinstance(value, dict):
        for key, item in value.items():
            part, item_raw = (*path, str(key)), inner.get(key, _NOTHING) if isinstance(inner, dict) else _NOTHING
            yield from _of_value(ledger, info, item, item_raw, part, named)
    elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        for place, item in enumerate(value):
            item_raw = inner[place] if isinstance(inner, list) and place < len(inner) else _NOTHING
            yield from _of_value(ledger, info, item, item_raw, (*path[:-1], f"{path[-1]}[{place}]"), named)
    elif inner is not _NOTHING:
        yield _given_input(ledger, info, raw, path, source)
    else:
        yield from _default_input(ledger, info, value, path)


def _unwrapped(raw: Anything, source: str | None) -> tuple[Anything, str | None]:
    """A value without the map that names its source, and that source."""
    if not isinstance(raw, dict) or "source" not in raw:
        return (raw["value"], source) if isinstance(raw, dict) and set(raw) == {"value"} else (raw, source)
    if not {"value", "dist"} & set(raw):
        return raw, source
    rest = {key: inner for key, inner in raw.items() if key != "source"}
    return (rest["value"] if set(rest) == {"value"} else rest), str(raw["source"])


def _given_input(
    ledger: _Ledger,
    info: FieldInfo,
    raw: Anything,
    path: tuple[str, ...],
    around: str | None,
) -> InputFact:
    value, source = _unwrapped(raw, around)
    unit = _unit(ledger, info, path)
    words = _words(value, info, unit, ledger.currency)
    earlier = _before(ledger, path)
    previous = None if earlier is _NOTHING else _words(_unwrapped(earlier, None)[0], info, unit, ledger.currency)
    changed = previous is not None and previous != words
    if source is None and changed:
        source = SET
    fitted = _FITTED.fullmatch(source or "")
    if fitted is not None and not changed:
        source, previous = fitted["source"], _before_fit(fitted["before"], info, unit, ledger.currency)
        changed = previous is not None
    choice = path[0] in _CHOICES and source in {None, SET}
    return InputFact(
        section=path[0],
        path=_dotted(path),
        value=words,
        source=source or (CHOSEN if choice else UNSOURCED),
        kind="choice" if choice else _kind(source),
        previous=previous if changed else None,
    )


def _before_fit(written: str | None, info: FieldInfo, unit: str, currency: str) -> str | None:
    """The value that a fitted one took the place of, which stands as JSON behind its source."""
    if written is None:
        return None
    try:
        return _words(json.loads(written), info, unit, currency)
    except ValueError:  # cut short, or a person's own words
        return written


def _default_input(ledger: _Ledger, info: FieldInfo, value: Anything, path: tuple[str, ...]) -> Iterator[InputFact]:
    """What holds where nothing is given; nothing where leaving it out means that there is none."""
    unit = _unit(ledger, info, path)
    if value is None:
        without = _WITHOUT.search(info.description or "")
        words = without[1] if without else ""
    elif value == () or path[-1] == "otherwise":  # of an order that no condition holds back
        words = ""
    else:
        words = _words(_as_written(info, value), info, unit, ledger.currency)
    if words:
        yield InputFact(section=path[0], path=_dotted(path), value=words, source=DEFAULT, kind="default")


def _as_written(info: FieldInfo, value: Anything) -> Anything:
    """A default as a file would write it: what is made of it may be a distribution."""
    default = info.get_default()
    return value if default is None or isinstance(default, BaseModel) else default


def _words(value: Anything, info: FieldInfo, unit: str, currency: str) -> str:
    if value is None:
        without = _WITHOUT.search(info.description or "")
        return without[1] if without else "none"
    if isinstance(value, str) and not unit and not _is_choice(info.annotation):
        return value  # a name, whatever letters it has
    return value_in_words(value, unit, currency)


def _is_choice(annotation: object) -> bool:
    return get_origin(annotation) is Literal or any(_is_choice(part) for part in get_args(annotation))


def _unit(ledger: _Ledger, info: FieldInfo, path: tuple[str, ...]) -> str:
    """Unit of a value; an uncertain input has that of the value, or the distribution, that it is a part of."""
    if path[0] == "uncertain":
        target = ".".join(path[1:])
        return ledger.units.get(target) or ledger.units.get(target.rpartition(".")[0], "")
    extra = info.json_schema_extra
    unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
    ledger.units[_dotted(path)] = unit
    return unit


def _kind(source: str | None) -> str:
    if source is None or source == SET:
        return "unsourced"
    if _FITTED.fullmatch(source):
        return "fitted"
    return "assumption" if "assumption" in source.lower() else "sourced"


def _dotted(path: tuple[str, ...]) -> str:
    return ".".join(path)


def _before(ledger: _Ledger, path: tuple[str, ...]) -> Anything:
    """What the file has at a path."""
    here: Anything = ledger.before
    for part in path:
        here, _ = _unwrapped(here, None)
        if not isinstance(here, dict):
            return _NOTHING
        key, *places = [part] if part in here else part.replace("]", "").split("[")
        here = here.get(key, _NOTHING)
        for place in places:
            items, _ = _unwrapped(here, None)
            if not isinstance(items, list) or int(place) >= len(items):
                return _NOTHING
            here = items[int(place)]
    return here


# ------------------------------------------------------------------------------------------ parameter sets


def _of_sets(scenario: Scenario) -> Iterator[InputFact]:
    """The draws of what is not known exactly as one input, and every assumption behind them."""
    given = scenario.model.parameter_sets
    if given is None:
        return
    yield InputFact(
        section=_SETS,
        path=_SETS,
        value=f"{len(given.sets):,} joint draws of {counted(len(given.inputs), 'number')}",
        source=given.source or UNSOURCED,
        kind=_kind(given.source or None),
        label="What is not known exactly",
    )
    for place, prior in enumerate(given.priors):
        yield InputFact(
            section=_SETS,
            path=f"{_SETS}.priors[{place}]",
            value=prior.law,
            source=prior.why or "assumption",
            kind="assumption",
            label=prior.of[:1].upper() + prior.of[1:],
        )


# ------------------------------------------------------------------------------------------ rules


def _of_rules(scenario: Scenario) -> list[InputFact]:
    """Rules of the protection that the scenario replaces, with what the protection itself says."""
    overrides = scenario.model.protection_overrides
    if not overrides:
        return []
    own, pack = load_pack(scenario.model.protection, scenario.base), protection_pack(scenario)
    return [
        InputFact(
            section=_RULES,
            path=f"{_RULES}.{name}",
            value=rule_in_words(pack.rules[name]),
            source=pack.rules[name].source,
            kind="assumption" if pack.rules[name].assumption else "sourced",
            previous=rule_in_words(own.rules[name]),
        )
        for name in overrides
    ]
