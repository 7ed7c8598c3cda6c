"""The report of a run or of studies as one HTML file: it asks nothing of any network and runs nothing.

Drawings stand in the page itself, the style sheet too; its digest is the only thing that the page's own policy lets
in. The same facts give the same bytes.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sim.report import gallery
from sim.report.glossary import LATE, LATE_WITH_INSPECTION, glossary
from sim.report.lettering import signed
from sim.report.plates import Plates
from sim.report.sections import accounts, day_in_words, ledger_groups, ledger_says, plans_table, unknown_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment

    from sim.report.card import Card
    from sim.report.facts import Facts, PlanFacts, StudyFacts
    from sim.report.plates import Plate, Sheet

_FINGERPRINT: Final = 16
_MOST_FUNNELS: Final = 24
"""No more plans than this have their own drawing of the recovery."""
_FUNNEL: Final = (
    "From the harm at the top, each row takes away what that rule stops; what is left at the bottom came back."
)
_AVERAGES: Final = "Averages over all cases."


def report_text(facts: Facts, card: Card) -> str:
    """The report of a run.

    Parameters
    ----------
    facts
        What was found; parts that were not looked into are left out.
    card
        What to take away of it.
    """
    plates, best = Plates(facts), facts.best
    sections = {
        "plans_table": plans_table(facts),
        "unknown_table": unknown_table(facts),
        "late": f"Late: {LATE[:1].lower()}{LATE[1:]} {LATE_WITH_INSPECTION}",
        "losses": plates.plate(
            gallery.LOSSES,
            best,
            "The further left, the better. The mark is the average loss of a plan; the short line through it is its "
            "interval; the upright stroke is the average of its worst 5 cases in 100.",
        ),
        "parts": plates.plate(
            gallery.PARTS,
            best,
            "One bar a plan. What stands left of zero lessens the loss. In the table each column adds up to the cent.",
        ),
        "spread": _spread(plates, best),
        "recovery": _recovery(plates, facts),
        "accounts": accounts(facts, plates),
        "cash": plates.plate(
            gallery.CASH,
            best,
            "The line is the middle of all cases on that day; the band holds 9 of 10 cases. Cases have their peak on "
            "different days, so that the line can stay below the peak.",
        ),
        "studies": [
            (
                study,
                plates.study_plates(study, place, f"; its tables stand in the folder of the study, {study.folder}."),
            )
            for place, study in enumerate(facts.studies)
        ],
        "ledger_says": ledger_says(facts.ledger) if facts.ledger else "",
        "ledger": ledger_groups(facts.ledger),
        "glossary": glossary(facts),
        "first_day": day_in_words(facts.start),
        "fingerprint": hashlib.sha256(facts.model_dump_json().encode()).hexdigest()[:_FINGERPRINT],
    }
    return _page("report.html", plates, facts=facts, card=card, **sections)


def study_text(study: StudyFacts, title: str, made: Sequence[tuple[str, str]], tables: Sequence[Sheet]) -> str:
    """The report of a study.

    Parameters
    ----------
    study
        Its verdict and charts.
    title
        Of its scenario.
    made
        How it was made: names and values.
    tables
        Its tables.
    """
    plates = Plates()
    drawn = plates.study_plates(study, 0, "")
    return _page("study.html", plates, study=study, title=title, drawn=drawn, made=made, tables=tables)


def _spread(plates: Plates, best: PlanFacts) -> tuple[Plate | None, ...]:
    return (
        plates.plate(
            gallery.SPREAD,
            best,
            "The thick bar holds the middle half of the cases, the thin line 9 of 10 of them.",
        ),
        plates.plate(gallery.HISTOGRAM, best, "The higher a column, the more cases end with such a loss."),
        plates.plate(
            gallery.EXCEEDANCE,
            best,
            "Pick an amount below: the line says in what share of the cases a plan loses more. The scale on the left "
            "goes down in steps of ten, so that what is rare can be seen.",
        ),
    )


def _recovery(plates: Plates, facts: Facts) -> list[tuple[PlanFacts, Plate | None]]:
    """The funnel of the best plan, and smaller ones of the others."""
    found: list[tuple[PlanFacts, Plate | None]] = []
    for plan in facts.plans[:_MOST_FUNNELS]:
        first = not found
        caption = f"{_FUNNEL} {_AVERAGES}" if first else _AVERAGES
        found.append((plan, plates.plate(gallery.RECOVERY, plan, caption, narrow_only=not first)))
    return found


def _page(template: str, plates: Plates, **content: Any) -> str:  # noqa: ANN401 - whatever the template asks for
    from markupsafe import Markup

    style = _style(plates)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    found = _environment().get_template(template)
    return found.render(style=Markup(style), style_digest=digest, **content)  # noqa: S704 - our own style sheet


def _style(plates: Plates) -> str:
    """The style sheet, with the colours of the drawings on light and on dark paper."""
    sheet, _, _ = _environment().loader.get_source(_environment(), "report.css")  # type: ignore[union-attr]
    light, dark = plates.colours.rules(dark=False), plates.colours.rules(dark=True)
    return f"\n{sheet}{light}\n@media screen and (prefers-color-scheme:dark){{{dark}}}\n"


def _unparted(value: object) -> object:
    """A text in which no line ends between a number and its percent sign, and a negative number has a minus sign."""
    return signed(value).replace(" %", "\N{NO-BREAK SPACE}%") if type(value) is str else value


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("sim.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_unparted,
    )
    environment.filters["words"] = lambda name: name.replace("_", " ")
    return environment
