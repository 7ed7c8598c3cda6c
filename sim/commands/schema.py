"""``lotwise schema``: the JSON Schema of scenario files."""

from __future__ import annotations

from importlib.resources import files

import click


@click.command()
def schema() -> None:
    r"""Print the JSON Schema of scenario files.

    Save it beside a scenario, and an editor that knows YAML schemas completes and checks the keys while you
    type:

    \b
      lotwise schema > scenario.schema.json
    """
    click.echo(files("sim.scenario").joinpath("scenario.schema.json").read_text(encoding="utf-8"), nl=False)
