"""Every way through a dispute: whoever must move does so a minute before, on or after every limit that there is.

The plain story and what it leads to stand in `tests.stories`; here every duration of it takes every value at which
something else could happen, in all combinations that bear on each other.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, product
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import pytest

from sim.engines import reference
from sim.protocol import Event
from sim.rules.mediation import evidence_deadline
from sim.terms import Clock, Consequence, GoodsReturned
from tests.differential.paths import (
    Path,
    around,
    keep,
    side_by_side,
    told,
    with_buyer,
    with_mediator,
    with_terms,
)
from tests.engines import simulated
from tests.stories import INSPECTED, MAKER, at, model_of, order_of

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Mapping

    from sim.model import PlanModel

CLAIMABLE: Final = (
    "alibaba-trade-assurance-2023",
    "alibaba-trade-assurance-faq",
    "paypal-goods-and-services",
    "escrow",
)
"""The packs under which anything can be claimed."""

DEFECTIVE: Final[dict[str, Any]] = {f"{MAKER}.defects.major": 0.1}
LATE: Final[dict[str, Any]] = {f"{MAKER}.production_days": 100}
REFUSED: Final[dict[str, Any]] = {
    **DEFECTIVE,
    "inspections.psi": {**INSPECTED, "sampling": {"standard": "fixed", "sample_size": 1000}},
}
STORIES: Final[dict[str, dict[str, Any]]] = {"defective": DEFECTIVE, "late": LATE, "refused": REFUSED}
YES_NO: Final = (False, True)


def model_told(
    folder: pathlib.Path, story: str, pack: str = CLAIMABLE[0], changes: Mapping[str, object] | None = None
) -> PlanModel:
    """One of the stories under a pack: its one order, and everything claimable in the contract."""
    bought = ["psi"] if story == "refused" else []
    return model_of(folder, {**STORIES[story], "protection": pack, **(changes or {})}, [order_of(inspections=bought)])


# ------------------------------------------------------------------------------------ negotiation


def told_negotiations(model: PlanModel) -> None:
    """Every pair of answer times that lie around the limits of a protection, and around each other's."""
    terms = model.terms
    replies = around([terms.escalation_opens, terms.supplier_silence, terms.negotiation_limit, at(1)])
    told(model, [Path(silent=True), *(Path(reply=supplier, concedes=True) for supplier in replies)])
    pairs = [
        (buyer, supplier)
        for supplier in replies
        for left in [terms.negotiation_limit - supplier]
        for buyer in around([terms.buyer_silence, terms.buyer_silence - supplier, left, (left - supplier) // 2])
    ]
    for buyer, together in groupby(sorted(pairs), key=itemgetter(0)):
        ways = [Path(reply=supplier) for _, supplier in together]
        told(
            with_buyer(model, reply=buyer), [*ways, *(way._replace(opening_offer=0.3, concession=0.3) for way in ways)]
        )


@pytest.mark.parametrize("pack", CLAIMABLE)
@pytest.mark.parametrize("story", STORIES)
def test_negotiation(folder: pathlib.Path, pack: str, story: str) -> None:
    model = model_told(folder, story, pack)
    for unanswered, before_close in product(YES_NO, YES_NO):
        idle = unanswered and model.terms.escalation_opens < 0
        if idle or (before_close and model.terms.negotiation_end == Consequence.ESCALATED):
            continue  # what the buyer would do makes no difference
        told_negotiations(with_buyer(model, escalates_unanswered=unanswered, escalates_before_close=before_close))


@pytest.mark.parametrize("silence_of_supplier", [Clock.BUYER_PROPOSAL, Clock.OPENED])
@pytest.mark.parametrize("silence_of_buyer", [Clock.SUPPLIER_PROPOSAL, Clock.OPENED])
@pytest.mark.parametrize("leads_to", [Consequence.CANCELLED, Consequence.ESCALATED])
def test_negotiation_on_other_clocks(
    folder: pathlib.Path, silence_of_supplier: Clock, silence_of_buyer: Clock, leads_to: Consequence
) -> None:
    model = with_terms(
        with_buyer(model_told(folder, "defective"), escalates_unanswered=False),
        supplier_silence_clock=silence_of_supplier,
        buyer_silence_clock=silence_of_buyer,
        buyer_silence_effect=leads_to,
    )
    for end, before_close in (
        (Consequence.ESCALATED, False),
        (Consequence.CANCELLED, False),
        (Consequence.CANCELLED, True),
    ):
        told_negotiations(with_terms(with_buyer(model, escalates_before_close=before_close), negotiation_end=end))


@pytest.mark.parametrize("pack", CLAIMABLE)
@pytest.mark.parametrize("story", STORIES)
def test_answers_that_change_from_round_to_round(folder: pathlib.Path, pack: str, story: str) -> None:
    """Given answer times drawn anew for each round from all minutes around all limits."""
    terms = model_told(folder, story, pack).terms
    limits = [terms.escalation_opens, terms.supplier_silence, terms.buyer_silence, terms.negotiation_limit // 2]
    drawn = {"dist": "empirical", "values": [minute / at(1) for minute in (60, at(1), at(2), *around(limits))]}
    model = model_told(folder, story, pack, {f"{MAKER}.disputes.reply_days": drawn, "buyer.reply_days": drawn})
    for unanswered in YES_NO:
        keep(simulated(with_buyer(model, escalates_unanswered=unanswered), range(200)))


# ------------------------------------------------------------------------------------ evidence and decision


@pytest.mark.parametrize("working", YES_NO)
@pytest.mark.parametrize("buyer_missed", [Consequence.CANCELLED, Consequence.DECIDED_WITHOUT])
@pytest.mark.parametrize("supplier_missed", [Consequence.UPHELD, Consequence.DECIDED_WITHOUT])
def test_evidence(folder: pathlib.Path, working: bool, buyer_missed: Consequence, supplier_missed: Consequence) -> None:
    """On every day of the week, at every end of the evidence time, and however the mediator decides."""
    model = with_terms(
        model_told(folder, "defective"),
        evidence_window_working=working,
        buyer_evidence_missed=buyer_missed,
        supplier_evidence_missed=supplier_missed,
    )
    decisions = [{"upheld": 0.0}, {"award": 0.5}, {"returned": 1.0}]
    for day in range(7):
        window = evidence_minutes(model, at(day))
        for ours, decision in product(around([window]), decisions):
            deciding = with_mediator(with_buyer(model, evidence=ours), **decision, decision=at(3))
            theirs = [Path(at(day), evidence=minutes) for minutes in (*around([window]), 0, max(ours - 1, 0), ours + 1)]
            told(deciding, [*theirs, Path(at(day), silent=True)])


def evidence_minutes(model: PlanModel, start: int) -> int:
    """Minutes for evidence, in a story that starts then: they depend on the day of the week."""
    events = reference.simulate(side_by_side(model, [Path(start)]), range(1), trace=True).trace
    escalated = int(events["minute"][events["event"] == Event.BUYER_ESCALATED].item())
    deadline: int = evidence_deadline(model.terms, model.calendars[model.platform_calendar], escalated)
    return deadline - escalated


@pytest.mark.parametrize("goods", GoodsReturned)
def test_what_comes_of_an_award(folder: pathlib.Path, goods: GoodsReturned) -> None:
    """The whole or a part, with goods sent back or kept; paid, not paid, or paid by the platform."""
    model = with_terms(model_told(folder, "defective"), goods_returned=goods)
    (maker,) = model.suppliers
    for freight, defaults, advanced, limit in product((0, 20_000_000), (0.0, 1.0), (0, 1), (-1, 0, 50_000)):
        disputes = maker.disputes._replace(defaults=defaults)
        paying = with_terms(
            replace(model, suppliers=(maker._replace(return_freight=freight, limit=limit, disputes=disputes),)),
            refund_advanced=advanced,
        )
        for award, returned in product((0.0, 0.5, 1.0), (0.0, 1.0)):
            told(
                with_mediator(paying, award=award, returned=returned, decision=at(3)),
                [Path(), Path(concedes=True, reply=at(1)), Path(opening_offer=0.7, reply=at(1)), Path(payout=0)],
            )


# ------------------------------------------------------------------------------------ what is found when


@pytest.mark.parametrize("clock", [Clock.RECEIVED, Clock.PLACED])
@pytest.mark.parametrize("minimum", [0, 60_000])
def test_claim_window(folder: pathlib.Path, clock: Clock, minimum: int) -> None:
    """Goods checked and latent defects shown around the end of the window and each other; claims open around both.

    Half of the defects are latent, so that what is visible alone may not be worth a claim.
    """
    latent = {"major": 0.1, "latent_share": 0.5}
    changes = {f"{MAKER}.defects": latent, "buyer.minimum_claim": minimum / 100}
    model = model_told(folder, "defective", changes=changes)
    model = with_terms(model, claim_window_clock=clock, claim_window=at(60 if clock == Clock.PLACED else 30))
    received, window = at(30), at(30)
    for check in around([at(5), window]):
        shown = around([check, window])
        for opens in (0, *around([received + check]), *around([received + window]), received + window + at(9)):
            opening = with_terms(with_buyer(model, goods_check=check), claim_opens=opens)
            told(opening, [Path(latent_after=minutes) for minutes in shown])


# ------------------------------------------------------------------------------------ late goods

TALKS: Final = {
    "slow": Path(),
    "silent": Path(silent=True),
    "talking": Path(reply=at(2)),
    "settling": Path(reply=at(2), opening_offer=0.3, concession=0.3),
    "conceding": Path(reply=at(2), concedes=True),
}


@pytest.mark.parametrize("pack", CLAIMABLE)
@pytest.mark.parametrize("talk", TALKS)
@pytest.mark.parametrize("story", ["late", "refused"])
def test_goods_leave_around_every_moment_of_a_dispute(folder: pathlib.Path, pack: str, talk: str, story: str) -> None:
    """Goods that are finished, or refused, a minute before, in and after every minute in which anything happens."""
    model = model_told(folder, story, pack)
    for upheld, accepted in product((0.0, 1.0), (0, at(3))):
        deciding = with_mediator(with_buyer(model, extension_accepted=accepted), upheld=upheld, decision=at(3))
        way = TALKS[talk]._replace(production=at(100))
        events = reference.simulate(side_by_side(deciding, [way]), range(1), trace=True).trace
        told(deciding, [way._replace(production=minute) for minute in around({*events["minute"].tolist(), at(30)})])


@pytest.mark.parametrize("agreed_is_covered", YES_NO)
def test_extensions(folder: pathlib.Path, agreed_is_covered: bool) -> None:
    """Goods ready around every whole day after the ship date; the buyer's patience around every whole day as well."""
    model = with_terms(model_told(folder, "late"), covers_agreed_lateness=agreed_is_covered)
    ready = [Path(production=minute) for minute in around([at(30), at(31), at(33), at(36)])]
    for accepted, opens in product(around([0, at(1), at(3), at(6)]), (0, *around([at(30), at(33)]))):
        told(with_terms(with_buyer(model, extension_accepted=accepted), claim_opens=opens), ready)


@pytest.mark.parametrize("story", ["defective", "late"])
def test_writing_off(folder: pathlib.Path, story: str) -> None:
    """Given a supplier that never ships, and a buyer who gives up around every moment of the dispute."""
    model = model_told(folder, story, changes={f"{MAKER}.never_ships_probability": 1})
    for upheld, way in product((0.0, 1.0), TALKS.values()):
        deciding = with_mediator(model, upheld=upheld, decision=at(3))
        events = reference.simulate(side_by_side(deciding, [way]), range(1), trace=True).trace
        for after in around({minute - at(30) for minute in events["minute"].tolist()}):
            told(with_buyer(deciding, writes_off_after=after), [way])
