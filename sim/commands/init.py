"""``lotwise init``: write a scenario to start from."""

from __future__ import annotations

from pathlib import Path

import click

from sim.commands import options
from sim.errors import InputError, Problem


@click.command()
@click.argument("file", type=click.Path(path_type=Path), default="scenario.yaml")
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@options.quiet_option
def init(file: Path, force: bool, quiet: bool) -> None:
    """Write a commented scenario to FILE, by default scenario.yaml.

    It describes a first order with a new supplier. Put your own figures in their place.
    """
    from sim.scenario import template_text

    text = template_text()
    try:
        with file.open("w" if force else "x", encoding="utf-8", newline="\n") as target:
            target.write(text)
    except FileExistsError:
        raise InputError(Problem(f"{file} exists already", hint="another name, or --force")) from None
    if not quiet:
        click.echo(f"Wrote {file}. Put in your own figures, then: lotwise compare {file}")
