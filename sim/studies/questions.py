"""The questions that studies answer, asked from Python: nothing is kept beyond the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sim.studies.study import study_in_memory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.scenario import Scenario
    from sim.studies.advice import Advice
    from sim.studies.breakeven import BreakEven
    from sim.studies.choices import Choices
    from sim.studies.first_looks import FirstLook
    from sim.studies.frontier import Frontier
    from sim.studies.gaps import Gaps
    from sim.studies.knowledge import Information
    from sim.studies.optimise import Terms
    from sim.studies.sensitivity_answer import Sensitivity
    from sim.studies.sweep import Sweep


def _with_seed(scenario: Scenario, seed: int | None) -> Scenario:
    """The scenario with another seed, from which designs are drawn as well."""
    return scenario if seed is None else scenario.with_overrides([f"run.seed={seed}"])


def sweep(
    scenario: Scenario,
    vary: Sequence[str],
    *,
    design: Literal["grid", "latin", "sobol"] = "grid",
    points: int = 128,
    plans: Sequence[str] = (),
    replications: int = 2_000,
    seed: int | None = None,
    workers: int = 1,
) -> Sweep:
    """Every plan at every point of a design.

    Parameters
    ----------
    scenario
        From `sim.load_scenario`; it is not changed.
    vary
        What is varied, each as in `sim.studies.designs.varied_read`, such as ``contract.detail_share=0..1/5``.
    design, points
        As in `sim.studies.designs.design_points`.
    plans, replications, seed, workers
        As in `sim.studies.study.study_in_memory`.

    Raises
    ------
    InputError
        An unknown plan or path, or a design that makes no sense.
    """
    from sim.studies.designs import varied_read
    from sim.studies.sweep import COLUMNS
    from sim.studies.sweep import sweep as swept

    scenario = _with_seed(scenario, seed)
    varied = [varied_read(text, scenario) for text in vary]
    with study_in_memory(scenario, plans, replications, seed, workers, COLUMNS) as study:
        return swept(study, scenario, varied, design, points)


def sensitivity(
    scenario: Scenario,
    method: Literal["tornado", "morris", "sobol", "pawn"] = "sobol",
    *,
    replications: int = 2_000,
    seed: int | None = None,
    workers: int = 1,
    **asked: Any,  # noqa: ANN401 - handed on
) -> Sensitivity:
    """Which uncertain inputs decide, and where the answer flips.

    Parameters
    ----------
    scenario
        From `sim.load_scenario`; it is not changed.
    method
        How it is found out.
    replications, seed, workers
        As in `sim.studies.study.study_in_memory`.
    **asked
        ``plan``, ``plans``, ``inputs``, ``points`` and ``discover`` as in `sim.studies.sensitivity.sensitivity_found`.

    Raises
    ------
    InputError
        An unknown plan or input, or a number of points that the method cannot use.
    """
    from sim.studies.sensitivity import sensitivity_found

    scenario = _with_seed(scenario, seed)
    with study_in_memory(scenario, (), replications, seed, workers) as study:
        return sensitivity_found(study, scenario, method, **asked)


def breakeven(
    scenario: Scenario,
    path: str,
    *,
    plans: Sequence[str] = (),
    reach: str | None = None,
    replications: int = 2_000,
    seed: int | None = None,
    workers: int = 1,
) -> BreakEven:
    """The value of an input at which two plans cost the same.

    Parameters
    ----------
    scenario
        From `sim.load_scenario`; it is not changed.
    path, plans, reach
        As in `sim.studies.breakeven.breakeven_found`.
    replications, seed, workers
        As in `sim.studies.study.study_in_memory`.

    Raises
    ------
    InputError
        An unknown plan or path, or no range to look in.
    """
    from sim.studies.breakeven import breakeven_found

    scenario = _with_seed(scenario, seed)
    with study_in_memory(scenario, plans, replications, seed, workers) as study:
        return breakeven_found(study, scenario, path, plans=plans, reach=reach)


def frontier(
    scenario: Scenario,
    paths: tuple[str, str],
    *,
    plans: Sequence[str] = (),
    reaches: tuple[str | None, str | None] = (None, None),
    count: int = 9,
    replications: int = 2_000,
    seed: int | None = None,
    workers: int = 1,
) -> Frontier:
    """The values of two inputs at which two plans cost the same.

    Parameters
    ----------
    scenario
        From `sim.load_scenario`; it is not changed.
    paths, plans, reaches, count
        As in `sim.studies.frontier.frontier_found`.
    replications, seed, workers
        As in `sim.studies.study.study_in_memory`.

    Raises
    ------
    InputError
        An unknown plan or path, or no range to look in.
    """
    from sim.studies.frontier import frontier_found

    scenario = _with_seed(scenario, seed)
    with study_in_memory(scenario, plans, replications, seed, workers) as study:
        return frontier_found(study, scenario, paths, plans=plans, reaches=reaches, count=count)


def information(
    scenario: Scenario,
    *,
    plans: Sequence[str] = (),
    inputs: Sequence[str] = (),
    groups: Mapping[str, Sequence[str]] | None = None,
    looks: Sequence[FirstLook] = (),
    points: int = 1_024,
    replications: int = 2_000,
    seed: int | None = None,
    workers: int = 1,
) -> Information:
    """What knowing an uncertain input before ordering is worth at most.

    Parameters
    ----------
    scenario
        From `sim.load_scenario`; it is not changed.
    plans, inputs, groups, looks, points
        As in `sim.studies.information.information_found`.
    replications, seed, workers
        As in `sim.studies.study.study_in_memory`.

    Raises
    ------
    InputError
        An unknown plan or input.
    """
    from sim.studies.information import information_found

    scenario = _with_seed(scenario, seed)
    with study_in_memory(scenario, plans, replications, seed, workers) as study:
        return information_found(study, scenario, plans=plans, inputs=inputs, groups=groups, looks=looks, points=points)


def gaps(
    scenario: Scenario,
    *,
    plans: Sequence[str] = (),
    rules: Sequence[str] = (),
    replications: int = 10_000,
    seed: int | None = None,
    workers: int = 1,
) -> Gaps:
    """What each rule of the protection costs: the loss with the rule relaxed.

    Parameters
    ----------
    scenario
        From `sim.load_scenario`; it is not changed.
    plans, rules
        As in `sim.studies.gaps.gaps_found`.
    replications, seed, workers
        As in `sim.studies.study.study_in_memory`.

    Raises
    ------
    InputError
        An unknown plan or rule.
    """
    from sim.studies.gaps import gaps_found

    scenario = _with_seed(scenario, seed)
    with study_in_memory(scenario, plans, replications, seed, workers) as study:
        return gaps_found(study, scenario, plans=plans, rules=rules)


def optimise(
    scenario: Scenario,
    choices: Choices | None = None,
    terms: Terms | None = None,
    *,
    seed: int | None = None,
    workers: int = 1,
) -> Advice:
    """How to order: how much, from whom, in how many orders, inspected how.

    Parameters
    ----------
    scenario
        From `sim.load_scenario`; it is not changed.
    choices
        What may be decided; by default what the scenario suggests.
    terms
        What is promised, and how often each way of ordering is simulated.
    seed, workers
        As in `sim.studies.study.study_in_memory`.

    Raises
    ------
    InputError
        Choices that make no sense.
    """
    from sim.engines import engine_named
    from sim.studies.choices import Choices
    from sim.studies.optimise import Terms, contest_of, optimised

    wanted = terms or Terms()
    scenario = _with_seed(scenario, seed)
    with study_in_memory(scenario, (), wanted.replications, seed, workers) as study:
        own = study.effort.seed
        contest = contest_of(scenario, engine_named("auto"), own, workers)
        return optimised(study, scenario, choices or Choices(), wanted._replace(seed=own), contest)
