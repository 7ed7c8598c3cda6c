"""``parameter_sets``: draws of inputs that nobody knows exactly, so that a run carries what is unknown into its answer.

A set is one joint draw of all named inputs, such as one from the posterior of a fit. Replications are simulated under
the sets in turn, so that chance and ignorance both show in what comes out (O'Hagan et al. 2006, *Uncertain judgements*:
uncertainty about a fixed quantity against variation from case to case).
"""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from sim.scenario.keys import Spec, key, whole
from sim.scenario.paths import lies_in

MOST_SETS: Final = 1_000
MOST_INPUTS: Final = 100
_FEWEST_SETS: Final = 2

_Row = Annotated[tuple[float, ...], Field(strict=False, max_length=MOST_INPUTS)]


def _numbers(value: Any) -> Any:  # noqa: ANN401 - any YAML value
    """Take 3 for 3.0."""
    if isinstance(value, list | tuple):
        return tuple(float(item) if isinstance(item, int) and not isinstance(item, bool) else item for item in value)
    return value


class AssumedSpec(Spec):
    """What was believed before the data behind the draws were read."""

    of: str = key("What it is about, in words, such as late share of a supplier.")
    law: str = key("In words, such as beta with mean 0.3, worth 2 orders.")
    why: str = key("The reason for it.", default="")


class ParameterSetsSpec(Spec):
    """Joint draws of inputs that are not known exactly."""

    source: str = key("Where the draws come from.", default="")
    priors: Annotated[tuple[AssumedSpec, ...], Field(strict=False, max_length=MOST_INPUTS)] = key(
        "What was assumed before the data were read: nothing is computed from it, the ledger of assumptions lists it.",
        default=(),
    )
    inputs: Annotated[tuple[str, ...], Field(strict=False, min_length=1, max_length=MOST_INPUTS)] = key(
        "The inputs that are drawn: dotted paths of numbers of this scenario, such as suppliers.mill.defects.major.sd."
    )
    sets: Annotated[
        tuple[Annotated[_Row, BeforeValidator(_numbers)], ...],
        Field(strict=False, max_length=MOST_SETS),
    ] = key("One row for each draw: a value for each of `inputs`, in their order.")
    independent: Annotated[tuple[str, ...], Field(strict=False, max_length=MOST_INPUTS)] = key(
        "Beginnings of paths: what is drawn below one of them tells nothing about what is drawn elsewhere, as of fits "
        "made one by one, such as suppliers.mill.defects. Studies then draw it by itself; without, whole rows.",
        default=(),
    )
    block: Annotated[int, BeforeValidator(whole), Field(ge=1, le=10_000)] = key(
        "Replications simulated under a set before the next one's turn comes.", default=10, unit="replications"
    )

    @model_validator(mode="after")
    def _rows_fit(self) -> "ParameterSetsSpec":
        if len(set(self.inputs)) < len(self.inputs):
            twice = next(path for path in self.inputs if self.inputs.count(path) > 1)
            raise PydanticCustomError("twice", "`{path}` is named twice", {"path": twice, "at": "inputs"})
        for number, beginning in enumerate(self.independent):
            if not any(lies_in(path, beginning) for path in self.inputs):
                message = "none of `inputs` begins with `{path}`"
                raise PydanticCustomError("unused", message, {"path": beginning, "at": "independent"})
            other = next(
                (one for one in self.independent[:number] if lies_in(beginning, one) or lies_in(one, beginning)), None
            )
            if other is not None:
                message = "`{path}` and `{other}` have inputs in common, so they are not independent"
                raise PydanticCustomError("shared", message, {"path": beginning, "other": other, "at": "independent"})
        if len(self.sets) < _FEWEST_SETS:
            message = "at least {fewest} sets are needed to tell ignorance from chance"
            raise PydanticCustomError("few", message, {"fewest": _FEWEST_SETS, "at": "sets"})
        for number, row in enumerate(self.sets):
            if len(row) != len(self.inputs):
                message = "set {number} has {given} values for {wanted} inputs"
                given = {"number": number, "given": len(row), "wanted": len(self.inputs), "at": "sets"}
                raise PydanticCustomError("row", message, given)
        return self

    def overrides(self, number: int, outside: Sequence[str] = ()) -> tuple[str, ...]:
        """What set `number` sets, each as ``path=value``; what was set from outside, or is part of that, stays."""
        return tuple(
            f"{path}={value!r}"
            for path, value in zip(self.inputs, self.sets[number], strict=True)
            if not is_replaced(path, outside)
        )


def is_replaced(path: str, overrides: Sequence[str]) -> bool:
    """Whether an override sets a path, or an object that it is a part of."""
    return any(lies_in(path, override.partition("=")[0].strip()) for override in overrides)
