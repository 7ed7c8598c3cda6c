"""A simulated history: the dates of a buyer whose every number is known, and what holds for any."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from sim.calibration.history_files import COLUMNS
from sim.calibration.lived_orders import LivedOrder, WrittenOrder, orders_lived, written_on
from sim.calibration.writing_history import Wish, WrittenHistory, history_simulated
from sim.errors import InputError
from sim.model import build_model
from sim.protocol import Event
from sim.scenario import Scenario, load_scenario

ROOT: Final = Path(__file__).resolve().parents[3]
FIRST: Final = ROOT / "scenarios" / "first-order-above-limit.yaml"
INSPECTED: Final = Wish(plan="all-at-once-inspected")

KNOWN: Final = """\
schema_version: 1
name: known
start: 2026-06-01
need: {quantity: 100, due: 2026-12-01, sale_value: 9}
buyer:
  goods_check_days: 2
  reply_days: 1
  extension_accepted_days: 10
  minimum_claim: 10
contract: {detail_share: 1, tolerance: {critical: 0, major: 0.025, minor: 0.04}}
suppliers:
  mill:
    unit_price: [{from: 1, price: 5}]
    payment: {deposit_share: 0}
    promised_days: 20
    delay_days: 3
    defects: {major: 0.1}
    disputes: {reply_days: 1, concedes_probability: 1, payout_days: 4}
    transit: {days: 10}
plans:
  one: {orders: [{id: a, supplier: mill, quantity: 100}]}
"""
PATH: Final = ("ordered", "shipped", "received", "checked", "dispute_opened", "replied", "dispute_ended")
"""Dates in the order in which they come where a claim is about quality."""


@pytest.fixture
def known(tmp_path: Path) -> Path:
    file = tmp_path / "known.yaml"
    file.write_text(KNOWN, encoding="utf-8")
    return file


def simulated(file: Path, *overrides: str, **wish: Any) -> WrittenHistory:  # noqa: ANN401 - fields of a wish
    return history_simulated(load_scenario(file, overrides), Wish(**wish))


@pytest.fixture(scope="module")
def first() -> WrittenHistory:
    return history_simulated(load_scenario(FIRST), INSPECTED)


# -------------------------------------------------------------------------------------------------------- known answers


def test_every_date_and_amount_of_a_known_order(known: Path) -> None:
    history = simulated(known, orders=3, every=30.0, as_of=date(2026, 6, 1))
    day = date(2026, 3, 3)  # 90 days before it is written
    assert history.rows[0] == WrittenOrder(
        supplier="mill",
        ordered=day,
        promised=day + timedelta(days=20),
        shipped=day + timedelta(days=23),
        received=day + timedelta(days=33),
        checked=day + timedelta(days=35),
        quantity=100,
        price=5.0,
        critical=0,
        major=10,
        minor=0,
        inspected=None,
        found=None,
        inspection_result=None,
        dispute_opened=day + timedelta(days=35),
        replied=day + timedelta(days=36),
        dispute_ended=day + timedelta(days=36),
        ground="quality",
        claimed=50.0,
        refunded=50.0,
        outcome="conceded",
    )
    assert [row.ordered for row in history.rows] == [day, day + timedelta(days=30), day + timedelta(days=60)]
    assert history.rows[2].shipped == date(2026, 5, 25)
    assert history.rows[2].received is None


def test_the_day_of_writing_cuts_to_the_day(known: Path) -> None:
    def last(as_of: date) -> WrittenOrder:
        (row,) = simulated(known, orders=1, every=36.0, as_of=as_of).rows
        return row

    day = date(2026, 6, 6)  # 36 days after the order
    row = last(day)
    assert row.ordered == date(2026, 5, 1)
    assert (row.dispute_ended, row.outcome, row.claimed, row.refunded) == (day, "conceded", 50.0, None)
    (lived,) = lived_orders(load_scenario(known), "one")
    start = lived.model.start
    assert written_on(lived, start + timedelta(days=39)).refunded is None
    assert written_on(lived, start + timedelta(days=40)).refunded == 50.0
    assert written_on(lived, start + timedelta(days=34)).major is None
    assert written_on(lived, start + timedelta(days=35)).major == 10
    assert written_on(lived, start + timedelta(days=35)).outcome is None


def lived_orders(scenario: Scenario, plan: str, replication: int = 0) -> list[LivedOrder]:
    model = build_model(scenario, plan)
    numbers = range(replication, replication + 1)
    return orders_lived(model, numbers, [{name: name for name in model.supplier_names}])


def test_latent_defects_are_not_found_by_the_check(known: Path) -> None:
    hidden = ("suppliers.mill.defects.latent_share=0.5", "suppliers.mill.defects.latent_days=100")
    shown = (*hidden[:1], "suppliers.mill.defects.latent_days=1")
    assert simulated(known, *hidden, orders=1, every=100.0).rows[0].major == 5
    assert simulated(known, *shown, orders=1, every=100.0, open_share=0.0).rows[0].major == 10


def test_a_queue_adds_its_wait_to_the_delay(known: Path) -> None:
    apart = {"orders": 3, "every": 10.0, "open_share": 0.0}
    free, queued = simulated(known, **apart), simulated(known, queue=True, **apart)
    assert [_delay(row) for row in free.rows] == [3, 3, 3]
    assert [_delay(row) for row in queued.rows] == [3, 16, 29]  # each lot keeps the line for 23 days
    assert (free.waited, queued.waited) == (0, 2)
    assert [order["waited_days"] for order in queued.truth["orders"]] == [0, 13, 26]


def _delay(row: WrittenOrder) -> int:
    assert row.shipped is not None
    return (row.shipped - row.promised).days


def test_a_fraction_of_a_day_is_rounded(known: Path) -> None:
    at_once = {"orders": 1, "every": 100.0, "open_share": 0.0}
    assert _delay(simulated(known, "suppliers.mill.delay_days=2.4", **at_once).rows[0]) == 2
    assert _delay(simulated(known, "suppliers.mill.delay_days=2.6", **at_once).rows[0]) == 3
    assert _delay(simulated(known, "suppliers.mill.delay_days=-1.4", **at_once).rows[0]) == -1


# ---------------------------------------------------------------------------------------------------------- any history


def test_dates_follow_each_other(first: WrittenHistory) -> None:
    for row in first.rows:
        dates = [getattr(row, name) for name in PATH]
        known = [day for day in dates if day is not None]
        assert known == sorted(known)
        assert row.promised == row.ordered + timedelta(days=58)
        assert max(known) <= first.as_of
    assert [row.ordered for row in first.rows] == sorted(row.ordered for row in first.rows)


def test_counts_are_no_larger_than_what_they_count(first: WrittenHistory) -> None:
    for row in first.rows:
        found = (row.critical, row.major, row.minor)
        assert (row.checked is None) == (row.major is None)
        assert sum(count or 0 for count in found) <= row.quantity
        if row.found is not None:
            assert row.inspected == 200  # 5,000 units at level II
            assert 0 <= row.found <= 200
            assert row.inspection_result in {"passed", "failed"}
        if row.refunded:
            assert row.claimed is not None
            assert row.refunded <= row.claimed


def test_what_the_check_finds_is_what_the_engine_says() -> None:
    told = 0
    for replication in range(20):
        for order in lived_orders(load_scenario(FIRST), "half-then-half", replication):
            for _, event, amount in order.events:
                if event == Event.GOODS_CHECKED:
                    assert sum(order.found_by_check()) == amount
                    told += 1
    assert told > 20


def test_the_open_share_is_near_the_one_wanted(first: WrittenHistory) -> None:
    assert first.open == 8
    assert sum(row.shipped is None for row in first.rows) == 8 + first.ended
    half = history_simulated(load_scenario(FIRST), Wish(plan="all-at-once", open_share=0.5))
    assert abs(half.open - 20) <= 1
    none = history_simulated(load_scenario(FIRST), Wish(plan="all-at-once", open_share=0.0))
    assert none.open == 0
    assert all(row.outcome is not None for row in none.rows if row.dispute_opened is not None)


def test_a_given_day_of_writing_keeps_the_open_share_near() -> None:
    wish = Wish(plan="all-at-once", as_of=date(2026, 5, 4))
    history = history_simulated(load_scenario(FIRST), wish)
    assert history.as_of == date(2026, 5, 4)
    assert 4 <= history.open <= 12
    assert history.rows[-1].ordered < history.as_of


def test_the_seed_and_nothing_else_decides(first: WrittenHistory) -> None:
    scenario = load_scenario(FIRST, ["run.engine=reference", "run.replications=7"])
    assert history_simulated(scenario, INSPECTED).rows == first.rows
    other = Wish(plan="all-at-once-inspected", seed=2)
    assert history_simulated(scenario, other).rows != first.rows


def test_a_supplier_keeps_its_own_level(known: Path) -> None:
    spread = (
        "suppliers.mill.defects.major={dist: beta, mean: 0.1, sd: 0.08}",
        "suppliers.mill.defects.lot_to_lot_share=0",
    )
    history = simulated(known, *spread, orders=5, suppliers=3, open_share=0.0)
    assert history.suppliers == ("mill-1", "mill-2", "mill-3")
    levels = {name: truth["own_share"]["major"] for name, truth in history.truth["suppliers"].items()}
    assert len(set(levels.values())) == 3
    for order in history.truth["orders"]:
        assert order["share"]["major"] == pytest.approx(levels[order["supplier"]], abs=2e-6)


def test_the_mean_of_many_lots_is_the_supplier_s_own(known: Path) -> None:
    spread = "suppliers.mill.defects.major={dist: beta, mean: 0.1, sd: 0.08}"
    history = simulated(known, spread, orders=1000, every=1.0, open_share=0.0, replication=3)
    shares = [order["share"]["major"] for order in history.truth["orders"]]
    own = history.truth["suppliers"]["mill"]["own_share"]["major"]
    assert own != pytest.approx(0.1, abs=0.01)
    assert sum(shares) / len(shares) == pytest.approx(own, abs=4 * 0.08 / 1000**0.5)


def test_suppliers_that_never_ship_are_passed_over(known: Path) -> None:
    history = simulated(known, "suppliers.mill.never_ships_probability=0.5", orders=2, suppliers=12, open_share=0.0)
    assert history.passed_over > 0
    assert all(row.shipped is not None for row in history.rows)
    replications = [truth["replication"] for truth in history.truth["suppliers"].values()]
    assert max(replications) + 1 - 12 == history.passed_over


def test_a_supplier_is_the_same_alone_and_among_others(known: Path) -> None:
    spread = (
        "suppliers.mill.delay_days={dist: uniform, low: 0, high: 9}",
        "suppliers.mill.never_ships_probability=0.3",
    )
    wish: dict[str, Any] = {"orders": 3, "every": 20.0, "as_of": date(2026, 6, 1)}
    many = simulated(known, *spread, suppliers=6, **wish)
    assert many.passed_over > 0
    for name, truth in many.truth["suppliers"].items():
        alone = simulated(known, *spread, replication=truth["replication"], **wish)
        assert [row._replace(supplier=name) for row in alone.rows] == [row for row in many.rows if row.supplier == name]


def test_truth_stands_beside_the_lines(first: WrittenHistory) -> None:
    truth = first.truth
    assert [order["line"] for order in truth["orders"]] == list(range(2, 42))
    inputs = truth["suppliers"]["zhejiang"]["inputs"]
    assert inputs["promised_days"] == 58
    assert inputs["production_days"] == {"dist": "pert", "low": 18, "mode": 22, "high": 45, "working": True}
    for row, order in zip(first.rows, truth["orders"], strict=True):
        if row.shipped is not None:
            assert abs(_delay(row) - order["delay_days"]) <= 0.5


def test_quantities_and_suppliers_of_the_plan_in_turn() -> None:
    scenario = load_scenario(ROOT / "scenarios" / "two-suppliers.yaml")
    history = history_simulated(scenario, Wish(plan="two-thirds-far", orders=4))
    assert {(row.supplier, row.quantity) for row in history.rows} == {("gaoyang", 4000), ("denizli", 2000)}
    assert len(history.rows) == 8
    assert {row.inspection_result for row in history.rows if row.supplier == "denizli"} == {None}


def test_orders_that_were_not_placed_are_counted() -> None:
    scenario = load_scenario(ROOT / "scenarios" / "electronics-every-inspection.yaml")  # its inspections switch
    history = history_simulated(scenario, Wish(plan="one-lot-final-only"))
    assert history.not_placed == 40 - len(history.rows) > 0


def test_columns_are_those_of_a_history() -> None:
    assert COLUMNS[:7] == ("supplier", "ordered", "promised", "shipped", "received", "checked", "quantity")
    assert len(COLUMNS) == len(set(COLUMNS)) == 21


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"plan": "two"}, "there is no plan 'two'"),
        ({"orders": 5000, "suppliers": 5}, "25,000 orders are too many"),
        ({"orders": 20, "every": 365.0}, "take 7,300 days"),
        ({"as_of": date(1970, 1, 9)}, "would begin before 1970-01-01"),
        ({"as_of": date(2200, 1, 1)}, "2200-01-01 is out of range"),
        ({"seed": -1}, "-1 is no seed"),
    ],
)
def test_a_wish_that_cannot_be_met_is_answered(known: Path, wish: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        simulated(known, **wish)


def test_a_firm_that_never_ships_has_no_history(known: Path) -> None:
    with pytest.raises(InputError, match="only 0 in which the goods are ever shipped"):
        simulated(known, "suppliers.mill.never_ships_probability=1")
