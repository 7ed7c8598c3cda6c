"""Kept kernels: found again, never stale, never somebody else's, never half of one; and nothing breaks without them."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import stat
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pytest
from numba import njit
from numba.core import config
from numba.core.registry import cpu_target

from sim.engines.compiled import cache, storage
from tests.architecture import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

posix = pytest.mark.skipif(sys.platform == "win32", reason="owners and modes of POSIX")
root = pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root gives files away")

SOURCES = {
    "__init__.py": "",
    "rules.py": """
from numba.extending import register_jitable

@register_jitable
def refund(price, share):
    return price * share + 1
""",
    "kernel.py": """
import numpy as np
from numba import njit
from mini.rules import refund

ORDER = np.dtype([("price", np.int64), ("paid", np.int64)], align=True)

def orders():
    return np.array([(10, 0), (20, 0)], dtype=ORDER)

@njit(nogil=True)
def total(orders, share):
    for order in orders:
        order.paid = refund(order.price, share)
    return orders.paid.sum()
""",
}
"""A package as small as can be that holds a kernel and, in another file, a rule that is compiled into it."""

PROGRAM = """
import json, os, sys, types
from pathlib import Path
import sim.engines
package = Path(sys.argv[1])
sys.path.insert(0, str(package.parent))
engine = types.ModuleType("sim.engines.compiled")  # the real one would load its own kernel first
engine.__path__ = [os.path.join(sim.engines.__path__[0], "compiled")]
sys.modules[engine.__name__] = engine
from sim.engines.compiled import cache
from mini.kernel import orders, total

def tell(sentence):
    print(json.dumps(sentence), flush=True)
    if "held" in sys.argv and sentence.startswith("Compiling"):
        sys.stdin.readline()

if "killed while writing" in sys.argv:
    os.fsync = lambda _: os.kill(os.getpid(), 9)
cache.load_or_compile(total, (orders(), 2), tell=tell, package=package)
print(json.dumps([int(total(orders(), 2)), len(total.nopython_signatures)]))
"""
ANSWER = [62, 1]

WITHOUT_POWERS = """
import ctypes, os, sys
for power in (1, 2):  # to write, and to read, whatever the modes say
    ctypes.CDLL(None).prctl(24, power, 0, 0, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def compiles(sentences: list[str]) -> bool:
    return any(sentence.startswith("Compiling") for sentence in sentences)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home, with no other place for kernels than the ones in it."""
    for name in (storage.CHOSEN, "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_package(tmp_path / "code" / "mini")


def write_package(folder: Path, **changed: str) -> Path:
    """Write the small package, as if it had been there for long."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**SOURCES, **changed}.items():
        (folder / name).write_text(text)
        os.utime(folder / name, (1e9, 1e9 + len(text)))
    return folder


def start(package: Path, *how: str, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *before, "-c", PROGRAM, str(package), *how],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[list[str], Any]:
    """What a process told, and what it printed last."""
    output, complaints = process.communicate(timeout=60)
    assert (process.returncode, complaints) == (0, "")
    *told, answer = map(json.loads, output.splitlines())
    return told, answer


def run(package: Path, *how: str, before: tuple[str, ...] = ()) -> tuple[list[str], Any]:
    return ended(start(package, *how, before=before))


def kept(base: Path) -> list[Path]:
    return sorted(base.rglob("*.kernel"))


def leftovers(base: Path) -> list[str]:
    return [path.name for path in base.rglob("*.partial")]


# ------------------------------------------------------------------------------------------------ in processes apart


def test_a_kernel_is_compiled_once_for_each_text_of_its_sources(package: Path, home: Path) -> None:
    told, answer = run(package)
    assert answer == ANSWER
    before, after = told
    assert before.startswith("Compiling the simulation kernel, once per version")
    assert after.startswith("Compiled in ")
    assert after.endswith(" s and kept for the next run.")
    (file,) = kept(home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "lotwise" / "kernels")
    if sys.platform != "win32":
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (file, *file.parents[:3])]
        assert modes == [0o600, 0o700, 0o700, 0o700]

    for source in package.glob("*.py"):
        os.utime(source, (2e8, 2e8))
    assert run(package) == ([], ANSWER), "another checkout of the same sources finds it, too"

    write_package(package, **{"rules.py": SOURCES["rules.py"].replace("+ 1", "+ 2")})
    told, answer = run(package)
    assert compiles(told), "an edit in another file than the kernel's is noticed"
    assert answer == [64, 1]
    write_package(package)
    assert run(package) == ([], ANSWER), "both versions stay"
    assert len(kept(home)) == 2


def test_of_two_cold_processes_one_waits_for_the_other(package: Path, home: Path) -> None:
    first = start(package, "held")
    assert first.stdout is not None
    assert first.stdin is not None
    assert compiles([json.loads(first.stdout.readline())])
    second = start(package)
    assert second.stdout is not None
    assert json.loads(second.stdout.readline()).startswith("Another run is compiling")
    first.stdin.write("go on\n")
    first.stdin.flush()
    assert ended(first)[1] == ANSWER
    assert ended(second) == ([], ANSWER)
    assert len(kept(home)) == 1


@posix
@pytest.mark.parametrize("moment", ["held", "killed while writing"])
def test_a_killed_process_is_no_hindrance(package: Path, home: Path, moment: str) -> None:
    killed = start(package, moment)
    assert killed.stdout is not None
    killed.stdout.readline()
    if moment == "held":
        killed.kill()
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert kept(home) == []
    assert len(leftovers(home)) == (moment == "killed while writing")
    told, answer = run(package)
    assert compiles(told)
    assert answer == ANSWER
    assert leftovers(home) == [], "what the killed process left is cleared away"
    assert len(kept(home)) == 1


@posix
def test_an_interrupted_compilation_leaves_nothing(package: Path, home: Path) -> None:
    interrupted = start(package)
    assert interrupted.stdout is not None
    interrupted.stdout.readline()
    interrupted.send_signal(signal.SIGINT)
    _, complaints = interrupted.communicate(timeout=60)
    assert interrupted.returncode != 0
    assert complaints.endswith("KeyboardInterrupt\n")
    assert [*kept(home), *leftovers(home)] == []
    told, answer = run(package)
    assert compiles(told)
    assert answer == ANSWER


@pytest.mark.skipif(sys.platform != "linux", reason="root puts its powers down by prctl")
def test_a_read_only_folder_serves_what_it_holds(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    monkeypatch.setenv(storage.CHOSEN, str(shared))
    run(package)
    (file,) = kept(shared)
    closed = [shared, *file.parents[:3], package]
    for folder in closed:
        folder.chmod(0o555)
    monkeypatch.setenv("HOME", str(shared))
    try:
        assert run(package, before=("-c", WITHOUT_POWERS)) == ([], ANSWER)
        file.write_bytes(b"damaged")
        told, answer = run(package, before=("-c", WITHOUT_POWERS))
        assert compiles(told)
        assert answer == ANSWER
        assert [path for path in tmp_path.rglob("*.kernel") if path.parents[3] == tmp_path / "temporary"]
    finally:
        for folder in closed:
            folder.chmod(0o755)


# --------------------------------------------------------------------------------------------------- in this process


def paid(orders: Any, share: Any) -> Any:  # noqa: ANN401 - Numba finds the types
    """A kernel of this process, over records."""
    for order in orders:
        order.paid = order.price // share
    return orders.paid.sum()


ORDERS = np.array([(10, 0), (20, 0)], dtype=np.dtype([("price", np.int64), ("paid", np.int64)], align=True))


def prepared(
    package: Path, example: tuple[Any, ...] = (ORDERS, 2), error_model: Literal["python", "numpy"] = "python"
) -> tuple[Any, list[str]]:
    """A fresh kernel, made ready, and what was told."""
    kernel = njit(error_model=error_model)(paid)
    told: list[str] = []
    cache.load_or_compile(kernel, example, tell=told.append, package=package)
    return kernel, told


@pytest.fixture
def file(package: Path, home: Path) -> Path:
    """A kept kernel."""
    _, told = prepared(package)
    assert told[-1].endswith("kept for the next run.")
    (file,) = kept(home)
    return file


def test_a_kernel_takes_its_types_alone_and_more_on_request(package: Path) -> None:
    kernel, told = prepared(package)
    assert compiles(told)
    with pytest.raises(TypeError, match="No matching definition"):
        kernel(ORDERS, "two")
    cache.load_or_compile(kernel, (ORDERS, 2), tell=told.append, package=package)
    assert len(told) == 2, "it is ready already"
    cache.load_or_compile(kernel, (ORDERS, 2.0), package=package)
    again, told = prepared(package)
    cache.load_or_compile(again, (ORDERS, 2.0), tell=told.append, package=package)
    assert told == []
    assert kernel(ORDERS.copy(), 2) == again(ORDERS.copy(), 2) == 15
    assert kernel(ORDERS.copy(), 4.0) == again(ORDERS.copy(), 4.0) == 7


def test_kernels_of_other_options_are_told_apart(package: Path, file: Path) -> None:
    assert file.exists()
    unchecked, told = prepared(package, error_model="numpy")
    assert compiles(told)
    assert unchecked(ORDERS.copy(), 0) == 0
    checked, told = prepared(package)
    assert told == []
    with pytest.raises(ZeroDivisionError):
        checked(ORDERS.copy(), 0)
    assert prepared(package, error_model="numpy")[1] == []


def test_without_numba_there_is_nothing_to_prepare(package: Path, home: Path) -> None:
    cache.load_or_compile(paid, (ORDERS, 2), package=package)
    assert not home.exists()


def test_a_damaged_file_is_never_taken_up(file: Path) -> None:
    whole = file.read_bytes()
    assert storage.read(file) is not None
    for length in [*range(200), *range(200, len(whole), 97), len(whole) - 1]:
        file.write_bytes(whole[:length])
        assert storage.read(file) is None, f"cut to {length} bytes"
    chance = random.Random(1)
    for _ in range(300):
        place = chance.randrange(len(whole))
        file.write_bytes(whole[:place] + bytes([whole[place] ^ chance.randrange(1, 256)]) + whole[place + 1 :])
        assert storage.read(file) is None, f"byte {place} changed"
    for garbage in (chance.randbytes(len(whole)), whole + b"\0", whole[:49] + chance.randbytes(9_999)):
        file.write_bytes(garbage)
        assert storage.read(file) is None
    file.write_bytes(whole)
    assert storage.read(file) is not None


@pytest.mark.parametrize("content", [b"", b"lotwise kernel 1\n", None, b"garbage" * 999])
def test_a_damaged_file_is_compiled_anew(package: Path, file: Path, content: bytes | None) -> None:
    file.write_bytes(file.read_bytes()[:-1] if content is None else content)
    kernel, told = prepared(package)
    assert compiles(told)
    assert kernel(ORDERS.copy(), 2) == 15
    assert prepared(package)[1] == []


def test_a_whole_file_that_numba_cannot_take_up_is_compiled_anew(package: Path, file: Path) -> None:
    for payload in (b"", b"cno_such_module\nname\n.", b"\x80\x04)."):
        storage.write(file, payload)
        kernel, told = prepared(package)
        assert compiles(told)
        assert kernel(ORDERS.copy(), 2) == 15


def test_a_file_under_another_name_is_refused(file: Path) -> None:
    moved = file.with_name("other.kernel")
    file.rename(moved)
    assert storage.read(moved) is None


def test_a_full_disk_is_told_in_a_sentence(package: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    kernel, told = prepared(package)
    assert kernel(ORDERS.copy(), 2) == 15
    assert len(told) == 2
    assert "but not kept ([Errno 28] No space left on device): the next run compiles again." in told[-1]
    assert storage.CHOSEN in told[-1]
    assert [*kept(home), *leftovers(home)] == []


def test_an_interrupt_while_writing_leaves_nothing(package: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        prepared(package)
    assert [*kept(home), *leftovers(home)] == []


@posix
def test_with_no_place_at_all_the_kernel_still_works(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_folder = tmp_path / "file"
    no_folder.touch()
    monkeypatch.setenv("HOME", str(no_folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(no_folder / "below"))
    monkeypatch.setenv(storage.CHOSEN, str(no_folder))
    monkeypatch.setattr(tempfile, "tempdir", str(no_folder))
    assert cache.cache_folder(package) is None
    kernel, told = prepared(package)
    assert kernel(ORDERS.copy(), 2) == 15
    assert "but not kept (there is no folder that only you can write to)" in told[-1]


def test_without_sources_nothing_is_kept(tmp_path: Path, home: Path) -> None:
    kernel, told = prepared(tmp_path / "zipped")
    assert kernel(ORDERS.copy(), 2) == 15
    assert len(told) == 2
    assert kept(home) == []


def test_code_that_was_edited_since_it_was_imported_is_not_kept(package: Path, home: Path) -> None:
    (package / "rules.py").touch()
    _, told = prepared(package)
    assert "but not kept (its sources were edited meanwhile)" in told[-1]
    assert kept(home) == []


def test_a_source_dated_in_the_future_is_no_edit(package: Path, home: Path) -> None:
    later = time.time() + 1e6
    os.utime(package / "rules.py", (later, later))
    prepared(package)
    assert len(kept(home)) == 1


# ------------------------------------------------------------------------------------------------------ where it is


def place(package: Path) -> Path:
    folder = cache.cache_folder(package)
    assert folder is not None
    return folder.parents[2]


@posix
def test_folders_are_tried_in_order(package: Path, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    customary = home / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    assert place(package) == customary
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/paths/do/not/count")
    assert place(package) == customary
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert place(package) == tmp_path / "xdg"
    monkeypatch.setenv(storage.CHOSEN, str(tmp_path / "chosen"))
    assert place(package) == tmp_path / "chosen"

    def unknown(uid: int) -> object:
        raise KeyError(uid)

    for name in (storage.CHOSEN, "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    folder = cache.cache_folder(package)
    assert folder is not None
    assert folder.parents[1] == tmp_path / "temporary" / f"lotwise-{os.geteuid()}"


@posix
@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("danger", ["group", "everybody", "link", pytest.param("owner", marks=root)])
def test_a_folder_that_others_may_write_to_is_passed_over(
    package: Path, tmp_path: Path, file: Path, depth: int, danger: str
) -> None:
    folder = file.parents[depth]
    if danger == "link":
        folder.rename(tmp_path / "elsewhere")
        folder.symlink_to(tmp_path / "elsewhere")
    elif danger == "owner":
        os.chown(folder, 12_345, 12_345)
    else:
        folder.chmod(0o770 if danger == "group" else 0o703)
    assert storage.read(file) is None
    assert place(package) == tmp_path / "temporary"


@posix
@pytest.mark.parametrize("danger", ["mode", "link", "pipe", "folder", pytest.param("owner", marks=root)])
def test_a_file_that_others_may_have_written_is_not_read(tmp_path: Path, file: Path, danger: str) -> None:
    if danger == "owner":
        os.chown(file, 12_345, 12_345)
    elif danger == "mode":
        file.chmod(0o620)
    else:
        file.rename(tmp_path / file.name)
        if danger == "link":
            file.symlink_to(tmp_path / file.name)
        elif danger == "pipe":
            os.mkfifo(file)
        else:
            file.mkdir()
    assert storage.read(file) is None


@root
def test_the_administrator_leaves_no_folder_in_a_home(package: Path, tmp_path: Path, home: Path) -> None:
    home.mkdir()
    os.chown(home, 12_345, 12_345)
    assert place(package) == tmp_path / "temporary"
    assert list(home.iterdir()) == []


def test_versions_long_unused_and_too_many_are_cleared(package: Path, home: Path) -> None:
    current = cache.cache_folder(package)
    assert current is not None
    now = time.time()
    month_ago = now - 30 * 86_400
    names = [f"{number:032x}" for number in range(12)]
    for number, name in enumerate(names):
        (current.with_name(name)).mkdir()
        (current.with_name(name) / "old.kernel").touch()
        used = month_ago if number == 0 else now - number * 3600
        os.utime(current.with_name(name), (used, used))
    (current.with_name("something-of-the-user")).mkdir()
    os.utime(current.with_name("something-of-the-user"), (0, 0))
    prepared(package)
    left = {folder.name for folder in current.parent.iterdir() if folder.is_dir()}
    assert left == {current.name, "something-of-the-user", *names[1 : storage.VERSIONS_KEPT]}
    assert len(kept(home)) == storage.VERSIONS_KEPT


def test_use_is_noted_once_a_day(package: Path, file: Path) -> None:
    hour_ago, week_ago = time.time() - 3600, time.time() - 7 * 86_400
    for used, noted in ((hour_ago, False), (week_ago, True)):
        os.utime(file.parent, (used, used))
        assert prepared(package)[1] == []
        assert (file.parent.stat().st_mtime > used + 1) is noted


def test_a_process_that_never_ends_is_not_waited_for_forever(
    package: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "PATIENCE", storage.PATIENCE / 1000)
    file.unlink()
    with storage.turn(file.parent, lambda _: None) as alone:
        assert alone
        _, told = prepared(package)
    assert [sentence.split()[0] for sentence in told] == ["Another", "Compiling", "Compiled"]
    assert file.exists()


# ------------------------------------------------------------------------------------------------- what it depends on


def test_the_digest_covers_what_the_machine_code_depends_on(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = [cache.sources_digest(package)]
    (package / "rules.py").rename(package / "terms.py")
    digests.append(cache.sources_digest(package))
    (package / "inner").mkdir()
    (package / "inner" / "new.py").touch()
    digests.append(cache.sources_digest(package))
    for updated in ("numba", "llvmlite", "numpy"):
        monkeypatch.setattr(cache, "version", lambda name, updated=updated: "0" if name == updated else "1")
        digests.append(cache.sources_digest(package))
    monkeypatch.setattr(config, "BOUNDSCHECK", 1)
    digests.append(cache.sources_digest(package))
    monkeypatch.setattr(cpu_target.target_context.codegen(), "_tm_features", "+other")
    digests.append(cache.sources_digest(package))
    assert len(set(digests)) == len(digests)
    (package / "notes.txt").touch()
    (package / "commands").mkdir()
    (package / "commands" / "page.py").touch()
    assert cache.sources_digest(package) == digests[-1]


def layers_above_the_engines() -> Iterator[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["id"] == "layers")
    for layer in layers[: layers.index("(engines)")]:
        yield from (name.strip(" ()") for name in layer.replace(":", "|").split("|"))


def test_only_what_stands_above_the_engines_is_left_out_of_the_digest() -> None:
    above = {Path(name).stem for name in cache.NOT_IN_KERNEL - {"engines/reference"}}
    assert above <= set(layers_above_the_engines())
    assert (cache.PACKAGE / "engines" / "reference").is_dir()
    covered = {path.relative_to(cache.PACKAGE).as_posix() for path in cache.sources(cache.PACKAGE)}
    assert covered >= {"protocol.py", "outcomes.py", "units.py", "terms.py", "rules/refund.py", "random/draws.py"}
    assert not any(name.startswith(("commands/", "engines/reference/")) for name in covered)
