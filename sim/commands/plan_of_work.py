"""What a command would do, for ``--dry-run``: everything is checked, nothing is simulated or written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sim.commands.screen import print_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sim.scenario import Scenario


def print_plan_of_work(
    scenario: Scenario,
    plans: Sequence[str],
    seed: int | None,
    replications: int | None,
    precision: str | None,
    at_most: int | None,
    target: Path | None,
    *,
    as_json: bool,
) -> None:
    """Say which plans would be simulated, how often, and where the results would go.

    Raises
    ------
    InputError
        Whatever the command itself would refuse.
    """
    from sim.experiments.precision import extent_wanted
    from sim.experiments.record import scenario_with_extent
    from sim.experiments.runs import plans_wanted
    from sim.model import build_model

    extent = extent_wanted(scenario, replications, precision, at_most)
    scenario = scenario_with_extent(scenario, extent, seed)
    names = plans_wanted(scenario, plans)
    for name in names:
        build_model(scenario, name)
    wanted = extent.half_width
    if as_json:
        print_json(
            {
                "scenario": scenario.name,
                "plans": names,
                "replications": extent.replications,
                "relative_half_width": None if wanted is None else wanted.relative,
                "absolute_half_width": None if wanted is None else wanted.absolute,
                "seed": scenario.model.run.seed,
                "folder": None if target is None else str(target),
            }
        )
        return
    most = "" if wanted is None else "at most "
    click.echo(f"Would simulate {most}{extent.replications:,} replications, seed {scenario.model.run.seed}, of")
    for name in names:
        click.echo(f"  {name}")
    if wanted is not None:
        size = f"{wanted.relative:.3g} of it" if wanted.relative is not None else f"{wanted.absolute:,.2f}"
        click.echo(f"stopping when every expected loss is known to within {size}.")
    click.echo(f"Would write {target}." if target is not None else "Would write nothing.")
