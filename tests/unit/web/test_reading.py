"""What is typed into a field: read exactly, or answered in words."""

from __future__ import annotations

import pytest

from sim.scenario import scenario_checked, template_text
from sim.web.blanks import Blank, groups_of
from sim.web.reading import read
from sim.web.uploads import upload_read


@pytest.fixture(scope="module")
def blanks() -> dict[str, Blank]:
    scenario = scenario_checked(upload_read("a.yaml", template_text().encode()))
    return {blank.path: blank for group in groups_of(scenario) for blank in group.blanks}


@pytest.mark.parametrize(
    ("path", "typed", "written"),
    [
        ("need.quantity", "4500", "4500"),
        ("need.quantity", " 4,500 ", "4500"),
        ("need.quantity", "4500.0", "4500"),
        ("need.quantity", "1e4", "10000"),
        ("contract.detail_share", "12.5", "0.125"),
        ("contract.detail_share", "12.5 %", "0.125"),
        ("contract.detail_share", "0.1", "0.001"),
        ("suppliers.shenzhen.assurance_limit", "", "null"),
        ("suppliers.shenzhen.assurance_limit", "1234567.89", "1234567.89"),
        ("suppliers.shenzhen.payment.through", "direct", '"direct"'),
        ("contract.custom_made", "yes", "true"),
        ("need.due", "2026-08-01", "2026-08-01"),
        ("suppliers.shenzhen.defects.major.mean", "5", "0.05"),
    ],
)
def test_a_value_is_read_exactly(blanks: dict[str, Blank], path: str, typed: str, written: str) -> None:
    found = read(blanks[path], typed)
    assert (found.written, found.problem) == (written, "")


@pytest.mark.parametrize(
    ("path", "typed", "says"),
    [
        ("need.quantity", "many", "Give a number, such as 3000."),
        ("need.quantity", "", "Give a number, such as 3000."),
        ("need.quantity", "12.5", "Give a whole number."),
        ("need.quantity", "0", "Give a value from 1 unit to 10,000,000 units."),
        ("need.quantity", "1e99", "Give a number, such as 3000."),
        ("need.quantity", "nan", "Give a number, such as 3000."),
        ("need.quantity", "-inf", "Give a number, such as 3000."),
        ("need.sale_value", "3,5", "Write a point, not a comma, before the decimals."),
        ("contract.detail_share", "101", "Give a value from 0 % to 100 %."),
        ("suppliers.shenzhen.payment.through", "cash", "Choose one of: platform, direct."),
        ("contract.custom_made", "maybe", "Answer yes or no."),
        ("need.due", "2026-02-30", "Give a date such as 2026-07-31."),
        ("suppliers.shenzhen.production_days.mode", "71", "Give a value from 22 days to 70 days."),
        ("need.quantity", "9" * 100, "This is too long: at most 64 characters."),
    ],
)
def test_what_cannot_be_used_is_answered_in_words(blanks: dict[str, Blank], path: str, typed: str, says: str) -> None:
    found = read(blanks[path], typed)
    assert found.written is None
    assert says in found.problem
    assert found.text == typed.strip()[:64]
