"""The decision card: every kind of outcome in plain words."""

from __future__ import annotations

from math import nan

import pytest

from sim.report.card import card_of
from sim.report.facts import InputFact, Span
from tests.unit.report.fabricated_facts import facts, plan_facts


def test_a_settled_choice() -> None:
    card = card_of(facts(plan_facts(), plan_facts("twice", 2_600.0, best=2_000.0, beaten=0.71), ledger=()))
    assert card.chosen == "early"
    assert card.settled
    assert card.headline == "Choose early"
    assert card.what == "early, in words. a: 5,000 from zhejiang, inspected (psi)"
    assert card.gain == (
        "It loses USD 2,000 on average, USD 600 less than the next best, twice "
        "(between 520 and 680 at 95 % confidence)."
    )
    assert card.sureness == (
        "Settled: 1,000 simulated cases of each plan put it first, with over 99.9 % sureness. "
        "It ends better than twice in 71 of 100 single cases."
    )
    assert card.share > 0.999
    assert card.tail == "In the worst 5 % of cases it loses USD 8,000 on average."


def test_a_plan_that_is_an_insurance() -> None:
    card = card_of(facts(plan_facts(), plan_facts("twice", 2_600.0, best=2_000.0, beaten=0.36)))
    assert "in only 36 of 100 single cases: it wins because it avoids the dear ones" in card.sureness


def test_assumed_inputs_are_counted() -> None:
    inputs = tuple(
        InputFact(section="need", path=f"need.{name}", value="1", source=source, kind=kind)
        for name, source, kind in (("a", "assumption: a guess", "assumption"), ("b", "quote", "sourced"))
    )
    card = card_of(facts(ledger=inputs))
    assert card.sureness.endswith("Whether your inputs are right is another question: 1 value that is assumed.")


def test_a_choice_that_is_not_settled() -> None:
    plans = (
        plan_facts(),
        plan_facts("close", 2_030.0, best=2_000.0),
        plan_facts("closer", 2_040.0, best=2_000.0),
        plan_facts("far", 9_000.0, best=2_000.0),
    )
    card = card_of(facts(*plans))
    assert not card.settled
    assert card.headline == "Not settled: early, close or closer"
    assert "cannot tell them apart: choosing either costs little" in card.sureness
    assert 0.0 <= card.share < 0.9


def test_a_tie() -> None:
    tied = plan_facts("same", best=2_000.0, more=Span(value=0.0, low=0.0, high=0.0), settled=False)
    card = card_of(facts(plan_facts(), tied))
    assert card.headline == "A tie: early and same"
    assert "exactly as much as same" in card.gain
    assert "take the one that is less work" in card.sureness


def test_a_plan_alone() -> None:
    card = card_of(facts(plan_facts(), flips=None))
    assert card.headline == "early is the only plan"
    assert card.gain == "It loses USD 2,000 on average; there is nothing to compare it with."
    assert card.share == 1.0
    assert card.flips == ()


def test_one_replication_is_sure_of_nothing() -> None:
    nobody_knows = Span(value=600.0, low=nan, high=nan)
    card = card_of(facts(plan_facts(), plan_facts("twice", 2_600.0, best=2_000.0, more=nobody_knows, settled=False)))
    assert not card.settled
    assert card.share == 0.0
    assert "as far as one replication can tell" in card.gain


def test_a_plan_with_a_milder_tail_is_named() -> None:
    mild = plan_facts("mild", 2_600.0, best=2_000.0, tail=Span(value=3_000.0, low=2_900.0, high=3_100.0))
    assert card_of(facts(plan_facts(), mild)).tail == (
        "In the worst 5 % of cases it loses USD 8,000 on average; mild keeps that at USD 3,000."
    )


def test_a_milder_tail_within_the_noise_is_not() -> None:
    mild = plan_facts("mild", 2_600.0, best=2_000.0, tail=Span(value=7_900.0, low=7_000.0, high=8_800.0))
    assert card_of(facts(plan_facts(), mild)).tail == "In the worst 5 % of cases it loses USD 8,000 on average."


@pytest.mark.parametrize(("gap", "share"), [(80.0, 0.975), (40.0, 0.837), (0.5, 0.505)])
def test_sureness_is_that_of_the_difference(gap: float, share: float) -> None:
    """An interval of 80 to either side at 95 % is 1.96 standard errors: normal probabilities by hand."""
    card = card_of(facts(plan_facts(), plan_facts("twice", 2_000.0 + gap, best=2_000.0)))
    assert card.share == pytest.approx(share, abs=0.001)
