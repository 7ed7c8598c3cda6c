"""The empty form of a scenario: which fields there are, what each may hold, and what the scenario itself says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from sim.random.forms import QUANTILE_KEY
from sim.scenario.members import keys_at
from sim.scenario.packs import load_pack, pack_ids
from sim.scenario.paths import dotted
from sim.studies.variants import Variants, value_at
from sim.web.catalogue import ORDER_SIZE, SECTIONS, Movable, Section
from sim.web.ranges import Reach, law_of, reach_of
from sim.web.wording import plain, readable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sim.scenario import Scenario
    from sim.scenario.paths import Path
    from sim.web.fields import Kind

PREFIX: Final = "f."
MOST_OF_A_KIND: Final = 8
"""Suppliers and inspections that get groups of their own; a form of hundreds helps nobody."""
_PERCENT: Final = 100
_PLACES: Final = {"mean": "on average", "mode": "most often"}
_ITEMS: Final = "[]."


@dataclass(frozen=True, slots=True)
class Blank:
    """A field before anything is put into it; what it shares with `sim.web.fields.Field` means the same.

    Attributes
    ----------
    paths
        Where its value is set: its own path first, then those of suppliers that are the same firm on the same terms.
    own_text
        What the scenario says, as it stands in the box.
    reach
        What may be typed, and how far the slider goes.
    is_whole
        Whether only whole numbers can stand there.
    """

    name: str
    id: str
    label: str
    kind: Kind
    own_text: str
    reach: Reach
    is_whole: bool
    unit: str
    choices: tuple[tuple[str, str], ...]
    help: str
    source: str
    group: str
    empty: str
    paths: tuple[str, ...]

    @property
    def path(self) -> str:
        """Dotted path of the value."""
        return self.paths[0]

    def shown(self, text: str) -> str:
        """What a text in the box means, for readers."""
        if not text:
            return self.empty
        return dict(self.choices).get(text) or readable(text, self.kind, self.unit)


@dataclass(frozen=True, slots=True)
class BlankGroup:
    """A group of the form before anything is put into it; all as in `sim.web.fields.Group`."""

    id: str
    title: str
    help: str
    blanks: tuple[Blank, ...]
    opened: bool


def groups_of(scenario: Scenario) -> tuple[BlankGroup, ...]:
    """Groups of a scenario's form, in the order of the page; one without fields is left out."""
    maker = _Maker(scenario)
    return tuple(group for section in SECTIONS for group in maker.groups(section) if group.blanks)


class _Maker:
    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.variants = Variants.of(scenario)
        self.followers: set[str] = set()
        orders = [order for plan in scenario.plans for order in plan.orders]
        self.used = {
            "suppliers": _used(scenario.model.suppliers, _suppliers_of(orders)),
            "inspections": _used(scenario.model.inspections, {name for order in orders for name in order.inspections}),
        }

    def groups(self, section: Section) -> Iterator[BlankGroup]:
        """The groups of a section: one, or one for each supplier or inspection that a plan uses."""
        if not section.each:
            blanks = tuple(self._blanks(section, (), section.id))
            if section.id == "order":
                blanks = (*blanks[:1], self._order_size(), *blanks[1:])
            yield BlankGroup(section.id, section.title, section.help, blanks, section.opened)
            return
        names = self.used[section.each]
        for name in names:
            group = f"{section.id}-{_slug(name)}"
            blanks = tuple(self._blanks(section, (section.each, name), group))
            title = f"{section.title}: {name}" if len(names) > 1 else section.title
            yield BlankGroup(group, title, section.help or self._firm(section, name), blanks, section.opened)

    def _firm(self, section: Section, name: str) -> str:
        if section.each != "suppliers":
            return ""
        suppliers = self.scenario.model.suppliers
        firm = suppliers[name].identity or name
        twins = [other for other in suppliers if other != name and (suppliers[other].identity or other) == firm]
        if not twins:
            return ""
        return f"The same firm as {' and '.join(twins)}: what is the same for both is moved for both."

    def _blanks(self, section: Section, base: Path, group: str) -> Iterator[Blank]:
        for movable in section.movables:
            for path, label in self._places(base, movable):
                blank = self._blank(movable, path, label, group)
                if blank is not None and blank.path not in self.followers:
                    self.followers.update(blank.paths[1:])
                    yield blank

    def _places(self, base: Path, movable: Movable) -> Iterator[tuple[Path, str]]:
        """Where a movable value stands, and its label there; of a list, once for each item."""
        key, _, inner = movable.key.partition(_ITEMS)
        path = (*base, *key.split("."))
        if not inner:
            yield path, movable.label
            return
        for index, item in enumerate(value_at(self.scenario.raw, path) or ()):
            begin = value_at(item, ("from",)) if isinstance(item, dict) else None
            yield (*path, index, *inner.split(".")), movable.label.format(f"{begin:,}" if begin is not None else index)

    def _blank(self, movable: Movable, path: Path, label: str, group: str) -> Blank | None:
        given = value_at(self.scenario.raw, path)
        if given is None and movable.always:
            given = _default(self.scenario.model, path)
            if given is None and not movable.empty:
                return None
        elif given is None:
            return None
        kind, spread = movable.kind, None
        source_path = dotted(path)
        if isinstance(given, Mapping):
            spread = given
            part = _moved_part(given)
            if part is None:
                return None
            path, label = (*path, part), f"{label}, {_place_words(part)}" if part != "value" else label
            given = given[part]
        if kind == "date" and not isinstance(given, date):
            kind = "days"
        law = None if spread is None else law_of(spread, str(path[-1]))
        own_text = _own_text(given, kind)
        if own_text is None:
            return None
        scenario, where, size = self.scenario, dotted(path), _size(self.scenario)
        meaning, unit = _described(path, spread is not None)
        # a source may belong to the whole distribution, to the value, or be given with neither
        source = next((scenario.sources[at][1] for at in (where, source_path) if at in scenario.sources), "")
        return Blank(
            name=PREFIX + where.replace("[", ".").replace("]", ""),
            id="f-" + _slug(where),
            label=label,
            kind=kind,
            own_text=own_text,
            reach=reach_of(movable, kind, own_text, law, scenario.model.uncertain.get(where), size),
            is_whole=movable.counts,
            unit=_unit(kind, unit, scenario.model.currency),
            choices=_packs(own_text) if where == "protection" else movable.choices,
            help=_help(meaning, spread),
            source=source,
            group=group,
            empty=movable.empty,
            paths=self.variants.paths(where),
        )

    def _order_size(self) -> Blank:
        return Blank(
            name=PREFIX + ORDER_SIZE,
            id="f-" + _slug(ORDER_SIZE),
            label="Quantity ordered",
            kind="share",
            own_text="100",
            reach=Reach(50.0, 150.0, 1.0, 1.0, 1000.0),
            is_whole=False,
            unit="% of the plans",
            choices=(),
            help="What every order of every plan is of what the plans say: at 110 a tenth more. No order goes below "
            "its supplier's smallest.",
            source="",
            group="order",
            empty="",
            paths=("plans",),
        )


def _suppliers_of(orders: Sequence[Any]) -> set[str]:
    named = {order.supplier for order in orders}
    return named | {order.otherwise.supplier for order in orders if not isinstance(order.otherwise, str)}


def _used(known: Mapping[str, object], names: set[str]) -> tuple[str, ...]:
    return tuple(name for name in known if name in names)[:MOST_OF_A_KIND]


def _default(model: object, path: Path) -> Any:  # noqa: ANN401 - any value of a scenario
    """The value that holds where the file says nothing."""
    here: Any = model
    for part in path:
        here = here.get(part) if isinstance(here, Mapping) else getattr(here, str(part), None)
    return here if isinstance(here, int | float | str | date) else None


def _moved_part(law: Mapping[str, Any]) -> str | None:
    """Which number of a distribution its field moves: its place, so that its spread stays; None where it has none."""
    quantiles = [key for key in law if QUANTILE_KEY.fullmatch(key)]
    middle = min(quantiles, key=lambda key: abs(float(key[1:]) - 50)) if quantiles else None
    parts = ("mean", "mode", "value", middle)
    return next((part for part in parts if part and isinstance(law.get(part), int | float)), None)


def _place_words(part: str) -> str:
    if part in _PLACES:
        return _PLACES[part]
    return "middle value" if part == "p50" else f"below it {part[1:]} % of the time"


def _own_text(value: Any, kind: Kind) -> str | None:  # noqa: ANN401 - any value of a scenario
    """A value as it stands in the box of its field; None for one that no such field can hold."""
    match kind:
        case "switch":
            return ("no", "yes")[value] if isinstance(value, bool) else None
        case "choice" if isinstance(value, str):
            return value
        case "choice":
            return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else None
        case "date":
            return value.isoformat() if isinstance(value, date) else None
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return plain(Decimal(repr(value)) * (_PERCENT if kind == "share" else 1))


def _described(path: Path, in_law: bool) -> tuple[str, str]:
    """What the schema says of a value, and its unit; of a part of a distribution, what it says of the whole."""
    whole = path[:-1] if in_law else path
    parents = keys_at(tuple(part for part in whole[:-1]))
    field = parents.get(str(whole[-1]))
    if field is None:
        return "", ""
    extra = field.json_schema_extra
    return field.description or "", str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def _help(meaning: str, law: Mapping[str, Any] | None) -> str:
    clean = re.sub(r"`([^`]*)`", lambda found: found[1].replace("_", " "), meaning)
    if law is None or "dist" not in law:
        return clean
    return f"{clean} It is uncertain ({law['dist']}): this moves it as a whole, and the rest of its shape stays."


def _unit(kind: Kind, unit: str, currency: str) -> str:
    match kind:
        case "money":
            return unit.replace("currency", currency, 1) if unit.startswith("currency") else currency
        case "share":
            return "%"
        case "days":
            return "days"
        case "number":
            return {"percent defective": "%", "odds ratio": "times"}.get(unit, unit)
    return ""


def _packs(own: str) -> tuple[tuple[str, str], ...]:
    """The rule packs that come with Lotwise, and the scenario's own file of rules."""
    known = tuple((name, load_pack(name).title) for name in pack_ids())
    return known if own in dict(known) else ((own, "the rules of your own file"), *known)


def _size(scenario: Scenario) -> float:
    """What the goods needed cost at the dearest supplier's first price: a scale for sums of money."""
    dearest = max((given.unit_price[0].price for given in scenario.model.suppliers.values()), default=1.0)
    return float(dearest * scenario.model.need.quantity)


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")
