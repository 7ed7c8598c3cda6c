"""One replication, replayed and told: its dated events, the rule behind each, and what it came to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.engines import simulate
from sim.errors import InputError, Problem
from sim.experiments.precision import extent_wanted
from sim.experiments.record import protection_pack, scenario_with_extent
from sim.experiments.runs import plans_wanted, run
from sim.measures.risk import quantile_rank
from sim.model import build_model
from sim.narrative import EVENT_RULES, OBSTACLES
from sim.outcomes import LossComponent, RecoveryRule
from sim.protocol import Event
from sim.scenario.pack_words import value_in_words
from sim.units import CENTS, MINUTES_PER_DAY

if TYPE_CHECKING:
    from typing import Any

    from sim.engines import Engine, Tell
    from sim.experiments.runs import Progress
    from sim.model import PlanModel
    from sim.outcomes import Outcomes, Records
    from sim.scenario import Scenario
    from sim.terms import RulePack

    Record = Any  # one row of a structured array

_UNITS: Final = {"{money}": "cents", "{units}": "units", "{days}": "minutes"}
_MOST_REPLICATIONS: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """One event of a replication.

    Attributes
    ----------
    minute, moment
        When it happened, in minutes from the start and by the calendar.
    order
        Id of the order.
    event
        Name of the event in the protocol.
    amount, unit
        What the event is about, and in what it is counted: ``cents``, ``units`` or ``minutes``; None where the event
        is about no amount.
    sentence
        What happened, in plain words.
    rule
        The rule that caused it.
    """

    minute: int
    moment: datetime
    order: str
    event: str
    amount: int
    unit: str | None
    sentence: str
    rule: str

    @property
    def day(self) -> float:
        """Days from the start."""
        return round(self.minute / MINUTES_PER_DAY, 4)


@dataclass(frozen=True, slots=True)
class Story:
    """A replication as it went.

    Attributes
    ----------
    scenario, plan, replication, seed, currency
        Which replication it is, and the currency of its amounts.
    events
        In the order in which they happened.
    loss, components
        What the plan lost, and its exact split, in currency units.
    ground_up, drops, recovered
        The harm, where its recovery stopped, and what came back, in currency units.
    """

    scenario: str
    plan: str
    replication: int
    seed: int
    currency: str
    events: tuple[StoryEvent, ...]
    loss: float
    components: dict[str, float]
    ground_up: float
    drops: dict[str, float]
    recovered: float

    def as_data(self) -> dict[str, Any]:
        """The story as plain data, for JSON."""
        return {
            "scenario": self.scenario,
            "plan": self.plan,
            "replication": self.replication,
            "seed": self.seed,
            "currency": self.currency,
            "events": [
                {
                    "day": event.day,
                    "moment": event.moment.isoformat(timespec="minutes"),
                    "order": event.order,
                    "event": event.event,
                    "amount": event.amount if event.unit else None,
                    "unit": event.unit,
                    "sentence": event.sentence,
                    "rule": event.rule,
                }
                for event in self.events
            ],
            "loss": self.loss,
            "components": self.components,
            "recovery": {"ground_up": self.ground_up, **self.drops, "recovered": self.recovered},
        }


def explain(
    scenario: Scenario,
    *,
    plan: str | None = None,
    replication: int | None = None,
    quantile: float | None = None,
    replications: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    progress: Progress | None = None,
    tell: Tell | None = None,
    engine: str | Engine | None = None,
) -> Story:
    """Tell the story of one replication of a plan.

    Parameters
    ----------
    scenario
        From `sim.load_scenario`.
    plan
        Name of the plan; may be left out where there is only one.
    replication
        Its number, as in ``replications.parquet``.
    quantile
        Instead of a number: the replication at this quantile of the plan's loss, such as 0.99, out of as many
        replications as the scenario says.
    replications, seed, workers, progress, tell, engine
        As in `sim.run`; all but the seed matter for a quantile only, which any engine may look for. The story itself
        is always told by the reference engine.

    Returns
    -------
    Story
        The events, the loss and the recovery of that replication.

    Raises
    ------
    InputError
        An unknown plan, or not exactly one of `replication` and `quantile`, or one out of range.
    """
    name = _one_plan(scenario, plan)
    scenario = scenario_with_extent(scenario, extent_wanted(scenario, replications), seed)
    if quantile is None and replication is not None:
        number = _checked_number(replication)
    elif quantile is not None and replication is None:
        result = run(
            scenario,
            plans=[name],
            replications=replications,
            workers=workers,
            tables=False,
            progress=progress,
            tell=tell,
            engine=engine,
        )
        number = replication_at(result.tallies[name].losses, _checked_quantile(quantile))
    else:
        raise InputError(Problem("which replication? give its number, or a quantile of the loss such as 0.99"))
    model = build_model(scenario, name)
    outcomes = simulate(model, range(number, number + 1), trace=True)
    return story_told(scenario.name, model, outcomes, protection_pack(scenario))


def replication_at(losses: Records, quantile: float) -> int:
    """Number of the replication at a quantile of the loss; of equal losses the one that was simulated first.

    Parameters
    ----------
    losses
        Shape (n,), in the order of replication numbers from 0.
    """
    order = np.argsort(losses, kind="stable")
    value = losses[order[quantile_rank(len(losses), quantile)]]
    return int(np.flatnonzero(losses == value)[0])


def story_told(scenario: str, model: PlanModel, outcomes: Outcomes, pack: RulePack) -> Story:
    """The outcomes of a single replication, with its trace, as a story.

    Parameters
    ----------
    scenario
        Name of the scenario.
    model
        Of the plan.
    outcomes
        Of one replication.
    pack
        The rules of the buyer protection, whose values are told with them.
    """
    (record,) = outcomes.replications
    suppliers = [_supplier_name(model, row) for row in outcomes.orders[0]]
    return Story(
        scenario=scenario,
        plan=model.plan,
        replication=int(record["replication"]),
        seed=model.seed,
        currency=model.currency,
        events=tuple(_event_told(model, row, suppliers[int(row["order"])], pack) for row in outcomes.trace),
        loss=int(record["loss"]) / CENTS,
        components={c.name.lower(): int(record["components"][c]) / CENTS for c in LossComponent},
        ground_up=int(record["ground_up"]) / CENTS,
        drops={rule.name.lower(): int(record["drops"][rule]) / CENTS for rule in RecoveryRule},
        recovered=int(record["recovered"]) / CENTS,
    )


def _supplier_name(model: PlanModel, order: Record) -> str:
    index = int(order["supplier"])
    return model.supplier_names[index] if index >= 0 else ""


def _event_told(model: PlanModel, row: Record, supplier: str, pack: RulePack) -> StoryEvent:
    event, amount, minute = Event(int(row["event"])), int(row["amount"]), int(row["minute"])
    sentence, rule = EVENT_RULES[event]
    if event is Event.NO_CLAIM:
        obstacle, rule = OBSTACLES[RecoveryRule(amount)]
        sentence = f"{sentence}: {obstacle}"
    told = sentence.format(
        money=f"{model.currency} {amount / CENTS:,.2f}",
        units=f"{amount:,} {'unit' if amount == 1 else 'units'}",
        days=days_text(amount),
        supplier=supplier,
    )
    return StoryEvent(
        minute=minute,
        moment=datetime.combine(model.start, time()) + timedelta(minutes=minute),
        order=model.order_ids[int(row["order"])],
        event=event.name.lower(),
        amount=amount,
        unit=_unit_of(sentence),
        sentence=told,
        rule=_with_values(rule, pack),
    )


def _with_values(reference: str, pack: RulePack) -> str:
    """A reference to rules with what the protection says: ``protection: claim_window (30 days)``."""

    def named(match: re.Match[str]) -> str:
        rule = pack.rules.get(match[0])
        return match[0] if rule is None else f"{match[0]} ({value_in_words(rule)})"

    parts = reference.split("; ")
    return "; ".join(re.sub(r"\w+", named, part) if part.startswith("protection:") else part for part in parts)


def _unit_of(sentence: str) -> str | None:
    """What the amount of an event is counted in, by the placeholder of its sentence."""
    return next((unit for word, unit in _UNITS.items() if word in sentence), None)


def days_text(minutes: int) -> str:
    """A length of time in days, such as ``12.4 days``."""
    days = round(minutes / MINUTES_PER_DAY, 1)
    return "1 day" if days == 1 else f"{days:g} days"


def _checked_number(replication: int) -> int:
    if 0 <= replication < _MOST_REPLICATIONS:
        return replication
    raise InputError(Problem(f"{replication} is no replication", hint="they are numbered from 0"))


def _checked_quantile(quantile: float) -> float:
    if 0 <= quantile <= 1:
        return quantile
    raise InputError(Problem(f"{quantile} is no quantile", hint="a share from 0 to 1, such as 0.99"))


def _one_plan(scenario: Scenario, plan: str | None) -> str:
    if plan is not None:
        return plans_wanted(scenario, [plan])[0]
    names = plans_wanted(scenario, [])
    if len(names) > 1:
        raise InputError(Problem(f"which plan of {scenario.name}?", hint=f"one of {', '.join(names)}"))
    return names[0]
