"""Points of a study: what is changed in a scenario at each, and which plans are simulated there."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

Value = str | int | float | bool | date | None | list["Value"] | dict[str, "Value"]
"""A value as YAML knows it."""


class Point(NamedTuple):
    """One variant of a scenario.

    Attributes
    ----------
    values
        Dotted paths, such as ``suppliers.shenzhen.assurance_limit``, each with the value that is set there, in this
        order.
    plans
        Names of the plans that are simulated; none means those of the study.
    """

    values: tuple[tuple[str, Value], ...] = ()
    plans: tuple[str, ...] = ()
