"""How a mediator decides: unknown, so all of it is assumption that a study should vary."""

from typing import Annotated

from pydantic import Field

from sim.scenario.keys import Days, Share, Spec, UncertainShare, key

Odds = Annotated[float, Field(gt=0, le=1000)]


class OddsSpec(Spec):
    """What multiplies the odds of the claim being upheld."""

    full_contract_detail: Odds = key(
        "At a detail share of 1; in proportion, on the log scale, below.", default=1.0, unit="odds ratio"
    )
    failed_inspection_report: Odds = key(
        "When an inspection report says the lot failed.", default=1.0, unit="odds ratio"
    )
    passed_inspection_report: Odds = key(
        "When an inspection report says the lot passed.", default=1.0, unit="odds ratio"
    )
    messages_off_platform: Odds = key(
        "When the talk with the supplier was not kept on the platform.", default=1.0, unit="odds ratio"
    )


class MediationSpec(Spec):
    """How a mediator decides a dispute."""

    uphold_probability: Share = key(
        "That a claim is upheld with neither evidence nor report.", default=0.5, unit="probability"
    )
    odds: OddsSpec = key("What multiplies the odds of being upheld.", default=OddsSpec())
    award_share: UncertainShare = key("What an upheld claim is awarded, of the claim.", default=1.0, unit="share")
    return_probability: Share = key(
        "That the remedy is the return of the goods against refund.", default=0.0, unit="probability"
    )
    decision_days: Days = key("From the end of the evidence to the decision.", default=0, unit="days")
