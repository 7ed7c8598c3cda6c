"""The draws that nearly every order needs, made for a block of replications at a time.

A plan's common draws are a short program: hash a counter, turn a uniform into a score, ask a table. Every step runs
over the columns of a block, one replication each, and so over the lanes of the processor's vectors. A draw that cannot
change anything (a probability of 0 or 1, a constant) has no step: its row is filled once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engines.compiled.layout import (
    OP_COPY,
    OP_HASH,
    OP_MICROS,
    OP_MICROS_GIVEN,
    OP_MINUTES,
    OP_MINUTES_GIVEN,
    OP_NORMAL,
    OP_NUMBER,
    OP_NUMBER_GIVEN,
)
from sim.engines.compiled.translate import compiled
from sim.random.flat import drawn, score_share, uniform_pair
from sim.rules.durations import micros_drawn, minutes_drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.engines.compiled.world import World

    Arrays = NDArray[Any]


@compiled
def run_program(
    world: World, first_step: int, steps: int, replication: int, begin: int, end: int, given: int
) -> None:
    """Run steps for the columns from `begin` to before `end`.

    Parameters
    ----------
    replication, given
        Number of the replication of column 0, and its column among the draws that Python made.
    """
    for number in range(first_step, first_step + steps):
        run_step(world, world.steps[number], replication, begin, end, given)


@compiled
def run_step(world: World, step: Any, replication: int, begin: int, end: int, given: int) -> None:  # noqa: ANN401
    """Run one step for some columns."""
    op, block = step.op, world.block
    out, first, second = block[step.out], block[step.first], block[step.second]
    if op == OP_HASH:
        entity, last = step.entity, step.last
        for column in range(begin, end):
            first[column], second[column] = uniform_pair(np.uint64(replication + column), entity, last, world.keys)
    elif op == OP_NORMAL:
        for column in range(begin, end):
            out[column] = drawn(world.flat, step.table, first[column])
    elif op == OP_NUMBER:
        for column in range(begin, end):
            out[column] = drawn(world.flat, step.table, first[column])
    elif op == OP_MICROS:
        for column in range(begin, end):
            out[column] = micros_drawn(drawn(world.flat, step.table, first[column]))
    elif op == OP_MINUTES:
        for column in range(begin, end):
            out[column] = minutes_drawn(drawn(world.flat, step.table, first[column]))
    elif op == OP_NUMBER_GIVEN:
        for column in range(begin, end):
            out[column] = world.given[step.table, given + column]
    elif op == OP_MICROS_GIVEN:
        for column in range(begin, end):
            out[column] = micros_drawn(world.given[step.table, given + column])
    elif op == OP_MINUTES_GIVEN:
        for column in range(begin, end):
            out[column] = minutes_drawn(world.given[step.table, given + column])
    elif op == OP_COPY:
        for column in range(begin, end):
            out[column] = first[column]
    else:
        for column in range(begin, end):
            score = first[column] * step.shared_weight + second[column] * step.own_weight
            out[column] = drawn(world.flat, step.table, score_share(world.integral, score))
