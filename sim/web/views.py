"""What the templates of the what-if page are given.

`page.html` gets ``page`` (`PageView`), and includes `answer.html`; `answer.html` gets ``answer`` (`AnswerView`) and
nothing else, because it is sent alone after every change; `upload_problems.html` gets ``upload`` (`UploadView`), within
the page or alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.report.card import Card
    from sim.report.facts import Facts
    from sim.web.fields import Field, Form

State = Literal["settled", "open", "working", "refused", "busy", "stopped"]


@dataclass(frozen=True, slots=True)
class Preset:
    """A scenario to start from.

    Attributes
    ----------
    id
        In the address: ``/?scenario=<id>``.
    title
        To choose it by.
    chosen
        Whether it is the present one.
    """

    id: str
    title: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class ChartView:
    """A chart.

    Attributes
    ----------
    id
        Of its place on the page: letters, digits and hyphens only.
    title
        What it shows, for a heading.
    description
        The same as text, for readers who hear it.
    light, dark
        Vega-Lite specifications as JSON text for a ``<script type="application/json">``: ``<`` is written so that the
        script cannot end early, so the template passes it on as it is (it is marked as safe). They carry their width.
    headings, rows
        The figures behind it, as a table of texts; no rows for none.
    """

    id: str
    title: str
    description: str
    light: str
    dark: str
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan in the table of figures; all but `share_of_worst` are texts for readers.

    Attributes
    ----------
    name, title, orders
        Of the plan; each order in words.
    loss, loss_interval
        Expected loss, such as ``2,075``, and its interval, ``2,033 to 2,117``.
    more, more_interval
        How much more it loses than the best, and the interval; nothing for the best.
    settled
        Whether it is surely worse than the best; None for the best.
    tail
        Mean loss of the worst 5 %.
    late, claims, filled
        Probability of a late order and of a claim, share of the need that is served, such as ``12 %``.
    peak
        Most money out at any one time.
    days
        Days until nothing can change any more.
    is_best
        Whether it loses least in this run.
    share_of_worst
        Its loss as a share of the largest loss, from 0 to 1, for a bar; 0 where it loses nothing.
    """

    name: str
    title: str
    orders: tuple[str, ...]
    loss: str
    loss_interval: str
    more: str
    more_interval: str
    settled: bool | None
    tail: str
    late: str
    claims: str
    filled: str
    peak: str
    days: str
    is_best: bool
    share_of_worst: float


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the answer has come.

    Attributes
    ----------
    replications
        Of each plan so far.
    text
        Such as *20,000 replications of each plan; looking closer, next at 80,000* or *Settled after 80,000
        replications of each plan.*
    next_url
        Where to ask for a closer look; nothing where there is none. A fragment with it asks by itself:
        ``hx-get="{{ answer.progress.next_url }}" hx-trigger="load" hx-target="#answer"``.
    share
        How far it is towards the last look there can be, from 0 to 1, look by look.
    """

    replications: int
    text: str
    next_url: str
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class AnswerView:
    """The answer to the present values.

    Attributes
    ----------
    state
        ``settled``; ``open`` (as far as it goes, and not settled); ``working`` (shown, and a closer look follows);
        ``refused`` (a value cannot be used: only `problems` and `wrong` are there); ``busy`` (too many ask: ask again
        after `retry_seconds`, by a fragment with ``hx-trigger="load delay:<n>s"`` and `again_url`); ``stopped`` (a
        newer question took its place: nothing to show).
    headline
        The answer in one line.
    sentences
        By how much, how sure that is, and what can still go wrong: each a sentence or two.
    facts, card
        All that was found, and the decision card made from it; None where nothing was simulated.
    rows
        The table, the plan that loses least first.
    currency
        Of all amounts.
    charts
        In the order of the page.
    progress
        None where nothing was simulated.
    wrong
        Fields that cannot be used as typed: each has ``problem``, ``label`` and ``id`` (for a link to it).
    problems
        What is wrong besides, in words.
    notes
        What was done with the values that the reader should know.
    changes
        Every changed value: ``(label, own, shown)``.
    command
        The same question on the command line.
    page_url
        Address that shows just this again, to be shared: starts with ``/?scenario=``.
    scenario_url, report_url
        To download the scenario with the changes, and the report.
    flips_url
        Where to ask what would change the choice, once no closer look follows; nothing where there is no choice. A
        place with it asks by itself, and is given `flips.html`.
    flips_id
        Of that place: another one for every question, so that each is asked.
    again_url
        The same question again, for ``busy``.
    retry_seconds
        When to ask again; 0 unless ``busy``.
    seconds
        How long it took on the server.
    """

    state: State
    headline: str
    sentences: tuple[str, ...] = ()
    facts: Facts | None = None
    card: Card | None = None
    rows: tuple[PlanRow, ...] = ()
    currency: str = ""
    charts: tuple[ChartView, ...] = ()
    progress: Progress | None = None
    wrong: tuple[Field, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    changes: tuple[tuple[str, str, str], ...] = ()
    command: str = ""
    page_url: str = "/"
    scenario_url: str = ""
    report_url: str = ""
    flips_url: str = ""
    flips_id: str = ""
    again_url: str = ""
    retry_seconds: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class FlipsView:
    """What would change the choice, in sentences; `flips.html` gets it as ``flips``.

    Attributes
    ----------
    found, steady
        What would, the nearest first, and what was tried and would not.
    problem
        Why it is not told; nothing where it is.
    """

    found: tuple[str, ...] = ()
    steady: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a scenario file.

    Attributes
    ----------
    place
        Such as ``line 12, column 3``; nothing where it has none.
    message, hint
        What is wrong, and the way out (nothing where there is none).
    line
        The offending line as it stands in the file; nothing where there is none.
    caret
        Blanks and a ``^`` that points into `line`; nothing where there is none.
    path
        Dotted path of the value; nothing where there is none.
    """

    place: str
    message: str
    hint: str
    line: str
    caret: str
    path: str


@dataclass(frozen=True, slots=True)
class UploadView:
    """Why a scenario file that was sent cannot be used.

    Attributes
    ----------
    file
        Its name.
    mistakes
        In the order of the file.
    """

    file: str
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class PageView:
    """The whole page.

    Attributes
    ----------
    title, description
        Of the scenario.
    presets
        Scenarios to start from, the present one among them.
    form
        Everything that can be changed.
    answer
        The first answer, already there, so that the page works without JavaScript.
    upload
        Why a file cannot be used; None unless one was just sent.
    problems
        What is wrong with the address as a whole, such as a scenario that is not there.
    assets
        Addresses of the files that the page loads: ``assets["page.css"]``, ``["charts.js"]``,
        ``["values.js"]``, ``["page.js"]``, ``["htmx.js"]``, ``["vega.js"]``.
    uploads_up_to
        Largest file that may be sent, in words.
    program
        Version of Lotwise.
    """

    title: str
    description: str
    presets: tuple[Preset, ...]
    form: Form
    answer: AnswerView
    upload: UploadView | None
    problems: tuple[str, ...]
    assets: Mapping[str, str]
    uploads_up_to: str
    program: str
