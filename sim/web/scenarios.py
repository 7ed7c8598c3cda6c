"""The scenarios that the page knows: those beside the file it was started with, a template, and what was sent to it."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Final

from sim.errors import InputError, Problem
from sim.experiments.wording import unknown_name
from sim.scenario import load_scenario, scenario_checked, template_text
from sim.web.forms import Sheet
from sim.web.uploads import upload_read
from sim.web.views import Preset

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sim.scenario import Scenario

TEMPLATE: Final = "first-order"
UPLOAD: Final = "upload-"
_DIGITS: Final = 12
_MOST_PRESETS: Final = 100
_MOST_UPLOADS: Final = 32
_MOST_UPLOAD_BYTES: Final = 4 << 20
_MOST_SHEETS: Final = 16
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_TITLE_LINES: Final = 60
_TITLE: Final = re.compile(r"""^title:\s*(?P<title>.+?)\s*$""")


@dataclass(frozen=True, slots=True)
class Upload:
    """A scenario that was sent to the page.

    Attributes
    ----------
    file
        Its name, to be shown.
    size
        Bytes of its text.
    scenario
        The same, found right.
    """

    file: str
    size: int
    scenario: Scenario


class Scenarios:
    """The scenarios that can be asked about, by any thread.

    Parameters
    ----------
    start
        The file that the page was started with; None for the template.
    folders
        Whose scenario files can be chosen as well.
    """

    def __init__(self, start: Path | None, folders: Sequence[Path]) -> None:
        self._files = dict(_files(start, folders))
        self._titles = {name: _title(path) for name, path in self._files.items()}
        self._start = next(iter(self._files)) if start is not None else TEMPLATE
        self._sheets: OrderedDict[str, tuple[object, Sheet]] = OrderedDict()
        self._uploads: OrderedDict[str, Upload] = OrderedDict()
        self._lock = RLock()

    def known(self, name: str) -> str:
        """Id of a scenario that was asked for; that to begin with where none was.

        Raises
        ------
        InputError
            There is none of this id.
        """
        if not name:
            return self._start
        if name in self._files or name == TEMPLATE or self._upload(name) is not None:
            return name
        shown = name[:80]
        if name.startswith(UPLOAD):
            hint = "send the file again: what is sent is kept in memory only, and only for a while"
            raise InputError(Problem(f"the scenario {shown!r} is not there any more", hint=hint))
        raise InputError(unknown_name(f"there is no scenario {shown!r} here", shown, [*self._files, TEMPLATE]))

    def presets(self, chosen: str) -> tuple[Preset, ...]:
        """What can be chosen."""
        names = dict(self._titles)
        names.setdefault(TEMPLATE, "A first order, with every kind of value")
        upload = self._upload(chosen)
        if upload is not None:
            names[chosen] = f"{upload.scenario.model.title or upload.scenario.name} ({upload.file})"
        return tuple(Preset(name, title, name == chosen) for name, title in names.items())

    def file_name(self, name: str) -> str:
        """How the scenario's file is called on a command line."""
        upload = self._upload(name)
        if upload is not None:
            return upload.file
        return str(self._files.get(name, "scenario.yaml"))

    def sheet(self, name: str) -> Sheet:
        """The empty form of a scenario; a file that was changed is read again.

        Raises
        ------
        InputError
            The file is wrong by now.
        """
        stamp = self._stamp(name)
        with self._lock:
            held = self._sheets.get(name)
        if held is None or held[0] != stamp:
            held = stamp, Sheet.of(self._scenario(name))
        with self._lock:
            self._sheets[name] = held
            self._sheets.move_to_end(name)
            while len(self._sheets) > _MOST_SHEETS:
                self._sheets.popitem(last=False)
        return held[1]

    def sent(self, file: str, content: bytes) -> str:
        """Keep a scenario that was sent; gives its id.

        Raises
        ------
        InputError
            It cannot be used: everything that is wrong with it.
        """
        name = UPLOAD + hashlib.sha256(content).hexdigest()[:_DIGITS]
        shown = file_shown(file)
        upload = Upload(shown, len(content), scenario_checked(upload_read(shown, content)))
        with self._lock:
            self._uploads[name] = upload
            self._uploads.move_to_end(name)
            while len(self._uploads) > _MOST_UPLOADS or self._kept_bytes() > _MOST_UPLOAD_BYTES:
                gone, _ = self._uploads.popitem(last=False)
                self._sheets.pop(gone, None)
        return name

    def _upload(self, name: str) -> Upload | None:
        with self._lock:
            return self._uploads.get(name)

    def _kept_bytes(self) -> int:
        return sum(upload.size for upload in self._uploads.values())

    def _stamp(self, name: str) -> object:
        """What changes when the file of a scenario does; files that it builds on are not watched."""
        path = self._files.get(name)
        if path is None:
            return name
        try:
            status = path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size

    def _scenario(self, name: str) -> Scenario:
        upload = self._upload(name)
        if upload is not None:
            return upload.scenario
        if name in self._files:
            return load_scenario(self._files[name])
        self.known(name)  # what was sent may be gone by now
        return _template()


def _template() -> Scenario:
    return scenario_checked(upload_read("scenario.yaml", template_text().encode()))


def file_shown(name: str) -> str:
    """Name of a file that was sent, without folders or anything that is no plain name."""
    last = re.split(r"[/\\]", name)[-1]
    clean = re.sub(r"[^A-Za-z0-9._ -]", "_", last)[:80].strip(" .")
    return clean or "scenario.yaml"


def _files(start: Path | None, folders: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """Scenario files by id, the one to begin with first; of two of one name the first one counts."""
    found: dict[str, Path] = {}
    if start is not None:
        found[start.stem] = start
    for folder in folders:
        try:
            files = sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".yml"})
        except OSError:
            continue
        for path in files:
            if _NAME.fullmatch(path.stem) and _is_scenario(path):
                found.setdefault(path.stem, path)
    yield from list(found.items())[:_MOST_PRESETS]


def _is_scenario(path: Path) -> bool:
    """Whether a file says that it is a scenario; it may still have mistakes."""
    return any(line.startswith("schema_version:") for line in _head(path))


def _title(path: Path) -> str:
    """Title of a scenario, as far as it stands on one line near the top; else the name of its file."""
    for line in _head(path):
        found = _TITLE.match(line)
        if found is not None:
            return found["title"].strip("\"'")
    return path.stem


def _head(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return [line for line, _ in zip(file, range(_TITLE_LINES), strict=False)]
    except OSError:
        return []
