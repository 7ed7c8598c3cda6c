"""What can be taken away from the page: the scenario with the changes, and the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.experiments.record import resolved_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.experiments import RunResult
    from sim.web.forms import Filled


def scenario_text(form: Filled) -> str:
    """The scenario with the changes, as YAML that stands by itself; what was changed is told on top.

    Notes
    -----
    Names of data files stay relative to the folder of the scenario that the page was started with.
    """
    if form.scenario is None:
        raise ValueError("a form with mistakes in it makes no scenario")
    told = [f"{field.label}: {field.shown} (was {field.own})" for field in form.form.changed]
    lines = ["From the what-if page of Lotwise.", *([] if not told else ["Changed:", *told]), *form.form.notes]
    head = "".join(f"# {' '.join(line.split())}\n" for line in lines)
    return head + resolved_text(form.scenario, form.scenario.base)


def report_page(result: RunResult, stop: Callable[[], bool]) -> str:
    """The report of a run in one file; it takes a second or a few.

    Parameters
    ----------
    result
        The run.
    stop
        Asked now and then whether nobody waits any more.
    """
    from sim.report.card import card_of
    from sim.report.collecting import facts_of
    from sim.report.html import report_text

    facts = facts_of(result, stop=stop)
    return report_text(facts, card_of(facts))
