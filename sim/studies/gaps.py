"""What each rule costs: the loss as it is against the loss with the rule relaxed, replication by replication."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, Problem
from sim.experiments.wording import unknown_name
from sim.studies.amounts import give_or_take, size_of
from sim.studies.points import Point
from sim.studies.relaxations import ALL, BUYER, RELAXATION_NAMES, Relaxation, relaxations_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pandas import DataFrame

    from sim.measures import Estimate
    from sim.scenario import Scenario
    from sim.studies.changes import Change, Pairs
    from sim.studies.findings import Finding

_COLUMNS = ("rule", "drop", "who", "change", "plan", "worth", "low", "high", "n", "best_then", "skipped")


@dataclass(frozen=True)
class Gap:
    """A rule, and what it would be worth to have it relaxed.

    Attributes
    ----------
    relaxation
        What is relaxed.
    worth
        By plan: how much less it loses then, in currency units; none where the rule is skipped or failed. The
        intervals hold for all rules and plans together.
    best
        The plan that loses least then, by the estimate.
    best_settled
        Whether it loses less than the plan that is best as things are, beyond doubt.
    error
        Why there is no result; None where there is one, or where nothing was to be found out.
    """

    relaxation: Relaxation
    worth: Mapping[str, Estimate]
    best: str | None = None
    best_settled: bool = False
    error: str | None = None

    @property
    def dearest(self) -> str | None:
        """The plan for which the rule matters most."""
        return max(self.worth, key=lambda plan: abs(self.worth[plan].value), default=None)

    @property
    def reason(self) -> str | None:
        """Why it has no price."""
        return self.relaxation.skipped or self.error


@dataclass(frozen=True)
class Gaps:
    """What every rule of a buyer protection costs.

    Attributes
    ----------
    pack
        Id of the protection.
    base
        What was found with all rules as they are.
    gaps
        In the order in which the rules stop money; all of them together last.
    confidence
        Of all intervals together.
    currency
        Of every amount.
    failed
        Rules without a result.
    met
        There is nothing that could not be met.
    """

    pack: str
    base: Finding
    gaps: tuple[Gap, ...]
    confidence: float
    currency: str
    failed: int
    met: bool = True

    @property
    def best(self) -> str:
        """The plan that loses least with all rules as they are."""
        return self.base.best

    @property
    def priced(self) -> list[Gap]:
        """Single rules that have a price, the dearest for the best plan first."""
        single = [gap for gap in self.gaps if gap.worth and gap.relaxation.name != ALL]
        return sorted(single, key=lambda gap: -gap.worth[self.best].value)

    @property
    def _all(self) -> Gap | None:
        """All rules together, where they have a price."""
        return next((gap for gap in self.gaps if gap.relaxation.name == ALL and gap.worth), None)

    @property
    def verdict(self) -> str:
        """What an importer should know of it, in a few sentences."""
        sentences = [self._dearest(), self._limit(), self._together()]
        return " ".join(sentence for sentence in sentences if sentence)

    def _dearest(self) -> str:
        start = f"With {self.pack}"
        if not self.priced and self._all is not None:
            return f"{start} all rules were relaxed at once."
        if not self.priced:
            reasons = {gap.reason for gap in self.gaps if gap.reason and gap.relaxation.name != ALL}
            why = f" ({next(iter(reasons))})" if len(reasons) == 1 else ""
            return f"{start} there is no rule to relax{why}."
        shown = [gap for gap in self.priced if gap.worth[self.best].low > 0]
        if not shown:
            return f"{start} no rule costs {self.best} anything that {self.base.n:,} replications could show."
        first = shown[0].relaxation
        text = f"{start} the gap that costs most is {_drop(first)}: {self._worth(shown[0])} under {self.best}."
        own = next((gap for gap in shown if gap.relaxation.who == BUYER), None)
        if own is None:
            return f"{text} Nothing that is in your own hands shows a gain."
        if own is not shown[0]:
            text += f" Of what is in your own hands, {self._worth(own)}."
        return text

    def _limit(self) -> str:
        gap = next((gap for gap in self.priced if gap.relaxation.name == "limit"), None)
        if gap is None or gap is self.priced[0]:
            return ""
        worth = gap.worth[self.best]
        if worth.low <= 0 <= worth.high:
            return f"Lifting the limit is worth nothing here ({self._amount(worth)})."
        return f"Lifting the limit is worth {self._amount(worth)}."

    @property
    def _has_choices(self) -> bool:
        return any(gap.relaxation.is_choice for gap in self.priced)

    def _together(self) -> str:
        gap = self._all
        if gap is None or len(self.priced) == 1:
            return ""
        worth = gap.worth[self.best]
        every = "All of them together" + (", your own ways of bargaining left out," if self._has_choices else "")
        text = f"{every} are worth {self._amount(worth)}"
        if worth.high < 0:
            more = self._amount(size_of(worth))
            text = f"{every} would make {self.best} lose {more} more: claims cost time"
        elif worth.low <= 0:
            text = f"{every} show no gain ({self._amount(worth)})"
        if len(self.base.plans) == 1:
            return f"{text}."
        if gap.best == self.best:
            return f"{text}; {self.best} would stay the best plan."
        settled = "" if gap.best_settled else ", which is not settled"
        return f"{text}; {gap.best} would then be the best plan{settled}."

    def _worth(self, gap: Gap) -> str:
        return f"{gap.relaxation.doing} is worth {self._amount(gap.worth[self.best])}"

    def _amount(self, worth: Estimate) -> str:
        return give_or_take(worth, self.currency)

    def rows(self) -> list[dict[str, Any]]:
        """One row for each rule and plan; a rule without a price has one, with the reason."""
        return [row for gap in self.gaps for row in _rows(gap)]

    def tables(self) -> dict[str, DataFrame]:
        """Every rule under every plan."""
        import pandas as pd

        return {"gaps": pd.DataFrame(self.rows(), columns=list(_COLUMNS))}

    def data(self) -> dict[str, Any]:
        """The answer as plain numbers and texts."""
        return {
            "protection": self.pack,
            "currency": self.currency,
            "confidence": self.confidence,
            "replications": self.base.n,
            "best": self.best,
            "verdict": self.verdict,
            "gaps": [
                {
                    "rule": gap.relaxation.name,
                    "settings": {setting.path: setting.value for setting in gap.relaxation.settings},
                    "best_then": gap.best,
                    "best_then_settled": gap.best_settled,
                    "skipped": gap.reason,
                    "worth": {plan: estimate._asdict() for plan, estimate in gap.worth.items()},
                }
                for gap in self.gaps
            ],
            "failed": self.failed,
        }


def _drop(relaxation: Relaxation) -> str:
    return f"'{relaxation.drop.name.lower().replace('_', ' ')}'" if relaxation.drop is not None else relaxation.name


def _rows(gap: Gap) -> list[dict[str, Any]]:
    relaxation = gap.relaxation
    common = {
        "rule": relaxation.name,
        "drop": relaxation.drop.name.lower() if relaxation.drop is not None else None,
        "who": relaxation.who or None,
        "change": relaxation.change or None,
        "best_then": gap.best,
        "skipped": gap.reason,
    }
    if not gap.worth:
        return [{**common, "plan": None, "worth": None, "low": None, "high": None, "n": None}]
    return [
        {**common, "plan": plan, "worth": worth.value, "low": worth.low, "high": worth.high, "n": worth.n}
        for plan, worth in gap.worth.items()
    ]


def gaps_found(pairs: Pairs, scenario: Scenario, *, plans: Sequence[str] = (), rules: Sequence[str] = ()) -> Gaps:
    """Price of every rule that stands between a buyer and the money back.

    Parameters
    ----------
    pairs
        Compares points replication by replication.
    scenario
        With its protection.
    plans
        Names of plans; all where none is named.
    rules
        Of `sim.studies.relaxations.RELAXATION_NAMES`; all where none is named.

    Returns
    -------
    Gaps
        For each rule and plan: the mean of the loss as it is less the loss with the rule relaxed, with its interval.

    Raises
    ------
    InputError
        There is no such rule or plan, or the scenario itself cannot be simulated.

    Notes
    -----
    All intervals hold together (Bonferroni over rules and plans), so that the dearest rule may be looked for among
    them.
    """
    _checked(rules)
    names = tuple(plans) or tuple(plan.name for plan in scenario.plans)
    relaxations = relaxations_of(scenario, names, rules)
    lax = [relaxation for relaxation in relaxations if relaxation.settings]
    base = Point((), tuple(plans))
    (start,) = pairs.findings([base])
    if start.error is not None:
        raise InputError(Problem(f"{scenario.name} cannot be simulated: {start.error}"))
    changes = pairs.changes(base, [Point(relaxation.settings, tuple(plans)) for relaxation in lax])
    found = dict(zip((relaxation.name for relaxation in lax), changes, strict=True))
    confidence = scenario.model.run.confidence
    together = 1 - (1 - confidence) / max(len(lax) * len(start.plans), 1)
    gaps = tuple(_gap(relaxation, found.get(relaxation.name), start.best, together) for relaxation in relaxations)
    failed = sum(gap.error is not None for gap in gaps)
    return Gaps(scenario.model.protection, start, gaps, confidence, scenario.model.currency, failed)


def _checked(rules: Sequence[str]) -> None:
    problems = [
        unknown_name(f"there is no rule {name!r} that can be relaxed", name, RELAXATION_NAMES, otherwise="one of")
        for name in rules
        if name not in RELAXATION_NAMES
    ]
    if problems:
        raise InputError(*problems)


def _gap(relaxation: Relaxation, change: Change | None, best: str, confidence: float) -> Gap:
    if change is None:
        return Gap(relaxation, {})
    if change.error is not None:
        return Gap(relaxation, {}, error=change.error)
    worth = {plan: change.gain(plan, confidence) for plan in change.sums}
    then = change.other.best
    lead = change.other.difference(best, then, confidence)
    return Gap(relaxation, worth, then, best_settled=lead.low > 0)
