"""From an order history to a scenario: everything that the history tells, put where the scenario has it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sim.calibration.fitted import Fitted, Prior
from sim.calibration.long_histories import shortened
from sim.calibration.writing_scenario import fitted_text, fitted_tree
from sim.errors import InputError, Problem
from sim.experiments.wording import unknown_name
from sim.scenario.paths import parts_of
from sim.studies.variants import value_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from sim.calibration.defects import DefectFit
    from sim.calibration.delays import DelayFit
    from sim.calibration.disputes import DisputeFit
    from sim.calibration.history import History
    from sim.scenario import Scenario

SETS: Final = 100
"""Joint draws that a fitted scenario carries: a thousand replications meet each of them ten times."""
_CLASSES: Final = ("critical", "major", "minor")
_INDEX: Final = re.compile(r"\.(\d+)(?=[.\[]|$)")
_LAST_PROMISES: Final = 10
"""Promised days are taken from so many last orders: what a supplier quotes changes with the years."""


class Asked(NamedTuple):
    """What is to be fitted.

    Attributes
    ----------
    supplier
        As the history calls it.
    key
        As the scenario calls it.
    sets
        Joint draws to carry.
    seed
        Of every draw of the fit.
    today
        Date written as that of the fit.
    name
        Of the new scenario.
    """

    supplier: str
    key: str
    sets: int
    seed: int
    today: date
    name: str


@dataclass(frozen=True)
class Calibration:
    """What a history told about a supplier.

    Attributes
    ----------
    asked
        What was to be fitted.
    fits
        Every input that was fitted, with draws that belong together index by index.
    delays, defects, disputes
        The fits with their figures; None where the history has nothing on them.
    warnings
        What the history cannot tell.
    """

    asked: Asked
    fits: tuple[Fitted, ...]
    delays: DelayFit | None
    defects: DefectFit | None
    disputes: DisputeFit | None
    warnings: tuple[str, ...] = field(default=())

    def text(self, base: Scenario, folder: Path, history: str) -> str:
        """The file of the fitted scenario.

        Parameters
        ----------
        base
            Holds what the history does not tell.
        folder
            Where the file will stand.
        history
            Name of the history file.

        Raises
        ------
        ScenarioError
            The fitted values make no valid scenario with the rest of the base.
        """
        asked = self.asked
        tree = fitted_tree(base, self.fits, history=history, today=asked.today, sets=asked.sets, name=asked.name)
        notes = [
            f"{base.name}, with what {history} tells about {asked.supplier} (lotwise fit, {asked.today.isoformat()}).",
            "Found:",
            *(f"- {fit.told}" for fit in self.fits if fit.told),
            "Not told by it:",
            *(f"- {warning}" for warning in self.warnings),
        ]
        return fitted_text(tree, base.base, folder, notes)

    @property
    def priors(self) -> tuple[Prior, ...]:
        """Every assumption, once."""
        return tuple(dict.fromkeys(prior for fit in self.fits for prior in fit.priors))


def calibrated(history: History, base: Scenario, asked: Asked) -> Calibration:
    """Fit whatever a history tells about a supplier.

    Parameters
    ----------
    history
        Orders of this supplier and of others, from which one with few orders borrows.
    base
        Its values are where the priors of defects and disputes are centred.
    asked
        What is wanted.

    Raises
    ------
    InputError
        The scenario has no such supplier, or the history tells nothing at all.
    """
    _check_key(base, asked)
    path = f"suppliers.{asked.key}"
    history, left = shortened(history, asked.supplier, _luck(asked, 4))
    delays, defects, disputes = _delays(history, asked, path), _defects(history, base, asked, path), None
    if history.orders["dispute_opened"].notna().any():
        disputes = _disputes(history, base, asked, path)
    found = [
        *_promise(history, asked, path),
        *((delays.fitted,) if delays is not None else ()),
        *(defects.fitted if defects is not None else ()),
        *(_bad_lots(base, asked, defects, path) if defects is not None else ()),
        *(disputes.fitted if disputes is not None else ()),
    ]
    if not found:
        message = f"{history.source} tells nothing about {asked.supplier}: no order is due, checked or disputed yet"
        raise InputError(Problem(message, hint="add the promised and the shipped dates of orders that are finished"))
    warnings = (
        *left,
        *(() if delays is not None else ("No order was due yet: the scenario keeps its delays.",)),
        *(delays.fitted.warnings if delays is not None else ()),
        *(defects.warnings if defects is not None else ()),
        *(disputes.warnings if disputes is not None else ("There were no disputes: their values stay.",)),
    )
    fits = tuple(replace(fit, samples={_indexed(name): draws for name, draws in fit.samples.items()}) for fit in found)
    return Calibration(asked, fits, delays, defects, disputes, tuple(dict.fromkeys(map(_sentence, warnings))))


def key_of(supplier: str, base: Scenario, wanted: str | None) -> str:
    """What the scenario calls a supplier of the history.

    Raises
    ------
    InputError
        It cannot be told.
    """
    known = list(base.model.suppliers)
    if wanted is not None:
        if wanted not in known:
            raise InputError(unknown_name(f"{base.name} has no supplier {wanted!r}", wanted, known))
        return wanted
    plain = re.sub(r"[^a-z0-9]+", "-", supplier.lower()).strip("-")
    if supplier in known or plain in known:
        return supplier if supplier in known else plain
    if len(known) == 1:
        return known[0]
    hint = f"name it with --as: one of {', '.join(known)}"
    raise InputError(Problem(f"which supplier of {base.name} is {supplier!r}?", hint=hint))


def _check_key(base: Scenario, asked: Asked) -> None:
    if asked.key not in base.model.suppliers:
        raise InputError(unknown_name(f"{base.name} has no supplier {asked.key!r}", asked.key, base.model.suppliers))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _indexed(path: str) -> str:
    """A path with items of lists as the scenario writes them: ``components[1]``, not ``components.1``."""
    return _INDEX.sub(r"[\1]", path)


def _luck(asked: Asked, part: int) -> np.random.Generator:
    """Luck of one part of the fit: what another part finds does not touch it."""
    return np.random.default_rng([asked.seed, part])


def _promise(history: History, asked: Asked, path: str) -> Sequence[Fitted]:
    """Days from order to promised shipment: what the supplier lately quoted, no matter of chance."""
    orders = history.orders[history.orders["supplier"] == asked.supplier]
    days = (orders["promised"] - orders["ordered"]).dt.days.dropna()
    if days.empty:
        return ()
    last = days.tail(_LAST_PROMISES)
    value = float(last.median())
    told = f"{asked.supplier} promises shipment {value:g} days after the order: median of the last {len(last)}."
    return (Fitted(f"{path}.promised_days", value, len(last), told),)


def _delays(history: History, asked: Asked, path: str) -> DelayFit | None:
    from sim.calibration.delays import fitted_delays

    orders = history.orders
    promised = orders["promised"].notna()
    if not promised.any() or not (orders.loc[promised, "promised"].dt.date <= history.as_of).any():
        return None
    return fitted_delays(history, asked.supplier, f"{path}.delay_days", sets=asked.sets, rng=_luck(asked, 1))


def _defects(history: History, base: Scenario, asked: Asked, path: str) -> DefectFit | None:
    from sim.calibration.defects import fitted_defects

    if history.orders[["critical", "major", "minor", "found"]].isna().all(axis=None):
        return None
    given = base.model.suppliers[asked.key].defects
    shares = {name: getattr(given, name).mean() for name in _CLASSES}
    return fitted_defects(
        history,
        asked.supplier,
        path=path,
        sets=asked.sets,
        rng=_luck(asked, 2),
        detection=1 - given.latent_share,
        expected={name: share for name, share in shares.items() if share > 0},
    )


def _bad_lots(base: Scenario, asked: Asked, defects: DefectFit, path: str) -> Sequence[Fitted]:
    """No bad lots besides: those that were seen are part of the fitted spread, and would count a second time."""
    if not defects.fitted or not base.model.suppliers[asked.key].defects.bad_lot.probability:
        return ()
    place = f"{path}.defects.bad_lot.probability"
    return (
        Fitted(place, 0.0, defects.fitted[0].n, "Bad lots are part of how far lots differ: none are added to them."),
    )


def _disputes(history: History, base: Scenario, asked: Asked, path: str) -> DisputeFit:
    from sim.calibration.disputes import fitted_disputes
    from sim.model.mediation import odds_ratios_of

    return fitted_disputes(
        history,
        asked.supplier,
        path=path,
        sets=asked.sets,
        rng=_luck(asked, 3),
        before=_before(base, (f"{path}.disputes", "disputes")),
        detail_share=base.model.contract.detail_share,
        odds=odds_ratios_of(base.model),
    )


def _before(base: Scenario, holders: Sequence[str]) -> Mapping[str, Any]:
    """Plain values of a scenario below some paths."""
    found: dict[str, Any] = {}
    for holder in holders:
        values = value_at(base.raw, parts_of(holder) or ())
        for name in values if isinstance(values, dict) else ():
            found[f"{holder}.{name}"] = value_at(base.raw, parts_of(f"{holder}.{name}") or ())
    return found
