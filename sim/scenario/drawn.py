"""The scenarios that the parameter sets of a scenario make: one for each joint draw of what is not known exactly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sim.errors import Problem, ScenarioError
from sim.scenario.loading import Scenario, scenario_checked

if TYPE_CHECKING:
    from sim.scenario.loading import Draft

_KEY: Final = "parameter_sets"


def drawn_scenarios(scenario: Scenario) -> tuple[Scenario, ...]:
    """One scenario for each parameter set, none where there are no sets.

    What was set from outside (`Scenario.overrides`) holds in every one of them: whoever asks what happens at 5 %
    defects means 5 %, not 5 % in one set.

    Raises
    ------
    ScenarioError
        A set makes no valid scenario.
    """
    given = scenario.model.parameter_sets
    if given is None:
        return ()
    draft = without_sets(scenario.draft)
    found = []
    for number in range(len(given.sets)):
        try:
            found.append(scenario_checked(draft, (*scenario.overrides, *given.overrides(number, scenario.overrides))))
        except ScenarioError as error:
            raise ScenarioError(*(_in_set(number, problem) for problem in error.problems)) from None
    return tuple(found)


def without_sets(draft: Draft) -> Draft:
    """The draft as if everything were known exactly."""
    entries = {name: entry for name, entry in draft.tree.entries.items() if name != _KEY}
    return replace(draft, tree=replace(draft.tree, entries=entries))


def _in_set(number: int, problem: Problem) -> Problem:
    return replace(problem, message=f"parameter set {number}: {problem.message}")
