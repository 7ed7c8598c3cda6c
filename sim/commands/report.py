"""``lotwise report``: the report of a finished run or study as one file, or one of its charts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from sim.commands import options
from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.report.facts import Facts, StudyFacts

_PICTURES: Final = ("svg", "png", "pdf")
_FORMATS: Final = ("html", *_PICTURES)
_ALL: Final = "all"
_PAGE: Final = "report.html"
_WIDTH: Final = 680


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File to write, or with --chart all the folder.  [default: in DIR]",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    help="The whole report as a page (html), or one chart as a picture.  [default: html, or svg with --chart]",
)
@click.option("--chart", metavar="NAME", help="Write this chart alone, or all of them into a folder (all).")
@click.option("--plan", metavar="NAME", help="With a chart of a single plan: which.  [default: the best]")
@click.option("--width", type=click.IntRange(300, 4000), help=f"With --chart: pixels.  [default: {_WIDTH}]")
@click.option("--theme", type=click.Choice(["light", "dark"]), help="With --chart: its paper.  [default: light]")
@click.option("--list", "listing", is_flag=True, help="Only name the charts that there are.")
@click.option(
    "--with",
    "studies",
    multiple=True,
    metavar="STUDY_DIR",
    type=click.Path(path_type=Path),
    help="Take up this study too; may be repeated. Those beside DIR about the same inputs are taken up anyway.",
)
@options.workers_option
@options.json_option
@options.quiet_option
def report(folder: Path, **given: Any) -> None:  # noqa: ANN401 - the options, as click has checked them
    """Write the report of the run or study in DIR: one page to read, print or send, without anything to load.

    A run's own report is written with it; this command renews it, takes up the studies made since, and writes single
    charts. A run without a report is simulated again first.
    """
    from sim.report.study_facts import manifest_read

    wanted = _Wanted(**given)
    manifest = manifest_read(folder)
    if "study" in manifest:
        _report_of_study(folder, manifest, wanted)
    else:
        _report_of_run(folder, manifest, wanted)


@dataclass(frozen=True)
class _Wanted:
    """What the options say."""

    out: Path | None
    form: str | None
    chart: str | None
    plan: str | None
    width: int | None
    theme: str | None
    listing: bool
    studies: tuple[Path, ...]
    workers: int
    as_json: bool
    quiet: bool

    @property
    def renews(self) -> bool:
        """Whether the folder gets what it lacks."""
        return self.out is None and self.chart is None

    @property
    def ending(self) -> str:
        """Of the file to write, without its dot; nothing where there is none."""
        return "" if self.out is None else self.out.suffix.removeprefix(".").lower()

    def refuse_what_does_not_fit(self) -> None:
        """Refuse options that mean nothing together."""
        if self.chart is None and self.form not in {None, "html"}:
            hint = f"--chart all --format {self.form}, or one of those that --list names"
            raise InputError(Problem(f"a {self.form} holds one chart: name it", hint=hint))
        if self.chart is not None and self.form == "html":
            raise InputError(Problem("a single chart is no page", hint="--format svg, png or pdf"))
        belonging = {"--plan": self.plan, "--width": self.width, "--theme": self.theme}
        for option, value in belonging.items():
            if self.chart is None and value is not None:
                raise InputError(Problem(f"{option} belongs to a single chart", hint="name one with --chart"))
        if self.out is None:
            return
        if self.chart == _ALL:
            _refuse_file(self.out)
        else:
            _refuse_missing_folder(self.out)
            self._refuse_other_ending(self.out)

    def _refuse_other_ending(self, out: Path) -> None:
        """Refuse a name that says something else than what the file will hold."""
        fitting = ("html",) if self.chart is None else _PICTURES
        ends = f"end it in .{' or .'.join(fitting)}"
        if self.ending in ({"", self.form} if self.form else fitting):
            return
        if self.ending in _PICTURES and self.chart is None:
            raise InputError(Problem(f"{out} would hold one chart: name it with --chart", hint=f"or {ends}"))
        if self.form and self.ending in _FORMATS:
            hint = "make them the same, or leave out --format"
            raise InputError(Problem(f"{out} ends in .{self.ending}, but --format says {self.form}", hint=hint))
        what = "the report" if self.chart is None else "a chart"
        unknown = f"is not written as .{self.ending}" if self.ending else "needs a file with an ending"
        raise InputError(Problem(f"{what} {unknown}: {out}", hint=ends))


def _report_of_run(folder: Path, manifest: Mapping[str, Any], wanted: _Wanted) -> None:
    from sim.report.gallery import CHARTS

    if wanted.listing:
        _print_list({chart.name: chart.says for chart in CHARTS.values()}, wanted)
        return
    wanted.refuse_what_does_not_fit()
    if wanted.chart is not None:
        _refuse_plan_without_use(wanted)
    facts, again = _facts(folder, manifest, wanted)
    if wanted.chart is None:
        written = _page_written(folder, manifest, facts, wanted, renewed=again and wanted.renews)
    else:
        written = _charts_written(folder, facts, wanted)
    _print_written(folder, written, wanted, again=again)


def _refuse_plan_without_use(wanted: _Wanted) -> None:
    from sim.report.single_chart import charts_wanted

    charts = charts_wanted(wanted.chart or "")
    if wanted.plan is not None and not any(chart.of_plan for chart in charts):
        raise InputError(Problem(f"{wanted.chart} shows every plan", hint="leave out --plan"))


def _facts(folder: Path, manifest: Mapping[str, Any], wanted: _Wanted) -> tuple[Facts, bool]:
    """The facts that the folder keeps, or else found anew; and whether they were.

    That a file which is there cannot be used is said at once: simulating again may take a while, or fail.
    """
    from sim.commands.screen import ProgressLine
    from sim.report.kept import facts_again, facts_kept

    kept = facts_kept(folder)
    if kept.facts is not None:
        return kept.facts, False
    if kept.trouble:
        anew = "and the file is written anew" if wanted.renews else f"and `lotwise report {folder}` writes it anew"
        _warn(f"{kept.path} {kept.trouble}: the run is simulated again, {anew}")
    with ProgressLine(quiet=wanted.quiet or wanted.as_json) as progress:
        return facts_again(folder, manifest, workers=wanted.workers, tell=progress.tell, warn=_warn), True


def _warn(sentence: str) -> None:
    click.echo(sentence, err=True)


def _page_written(
    folder: Path, manifest: Mapping[str, Any], facts: Facts, wanted: _Wanted, *, renewed: bool
) -> list[Path]:
    from sim.report.card import card_of
    from sim.report.html import report_text
    from sim.report.writing import FACTS, facts_text
    from sim.results.whole import written_whole

    whole = facts.model_copy(update={"studies": _studies(folder, manifest, facts, wanted)})
    target = wanted.out or folder / _PAGE
    _refuse_missing_folder(target)
    written_whole(target, report_text(whole, card_of(whole)))
    if renewed:
        written_whole(folder / FACTS, facts_text(whole))
        return [target, folder / FACTS]
    return [target]


def _studies(folder: Path, manifest: Mapping[str, Any], facts: Facts, wanted: _Wanted) -> tuple[StudyFacts, ...]:
    """Studies of the same inputs: those that the facts hold, those that stand beside the run, and those asked for."""
    from sim.report.study_facts import manifest_read, studies_beside, study_facts

    found = {study.folder: study for study in facts.studies}
    beside = studies_beside(folder.resolve().parent, str(manifest.get("digest")))
    found |= {study.folder: study for study in beside}
    for path in wanted.studies:
        study, other = study_facts(path), manifest_read(path)
        if other.get("scenario") != manifest.get("scenario"):
            message = f"{path} is a study of {other.get('scenario')}, not of {manifest.get('scenario')}"
            raise InputError(Problem(message, hint=f"`lotwise report {path}` writes a report of its own"))
        if other.get("digest") != manifest.get("digest"):
            _warn(f"{path} asked about other values of the same scenario than this run")
        found[study.folder] = study
    return tuple(found.values())


def _charts_written(folder: Path, facts: Facts, wanted: _Wanted) -> list[Path]:
    from sim.report.single_chart import charts_drawn, charts_wanted, plan_wanted
    from sim.report.theme import DARK, LIGHT
    from sim.results.whole import written_whole

    form = wanted.form or (wanted.ending if wanted.ending in _PICTURES else "svg")
    plan = plan_wanted(facts, wanted.plan)
    theme = DARK if wanted.theme == "dark" else LIGHT
    drawn = charts_drawn(facts, charts_wanted(wanted.chart or ""), plan, form, theme, wanted.width or _WIDTH)
    if wanted.chart == _ALL:
        target = wanted.out or folder / "charts"
        _refuse_file(target)
        target.mkdir(parents=True, exist_ok=True)
        places = {name: target / f"{name}.{form}" for name in drawn}
    else:
        places = {name: wanted.out or folder / f"{name}.{form}" for name in drawn}
    for name, place in places.items():
        _refuse_missing_folder(place)
        written_whole(place, drawn[name])
    return list(places.values())


def _refuse_file(target: Path) -> None:
    """Refuse what cannot be the folder of all charts."""
    if target.suffix.removeprefix(".").lower() in _FORMATS and not target.is_dir():
        hint = "name a folder, such as --out charts, or one chart"
        raise InputError(Problem(f"{target} names one file, and --chart all writes several", hint=hint))
    there = next(place for place in (target, *target.absolute().parents) if place.exists() or place.is_symlink())
    if not there.is_dir():
        message = f"{there} is a file, and --chart all writes into a folder"
        raise InputError(Problem(message, hint="name another with --out, new or not"))


def _refuse_missing_folder(target: Path) -> None:
    if target.is_dir():
        raise InputError(Problem(f"{target} is a folder", hint="name the file to write"))
    if not target.parent.is_dir():
        raise InputError(Problem(f"there is no folder {target.parent}", hint="make it first"))


def _report_of_study(folder: Path, manifest: Mapping[str, Any], wanted: _Wanted) -> None:
    from sim.report.html import study_text
    from sim.report.kept import made, tables_kept
    from sim.report.study_facts import study_facts
    from sim.results.whole import written_whole

    study = study_facts(folder)
    if wanted.listing:
        _print_list({name: f"{name}.svg and {name}.png stand in {folder}" for name in study.charts}, wanted)
        return
    if wanted.chart is not None or wanted.form not in {None, "html"} or wanted.ending in _PICTURES:
        names = ", ".join(f"{name}.svg" for name in study.charts) or "it has none"
        message = f"a study keeps its charts as pictures in its folder already: {names}"
        hint = "leave out --chart and --format, and end --out in .html, for the whole as a page"
        raise InputError(Problem(message, hint=hint))
    if wanted.studies:
        raise InputError(Problem("--with adds studies to the report of a run", hint="name the folder of a run first"))
    wanted.refuse_what_does_not_fit()
    target = wanted.out or folder / _PAGE
    _refuse_missing_folder(target)
    title = str(manifest.get("title") or manifest.get("scenario"))
    written_whole(target, study_text(study, title, made(manifest), tables_kept(folder, manifest)))
    _print_written(folder, [target], wanted, again=False)


def _print_list(charts: Mapping[str, str], wanted: _Wanted) -> None:
    from sim.commands.screen import print_json

    if wanted.as_json:
        print_json({"charts": dict(charts)})
        return
    wide = max(map(len, charts), default=0)
    for name, says in charts.items():
        click.echo(name if wanted.quiet else f"{name:{wide}}  {says}")


def _print_written(folder: Path, written: list[Path], wanted: _Wanted, *, again: bool) -> None:
    from sim.commands.screen import print_json

    if wanted.as_json:
        print_json({"folder": str(folder), "written": [str(path) for path in written], "simulated_again": again})
        return
    for path in written:
        click.echo(str(path) if wanted.quiet else f"Written: {path}")
