"""What the subcommands put on the screen: tables that fit its columns and letters, notes, and progress."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, Self

import click

from sim.commands.exit_codes import DONE, NOT_MET
from sim.commands.letters import encodes, fitting, put_plainer_letters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from rich.console import Console
    from rich.progress import Progress, Task, TaskID
    from rich.table import Table

    from sim.experiments import RunResult
    from sim.measures import Estimate
    from sim.scenario import Scenario

_PLAIN_WIDTH: Final = 80
_WIDEST: Final = 110
_PATIENCE_SECONDS: Final = 2.0


def console() -> Console:
    """The screen: as wide as the terminal within reason, 80 columns where the output goes elsewhere.

    Colour and bold letters are for a terminal alone, and for none that has ``NO_COLOR`` set or is dumb. What goes
    elsewhere has no blanks at the end of a line.
    """
    from rich.console import Console

    class Screen(Console):
        def on_broken_pipe(self) -> NoReturn:
            """Leave a reader that goes away to the command line, which takes it for no failure."""
            raise BrokenPipeError

        def print(self, *objects: Any, **looks: Any) -> None:  # noqa: ANN401 - as the method that it stands for
            """Print as Rich does, without the blanks that fill its lines."""
            if self.is_terminal:
                super().print(*objects, **looks)
                return
            with self.capture() as printed:
                super().print(*objects, **looks)
            self.file.write("".join(f"{line.rstrip()}\n" for line in printed.get().splitlines()))

    put_plainer_letters()
    colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    screen = Screen(color_system=colours, highlight=False, soft_wrap=False, emoji=False, markup=False)
    screen.width = min(screen.width, _WIDEST) if screen.is_terminal else _PLAIN_WIDTH
    return screen


def table(*columns: str, right: Sequence[str] = ()) -> Table:
    """A table without lines; the columns named in `right` hold numbers."""
    from rich.table import Table

    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        grid.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return grid


def path_lines(path: str, width: int) -> str:
    """A dotted path in lines no longer than this where it can be broken after a dot or an underscore."""
    return _lines(re.findall(r"[^._]+[._]?", path), width)


def name_lines(name: str, width: int) -> str:
    """A name in lines no longer than this, broken after a hyphen, an underscore or a blank if it has any."""
    parts = re.findall(r"[^-_ ]+[-_ ]?|[-_ ]", name)
    return _lines([part[at : at + width] for part in parts for at in range(0, len(part), width)], width)


def _lines(parts: Sequence[str], width: int) -> str:
    lines = [""]
    for part in parts:
        if lines[-1] and len(lines[-1] + part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def print_json(data: Mapping[str, Any]) -> None:
    """Data on the standard output; a number that does not exist is null."""
    plain = _without_nan(data)
    text = json.dumps(plain, indent=2, ensure_ascii=False, allow_nan=False)
    click.echo(text if encodes(text) else json.dumps(plain, indent=2, allow_nan=False))


def print_plainly(text: str) -> None:
    """Print a text as it is, in one line, with the letters that the output has."""
    put_plainer_letters()
    if sys.stdout is not None:  # a closed standard output is none
        sys.stdout.write(f"{text}\n")


def _without_nan(data: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(data, float) and not isfinite(data):
        return None
    if isinstance(data, dict):
        return {key: _without_nan(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_without_nan(value) for value in data]
    return data


def heading(scenario: Scenario, plans: int, replications: int) -> str:
    """What was simulated, in two lines."""
    spec = scenario.model
    count = "1 plan" if plans == 1 else f"{plans} plans"
    often = "1 replication" if replications == 1 else f"{replications:,} replications"
    each = "" if plans == 1 else " of each"
    amounts = f"amounts in {spec.currency}"
    return f"{spec.title or scenario.name}\n{count}, {often}{each}, seed {spec.run.seed}; {amounts}"


def plus_minus(estimate: Estimate) -> str:
    """An amount with the half-width of its interval, where there is one."""
    from sim.experiments.verdict import money

    value = money(estimate.value)
    if not isfinite(estimate.half_width):
        return value
    return f"{value} {fitting('±', '+/-')} {money(estimate.half_width, beside=estimate.value)}"


def assumptions_note(scenario: Scenario) -> str:
    """What a reader of any result must know of the protection's assumptions."""
    from sim.experiments.record import assumptions

    found = assumptions(scenario)
    rules = sum(name.startswith("protection.") for name in found)
    pack = scenario.model.protection
    parts = [f"{rules} rules of {pack} (lotwise rules {pack})"] if rules else []
    if len(found) > rules:
        parts.append(f"{len(found) - rules} values that the scenario marks as such")
    return f"Assumptions: {', and '.join(parts)}." if parts else f"Protection: {pack}."


def precision_note(result: RunResult) -> int:
    """Exit code of a run: not met, with a note on the error stream, where a wanted precision was not reached."""
    if result.half_width_reached:
        return DONE
    note = f"the precision was not reached with {result.n:,} replications; --at-most allows more"
    click.echo(note, err=True)
    return NOT_MET


class ProgressLine:
    """Progress of a run, on the error stream: after two seconds, and if somebody is there to see it.

    Parameters
    ----------
    quiet
        Show nothing at all.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._wanted = not quiet and sys.stderr.isatty()
        self._begun = time.monotonic()
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._wait: Progress | None = None

    def __enter__(self) -> Self:
        """Nothing is shown before there is something to wait for."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the line away."""
        self._take_away()

    def __call__(self, done: int, total: int) -> None:
        """Show that so many replications of so many are done."""
        if not self._wanted:
            return
        if self._bar is None and time.monotonic() - self._begun > _PATIENCE_SECONDS:
            self._take_away()
            self._bar, self._task = _started(total)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total)

    def tell(self, sentence: str) -> None:
        """Say at once what there is to wait for; a sentence that ends in … gets a clock until the next one."""
        if not self._wanted:
            return
        self._take_away()
        if sentence.endswith("…"):
            self._wait = _clock(sentence)
        else:
            click.echo(sentence, err=True)

    def _take_away(self) -> None:
        """Leave the place to whatever comes next: two lines that move would write over each other."""
        for line in (self._bar, self._wait):
            if line is not None:
                line.stop()
        self._bar = self._task = self._wait = None


def _clock(sentence: str) -> Progress:
    """A sentence, and how long it has been true."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
    line = Progress(*columns, console=Console(stderr=True), transient=True)
    line.add_task(sentence)
    line.start()
    return line


def _started(total: int) -> tuple[Progress, TaskID]:
    bar, task = progress_bar(total)
    bar.start()
    return bar, task


def progress_bar(total: int, clock: Callable[[], float] | None = None) -> tuple[Progress, TaskID]:
    """How many replications are done, how many a second there are, and how long the rest will take.

    Parameters
    ----------
    total
        Replications of all plans together.
    clock
        What time it is, in seconds; by default the system's.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class RateColumn(ProgressColumn):
        def render(self, task: Task) -> Text:
            """Replications a second, those of all plans together."""
            return Text(f"{task.speed:,.0f} a second" if task.speed else "")

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        RateColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        get_time=clock,
    )
    return bar, bar.add_task("Simulating replications", total=total)
