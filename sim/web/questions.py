"""What the page is asked: the query of its address, read and written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl, urlencode

from sim.errors import InputError, Problem
from sim.web.blanks import PREFIX

MOST_FIELDS: Final = 1_000
LONGEST_QUERY: Final = 32_000
_LONGEST_NAME: Final = 200
_LONGEST_VALUE: Final = 200


@dataclass(frozen=True, slots=True)
class Question:
    """What the page is asked.

    Attributes
    ----------
    scenario
        Id of the scenario; empty for the one to begin with.
    values
        What was typed, by the names of the fields, in their order.
    plans
        Plans that are ticked; none for all of them.
    replications
        Of each plan, as far as the answer shall look; None for a first answer.
    tab
        Which open page asks; empty where it does not say.
    width
        Of the place for charts, in pixels; None where it does not say.
    """

    scenario: str = ""
    values: tuple[tuple[str, str], ...] = ()
    plans: tuple[str, ...] = ()
    replications: int | None = None
    tab: str = ""
    width: int | None = None

    @property
    def subject(self) -> Question:
        """The same whoever asks, and however closely."""
        return replace(self, replications=None, tab="", width=None)

    def address(self, path: str, **more: str) -> str:
        """Where the question is asked: a path with its query."""
        pairs = [("scenario", self.scenario), *self.values, *(("plan", plan) for plan in self.plans), *more.items()]
        return f"{path}?{urlencode(pairs)}"


def question_read(query: str) -> Question:
    """Read the query of an address.

    Raises
    ------
    InputError
        It is too long, or holds something that no page would ask.
    """
    if len(query) > LONGEST_QUERY:
        raise InputError(Problem("this address is too long", hint="begin again from the page itself"))
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except (ValueError, UnicodeError):
        raise InputError(Problem("this address cannot be read", hint="begin again from the page itself")) from None
    single: dict[str, str] = {}
    values: dict[str, str] = {}
    plans: list[str] = []
    for name, value in pairs:
        if len(name) > _LONGEST_NAME or len(value) > _LONGEST_VALUE:
            raise InputError(Problem("this address holds a value that is too long"))
        if name.startswith(PREFIX):
            values[name] = value
        elif name == "plan":
            plans.append(value)
        else:
            single[name] = value
    return Question(
        scenario=single.get("scenario", ""),
        values=tuple(values.items()),
        plans=tuple(dict.fromkeys(plans)),
        replications=_count(single.get("n")),
        tab=single.get("tab", ""),
        width=_count(single.get("w")),
    )


def _count(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):  # noqa: PLR2004 - no run is that long
        raise InputError(Problem(f"{text[:20]!r} is no whole number"))
    return int(text)
