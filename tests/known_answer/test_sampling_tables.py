"""Acceptance sampling, looked up by hand in the printed tables of MIL-STD-105E (the same in ISO 2859-1)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from scipy.stats import poisson

from sim.rules.sampling import (
    AQLS,
    LEVELS,
    Severity,
    code_letter,
    operating_characteristic,
    sampling_plan,
    severity_switched,
    switching_start,
)

NORMAL, TIGHTENED, STOPPED = Severity.NORMAL, Severity.TIGHTENED, Severity.STOPPED


# ------------------------------------------------------------------------------------------ code letters


@pytest.mark.parametrize(
    ("lot_size", "level", "letter"),
    [
        (1, "II", "A"),
        (2, "II", "A"),
        (8, "II", "A"),
        (9, "II", "B"),
        (50, "II", "D"),
        (51, "II", "E"),
        (1200, "II", "J"),
        (1201, "II", "K"),
        (3000, "II", "K"),
        (3200, "II", "K"),
        (3201, "II", "L"),
        (500_000, "II", "P"),
        (500_001, "II", "Q"),
        (10_000_000, "II", "Q"),
        (3000, "S-1", "C"),
        (3000, "S-2", "D"),
        (3000, "S-3", "E"),
        (3000, "S-4", "G"),
        (3000, "I", "H"),
        (3000, "III", "L"),
        (10_000_000, "III", "R"),
    ],
)
def test_code_letters(lot_size: int, level: str, letter: str) -> None:
    assert code_letter(lot_size, level) == letter


# ------------------------------------------------------------------------------------------ plans


@pytest.mark.parametrize(
    ("lot_size", "level", "aql", "severity", "plan"),
    [
        # numbers where the table has numbers
        (3000, "II", 2.5, NORMAL, (125, 7)),
        (3000, "II", 4.0, NORMAL, (125, 10)),
        (3000, "II", 2.5, TIGHTENED, (125, 5)),
        (3000, "II", 4.0, TIGHTENED, (125, 8)),
        (3000, "II", 6.5, TIGHTENED, (125, 12)),
        (1000, "II", 1.0, NORMAL, (80, 2)),
        (1000, "II", 1.0, TIGHTENED, (80, 1)),
        (600, "S-3", 6.5, NORMAL, (13, 2)),
        # arrow down, one row: K at 0.25 leads to L
        (3000, "II", 0.25, NORMAL, (200, 1)),
        (450, "S-3", 4.0, NORMAL, (13, 1)),
        # arrow up, one row: K at 0.15 leads to J, D at 2.5 to C
        (3000, "II", 0.15, NORMAL, (80, 0)),
        (450, "S-3", 2.5, NORMAL, (5, 0)),
        # arrows over several rows: C at 1.0 to E; tightened K at 0.25 to M; normal R at 6.5 up to L
        (600, "S-1", 1.0, NORMAL, (13, 0)),
        (3000, "II", 0.25, TIGHTENED, (315, 1)),
        (600_000, "III", 6.5, NORMAL, (200, 21)),
        (600_000, "III", 6.5, TIGHTENED, (200, 18)),
        # tightened where normal inspection has numbers: H at 0.25 goes down to J, and further to K
        (400, "II", 0.25, NORMAL, (50, 0)),
        (400, "II", 0.25, TIGHTENED, (80, 0)),
    ],
)
def test_plans_with_the_sample_size_that_the_arrow_leads_to(
    lot_size: int, level: str, aql: float, severity: Severity, plan: tuple[int, int]
) -> None:
    assert sampling_plan(lot_size, level, aql, severity) == plan


@pytest.mark.parametrize(
    ("lot_size", "aql", "plan"),
    [
        (5, 0.065, (5, 0)),  # letter A leads down to 200 units
        (40, 0.25, (40, 0)),  # letter D leads down to 50
        (50, 0.25, (50, 0)),  # exactly as large as the lot
        (51, 0.25, (50, 0)),
        (1, 6.5, (1, 0)),
        (2, 6.5, (2, 0)),
        (3, 6.5, (2, 0)),
    ],
)
def test_a_sample_as_large_as_the_lot_is_all_of_it(lot_size: int, aql: float, plan: tuple[int, int]) -> None:
    assert sampling_plan(lot_size, "II", aql) == plan


@pytest.mark.parametrize(("lot_size", "plan"), [(3000, (125, 0)), (90, (13, 0)), (2, (2, 0)), (1, (1, 0))])
def test_critical_defects_are_never_accepted(lot_size: int, plan: tuple[int, int]) -> None:
    for severity in (NORMAL, TIGHTENED):
        assert sampling_plan(lot_size, "II", 0, severity) == plan


def test_a_tightened_plan_never_accepts_more_often() -> None:
    for lot_size in (8, 25, 90, 500, 3000, 35_000, 600_000):
        for aql in AQLS:
            normal, tightened = (sampling_plan(lot_size, "II", aql, severity) for severity in (NORMAL, TIGHTENED))
            shares = (aql / 100, aql / 50, aql / 25)
            for share in shares:
                assert operating_characteristic(*tightened, share) <= operating_characteristic(*normal, share)


def test_a_higher_level_never_draws_less() -> None:
    for lot_size in (8, 90, 500, 3000, 600_000):
        sizes = [sampling_plan(lot_size, level, 0).sample_size for level in LEVELS[:4]]
        assert sizes == sorted(sizes)
        general = [sampling_plan(lot_size, level, 0).sample_size for level in LEVELS[4:]]
        assert general == sorted(general)


def test_more_defects_are_allowed_at_a_higher_limit() -> None:
    for lot_size in (500, 3000, 600_000):
        allowed = [sampling_plan(lot_size, "II", aql).acceptance_number for aql in AQLS]
        assert all(low <= high for low, high in pairwise(allowed))


# --------------------------------------------------------------------- operating characteristic


def test_published_operating_characteristics() -> None:
    assert operating_characteristic(20, 0, 0.05) == pytest.approx(0.358, abs=5e-4)
    assert operating_characteristic(20, 0, 0.15) == pytest.approx(0.039, abs=5e-4)
    # the textbook's 26 % is Poisson's; the binomial lies within a fifth of a percent of it
    assert poisson.cdf(3, 500 * 0.01) == pytest.approx(0.26, abs=0.006)
    assert operating_characteristic(500, 3, 0.01) == pytest.approx(poisson.cdf(3, 500 * 0.01), abs=2e-3)
    # the plan published for a producer's point of (0.05; 0.95) and a consumer's point of (0.15; 0.075)
    assert operating_characteristic(80, 7, 0.05) >= 0.95
    assert operating_characteristic(80, 7, 0.15) <= 0.075


def test_operating_characteristic_of_a_lot() -> None:
    # 2 of 10 defective, 3 drawn: C(8, 3) / C(10, 3) = 56 / 120 without one, plus 2 * C(8, 2) / 120 = 56 /
    # 120 with one
    assert operating_characteristic(3, 0, 0.2, 10) == pytest.approx(56 / 120)
    assert operating_characteristic(3, 1, 0.2, 10) == pytest.approx(112 / 120)
    # every unit inspected: certain either way
    assert operating_characteristic(50, 2, 2 / 50, 50) == pytest.approx(1)
    assert operating_characteristic(50, 2, 3 / 50, 50) == pytest.approx(0)


# ------------------------------------------------------------------------------------------ switching


def severities(lots: str, *, tightened_first: bool = False) -> str:
    """Severity before each lot and after the last, for lots accepted (.) and rejected (x)."""
    state = switching_start(tightened_first)
    seen = [state.severity]
    for lot in lots:
        state = severity_switched(state, lot == ".")
        seen.append(state.severity)
    return "".join("NTS"[severity] for severity in seen)


@pytest.mark.parametrize(
    ("lots", "expected"),
    [
        ("....", "NNNNN"),
        ("xx", "NNT"),  # two in a row
        ("x...x", "NNNNNT"),  # the second is the fifth lot of five
        ("x....x", "NNNNNNN"),  # one lot too late
        ("x....x...x", "NNNNNNNNNNT"),  # but that one counts for the next
        ("xx.....", "NNTTTTTN"),  # back after five accepted
        ("xx....x.....", "NNTTTTTTTTTTN"),  # in a row
        ("xx.....x", "NNTTTTTNN"),  # what was before tightening is forgotten
        ("xx.....xx", "NNTTTTTNNT"),
        ("xxxxxxx", "NNTTTTTS"),  # stopped after five rejected on tightened
        ("xxx.x.x.x.x", "NNTTTTTTTTTS"),  # not necessarily in a row
        ("xxxxxx.....xxxxxx", "NNTTTTTTTTTNNTTTTT"),  # counted anew each time that inspection is tightened
        ("xxxxxxx.....", "NNTTTTTSSSSSS"),  # and nothing undoes it
    ],
)
def test_switching(lots: str, expected: str) -> None:
    assert severities(lots) == expected


def test_switching_that_begins_tightened() -> None:
    assert severities("....." + "xx", tightened_first=True) == "TTTTTNNT"
    assert severities("xxxxx", tightened_first=True) == "TTTTTS"
