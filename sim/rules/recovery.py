"""From the ground-up harm down to what was recovered: every drop belongs to exactly one rule.

`recovery_levels` walks down the rules in the order of `RecoveryRule`; a rule's drop is the difference of two
neighbouring levels, so the drops and the recovered amount sum to the ground-up harm by construction, and what has to
be right is each level. Works on single integers and, element by element, on integer arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.protocol import Ground, State
from sim.rules import rule
from sim.rules.amounts import amount_of
from sim.rules.claims import claim_amount, harm_of
from sim.rules.coverage import covered_payments, is_channel_covered, is_ground_covered
from sim.rules.elementwise import chosen
from sim.rules.reports import Report

if TYPE_CHECKING:
    from sim.outcomes import Integers, OrderFields
    from sim.terms import ProtectionTerms


class ClaimFacts(NamedTuple):
    """What is known of an order when it is closed; amounts in cents.

    Attributes
    ----------
    received
        1 when the goods came.
    paid
        Paid for the goods.
    damage_harm, quality_harm
        Harm in units damaged on the way, and in defective ones.
    over_tolerance
        Part of `quality_harm` in the classes over the contract's tolerance.
    covered, on_channel, in_contract
        1 where the ground is covered, money went through the channel, and the fault is written into the contract.
    found
        What was found in time and lies over the tolerance.
    ground, end, claimed, awarded
        Of the last dispute: ground, state, claim, and what it was settled for or awarded before any cap.
    covered_paid, left
        Covered payments; what was left of the limit at payout, -1 for no limit.
    refunded
        What arrived.
    """

    received: Integers
    paid: Integers
    damage_harm: Integers
    quality_harm: Integers
    over_tolerance: Integers
    covered: Integers
    on_channel: Integers
    in_contract: Integers
    found: Integers
    ground: Integers
    end: Integers
    claimed: Integers
    awarded: Integers
    covered_paid: Integers
    left: Integers
    refunded: Integers


@rule
def claim_facts(
    terms: ProtectionTerms,
    order: OrderFields,
    tolerance: tuple[int, int, int],
    custom_made: int,
    price: Integers,
    minor_cost: int,
    on_platform: Integers,
) -> ClaimFacts:
    """What the recovery needs to know of an order.

    Parameters
    ----------
    tolerance
        Allowed share of the lot by class, in millionths.
    custom_made
        1 for goods made to the buyer's own specification.
    price, minor_cost
        Rates a unit in millionths of the currency.
    on_platform
        Share of every payment made through the platform, in millionths.
    """
    received = order.received >= 0
    late = np.logical_and(np.logical_not(received), order.ground != Ground.QUALITY)
    late_covered = is_ground_covered(terms, Ground.LATE_SHIPMENT, 0, False)
    quality_covered = chosen(
        order.report == Report.PASSED,
        is_ground_covered(terms, Ground.QUALITY, custom_made, True),
        is_ground_covered(terms, Ground.QUALITY, custom_made, False),
    )
    units = (order.critical, order.major, order.minor)
    return ClaimFacts(
        received=received,
        paid=order.deposit + order.balance,
        damage_harm=amount_of(price, order.damaged),
        quality_harm=harm_of(order.critical, order.major, order.minor, price, minor_cost),
        over_tolerance=claim_amount(units, order.quantity, tolerance, price, minor_cost),
        covered=chosen(late, late_covered, quality_covered),
        on_channel=is_channel_covered(terms, on_platform),
        in_contract=order.in_contract,
        found=order.found_harm,
        ground=chosen(late, Ground.LATE_SHIPMENT.value, order.ground),
        end=order.dispute_end,
        claimed=order.claimed,
        awarded=order.awarded,
        covered_paid=covered_payments(terms, order.deposit, order.balance, (order.shipped >= 0) * 1, on_platform),
        left=order.limit_left,
        refunded=order.refunded,
    )


@rule
def ground_up_harm(facts: ClaimFacts) -> Integers:
    """Cents paid for units that never came, came damaged or came defective."""
    return chosen(facts.received == 1, facts.damage_harm + facts.quality_harm, facts.paid)


@rule
def recovery_levels(facts: ClaimFacts) -> tuple[Integers, ...]:
    """What of the ground-up harm is left after each rule, in the order of `RecoveryRule`, starting with the harm.

    Returns
    -------
    tuple
        One level more than there are rules; the last is the refund.
    """
    received = facts.received == 1
    late = facts.ground == Ground.LATE_SHIPMENT
    harm = ground_up_harm(facts)
    covered = chosen(facts.covered == 1, chosen(received, facts.quality_harm, facts.paid), 0)
    on_channel = chosen(facts.on_channel == 1, covered, 0)
    over = chosen(received, np.minimum(on_channel, facts.over_tolerance), on_channel)
    unshipped_late = np.logical_and(late, np.logical_not(received))
    written = chosen(np.logical_or(facts.in_contract == 1, unshipped_late), over, 0)
    found = chosen(unshipped_late, written, np.minimum(written, facts.found))
    # A late-shipment dispute that goods on their way have closed claims nothing of what was wrong with the goods.
    claimed = np.minimum(found, chosen(np.logical_and(received, late), 0, facts.claimed))
    answered = chosen(facts.end == State.CANCELLED, 0, claimed)
    evidenced = chosen(facts.end == State.EVIDENCE_MISSED, 0, answered)
    settled = chosen(facts.end == State.SETTLED, np.minimum(evidenced, facts.awarded), evidenced)
    upheld = chosen(facts.end == State.REJECTED, 0, settled)
    awarded = np.minimum(upheld, facts.awarded)
    kept = chosen(facts.end == State.RETURN_FORGONE, 0, awarded)
    within_paid = np.minimum(kept, facts.covered_paid)
    within_limit = chosen(facts.left < 0, within_paid, np.minimum(within_paid, facts.left))
    return (
        harm,
        covered,
        on_channel,
        over,
        written,
        found,
        claimed,
        answered,
        evidenced,
        settled,
        upheld,
        awarded,
        kept,
        within_paid,
        within_limit,
        facts.refunded,
    )
