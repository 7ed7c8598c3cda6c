"""A supplier: prices, payment, time, quality, and how it behaves in a dispute."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sim.scenario.keys import (
    Days,
    Money,
    PlainDays,
    Share,
    SignedDays,
    Spec,
    UncertainShare,
    Units,
    key,
    whole,
)
from sim.scenario.working_days import Calendar


class PriceBreakSpec(Spec):
    """The unit price of orders from a quantity up."""

    from_: Units = key("Smallest quantity of an order at this price.", alias="from", unit="units")
    price: Money = key("Price of a unit.", unit="currency a unit")


class PaymentSpec(Spec):
    """How an order is paid."""

    deposit_share: Share = key("Share of the goods value paid when the order is placed.", default=0.3, unit="share")
    balance: Literal["before_shipment", "after_inspection", "on_receipt"] = key(
        "When the rest is paid.", default="before_shipment"
    )
    through: Literal["platform", "direct"] = key(
        "Which way the money goes: only what is paid through the platform can be protected.",
        default="platform",
    )
    platform_share: Share = key(
        "Share of each payment that goes through the platform; some suppliers ask for a part on the side. "
        "Counts only where `through` is `platform`.",
        default=1.0,
        unit="share",
    )
    fee_rate: Share = key("Fee for making a payment, of the amount paid.", default=0.0, unit="share")


class BadLotSpec(Spec):
    """A lot that is off specification as a whole."""

    probability: Share = key("That a lot is off specification as a whole.", default=0.0, unit="probability")
    share: UncertainShare = key("Share of such a lot that is defective, as major defects.", default=1.0, unit="share")


class DefectsSpec(Spec):
    """Share of a lot's units that are defective, by class; a unit counts in its worst class only."""

    critical: UncertainShare = key("Units with a critical defect.", default=0.0, unit="share")
    major: UncertainShare = key("Units with a major defect.", default=0.0, unit="share")
    minor: UncertainShare = key("Units whose only defects are minor.", default=0.0, unit="share")
    lot_to_lot_share: Share = key(
        "Share of that variance that is between lots; the rest is the supplier's own, the same for all of them.",
        default=0.3,
        unit="share",
    )
    bad_lot: BadLotSpec = key("A lot that is off specification as a whole.", default=BadLotSpec())
    latent_share: Share = key("Share of the defects that show only in use.", default=0.0, unit="share")
    latent_days: Days = key("From receipt until the latent defects of a lot show.", default=0, unit="days")


class ReworkSpec(Spec):
    """What happens to a lot that the pre-shipment inspection rejected."""

    days: Days = key("To rework the lot, on the supplier's calendar if `working`.", default=0, unit="days")
    removes_share: Share = key("Share of the defects that rework removes.", default=0.8, unit="share")
    refuses_probability: Share = key("That the supplier refuses to rework.", default=0.0, unit="probability")


class SupplierDisputesSpec(Spec):
    """How the supplier behaves in a dispute."""

    reply_days: Days = key("To answer a claim or a proposal; an hour at least.", default=1, unit="days")
    silent_probability: Share = key("That the supplier never answers.", default=0.0, unit="probability")
    concedes_probability: Share = key("That the supplier accepts the claim in full.", default=0.0, unit="probability")
    opening_offer_share: UncertainShare = key("First offer, as a share of the claim.", default=0.3, unit="share")
    concession_share: Share = key(
        "Added to the offer in each round, as a share of the claim.", default=0.1, unit="share"
    )
    evidence_days: Days = key("To hand evidence to the mediator.", default=0, unit="days")
    payout_days: Days = key("From the award or settlement until the refund arrives.", default=0, unit="days")
    defaults_on_refund_probability: Share = key(
        "That the supplier does not pay a refund that is due.", default=0.0, unit="probability"
    )


class TransitSpec(Spec):
    """The way from the supplier to the buyer."""

    mode: Literal["sea", "air", "rail", "road", "courier"] = key(
        "How the goods travel; a label for the reader.", default="sea"
    )
    days: Days = key("From shipment to receipt.", default=0, unit="days")
    damage_rate: Share = key(
        "Share of the units damaged on the way; not the supplier's fault.", default=0.0, unit="share"
    )


class FreightSpec(Spec):
    """What the buyer pays for freight, duty and handling."""

    per_order: Money = key("For each order shipped.", default=0.0, unit="currency")
    per_unit: Money = key("For each unit shipped.", default=0.0, unit="currency a unit")


class SupplierSpec(Spec):
    """A supplier and the terms it offers."""

    extends: str | None = key(
        "Another supplier of this file, whose keys hold where this one does not give its own.", default=None
    )
    title: str = key("The name to show.", default="")
    identity: str | None = key(
        "Another supplier of this file that is the same firm on other terms: it shares that supplier's "
        "draws of quality and its production slots.",
        default=None,
    )
    calendar: Calendar = key(
        "Working days: a country code, or a calendar of its own (see `calendar`); null: Monday to Friday.",
        default=None,
    )
    unit_price: Annotated[tuple[PriceBreakSpec, ...], Field(strict=False, min_length=1, max_length=50)] = key(
        "Price breaks, ascending; the first is from 1."
    )
    minimum_order: Units = key("Smallest quantity of an order.", default=1, unit="units")
    payment: PaymentSpec = key("How an order is paid.", default=PaymentSpec())
    protected_price_premium_share: Share = key(
        "What the supplier adds to the price of an order paid through the platform.",
        default=0.0,
        unit="share",
    )
    assurance_limit: Money | None = key(
        "Most that the protection pays back for this supplier; null: no limit.", default=None, unit="currency"
    )
    limit_used_by_others_share: UncertainShare = key(
        "Share of the limit that other buyers have used up.", default=0.0, unit="share"
    )
    promised_days: PlainDays = key(
        "From placing the order to the ship date, as the contract says.", default=30.0, unit="days"
    )
    production_days: Days | None = key(
        "To make an order. Give this or `delay_days`, not both.", default=None, unit="days"
    )
    delay_days: SignedDays | None = key(
        "Finished goods against the promise, counted from the start of production; negative when early. "
        "Give this or `production_days`, not both.",
        default=None,
        unit="days",
    )
    production_days_per_1000: PlainDays = key(
        "Added to the production time for each 1,000 units.", default=0.0, unit="days"
    )
    parallel_orders: Annotated[int, BeforeValidator(whole), Field(ge=1, le=1000)] = key(
        "Production slots that this buyer's orders share.", default=1, unit="orders"
    )
    never_ships_probability: Share = key(
        "That the firm never ships anything: drawn once in a replication, for all of its orders.",
        default=0.0,
        unit="probability",
    )
    defects: DefectsSpec = key("Share of a lot's units that are defective, by class.", default=DefectsSpec())
    rework: ReworkSpec = key("What happens to a rejected lot.", default=ReworkSpec())
    disputes: SupplierDisputesSpec = key("The supplier in a dispute.", default=SupplierDisputesSpec())
    transit: TransitSpec = key("The way to the buyer.", default=TransitSpec())
    freight: FreightSpec = key("Freight, duty and handling.", default=FreightSpec())
    return_freight_per_unit: Money = key("To send a unit back to the supplier.", default=0.0, unit="currency a unit")
