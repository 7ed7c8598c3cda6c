"""What the commands of studies share: options, the folder that is resumed, progress, and what is written at the end."""

from __future__ import annotations

import hashlib
import json
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import click

from sim.commands import options
from sim.commands.exit_codes import DONE, FAILED, NOT_MET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pandas import DataFrame
    from rich.console import Console

    from sim.scenario import Scenario
    from sim.studies.folder import StudyFolder
    from sim.studies.study import Effort, Study, WorkAheadError

F = TypeVar("F", bound="Callable[..., Any]")
DEFAULT_REPLICATIONS: Final = 2_000
_SHOWN_PIECES: Final = 12
_DIGITS: Final = 8


class Answer(Protocol):
    """What a study comes to."""

    @property
    def verdict(self) -> str:
        """The answer in one to three sentences."""

    @property
    def met(self) -> bool:
        """Whether what was asked for was reached."""

    @property
    def failed(self) -> int:
        """Points without a result."""

    def tables(self) -> dict[str, DataFrame]:
        """Tables, by the names of their files."""

    def data(self) -> dict[str, Any]:
        """The answer as plain data."""


A = TypeVar("A", bound=Answer)


class StudyInterruptedError(KeyboardInterrupt):
    """A study was interrupted; what it found is kept."""


def study_options(*, replications: int = DEFAULT_REPLICATIONS) -> Callable[[F], F]:
    """Options of every study.

    Parameters
    ----------
    replications
        Of each plan at each point, unless told otherwise.
    """
    added = (
        options.set_option,
        options.seed_option,
        click.option(
            "--replications",
            type=click.IntRange(2, 1_000_000_000),
            default=replications,
            show_default=True,
            help="How often each plan is simulated at each point.",
        ),
        click.option(
            "--workers",
            type=click.IntRange(1, 1024),
            default=options.available_processors,
            show_default="one for each processor",
            help="Processes that simulate. The results are the same for any number.",
        ),
        click.option(
            "--cluster",
            metavar="ADDRESS",
            help="Simulate on the Dask cluster with this scheduler instead, such as tcp://10.0.0.1:8786.",
        ),
        click.option(
            "--out",
            type=click.Path(path_type=Path),
            help="Folder of the study, new or left by the same kind of study: what it keeps is not simulated again.  "
            "[default: results/SCENARIO/STUDY-HASH]",
        ),
        click.option(
            "--resume/--fresh",
            default=True,
            help="Go on with what the folder of the study keeps, or simulate everything again.  [default: resume]",
        ),
        options.dry_run_option,
        options.json_option,
        options.quiet_option,
    )

    def decorated(function: F) -> F:
        for option in reversed(added):
            function = option(function)
        return function

    return decorated


@dataclass(frozen=True)
class _Given:
    """What the options of every study say."""

    overrides: tuple[str, ...]
    seed: int | None
    replications: int
    workers: int
    cluster: str | None
    out: Path | None
    resume: bool
    dry_run: bool
    as_json: bool
    quiet: bool


def conducted(
    kind: str,
    scenario: Path,
    given: Mapping[str, Any],
    *,
    question: Mapping[str, Any],
    ask: Callable[[Scenario, Study], A],
    show: Callable[[Console, Scenario, A], None],
    plans: Sequence[str] = (),
    columns: Sequence[str] = (),
    draw: Callable[[A, Scenario], dict[str, Any]] | None = None,
    extras: Callable[[A, Scenario], dict[str, str]] | None = None,
) -> int:
    """Conduct a study and answer for it.

    Parameters
    ----------
    kind
        Of the study: names its folder.
    scenario
        The scenario file.
    given
        What the options of `study_options` say.
    question
        What else decides which study it is, as plain data.
    ask
        Makes the answer of the loaded scenario and the study.
    show
        Prints the answer.
    plans
        Simulated where a point does not name its own; all of the scenario where none is named.
    columns
        What is summed besides the loss, by the names of `sim.totals.SUMMED`.
    draw
        Makes the charts, by the names of their files.
    extras
        Makes further files, by their names.

    Returns
    -------
    int
        The exit code.
    """
    from sim.commands.screen import ProgressLine, console, print_json
    from sim.experiments.precision import Extent
    from sim.experiments.record import resolved_text, scenario_with_extent
    from sim.studies.folder import StudyFolder
    from sim.studies.study import Study, WorkAheadError, crew_of, effort_wanted

    wanted = _Given(**given)
    seeded = () if wanted.seed is None else (f"run.seed={wanted.seed}",)  # designs are drawn from it as well
    loaded = options.scenario_loaded(scenario, (*wanted.overrides, *seeded))
    effort = effort_wanted(loaded, plans, wanted.replications, wanted.seed, columns)
    path = wanted.out or _folder(kind, loaded, effort, question)
    with (
        ProgressLine(quiet=wanted.quiet or wanted.as_json) as progress,
        StudyFolder(path, kind, reading=wanted.dry_run, fresh=not wanted.resume) as folder,
        nullcontext(None) if wanted.dry_run else crew_of(loaded, effort, wanted.workers, wanted.cluster) as crew,
    ):
        study = Study(loaded, effort, folder, crew, progress=progress, tell=progress.tell, dry=wanted.dry_run)
        folder.describe(loaded.setting, _flattened(loaded.raw))
        try:
            answer = ask(loaded, study)
            if wanted.dry_run:
                click.echo(f"Everything is kept in {path}: nothing would be simulated, only the tables written again.")
                return DONE
            as_run = scenario_with_extent(loaded, Extent(effort.replications), effort.seed)
            texts = {**_table_texts(answer), **({} if extras is None else extras(answer, as_run))}
            charts = {} if draw is None else _chart_files(draw(answer, as_run))
            texts["scenario.resolved.yaml"] = resolved_text(as_run, path)
            folder.publish({**texts, **charts}, _entries(kind, study, question, answer))
        except WorkAheadError as ahead:
            _print_work_ahead(ahead, study, folder, wanted)
            return DONE
        except KeyboardInterrupt:
            raise StudyInterruptedError(
                f"interrupted; what was found is kept in {path}, and the same command goes on from there"
            ) from None
    if wanted.as_json:
        print_json({"study": kind, "scenario": loaded.name, "folder": str(path), **answer.data()})
    elif wanted.quiet:
        click.echo(answer.verdict)
    else:
        show(console(), as_run, answer)
        _print_place(path, study)
    if study.ledger.failures or answer.failed:
        _print_failures(study, answer)
        return FAILED
    return DONE if answer.met else NOT_MET


def _folder(kind: str, scenario: Scenario, effort: Effort, question: Mapping[str, Any]) -> Path:
    from sim.experiments.runs import RESULTS

    what = [scenario.digest, effort.seed, effort.replications, list(effort.plans), dict(question)]
    digest = hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()
    return RESULTS / scenario.name / f"{kind}-{digest[:_DIGITS]}"


def _flattened(value: Any, path: str = "") -> dict[str, Any]:  # noqa: ANN401 - any YAML value
    """Every single value of a scenario by its path."""
    if isinstance(value, dict):
        inner = ((f"{path}.{key}".removeprefix("."), item) for key, item in value.items())
    elif isinstance(value, list | tuple):
        inner = ((f"{path}[{number}]", item) for number, item in enumerate(value))
    else:
        return {path: value if value is None or isinstance(value, bool | int | float) else str(value)}
    return {name: leaf for at, item in inner for name, leaf in _flattened(item, at).items()}


def _table_texts(answer: Answer) -> dict[str, str]:
    return {f"{name}.csv": table.to_csv(index=False, lineterminator="\n") for name, table in answer.tables().items()}


def _chart_files(charts: Mapping[str, Any]) -> dict[str, str | bytes]:
    from sim.report.files import png_bytes, svg_text

    drawn: dict[str, str | bytes] = {}
    for name, chart in charts.items():
        drawn[f"{name}.svg"] = svg_text(chart)
        drawn[f"{name}.png"] = png_bytes(chart)
    return drawn


def _entries(kind: str, study: Study, question: Mapping[str, Any], answer: Answer) -> dict[str, Any]:
    from sim.experiments.record import assumptions

    scenario, effort = study.scenario, study.effort
    context = click.get_current_context()
    parameters = {name: _as_plain(value) for name, value in context.params.items()}
    return {
        "study": kind,
        "scenario": scenario.name,
        "title": scenario.model.title,
        "file": str(scenario.path),
        "command": list(options.command_line()),
        "parameters": parameters,
        "question": dict(question),
        "seed": effort.seed,
        "replications": effort.replications,
        "plans": list(effort.plans),
        "digest": scenario.digest,
        "program": study.ingredients.program,
        "verdict": answer.verdict,
        "met": answer.met,
        "failed": answer.failed,
        "protection": scenario.model.protection,
        "assumptions": list(assumptions(scenario)),
    }


def _as_plain(value: Any) -> Any:  # noqa: ANN401 - any parameter
    if isinstance(value, tuple | list):
        return [_as_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _print_place(path: Path, study: Study) -> None:
    done = study.ledger.done
    anew = f"{done:,} replications were simulated, the others were kept" if done else "everything was kept from before"
    click.echo(f"Written to {path}" + (f" ({anew})" if study.ledger.kept else ""))


def _print_failures(study: Study, answer: Answer) -> None:
    for error in sorted(set(study.ledger.failures.values())):
        number = sum(other == error for other in study.ledger.failures.values())
        click.echo(f"{number} units of work failed: {error}", err=True)
    if answer.failed:
        have = "1 point has" if answer.failed == 1 else f"{answer.failed:,} points have"
        click.echo(f"{have} no result; the tables say why", err=True)


def _print_work_ahead(ahead: WorkAheadError, study: Study, folder: StudyFolder, wanted: _Given) -> None:
    from sim.commands.screen import print_json

    units = [unit for piece in ahead.pieces for unit in piece]
    replications = sum(unit.replications for unit in units)
    seconds = sum(unit.seconds for unit in units) / (1 if wanted.cluster else wanted.workers)
    reasons: dict[str, int] = {}
    for unit in units:
        reason = study.why_again(unit)
        reasons[reason] = reasons.get(reason, 0) + 1
    if wanted.as_json:
        pieces = [{"units": len(piece), "seconds": sum(unit.seconds for unit in piece)} for piece in ahead.pieces]
        print_json(
            {
                "folder": str(folder.path),
                "kept": ahead.kept,
                "units": len(units),
                "replications": replications,
                "seconds": seconds,
                "reasons": reasons,
                "pieces": pieces,
            }
        )
        return
    if not units:
        click.echo(f"Every round is kept in {folder.path}; only what follows them would be simulated.")
        return
    click.echo(f"The study in {folder.path} keeps {ahead.kept:,} of {ahead.kept + len(units):,} units of work.")
    if folder.damaged:
        click.echo(f"{folder.damaged} damaged shards would be replaced.")
    number_of = f"{len(ahead.pieces):,} {'piece' if len(ahead.pieces) == 1 else 'pieces'}"
    click.echo(f"Would simulate {len(units):,} of them in {number_of}: {replications:,} replications,")
    click.echo(f"about {_time(seconds)}{'' if wanted.cluster else f' with {wanted.workers} workers'}. Why:")
    for reason, number in sorted(reasons.items(), key=lambda item: -item[1]):
        click.echo(f"  {number:,} units: {reason}")
    for number, piece in enumerate(ahead.pieces[:_SHOWN_PIECES], 1):
        click.echo(f"  piece {number}: {len(piece):,} units, {sum(unit.replications for unit in piece):,} replications")
    if len(ahead.pieces) > _SHOWN_PIECES:
        click.echo(f"  and {len(ahead.pieces) - _SHOWN_PIECES:,} pieces more")
    click.echo("If the study goes on in rounds, what this one finds decides what comes next.")


def _time(seconds: float) -> str:
    minute, hour = 60, 3_600
    if seconds < minute:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / minute:.0f} min" if seconds < hour else f"{seconds / hour:.1f} h"
