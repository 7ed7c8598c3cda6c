"""Which values of a scenario the page can move, what they are called, and in which order an importer meets them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.rules.sampling import AQLS
from sim.scenario.keys import LARGEST_AMOUNT, LARGEST_QUANTITY, LONGEST_DAYS

if TYPE_CHECKING:
    from sim.web.fields import Kind

_HUNDRED: Final = 100.0


@dataclass(frozen=True, slots=True)
class Movable:
    """A value that can be moved, wherever a scenario has it.

    Attributes
    ----------
    key
        Dotted keys below the place that its section stands for; ``[]`` stands for every item of a list.
    label
        For readers; ``{}`` in it takes what the list is sorted by.
    kind
        As in `sim.web.fields.Field`.
    always
        Whether it is shown where the scenario leaves it out, too.
    empty
        What an empty box means, where it may be empty.
    whole
        Whether its slider always reaches from nothing to everything.
    counts
        Whether only whole numbers can stand there, from 1 up.
    positive
        Whether nothing at all makes no sense for it.
    most
        Largest number that can stand there; by default that of its kind.
    choices
        Of a ``choice``: what can stand there, with what it is called.
    """

    key: str
    label: str
    kind: Kind
    always: bool = False
    empty: str = ""
    whole: bool = False
    counts: bool = False
    positive: bool = False
    most: float | None = None
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def largest(self) -> float | None:
        """Largest number that may be typed, as it is seen."""
        if self.most is not None:
            return self.most
        if self.counts:
            return LARGEST_QUANTITY
        return {"share": _HUNDRED, "money": LARGEST_AMOUNT, "days": LONGEST_DAYS}.get(self.kind)


@dataclass(frozen=True, slots=True)
class Section:
    """Values that belong together.

    Attributes
    ----------
    id, title, help
        Of the group on the page.
    each
        The map, ``suppliers`` or ``inspections``, for each of whose names there is such a group; nothing for a group
        that there is once.
    movables
        In the order of the page.
    opened
        Whether the group is unfolded at first.
    """

    id: str
    title: str
    movables: tuple[Movable, ...]
    help: str = ""
    each: str = ""
    opened: bool = False


_AQLS: Final = (("0", "0: none accepted"), *((f"{aql:g}", f"{aql:g} % defective") for aql in AQLS))
ORDER_SIZE: Final = "order_size"
"""Name of the field that moves the quantities of all plans, and stands for no single value."""

SECTIONS: Final = (
    Section(
        "order",
        "Your order",
        (
            Movable("need.quantity", "Quantity needed", "number", counts=True),
            Movable("need.due", "Needed by", "date"),
            Movable("need.sale_value", "Value of a good unit", "money", positive=True),
            Movable("need.late_cost_per_unit_day", "Lost for each day late", "money"),
            Movable("need.excess_value", "Value of a unit too many", "money"),
            Movable("need.salvage_value", "Value of a defective unit", "money"),
            Movable("need.minor_defect_cost", "Cost of a minor defect", "money"),
        ),
        "Orders grow and shrink with the quantity needed; to order more or less than that, move the quantity ordered.",
        opened=True,
    ),
    Section(
        "protection",
        "Buyer protection",
        (Movable("protection", "Rules of the protection", "choice", always=True),),
        opened=True,
    ),
    Section(
        "supplier",
        "Supplier",
        (
            Movable("assurance_limit", "Protection limit", "money", always=True, empty="no limit"),
            Movable("limit_used_by_others_share", "Limit used up by other buyers", "share", whole=True),
            Movable("unit_price[].price", "Price from {}", "money", positive=True),
            Movable("minimum_order", "Smallest order", "number", always=True, counts=True),
            Movable("payment.deposit_share", "Deposit", "share", always=True, whole=True),
            Movable(
                "payment.through",
                "Paid through",
                "choice",
                always=True,
                choices=(("platform", "the platform"), ("direct", "direct to the supplier")),
            ),
            Movable(
                "payment.balance",
                "Rest is paid",
                "choice",
                choices=(
                    ("before_shipment", "before shipment"),
                    ("after_inspection", "after the inspection"),
                    ("on_receipt", "on receipt"),
                ),
            ),
            Movable("payment.platform_share", "Share paid through the platform", "share", whole=True),
            Movable("protected_price_premium_share", "Added to a protected price", "share"),
            Movable("payment.fee_rate", "Payment fee", "share"),
            Movable("freight.per_order", "Freight for an order", "money"),
            Movable("freight.per_unit", "Freight for a unit", "money"),
            Movable("return_freight_per_unit", "Return freight for a unit", "money"),
            Movable("never_ships_probability", "Never ships", "share", always=True),
        ),
        each="suppliers",
        opened=True,
    ),
    Section(
        "contract",
        "What the contract says",
        (
            Movable("contract.detail_share", "Requirements written down", "share", always=True, whole=True),
            Movable("contract.tolerance.major", "Major defects allowed", "share"),
            Movable("contract.tolerance.minor", "Minor defects allowed", "share"),
            Movable("contract.tolerance.critical", "Critical defects allowed", "share"),
            Movable("contract.messages_on_platform", "Messages kept on the platform", "switch", always=True),
            Movable("contract.custom_made", "Made to your order", "switch"),
        ),
    ),
    Section(
        "quality",
        "Quality you expect",
        (
            Movable("defects.major", "Major defects", "share"),
            Movable("defects.minor", "Minor defects", "share"),
            Movable("defects.critical", "Critical defects", "share"),
            Movable("defects.bad_lot.probability", "A whole lot is bad", "share"),
            Movable("defects.latent_share", "Defects that show only in use", "share", whole=True),
            Movable("defects.lot_to_lot_share", "Differs from lot to lot", "share", whole=True),
            Movable("rework.removes_share", "Defects removed by rework", "share", whole=True),
            Movable("rework.refuses_probability", "Refuses to rework", "share", whole=True),
            Movable("transit.damage_rate", "Damaged on the way", "share"),
        ),
        each="suppliers",
    ),
    Section(
        "inspection",
        "Inspection",
        (
            Movable("fee_per_man_day", "Fee for an inspector's day", "money", most=100_000),
            Movable("detection_probability", "Defects noticed", "share", whole=True),
            Movable(
                "sampling.level",
                "Inspection level",
                "choice",
                choices=tuple((level, level) for level in ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")),
            ),
            Movable("sampling.sample_size", "Units in the sample", "number", counts=True),
            Movable("sampling.aql.major", "AQL, major defects", "choice", choices=_AQLS),
            Movable("sampling.aql.minor", "AQL, minor defects", "choice", choices=_AQLS),
            Movable("correction_share", "Defects corrected", "share", whole=True),
            Movable(
                "on_fail.do",
                "When it fails",
                "choice",
                choices=(("rework", "have it reworked"), ("refuse", "refuse the lot"), ("accept", "accept it")),
            ),
            Movable(
                "on_fail.then",
                "When it still fails",
                "choice",
                choices=(("refuse", "refuse the lot"), ("accept", "accept it")),
            ),
        ),
        each="inspections",
    ),
    Section(
        "time",
        "Time",
        (
            Movable("promised_days", "Promised until shipment", "days", always=True),
            Movable("production_days", "Production", "days"),
            Movable("delay_days", "Later than promised", "days"),
            Movable("production_days_per_1000", "Added for each 1,000 units", "days"),
            Movable("transit.days", "On the way", "days"),
        ),
        each="suppliers",
    ),
    Section(
        "habits",
        "Your deadlines and habits",
        (
            Movable("buyer.goods_check_days", "Until you have checked the goods", "days"),
            Movable("buyer.reply_days", "Until you answer in a dispute", "days"),
            Movable("buyer.evidence_days", "Until your evidence is there", "days"),
            Movable("buyer.extension_accepted_days", "Delay that you agree to", "days"),
            Movable("buyer.accepts_offer_from_share", "Offer that you settle for", "share", whole=True),
            Movable("buyer.minimum_claim", "Smallest claim", "money"),
            Movable("buyer.escalates_unanswered", "Call the platform in when not answered", "switch"),
            Movable("buyer.escalates_before_close", "Call the platform in before it closes", "switch"),
            Movable("buyer.hourly_cost", "Cost of your hour", "money", most=100_000),
            Movable("buyer.capital_cost_rate", "Cost of capital a year", "share"),
        ),
    ),
    Section(
        "disputes",
        "In a dispute",
        (
            Movable("disputes.silent_probability", "Never answers", "share", whole=True),
            Movable("disputes.concedes_probability", "Accepts the claim in full", "share", whole=True),
            Movable("disputes.opening_offer_share", "First offer", "share", whole=True),
            Movable("disputes.concession_share", "Added in each round", "share"),
            Movable("disputes.reply_days", "Until an answer", "days"),
            Movable("disputes.payout_days", "Until the refund arrives", "days"),
            Movable("disputes.defaults_on_refund_probability", "Does not pay the refund", "share"),
        ),
        each="suppliers",
    ),
    Section(
        "mediator",
        "The mediator",
        (
            Movable("disputes.uphold_probability", "Claim upheld, without evidence", "share", whole=True),
            Movable("disputes.award_share", "Awarded, of the claim", "share", whole=True),
            Movable("disputes.return_probability", "Goods must go back", "share", whole=True),
            Movable("disputes.decision_days", "Until the decision", "days"),
            Movable(
                "disputes.odds.full_contract_detail", "Odds with a full contract", "number", positive=True, most=1000
            ),
            Movable(
                "disputes.odds.failed_inspection_report",
                "Odds with a failed report",
                "number",
                positive=True,
                most=1000,
            ),
            Movable(
                "disputes.odds.passed_inspection_report",
                "Odds with a passed report",
                "number",
                positive=True,
                most=1000,
            ),
            Movable(
                "disputes.odds.messages_off_platform",
                "Odds with messages elsewhere",
                "number",
                positive=True,
                most=1000,
            ),
        ),
        "Nobody outside knows how mediators decide: all of this is assumption.",
    ),
)
"""Groups in the order of the page."""
