"""Facts made by hand: small, round and coherent, so that a test can say beforehand what a report must show.

A plan that loses L on average over `REPLICATIONS` replications has its split in `SPLIT` (the defective units take what
L has beyond 2,000), the quantiles of `SHAPE` times L, a worst 5 % of 4 L and a worst 1 % of 6 L. All sums are exact:
components add up to the loss, and harm less drops is what was recovered.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sim.report.facts import (
    CashOut,
    Curve,
    Facts,
    Happening,
    InputFact,
    PackFacts,
    PlanFacts,
    RuleFact,
    Span,
    StudyFacts,
    Told,
)
from sim.studies.flip_facts import Flip, Flips

REPLICATIONS: Final = 1_000
START: Final = "2026-03-02"
EDGES: Final = tuple(float(edge) for edge in range(0, 11_000, 1_000))
"""Of the histograms: ten bins of 1,000."""
SPLIT: Final = {
    "purchase": -100_00,
    "freight": -50_00,
    "payment_fees": 0,
    "inspection": 300_00,
    "dispute_handling": 90_00,
    "return_freight": 0,
    "capital_cost": 320_00,
    "missing_units": 600_00,
    "defective_units": 1_000_00,
    "late_units": 0,
    "excess_units": -10_00,
    "refunds": -150_00,
}
"""Of a loss of 2,000.00, in cents a replication."""
DROPS: Final = {
    "not_covered": 50_00,
    "paid_off_platform": 0,
    "within_tolerance": 120_00,
    "not_in_contract": 80_00,
    "found_too_late": 60_00,
    "not_claimed": 0,
    "cancelled_by_silence": 0,
    "evidence_missed": 0,
    "settled_for_less": 40_00,
    "rejected": 0,
    "reduced_by_mediator": 0,
    "return_forgone": 0,
    "above_amount_paid": 0,
    "above_limit": 0,
    "not_paid_out": 0,
}
"""Of a harm of 500.00, in cents a replication: 150.00 are recovered."""
GROUND_UP: Final = 500_00
SHAPE: Final = {0.01: 0.1, 0.05: 0.2, 0.25: 0.5, 0.5: 0.8, 0.75: 1.2, 0.95: 2.5, 0.99: 5.0}
"""Quantiles of the loss, as multiples of its mean."""
_LEAST, _MOST = 0.0, 8.0
_LOSS: Final = 2_000.0

TYPICAL_EVENTS: Final = (
    (0.0, "order_placed", "order for 5,000 units placed with zhejiang", "plans: start"),
    (0.0, "deposit_paid", "deposit of USD 4,800.00 paid", "suppliers: payment.deposit_share"),
    (0.0, "production_started", "production starts", "suppliers: parallel_orders"),
    (30.0, "production_finished", "production is finished", "suppliers: production_days or delay_days"),
    (30.0, "inspection_booked", "pre-shipment inspection is booked", "inspections: booking_days"),
    (34.5, "lot_accepted", "inspector accepts the lot, 12 units found defective", "inspections: sampling"),
    (34.5, "balance_paid", "balance of USD 11,200.00 paid", "suppliers: payment.balance"),
    (35.0, "goods_shipped", "5,000 units leave the supplier", "suppliers: transit"),
    (65.0, "goods_received", "4,990 units arrive whole; the claim window opens", "protection: claim_window (30 days)"),
    (70.0, "goods_checked", "goods are checked, 90 units found defective", "buyer: goods_check_days"),
    (70.0, "no_claim", "no claim: defects lie within what the contract allows", "contract: tolerance"),
    (70.0, "order_closed", "order closed: nothing can change it any more", "model: end of an order"),
)
BAD_EVENTS: Final = (
    (0.0, "order_placed", "order for 5,000 units placed with zhejiang", "plans: start"),
    (0.0, "deposit_paid", "deposit of USD 4,800.00 paid", "suppliers: payment.deposit_share"),
    (0.0, "production_started", "production starts", "suppliers: parallel_orders"),
    (42.0, "production_finished", "production is finished", "suppliers: production_days or delay_days"),
    (42.0, "inspection_booked", "pre-shipment inspection is booked", "inspections: booking_days"),
    (46.0, "lot_rejected", "inspector rejects the lot, 120 units found defective", "inspections: sampling"),
    (46.0, "rework_started", "supplier takes the lot back for rework", "inspections: on_fail"),
    (56.0, "rework_finished", "rework is finished, 700 units are still defective", "suppliers: rework.removes_share"),
    (56.0, "lot_taken_anyway", "buyer takes the rejected lot all the same", "inspections: on_fail.then"),
    (56.5, "balance_paid", "balance of USD 11,200.00 paid", "suppliers: payment.balance"),
    (57.0, "goods_shipped", "5,000 units leave the supplier", "suppliers: transit"),
    (90.0, "goods_received", "4,985 units arrive whole; the claim window opens", "protection: claim_window (30 days)"),
    (95.0, "goods_checked", "goods are checked, 690 units found defective", "buyer: goods_check_days"),
    (95.0, "dispute_opened", "buyer opens a dispute over USD 2,200.00", "protection: claim_opens (0 days)"),
    (97.0, "supplier_offered", "supplier offers USD 500.00", "suppliers' disputes: opening_offer_share"),
    (98.0, "buyer_insisted", "buyer turns the offer down", "buyer: accepts_offer_from_share"),
    (105.0, "supplier_silent", "supplier has not answered: the dispute escalates", "protection: supplier_silence"),
    (110.0, "evidence_closed", "both sides have handed in their evidence", "protection: evidence_window"),
    (113.0, "claim_upheld", "mediator awards USD 1,100.00", "disputes: uphold_probability, odds, award_share"),
    (123.0, "refund_paid", "refund of USD 1,100.00 arrives", "protection: limit_applies (yes), limit_scope (order)"),
    (123.0, "order_closed", "order closed: nothing can change it any more", "model: end of an order"),
)


def told(*, bad: bool = False, order: str = "a", replication: int | None = None) -> Told:
    """A replication of one order: an ordinary one that loses 1,600.00, or a bad one that loses 5,000.00."""
    events = tuple(
        Happening(day=day, moment=moment(day), order=order, event=event, sentence=sentence, rule=rule)
        for day, event, sentence, rule in (BAD_EVENTS if bad else TYPICAL_EVENTS)
    )
    if bad:
        return Told(
            replication=88 if replication is None else replication,
            quantile=0.95,
            loss=5_000.0,
            components={"inspection": 300.0, "missing_units": 200.0, "defective_units": 5_600.0, "refunds": -1_100.0},
            ground_up=2_600.0,
            drops={"within_tolerance": 400.0, "reduced_by_mediator": 1_100.0},
            recovered=1_100.0,
            events=events,
        )
    return Told(
        replication=41 if replication is None else replication,
        quantile=0.5,
        loss=1_600.0,
        components={"inspection": 300.0, "capital_cost": 300.0, "defective_units": 1_000.0},
        ground_up=320.0,
        drops={"within_tolerance": 320.0},
        recovered=0.0,
        events=events,
    )


def moment(day: float) -> str:
    """A day from the start by the calendar, to the minute."""
    return (datetime.fromisoformat(START) + timedelta(days=day)).isoformat(timespec="minutes")


def plan_facts(name: str = "early", loss: float = _LOSS, *, best: float | None = None, **changes: object) -> PlanFacts:
    """What a run found of a plan that loses `loss` on average.

    Parameters
    ----------
    name
        Of the plan.
    loss
        In currency units, with whole cents; its interval is 100 to either side.
    best
        What the best plan loses; None if this is the best plan. `more` then is the difference, 80 to either side.
    changes
        Any other facts, in the place of those that would be.
    """
    cents = round(loss * 100)
    split = SPLIT | {"defective_units": SPLIT["defective_units"] + cents - sum(SPLIT.values())}
    more = None if best is None else span(loss - best, 80.0)
    found: dict[str, Any] = {
        "name": name,
        "title": f"{name}, in words",
        "orders": ("one order of 5,000 from zhejiang, with pre-shipment inspection",),
        "loss": span(loss, 100.0),
        "more": more,
        "settled": None if more is None else more.low > 0,
        "tail": span(_scaled(loss, 4), 800.0),
        "tail_99": span(_scaled(loss, 6), 1_500.0),
        "edge": span(_scaled(loss, SHAPE[0.95]), 400.0),
        "edge_99": span(_scaled(loss, SHAPE[0.99]), 900.0),
        "deviation": span(1.2 * abs(loss), 50.0),
        "components": {component: part * REPLICATIONS for component, part in split.items()},
        "loss_cents": cents * REPLICATIONS,
        "ground_up_cents": GROUND_UP * REPLICATIONS,
        "drops": {rule: drop * REPLICATIONS for rule, drop in DROPS.items()},
        "recovered_cents": (GROUND_UP - sum(DROPS.values())) * REPLICATIONS,
        "late": span(0.1, 0.02),
        "claims": span(0.25, 0.03),
        "filled": span(0.95, 0.01),
        "days_to_close": span(90.0, 1.0),
        "peak_cash_out": span(16_000.0, 60.0),
        "quantiles": quantiles(loss),
        "exceedance": exceedance(loss),
        "histogram": histogram(loss),
        "cash": cash_out(),
        "typical": told(),
        "bad": told(bad=True),
    }
    return PlanFacts(**(found | changes))


def span(value: float, half: float) -> Span:
    """An estimate with as much to either side."""
    return Span(value=value, low=value - half, high=value + half)


def quantiles(loss: float) -> Curve:
    """Losses at shares of the replications; those of a negative mean are as far from it as those of a positive one."""
    return Curve(at=tuple(SHAPE), value=tuple(_scaled(loss, times) for times in SHAPE.values()))


def exceedance(loss: float) -> Curve:
    """Shares that lose more: 1 at nothing, 0 at eight times the mean, and between them as the quantiles say."""
    at, below = _cumulative(loss)
    return Curve(at=at, value=tuple(round(1 - share, 12) for share in below))


def histogram(loss: float) -> tuple[float, ...]:
    """Shares in the bins of `EDGES`, by straight lines between the quantiles."""
    inner = [_share_below(loss, edge) for edge in EDGES[1:-1]]
    return tuple(round(after - before, 12) for before, after in zip([0.0, *inner], [*inner, 1.0], strict=True))


def cash_out() -> CashOut:
    """4,800 from day 0, 16,000 from day 35 until the goods come on day 60 to 80."""
    return CashOut(
        days=(0.0, 20.0, 30.0, 35.0, 40.0, 60.0, 65.0, 80.0, 100.0),
        low=(4_800.0, 4_800.0, 4_800.0, 4_800.0, 4_800.0, 0.0, 0.0, 0.0, 0.0),
        median=(4_800.0, 4_800.0, 4_800.0, 16_000.0, 16_000.0, 16_000.0, 0.0, 0.0, 0.0),
        high=(4_800.0, 4_800.0, 16_000.0, 16_000.0, 16_000.0, 16_000.0, 16_000.0, 0.0, 0.0),
    )


def _scaled(loss: float, times: float) -> float:
    return round(loss + abs(loss) * (times - 1), 2)


def _cumulative(loss: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Losses, and the shares of replications that lose no more."""
    ends = _scaled(loss, _LEAST), *(_scaled(loss, times) for times in SHAPE.values()), _scaled(loss, _MOST)
    return ends, (0.0, *SHAPE, 1.0)


def _share_below(loss: float, amount: float) -> float:
    at, below = _cumulative(loss)
    if amount <= at[0]:
        return 0.0
    for left, right, low, high in zip(at, at[1:], below, below[1:], strict=False):
        if amount <= right:
            return low + (high - low) * (amount - left) / (right - left)
    return 1.0


def facts(*plans: PlanFacts, **changes: object) -> Facts:
    """Facts of a run of these plans, the one that loses least first; by default two that are told apart.

    Parameters
    ----------
    plans
        None for ``early`` (2,000.00) and ``twice`` (2,600.00).
    changes
        Any other facts, in the place of those that would be.
    """
    found: dict[str, Any] = {
        "scenario": "mugs",
        "title": "A first order of mugs",
        "description": "5,000 mugs from a supplier that nobody knows.",
        "currency": "USD",
        "start": START,
        "seed": 1,
        "replications": REPLICATIONS,
        "confidence": 0.95,
        "engine": "compiled",
        "program": "0.1.0",
        "precision_reached": True,
        "verdict": "Choose early: on average it loses USD 600 less than the other plan, twice "
        "(520 to 680 less at 95 % confidence).",
        "edges": EDGES,
        "plans": plans or (plan_facts(), plan_facts("twice", 2_600.0, best=_LOSS)),
        "flips": FLIPS,
        "pack": PACK,
        "ledger": LEDGER,
        "studies": (STUDY,),
    }
    return Facts(**(found | changes))


FLIPS: Final = Flips(
    chosen="early",
    found=(
        Flip(
            path="inspections.psi.detection_probability",
            label="share of defects that the inspector sees",
            present=0.8,
            low=0.3,
            high=1.0,
            at=0.55,
            side="below",
            other="twice",
            loses=240.0,
            source="usual range",
        ),
    ),
    steady=(
        Flip(
            path="suppliers.zhejiang.assurance_limit",
            label="supplier's assurance limit",
            present=10_000.0,
            low=5_000.0,
            high=20_000.0,
            at=None,
            side=None,
            other=None,
            loses=0.0,
            source="the scenario's uncertain",
        ),
    ),
    replications=REPLICATIONS,
)
PACK: Final = PackFacts(
    id="alibaba-trade-assurance-2023",
    title="Alibaba Trade Assurance, as told in July 2023",
    date="2023-07-21",
    summary="Late shipment and quality below the contract, up to the supplier's limit.",
    rules=(
        RuleFact(
            name="claim_window",
            meaning="how long after receipt a claim can be opened",
            value="30 days",
            clock="receipt of the goods",
            source="Can I Trust Alibaba Trade Assurance?, 21 July 2023",
            url="https://example.org/trade-assurance",
            assumption=False,
            overridden=False,
            note="",
        ),
        RuleFact(
            name="buyer_silence",
            meaning="how long the buyer may leave a proposal unanswered",
            value="7 days",
            clock="the supplier's proposal",
            source="no source",
            url=None,
            assumption=True,
            overridden=True,
            note="the pack itself says 5 days",
        ),
    ),
)
LEDGER: Final = (
    InputFact(section="need", path="need.quantity", value="5,000", source="buyer's plan for 2026", kind="sourced"),
    InputFact(
        section="suppliers",
        path="suppliers.zhejiang.defects.major.mean",
        value="0.04",
        source="assumption: mean of three shipments",
        kind="assumption",
        previous="0.06",
    ),
    InputFact(
        section="suppliers",
        path="suppliers.zhejiang.assurance_limit",
        value="10,000",
        source="no source given",
        kind="unsourced",
    ),
    InputFact(section="buyer", path="buyer.minimum_claim", value="100", source="default", kind="default"),
)
STUDY: Final = StudyFacts(
    kind="breakeven",
    folder="20260302T000000Z-abcdef12",
    verdict="early and twice break even at a limit of USD 7,500 (7,200 to 7,800).",
    charts={"difference": '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>'},
)
