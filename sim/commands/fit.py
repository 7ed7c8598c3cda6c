"""``lotwise fit``: a scenario from the buyer's own order history."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import click

from sim.commands import options
from sim.commands.history_options import history_options, history_read
from sim.commands.places import check_picture, check_place, draw
from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from rich.console import Console

    from sim.calibration.delays import DelayFit
    from sim.calibration.fitting import Calibration
    from sim.calibration.history import History
    from sim.scenario import Scenario

_ENDINGS: Final = (".yaml", ".yml")
_TEMPLATE_SUPPLIER: Final = "shenzhen"


@click.command()
@history_options
@click.option("--supplier", required=True, metavar="NAME", help="Whose orders are fitted, as the history calls it.")
@click.option(
    "--base",
    type=click.Path(path_type=Path),
    metavar="SCENARIO",
    help="Scenario that holds what the history does not tell.  [default: that of `lotwise init`]",
)
@click.option("--as", "key", metavar="NAME", help="What the base scenario calls the supplier.  [default: the same]")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default="fitted.yaml", show_default=True, help="Where to write."
)
@click.option(
    "--sets",
    type=click.IntRange(20, 1_000),
    default=100,
    show_default=True,
    help="Joint draws of what is not known that the scenario carries.",
)
@click.option(
    "--plot",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Draw how late orders are, as *.svg, *.png or *.pdf.",
)
@options.seed_option
@click.option("--force", is_flag=True, help="Replace files that are there already.")
@options.json_option
@options.quiet_option
def fit(
    supplier: str,
    base: Path | None,
    key: str | None,
    out: Path,
    sets: int,
    plot: Path | None,
    seed: int | None,
    force: bool,
    as_json: bool,
    quiet: bool,
    **read: Any,  # noqa: ANN401 - as history_options has them
) -> int:
    """Fit a scenario from HISTORY, a spreadsheet of past orders (*.csv, *.xlsx, *.parquet).

    Late shipment, defects and disputes with a supplier are learned from its own orders, and from those with
    others as far as it has few. What is still open counts as open. The new scenario carries how little is
    known: a run tells it apart from chance.
    """
    from datetime import UTC, datetime

    from sim.calibration.fitting import Asked, calibrated, key_of
    from sim.commands.screen import ProgressLine, console, print_json
    from sim.results.whole import written_whole
    from sim.scenario import load_scenario

    check_place(out, force=force, endings=_ENDINGS)
    check_picture(plot, force=force)
    with ProgressLine(quiet=quiet or as_json) as line, TemporaryDirectory() as folder:
        history = history_read(**read)
        _check_supplier(history, supplier, listening=not quiet)
        line.tell("Fitting …")
        scenario = _template(supplier, Path(folder)) if base is None else load_scenario(base)
        if base is None and key is None:
            key = next(iter(scenario.model.suppliers))
        asked = Asked(
            supplier=supplier,
            key=key_of(supplier, scenario, key),
            sets=sets,
            seed=scenario.model.run.seed if seed is None else seed,
            today=datetime.now(UTC).date(),
            name=_name(scenario.name),
        )
        found = calibrated(history, scenario, asked)
        written_whole(out, found.text(scenario, out.parent, Path(history.source).name))
    drawn = plot is not None and _has_drawn(found, plot)
    if as_json:
        print_json(_data(found, history, out))
    elif not quiet:
        _print(console(), found, history, out)
        if drawn:
            click.echo(f"Drawn: {plot}")
    return 0


def _has_drawn(found: Calibration, plot: Path) -> bool:
    """Draw the fit of delays; False where there is none."""
    from sim.report.lateness_chart import lateness_chart

    if found.delays is None:
        click.echo("nothing to draw: no order was due yet", err=True)
        return False
    draw(lateness_chart(found.delays, found.asked.supplier), plot)
    return True


def _check_supplier(history: History, supplier: str, *, listening: bool) -> None:
    """A supplier without a row may be meant, as a new one, or mistyped: say which it was taken for."""
    from difflib import get_close_matches

    from sim.experiments.wording import counted

    known = sorted(set(history.orders["supplier"].dropna()))
    if supplier in known:
        return
    near = get_close_matches(supplier, known, 1)
    if near:
        raise InputError(Problem(f"{history.source} has no order with {supplier!r}", hint=f"did you mean {near[0]!r}?"))
    if listening:
        kind = f"a new supplier of the kind of the {counted(len(known), 'supplier')}"
        click.echo(f"no order with {supplier!r}: it is fitted as {kind}", err=True)


def _template(supplier: str, folder: Path) -> Scenario:
    """The scenario of ``lotwise init``, its first supplier named as wanted."""
    from sim.scenario import load_scenario, template_text

    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", supplier).strip("-_")[:80] or "supplier"
    file = folder / "base.yaml"
    file.write_text(re.sub(rf"\b{_TEMPLATE_SUPPLIER}\b", plain, template_text()), encoding="utf-8")
    return load_scenario(file)


def _name(base: str) -> str:
    return base if base.endswith("-fitted") else f"{base[:73]}-fitted"


def _data(found: Calibration, history: History, out: Path) -> dict[str, Any]:
    return {
        "file": str(out),
        "history": history.source,
        "as_of": history.as_of.isoformat(),
        "orders": len(history.orders),
        "left_out": history.left_out_rows,
        "supplier": found.asked.supplier,
        "sets": found.asked.sets,
        "fitted": [
            {"path": one.path, "value": one.value, "n": one.n, "told": one.told, "draws": len(one.samples) > 0}
            for one in found.fits
        ],
        "lateness": None if found.delays is None else _lateness_data(found.delays),
        "priors": [prior._asdict() for prior in found.priors],
        "warnings": list(found.warnings),
    }


def _lateness_data(fit: DelayFit) -> dict[str, Any]:
    return {
        "law": fit.law,
        "aicc": {one.law.name: one.aicc for one in fit.candidates},
        "p_value": None if fit.goodness is None else fit.goodness.p_value,
        "suppliers_differ_by": fit.tau._asdict(),
        "late_share": fit.late_share._asdict(),
        "mean_days": fit.mean_lateness._asdict(),
        "ninetieth_days": fit.ninetieth_lateness._asdict(),
        "orders": {"all": fit.orders, "late": fit.late, "open": fit.open},
        "own_orders": {"all": fit.own_orders, "late": fit.own_late, "open": fit.own_open},
    }


def _print(screen: Console, found: Calibration, history: History, out: Path) -> None:
    from sim.commands.screen import path_lines, table

    own = int((history.orders["supplier"] == found.asked.supplier).sum())
    screen.print(
        f"{len(history.orders):,} orders in {Path(history.source).name} as of {history.as_of}, "
        f"{own:,} of them with {found.asked.supplier}"
    )
    if history.unused:
        screen.print(f"Columns not used: {', '.join(history.unused)}")
    screen.print()
    grid = table("Fitted", "n", "What was found", right=("n",))
    for one in found.fits:
        grid.add_row(path_lines(one.path, 28), f"{one.n:,}", one.told)
    screen.print(grid)
    screen.print()
    for warning in found.warnings:
        screen.print(f"- {warning}")
    _print_laws(screen, found)
    screen.print()
    if found.priors:
        screen.print(
            f"{len(found.priors)} assumptions were made before the history was read: they stand in {out.name} under "
            "parameter_sets.priors, and in the ledger of every report."
        )
    screen.print(f"Wrote {out}. Next: lotwise compare {out}")


def _print_laws(screen: Console, found: Calibration) -> None:
    """The candidates for how late late orders are, and whether the one that was taken fits."""
    from math import isfinite

    from sim.calibration.lateness_laws import law_title

    fit = found.delays
    if fit is None or not fit.candidates:
        return
    ranked = [one for one in fit.candidates if isfinite(one.aicc)]
    best = ", ".join(f"{one.law.title} {one.aicc:.1f}" for one in ranked)
    screen.print()
    screen.print(
        f"How late late orders are: {law_title(fit.law)} taken. AICc, less is better: {best or 'too few orders'}."
    )
    if fit.goodness is not None and fit.goodness.p_value is not None:
        screen.print(f"Samples of the law itself lie as far from it with p = {fit.goodness.p_value:.2f}.")
