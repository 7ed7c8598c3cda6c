"""What helps a claim and what it is worth, in cases whose prices can be worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from sim.measures import Estimate
from sim.scenario import load_scenario
from sim.studies.evidence import Evidence, Item, evidence_priced, items_of
from sim.studies.study import study_in_memory
from tests.stories import INSPECTED, MAKER, order_of, scenario_tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sim.scenario import Scenario

DEFECTIVE = {f"{MAKER}.defects.major": 0.1}
"""100 of 1,000 units at 10.00 are defective: a claim of 1,000, granted in full."""


def story(folder: Path, changes: Mapping[str, Any] | None = None, orders: Sequence[Any] | None = None) -> Scenario:
    file = folder / "story.yaml"
    file.write_text(yaml.safe_dump(scenario_tree(changes, orders), sort_keys=False), encoding="utf-8")
    return load_scenario(file)


def prices(scenario: Scenario, replications: int = 4) -> dict[str, Evidence]:
    with study_in_memory(scenario, replications=replications) as study:
        return {found.item.name: found for found in evidence_priced(study, scenario, "plan")}


def test_each_item_is_worth_the_claim_that_fails_without_it(tmp_path: Path) -> None:
    """Without requirements in the contract, without a check in time, without evidence: no claim of 1,000 comes back."""
    found = prices(story(tmp_path, DEFECTIVE))
    assert {name: each.worth and each.worth.value for name, each in found.items()} == {
        "report": None,
        "contract": 1_000,
        "counts": 1_000,
        "in-time": 1_000,
        "messages": None,
    }
    assert found["in-time"].for_each_dispute == 1_000  # every order is disputed, with the evidence and without
    assert found["counts"].for_each_dispute is None  # without it there is no dispute at all
    assert found["in-time"].price("USD") == "worth USD 1,000, USD 1,000 for each dispute"
    assert "buys no pre-shipment inspection" in found["report"].item.why


def test_messages_are_worth_what_they_do_to_the_odds(tmp_path: Path) -> None:
    """Odds of 1 with the talk on the platform, 1/3 without: upheld in a half, or a quarter, of claims of 1,000."""
    changes = {
        **DEFECTIVE,
        "disputes.uphold_probability": 0.5,
        "disputes.odds.messages_off_platform": 1 / 3,
        "contract.messages_on_platform": False,
    }
    worth = prices(story(tmp_path, changes), 4_000)["messages"].worth
    assert worth is not None
    assert worth.low < 250 < worth.high
    assert worth.half_width < 25


def test_a_report_of_a_failed_lot_is_worth_what_it_does_to_the_odds(tmp_path: Path) -> None:
    """A lot that fails and is taken all the same: odds 1 without the report, 3 with it, 3/4 - 1/2 of 1,000."""
    taken = {**INSPECTED, "on_fail": {"do": "accept"}}
    changes = {
        **DEFECTIVE,
        "inspections.psi": taken,
        "disputes.uphold_probability": 0.5,
        "disputes.odds.failed_inspection_report": 3,
    }
    found = prices(story(tmp_path, changes, [order_of(inspections=["psi"])]), 4_000)["report"]
    assert found.worth is not None
    assert found.worth.low < 250 < found.worth.high
    assert found.item.without == (("disputes.odds.failed_inspection_report", 1.0),)


def test_where_no_claim_can_be_made_nothing_helps(tmp_path: Path) -> None:
    assert items_of(story(tmp_path, {**DEFECTIVE, f"{MAKER}.payment.through": "direct"}), "plan") == ()
    assert items_of(story(tmp_path, {**DEFECTIVE, "protection": "bank-transfer-unprotected"}), "plan") == ()


def test_without_cover_of_quality_only_what_helps_against_lateness(tmp_path: Path) -> None:
    changes = {"protection": "paypal-goods-and-services", "contract.custom_made": True}
    assert [item.name for item in items_of(story(tmp_path, changes), "plan")] == ["in-time", "messages"]


@pytest.mark.parametrize(
    ("worth", "said"),
    [
        (Estimate(54.0, 28.0, 80.0, 100), "worth USD 54.00 ± 26.00"),
        (Estimate(3.0, -1.0, 7.0, 100), "too small to see (below USD 7.00)"),
        (Estimate(-3.0, -12.0, 6.0, 100), "too small to see (below USD 12.00)"),
        (Estimate(-20.0, -30.0, -10.0, 100), "costs USD 20.00 ± 10.00: more claims, more hours"),
        (Estimate(0.0, 0.0, 0.0, 100), "worth nothing here"),
        (None, "no price"),
    ],
)
def test_a_price_in_words(worth: Estimate | None, said: str) -> None:
    assert Evidence(Item("x", "X", (), (), ""), worth).price("USD") == said
