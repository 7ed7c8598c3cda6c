"""Gaps: the price of a rule against closed forms on the real engine, and what relaxing a rule means under each pack."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from sim.cli import main
from sim.errors import InputError
from sim.measures.estimates import Sums, sums_over
from sim.scenario import load_scenario
from sim.studies.changes import Change
from sim.studies.findings import Finding, PlanFinding
from sim.studies.gaps import Gaps, gaps_found
from sim.studies.points import Point
from sim.studies.relaxations import RELAXATION_NAMES, relaxations_of
from sim.studies.study import study_in_memory
from tests.stories import MAKER, order_of, scenario_tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sim.measures import Estimate
    from sim.scenario import Scenario
    from sim.studies.relaxations import Relaxation

WORST_CASE = {f"{MAKER}.defects.major": 0.9, f"{MAKER}.assurance_limit": 6_543.21}
"""900 of 1,000 units at 10.00 are defective: a claim of 9,000 under a limit of 6,543.21."""


def written(
    folder: Path, changes: Mapping[str, object] | None = None, plans: Mapping[str, object] | None = None
) -> Scenario:
    """The plain story, changed; one plan unless others are given."""
    tree: dict[str, Any] = scenario_tree(changes)
    if plans is not None:
        tree["plans"] = dict(plans)
    file = folder / "story.yaml"
    file.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return load_scenario(file)


def priced(scenario: Scenario, *rules: str, replications: int = 4, plans: Sequence[str] = ()) -> Gaps:
    """What rules of a scenario cost, on the real engine."""
    with study_in_memory(scenario, replications=replications) as study:
        return gaps_found(study, scenario, rules=rules, plans=plans)


def worth(found: Gaps, rule: str, plan: str = "plan") -> Estimate:
    """What a rule costs a plan."""
    (estimate,) = (gap.worth[plan] for gap in found.gaps if gap.relaxation.name == rule)
    return estimate


# ------------------------------------------------------------------------------------------------- closed forms


def test_lifting_the_limit_is_worth_what_lies_above_it_to_the_cent(tmp_path: Path) -> None:
    """The price of the limit without chance.

    Every claim of 9,000 is awarded in full and paid on the same day with and without the limit, 6,543.21 of it under
    the limit: lifting it is worth 9,000 - 6,543.21 = 2,456.79, in every replication, so that the interval has no width.
    """
    found = priced(written(tmp_path, WORST_CASE), "limit")
    assert worth(found, "limit")[:3] == (2_456.79, 2_456.79, 2_456.79)
    assert found.verdict == (
        "With alibaba-trade-assurance-2023 the gap that costs most is 'above limit': lifting the limit is worth "
        "USD 2,457 under plan. Nothing that is in your own hands shows a gain."
    )


def test_gaps_in_a_row_are_worth_more_together_than_one_by_one(tmp_path: Path) -> None:
    """Two rules that stop the same money.

    The goods are checked on day 35 after receipt, five days after the window has closed: nothing comes back. A window
    of 60 days brings 6,543.21, the limit being what stops the rest; lifting the limit alone brings nothing, as there is
    no claim; both bring 9,000.
    """
    found = priced(
        written(tmp_path, {**WORST_CASE, "buyer.goods_check_days": 35}), "claim-window", "limit", "goods-check", "all"
    )
    assert worth(found, "claim-window").value == 6_543.21
    assert worth(found, "goods-check").value == 6_543.21
    assert worth(found, "limit").value == 0
    assert worth(found, "all").value == 9_000
    assert "Lifting the limit is worth nothing here (USD 0.00)." in found.verdict
    assert "All of them together are worth USD 9,000." in found.verdict


def test_all_rules_may_be_asked_for_without_each_of_them(tmp_path: Path) -> None:
    found = priced(written(tmp_path, {**WORST_CASE, "buyer.goods_check_days": 35}), "all")
    assert [gap.relaxation.name for gap in found.gaps] == ["all"]
    assert worth(found, "all").value == 9_000
    assert found.verdict == (
        "With alibaba-trade-assurance-2023 all rules were relaxed at once. All of them together are worth USD 9,000."
    )


@pytest.mark.parametrize(
    ("rule", "changes", "value"),
    [
        # Half of the 10,000 paid went to the supplier's own account: 5,000 of the claim of 9,000 comes back
        ("platform", {f"{MAKER}.payment.platform_share": 0.5}, 4_000),
        ("platform", {f"{MAKER}.payment.through": "direct"}, 9_000),
        # 900 of 1,000 units are within a tolerance of 90 %
        ("tolerance", {"contract.tolerance": {"major": 0.9}}, 9_000),
        ("contract", {"contract.detail_share": 0}, 9_000),
        ("minimum-claim", {"buyer.minimum_claim": 9_000.01}, 9_000),
        # The evidence is due within five working days, and takes ten
        ("answers", {"buyer.evidence_days": 10}, 9_000),
        # The supplier offers 70 % after two days, which the buyer takes; the mediator would have given all
        (
            "holding-out",
            {
                "buyer.escalates_unanswered": False,
                f"{MAKER}.disputes.reply_days": 2,
                f"{MAKER}.disputes.opening_offer_share": 0.7,
            },
            2_700,
        ),
        ("upheld", {"disputes.uphold_probability": 0}, 9_000),
        ("in-full", {"disputes.award_share": 0.25}, 6_750),
        # The goods must go back at 20.00 a unit for a refund of 10.00 a unit: nobody does that
        ("return", {"disputes.return_probability": 1, f"{MAKER}.return_freight_per_unit": 20}, 9_000),
        # The supplier never pays, and the platform does not stand in
        (
            "payout",
            {f"{MAKER}.disputes.defaults_on_refund_probability": 1, "protection_overrides.refund_advanced": False},
            9_000,
        ),
        # Custom-made goods under a protection that excludes them
        ("cover", {"contract.custom_made": True, "protection_overrides.covers_custom_made": False}, 9_000),
    ],
)
def test_each_rule_has_its_price(tmp_path: Path, rule: str, changes: Mapping[str, object], value: float) -> None:
    """A claim of 9,000 that one rule alone stops: relaxing that rule is worth what it stopped."""
    scenario = written(tmp_path, {f"{MAKER}.defects.major": 0.9, **changes})
    assert worth(priced(scenario, rule), rule)[:3] == (value, value, value)


def test_messages_off_the_platform_weigh_on_the_mediator(tmp_path: Path) -> None:
    """Odds of 1 at a probability of a half, times a quarter off the platform: 0.2 instead of 0.5 of 9,000."""
    changes = {
        f"{MAKER}.defects.major": 0.9,
        "contract.messages_on_platform": False,
        "disputes.uphold_probability": 0.5,
        "disputes.odds.messages_off_platform": 0.25,
    }
    found = worth(priced(written(tmp_path, changes), "messages", replications=2_000), "messages")
    assert found.low < 0.3 * 9_000 < found.high


def test_cover_before_shipment_is_worth_nothing_where_only_the_deposit_was_paid(tmp_path: Path) -> None:
    """A firm that never ships never gets the balance: the deposit is all that was paid, and it is covered."""
    changes = {
        f"{MAKER}.defects.major": 0.9,
        f"{MAKER}.never_ships_probability": 1,
        f"{MAKER}.payment": {"deposit_share": 0.3},
        "protection_overrides.pre_shipment_cover": "initial_payment",
    }
    found = priced(written(tmp_path, changes), "pre-shipment")
    assert worth(found, "pre-shipment")[:3] == (0, 0, 0)
    assert [gap.relaxation.settings for gap in found.gaps] == [
        (("protection_overrides.pre_shipment_cover", {"value": "all_paid", "unit": "choice"}),)
    ]


def test_the_price_of_a_random_rule_lies_in_its_paired_interval(tmp_path: Path) -> None:
    """What is not in the contract, with chance.

    A lot with 200 defective units of 10.00 is claimed if its fault is in the contract, which has probability 0.6, and
    then paid in full: the mean refund is 1,200. With everything in the contract it is 2,000. The gap is worth 800; in a
    replication it is worth 2,000 with probability 0.4 and nothing otherwise, so that the half-width at 95 % of 2,000
    replications is 1.961151 * 2,000 * sqrt(s (1 - s) / 1,999), with s the share seen.
    """
    changes = {f"{MAKER}.defects.major": 0.2, "contract.detail_share": 0.6}
    found = priced(written(tmp_path, changes), "contract", replications=2_000)
    estimate = worth(found, "contract")
    assert estimate.low < 800 < estimate.high
    share = estimate.value / 2_000
    assert estimate.half_width == pytest.approx(1.961151 * 2_000 * (share * (1 - share) / 1_999) ** 0.5, rel=1e-5)


def test_intervals_hold_for_all_rules_and_plans_together(tmp_path: Path) -> None:
    """Two rules and two plans: each interval at 1 - 0.05 / 4, Student's t 2.499 instead of 1.961."""
    changes = {f"{MAKER}.defects.major": 0.2, "contract.detail_share": 0.6, f"{MAKER}.assurance_limit": 1_000}
    plans = {"plan": {"orders": [order_of()]}, "other": {"orders": [order_of()]}}
    scenario = written(tmp_path, changes, plans)
    together = worth(priced(scenario, "contract", "limit", replications=2_000), "contract")
    alone = worth(priced(scenario, "contract", replications=2_000, plans=["plan"]), "contract")
    assert together.value == alone.value
    assert together.half_width / alone.half_width == pytest.approx(2.499 / 1.961, rel=1e-3)


# ------------------------------------------------------------------------------------------- what is relaxed


def relaxed(scenario: Scenario) -> dict[str, Relaxation]:
    """Every relaxation of a scenario by its name."""
    names = [plan.name for plan in scenario.plans]
    return {relaxation.name: relaxation for relaxation in relaxations_of(scenario, names)}


@pytest.mark.parametrize(
    "pack",
    [
        "alibaba-trade-assurance-2023",
        "alibaba-trade-assurance-faq",
        "paypal-goods-and-services",
        "escrow",
        "bank-transfer-unprotected",
    ],
)
def test_every_relaxation_makes_a_valid_scenario_under_every_pack(tmp_path: Path, pack: str) -> None:
    doubtful = {
        "protection": pack,
        "contract": {
            "custom_made": True,
            "detail_share": 0.5,
            "messages_on_platform": False,
            "tolerance": {"major": 0.02},
        },
        "disputes": {
            "uphold_probability": 0.5,
            "award_share": 0.8,
            "return_probability": 0.5,
            "odds": {"messages_off_platform": 0.5},
        },
        "buyer.minimum_claim": 50,
        f"{MAKER}.assurance_limit": 5_000,
        f"{MAKER}.payment.platform_share": 0.7,
        f"{MAKER}.disputes.defaults_on_refund_probability": 0.1,
        "buyer.goods_check_days": {"dist": "triangular", "low": 1, "mode": 4, "high": 45},
        "uncertain": {"buyer.goods_check_days.mode": {"dist": "uniform", "low": 2, "high": 20}},
    }
    scenario = written(tmp_path, doubtful)
    found = relaxed(scenario)
    assert set(found) == set(RELAXATION_NAMES)
    assert all((relaxation.skipped is None) == bool(relaxation.settings) for relaxation in found.values())
    with study_in_memory(scenario, replications=3) as study:
        findings = study.findings([Point(relaxation.settings) for relaxation in found.values()])
    assert [finding.error for finding in findings] == [None] * len(found)
    skipped = {name for name, relaxation in found.items() if relaxation.skipped}
    expected = {
        "alibaba-trade-assurance-2023": {"pre-shipment", "payout"},
        "alibaba-trade-assurance-faq": {"payout"},
        "paypal-goods-and-services": {"limit", "pre-shipment", "payout"},
        "escrow": {"limit", "pre-shipment", "payout"},
        "bank-transfer-unprotected": set(RELAXATION_NAMES),
    }
    assert skipped == expected[pack]


def test_a_claim_window_is_doubled_on_its_own_clock_and_is_sixty_days_at_least(tmp_path: Path) -> None:
    for pack, days, clock in (
        ("alibaba-trade-assurance-2023", 60, "received"),
        ("paypal-goods-and-services", 360, "placed"),
    ):
        (setting,) = relaxed(written(tmp_path, {"protection": pack}))["claim-window"].settings
        assert setting == ("protection_overrides.claim_window", {"value": days, "unit": "days", "clock": clock})
    short = {"protection_overrides.claim_window": {"value": 5, "clock": "placed", "source": "the contract"}}
    found = relaxed(written(tmp_path, short))["claim-window"]
    assert found.settings[0].value == {"value": 60, "unit": "days", "clock": "placed"}
    assert found.change == "claim_window 60 instead of 5 days"


def test_only_suppliers_that_plans_use_count(tmp_path: Path) -> None:
    changes = {
        "suppliers.side": {"extends": "maker", "payment": {"through": "direct"}},
        "suppliers.idle": {"extends": "maker", "payment": {"through": "direct"}},
    }
    fallback = order_of("b", start={"after": "a", "when": "received"}, otherwise={"supplier": "side"})
    fallback["only_if"] = {"order": "a", "defective_share_at_most": 0.1}
    scenario = written(
        tmp_path, changes, {"plan": {"orders": [order_of(), fallback]}, "alone": {"orders": [order_of()]}}
    )
    assert relaxed(scenario)["platform"].settings == (("suppliers.side.payment.through", "platform"),)
    assert relaxations_of(scenario, ["alone"], ["platform"])[0].skipped == "everything is paid through the platform"


def test_rules_that_are_lax_already_are_skipped_with_the_reason(tmp_path: Path) -> None:
    lax = relaxed(written(tmp_path, {"buyer.goods_check_days": 0}))
    assert lax["goods-check"].skipped == "goods are checked on arrival"
    assert lax["contract"].skipped == "every requirement is written down"
    assert lax["tolerance"].skipped == "the contract allows no defects"
    assert lax["limit"].skipped == "no supplier has a limit"
    assert lax["return"].skipped == "no mediator asks for the goods back"
    assert lax["payout"].skipped == "the platform pays when the supplier does not"
    assert lax["messages"].skipped == "the mediator does not mind where the talk was"


def test_all_together_leaves_out_ways_to_bargain(tmp_path: Path) -> None:
    found = relaxed(written(tmp_path, {**WORST_CASE, "buyer.minimum_claim": 50}))
    assert found["minimum-claim"].settings
    assert found["holding-out"].settings
    paths = {path for path, _ in found["all"].settings}
    assert "protection_overrides.limit_applies" in paths
    assert not {"buyer.minimum_claim", "buyer.accepts_offer_from_share"} & paths
    only_limit = relaxations_of(written(tmp_path, WORST_CASE), ["plan"], ["limit", "all"])
    assert [relaxation.name for relaxation in only_limit] == ["limit", "all"]
    assert only_limit[1].settings == only_limit[0].settings


# --------------------------------------------------------------------------------------------- what is told


class KnownChanges:
    """Finds given changes of two plans, by the path of the first thing that a point sets."""

    def __init__(self, losses: Mapping[str, tuple[int, int]], broken: str = "") -> None:
        self.losses = losses
        self.broken = broken

    def findings(self, points: Sequence[Point]) -> list[Finding]:
        return [self._finding(point) for point in points]

    def changes(self, base: Point, others: Sequence[Point]) -> list[Change]:
        (start,) = self.findings([base])
        return [self._change(start, finding) for finding in self.findings(others)]

    def _finding(self, point: Point) -> Finding:
        path = point.values[0][0] if point.values else "base"
        if self.broken and path.startswith(self.broken):
            return Finding(point, error="no valid scenario")
        one, other = self.losses.get(path, self.losses["base"])
        sums = {name: Sums(100, 100 * cents, 100 * cents**2) for name, cents in (("one", one), ("other", other))}
        plans = {name: PlanFinding({"loss": each}, 0, 0, 0.0, 0.0) for name, each in sums.items()}
        return Finding(point, plans, {("one", "other"): 100 * (one - other) ** 2})

    def _change(self, base: Finding, other: Finding) -> Change:
        gains = {
            name: base.plans[name].sums["loss"].total - other.plans[name].sums["loss"].total for name in other.plans
        }
        return Change(base, other, {name: Sums(100, gain, gain**2 // 100) for name, gain in gains.items()})


TWO_PLANS = {name: {"orders": [order_of()]} for name in ("one", "other")}
DOUBTFUL = {**WORST_CASE, "contract.detail_share": 0.5}


def test_the_verdict_names_the_dearest_rule_and_the_plan_that_would_then_be_best(tmp_path: Path) -> None:
    losses = {
        "base": (900_00, 1_000_00),
        "contract.detail_share": (690_00, 400_00),
        "protection_overrides.limit_applies": (899_00, 995_00),
        "protection_overrides.covers_agreed_lateness": (600_00, 300_00),
    }
    scenario = written(tmp_path, DOUBTFUL, TWO_PLANS)
    found = gaps_found(KnownChanges(losses), scenario, rules=["contract", "limit", "all"])
    assert found.best == "one"
    assert found.verdict == (
        "With alibaba-trade-assurance-2023 the gap that costs most is 'not in contract': writing every requirement "
        "into the contract is worth USD 210 under one. Lifting the limit is worth USD 1.00. "
        "All of them together are worth USD 210; other would then be the best plan."
    )
    (contract,) = (gap for gap in found.gaps if gap.relaxation.name == "contract")
    assert (contract.best, contract.best_settled, contract.dearest) == ("other", True, "other")


def test_tables_and_data_hold_every_rule_and_plan(tmp_path: Path) -> None:
    scenario = written(tmp_path, DOUBTFUL, TWO_PLANS)
    found = gaps_found(KnownChanges({"base": (5_00, 7_00), "contract.detail_share": (4_00, 4_00)}), scenario)
    table = found.tables()["gaps"].set_index(["rule", "plan"])
    assert table.loc[("contract", "one"), "worth"] == 1
    assert table.loc[("contract", "other"), "worth"] == 3
    assert set(table.index.get_level_values("rule")) == set(RELAXATION_NAMES)
    data = {gap["rule"]: gap for gap in found.data()["gaps"]}
    assert data["contract"]["settings"] == {"contract.detail_share": 1.0}
    assert data["messages"]["skipped"]


def test_a_rule_without_a_result_is_counted_and_the_rest_is_answered(tmp_path: Path) -> None:
    scenario = written(tmp_path, DOUBTFUL, TWO_PLANS)
    known = KnownChanges(
        {"base": (5_00, 7_00), "contract.detail_share": (4_00, 4_00)}, broken="protection_overrides.lim"
    )
    found = gaps_found(known, scenario, rules=["contract", "limit"])
    assert found.failed == 1
    assert [gap.reason for gap in found.gaps] == [None, "no valid scenario"]
    assert worth(found, "contract", "one").value == 1


def test_a_protection_that_covers_nothing_has_no_rule_to_relax(tmp_path: Path) -> None:
    found = priced(written(tmp_path, {**WORST_CASE, "protection": "bank-transfer-unprotected"}))
    assert found.verdict == (
        "With bank-transfer-unprotected there is no rule to relax (bank-transfer-unprotected protects nothing)."
    )
    assert found.priced == []


def test_no_rule_that_shows_a_gain(tmp_path: Path) -> None:
    found = priced(written(tmp_path, {f"{MAKER}.assurance_limit": 500}), "limit", "upheld")
    assert "no rule costs plan anything that 4 replications could show" in found.verdict


def test_an_unknown_rule_is_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'limit'"):
        gaps_found(KnownChanges({"base": (1, 2)}), written(tmp_path), rules=["limitt"])
    with pytest.raises(InputError, match="cannot be simulated"):
        gaps_found(KnownChanges({"base": (1, 2)}, broken="base"), written(tmp_path))


def test_changes_between_points_are_paired_on_the_real_engine(tmp_path: Path) -> None:
    """A change is the exact sum over replications of the same number, not the difference of two means."""
    scenario = written(tmp_path, {f"{MAKER}.defects.major": 0.2, "contract.detail_share": 0.6})
    point = Point((("contract.detail_share", 1.0),))
    with study_in_memory(scenario, replications=300) as study:
        (change,) = study.changes(Point(), [point])
    from sim.engines import engine_named
    from sim.model import build_model

    engine = engine_named("auto")
    losses = [
        engine.summarise(build_model(each, "plan"), range(300)).losses
        for each in (scenario, scenario.with_overrides(["contract.detail_share=1.0"]))
    ]
    assert change.sums["plan"] == sums_over([losses[0] - losses[1]])


# ------------------------------------------------------------------------------------------------- the command


def answered(*arguments: str) -> str:
    """What the command prints, without a terminal."""
    out = io.StringIO()
    with redirect_stdout(out), pytest.raises(SystemExit) as left:
        main(["gaps", *arguments, "--workers", "1", "--replications", "20"])
    assert left.value.code == 0
    return out.getvalue()


def test_the_command_tells_shows_and_keeps_the_prices(tmp_path: Path) -> None:
    changes = {**WORST_CASE, "contract.detail_share": 0}
    plans = {f"a-plan-with-a-long-name-{number}": {"orders": [order_of()]} for number in range(6)}
    file, folder = str(written(tmp_path, changes, plans).path), tmp_path / "study"
    printed = answered(file, "--out", str(folder))
    assert max(map(len, printed.splitlines()[:-1])) <= 80  # the last names the folder
    text = " ".join(printed.split())
    # Nothing is in the contract, so that nothing comes back; with everything in it, the limit comes back.
    assert "contract 6,543" in text
    assert "limit 0.00" in text
    assert "Left out: payout (the platform pays when the supplier does not)." in text
    assert "the gap that costs most is 'not in contract': writing every requirement into the contract is worth" in text
    assert {"gaps.csv", "gaps.svg", "gaps.png", "manifest.json"} <= {each.name for each in folder.iterdir()}
    data = json.loads(answered(file, "--out", str(folder), "--json"))
    prices = {gap["rule"]: gap["worth"] for gap in data["gaps"]}
    assert prices["contract"]["a-plan-with-a-long-name-0"]["value"] == 6_543.21
    assert prices["all"]["a-plan-with-a-long-name-5"]["value"] == 9_000
