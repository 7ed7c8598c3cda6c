"""The first difference of two outcomes: found wherever it is, and told so that one can look it up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engines.equality import NOTHING, Difference, first_difference
from sim.outcomes import ORDER_RECORD, REPLICATION_RECORD, TRACE_RECORD, Outcomes
from sim.protocol import Event

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Rows = list[tuple[int, int, int, Event, int]]

TABLES = ("replications", "orders", "trace")
STORY: Rows = [
    (7, 0, 0, Event.ORDER_PLACED, 500),
    (7, 0, 1, Event.ORDER_PLACED, 300),
    (7, 90, 0, Event.DISPUTE_OPENED, 1234),
    (8, 0, 0, Event.ORDER_PLACED, 500),
    (8, 30, 1, Event.ORDER_NOT_PLACED, 0),
]


def outcomes(story: Rows | None = None) -> Outcomes:
    """Two replications, 7 and 8, of two orders."""
    replications = np.zeros(2, REPLICATION_RECORD)
    replications["replication"] = (7, 8)
    return Outcomes(replications, np.zeros((2, 2), ORDER_RECORD), np.array(story or STORY, dtype=TRACE_RECORD))


def altered(table: str, alter: Callable[[NDArray[Any]], Any]) -> Outcomes:
    """The same, with one table altered."""
    made = outcomes()
    copy = getattr(made, table).copy()
    alter(copy)
    return replace(made, **{table: copy})


def test_what_is_equal_differs_in_nothing() -> None:
    assert first_difference(outcomes(), outcomes()) is None


def test_nothing_simulated_differs_in_nothing() -> None:
    empty = Outcomes(np.zeros(0, REPLICATION_RECORD), np.zeros((0, 2), ORDER_RECORD), np.zeros(0, TRACE_RECORD))
    assert first_difference(empty, empty) is None


# ------------------------------------------------------------------------------------ traces


def test_another_amount() -> None:
    found = outcomes([*STORY[:2], (7, 90, 0, Event.DISPUTE_OPENED, 1235), *STORY[3:]])
    expected = Difference(7, 90, 0, "DISPUTE_OPENED", "DISPUTE_OPENED 1234", "DISPUTE_OPENED 1235")
    assert first_difference(outcomes(), found) == expected


def test_another_event_in_the_same_turn() -> None:
    found = outcomes([*STORY[:2], (7, 90, 0, Event.SHIP_DATE_PASSED, 0), *STORY[3:]])
    expected = Difference(7, 90, 0, "DISPUTE_OPENED", "DISPUTE_OPENED 1234", "SHIP_DATE_PASSED 0")
    assert first_difference(outcomes(), found) == expected


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        # the story misses what it tells a minute later, or in the turn of another order, or never
        (
            (7, 91, 0, Event.DISPUTE_OPENED, 1234),
            Difference(7, 90, 0, "DISPUTE_OPENED", "DISPUTE_OPENED 1234", NOTHING),
        ),
        (
            (7, 90, 1, Event.DISPUTE_OPENED, 1234),
            Difference(7, 90, 0, "DISPUTE_OPENED", "DISPUTE_OPENED 1234", NOTHING),
        ),
        (None, Difference(7, 90, 0, "DISPUTE_OPENED", "DISPUTE_OPENED 1234", NOTHING)),
    ],
)
def test_an_event_missed(late: tuple[int, int, int, Event, int] | None, expected: Difference) -> None:
    found = outcomes([*STORY[:2], *([late] if late else []), *STORY[3:]])
    assert first_difference(outcomes(), found) == expected


def test_an_event_too_many() -> None:
    found = outcomes([*STORY[:2], (7, 89, 1, Event.PRODUCTION_STARTED, 0), *STORY[2:]])
    expected = Difference(7, 89, 1, "PRODUCTION_STARTED", NOTHING, "PRODUCTION_STARTED 0")
    assert first_difference(outcomes(), found) == expected


@pytest.mark.parametrize(("ours", "theirs"), [(5, 4), (4, 5)])
def test_a_story_that_ends_early(ours: int, theirs: int) -> None:
    difference = first_difference(outcomes(STORY[:ours]), outcomes(STORY[:theirs]))
    told = ["ORDER_NOT_PLACED 0", NOTHING]
    assert difference == Difference(8, 30, 1, "ORDER_NOT_PLACED", *sorted(told, reverse=theirs > ours))


def test_one_side_without_a_trace() -> None:
    found = replace(outcomes(), trace=np.zeros(0, TRACE_RECORD))
    assert first_difference(outcomes(), found) == Difference(7, 0, 0, "ORDER_PLACED", "ORDER_PLACED 500", NOTHING)


def test_an_event_that_there_is_not() -> None:
    found = altered("trace", lambda trace: trace["event"].__setitem__(2, 999))
    assert first_difference(outcomes(), found) == Difference(
        7, 90, 0, "DISPUTE_OPENED", "DISPUTE_OPENED 1234", "event 999 1234"
    )


def test_the_earliest_difference_counts() -> None:
    found = [(*row[:4], row[4] + 1) if place in {2, 4} else row for place, row in enumerate(STORY)]
    difference = first_difference(outcomes(), outcomes(found))
    assert difference is not None
    assert (difference.replication, difference.minute) == (7, 90)


# ------------------------------------------------------------------------------------ records


@pytest.mark.parametrize("name", ORDER_RECORD.names or ())
def test_any_field_of_an_order(name: str) -> None:
    found = altered("orders", lambda orders: orders[name].__setitem__((1, 0), 3))
    assert first_difference(outcomes(), found) == Difference(8, None, 0, name, "0", "3")


def test_the_first_field_of_the_first_order_counts() -> None:
    def alter(orders: NDArray[Any]) -> None:
        orders["quantity"][0, 1] = 1
        orders["limit_left"][0, 1] = orders["supplier"][1, 0] = -1

    assert first_difference(outcomes(), altered("orders", alter)) == Difference(7, None, 1, "quantity", "0", "1")


@pytest.mark.parametrize(
    ("name", "place", "what"),
    [
        ("loss", (1,), "loss"),
        ("components", (1, 0), "components.PURCHASE"),
        ("components", (1, 11), "components.REFUNDS"),
        ("drops", (1, 14), "drops.NOT_PAID_OUT"),
        ("claims", (1,), "claims"),
    ],
)
def test_any_field_of_a_replication(name: str, place: tuple[int, ...], what: str) -> None:
    found = altered("replications", lambda records: records[name].__setitem__(place, -5))
    assert first_difference(outcomes(), found) == Difference(8, None, None, what, "0", "-5")


def test_another_number_of_the_replication() -> None:
    found = altered("replications", lambda records: records["replication"].__setitem__(0, 6))
    assert first_difference(outcomes(), found) == Difference(7, None, None, "replication", "7", "6")


def test_traces_come_before_orders_and_orders_before_replications() -> None:
    story = outcomes([*STORY[:-1], (8, 30, 1, Event.ORDER_NOT_PLACED, 1)])
    order = altered("orders", lambda orders: orders["closed"].__setitem__((0, 0), 1))
    total = altered("replications", lambda records: records["loss"].__setitem__(0, 1))
    told = [
        first_difference(outcomes(), replace(total, orders=order.orders, trace=story.trace)),
        first_difference(outcomes(), replace(total, orders=order.orders)),
        first_difference(outcomes(), total),
    ]
    assert [difference and difference.what for difference in told] == ["ORDER_NOT_PLACED", "closed", "loss"]


# ------------------------------------------------------------------------------------ tables


@pytest.mark.parametrize("table", TABLES)
def test_another_type_of_record(table: str) -> None:
    made = outcomes()
    records = getattr(made, table)
    narrow = records.astype([(name, "i4", field[0].shape) for name, field in records.dtype.fields.items()])
    difference = first_difference(made, replace(made, **{table: narrow}))
    assert difference is not None
    assert difference.what == f"dtype of {table}"


@pytest.mark.parametrize("table", ["replications", "orders"])
def test_another_number_of_records(table: str) -> None:
    made = outcomes()
    difference = first_difference(made, replace(made, **{table: getattr(made, table)[:1]}))
    assert difference is not None
    assert difference.what == f"shape of {table}"


def test_views_that_do_not_lie_in_a_row() -> None:
    made = outcomes()
    apart = np.zeros((2, 4), ORDER_RECORD)
    assert first_difference(made, replace(made, orders=apart[:, ::2])) is None
    apart["refunded"][1, 2] = 9
    assert first_difference(made, replace(made, orders=apart[:, ::2])) == Difference(8, None, 1, "refunded", "0", "9")


@given(table=st.sampled_from(TABLES), data=st.data())
def test_no_bit_is_overlooked(table: str, data: st.DataObject) -> None:
    """Any single bit that is turned over is a difference, in whichever table it lies."""

    def alter(records: NDArray[Any]) -> None:
        raw = records.reshape(-1).view(np.uint8)
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    assert first_difference(outcomes(), altered(table, alter)) is not None


# ------------------------------------------------------------------------------------ in words


@pytest.mark.parametrize(
    ("difference", "sentence"),
    [
        (
            Difference(7, 90, 0, "DISPUTE_OPENED", "DISPUTE_OPENED 1234", NOTHING),
            "replication 7, minute 90, order 0: DISPUTE_OPENED: expected DISPUTE_OPENED 1234, found nothing",
        ),
        (Difference(8, None, 1, "closed", "0", "5"), "replication 8, order 1: closed: expected 0, found 5"),
        (
            Difference(None, None, None, "shape of orders", "(2, 2)", "(1, 2)"),
            "outcomes: shape of orders: expected (2, 2), found (1, 2)",
        ),
    ],
)
def test_a_difference_is_a_sentence(difference: Difference, sentence: str) -> None:
    assert str(difference) == sentence
