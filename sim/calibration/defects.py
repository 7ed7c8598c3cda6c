"""What the lots received tell about the defects of a supplier: level, spread from lot to lot, and how suppliers differ.

A lot's share of a class is beta around its supplier's mean, and the suppliers' means are beta around a common one
(`sim.calibration.defect_levels`). For a supplier with lots, the scenario gets the law of a lot of its own: all of the
spread is between lots, and how well its mean is known lives in the samples. For a new supplier the scenario gets the
law of a lot of any supplier, of which a part, told by `lot_to_lot_share`, is between lots.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sim.calibration.beta_binomial import Lots
from sim.calibration.defect_levels import (
    EXPECTED,
    SMALLEST,
    LevelDraws,
    LevelPosterior,
    level_posterior,
    level_priors,
)
from sim.calibration.dispersion import dispersion_p
from sim.calibration.fitted import Fitted
from sim.calibration.inspected_lots import Samples, classes_drawn
from sim.calibration.shared_quality import score_lot_share
from sim.experiments.wording import percentage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from pandas import DataFrame

    from sim.calibration.history import History

    Floats = NDArray[np.float64]

CLASSES: Final = ("critical", "major", "minor")
FEWEST_LOTS: Final = 5
"""Lots that the buyer counted itself before a sample of all classes together is split by class."""
COMPLETED: Final = 4
"""Histories completed by drawn splits, whose fits are pooled."""
LARGEST_SUM: Final = 0.999
BAD_LOT: Final = 0.3
"""Share of major defects from which a lot is named as off specification as a whole."""


class Interval(NamedTuple):
    """Median of a posterior, and the bounds between which 90 % of it lie."""

    low: float
    middle: float
    high: float


class ClassFigures(NamedTuple):
    """What was found of one class of defect.

    Attributes
    ----------
    defect_class
        ``critical``, ``major`` or ``minor``.
    suppliers, lots, own_lots
        Suppliers and lots in the fit, and lots of the supplier asked for.
    units, found
        Of the supplier's own lots; of all lots if it has none.
    mean, sd
        Of a lot's share, as handed to the scenario.
    between_suppliers, between_lots
        Variance of the suppliers' means, and of lots around the mean of their supplier.
    dispersion_p
        Posterior predictive probability of lots that scatter at least as much as the ones seen; near 0: some lot
        stands out more than the law allows. None with fewer than two lots.
    """

    defect_class: str
    suppliers: int
    lots: int
    own_lots: int
    units: int
    found: int
    mean: Interval
    sd: Interval
    between_suppliers: Interval
    between_lots: Interval
    dispersion_p: float | None


@dataclass(frozen=True)
class DefectFit:
    """The inputs on defects, the figures behind them, and what the history cannot tell."""

    fitted: tuple[Fitted, ...] = ()
    figures: tuple[ClassFigures, ...] = ()
    warnings: tuple[str, ...] = ()


class _ClassFit(NamedTuple):
    """One class: posteriors of the completed histories, and the supplier's law as draws."""

    name: str
    lots: Mapping[str, Lots]
    fits: tuple[LevelPosterior, ...]
    draws: LevelDraws
    mean: Floats
    sd: Floats


def fitted_defects(
    history: History,
    supplier: str,
    *,
    path: str,
    sets: int,
    rng: np.random.Generator,
    detection: float = 1.0,
    inspection_detection: float = 0.92,
    expected: Mapping[str, float] | None = None,
) -> DefectFit:
    """Fit the shares of defective units of a supplier's lots.

    Parameters
    ----------
    supplier
        One of the history, or a new one.
    path
        Of the supplier in the scenario: ``suppliers.mill``.
    sets
        Number S of draws for each number.
    detection
        Probability that the buyer's check finds a defective unit: 1 less the scenario's `latent_share`.
    inspection_detection
        The same of the inspector before shipment.
    expected
        Usual shares by class, instead of `EXPECTED`: the centres of the priors.

    Returns
    -------
    DefectFit
        Empty if no lot was counted.

    Notes
    -----
    Samples before shipment count where the buyer counted nothing itself, if it counted all classes in `FEWEST_LOTS`
    lots: their split by class is drawn `COMPLETED` times over, and the fits are pooled. Otherwise they are left out.
    """
    usual = {**EXPECTED, **(expected or {})}
    own = {name: _counted(history.orders, name, detection) for name in CLASSES}
    own = {name: lots for name, lots in own.items() if lots}
    warnings = _warnings(history.orders, supplier, own, detection)
    if not own:
        return DefectFit(warnings=tuple(warnings))
    samples = _samples_alone(history.orders)
    completed = [own]
    if samples.units.size:
        splits = _is_split_sound(own)
        warnings.append(_samples_told(samples, used=splits))
        if splits:
            completed = _completed(own, samples, usual, inspection_detection, rng)
    is_known = any(supplier in lots for lots in completed[0].values())
    fits = [_class_fit(name, completed, supplier, usual[name], sets, is_known, rng) for name in own]
    fits = _within_one(fits)
    fitted = [_told(fit, supplier, path, usual[fit.name], is_known) for fit in fits]
    fitted.append(_lot_share(fits, path, is_known))
    figures = tuple(_figures(fit, own[fit.name], supplier, rng) for fit in fits)
    return DefectFit(tuple(fitted), figures, tuple(warnings))


def _numbers(orders: DataFrame, column: str) -> Floats:
    return orders[column].to_numpy(dtype=np.float64, na_value=np.nan)


def _counted(orders: DataFrame, name: str, detection: float) -> dict[str, Lots]:
    """Lots that the buyer counted in a class, by supplier; more found than looked at is no count."""
    found, units = _numbers(orders, name), _looked_at(orders)
    valid = (found >= 0) & (units > 0) & (found <= units)
    places = np.flatnonzero(valid)
    groups = orders["supplier"].iloc[places].groupby(orders["supplier"].iloc[places].to_numpy(), sort=False).indices
    return {
        str(supplier): Lots(found[rows], units[rows], np.full(len(rows), detection))
        for supplier, within in groups.items()
        for rows in (places[within],)
    }


def _looked_at(orders: DataFrame) -> Floats:
    checked = _numbers(orders, "units_checked")
    return np.where(np.isnan(checked), _numbers(orders, "quantity"), checked)


def _samples_alone(orders: DataFrame) -> Samples:
    """Samples before shipment of lots in which the buyer counted nothing itself."""
    units, found = _numbers(orders, "inspected"), _numbers(orders, "found")
    uncounted = np.logical_and.reduce([np.isnan(_numbers(orders, name)) for name in CLASSES])
    rows = uncounted & (units > 0) & (found >= 0) & (found <= units)
    return Samples(tuple(orders["supplier"][rows].astype(str)), units[rows], found[rows])


def _is_split_sound(own: Mapping[str, Mapping[str, Lots]]) -> bool:
    """Whether the buyer's own counts tell how defective units split into classes: all are counted, in enough lots."""
    return len(own) == len(CLASSES) and all(
        sum(each.units.size for each in lots.values()) >= FEWEST_LOTS for lots in own.values()
    )


def _completed(
    own: Mapping[str, Mapping[str, Lots]],
    samples: Samples,
    usual: Mapping[str, float],
    detection: float,
    rng: np.random.Generator,
) -> list[dict[str, dict[str, Lots]]]:
    """The buyer's own counts with the samples added, split by class by drawing, several times over."""
    firsts = {name: level_posterior(lots, usual[name], COMPLETED, rng) for name, lots in own.items()}
    firms = sorted(set(samples.suppliers))
    places = np.array([firms.index(name) for name in samples.suppliers])
    means = np.array([[fit.supplier_means(firm, rng) for firm in firms] for fit in firsts.values()])
    precisions = np.array([fit.draws.precision for fit in firsts.values()])
    histories = []
    for turn in range(COMPLETED):
        split = classes_drawn(samples, means[:, places, turn], precisions[:, turn], detection, rng)
        added = {
            name: {
                firm: Lots(found[rows], samples.units[rows], np.full(int(rows.sum()), detection))
                for place, firm in enumerate(firms)
                if (rows := places == place).any()
            }
            for name, found in zip(own, split, strict=True)
        }
        histories.append({name: _together(lots, added[name]) for name, lots in own.items()})
    return histories


def _together(lots: Mapping[str, Lots], added: Mapping[str, Lots]) -> dict[str, Lots]:
    more = {firm: lots[firm].and_also(new) if firm in lots else new for firm, new in added.items()}
    return {**lots, **more}


def _class_fit(
    name: str,
    completed: list[dict[str, dict[str, Lots]]],
    supplier: str,
    expected: float,
    sets: int,
    is_known: bool,
    rng: np.random.Generator,
) -> _ClassFit:
    sizes = [len(part) for part in np.array_split(np.arange(sets), len(completed)) if len(part)]
    fits = tuple(level_posterior(lots[name], expected, size, rng) for lots, size in zip(completed, sizes, strict=False))
    draws = LevelDraws(*(np.concatenate(each) for each in zip(*(fit.draws for fit in fits), strict=True)))
    if is_known:
        mean = np.concatenate([fit.supplier_means(supplier, rng) for fit in fits])
        sd = np.sqrt(mean * (1 - mean) / (draws.precision + 1))
    else:
        mean = np.clip(draws.level, SMALLEST, 1 - SMALLEST)
        sd = np.sqrt(draws.between_suppliers() + draws.between_lots())
    return _ClassFit(name, completed[0][name], fits, draws, mean, sd)


def _within_one(fits: list[_ClassFit]) -> list[_ClassFit]:
    """Scale down the few draws in which the classes, fitted one by one, would hold more than all units."""
    factor = np.minimum(1, LARGEST_SUM / np.sum([fit.mean for fit in fits], axis=0))
    return [fit._replace(mean=fit.mean * factor, sd=fit.sd * factor) for fit in fits]


def _told(fit: _ClassFit, supplier: str, path: str, expected: float, is_known: bool) -> Fitted:
    """The law of a lot of one class; its value is at the posterior mean of the mean and of the variance."""
    mean, sd = float(fit.mean.mean()), float(np.sqrt(np.mean(fit.sd**2)))
    low, high = np.quantile(fit.mean, [0.05, 0.95])
    own = fit.lots[supplier].units.size if supplier in fit.lots else 0
    lots = own or sum(each.units.size for each in fit.lots.values())
    whose = f"{lots:,} {'lot' if lots == 1 else 'lots'} of {supplier if own else 'all suppliers'}"
    warnings = []
    if is_known and not own:
        warnings.append(
            f"No {fit.name} defects were counted in lots of {supplier}: what is told is from other suppliers."
        )
    if not is_known:
        warnings.append(f"{supplier} has no lots in the history: what is told is from {len(fit.lots)} other suppliers.")
    return Fitted(
        path=f"{path}.defects.{fit.name}",
        value={"dist": "beta", "mean": mean, "sd": sd},
        n=lots,
        told=f"By {whose}, {percentage(mean, 2)} of the units have a {fit.name} defect (90 % sure: "
        f"{percentage(low, 2)} to {percentage(high, 2)}); "
        f"single lots differ from that by {percentage(sd, 2)} of their units (standard deviation).",
        samples={f"{path}.defects.{fit.name}.mean": fit.mean, f"{path}.defects.{fit.name}.sd": fit.sd},
        priors=level_priors(fit.name, expected),
        warnings=tuple(warnings),
    )


def _lot_share(fits: list[_ClassFit], path: str, is_known: bool) -> Fitted:
    """`lot_to_lot_share`, one for all classes: their own ones, weighted by the variance of each."""
    place = f"{path}.defects.lot_to_lot_share"
    lots = max(sum(each.units.size for each in fit.lots.values()) for fit in fits)
    if is_known:
        told = (
            "How good this supplier is, its lots have told, as far as the draws say; what is left is from lot to lot."
        )
        return Fitted(place, 1.0, lots, told)
    shares = [fit.draws.between_lots() / (fit.draws.between_lots() + fit.draws.between_suppliers()) for fit in fits]
    scores = [score_lot_share(fit.mean, fit.sd, share) for fit, share in zip(fits, shares, strict=True)]
    weights = np.array([fit.sd**2 for fit in fits])
    share = (weights * scores).sum(axis=0) / weights.sum(axis=0)
    value = float(share.mean())
    low, high = np.quantile(share, [0.05, 0.95])
    return Fitted(
        path=place,
        value=value,
        n=lots,
        told=f"Of how far lots differ, {percentage(value, 0)} is from lot to lot of one supplier (90 % sure: "
        f"{percentage(low, 0)} to {percentage(high, 0)}); the rest is from one supplier to another.",
        samples={place: share},
        warnings=("One number holds for all classes of defect: it is their mean, weighted by their variance.",),
    )


def _figures(fit: _ClassFit, own: Mapping[str, Lots], supplier: str, rng: np.random.Generator) -> ClassFigures:
    chosen = [fit.lots[supplier]] if supplier in fit.lots else list(fit.lots.values())
    firms = {supplier: own[supplier]} if supplier in own else own
    means = [np.concatenate([each.supplier_means(firm, rng) for each in fit.fits]) for firm in firms]
    return ClassFigures(
        defect_class=fit.name,
        suppliers=len(fit.lots),
        lots=sum(each.units.size for each in fit.lots.values()),
        own_lots=fit.lots[supplier].units.size if supplier in fit.lots else 0,
        units=int(sum(each.units.sum() for each in chosen)),
        found=int(sum(each.found.sum() for each in chosen)),
        mean=interval_of(fit.mean),
        sd=interval_of(fit.sd),
        between_suppliers=interval_of(fit.draws.between_suppliers()),
        between_lots=interval_of(fit.draws.between_lots()),
        dispersion_p=dispersion_p(list(firms.values()), means, fit.draws.precision, rng),
    )


def interval_of(draws: Floats) -> Interval:
    """Median and 90 % interval of draws, shape (S,)."""
    return Interval(*(float(value) for value in np.quantile(draws, [0.05, 0.5, 0.95])))


def _warnings(orders: DataFrame, supplier: str, own: Mapping[str, Mapping[str, Lots]], detection: float) -> list[str]:
    """What the counts cannot tell, as far as it bears on this history."""
    if not own:
        return ["No lot has counts of defective units: the scenario keeps its values for defects."]
    missing = [name for name in CLASSES if name not in own]
    warnings = [f"No {name} defects are counted in the history: the scenario keeps its value." for name in missing]
    counted = np.logical_or.reduce([~np.isnan(_numbers(orders, name)) for name in CLASSES])
    units = _looked_at(orders)
    odd = sum(int(np.sum(_numbers(orders, name) > units)) for name in CLASSES)
    if odd:
        warnings.append(f"{odd} counts of more defective units than were looked at are left out.")
    failed = int(np.sum(counted & (orders["inspection_result"] == "failed").fillna(False).to_numpy(dtype=bool)))
    if failed:
        warnings.append(
            f"{failed} of the lots counted had failed an inspection: if they were sorted before shipment, their counts "
            "are too low for what the scenario calls defects."
        )
    if detection == 1:
        warnings.append(
            "The buyer's check is taken to find every defect; if the scenario has a `latent_share`, the counts are "
            "low by as much, unless that is handed in as the detection."
        )
    warnings.append(_bad_lots_told(own, supplier))
    return warnings


def _bad_lots_told(own: Mapping[str, Mapping[str, Lots]], supplier: str) -> str:
    lots = own.get("major", {})
    chosen = [lots[supplier]] if supplier in lots else list(lots.values())
    bad = sum(int(np.sum(each.found >= BAD_LOT * each.units * each.detection)) for each in chosen)
    count = sum(each.units.size for each in chosen)
    return (
        f"{bad} of {count:,} lots had {percentage(BAD_LOT)} major defects or more; such lots are part of the fitted "
        "law, "
        "and are not added a second time by `bad_lot`."
    )


def _samples_told(samples: Samples, *, used: bool) -> str:
    count = samples.units.size
    begun = f"{count} lots have a sample before shipment alone, in which the classes are not told apart"
    if used:
        return f"{begun}: their defective units are split by class as the counted lots suggest, at random."
    return f"{begun}: they are left out, as fewer than {FEWEST_LOTS} lots were counted in every class."
