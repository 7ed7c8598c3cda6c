"""Disputes without chance, many at a time: one order for each path, told side by side in one plan.

The orders of such a plan share nothing that could run out, so that each tells its own story. Times are put into the
model as they are, to the minute, past the scenario file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.model import Timespan
from sim.protocol import dispute_transitions, transition_matrix
from sim.random.distributions import constant
from sim.random.tables import build_table
from sim.units import MICROS, MINUTES_PER_DAY
from tests.engines import simulated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sim.model import PlanModel, Supplier
    from sim.outcomes import Outcomes
    from sim.random.tables import QuantileTable

MOST_ORDERS: Final = 12
"""As many as a scenario's plan may have."""

PATHS: Final[set[bytes]] = set()
"""Every story of an order that has been told here: minutes, events and amounts."""


class Path(NamedTuple):
    """What sets an order's story apart: when it is placed, and how its supplier acts; minutes, unless left out."""

    start: int = 0
    production: int | None = None
    latent_after: int | None = None
    reply: int | None = None
    evidence: int | None = None
    payout: int | None = None
    silent: bool = False
    concedes: bool = False
    opening_offer: float = 0.0
    concession: float = 0.0


def lasting(minutes: int, *, working: bool = False) -> Timespan:
    """A time that is always the same."""
    return Timespan(share(minutes / MINUTES_PER_DAY), working)


def share(value: float) -> QuantileTable:
    """A number that is always the same."""
    return build_table(constant(value))


def with_terms(model: PlanModel, **rules: int) -> PlanModel:
    """The model under a protection with other rules, in the numbers of `ProtectionTerms`."""
    terms = model.terms._replace(**rules)
    return replace(model, terms=terms, dispute_matrix=transition_matrix(dispute_transitions(terms)))


def with_buyer(model: PlanModel, **terms: Any) -> PlanModel:  # noqa: ANN401 - as `Buyer` holds them
    """The model with another buyer; times in minutes."""
    spans = {"goods_check", "reply", "evidence"}
    changed: dict[str, Any] = {
        name: lasting(value) if name in spans and isinstance(value, int) else value for name, value in terms.items()
    }
    return replace(model, buyer=model.buyer._replace(**changed))


def with_mediator(
    model: PlanModel, *, upheld: float = 1.0, award: float = 1.0, returned: float = 0.0, decision: int
) -> PlanModel:
    """The model with another mediator; `decision` in minutes."""
    same = tuple(tuple((upheld,) * len(by_report) for by_report in by_ground) for by_ground in model.mediation.upheld)
    mediation = model.mediation._replace(upheld=same, award=share(award), returned=returned, decision=lasting(decision))
    return replace(model, mediation=mediation)


def told(model: PlanModel, paths: Sequence[Path]) -> None:
    """Have both engines tell the one order of a plan along each path."""
    for first in range(0, len(paths), MOST_ORDERS):
        some = paths[first : first + MOST_ORDERS]
        keep(simulated(side_by_side(model, some), range(1)))


def keep(outcomes: Outcomes) -> None:
    """Remember the stories that have been told."""
    for replication in outcomes.replications["replication"]:
        of_replication = outcomes.trace[outcomes.trace["replication"] == replication]
        for order in range(outcomes.orders.shape[1]):
            story = of_replication[of_replication["order"] == order]
            PATHS.add(story[["minute", "event", "amount"]].tobytes())


def side_by_side(model: PlanModel, paths: Sequence[Path]) -> PlanModel:
    """A plan with one order for each path, each with a supplier of its own."""
    (order,), (supplier,) = model.orders, model.suppliers
    (variant,) = order.variants
    numbers = range(len(paths))
    return replace(
        model,
        order_ids=tuple(f"path{number}" for number in numbers),
        supplier_names=tuple(f"supplier{number}" for number in numbers),
        inspectors=tuple(len(paths) for _ in model.inspectors),
        suppliers=tuple(supplier_of(supplier, path) for path in paths),
        orders=tuple(
            order._replace(
                id=f"path{number}",
                start=order.start._replace(minute=paths[number].start),
                variants=(variant._replace(supplier=number),),
            )
            for number in numbers
        ),
        buyer=model.buyer._replace(handlers=len(paths)),
    )


def supplier_of(supplier: Supplier, path: Path) -> Supplier:
    """The supplier as a path has it."""
    disputes = supplier.disputes._replace(
        silent=float(path.silent),
        concedes=float(path.concedes),
        opening_offer=share(path.opening_offer),
        concession=round(path.concession * MICROS),
        **spans_of(path, "reply", "evidence", "payout"),
    )
    return supplier._replace(disputes=disputes, **spans_of(path, "production", "latent_after"))


def spans_of(path: Path, *names: str) -> dict[str, Any]:
    """The times that a path gives, by name."""
    given = {name: getattr(path, name) for name in names}
    return {name: lasting(minutes) for name, minutes in given.items() if minutes is not None}


def around(limits: Iterable[int]) -> list[int]:
    """A minute before, on and after each limit that there is; none before the start."""
    return sorted({limit + near for limit in limits if limit >= 0 for near in (-1, 0, 1) if limit + near >= 0})
