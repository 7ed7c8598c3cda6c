"""The form of the what-if page as data: every value that can be moved, in the order in which an importer thinks of it.

Shares and probabilities are per cent here, and amounts and days as they are: what a field holds is what is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "money", "share", "days", "choice", "switch", "date"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values of a field of kind ``choice``.

    Attributes
    ----------
    value
        As it is sent.
    label
        As it is read.
    chosen
        Whether it is the present one.
    """

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One value of the scenario that the page can move.

    Attributes
    ----------
    name
        Of the input element and in the query of the page's address, such as ``f.need.quantity``.
    id
        Of the input element: letters, digits and hyphens only, unique on the page.
    label
        Such as *Protection limit*; short, without its unit.
    kind
        ``number``, ``money``, ``share`` (per cent) and ``days`` have a box for typing and, where `low` is given, a
        slider; ``choice`` is a list; ``switch`` is yes or no; ``date`` is a box for an ISO date.
    value
        Present value for a slider, within `low` and `high`; None where there is no slider.
    text
        What stands in the box, written plainly (``10000``, ``3.5``, ``2026-07-31``); for a ``choice`` the chosen value,
        for a ``switch`` ``yes`` or ``no``. Where it cannot be used it is what was typed.
    shown
        The same for readers: ``10,000``, ``3.5 %``, ``31 Jul 2026``, ``no limit``.
    own
        What the scenario itself says, written as `shown`.
    own_text
        What the scenario itself says, written as `text`: what a button *Put back* sets. A field with this text is left
        out of the address.
    low, high, step
        Of the slider; None where there is none. `step` is also that of the arrows in the box.
    least, most
        What may be typed at all; None where nothing limits it. A typed value may lie outside `low` and `high`.
    unit
        Such as ``USD``, ``%``, ``days``, ``units``; nothing for none.
    choices
        Of a ``choice``; empty for others.
    help
        What the value means, in a sentence or two.
    source
        Where the scenario says its own value comes from; nothing where it does not say.
    group
        Id of the group that it stands in.
    changed
        Whether it differs from the scenario's own value.
    problem
        Why what was typed cannot be used; nothing where it can.
    empty
        What an empty box means, such as ``no limit``; nothing where it must not be empty.
    path
        Dotted path of the value in the scenario; for the quantity ordered, which moves several, ``plans``.
    """

    name: str
    id: str
    label: str
    kind: Kind
    value: float | None
    text: str
    shown: str
    own: str
    own_text: str
    low: float | None
    high: float | None
    step: float | None
    least: float | None
    most: float | None
    unit: str
    choices: tuple[Choice, ...]
    help: str
    source: str
    group: str
    changed: bool
    problem: str
    empty: str
    path: str

    @property
    def has_slider(self) -> bool:
        """Whether the field has a slider beside its box."""
        return self.low is not None


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together.

    Attributes
    ----------
    id
        Letters, digits and hyphens only.
    title
        Such as *Your order*, or the name of a supplier.
    help
        One sentence; nothing for most.
    fields
        In the order of the page.
    opened
        Whether it is unfolded at first: the groups that matter most, and those with a changed or a wrong value.
    """

    id: str
    title: str
    help: str
    fields: tuple[Field, ...]
    opened: bool

    @property
    def changed(self) -> int:
        """How many of its fields differ from the scenario."""
        return sum(field.changed for field in self.fields)

    @property
    def problems(self) -> int:
        """How many of its fields cannot be used as typed."""
        return sum(bool(field.problem) for field in self.fields)


@dataclass(frozen=True, slots=True)
class PlanBox:
    """One way of ordering, to be ticked.

    Attributes
    ----------
    name
        Value of the check box; its name is ``plan`` for all of them.
    id
        Of the check box.
    title
        The scenario's title of it.
    orders
        Each order in words.
    ticked
        Whether it is compared.
    """

    name: str
    id: str
    title: str
    orders: tuple[str, ...]
    ticked: bool


@dataclass(frozen=True, slots=True)
class Form:
    """Everything that can be changed.

    Attributes
    ----------
    scenario
        Value of the hidden input ``scenario``: which scenario it is about.
    tab
        Value of the hidden input ``tab``: tells one open page from another, so that a newer question takes the place
        of an older one of the same page. It never stands in the address.
    groups
        In the order of the page.
    plans
        In the order of the scenario; all of them are compared where none is ticked.
    problems
        What is wrong and belongs to no single field.
    notes
        What was done with the values, such as that an order was raised to the supplier's minimum.
    """

    scenario: str
    tab: str
    groups: tuple[Group, ...]
    plans: tuple[PlanBox, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields, in the order of the page."""
        return tuple(field for group in self.groups for field in group.fields)

    @property
    def changed(self) -> tuple[Field, ...]:
        """The fields that differ from the scenario."""
        return tuple(field for field in self.fields if field.changed)

    @property
    def wrong(self) -> tuple[Field, ...]:
        """The fields that cannot be used as typed."""
        return tuple(field for field in self.fields if field.problem)
