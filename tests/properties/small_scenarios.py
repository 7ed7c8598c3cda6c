"""Small scenarios at random: every branch of the model within reach, in plans of one to three orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hypothesis import strategies as st

from tests.stories import EVERY_DAY_WORKED, MAKER, order_of

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

PACKS: Final = (
    "alibaba-trade-assurance-2023",
    "alibaba-trade-assurance-2023",
    "alibaba-trade-assurance-faq",
    "paypal-goods-and-services",
    "escrow",
    "bank-transfer-unprotected",
)
PROBABILITIES: Final = st.sampled_from([0.0, 0.0, 0.3, 0.7, 1.0])
SHARES: Final = st.sampled_from([0.0, 0.02, 0.1, 0.5, 1.0, {"dist": "uniform", "low": 0.0, "high": 0.4}])
SHORT: Final = st.sampled_from([0, 1, 3.25, 7, {"dist": "uniform", "low": 0, "high": 12}])
LONG: Final = st.sampled_from(
    [5, 20, 30, 38.5, {"dist": "uniform", "low": 10, "high": 60}, {"dist": "constant", "value": 25, "working": True}]
)
MONEY: Final = st.sampled_from([0, 0.01, 1.5, 7.77])
ANSWERS: Final = st.sampled_from([0, 1, 2, 4, 6.5, 9, {"dist": "uniform", "low": 0, "high": 12}])
MILESTONES: Final = st.sampled_from(["placed", "shipped", "received", "checked", "closed"])


class Given(NamedTuple):
    """A scenario as its changes to the plain story, and its orders."""

    changes: dict[str, Any]
    orders: list[dict[str, Any]]

    def but(self, **changes: object) -> Given:
        """Change keys as well, dots written as two underscores."""
        return Given({**self.changes, **{key.replace("__", "."): value for key, value in changes.items()}}, self.orders)


@st.composite
def scenarios(draw: DrawFn) -> Given:
    """Any small scenario; unit values and fees are whole cents, so that sums can be checked exactly."""
    changes = {**draw(buyers()), **draw(suppliers()), **draw(inspections())}
    changes["protection"] = draw(st.sampled_from(PACKS))
    changes["protection_overrides"] = draw(overrides())
    changes["run.seed"] = draw(st.integers(0, 2**64 - 1))
    return Given(changes, draw(plans()))


@st.composite
def buyers(draw: DrawFn) -> dict[str, Any]:
    """Need, buyer, contract and mediator."""
    return {
        "need": {
            "quantity": draw(st.sampled_from([50, 100, 180])),
            "due": draw(st.sampled_from([20, 35, 60.5])),
            "sale_value": 40,
            "late_cost_per_unit_day": draw(st.sampled_from([0, 14.4])),  # a cent a minute
            "salvage_value": draw(st.sampled_from([0, 2.5])),
            "minor_defect_cost": draw(st.sampled_from([0, 0.4])),
            "excess_value": draw(st.sampled_from([0, 3])),
        },
        "buyer": {
            "hourly_cost": draw(MONEY),
            "capital_cost_rate": draw(st.sampled_from([0, 0.12])),
            "goods_check_days": draw(LONG),
            "reply_days": draw(ANSWERS),
            "evidence_days": draw(ANSWERS),
            "accepts_offer_from_share": draw(st.sampled_from([0.2, 0.6])),
            "escalates_unanswered": draw(st.booleans()),
            "escalates_before_close": draw(st.booleans()),
            "extension_accepted_days": draw(st.sampled_from([0, 5, 20])),
            "disputes_at_once": draw(st.sampled_from([1, 2])),
            "minimum_claim": draw(st.sampled_from([0, 50])),
        },
        "contract": {
            "detail_share": draw(PROBABILITIES.filter(bool)),
            "messages_on_platform": draw(st.booleans()),
            "custom_made": draw(st.booleans()),
            "tolerance": {"critical": 0, "major": draw(st.sampled_from([0, 0.02, 0.1])), "minor": 0.05},
        },
        "disputes": {
            "uphold_probability": draw(PROBABILITIES),
            "award_share": draw(SHARES),
            "return_probability": draw(PROBABILITIES),
            "decision_days": draw(SHORT),
            "odds": {"passed_inspection_report": 0.3, "failed_inspection_report": 3},
        },
    }


@st.composite
def suppliers(draw: DrawFn) -> dict[str, Any]:
    """Two suppliers, of which the second differs from the first in a few terms."""
    payment = st.fixed_dictionaries(
        {
            "deposit_share": st.sampled_from([0, 0.3, 1]),
            "balance": st.sampled_from(["before_shipment", "after_inspection", "on_receipt"]),
            "through": st.sampled_from(["platform", "platform", "platform", "direct"]),
            "platform_share": st.sampled_from([1, 1, 0.4]),
            "fee_rate": st.sampled_from([0, 0.015]),
        }
    )
    other = {
        "extends": "maker",
        "payment": draw(payment),
        "assurance_limit": draw(st.sampled_from([None, 300])),
        "unit_price": [{"from": 1, "price": 13}],
        **({"identity": "maker"} if draw(st.booleans()) else {}),
    }
    return {
        f"{MAKER}.unit_price": [{"from": 1, "price": 12}, {"from": 100, "price": 11.5}],
        f"{MAKER}.calendar": draw(st.sampled_from([EVERY_DAY_WORKED, "CN"])),
        f"{MAKER}.payment": draw(payment),
        f"{MAKER}.assurance_limit": draw(st.sampled_from([None, 0, 200, 1000])),
        f"{MAKER}.limit_used_by_others_share": draw(SHARES),
        f"{MAKER}.promised_days": draw(st.sampled_from([20, 30])),
        f"{MAKER}.production_days": draw(LONG),
        f"{MAKER}.parallel_orders": draw(st.sampled_from([1, 3])),
        f"{MAKER}.never_ships_probability": draw(st.sampled_from([0, 0, 0.3])),
        f"{MAKER}.defects": {
            "critical": draw(st.sampled_from([0, 0.01])),
            "major": draw(SHARES),
            "minor": draw(SHARES),
            "latent_share": draw(st.sampled_from([0, 0.3, 1])),
            "latent_days": draw(LONG),
            "bad_lot": {"probability": draw(st.sampled_from([0, 0.3])), "share": 0.8},
        },
        f"{MAKER}.rework": {
            "days": draw(SHORT),
            "removes_share": draw(st.sampled_from([0, 0.6, 1])),
            "refuses_probability": draw(PROBABILITIES),
        },
        f"{MAKER}.disputes": {
            "reply_days": draw(ANSWERS),
            "silent_probability": draw(st.sampled_from([0, 0.3])),
            "concedes_probability": draw(st.sampled_from([0, 0.3])),
            "opening_offer_share": draw(SHARES),
            "concession_share": draw(st.sampled_from([0, 0.1])),
            "evidence_days": draw(ANSWERS),
            "payout_days": draw(SHORT),
            "defaults_on_refund_probability": draw(st.sampled_from([0, 0.4])),
        },
        f"{MAKER}.transit": {"days": draw(LONG), "damage_rate": draw(st.sampled_from([0, 0.05]))},
        f"{MAKER}.freight": {"per_order": 25, "per_unit": 0.35},
        f"{MAKER}.return_freight_per_unit": draw(MONEY),
        "suppliers.other": other,
    }


@st.composite
def inspections(draw: DrawFn) -> dict[str, Any]:
    """One inspection of each kind."""
    sampling = st.sampled_from(
        [
            {"standard": "iso2859-1", "level": "II", "switching": True},
            {"standard": "fixed", "sample_size": 30, "accept": {"major": 2, "minor": 4}},
        ]
    )
    common = {"fee_per_man_day": 120, "man_days": draw(st.sampled_from([0, 1, 2.5]))}
    return {
        "inspections": {
            "psi": {
                **common,
                "kind": "pre_shipment",
                "sampling": draw(sampling),
                "booking_days": draw(SHORT),
                "detection_probability": draw(PROBABILITIES),
                "on_fail": {
                    "do": draw(st.sampled_from(["rework", "refuse", "accept"])),
                    "at_most": draw(st.integers(0, 2)),
                    "then": draw(st.sampled_from(["refuse", "accept"])),
                },
                "reinspection_paid_by": draw(st.sampled_from(["supplier", "buyer"])),
            },
            "during": {
                **common,
                "kind": "during_production",
                "at_progress_share": draw(st.sampled_from([0.0, 0.4, 1.0])),
                "sampling": draw(sampling),
            },
        }
    }


@st.composite
def overrides(draw: DrawFn) -> dict[str, Any]:
    """A few rules of the pack, changed."""
    known: dict[str, st.SearchStrategy[Any]] = {
        "limit_scope": st.sampled_from(["order", "supplier"]),
        "limit_restored": st.sampled_from([0, 30, None]),
        "refund_advanced": st.booleans(),
        "buyer_silence_effect": st.sampled_from(["cancelled", "escalated"]),
        "buyer_evidence_missed": st.sampled_from(["cancelled", "decided_without"]),
        "supplier_evidence_missed": st.sampled_from(["upheld", "decided_without"]),
        "goods_returned": st.sampled_from(["as_decided", "always", "never"]),
        "covers_agreed_lateness": st.booleans(),
    }
    names = draw(st.lists(st.sampled_from(sorted(known)), max_size=3, unique=True))
    return {name: draw(known[name]) for name in names}


@st.composite
def plans(draw: DrawFn) -> list[dict[str, Any]]:
    """One to three orders, which may wait for each other and depend on what was found before."""
    orders: list[dict[str, Any]] = []
    for name in "abc"[: draw(st.integers(1, 3))]:
        bought = draw(st.sampled_from([[], ["psi"], ["during"], ["during", "psi"]]))
        supplier = draw(st.sampled_from(["maker", "maker", "other"]))
        order = order_of(name, draw(st.sampled_from([1, 40, 100, 130])), supplier, inspections=bought)
        if bool(orders) and draw(st.booleans()):
            order |= draw(dependencies(orders[-1]))
        elif draw(st.booleans()):
            order["start"] = {"day": draw(st.sampled_from([0, 3, 40.25]))}
        orders.append(order)
    return orders


@st.composite
def dependencies(draw: DrawFn, before: dict[str, Any]) -> dict[str, Any]:
    """How an order waits for the one before it, and on what condition it is placed."""
    inspected = "psi" in before["inspections"]
    when = draw(st.one_of(MILESTONES, st.just("inspected")) if inspected else MILESTONES)
    start = {"after": before["id"], "when": when, "delay_days": draw(st.sampled_from([0, 2.5]))}
    if draw(st.booleans()):
        return {"start": start}
    condition: dict[str, Any] = {"order": before["id"]}
    if inspected and draw(st.booleans()):
        condition["inspection"] = "passed"
    else:
        condition["defective_share_at_most"] = draw(st.sampled_from([0, 0.05, 0.5]))
    otherwise = draw(st.sampled_from(["cancel", {"supplier": "other"}]))
    return {"start": start, "only_if": condition, "otherwise": otherwise}
