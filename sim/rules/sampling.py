"""Acceptance sampling: how many units are drawn from a lot, and how many defective ones reject it.

Single sampling plans of ISO 2859-1 (ANSI/ASQ Z1.4, MIL-STD-105E), with its switching rules. The tables
stand in ``sim/rules/tables``. Plans are looked up when a model is built; during a replication only
`severity_switched` is asked, which is a pure rule on plain numbers.
"""

from __future__ import annotations

import csv
from enum import IntEnum, unique
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.rules import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

LEVELS: Final = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")
"""Inspection levels, from the smallest samples to the largest."""

AQLS: Final = (0.065, 0.10, 0.15, 0.25, 0.40, 0.65, 1.0, 1.5, 2.5, 4.0, 6.5)
"""Acceptance quality limits of the tables, in percent defective; 0 asks for a sample without a defect."""

LOTS_REMEMBERED: Final = 5
REJECTED_TO_TIGHTEN: Final = 2
ACCEPTED_TO_RELAX: Final = 5
REJECTED_TO_STOP: Final = 5


@unique
class Severity(IntEnum):
    """How strictly a supplier's lots are inspected; stopped: none is accepted until the supplier mends."""

    NORMAL = 0
    TIGHTENED = 1
    STOPPED = 2


class SamplingPlan(NamedTuple):
    """A single sampling plan: the lot is rejected when the sample holds more defective units than allowed."""

    sample_size: int
    acceptance_number: int


class SwitchingState(NamedTuple):
    """What the switching rules remember of a supplier's successive lots.

    Attributes
    ----------
    severity
        Of the next lot, a `Severity`.
    rejections
        On normal inspection, the last lots as bits, the newest lowest; 1: rejected.
    accepted
        On tightened inspection, lots accepted in a row.
    rejected
        On tightened inspection, lots rejected since it began.
    """

    severity: int
    rejections: int
    accepted: int
    rejected: int


@rule
def switching_start(tightened_first: bool = False) -> SwitchingState:
    """State for a supplier of whom no lot has been inspected yet."""
    return SwitchingState((Severity.TIGHTENED if tightened_first else Severity.NORMAL).value, 0, 0, 0)


def sampling_plan(lot_size: int, level: str, aql: float, severity: Severity = Severity.NORMAL) -> SamplingPlan:
    """Sampling plan for a lot: by code letter, then by acceptance quality limit, arrows followed.

    An arrow leads to another plan, and its sample size counts, not the letter's own. A sample as large as
    the lot is an inspection of every unit. An AQL of 0, as buyers set for critical defects, is in no table:
    it is taken as the sample size of the code letter with an acceptance number of 0.

    Parameters
    ----------
    lot_size
        Units in the lot, at least 1.
    level
        One of `LEVELS`.
    aql
        Percent defective: one of `AQLS`, or 0.
    severity
        Normal or tightened; a stopped inspection draws the tightened plan.

    Raises
    ------
    KeyError
        If level or AQL stand in no table; a scenario's have been checked.
    """
    letter = code_letter(lot_size, level)
    table = _plans(severity is not Severity.NORMAL)
    plan = table[letter][float(aql)] if aql else SamplingPlan(_letter_sizes()[letter], 0)
    return plan._replace(sample_size=min(plan.sample_size, lot_size))


def code_letter(lot_size: int, level: str) -> str:
    """Sample size code letter of a lot (ISO 2859-1, table 1); a lot of one unit takes the first row."""
    letter = ""
    for smallest, letters in _code_letters():
        if letter and lot_size < smallest:
            break
        letter = letters[level]
    return letter


def operating_characteristic(
    sample_size: int, acceptance_number: int, defective_share: float, lot_size: int | None = None
) -> float:
    """Probability that a plan accepts a lot of the given quality.

    Parameters
    ----------
    sample_size, acceptance_number
        The plan.
    defective_share
        Of the lot, 0 to 1.
    lot_size
        Given, the sample is drawn without replacement from a lot with the share rounded to whole units
        (hypergeometric); otherwise from an endless production (binomial).
    """
    from scipy.stats import binom, hypergeom

    if lot_size is None:
        return float(binom.cdf(acceptance_number, sample_size, defective_share))
    defective = round(defective_share * lot_size)
    return float(hypergeom.cdf(acceptance_number, lot_size, defective, sample_size))


@rule
def severity_switched(state: SwitchingState, accepted: bool) -> SwitchingState:
    """State after one more lot, by the switching rules of ISO 2859-1, 9.3 and 9.4.

    Normal to tightened when 2 of 5 or fewer successive lots were rejected; back when 5 in a row were
    accepted; stopped, for good, when 5 were rejected while inspection was tightened. Only a lot's first
    inspection counts, not the one after rework.
    """
    if state.severity == Severity.NORMAL:
        return _after_normal_lot(state, accepted)
    if state.severity == Severity.TIGHTENED:
        return _after_tightened_lot(state, accepted)
    return state


@rule
def is_rejected(found: tuple[int, int, int], accepted: tuple[int, int, int]) -> bool:
    """Whether defects found reject a lot: more of any class than its acceptance number allows."""
    return found[0] > accepted[0] or found[1] > accepted[1] or found[2] > accepted[2]


@rule
def is_tightened(state: SwitchingState) -> bool:
    """Whether a lot is judged by the tightened plan: always but on normal inspection."""
    return state.severity != Severity.NORMAL


@rule
def inspection_fee(fee: int, attempt: int, buyer_pays_again: bool) -> int:
    """Cents that the buyer pays for the inspection of a lot number `attempt` (from 0); the first is always its own."""
    return fee if attempt == 0 or buyer_pays_again else 0


@rule
def _after_normal_lot(state: SwitchingState, accepted: bool) -> SwitchingState:
    """State after a lot on normal inspection: tightened by too many rejections among the last lots."""
    rejections = (state.rejections << 1 | (not accepted)) & ((1 << LOTS_REMEMBERED) - 1)
    rejected = 0
    for lot in range(LOTS_REMEMBERED):
        rejected += rejections >> lot & 1
    if rejected >= REJECTED_TO_TIGHTEN:
        return SwitchingState(Severity.TIGHTENED.value, 0, 0, 0)
    return SwitchingState(Severity.NORMAL.value, rejections, 0, 0)


@rule
def _after_tightened_lot(state: SwitchingState, accepted: bool) -> SwitchingState:
    """State after a lot on tightened inspection: relaxed by good lots in a row, stopped by many bad ones."""
    if accepted and state.accepted + 1 >= ACCEPTED_TO_RELAX:
        return SwitchingState(Severity.NORMAL.value, 0, 0, 0)
    if accepted:
        return SwitchingState(Severity.TIGHTENED.value, 0, state.accepted + 1, state.rejected)
    if state.rejected + 1 >= REJECTED_TO_STOP:
        return SwitchingState(Severity.STOPPED.value, 0, 0, state.rejected + 1)
    return SwitchingState(Severity.TIGHTENED.value, 0, 0, state.rejected + 1)


# --------------------------------------------------------------------------------------------- the tables


def _rows(name: str) -> list[dict[str, str]]:
    """Rows of a table that ships with the package."""
    text = files("sim.rules").joinpath("tables", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _code_letters() -> tuple[tuple[int, Mapping[str, str]], ...]:
    """Smallest lot of each row, with its code letters by level."""
    columns = {level: level.replace("S-", "S") for level in LEVELS}
    return tuple(
        (int(row["lot_min"]), {level: row[column] for level, column in columns.items()})
        for row in _rows("code_letters.csv")
    )


@cache
def _letter_sizes() -> dict[str, int]:
    """Sample size of each code letter, the same in both tables."""
    return {row["code_letter"]: int(row["n"]) for row in _rows("single_normal.csv")}


@cache
def _plans(tightened: bool) -> dict[str, dict[float, SamplingPlan]]:
    """Plans by code letter and AQL, arrows followed."""
    rows = _rows("single_tightened.csv" if tightened else "single_normal.csv")
    columns = {float(name): name for name in rows[0] if name not in {"code_letter", "n"}}
    return {
        row["code_letter"]: {aql: _arrow_followed(rows, place, name) for aql, name in columns.items()}
        for place, row in enumerate(rows)
    }


def _arrow_followed(rows: list[dict[str, str]], place: int, column: str) -> SamplingPlan:
    """Plan in a cell of a table, or the one that its arrow leads to."""
    cell = rows[place][column]
    while cell in {"v", "^"}:
        place += 1 if cell == "v" else -1
        cell = rows[place][column]
    acceptance, _, _ = cell.partition("/")
    return SamplingPlan(int(rows[place]["n"]), int(acceptance))
