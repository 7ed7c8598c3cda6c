"""Charts of a run: valid, the same every time, as wide as asked for, and right about what they show."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

import pytest

from sim.report import charts
from sim.report.facts import CashOut, Curve, Span
from sim.report.files import specification, svg_text
from sim.report.theme import DARK, LIGHT
from tests.unit.report.fabricated_facts import DROPS, EDGES, REPLICATIONS, SPLIT, START, plan_facts, told

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sim.report.facts import PlanFacts
    from sim.report.sheet import Drawing

BEST: Final = 2_000.0
PLANS: Final = (plan_facts(), plan_facts("twice", 2_600.0, best=BEST))
CHARTS: Final[dict[str, Callable[..., Drawing]]] = {
    "plan_losses": lambda plans, **look: charts.plan_losses(plans, "USD", **look),
    "loss_parts": lambda plans, **look: charts.loss_parts(plans, "USD", REPLICATIONS, **look),
    "loss_spread": lambda plans, **look: charts.loss_spread(plans, "USD", **look),
    "loss_histogram": lambda plans, **look: charts.loss_histogram(plans, EDGES, "USD", **look),
    "loss_exceedance": lambda plans, **look: charts.loss_exceedance(plans, "USD", **look),
    "recovery_funnel": lambda plans, **look: charts.recovery_funnel(plans[0], "USD", REPLICATIONS, **look),
    "timeline": lambda plans, **look: charts.timeline(_told(plans[0]), START, "USD", **look),
    "cash_out": lambda plans, **look: charts.cash_out(plans, START, "USD", **look),
}
TABLES: Final[dict[str, Callable[..., tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]]]] = {
    "plan_losses": lambda plans: charts.plan_losses_table(plans, "USD"),
    "loss_parts": lambda plans: charts.loss_parts_table(plans, "USD", REPLICATIONS),
    "loss_spread": lambda plans: charts.loss_spread_table(plans, "USD"),
    "loss_histogram": lambda plans: charts.loss_histogram_table(plans, EDGES, "USD"),
    "loss_exceedance": lambda plans: charts.loss_exceedance_table(plans, "USD"),
    "recovery_funnel": lambda plans: charts.recovery_funnel_table(plans[0], "USD", REPLICATIONS),
    "timeline": lambda plans: charts.timeline_table(_told(plans[0]), START, "USD"),
    "cash_out": lambda plans: charts.cash_out_table(plans, START, "USD"),
}


def _told(plan: PlanFacts) -> list[Any]:
    return [case for case in (plan.typical, plan.bad) if case is not None]


def _once() -> PlanFacts:
    """A plan seen in a single replication: no interval has ends."""
    loss = Span(value=1_500.0, low=nan, high=nan)
    shares = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
    return plan_facts(
        "once",
        1_500.0,
        tail=loss,
        tail_99=loss,
        edge=loss,
        edge_99=loss,
        quantiles=Curve(at=shares, value=(1_500.0,) * len(shares)),
        exceedance=Curve(at=(1_500.0,), value=(0.0,)),
        histogram=(0.0, 1.0, *[0.0] * 8),
        cash=None,
        typical=None,
        bad=None,
    ).model_copy(update={"loss": loss})


def _nothing() -> PlanFacts:
    """A plan that never loses anything and meets no harm."""
    none = Span(value=0.0, low=0.0, high=0.0)
    shares = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
    return plan_facts(
        "nothing",
        0.0,
        tail=none,
        components=dict.fromkeys(SPLIT, 0),
        drops=dict.fromkeys(DROPS, 0),
        ground_up_cents=0,
        recovered_cents=0,
        quantiles=Curve(at=shares, value=(0.0,) * len(shares)),
        exceedance=Curve(at=(0.0,), value=(0.0,)),
        histogram=(1.0, *[0.0] * 9),
    ).model_copy(update={"loss": none})


SETS: Final[dict[str, tuple[PlanFacts, ...]]] = {
    "two": PLANS,
    "one": PLANS[:1],
    "many": (
        plan_facts("a-plan-whose-name-says-everything-that-there-is-to-say"),
        *(plan_facts(f"plan-{i}", BEST + 150 * i, best=BEST) for i in range(16)),
    ),
    "once": (_once(), plan_facts("twice", 1_500.0, best=1_500.0)),
    "nothing": (_nothing(),),
    "gains": (plan_facts("early", -500.0), plan_facts("twice", 300.0, best=-500.0)),
}


def _rows(chart: Drawing, name: str) -> list[dict[str, Any]]:
    """The data of a view."""
    spec = specification(chart)
    view = next(view for view in spec["layer"] if view["name"] == name)
    found: list[dict[str, Any]] = spec["datasets"][view["data"]["name"]]
    return found


def _names(chart: Drawing) -> list[str]:
    return [view["name"] for view in specification(chart)["layer"]]


def _title(chart: Drawing) -> str:
    return " ".join(specification(chart)["title"]["text"])


@pytest.mark.parametrize("plans", SETS)
@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_of_any_plans_is_valid_and_as_wide_as_asked_for(
    name: str, plans: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for theme, width in ((LIGHT, 340.0), (DARK, 900.0)):
        chart = CHARTS[name](SETS[plans], theme=theme, width=width)
        chart.to_dict(validate=True)
        root = ET.fromstring(svg_text(chart))  # noqa: S314 - written by this very program
        assert float(root.attrib["width"]) == pytest.approx(width, abs=2)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_the_same_every_time_and_warns_of_nothing(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    first, second = CHARTS[name](PLANS), CHARTS[name](PLANS)
    assert specification(first) == specification(second)
    assert svg_text(first) == svg_text(first) == svg_text(second)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_describes_itself_and_each_of_its_views_has_its_own_name(name: str) -> None:
    chart = CHARTS[name](PLANS)
    root = ET.fromstring(svg_text(chart))  # noqa: S314 - written by this very program
    assert root.get("aria-label") == chart.description
    assert chart.description.endswith(".")
    assert any(figure in chart.description for figure in ("USD 2,000", "USD 500", "USD 1,600", "USD 5,000", "16,000"))
    assert len(_names(chart)) == len(set(_names(chart)))
    assert specification(chart)["usermeta"] == {"embedOptions": {"actions": False}}


@pytest.mark.parametrize("name", CHARTS)
def test_no_letter_is_smaller_than_eleven_pixels(name: str) -> None:
    root = ET.fromstring(svg_text(CHARTS[name](SETS["many"], width=340.0)))  # noqa: S314 - written by this very program
    sizes = [text.get("font-size", "11px") for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert sizes
    assert min(float(size.removesuffix("px")) for size in sizes) >= 11


@pytest.mark.parametrize("name", CHARTS)
def test_the_marks_answer_to_a_pointer(name: str) -> None:
    assert any("tooltip" in view["encoding"] for view in specification(CHARTS[name](PLANS))["layer"])


@pytest.mark.parametrize("plans", SETS)
@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_a_cell_under_each_heading(name: str, plans: str) -> None:
    headings, rows = TABLES[name](SETS[plans])
    assert all(len(row) == len(headings) for row in rows)
    assert not any("nan" in cell for row in rows for cell in row)


# -------------------------------------------------------------------------------------------------- plan_losses


def test_the_head_of_the_losses_names_the_choice() -> None:
    assert _title(charts.plan_losses(PLANS, "USD")) == "early loses least: USD 2,000 on average"
    assert _title(charts.plan_losses(PLANS[:1], "USD")) == "early loses USD 2,000 on average"
    assert _title(charts.plan_losses(SETS["gains"], "USD")) == "early gains most: USD 500 on average"
    close = (PLANS[0], plan_facts("close", 2_040.0, best=BEST))
    assert (
        _title(charts.plan_losses(close, "USD"))
        == "Not settled between early and close: about USD 2,000 lost on average"
    )


def test_best_worse_and_unsettled_plans_differ_in_shape_and_filling() -> None:
    plans = (PLANS[0], plan_facts("close", 2_040.0, best=BEST), PLANS[1])
    found = _rows(charts.plan_losses(plans, "USD"), "averages")
    assert [row["shape"] for row in found] == ["diamond", "circle", "circle"]
    assert [row["fill"] == LIGHT.background for row in found] == [False, True, False]
    assert [row["loss"] for row in found] == [2_000.0, 2_040.0, 2_600.0]
    assert [row["tail"] for row in found] == [8_000.0, 8_160.0, 10_400.0]
    assert (found[0]["low"], found[0]["high"]) == (1_900.0, 2_100.0)


def test_amounts_stand_beside_their_marks_where_there_is_room() -> None:
    found = _rows(charts.plan_losses(PLANS, "USD"), "averages")
    assert [(row["loss_text"], row["align"]) for row in found] == [("2,000", "left"), ("2,600", "left")]
    assert [row["tail_text"] for row in found] == ["8,000", "10,400"]
    # A tail just above the mean leaves no room to the right of it.
    close = plan_facts(tail=Span(value=2_200.0, low=2_150.0, high=2_250.0))
    assert _rows(charts.plan_losses([close], "USD"), "averages")[0]["align"] == "right"


# --------------------------------------------------------------------------------------------------- loss_parts


def _ends(rows: Sequence[dict[str, Any]], plan: str) -> tuple[float, float]:
    ends = [row["end"] for row in rows if row["plan"] == plan]
    return min(ends), max(ends)


def test_parts_of_the_loss_are_stacked_from_zero_to_either_side() -> None:
    chart = charts.loss_parts(PLANS, "USD", REPLICATIONS, width=900.0)
    found = _rows(chart, "parts")
    # Savings of 100 + 50 + 10 + 150; costs of 300 + 90 + 320 + 600 + 1,000, and 600 more for the plan that loses more.
    assert _ends(found, "early") == pytest.approx((-310.0, 2_310.0))
    assert _ends(found, "twice") == pytest.approx((-310.0, 2_910.0))
    assert [row["loss"] for row in _rows(chart, "totals")] == [2_000.0, 2_600.0]
    assert "payment fees" not in {row["part"] for row in found}
    assert _title(chart) == "Defective units cost early most: USD 1,000 on average"


def test_a_component_has_its_letter_and_colour_in_every_bar() -> None:
    found = _rows(charts.loss_parts(PLANS, "USD", REPLICATIONS, width=900.0), "parts")
    looks = {(row["part"], row["letter"], row["colour"]) for row in found}
    assert len(looks) == len({row["part"] for row in found}) == len({look[2] for look in looks})


def test_components_too_small_to_be_seen_are_put_together_and_named() -> None:
    parts = {name: cents * REPLICATIONS for name, cents in SPLIT.items()} | {
        "payment_fees": 2_00 * REPLICATIONS,
        "return_freight": 3_00 * REPLICATIONS,
    }
    chart = charts.loss_parts([plan_facts(components=parts)], "USD", REPLICATIONS)
    assert "Too small to be seen, together 'other': payment fees and return freight." in " ".join(
        specification(chart)["title"]["subtitle"]
    )
    other = next(row for row in _rows(chart, "parts") if row["part"] == "other")
    assert other["mean"] == "5.00"


def test_columns_of_the_table_of_parts_add_up_to_the_cent() -> None:
    # Three parts of 0.333... each: rounded alone they would come to 0.99 of 1.00.
    parts = {"purchase": 100, "freight": 100, "inspection": 100}
    headings, rows = charts.loss_parts_table([plan_facts(components=parts)], "USD", 3)
    assert headings == ("Part of the average loss, USD", "early")
    assert rows == (("purchase", "0.34"), ("freight", "0.33"), ("inspection", "0.33"), ("loss", "1.00"))


# ------------------------------------------------------------------------------------ spread, histogram, exceedance


def test_the_spread_shows_the_quantiles() -> None:
    chart = charts.loss_spread(PLANS, "USD")
    row = _rows(chart, "most")[0]
    assert [row[end] for end in ("low", "quarter", "median", "three_quarters", "high")] == [
        400.0,
        1_000.0,
        1_600.0,
        2_400.0,
        5_000.0,
    ]
    assert _title(chart) == "In 9 cases of 10, early loses USD 400 to 5,000"


def test_bars_of_all_histograms_have_one_scale_and_the_outermost_another_colour() -> None:
    chart = charts.loss_histogram(PLANS, EDGES, "USD")
    found = _rows(chart, "bars")
    heights = {(row["plan"], row["low"]): row["base"] - row["top"] for row in found}
    # 37.5 % of early and 30.13 % of twice lie from 1,000 to 2,000.
    assert heights["twice", 1_000.0] / heights["early", 1_000.0] == pytest.approx(0.301282051282 / 0.375)
    outer = {row["low"] for row in found if row["colour"] == LIGHT.series_colour(5)}
    assert outer == {0.0, 9_000.0}
    assert _title(chart) == "early most often loses USD 1,000 to 2,000"
    _, rows = charts.loss_histogram_table(PLANS, EDGES, "USD")
    assert rows[0] == ("less than 1,000", "25.00 %", "17.31 %")
    assert rows[-1][0] == "9,000 or more"


def test_each_histogram_says_what_its_own_highest_bar_stands_for() -> None:
    far = plan_facts("far", histogram=(0.0,) * 8 + (0.875, 0.125))
    chart = charts.loss_histogram((*PLANS, far), EDGES, "USD")
    near, away = (_rows(chart, f"highest_{end}") for end in ("right", "left"))
    assert [row["text"] for row in (*near, *away)] == ["highest bar 38 %", "highest bar 30 %", "highest bar 88 %"]
    assert "highest bar" not in " ".join(specification(chart)["title"]["subtitle"]).lower()


def test_lines_of_exceedance_go_down_from_every_case_to_the_rarest() -> None:
    chart = charts.loss_exceedance(PLANS, "USD")
    found = [row for row in _rows(chart, "lines") if row["plan"] == "early"]
    assert [(row["at"], row["share"]) for row in found] == [
        (0.0, 1.0),
        (200.0, 0.99),
        (400.0, 0.95),
        (1_000.0, 0.75),
        (1_600.0, 0.5),
        (2_400.0, 0.25),
        (5_000.0, 0.05),
        (10_000.0, 0.01),
    ]
    # On a logarithmic axis 0.01 is twice as far down as 0.1, which is where 1 in 10 is written.
    levels = {row["text"]: row["down"] for row in _rows(chart, "levels")}
    first = levels["every case"]
    assert levels["1 in 100"] - first == pytest.approx(2 * (levels["1 in 10"] - first))
    assert found[-1]["down"] == pytest.approx(levels["1 in 100"])


def test_a_loss_that_is_always_the_same_falls_straight_down() -> None:
    found = [row for row in _rows(charts.loss_exceedance([_once()], "USD"), "lines") if row["plan"] == "once"]
    assert [row["at"] for row in found] == [1_500.0, 1_500.0]
    assert [row["share"] for row in found] == [1.0, 0.01]


def test_of_many_lines_the_first_seven_have_a_colour() -> None:
    scale = specification(charts.loss_exceedance(SETS["many"], "USD"))["layer"][-2]["encoding"]["color"]["scale"]
    assert scale["range"].count(LIGHT.rest) == 10
    assert len(set(scale["range"])) == 8


# ----------------------------------------------------------------------------------------------- recovery_funnel


def test_the_funnel_goes_from_the_harm_down_to_what_comes_back() -> None:
    chart = charts.recovery_funnel(PLANS[0], "USD", REPLICATIONS)
    found = _rows(chart, "bars")
    assert [(row["begin"], row["end"]) for row in found] == [
        (0.0, 500.0),
        (450.0, 500.0),
        (330.0, 450.0),
        (250.0, 330.0),
        (190.0, 250.0),
        (150.0, 190.0),
        (0.0, 150.0),
    ]
    assert [row["text"] for row in found] == [
        "500",
        *(f"\N{MINUS SIGN}{drop}" for drop in (50, 120, 80, 60, 40)),
        "150",
    ]
    assert _title(chart) == "Of USD 500 harm, USD 150 (30 %) comes back to early"


def test_amounts_of_the_funnel_are_those_of_its_table_rounded() -> None:
    """2.50 + 2.50 + 495.00 + 0.40 of 500.40: shared out, one of the two halves would be 3; rounded, both are 2."""
    drops = dict.fromkeys(DROPS, 0) | {"not_covered": 20_50, "rejected": 20_50, "above_limit": 40}
    found = {name: cents * REPLICATIONS for name, cents in drops.items()}
    plan = plan_facts(
        drops=found, ground_up_cents=500_40 * REPLICATIONS, recovered_cents=(500_40 - 41_40) * REPLICATIONS
    )
    chart = charts.recovery_funnel(plan, "USD", REPLICATIONS)
    _, rows = charts.recovery_funnel_table(plan, "USD", REPLICATIONS)
    minus = "\N{MINUS SIGN}"
    assert [row[1] for row in rows] == ["500.40", f"{minus}20.50", f"{minus}20.50", f"{minus}0.40", "459.00"]
    assert [row["text"] for row in _rows(chart, "bars")] == ["500", f"{minus}20", f"{minus}20", f"{minus}0.40", "459"]
    assert "USD 459 (92 %) comes back" in chart.description


def test_tiny_drops_are_told_together() -> None:
    drops = {name: cents * REPLICATIONS for name, cents in DROPS.items()} | {
        "rejected": 2_00 * REPLICATIONS,
        "above_limit": 1_00 * REPLICATIONS,
    }
    chart = charts.recovery_funnel(plan_facts(drops=drops, recovered_cents=147_00 * REPLICATIONS), "USD", REPLICATIONS)
    assert [row["name"] for row in _rows(chart, "bars")][-2:] == ["2 other reasons", "comes back"]
    assert " ".join(specification(chart)["title"]["subtitle"]) == (
        "2 other reasons: claim rejected and above the supplier's limit."
    )


def test_the_table_of_the_funnel_adds_up() -> None:
    plan = plan_facts(
        drops=dict.fromkeys(DROPS, 0) | {"rejected": 100, "above_limit": 100}, ground_up_cents=300, recovered_cents=100
    )
    _, rows = charts.recovery_funnel_table(plan, "USD", 3)
    assert [row[1] for row in rows] == ["1.00", "\N{MINUS SIGN}0.34", "\N{MINUS SIGN}0.33", "0.33"]
    assert rows[1][0] == "claim rejected"


# --------------------------------------------------------------------------------------------- timeline, cash_out


def test_the_timeline_has_a_lane_for_each_order_with_its_phases() -> None:
    chart = charts.timeline([told(), told(bad=True)], START, "USD")
    phases = [(row["phase"], row["begin"], row["end"]) for row in _rows(chart, "phases")]
    assert phases == [
        ("production", 0.0, 30.0),
        ("inspection", 30.0, 35.0),
        ("transit", 35.0, 65.0),
        ("check", 65.0, 70.0),
        ("production", 0.0, 42.0),
        ("inspection", 42.0, 57.0),
        ("transit", 57.0, 90.0),
        ("check", 90.0, 95.0),
        ("dispute", 95.0, 123.0),
    ]
    assert _title(chart) == "A typical case loses USD 1,600 and a bad one loses USD 5,000"
    assert len(_rows(chart, "events")) == len(told().events) + len(told(bad=True).events)


def test_labels_of_the_timeline_never_overlap() -> None:
    for width in (340.0, 640.0):
        boxes = [
            (row["begin"], row["begin"] + 5 * len(row["text"]), row["down"])
            for row in _rows(charts.timeline([told(), told(bad=True)], START, "USD", width=width), "labels")
        ]
        for number, (begin, end, down) in enumerate(boxes):
            assert all(down != d or end <= b or e <= begin for b, e, d in boxes[number + 1 :])


def test_orders_have_a_lane_each_with_their_name() -> None:
    both = told().model_copy(update={"events": told().events + told(order="second").events})
    chart = charts.timeline([both], START, "USD")
    assert [row["text"] for row in _rows(chart, "orders")] == ["order a", "second"]


def test_a_case_alone_says_in_its_title_when_it_was_and_nothing_twice() -> None:
    chart = charts.timeline([told()], START, "USD")
    assert _title(chart) == "From 2 Mar 2026 to 11 May 2026, 70 days"
    assert _rows(chart, "cases") == []


def test_the_table_of_the_timeline_tells_every_event() -> None:
    headings, rows = charts.timeline_table([told()], START, "USD")
    assert headings == ("Case", "Date", "Order", "What happened (USD)", "Because of")
    assert rows[3][1:4] == ("1 Apr 2026", "a", "production is finished")


def test_money_out_of_six_plans_has_a_panel_each_on_one_scale() -> None:
    chart = charts.cash_out(SETS["many"], START, "USD")
    assert "Drawn are the first 6 of 17 plans." in " ".join(specification(chart)["title"]["subtitle"])
    found = _rows(chart, "medians")
    assert len({row["plan"] for row in found}) == 6
    heights = {
        plan: max(row["median"] for row in found if row["plan"] == plan)
        - min(row["median"] for row in found if row["plan"] == plan)
        for plan in {row["plan"] for row in found}
    }
    assert max(heights.values()) - min(heights.values()) < 0.1


def test_the_axis_of_money_out_holds_the_peak_and_each_heading_names_it() -> None:
    chart = charts.cash_out([plan_facts(peak_cash_out=Span(value=17_234.0, low=17_000.0, high=17_500.0))], START, "USD")
    assert [row["peak"] for row in _rows(chart, "peaks")] == ["peak 17,234"]
    assert [row["text"] for row in _rows(chart, "amounts")] == ["0", "5,000", "10,000", "15,000", "20,000"]


def test_the_axis_of_money_out_reaches_below_the_smallest_amount() -> None:
    cash = CashOut(days=(0.0, 1.0), low=(0.0, -700.0), median=(0.0, 0.0), high=(900.0, 900.0))
    chart = charts.cash_out(
        [plan_facts(cash=cash, peak_cash_out=Span(value=950.0, low=900.0, high=1_000.0))], START, "USD"
    )
    assert [row["text"] for row in _rows(chart, "amounts")] == [
        "\N{MINUS SIGN}1,000",
        "\N{MINUS SIGN}500",
        "0",
        "500",
        "1,000",
    ]


def test_without_money_over_time_the_sheet_says_so() -> None:
    chart = charts.cash_out([plan_facts(cash=None)], START, "USD")
    assert chart.description == "Nothing to draw. Money over time was not looked into."
    assert charts.timeline([], START, "USD").description == "Nothing to draw. No case was told."


def test_the_table_of_money_out_tells_the_days_on_which_it_changes() -> None:
    _, rows = charts.cash_out_table(PLANS[:1], START, "USD")
    assert [row[1:3] for row in rows] == [
        ("2 Mar 2026", "4,800.00"),
        ("1 Apr 2026", "4,800.00"),
        ("6 Apr 2026", "16,000.00"),
        ("1 May 2026", "16,000.00"),
        ("6 May 2026", "0.00"),
        ("21 May 2026", "0.00"),
    ]
