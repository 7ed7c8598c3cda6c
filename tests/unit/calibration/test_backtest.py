"""The back-test: what a forecast may know, that good forecasts are found good and bad ones bad, and every count."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.calibration.backtest import Wanted, backtested
from sim.calibration.backtest_words import naive_title, not_told, tried, verdict
from sim.calibration.cuts import cut_at_random, cut_by_time, day_of_share
from sim.calibration.delay_cohort import delay_cohort
from sim.calibration.delay_forecasts import DelayForecasts
from sim.calibration.naive_forecasts import NaiveForecasts
from sim.errors import InputError
from tests.delay_histories import AS_OF, lognormal_history, orders_of
from tests.unit.calibration.fabricated_orders import days_after, fabricated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.calibration.backtest import Backtest
    from sim.calibration.history import History

START = "2025-01-01"


def history(rows: Sequence[tuple[str, int | None, int, int | None]], end: int) -> History:
    """Orders as (supplier, ordered, promised, shipped), all in days after the start, known up to a day."""
    names, ordered, promised, shipped = zip(*rows, strict=True)
    as_of = date.fromisoformat(START) + timedelta(days=end)
    return fabricated(
        list(names),
        as_of.isoformat(),
        ordered=days_after(START, list(ordered)),
        promised=days_after(START, list(promised)),
        shipped=days_after(START, list(shipped)),
    )


def day(after: int) -> date:
    return date.fromisoformat(START) + timedelta(days=after)


ROWS = (
    ("a", 0, 10, 12),  # known: two days late
    ("a", 5, 15, 40),  # open on the day of the cut
    ("a", 18, 30, 29),  # ordered before, promised after: tried, and shipped a day early
    ("a", 25, 45, None),  # ordered after: tried, still open
    ("b", 26, 50, 55),  # of a supplier without a past
    ("b", 40, 90, None),  # not due by the end: left out
)


def test_the_past_holds_what_was_known_that_day() -> None:
    whole = history(ROWS, 60)
    cut = cut_by_time(whole, delay_cohort(whole), day(20))
    assert cut.tried.tolist() == [False, False, True, True, True]
    assert cut.past.as_of == day(20)
    assert len(cut.past.orders) == 3
    assert cut.past.orders["shipped"].notna().tolist() == [True, False, False]
    learned = delay_cohort(cut.past)
    assert (learned.delay.tolist(), learned.open.tolist()) == ([2, 5], [False, True])


def test_an_order_cancelled_after_the_cut_is_open_before_it() -> None:
    whole = fabricated(
        ["a", "a", "a"],
        "2025-03-01",
        promised=["2025-01-05", "2025-01-06", "2025-02-01"],
        shipped=["2025-01-05", None, "2025-02-01"],
        outcome=[None, "cancelled", None],
        dispute_ended=[None, "2025-01-30", None],
    )
    cut = cut_by_time(whole, delay_cohort(whole), date(2025, 1, 20))
    assert delay_cohort(cut.past).open.tolist() == [False, True]
    assert delay_cohort(cut_by_time(whole, delay_cohort(whole), date(2025, 1, 31)).past).open.tolist() == [False]


def test_the_cut_by_share_is_the_first_day_with_enough_orders() -> None:
    whole = history([("a", 0, place, place) for place in range(1, 11)], 30)
    assert day_of_share(whole, delay_cohort(whole), 0.7) == day(7)
    assert day_of_share(whole, delay_cohort(whole), 0.71) == day(8)


def test_parts_drawn_by_lot_are_each_tried_once_and_never_known_to_themselves() -> None:
    whole = history([*ROWS, *ROWS], 60)
    cohort = delay_cohort(whole)
    cuts = list(cut_at_random(whole, cohort, 4, np.random.default_rng(1)))
    assert sum(cut.tried.astype(int) for cut in cuts).tolist() == [1] * 10  # type: ignore[union-attr]
    for cut in cuts:
        assert len(delay_cohort(cut.past).delay) == 10 - cut.tried.sum()


@settings(max_examples=12)
@given(st.integers(1, 2**32 - 1))
def test_what_happens_after_the_cut_changes_no_forecast(seed: int) -> None:
    """The leak test: every date after the cut is drawn anew, and orders are placed, shipped or left open by lot."""
    luck = np.random.default_rng(seed)
    now = [
        ("ab"[place % 2], place * 3, place * 3 + 20, place * 3 + 20 + max(0, int(luck.integers(-20, 20))))
        for place in range(30)
    ]
    cut = 70
    later = [
        (
            name,
            ordered,
            promised,
            shipped if shipped <= cut else cut + int(luck.integers(1, 200)) if luck.random() < 0.5 else None,
        )
        for name, ordered, promised, shipped in now
        if ordered <= cut or luck.random() < 0.5
    ]
    forecasts = []
    for rows in (now, later):
        whole = history(rows, 400)
        past = cut_by_time(whole, delay_cohort(whole), day(cut)).past
        made = DelayForecasts(past, 7)
        naive = NaiveForecasts(made.cohort, last_year=True)
        forecasts.append([*made.days("a"), *made.days("b"), *made.days("nobody"), *naive.days("a")])
    assert forecasts[0] == forecasts[1]


def test_orders_are_counted_by_hand() -> None:
    """Three orders are due after the cut: one early, one open (late), one five days late; one is not due."""
    found = backtested(history(ROWS, 60), Wanted(cut=day(20)))
    every, few, new = found.groups
    assert (every.orders, every.open, every.seen.counted, found.not_due, found.learned) == (3, 1, 2, 1, 2)
    assert [group.name for group in (few, new)] == ["of suppliers with 1 to 4", "of suppliers with none"]
    assert (few.orders, few.suppliers, new.orders, new.suppliers) == (2, 1, 1, 1)
    assert [(one.name, one.past, one.orders, one.late) for one in found.suppliers] == [("a", 2, 2, 1), ("b", 0, 1, 1)]
    promise, mean, spread = every.skills
    # The promise is off by 1, by the 16 days that are seen of the open order (due on day 45, seen to 60), and by 5.
    assert promise.crps == pytest.approx((1 + 16 + 5) / 3)
    # Of last year's orders one is shipped, two days late: it is off by 3, 14 and 3, as mean and as distribution.
    assert (mean.crps, spread.crps) == pytest.approx(((3 + 14 + 3) / 3,) * 2)
    assert every.brier_naive == pytest.approx(1 / 3)


def test_last_year_is_of_the_supplier_or_of_all() -> None:
    whole = history([("a", 0, 1, 41), ("b", 0, 500, 503), ("b", 0, 510, 509), ("c", 0, 520, None)], 530)
    naive = NaiveForecasts(delay_cohort(whole), last_year=True)
    assert naive.days("b").tolist() == [-1, 3]
    assert naive.days("a").tolist() == naive.days("c").tolist() == naive.days("nobody").tolist() == [-1, 3]
    assert NaiveForecasts(delay_cohort(whole), last_year=False).days("a").tolist() == [40]
    assert NaiveForecasts(delay_cohort(history([("c", 0, 1, None)], 9)), last_year=True).days("c").tolist() == [0]


def test_forecasts_from_the_true_law_are_found_good() -> None:
    """Half of all orders are late, and some still open at the end, on both sides of the cut.

    Of four histories the mean coverages have standard errors of 0.013 (0.016 for late orders).
    """
    found = [
        backtested(lognormal_history(1_500, np.random.default_rng(seed), suppliers=12, window=200)[0], Wanted())
        for seed in range(4)
    ]
    every = [one.groups[0] for one in found]
    assert min(group.open for group in every) > 20
    for place, nominal in enumerate((0.5, 0.8, 0.9)):
        assert np.mean([group.coverage[place].value for group in every]) == pytest.approx(nominal, abs=0.04)
        assert np.mean([group.late_coverage[place].value for group in every]) == pytest.approx(nominal, abs=0.05)
    assert sum(group.late_share_holds for group in every) >= 3
    assert all(group.skills[0].low > 0 for group in every)
    assert any(verdict(one)[0].startswith("The forecast held") for one in found)
    assert not any("very day" in text for one in found for text in not_told(one))


@pytest.mark.parametrize(("early", "late", "answer"), [(0, 25, "More orders"), (25, 0, "Fewer orders")])
def test_a_supplier_that_changes_is_found_out(early: int, late: int, answer: str) -> None:
    rows = [("a", None, place, place + (early if place < 60 else late)) for place in range(100)]
    found = backtested(history(rows, 200), Wanted(cut=day(59 + early)))
    assert verdict(found)[0].startswith(answer)
    assert not found.groups[0].late_share_holds


def test_forecasts_that_are_too_sure_are_found_out() -> None:
    """Late orders were all two or three days late, and then half of them are a month late."""
    luck = np.random.default_rng(2)
    rows = []
    for place in range(240):
        days = 0 if luck.random() < 0.5 else int(luck.integers(2, 4)) if place < 160 or luck.random() < 0.5 else 30
        rows.append(("abcdef"[place % 6], None, place, place + days))
    found = backtested(history(rows, 300), Wanted(cut=day(165)))
    assert "too sure of itself" in verdict(found)[0]
    assert found.groups[0].late_coverage[1].high < 0.8


def test_the_same_seed_gives_the_same_figures() -> None:
    whole = history([*ROWS, *ROWS], 60)
    first, again, other = (backtested(whole, Wanted(folds=3, seed=seed)) for seed in (4, 4, 5))
    assert first == again
    assert first != other


def test_suppliers_beyond_a_number_are_drawn_by_lot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.calibration.backtest._MOST_SUPPLIERS", 2)
    whole = history([(name, 0, place, place) for place in (5, 25) for name in "abcd"], 40)
    found = backtested(whole, Wanted(cut=day(10)))
    assert (len(found.suppliers), found.suppliers_left_out) == (2, 2)
    assert any("2 suppliers, drawn by lot" in text for text in not_told(found))


def test_progress_ends_with_the_last_supplier() -> None:
    told: list[tuple[int, int]] = []
    backtested(history(ROWS, 60), Wanted(cut=day(20)), progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("wanted", "answer"),
    [
        (Wanted(cut=day(60)), "nothing to try the forecast on"),
        (Wanted(cut=day(3)), "nothing to learn from"),
        (Wanted(folds=9), "5 orders were due: too few for 9 parts"),
    ],
)
def test_without_anything_on_one_side_there_is_no_test(wanted: Wanted, answer: str) -> None:
    with pytest.raises(InputError, match=answer):
        backtested(history(ROWS, 60), wanted)


def test_what_it_rests_on_is_said(few: Backtest) -> None:
    assert verdict(few)[0].startswith("Only 3 orders could be tried")
    assert tried(few) == (
        f"Fitted on 2 orders due by {day(20)}, as they were known that day; "
        "tried on 3 promised for later, of 2 suppliers."
    )
    told = " ".join(not_told(few))
    assert "Of the orders tried only 2 came late" in told
    assert "Of the orders tried 1 did not ship so far" in told
    assert "Left out: 1 order promised for after" in told
    assert naive_title(few.groups[0].skills[1], by_time=True) == "last year's mean"


@pytest.fixture(scope="module")
def few() -> Backtest:
    return backtested(history(ROWS, 60), Wanted(cut=day(20)))


def test_promises_that_are_always_kept_to_the_day_are_doubted() -> None:
    known = orders_of([("a", waited, 0) for waited in range(60)], as_of=AS_OF)
    found = backtested(known, Wanted())
    assert any("100 % of all shipped orders were shipped on the very day promised" in text for text in not_told(found))
    assert any(text.endswith("was never wrong.") for text in verdict(found))


def test_few_shipped_orders_say_nothing_about_promises() -> None:
    """Three orders shipped on the very day are no sign that promises are agreed anew."""
    found = backtested(orders_of([("a", waited, 0) for waited in (10, 20, 30)], as_of=AS_OF), Wanted(share=0.5))
    assert found.on_the_day is None
    assert not any("the very day" in text for text in not_told(found))


def test_of_many_suppliers_those_with_something_to_try_are_tried() -> None:
    """700 suppliers, one of which has an order after the cut: that one is tried, and none that could be is left out."""
    rows = [(f"s{number}", 0, 10, 11) for number in range(700)]
    found = backtested(history([*rows, ("s650", 30, 40, 45)], 60), Wanted(cut=day(20)))
    assert [one.name for one in found.suppliers] == ["s650"]
    assert found.suppliers_left_out == 0


def test_divided_by_lot_the_late_share_is_no_proof() -> None:
    """A history that turns from always kept to mostly late: over all parts the late share agrees with itself."""
    rows = [("ab"[place % 2], place, place + 10, place + 10 + 9 * (place > 60)) for place in range(120)]
    whole = history(rows, 200)
    by_lot, by_time = backtested(whole, Wanted(folds=3)), backtested(whole, Wanted())
    assert by_lot.groups[0].late_share_holds
    assert "late" not in verdict(by_lot)[0]
    assert "should have been" not in verdict(by_lot)[1]
    assert any("whether the late share holds, is tried without --random" in text for text in not_told(by_lot))
    assert verdict(by_time)[0].startswith("More orders were late than the forecast allowed for")


def test_coverage_of_suppliers_whose_orders_go_together_holds() -> None:
    """The places of a supplier's orders share a luck of its own: 95 % intervals must allow for it.

    Places are Phi((supplier + order) / sqrt 2), so each is uniform and 80 % of them lie in the middle 80 %.
    """
    from scipy.special import ndtr

    from sim.calibration.backtest import _coverage

    luck, held, naive = np.random.default_rng(7), 0, 0
    rounds, firms, orders = 300, 25, 30
    supplier = np.repeat(np.arange(firms), orders)
    for _ in range(rounds):
        shared = np.repeat(luck.standard_normal(firms), orders)
        place = ndtr((shared + luck.standard_normal(firms * orders)) / np.sqrt(2))
        held += _coverage(place, place, supplier, 0.8).holds
        naive += _coverage(place, place, np.zeros_like(supplier), 0.8).holds  # as if one by one
    assert held / rounds > 0.9
    assert naive / rounds < 0.8


def test_a_skill_below_nothing_is_called_worse() -> None:
    from sim.calibration.backtest import Skill
    from sim.calibration.backtest_words import _compared

    assert _compared(Skill("the mean", 1.0, -0.12, -0.3, 0.1), by_time=True) == (
        "It cannot be told from last year's mean: worse by 12 % (-30 to 10 %)."
    )
    assert "better by 0 % (-3 to 3 %)" in _compared(Skill("the mean", 1.0, 0.001, -0.03, 0.03), by_time=True)
