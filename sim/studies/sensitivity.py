"""Sensitivity of a plan's loss, or of the choice between two plans, to the uncertain inputs of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from sim.errors import InputError, Problem
from sim.experiments.runs import plans_wanted
from sim.experiments.wording import listed
from sim.studies.density import SLIDES, pawn
from sim.studies.discovery import FEWEST_POINTS, discovered
from sim.studies.inputs import members_of
from sim.studies.joint_inputs import JointInput, believed_inputs
from sim.studies.outputs import Output, responses_in
from sim.studies.points import Point
from sim.studies.screening import morris, tornado
from sim.studies.sensitivity_answer import Sensitivity
from sim.studies.sensitivity_designs import latin_design
from sim.studies.variance import sobol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.scenario import Scenario
    from sim.studies.changes import Pairs
    from sim.studies.discovery import Discovery
    from sim.studies.explanations import Explanation
    from sim.studies.findings import Finding
    from sim.studies.inputs import Believed
    from sim.studies.outputs import Responses

Method = Literal["tornado", "morris", "sobol", "pawn"]
POINTS: Final[dict[Method, int]] = {"morris": 64, "sobol": 1024, "pawn": 2000}
"""What ``--points`` is by default: trajectories of morris, base points of sobol, points of pawn."""
_FEWEST: Final[dict[Method, int]] = {"morris": 4, "sobol": 16, "pawn": 20 * SLIDES}
_PAIR: Final = 2


def sensitivity_found(
    study: Pairs,
    scenario: Scenario,
    method: Method = "sobol",
    *,
    plan: str | None = None,
    plans: Sequence[str] = (),
    inputs: Sequence[str] = (),
    points: int | None = None,
    discover: int | None = None,
    seed: int = 1,
) -> Sensitivity:
    """Which uncertain inputs decide how much a plan loses, or which of two plans loses less.

    Parameters
    ----------
    study
        Finds out what plans come to.
    scenario
        Whose inputs are varied.
    method
        ``tornado``, ``morris``, ``sobol`` or ``pawn``.
    plan
        Explain the expected loss of this plan.
    plans
        Explain the difference of these two; where neither is named, of the two that lose least with the scenario's own
        values, if it has two.
    inputs
        Paths of the inputs, or of what is known together only; all of them where none is named.
    points
        How many, as `POINTS` counts them.
    discover
        Look for where the answer flips on so many points of their own.
    seed
        Of the design and of resampling, not of the simulation.

    Raises
    ------
    InputError
        Of plans, inputs or numbers that make no sense, all before anything is simulated.
    """
    _check(scenario, method, plan, plans, points, discover)
    varied = believed_inputs(scenario, inputs)
    own = _own(study, plans_wanted(scenario, ())) if plan is None and not plans else None
    output = Output(plan) if plan is not None else Output(*(plans or _best_two(own)))
    # Nothing but the design is asked for first where the plans are named, so that a dry run tells what it costs.
    found = _explained(study, varied, output, method, points or POINTS.get(method, 0), seed, scenario.model.currency)
    corners, searched = _discovery(study, varied, found, output, discover, seed)
    return Sensitivity(
        scenario=scenario.name,
        currency=scenario.model.currency,
        own=own or _own(study, output.plans),
        is_default_pair=own is not None and output.other is not None,
        output=output,
        explanation=found,
        discovery=corners,
        searched=searched,
        joint=_joint_said(method, varied),
    )


def _joint_said(method: Method, varied: Sequence[Believed]) -> str | None:
    """How inputs that are known together only were varied; None where there are none."""
    joint = [one for one in varied if isinstance(one, JointInput)]
    if not joint:
        return None
    named = listed([f"{one.path} ({len(one.members)} numbers)" for one in joint])
    start = f"Drawn together, {len(joint[0].rows)} times: {named}"
    if method == "tornado":
        return f"{start}; a tornado moves each number by itself all the same, --method sobol takes whole draws."
    if method == "sobol":
        return f"{start}; a whole draw at a time, as one input."
    return f"{start}; a whole draw at a time, as one input, along the line on which the draws differ most."


def _check(
    scenario: Scenario,
    method: Method,
    plan: str | None,
    plans: Sequence[str],
    points: int | None,
    discover: int | None,
) -> None:
    """Refuse what makes no sense, everything at once."""
    problems = []
    if plan and plans:
        problems.append(Problem("--plan and --plans are both given", hint="name one plan, or the two to be compared"))
    if plans and (len(plans) != _PAIR or plans[0] == plans[1]):
        problems.append(Problem(f"--plans takes two plans, not {', '.join(plans)}", hint="such as --plans one,other"))
    if points is not None and method == "tornado":
        problems.append(Problem("a tornado has two points an input", hint="leave out --points, or choose a method"))
    elif points is not None and points < _FEWEST[method]:
        problems.append(Problem(f"{points} points are too few for {method}", hint=f"{_FEWEST[method]} at least"))
    if discover is not None and (plan or len(scenario.plans) < _PAIR):
        problems.append(Problem("--discover takes two plans", hint="such as --plans one,other, without --plan"))
    if discover is not None and discover < 2 * FEWEST_POINTS:
        hint = f"{2 * FEWEST_POINTS} at least: corners are found on one half and judged on the other"
        problems.append(Problem(f"{discover} points are too few to discover anything", hint=hint))
    if problems:
        raise InputError(*problems)
    plans_wanted(scenario, ((plan,) if plan else ()) + tuple(plans))


def _own(study: Pairs, plans: tuple[str, ...]) -> Finding:
    """What plans come to with the scenario's own values."""
    (own,) = study.findings([Point((), plans)])
    if own.error is not None:
        message = "the scenario's own values give no result, so there is nothing to compare with"
        raise InputError(Problem(message, hint=own.error))
    return own


def _best_two(own: Finding | None) -> tuple[str, ...]:
    """The two plans that lose least; the only one where there is no other."""
    plans = {} if own is None else own.plans
    return tuple(sorted(plans, key=lambda name: plans[name].sums["loss"].total)[:_PAIR])


def _explained(
    study: Pairs, inputs: Sequence[Believed], output: Output, method: Method, points: int, seed: int, currency: str
) -> Explanation:
    match method:
        case "tornado":
            moved = [one for one in members_of(inputs) if not one.distribution.is_constant]
            return tornado(study, moved, output, currency)
        case "morris":
            return morris(study, inputs, output, points, seed, currency)
        case "sobol":
            return sobol(study, inputs, output, points, seed)
        case "pawn":
            return pawn(study, inputs, output, points, seed)


def _discovery(
    study: Pairs, varied: Sequence[Believed], found: Explanation, output: Output, discover: int | None, seed: int
) -> tuple[Discovery | None, Responses | None]:
    """Where the answer flips, and the points on which that was looked for beyond those of the method.

    A corner is found on one half of the points and judged on the other. The base rows of a Sobol design, A and B, are
    such halves; of a Latin hypercube, every second point. A tornado and Morris's walks leave most of the space empty,
    so nothing but the number of wins is told of their points.
    """
    if output.other is None:
        return None, None
    if discover is not None:
        searched = responses_in(study, varied, latin_design(len(varied), discover, seed + 1), output)
        return discovered(searched, np.arange(discover) % 2 == 1), searched
    place = np.arange(len(found.found.findings))
    match found.method:
        case "sobol":
            length = len(found.found.inputs) + 2
            base = found.found.selected((place % length == 0) | (place % length == length - 1))
            return discovered(base, np.arange(len(base.findings)) % 2 == 1), None
        case "pawn":
            return discovered(found.found, place % 2 == 1), None
    return discovered(found.found), None
