"""Selections: the contest by hand, in step with sim-tools, and on engines whose losses are known."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from scipy import stats

import sim
from sim.errors import InputError
from sim.experiments.contest import Contest, Elimination, boundary_slack
from sim.experiments.selected import SelectedPlan, Selection
from sim.experiments.selection import choice_of, select, select_among
from sim.measures import Estimate
from sim.totals import Totals
from tests.unit.experiments import FIRST_ORDER
from tests.unit.fabricated import FabricatedModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType

    from numpy.typing import NDArray

    Table = NDArray[np.float64]

SCENARIO = sim.load_scenario(FIRST_ORDER)


def table(seed: int, plans: int, rounds: int = 4_000, gap: float = 0.3) -> Table:
    """Observations of plans that share some of their luck, each with a spread of its own; shape (rounds, plans)."""
    luck = np.random.default_rng(seed)
    means = luck.permutation(np.arange(plans) * gap)
    own = luck.normal(0, luck.uniform(0.5, 3, plans), (rounds, plans))
    return means + own + luck.normal(0, 2, (rounds, 1))


def contested(observations: Table, first: int, indifference: float, guarantee: float = 0.95) -> Contest:
    """A contest fed from a table until it is over."""
    contest = Contest(observations[:first], guarantee=guarantee, indifference=indifference)
    while not contest.settled:
        contest.add(observations[contest.rounds, contest.contenders])
    return contest


# ------------------------------------------------------------------------------------------ by hand


def test_slack_by_hand() -> None:
    # 2 * 0.25 / 1 = 1/2, to the power of -2 / (3 - 1): 2; eta = (2 - 1) / 2; h^2 = 2 * 1/2 * 2.
    assert boundary_slack(0.75, 2, 3) == 2
    # 2 * 0.05 / 4 = 1/40, to the power of -2 / (5 - 1): sqrt(40); eta = (sqrt(40) - 1) / 2; times 2 * 4.
    assert boundary_slack(0.95, 5, 5) == pytest.approx(4 * (40**0.5 - 1))


def test_contest_by_hand() -> None:
    """Differences -3, 1, 5: mean 1, variance 16; h^2 = 2 and delta = 2 give W(r) = (8 - r) / r."""
    contest = Contest(np.array([[-3.0, 0], [1, 0], [5, 0]]), guarantee=0.75, indifference=2)
    assert contest.contenders.tolist() == [0, 1]  # W(3) = 5/3 is more than 1
    assert contest.foreseen().tolist() == [4, 4]
    contest.add(np.array([1.0, 0]))
    assert contest.contenders.tolist() == [0, 1]  # W(4) = 1 is no less than 1
    contest.add(np.array([1.0, 0]))
    assert contest.contenders.tolist() == [1]  # W(5) = 3/5
    assert contest.settled
    assert contest.eliminations == [Elimination(plan=0, by=1, rounds=5)]
    assert contest.leader == 1


def test_it_is_the_furthest_ahead_that_rules_out() -> None:
    first = np.array([[0.0, 5, 1], [0.2, 5.1, 1.1], [0, 5, 0.9]])
    contest = Contest(first, guarantee=0.95, indifference=3)
    assert contest.eliminations[:1] == [Elimination(plan=1, by=0, rounds=3)]


def test_equal_plans_end_the_contest_together() -> None:
    column = np.random.default_rng(1).normal(0, 5, 10)
    contest = Contest(np.stack([column, column, column + 1], axis=1), guarantee=0.95, indifference=0.001)
    assert contest.settled
    assert contest.contenders.tolist() == [0, 1]
    assert contest.leader == 0
    assert contest.difference(1, 0, 0.95)[:3] == (0, 0, 0)
    # A constant difference has no spread: it is found at once, however small.
    assert contest.eliminations[0].plan == 2


def test_estimates_are_those_of_all_rounds_together() -> None:
    observations = 40_000 + table(3, 4)
    contest = contested(observations, 10, 0.2)
    chosen = contest.leader
    for plan in range(4):
        n = contest.observed(plan)
        own = observations[:n, plan]
        assert contest.mean(plan, 0.9)[:3] == pytest.approx((own.mean(), *interval(own, 0.9)))
        assert contest.mean(plan, 0.9).n == n
        if plan != chosen:
            both = observations[:n, plan] - observations[:n, chosen]
            assert contest.difference(plan, chosen, 0.99)[:3] == pytest.approx((both.mean(), *interval(both, 0.99)))
            assert contest.difference(chosen, plan, 0.99).value == pytest.approx(-both.mean())


def interval(values: Table, confidence: float) -> tuple[float, float]:
    """Student's interval."""
    low, high = stats.t.interval(confidence, len(values) - 1, values.mean(), stats.sem(values))
    return float(low), float(high)


def test_the_end_is_foreseen_where_the_means_stay() -> None:
    contest = Contest(table(8, 3)[:10], guarantee=0.95, indifference=0.05)
    foreseen = dict(zip(contest.contenders.tolist(), contest.foreseen(), strict=True))
    means = {plan: contest.mean(plan, 0.95).value for plan in foreseen}
    while not contest.settled:
        contest.add(np.array([means[plan] for plan in contest.contenders.tolist()]))
    out = {elimination.plan: elimination.rounds for elimination in contest.eliminations}
    assert out
    for plan, rounds in out.items():
        assert rounds - 2 <= foreseen[plan] <= rounds
    assert foreseen[contest.leader] == max(foreseen[plan] for plan in out)


# ------------------------------------------------------------------------------------------ sim-tools


@pytest.fixture(scope="session")
def published() -> ModuleType:
    """Module of sim-tools with its procedure KN, by its file: the package as a whole wants libraries that draw."""
    package = importlib.util.find_spec("sim_tools")
    assert package is not None, "sim-tools is missing: see requirements-dev.lock"
    assert package.origin is not None
    path = Path(package.origin).parent / "ovs" / "indifference_zone.py"
    spec = importlib.util.spec_from_file_location("published_indifference_zone", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@dataclass
class Replayed:
    """A model, as sim-tools takes one, that gives back what is in a table, and remembers how long each plan lasted."""

    observations: Table
    told: list[Any] = field(default_factory=list)
    taken: dict[int, int] = field(default_factory=dict)

    def register_observer(self, observer: object) -> None:
        self.told.append(observer)

    def simulate(self, design: int) -> None:
        taken = self.taken.get(design, 0)
        self.taken[design] = taken + 1
        for observer in self.told:
            observer.feedback(self, design, self.observations[taken, design])


def published_result(kind: type[Any], observations: Table, first: int, indifference: float) -> tuple[int, list[int]]:
    """What sim-tools chooses, and how many observations of each plan it looked at."""
    replayed = Replayed(observations)
    plans = observations.shape[1]
    procedure = kind(replayed, plans, indifference, alpha=1 - 0.95, n_0=first, obj="min")
    (chosen,) = procedure.solve()
    # It observes the survivors once more after each look, the last one included.
    return int(chosen), [replayed.taken[plan] - 1 for plan in range(plans)]


def our_result(observations: Table, first: int, indifference: float) -> tuple[int, list[int]]:
    """The same of ours; a plan that leaves after r observations has been looked at r times, as has the winner."""
    contest = contested(observations, first, indifference)
    return contest.leader, [contest.observed(plan) for plan in range(observations.shape[1])]


def looked_at(result: tuple[int, list[int]]) -> tuple[int, list[int]]:
    """A result of sim-tools counted as ours: those that left were not observed after their last look."""
    chosen, taken = result
    return chosen, [number + (plan != chosen) for plan, number in enumerate(taken)]


def put_right(kind: type[Any]) -> type[Any]:
    """Procedure KN of sim-tools with the variance of the pair that it means.

    It keeps the variances of all ordered pairs (i, l) row after row without the pairs (i, i), and looks up (i, l) at
    ``i * (k - 1) + l - 1``. That is the place where l comes after i; where it comes before, the pair stands at
    ``i * (k - 1) + l``, and it reads the variance of another pair. With two plans there is no other.
    """

    class PutRight(kind):  # type: ignore[misc]  # a class of a module without types
        def _limit_to_distance_from_sample_means(self, design_i: int, design_l: int) -> float:
            place = design_l + 1 if design_l < design_i else design_l
            return cast("float", super()._limit_to_distance_from_sample_means(design_i, place))

    return PutRight


@pytest.mark.parametrize(("first", "indifference"), [(5, 0.3), (10, 0.1), (20, 0.05), (40, 1.0)])
@pytest.mark.parametrize("seed", range(5))
def test_two_plans_go_as_published(published: ModuleType, seed: int, first: int, indifference: float) -> None:
    observations = table(seed, 2)
    assert our_result(observations, first, indifference) == looked_at(
        published_result(published.KN, observations, first, indifference)
    )


@pytest.mark.parametrize("plans", [3, 5, 8, 13])
@pytest.mark.parametrize("seed", range(3))
def test_plans_of_equal_spread_go_as_published(published: ModuleType, seed: int, plans: int) -> None:
    """Where all differences have one variance in the first stage, it does not matter which one is looked up."""
    observations = table(seed, plans)
    first = 20
    contrasts = np.linalg.qr(np.random.default_rng(seed).normal(size=(first, plans + 1)) + np.eye(first, plans + 1))[0]
    # Columns at right angles and of equal length, without their means: every two of them differ by the same variance.
    centred = contrasts - contrasts.mean(axis=0)
    basis = np.linalg.qr(centred)[0][:, :plans]
    observations[:first] = 5 * basis
    spread = np.var(observations[:first, :, np.newaxis] - observations[:first, np.newaxis], axis=0, ddof=1)
    off_diagonal = spread[~np.eye(plans, dtype=bool)]
    assert off_diagonal == pytest.approx(np.full(plans * (plans - 1), off_diagonal[0]))
    assert our_result(observations, first, 0.2) == looked_at(published_result(published.KN, observations, first, 0.2))


@pytest.mark.parametrize(("first", "indifference"), [(5, 0.5), (10, 0.2), (20, 0.1)])
@pytest.mark.parametrize("plans", [3, 5, 8, 13])
@pytest.mark.parametrize("seed", range(3))
def test_any_plans_go_as_published_put_right(
    published: ModuleType, seed: int, plans: int, first: int, indifference: float
) -> None:
    observations = table(seed, plans, gap=0.5)
    assert our_result(observations, first, indifference) == looked_at(
        published_result(put_right(published.KN), observations, first, indifference)
    )


def test_what_is_put_right_is_still_wrong(published: ModuleType) -> None:
    """Plan 2 is compared with plan 0 by the variance of plans 1 and 2: drop `put_right` when this fails."""
    spread = np.array([[0.0, 0, 0], [1, 9, 3], [2, 0, 9]])
    procedure = published.KN(Replayed(spread), 3, 1.0, n_0=3, obj="min")
    procedure._initialisation()  # noqa: SLF001 - nothing else shows what is looked up
    limits = [procedure._limit_to_distance_from_sample_means(2, 0), put_right_limit(published, spread)]  # noqa: SLF001
    assert limits[0] != pytest.approx(limits[1])


def put_right_limit(published: ModuleType, spread: Table) -> float:
    """How far plan 2 may be behind plan 0."""
    procedure = put_right(published.KN)(Replayed(spread), 3, 1.0, n_0=3, obj="min")
    procedure._initialisation()  # noqa: SLF001 - as above
    return cast("float", procedure._limit_to_distance_from_sample_means(2, 0))  # noqa: SLF001


# ------------------------------------------------------------------------------------------ on engines


@dataclass
class Known:
    """An engine whose losses are known, and that remembers what it simulated."""

    cents: Callable[[str, NDArray[np.int64]], NDArray[np.int64]]
    in_threads: bool = True
    name: str = "known"
    asked: list[tuple[str, range]] = field(default_factory=list)

    def summarise(self, model: FabricatedModel, replications: range) -> Totals:
        self.asked.append((model.plan, replications))
        numbers = np.arange(replications.start, replications.stop)
        return Totals(self.cents(model.plan, numbers), (), (), 0, 0)

    def prepare(self, tell: object = None) -> None:
        """Nothing."""


def noisy(plan: str, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Losses of plans whose names say what they lose on average, in currency units, such as ``a-100``."""
    shared = -np.log1p(-((numbers * 0.6180339887498949) % 1)) * 30_000
    own = ((numbers * 0.7548776662466927 + len(plan) * 0.1234 + ord(plan[0]) * 0.377) % 1 - 0.5) * 40_000
    cents: NDArray[np.int64] = np.rint(shared - 30_000 + own + 100 * int(plan[2:])).astype(np.int64)
    return cents


def among(plans: Iterable[str], **options: Any) -> Selection:  # noqa: ANN401 - of any kind, as `select_among` takes them
    """A selection among plans of these names."""
    models: Any = [FabricatedModel(plan=name) for name in plans]
    engine = options.pop("engine", None) or Known(noisy)
    given: dict[str, Any] = {"guarantee": 0.95, "indifference": 5, "batch": 10, "first": 10, **options}
    return select_among(models, cast("Any", engine), **given)


NAMES = ("a-1000", "b-1100", "c-1020", "d-1400", "e-1010")


def test_the_best_plan_is_chosen_and_the_others_leave() -> None:
    found = among(NAMES)
    assert found.chosen == "a-1000"
    assert found.reached
    by_name = {plan.name: plan for plan in found.plans}
    assert by_name["d-1400"].eliminated_after == 100
    assert by_name["a-1000"].eliminated_after is None
    assert by_name["a-1000"].to_chosen is None
    lasted = [by_name[name].replications for name in ("d-1400", "b-1100", "e-1010", "a-1000")]
    assert lasted == sorted(lasted)
    for plan in found.plans[1:]:
        assert plan.replications == plan.eliminated_after
        assert plan.eliminated_by in NAMES
    assert found.replications == sum(plan.replications for plan in found.plans)
    assert found.equal_allocation == 5 * found.plans[0].replications
    assert f"{found.replications:,} replications of 5 plans" in found.verdict
    assert f"equal numbers would have been {found.equal_allocation:,}" in found.verdict


def test_others_stand_in_order_of_what_they_lose_more() -> None:
    found = among(NAMES)
    more = [plan.to_chosen.value for plan in found.plans[1:] if plan.to_chosen is not None]
    assert len(more) == 4
    assert more == sorted(more)
    assert found.table["plan"].tolist() == [plan.name for plan in found.plans]
    assert found.data()["plans"][1]["difference"] == more[0]


def test_an_observation_is_the_mean_of_a_batch() -> None:
    found = among(NAMES, batch=7, first=12)
    numbers = np.arange(max(plan.replications for plan in found.plans))
    means = np.stack([noisy(name, numbers).reshape(-1, 7).mean(axis=1) / 100 for name in NAMES], axis=1)
    contest = contested(means, 12, 5)
    assert found.chosen == NAMES[contest.leader]
    assert [plan.replications for plan in found.plans] == [
        7 * contest.observed(NAMES.index(plan.name)) for plan in found.plans
    ]
    together = 1 - 0.05 / 4
    for plan in found.plans[1:]:
        expected = contest.difference(NAMES.index(plan.name), contest.leader, together)
        assert plan.to_chosen is not None
        assert plan.to_chosen[:3] == pytest.approx(expected[:3])
        assert plan.to_chosen.n == plan.replications
    assert found.plans[0].loss[:3] == pytest.approx(contest.mean(contest.leader, 0.95)[:3])


@pytest.mark.parametrize(("workers", "in_threads"), [(3, True), (3, False), (2, True)])
def test_workers_change_nothing(workers: int, in_threads: bool) -> None:
    assert among(NAMES, workers=workers, engine=Known(noisy, in_threads)) == among(NAMES)


@pytest.mark.parametrize("workers", [1, 3])
def test_nothing_is_simulated_twice_or_too_much(workers: int) -> None:
    engine = Known(noisy)
    found = among(NAMES, engine=engine, workers=workers)
    for plan in found.plans:
        pieces = sorted((asked for name, asked in engine.asked if name == plan.name), key=lambda piece: piece.start)
        assert pieces[0].start == 0
        assert all(one.stop == two.start for one, two in pairwise(pieces))
        assert pieces[-1].stop == plan.replications


def test_no_more_than_allowed() -> None:
    found = among(("a-1000", "c-1000", "d-1400"), at_most=1_009)
    assert not found.reached
    assert [plan.replications for plan in found.plans] == [1_000, 1_000, 100]
    assert found.cannot_be_told_apart == (found.plans[1].name,)
    assert found.plans[1].eliminated_by is None
    assert found.plans[1].to_chosen is not None
    worst = -found.plans[1].to_chosen.low
    assert found.verdict.startswith(
        f"Not settled: {found.chosen} loses least so far, but 1,000 replications do not rule out {found.plans[1].name}."
        f" Choosing {found.chosen} costs at most GBP {worst:.2f} more on average than {found.plans[1].name}."
    )


def test_equal_plans_are_a_tie() -> None:
    def same(plan: str, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        return noisy("a-1000" if plan == "b-1000" else plan, numbers)

    found = among(("a-1000", "b-1000", "c-1500"), engine=Known(same))
    assert found.reached
    assert found.chosen == "a-1000"
    assert found.cannot_be_told_apart == ("b-1000",)
    assert found.verdict.endswith("b-1000 loses exactly the same.")


def test_names_may_be_given() -> None:
    assert among(NAMES, names=("one", "two", "three", "four", "five")).chosen == "one"


def test_progress_rises_to_what_was_foreseen() -> None:
    seen: list[tuple[int, int]] = []
    found = among(NAMES, progress=lambda done, total: seen.append((done, total)))
    assert seen[:5] == [(100, 500), (200, 500), (300, 500), (400, 500), (500, 500)]
    assert all(one <= two for (one, _), (two, _) in pairwise(seen))
    assert all(done <= total for done, total in seen)
    assert found.replications - 50 <= seen[-1][0] <= found.replications


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"guarantee": 0.5}, "0.5 is no guarantee"),
        ({"guarantee": 1.0}, "1 is no guarantee"),
        ({"guarantee": float("nan")}, "nan is no guarantee"),
        ({"indifference": 0}, "an indifference of 0 makes no sense"),
        ({"indifference": float("inf")}, "an indifference of inf makes no sense"),
        ({"at_most": 99}, "at least 100: every plan begins with 10 batches of 10"),
        ({"first": 1}, "2 of them to begin with"),
        ({"batch": 0}, "batches of 1 replication or more"),
        ({"plans": NAMES[:1]}, "there is nothing to choose from"),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        among(**{"plans": NAMES, **options})


# ------------------------------------------------------------------------------------------ of scenarios


def test_a_scenario_gives_plans_seed_and_indifference() -> None:
    found = select(SCENARIO, plans=("all-at-once", "two-halves"), seed=7, batch=5, first=10, indifference=2_000)
    choice = choice_of(SCENARIO, ("two-halves", "all-at-once"), seed=7, indifference=2_000)
    assert [model.plan for model in choice.models] == ["all-at-once", "two-halves"]
    assert {model.seed for model in choice.models} == {7}
    assert found.seed == 7
    assert found.currency == SCENARIO.model.currency
    assert {plan.name for plan in found.plans} == {"all-at-once", "two-halves"}
    expected = sim.run(SCENARIO, plans=("two-halves",), seed=7, replications=50, tables=False)
    if next(plan for plan in found.plans if plan.name == "two-halves").replications == 50:
        (loss,) = (plan.loss.value for plan in found.plans if plan.name == "two-halves")
        assert loss == pytest.approx(expected.measures("two-halves")[0].estimate.value)


def test_by_default_a_thousandth_of_the_goods_is_worth_finding() -> None:
    choice = choice_of(SCENARIO)
    assert choice.indifference == choice.models[0].need.benchmark_purchase / 100_000
    assert choice.at_most == 10_000_000


def test_a_plan_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="there is no plan 'two-halfs'"):
        select(SCENARIO, plans=("two-halfs", "all-at-once"))


# ------------------------------------------------------------------------------------------ verdicts


def plan(name: str, more: tuple[float, float] | None, *, out: bool = True, n: int = 10_000) -> SelectedPlan:
    """A plan that loses so much more than the chosen one."""
    to_chosen = None if more is None else Estimate(sum(more) / 2, *more, n)
    return SelectedPlan(
        name, n, Estimate(0, -1, 1, n), to_chosen, n if out and more else None, "best" if out and more else None
    )


def selection(*others: SelectedPlan, reached: bool = True, n: int = 10_000) -> Selection:
    """A best plan beside these."""
    plans = (plan("best", None, n=n), *others)
    return Selection(plans, 0.95, 100, "USD", 1, reached, batch=500, first=20)


def test_verdict_where_all_is_clear() -> None:
    assert selection(plan("other", (200, 300)), n=20_000).verdict == (
        "Choose best: with 95 % confidence no other plan saves USD 100 or more on average. It took 30,000 replications "
        "of 2 plans; equal numbers would have been 40,000."
    )


def test_verdict_where_numbers_were_equal() -> None:
    assert selection(plan("other", (200, 300))).verdict.endswith("It took 20,000 replications of 2 plans.")


@pytest.mark.parametrize(
    ("others", "end"),
    [
        ([plan("x", (-20, 40))], "x cannot be told from it: choose either."),
        ([plan("x", (-20, 40)), plan("y", (0, 90))], "x and y cannot be told from it: choose any of them."),
        ([plan("x", (-20, 140))], "x may be as good, or lose up to USD 140 more."),
        ([plan("x", (0, 0))], "x loses exactly the same."),
        (
            [plan(name, (-20, 40)) for name in "vwxyz"],
            "v, w, x and 2 more cannot be told from it: choose any of them.",
        ),
    ],
)
def test_verdict_on_plans_that_are_close(others: list[SelectedPlan], end: str) -> None:
    assert selection(*others).verdict.endswith(f"plans. {end}")


def test_verdict_where_the_guarantee_was_not_reached() -> None:
    found = selection(plan("x", (-20, 40), out=False), plan("y", (-120, 40), out=False), reached=False)
    assert found.verdict == (
        "Not settled: best loses least so far, but 10,000 replications do not rule out x or y. Choosing best costs at "
        "most USD 120 more on average than any of them. It took 30,000 replications of 3 plans."
    )
    assert found.cannot_be_told_apart == ("x", "y")
