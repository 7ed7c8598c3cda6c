"""A question and a scenario brought together: the form filled in, and the scenario with what was changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from sim.errors import InputError
from sim.experiments.wording import unknown_name
from sim.report.order_words import orders_in_words
from sim.scenario.paths import lies_in
from sim.web.blanks import PREFIX, groups_of
from sim.web.catalogue import ORDER_SIZE
from sim.web.fields import Choice, Field, Form, Group, PlanBox
from sim.web.quantities import Moved, quantities_moved, smallest_orders
from sim.web.reading import read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.errors import Problem
    from sim.scenario import Scenario
    from sim.web.blanks import Blank, BlankGroup
    from sim.web.questions import Question
    from sim.web.reading import Read

MOST_PLANS: Final = 24
"""Plans that are compared at a time; more take too long to wait for, and nobody reads them."""
_MOST_PROBLEMS: Final = 10
_NEED: Final = "need.quantity"
_SMALLEST: Final = "minimum_order"
_PERCENT: Final = 100


@dataclass(frozen=True)
class Sheet:
    """The empty form of a scenario, made once.

    Attributes
    ----------
    scenario
        As its file has it.
    groups
        Of the form.
    """

    scenario: Scenario
    groups: tuple[BlankGroup, ...]

    @classmethod
    def of(cls, scenario: Scenario) -> Sheet:
        """The empty form of a scenario."""
        return cls(scenario, groups_of(scenario))

    @property
    def blanks(self) -> tuple[Blank, ...]:
        """All fields."""
        return tuple(blank for group in self.groups for blank in group.blanks)


@dataclass(frozen=True)
class Filled:
    """A form that was filled in.

    Attributes
    ----------
    form
        With everything that was typed in it.
    question
        What was asked, with nothing in it but what differs from the scenario.
    scenario
        With the changes; None where something typed cannot be used.
    plans
        Names of the plans to compare.
    overrides
        What the changes set, as ``path=value``.
    """

    form: Form
    question: Question
    scenario: Scenario | None
    plans: tuple[str, ...]
    overrides: tuple[str, ...]


def filled(sheet: Sheet, question: Question) -> Filled:
    """Fill in the form of a scenario.

    Parameters
    ----------
    sheet
        Of the scenario that the question is about.
    question
        What was typed. What cannot be used is told beside its field, and everything else is kept.
    """
    typed = dict(question.values)
    found = {blank.name: read(blank, typed[blank.name]) for blank in sheet.blanks if blank.name in typed}
    strangers = [name for name in typed if name not in {blank.name for blank in sheet.blanks}]
    plans, problems = _plans(sheet.scenario, question.plans)
    problems = [*_strange(strangers), *problems]
    changed = [blank for blank in sheet.blanks if blank.name in found and _differs(blank, found[blank.name])]
    wrong = {name: one.problem for name, one in found.items() if one.problem}
    moved, scenario = Moved(), None
    overrides: tuple[str, ...] = ()
    if not wrong and not problems:
        overrides, moved = _overrides(sheet, changed, found)
        try:
            scenario = sheet.scenario.with_overrides(overrides) if overrides else sheet.scenario
        except InputError as error:
            wrong, problems = _assigned(error.problems, sheet.blanks, changed)
    texts = {blank.name: found[blank.name] for blank in changed} | {
        name: found[name] for name in wrong if name in found
    }
    form = _form(sheet, question, texts, wrong, plans, (*problems,), moved.notes)
    kept = tuple((blank.name, found[blank.name].text) for blank in changed)
    whole = replace(question, values=kept, plans=() if len(plans) == len(sheet.scenario.plans) else plans)
    return Filled(form, whole, scenario, plans[:MOST_PLANS], overrides)


def _differs(blank: Blank, found: Read) -> bool:
    return found.written is None or found.text != blank.own_text


def _strange(names: Sequence[str]) -> list[str]:
    shown = ", ".join(name.removeprefix(PREFIX)[:60] for name in names[:_MOST_PROBLEMS])
    return [f"This scenario has no value to move called {shown}."] if names else []


def _plans(scenario: Scenario, ticked: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    known = [plan.name for plan in scenario.plans]
    problems = [
        str(unknown_name(f"There is no plan {name[:60]!r} in this scenario", name[:60], known)).replace("\n    ", "; ")
        for name in ticked
        if name not in known
    ]
    wanted = tuple(name for name in known if not ticked or name in ticked)
    if len(wanted) > MOST_PLANS and ticked:
        problems.append(f"Tick at most {MOST_PLANS} plans; these are {len(wanted)}.")
    return wanted, problems[:_MOST_PROBLEMS]


def _overrides(sheet: Sheet, changed: Sequence[Blank], found: Mapping[str, Read]) -> tuple[tuple[str, ...], Moved]:
    """What the changed fields set, and what the quantities of the plans become with it."""
    values = {
        path: found[blank.name].written or ""
        for blank in changed
        if blank.name != PREFIX + ORDER_SIZE
        for path in blank.paths
    }
    factor = Fraction(1)
    if _NEED in values:
        factor *= Fraction(Decimal(values[_NEED])) / sheet.scenario.model.need.quantity
    size = found.get(PREFIX + ORDER_SIZE)
    if size is not None and size.written is not None:
        factor *= Fraction(Decimal(size.written))
    moved = Moved()
    if factor != 1 or any(path.endswith(_SMALLEST) for path in values):
        moved = quantities_moved(sheet.scenario, factor, smallest_orders(sheet.scenario, values))
    return (*(f"{path}={written}" for path, written in values.items()), *moved.overrides), moved


# ------------------------------------------------------------------------------------------ what is wrong


def _assigned(
    problems: Sequence[Problem], blanks: Sequence[Blank], changed: Sequence[Blank]
) -> tuple[dict[str, str], list[str]]:
    """Problems of the scenario, each to the field that it is about; those of no field by themselves."""
    wrong: dict[str, str] = {}
    others: list[str] = []
    for problem in problems:
        blank = _about(problem, changed) or (changed[0] if len(changed) == 1 else _about(problem, blanks))
        text = problem.message[:1].upper() + problem.message[1:] + "."
        text = f"{text} {problem.hint[:1].upper()}{problem.hint[1:]}." if problem.hint else text
        if blank is None:
            others.append(f"{problem.path}: {text}" if problem.path else text)
        else:
            wrong.setdefault(blank.name, text)
    return wrong, list(dict.fromkeys(others))[:_MOST_PROBLEMS]


def _about(problem: Problem, blanks: Sequence[Blank]) -> Blank | None:
    where = problem.path or ""
    said = problem.text or ""
    for blank in blanks:
        if any(lies_in(where, path) for path in blank.paths):
            return blank
        if any(said.startswith(f"{path}=") for path in blank.paths):
            return blank
    # a part of a distribution may be wrong as the distribution is: the problem is about the whole of it
    return next((blank for blank in blanks if where and blank.path.startswith(f"{where}.")), None)


# ------------------------------------------------------------------------------------------ the form


def _form(
    sheet: Sheet,
    question: Question,
    texts: Mapping[str, Read],
    wrong: Mapping[str, str],
    plans: Sequence[str],
    problems: tuple[str, ...],
    notes: tuple[str, ...],
) -> Form:
    groups = tuple(_group(group, texts, wrong) for group in sheet.groups)
    inspections = sheet.scenario.model.inspections
    boxes = tuple(
        PlanBox(plan.name, f"plan-{place}", plan.title, orders_in_words(plan, inspections), plan.name in plans)
        for place, plan in enumerate(sheet.scenario.plans)
    )
    many = len(plans) > MOST_PLANS and not question.plans
    told = (f"Only the first {MOST_PLANS} of {len(plans)} plans are compared: tick others.",) if many else ()
    return Form(question.scenario, question.tab, groups, boxes, problems, (*notes, *told))


def _group(group: BlankGroup, texts: Mapping[str, Read], wrong: Mapping[str, str]) -> Group:
    fields = tuple(_field(blank, texts.get(blank.name), wrong.get(blank.name, "")) for blank in group.blanks)
    opened = group.opened or any(field.changed or field.problem for field in fields)
    return Group(group.id, group.title, group.help, fields, opened)


def _field(blank: Blank, typed: Read | None, problem: str) -> Field:
    text = blank.own_text if typed is None else typed.text
    usable = typed is None or typed.written is not None
    reach = blank.reach
    return Field(
        name=blank.name,
        id=blank.id,
        label=blank.label,
        kind=blank.kind,
        value=_place(blank, text if usable else blank.own_text),
        text=text,
        shown=blank.shown(text) if usable else text,
        own=blank.shown(blank.own_text),
        own_text=blank.own_text,
        low=reach.low,
        high=reach.high,
        step=reach.step,
        least=reach.least,
        most=reach.most,
        unit=blank.unit,
        choices=tuple(Choice(value, label, value == text) for value, label in blank.choices),
        help=blank.help,
        source=blank.source,
        group=blank.group,
        changed=typed is not None and text != blank.own_text,
        problem=problem,
        empty=blank.empty,
        path=blank.path,
    )


def _place(blank: Blank, text: str) -> float | None:
    """Where the slider stands: nothing in the box stands for as much as possible."""
    low, high = blank.reach.low, blank.reach.high
    if low is None or high is None:
        return None
    return min(max(float(text), low), high) if text else high
