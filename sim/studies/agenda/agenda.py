"""The agenda of a plan: every day on which the buyer must act, in the order of the calendar."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sim.calendars import build_calendar
from sim.errors import InputError, Problem
from sim.experiments.record import protection_pack
from sim.experiments.runs import plans_wanted
from sim.model import build_model
from sim.protocol import Ground
from sim.studies.agenda.case import OrderCase
from sim.studies.agenda.days import Kind
from sim.studies.agenda.delivery import days_to_the_claim, notes_on_delivery
from sim.studies.agenda.dispute import days_of_dispute, notes_on_dispute
from sim.studies.agenda.expected import expected_orders
from sim.studies.agenda.given import checked_dates, clock_of, day_text, option_of
from sim.studies.agenda.moments import Basis, perhaps_before, surely_before
from sim.units import MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from sim.engines import Tell
    from sim.model import PlanModel
    from sim.scenario import Scenario
    from sim.studies.agenda.days import ActDay
    from sim.studies.agenda.given import Clock, GivenDate
    from sim.studies.agenda.moments import Moment

REPLICATIONS = 2_000
"""Simulated for what is to be expected, unless told otherwise."""


@dataclass(frozen=True)
class Agenda:
    """The days on which a buyer must act.

    Attributes
    ----------
    scenario, plan, protection
        What it is for: name of the scenario, name of the plan, id of the rule pack.
    orders
        Ids of the orders in it.
    given
        Dates that the buyer knows, by their names.
    days
        In the order of the calendar.
    notes
        What a buyer should know besides, in sentences.
    as_of
        The last of the given dates, or the start of the scenario: what comes after it is still to be done.
    replications
        Simulated for what is expected.
    """

    scenario: str
    plan: str
    protection: str
    orders: tuple[str, ...]
    given: Mapping[str, GivenDate]
    days: tuple[ActDay, ...]
    notes: tuple[str, ...]
    as_of: date
    replications: int

    @property
    def next_day(self) -> ActDay | None:
        """The next thing to do: the first that has not passed, and is not only for the case of a dispute."""
        found = (day for day in self.days if not day.is_passed and not day.if_disputed)
        return next(found, None)

    @property
    def certain_days(self) -> tuple[ActDay, ...]:
        """All but those for the case of a dispute that there is not yet."""
        return tuple(day for day in self.days if not day.if_disputed)

    def data(self) -> dict[str, Any]:
        """The agenda as plain data."""
        return {
            "scenario": self.scenario,
            "plan": self.plan,
            "protection": self.protection,
            "orders": list(self.orders),
            "given": {
                name: known.moment.date().isoformat() if known.whole_day else known.moment.isoformat(timespec="minutes")
                for name, known in self.given.items()
            },
            "as_of": self.as_of.isoformat(),
            "replications": self.replications,
            "next": None if self.next_day is None else self.next_day.as_data(),
            "days": [day.as_data() for day in self.days],
            "notes": list(self.notes),
        }


def agenda_of(
    scenario: Scenario,
    plan: str | None = None,
    *,
    order: str | None = None,
    given: Mapping[str, GivenDate] | None = None,
    replications: int = REPLICATIONS,
    seed: int | None = None,
    tell: Tell | None = None,
) -> Agenda:
    """Work out the days on which a buyer must act.

    Parameters
    ----------
    scenario
        With its protection.
    plan
        Name of the plan; may be left out where there is only one.
    order
        Id of one of its orders; needed for dates that are known where the plan has several.
    given
        Dates that are known, by the names of `sim.studies.agenda.DATE_NAMES`; they take the place of the plan's.
    replications, seed
        How often the plan is simulated for what is not known yet, and with which luck.
    tell
        Called with a sentence for the user where the engine takes a while to be made ready.

    Returns
    -------
    Agenda

    Raises
    ------
    InputError
        No such plan or order, dates that contradict each other, or a dispute that was opened too late.
    """
    dates = dict(given or {})
    name = _plan_named(scenario, plan)
    model = build_model(scenario, name)
    numbers = _orders_wanted(model, order, dates)
    clock = clock_of(scenario.model.start, dates)
    shift = _days_moved(scenario, model, numbers[0], dates)
    expected = expected_orders(scenario, name, replications=replications, seed=seed, shift=shift, tell=tell)
    pack = protection_pack(scenario)
    worked = build_calendar(pack.calendar, clock.origin).days
    cases = [OrderCase(scenario, model, number, pack, clock, worked, dates, expected[number]) for number in numbers]
    for case in cases:
        _check(case)
    days = [day for case in cases if case.can_be_told for day in (*days_to_the_claim(case), *days_of_dispute(case))]
    notes = [
        note for case in cases for note in (*notes_on_dispute(case), *_window_notes(case), *notes_on_delivery(case))
    ]
    as_of = max((known.moment.date() for name, known in dates.items() if name != "ship_date"), default=clock.origin)
    return Agenda(
        scenario.name,
        name,
        pack.id,
        tuple(model.order_ids[number] for number in numbers),
        dates,
        tuple(sorted(_as_of(as_of, days), key=_by_date)),
        tuple(dict.fromkeys(notes)),
        as_of,
        replications,
    )


def _as_of(today: date, days: Iterable[ActDay]) -> Iterator[ActDay]:
    """The days with those marked that have passed; what has happened by then is left out."""
    for day in days:
        end = day.limit or day.moment
        passed = end is not None and end.date() < today
        if day.kind is not Kind.EVENT or not passed:
            yield replace(day, is_passed=passed and day.kind is Kind.DEADLINE)


def _by_date(day: ActDay) -> tuple[bool, date, bool]:
    """What may come to be a dispute stands at the end; on one day what must be done stands first."""
    return day.if_disputed, day.day, day.kind is not Kind.DEADLINE


def _plan_named(scenario: Scenario, plan: str | None) -> str:
    names = plans_wanted(scenario, [] if plan is None else [plan])
    if len(names) > 1:
        raise InputError(Problem(f"which plan of {scenario.name}?", hint=f"--plan, one of {', '.join(names)}"))
    return names[0]


def _orders_wanted(model: PlanModel, order: str | None, given: Mapping[str, GivenDate]) -> list[int]:
    ids = model.order_ids
    if order is not None:
        if order not in ids:
            raise InputError(Problem(f"plan {model.plan} has no order {order!r}", hint=f"it has {', '.join(ids)}"))
        return [ids.index(order)]
    if given and len(ids) > 1:
        option = option_of(next(iter(given)))
        hint = f"--order, one of {', '.join(ids)}"
        raise InputError(Problem(f"{option} is the date of which order of plan {model.plan}?", hint=hint))
    return list(range(len(ids)))


def _days_moved(scenario: Scenario, model: PlanModel, number: int, given: Mapping[str, GivenDate]) -> int:
    """Days by which an order was placed later than the plan's: the simulated ones begin as much later."""
    placed, start = given.get("placed"), model.orders[number].start
    if placed is None or start.after >= 0:
        return 0
    planned = scenario.model.start + timedelta(days=max(start.minute, 0) // MINUTES_PER_DAY)
    return (placed.moment.date() - planned).days


# ------------------------------------------------------------------------------------------------ what cannot be


def _check(case: OrderCase) -> None:
    """Refuse dates that contradict each other, and a dispute that no rule knows any more."""
    checked_dates(case.given, case.clock, case.planned)
    opened, window = case.opened, _window_of_dispute(case)
    if opened is None or window is None or not surely_before(window, opened):
        return
    rule = case.pack.rules["claim_window"]
    late, closed = _lateness(case.clock, window, opened), day_text(case.clock.day(window.minute))
    message = (
        f"the dispute was opened on {case.given['dispute_opened']}, but the claim window of order {case.order.id} had "
        f"closed on {closed}: too late by {late}"
    )
    hint = f"claim_window is {rule.value:g} {rule.unit} (lotwise rules {case.pack.id}); check the dates"
    raise InputError(Problem(message, hint=hint))


def _window_of_dispute(case: OrderCase) -> Moment | None:
    """The claim window of a dispute over goods received; None for any other."""
    opened, received = case.opened, case.known("received")
    if opened is None or received is None or not case.covers(Ground.QUALITY) or surely_before(opened, received):
        return None
    return case.window(received)


def _window_notes(case: OrderCase) -> list[str]:
    """Whether a dispute may have been opened too late, for all that is known."""
    opened, window = case.opened, _window_of_dispute(case)
    if opened is None or window is None or not perhaps_before(window, opened):
        return []
    closed = day_text(case.clock.day(window.minute))
    note = f"The dispute of order {case.order.id} was opened on the day on which the claim window closed, {closed}"
    return [f"{note}: the hour decides. Give both dates with the time of day."]


def _lateness(clock: Clock, limit: Moment, moment: Moment) -> str:
    """By how much a moment misses a limit: in days, or in hours and minutes where both are known so well."""
    minutes = moment.minute - limit.minute
    if Basis.DAY in (limit.basis, moment.basis):
        minutes = max((clock.day(moment.minute) - clock.day(limit.minute)).days, 1) * MINUTES_PER_DAY
    if minutes >= MINUTES_PER_DAY:
        days = round(minutes / MINUTES_PER_DAY, 1)
        return "1 day" if days == 1 else f"{days:g} days"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"
