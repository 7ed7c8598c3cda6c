"""The search for the value at which the choice flips: one input moved, the chosen plan against every other.

Every plan is simulated with the same replications at every value, so that the difference of two plans is a curve and
not a cloud, and a few values are enough to find where it crosses zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import floor, log10
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from sim.studies.flip_facts import Flip, Skipped
from sim.studies.flip_words import kind_of
from sim.studies.points import Point

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from sim.measures import Estimate
    from sim.scenario import Scenario
    from sim.studies.findings import Finding
    from sim.studies.usual_ranges import Moved

    Found = TypeVar("Found")
    Asking = Generator[list[Point], list[Finding], Found]

MOST_PLANS: Final = 8
"""Of more plans those are looked at that lose least at the present values."""
_PULLS: Final = 3
"""How often an end that makes no valid scenario is pulled in halfway to the present value."""
_BETWEEN: Final = (1 / 3, 2 / 3)
"""Where another plan is looked for between the present value and an end, as shares of the way."""
_STEPS: Final = 8
_MIDDLE: Final = 0.5
_FINENESS: Final = 30
"""Parts of the range that a value is told to, at least: 0.1 to 0.3 is told in steps of 0.001."""
_WHOLE_DAYS_FROM: Final = 10
"""Range of days from which on whole days are fine enough."""
_REFINED: Final = 2


@dataclass(frozen=True)
class Choice:
    """The chosen plan and its rivals, at the present values."""

    chosen: str
    rivals: tuple[str, ...]
    confidence: float
    base: Finding

    @property
    def plans(self) -> tuple[str, ...]:
        """All of them, the chosen one first."""
        return (self.chosen, *self.rivals)

    def more(self, finding: Finding) -> dict[str, Estimate]:
        """How much more each rival that was simulated loses than the chosen plan."""
        return {
            rival: finding.difference(rival, self.chosen, self.confidence)
            for rival in self.rivals
            if rival in finding.plans
        }


def choice_between(scenario: Scenario, base: Finding, chosen: str | None) -> Choice:
    """The plans that are looked at; intervals are widened for all of them together (Bonferroni)."""
    best = base.best if chosen is None else chosen
    others = sorted((name for name in base.plans if name != best), key=lambda name: base.plans[name].sums["loss"].total)
    rivals = tuple(others[: MOST_PLANS - 1])
    doubt = 1 - scenario.model.run.confidence
    return Choice(best, rivals, 1 - doubt / max(len(rivals), 1), base)


class Tried(NamedTuple):
    """A value that was tried.

    Attributes
    ----------
    x
        The value.
    more
        How much more each rival loses there than the chosen plan.
    """

    x: float
    more: Mapping[str, Estimate]

    @property
    def better(self) -> list[str]:
        """Rivals that lose less beyond doubt."""
        return [name for name, more in self.more.items() if more.high < 0]

    @property
    def ahead(self) -> list[str]:
        """Rivals that lose less by the estimate."""
        return [name for name, more in self.more.items() if more.value < 0]

    @property
    def leader(self) -> str:
        """The rival that loses least."""
        return min(self.more, key=lambda name: self.more[name].value)

    def gain(self, names: Sequence[str]) -> float:
        """How much less the best of some rivals loses than the chosen plan; negative where it loses more."""
        return max(-self.more[name].value for name in names)


# ----------------------------------------------------------------------------------------------- one input


@dataclass
class Look:
    """One input looked into, and what came of it.

    Its questions are asked by a generator: what it yields is simulated together with the questions of all other
    inputs, and what was found is sent back.
    """

    moved: Moved
    choice: Choice
    found: list[tuple[float, Flip]] = field(default_factory=list)
    doubtful: list[Flip] = field(default_factory=list)
    steady: Flip | None = None
    skipped: Skipped | None = None

    def questions(self) -> Asking[None]:
        """Ask for values until all is known."""
        moved, base = self.moved, Tried(self.moved.present, self.choice.more(self.choice.base))
        ends, reason = yield from self._ends()
        if not ends:
            self.skipped = Skipped(moved.path, moved.label, reason)
            return
        if all(end.more == base.more for end in ends.values()):
            self.skipped = Skipped(moved.path, moved.label, "it makes no difference between these plans")
            return
        reach = {side: end.x for side, end in ends.items()}
        low, high = reach.get("below", moved.present), reach.get("above", moved.present)
        unmoved = Flip(
            moved.path, moved.label, moved.present, low, high, None, None, None, loses=0.0, source=moved.source
        )
        for side, end in ends.items():
            other = next((one for one in ends.values() if one is not end), None)
            yield from self._side(unmoved, side, end, base, other)
        if not self.found and not self.doubtful:
            self.steady = unmoved

    def _ends(self) -> Asking[tuple[dict[str, Tried], str]]:
        """What was found at the ends, by side, and what is wrong with one that cannot be had."""
        present, reason = self.moved.present, ""
        found: dict[str, Tried] = {}
        wanted = {"below": self.moved.low, "above": self.moved.high}
        for _ in range(_PULLS + 1):
            wanted = {side: x for side, x in wanted.items() if x != present}
            findings = yield [self._point(x) for x in wanted.values()]
            broken = {}
            for (side, x), finding in zip(wanted.items(), findings, strict=True):
                if finding.error is None:
                    found[side] = Tried(x, self.choice.more(finding))
                else:
                    reason, broken[side] = finding.error, self._settable((x + present) / 2)
            wanted = broken
        return found, reason

    def _side(self, unmoved: Flip, side: str, end: Tried, base: Tried, other_end: Tried | None) -> Asking[None]:
        """Look for a better plan between the present value and an end."""
        tried = [end]
        if not end.better and _comes_near(end, base, other_end):
            tried += yield from self._between(base.x, end.x)
        far = next((one for one in tried if one.better), None)
        open_at = next((one for one in tried if one.ahead), None)
        if far is not None:
            at, other = yield from self._located(base, far)
            flip = replace(
                _reaching(unmoved, side, far.x),
                at=_rounded(at, self.moved),
                other=other,
                loses=-far.more[other].value,
                further=None if far.leader == other else far.leader,
            )
            self.found.append((abs(at - base.x) / (unmoved.high - unmoved.low), flip))
        elif open_at is not None:
            other, loses = open_at.leader, -open_at.more[open_at.leader].value
            self.doubtful.append(replace(_reaching(unmoved, side, open_at.x), other=other, loses=loses))

    def _between(self, present: float, end: float) -> Asking[list[Tried]]:
        """What was found at a few values between the present one and an end."""
        inner = dict.fromkeys(self._settable(present + share * (end - present)) for share in _BETWEEN)
        wanted = [x for x in inner if x not in {present, end}]
        findings = yield [self._point(x) for x in wanted]
        pairs = zip(wanted, findings, strict=True)
        return [Tried(x, self.choice.more(finding)) for x, finding in pairs if finding.error is None]

    def _located(self, base: Tried, far: Tried) -> Asking[tuple[float, str]]:
        """About where the chosen plan is overtaken on the way to a far value, and by which plan.

        Notes
        -----
        Chandrupatla (1997), *A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear function
        without using derivatives*: a parabola through three values where the curve is smooth enough, the middle where
        it jumps; here with the straight line as its first step. All plans are simulated at the first value, so that one
        which overtakes earlier than those at the far end is seen.
        """
        names, rivals = self.choice.plans, tuple(far.better)
        newest, opposite, former = base, far, far
        if base.gain(rivals) > 0:
            return base.x, far.leader
        share = _straight(base, far, rivals)
        for _ in range(_STEPS):
            fine = _step(self.moved) / (1 if self.moved.is_whole else 2) / abs(opposite.x - newest.x)
            if fine > _MIDDLE:
                break
            share = min(max(share, fine), 1 - fine)
            x = self._settable(newest.x + share * (opposite.x - newest.x))
            if x in {newest.x, opposite.x}:
                break
            (finding,) = yield [self._point(x, names)]
            if finding.error is not None:
                break
            tried = Tried(x, self.choice.more(finding))
            rivals = tuple(dict.fromkeys((*rivals, *(name for name in tried.ahead if base.more[name].value >= 0))))
            names = (self.choice.chosen, *rivals)
            if tried.gain(rivals) == 0 > base.gain(rivals):
                newest = opposite = tried
                break
            if (tried.gain(rivals) > 0) == (newest.gain(rivals) > 0):
                newest, former = tried, newest
            else:
                newest, opposite, former = tried, newest, opposite
            share = _parabola(newest, opposite, former, rivals)
        near, beyond = (newest, opposite) if opposite.gain(rivals) > 0 else (opposite, newest)
        ahead = [name for name in rivals if far.more[name].value < 0]
        at = near.x + _straight(near, beyond, rivals) * (beyond.x - near.x)
        return at, min(ahead, key=lambda name: beyond.more[name].value)

    def _point(self, x: float, plans: tuple[str, ...] = ()) -> Point:
        return Point(self.moved.values(x), plans or self.choice.plans)

    def _settable(self, x: float) -> float:
        return float(round(x)) if self.moved.is_whole else x


def _reaching(flip: Flip, side: str, far: float) -> Flip:
    return replace(flip, side=side, low=far) if side == "below" else replace(flip, side=side, high=far)


def _comes_near(end: Tried, base: Tried, other: Tried | None) -> bool:
    """Whether a rival could be ahead between the present value and an end.

    It may be where it is nearer at one of both than it moves between them; or where a parabola, drawn through the other
    end as well, dips far below both.
    """
    for rival, more in end.more.items():
        here, there = base.more[rival].value, more.value
        least = min(here, there)
        if least < abs(there - here):
            return True
        if other is not None and _lowest(end.x, base.x, other.x, there, here, other.more[rival].value) < least / 2:
            return True
    return False


def _lowest(end: float, x: float, other: float, there: float, here: float, elsewhere: float) -> float:
    """Least value between `end` and `x` of the parabola through three points."""
    slope, beyond = (here - there) / (x - end), (elsewhere - here) / (other - x)
    bend = (beyond - slope) / (other - end)
    tilt = slope + bend * (x - end)
    lowest = x - tilt / (2 * bend) if bend > 0 else x
    if not min(x, end) < lowest < max(x, end):
        return min(here, there)
    return here + tilt * (lowest - x) + bend * (lowest - x) ** 2


def _straight(near: Tried, beyond: Tried, rivals: Sequence[str]) -> float:
    """Share of the way at which the straight line from a value to one beyond the crossing is zero."""
    left, right = near.gain(rivals), beyond.gain(rivals)
    return left / (left - right) if left < 0 else _MIDDLE


def _parabola(newest: Tried, opposite: Tried, former: Tried, rivals: Sequence[str]) -> float:
    """Share of the way between two values at which the parabola through three is zero; the middle where it misleads."""
    a, b, c = newest.x, opposite.x, former.x
    here, there, before = newest.gain(rivals), opposite.gain(rivals), former.gain(rivals)
    if 0 in {here, there} or before in {here, there}:
        return _MIDDLE
    place, height = (a - b) / (c - b), (here - there) / (before - there)
    if height**2 >= place or (1 - height) ** 2 >= 1 - place:
        return _MIDDLE
    first = here / (there - here) * before / (there - before)
    return first + (c - a) / (b - a) * here / (before - here) * there / (before - there)


def _step(moved: Moved) -> float:
    """What values of an input are told to: a power of ten, whole days where the range has many."""
    width = moved.high - moved.low
    step = float(10.0 ** floor(log10(width / _FINENESS)))
    if moved.is_whole or (kind_of(moved.path) == "days" and width >= _WHOLE_DAYS_FROM):
        return max(step, 1.0)
    return step


def _rounded(at: float, moved: Moved) -> float:
    """A value as it is told, kept apart from the present one."""
    step = _step(moved)
    if moved.is_whole:
        told = round(at / step) * step
        return moved.present + (1 if at > moved.present else -1) if told == moved.present else told
    for _ in range(_REFINED):
        if round(at / step) != round(moved.present / step):
            break
        step /= 10
    return float(f"{round(at / step) * step:.10g}")
