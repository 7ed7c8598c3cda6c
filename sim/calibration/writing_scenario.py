"""A fitted scenario as a file: what was known before, with what the history told put in its place.

The file stands alone: everything inherited is in it, so that it can be sent and uploaded. Each fitted value says where
it comes from and what stood there before; the joint draws of all fits go into ``parameter_sets``, which a run simulates
in turn, and their marginal laws into ``uncertain``, which studies vary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.scenario.paths import dotted, lies_in, parts_of
from sim.studies.variants import value_at, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from numpy.typing import NDArray

    from sim.calibration.fitted import Fitted, Prior
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]

_QUANTILES: Final = np.linspace(0.025, 0.975, 20)
"""Of a posterior, written as the belief that studies draw from: each value stands for a twentieth."""
_DIGITS: Final = 4
_LONGEST_BEFORE: Final = 400
_SUPPLIER_PART: Final = 3
"""Keys that name a part of a supplier: ``suppliers``, its name, and the part."""


def fitted_tree(
    base: Scenario, fits: Sequence[Fitted], *, history: str, today: date, sets: int, name: str
) -> dict[str, Any]:
    """The tree of a scenario with what was fitted in it.

    Parameters
    ----------
    base
        Holds what the history does not tell, and the values before.
    fits
        What it tells; the draws of all of them belong together index by index.
    history
        Name of the history file, for the sources.
    today
        Date of the fit.
    sets
        Number of joint draws to write; at most as many as the fits drew. None are written where no fit drew any.
    name
        Of the new scenario.

    Returns
    -------
    dict
        Plain data for YAML, with rows of draws as `Row`.

    Raises
    ------
    ScenarioError
        The fitted values make no valid scenario with the rest of the base.
    """
    overrides = [f"{fit.path}={written(_with_source(base, fit, history, today))}" for fit in fits]
    tree = dict(base.with_overrides(overrides).raw)
    tree["name"] = name
    draws = {path: column for fit in fits for path, column in fit.samples.items()}
    replaced = tuple(fit.path for fit in fits)
    beliefs = {
        path: law
        for path, law in (tree.get("uncertain") or {}).items()
        if not any(lies_in(path, place) for place in replaced)
    }
    source = f"fitted from {history}, {today.isoformat()}"
    fresh = {path: belief for path, column in draws.items() if (belief := _belief(column, source)) is not None}
    tree["uncertain"] = {**beliefs, **fresh}
    if draws:
        priors = tuple(dict.fromkeys(prior for fit in fits for prior in fit.priors))
        tree["parameter_sets"] = _parameter_sets(draws, sets, source, priors)
    return {key: tree[key] for key in (*_keys_in_order(), *tree) if key in tree}


def fitted_text(tree: Mapping[str, Any], base: Path, folder: Path, notes: Iterable[str]) -> str:
    """The file of a fitted scenario.

    Parameters
    ----------
    tree
        From `fitted_tree`.
    base
        Folder that data files in the tree are relative to.
    folder
        Where the file will stand.
    notes
        Sentences for its head, one comment each.
    """
    from sim.experiments.record import moved_to

    head = "".join(f"# {line}\n" for note in notes for line in _wrapped(note))
    return head + _dumped(moved_to(dict(tree), base, folder))


class Row(list[float]):
    """A row of draws, on one line of the file."""


def _dumped(tree: Mapping[str, Any]) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes rows of draws on one line each."""

    Dumper.add_representer(
        Row, lambda dumper, row: dumper.represent_sequence("tag:yaml.org,2002:seq", row, flow_style=True)
    )
    return yaml.dump(dict(tree), Dumper=Dumper, sort_keys=False, allow_unicode=True, width=10_000)


def _wrapped(note: str) -> Iterator[str]:
    from textwrap import wrap

    return iter(wrap(note, 110) or [""])


def _with_source(base: Scenario, fit: Fitted, history: str, today: date) -> dict[str, Any]:
    """A fitted value with where it comes from and what stood there before."""
    before = value_at(base.raw, parts_of(fit.path) or ())
    shown = "" if before is None else f"; before: {_shortened(written(_plain(before)))}"
    source = f"fitted from {history}, n={fit.n}, {today.isoformat()}{shown}"
    if isinstance(fit.value, dict):
        return {**_rounded(fit.value), "source": source}
    return {"value": _rounded(fit.value), "source": source}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any YAML value
    """A value without the word on where it came from."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if key != "source"}
    return value


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_BEFORE else f"{text[:_LONGEST_BEFORE]} ..."


def _rounded(value: Any) -> Any:  # noqa: ANN401 - any YAML value
    """Numbers as a person would read them: nothing that is fitted is known to more than four digits."""
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def _keys_in_order() -> Iterator[str]:
    """Keys of a scenario in the order in which a person would read them: what is taken over may stand anywhere."""
    from sim.scenario.schema import ScenarioSpec

    return (field.alias or name for name, field in ScenarioSpec.model_fields.items())


def _belief(column: Floats, source: str) -> dict[str, Any] | None:
    """The law of one number's draws; None where they are all the same."""
    if float(np.ptp(column)) == 0:
        return None
    values = [_rounded(float(value)) for value in np.quantile(column, _QUANTILES)]
    return {"dist": "empirical", "values": values, "source": source}


def _part(path: str) -> str:
    """What is fitted by itself: delays, defects and disputes of a supplier, and the platform's decisions.

    Classes of defects share how much of a lot's quality is the supplier's own, and answers share with silence when they
    come, so nothing below is independent.
    """
    parts = parts_of(path) or ()
    return dotted(parts[: _SUPPLIER_PART if parts[0] == "suppliers" else 1])


def _parameter_sets(draws: Mapping[str, Floats], sets: int, source: str, priors: Sequence[Prior]) -> dict[str, Any]:
    count = min(sets, *(len(column) for column in draws.values()))
    rows = zip(*(column[:count].tolist() for column in draws.values()), strict=True)
    return {
        "source": source,
        "priors": [{"of": prior.name, "law": prior.law, "why": prior.why} for prior in priors],
        "independent": list(dict.fromkeys(_part(path) for path in draws)),
        "inputs": list(draws),
        "sets": [Row(_rounded(float(value)) for value in row) for row in rows],
    }
