"""Days of an agenda: what to do, by when or from when, and the rule that says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, unique
from typing import TYPE_CHECKING, Any, Final

from sim.scenario.pack_words import clock_in_words, value_in_words
from sim.studies.agenda.given import day_text, moment_text
from sim.studies.agenda.moments import Basis

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.studies.agenda.given import Clock
    from sim.studies.agenda.moments import Moment
    from sim.terms import RulePack

MARGIN: Final = timedelta(days=1)
"""Kept before the last whole day that is in time: the platform's clock may be in another time zone."""


@unique
class Kind(Enum):
    """What a day is."""

    DEADLINE = "by"
    OPENS = "from"
    EVENT = "on"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a day is what it is: a rule of the protection, or a value of the scenario.

    Attributes
    ----------
    name, value, clock
        The rule, its value and the moment it runs from, in words; the clock is empty for what has none.
    source
        Key of the pack's source, or ``scenario``.
    publication
        Where that is written, in full.
    assumption
        Nobody has measured or written it.
    """

    name: str
    value: str
    clock: str
    source: str
    publication: str
    assumption: bool

    def __str__(self) -> str:
        """As a table tells it, with (A) for an assumption."""
        start = f"from {self.clock}" if self.clock else ""
        mark = "(A)" if self.assumption else ""
        return " ".join(part for part in (self.name, self.value, start, f"({self.source})", mark) if part)

    def as_data(self) -> dict[str, Any]:
        """The reason as plain data."""
        return {
            "name": self.name,
            "value": self.value,
            "clock": self.clock or None,
            "source": self.source,
            "publication": self.publication,
            "assumption": self.assumption,
        }


def rule_told(pack: RulePack, name: str) -> Reason:
    """A rule of the protection as a reason."""
    rule = pack.rules[name]
    published = pack.sources.get(rule.source)
    words = rule.source if published is None else f"{published.title} ({published.publisher}, {published.date})"
    key = "scenario" if rule.overridden else rule.source
    return Reason(name, value_in_words(rule), clock_in_words(rule), key, words, rule.assumption)


def input_told(scenario: Scenario, path: str, value: str) -> Reason:
    """A value of the scenario as a reason."""
    _, source = scenario.sources.get(path, (None, ""))
    words = source or f"{scenario.path.name}, without a source"
    return Reason(path, value, "", "scenario", words, "assumption" in source.lower())


@dataclass(frozen=True, slots=True)
class ActDay:
    """A day on which the buyer must act, or may, or on which something happens.

    Attributes
    ----------
    order
        Id of the order.
    key
        What the day is about: the same for one order however its date moves.
    kind
        A last day, a first day, or the day of something.
    basis
        How it is known.
    day
        When to act. For a last day: a day before the last whole day that is in time.
    last_day, limit
        The last whole day that is in time, and the moment of the limit itself; None for what is no last day.
    moment
        When it is, for what is no last day.
    earliest, latest
        Where `day` lies in 90 % of the simulated orders; equal to it where it is not only expected.
    task
        What to do, as a sentence without its end.
    reasons
        Rules and values behind it.
    if_disputed
        Counts only if there is a dispute, and there is none yet.
    share
        How many of the simulated orders come to this; None where that says nothing.
    is_passed
        It lies before the last of the dates that are known.
    """

    order: str
    key: str
    kind: Kind
    basis: Basis
    day: date
    last_day: date | None
    limit: datetime | None
    moment: datetime | None
    earliest: date
    latest: date
    task: str
    reasons: tuple[Reason, ...]
    if_disputed: bool = False
    share: float | None = None
    is_passed: bool = False

    @property
    def is_expected(self) -> bool:
        """Whether it is only what the simulation expects."""
        return self.basis is Basis.EXPECTED

    @property
    def timing(self) -> str:
        """What is to be known of the day, in a sentence; empty where the day itself says it all."""
        parts = []
        if self.is_passed:
            parts.append("passed")
        if self.last_day is not None and self.limit is not None and not self.is_expected:
            parts.append(f"last safe day {day_text(self.last_day)}; limit {moment_text(self.limit)}")
        elif self.moment is not None and self.kind is Kind.OPENS and self.basis is Basis.MINUTE:
            parts.append(f"from {moment_text(self.moment)}")
        if self.earliest < self.latest:
            parts.append(f"90 % from {day_text(self.earliest)} to {day_text(self.latest)}")
        if self.share is not None:
            parts.append(f"in {self.share * 100:.0f} % of simulated orders")
        text = "; ".join(parts)
        return f"{text[0].upper()}{text[1:]}." if text else ""

    def as_data(self) -> dict[str, Any]:
        """The day as plain data; dates as ISO text."""
        return {
            "order": self.order,
            "key": self.key,
            "kind": self.kind.value,
            "basis": self.basis.name.lower(),
            "day": self.day.isoformat(),
            "weekday": f"{self.day:%A}",
            "last_safe_day": _iso(self.last_day),
            "limit": _iso(self.limit),
            "moment": _iso(self.moment),
            "earliest": self.earliest.isoformat(),
            "latest": self.latest.isoformat(),
            "task": self.task,
            "reasons": [reason.as_data() for reason in self.reasons],
            "if_disputed": self.if_disputed,
            "passed": self.is_passed,
            "share_of_simulated_orders": self.share,
        }


def _iso(moment: date | datetime | None) -> str | None:
    if isinstance(moment, datetime):
        return moment.isoformat(timespec="minutes")
    return None if moment is None else moment.isoformat()


@dataclass(frozen=True, slots=True)
class Writer:
    """Puts moments down as days of one order's agenda.

    Attributes
    ----------
    order
        Its id.
    clock
        By which minutes are dates.
    if_disputed
        Whether there is no dispute yet, and all of this is only for the case that there will be one.
    """

    order: str
    clock: Clock
    if_disputed: bool = False

    def last(self, key: str, limit: Moment, since: Moment, task: str, *reasons: Reason) -> ActDay:
        """The last day for something.

        Parameters
        ----------
        key, task, reasons
            As in `ActDay`.
        limit
            The last moment that is in time.
        since
            From when it can be done at all: no earlier day is named.
        """
        first = self.clock.day(since.minute)
        last = max(self.clock.day(limit.minute) - timedelta(days=1), first)

        def kept(minute: int) -> date:
            return max(self.clock.day(minute) - timedelta(days=1) - MARGIN, min(first, self.clock.day(minute)))

        expected = limit.basis is Basis.EXPECTED
        day = kept(limit.minute)
        return ActDay(
            self.order,
            key,
            Kind.DEADLINE,
            limit.basis,
            day,
            last,
            self.clock.moment(limit.minute),
            None,
            kept(limit.low) if expected else day,
            kept(limit.high) if expected else day,
            task,
            reasons,
            self.if_disputed,
        )

    def first(self, key: str, moment: Moment, task: str, *reasons: Reason) -> ActDay:
        """The first day for something: of days without a time the one on which it is surely possible."""
        is_open = moment.basis is not Basis.EXPECTED and moment.high > moment.low
        day = self.clock.day(moment.high) + timedelta(days=1) if is_open else self.clock.day(moment.minute)
        return self._at(key, Kind.OPENS, moment, day, task, reasons, None)

    def on(self, key: str, moment: Moment, task: str, *reasons: Reason, share: float | None = None) -> ActDay:
        """The day of something that happens."""
        return self._at(key, Kind.EVENT, moment, self.clock.day(moment.minute), task, reasons, share)

    def _at(
        self,
        key: str,
        kind: Kind,
        moment: Moment,
        day: date,
        task: str,
        reasons: tuple[Reason, ...],
        share: float | None,
    ) -> ActDay:
        expected = moment.basis is Basis.EXPECTED
        return ActDay(
            self.order,
            key,
            kind,
            moment.basis,
            day,
            None,
            None,
            self.clock.moment(moment.minute),
            self.clock.day(moment.low) if expected else day,
            self.clock.day(moment.high) if expected else day,
            task,
            reasons,
            self.if_disputed,
            share,
        )
