"""The kernel as machine code, kept between runs, so that it is compiled once for each version and machine.

A kept kernel is one file: a checksum, and what Numba needs to take the machine code up again. It stands in a folder
named after a digest of everything that the machine code depends on, so that an edit, an update or another processor
leads elsewhere and nothing stale is ever found. Whatever goes wrong here costs a compilation, never a result.
"""

from __future__ import annotations

import os
import pickle
import platform
import sys
import time
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numba
from numba.core import config
from numba.core.compiler import CompileResult
from numba.core.compiler_lock import global_compiler_lock
from numba.core.dispatcher import Dispatcher
from numba.core.registry import cpu_target
from numba.core.serialize import dumps

from sim.engines.compiled import storage
from sim.engines.compiled.interrupts import interrupts_kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PACKAGE: Final = Path(__file__).resolve().parents[2]
"""The package whose sources the kernel is made of."""

NOT_IN_KERNEL: Final = frozenset(
    {
        *("__main__.py", "cli.py", "commands", "report", "web"),
        *("calibration", "studies", "experiments", "results", "measures", "narrative.py", "engines/reference"),
    }
)
"""What of the package stands above the engines, or beside the compiled one: no edit there touches the kernel."""

_SHAPE_THE_CODE: Final = (
    *("OPT", "BOUNDSCHECK", "DEBUGINFO_DEFAULT", "EXTEND_VARIABLE_LIFETIMES", "ENABLE_AVX", "LOOP_VECTORIZE"),
    *("SLP_VECTORIZE", "USING_SVML", "LLVM_REFPRUNE_PASS", "LLVM_REFPRUNE_FLAGS", "NRT_STATS"),
)
"""Numba's settings that change the machine code; its own cache overlooks them."""

_NAME_BYTES: Final = 16
_ONE_AT_A_TIME: Final = Lock()
_STARTED: Final = time.time()
_UNREADABLE: Final = (
    *(pickle.UnpicklingError, AttributeError, ImportError, EOFError, LookupError),
    *(TypeError, ValueError, RuntimeError, NotImplementedError),
)
"""What taking up a whole file may still raise, say after Numba was mended in place."""


def load_or_compile(
    kernel: Callable[..., Any],
    example: Sequence[object],
    *,
    tell: Callable[[str], None] | None = None,
    package: Path = PACKAGE,
) -> None:
    """Make a kernel ready to be called: with machine code that was kept, or else compiled now and kept.

    Afterwards the kernel takes the types of `example`, and calls with others are refused instead of compiled unseen.
    Calling this again with other examples adds their types. It is safe to call from several threads.

    Parameters
    ----------
    kernel
        A function of a module, as `numba.njit` returns it. Without Numba (``NUMBA_DISABLE_JIT=1``) there is nothing
        to do.
    example
        One value for each argument; only their types are looked at.
    tell
        Told in short sentences when it takes long: before and after a compilation, and while another process
        compiles. A kernel that was kept is taken up in silence.
    package
        The folder whose sources the kernel is made of.

    Raises
    ------
    numba.core.errors.NumbaError
        The kernel is not in the part of Python that Numba compiles.
    """
    if not isinstance(kernel, Dispatcher):  # Numba is switched off, for a debugger to step through
        return
    signature = tuple(numba.typeof(value) for value in example)  # type: ignore[no-untyped-call]
    with _ONE_AT_A_TIME:
        if signature not in kernel.overloads:
            with interrupts_kept():
                _load_or_compile(kernel, signature, package, tell or _in_silence)


def cache_folder(package: Path = PACKAGE) -> Path | None:
    """The folder that a newly compiled kernel is kept in, made if need be.

    Parameters
    ----------
    package
        The folder whose sources the kernel is made of.

    Returns
    -------
    Path or None
        The first of `storage.folders` that is safe and can be written to; None if there is none.
    """
    digest = sources_digest(package)
    return next((folder for folder in storage.folders(digest) if storage.usable(folder)), None) if digest else None


# ------------------------------------------------------------------------------------- what the machine code depends on


def sources_digest(package: Path = PACKAGE) -> str | None:
    """Digest of all that the machine code depends on: sources, Python, Numba, LLVM, NumPy, processor and settings.

    Parameters
    ----------
    package
        The folder whose sources the kernel is made of.

    Returns
    -------
    str or None
        32 hexadecimal digits; None if the sources are not there to be read, so that nothing would tell versions apart.
    """
    try:
        texts = [(path.relative_to(package).as_posix(), path.read_bytes()) for path in sources(package)]
    except OSError:
        return None
    return _digest(*(part for text in texts for part in text), *_surroundings()) if texts else None


def sources(package: Path) -> list[Path]:
    """Every source file that may go into the kernel, in a fixed order."""
    found = []
    for folder, inner, files in os.walk(package):
        within = Path(folder).relative_to(package)
        inner[:] = [name for name in inner if (within / name).as_posix() not in NOT_IN_KERNEL]
        texts = (name for name in files if name.endswith(".py") and (within / name).as_posix() not in NOT_IN_KERNEL)
        found += [Path(folder, name) for name in texts]
    return sorted(found)


def _surroundings() -> Iterator[str]:
    """Everything beside the sources that shapes the machine code, or the file that it is kept in."""
    yield platform.python_version()
    yield str(sys.implementation.cache_tag)
    yield from (version(package) for package in ("numba", "llvmlite", "numpy"))
    yield repr(cpu_target.target_context.codegen().magic_tuple())  # the processor that Numba compiles for
    yield repr([(setting, str(getattr(config, setting, None))) for setting in _SHAPE_THE_CODE])


def _file_name(kernel: Any, signature: tuple[object, ...]) -> str:  # noqa: ANN401 - what Numba's types leave out is used
    """Name of the file for one kernel, its options and the types of its arguments."""
    function = kernel.py_func
    options = repr(sorted(kernel.targetoptions.items()))
    identity = _digest(function.__module__, function.__qualname__, options, *map(str, signature))
    return f"{function.__name__}-{identity}.kernel"


def _digest(*parts: str | bytes) -> str:
    """Hexadecimal digest of a sequence of texts, in which none can pass for a piece of its neighbour."""
    total = blake2b(digest_size=_NAME_BYTES)
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        total.update(b"%d:" % len(content))
        total.update(content)
    return total.hexdigest()


def _edited_since_start(package: Path) -> bool:
    """Whether a source may be newer than what this process has read; a date in the future proves nothing."""
    return any(_STARTED < path.stat().st_mtime <= time.time() for path in sources(package))


# ------------------------------------------------------------------------------------------- loading and compiling


def _loaded(kernel: Any, file: Path) -> bool:  # noqa: ANN401 - what Numba's types leave out is used
    """Take up a kept kernel, if there is a whole and safe one."""
    payload = storage.read(file)
    if payload is None:
        return False
    context = kernel.targetctx
    with global_compiler_lock:
        context.refresh()
        try:
            parts = pickle.loads(payload)  # noqa: S301 - written by `_problem_in_keeping`, whole, and by nobody else
            result = CompileResult._rebuild(context, *parts)  # type: ignore[no-untyped-call]  # noqa: SLF001
        except _UNREADABLE:
            return False
        context.insert_user_function(result.entry_point, result.fndesc, [result.library])
        kernel.add_overload(result)
    kernel.disable_compile()
    storage.note_use(file.parent)
    return True


def _load_or_compile(
    kernel: Any,  # noqa: ANN401 - what Numba's types leave out is used
    signature: tuple[object, ...],
    package: Path,
    say: Callable[[str], None],
) -> None:
    digest = sources_digest(package)
    name = _file_name(kernel, signature)
    files = [folder / name for folder in storage.folders(digest)] if digest else []
    if any(_loaded(kernel, file) for file in files):
        return
    place = next((file for file in files if storage.usable(file.parent)), None)
    if place is None:
        _compile(kernel, signature, package, place, say)
        return
    with storage.turn(place.parent, say) as alone:
        if not _loaded(kernel, place):  # unless the other process has just compiled it
            _compile(kernel, signature, package, place, say)
            if alone:
                storage.clear(place.parent)


def _compile(
    kernel: Any,  # noqa: ANN401 - what Numba's types leave out is used
    signature: tuple[object, ...],
    package: Path,
    place: Path | None,
    say: Callable[[str], None],
) -> None:
    """Compile a kernel for the types of its arguments, and keep it."""
    say("Compiling the simulation kernel, once per version: half a minute …")
    start = time.monotonic()
    kernel.disable_compile(False)
    kernel.compile(signature)
    kernel.disable_compile()
    seconds = time.monotonic() - start
    problem = _problem_in_keeping(kernel.overloads[signature], place, package)
    if problem is None:
        say(f"Compiled in {seconds:.0f} s and kept for the next run.")
    else:
        say(
            f"Compiled in {seconds:.0f} s, but not kept ({problem}): the next run compiles again."
            f" {storage.CHOSEN} can name a folder of yours to keep it in."
        )


def _problem_in_keeping(result: Any, place: Path | None, package: Path) -> str | None:  # noqa: ANN401
    """Keep a kernel; return why that could not be done, or None."""
    if place is None:
        return "there is no folder that only you can write to"
    if result.lifted or result.library.has_dynamic_globals:
        return "it holds what only this process has"
    try:
        if _edited_since_start(package):
            return "its sources were edited meanwhile"
        storage.write(place, dumps(result._reduce()))  # type: ignore[no-untyped-call]  # noqa: SLF001 - as Numba's own cache does
    except (OSError, pickle.PicklingError, TypeError) as error:
        return str(error)
    return None


def _in_silence(_sentence: str) -> None:
    """For callers who want to hear nothing."""
