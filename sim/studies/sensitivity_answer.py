"""The answer of a sensitivity study: what decides, how sure that is, and where the answer flips."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from sim.experiments.verdict import money
from sim.experiments.wording import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas import DataFrame

    from sim.studies.discovery import Discovery
    from sim.studies.explanations import Explanation
    from sim.studies.findings import Finding
    from sim.studies.outputs import Output, Responses

_MOST_NAMED: Final = 3
_COUNTED: Final = {"morris": "trajectories", "sobol": "base points", "pawn": "points"}


@dataclass(frozen=True)
class Sensitivity:
    """What a sensitivity study comes to.

    Attributes
    ----------
    scenario, currency
        Name of the scenario, and of its money.
    own
        What the plans come to with the scenario's own values.
    is_default_pair
        Whether the plans were chosen because they lose least there.
    output
        What is explained.
    explanation
        By the method that was asked for.
    discovery
        Where the answer flips; None where one plan alone is explained.
    searched
        Points of its own on which that was looked for, if there are any.
    joint
        How inputs that are known together only were varied, in a sentence; None where there are none.
    """

    scenario: str
    currency: str
    own: Finding
    is_default_pair: bool
    output: Output
    explanation: Explanation
    discovery: Discovery | None = None
    searched: Responses | None = None
    joint: str | None = None

    @property
    def met(self) -> bool:
        """Nothing was promised that could have been missed."""
        return True

    @property
    def failed(self) -> int:
        """Points without a result."""
        return self.explanation.found.failed + (0 if self.searched is None else self.searched.failed)

    @property
    def verdict(self) -> str:
        """What decides, who wins how often, and where the other plan does."""
        flips = () if self.discovery is None else self.discovery.sentences[:2]
        return " ".join((self.decision, *flips))

    @property
    def decision(self) -> str:
        """What decides, and what hardly matters."""
        found = self.explanation
        subject = f"how much {self.output.plan} loses"
        between = subject if self.output.other is None else f"between {self.output.plan} and {self.output.other}"
        rest = _hardly(found.negligible)
        if not found.deciding:
            if len(found.negligible) == len(found.ranking):
                return f"None of the inputs makes a difference to {self.output.name}."
            return f"No input stands out in what decides {between}, as far as these points tell{rest}."
        named = found.deciding[:_MOST_NAMED]
        told = listed([f"{path} ({found.said[path]})" for path in named])
        unsure = "" if found.of(named[0], found.main).converged else "; these figures are not settled yet"
        return f"What decides {between} is {told}{unsure}{rest}."

    @property
    def subject(self) -> str:
        """What is explained, and from where it starts, in a sentence."""
        losses = {name: money(self.own.mean(name).value) for name in self.output.plans}
        if self.output.other is None:
            return f"Explained is {self.output.name}: {losses[self.output.plan]} with the scenario's own values."
        pair = " and ".join(f"{name} ({amount})" for name, amount in losses.items())
        if self.is_default_pair:
            return f"Compared are the two plans that lose least with the scenario's own values: {pair}."
        return f"Compared are {pair}; the losses are those with the scenario's own values."

    @property
    def notes(self) -> tuple[str, ...]:
        """How far the figures can be trusted."""
        noise = () if self.explanation.noise is None else (self.explanation.noise.said,)
        joint = () if self.joint is None else (self.joint,)
        return (*self._open(), *noise, *self.explanation.notes, *joint)

    def _open(self) -> tuple[str, ...]:
        """What is not settled, and what would settle it."""
        found = self.explanation
        if not found.unconverged or found.wanted is None:
            return ()
        inputs = len({one.input for one in found.unconverged})
        start = f"Not settled (?): {inputs} of {len(found.ranking)} inputs"
        if not isfinite(found.wanted):
            return (f"{start}; those that lie close together cannot be told apart: take them to matter alike.",)
        if found.wanted_of == "replications":
            return (f"{start}; --replications {found.wanted:.0f} would likely settle them.",)
        return (
            f"{start}; {found.wanted:,.0f} {_COUNTED[found.method]} would likely do (--points {found.wanted:.0f}).",
        )

    def tables(self) -> dict[str, DataFrame]:
        """Indices and points; bars of a tornado, and the corners where the answer flips."""
        import pandas as pd

        columns = ["method", "input", "index", "value", "ci_low", "ci_high", "converged"]
        tables = {
            "indices": pd.DataFrame(self._index_rows(), columns=columns),
            "points": pd.DataFrame(self._point_rows()),
        }
        if self.explanation.bars:
            tables["tornado"] = pd.DataFrame([asdict(bar) for bar in self.explanation.bars])
        if self.discovery is not None and self.discovery.held_out:
            tables["corners"] = pd.DataFrame(self._corner_rows(), columns=[*_CORNER_COLUMNS])
        return tables

    def data(self) -> dict[str, Any]:
        """The answer as plain data."""
        found = self.explanation
        base = self.output.at(self.own)
        return {
            "scenario": self.scenario,
            "currency": self.currency,
            "method": found.method,
            "plans": list(self.output.plans),
            "plans_chosen": "lose least with the scenario's own values" if self.is_default_pair else "named",
            "own_values": {"value": base.value, "ci_low": base.low, "ci_high": base.high},
            "points": found.points,
            "points_simulated": len(found.found.findings),
            "failed": self.failed,
            "replications": found.found.replications,
            "verdict": self.verdict,
            "indices": self._index_rows(),
            "deciding": list(found.deciding),
            "negligible": list(found.negligible),
            "dummy_threshold": found.threshold if found.method == "pawn" else None,
            "tornado": [asdict(bar) for bar in found.bars],
            "noise": None if found.noise is None else found.noise.as_data(),
            "would_settle": None if found.wanted is None else {found.wanted_of: found.wanted},
            "flips": None if self.discovery is None else self.discovery.as_data(),
            "notes": list(self.notes),
        }

    def _index_rows(self) -> list[dict[str, Any]]:
        found = self.explanation
        return [
            {
                "method": found.method,
                "input": one.input,
                "index": one.index,
                "value": one.value,
                "ci_low": one.low,
                "ci_high": one.high,
                "converged": one.converged,
            }
            for one in found.indices
        ]

    def _point_rows(self) -> list[dict[str, Any]]:
        rows = self._rows_of(self.explanation.method, self.explanation.found)
        return rows if self.searched is None else [*rows, *self._rows_of("discover", self.searched)]

    def _rows_of(self, design: str, found: Responses) -> list[dict[str, Any]]:
        """One row for each point: its values, what each plan loses there, and the difference of the two."""
        rows = []
        for number, finding in enumerate(found.findings):
            row: dict[str, Any] = {
                "design": design,
                "point": number,
                **dict.fromkeys(one.path for one in found.members),
            }
            row.update(finding.point.values)
            for plan in self.output.plans:
                row[f"loss.{plan}"] = None if finding.error else finding.mean(plan).value
            if self.output.other is not None:
                names = ("difference", "difference_low", "difference_high")
                row.update(dict.fromkeys(names) if finding.error else zip(names, self.output.at(finding), strict=False))
            rows.append({**row, "error": finding.error})
        return rows

    def _corner_rows(self) -> list[dict[str, Any]]:
        """One row for each limited input of each corner."""
        corners = () if self.discovery is None else self.discovery.corners
        return [
            {
                "corner": number,
                "plan": corner.plan,
                "input": one.input,
                "over": one.over,
                "under": one.under,
                "quasi_p": one.chance,
                "density": corner.density.value,
                "density_low": corner.density.low,
                "density_high": corner.density.high,
                "coverage": corner.coverage,
                "mass": corner.mass,
                "outside": corner.outside.value,
                "of_the_rest": corner.is_rest,
            }
            for number, corner in enumerate(corners, 1)
            for one in corner.ranges
        ]


_CORNER_COLUMNS: Final = (
    "corner",
    "plan",
    "input",
    "over",
    "under",
    "quasi_p",
    "density",
    "density_low",
    "density_high",
    "coverage",
    "mass",
    "outside",
    "of_the_rest",
)


def _hardly(paths: Sequence[str]) -> str:
    """What hardly matters, as the end of a sentence."""
    if not paths:
        return ""
    return f"; {listed(paths)} hardly {'matters' if len(paths) == 1 else 'matter'}"
