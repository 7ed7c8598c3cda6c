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
    OP_NORMAL,
    OP_NUMBER,
    OP_NUMBER_GIVEN,
    STEP,
)
from sim.engines.compiled.translate import compiled
from sim.random.flat import drawn, held, score_share, uniform_pair
from sim.random.memory import numbers_at, record_at
from sim.rules.durations import micros_drawn, minutes_drawn

if TYPE_CHECKING:
    from sim.engines.compiled.world import Record, World

_BYTES = 8


@compiled
def run_program(world: World, first_step: int, steps: int, replication: int, begin: int, count: int, given: int) -> None:
    """Run steps for some columns of the block.

    Parameters
    ----------
    replication, given
        Number of the replication of the first of them, and its column among the draws that Python made.
    begin, count
        The first column, and how many.
    """
    for number in range(first_step, first_step + steps):
        run_step(world, record_at(world.steps, number, STEP), replication, begin, count, given)


@compiled
def run_step(world: World, step: Record, replication: int, begin: int, count: int, given: int) -> None:
    """Run one step for some columns."""
    # Loops from 0 over arrays that begin where they are needed: only then are they turned into loops over vectors.
    op, flat, table, start = step.op, world.flat, step.table, world.block + _BYTES * begin
    out = numbers_at(start + _BYTES * BLOCK * step.out, count, np.float64)
    first = numbers_at(start + _BYTES * BLOCK * step.first, count, np.float64)
    second = numbers_at(start + _BYTES * BLOCK * step.second, count, np.float64)
    made = numbers_at(world.given + _BYTES * (table * world.given_columns + given), count, np.float64)
    if op == OP_HASH:
        entity, last, keys = step.entity, step.last, held(world.keys)
        for column in range(count):
            first[column], second[column] = uniform_pair(np.uint64(replication + column), entity, last, keys)
    elif op in (OP_NORMAL, OP_NUMBER):
        for column in range(count):
            out[column] = drawn(flat, table, first[column])
    elif op == OP_MICROS:
        for column in range(count):
            out[column] = micros_drawn(drawn(flat, table, first[column]))
    elif op == OP_MINUTES:
        for column in range(count):
            out[column] = minutes_drawn(drawn(flat, table, first[column]))
    elif op == OP_NUMBER_GIVEN:
        for column in range(count):
            out[column] = made[column]
    elif op == OP_MICROS_GIVEN:
        for column in range(count):
            out[column] = micros_drawn(made[column])
    elif op == OP_MINUTES_GIVEN:
        for column in range(count):
            out[column] = minutes_drawn(made[column])
    elif op == OP_COPY:
        for column in range(count):
            out[column] = first[column]
    else:
        for column in range(count):
            score = first[column] * step.shared_weight + second[column] * step.own_weight
            out[column] = drawn(flat, table, score_share(flat, score))
