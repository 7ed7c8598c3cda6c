"""The draws that nearly every order needs, made for a block of replications at a time.

A plan's common draws are a short program: hash a counter, turn a uniform into a score, ask a table. Every step runs
over the columns of a block, one replication each, and so over the lanes of the processor's vectors. A draw that cannot
change anything (a probability of 0 or 1, a constant) has no step: its row is filled once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.engines.compiled.layout import (
    BLOCK,
    OP_COPY,
    OP_HASH,
    OP_MICROS,
    OP_MICROS_GIVEN,
    OP_MINUTES,
    OP_MINUTES_GIVEN,
    OP_NUMBER_GIVEN,
    OP_QUALITY,
    STEP,
)
from sim.engines.compiled.translate import compiled, inlined
from sim.random.flat import drawn, held, score_share, uniform_pair
from sim.random.memory import numbers_at, record_at
from sim.rules.durations import micros_drawn, minutes_drawn

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from sim.engines.compiled.world import Record, World

    Arrays = NDArray[Any]

_BYTES = np.dtype(np.float64).itemsize


@compiled
def run_program(
    world: World, first_step: int, steps: int, replication: int, begin: int, count: int, given: int
) -> None:
    """Run steps for some columns of the block.

    Parameters
    ----------
    replication, given
        Number of the replication of the first of them, and its column among the draws that Python made.
    begin, count
        The first column, and how many.
    """
    for number in range(first_step, first_step + steps):
        step = record_at(world.steps, number, STEP)
        # Loops run from 0 over arrays that begin where they are needed: only such become loops over vectors.
        start = world.block + _BYTES * begin
        out = numbers_at(start + _BYTES * BLOCK * step.out, count, np.float64)
        first = numbers_at(start + _BYTES * BLOCK * step.first, count, np.float64)
        second = numbers_at(start + _BYTES * BLOCK * step.second, count, np.float64)
        if step.op == OP_HASH:
            hash_columns(world, step, replication, first, second)
        elif step.op == OP_QUALITY:
            score_columns(world, step, out, first, second)
        elif step.op == OP_COPY:
            for column in range(count):
                out[column] = first[column]
        elif step.op >= OP_NUMBER_GIVEN:
            made = world.given + _BYTES * (step.table * world.given_columns + given)
            take_columns(step, out, numbers_at(made, count, np.float64))
        else:
            draw_columns(world, step, out, first)


@inlined
def hash_columns(world: World, step: Record, replication: int, even: Arrays, odd: Arrays) -> None:
    """Make the two uniforms of a counter."""
    entity, last, keys = step.entity, step.last, held(world.keys)
    for column in range(len(even)):
        even[column], odd[column] = uniform_pair(np.uint64(replication + column), entity, last, keys)


@inlined
def score_columns(world: World, step: Record, out: Arrays, shared: Arrays, own: Arrays) -> None:
    """Draw defective shares by the normal scores of a firm and of its lot."""
    for column in range(len(out)):
        score = shared[column] * step.shared_weight + own[column] * step.own_weight
        out[column] = drawn(world.flat, step.table, score_share(world.flat, score))


@inlined
def draw_columns(world: World, step: Record, out: Arrays, uniforms: Arrays) -> None:
    """Draw from a table: numbers, millionths or minutes."""
    if step.op == OP_MICROS:
        for column in range(len(out)):
            out[column] = micros_drawn(drawn(world.flat, step.table, uniforms[column]))
    elif step.op == OP_MINUTES:
        for column in range(len(out)):
            out[column] = minutes_drawn(drawn(world.flat, step.table, uniforms[column]))
    else:
        for column in range(len(out)):
            out[column] = drawn(world.flat, step.table, uniforms[column])


@inlined
def take_columns(step: Record, out: Arrays, made: Arrays) -> None:
    """Take what Python has drawn: numbers, millionths or minutes."""
    for column in range(len(out)):
        value = made[column]
        if step.op == OP_MICROS_GIVEN:
            value = micros_drawn(value)
        elif step.op == OP_MINUTES_GIVEN:
            value = minutes_drawn(value)
        out[column] = value
