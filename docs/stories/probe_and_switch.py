# ruff: noqa: INP001, T201 - a script by itself, whose work is to print
"""A small first order that decides where the rest goes.

The defect rate of this supplier is uncertain, and nearly all of that uncertainty is about the supplier: what one lot is
like, the next will be like. A probe of 200 units is inspected; if it fails, the rest is ordered elsewhere. How often
does that happen, and how good are the goods of those suppliers that passed?
"""

from pathlib import Path

import sim

SCENARIO = Path(__file__).with_name("plain.yaml")
UNCERTAIN = (
    "suppliers.maker.defects={major: {dist: beta, mean: 0.04, sd: 0.04}, lot_to_lot_share: 0.1}",
    "suppliers.other.defects={major: 0.02}",
)

scenario = sim.load_scenario(SCENARIO, overrides=UNCERTAIN)
orders = sim.run(scenario, plans=["probe-then-rest"], replications=1000).orders
probes, rests = orders[orders["order"] == "probe"], orders[orders["order"] == "rest"]
passed = probes["rejections"].to_numpy() == 0

print(f"probes that passed       {passed.mean():6.1%}")
print(f"rest goes to the maker   {(rests['supplier'] == 'maker').mean():6.1%}")
print(f"rest goes elsewhere      {(rests['supplier'] == 'other').mean():6.1%}")
print()
shares = rests["major"].to_numpy() / rests["quantity"].to_numpy()
print("defective units in the rest, on average")
print(f"  made by the maker      {shares[passed].mean():6.2%}")
print(f"  made elsewhere         {shares[~passed].mean():6.2%}")
print(f"  maker, without a probe {0.04:6.2%}")
