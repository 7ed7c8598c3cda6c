"""The buyer: what is needed, how the buyer works and disputes, and what the order contract says."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from sim.scenario.keys import DailyRate, Day, Days, Hours, Money, PlainDays, Share, Spec, Units, key, whole
from sim.scenario.working_days import Calendar


class NeedSpec(Spec):
    """What the buyer must end up with, and what goods are worth to the buyer."""

    quantity: Units = key("Good units needed.", unit="units")
    due: Day = key("When they are needed: a date, or a day number from the start.", unit="date or days")
    sale_value: Money = key("Value of a good unit, net of selling costs.", unit="currency a unit")
    late_cost_per_unit_day: Money = key(
        "What a good unit loses of its value for each day after the due date, never below the salvage value.",
        default=0.0,
        unit="currency a unit and day",
    )
    salvage_value: Money = key(
        "Value of a unit with a critical or major defect that the buyer keeps.",
        default=0.0,
        unit="currency a unit",
    )
    minor_defect_cost: Money = key(
        "What a unit loses of its value whose only defects are minor.", default=0.0, unit="currency a unit"
    )
    excess_value: Money = key("Value of a good unit beyond the quantity needed.", default=0.0, unit="currency a unit")


class DisputeHoursSpec(Spec):
    """The buyer's own time in a dispute, paid at ``buyer.hourly_cost``."""

    filing: Hours = key("To open a dispute.", default=4.0, unit="hours")
    reply: Hours = key("For each reply to the supplier.", default=1.5, unit="hours")
    evidence: Hours = key("To put the evidence together for the mediator.", default=5.0, unit="hours")


class BuyerSpec(Spec):
    """How the buyer works, pays and disputes."""

    calendar: Calendar = key(
        "Working days: a country code, or a calendar of its own (see `calendar`); null: Monday to Friday.",
        default=None,
    )
    hourly_cost: DailyRate = key("Cost of an hour of the buyer's time.", default=0.0, unit="currency an hour")
    capital_cost_rate: Annotated[float, Field(ge=0, le=1)] = key(
        "Cost of capital a year, on cash paid out and not yet recovered.", default=0.0, unit="share a year"
    )
    goods_check_days: Days = key(
        "From receipt until the goods have been checked and their visible defects found.",
        default=0,
        unit="days",
    )
    reply_days: Days = key("To answer a proposal in a dispute; an hour at least.", default=1, unit="days")
    evidence_days: Days = key("To hand evidence to the mediator.", default=0, unit="days")
    accepts_offer_from_share: Share = key(
        "The buyer settles when the supplier offers this share of the claim or more.",
        default=0.6,
        unit="share",
    )
    escalates_unanswered: bool = key(
        "Whether the buyer uses the right to call the platform in as soon as it opens.", default=True
    )
    escalates_before_close: bool = key(
        "Whether the buyer calls the platform in at the last moment before it closes an unsettled dispute.",
        default=True,
    )
    extension_accepted_days: PlainDays = key(
        "The buyer agrees to a ship date that is later by up to this.", default=10.0, unit="days"
    )
    writes_off_after_days: PlainDays = key(
        "After the ship date, when an order that never ships, and whose money no dispute brought back, is written off.",
        default=90.0,
        unit="days",
    )
    disputes_at_once: Annotated[int, BeforeValidator(whole), Field(ge=1, le=1000)] = key(
        "People who answer disputes; while all are busy a reply waits.", default=1, unit="people"
    )
    dispute_hours: DisputeHoursSpec = key("The buyer's own time in a dispute.", default=DisputeHoursSpec())
    minimum_claim: Money = key("The buyer makes no claim that is worth less.", default=0.0, unit="currency")


class ToleranceSpec(Spec):
    """Share of defective units that the contract allows, by class of defect."""

    critical: Share = key("Critical defects allowed.", default=0.0, unit="share")
    major: Share = key("Major defects allowed.", default=0.0, unit="share")
    minor: Share = key("Minor defects allowed.", default=0.0, unit="share")


class ContractSpec(Spec):
    """What the order contract says."""

    detail_share: Share = key(
        "Share of the requirements written measurably into the order: the probability that a lot's fault is "
        "one that the contract speaks of.",
        default=1.0,
        unit="share",
    )
    messages_on_platform: bool = key(
        "Whether the talk with the supplier was kept on the platform, where the mediator can read it.",
        default=True,
    )
    custom_made: bool = key(
        "Whether the goods are made to the buyer's order; some protections exclude them.", default=False
    )
    tolerance: ToleranceSpec = key(
        "Share of defective units that the contract allows, by class.", default=ToleranceSpec()
    )
