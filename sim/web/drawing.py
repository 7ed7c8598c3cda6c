"""An answer as the page shows it: the decision, the table of figures, the charts, and how far the answer has come."""

from __future__ import annotations

import hashlib
import json
import shlex
from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from sim.experiments.verdict import money
from sim.web.views import AnswerView, ChartView, FlipsView, PlanRow, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sim.report.facts import Facts, PlanFacts, Span
    from sim.report.sheet import Drawing
    from sim.web.answering import Answer
    from sim.web.forms import Filled
    from sim.web.views import State

    Draw = Callable[..., Drawing]
    Behind = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]

_PERCENT: Final = 100
_DIGITS: Final = 12
_WIDTHS: Final = range(320, 801, 40)
"""Charts come in these widths only, so that a window that is dragged does not ask for one after the other."""
_USUAL_WIDTH: Final = 640
_PARTS: Final = ("$schema", "config", "datasets", "description", "height", "layer", "title", "usermeta", "width")


def answer_view(form: Filled, answer: Answer, file: str, *, seconds: float = 0.0) -> AnswerView:
    """An answer as the page shows it.

    Parameters
    ----------
    form
        What was asked.
    answer
        What was found.
    file
        Name of the scenario's file on a command line.
    seconds
        How long it took on the server.
    """
    from sim.report.card import card_of
    from sim.report.collecting import Looks, facts_of

    run = answer.comparison.run
    facts = facts_of(run, Looks(stories=False, cash=False, flips=False, papers=False))
    card = card_of(facts)
    return AnswerView(
        state=_state(facts, answer),
        headline=card.headline,
        sentences=tuple(text for text in (card.gain, card.sureness, card.tail) if text),
        facts=facts,
        card=card,
        rows=_rows(facts),
        currency=facts.currency,
        charts=tuple(_charts(facts, form.question.width or _USUAL_WIDTH)),
        progress=_progress(form, facts, answer),
        notes=form.form.notes,
        changes=_changes(form),
        command=_command(form, file, facts.replications),
        **_addresses(form),
        **_flips_place(form, facts, answer),
        seconds=seconds,
    )


def flips_view(form: Filled, best: str, stop: Callable[[], bool]) -> FlipsView:
    """What would change the choice: it takes a second or a few.

    Parameters
    ----------
    form
        What was asked.
    best
        The plan that loses least.
    stop
        Asked now and then whether nobody waits any more.
    """
    from sim.studies.flips import flip_sentence, flips_of

    if form.scenario is None:
        raise ValueError("a form with mistakes in it has no answer")
    flips = flips_of(form.scenario, plans=form.plans, chosen=best, stop=stop)
    currency = form.scenario.model.currency
    found, steady = (
        tuple(flip_sentence(flip, currency, best) for flip in some)
        for some in ((*flips.found, *flips.doubtful), flips.steady)
    )
    return FlipsView(found, steady)


def refused_view(form: Filled, *problems: str) -> AnswerView:
    """Why there is no answer."""
    wrong = form.form.wrong
    count = len(wrong) + len(form.form.problems) + len(problems)
    return AnswerView(
        state="refused",
        headline="One value cannot be used" if count == 1 else f"{count} values cannot be used",
        wrong=wrong,
        problems=(*form.form.problems, *problems),
        notes=form.form.notes,
        changes=_changes(form),
        page_url=form.question.address("/"),
    )


def busy_view(form: Filled, retry_seconds: int) -> AnswerView:
    """That the answer must wait."""
    return AnswerView(
        state="busy",
        headline="Too many questions at once",
        problems=(f"This machine is answering others. The page asks again in {retry_seconds} seconds.",),
        again_url=form.question.address("/answer", **_asker(form)),
        retry_seconds=retry_seconds,
        **_addresses(form),
    )


def _state(facts: Facts, answer: Answer) -> State:
    if facts.settled:
        return "settled"
    return "working" if answer.following is not None else "open"


def _progress(form: Filled, facts: Facts, answer: Answer) -> Progress:
    n = f"{facts.replications:,} replications of each plan"
    if answer.following is not None:
        text = f"{n}; looking closer, next with {answer.following:,}"
        address = form.question.address("/answer", n=str(answer.following), **_asker(form))
        return Progress(facts.replications, text, address, answer.share)
    if len(facts.plans) == 1:
        return Progress(facts.replications, f"{n}.", "")
    return Progress(facts.replications, f"{'Settled' if facts.settled else 'Not settled'} after {n}.", "")


def _flips_place(form: Filled, facts: Facts, answer: Answer) -> dict[str, Any]:
    """Where to ask what would change the choice; nothing while a closer look may still change it."""
    if answer.following is not None or len(facts.plans) == 1:
        return {}
    address = form.question.address("/flips", n=str(facts.replications), **_asker(form))
    return {"flips_url": address, "flips_id": f"flips-{hashlib.sha256(address.encode()).hexdigest()[:_DIGITS]}"}


def _asker(form: Filled) -> dict[str, str]:
    """Who asks, for an address that the page itself asks again."""
    tab, width = form.question.tab, form.question.width
    return ({"tab": tab} if tab else {}) | ({"w": str(width)} if width is not None else {})


def _changes(form: Filled) -> tuple[tuple[str, str, str], ...]:
    return tuple((field.label, field.own, field.shown) for field in form.form.changed if not field.problem)


def _addresses(form: Filled) -> dict[str, Any]:
    question = form.question
    return {
        "page_url": question.address("/"),
        "scenario_url": question.address("/scenario.yaml"),
        "report_url": question.address("/report.html"),
    }


def _command(form: Filled, file: str, replications: int) -> str:
    words = ["lotwise", "compare", file]
    for override in form.overrides:
        words += ["--set", override]
    if form.question.plans:
        words += ["--plans", ",".join(form.plans)]
    return shlex.join([*words, "--replications", str(replications)])


# ------------------------------------------------------------------------------------------ the table


def _rows(facts: Facts) -> tuple[PlanRow, ...]:
    worst = max((plan.loss.value for plan in facts.plans), default=0.0)
    return tuple(_row(plan, facts, worst) for plan in facts.plans)


def _row(plan: PlanFacts, facts: Facts, worst: float) -> PlanRow:
    return PlanRow(
        name=plan.name,
        title=plan.title,
        orders=plan.orders,
        loss=money(plan.loss.value),
        loss_interval=_interval(plan.loss),
        more="" if plan.more is None else money(plan.more.value),
        more_interval="" if plan.more is None else _interval(plan.more),
        settled=plan.settled,
        tail=money(plan.tail.value),
        late=_percent(plan.late),
        claims=_percent(plan.claims),
        filled=_percent(plan.filled),
        peak=money(plan.peak_cash_out.value),
        days=f"{plan.days_to_close.value:,.0f}",
        is_best=plan is facts.best,
        share_of_worst=max(plan.loss.value, 0.0) / worst if worst > 0 else 0.0,
    )


def _interval(span: Span) -> str:
    if isnan(span.low):  # one replication says nothing about its spread
        return ""
    return f"{money(span.low, beside=span.value)} to {money(span.high, beside=span.value)}"


def _percent(span: Span) -> str:
    return f"{span.value * _PERCENT:.3g} %"


# ------------------------------------------------------------------------------------------ the charts


def _charts(facts: Facts, width: int) -> Iterator[ChartView]:
    from sim.report.loss_parts import loss_parts, loss_parts_table
    from sim.report.loss_spread import loss_spread, loss_spread_table
    from sim.report.plan_losses import plan_losses, plan_losses_table

    plans, currency, n = facts.plans, facts.currency, facts.replications
    wide = chart_width(width)
    if len(plans) > 1:
        draw = partial(plan_losses, plans, currency, width=wide)
        yield _chart("losses", "Expected loss of each plan", draw, plan_losses_table(plans, currency))
    draw = partial(loss_spread, plans, currency, width=wide)
    yield _chart("spread", "How far the loss spreads", draw, loss_spread_table(plans, currency))
    draw = partial(loss_parts, plans, currency, n, width=wide)
    yield _chart("parts", "What the loss consists of", draw, loss_parts_table(plans, currency, n))


def chart_width(width: int) -> int:
    """The width of charts that fits a place so wide, in pixels."""
    return max((fitting for fitting in _WIDTHS if fitting <= width), default=_WIDTHS[0])


def _chart(name: str, title: str, draw: Draw, behind: Behind) -> ChartView:
    from sim.report.theme import DARK, LIGHT

    light, dark = (plain_specification(draw(theme=theme)) for theme in (LIGHT, DARK))
    headings, rows = behind
    return ChartView(
        id=f"chart-{name}",
        title=title,
        description=str(light.get("description", "")),
        light=in_script(light),
        dark=in_script(dark),
        headings=headings,
        rows=rows,
    )


def plain_specification(chart: Drawing) -> dict[str, Any]:
    """The chart in Vega-Lite, as `sim.report.files.specification` gives it.

    Notes
    -----
    The charts of plans are made of plain parts: taking them as they are is fifty times as fast as having every one of
    them looked at, which would be a third of an answer's time.
    """
    return {part: chart[part] for part in _PARTS}


def in_script(data: Any) -> Markup:  # noqa: ANN401 - any JSON value
    """Data as JSON that can stand inside a script element: nothing in it ends the element or begins a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for mark in "<>&\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return Markup(text)  # noqa: S704 - nothing in it can be taken for markup any more
