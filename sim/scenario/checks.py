"""What the schema cannot see by itself: values that contradict each other, and names that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from sim.errors import InputError, Problem, RulePackError
from sim.rules.sampling import Severity, sampling_plan
from sim.scenario.inspections import MOST_MAN_DAYS, FixedSamplingSpec, IsoSamplingSpec
from sim.scenario.keys import LARGEST_AMOUNT, LONGEST_DAYS
from sim.scenario.members import keys_at
from sim.scenario.parameter_sets import is_replaced
from sim.scenario.paths import Path, child, dotted, located, parts_of, trail
from sim.scenario.wording import nearest

if TYPE_CHECKING:
    import pathlib

    from sim.scenario.inspections import SamplingSpec
    from sim.scenario.nodes import Plain, Table
    from sim.scenario.plans import PlanSpec
    from sim.scenario.schema import ScenarioSpec
    from sim.scenario.suppliers import SupplierSpec
    from sim.scenario.working_days import CalendarSpec, PeriodSpec

FIRST_START: Final = date(1970, 1, 1)
LAST_START: Final = date(2150, 12, 31)
_LONGEST_PERIOD: Final = 3660
_MOST_ANSWERS: Final = LONGEST_DAYS * 12
"""Of one side in a dispute of the longest kind: every answer takes an hour at least."""
_LARGEST_HANDLING: Final = 10 * LARGEST_AMOUNT
_NEVER_VARIED: Final = frozenset({"run", "schema_version"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A contradiction: where it stands, what is wrong, the way out, and which other value it rests on."""

    path: Path
    message: str
    hint: str | None = None
    at_key: bool = False
    rests_on: Path | None = None

    def problem(self, tree: Table) -> Problem:
        """Give the finding its place in the file."""
        found = located(tree, self.path)
        place = found.key if self.at_key and found.key is not None else found.value_place
        return place.problem(self.message, path=dotted(self.path), hint=self.hint)


Findings = Iterator[Finding]


def need_checked(spec: ScenarioSpec) -> Findings:
    """Check what is needed: when, and what goods are worth."""
    if not FIRST_START <= spec.start <= LAST_START:
        yield Finding(("start",), f"the start {spec.start} is out of range", f"allowed: {FIRST_START} to {LAST_START}")
        return
    need = spec.need
    due = spec.day_number(need.due)
    if due <= 0:
        yield Finding(("need", "due"), f"the goods are due before the start, {spec.start}", "a date after the start")
    elif due > LONGEST_DAYS:
        yield Finding(("need", "due"), f"the goods are due more than {LONGEST_DAYS:,} days after the start")
    for name, value in (("salvage_value", need.salvage_value), ("minor_defect_cost", need.minor_defect_cost)):
        if value > need.sale_value:
            message = f"`{name}` {value:g} is above the sale value of a good unit, {need.sale_value:g}"
            yield Finding(("need", name), message, f"allowed: 0 to {need.sale_value:g}")
    prices = [(step.price, name) for name, one in spec.suppliers.items() for step in one.unit_price]
    price, supplier = min(prices)
    if price < need.minor_defect_cost <= need.sale_value:
        message = f"`minor_defect_cost` {need.minor_defect_cost:g} is above a price of {supplier}, {price:g} a unit"
        yield Finding(("need", "minor_defect_cost"), message, "a minor defect cannot cost more than the unit")


def amounts_checked(spec: ScenarioSpec, plans: Iterable[PlanSpec]) -> Findings:
    """Check that no order comes to more money, or more time, than can be counted exactly."""
    largest: dict[str, int] = {}
    for order in (order for plan in plans for order in plan.orders):
        instead = () if isinstance(order.otherwise, str) else (order.otherwise.supplier,)
        for name in (order.supplier, *instead):
            largest[name] = max(largest.get(name, 0), order.quantity)
    need, most = spec.need, max(largest.values(), default=0)
    rates: list[tuple[Path, float, int]] = [
        (("need", "sale_value"), need.sale_value, need.quantity),
        (("need", "excess_value"), need.excess_value, most),
        (("need", "salvage_value"), need.salvage_value, max(most, need.quantity)),
    ]
    for name, quantity in largest.items():
        given = spec.suppliers[name]
        at: Path = ("suppliers", name)
        rates += [
            ((*at, "unit_price", number, "price"), step.price, quantity)
            for number, step in enumerate(given.unit_price)
            if step.from_ <= quantity
        ]
        rates.append(((*at, "freight", "per_unit"), given.freight.per_unit, quantity))
        rates.append(((*at, "return_freight_per_unit"), given.return_freight_per_unit, quantity))
        extra = given.production_days_per_1000 * quantity / 1000
        if extra > LONGEST_DAYS:
            message = f"{quantity:,} units would take {extra:,.0f} days more"
            yield Finding((*at, "production_days_per_1000"), message, f"at most {LONGEST_DAYS:,} days for an order")
    for path, rate, quantity in rates:
        if rate * quantity > LARGEST_AMOUNT:
            message = f"{quantity:,} units at {rate:g} come to more than {LARGEST_AMOUNT:,}"
            yield Finding(path, message, "count in thousands of the currency, or in packs instead of units")


def work_checked(spec: ScenarioSpec, plans: Iterable[PlanSpec]) -> Findings:
    """Check that no dispute can cost more of the buyer's time, and no inspection take longer, than can be counted."""
    hours = spec.buyer.dispute_hours
    cost = (hours.filing + hours.evidence + hours.reply * _MOST_ANSWERS) * spec.buyer.hourly_cost
    if cost > _LARGEST_HANDLING:
        message = f"{hours.reply:g} hours for each of up to {_MOST_ANSWERS:,} answers come to {cost:,.0f}"
        yield Finding(("buyer", "hourly_cost"), message, f"less, or fewer hours: at most {_LARGEST_HANDLING:,}")
    looked_at: dict[str, int] = {}
    for order in (order for plan in plans for order in plan.orders):
        for name in order.inspections:
            looked_at[name] = max(looked_at.get(name, 0), order.quantity)
    for name, quantity in looked_at.items():
        given = spec.inspections[name]
        days = -(-_largest_sample(given.sampling, quantity) // given.units_per_man_day)
        if given.man_days == "auto" and days > MOST_MAN_DAYS:
            message = f"the sample from {quantity:,} units would take {days:,} inspector days"
            yield Finding(("inspections", name), message, f"at most {MOST_MAN_DAYS:,}: raise units_per_man_day")


def _largest_sample(sampling: SamplingSpec, quantity: int) -> int:
    """Most units of a lot that a sampling plan looks at."""
    if isinstance(sampling, FixedSamplingSpec):
        return min(sampling.sample_size, quantity)
    limits, aql = (Severity.NORMAL, Severity.TIGHTENED), sampling.aql
    return max(
        sampling_plan(quantity, sampling.level, limit, severity).sample_size
        for limit in (aql.critical, aql.major, aql.minor)
        for severity in limits
    )


def currency_checked(spec: ScenarioSpec) -> Findings:
    """Check that there is such a currency."""
    from babel.numbers import list_currencies

    known = sorted(list_currencies())
    if spec.currency not in known:
        near = nearest(spec.currency, known)
        yield Finding(
            ("currency",),
            f"there is no currency {spec.currency}",
            near if "?" in near else "such as EUR, GBP, USD",
        )


def calendars_checked(spec: ScenarioSpec) -> Findings:
    """Check the working calendars of the buyer and of every supplier."""
    yield from _calendar_checked(spec.buyer.calendar, ("buyer", "calendar"))
    for name, supplier in spec.suppliers.items():
        yield from _calendar_checked(supplier.calendar, ("suppliers", name, "calendar"))


def _calendar_checked(calendar: CalendarSpec, path: Path) -> Findings:
    from sim.calendars import known_countries, known_subdivisions

    country = calendar.country
    if country is None:
        if calendar.subdivision is not None:
            yield Finding((*path, "subdivision"), "a subdivision needs a country")
    elif country not in known_countries():
        near = country.upper() if country.upper() in known_countries() else None
        hint = f"did you mean `{near}`?" if near else "a two-letter country code, such as CN, DE, GB, US"
        yield Finding((*path, "country"), f"there are no public holidays for the country code {country!r}", hint)
    elif calendar.subdivision is not None and calendar.subdivision not in known_subdivisions(country):
        message = f"{country} has no subdivision {calendar.subdivision!r} with holidays of its own"
        yield Finding((*path, "subdivision"), message, nearest(calendar.subdivision, known_subdivisions(country)))
    for key, periods in (("closed", calendar.closed), ("open", calendar.open)):
        for index, period in enumerate(periods):
            yield from _period_checked(period, (*path, key, index))


def _period_checked(period: PeriodSpec, path: Path) -> Findings:
    days = (period.to - period.from_).days
    if days < 0:
        yield Finding((*path, "to"), f"the period ends before it begins, on {period.from_}")
    elif days > _LONGEST_PERIOD:
        yield Finding((*path, "to"), f"the period is longer than {_LONGEST_PERIOD:,} days")


def suppliers_checked(spec: ScenarioSpec, names: list[str]) -> Findings:
    """Check prices, times and identities of every supplier."""
    for name, supplier in spec.suppliers.items():
        path: Path = ("suppliers", name)
        yield from _prices_checked(supplier, (*path, "unit_price"))
        if supplier.production_days is None and supplier.delay_days is None:
            yield Finding(path, f"{name} needs either `production_days` or `delay_days`", at_key=True)
        if supplier.production_days is not None and supplier.delay_days is not None:
            message = "`production_days` and `delay_days` exclude each other"
            yield Finding((*path, "delay_days"), message, "give one of them", at_key=True)
        if supplier.identity is not None:
            yield from _identity_checked(spec, name, supplier.identity, names)


def _prices_checked(supplier: SupplierSpec, path: Path) -> Findings:
    steps = supplier.unit_price
    if steps[0].from_ != 1:
        yield Finding((*path, 0, "from"), f"the first price is from {steps[0].from_} units", "the first is from 1")
    for index, (before, step) in enumerate(pairwise(steps), 1):
        if step.from_ <= before.from_:
            message = f"the price breaks do not ascend: {step.from_} after {before.from_}"
            yield Finding((*path, index, "from"), message, f"more than {before.from_}")


def _identity_checked(spec: ScenarioSpec, name: str, identity: str, names: list[str]) -> Findings:
    path: Path = ("suppliers", name, "identity")
    if identity not in names or identity == name:
        others = [other for other in names if other != name]
        yield Finding(path, f"there is no other supplier `{identity}` in this file", nearest(identity, others))
        return
    other = spec.suppliers.get(identity)
    if other is not None and other.identity is not None:
        yield Finding(path, f"`{identity}` has an identity itself", f"name `{other.identity}`")


def inspections_checked(spec: ScenarioSpec) -> Findings:
    """Check that the tables of the sampling standard know every quality limit."""
    from sim.rules.sampling import AQLS

    for name, inspection in spec.inspections.items():
        sampling = inspection.sampling
        if not isinstance(sampling, IsoSamplingSpec):
            continue
        for defect in ("critical", "major", "minor"):
            aql: float = getattr(sampling.aql, defect)
            if aql and aql not in AQLS:
                path = ("inspections", name, "sampling", "aql", defect)
                table = ", ".join(f"{known:g}" for known in (0.0, *AQLS))
                yield Finding(path, f"an AQL of {aql:g} is not in the tables of ISO 2859-1", f"one of {table}")


def protection_checked(spec: ScenarioSpec, base: pathlib.Path) -> Iterator[Finding | Problem]:
    """Check that the rule pack is there, and that the overrides fit it."""
    from sim.scenario.packs import apply_overrides, load_pack

    try:
        pack = load_pack(spec.protection, base)
    except RulePackError as error:
        for problem in error.problems:
            if problem.line is None:
                message = problem.message if problem.file is None else f"{problem.file}: {problem.message}"
                yield Finding(("protection",), message, problem.hint)
            else:
                yield problem
        return
    try:
        apply_overrides(pack, spec.protection_overrides)
    except InputError as error:
        for problem in error.problems:
            path = parts_of(problem.path) if problem.path else None
            yield Finding(path or ("protection_overrides",), problem.message, problem.hint)


def uncertain_checked(spec: ScenarioSpec, values: dict[str, Any]) -> Findings:
    """Check that what a study varies is a number of this scenario."""
    for name in spec.uncertain:
        yield from _number_checked(name, ("uncertain", name), values, at_key=True)


def parameter_sets_checked(spec: ScenarioSpec, values: dict[str, Any], overrides: Sequence[str]) -> Findings:
    """Check that what is drawn in sets is a number of this scenario, or was one before it was replaced from outside."""
    given = () if spec.parameter_sets is None else spec.parameter_sets.inputs
    for position, name in enumerate(given):
        if not is_replaced(name, overrides):
            yield from _number_checked(name, ("parameter_sets", "inputs", position), values, at_key=False)


def _number_checked(name: str, path: Path, values: dict[str, Any], *, at_key: bool) -> Findings:
    """Check that a dotted path leads to a number of this scenario."""
    parts = parts_of(name)
    way = trail(values, parts or ())
    taken = [part for _, part in way]
    here = child(*way[-1]) if way else values
    if parts is None or tuple(taken) != parts:
        message, hint = f"there is no `{name}` in this scenario", _next_key(here, parts, taken)
        if parts is not None and len(taken) == len(parts) - 1 and parts[-1] in keys_at(taken):
            message, hint = f"this file does not give `{name}`", "give it a value, then vary it"
        yield Finding(path, message, hint, at_key=at_key)
    elif isinstance(here, bool) or not isinstance(here, int | float | None) or taken[0] in _NEVER_VARIED:
        hint = _next_key(here, None, taken) if isinstance(here, dict) else None
        yield Finding(path, f"`{name}` is not a number that can be varied", hint, at_key=at_key)


def _next_key(here: Plain, parts: Path | None, taken: list[str | int]) -> str | None:
    if isinstance(here, dict):
        wrong = parts[min(len(taken), len(parts) - 1)] if parts else ""
        prefix = dotted(tuple(taken)) + "." if taken else ""
        return nearest(wrong, [str(key) for key in here], f"below {prefix or 'the top'}")
    if isinstance(here, list):
        return f"items [0] to [{len(here) - 1}]" if here else None
    return "write a path with dots, such as buyer.hourly_cost"
