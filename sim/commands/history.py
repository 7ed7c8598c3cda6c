"""``lotwise history``: write an order history as a buyer would have kept it, simulated by the model."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from sim.commands import options
from sim.commands.history_options import date_read
from sim.commands.places import check_place

if TYPE_CHECKING:
    from sim.calibration.writing_history import WrittenHistory

_FEW: Final = 3
"""Suppliers that are named one by one."""
_NEAR_ENOUGH: Final = 0.05
"""Of the orders: an open share no further than this from the one wanted needs no word."""


@click.command()
@options.scenario_argument
@click.option(
    "--plan",
    metavar="NAME",
    help="Whose suppliers, quantities and inspections the orders have; needed "
    "where the scenario has more than one plan.",
)
@click.option("--orders", type=click.IntRange(1, 5_000), default=40, show_default=True, help="With each supplier.")
@click.option(
    "--suppliers",
    type=click.IntRange(1, 500),
    default=1,
    show_default=True,
    help="How many suppliers of the kind of each supplier of the plan: NAME-1, NAME-2 and so on.",
)
@click.option(
    "--every",
    type=click.FloatRange(0, 3_650, min_open=True),
    metavar="DAYS",
    help="From one order to the next.  [default: as the open share needs it]",
)
@click.option(
    "--open-share",
    type=click.FloatRange(0, 0.95),
    default=0.2,
    show_default=True,
    help="Share of the orders that are still open in the end.",
)
@click.option(
    "--as-of",
    metavar="DATE",
    help="The day on which the history is written; what happens later is not in "
    "it.  [default: the day that comes nearest to the open share]",
)
@click.option(
    "--queue",
    is_flag=True,
    help="Let orders wait for the supplier's production slots (parallel_orders); without it none waits for another.",
)
@click.option(
    "--replication",
    type=click.IntRange(0, 1_000_000_000),
    default=0,
    show_default=True,
    help="The first that is used: each is another supplier of the same kind.",
)
@options.seed_option
@options.set_option
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    default="history.csv",
    show_default=True,
    metavar="FILE",
    help="Where to write: *.csv, *.xlsx or *.parquet.",
)
@click.option(
    "--truth", type=click.Path(path_type=Path), metavar="FILE", help="Write what the suppliers are really like, *.json."
)
@click.option("--force", is_flag=True, help="Replace files that are there already.")
@options.json_option
@options.quiet_option
def history(
    scenario: Path,
    plan: str | None,
    orders: int,
    suppliers: int,
    every: float | None,
    open_share: float,
    as_of: str | None,
    queue: bool,
    replication: int,
    seed: int | None,
    overrides: tuple[str, ...],
    out: Path,
    truth: Path | None,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Write an order history as a buyer under SCENARIO would have kept it, to try out what is made of one.

    The orders are simulated, one after the other with one and the same supplier. What happens after the day on
    which the history is written is not in it. The same seed writes the same bytes.
    """
    from sim.calibration.history_files import WRITERS, history_bytes
    from sim.calibration.writing_history import Wish, history_simulated
    from sim.commands.screen import print_json
    from sim.results.whole import written_whole

    check_place(out, force=force, endings=tuple(WRITERS))
    if truth is not None:
        check_place(truth, force=force, endings=(".json",))
    wish = Wish(
        plan=plan,
        orders=orders,
        suppliers=suppliers,
        every=every,
        open_share=open_share,
        as_of=None if as_of is None else date_read("--as-of", as_of),
        queue=queue,
        replication=replication,
        seed=seed,
    )
    written = history_simulated(options.scenario_loaded(scenario, overrides), wish)
    content = history_bytes(written.rows, out.suffix.lower())
    if truth is not None:
        written_whole(truth, json.dumps(written.truth, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    written_whole(out, content)
    if as_json:
        print_json(_data(written, out, truth))
    elif not quiet:
        click.echo("\n".join(_told(written, out, truth, open_share)))
    return 0


def _data(written: WrittenHistory, out: Path, truth: Path | None) -> dict[str, Any]:
    return {
        "file": str(out),
        "truth": None if truth is None else str(truth),
        "plan": written.plan,
        "seed": written.seed,
        "suppliers": list(written.suppliers),
        "as_of": written.as_of.isoformat(),
        "every_days": written.every,
        "orders": len(written.rows),
        "open": written.open,
        "late": written.late,
        "ended_without_goods": written.ended,
        "waited_for_a_slot": written.waited,
        "disputes": written.disputes,
        "not_placed": written.not_placed,
        "replications_passed_over": written.passed_over,
        "next": _next_command(written, out),
    }


def _next_command(written: WrittenHistory, out: Path) -> str:
    return f"lotwise fit {shlex.quote(str(out))} --supplier {written.suppliers[0]} -o fitted.yaml"


def _told(written: WrittenHistory, out: Path, truth: Path | None, open_share: float) -> list[str]:
    """What was written, line by line."""
    from sim.experiments.wording import counted

    rows, names = written.rows, written.suppliers
    listed = ", ".join(names) if len(names) <= _FEW else f"{names[0]} to {names[-1]}"
    whom = names[0] if len(names) == 1 else f"{len(names)} suppliers ({listed})"
    lines = [
        f"Wrote {out}: {counted(len(rows), 'order')} with {whom}, one every {written.every:g} days",
        f"from {rows[0].ordered} to {rows[-1].ordered}, as of {written.as_of}.",
        f"{written.open} open, {written.late} late, {counted(written.disputes, 'dispute')}.",
    ]
    wanted = round(open_share * len(rows))
    if abs(written.open - wanted) > max(1, _NEAR_ENOUGH * len(rows)):
        more = "More" if written.open > wanted else "Fewer"
        lines.append(f"{more} are open than the {wanted} wanted: another --every or --as-of would bring that nearer.")
    if written.not_placed:
        lines.append(f"{counted(written.not_placed, 'order')} not placed: too many lots had failed their inspection.")
    if written.ended:
        lines.append(f"{counted(written.ended, 'order')} ended without being shipped, by a refund or a refused lot.")
    if written.waited:
        lines.append(f"{counted(written.waited, 'order')} waited for a production slot: the wait is in the delay.")
    if written.passed_over:
        lines.append(f"Passed over {counted(written.passed_over, 'replication')} whose supplier never ships.")
    if len({order["replication"] for order in written.truth["orders"]}) > 1:
        lines.append("Each supplier is a replication of its own: they differ as suppliers of one kind do.")
    if truth is not None:
        lines.append(f"Wrote {truth}: what is really true of them.")
    return [*lines, f"Next: {_next_command(written, out)}"]
