"""The query of an address: read as it was written, and refused in words."""

from __future__ import annotations

import pytest

from sim.errors import InputError
from sim.web.questions import Question, question_read


def test_a_question_reads_back() -> None:
    question = Question("a-b", (("f.need.quantity", "3,000 & more"), ("f.x", "")), ("one", "two"))
    assert question_read(question.address("/").partition("?")[2]) == question


def test_who_asks_is_no_part_of_the_address() -> None:
    question = question_read("scenario=a&tab=t1&n=80000&w=400")
    assert (question.tab, question.replications, question.width) == ("t1", 80000, 400)
    assert question.address("/") == "/?scenario=a"
    assert question.subject == Question("a")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("f.a=" + "1" * 201, "too long"),
        ("f." + "a" * 200 + "=1", "too long"),
        ("x=1&" * 20_000, "too long"),
        ("&".join(f"a{number}=1" for number in range(1_001)), "cannot be read"),
        ("f.a=%ff", "cannot be read"),
        ("n=many", "no whole number"),
        ("n=-5", "no whole number"),
        ("n=1e9", "no whole number"),
        ("w=" + "9" * 30, "no whole number"),
    ],
)
def test_what_no_page_would_ask_is_refused(query: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        question_read(query)
