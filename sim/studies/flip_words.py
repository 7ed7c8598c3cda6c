"""Inputs in plain words, and sentences on what would flip the choice: percent for shares, money for amounts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol

from sim.experiments.verdict import money
from sim.scenario.members import keys_at
from sim.scenario.paths import parts_of
from sim.studies.wording import figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.scenario.paths import Path
    from sim.studies.flip_facts import Flip

Kind = Literal["share", "percent", "money", "days", "hours", "count", "level", "shift", "number"]

IN_WORKING_DAYS: Final = " in working days"
"""Ends the label of an input that is counted in working days."""
_PERCENT: Final = 100
_CENT_DECIMALS: Final = 2
_NAMED: Final = frozenset({"suppliers", "inspections", "plans"})
_PARAMETERS: Final = {
    "mean": "on average",
    "value": "",
    "mode": "likeliest",
    "low": "at least",
    "high": "at most",
    "at_least": "at least",
    "at_most": "at most",
    "sd": "its spread",
}
"""Numbers that a distribution is given by, of the same unit as what is distributed."""
_QUANTILE: Final = re.compile(r"p([0-9]{1,2})")
_UNITS: Final[dict[str, Kind]] = {
    "share": "share",
    "probability": "share",
    "share a year": "share",
    "percent defective": "percent",
    "days": "days",
    "hours": "hours",
    "units": "count",
    "orders": "count",
    "people": "count",
    "times": "count",
    "replications": "count",
    "date or days": "shift",
}


class Words(NamedTuple):
    """An input in words.

    Attributes
    ----------
    label
        What it is, with ``{who}`` for the supplier or the inspection.
    clause
        What is said of it, with ``{amount}`` in the place of a value such as ``more than about 7.2 %``.
    """

    label: str
    clause: str


_WORDS: Final = {
    "suppliers.*.defects.critical": Words(
        "{who}'s share of critical defects", "{amount} of {who}'s units have a critical defect"
    ),
    "suppliers.*.defects.major": Words(
        "{who}'s share of major defects", "{amount} of {who}'s units have a major defect"
    ),
    "suppliers.*.defects.minor": Words(
        "{who}'s share of minor defects", "{amount} of {who}'s units have minor defects only"
    ),
    "suppliers.*.defects.lot_to_lot_share": Words(
        "how much {who}'s lots differ", "{amount} of the doubt about {who}'s defects is between lots"
    ),
    "suppliers.*.defects.bad_lot.probability": Words(
        "the chance of a bad lot from {who}", "the chance that a whole lot of {who} is bad is {amount}"
    ),
    "suppliers.*.rework.removes_share": Words(
        "what {who}'s rework removes", "{who}'s rework removes {amount} of the defects"
    ),
    "suppliers.*.never_ships_probability": Words(
        "the chance that {who} never ships", "the chance that {who} never ships is {amount}"
    ),
    "suppliers.*.assurance_limit": Words("{who}'s protection limit", "{who}'s protection limit is {amount}"),
    "suppliers.*.unit_price": Words("{who}'s prices", "{who}'s prices are {amount}"),
    "suppliers.*.protected_price_premium_share": Words(
        "what {who} adds for paying through the platform", "{who} adds {amount} for paying through the platform"
    ),
    "suppliers.*.payment.deposit_share": Words("{who}'s deposit", "{who} asks for a deposit of {amount}"),
    "suppliers.*.production_days": Words("{who}'s production time", "{who} takes {amount} to make an order"),
    "suppliers.*.delay_days": Words("{who}'s delay", "{who} finishes {amount} after the promised day"),
    "suppliers.*.promised_days": Words("the ship date that {who} promises", "{who} promises to ship after {amount}"),
    "suppliers.*.transit.days": Words("the way from {who}", "the way from {who} takes {amount}"),
    "suppliers.*.transit.damage_rate": Words(
        "{who}'s units damaged on the way", "{amount} of {who}'s units are damaged on the way"
    ),
    "suppliers.*.freight.per_unit": Words("freight from {who}", "freight and duty from {who} cost {amount} a unit"),
    "suppliers.*.freight.per_order": Words(
        "freight from {who} for each order", "freight from {who} costs {amount} an order"
    ),
    "inspections.*.fee_per_man_day": Words("the inspection fee", "an inspector's day costs {amount}"),
    "inspections.*.detection_probability": Words(
        "what the inspection {who} notices", "the inspection {who} notices {amount} of the defects that it sees"
    ),
    "inspections.*.correction_share": Words(
        "what the inspection {who} puts right", "{amount} of the causes that the inspection {who} finds are put right"
    ),
    "need.quantity": Words("the quantity needed", "{amount} good units are needed"),
    "need.due": Words("the day of need", "the goods are needed {amount}"),
    "need.sale_value": Words("the value of a good unit", "a good unit is worth {amount}"),
    "need.late_cost_per_unit_day": Words(
        "the cost of lateness", "a unit loses {amount} of its value for each day that it is late"
    ),
    "contract.detail_share": Words(
        "what the order contract spells out", "{amount} of the requirements are written into the order"
    ),
    "disputes.uphold_probability": Words(
        "how often the mediator upholds a claim",
        "the mediator upholds {amount} of the claims without evidence or report",
    ),
    "disputes.award_share": Words("what the mediator awards", "the mediator awards {amount} of a claim"),
    "buyer.capital_cost_rate": Words("the cost of capital", "capital costs {amount} a year"),
    "buyer.hourly_cost": Words("the cost of an hour of your time", "an hour of your time costs {amount}"),
}


def kind_of(path: str) -> Kind:
    """What kind of value an input has.

    Notes
    -----
    The price list of a supplier, moved as a whole, is a ``level`` (1 is the list as it stands), and a date is a
    ``shift`` (told as days earlier or later).
    """
    parts, parameter = _without_parameter(parts_of(path) or ())
    if _pattern(parts) == "suppliers.*.unit_price":
        return "level"
    unit = _unit(parts)
    if unit is None and parameter is not None:
        return "number"
    if unit is not None and unit.startswith("currency"):
        return "money"
    return _UNITS.get(unit or "", "number")


def label_of(path: str) -> str:
    """An input in plain words, such as ``zhejiang's share of major defects``."""
    parts, parameter = _without_parameter(parts_of(path) or ())
    known = _WORDS.get(_pattern(parts))
    words = _spelt_out(parts) if known is None else known.label.format(who=_who(parts))
    told = "" if known is not None and parameter in {"mean", "value"} else _parameter_words(parameter)
    return f"{words} ({told})" if told else words


def flip_sentence(flip: Flip, currency: str, chosen: str) -> str:
    """What a reader should know of one input.

    Parameters
    ----------
    flip
        Of the input; where it has a plan that is best ``further`` on, that is told as well.
    currency
        Code for the amounts.
    chosen
        The plan that is best at the present values.

    Returns
    -------
    str
        Where another plan becomes the better choice; that it does not; or, where the far end leaves that open, that it
        cannot be told.
    """
    if flip.at is not None:
        than = _beyond(flip, flip.at, currency)
        further = getattr(flip, "further", None)
        then = f", and further on {further}" if further else ""
        return f"If {_said(flip, than)}{_now(flip, currency)}, {flip.other} loses less{then}."
    if flip.other is not None:
        return (
            f"If {_said(flip, _as_far_as(flip, currency))}{_now(flip, currency)}, {chosen} and {flip.other} cannot be "
            "told apart."
        )
    return f"{chosen} stays the best while {_said(flip, _within(flip, currency))}{_now(flip, currency)}."


def flips_sentence(flips: Sequence[Flip], currency: str) -> str:
    """What a reader should know of one input that changes the choice on either side, the lower threshold first.

    Parameters
    ----------
    flips
        Of the same input, each with a value `at` which the choice changes.
    currency
        Code for the amounts.
    """
    first, *rest = sorted(flips, key=lambda flip: flip.at or 0.0)
    parts = [f"If {_said(first, _beyond(first, first.at or 0.0, currency))}{_now(first, currency)}, {_winner(first)}"]
    parts += [f"if {_beyond(flip, flip.at or 0.0, currency)}, {_winner(flip)}" for flip in rest]
    return f"{'; '.join(parts)}."


def _winner(flip: Flip) -> str:
    return f"{flip.other} loses less" + (f", and further on {flip.further}" if flip.further else "")


def _said(flip: Flip, amount: str) -> str:
    """The clause of an input with an amount in its place."""
    parts, parameter = _without_parameter(parts_of(flip.path) or ())
    known = _WORDS.get(_pattern(parts))
    if known is None or parameter not in {None, "mean", "value"}:
        return f"{flip.label.removesuffix(IN_WORKING_DAYS)} is {amount}"
    return known.clause.format(amount=amount, who=_who(parts))


def _beyond(flip: Flip, at: float, currency: str) -> str:
    above, kind = flip.side == "above", kind_of(flip.path)
    if kind == "level":
        return (
            f"more than about {figure(_PERCENT * abs(at - flip.present))} % {'higher' if above else 'lower'} than now"
        )
    if kind == "shift":
        return f"more than about {_days(abs(at - flip.present))} {'later' if above else 'earlier'} than now"
    less = "fewer" if kind == "count" else "less"
    return f"{'more' if above else less} than about {_value(flip, at, currency)}"


def _within(flip: Flip, currency: str) -> str:
    kind = kind_of(flip.path)
    if kind == "level":
        return f"{_apart(flip, _percent_apart, 'lower', 'higher')} than now"
    if kind == "shift":
        return f"{_apart(flip, _days, 'earlier', 'later')} than now"
    low = figure(flip.low) if kind in {"days", "hours"} else _value(flip, flip.low, currency)
    return f"between {low} and {_value(flip, flip.high, currency)}"


class _Tells(Protocol):
    def __call__(self, value: float) -> str: ...


def _apart(flip: Flip, told: _Tells, less: str, more: str) -> str:
    """How far both ends of the range are from the present value."""
    below, above = flip.present - flip.low, flip.high - flip.present
    if below <= 0 or above <= 0:
        return f"at most {told(max(below, above))} {less if above <= 0 else more}"
    return f"between {told(below)} {less} and {told(above)} {more}"


def _as_far_as(flip: Flip, currency: str) -> str:
    above, kind = flip.side == "above", kind_of(flip.path)
    end = flip.high if above else flip.low
    if kind == "level":
        return f"{_percent_apart(abs(end - flip.present))} {'higher' if above else 'lower'} than now"
    if kind == "shift":
        return f"{_days(abs(end - flip.present))} {'later' if above else 'earlier'} than now"
    little = "few" if kind == "count" else "little"
    return f"as {('many' if kind == 'count' else 'much') if above else little} as {_value(flip, end, currency)}"


def _now(flip: Flip, currency: str) -> str:
    kind = kind_of(flip.path)
    if kind in {"level", "shift"}:
        return ""
    return f" (now {figure(flip.present) if kind in {'days', 'hours'} else _value(flip, flip.present, currency)})"


def _value(flip: Flip, value: float, currency: str) -> str:
    """A value of an input, with what it counts."""
    text = _shown(value, kind_of(flip.path), currency)
    return text.replace(" day", " working day") if flip.label.endswith(IN_WORKING_DAYS) else text


def _shown(value: float, kind: Kind, currency: str) -> str:
    """A value as its kind is written."""
    match kind:
        case "share":
            return f"{figure(_PERCENT * value)} %"
        case "percent":
            return f"{figure(value)} %"
        case "money":
            fine = abs(value) < 1 and round(value, _CENT_DECIMALS) != round(value, 2 * _CENT_DECIMALS)
            return f"{currency} {figure(value)}" if fine else money(value, currency)
        case "days":
            return _days(value)
        case "hours":
            return f"{figure(value)} {'hour' if value == 1 else 'hours'}"
        case _:
            return figure(value)


def _days(value: float) -> str:
    return f"{figure(value)} {'day' if value == 1 else 'days'}"


def _percent_apart(value: float) -> str:
    return f"{figure(_PERCENT * value)} %"


def _unit(parts: Path) -> str | None:
    """Unit of the key at a path, as the schema has it."""
    if not parts or not isinstance(parts[-1], str):
        return None
    field = keys_at(parts[:-1]).get(parts[-1])
    extra = None if field is None else field.json_schema_extra
    unit = extra.get("unit") if isinstance(extra, dict) else None
    return unit if isinstance(unit, str) else None


def _without_parameter(parts: Path) -> tuple[Path, str | None]:
    """A path without the name of a distribution's parameter at its end, and that name."""
    last = parts[-1] if parts else None
    if not isinstance(last, str) or _unit(parts) is not None:
        return parts, None
    known = last in _PARAMETERS or _QUANTILE.fullmatch(last) is not None
    return (parts[:-1], last) if known and _unit(parts[:-1]) is not None else (parts, None)


def _parameter_words(parameter: str | None) -> str:
    if parameter is None:
        return ""
    quantile = _QUANTILE.fullmatch(parameter)
    return f"in {quantile[1]} of 100 cases less" if quantile else _PARAMETERS[parameter]


def _pattern(parts: Path) -> str:
    """A path with a star in the place of a name."""
    return ".".join("*" if index == 1 and parts[0] in _NAMED else str(part) for index, part in enumerate(parts))


def _who(parts: Path) -> str:
    return str(parts[1]) if len(parts) > 1 else ""


def _spelt_out(parts: Path) -> str:
    """A path that has no words of its own, read aloud."""
    owned = len(parts) > 1 and parts[0] in _NAMED
    rest = parts[2:] if owned else parts
    words = " ".join(str(part + 1) if isinstance(part, int) else part.replace("_", " ") for part in rest)
    return f"{parts[1]}'s {words}" if owned else words
