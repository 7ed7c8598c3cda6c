"""What a user is told when the input is wrong: one problem a line, with a place and a way out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in the input.

    Attributes
    ----------
    message
        What is wrong, in one sentence.
    file, line, column
        Where (1-based), as far as it is known.
    text
        The offending line as it stands in the file.
    path
        Dotted path of the value inside the scenario, such as ``buyer.calendar``.
    hint
        The way out: the nearest known name or the allowed range.
    """

    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    text: str | None = None
    path: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        """Lay the problem out as ``file:line:column: message``, the line, a caret and the hint."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        lines = [f"{place}: {self.message}" if place else self.message]
        if self.text is not None:
            lines.append(f"    {self.text}")
            if self.column is not None:
                lines.append("    " + " " * (self.column - 1) + "^")
        if self.hint:
            lines.append(f"    hint: {self.hint}")
        return "\n".join(lines)


class LotwiseError(Exception):
    """Base of every error that is the user's to mend; the command line prints it and exits with 2."""


class InputError(LotwiseError):
    """Invalid input: carries every problem found, not just the first.

    Parameters
    ----------
    problems
        At least one problem, in the order of the file.
    """

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class ScenarioError(InputError):
    """A scenario file, or a file that it names, is wrong."""


class RulePackError(InputError):
    """A rule pack, or an override of one of its rules, is wrong."""
