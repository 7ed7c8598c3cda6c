"""A rule pack as `ProtectionTerms`: the only conversion of its days to minutes and of its words to numbers.

A rule pack says what a buyer protection promises, one named rule at a time. `RULE_DEFINITIONS` lists the
rules there are, what each means and what its value may be; `protection_terms` turns a pack into the plain
integers that the rules of the trade work with. Reading and checking the files is up to `sim.scenario.packs`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum, unique
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.units import NEVER, micros_from_money, minutes_from_days

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

RuleValue = bool | int | float | str | None
"""What a rule may hold in a pack: a switch, a number, one of its choices, or nothing."""


@unique
class Clock(IntEnum):
    """The moment from which a time limit runs."""

    PLACED = 0
    RECEIVED = 1
    OPENED = 2
    BUYER_PROPOSAL = 3
    SUPPLIER_PROPOSAL = 4
    ESCALATED = 5
    PAYOUT = 6


@unique
class PreShipmentCover(IntEnum):
    """Which payments are covered while nothing has been shipped."""

    ALL_PAID = 0
    INITIAL_PAYMENT = 1


@unique
class Consequence(IntEnum):
    """What follows when a time limit of a dispute passes unused."""

    ESCALATED = 0
    CANCELLED = 1
    UPHELD = 2
    DECIDED_WITHOUT = 3


@unique
class LimitScope(IntEnum):
    """What a supplier's limit caps: the refund of each order by itself, or all its refunds together."""

    ORDER = 0
    SUPPLIER = 1


@unique
class GoodsReturned(IntEnum):
    """Whether a refund for goods already received asks for the goods back."""

    AS_DECIDED = 0
    ALWAYS = 1
    NEVER = 2


@unique
class PaidBy(IntEnum):
    """Who bears a cost."""

    BUYER = 0
    SUPPLIER = 1


class ProtectionTerms(NamedTuple):
    """What a buyer protection promises, in plain integers (every rule of a pack, in its order).

    Time limits are in minutes (`evidence_window` in worked minutes where `evidence_window_working` is 1), -1
    where the protection has no such rule; switches are 0 or 1; choices are numbers of the named enumeration;
    `protection_fee` is in millionths of the amount paid through the platform. What each means stands in
    `RULE_DEFINITIONS`.
    """

    covers_late_shipment: int
    covers_quality: int
    requires_platform_payment: int
    covers_custom_made: int
    covers_conforming_goods: int
    covers_agreed_lateness: int
    pre_shipment_cover: int  # PreShipmentCover
    claim_opens: int
    claim_window: int
    claim_window_clock: int  # Clock.RECEIVED or PLACED
    extension_first: int
    negotiation_limit: int
    negotiation_end: int  # Consequence.ESCALATED or CANCELLED
    escalation_opens: int
    supplier_silence: int
    supplier_silence_clock: int  # Clock.BUYER_PROPOSAL or OPENED
    buyer_silence: int
    buyer_silence_clock: int  # Clock.SUPPLIER_PROPOSAL or OPENED
    buyer_silence_effect: int  # Consequence.CANCELLED or ESCALATED
    evidence_window: int
    evidence_window_working: int
    buyer_evidence_missed: int  # Consequence.CANCELLED or DECIDED_WITHOUT
    supplier_evidence_missed: int  # Consequence.UPHELD or DECIDED_WITHOUT
    limit_applies: int
    limit_scope: int  # LimitScope
    limit_restored: int
    refund_advanced: int
    goods_returned: int  # GoodsReturned
    return_freight_paid_by: int  # PaidBy
    protection_fee: int


@unique
class Kind(Enum):
    """What sort of value a rule holds."""

    SWITCH = "yes/no"
    CHOICE = "choice"
    TIME = "days"
    SHARE = "share"


DAYS: Final = "days"
WORKING_DAYS: Final = "working days"


@dataclass(frozen=True, slots=True)
class RuleDefinition:
    """One rule that every pack must give.

    Attributes
    ----------
    name
        The key of the rule, and the field of `ProtectionTerms` that holds its value.
    kind
        What sort of value it is.
    meaning
        What it says, for a reader of the generated tables.
    units
        The units a pack may give it in.
    clocks
        The moments it may run from; empty for a rule that is not a time limit. With more than one, the pack's
        choice is the field ``<name>_clock``.
    choices
        The words it may hold; empty unless `kind` is `Kind.CHOICE`.
    may_be_null
        Whether a protection may be without it.
    """

    name: str
    kind: Kind
    meaning: str
    units: tuple[str, ...]
    clocks: tuple[Clock, ...] = ()
    choices: tuple[IntEnum, ...] = ()
    may_be_null: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of `ProtectionTerms` that this rule fills."""
        clock = (f"{self.name}_clock",) if len(self.clocks) > 1 else ()
        working = (f"{self.name}_working",) if len(self.units) > 1 else ()
        return (self.name, *clock, *working)


@dataclass(frozen=True, slots=True)
class Source:
    """A publication that a rule is taken from."""

    key: str
    title: str
    publisher: str
    date: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a pack: its value with unit, clock and source.

    Attributes
    ----------
    source
        The key of one of the pack's sources; for a rule that a scenario overrides, the scenario's own words.
    assumption
        The source is silent, or sources disagree: the value is a choice that a reader should know of and may
        sweep.
    overridden
        A scenario has put its own value in the place of the pack's.
    """

    name: str
    value: RuleValue
    unit: str
    clock: str | None
    source: str
    note: str | None = None
    assumption: bool = False
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class RulePack:
    """A buyer protection as it was published on a date: every rule there is, with its sources.

    Attributes
    ----------
    calendar
        Country code of the platform's working days; None where no rule counts them.
    sources, rules
        By key and by name, in the order of the file and of `RULE_DEFINITIONS`.
    file
        Where it was read from.
    """

    id: str
    title: str
    date: date
    summary: str
    calendar: str | None
    sources: Mapping[str, Source]
    rules: Mapping[str, Rule]
    file: str

    @property
    def assumptions(self) -> tuple[Rule, ...]:
        """The rules whose values are assumptions, in order."""
        return tuple(rule for rule in self.rules.values() if rule.assumption)


def _switch(name: str, meaning: str) -> RuleDefinition:
    return RuleDefinition(name, Kind.SWITCH, meaning, (Kind.SWITCH.value,))


def _choice(name: str, meaning: str, *choices: IntEnum) -> RuleDefinition:
    return RuleDefinition(name, Kind.CHOICE, meaning, (Kind.CHOICE.value,), choices=choices)


def _limit(name: str, meaning: str, *clocks: Clock) -> RuleDefinition:
    return RuleDefinition(name, Kind.TIME, meaning, (DAYS,), clocks)


def _limit_or_none(name: str, meaning: str, *clocks: Clock) -> RuleDefinition:
    return RuleDefinition(name, Kind.TIME, meaning, (DAYS,), clocks, may_be_null=True)


_DEFINITIONS: Final = (
    _switch("covers_late_shipment", "late shipment is a ground for a claim"),
    _switch("covers_quality", "quality below the contract is a ground for a claim"),
    _switch("requires_platform_payment", "only money paid through the platform is covered"),
    _switch("covers_custom_made", "custom-made goods are covered for quality"),
    _switch("covers_conforming_goods", "goods that passed a pre-shipment inspection are covered for quality"),
    _switch("covers_agreed_lateness", "lateness that the buyer agreed to is still a ground for a claim"),
    _choice("pre_shipment_cover", "payments covered while nothing has been shipped", *PreShipmentCover),
    _limit("claim_opens", "a first claim can be made from this long after the order", Clock.PLACED),
    _limit("claim_window", "a quality claim must be made within", Clock.RECEIVED, Clock.PLACED),
    _switch("extension_first", "the supplier must be asked for a new ship date before a claim of late shipment"),
    _limit("negotiation_limit", "the parties may negotiate without the platform for", Clock.OPENED),
    _choice(
        "negotiation_end",
        "what follows when the negotiation limit passes unsettled",
        Consequence.ESCALATED,
        Consequence.CANCELLED,
    ),
    _limit_or_none("escalation_opens", "a buyer whom the supplier has not answered may escalate from", Clock.OPENED),
    _limit_or_none(
        "supplier_silence",
        "a supplier's silence escalates the dispute by itself after",
        Clock.BUYER_PROPOSAL,
        Clock.OPENED,
    ),
    _limit_or_none(
        "buyer_silence",
        "a buyer's silence takes its effect by itself after",
        Clock.SUPPLIER_PROPOSAL,
        Clock.OPENED,
    ),
    _choice(
        "buyer_silence_effect",
        "what a buyer's silence leads to",
        Consequence.CANCELLED,
        Consequence.ESCALATED,
    ),
    RuleDefinition(
        "evidence_window",
        Kind.TIME,
        "both sides must bring evidence within",
        (WORKING_DAYS, DAYS),
        (Clock.ESCALATED,),
    ),
    _choice(
        "buyer_evidence_missed",
        "what follows when the buyer brings no evidence in time",
        Consequence.CANCELLED,
        Consequence.DECIDED_WITHOUT,
    ),
    _choice(
        "supplier_evidence_missed",
        "what follows when the supplier brings no evidence in time",
        Consequence.UPHELD,
        Consequence.DECIDED_WITHOUT,
    ),
    _switch("limit_applies", "refunds are capped by the supplier's assurance limit"),
    _choice("limit_scope", "what the limit caps", *LimitScope),
    _limit_or_none("limit_restored", "what a refund drew from the limit comes back after", Clock.PAYOUT),
    _switch("refund_advanced", "the platform pays the refund when the supplier does not"),
    _choice("goods_returned", "a refund for goods received asks for them back", *GoodsReturned),
    _choice("return_freight_paid_by", "who pays the freight of goods sent back", *PaidBy),
    RuleDefinition(
        "protection_fee",
        Kind.SHARE,
        "what the buyer pays for the protection, of the amount paid through it",
        ("share",),
    ),
)

RULE_DEFINITIONS: Final[Mapping[str, RuleDefinition]] = {definition.name: definition for definition in _DEFINITIONS}
"""Every rule that a pack gives, by name, in the order of `ProtectionTerms`."""


def protection_terms(pack: RulePack) -> ProtectionTerms:
    """Terms of a buyer protection as the integers that the rules of the trade work with.

    Parameters
    ----------
    pack
        A checked pack, as `load_pack` or `apply_overrides` of `sim.scenario.packs` returns it.

    Returns
    -------
    ProtectionTerms
        Days as minutes (rounded half up), null as -1, words as the numbers of their enumerations, shares as
        millionths.
    """
    fields: dict[str, int] = {}
    for name, definition in RULE_DEFINITIONS.items():
        rule = pack.rules[name]
        fields[name] = _encoded(definition, rule.value)
        if f"{name}_clock" in definition.fields:
            fields[f"{name}_clock"] = _number_of(definition.clocks, rule.clock)
        if f"{name}_working" in definition.fields:
            fields[f"{name}_working"] = int(rule.unit == WORKING_DAYS)
    return ProtectionTerms(**fields)


def _encoded(definition: RuleDefinition, value: RuleValue) -> int:
    if value is None:
        return NEVER
    if definition.kind is Kind.CHOICE:
        return _number_of(definition.choices, value)
    if definition.kind is Kind.TIME:
        return minutes_from_days(float(value))
    if definition.kind is Kind.SHARE:
        return micros_from_money(float(value))
    return int(value)


def _number_of(members: tuple[IntEnum, ...], word: RuleValue) -> int:
    return next(int(member) for member in members if word_of(member) == word)


def word_of(member: IntEnum) -> str:
    """The word that a pack uses for a clock or a choice: its name in small letters."""
    return member.name.lower()
