# ruff: noqa: INP001, T201 - a script by itself, whose work is to print
"""A claim that the supplier's limit caps.

Every one of 1,000 units at 15.00 is defective. The claim is in time, the mediator grants it in full, and the platform
pays what the limit of 10,000 allows. The other 5,000 are lost to one rule, and the accounts say to which.
"""

from pathlib import Path

import sim
from sim.experiments import explain

SCENARIO = Path(__file__).with_name("plain.yaml")

scenario = sim.load_scenario(
    SCENARIO,
    overrides=("suppliers.maker.defects.major=1", "suppliers.maker.assurance_limit=10000"),
)
story = explain(scenario, plan="one-order", replication=0)

for event in story.events:
    print(f"day {event.day:5.2f}  {event.sentence}")
print()
print(f"harm                {story.ground_up:9,.2f}")
for rule, amount in story.drops.items():
    if amount:
        print(f"{rule:19} {-amount:9,.2f}")
print(f"recovered           {story.recovered:9,.2f}")
