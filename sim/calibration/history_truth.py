"""What is true of a simulated history: what its suppliers are like, and their lots, before anybody looked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.random.purposes import Purpose
from sim.random.scores import draw_score, normal_score, normal_score_one, shared_score
from sim.random.uniforms import uniform
from sim.units import MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sim.calibration.lived_orders import LivedOrder, WrittenOrder
    from sim.scenario import Scenario

_CLASSES: Final = ("critical", "major", "minor")
_LOTS: Final = 4_096
"""Equally likely lots over which the mean of a supplier's own level is taken."""
_FIRST_LINE: Final = 2
"""Of the orders in the file: the header is line 1."""
_DECIMALS: Final = 6


def truth_of(
    scenario: Scenario, plan: str, lived: Sequence[LivedOrder], rows: Sequence[WrittenOrder], as_of: date
) -> dict[str, Any]:
    """What is true of a history, as plain data for JSON.

    Parameters
    ----------
    scenario, plan
        What it was simulated by.
    lived, rows
        Its orders and what was written of them, in the order of the file.
    as_of
        Day on which it is written.

    Returns
    -------
    dict
        ``suppliers``: by name in the history the replication, the inputs of the scenario, and ``own_share``, the mean
        defective share of this supplier's own lots by class (without lots that are bad as a whole). ``orders``: for
        each line of the file the exact delay, the days that it waited for a production slot, the shares drawn for its
        lot, and the defective units shipped.
    """
    first = {order.supplier: order for order in reversed(lived)}
    return {
        "scenario": scenario.name,
        "plan": plan,
        "seed": scenario.model.run.seed,
        "as_of": as_of.isoformat(),
        "suppliers": {name: _supplier_truth(scenario, order) for name, order in sorted(first.items())},
        "disputes": _plain(scenario.raw.get("disputes", {})),
        "orders": [
            {"line": line, "supplier": row.supplier, **_order_truth(order)}
            for line, (order, row) in enumerate(zip(lived, rows, strict=True), _FIRST_LINE)
        ],
    }


def _supplier_truth(scenario: Scenario, order: LivedOrder) -> dict[str, Any]:
    name = order.model.supplier_names[order.variant.supplier]
    return {
        "scenario_supplier": name,
        "replication": order.replication,
        "own_share": {of: _own_share(order, number) for number, of in enumerate(_CLASSES)},
        "inputs": _plain(scenario.raw["suppliers"][name]),
    }


def _own_share(order: LivedOrder, number: int) -> float:
    """Mean share of a class of defects over all lots that the order's supplier could make."""
    model = order.model
    supplier = model.suppliers[order.variant.supplier]
    drawn = uniform(model.seed, order.replication, model.firms[supplier.firm], Purpose.SUPPLIER_QUALITY, number)
    lots = normal_score((np.arange(_LOTS) + 0.5) / _LOTS)
    scores = shared_score(np.full(_LOTS, normal_score_one(drawn)), lots, supplier.lot_share)
    return round(float(np.mean(draw_score(supplier.quality[number], scores))), _DECIMALS)


def _order_truth(order: LivedOrder) -> dict[str, Any]:
    record = order.record
    shipped, promised = int(record["shipped"]), int(record["ship_date"])
    return {
        "replication": order.replication,
        "delay_days": None if shipped < 0 else _days(shipped - promised),
        "waited_days": None if order.begun < 0 else _days(order.begun - order.placed),
        "bad_lot": bool(order.draws.bad_lot < order.model.suppliers[order.variant.supplier].bad_lot),
        "share": {of: round(float(order.draws.shares[number]), _DECIMALS) for number, of in enumerate(_CLASSES)},
        "units": {of: int(record[of]) for of in _CLASSES},
    }


def _days(minutes: int) -> float:
    return round(minutes / MINUTES_PER_DAY, _DECIMALS)


def _plain(value: Any) -> Any:  # noqa: ANN401 - any YAML value
    """A value of a scenario without the words on where it comes from."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value if isinstance(value, str | int | float | None) else str(value)
    if set(value) == {"value", "source"}:
        return _plain(value["value"])
    return {str(key): _plain(inner) for key, inner in value.items() if key != "source"}
