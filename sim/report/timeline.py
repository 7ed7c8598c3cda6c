"""What happened to the orders of a few replications, by the calendar: phases as bars, events as marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.experiments.wording import counted, listed, percentage, words
from sim.report.flags import flags
from sim.report.lettering import amount, text_width
from sim.report.months import date_marks, day_text
from sim.report.plan_rows import NAME_SIZE
from sim.report.theme import LIGHT, Theme, mixed, text_on
from sim.report.vega_lite import NARROW, Across, Sign, blank, given, key, picture, pixels, room, tips, told, view

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sim.report.facts import Happening, Told
    from sim.report.sheet import Drawing
    from sim.report.vega_lite import Row, View

_BAR: Final = 17
_STRIP: Final = 8
_LEVEL: Final = 14
_HEADING: Final = 26
_BETWEEN: Final = 12
_LEVELS: Final = 4
_TYPICAL, _BAD = 0.5, 0.95
_SHORT_ID: Final = 2
_PHASES: Final = {
    "waiting": "waiting to begin",
    "production": "production",
    "inspection": "inspection, rework, waiting",
    "transit": "transit",
    "check": "until the goods are checked",
    "dispute": "dispute",
}
_BEGINS: Final = {
    "order_placed": "waiting",
    "production_started": "production",
    "production_finished": "inspection",
    "goods_shipped": "transit",
    "goods_received": "check",
}
_ENDS: Final = frozenset({"goods_checked", "order_ended_by_refund", "order_written_off", "lot_refused", "order_closed"})
_DISPUTE_ENDS: Final = frozenset(
    {"refund_paid", "refund_defaulted", "claim_rejected", "return_declined", "goods_shipped_in_dispute", "order_closed"}
)
_LABELS: Final = {
    "order_placed": ("placed", 4),
    "order_not_placed": ("not placed", 9),
    "supplier_changed": ("other supplier", 7),
    "visit_passed": ("visit passed", 2),
    "visit_failed": ("visit failed", 6),
    "extension_agreed": ("more time agreed", 5),
    "ship_date_passed": ("late", 6),
    "lot_accepted": ("lot accepted", 6),
    "lot_rejected": ("lot rejected", 8),
    "rework_refused": ("rework refused", 6),
    "rework_started": ("rework", 3),
    "lot_taken_anyway": ("taken all the same", 5),
    "lot_refused": ("lot refused", 9),
    "goods_shipped": ("shipped", 3),
    "goods_received": ("received", 7),
    "goods_checked": ("checked", 2),
    "latent_defects_shown": ("hidden defects", 5),
    "no_claim": ("no claim", 5),
    "order_written_off": ("given up", 9),
    "dispute_opened": ("dispute", 8),
    "supplier_conceded": ("claim accepted", 7),
    "buyer_accepted": ("offer accepted", 7),
    "supplier_silent": ("supplier silent", 5),
    "buyer_silent": ("buyer silent", 7),
    "buyer_escalated": ("platform called in", 5),
    "negotiation_ended": ("time to negotiate over", 4),
    "buyer_missed_evidence": ("no evidence in time", 7),
    "supplier_missed_evidence": ("no evidence from supplier", 5),
    "claim_rejected": ("claim rejected", 8),
    "claim_upheld": ("award", 6),
    "return_declined": ("goods kept", 5),
    "goods_returned": ("goods sent back", 5),
    "refund_paid": ("refund", 9),
    "refund_defaulted": ("refund never paid", 9),
}
"""Short labels of events, and their weight where not all have room; an event that is not here has a mark alone."""


@dataclass(frozen=True, slots=True)
class _Lane:
    """One order of one replication, from its labels down to the strip of its disputes, in pixels."""

    case: Told
    order: str
    events: tuple[Happening, ...]
    bar: float
    heading: float | None


def timeline(told: Sequence[Told], start: str, currency: str, *, theme: Theme = LIGHT, width: float = 640.0) -> Drawing:
    """Orders of told replications as dated lanes: what phase they were in, when, and what happened.

    Parameters
    ----------
    told
        Such as a typical and a bad replication of a plan.
    start
        The first day (ISO).
    currency
        Code of the currency.
    theme
        The look.
    width
        Of the whole picture, in pixels.
    """
    cases = [case for case in told if case.events]
    if not cases:
        return blank("No case was told.", title="What happened, by the calendar", theme=theme, width=width)
    orders = {event.order for case in cases for event in case.events}
    left = max(text_width(_order_text(order), NAME_SIZE) for order in orders) + 12 if len(orders) > 1 else 0.0
    last = max(event.day for case in cases for event in case.events) or 1.0
    right = room(width) - 8
    x = Across(0.0, last, left + 5, right, "", date_marks(start, last, right - left))
    seen = dict.fromkeys(phase for case in cases for order in orders for phase, _, _ in _phases(_of(case, order)))
    signs = [_sign(phase, theme) for phase in _PHASES if phase in seen]
    signs.append(Sign("event", "circle", theme.background, theme.ink, size=45))
    key_views, top = key(signs, room(width))
    lanes, labels, height = _lanes(cases, x, room(width), top + 6, levels=_LEVELS if width < NARROW else _LEVELS - 1)
    return picture(
        [
            *key_views,
            *x.grid([(top + 8, height)], theme),
            *_headings(lanes, currency, theme),
            *_bars(lanes, x, start, theme),
            *_events(lanes, labels, x, theme),
        ],
        title=_title(cases, start, currency),
        description=_words(cases, start, currency),
        theme=theme,
        width=width,
        height=height,
    )


def timeline_table(
    told: Sequence[Told], start: str, currency: str
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Headings and rows behind the chart, one row an event, in the order in which they happened."""
    headings = ("Case", "Date", "Order", f"What happened ({currency})", "Because of")
    return headings, tuple(
        (_case_text(case), day_text(start, event.day), event.order, event.sentence, event.rule)
        for case in told
        for event in case.events
    )


def _of(case: Told, order: str) -> tuple[Happening, ...]:
    return tuple(event for event in case.events if event.order == order)


def _phases(events: Sequence[Happening]) -> list[tuple[str, float, float]]:
    """Phases of an order that took any time: name, first and last day; a dispute runs beside the others."""
    found = []
    phase, since = "", 0.0
    opened: float | None = None
    for event in events:
        turn = _BEGINS.get(event.event)
        if phase and (turn or event.event in _ENDS):
            found.append((phase, since, event.day))
            phase = ""
        if turn:
            phase, since = turn, event.day
        if event.event == "dispute_opened" and opened is None:
            opened = event.day
        elif event.event in _DISPUTE_ENDS and opened is not None:
            found.append(("dispute", opened, event.day))
            opened = None
    last = events[-1].day if events else 0.0
    found += [(phase, since, last)] if phase else []
    found += [("dispute", opened, last)] if opened is not None else []
    return [(name, begin, end) for name, begin, end in found if end > begin]


def _colour(phase: str, theme: Theme) -> str:
    places = {"production": 0, "inspection": 1, "transit": 4, "check": 2, "dispute": 5}
    return theme.series_colour(places[phase]) if phase in places else mixed(theme.rest, theme.background, 0.4)


def _sign(phase: str, theme: Theme) -> Sign:
    colour = _colour(phase, theme)
    return Sign(_PHASES[phase], "square" if phase != "dispute" else "M-1,-0.5h2v1h-2Z", colour, colour, size=130)


def _lanes(
    cases: Sequence[Told], x: Across, right: float, top: float, *, levels: int
) -> tuple[list[_Lane], list[Row], float]:
    """Lanes from the top, each as high as its labels ask for; the labels; and the lower end of all."""
    lanes, labels = [], []
    down = top
    for case in cases:
        # The title says it all of a case that stands alone.
        heading: float | None = down + _HEADING / 2 + 4 if len(cases) > 1 else None
        down += _HEADING if len(cases) > 1 else 0
        for order in dict.fromkeys(event.order for event in case.events):
            events = _of(case, order)
            found = flags(
                [x.at(event.day) for event in events],
                [_label(event)[0] for event in events],
                [_label(event)[1] for event in events],
                right=right,
                levels=levels,
            )
            bar = down + _LEVEL * max((flag.level for flag in found), default=0) + 6
            labels += [
                {
                    "at": flag.at,
                    "begin": flag.begin,
                    "down": bar - _LEVEL * (flag.level - 0.5) - 2,
                    "top": bar - _LEVEL * flag.level,
                    "bar": bar,
                    "text": _label(events[flag.number])[0],
                }
                for flag in sorted(found, key=lambda flag: flag.number)
            ]
            lanes.append(_Lane(case, order, events, bar, heading))
            heading = None
            down = bar + _BAR + _STRIP + _BETWEEN
    return lanes, labels, down


def _label(event: Happening) -> tuple[str, int]:
    return _LABELS.get(event.event, ("", 0))


def _case_text(case: Told) -> str:
    kind = {_TYPICAL: "typical case", _BAD: "bad case"}.get(
        case.quantile, f"case at {percentage(case.quantile)} of the losses"
    )
    return f"{kind} (replication {case.replication:,})"


def _headings(lanes: Sequence[_Lane], currency: str, theme: Theme) -> list[View]:
    cases = [
        {
            "at": 0,
            "down": lane.heading,
            "text": f"{_case_text(lane.case).capitalize()}: {amount(lane.case.loss, currency)} lost",
        }
        for lane in lanes
        if lane.heading is not None
    ]
    at = {"x": pixels("at"), "y": pixels("down"), "text": told("text")}
    look = {"type": "text", "align": "left", "baseline": "middle", "fontSize": NAME_SIZE}
    rim = {"stroke": theme.background, "strokeWidth": 5, "color": theme.background}
    views = [
        view("cases_rim", look | rim | {"fontWeight": "bold"}, cases, **at),
        view("cases", look | {"fontWeight": "bold"}, cases, **at),
    ]
    if len({lane.order for lane in lanes}) > 1:
        orders = [{"at": 0, "down": lane.bar + _BAR / 2, "text": _order_text(lane.order)} for lane in lanes]
        views.append(view("orders", look, orders, **at))
    return views


def _bars(lanes: Sequence[_Lane], x: Across, start: str, theme: Theme) -> list[View]:
    rows = [row for lane in lanes for row in _bar_rows(lane, x, start, theme)]
    named = [row for row in rows if text_width(row["text"]) + 10 < row["wide"] and row["phase"] != "dispute"]
    lines: list[Row] = [{"begin": lane.events[0].day, "end": lane.events[-1].day, "down": lane.bar} for lane in lanes]
    return [
        view(
            "lines",
            {"type": "rule", "color": theme.muted, "strokeWidth": 1},
            lines,
            x=x.field("begin"),
            x2={"field": "end"},
            y=pixels("down"),
        ),
        view(
            "phases",
            {"type": "rect", "stroke": theme.background, "strokeWidth": 0.8},
            rows,
            x=x.field("begin"),
            x2={"field": "end"},
            y=pixels("top"),
            y2={"field": "bottom"},
            color=given("colour"),
            tooltip=tips(case="Case", order="Order", text="Phase", told="From and to"),
        ),
        view(
            "phase_names",
            {"type": "text", "baseline": "middle", "align": "center"},
            named,
            x=x.field("middle"),
            y=pixels("down"),
            text=told("text"),
            color=given("ink"),
        ),
    ]


def _bar_rows(lane: _Lane, x: Across, start: str, theme: Theme) -> Iterator[Row]:
    for phase, begin, end in _phases(lane.events):
        beside = phase == "dispute"
        top = lane.bar + _BAR + 1 if beside else lane.bar
        colour = _colour(phase, theme)
        yield {
            "case": _case_text(lane.case),
            "order": lane.order,
            "phase": phase,
            "text": "inspection" if phase == "inspection" else phase,
            "begin": begin,
            "end": end,
            "middle": (begin + end) / 2,
            "wide": x.at(end) - x.at(begin),
            "top": top,
            "bottom": top + (_STRIP - 1 if beside else _BAR),
            "down": lane.bar + _BAR / 2,
            "colour": colour,
            "ink": text_on(colour),
            "told": f"{day_text(start, begin)} to {day_text(start, end)}",
        }


def _events(lanes: Sequence[_Lane], labels: Sequence[Row], x: Across, theme: Theme) -> list[View]:
    rows: list[Row] = [
        {
            "case": _case_text(lane.case),
            "order": lane.order,
            "day": event.day,
            "down": lane.bar,
            "moment": event.moment.replace("T", " "),
            "sentence": event.sentence,
        }
        for lane in lanes
        for event in lane.events
    ]
    look = {"type": "text", "align": "left", "baseline": "middle"}
    rim = {"stroke": theme.background, "strokeWidth": 4, "color": theme.background}
    at = {"x": pixels("begin"), "y": pixels("down"), "text": told("text")}
    return [
        view(
            "masts",
            {"type": "rule", "color": theme.muted, "strokeWidth": 1},
            labels,
            x=pixels("at"),
            y=pixels("top"),
            y2={"field": "bar"},
        ),
        view("labels_rim", look | rim, labels, **at),
        view("labels", look, labels, **at),
        view(
            "events",
            {"type": "point", "shape": "circle", "size": 34, "opacity": 1, "strokeWidth": 1.4}
            | {"fill": theme.background, "stroke": theme.ink},
            rows,
            x=x.field("day"),
            y=pixels("down"),
            tooltip=tips(case="Case", order="Order", moment="When", sentence="What happened"),
        ),
    ]


def _order_text(order: str) -> str:
    """The id of an order as a reader meets it; a name that is a word needs nothing before it."""
    return f"order {order}" if len(order) <= _SHORT_ID else order


def _title(cases: Sequence[Told], start: str, currency: str) -> str:
    if len(cases) == 1:
        first, last = cases[0].events[0].day, cases[0].events[-1].day
        return f"From {day_text(start, first)} to {day_text(start, last)}, {counted(round(last - first), 'day')}"
    kinds = {_TYPICAL: "a typical case", _BAD: "a bad one"}
    parts = [f"{kinds.get(case.quantile, 'a case')} loses {amount(case.loss, currency)}" for case in cases]
    title = listed(parts)
    return title[0].upper() + title[1:]


def _words(cases: Sequence[Told], start: str, currency: str) -> str:
    parts = []
    for case in cases:
        told_events = [_label(event)[0] or words(event.event) for event in case.events if _label(event)[1] > 5]  # noqa: PLR2004 - the weightiest
        parts.append(
            f"{_case_text(case).capitalize()} loses {amount(case.loss, currency)} and ends on "
            f"{day_text(start, case.events[-1].day)}: {', '.join(told_events)}"
        )
    return f"{'. '.join(parts)}."
