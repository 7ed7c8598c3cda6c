"""Rules that stand between a buyer and the money back, and what it would mean to relax each.

A relaxation is a list of values of the scenario, worked out from the scenario and from the rules of its own protection:
one that is lax already, or says nothing under this protection, is skipped with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.experiments.record import protection_pack
from sim.outcomes import RecoveryRule
from sim.scenario.pack_words import value_in_words
from sim.terms import Consequence, GoodsReturned, PreShipmentCover, word_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sim.scenario import PlanSpec, Scenario, ScenarioSpec, SupplierSpec
    from sim.studies.points import Value
    from sim.terms import Rule, RulePack

ALL: Final = "all"
"""Name of all rules relaxed together."""
SHORTEST_LONG_WINDOW: Final = 60.0
"""Days that a relaxed claim window has at least."""
_PEOPLE: Final = 12
"""So many people answer disputes where no reply may wait for another: a plan has no more orders."""


class Setting(NamedTuple):
    """One value that a relaxation sets."""

    path: str
    value: Value


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A rule relaxed.

    Attributes
    ----------
    name
        By which it is asked for.
    drop
        The part of the harm that the rule stops, as the recovery calls it.
    doing
        What closes the gap, as the subject of a sentence.
    who
        Who could close it: the buyer, the protection or the mediator.
    settings
        What is changed in the scenario; nothing where it is skipped.
    change
        The same in words.
    skipped
        Why there is nothing to relax; None where there is.
    is_choice
        Whether it is the buyer's own way to bargain, which is no part of all rules relaxed together: a claim pursued to
        the last costs time as well.
    """

    name: str
    drop: RecoveryRule | None
    doing: str
    who: str
    settings: tuple[Setting, ...] = ()
    change: str = ""
    skipped: str | None = None
    is_choice: bool = False


@dataclass(frozen=True, slots=True)
class _Case:
    """A scenario as relaxations look at it."""

    spec: ScenarioSpec
    pack: RulePack
    plans: tuple[PlanSpec, ...]

    def rule(self, name: str) -> Rule:
        return self.pack.rules[name]

    def suppliers(self) -> Iterator[tuple[str, SupplierSpec]]:
        """Suppliers that the plans order from, or fall back on."""
        used = {
            name
            for plan in self.plans
            for order in plan.orders
            for name in (order.supplier, getattr(order.otherwise, "supplier", None))
        }
        return ((name, supplier) for name, supplier in self.spec.suppliers.items() if name in used)

    @property
    def inspects(self) -> bool:
        return any(order.inspections for plan in self.plans for order in plan.orders)


class _Found(NamedTuple):
    """What a relaxation changes, in settings and in words; without settings, why it changes nothing."""

    settings: tuple[Setting, ...]
    words: str


def _overridden(case: _Case, name: str, value: Value) -> _Found:
    """One rule of the protection set to a value, in the unit and on the clock that it has."""
    rule = case.rule(name)
    whole: dict[str, Value] = {"value": value, "unit": rule.unit}
    if rule.clock is not None:
        whole["clock"] = rule.clock
    words = f"{name} {_in_words(value)} instead of {value_in_words(rule)}"
    return _Found((Setting(f"protection_overrides.{name}", whole),), words)


def _set(settings: Sequence[tuple[str, Value, object]], lax: str) -> _Found:
    """Values of the scenario, each with what stands there now; those that are so already are left out."""
    changed = tuple(Setting(path, value) for path, value, now in settings if now != value)
    if not changed:
        return _Found((), lax)
    return _Found(changed, ", ".join(f"{path} {_in_words(value)}" for path, value in changed))


def _in_words(value: Value) -> str:
    """A value as a reader knows it: yes or no, words apart, numbers short."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, int | float) else str(value).replace("_", " ")


# ------------------------------------------------------------------------------------- in the protection's hands


def _cover(case: _Case) -> _Found:
    grounds = ("covers_late_shipment", "covers_quality", "covers_agreed_lateness")
    custom = ("covers_custom_made",) if case.spec.contract.custom_made else ()
    conforming = ("covers_conforming_goods",) if case.inspects else ()
    missing = [name for name in (*grounds, *custom, *conforming) if not case.rule(name).value]
    found = [_overridden(case, name, value=True) for name in missing]
    if not found:
        return _Found((), "every ground that could matter is covered")
    return _Found(tuple(each.settings[0] for each in found), ", ".join(each.words for each in found))


def _limit(case: _Case) -> _Found:
    if not case.rule("limit_applies").value:
        return _Found((), "this protection knows no limit")
    if all(supplier.assurance_limit is None for _, supplier in case.suppliers()):
        return _Found((), "no supplier has a limit")
    return _overridden(case, "limit_applies", value=False)


def _claim_window(case: _Case) -> _Found:
    if not case.rule("covers_quality").value:
        return _Found((), "this protection does not cover quality")
    days = float(case.rule("claim_window").value or 0)
    return _overridden(case, "claim_window", max(2 * days, SHORTEST_LONG_WINDOW))


def _before_shipment(case: _Case) -> _Found:
    wanted = word_of(PreShipmentCover.ALL_PAID)
    if case.rule("pre_shipment_cover").value == wanted:
        return _Found((), "all that has been paid is covered before shipment")
    return _overridden(case, "pre_shipment_cover", wanted)


def _refund_advanced(case: _Case) -> _Found:
    if case.rule("refund_advanced").value:
        return _Found((), "the platform pays when the supplier does not")
    if all(supplier.disputes.defaults_on_refund_probability == 0 for _, supplier in case.suppliers()):
        return _Found((), "every supplier pays the refunds that it owes")
    return _overridden(case, "refund_advanced", value=True)


def _goods_kept(case: _Case) -> _Found:
    wanted = word_of(GoodsReturned.NEVER)
    if case.rule("goods_returned").value == wanted:
        return _Found((), "goods never have to go back")
    as_decided = case.rule("goods_returned").value == word_of(GoodsReturned.AS_DECIDED)
    if as_decided and case.spec.disputes.return_probability == 0:
        return _Found((), "no mediator asks for the goods back")
    return _overridden(case, "goods_returned", wanted)


# ------------------------------------------------------------------------------------------ in the buyer's hands


def _platform(case: _Case) -> _Found:
    if not case.rule("requires_platform_payment").value:
        return _Found((), "this protection covers money on any way")
    settings: list[tuple[str, Value, object]] = []
    for name, supplier in case.suppliers():
        payment = supplier.payment
        settings.append((f"suppliers.{name}.payment.through", "platform", payment.through))
        settings.append((f"suppliers.{name}.payment.platform_share", 1.0, payment.platform_share))
    return _set(settings, "everything is paid through the platform")


def _contract(case: _Case) -> _Found:
    now = case.spec.contract.detail_share
    return _set([("contract.detail_share", 1.0, now)], "every requirement is written down")


def _tolerance(case: _Case) -> _Found:
    tolerance = case.spec.contract.tolerance
    classes = ("critical", "major", "minor")
    settings: list[tuple[str, Value, object]] = [
        (f"contract.tolerance.{name}", 0.0, getattr(tolerance, name)) for name in classes
    ]
    return _set(settings, "the contract allows no defects")


def _goods_check(case: _Case) -> _Found:
    days = case.spec.buyer.goods_check_days.distribution
    return _set(
        [("buyer.goods_check_days", 0, days.constant if days.is_constant else None)], "goods are checked on arrival"
    )


def _answers(case: _Case) -> _Found:
    buyer = case.spec.buyer
    replies, evidence = buyer.reply_days.distribution, buyer.evidence_days.distribution
    orders = max(len(plan.orders) for plan in case.plans)
    settings: list[tuple[str, Value, object]] = [
        ("buyer.reply_days", 0, replies.constant if replies.is_constant else None),
        ("buyer.evidence_days", 0, evidence.constant if evidence.is_constant else None),
    ]
    if case.rule("negotiation_end").value == word_of(Consequence.CANCELLED):
        settings.append(("buyer.escalates_before_close", True, buyer.escalates_before_close))
    if buyer.disputes_at_once < orders:
        settings.append(("buyer.disputes_at_once", _PEOPLE, buyer.disputes_at_once))
    return _set(settings, "the buyer answers at once")


def _minimum_claim(case: _Case) -> _Found:
    return _set([("buyer.minimum_claim", 0.0, case.spec.buyer.minimum_claim)], "no claim is too small")


def _messages(case: _Case) -> _Found:
    spec = case.spec
    if spec.disputes.odds.messages_off_platform == 1:
        return _Found((), "the mediator does not mind where the talk was")
    return _set(
        [("contract.messages_on_platform", True, spec.contract.messages_on_platform)], "the talk is on the platform"
    )


def _holding_out(case: _Case) -> _Found:
    now = case.spec.buyer.accepts_offer_from_share
    return _set([("buyer.accepts_offer_from_share", 1.0, now)], "the buyer settles for the full claim only")


# ---------------------------------------------------------------------------------------- in the mediator's hands


def _upheld(case: _Case) -> _Found:
    return _set([("disputes.uphold_probability", 1.0, case.spec.disputes.uphold_probability)], "every claim is upheld")


def _in_full(case: _Case) -> _Found:
    share = case.spec.disputes.award_share
    return _set([("disputes.award_share", 1.0, share.constant if share.is_constant else None)], "awards are in full")


class _Gap(NamedTuple):
    name: str
    drop: RecoveryRule
    doing: str
    who: str
    found: Callable[[_Case], _Found]
    is_choice: bool = False


BUYER: Final = "you"
PROTECTION: Final = "protection"
MEDIATOR: Final = "mediator"

_GAPS: Final = (
    _Gap("cover", RecoveryRule.NOT_COVERED, "cover of every ground", PROTECTION, _cover),
    _Gap("platform", RecoveryRule.PAID_OFF_PLATFORM, "paying everything on the platform", BUYER, _platform),
    _Gap("tolerance", RecoveryRule.WITHIN_TOLERANCE, "allowing no defects in the contract", BUYER, _tolerance),
    _Gap("contract", RecoveryRule.NOT_IN_CONTRACT, "writing every requirement into the contract", BUYER, _contract),
    _Gap("claim-window", RecoveryRule.FOUND_TOO_LATE, "a longer claim window", PROTECTION, _claim_window),
    _Gap("goods-check", RecoveryRule.FOUND_TOO_LATE, "checking the goods on arrival", BUYER, _goods_check),
    _Gap(
        "minimum-claim", RecoveryRule.NOT_CLAIMED, "claiming every amount, however small", BUYER, _minimum_claim, True
    ),
    _Gap("answers", RecoveryRule.CANCELLED_BY_SILENCE, "answering every deadline at once", BUYER, _answers),
    _Gap(
        "holding-out",
        RecoveryRule.SETTLED_FOR_LESS,
        "settling for nothing less than the claim",
        BUYER,
        _holding_out,
        True,
    ),
    _Gap("messages", RecoveryRule.REJECTED, "keeping all messages on the platform", BUYER, _messages),
    _Gap("upheld", RecoveryRule.REJECTED, "a mediator who upholds every claim", MEDIATOR, _upheld),
    _Gap("in-full", RecoveryRule.REDUCED_BY_MEDIATOR, "a mediator who awards the full claim", MEDIATOR, _in_full),
    _Gap("return", RecoveryRule.RETURN_FORGONE, "not having to send goods back", PROTECTION, _goods_kept),
    _Gap(
        "pre-shipment",
        RecoveryRule.ABOVE_AMOUNT_PAID,
        "cover of all paid before shipment",
        PROTECTION,
        _before_shipment,
    ),
    _Gap("limit", RecoveryRule.ABOVE_LIMIT, "lifting the limit", PROTECTION, _limit),
    _Gap("payout", RecoveryRule.NOT_PAID_OUT, "a platform that pays for the supplier", PROTECTION, _refund_advanced),
)

RELAXATION_NAMES: Final = (*(gap.name for gap in _GAPS), ALL)
"""Every rule that can be relaxed, in the order in which they stop money."""


def relaxations_of(scenario: Scenario, plans: Sequence[str], names: Sequence[str] = ()) -> tuple[Relaxation, ...]:
    """What it would mean to relax rules of a scenario.

    Parameters
    ----------
    scenario
        With its protection.
    plans
        Plans that count: suppliers that none of them orders from do not.
    names
        Of `RELAXATION_NAMES`; all where none is named.

    Returns
    -------
    tuple of Relaxation
        In the order in which the rules stop money; ``all`` is last, and relaxes those before it together, or all that
        there are where it is the only one. Ways to bargain are no part of it.
    """
    pack = protection_pack(scenario)
    case = _Case(scenario.model, pack, tuple(plan for plan in scenario.plans if plan.name in plans))
    covers_nothing = not (case.rule("covers_late_shipment").value or case.rule("covers_quality").value)
    others = [name for name in names if name != ALL]
    wanted = [gap for gap in _GAPS if gap.name in others or not others]
    found = [_relaxation(gap, case, covers_nothing=covers_nothing) for gap in wanted]
    if ALL not in names and names:
        return tuple(found)
    together = _together(found)
    return (together,) if names and not others else (*found, together)


def _relaxation(gap: _Gap, case: _Case, *, covers_nothing: bool) -> Relaxation:
    settings, words = ((), f"{case.pack.id} protects nothing") if covers_nothing else gap.found(case)
    return Relaxation(
        gap.name,
        gap.drop,
        gap.doing,
        gap.who,
        settings,
        change=words if settings else "",
        skipped=None if settings else words,
        is_choice=gap.is_choice,
    )


def _together(found: Sequence[Relaxation]) -> Relaxation:
    lax = [relaxation for relaxation in found if relaxation.settings and not relaxation.is_choice]
    settings = tuple(setting for relaxation in lax for setting in relaxation.settings)
    if not settings:
        return Relaxation(ALL, None, "all of them together", "", skipped="there is nothing to relax")
    return Relaxation(ALL, None, "all of them together", "", settings, ", ".join(one.name for one in lax))
