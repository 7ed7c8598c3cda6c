"""Words of a report that a reader may not know, each explained in a sentence or two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sim.report.facts import Facts

PARTS: Final = {
    "purchase": "What the goods cost beyond the price of the benchmark; below zero where the plan pays less.",
    "freight": "Freight, duty and handling beyond those of the benchmark; below zero where less is shipped.",
    "payment_fees": "Fees for making the payments, and for a protection that costs something.",
    "inspection": "Fees of the inspectors.",
    "dispute_handling": "Your own hours in disputes, at the cost of an hour.",
    "return_freight": "Freight of goods that are sent back to the supplier.",
    "capital_cost": "Cost of capital on money that is paid out until the goods are there or the money is back.",
    "missing_units": "Sales value of units that were needed and never came, or came damaged.",
    "defective_units": "Sales value lost to defective units, less what they still fetch.",
    "late_units": "What good units lose of their value for each day that they come too late.",
    "excess_units": "Value of good units beyond the need; it lessens the loss.",
    "refunds": "Money that came back through claims; it lessens the loss.",
}
"""What a loss can consist of, by the names of the components."""

LATE: Final = "An order ships after the date in its first contract, or never."
LATE_WITH_INSPECTION: Final = (
    "The days that an inspection and rework take before shipment count, so that a plan with an inspection is late more "
    "often without its supplier making the goods any more slowly."
)

_TERMS: Final = {
    "Average loss": (
        "The mean over all cases of what a plan falls short of the benchmark: the quantity needed, bought in one "
        "order at the best listed price, and delivered whole and on time. It counts what is paid and what is "
        "missed. The plans are compared by it."
    ),
    "Benchmark": (
        "The perfect order that every plan is measured against. No plan can be sure of reaching it, so a loss "
        "above zero is no sign of a bad plan: only the differences between plans count."
    ),
    "Case": (
        "One simulated course of events, from the deposit to the last refund; also called a replication. Cases of "
        "the same number share their luck across plans: the same factory, the same delays, the same mediator."
    ),
    "Claim, dispute": "The buyer asks the supplier for money back; if they disagree, the platform decides.",
    "Confidence interval": (
        "The range in which a figure lies, as far as the number of cases can tell. More cases make it narrower. It "
        "says nothing about whether the inputs are right."
    ),
    "Harm": "What was paid for units that never came, came damaged or came defective, before any money came back.",
    "Late": f"{LATE} {LATE_WITH_INSPECTION}",
    "Loss that 95 % stay below": "In 95 of 100 cases the plan loses less than this; also called value at risk.",
    "Money out": "What has been paid and has not yet come back as goods or as a refund.",
    "Need served": "Good units that served the need, as a share of it.",
    "Settled": (
        "The interval of the difference to each other plan lies above zero, all intervals taken together at the "
        "confidence of the report."
    ),
    "Worst 5 %": (
        "The mean loss of the five cases in a hundred that lose most; also called conditional value at risk."
    ),
}


def glossary(facts: Facts) -> tuple[tuple[str, str], ...]:
    """Terms of a report with what they mean, by the alphabet; parts of a loss that no plan has are left out."""
    occurring = {part for plan in facts.plans for part, cents in plan.components.items() if cents}
    parts = ((part.replace("_", " ").capitalize(), meaning) for part, meaning in PARTS.items() if part in occurring)
    return tuple(sorted((*_TERMS.items(), *parts)))
