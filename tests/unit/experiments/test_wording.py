"""Names and shares in sentences, against what somebody would write."""

from __future__ import annotations

import pytest

from sim.experiments.wording import listed, percentage, unknown_name, words


def test_names_as_words() -> None:
    assert words("cancelled_by_silence") == "cancelled by silence"


@pytest.mark.parametrize(
    ("names", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_names_in_a_row(names: list[str], text: str) -> None:
    assert listed(names) == text
    assert listed(tuple(names), last="or") == text.replace(" and ", " or ")


def test_no_more_names_than_are_read() -> None:
    names = ["a", "b", "c", "d", "e"]
    assert listed(names, most=5) == "a, b, c, d and e"
    assert listed(names, most=3) == "a, b, c and 2 more"
    assert listed(names, last="or", most=3) == "a, b, c and 2 more"
    assert listed(names, last="or", most=3, more="or") == "a, b, c or 2 more"
    assert listed(names[:3], last="or", most=3, between=" or ") == "a or b or c"


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [(0.95, None, "95 %"), (0.999, None, "99.9 %"), (0.29, None, "29 %"), (0.3876, 1, "38.8 %"), (0.5, 0, "50 %")],
)
def test_shares(share: float, decimals: int | None, text: str) -> None:
    assert percentage(share, decimals) == text


def test_an_unknown_name_is_answered_with_the_nearest_or_with_all() -> None:
    known = ("all-at-once", "two-halves")
    near = unknown_name("there is no plan", "two-halfs", known)
    assert (near.message, near.hint) == ("there is no plan", "did you mean 'two-halves'?")
    assert unknown_name("none", "zzz", known).hint == "there are: all-at-once, two-halves"
    assert unknown_name("none", "zzz", known, otherwise="one of").hint == "one of all-at-once, two-halves"
    assert unknown_name("none", "zzz", ()).hint == "there are: none"
