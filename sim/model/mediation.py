"""How a mediator decides, as numbers: the probability of upholding for everything that the odds depend on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.parts import Mediation, Timespan
from sim.protocol import Ground
from sim.random.tables import build_table
from sim.rules.mediation import Evidence, OddsRatios, uphold_probability
from sim.rules.reports import Report

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.scenario.keys import Duration
    from sim.scenario.schema import ScenarioSpec


def odds_ratios_of(spec: ScenarioSpec) -> OddsRatios:
    """What multiplies the odds of being upheld in a scenario."""
    odds = spec.disputes.odds
    return OddsRatios(
        full_contract_detail=odds.full_contract_detail,
        failed_report=odds.failed_inspection_report,
        passed_report=odds.passed_inspection_report,
        messages=1.0 if spec.contract.messages_on_platform else odds.messages_off_platform,
    )


def mediation_of(spec: ScenarioSpec, span_of: Callable[[Duration], Timespan]) -> Mediation:
    """The mediator of a scenario."""
    given, ratios = spec.disputes, odds_ratios_of(spec)
    upheld = tuple(
        tuple(
            tuple(
                uphold_probability(
                    given.uphold_probability, spec.contract.detail_share, ratios, ground, report, evidence
                )
                for evidence in Evidence
            )
            for report in Report
        )
        for ground in (Ground.LATE_SHIPMENT, Ground.QUALITY)
    )
    return Mediation(
        upheld=upheld,
        award=build_table(given.award_share),
        returned=given.return_probability,
        decision=span_of(given.decision_days),
    )
