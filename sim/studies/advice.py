"""Advice on how to order: the way that loses least, how sure that is, and what the safer ways cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.experiments.verdict import money
from sim.experiments.wording import MOST_NAMED, listed, percentage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame

    from sim.experiments.selected import Selection
    from sim.measures import Estimate
    from sim.studies.front import Tried


@dataclass(frozen=True)
class Advice:
    """What an optimisation came to.

    Attributes
    ----------
    currency
        Of every amount.
    tried
        Every candidate, by what it came to in the last round that it was simulated in; the least expected loss first,
        those of the last round before the others.
    front
        The chosen candidate, then those that are safer beyond doubt.
    unbeaten
        Names of all candidates that none beats both on average and in the worst 5 %, told apart or not.
    finalists
        Names of the candidates that could still be the best after the last round.
    selection
        The contest between them; None where there was one only.
    guarantee, indifference
        With this probability no other candidate saves this amount or more on average.
    own
        The scenario's own plan that loses least; the chosen candidate where it is one, or where none has a result.
    to_own, to_safe
        How much more that plan, and the safe end of the front, lose than the chosen one, pair by pair; None where it is
        the chosen one itself.
    at_edge
        A word of warning where the best quantity may lie beyond those that were tried.
    ways
        Number of ways that were thought of.
    whole
        Whether all of them were tried; a search tries some.
    dropped
        Why some are impossible, each reason with the number of ways.
    failures
        Candidates without a result, with the reason.
    """

    currency: str
    tried: tuple[Tried, ...]
    front: tuple[Tried, ...]
    unbeaten: frozenset[str]
    finalists: tuple[str, ...]
    selection: Selection | None
    guarantee: float
    indifference: float
    own: Tried
    to_own: Estimate | None
    to_safe: Estimate | None
    at_edge: str
    ways: int
    whole: bool
    dropped: Mapping[str, int]
    failures: Mapping[str, str]

    @property
    def chosen(self) -> Tried:
        """The candidate to choose."""
        return self.front[0]

    @property
    def safest(self) -> Tried:
        """The safe end of the front."""
        return self.front[-1]

    @property
    def met(self) -> bool:
        """Whether the guarantee was reached."""
        return self.selection is None or self.selection.reached

    @property
    def failed(self) -> int:
        """Number of candidates without a result."""
        return len(self.failures)

    @property
    def verdict(self) -> str:
        """How to order, in one line; then what one's own plans cost more, and what more safety costs."""
        return " ".join(filter(None, (self._answer(), self._against_own(), self._safe_end(), self.at_edge)))

    @property
    def plan_entry(self) -> dict[str, Any] | None:
        """The chosen plan as a scenario file writes it, by its name; None where the scenario has it already."""
        candidate = self.chosen.candidate
        return None if candidate.is_own else {candidate.name: {"orders": candidate.orders}}

    def _answer(self) -> str:
        chosen = self.chosen
        amount = money(self.indifference, self.currency, beside=chosen.loss.value)
        loss = f"{money(chosen.loss.value, self.currency)} ± {money(chosen.loss.half_width, beside=chosen.loss.value)}"
        answer = f"{chosen.candidate.instruction()}: {loss} expected loss"
        if self.met:
            sure = (
                f"{percentage(self.guarantee)}: no other of the {len(self.tried):,} ways tried saves {amount} or more"
            )
            return f"{answer} ({sure})."
        return f"{answer}. Not confirmed: {self._not_ruled_out()}."

    def _not_ruled_out(self) -> str:
        plans = self.selection.plans[1:] if self.selection is not None else ()
        left = [plan for plan in plans if plan.eliminated_after is None and plan.to_chosen is not None]
        most = max((-plan.to_chosen.low for plan in left if plan.to_chosen is not None), default=0.0)
        names = listed([plan.name for plan in left], last="or", most=MOST_NAMED)
        return f"{names} may lose up to {money(most, self.currency)} less on average"

    def _against_own(self) -> str:
        if self.to_own is None:
            return "It is a plan of yours already." if self.chosen.candidate.is_own else ""
        if self.to_own.low <= 0:
            return f"Your own best plan, {self.own.name}, can hardly be told from it ({span(self.to_own)} more)."
        more = f"{money(self.to_own.value, self.currency)} more on average ({span(self.to_own)})"
        return f"Your own best plan, {self.own.name}, loses {more}."

    def _safe_end(self) -> str:
        if self.to_safe is None:
            return "Nothing that was tried is surely safer in the worst 5 %."
        safe, chosen = self.safest, self.chosen
        drop = f"from {money(chosen.tail.value, self.currency)} to {money(safe.tail.value, beside=chosen.tail.value)}"
        price = f"{money(self.to_safe.value, self.currency)} more on average ({span(self.to_safe)})"
        if self.to_safe.low <= 0:
            price = f"hardly more on average ({span(self.to_safe)})"
        return f"The safe end is {safe.name}: the mean of the worst 5 % drops {drop}, for {price}."

    def tables(self) -> dict[str, DataFrame]:
        """Every candidate with its values and figures; the front; the contest between the finalists; what failed."""
        import pandas as pd

        tables = {
            "candidates": pd.DataFrame([self._row(one) for one in self.tried]),
            "front": pd.DataFrame([self._row(one) for one in self.front]),
        }
        if self.selection is not None:
            tables["selection"] = self.selection.table
        if self.failures:
            tables["failures"] = pd.DataFrame(list(self.failures.items()), columns=["candidate", "reason"])
        return tables

    def _row(self, one: Tried) -> dict[str, Any]:
        return {
            **one.candidate.as_row(),
            "round": one.round,
            "replications": one.loss.n,
            "expected_loss": one.loss.value,
            "ci_low": one.loss.low,
            "ci_high": one.loss.high,
            "loss_cvar_95": one.tail.value,
            "cvar_low": one.tail.low,
            "cvar_high": one.tail.high,
            "finalist": one.name in self.finalists,
            "on_front": one.name in self.unbeaten,
            "chosen": one.name == self.chosen.name,
        }

    def data(self) -> dict[str, Any]:
        """The advice as plain data."""
        return {
            "verdict": self.verdict,
            "currency": self.currency,
            "chosen": self._row(self.chosen),
            "plan": self.plan_entry,
            "guarantee": self.guarantee,
            "indifference": self.indifference,
            "guarantee_reached": self.met,
            "own_plan": self.own.name,
            "own_plan_more": _interval(self.to_own),
            "safe_end": self.safest.name,
            "safe_end_more": _interval(self.to_safe),
            "front": [self._row(one) for one in self.front],
            "tried": len(self.tried),
            "ways": self.ways,
            "whole": self.whole,
            "dropped": dict(self.dropped),
            "failures": dict(self.failures),
            "selection": None if self.selection is None else self.selection.data(),
        }


def span(difference: Estimate) -> str:
    """An interval in words, such as ``340 to 420``."""
    return f"{money(difference.low, beside=difference.high)} to {money(difference.high, beside=difference.low)}"


def _interval(difference: Estimate | None) -> dict[str, float] | None:
    if difference is None:
        return None
    return {"value": difference.value, "low": difference.low, "high": difference.high}
