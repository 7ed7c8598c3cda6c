"""The report of a run as files: its facts for machines, and one page for readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.report.card import card_of
from sim.report.collecting import facts_of
from sim.report.html import report_text

if TYPE_CHECKING:
    from sim.engines import Tell
    from sim.experiments import RunResult
    from sim.report.facts import Facts

FACTS: Final = "report.json"
PAGE: Final = "report.html"


def report_files(result: RunResult, *, workers: int = 1, tell: Tell | None = None) -> dict[str, str]:
    """Texts of the report of a run, by the names of their files.

    Parameters
    ----------
    result
        The run.
    workers
        Threads for what is looked into besides.
    tell
        Called with a sentence for the user about what takes a while.
    """
    if tell is not None:
        tell("Looking into what would flip the choice, and writing the report …")
    facts = facts_of(result, workers=workers)
    return {FACTS: facts_text(facts), PAGE: report_text(facts, card_of(facts))}


def facts_text(facts: Facts) -> str:
    """Text of ``report.json``."""
    return facts.model_dump_json(indent=1) + "\n"
