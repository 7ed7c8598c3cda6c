"""``lotwise serve``: the what-if page in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from sim.commands import options
from sim.commands.exit_codes import DONE

if TYPE_CHECKING:
    from collections.abc import Callable

_FOLDER: Final = Path("scenarios")


@click.command()
@click.argument("scenario", type=click.Path(path_type=Path), required=False)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="On which port; 0 takes a free one.",
)
@click.option("--open/--no-open", "opened", default=False, show_default=True, help="Open the page in the browser.")
@click.option(
    "--replications",
    type=click.IntRange(100, 1_000_000),
    default=20_000,
    show_default=True,
    help="How often each plan is simulated for the first answer, which is made closer until it is settled.",
)
@click.option(
    "--at-most",
    type=click.IntRange(100, 10_000_000),
    default=2_000_000,
    show_default=True,
    help="How often each plan is simulated at most.",
)
@options.workers_option
@options.quiet_option
def serve(
    scenario: Path | None,
    host: str,
    port: int,
    opened: bool,
    replications: int,
    at_most: int,
    workers: int,
    quiet: bool,
) -> int:
    """Move sliders in the browser and see the answer change.

    The page begins with SCENARIO, and offers the other scenarios of its folder and of ./scenarios; without SCENARIO it
    begins with the one that lotwise init writes. It answers on this machine alone: nothing is sent anywhere else. End
    it with Ctrl-C.
    """
    from sim.commands.screen import ProgressLine
    from sim.engines import engine_named
    from sim.web.answering import Effort
    from sim.web.safety import is_loopback
    from sim.web.scenarios import Scenarios
    from sim.web.serving import address_of, listening, made_ready, served
    from sim.web.site import site, warmed

    if scenario is not None:
        options.scenario_loaded(scenario, ())
    folders = [folder for folder in (scenario.parent if scenario else _FOLDER, _FOLDER) if folder.is_dir()]
    known = Scenarios(scenario, folders)
    engine = engine_named("compiled")
    effort = Effort(first=min(replications, at_most), most=at_most, workers=workers)
    with listening(host, port) as found:
        address = address_of(found, host)
        if not is_loopback(host):
            click.echo(f"There is no password: whoever reaches {address} can use this page and this machine.", err=True)
        with ProgressLine(quiet=quiet) as progress:
            made_ready(engine, progress.tell, warmed)
        click.echo(address if quiet else f"The what-if page is at {address}  (Ctrl-C ends it)")
        if opened:
            import webbrowser

            webbrowser.open(address)
        page = site(known, engine, effort, host)
        _until_interrupted(lambda: served(page.application, found, page.end))
    return DONE


def _until_interrupted(work: Callable[[], None]) -> None:
    """Ending by Ctrl-C is how this work ends: no failure."""
    try:
        work()
    except KeyboardInterrupt:
        click.echo()
