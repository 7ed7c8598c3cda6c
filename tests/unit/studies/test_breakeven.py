"""Break-even: against closed forms on the real engine, and against curves whose every crossing is known."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
import yaml

from sim.cli import main
from sim.errors import InputError
from sim.measures.estimates import sums_over
from sim.scenario import load_scenario
from sim.studies.breakeven import BreakEven, breakeven_found
from sim.studies.findings import Finding, PlanFinding
from sim.studies.frontier import frontier_found
from sim.studies.study import study_in_memory
from tests.stories import INSPECTED, MAKER, order_of, scenario_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from sim.scenario import Scenario
    from sim.studies.crossings import Crossing
    from sim.studies.points import Point

FEE: Final = "inspections.psi.fee_per_man_day"
NEVER: Final = f"{MAKER}.never_ships_probability"
SAFE_PRICE: Final = "suppliers.safe.unit_price[0].price"
LUCK: Final = np.array([-300, 300] * 200)
"""Cents by which 400 replications miss the mean; they sum to zero."""
HALF_WIDTH: Final = 0.295294  # Student's t with 399 degrees of freedom at 97.5 % is 1.965927; 3.003757 / sqrt(400)


# ------------------------------------------------------------------------------------------------- known curves


@dataclass
class KnownCurve:
    """Finds that plan a loses so much more than plan b, in currency units, as a function of the values set."""

    difference: Callable[..., float]
    luck: np.ndarray[Any, Any] = field(default_factory=lambda: LUCK)
    broken: Callable[..., bool] = lambda *_: False
    rounds: int = 0

    def findings(self, points: Sequence[Point]) -> list[Finding]:
        self.rounds += 1
        return [self._finding(point) for point in points]

    def _finding(self, point: Point) -> Finding:
        values = [value for _, value in point.values] or [OWN]
        if self.broken(*values):
            return Finding(point, error="a value that makes no valid scenario")
        apart = np.round(self.luck + 100 * self.difference(*values)).astype(np.int64)
        theirs = np.full_like(apart, 5_000)
        plans = {
            name: PlanFinding({"loss": sums_over([losses])}, 0, 0, 0.0, 0.0)
            for name, losses in (("a", theirs + apart), ("b", theirs))
        }
        return Finding(point, plans, {("a", "b"): sums_over([apart]).squares})


OWN: Final = 12.5
PRICE: Final = f"{MAKER}.unit_price[0].price"


def written(folder: Path, changes: Mapping[str, object], plans: Mapping[str, object]) -> Scenario:
    """The plain story, changed, with plans of its own."""
    tree: dict[str, Any] = {**scenario_tree(changes), "plans": dict(plans)}
    file = folder / "story.yaml"
    file.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return load_scenario(file)


@pytest.fixture
def two_plans(tmp_path: Path) -> Scenario:
    """Two plans that stand-ins give a difference of their own; the maker's price is 12.50."""
    plans = {name: {"orders": [order_of()]} for name in ("a", "b")}
    return written(tmp_path, {f"{MAKER}.unit_price": [{"from": 1, "price": OWN}]}, plans)


def along(scenario: Scenario, difference: Callable[..., float], reach: str = "0..100", **more: Any) -> BreakEven:  # noqa: ANN401 - fields of `KnownCurve`
    """Break-even in the price of a difference that is known."""
    return breakeven_found(KnownCurve(difference, **more), scenario, PRICE, reach=reach)


def only(found: BreakEven) -> Crossing:
    """The one crossing that was found."""
    (crossing,) = found.crossings
    return crossing


EXACT: Final = np.zeros(400, np.int64)


def test_a_straight_line_crosses_where_it_does_and_its_interval_is_the_band_cut_at_zero(two_plans: Scenario) -> None:
    # 0.5 (x - 40) crosses at 40; the band 0.5 (x - 40) +- h includes zero for |x - 40| <= 2 h
    found = along(two_plans, lambda x: 0.5 * (x - 40))
    crossing = only(found)
    assert crossing.kind == "crosses"
    assert (crossing.below, crossing.above) == (-1, 1)
    assert crossing.value == pytest.approx(40, abs=0.01)
    assert crossing.low == pytest.approx(40 - 2 * HALF_WIDTH, abs=0.02)  # amounts are whole cents
    assert crossing.high == pytest.approx(40 + 2 * HALF_WIDTH, abs=0.02)
    assert found.verdict == (
        f"a and b cost the same at {PRICE} = 40 (39.41 to 40.59, 95 %); below, a loses less; above, b; "
        "at your own value, 12.5, a is better by USD 13.75 ± 0.30."
    )


def test_without_luck_the_interval_is_the_point_itself_but_for_the_rounding_to_cents(two_plans: Scenario) -> None:
    # half a cent is 0.00005 of x
    crossing = only(along(two_plans, lambda x: 4_025 - 100 * x, luck=EXACT))
    assert crossing.is_exact
    assert crossing.value == 40.25
    assert crossing.low == pytest.approx(40.24995, abs=1e-6)
    assert crossing.high == pytest.approx(40.25005, abs=1e-6)
    assert (crossing.below, crossing.above) == (1, -1)


def test_a_curve_is_searched_in_a_few_rounds_down_to_the_tolerance(two_plans: Scenario) -> None:
    known = KnownCurve(lambda x: np.exp(x / 20) - 30, EXACT)
    crossing = only(breakeven_found(known, two_plans, PRICE, reach="0..100"))
    assert crossing.value == pytest.approx(20 * np.log(30), abs=0.01)
    assert known.rounds <= 6


def test_an_interval_that_reaches_the_end_of_the_range_is_open(two_plans: Scenario) -> None:
    found = along(two_plans, lambda x: 0.05 * (x - 3))
    crossing = only(found)
    assert (crossing.open_low, crossing.open_high) == (True, False)
    assert crossing.low == 0
    assert f"{PRICE} = 3 (0 or below to 8.9, 95 %)" in found.verdict
    crossing = only(along(two_plans, lambda x: 0.05 * (x - 97)))
    assert (crossing.open_low, crossing.open_high) == (False, True)
    assert crossing.high == 100


def test_several_break_evens_are_all_told(two_plans: Scenario) -> None:
    # (x - 20)(x - 70) / 50: b is better outside, a between
    found = along(two_plans, lambda x: (x - 20) * (x - 70) / 50)
    first, second = found.crossings
    assert first.value == pytest.approx(20, abs=0.02)
    assert second.value == pytest.approx(70, abs=0.02)
    assert "it is b below 20, a between 20 and 70 and b above 70 that loses less" in found.verdict
    table = found.tables()["breakeven"]
    assert table["loses_less_below"].tolist() == ["b", "a"]
    assert table["loses_less_above"].tolist() == ["a", "b"]


def test_two_break_evens_between_neighbouring_values_of_the_scan_are_not_missed(two_plans: Scenario) -> None:
    # The scan tries 50 and 56.25, where the difference is 2.6 and 8.9; it dips to -1 at 52.5.
    found = along(two_plans, lambda x: (x - 52.5) ** 2 * 0.7 - 1, luck=EXACT)
    assert [crossing.kind for crossing in found.crossings] == ["crosses", "crosses"]
    half = (1 / 0.7) ** 0.5
    assert found.crossings[0].value == pytest.approx(52.5 - half, abs=0.05)
    assert found.crossings[1].value == pytest.approx(52.5 + half, abs=0.05)


def test_a_curve_that_only_touches_is_no_break_even(two_plans: Scenario) -> None:
    found = along(two_plans, lambda x: (x - 33) ** 2 / 20 + 0.1)
    crossing = only(found)
    assert crossing.kind == "touches"
    assert crossing.low < 33 < crossing.high
    assert not crossing.is_breakeven
    assert found.verdict.startswith(f"No break-even in {PRICE} from 0 to 100: b loses less wherever that is settled")
    assert "they touch" in found.verdict


def test_no_break_even_says_who_is_better_and_by_how_much_at_both_ends(two_plans: Scenario) -> None:
    found = along(two_plans, lambda x: -200 - x)
    assert found.crossings == ()
    assert found.verdict == (
        f"No break-even in {PRICE} from 0 to 100: a loses less throughout, by USD 200 ± 0 at 0 and USD 300 ± 0 at 100; "
        "at your own value, 12.5, a is better by USD 212 ± 0."
    )


def test_a_difference_that_cannot_be_told_from_zero_anywhere(two_plans: Scenario) -> None:
    found = along(two_plans, lambda x: 0.1 + 0.0001 * x)
    assert "400 replications cannot tell a and b apart at any value of it" in found.verdict
    assert only(found).kind == "unsettled"


def test_plans_that_lose_the_same_whatever_the_input_is(two_plans: Scenario) -> None:
    found = along(two_plans, lambda _: 0.0, luck=EXACT)
    assert only(found).kind == "equal"
    assert found.verdict == (
        f"a and b lose exactly the same whatever {PRICE} is, from 0 to 100: in every one of 400 replications."
    )


def test_an_input_that_does_not_matter_to_a_difference_that_is_there(two_plans: Scenario) -> None:
    found = along(two_plans, lambda _: 7.0)
    assert found.verdict == (
        f"{PRICE} does not matter between a and b, from 0 to 100: b loses USD 7.00 ± 0.30 less whatever it is."
    )


def test_a_stretch_along_which_the_plans_lose_the_same(two_plans: Scenario) -> None:
    found = along(two_plans, lambda x: max(x - 60, 0.0), luck=EXACT)
    crossing = only(found)
    assert crossing.kind == "equal"
    assert (crossing.low, crossing.open_low) == (0, True)
    assert crossing.high == pytest.approx(60, abs=0.02)
    assert "they lose exactly the same from 0 or below to 60" in found.verdict


def test_a_step_is_found_to_the_tolerance_and_called_one(two_plans: Scenario) -> None:
    found = along(two_plans, lambda x: 250.0 if x > 31.4 else -100.0)
    crossing = only(found)
    assert crossing.kind == "jumps"
    assert crossing.low <= 31.4 <= crossing.high
    assert crossing.high - crossing.low <= 0.01
    assert "where the difference jumps" in found.verdict


def test_a_steep_slope_is_no_step(two_plans: Scenario) -> None:
    crossing = only(along(two_plans, lambda x: 5_000 * (x - 61.8)))
    assert crossing.kind == "crosses"
    assert crossing.value == pytest.approx(61.8, abs=1e-3)


def test_whole_numbers_stay_whole_and_the_sides_are_those_of_neighbours(two_plans: Scenario) -> None:
    asked: list[float] = []

    def difference(quantity: float) -> float:
        asked.append(quantity)
        return quantity - 1_234.5

    path = "need.quantity"
    known = KnownCurve(difference, EXACT)
    found = breakeven_found(known, two_plans, path, reach="100..5000")
    crossing = only(found)
    assert (crossing.low, crossing.value, crossing.high) == (1_234, 1_235, 1_235)
    assert all(isinstance(quantity, int) for quantity in asked if quantity != OWN)
    assert "at need.quantity = 1,235" in found.verdict
    assert "below it a loses less, from there on b" in found.verdict


def test_values_that_make_no_scenario_are_left_out_and_counted(two_plans: Scenario) -> None:
    found = along(two_plans, lambda x: x - 40, luck=EXACT, broken=lambda x: 70 < x < 90)
    assert only(found).value == pytest.approx(40)
    assert found.failed == 3
    with pytest.raises(InputError, match="no value in the range makes a valid scenario"):
        along(two_plans, lambda x: x, broken=lambda _: True)


def test_tables_and_data_hold_every_value_that_was_tried(two_plans: Scenario) -> None:
    found = along(two_plans, lambda x: 0.5 * (x - 40))
    curve = found.tables()["curve"]
    assert list(curve.columns) == ["x", "difference", "low", "high", "n"]
    assert curve["x"].is_monotonic_increasing
    assert {0.0, 12.5, 100.0} <= set(curve["x"])
    assert curve["difference"].to_numpy() == pytest.approx(0.5 * (curve["x"].to_numpy() - 40), abs=0.01)
    assert (curve["n"] == 400).all()
    data = found.data()
    assert data["verdict"] == found.verdict
    assert data["breakevens"][0]["value"] == only(found).value
    assert data["own_value"]["x"] == OWN


def test_a_wild_curve_ends_all_the_same(two_plans: Scenario) -> None:
    known = KnownCurve(lambda x: 50 * np.sin(1e6 * x), EXACT)
    found = breakeven_found(known, two_plans, PRICE, reach="0..100")
    assert known.rounds <= 13
    assert len(found.curve.spots) < 4_000
    assert "change sides" in found.verdict
    assert len(found.verdict) < 400


# -------------------------------------------------------------------------------------------- what is asked for


@pytest.mark.parametrize(
    ("path", "reach", "told"),
    [
        (PRICE, None, "has no range"),
        (PRICE, "5", "is no range"),
        (PRICE, "7..3", "has no room"),
        (PRICE, "a..b", "is no range"),
        ("need.qantity", "1..5", "qantity"),
        ("need.qantity", None, "qantity"),
        ("buyer.capital_cost_rate", "0..2", "capital_cost_rate"),
        ("protection", "1..5", "is not a number"),
        ("buyer.escalates_unanswered", "0..1", "is not a number"),
        ("run.seed", "0..9", "is no input"),
        (f"{MAKER}.defects.major", "0..1", "is a distribution"),
        ("start", "0..1", "is a date"),
    ],
)
def test_a_path_or_a_range_that_is_none_is_answered(tmp_path: Path, path: str, reach: str | None, told: str) -> None:
    changes = {f"{MAKER}.defects.major": {"dist": "beta", "mean": 0.1, "sd": 0.05}}
    plans = {name: {"orders": [order_of()]} for name in ("a", "b")}
    with pytest.raises(InputError, match=told):
        breakeven_found(KnownCurve(lambda x: x), written(tmp_path, changes, plans), path, reach=reach)


@pytest.mark.parametrize("plans", [("a",), ("a", "a"), ("a", "b", "c"), ("a", "z")])
def test_a_break_even_is_one_of_two_plans(tmp_path: Path, plans: tuple[str, ...]) -> None:
    scenario = written(tmp_path, {}, {name: {"orders": [order_of()]} for name in ("a", "b", "c")})
    with pytest.raises(InputError, match=r"two plans|no plan 'z'"):
        breakeven_found(KnownCurve(lambda x: x), scenario, PRICE, plans=plans, reach="0..9")


def test_the_range_is_that_of_the_belief_where_none_is_given(tmp_path: Path) -> None:
    changes = {
        "uncertain": {
            PRICE: {"dist": "uniform", "low": 4, "high": 24},
            "buyer.hourly_cost": {"dist": "normal", "mean": 50, "sd": 10},
        },
        "buyer.hourly_cost": 40,
    }
    scenario = written(tmp_path, changes, {name: {"orders": [order_of()]} for name in ("a", "b")})
    axis = breakeven_found(KnownCurve(lambda x: x), scenario, PRICE).curve.axis
    assert (axis.low, axis.high, axis.own) == (4, 24, 10)
    axis = breakeven_found(KnownCurve(lambda x: x), scenario, "buyer.hourly_cost").curve.axis
    assert axis.low == pytest.approx(50 - 10 * 2.326348, abs=1e-4)  # 1 % and 99 % of a normal
    assert axis.high == pytest.approx(50 + 10 * 2.326348, abs=1e-4)


def test_an_own_value_is_read_out_of_its_wrapper_or_from_the_defaults(tmp_path: Path) -> None:
    changes = {f"{MAKER}.assurance_limit": {"value": 8_000, "source": "the profile"}}
    scenario = written(tmp_path, changes, {name: {"orders": [order_of()]} for name in ("a", "b")})
    for path, reach, own in (
        (f"{MAKER}.assurance_limit", "0..20000", 8_000),
        (f"{MAKER}.freight.per_order", "0..900", 0),
        (f"{MAKER}.payment.deposit_share", "0..1", 0.3),
    ):
        assert breakeven_found(KnownCurve(lambda x: x), scenario, path, reach=reach).curve.axis.own == own


# ------------------------------------------------------------------------------------------------- closed forms


def inspected_or_not(folder: Path) -> Scenario:
    """Everything certain: 103 defective units in 1,000, and an inspection that has all of them mended, for a fee."""
    inspection = {
        **INSPECTED,
        "man_days": 1,
        "fee_per_man_day": 100,
        "sampling": {"standard": "fixed", "sample_size": 1000, "accept": {"critical": 0, "major": 0, "minor": 0}},
        "on_fail": {"do": "rework", "at_most": 1, "then": "accept"},
    }
    changes = {
        "need.sale_value": 18.27,
        "need.salvage_value": 0.30,
        "contract.detail_share": 0,
        f"{MAKER}.defects.major": 0.103,
        f"{MAKER}.rework": {"days": 0, "removes_share": 1},
        "inspections.psi": inspection,
    }
    plans = {
        "plain": {"orders": [order_of()]},
        "inspected": {"orders": [order_of(inspections=["psi"])]},
    }
    return written(folder, changes, plans)


def test_the_fee_at_which_an_inspection_pays_is_what_it_saves_to_the_cent(tmp_path: Path) -> None:
    """The break-even fee of an inspection without chance.

    Of 1,000 units 103 are defective; nothing is written into the contract, so that nothing comes back. Uninspected,
    each costs its sale (18.27) less what a defective unit fetches (0.30): 103 * 17.97 = 1,850.91. Inspected, every
    defect is found and mended in no time and at the supplier's cost, so that only the fee is lost. Both pay the same
    otherwise. The plans cost the same at a fee of 1,850.91.
    """
    scenario = inspected_or_not(tmp_path)
    with study_in_memory(scenario, replications=20) as study:
        found = breakeven_found(study, scenario, FEE, reach="0..5000")
    crossing = only(found)
    assert crossing.value == 1_850.91
    assert crossing.is_exact
    assert crossing.high - crossing.low <= 0.0101  # a cent of the fee, as amounts are whole cents
    assert found.verdict == (
        f"plain and inspected cost the same at {FEE} = 1,850.91; below, inspected loses less; above, plain; "
        "at your own value, 100, inspected is better by USD 1,751."
    )


def risky_or_safe(folder: Path) -> Scenario:
    """A cheap firm that may never ship, paid in advance and directly, and one that always ships at 12.00 a unit."""
    safe = {"extends": "maker", "unit_price": [{"from": 1, "price": 12}], "never_ships_probability": 0}
    changes = {
        "suppliers.safe": safe,
        f"{MAKER}.payment": {"deposit_share": 1, "through": "direct"},
        NEVER: 0.05,
    }
    plans = {"cheap": {"orders": [order_of()]}, "safe": {"orders": [order_of(supplier="safe")]}}
    return written(folder, changes, plans)


def test_the_risk_at_which_a_dearer_firm_pays_lies_in_its_interval(tmp_path: Path) -> None:
    """The break-even of a random outcome.

    The cheap firm ships with probability 1 - p and then costs what the benchmark costs: loss 0. With probability p the
    10,000 paid in advance are gone and 1,000 sales of 20.00 are not made: loss 20,000. The safe firm costs 2.00 a unit
    more: loss 2,000. 20,000 p = 2,000 at p = 0.1.
    """
    scenario = risky_or_safe(tmp_path)
    with study_in_memory(scenario, replications=2_000) as study:
        found = breakeven_found(study, scenario, NEVER, reach="0..0.3")
        crossing = only(found)
        assert crossing.low < 0.1 < crossing.high
        assert crossing.value == pytest.approx(0.1, abs=0.02)
        # About: a share of 0.1 in 2,000 draws has a half-width of 1.961 * sqrt(0.1 * 0.9 / 1,999) = 0.0132
        assert crossing.high - crossing.low == pytest.approx(2 * 0.0132, rel=0.3)
    assert (crossing.below, crossing.above) == (-1, 1)


def test_own_value_is_told_with_the_paired_interval_of_the_engine(tmp_path: Path) -> None:
    scenario = risky_or_safe(tmp_path)
    with study_in_memory(scenario, replications=500) as study:
        found = breakeven_found(study, scenario, NEVER, reach="0.01..0.3")
        again = breakeven_found(study, scenario, NEVER, reach="0.1..0.3")
    assert found.own is not None
    assert again.own == found.own  # it need not lie in the range
    assert found.own.x == 0.05
    # 0 or 20,000 less 2,000 in every replication: the mean tells how many never shipped
    missing = (found.own.difference.value + 2_000) / 20_000
    error = 1.964729 * np.sqrt(missing * (1 - missing) / 499) * 20_000
    assert found.own.difference.half_width == pytest.approx(error, rel=1e-4)


# ----------------------------------------------------------------------------------------------------- frontier


def test_a_frontier_follows_its_closed_form(two_plans: Scenario) -> None:
    # y (x - 10) - 120 crosses at x = 10 + 120 / y; the values of y come first, as they are set first
    known = KnownCurve(lambda y, x: y * (x - 10) - 120, EXACT)
    paths = (PRICE, "buyer.hourly_cost")
    found = frontier_found(known, two_plans, paths, reaches=("0..50", "1..9"), count=9)
    table = found.tables()["frontier"]
    assert table["y"].tolist() == [4, 5, 6, 7, 8, 9]  # at 1 and 2 the root lies beyond 50, at 3 on it
    assert table["root"].to_numpy() == pytest.approx(10 + 120 / table["y"].to_numpy(), abs=0.005)
    assert set(table["branch"]) == {1}
    assert set(table["loses_less_below"]) == {"a"}
    assert found.verdict == (
        f"a and b cost the same on a line, as buyer.hourly_cost goes from 1 to 9: {PRICE} = 40 at 4 to 23.333 at 9, "
        "a losing less below it; at 1, 2, 3 there is none (a loses less throughout)."
    )


def test_a_frontier_of_two_lines_keeps_them_apart(two_plans: Scenario) -> None:
    known = KnownCurve(lambda y, x: (x - 25) ** 2 - y**2, EXACT)
    found = frontier_found(known, two_plans, (PRICE, "buyer.hourly_cost"), reaches=("0..50", "2..20"), count=4)
    lines = dict(list(found.tables()["frontier"].groupby("branch")))
    assert lines[1]["root"].to_numpy() == pytest.approx(25 - lines[1]["y"].to_numpy(), abs=0.01)
    assert lines[2]["root"].to_numpy() == pytest.approx(25 + lines[2]["y"].to_numpy(), abs=0.01)
    assert "on 2 lines" in found.verdict


def test_a_frontier_on_the_engine_is_a_row_of_break_evens(tmp_path: Path) -> None:
    """At a price q of the safe firm the break-even risk is (q - 10) * 1,000 / 20,000."""
    scenario = risky_or_safe(tmp_path)
    with study_in_memory(scenario, replications=500) as study:
        found = frontier_found(study, scenario, (NEVER, SAFE_PRICE), reaches=("0..0.3", "11..15"), count=2)
        alone = breakeven_found(study, scenario, NEVER, reach="0..0.3")
    table = found.tables()["frontier"]
    assert table["y"].tolist() == [11, 15]
    assert (table["low"] < (table["y"] - 10) / 20).all()
    assert (table["high"] > (table["y"] - 10) / 20).all()
    assert table["root"].is_monotonic_increasing
    assert table["root"][0] < only(alone).value < table["root"][1]
    assert found.failed == 0


def test_a_frontier_without_a_break_even_says_so(two_plans: Scenario) -> None:
    known = KnownCurve(lambda y, x: 500.0 + y + x, EXACT)
    found = frontier_found(known, two_plans, (PRICE, "buyer.hourly_cost"), reaches=("0..50", "2..20"), count=2)
    assert found.points == ()
    assert "have no break-even" in found.verdict
    assert "b loses less throughout" in found.verdict
    with pytest.raises(InputError, match="two different inputs"):
        frontier_found(known, two_plans, (PRICE, PRICE), reaches=("0..5", "0..5"))


# ------------------------------------------------------------------------------------------------- the command


def answered(*arguments: str) -> str:
    """What the command prints, without a terminal."""
    out = io.StringIO()
    with redirect_stdout(out), pytest.raises(SystemExit) as left:
        main(["breakeven", *arguments, "--workers", "1", "--replications", "20"])
    assert left.value.code == 0
    return out.getvalue()


def test_the_command_tells_shows_and_keeps_a_break_even(tmp_path: Path) -> None:
    file, folder = str(inspected_or_not(tmp_path).path), tmp_path / "study"
    printed = answered(file, FEE, "--range", "0..5000", "--out", str(folder))
    assert max(map(len, printed.splitlines()[:-1])) <= 80  # the last names the folder
    text = " ".join(printed.split())
    assert f"plain and inspected cost the same at {FEE} = 1,850.91; below, inspected loses less; above, plain" in text
    assert "0 inspected 1,851" in text
    assert (folder / "breakeven.csv").read_text().splitlines()[1].startswith(f"{FEE},crosses,1850.91,")
    assert {"curve.csv", "breakeven.svg", "breakeven.png", "manifest.json"} <= {each.name for each in folder.iterdir()}
    assert answered(file, FEE, "--range", "0..5000", "--out", str(folder), "--quiet").startswith("plain and inspected")


def test_the_command_tells_shows_and_keeps_a_frontier(tmp_path: Path) -> None:
    """At a sale value of s the fee that pays is 103 (s - 0.30): 999.10 at 10, 2,029.10 at 20."""
    file, folder = str(inspected_or_not(tmp_path).path), tmp_path / "study"
    reaches = ("--range", "0..5000", "--range2", "10..20", "--points", "2")
    printed = answered(file, FEE, "need.sale_value", *reaches, "--out", str(folder))
    assert max(map(len, printed.splitlines()[:-1])) <= 80
    text = " ".join(printed.split())
    assert "10 999.1 999.1 inspected 20 2,029.1 2,029.1 inspected" in text
    assert {"frontier.csv", "curve.csv", "frontier.svg", "frontier.png"} <= {each.name for each in folder.iterdir()}
