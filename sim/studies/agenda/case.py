"""One order as its agenda sees it: the terms, the dates that are known, and those to be expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Final

from sim.protocol import Ground
from sim.rules.coverage import claim_window_end, is_channel_covered, is_ground_covered
from sim.studies.agenda.days import Writer, input_told
from sim.studies.agenda.moments import Basis, Moment, at_minute, moved
from sim.units import MINUTES_PER_DAY, NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.model import PlanModel
    from sim.model.parts import Order, Supplier, Variant
    from sim.rules.worktime import WorkedDays
    from sim.scenario import Scenario
    from sim.studies.agenda.days import Reason
    from sim.studies.agenda.expected import Expected
    from sim.studies.agenda.given import Clock, GivenDate
    from sim.terms import ProtectionTerms, RulePack

_CHAIN: Final = (
    "placed",
    "shipped",
    "received",
    "checked",
    "dispute_opened",
    "supplier_answered",
    "escalated",
    "refund_paid",
)
"""Milestones in the order in which one follows from another."""


@dataclass(frozen=True)
class OrderCase:
    """An order, and all that is known of it.

    Attributes
    ----------
    scenario, model, number
        The plan, and the position of the order in it.
    pack
        Rules of the protection, with the scenario's own.
    clock, worked
        The calendar date of minute 0, and the platform's working days from there.
    given
        Dates that the buyer knows.
    expected
        What happened in simulated orders.
    """

    scenario: Scenario
    model: PlanModel
    number: int
    pack: RulePack
    clock: Clock
    worked: WorkedDays
    given: Mapping[str, GivenDate]
    expected: Expected

    @property
    def order(self) -> Order:
        """The order as the plan has it."""
        return self.model.orders[self.number]

    @property
    def variant(self) -> Variant:
        """Its terms with the supplier that is asked first."""
        return self.order.variants[0]

    @property
    def supplier(self) -> Supplier:
        """The supplier that is asked first."""
        return self.model.suppliers[self.variant.supplier]

    @property
    def terms(self) -> ProtectionTerms:
        """Rules of the protection as numbers."""
        return self.model.terms

    @property
    def writer(self) -> Writer:
        """Puts moments of this order down as days."""
        return Writer(self.order.id, self.clock)

    def value(self, path: str, words: str) -> Reason:
        """A value of the scenario as a reason."""
        return input_told(self.scenario, path, words)

    def known(self, name: str) -> Moment | None:
        """A date that the buyer knows."""
        given = self.given.get(name)
        return None if given is None else self.clock.given(given)

    def foreseen(self, name: str) -> Moment | None:
        """When a milestone is to be expected, counted from the last one known; None where it is too seldom."""
        for earlier in reversed(_CHAIN[: _CHAIN.index(name)]):
            moment = self.known(earlier)
            if moment is not None:
                return self.expected.after(name, earlier, moment)
        return self.expected.moment(name, self._shift)

    def best_known(self, name: str) -> Moment | None:
        """A milestone as it is known, or else as it is to be expected."""
        return self.known(name) or self.foreseen(name)

    @property
    def placed(self) -> Moment:
        """When the order was placed, is placed by the plan, or is expected to be placed."""
        return self.known("placed") or self.planned

    @property
    def planned(self) -> Moment:
        """When the plan places the order: the time of day is nobody's plan."""
        start = self.order.start
        if start.after >= 0:
            found = self.expected.moment("placed", self._shift)
            return Moment(self._shift, self._shift, self._shift, Basis.EXPECTED) if found is None else found
        minute = max(start.minute, 0) + self._shift
        if minute % MINUTES_PER_DAY:
            return at_minute(minute, Basis.PLAN)
        return Moment(minute, minute, minute + MINUTES_PER_DAY - 1, Basis.PLAN)

    @property
    def can_be_told(self) -> bool:
        """Whether it is known, planned or at least to be expected that the order is placed at all."""
        return bool(self.given) or self.order.start.after < 0 or self.expected.moment("placed", 0) is not None

    @property
    def _shift(self) -> int:
        """Minutes from the clock's origin to minute 0 of the simulated orders."""
        return self.clock.minute(datetime.combine(self.expected.start, time()))

    # ------------------------------------------------------------------------------------------- the protection

    @property
    def is_paid_through_it(self) -> bool:
        """Whether any of the money goes the way that the protection asks for."""
        return bool(is_channel_covered(self.terms, self.supplier.on_platform))

    def covers(self, ground: Ground) -> bool:
        """Whether a claim on a ground can be made at all."""
        covered = is_ground_covered(self.terms, ground, self.model.contract.custom_made, False)
        return bool(covered) and self.is_paid_through_it

    def window(self, received: Moment) -> Moment | None:
        """Last moment for a claim of quality."""
        return moved(
            lambda placed, here: int(claim_window_end(self.terms, placed, here)),
            self.placed,
            received,
        )

    @property
    def opened(self) -> Moment | None:
        """When the dispute was opened: None also where the protection hears of none."""
        return self.known("dispute_opened") if self.covers_anything else None

    @property
    def covers_anything(self) -> bool:
        """Whether a claim can be made on any ground."""
        return self.covers(Ground.LATE_SHIPMENT) or self.covers(Ground.QUALITY)


NO_END: Final = NEVER
"""Minute of an end of negotiation that is left out of the question."""
