"""What `compare` and `explain` look like: in any width, with and without colours, and in any encoding."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf, nan
from typing import TYPE_CHECKING, Any

import pytest

import sim
from sim.cli import main
from sim.commands.bars import Scale, scale_of, share_bar
from sim.commands.compare import print_comparison
from sim.commands.explain import print_story
from sim.commands.loss_table import plan_rows
from sim.commands.phases import PHASES, later
from sim.commands.screen import console, name_lines, plus_minus
from sim.experiments.comparison import ComparedPlan, Comparison, compare
from sim.experiments.story import Story, StoryEvent
from sim.experiments.verdict import verdict_text
from sim.measures import Estimate, PairedDifference
from sim.outcomes import LossComponent, RecoveryRule
from sim.protocol import Event
from tests.unit.experiments import FIRST_ORDER

if TYPE_CHECKING:
    from collections.abc import Callable

SCENARIO = sim.load_scenario(FIRST_ORDER)
ANSI = re.compile(r"\x1b\[[0-9;]*m")
LONG = "all-at-once-inspected-and-paid"
"""A plan's name of 30 letters."""


class Paper(io.TextIOWrapper):
    """An output of an encoding: a file, or a terminal that somebody looks at."""

    def __init__(self, encoding: str, *, terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="\n", write_through=True)
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    @property
    def text(self) -> str:
        """What was written, in the letters of the encoding."""
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode(self.encoding)


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal with colours, whatever the tests themselves run in."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLORTERM", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def piped(action: Callable[[], object], encoding: str = "utf-8") -> str:
    """What goes to a file."""
    with redirect_stdout(Paper(encoding, terminal=False)) as paper:
        action()
    return paper.text


def on_terminal(action: Callable[[], object], columns: int = 80, encoding: str = "utf-8") -> str:
    """What goes to a terminal of so many columns."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(Paper(encoding, terminal=True)) as paper:
        patch.setenv("COLUMNS", str(columns))
        action()
    return paper.text


def longest(text: str) -> int:
    """Letters of the longest line, without what colours it."""
    return max(map(len, ANSI.sub("", text).splitlines()))


def bare(text: str) -> str:
    """A text without colours and without blanks at the ends of lines."""
    return "".join(f"{line.rstrip()}\n" for line in ANSI.sub("", text).splitlines())


# ------------------------------------------------------------------------------------------------ a comparison


def plan(name: str, loss: float, half_width: float = 20.0, more: tuple[float, float] | None = None) -> ComparedPlan:
    """A plan of this expected loss; `more` is the interval of how much more it loses than the best."""
    components = {component.name.lower(): 0.0 for component in LossComponent}
    components |= {"missing_units": 0.6 * loss, "purchase": 0.4 * loss}
    to_best = None
    if more is not None:
        low, high = more
        to_best = PairedDifference(Estimate((low + high) / 2, low, high, 400), 0.5, 2.0)
    return ComparedPlan(
        name=name,
        loss=Estimate(loss, loss - half_width, loss + half_width, 400),
        to_best=to_best,
        tail=Estimate(4 * loss, 3 * loss, 5 * loss, 400),
        components=components,
        drops={rule.name.lower(): 0.0 for rule in RecoveryRule} | {"found_too_late": loss / 2},
        ground_up=loss,
        recovered=loss / 2,
    )


@pytest.fixture(scope="module")
def run() -> Comparison:
    """A comparison that has been simulated."""
    return compare(SCENARIO, replications=20)


@pytest.fixture
def shown(run: Comparison) -> Callable[..., Callable[[], None]]:
    """What prints a comparison of plans that are made up."""

    def printing(*plans: ComparedPlan) -> Callable[[], None]:
        comparison = replace(run, plans=plans, verdict=verdict_text(plans, "GBP", 0.95))
        return lambda: print_comparison(comparison)

    return printing


THREE = (
    plan("probe-then-rest", 900, 100),
    plan("two-halves", 1_800, 300, (600, 1_200)),
    plan("all-at-once", 3_000, 20, (2_000, 2_200)),
)
OPEN = (THREE[0], plan("two-halves", 950, 100, (-50, 150)), THREE[2])


def many(number: int, name: str = "plan") -> tuple[ComparedPlan, ...]:
    """So many plans, each worse than the one before."""
    others = (plan(f"{name}-{i}", 1_000 + 90 * i, 30, (80.0 * i, 100.0 * i)) for i in range(1, number))
    return (plan(f"{name}-0", 1_000, 30), *others)


def test_a_comparison_in_80_columns(shown: Callable[..., Callable[[], None]]) -> None:
    text = piped(shown(*THREE))
    _, _, *lines = text[: text.index("Loss: ")].splitlines()
    assert lines == [
        "",
        "Choose probe-then-rest: on average it loses GBP 900 less than the next best,",
        "two-halves (600 to 1,200 less at 95 % confidence).",
        "",
        # 24 letters for 3,020 are 125.8 a letter: the middles of six lie below 800, those of two more below 1,000.
        "Plan             Expected loss  0                  3,020  More than the best",
        "probe-then-rest      900 ± 100  ━━━━━━──                  best in this run",
        "two-halves         1,800 ± 300  ━━━━━━━━━━━━─────         900 (600 to 1,200)",
        "all-at-once         3,000 ± 20  ━━━━━━━━━━━━━━━━━━━━━━━━  2,100 (2,000 to 2,200)",
        "",
        "Plan             Worst 5 %  Recovery stopped most by",
        "probe-then-rest      3,600  found too late: 450 of 900",
        "two-halves           7,200  found too late: 900 of 1,800",
        "all-at-once         12,000  found too late: 1,500 of 3,000",
        "",
        "Plan             Loss consists mostly of",
        "probe-then-rest  missing units 540, purchase 360",
        "two-halves       missing units 1,080, purchase 720",
        "all-at-once      missing units 1,800, purchase 1,200",
        "",
    ]
    assert "Bars: expected loss, thin where its interval lies." in " ".join(text.split())
    assert "?" not in text


def test_what_is_not_settled_is_said_in_words_and_colours(shown: Callable[..., Callable[[], None]]) -> None:
    text = on_terminal(shown(*OPEN), 100)
    words = " ".join(ANSI.sub("", text).split())
    assert "Not settled: probe-then-rest loses least here" in words
    assert "50.00 (-50.00 to 150) ?" in words
    assert "?: not settled that the plan loses more." in words
    yellow, green = "\x1b[1;33m", "\x1b[1;32m"
    assert f"{yellow}Not settled: " in text
    assert f"{yellow}probe-then-rest" in text
    assert f"{yellow}two-halves" in text
    assert f"{yellow}all-at-once" not in text
    assert green not in text
    settled = on_terminal(shown(*THREE), 100)
    assert f"{green}Choose probe-then-rest" in settled
    assert f"{green}probe-then-rest" in settled
    assert yellow not in settled


@pytest.mark.parametrize("columns", [50, 60, 80, 100, 140])
@pytest.mark.parametrize("number", [1, 2, 17])
def test_a_comparison_fits_any_terminal(shown: Callable[..., Callable[[], None]], number: int, columns: int) -> None:
    text = on_terminal(shown(*many(number)), columns)
    assert longest(text) <= min(columns, 110)
    begun = [line.split()[0] for line in ANSI.sub("", text).splitlines() if line.startswith("plan-")]
    names = [f"plan-{i}" for i in range(number)]
    assert begun == (["plan-0", *3 * names] if number == 1 else 3 * names)  # the verdict on one begins with its name
    assert f"{1_000 + 90 * (number - 1):,} ± 30" in text


def test_a_long_name_stays_in_one_piece_while_there_is_room(shown: Callable[..., Callable[[], None]]) -> None:
    plans = (plan(LONG, 900), plan(f"{LONG[:-1]}x", 1_800, 20, (600, 1_200)))
    text = piped(shown(*plans))
    assert longest(text) <= 80
    assert sum(line.startswith(f"{LONG} ") for line in text.splitlines()) == 3
    longer = f"{LONG}-and-{LONG}"
    narrow = on_terminal(shown(plans[0], plan(longer, 1_800, 20, (600, 1_200))), 50)
    assert longest(narrow) <= 50
    assert (
        "".join(line.split(" ")[0] for line in ANSI.sub("", narrow).splitlines()).count(longer) == 4
    )  # in the verdict and the tables


@pytest.mark.parametrize(
    ("name", "width", "lines"),
    [
        ("two-halves", 10, ["two-halves"]),
        ("two-halves", 8, ["two-", "halves"]),
        ("all_at once", 7, ["all_at ", "once"]),
        ("unbroken", 3, ["unb", "rok", "en"]),
        ("--x", 2, ["--", "x"]),
    ],
)
def test_names_in_lines(name: str, width: int, lines: list[str]) -> None:
    assert name_lines(name, width).split("\n") == lines


@pytest.mark.parametrize("columns", [80, 100, 110])
def test_the_table_of_a_run_breaks_names_after_their_words(columns: int) -> None:
    name = "half-of-the-order-first-and-the-rest-after-it-was-checked-by-an-inspector-china"
    cells = {name: ("12,345 ± 1,234", "24,476", "4.0 %", "50.0 %", "92.8 %"), "a": ("5 ± 1", "9", "0 %", "1 %", "2 %")}
    headings = ("Expected loss", "Worst 5 %", "Late", "Claims", "Filled")

    def printing() -> None:
        screen = console()
        screen.print(plan_rows(screen, headings, cells))

    lines = bare(on_terminal(printing, columns)).splitlines()
    assert max(map(len, lines)) <= columns
    told = [line[: line.find("  ") if "  " in line else None] for line in lines[1:-1]]
    assert "".join(told) == name
    assert all(part.endswith("-") for part in told[:-1])
    assert "12,345 ± 1,234" in lines[1]


def test_a_loss_of_nothing_has_no_bar(shown: Callable[..., Callable[[], None]]) -> None:
    text = piped(shown(plan("a", 0, 0), plan("b", 0, 0, (0, 0))))
    assert "A tie: a and b lose exactly the same" in text
    assert "━" not in text
    assert "Bars: " not in text
    some = piped(shown(plan("a", 0, 0), plan("b", 500, 0, (500, 500))))
    assert re.search(r"^a +0\.00 ± 0\.00 +best in this run$", some, re.MULTILINE), some


def test_losses_below_zero_are_drawn_to_the_left(shown: Callable[..., Callable[[], None]]) -> None:
    text = piped(shown(plan("a", -1_000, 0), plan("b", 600, 0, (1_500, 1_700)), plan("c", 1_000, 0, (1_900, 2_100))))
    assert [line[21:] for line in text.splitlines() if re.match("[abc] .*±", line)] == [
        # 30 letters from -1,000 to 1,000: zero lies where the 16th begins, and the middle of the 24th at 567.
        "━━━━━━━━━━━━━━━|                best in this run",
        "               |━━━━━━━━        1,600 (1,500 to 1,700)",
        "               |━━━━━━━━━━━━━━  2,000 (1,900 to 2,100)",
    ]


def test_one_replication_has_no_interval(run: Comparison) -> None:
    comparison = compare(SCENARIO, replications=1)
    text = piped(lambda: print_comparison(comparison))
    assert "±" not in text
    assert "Not settled: " in text
    assert longest(text) <= 80
    assert len(comparison.plans) == len(run.plans)


@pytest.mark.parametrize(
    ("low", "high", "width", "loss", "bar"),
    [
        (0, 100, 10, Estimate(50, 50, 50, 9), "━━━━━"),
        (0, 100, 10, Estimate(50, 30, 70, 9), "━━━────"),
        (0, 100, 10, Estimate(50, -inf, inf, 1), "━━━━━"),
        (0, 100, 10, Estimate(50, nan, nan, 1), "━━━━━"),
        (0, 100, 10, Estimate(1, 1, 1, 9), "━"),
        (0, 100, 10, Estimate(0, 0, 0, 9), ""),
        (-50, 50, 10, Estimate(-50, -50, -50, 9), "━━━━━|"),
        (-50, 50, 10, Estimate(50, 50, 50, 9), "     |━━━━"),
        (-50, 50, 10, Estimate(0, 0, 0, 9), "     |"),
        (-100, 0, 10, Estimate(-30, -30, -30, 9), "       ━━━"),
    ],
)
def test_bars(low: float, high: float, width: int, loss: Estimate, bar: str) -> None:
    assert Scale(low, high, width).bar(loss) == bar


def test_a_scale_needs_room_and_something_to_draw() -> None:
    losses = [Estimate(100, 80, 120, 9), Estimate(300, 250, 350, 9)]
    assert scale_of(losses, 9) is None
    assert scale_of(losses, 12) == Scale(0, 350, 12)
    assert scale_of(losses, 90) == Scale(0, 350, 30)
    assert scale_of([Estimate(0, 0, 0, 9)], 30) is None
    assert scale_of([Estimate(nan, nan, nan, 1)], 30) is None
    assert scale_of([Estimate(9e11, 9e11, 9e11, 9)], 12) is None, "its title would not fit"
    assert Scale(-50, 1_000, 12).title == "-50    1,000"
    assert Scale(-1_000, 0, 12).title == "-1,000     0"


def test_shares_as_bars() -> None:
    assert [share_bar(share, 10) for share in (0, 1e-12, 0.001, 0.5, 1, 1.2)] == [
        "",
        "",
        "━",
        "━" * 5,
        "━" * 10,
        "━" * 10,
    ]


# ------------------------------------------------------------------------------------------------ a story


def happening(day: float, event: Event, sentence: str, rule: str, order: str = "a") -> StoryEvent:
    """An event of a story that begins on 2 March 2026."""
    minute = round(day * 1_440)
    return StoryEvent(
        minute=minute,
        moment=datetime(2026, 3, 2)  # noqa: DTZ001 - as stories have it
        + timedelta(minutes=minute),
        order=order,
        event=event.name.lower(),
        amount=0,
        unit=None,
        sentence=sentence,
        rule=rule,
    )


STORY = Story(
    scenario="first-order",
    plan="all-at-once",
    replication=7,
    seed=1,
    currency="GBP",
    events=(
        happening(0, Event.ORDER_PLACED, "order for 3,000 units placed with shenzhen", "plans: start"),
        happening(0, Event.PRODUCTION_STARTED, "production starts", "suppliers: parallel_orders"),
        happening(50, Event.PRODUCTION_FINISHED, "production is finished", "suppliers: production_days"),
        happening(86.5, Event.GOODS_RECEIVED, "3,000 units arrive whole", "protection: claim_window (30 days)"),
        happening(100.5, Event.DISPUTE_OPENED, "buyer opens a dispute over GBP 1,000.00", "protection: claim_opens"),
        happening(102, Event.BUYER_INSISTED, "buyer turns the offer down", "buyer: accepts_offer_from_share"),
        happening(120, Event.ORDER_CLOSED, "order closed: nothing can change it any more", "model: end of an order"),
    ),
    loss=1_500.0,
    components={"purchase": 0.0, "defective_units": 1_900.25, "refunds": -400.25},
    ground_up=1_000.0,
    drops={"not_covered": 0.0, "found_too_late": 199.75, "settled_for_less": 400.0},
    recovered=400.25,
)


def test_a_story_in_80_columns() -> None:
    assert piped(lambda: print_story(STORY)).splitlines() == [
        "first-order, plan all-at-once, replication 7 of seed 1, told by SimPy; amounts",
        "in GBP",
        "",
        "Date                 Day  What happened [by which rule]",
        "",
        "Order and production",
        "2026-03-02 00:00     0.0  order for 3,000 units placed with shenzhen",
        "                          [plans: start]",
        "2026-03-02 00:00     0.0  production starts",
        "                          [suppliers: parallel_orders]",
        "    7 weeks later",
        "2026-04-21 00:00    50.0  production is finished",
        "                          [suppliers: production_days]",
        "",
        "Arrival, 5 weeks later",
        "2026-05-27 12:00    86.5  3,000 units arrive whole",
        "                          [protection: claim_window (30 days)]",
        "",
        "Dispute, 2 weeks later",
        "2026-06-10 12:00   100.5  buyer opens a dispute over GBP 1,000.00",
        "                          [protection: claim_opens]",
        "2026-06-12 00:00   102.0  buyer turns the offer down",
        "                          [buyer: accepts_offer_from_share]",
        "    3 weeks later",
        "2026-06-30 00:00   120.0  order closed: nothing can change it any more",
        "                          [model: end of an order]",
        "",
        "What the plan lost    Amount",
        "defective units     1,900.25",
        "refunds              -400.25",
        "= loss              1,500.00",
        "",
        "What came back of the harm                             Amount  Left of it",
        "harm (paid for goods missing, damaged or defective)  1,000.00  ━━━━━━━━━━━━━━━━━",
        "found too late                                        -199.75  ━━━━━━━━━━━━━━",
        "settled for less                                      -400.00  ━━━━━━━",
        "= recovered                                            400.25",
    ]


def two_orders() -> Story:
    """The story again, with a second order whose events fall among those of the first."""
    orders = ("probe", "the-whole-of-the-rest")
    events = (replace(event, order=orders[i % 2]) for i, event in enumerate(STORY.events))
    return replace(STORY, events=tuple(events))


def test_every_line_of_an_event_can_be_read_alone() -> None:
    story = two_orders()
    lines = piped(lambda: print_story(story)).splitlines()
    for event in story.events:
        (line,) = (line for line in lines if event.sentence[:20] in line)
        assert line.startswith(f"{event.moment:%Y-%m-%d %H:%M}")
        assert f"  {event.order}  " in line
    assert "the-whole-of-the-rest: Dispute" not in lines, "its last event before is the arrival"
    assert "probe: Dispute, 2 weeks later" in lines


@pytest.mark.parametrize("columns", [50, 60, 80, 100, 140])
@pytest.mark.parametrize("story", [STORY, two_orders()], ids=["one order", "two orders"])
def test_a_story_fits_any_terminal(story: Story, columns: int) -> None:
    text = on_terminal(lambda: print_story(story), columns)
    assert longest(text) <= min(columns, 110)
    told = " ".join(ANSI.sub("", text).split())
    for event in story.events:
        assert event.sentence in told
        assert f"[{event.rule}]" in told
    for figure in ("1,900.25", "-400.25", "1,500.00", "-199.75", "= recovered 400.25"):
        assert figure in told


def test_a_story_without_harm_has_no_funnel() -> None:
    story = replace(STORY, ground_up=0.0, drops={}, recovered=0.0)
    text = piped(lambda: print_story(story))
    assert "Left of it" not in text
    assert text.endswith("What came back of the harm  Amount\n= recovered                   0.00\n")


def test_every_event_has_its_place() -> None:
    assert set(PHASES) == {event.name.lower() for event in Event}


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, ""),
        (0.9, ""),
        (1, "1 day later"),
        (5.4, "5 days later"),
        (13.6, "2 weeks later"),
        (45, "6 weeks later"),
        (91, "3 months later"),
    ],
)
def test_how_much_later(days: float, text: str) -> None:
    assert later(days) == text


# ------------------------------------------------------------------------------------------------ where it goes


@pytest.mark.parametrize("printed", ["comparison", "story"])
def test_a_file_gets_plain_text_of_80_columns_whatever_the_terminal(
    shown: Callable[..., Callable[[], None]], printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = shown(*OPEN) if printed == "comparison" else lambda: print_story(STORY)
    text = piped(action)
    assert ANSI.search(text) is None
    assert longest(text) <= 80
    assert all(line == line.rstrip() for line in text.splitlines())
    for columns in ("40", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        assert piped(action) == text


@pytest.mark.parametrize("setting", [("NO_COLOR", "1"), ("TERM", "dumb")], ids=str)
def test_no_colour_where_none_is_wanted(
    shown: Callable[..., Callable[[], None]], setting: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for action in (shown(*OPEN), lambda: print_story(STORY)):
        coloured = on_terminal(action)
        assert ANSI.search(coloured) is not None
        with monkeypatch.context() as patch:
            patch.setenv(*setting)
            plain = on_terminal(action)
        assert ANSI.search(plain) is None
        assert bare(plain) == bare(coloured) == piped(action), "colour says nothing that words do not"


@pytest.mark.parametrize(
    ("encoding", "sign", "bar"),
    [("utf-8", "±", "━"), ("ascii", "+/-", "="), ("cp1252", "±", "="), ("cp437", "±", "="), ("latin-1", "±", "=")],
)
def test_letters_that_an_encoding_lacks_have_others_in_their_place(
    shown: Callable[..., Callable[[], None]], encoding: str, sign: str, bar: str
) -> None:
    for text in (piped(shown(*THREE), encoding), ANSI.sub("", on_terminal(shown(*THREE), 80, encoding))):
        assert f"900 {sign} 100  {5 * bar}" in text
        (title,) = (line for line in text.splitlines() if "More than the best" in line)
        (row,) = (line for line in text.splitlines() if "best in this run" in line)
        assert title.index("More") == row.index("best in this run")
        assert longest(text) <= 80
    assert f"{17 * bar}\n" in piped(lambda: print_story(STORY), encoding)


def test_names_of_other_alphabets_are_no_failure() -> None:
    times, dash = "\N{MULTIPLICATION SIGN}", "\N{EN DASH}"
    sentence = f"“5 {times} 2” units from Müller {dash} 深圳"
    story = replace(STORY, events=(replace(STORY.events[0], sentence=sentence),))
    assert sentence in piped(lambda: print_story(story))
    assert '"5 x 2" units from Muller - ????' in piped(lambda: print_story(story), "ascii")
    assert sentence.replace("深圳", "????") in piped(lambda: print_story(story), "cp1252")


def test_an_amount_has_a_sign_that_can_be_shown() -> None:
    estimate = Estimate(1_000, 900, 1_100, 9)
    for encoding, text in (("utf-8", "1,000 ± 100"), ("ascii", "1,000 +/- 100")):
        with redirect_stdout(Paper(encoding, terminal=False)):
            assert plus_minus(estimate) == text


# ------------------------------------------------------------------------------------------------ as data


def answer(*arguments: str, encoding: str = "utf-8") -> str:
    """What a command prints."""

    def command() -> None:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == 0

    return piped(command, encoding)


def test_data_are_as_ever(run: Comparison) -> None:
    arguments = ("compare", str(FIRST_ORDER), "--replications", "20", "--json")
    result = run.run
    data: dict[str, Any] = {
        "scenario": result.scenario.name,
        "currency": "GBP",
        "seed": 1,
        "replications": 20,
        "confidence": 0.95,
        "precision_reached": True,
        "folder": None,
        "best": run.best,
        "verdict": run.verdict,
        "plans": [plan.as_row() for plan in run.plans],
    }
    assert answer(*arguments) == json.dumps(data, indent=2, ensure_ascii=False).replace("NaN", "null") + "\n"
    story = sim.experiments.explain(SCENARIO, plan="all-at-once", replication=4)
    told = answer("explain", str(FIRST_ORDER), "--plan", "all-at-once", "--replication", "4", "--json")
    assert told == json.dumps(story.as_data(), indent=2, ensure_ascii=False) + "\n"


def test_data_of_other_alphabets_are_data_in_any_encoding() -> None:
    named = (
        "compare",
        str(FIRST_ORDER),
        "--replications",
        "5",
        "--plans",
        "all-at-once",
        "--json",
        "--set",
        "currency=EUR",
    )
    assert json.loads(answer(*named, encoding="ascii")) == json.loads(answer(*named))


def test_a_plain_encoding_is_no_failure_in_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "sim", "compare", str(FIRST_ORDER), "--replications", "50"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b" +/- " in done.stdout
    assert done.stdout.isascii()
