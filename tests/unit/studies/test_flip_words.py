"""Inputs in plain words, and the sentences that are told of them."""

from __future__ import annotations

import pytest

from sim.studies.flip_facts import Flip
from sim.studies.flip_words import flip_sentence, kind_of, label_of


@pytest.mark.parametrize(
    ("path", "kind", "label"),
    [
        ("suppliers.zhejiang.defects.major.mean", "share", "zhejiang's share of major defects"),
        ("suppliers.zhejiang.defects.major.a", "number", "zhejiang's defects major a"),
        ("suppliers.zhejiang.unit_price", "level", "zhejiang's prices"),
        ("suppliers.zhejiang.production_days.mode", "days", "zhejiang's production time (likeliest)"),
        ("suppliers.zhejiang.disputes.reply_days", "days", "zhejiang's disputes reply days"),
        ("inspections.psi.sampling.aql.major", "percent", "psi's sampling aql major"),
        ("need.due", "shift", "the day of need"),
        ("need.quantity", "count", "the quantity needed"),
        ("need.sale_value", "money", "the value of a good unit"),
        ("buyer.capital_cost_rate", "share", "the cost of capital"),
        ("buyer.dispute_hours.filing", "hours", "buyer dispute hours filing"),
        ("disputes.odds.full_contract_detail", "number", "disputes odds full contract detail"),
    ],
)
def test_every_input_has_a_kind_and_a_name(path: str, kind: str, label: str) -> None:
    assert kind_of(path) == kind
    assert label_of(path) == label


def flip_of(path: str, values: tuple[float, float, float], at: float | None = None, side: str | None = None) -> Flip:
    """A flip to b at a value, or none."""
    present, low, high = values
    label = label_of(path)
    return Flip(path, label, present, low, high, at, side, "b" if side else None, loses=0.0, source="")


@pytest.mark.parametrize(
    ("path", "values", "at", "side", "told"),
    [
        (
            "suppliers.zhejiang.defects.major.mean",
            (0.035, 0.01, 0.1),
            0.072,
            "above",
            "If more than about 7.2 % of zhejiang's units have a major defect (now 3.5 %), b loses less.",
        ),
        (
            "suppliers.zhejiang.defects.major.mean",
            (0.035, 0.01, 0.1),
            None,
            None,
            "a stays the best while between 1 % and 10 % of zhejiang's units have a major defect (now 3.5 %).",
        ),
        (
            "suppliers.zhejiang.defects.major.mean",
            (0.035, 0.01, 0.1),
            None,
            "below",
            "If as little as 1 % of zhejiang's units have a major defect (now 3.5 %), a and b cannot be told apart.",
        ),
        ("need.due", (100, 70, 130), 92, "below", "If the goods are needed more than about 8 days earlier than now, b"),
        ("need.due", (100, 70, 130), 101, "above", "If the goods are needed more than about 1 day later than now, b"),
        ("need.due", (100, 70, 130), None, None, "between 30 days earlier and 30 days later than now."),
        ("need.due", (100, 100, 130), None, None, "while the goods are needed at most 30 days later than now."),
        ("need.due", (100, 70, 130), None, "below", "If the goods are needed 30 days earlier than now, a and b"),
        ("suppliers.x.unit_price", (1, 0.8, 1.2), 0.93, "below", "If x's prices are more than about 7 % lower than"),
        ("suppliers.x.unit_price", (1, 0.8, 1.2), None, None, "between 20 % lower and 20 % higher than now."),
        ("suppliers.x.unit_price", (1, 0.8, 1.2), None, "above", "If x's prices are 20 % higher than now, a and b"),
        ("need.quantity", (6000, 4000, 8000), 5300, "below", "If fewer than about 5,300 good units are needed (now"),
        ("need.quantity", (6000, 4000, 8000), None, "above", "If as many as 8,000 good units are needed (now 6,000)"),
        (
            "need.late_cost_per_unit_day",
            (0.15, 0.07, 0.38),
            0.125,
            "below",
            "If a unit loses less than about USD 0.125 of its value for each day that it is late (now USD 0.15), b",
        ),
        ("suppliers.x.transit.days.mean", (40, 35, 55), 47, "above", "from x takes more than about 47 days (now 40)"),
        ("suppliers.x.transit.days.mean", (40, 35, 55), None, None, "from x takes between 35 and 55 days (now 40)."),
        (
            "suppliers.x.production_days.mode",
            (30, 20, 45),
            33,
            "above",
            "If x's production time (likeliest) is more than about 33 days (now 30), b loses less.",
        ),
        (
            "buyer.dispute_hours.filing",
            (4, 1, 9),
            6,
            "above",
            "If buyer dispute hours filing is more than about 6 hour",
        ),
        ("inspections.psi.sampling.aql.major", (2.5, 1, 4), 3, "above", "aql major is more than about 3 % (now 2.5 %)"),
    ],
)
def test_sentences_are_plain(
    path: str, values: tuple[float, float, float], at: float | None, side: str | None, told: str
) -> None:
    assert told in flip_sentence(flip_of(path, values, at, side), "USD", "a")


def test_working_days_are_told_as_such() -> None:
    flip = Flip(
        "suppliers.x.production_days", "x's production time in working days", 30, 20, 60, 36, "above", "b", 9, ""
    )
    assert flip_sentence(flip, "USD", "a") == (
        "If x takes more than about 36 working days to make an order (now 30), b loses less."
    )
