"""Put one mistake at a time into an engine, and see which test of their equality notices.

``python -m scripts.mutants`` makes every mistake of `MUTANTS` in a temporary copy of the project, has the differential
tests look for it, and prints which of them found it first. It ends with exit code 1 if a mistake survives: then two
engines could differ in it and nobody would know. ``--list`` tells the mistakes, ``--only WORD`` takes those whose file
or name holds a word. Each mistake in the compiled engine has to be compiled, so that all of them take a while.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT: Final = Path(__file__).resolve().parents[1]
REFERENCE: Final = "sim/engines/reference/"
COMPILED: Final = "sim/engines/compiled/"

COPIED: Final = ("pyproject.toml", "sim", "tests", "scenarios", "scripts", "docs")
LEFT_OUT: Final = ("__pycache__", ".*")
TESTS: Final = (
    "tests/differential/test_eventful_plans.py",
    "tests/differential/test_shared_resources.py",
    "tests/differential/test_dispute_paths.py",
    "tests/differential/test_random_scenarios.py",
    "tests/differential/test_long_talks.py",
    "tests/differential/test_distributions.py",
)
"""The tests that look for a mistake, those that find most of them in the least time first."""
LONGEST: Final = 900
"""Seconds after which an engine that does not come to an end has been found out."""
SURVIVED: Final = "SURVIVED"


class Mutant(NamedTuple):
    """A mistake: in which file which text is replaced by which, and what it stands for."""

    file: str
    old: str
    new: str
    stands_for: str

    @property
    def engine(self) -> str:
        """The engine it is made in."""
        return "reference" if self.file.startswith(REFERENCE) else "compiled"


MUTANTS: Final = (
    # ---------------------------------------------------------------------------------- the reference engine
    Mutant(
        f"{REFERENCE}order.py",
        "world.env.now + (terms.delay if happened else 0)",
        "world.env.now + terms.delay",
        "an order waits out its delay after what never comes",
    ),
    Mutant(
        f"{REFERENCE}order.py",
        "            yield slot\n            yield case.until(world.env.now)\n",
        "            yield slot\n",
        "who is granted a slot goes on before its turn",
    ),
    Mutant(
        f"{REFERENCE}order.py",
        "    if late and is_in_time(shown, window) and obstacle == CLAIM_POSSIBLE:",
        "    if late and obstacle == CLAIM_POSSIBLE:",
        "what shows after the window counts as found",
    ),
    Mutant(
        f"{REFERENCE}order.py",
        "    if case.disputing:\n        case.watch.interrupt()\n",
        "",
        "goods that leave do not end the dispute about them",
    ),
    Mutant(
        f"{REFERENCE}case.py",
        "2 * self.index + 2 + 1",
        "2 * self.index + 1",
        "within a minute a dispute comes before production",
    ),
    Mutant(
        f"{REFERENCE}case.py",
        "        self.world.reach(self.index, Milestone.CLOSED)\n        self.world.release(self.index)\n",
        "        self.world.reach(self.index, Milestone.CLOSED)\n",
        "who waits for a milestone that will not come is not told",
    ),
    Mutant(
        f"{REFERENCE}dispute.py",
        "yield case.until_in_dispute(min(done, deadline))",
        "yield case.until_in_dispute(done)",
        "work that is too late keeps its person beyond the deadline",
    ),
    Mutant(
        f"{REFERENCE}dispute.py",
        "    dispute.replies += 1\n    dispute.proposed = answered\n",
        "    dispute.replies += 1\n",
        "the buyer's answers do not start the supplier's time anew",
    ),
    Mutant(
        f"{REFERENCE}dispute.py",
        "    if ours != NEVER:\n        case.handling_minutes",
        "    if True:\n        case.handling_minutes",
        "evidence that never came is paid for",
    ),
    Mutant(
        f"{REFERENCE}dispute.py",
        "    world.book_refund(supplier.firm, case.refunded)\n",
        "",
        "a refund does not draw on the limit of the supplier's other orders",
    ),
    Mutant(
        f"{REFERENCE}lateness.py",
        "    if waiting:\n        case.held += extension\n",
        "",
        "time that goods waited for the buyer's inspection is not remembered",
    ),
    Mutant(
        f"{REFERENCE}lateness.py",
        "    if case.closed < 0 and case.never_ships and case.state in UNSHIPPED:",
        "    if case.closed < 0 and case.never_ships and not case.disputes:",
        "an order that was disputed in vain is never written off",
    ),
    Mutant(
        f"{REFERENCE}inspection.py",
        "if not is_granted(inspector) or world.env.now >= case.ready:",
        "if not is_granted(inspector):",
        "an inspector who comes as production ends still visits",
    ),
    Mutant(
        f"{REFERENCE}inspection.py",
        "            yield inspector\n            yield case.until(world.env.now)\n",
        "            yield inspector\n",
        "who is granted an inspector goes on before its turn",
    ),
    Mutant(
        f"{REFERENCE}inspection.py",
        "severity_switched(latest, not rejects)",
        "severity_switched(state, not rejects)",
        "a lot judged in the meantime does not count for the severity",
    ),
    Mutant(
        f"{REFERENCE}world.py",
        "            if index == order and not event.triggered:",
        "            if not event.triggered:",
        "the end of one order releases those who wait for another",
    ),
    # ---------------------------------------------------------------------------------- the compiled engine
    Mutant(
        f"{COMPILED}world.py",
        "world.now + (terms.delay if happened else 0)",
        "world.now + terms.delay",
        "an order waits out its delay after what never comes",
    ),
    Mutant(
        f"{COMPILED}world.py",
        "        if wake < minute:",
        "        if wake <= minute and wake < NOWHEN:",
        "within a minute the last order of the plan comes first",
    ),
    Mutant(
        f"{COMPILED}world.py",
        "if place.ticket and place.ticket < earliest and",
        "if place.ticket and first < 0 and",
        "a resource goes to the first order of the plan, not to the first in line",
    ),
    Mutant(
        f"{COMPILED}dispute.py",
        "min(case.work_done, case.deadline), HANDLER_ENDS",
        "case.work_done, HANDLER_ENDS",
        "work that is too late keeps its person beyond the deadline",
    ),
    Mutant(
        f"{COMPILED}dispute.py",
        "    case.answers = 0\n",
        "",
        "a second dispute of an order goes on counting the supplier's answers",
    ),
    Mutant(
        f"{COMPILED}dispute.py",
        "    case.answers += 1\n    case.proposed = world.now\n",
        "    case.answers += 1\n",
        "the supplier's answers do not start the buyer's time anew",
    ),
    Mutant(
        f"{COMPILED}dispute.py",
        "min(first + place, DISPUTE_STRIDE - 1)",
        "(first + place)",
        "the draws of an endless talk run into those of another dispute",
    ),
    Mutant(
        f"{COMPILED}dispute.py",
        "        if phase in (AWAIT_INSPECTOR, VISIT_QUEUED):",
        "        if phase == AWAIT_INSPECTOR:",
        "an order that ends while it queues for a visit gives back an inspector it never had",
    ),
    Mutant(
        f"{COMPILED}lateness.py",
        "        case.held += extension\n",
        "        case.held = extension\n",
        "only the last time that goods waited for an inspection is remembered",
    ),
    Mutant(
        f"{COMPILED}order.py",
        "        stop_dispute(world, case, Event.GOODS_SHIPPED_IN_DISPUTE.value)\n",
        "        case.disputing = False\n",
        "a dispute that goods put an end to keeps the person who worked on it",
    ),
    Mutant(
        f"{COMPILED}order.py",
        "    if case.disputing:\n        return until(world, NOWHEN, WAIT)\n",
        "",
        "a lot is refused and disputed although its lateness is in dispute",
    ),
    Mutant(
        f"{COMPILED}inspection.py",
        "    if world.now < case.ready:",
        "    if world.now <= case.ready:",
        "an inspector who comes as production ends still visits",
    ),
    Mutant(
        f"{COMPILED}inspection.py",
        "    if case.attempt == 0 and inspection.switching:",
        "    if inspection.switching:",
        "inspections after rework count for the severity",
    ),
    Mutant(
        f"{COMPILED}order.py",
        "        if is_in_time(case.shown, window) and is_open_to_more(obstacle):",
        "        if is_in_time(case.shown, window):",
        "the buyer waits for latent defects that could not be claimed either",
    ),
    Mutant(
        f"{COMPILED}accounts.py",
        "(received == last and order > last_order)",
        "(received == last and order != last_order)",
        "orders that arrive together serve the need more than once",
    ),
)


def mutated(text: str, mutant: Mutant) -> str:
    """A source with the mistake in it.

    Raises
    ------
    ValueError
        If the text that the mistake replaces does not stand there once: the source has changed since.
    """
    if text.count(mutant.old) != 1:
        raise ValueError(f"{mutant.file}: {mutant.old.strip()!r} stands there {text.count(mutant.old)} times, not once")
    return text.replace(mutant.old, mutant.new)


def copied(folder: Path) -> Path:
    """A copy of the project to make mistakes in."""
    copy = folder / "project"
    copy.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
        else:
            shutil.copy(source, copy / name)
    return copy


def first_failure(copy: Path, tests: Sequence[str]) -> str | None:
    """Name of the first test that fails in a copy; None if all pass."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(copy),
        "PYTHONDONTWRITEBYTECODE": "1",  # an edit of the same length in the same second would go unnoticed
        "LOTWISE_CACHE_DIR": str(copy.parent / "kernels"),
    }
    options = ("-x", "-q", "-rfE", "--tb=no", "-p", "no:cacheprovider", "--hypothesis-profile=unshrunk")
    command = [sys.executable, "-m", "pytest", *options, *tests]
    try:
        done = subprocess.run(  # noqa: S603 - our own tests
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        return f"does not end within {LONGEST} seconds"
    if done.returncode == 0:
        return None
    if done.returncode < 0:
        return f"crashes with signal {-done.returncode}"
    failed = re.search(r"^(?:FAILED|ERROR) \S*?([^\s/]+?)(?: - .*)?$", done.stdout, re.MULTILINE)
    return failed[1] if failed else f"pytest ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}"


def hunted(mutants: Sequence[Mutant], tests: Sequence[str]) -> bool:
    """Make each mistake in turn and print who finds it; returns whether all were found.

    Raises
    ------
    ValueError
        If the tests fail without any mistake, or a mistake no longer fits its source.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(Path(folder))
        sources = {mutant: (copy / mutant.file).read_text(encoding="utf-8") for mutant in mutants}
        texts = {mutant: mutated(source, mutant) for mutant, source in sources.items()}
        if (failure := first_failure(copy, tests)) is not None:
            raise ValueError(f"without any mistake, {failure} fails")
        survivors = 0
        for mutant, text in texts.items():
            began = time.monotonic()
            file = copy / mutant.file
            file.write_text(text, encoding="utf-8")
            found = first_failure(copy, tests)
            file.write_text(sources[mutant], encoding="utf-8")
            survivors += found is None
            row = (f"{time.monotonic() - began:4.0f} s", mutant.engine, mutant.stands_for, found or SURVIVED)
            sys.stdout.write(" | ".join(row) + "\n")
            sys.stdout.flush()
    sys.stdout.write(f"{len(mutants) - survivors} of {len(mutants)} found\n")
    return not survivors


def main(arguments: Sequence[str]) -> int:
    """Hunt the mistakes that the arguments choose; returns the exit code."""
    chosen: Sequence[Mutant] = MUTANTS
    if "--only" in arguments:
        word = arguments[arguments.index("--only") + 1]
        chosen = [mutant for mutant in MUTANTS if word in f"{mutant.file} {mutant.stands_for}"]
    if "--list" in arguments:
        sys.stdout.writelines(f"{mutant.file}: {mutant.stands_for}\n" for mutant in chosen)
        return 0
    return 0 if hunted(chosen, TESTS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
