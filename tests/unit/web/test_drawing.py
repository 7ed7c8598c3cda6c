"""An answer as the page shows it."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest

from sim.experiments.runs import run
from sim.report.collecting import Looks, facts_of
from sim.report.files import specification
from sim.report.loss_parts import loss_parts
from sim.report.loss_spread import loss_spread
from sim.report.plan_losses import plan_losses
from sim.report.theme import DARK, LIGHT
from sim.scenario import scenario_checked, template_text
from sim.web.drawing import chart_width, in_script, plain_specification
from sim.web.uploads import upload_read

if TYPE_CHECKING:
    from sim.report.facts import Facts
    from sim.report.theme import Theme


@pytest.fixture(scope="module")
def facts() -> Facts:
    scenario = scenario_checked(upload_read("a.yaml", template_text().encode()))
    looks = Looks(stories=False, cash=False, flips=False, papers=False)
    return facts_of(run(scenario, replications=200, tables=False), looks)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_charts_taken_as_they_are_are_what_altair_writes(facts: Facts, theme: Theme) -> None:
    for draw in (
        partial(plan_losses, facts.plans, facts.currency),
        partial(loss_spread, facts.plans, facts.currency),
        partial(loss_parts, facts.plans, facts.currency, facts.replications),
    ):
        chart = draw(theme=theme, width=480)
        assert json.loads(str(in_script(plain_specification(chart)))) == json.loads(json.dumps(specification(chart)))


def test_nothing_in_a_script_ends_it_or_is_markup() -> None:
    data = {"a": "</script><!-- & \u2028\u2029 'x' \"y\""}
    text = str(in_script(data))
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == data


@pytest.mark.parametrize(("place", "wide"), [(0, 320), (390, 360), (640, 640), (5_000, 800)])
def test_charts_come_in_a_few_widths(place: int, wide: int) -> None:
    assert chart_width(place) == wide
