# ruff: noqa: INP001, T201 - a script by itself, whose work is to print
"""A supplier that never answers.

Half of the goods are defective and the supplier says nothing at all. A buyer who uses the right to call the platform
in does so on day 4 after opening the dispute. A buyer who waits is helped by the clock: on day 7 the dispute escalates
by itself. The supplier hands in no evidence either, so the mediator can only decide when the time for it is over.
"""

from pathlib import Path

import sim
from sim.experiments import explain

SCENARIO = Path(__file__).with_name("plain.yaml")
SILENT = ("suppliers.maker.defects.major=0.5", "suppliers.maker.disputes.silent_probability=1")

for escalates in ("true", "false"):
    scenario = sim.load_scenario(SCENARIO, overrides=(*SILENT, f"buyer.escalates_unanswered={escalates}"))
    story = explain(scenario, plan="one-order", replication=0)
    print(f"escalates_unanswered: {escalates}")
    opened = next(event.day for event in story.events if event.event == "dispute_opened")
    for event in story.events:
        if event.day >= opened:
            print(f"  day {event.day - opened:5.2f} of the dispute  {event.sentence}")
            print(f"                         because of {event.rule}")
    print()
