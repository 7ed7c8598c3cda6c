"""Whether the protection covers a claim at all: the ground, the channel, the contract, the amount."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.outcomes import RecoveryRule
from sim.protocol import Ground
from sim.rules import rule
from sim.rules.amounts import share_of
from sim.rules.deadlines import deadline_of
from sim.rules.reports import Report
from sim.terms import Clock, PreShipmentCover
from sim.units import NEVER

if TYPE_CHECKING:
    from sim.outcomes import Integers
    from sim.terms import ProtectionTerms

CLAIM_POSSIBLE = -1
"""What `claim_obstacle` answers when nothing stands in the way of a claim."""


@rule
def is_ground_covered(terms: ProtectionTerms, ground: int, custom_made: int, found_conforming: bool) -> bool:
    """Whether the protection knows the ground for these goods.

    Parameters
    ----------
    custom_made
        1 for goods made to the buyer's own specification.
    found_conforming
        Whether a pre-shipment report found the goods conforming.
    """
    if ground == Ground.LATE_SHIPMENT:
        return terms.covers_late_shipment == 1
    if terms.covers_quality == 0:
        return False
    if custom_made == 1 and terms.covers_custom_made == 0:
        return False
    return not (found_conforming and terms.covers_conforming_goods == 0)


@rule
def is_channel_covered(terms: ProtectionTerms, on_platform: Integers) -> Integers:
    """Whether any of the money went the way that the protection asks for; `on_platform` in millionths of the price."""
    return np.logical_or(on_platform > 0, terms.requires_platform_payment == 0)


@rule
def claim_opens_at(terms: ProtectionTerms, placed: int) -> int:
    """First minute at which a claim of an order can be made."""
    return placed + terms.claim_opens


@rule
def claim_window_end(terms: ProtectionTerms, placed: int, received: int) -> int:
    """Last minute at which a claim of quality can be made; while nothing is received, a window from receipt is open."""
    if terms.claim_window_clock == Clock.PLACED:
        return deadline_of(placed, terms.claim_window)
    return NEVER if received < 0 else deadline_of(received, terms.claim_window)


@rule
def covered_payments(
    terms: ProtectionTerms, deposit: Integers, balance: Integers, shipped: Integers, on_platform: Integers
) -> Integers:
    """Cents of the payments made so far that the protection stands behind.

    Parameters
    ----------
    deposit, balance
        Cents paid so far.
    shipped
        1 once the goods have left; before, some packs cover the initial payment only.
    on_platform
        Share of every payment made through the platform, in millionths.
    """
    counts_balance = 1 - (1 - shipped) * (terms.pre_shipment_cover == PreShipmentCover.INITIAL_PAYMENT)
    paid = deposit + balance * counts_balance
    if terms.requires_platform_payment == 0:
        return paid
    return share_of(paid, on_platform)


@rule
def claim_obstacle(
    ground_covered: bool, channel_covered: bool, over_tolerance: int, in_contract: bool, found: int, minimum_claim: int
) -> int:
    """The first rule that keeps a buyer from claiming, as a `RecoveryRule`; -1 when a claim is possible.

    Parameters
    ----------
    over_tolerance
        Cents of harm in the classes whose share lies over the contract's tolerance, found or not.
    in_contract
        Whether what is wrong is written measurably into the order contract (a ship date always is).
    found
        Cents of it that were found in time.
    minimum_claim
        Cents below which the buyer does not bother.
    """
    if not ground_covered:
        return RecoveryRule.NOT_COVERED
    if not channel_covered:
        return RecoveryRule.PAID_OFF_PLATFORM
    if over_tolerance <= 0:
        return RecoveryRule.WITHIN_TOLERANCE
    if not in_contract:
        return RecoveryRule.NOT_IN_CONTRACT
    if found <= 0:
        return RecoveryRule.FOUND_TOO_LATE
    if found < minimum_claim:
        return RecoveryRule.NOT_CLAIMED
    return CLAIM_POSSIBLE


@rule
def is_open_to_more(obstacle: int) -> bool:
    """Whether defects that show later could still make a claim of what was not one."""
    return obstacle in (RecoveryRule.FOUND_TOO_LATE, RecoveryRule.NOT_CLAIMED)


@rule
def quality_obstacle(
    terms: ProtectionTerms,
    custom_made: int,
    report: int,
    on_platform: int,
    over_tolerance: int,
    in_contract: bool,
    found: int,
    minimum_claim: int,
) -> int:
    """What keeps a buyer from claiming for goods received, as `claim_obstacle` answers; `report` is a `Report`."""
    return claim_obstacle(
        is_ground_covered(terms, Ground.QUALITY, custom_made, report == Report.PASSED),
        is_channel_covered(terms, on_platform),
        over_tolerance,
        in_contract,
        found,
        minimum_claim,
    )


@rule
def refusal_obstacle(
    terms: ProtectionTerms,
    custom_made: int,
    on_platform: int,
    paid: int,
    in_contract: bool,
    found: int,
    minimum_claim: int,
) -> int:
    """What keeps a buyer who refused a failed lot from claiming back what was paid; `found` is 0 after the window."""
    return quality_obstacle(terms, custom_made, Report.FAILED, on_platform, paid, in_contract, found, minimum_claim)


@rule
def lateness_obstacle(terms: ProtectionTerms, on_platform: int, paid: int, minimum_claim: int) -> int:
    """What keeps a buyer from claiming back what was paid for goods not shipped; a ship date is always in writing."""
    return claim_obstacle(
        is_ground_covered(terms, Ground.LATE_SHIPMENT, 0, False),
        is_channel_covered(terms, on_platform),
        paid,
        True,
        paid,
        minimum_claim,
    )
