"""``lotwise validate``: check a scenario and say what is in it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from sim.commands import options
from sim.commands.exit_codes import INVALID

if TYPE_CHECKING:
    from pathlib import Path

    from sim.scenario import Scenario


@click.command()
@options.scenario_argument
@options.set_option
@options.json_option
@options.quiet_option
def validate(scenario: Path, overrides: tuple[str, ...], as_json: bool, quiet: bool) -> int:
    """Check SCENARIO and everything that it names.

    Every mistake is shown at once, with its file, line and column, and the way out. Ends with 2 if there is
    one.
    """
    from sim.commands.screen import print_json
    from sim.errors import InputError
    from sim.model import build_model

    try:
        loaded = options.scenario_loaded(scenario, overrides)
    except InputError as error:
        if not as_json:
            raise
        print_json({"valid": False, "problems": [asdict(problem) for problem in error.problems]})
        return INVALID
    for plan in loaded.plans:
        build_model(loaded, plan.name)
    if as_json:
        plans = [plan.name for plan in loaded.plans]
        print_json({"valid": True, "problems": [], "scenario": loaded.name, "plans": plans, "digest": loaded.digest})
    elif not quiet:
        _print_contents(scenario, loaded)
    return 0


def _print_contents(path: Path, scenario: Scenario) -> None:
    from sim.commands.screen import assumptions_note, console, table

    screen = console()
    screen.print(f"{path} is a valid scenario: {scenario.model.title or scenario.name}")
    screen.print()
    grid = table("Plan", "Orders")
    for plan in scenario.plans:
        orders = (
            f"{order.id}: {order.quantity:,} from {order.supplier}"
            + (f", inspected ({', '.join(order.inspections)})" if order.inspections else "")
            for order in plan.orders
        )
        grid.add_row(plan.name, "; ".join(orders))
    screen.print(grid)
    screen.print()
    sourced = len(scenario.sources)
    if sourced:
        screen.print(f"{sourced} of its numbers name{'s' if sourced == 1 else ''} a source.")
    screen.print(assumptions_note(scenario))
