"""The folder of a study: shards of what has been found, its tables and charts, and a manifest when it is complete."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

from sim.errors import LotwiseError
from sim.locks import acquired
from sim.results import FolderInUseError, manifest_text
from sim.results.whole import PARTIAL_PREFIX, written_whole
from sim.studies.shards import SUFFIX, DamagedShardError, shard_read, shard_written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from types import TracebackType

    from sim.studies.shards import Kept
    from sim.studies.work import UnitRows

PIECES: Final = "pieces"
MANIFEST: Final = "manifest.json"
STATE: Final = "study.json"
_LOCK: Final = ".lock"


class StudyInUseError(LotwiseError):
    """Another process is working on the study in this folder."""


class Store:
    """What has been found, in memory alone."""

    def __init__(self) -> None:
        self._found: dict[str, UnitRows] = {}

    def rows(self, key: str) -> UnitRows | None:
        """What a unit came to; None where it has not been simulated."""
        return self._found.get(key)

    def keep(self, units: Iterable[Kept], ingredients: Mapping[str, Any]) -> None:
        """Keep what a piece came to."""
        del ingredients
        self._found.update((unit.key, unit.rows) for unit in units)

    def failed(self, place: str, error: str) -> None:
        """Take note that a unit could not be simulated."""

    def why_again(self, place: str, ingredients: Mapping[str, Any]) -> str:
        """Why a unit that is not kept has to be simulated."""
        del place, ingredients
        return "it is new"


class StudyFolder(Store):
    """A folder that keeps what has been found, and goes on where it was left.

    Use it in a ``with`` statement: the folder is locked until its end.

    Parameters
    ----------
    path
        The folder, new or of a study of the same kind.
    kind
        Of the study, such as ``sweep``.
    reading
        Only look: nothing is made, locked or cleared away.
    fresh
        Overlook what the folder keeps: what is simulated again takes its place.

    Raises
    ------
    FolderInUseError
        The folder holds something else.
    StudyInUseError
        Another process works on it.
    """

    def __init__(self, path: Path, kind: str, *, reading: bool = False, fresh: bool = False) -> None:
        super().__init__()
        self.path = path
        self._kind = kind
        self._reading = reading
        self._fresh = fresh
        self._lock: int | None = None
        self._places: dict[str, dict[str, Any]] = {}
        self._failures: dict[str, str] = {}
        self._made: tuple[Path, ...] = ()
        self._is_new = False
        self.damaged = 0
        self.settings: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        """Lock the folder and read what it keeps."""
        self._refuse_other_content()
        if not self._reading:
            self._made = tuple(folder for folder in (self.path, *self.path.parents) if not folder.exists())
            self._is_new = self._state() is None and not (self.path / PIECES).exists()
            (self.path / PIECES).mkdir(parents=True, exist_ok=True)
            self._locked()
        if self.path.is_dir():
            self._read()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write down what went wrong, and unlock the folder; a new one without anything found is taken away."""
        if self._lock is None:
            return
        in_vain = kind is not None and issubclass(kind, Exception) and self._is_new and not self._found
        if in_vain and not self._failures:
            self._take_away()
            return
        with suppress(OSError):
            self._write_state()
        os.close(self._lock)
        self._lock = None

    def _take_away(self) -> None:
        """Remove what this study has made, as far as nobody else has put anything into it."""
        lock = self._lock
        self._lock = None
        with suppress(OSError):
            (self.path / STATE).unlink(missing_ok=True)
            (self.path / PIECES).rmdir()
            if sys.platform != "win32":
                (self.path / _LOCK).unlink()  # while it is held, so that it is nobody else's
        if lock is not None:
            os.close(lock)
        with suppress(OSError):
            if sys.platform == "win32":  # which removes no file that is open
                (self.path / _LOCK).unlink()
            for folder in self._made:
                folder.rmdir()

    def keep(self, units: Iterable[Kept], ingredients: Mapping[str, Any]) -> None:
        """Keep what a piece came to, on the disk."""
        kept = list(units)
        super().keep(kept, ingredients)
        for unit in kept:
            self._failures.pop(unit.place, None)
        shard_written(self.path / PIECES, kept, ingredients)

    def failed(self, place: str, error: str) -> None:
        """Take note that a unit could not be simulated."""
        self._failures[place] = error

    def describe(self, setting: str, values: dict[str, Any]) -> None:
        """Remember the values behind a digest, so that a change can be told by name."""
        if self.settings.get(setting) != values:
            self.settings[setting] = values
            if not self._reading:
                self._write_state()

    def why_again(self, place: str, ingredients: Mapping[str, Any]) -> str:
        """Why a unit that is not kept has to be simulated."""
        if place in self._failures:
            return f"it failed: {self._failures[place]}"
        before = self._places.get(place)
        if before is None:
            return "its shard was damaged, or it is new" if self.damaged else "it is new"
        again = "everything is wanted afresh" if self._fresh else "it was cut differently"
        return " and ".join(self._changes(before, ingredients)) or again

    def publish(self, texts: Mapping[str, str | bytes], entries: Mapping[str, Any]) -> None:
        """Write tables, charts and, last of all, the manifest: a folder without one is not complete.

        Parameters
        ----------
        texts
            Content of each file, by its name.
        entries
            What the manifest says of the study.
        """
        self._clear_results(keep=set(texts))
        for name, content in texts.items():
            written_whole(self.path / name, content)
        result_files = {self.path / name for name in texts}
        written_whole(self.path / MANIFEST, manifest_text(self.path, entries, files=sorted(result_files)))

    def _clear_results(self, keep: set[str]) -> None:
        """Take away the manifest, and what it lists and the new answer does not have."""
        manifest = self.path / MANIFEST
        try:
            listed = set(json.loads(manifest.read_text(encoding="utf-8"))["files"])
        except (OSError, ValueError, KeyError, TypeError):
            listed = set()
        manifest.unlink(missing_ok=True)
        for name in listed - keep:
            if name == os.path.basename(name):  # noqa: PTH119 - nothing outside the folder, whatever the list says
                (self.path / name).unlink(missing_ok=True)

    def _changes(self, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterable[str]:
        if before["program"] != now["program"]:
            yield "the program is another one"
        if before["setting"] != now["setting"]:
            yield self._setting_change(before["setting"], now["setting"])
        if before["seed"] != now["seed"]:
            yield f"the seed was {before['seed']}"
        if before["columns"] != now["columns"]:
            yield "other columns are kept"
        changed = [name for name, digest in now["plans"].items() if before["plans"].get(name, digest) != digest]
        if changed:
            yield f"{'plan' if len(changed) == 1 else 'plans'} {', '.join(changed)} changed"

    def _setting_change(self, before: str, now: str) -> str:
        old, new = self.settings.get(before, {}), self.settings.get(now, {})
        paths = sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
        if not paths:
            return "the scenario, or a file that it reads, changed"
        told = [f"{path} was {old.get(path, 'not given')}" for path in paths[:3]]
        more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""  # noqa: PLR2004 - as many as are shown
        return f"the scenario changed ({', '.join(told)}{more})"

    def _refuse_other_content(self) -> None:
        if not self.path.exists():
            return
        if not self.path.is_dir():
            raise FolderInUseError(f"{self.path} already exists and is no folder; name another one")
        state = self._state()
        if state is not None and state.get("kind") != self._kind:
            raise FolderInUseError(
                f"{self.path} holds a study of another kind, {state.get('kind')}; name another folder"
            )
        # A study that is killed in its first moments leaves no state yet, but perhaps half of one under another name.
        names = (file.name for file in self.path.iterdir() if not file.name.startswith(PARTIAL_PREFIX))
        if state is None and any(name not in {PIECES, _LOCK} for name in names):
            raise FolderInUseError(f"{self.path} holds something that is no study; name another folder")

    def _locked(self) -> None:
        self._lock = os.open(self.path / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        if acquired(self._lock) is False:
            os.close(self._lock)
            self._lock = None
            raise StudyInUseError(f"another process is working on the study in {self.path}; wait for it, or end it")

    def _state(self) -> dict[str, Any] | None:
        try:
            state = json.loads((self.path / STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return state if isinstance(state, dict) else None

    def _read(self) -> None:
        state = self._state() or {}
        self._failures = dict(state.get("failures", {}))
        self.settings = dict(state.get("settings", {}))
        if not self._reading:
            for partial in (*self.path.glob(f"{PARTIAL_PREFIX}*"), *(self.path / PIECES).glob(f"{PARTIAL_PREFIX}*")):
                partial.unlink(missing_ok=True)
            self._write_state()
        # The newest last: what a unit was made of before is told by what was found last.
        for shard in sorted((self.path / PIECES).glob(f"*{SUFFIX}"), key=_moment):
            self._read_shard(shard)

    def _read_shard(self, shard: Path) -> None:
        try:
            units, ingredients = shard_read(shard)
        except DamagedShardError:
            self.damaged += 1
            if not self._reading:
                shard.unlink(missing_ok=True)
            return
        for unit in units:
            if not self._fresh:
                self._found[unit.key] = unit.rows
            self._places[unit.place] = ingredients

    def _write_state(self) -> None:
        state = {"format": 1, "kind": self._kind, "settings": self.settings, "failures": self._failures}
        written_whole(self.path / STATE, json.dumps(state, indent=1, ensure_ascii=False) + "\n")


def _moment(file: Path) -> tuple[int, str]:
    """When a file was written, if it is still there."""
    try:
        return file.stat().st_mtime_ns, file.name
    except FileNotFoundError:
        return 0, file.name
