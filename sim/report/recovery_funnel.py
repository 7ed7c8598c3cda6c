"""Where the recovery of a plan's harm stops: from the harm, rule by rule, down to what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.experiments.wording import counted, listed
from sim.outcomes import RecoveryRule
from sim.report.apportionment import CENTS, apportioned
from sim.report.lettering import amount, text_width
from sim.report.loss_histogram import percent_text
from sim.report.plan_marks import all_whole, cents_text, shown
from sim.report.plan_rows import NAME_SIZE, PlanRows, plan_rows
from sim.report.theme import LIGHT, Theme
from sim.report.vega_lite import Across, given, picture, pixels, room, tips, told, view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.report.facts import PlanFacts
    from sim.report.sheet import Drawing
    from sim.report.vega_lite import Row, View

_BAND: Final = 18
_GAP: Final = 9
_TINY: Final = 0.01
"""Of the harm: drops below it are told together."""
_HARM: Final = "harm"
_RECOVERED: Final = "recovered"
_REASONS: Final = {
    "not_covered": "not covered by the protection",
    "paid_off_platform": "paid outside the platform",
    "within_tolerance": "within the contract's tolerance",
    "not_in_contract": "not written into the contract",
    "found_too_late": "found too late",
    "not_claimed": "not worth a claim",
    "cancelled_by_silence": "cancelled: the buyer was silent",
    "evidence_missed": "evidence came too late",
    "settled_for_less": "settled for less",
    "rejected": "claim rejected",
    "reduced_by_mediator": "mediator awarded less",
    "return_forgone": "goods not sent back",
    "above_amount_paid": "above the amount paid",
    "above_limit": "above the supplier's limit",
    "not_paid_out": "awarded, but not paid out",
}
"""The rules as a reader of a chart says them."""


def recovery_funnel(
    plan: PlanFacts, currency: str, replications: int, *, theme: Theme = LIGHT, width: float = 640.0
) -> Drawing:
    """The harm, what each rule stops of its recovery, in the order of the rules, and what is recovered; means.

    Parameters
    ----------
    plan
        Whose harm it is.
    currency
        Code of the currency.
    replications
        That the sums of the plan were taken over.
    theme
        The look.
    width
        Of the whole picture, in pixels.
    """
    drops, merged = _drops(plan, replications)
    harm, recovered = sum(cents for _, cents in drops), drops[-1][1]
    names = ["harm: paid for what was missing, damaged or bad", *(name for name, _ in drops[:-1]), "comes back"]
    rows = plan_rows(names, width, band=_BAND, gap=_GAP, top=4)
    whole = all_whole([harm / CENTS])
    wide = text_width(f"\N{MINUS SIGN}{shown(harm / CENTS, whole=whole)}", NAME_SIZE) * 1.07 + 8
    x = Across(0.0, harm / CENTS or 1.0, rows.left + 2, room(width) - wide, f"On average, {currency}")
    notes = [f"{names[-2].capitalize()}: {listed(merged)}."] if len(merged) > 1 else []
    return picture(
        [
            *x.grid(rows.stretches, theme),
            *rows.names_drawn(best=len(names) - 1),
            *_bars(_steps(names, drops, rows, x, theme, whole=whole), x, theme, joined=not rows.above),
        ],
        title=_title(plan, harm, recovered, currency),
        description=_words(plan, drops, harm, currency),
        theme=theme,
        width=width,
        height=rows.bottom,
        notes=notes,
    )


def recovery_funnel_table(
    plan: PlanFacts, currency: str, replications: int
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Headings and rows behind the chart: the harm less what each rule stops is what comes back, to the cent."""
    parts = _means(plan, replications)
    harm = sum(parts.values())
    headings = ("Where the recovery stops", f"On average, {currency}", "Share of the harm")
    rows = [(_HARM, cents_text(harm / CENTS), _share(harm, harm))]
    for name, cents in parts.items():
        if name == _RECOVERED:
            rows.append((_RECOVERED, cents_text(cents / CENTS), _share(cents, harm)))
        elif plan.drops.get(name):
            rows.append((_REASONS[name], cents_text(-cents / CENTS), _share(cents, harm)))
    return headings, tuple(rows)


def _share(cents: int, harm: int) -> str:
    return percent_text(cents / harm) if harm else ""


def _means(plan: PlanFacts, replications: int) -> dict[str, int]:
    """Mean drop of every rule in its order, and what is recovered, in cents: they add up to the mean harm."""
    rules = [rule.name.lower() for rule in RecoveryRule]
    sums = [*(plan.drops.get(rule, 0) for rule in rules), plan.recovered_cents]
    return dict(zip([*rules, _RECOVERED], apportioned(sums, replications), strict=True))


def _drops(plan: PlanFacts, replications: int) -> tuple[list[tuple[str, int]], list[str]]:
    """Drops that are something, tiny ones together after the others, and last what is recovered; names of the tiny."""
    means = _means(plan, replications)
    recovered = means.pop(_RECOVERED)
    harm = sum(means.values()) + recovered
    found = [(name, cents) for name, cents in means.items() if cents > 0]
    tiny = [(name, cents) for name, cents in found if cents < _TINY * harm]
    if len(tiny) < 2:  # noqa: PLR2004 - one alone keeps its name
        tiny = []
    kept = [(_REASONS[name], cents) for name, cents in found if (name, cents) not in tiny]
    rest = [(f"{counted(len(tiny), 'other reason')}", sum(cents for _, cents in tiny))] if tiny else []
    return [*kept, *rest, (_RECOVERED, recovered)], [_REASONS[name] for name, _ in tiny]


def _steps(
    names: Sequence[str], drops: Sequence[tuple[str, int]], rows: PlanRows, x: Across, theme: Theme, *, whole: bool
) -> list[Row]:
    """Bars of the waterfall: the harm in full, each drop where the one before ended, what is left from 0."""
    harm = sum(cents for _, cents in drops)
    bars = [(0, harm, harm)]
    left = harm
    for _, cents in drops[:-1]:
        bars.append((left - cents, left, -cents))
        left -= cents
    bars.append((0, left, left))
    colours = [theme.muted, *[theme.series_colour(1)] * (len(bars) - 2), theme.series_colour(2)]
    return [
        {
            "name": names[place],
            "begin": begin / CENTS,
            "end": end / CENTS,
            "top": rows.tops[place],
            "bottom": rows.tops[place] + rows.band,
            "below": rows.tops[min(place + 1, len(bars) - 1)],
            "down": rows.middle(place),
            "edge": (begin if place else end) / CENTS,
            "outer": x.at(end / CENTS) + 6,
            "colour": colours[place],
            "text": _shown(cents, whole=whole),
            "told": cents_text(cents / CENTS),
            "share": _share(abs(cents), harm),
        }
        for place, (begin, end, cents) in enumerate(bars)
    ]


def _shown(cents: int, *, whole: bool) -> str:
    """An amount of the table, rounded as everywhere else; less than one unit keeps its cents, not to look like 0."""
    return shown(cents / CENTS, whole=True) if whole and abs(cents) >= CENTS else cents_text(cents / CENTS)


def _bars(steps: Sequence[Row], x: Across, theme: Theme, *, joined: bool) -> list[View]:
    words_of = {"x": pixels("outer"), "y": pixels("down"), "text": told("text")}
    look = {"type": "text", "align": "left", "baseline": "middle", "fontSize": NAME_SIZE}
    joints = view(
        "joints",
        {"type": "rule", "color": theme.rest, "strokeWidth": 1},
        steps[:-1],
        x=x.field("edge"),
        y=pixels("top"),
        y2={"field": "below"},
    )
    return [
        *([joints] if joined else []),
        view(
            "bars",
            {"type": "rect"},
            steps,
            x=x.field("begin"),
            x2={"field": "end"},
            y=pixels("top"),
            y2={"field": "bottom"},
            color=given("colour"),
            tooltip=tips(name="Where", told="On average", share="Share of the harm"),
        ),
        view(
            "amounts_rim",
            look | {"stroke": theme.background, "strokeWidth": 4, "color": theme.background},
            steps,
            **words_of,
        ),
        view("amounts", look, steps, **words_of),
    ]


def _title(plan: PlanFacts, harm: int, recovered: int, currency: str) -> str:
    if not harm:
        return f"{plan.name} meets no harm that could be recovered"
    return f"Of {amount(harm / CENTS, currency)} harm, {_back(harm, recovered, currency)} comes back to {plan.name}"


def _back(harm: int, recovered: int, currency: str) -> str:
    return f"{_amount_beside(recovered, harm, currency)} ({percent_text(recovered / harm)})"


def _amount_beside(cents: int, harm: int, currency: str) -> str:
    """An amount with as many decimals as stand on its bar."""
    return f"{currency} {_shown(cents, whole=all_whole([harm / CENTS]))}"


def _words(plan: PlanFacts, drops: Sequence[tuple[str, int]], harm: int, currency: str) -> str:
    if not harm:
        return f"{plan.name}: no harm, so nothing to recover."
    largest = sorted(drops[:-1], key=lambda drop: -drop[1])[:3]
    told = ", ".join(f"{name} {_amount_beside(cents, harm, currency)}" for name, cents in largest)
    reasons = f" Most is lost for these reasons: {told}." if largest else ""
    return (
        f"{plan.name} suffers a harm of {amount(harm / CENTS, currency)} on average, of which "
        f"{_back(harm, drops[-1][1], currency)} comes back.{reasons}"
    )
