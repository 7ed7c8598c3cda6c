"""Run what the documents show: the README's marked commands and Python, and the stories of ``docs/stories``.

``python -m scripts.examples`` says which outputs are out of date; ``--write`` puts the present ones in their place.
The tests run the same examples.

In a document an example begins with the line ``<!-- example -->``. What follows is either a ``console`` block, whose
lines with ``$`` are commands and whose others are what they print, or a ``python`` block and, in a ``text`` block, what
that prints. A line of three dots stands for any lines. All examples of a document run one after the other in one empty
folder that has the project's ``scenarios/`` in it.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).resolve().parents[1]
README: Final = ROOT / "README.md"
STORIES: Final = ROOT / "docs" / "stories"
MARK: Final = "<!-- example -->"
PICTURES: Final = {
    "direct-or-not/best.svg": ROOT / "docs" / "pictures" / "direct-or-not.svg",
    "tumblers/plan-losses.svg": ROOT / "docs" / "pictures" / "plan-losses.svg",
    "tumblers/recovery-funnel-all-at-once.svg": ROOT / "docs" / "pictures" / "recovery-funnel.svg",
}
"""Pictures that the README shows: where its examples draw each, and where a copy of it stands."""
LEFT_OUT: Final = "..."
PROMPT: Final = "$ "
_COLOURS: Final = frozenset({"FORCE_COLOR", "TTY_COMPATIBLE"})
"""What would make the output look as on a terminal."""

_BLOCK = re.compile(
    rf"{re.escape(MARK)}\n```(?:console\n(?P<console>.*?)```\n|python\n(?P<python>.*?)```\n+```text\n(?P<shown>.*?)```\n)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Example:
    """Something that a document shows, and what it says that it prints.

    Attributes
    ----------
    arguments
        Of the Python interpreter that runs it.
    shown
        The text in the document, and where in it that text begins and ends.
    """

    arguments: tuple[str, ...]
    shown: str
    begin: int
    end: int


def examples_in(document: str) -> tuple[Example, ...]:
    """Examples of a document, in their order.

    Raises
    ------
    ValueError
        If a mark is followed by something that is not an example.
    """
    found = []
    for block in _BLOCK.finditer(document):
        if block["python"] is not None:
            found.append(Example(("-c", block["python"]), block["shown"], *block.span("shown")))
        else:
            found += _commands(block["console"], block.start("console"))
    if len(re.findall(re.escape(MARK), document)) != len(_BLOCK.findall(document)):
        raise ValueError(f"{MARK} must be followed by a console block, or by a python and a text block")
    return tuple(found)


def _commands(block: str, offset: int) -> Iterator[Example]:
    """Commands of a console block with what each prints."""
    parts = re.split(rf"^{re.escape(PROMPT)}(.*)\n", block, flags=re.MULTILINE)
    place = offset + len(parts[0])
    for command, shown in zip(parts[1::2], parts[2::2], strict=True):
        place += len(PROMPT) + len(command) + 1
        program, *arguments = shlex.split(command)
        if program != "lotwise":
            raise ValueError(f"only lotwise is run, not {program}")
        yield Example(("-m", "sim", *arguments), shown, place, place + len(shown))
        place += len(shown)


def output_of(arguments: Sequence[str], folder: Path) -> str:
    """What a run of Python prints, on either stream; lines lose their trailing blanks.

    Raises
    ------
    ChildProcessError
        If it ends with another code than 0.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _COLOURS}
    done = subprocess.run(  # noqa: S603 - the project's own examples
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    if done.returncode:
        raise ChildProcessError(f"{shlex.join(arguments)} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return "".join(f"{line.rstrip()}\n" for line in (done.stdout + done.stderr).splitlines())


def agrees(shown: str, printed: str) -> bool:
    """Whether a text is what was printed, lines of three dots standing for any lines."""
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == LEFT_OUT else f"{re.escape(line.rstrip())}\n" for line in shown.splitlines()
    )
    return re.fullmatch(pattern, printed) is not None


def prepare(folder: Path) -> None:
    """Put into an empty folder what a reader of the README has."""
    shutil.copytree(ROOT / "scenarios", folder / "scenarios")


def stories() -> tuple[Path, ...]:
    """The scripts of ``docs/stories``."""
    return tuple(sorted(STORIES.glob("*.py")))


def rewritten(document: str, pictures: dict[Path, str] | None = None) -> str:
    """The document with the present output of every example; what shows only part of an output is left alone.

    Parameters
    ----------
    document
        Text of the document.
    pictures
        Takes what the examples draw for `PICTURES`, if it is wanted.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        printed = [(example, output_of(example.arguments, folder)) for example in examples_in(document)]
        if pictures is not None:
            pictures |= {copy: (folder / drawn).read_text(encoding="utf-8") for drawn, copy in PICTURES.items()}
    for example, output in reversed(printed):
        if LEFT_OUT not in example.shown.splitlines():
            document = document[: example.begin] + output + document[example.end :]
        elif not agrees(example.shown, output):
            sys.stderr.write(f"{shlex.join(example.arguments)} now prints, and must be changed by hand:\n{output}\n")
    return document


def main(arguments: Sequence[str]) -> int:
    """Say which outputs are out of date, or bring them up to date; returns the number that were."""
    present: dict[Path, str] = {}
    present[README] = rewritten(README.read_text(encoding="utf-8"), present)
    present |= {story.with_suffix(".out"): output_of([str(story)], STORIES) for story in stories()}
    outdated = 0
    for path, text in present.items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        outdated += 1
        sys.stdout.write(f"{path.relative_to(ROOT)} is out of date\n")
        if "--write" in arguments:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    return outdated


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
