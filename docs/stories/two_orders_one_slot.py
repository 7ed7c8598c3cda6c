# ruff: noqa: INP001, T201 - a script by itself, whose work is to print
"""Two orders that share one production slot.

Both are placed on the same day with a supplier that makes one order at a time. The second waits for the first and
cannot keep its ship date. The supplier asks for ten more days, which the buyer accepts: no claim, and no dispute.
With a second slot nobody waits. A buyer who accepts nine days at most disputes instead, and the refund ends an order
whose goods were two days from being finished.
"""

from pathlib import Path

import sim
from sim.experiments import explain

SCENARIO = Path(__file__).with_name("plain.yaml")
TOLD = {
    "production_started",
    "extension_agreed",
    "ship_date_passed",
    "dispute_opened",
    "order_ended_by_refund",
    "goods_shipped",
    "refund_paid",
}

for title, overrides in {
    "one slot": (),
    "two slots": ("suppliers.maker.parallel_orders=2",),
    "one slot, and a buyer who accepts nine days": ("buyer.extension_accepted_days=9",),
}.items():
    story = explain(sim.load_scenario(SCENARIO, overrides=overrides), plan="two-orders", replication=0)
    print(title)
    for event in story.events:
        if event.event in TOLD:
            print(f"  day {event.day:5.2f}  order {event.order}: {event.sentence}")
    print()
