"""Reading the files that a user names, so that whatever is there, the answer is a text or a problem."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Final

from sim.errors import Problem, ScenarioError
from sim.scenario.nodes import Place, Text

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_FILE: Final = 1024 * 1024
_FIRST_AFTER_CONTROLS: Final = 0xA0


def text_read(path: Path) -> str:
    """Text of a file.

    Raises
    ------
    ScenarioError
        The file is missing, no regular file, too large, unreadable or not UTF-8 text.
    """
    name = shown(path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _refused(name, "this is a folder, not a scenario file")
        if not stat.S_ISREG(status.st_mode):
            raise _refused(name, "this is not a regular file")
        if status.st_size > LARGEST_FILE:
            raise _refused(name, f"the file is larger than {LARGEST_FILE // 1024} KiB")
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError as error:
        raise _refused(name, "there is no such file", _near(path)) from error
    except PermissionError as error:
        raise _refused(name, "the file may not be read", "check its permissions") from error
    except (OSError, ValueError) as error:  # ValueError: a path that holds a NUL
        reason = getattr(error, "strerror", None) or "such a path is not possible"
        raise _refused(name, f"the file cannot be read ({reason.lower()})") from error
    return _decoded(name, content)


def shown(path: Path) -> str:
    """Name of a path in a message, whatever bytes it holds."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\0")


def _refused(name: str, message: str, hint: str | None = None) -> ScenarioError:
    return ScenarioError(Problem(message=message, file=name, hint=hint))


def _near(path: Path) -> str | None:
    from difflib import get_close_matches

    try:
        beside = [other.name for other in path.parent.iterdir() if other.suffix in {".yaml", ".yml"}]
    except (OSError, ValueError):
        return f"the folder {shown(path.parent)} cannot be opened either"
    near = get_close_matches(path.name, beside, n=1)
    return f"did you mean {shown(path.with_name(near[0]))}?" if near else None


def _decoded(name: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", "replace")
        whole = Text.of(name, content.decode("utf-8-sig", "replace"))
        place = Place(whole, *_position(before))
        message = f"the byte 0x{content[error.start]:02x} is not UTF-8 text"
        raise ScenarioError(place.problem(message, hint="save the file as UTF-8")) from error
    for index, character in enumerate(text):
        if not _allowed(character):
            place = Place(Text.of(name, text), *_position(text[:index]))
            message = f"the character U+{ord(character):04X} cannot stand in a text file"
            raise ScenarioError(place.problem(message))
    return text


def _allowed(character: str) -> bool:
    if character.isprintable() or character in "\t\n\r\x85\xa0":
        return True
    code = ord(character)
    return code >= _FIRST_AFTER_CONTROLS and code not in {0xFEFF, 0xFFFE, 0xFFFF}


def _position(before: str) -> tuple[int, int]:
    lines = Text.of("", before).lines
    return len(lines), len(lines[-1]) + 1
