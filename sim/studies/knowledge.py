"""What knowing the uncertain inputs is worth, as it is told: in figures, in a table, and in three sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.experiments.verdict import money
from sim.experiments.wording import MOST_NAMED, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame

    from sim.measures import Estimate
    from sim.studies.decision_rules import Range

EVERYTHING: Final = "everything"
_WHOLE_FROM: Final = 100


class Knowledge(NamedTuple):
    """What knowing some inputs is worth.

    Attributes
    ----------
    name
        The path of a single input, the name of a group or of a look, or `EVERYTHING`.
    inputs
        Paths of what is known; none for a look, which tells of several and of none exactly.
    value
        In currency units, of following a rule that was fitted to other points, with an interval that holds for all
        rows together; n is the number of points.
    plug_in
        What a rule promises at the points that it was fitted to, or for `EVERYTHING` the best plan of each point by
        itself: too much on average, as luck is taken for foresight.
    changes
        In which share of the points the rule chooses another plan than the one that is best without knowing.
    """

    name: str
    inputs: tuple[str, ...]
    value: Estimate
    plug_in: float
    changes: float

    @property
    def is_shown(self) -> bool:
        """Whether it is beyond doubt that it is worth anything."""
        return self.value.low > 0


@dataclass(frozen=True, slots=True)
class Information:
    """What knowing the uncertain inputs is worth.

    Attributes
    ----------
    currency, confidence
        Of the amounts, and of all intervals together.
    best
        The plan to choose without knowing more.
    losses
        By plan, in the order of the scenario: expected loss over the belief in all inputs.
    singles, groups
        Each input by itself, and groups of them, the most valuable first.
    everything
        All of them at once.
    looks
        What is worth looking at before ordering, in the order in which it was asked for.
    ranges
        For each input, where which plan loses least.
    points, failed
        How many points there are, and how many of them gave no result.
    reason
        What was wrong with the first of those.
    """

    currency: str
    confidence: float
    best: str
    losses: Mapping[str, Estimate]
    singles: tuple[Knowledge, ...]
    groups: tuple[Knowledge, ...]
    everything: Knowledge
    ranges: tuple[Range, ...]
    points: int
    failed: int
    reason: str | None = None
    looks: tuple[Knowledge, ...] = ()

    @property
    def met(self) -> bool:
        """Nothing was guaranteed."""
        return True

    @property
    def knowledge(self) -> tuple[Knowledge, ...]:
        """Every row: everything, the groups, the single inputs, and the looks."""
        return (self.everything, *self.groups, *self.singles, *self.looks)

    @property
    def verdict(self) -> str:
        """What a buyer should know."""
        return verdict_text(self)

    def ranges_of(self, path: str) -> tuple[Range, ...]:
        """Where which plan loses least, for one input."""
        return tuple(one for one in self.ranges if one.path == path)

    def tables(self) -> dict[str, DataFrame]:
        """One row for each thing to know, one for each range of an input, and one for each plan."""
        from pandas import DataFrame

        information = [
            (one.name, ",".join(one.inputs), *one.value[:3], one.plug_in, one.changes, one.value.n)
            for one in self.knowledge
        ]
        columns = ["name", "inputs", "value", "ci_low", "ci_high", "plug_in", "changes", "n"]
        plans = [(name, *loss) for name, loss in self.losses.items()]
        return {
            "information": DataFrame(information, columns=columns),
            "rules": DataFrame(self.ranges, columns=["input", "from", "to", "plan", "share", "saved"]),
            "plans": DataFrame(plans, columns=["plan", "value", "ci_low", "ci_high", "n"]),
        }

    def data(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "currency": self.currency,
            "confidence": self.confidence,
            "points": self.points,
            "failed": self.failed,
            "best": self.best,
            "verdict": self.verdict,
            "information": [_row(one) for one in self.knowledge],
            "rules": [one._asdict() for one in self.ranges],
            "plans": [{"plan": name, **loss._asdict()} for name, loss in self.losses.items()],
        }


def _row(one: Knowledge) -> dict[str, Any]:
    value = {"value": one.value.value, "ci_low": one.value.low, "ci_high": one.value.high}
    return {
        "name": one.name,
        "inputs": list(one.inputs),
        **value,
        "plug_in": one.plug_in,
        "changes": one.changes,
        "n": one.value.n,
    }


def verdict_text(found: Information) -> str:
    """Which plan to choose as things stand, what is worth knowing before, and how much all of it is worth at most."""
    return " ".join((_exact_text(found), *(_look_text(one, found.currency) for one in found.looks)))


def _look_text(one: Knowledge, currency: str) -> str:
    if one.is_shown:
        return f"{one.name} before ordering: worth {_worth(one, currency)}, what that costs or earns not counted."
    most = max(one.value.high, 0.0)
    if most == 0:
        return f"{one.name} before ordering: worth nothing, you would choose the same."
    return f"{one.name} before ordering: not shown to be worth anything, {money(most, currency)} at the very most."


def _exact_text(found: Information) -> str:
    choose = f"Before ordering, choose {found.best}."
    shown = [one for one in found.singles if one.is_shown]
    if not shown:
        return f"{choose} {_none_by_itself(found)}"
    first, *others = shown
    priced = listed([_priced(one, found.currency) for one in others], most=MOST_NAMED, between=" and ")
    then = f"; then {priced}" if others else ""
    told = (
        f"Knowing {first.name} exactly would be worth at most {_worth(first, found.currency)}: "
        f"an audit or a sample order that costs more cannot pay{then}."
    )
    if len(found.singles) == 1:
        return f"{choose} {told}"
    everything = (
        f"Knowing everything listed would be worth at most {_worth(found.everything, found.currency)}"
        if found.everything.is_shown
        else "That knowing everything listed is worth more cannot be told from luck"
    )
    rest = "" if len(shown) == len(found.singles) else "; nothing else is shown to be worth knowing by itself"
    return f"{choose} {told} {everything}{rest}."


def _none_by_itself(found: Information) -> str:
    together = [one for one in (*found.groups, found.everything) if one.is_shown]
    if together and len(found.singles) > 1:
        first = together[0]
        what = "everything listed" if first.name == EVERYTHING else f"all of {first.name} ({', '.join(first.inputs)})"
        return (
            "No single input is shown to be worth knowing by itself; "
            f"knowing {what} would be worth at most {_worth(first, found.currency)}."
        )
    most = max(found.everything.value.high, 0.0)
    if most == 0:
        return "Nothing listed is worth knowing before: whatever came out, you would choose the same."
    return (
        "Nothing listed is shown to be worth knowing before: "
        f"choosing anew with all of it known would save no more than {money(most, found.currency)}."
    )


def changes_text(found: Information, path: str) -> str:
    """Where knowing an input would change the choice, and to what; empty where it would not."""
    parts = [_bounds(one) + f" you would choose {one.plan}" for one in found.ranges_of(path) if one.plan != found.best]
    return ", ".join(parts)


def _bounds(one: Range) -> str:
    if one.low is None and one.high is None:
        return "everywhere"
    if one.low is None:
        return f"below {_plain(one.high or 0.0)}"
    if one.high is None:
        return f"above {_plain(one.low)}"
    return f"from {_plain(one.low)} to {_plain(one.high)}"


def _plain(value: float) -> str:
    """A value of an input as somebody would say it: three digits, or whole where it is large."""
    return f"{value:,.0f}" if abs(value) >= _WHOLE_FROM else f"{value:.3g}"


def _worth(one: Knowledge, currency: str) -> str:
    low, value, high = one.value.low, one.value.value, one.value.high
    return f"{money(value, currency, beside=high)} ({money(low, beside=high)} to {money(high)})"


def _priced(one: Knowledge, currency: str) -> str:
    return f"{one.name} ({money(one.value.value, currency)})"
