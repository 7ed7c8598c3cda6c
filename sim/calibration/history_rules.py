"""What the rows of an order history must hold: a table of rules, checked with pandera."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sim.calibration.history_values import BadValues

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from pandas import DataFrame, Series

_DATES: Final = ("ordered", "shipped", "received", "checked", "dispute_opened", "replied", "dispute_ended")
"""Days that have come: all but the promise."""
_FOLLOWS: Final = (
    ("promised", "ordered"),
    ("shipped", "ordered"),
    ("received", "shipped"),
    ("received", "ordered"),
    ("checked", "received"),
    ("dispute_opened", "ordered"),
    ("replied", "dispute_opened"),
    ("dispute_ended", "dispute_opened"),
    ("dispute_ended", "replied"),
)
"""A day, and another that it cannot come before."""
_WITHIN: Final = (
    ("units_checked", "quantity"),
    ("inspected", "quantity"),
    ("found", "inspected"),
    ("refunded", "claimed"),
)
"""A number, and another that it cannot exceed."""
_AMOUNTS: Final = ("critical", "major", "minor", "units_checked", "inspected", "found", "price", "claimed", "refunded")
_DEFECTS: Final = ("critical", "major", "minor")
_NEEDS: Final = (("replied", "dispute_opened"), ("dispute_ended", "dispute_opened"), ("found", "inspected"))
"""What says nothing without something else."""


class Rule(NamedTuple):
    """One thing that every row must hold.

    Attributes
    ----------
    column
        Whose value is to blame.
    reason
        What is wrong where it does not hold; ``{name}`` stands for the row's value in another column.
    margin
        Of the typed rows: below 0 where it does not hold, missing where there is nothing to check.
    """

    column: str
    reason: str
    margin: Callable[[DataFrame], Series[Any]]


def rules_of(as_of: date | None) -> tuple[Rule, ...]:
    """Every rule, in the order in which they are told; nothing but promises lies after `as_of`."""
    return (
        Rule("supplier", "names no supplier", lambda orders: -orders["supplier"].isna().astype("Int64")),
        *(_follows(*pair) for pair in _FOLLOWS),
        *(_not_after(name, as_of) for name in _DATES if as_of is not None),
        Rule("quantity", "is no order: 1 or more", lambda orders: orders["quantity"] - 1),
        *(Rule(name, "is below 0", _amount(name)) for name in _AMOUNTS),
        *(_within(*pair) for pair in _WITHIN),
        *(_needs(*pair) for pair in _NEEDS),
        *(_few_enough(name) for name in _DEFECTS),
        Rule("defects", "defective units are more than the {among} that were checked", _all_few_enough),
        Rule("order", "stands in line {same} already, the whole row alike", _not_again),
    )


def broken_rules(orders: DataFrame, as_of: date | None) -> list[BadValues]:
    """Rows that break a rule.

    Parameters
    ----------
    orders
        Typed, index 0..n-1, with every column of a history and ``order``.
    as_of
        Nothing but promises may lie after it; None: not checked.
    """
    import pandas as pd
    import pandera.pandas as pa

    rules = rules_of(as_of)
    margins = pd.DataFrame({str(number): rule.margin(orders) for number, rule in enumerate(rules)})
    holds = pa.Check.ge(0)
    schema = pa.DataFrameSchema({name: pa.Column(checks=holds, nullable=True) for name in margins.columns})
    try:
        schema.validate(margins, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        return [
            BadValues(rule.column, np.sort(found.to_numpy(dtype=np.int64)), rule.reason)
            for number, rule in enumerate(rules)
            if len(found := cases.loc[cases["column"] == str(number), "index"])
        ]
    return []


def same_rows(orders: DataFrame) -> Series[Any]:
    """Whether a row is, in every column, one that stands above it."""
    return orders.drop(columns="line", errors="ignore").duplicated(keep="first")


def first_alike(orders: DataFrame, row: int) -> int:
    """The first row that has what a row has in every column."""
    from pandas.util import hash_pandas_object

    marks = hash_pandas_object(orders.drop(columns="line", errors="ignore").head(row + 1), index=False).to_numpy()
    return int((marks == marks[row]).argmax())


def _days(orders: DataFrame, later: str, earlier: str) -> Series[Any]:
    return (orders[later] - orders[earlier]).dt.days


def _follows(later: str, earlier: str) -> Rule:
    return Rule(later, f"comes before {earlier}, {{{earlier}}}", lambda orders: _days(orders, later, earlier))


def _not_after(name: str, as_of: date | None) -> Rule:
    import pandas as pd

    end = pd.Timestamp(str(as_of))
    return Rule(
        name, f"comes after {as_of}, the last day that the history is to know of", lambda o: (end - o[name]).dt.days
    )


def _amount(name: str) -> Callable[[DataFrame], Series[Any]]:
    return lambda orders: orders[name]


def _within(part: str, whole: str) -> Rule:
    return Rule(part, f"is more than {whole}, {{{whole}}}", lambda orders: orders[whole] - orders[part])


def _needs(what: str, other: str) -> Rule:
    def margin(orders: DataFrame) -> Series[Any]:
        return -(orders[what].notna() & orders[other].isna()).astype("Int64")

    return Rule(what, f"needs {other}, which is empty", margin)


def _among(orders: DataFrame) -> Series[Any]:
    among = orders["units_checked"].fillna(orders["quantity"])
    return among.mask(among < 0)


def _few_enough(name: str) -> Rule:
    return Rule(name, "is more than the {among} units that were checked", lambda orders: _among(orders) - orders[name])


def _all_few_enough(orders: DataFrame) -> Series[Any]:
    """The classes together, where none alone is too many already: one mistake is told once."""
    import pandas as pd

    among = _among(orders)
    parts = [orders[name].fillna(0) for name in _DEFECTS]
    alone = np.logical_or.reduce([(part > among).fillna(value=False).to_numpy(dtype=np.bool_) for part in parts])
    left = among - sum(parts[1:], parts[0])
    return pd.Series(left.mask(alone))


def _not_again(orders: DataFrame) -> Series[Any]:
    return -(same_rows(orders) & orders["order"].notna()).astype("Int64")
