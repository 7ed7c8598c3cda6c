"""Arguments and options that several subcommands share, so that one word means one thing everywhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from sim.engines import ENGINE_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from sim.engines import Tell
    from sim.experiments import RunResult
    from sim.scenario import Scenario

F = TypeVar("F", bound="Callable[..., Any]")


def scenario_argument(function: F) -> F:
    """The scenario file."""
    return click.argument("scenario", type=click.Path(path_type=Path))(function)


def set_option(function: F) -> F:
    """Changes to the scenario from the command line."""
    return click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="PATH=VALUE",
        help="Change one value of the scenario, such as buyer.hourly_cost=30; may be repeated.",
    )(function)


def plans_option(function: F) -> F:
    """Which plans."""
    return click.option(
        "--plans",
        multiple=True,
        callback=comma_separated,
        metavar="NAMES",
        help="Only these plans, separated by commas.  [default: all]",
    )(function)


def seed_option(function: F) -> F:
    """The seed."""
    return click.option("--seed", type=int, metavar="NUMBER", help="Seed of every draw.  [default: the scenario's]")(
        function
    )


def replications_option(function: F) -> F:
    """The number of replications."""
    return click.option(
        "--replications",
        type=click.IntRange(1, 1_000_000_000),
        help="How often each plan is simulated.  [default: as the scenario says]",
    )(function)


def precision_options(function: F) -> F:
    """Simulate until the interval is narrow enough."""
    function = click.option(
        "--at-most",
        type=click.IntRange(1, 1_000_000_000),
        help="With --precision or --guarantee: stop after this many replications of each plan all the same.  "
        "[default: 10000000]",
    )(function)
    return click.option(
        "--precision",
        metavar="WIDTH",
        help="Instead of a number of replications: simulate until the interval of every plan's expected loss "
        "is no wider than plus or minus this, a share such as 1% or an amount of currency such as 250.",
    )(function)


def engine_option(function: F) -> F:
    """Which engine simulates."""
    return click.option(
        "--engine",
        type=click.Choice(ENGINE_NAMES),
        help="What simulates: machine code (compiled, or auto), or the model told in SimPy (reference), which is far "
        "slower. The results are the same.  [default: as the scenario says]",
    )(function)


def workers_option(function: F) -> F:
    """The number of threads or processes."""
    return click.option(
        "--workers",
        type=click.IntRange(1, 1024),
        default=available_processors,
        show_default="one for each processor",
        help="Threads that simulate, or processes with the reference engine. The results are the same for any number.",
    )(function)


def json_option(function: F) -> F:
    """Data instead of text."""
    return click.option("--json", "as_json", is_flag=True, help="Print data as JSON instead of text.")(function)


def quiet_option(function: F) -> F:
    """Less text."""
    return click.option("--quiet", is_flag=True, help="Print the result alone: no progress, no notes.")(function)


def dry_run_option(function: F) -> F:
    """Only say what would be done."""
    return click.option("--dry-run", is_flag=True, help="Check everything and say what would be done, but do nothing.")(
        function
    )


def command_line() -> tuple[str, ...]:
    """The words of the command that is being run, for the manifest."""
    words = click.get_current_context().find_root().obj
    return words if isinstance(words, tuple) else ()


def report_maker(workers: int, tell: Tell) -> Callable[[RunResult], dict[str, str]]:
    """What makes the report of a run, for its folder."""

    def files_of(result: RunResult) -> dict[str, str]:
        from sim.report.writing import report_files

        return report_files(result, workers=workers, tell=tell)

    return files_of


def available_processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def scenario_loaded(path: Path, overrides: Sequence[str]) -> Scenario:
    """Scenario of a command line; anything wrong in it ends the command with its text."""
    from sim.scenario import load_scenario

    return load_scenario(path, tuple(overrides))


def comma_separated(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Names that were given one by one, or several with commas between them."""
    del context, parameter
    return tuple(name.strip() for names in value for name in names.split(",") if name.strip())
