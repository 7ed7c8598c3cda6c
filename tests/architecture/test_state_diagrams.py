"""The state diagrams of ``docs/model.md`` are drawn from the transition tables."""

from __future__ import annotations

import pytest

from scripts.draw_states import DOCUMENT, diagram, pack_differences, redrawn, unmoved
from sim.protocol import ORDER_TRANSITIONS, Event, State


def test_the_document_shows_the_present_tables() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    assert redrawn(document) == document, "python -m scripts.draw_states --write"


def test_every_transition_of_an_order_is_shown() -> None:
    shown = diagram(ORDER_TRANSITIONS) + unmoved(ORDER_TRANSITIONS)
    missing = [event for _, event in ORDER_TRANSITIONS if event.name.lower().replace("_", " ") not in shown]
    assert missing == []


def test_a_diagram_has_one_arrow_for_each_pair_of_states() -> None:
    table = {
        (State.PLANNED, Event.ORDER_PLACED): State.AWAITING_SLOT,
        (State.PLANNED, Event.DEPOSIT_PAID): State.AWAITING_SLOT,
        (State.PLANNED, Event.SUPPLIER_CHANGED): State.PLANNED,
        (State.AWAITING_SLOT, Event.ORDER_CLOSED): State.CLOSED,
    }
    lines = [line.strip() for line in diagram(table).splitlines()]
    assert "planned --> awaiting_slot : order placed<br/>deposit paid" in lines
    assert "[*] --> planned" in lines
    assert "closed --> [*]" in lines
    assert sum("-->" in line for line in lines) == len(["start", "placed", "closed", "end"])
    assert unmoved(table).splitlines()[-1] == "| supplier changed | planned |"


def test_only_what_packs_decide_is_in_their_table() -> None:
    rows = pack_differences().splitlines()[2:]
    assert any("buyer silent" in row for row in rows)
    assert not any("claim rejected" in row for row in rows)


def test_a_document_without_marks_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="lost its marks"):
        redrawn("nothing")
