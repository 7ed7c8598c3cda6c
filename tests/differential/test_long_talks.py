"""Disputes of many rounds: answers by the hour for weeks, and for so long that their draws run out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest

from sim.engines.variates import DISPUTE_STRIDE
from sim.protocol import Event
from tests.differential.wide_scenarios import DAY_LAWS
from tests.engines import simulated
from tests.stories import MAKER, NEGOTIATED, model_of, order_of

if TYPE_CHECKING:
    from pathlib import Path

    from sim.model import PlanModel

HOURS: Final[dict[str, Any]] = {
    "the hour": 0,
    "constant": 0.07,
    "linear": {"dist": "uniform", "low": 0, "high": 0.2},
    "pieces": {"dist": "lognormal", "mean": 0.1, "sd": 0.2},
    "observations": {"dist": "empirical", "values": [0.01, 0.05, 0.1]},
    "closed form": {"dist": "semicircular", "loc": 0.1, "scale": 0.1},
    "now and then": DAY_LAWS["mixture"] | {"at_most": 4},
}


def talk(folder: Path, ours: object, theirs: object, **more: object) -> PlanModel:
    """Two disputes, over goods and over lateness, in which nobody ever gives in."""
    changes = {
        **NEGOTIATED,
        f"{MAKER}.defects.major": 0.1,
        f"{MAKER}.disputes.reply_days": theirs,
        "buyer.reply_days": ours,
        "suppliers.late": {"extends": "maker", "promised_days": 1, "production_days": 60},
        **more,
    }
    return model_of(folder, changes, [order_of("a", 500), order_of("b", 500, "late")])


@pytest.mark.parametrize("ours", HOURS)
@pytest.mark.parametrize("theirs", HOURS)
def test_weeks_of_talk(folder: Path, ours: str, theirs: str) -> None:
    simulated(talk(folder, HOURS[ours], HOURS[theirs], **{"buyer.disputes_at_once": 2}), range(3))


@pytest.mark.parametrize("rounds", [39, 40, 41, 360])
def test_more_rounds_than_are_drawn_at_once(folder: Path, rounds: int) -> None:
    """Given an offer and an answer of an hour each: so many of them, to the last in time."""
    limit = {"protection_overrides.negotiation_limit": 2 * rounds / 24}
    model = talk(folder, 0, 0, **limit, **{"buyer.disputes_at_once": 2})
    trace = simulated(model, range(2)).trace
    one = trace[(trace["replication"] == 0) & (trace["order"] == 0)]
    assert (one["event"] == Event.BUYER_INSISTED).sum() == rounds


def test_a_talk_longer_than_its_draws(folder: Path) -> None:
    """Given a pack that lets the parties talk for ten years: the last draw is repeated."""
    quick = {"dist": "uniform", "low": 0, "high": 0.06}  # little more than the hour that an answer takes at least
    changes = {"protection_overrides.negotiation_limit": 3650, f"{MAKER}.disputes.opening_offer_share": 0.1}
    model = talk(folder, 0, quick, **changes)
    alone = replace(model, orders=model.orders[:1], order_ids=model.order_ids[:1])
    trace = simulated(alone, range(1)).trace
    assert (trace["event"] == Event.SUPPLIER_OFFERED).sum() > DISPUTE_STRIDE
