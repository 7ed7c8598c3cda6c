"""What a report shows of a run, as plain data: found once, kept beside the run, drawn and told as often as wanted.

Everything here is a value: no chart, no sentence longer than a label. Money is in currency units unless a name says
cents; days are counted from the start of the scenario.
"""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from sim.studies.flip_facts import Flips

VERSION: Final = 1
"""Of the layout of ``report.json``; facts of another version are found anew from the run."""


class Fact(BaseModel):
    """A value of a report: never changed, no key too many."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class Span(Fact):
    """An estimate with its confidence interval.

    Attributes
    ----------
    value, low, high
        The estimate and the ends of its interval, equal where there is none.
    """

    value: float
    low: float
    high: float


class Curve(Fact):
    """A function given at some places, in ascending order of `at`; where it jumps, a place stands there twice.

    Attributes
    ----------
    at
        Places.
    value
        What it is there.
    """

    at: tuple[float, ...]
    value: tuple[float, ...]


class CashOut(Fact):
    """Money paid out and not yet come back as goods or refund, over time.

    Attributes
    ----------
    days
        From the start.
    low, median, high
        Ends of the band that holds 90 % of the replications on each day, and its middle, in currency units.
    """

    days: tuple[float, ...]
    low: tuple[float, ...]
    median: tuple[float, ...]
    high: tuple[float, ...]


class Happening(Fact):
    """One event of a told replication.

    Attributes
    ----------
    day, moment
        From the start, and by the calendar (ISO, to the minute).
    order, event
        Id of the order, and the event's name in the protocol.
    sentence, rule
        What happened in plain words, and the rule that caused it.
    """

    day: float
    moment: str
    order: str
    event: str
    sentence: str
    rule: str


class Told(Fact):
    """A replication told as it went.

    Attributes
    ----------
    replication
        Its number.
    quantile
        Of the plan's loss: 0.5 for a typical one, 0.95 for a bad one.
    loss
        What it lost, in currency units.
    components, drops
        Its exact split, in currency units, without what is nothing.
    ground_up, recovered
        Its harm and what of it came back.
    events
        In the order in which they happened.
    """

    replication: int
    quantile: float
    loss: float
    components: dict[str, float]
    ground_up: float
    drops: dict[str, float]
    recovered: float
    events: tuple[Happening, ...]


class Duel(Fact):
    """The best plan against another one, replication by replication, with the same luck.

    Attributes
    ----------
    better, worse
        Share of replications in which the best plan loses less, and more; in all others they lose the same.
    by_better, by_worse
        How much less and how much more it loses in those, on average, in currency units; 0 where there are none.
    skewness
        Of the differences: how far a few large ones outweigh many small ones; 0 where all are equal.
    """

    better: float
    worse: float
    by_better: float
    by_worse: float
    skewness: float


class PlanFacts(Fact):
    """What a run found of one plan.

    Attributes
    ----------
    name, title
        Of the plan; the title is the scenario's, or else its orders in words.
    orders
        Each order in words, such as ``a: 3,000 from shenzhen, inspected (psi)``.
    loss
        Expected loss.
    more
        How much more it loses than the plan that loses least; None for that plan itself.
    settled
        Whether `more` lies above zero for sure; None for the best plan.
    tail, tail_99
        Mean loss of the worst 5 % and the worst 1 % of replications (CVaR).
    edge, edge_99
        Loss that 95 % and 99 % of replications stay below (VaR).
    deviation
        Standard deviation of the loss.
    components
        Sum over all replications of every component of the loss, in cents: they add up to `loss_cents`.
    loss_cents, ground_up_cents, recovered_cents
        Sums over all replications, in cents.
    drops
        Sum over all replications of what each rule stopped of the recovery, in cents: `ground_up_cents` less all of
        them is `recovered_cents`.
    late, claims, filled
        Share of replications with a late order and with a claim; mean share of the need served.
    days_to_close, peak_cash_out
        Days until nothing can change any more; most money out at any one time.
    quantiles
        Loss at shares of the replications, at least 0.01, 0.05, 0.25, 0.5, 0.75, 0.95 and 0.99.
    exceedance
        Share of replications that lose more than an amount.
    histogram
        Share of replications with a loss from each edge of `Facts.edges` to the next; the first and the last hold all
        that lies beyond.
    duel
        The best plan and this one, replication by replication; None for the best plan itself.
    cash
        Money out over time; None where it was not looked into.
    typical, bad
        A replication in the middle and one in the tail; None where none was told.
    """

    name: str
    title: str
    orders: tuple[str, ...]
    loss: Span
    more: Span | None
    settled: bool | None
    tail: Span
    tail_99: Span
    edge: Span
    edge_99: Span
    deviation: Span
    components: dict[str, int]
    loss_cents: int
    ground_up_cents: int
    drops: dict[str, int]
    recovered_cents: int
    late: Span
    claims: Span
    filled: Span
    days_to_close: Span
    peak_cash_out: Span
    quantiles: Curve
    exceedance: Curve
    histogram: tuple[float, ...]
    duel: Duel | None = None
    cash: CashOut | None = None
    typical: Told | None = None
    bad: Told | None = None


class RuleFact(Fact):
    """A rule of the buyer protection.

    Attributes
    ----------
    name, meaning
        The rule, and what it says.
    value, clock
        In words; the moment from which a time limit runs, or nothing.
    source, url
        Where it is from.
    assumption, overridden
        Whether the source is silent; whether the scenario puts its own value in the pack's place.
    note
        What else there is to say.
    """

    name: str
    meaning: str
    value: str
    clock: str
    source: str
    url: str | None
    assumption: bool
    overridden: bool
    note: str


class PackFacts(Fact):
    """The rule pack of a run."""

    id: str
    title: str
    date: str
    summary: str
    rules: tuple[RuleFact, ...]


class InputFact(Fact):
    """An input of the scenario, in the ledger of assumptions.

    Attributes
    ----------
    section
        The first key of its path, such as ``suppliers``.
    path
        Dotted path of the value.
    value
        As a reader wants it.
    source
        The file's own words, or ``no source given``, ``default``, ``a choice`` or ``set for this run``.
    kind
        ``"sourced"``, ``"fitted"`` from past orders, ``"assumption"``, ``"unsourced"``, ``"default"``, or
        ``"choice"`` of what decides what is asked, such as a plan.
    previous
        The value that it took the place of: the file's, that before it was fitted, or for a rule the protection's.
    label
        What it is about, where the path does not say so.
    """

    section: str
    path: str
    value: str
    source: str
    kind: str
    previous: str | None = None
    label: str = ""


class UnknownPlan(Fact):
    """What not knowing the inputs does to the loss of a plan.

    Attributes
    ----------
    name
        Of the plan.
    low, high
        Between which its expected loss lies in so many of the parameter sets, in currency units.
    share
        Of the variance with which its expected loss is known that is not knowing; the rest is chance.
    """

    name: str
    low: float
    high: float
    share: float


class UnknownFacts(Fact):
    """What not knowing the inputs does to the answer: of a run with parameter sets.

    Attributes
    ----------
    sentence
        For the buyer.
    sets
        How many.
    probability
        Share of the sets in which an expected loss lies in its interval.
    plans
        The one that loses least first.
    """

    sentence: str
    sets: int
    probability: float
    plans: tuple[UnknownPlan, ...]


class StudyFacts(Fact):
    """A finished study of the same scenario, as a report shows it.

    Attributes
    ----------
    kind, folder
        Such as ``breakeven``, and the name of its folder.
    verdict
        Its answer in words.
    charts
        SVG texts by the names of their files, without ending.
    """

    kind: str
    folder: str
    verdict: str
    charts: dict[str, str]


class Facts(Fact):
    """Everything that a report shows of a run.

    Attributes
    ----------
    version
        `VERSION`.
    scenario, title, description
        Name, title and description of the scenario.
    currency, start
        Code of the currency; the first day (ISO).
    seed, replications, confidence, engine, program
        How it was found; `program` is the version of Lotwise.
    precision_reached
        False where a wanted precision was not reached.
    verdict
        The comparison's verdict, in a sentence.
    edges
        Of the histograms, in currency units, ascending.
    plans
        The one that loses least first.
    flips
        What would change the choice; None where it was not looked into.
    pack
        The rules; None where they were not looked up.
    ledger
        Every input; none where they were not looked up.
    studies
        Finished studies of the same scenario, such as a break-even.
    unknown
        What not knowing the inputs does; None where the scenario has no parameter sets.
    """

    version: int = VERSION
    scenario: str
    title: str
    description: str
    currency: str
    start: str
    seed: int
    replications: int
    confidence: float
    engine: str
    program: str
    precision_reached: bool
    verdict: str
    edges: tuple[float, ...]
    plans: tuple[PlanFacts, ...]
    flips: Flips | None = None
    pack: PackFacts | None = None
    ledger: tuple[InputFact, ...] = ()
    studies: tuple[StudyFacts, ...] = ()
    unknown: UnknownFacts | None = None

    @property
    def best(self) -> PlanFacts:
        """The plan that loses least in this run."""
        return self.plans[0]

    @property
    def settled(self) -> bool:
        """Whether the best plan is so beyond doubt."""
        return all(plan.settled for plan in self.plans[1:])
