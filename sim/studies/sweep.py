"""A sweep: every plan at every point of a design, and which of them loses least where."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sim.experiments.verdict import money
from sim.experiments.wording import listed
from sim.studies.designs import design_points, varied_checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pandas import DataFrame

    from sim.measures import Estimate
    from sim.scenario import Scenario
    from sim.studies.designs import DesignName, Varied
    from sim.studies.findings import Finding, Simulates
    from sim.studies.points import Value

COLUMNS = ("recovered", "ground_up", "peak_cash_out")
"""What a sweep keeps besides the loss."""


@dataclass(frozen=True)
class Sweep:
    """What a sweep found.

    Attributes
    ----------
    paths
        What was varied.
    findings
        At every point, in the order of the design.
    confidence
        Of every interval; those of the differences to the best plan of a point are widened for the number of its plans,
        so that whether the best is settled holds for all of them together.
    currency
        Code for the amounts.
    """

    paths: tuple[str, ...]
    findings: tuple[Finding, ...]
    confidence: float
    currency: str

    @property
    def met(self) -> bool:
        """A sweep has nothing to reach."""
        return True

    @property
    def failed(self) -> int:
        """Points without a result."""
        return sum(finding.error is not None for finding in self.findings)

    @property
    def best(self) -> Counter[str]:
        """How often each plan loses least."""
        return Counter(finding.best for finding in self.findings if finding.error is None)

    def margin(self, finding: Finding) -> tuple[str | None, Estimate | None]:
        """The plan that comes next to the best at a point, and by how much; nothing where there is one plan only."""
        best = finding.best
        others = sorted((name for name in finding.plans if name != best), key=lambda name: _total(finding, name))
        if not others:
            return None, None
        return others[0], finding.difference(others[0], best, self._together(finding))

    def settled(self, finding: Finding) -> bool:
        """Whether no other plan can be taken for the best at a point."""
        best, level = finding.best, self._together(finding)
        return all(finding.difference(name, best, level).low > 0 for name in finding.plans if name != best)

    @property
    def verdict(self) -> str:
        """Which plan loses least where, in a few sentences."""
        found = [finding for finding in self.findings if finding.error is None]
        if not found:
            return f"No point makes a valid scenario: {self.findings[0].error}"
        count = self.best
        shares = [f"{name} at {often:,}" for name, often in count.most_common()]
        open_points = sum(not self.settled(finding) for finding in found)
        if len(count) == 1:
            where = "the one point" if len(found) == 1 else f"all {len(found):,} points"
            verb = "seems to lose" if open_points == len(found) else "loses"
            told = f"{next(iter(count))} {verb} least at {where}"
            told += "; nothing that was varied changes the choice." if not open_points and len(found) > 1 else "."
        else:
            told = f"Of {len(found):,} points, {listed(shares)} lose least."
            told += " Nowhere is that settled." if open_points == len(found) else ""
        least, most = self._margins(found)
        if least is not None and most is not None:
            low, high = money(least, self.currency), money(most, self.currency)
            told += f" The best plan is better than the next by {low if low == high else f'{low} to {high}'}."
        if open_points:
            told += f" At {_points(open_points)} the best is not settled with so many replications."
        return told + (f" No result: {_points(self.failed)}." if self.failed else "")

    def _margins(self, found: Sequence[Finding]) -> tuple[float | None, float | None]:
        margins = [gap.value for _, gap in map(self.margin, found) if gap is not None]
        return (min(margins), max(margins)) if margins else (None, None)

    def tables(self) -> dict[str, DataFrame]:
        """``sweep``: a row for each point and plan; ``best``: a row for each point."""
        import pandas as pd

        return {"sweep": pd.DataFrame(list(self._rows())), "best": pd.DataFrame(list(self._best_rows()))}

    def data(self) -> dict[str, Any]:
        """The verdict and a row for each point."""
        return {
            "varied": list(self.paths),
            "verdict": self.verdict,
            "failed": self.failed,
            "points": [_plain(row) for row in self._best_rows()],
        }

    def _together(self, finding: Finding) -> float:
        return 1 - (1 - self.confidence) / max(len(finding.plans) - 1, 1)

    def _values(self, number: int, finding: Finding) -> dict[str, Value]:
        return {"point": number, **dict(finding.point.values)}

    def _rows(self) -> Iterator[dict[str, Any]]:
        for number, finding in enumerate(self.findings):
            values = self._values(number, finding)
            if finding.error is not None:
                yield {**values, "plan": None, "n": 0, "error": finding.error}
                continue
            for plan in finding.plans:
                yield {**values, **self._plan_row(finding, plan), "error": None}

    def _plan_row(self, finding: Finding, plan: str) -> dict[str, Any]:
        loss, tail = finding.mean(plan, confidence=self.confidence), finding.tail(plan, self.confidence)
        more = finding.difference(plan, finding.best, self._together(finding))
        return {
            "plan": plan,
            "expected_loss": loss.value,
            "ci_low": loss.low,
            "ci_high": loss.high,
            "n": loss.n,
            "more_than_best": more.value,
            "more_low": more.low,
            "more_high": more.high,
            "best": plan == finding.best,
            "loss_cvar_95": tail.value,
            "cvar_low": tail.low,
            "cvar_high": tail.high,
            "recovery.ground_up": finding.mean(plan, "ground_up").value,
            "recovery.recovered": finding.mean(plan, "recovered").value,
            "peak_cash_out": finding.mean(plan, "peak_cash_out").value,
            "late_probability": finding.late_probability(plan).value,
            "claim_probability": finding.claim_probability(plan).value,
        }

    def _best_rows(self) -> Iterator[dict[str, Any]]:
        for number, finding in enumerate(self.findings):
            values = self._values(number, finding)
            if finding.error is not None:
                yield {**values, "best": None, "error": finding.error}
                continue
            second, gap = self.margin(finding)
            yield {
                **values,
                "best": finding.best,
                "expected_loss": finding.mean(finding.best).value,
                "next": second,
                "margin": None if gap is None else gap.value,
                "margin_low": None if gap is None else gap.low,
                "margin_high": None if gap is None else gap.high,
                "settled": self.settled(finding),
                "error": None,
            }


def sweep(simulates: Simulates, scenario: Scenario, varied: Sequence[Varied], design: DesignName, points: int) -> Sweep:
    """Every plan at every point of a design.

    Parameters
    ----------
    simulates
        The study.
    scenario
        Its scenario.
    varied, design, points
        As in `sim.studies.designs.design_points`; the seed of the design is the scenario's.

    Raises
    ------
    InputError
        As `design_points` and `sim.studies.designs.varied_checked`.
    """
    spec = scenario.model
    varied_checked(varied, scenario)
    chosen = design_points(varied, design, points, spec.run.seed)
    findings = simulates.findings(chosen)
    return Sweep(tuple(one.path for one in varied), tuple(findings), spec.run.confidence, spec.currency)


def _total(finding: Finding, plan: str) -> int:
    return finding.plans[plan].sums["loss"].total


def _points(number: int) -> str:
    return "1 point" if number == 1 else f"{number:,} points"


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row as JSON knows it: dates become text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
