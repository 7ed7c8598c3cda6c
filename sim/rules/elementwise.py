"""One number, or an array of them: what a rule needs to be written once for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sim.outcomes import Integers


def chosen(condition: Integers, then: Integers, otherwise: Integers) -> Integers:
    """`then` where a condition holds, `otherwise` elsewhere, element by element.

    NumPy answers with an array even where it is asked about single numbers; compiled code, which only ever asks about
    those, puts a plain choice in the place of this function.
    """
    return np.where(condition, then, otherwise)
