"""Scenarios at random, with every key that an engine can feel: wider than the small ones of the property tests.

The small ones keep to whole cents and few terms, so that sums can be checked exactly. Two engines need no such favour:
here every number may be drawn from every kind of distribution, calendars have closures, packs odd values, and up to
six orders wait for each other in any order of listing.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from sim.scenario.packs import pack_ids
from sim.terms import RULE_DEFINITIONS as RULES
from sim.terms import Kind, word_of
from tests.properties.small_scenarios import Given, scenarios
from tests.stories import EVERY_DAY_WORKED, MAKER, order_of

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

MIXED: Final = {
    "dist": "mixture",
    "components": [
        {"weight": 0.5, "dist": "uniform", "low": 0.1, "high": 0.4},
        {"weight": 0.3, "dist": "constant", "value": 0.5},
        {"weight": 0.2, "dist": "beta", "mean": 0.7, "sd": 0.1},
    ],
}
SHARE_LAWS: Final[dict[str, Any]] = {
    "constant": 0.25,
    "linear": {"dist": "uniform", "low": 0.0, "high": 0.5},
    "pieces": {"dist": "beta", "mean": 0.2, "sd": 0.15},
    "steps": {"dist": "bernoulli", "p": 0.3},
    "observations": {"dist": "empirical", "values": [0, 0.01, 0.2, 0.2, 0.6, 1]},
    "triangle": {"dist": "triangular", "low": 0.0, "mode": 0.1, "high": 1.0},
    "closed form": {"dist": "semicircular", "loc": 0.5, "scale": 0.5},
    "mixture": MIXED,
    "conditioned": {"dist": "normal", "mean": 0.3, "sd": 0.2, "at_most": 0.9},
}
"""A share by every kind of quantile table, by the kind's name."""

DAY_LAWS: Final[dict[str, Any]] = {
    "constant": 3.25,
    "linear": {"dist": "uniform", "low": 0, "high": 12},
    "pieces": {"dist": "lognormal", "mean": 4, "sd": 6},
    "steps": {"dist": "poisson", "mean": 5},
    "observations": {"dist": "empirical", "values": [0, 0, 4, 7, 7, 7.000694444444445, 30]},
    "triangle": {"dist": "triangular", "low": 1, "mode": 4, "high": 45},
    "closed form": {"dist": "semicircular", "loc": 8, "scale": 8},
    "mixture": {
        "dist": "mixture",
        "components": [
            {"weight": 0.6, "dist": "uniform", "low": 1, "high": 5},
            {"weight": 0.2, "dist": "constant", "value": 20},
            {"weight": 0.2, "dist": "gamma", "mean": 20, "sd": 10},
        ],
    },
    "conditioned": {"dist": "weibull", "p10": 2, "p90": 30, "at_least": 1, "at_most": 60},
    "long": {"dist": "lognormal", "mean": 60, "sd": 800},
}
"""A time by every kind of quantile table, by the kind's name."""

WORKED: Final = [{"value": 2.5, "working": True}, {**DAY_LAWS["linear"], "working": True}]
DAYS: Final = st.sampled_from([0, 1, 2, 7, 30, *DAY_LAWS.values(), *WORKED])
DELAYS: Final = st.sampled_from(
    [
        -40,
        0,
        2,
        {"dist": "norm", "loc": 0, "scale": 10, "at_least": -60, "at_most": 90},
        {"dist": "empirical", "values": [-5, -1, 0, 0, 3, 12]},
        {"dist": "uniform", "low": -10, "high": 20, "working": True},
    ]
)
SHARES: Final = st.sampled_from([0, 0, 1, *SHARE_LAWS.values()])
PROBABILITIES: Final = st.sampled_from([0, 0, 0.25, 0.75, 1])
CLOSED: Final = {
    "country": "CN",
    "closed": [{"from": date(2026, 3, 10), "to": date(2026, 3, 29)}, date(2026, 4, 20)],
    "open": [date(2026, 3, 15), {"from": date(2026, 5, 1), "to": date(2026, 5, 5)}],
}
CALENDARS: Final = st.sampled_from(
    [None, "GB", "CN", EVERY_DAY_WORKED, CLOSED, {"weekend": ["fri"]}, {"country": "US", "weekend": ["sun"]}]
)
MILESTONES: Final = ["placed", "shipped", "received", "checked", "closed"]
ISO: Final = st.fixed_dictionaries(
    {
        "standard": st.just("iso2859-1"),
        "level": st.sampled_from(["S-1", "S-4", "I", "II", "III"]),
        "aql": st.fixed_dictionaries(
            {
                "critical": st.sampled_from([0, 0.065, 0.65]),
                "major": st.sampled_from([0, 1, 2.5, 6.5]),
                "minor": st.sampled_from([0.4, 4]),
            }
        ),
        "severity": st.sampled_from(["normal", "tightened"]),
    }
)
SAMPLING: Final = st.one_of(
    ISO,
    ISO.flatmap(lambda plan: st.booleans().map(lambda switches: {**plan, "switching": switches})),
    st.just({"standard": "fixed", "sample_size": 30, "accept": {"critical": 1, "major": 2, "minor": 4}}),
)


@st.composite
def wide_scenarios(draw: DrawFn, most_orders: int = 6) -> Given:
    """Any scenario of up to so many orders."""
    small = draw(scenarios())
    changes = {**small.changes, **draw(firms()), **draw(people()), **draw(visits())}
    changes["start"] = draw(st.sampled_from([date(2026, 3, 2), date(2026, 1, 31), date(2027, 12, 24)]))
    changes["protection"] = draw(st.sampled_from(pack_ids()))
    changes["protection_overrides"] = draw(odd_rules())
    return Given({**changes, **draw(moods())}, draw(webs(most_orders)))


@st.composite
def moods(draw: DrawFn) -> dict[str, Any]:
    """What makes disputes of one kind likely, or nothing."""
    mood = draw(st.sampled_from(["any", "late", "defective"]))
    if mood == "any":
        return {}
    disputed = {
        f"{MAKER}.payment": {"deposit_share": 0.3, "balance": draw(st.sampled_from(["before_shipment", "on_receipt"]))},
        f"{MAKER}.disputes.defaults_on_refund_probability": draw(st.sampled_from([0, 0.5])),
        "buyer.minimum_claim": 0,
        "contract.detail_share": 1,
        "disputes.uphold_probability": draw(st.sampled_from([0.5, 1])),
        "suppliers.other.payment": {"deposit_share": 0.5},
    }
    if mood == "defective":
        return {**disputed, f"{MAKER}.defects.major": 0.2, "contract.tolerance": {"major": 0.02}}
    return {
        **disputed,
        f"{MAKER}.promised_days": draw(st.sampled_from([1, 10])),
        f"{MAKER}.production_days": draw(st.sampled_from([9, 30, {"dist": "uniform", "low": 5, "high": 60}])),
        f"{MAKER}.delay_days": None,
        "buyer.extension_accepted_days": draw(st.sampled_from([0, 0, 12])),
        "disputes.decision_days": draw(st.sampled_from([0, 15])),
    }


@st.composite
def firms(draw: DrawFn) -> dict[str, Any]:
    """What the small scenarios leave as it is in a supplier, and three suppliers on different terms."""
    changes: dict[str, Any] = {
        f"{MAKER}.calendar": draw(CALENDARS),
        f"{MAKER}.protected_price_premium_share": draw(st.sampled_from([0, 0.031])),
        f"{MAKER}.promised_days": draw(st.sampled_from([0, 12, 20.4, 30])),
        f"{MAKER}.parallel_orders": draw(st.integers(1, 3)),
        f"{MAKER}.limit_used_by_others_share": draw(SHARES),
        f"{MAKER}.production_days_per_1000": draw(st.sampled_from([0, 3.3])),
        f"{MAKER}.defects.critical": draw(SHARES),
        f"{MAKER}.defects.major": draw(SHARES),
        f"{MAKER}.defects.minor": draw(SHARES),
        f"{MAKER}.defects.lot_to_lot_share": draw(st.sampled_from([0, 0.3, 1])),
        f"{MAKER}.defects.bad_lot.share": draw(SHARES),
        f"{MAKER}.defects.latent_days": draw(DAYS),
        f"{MAKER}.rework.days": draw(DAYS),
        f"{MAKER}.disputes.reply_days": draw(DAYS),
        f"{MAKER}.disputes.evidence_days": draw(DAYS),
        f"{MAKER}.disputes.payout_days": draw(DAYS),
        f"{MAKER}.disputes.opening_offer_share": draw(SHARES),
        f"{MAKER}.disputes.concession_share": draw(st.sampled_from([0, 0.1, 1])),
        f"{MAKER}.transit.days": draw(DAYS),
        f"{MAKER}.return_freight_per_unit": draw(st.sampled_from([0, 0.333333, 5])),
        "suppliers.third": {"extends": "maker", "disputes": {"reply_days": draw(DAYS)}, "calendar": draw(CALENDARS)},
        "suppliers.other.calendar": draw(CALENDARS),
        "suppliers.other.promised_days": draw(st.sampled_from([5, 30])),
        "suppliers.other.never_ships_probability": draw(PROBABILITIES),
        "suppliers.other.disputes": {"reply_days": draw(DAYS), "silent_probability": draw(PROBABILITIES)},
    }
    if draw(st.booleans()):
        changes |= {f"{MAKER}.production_days": None, f"{MAKER}.delay_days": draw(DELAYS)}
    else:
        changes[f"{MAKER}.production_days"] = draw(DAYS)
    return changes


@st.composite
def people(draw: DrawFn) -> dict[str, Any]:
    """The buyer and the mediator."""
    return {
        "need.sale_value": draw(st.sampled_from([14, 40])),
        "buyer.calendar": draw(CALENDARS),
        "buyer.hourly_cost": draw(st.sampled_from([0, 12.34])),
        "buyer.goods_check_days": draw(DAYS),
        "buyer.reply_days": draw(DAYS),
        "buyer.evidence_days": draw(DAYS),
        "buyer.accepts_offer_from_share": draw(st.sampled_from([0, 0.25, 0.6, 1])),
        "buyer.extension_accepted_days": draw(st.sampled_from([0, 1, 7.5, 60])),
        "buyer.writes_off_after_days": draw(st.sampled_from([0, 5, 90])),
        "buyer.disputes_at_once": draw(st.integers(1, 3)),
        "buyer.dispute_hours": {
            "filing": draw(st.sampled_from([0, 4])),
            "reply": draw(st.sampled_from([0, 1.51])),
            "evidence": draw(st.sampled_from([0, 5.999])),
        },
        "contract.detail_share": draw(st.sampled_from([0, 0.5, 1, 1])),
        "contract.tolerance": {name: draw(st.sampled_from([0, 0.013])) for name in ("critical", "major", "minor")},
        "disputes.award_share": draw(SHARES),
        "disputes.decision_days": draw(DAYS),
        "disputes.odds": {
            "full_contract_detail": draw(st.sampled_from([0.5, 4])),
            "failed_inspection_report": 3,
            "passed_inspection_report": 0.25,
            "messages_off_platform": draw(st.sampled_from([0.4, 1])),
        },
    }


@st.composite
def visits(draw: DrawFn) -> dict[str, Any]:
    """What the small scenarios leave as it is in inspections, and a second one of each kind."""
    changes: dict[str, Any] = {
        "inspections.final": {"kind": "pre_shipment", "on_fail": {"do": draw(st.sampled_from(["refuse", "accept"]))}},
        "inspections.again": {"kind": "during_production", "at_progress_share": draw(st.sampled_from([0, 0.7, 1]))},
        "inspections.psi.booking_days": draw(DAYS),
    }
    for name in ("during", "again", "psi", "final"):
        changes |= {
            f"inspections.{name}.sampling": draw(SAMPLING),
            f"inspections.{name}.inspectors": draw(st.integers(1, 2)),
            f"inspections.{name}.man_days": draw(st.sampled_from(["auto", 0, 0.7, 4])),
            f"inspections.{name}.units_per_man_day": draw(st.sampled_from([20, 200])),
            f"inspections.{name}.fee_per_man_day": 99.99,
            f"inspections.{name}.detection_probability": draw(st.sampled_from([0, 0.6, 1])),
        }
    for name in ("during", "again"):
        changes[f"inspections.{name}.correction_share"] = draw(st.sampled_from([0, 0.5, 1]))
    return changes


@st.composite
def odd_rules(draw: DrawFn) -> dict[str, Any]:
    """Some rules of the pack at values that no pack has."""
    several = st.lists(st.sampled_from(sorted(RULES)), min_size=6, max_size=16, unique=True)
    names = draw(st.one_of(st.just([]), several))
    return {name: draw(odd_rule(name)) for name in names}


@st.composite
def odd_rule(draw: DrawFn, name: str) -> Any:  # noqa: ANN401 - as a rule pack holds it
    """One rule at any value that its definition lets it have."""
    rule = RULES[name]
    if rule.kind is Kind.SWITCH:
        return draw(st.booleans())
    if rule.kind is Kind.CHOICE:
        return word_of(draw(st.sampled_from(rule.choices)))
    if rule.kind is Kind.SHARE:
        return draw(st.sampled_from([0, 0.01755, 1]))
    days = st.sampled_from([0, 0.5, 1, 4, 7, 11.25, 30, 45, 200])
    value = {"value": draw(st.one_of(days, st.none()) if rule.may_be_null else days), "unit": "days"}
    return value | ({"clock": word_of(draw(st.sampled_from(rule.clocks)))} if rule.clocks else {})


@st.composite
def webs(draw: DrawFn, most: int) -> list[dict[str, Any]]:
    """Orders that wait for each other and depend on each other without a circle, listed in any order."""
    orders: list[dict[str, Any]] = []
    for name in "abcdefghijkl"[: draw(st.integers(1, most))]:
        during = draw(st.sampled_from([[], ["during"], ["again", "during"]]))
        bought = [*during, *draw(st.sampled_from([[], ["psi"], ["psi"], ["final"]]))]
        supplier = draw(st.sampled_from(["maker", "maker", "other", "third"]))
        order = order_of(name, draw(st.sampled_from([1, 40, 130, 1700])), supplier, inspections=bought)
        if bool(orders) and draw(st.booleans()):
            order["start"] = draw(waits(draw(st.sampled_from(orders))))
        elif draw(st.booleans()):
            order["start"] = {"day": draw(st.sampled_from([0, 3, 40.25]))}
        if orders and "start" in order and draw(st.booleans()):
            order["only_if"] = draw(knows(draw(st.sampled_from(orders))))
            order["otherwise"] = draw(st.sampled_from(["cancel", {"supplier": "other"}, {"supplier": "maker"}]))
        orders.append(order)
    listed: list[dict[str, Any]] = draw(st.permutations(orders))
    return listed


@st.composite
def waits(draw: DrawFn, before: dict[str, Any]) -> dict[str, Any]:
    """A start some time after something happened to another order."""
    when = draw(st.sampled_from([*MILESTONES, *(["inspected"] if is_inspected(before) else [])]))
    return {"after": before["id"], "when": when, "delay_days": draw(st.sampled_from([0, 0, 2.5, 30]))}


@st.composite
def knows(draw: DrawFn, before: dict[str, Any]) -> dict[str, Any]:
    """A condition on what is known of another order."""
    if is_inspected(before) and draw(st.booleans()):
        return {"order": before["id"], "inspection": "passed"}
    return {"order": before["id"], "defective_share_at_most": draw(st.sampled_from([0, 0.01, 0.2, 1]))}


def is_inspected(order: dict[str, Any]) -> bool:
    """Whether the finished lot is inspected."""
    return not {"psi", "final"}.isdisjoint(order["inspections"])
