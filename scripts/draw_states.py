"""Draw the states of orders and disputes from the transition tables of `sim.protocol`.

``python -m scripts.draw_states`` prints the diagrams (Mermaid) and tables that ``docs/model.md`` holds between its
``states`` marks; ``python -m scripts.draw_states --write`` puts them there. A test keeps the document current.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scripts.marks import text_replaced
from sim.protocol import ORDER_TRANSITIONS, REFUNDABLE, Event, State, dispute_transitions
from sim.scenario.packs import load_pack, pack_ids
from sim.terms import protection_terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Transitions = Mapping[tuple[State, Event], State]

ROOT: Final = Path(__file__).resolve().parents[1]
DOCUMENT: Final = ROOT / "docs" / "model.md"
BEGIN: Final = "<!-- states: made by scripts/draw_states.py -->\n"
END: Final = "<!-- states: end -->\n"
DRAWN_PACK: Final = "alibaba-trade-assurance-2023"
"""The pack whose dispute is drawn; the table below the diagram says where the others differ."""

FIRST: Final = (State.PLANNED, State.NO_DISPUTE)
LAST: Final = frozenset({State.CLOSED, State.NOT_PLACED})


def words(member: State | Event) -> str:
    """Name of a state or an event in plain words."""
    return member.name.lower().replace("_", " ")


def diagram(transitions: Transitions) -> str:
    """State diagram of a transition table, as Mermaid text.

    Parameters
    ----------
    transitions
        (state, event) -> state. An event that leaves the state as it is has no arrow; see `unmoved`.

    Returns
    -------
    str
        One arrow for each pair of states, labelled with the events that lead from the one to the other.
    """
    arrows: dict[tuple[State, State], list[Event]] = defaultdict(list)
    for (state, event), becomes in sorted(transitions.items()):
        if becomes is not state:
            arrows[state, becomes].append(event)
    known = sorted({state for pair in arrows for state in pair})
    lines = ["stateDiagram-v2"]
    lines += [f"    {state.name.lower()} : {words(state)}" for state in known]
    lines += [f"    [*] --> {state.name.lower()}" for state in FIRST if state in known]
    for (state, becomes), events in sorted(arrows.items()):
        label = "<br/>".join(words(event) for event in events)
        lines.append(f"    {state.name.lower()} --> {becomes.name.lower()} : {label}")
    lines += [f"    {state.name.lower()} --> [*]" for state in known if is_last(state)]
    return "\n".join(["```mermaid", *lines, "```"])


def is_last(state: State) -> bool:
    """Whether an order or a dispute can rest in a state for good."""
    return state in LAST or state.value >= min(REFUNDABLE).value


def unmoved(transitions: Transitions) -> str:
    """Table of the events that leave the state as it is, and of the states in which each can happen."""
    where: dict[Event, list[State]] = defaultdict(list)
    for (state, event), becomes in sorted(transitions.items()):
        if becomes is state:
            where[event].append(state)
    rows = [(words(event), ", ".join(map(words, states))) for event, states in sorted(where.items())]
    return table(("event", "can happen while"), rows)


def pack_differences() -> str:
    """Table of the transitions that rule packs decide: one row each, one column a pack."""
    packs = {name: dispute_transitions(protection_terms(load_pack(name, ROOT))) for name in pack_ids()}
    shared = packs[DRAWN_PACK]
    rows = [
        (words(state), words(event), *(words(transitions[state, event]) for transitions in packs.values()))
        for state, event in sorted(shared)
        if len({transitions[state, event] for transitions in packs.values()}) > 1
    ]
    return table(("in state", "event", *(f"`{name}`" for name in packs)), rows)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows as a Markdown table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def drawn() -> str:
    """The whole text between the marks of the document."""
    dispute = dispute_transitions(protection_terms(load_pack(DRAWN_PACK, ROOT)))
    return "\n\n".join(
        [
            "#### An order",
            diagram(ORDER_TRANSITIONS),
            "Events that leave an order in its state:",
            unmoved(ORDER_TRANSITIONS),
            f"#### A dispute, under `{DRAWN_PACK}`",
            diagram(dispute),
            "Events that leave a dispute in its state:",
            unmoved(dispute),
            "What the rule packs decide differently:",
            pack_differences(),
            "",
        ]
    )


def redrawn(document: str) -> str:
    """The document with what stands between its marks made anew.

    Raises
    ------
    ValueError
        If a mark is missing.
    """
    return text_replaced(DOCUMENT.name, document, BEGIN, END, f"\n{drawn()}")


def main(arguments: Sequence[str]) -> None:
    """Print the diagrams, or write them into the document."""
    if "--write" in arguments:
        DOCUMENT.write_text(redrawn(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    else:
        sys.stdout.write(drawn())


if __name__ == "__main__":
    main(sys.argv[1:])
