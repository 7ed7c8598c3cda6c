"""What a fit hands on: values for a scenario, how many rows stand behind them, and draws that tell what is unknown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Prior(NamedTuple):
    """What was believed before the history was read: an assumption, and listed as one.

    Attributes
    ----------
    name
        Of the parameter, in words: ``late share of a supplier``.
    law
        In words: ``beta with mean 0.3, worth 2 orders``.
    why
        The reason for it in one sentence.
    """

    name: str
    law: str
    why: str


@dataclass(frozen=True)
class Fitted:
    """One input of a scenario as the history tells it.

    Attributes
    ----------
    path
        Of the input in the scenario: ``suppliers.mill.delay_days``.
    value
        What to write there: a number, or a distribution as a mapping. Plain data, ready for YAML.
    n
        Orders (or lots, or disputes) that it rests on.
    told
        What was found, in one sentence for a buyer.
    samples
        For each number inside `value`, or `path` itself, by its path in the scenario
        (``suppliers.mill.delay_days.components.1.weight``): draws from its posterior, shape (S,). The draws of all
        paths of one fit, and of all fits of one run of ``lotwise fit``, belong together index by index.
    priors
        What was assumed.
    warnings
        What the history cannot tell about this input.
    """

    path: str
    value: Any
    n: int
    told: str
    samples: Mapping[str, Floats] = field(default_factory=dict)
    priors: tuple[Prior, ...] = ()
    warnings: tuple[str, ...] = ()
