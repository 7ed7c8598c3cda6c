"""The decision card: every kind of outcome in plain words."""

from __future__ import annotations

from dataclasses import replace
from math import nan

import pytest

from sim.report.card import card_of
from sim.report.facts import Duel, InputFact, Span
from sim.studies.flip_facts import Flips, Skipped
from tests.unit.report.fabricated_facts import FLIPS, facts, plan_facts

DUEL = Duel(better=0.41, worse=0.59, by_better=3_540.0, by_worse=1_443.0, skewness=0.5)


def test_a_settled_choice() -> None:
    card = card_of(facts(plan_facts(), plan_facts("twice", 2_600.0, best=2_000.0, duel=DUEL), ledger=()))
    assert card.chosen == "early"
    assert card.settled
    assert card.headline == "Choose early"
    assert card.what == "early, in words. One order of 5,000 from zhejiang, with pre-shipment inspection."
    assert card.gain == (
        "It loses USD 2,000 on average, USD 600 less than the next best, twice "
        "(between 520 and 680 at 95 % confidence)."
    )
    assert card.sureness == (
        "Settled: 1,000 simulated cases of each plan put it first, with over 99.9 % sureness. "
        "Beside twice with the same luck it ends better in 41 of 100 cases, by USD 3,540 on average "
        "and worse in 59 of 100 cases, by USD 1,443."
    )
    assert card.share is not None
    assert card.share > 0.999
    assert card.tail == "In the worst 5 % of cases it loses USD 8,000 on average."


def test_rare_ends_are_neither_none_nor_all() -> None:
    rare = DUEL.model_copy(update={"better": 0.001, "worse": 0.997})
    card = card_of(facts(plan_facts(), plan_facts("twice", 2_600.0, best=2_000.0, duel=rare)))
    assert "better in fewer than 1 of 100 cases" in card.sureness
    assert "worse in more than 99 of 100 cases" in card.sureness


def test_lopsided_differences_are_not_called_sure() -> None:
    """A skewness of 10 leaves the mean of 1,000 one of 10 / 31.6 = 0.32, of 20,000 one of 0.07."""
    plans = plan_facts(), plan_facts("twice", 2_600.0, best=2_000.0, duel=DUEL.model_copy(update={"skewness": -10.0}))
    card = card_of(facts(*plans))
    assert card.share is None
    assert "too few to know about rare disasters" in card.sureness
    assert card_of(facts(*plans, replications=20_000)).share is not None


def test_few_cases_are_not_called_sure_of_anything() -> None:
    card = card_of(facts(replications=300))
    assert card.share is None
    assert card.tail == "So few cases say nothing about the worst ones."


def test_assumed_inputs_are_counted() -> None:
    inputs = tuple(
        InputFact(section="need", path=f"need.{name}", value="1", source=source, kind=kind)
        for name, source, kind in (("a", "assumption: a guess", "assumption"), ("b", "quote", "sourced"))
    )
    card = card_of(facts(ledger=inputs))
    assert card.sureness.endswith("Whether your inputs are right is another question: 1 of the 2 is assumed.")


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
    assert "you lose at most USD 50 more on average than with the best" in card.sureness.replace("50.00", "50")
    assert card.share is not None
    assert card.share < 0.9


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
    assert card.share is None
    assert "as far as so few replications can tell" in card.gain


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


def test_two_thresholds_of_an_input_are_one_sentence() -> None:
    (below,) = FLIPS.found
    other = replace(below, path="suppliers.zhejiang.assurance_limit", present=10_000.0, at=5_000.0)
    above = replace(below, at=0.95, side="above", other="thrice")
    card = card_of(facts(flips=replace(FLIPS, found=(above, other, below))))
    assert card.flips == (
        (
            "If the inspection psi notices less than about 55 % of the defects that it sees (now 80 %), twice loses "
            "less; if more than about 95 %, thrice loses less."
        ),
        "If zhejiang's protection limit is less than about USD 5,000 (now USD 10,000), twice loses less.",
    )


def test_negative_amounts_have_a_minus_sign() -> None:
    card = card_of(facts(plan_facts(loss=-500.0), plan_facts("twice", 300.0, best=-500.0), ledger=()))
    assert card.gain.startswith("It loses USD \N{MINUS SIGN}500 on average")
    assert not any(" -" in text for text in (card.gain, card.sureness, card.tail))


def test_a_plan_that_is_ahead_with_fewer_replications_ends_the_search() -> None:
    card = card_of(facts(flips=Flips(chosen="early", found=(), steady=(), replications=2_000, ahead="twice")))
    assert card.flips == ("With 2,000 replications twice already loses less than early: hardly anything decides.",)
    assert card.looked == ""


def test_what_was_not_looked_into_is_named() -> None:
    left = Skipped(path="buyer.capital_cost_rate", label="cost of capital", reason="only 12 inputs")
    card = card_of(facts(flips=replace(FLIPS, skipped=(left,), complete=False)))
    assert card.looked == (
        "2 inputs were moved, one at a time, with 1,000 replications each; the search was broken off. "
        "Not looked into: cost of capital."
    )
