"""Every kind of quantile table, in every place of a scenario where something is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from sim.random.tables import Kind
from tests.differential.wide_scenarios import DAY_LAWS, SHARE_LAWS
from tests.engines import simulated
from tests.stories import MAKER, model_of, order_of

if TYPE_CHECKING:
    from pathlib import Path

REPLICATIONS: Final = range(25)

EVENTFUL: Final[dict[str, Any]] = {
    f"{MAKER}.defects": {"major": {"dist": "beta", "mean": 0.2, "sd": 0.2}, "latent_share": 0.5, "latent_days": 3},
    f"{MAKER}.rework": {"days": 2, "removes_share": 0.5},
    f"{MAKER}.disputes.reply_days": 3,
    f"{MAKER}.disputes.opening_offer_share": 0.1,
    f"{MAKER}.disputes.concession_share": 0.1,
    f"{MAKER}.assurance_limit": 1000,
    f"{MAKER}.limit_used_by_others_share": 0.5,
    f"{MAKER}.production_days": {"dist": "uniform", "low": 15, "high": 45},
    "protection_overrides.limit_scope": "supplier",
    "buyer.escalates_unanswered": False,
    "disputes.uphold_probability": 0.7,
    "inspections.psi": {
        "kind": "pre_shipment",
        "sampling": {"standard": "fixed", "sample_size": 50, "accept": {"major": 5, "minor": 5}},
        "booking_days": 1,
        "on_fail": {"do": "rework", "at_most": 1, "then": "accept"},
    },
}
"""Late orders, rejected lots, latent defects, disputes over both grounds, by chance."""

TIMES: Final = [
    f"{MAKER}.production_days",
    f"{MAKER}.delay_days",
    f"{MAKER}.transit.days",
    f"{MAKER}.rework.days",
    f"{MAKER}.defects.latent_days",
    f"{MAKER}.disputes.reply_days",
    f"{MAKER}.disputes.evidence_days",
    f"{MAKER}.disputes.payout_days",
    "buyer.goods_check_days",
    "buyer.reply_days",
    "buyer.evidence_days",
    "disputes.decision_days",
    "inspections.psi.booking_days",
]
SHARES: Final = [
    f"{MAKER}.defects.critical",
    f"{MAKER}.defects.major",
    f"{MAKER}.defects.minor",
    f"{MAKER}.defects.bad_lot",
    f"{MAKER}.disputes.opening_offer_share",
    f"{MAKER}.limit_used_by_others_share",
    "disputes.award_share",
]


def told(folder: Path, place: str, law: object) -> set[int]:
    """Tell an eventful story with a law in one place; returns the kinds of all the tables of its model."""
    changes = {**EVENTFUL, place: {"probability": 0.5, "share": law} if place.endswith("bad_lot") else law}
    if place.endswith("delay_days"):
        changes[f"{MAKER}.production_days"] = None
    model = model_of(folder, changes, [order_of("a", 300, inspections=["psi"]), order_of("b", 500)])
    simulated(model, REPLICATIONS)
    (maker,) = model.suppliers
    return {
        int(kind)
        for table in (maker.production.table, maker.transit.table, maker.quality[0].quantiles, maker.used_by_others)
        for kind in table.kinds
    }


@pytest.mark.parametrize("law", DAY_LAWS)
@pytest.mark.parametrize("place", TIMES)
def test_a_time(folder: Path, place: str, law: str) -> None:
    told(folder, place, DAY_LAWS[law])


@pytest.mark.parametrize("law", ["constant", "linear", "observations"])
@pytest.mark.parametrize("place", TIMES)
def test_a_working_time(folder: Path, place: str, law: str) -> None:
    drawn = DAY_LAWS[law] if isinstance(DAY_LAWS[law], dict) else {"value": DAY_LAWS[law]}
    told(folder, place, {**drawn, "working": True})


@pytest.mark.parametrize("law", SHARE_LAWS)
@pytest.mark.parametrize("place", SHARES)
def test_a_share(folder: Path, place: str, law: str) -> None:
    told(folder, place, SHARE_LAWS[law])


def test_every_kind_of_table_is_among_them(folder: Path) -> None:
    days = [told(folder, f"{MAKER}.production_days", law) for law in DAY_LAWS.values()]
    shares = [told(folder, f"{MAKER}.limit_used_by_others_share", law) for law in SHARE_LAWS.values()]
    for kinds in (days, shares):
        assert set().union(*kinds) == set(Kind)
