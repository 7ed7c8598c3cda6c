"""What past disputes tell about a supplier's answers and a mediator's decisions; they are few, so priors weigh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.calibration.dispute_laws import (
    Decision,
    Moments,
    Replies,
    award_draws,
    base_draws,
    centred,
    lognormal_value,
    moments_before,
    probability_draws,
    reply_draws,
)
from sim.calibration.fitted import Fitted, Prior
from sim.experiments.wording import percentage
from sim.protocol import Ground
from sim.rules.reports import Report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from pandas import DataFrame

    from sim.calibration.history import History
    from sim.rules.mediation import OddsRatios

    Floats = NDArray[np.float64]
    Rows = NDArray[np.bool_]

IN_FULL: Final = 0.99
"""Refund, of the claim, from which a claim was paid in full."""
USUAL: Final[Mapping[str, Moments]] = {
    "reply_days": Moments(2.5, 3.0),
    "silent_probability": Moments(0.1, 0.0),
    "concedes_probability": Moments(0.05, 0.0),
    "uphold_probability": Moments(0.5, 0.0),
    "award_share": Moments(0.85, 0.15),
}
"""Centres of the priors where the scenario had no value before; assumption."""


@dataclass(frozen=True)
class DisputeFit:
    """The inputs on disputes, how many disputes there were, and what the history cannot tell.

    Attributes
    ----------
    own, decided
        Disputes with the supplier, and decided ones with any supplier.
    unanswered
        Posterior mean of the probability that an answer does not come within the limit: never, or later.
    """

    fitted: tuple[Fitted, ...] = ()
    own: int = 0
    decided: int = 0
    unanswered: float | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Asked:
    """What is asked for, and the means to answer it."""

    disputes: DataFrame
    before: Mapping[str, Any]
    worth: float
    sets: int
    rng: np.random.Generator

    def moments(self, path: str) -> Moments:
        return moments_before(self.before.get(path), USUAL[path.rsplit(".", 1)[-1]])

    def days(self, start: str, end: str) -> Floats:
        """Whole days from one date to another, shape (D,); NaN if either is unknown."""
        return np.asarray(
            (self.disputes[end] - self.disputes[start]).dt.total_seconds().to_numpy(dtype=np.float64) / 86_400
        )

    def is_outcome(self, *names: str) -> Rows:
        return np.asarray(self.disputes["outcome"].isin(names).to_numpy(dtype=bool))

    def refunded_share(self) -> Floats:
        money = self.disputes[["claimed", "refunded"]].to_numpy(dtype=np.float64, na_value=np.nan)
        unknown = np.full(len(money), np.nan)
        return np.asarray(np.divide(money[:, 1], money[:, 0], out=unknown, where=money[:, 0] > 0))

    def prior(self, name: str, law: str) -> Prior:
        return Prior(name, f"{law}, worth {self.worth:g} disputes", "the scenario's previous value, or the usual one")


def fitted_disputes(
    history: History,
    supplier: str,
    *,
    path: str,
    sets: int,
    rng: np.random.Generator,
    before: Mapping[str, Any],
    worth: float = 4.0,
    reply_limit: float = 7.0,
    concession_days: float = 14.0,
    detail_share: float | None = None,
    odds: OddsRatios | None = None,
) -> DisputeFit:
    """Fit how a supplier answers claims, and how mediators decide.

    Parameters
    ----------
    path
        Of the supplier in the scenario: ``suppliers.mill``.
    sets
        Number S of draws for each number.
    before
        Previous values by their paths (``suppliers.mill.disputes.reply_days``, ``disputes.award_share``, ...): numbers
        or distributions as mappings. The priors are centred there.
    worth
        Disputes that a previous value counts for.
    reply_limit
        Days in which the supplier may answer: what comes later counts as no answer within the limit.
    concession_days
        Where no outcome is written down: a refund in full by then is a concession, later an award.
    detail_share, odds
        Of the scenario: given both, the probability of upholding is brought back to that without evidence, each
        dispute by its ground and its inspection report. Evidence of both sides is taken to have come.

    Returns
    -------
    DisputeFit
        With nothing fitted if there were no disputes.
    """
    everyone = history.orders[history.orders["dispute_opened"].notna()]
    own = everyone[everyone["supplier"] == supplier]
    if everyone.empty:
        return DisputeFit(warnings=("There were no disputes: the scenario keeps its values for them.",))
    warnings = ["The days to a decision cannot be told from the dates of a dispute: they stay as they were."]
    fitted: list[Fitted] = []
    unanswered = None
    mine = _Asked(own, before, worth, sets, rng)
    if own.empty:
        warnings.append(f"There were no disputes with {supplier}: how it answers stays as it was.")
    elif everyone["replied"].isna().all():
        warnings.append("No answer of a supplier is dated: how suppliers answer stays as it was.")
    else:
        answers, unanswered, told = _answers(mine, path, np.datetime64(history.as_of, "s"), reply_limit)
        fitted += [*answers, _concessions(mine, path, np.datetime64(history.as_of, "s"), concession_days)]
        warnings += told
    decided, found, told = _mediation(_Asked(everyone, before, worth, sets, rng), detail_share, odds)
    return DisputeFit((*fitted, *found), len(own), decided, unanswered, (*warnings, *told))


def _answers(asked: _Asked, path: str, as_of: np.datetime64, limit: float) -> tuple[list[Fitted], float, list[str]]:
    """Days to an answer and the probability of none, what both mean within the limit, and what is odd."""
    days = asked.days("dispute_opened", "replied")
    opened = asked.disputes["dispute_opened"].to_numpy(dtype="datetime64[s]")
    ended = asked.disputes["dispute_ended"].to_numpy(dtype="datetime64[s]")
    passed = (np.fmin(ended, as_of) - opened) / np.timedelta64(1, "D")
    odd = days < 0
    in_time = (days >= 0) & (days <= limit)
    late = days > limit
    waited = np.where(late | (passed >= limit), limit + 0.5, passed)[~in_time & ~odd]
    before, silent = asked.moments(f"{path}.disputes.reply_days"), asked.moments(f"{path}.disputes.silent_probability")
    replies = Replies(np.round(days[in_time]), waited)
    draws = reply_draws(replies, before, silent.mean, asked.worth, asked.sets, asked.rng)
    count, mean, sd, never = in_time.size - int(odd.sum()), draws.mean(), draws.sd(), draws.silent
    unanswered = float(draws.unanswered(limit).mean())
    reply = Fitted(
        path=f"{path}.disputes.reply_days",
        value=lognormal_value(draws),
        n=count,
        told=f"{int(in_time.sum())} of {count} disputes were answered within {limit:g} days; an answer takes "
        f"{_span(np.exp(draws.location), '{:.1f}')} days in the middle.",
        samples={f"{path}.disputes.reply_days.mean": mean, f"{path}.disputes.reply_days.sd": sd},
        priors=(asked.prior("days to an answer", f"lognormal around mean {before.mean:.3g}, sd {before.sd:.3g}"),),
    )
    silence = Fitted(
        path=f"{path}.disputes.silent_probability",
        value=float(never.mean()),
        n=count,
        told=f"Never answers: {_span(never)}; within {limit:g} days no answer comes in "
        f"{percentage(unanswered, 0)} of disputes, "
        "slow ones included.",
        samples={f"{path}.disputes.silent_probability": never},
        priors=(asked.prior("never answers", f"beta with mean {centred(silent.mean):.3g}"),),
        warnings=("Whether a supplier would have answered after the limit cannot be seen.",) if waited.size else (),
    )
    told = [f"{int(odd.sum())} disputes with an answer before their opening are left out."] if odd.any() else []
    return [reply, silence], unanswered, told


def _concessions(asked: _Asked, path: str, as_of: np.datetime64, concession_days: float) -> Fitted:
    """How often a supplier that answers accepts the claim in full.

    By its outcome ``conceded``; or by a refund in full that was settled for, or, where the outcome is not written
    down, that came soon: a mediator takes longer. Counted are disputes old enough for that, over or not: of younger
    ones those that were conceded are over and the others are not, and would hide among the open ones.
    """
    place = f"{path}.disputes.concedes_probability"
    full = asked.refunded_share() >= IN_FULL
    soon = asked.days("dispute_opened", "dispute_ended") <= concession_days
    unknown = asked.disputes["outcome"].isna().to_numpy(dtype=bool)
    named = asked.is_outcome("conceded")
    conceded = named | (full & (asked.is_outcome("settled") | (unknown & soon)))
    opened = asked.disputes["dispute_opened"].to_numpy(dtype="datetime64[s]")
    ripe = (as_of - opened).astype("timedelta64[s]").astype(np.int64) >= concession_days * 86_400
    answered = ripe & (asked.disputes["replied"].notna().to_numpy(dtype=bool) | named)
    yes, count = int((conceded & answered).sum()), int(answered.sum())
    before = asked.moments(place).mean
    draws = probability_draws(yes, count, before, asked.worth, asked.sets, asked.rng)
    return Fitted(
        path=place,
        value=float(draws.mean()),
        n=count,
        told=f"{yes} of {count} claims that were answered were accepted in full; that is {_span(draws)}.",
        samples={place: draws},
        priors=(asked.prior("accepts the claim in full", f"beta with mean {centred(before):.3g}"),),
        warnings=("Without outcomes, a refund in full that came soon counts as a concession.",)
        if bool(unknown.any())
        else (),
    )


def _mediation(
    asked: _Asked, detail_share: float | None, odds: OddsRatios | None
) -> tuple[int, list[Fitted], list[str]]:
    """Probability of upholding and share awarded, by the decided disputes with all suppliers."""
    warnings = []
    share = asked.refunded_share()
    ended = asked.disputes["dispute_ended"].notna().to_numpy(dtype=bool)
    if asked.disputes["outcome"].isna().all():
        decided = ended & ~np.isnan(share)
        warnings.append(
            "No outcome is written down: settled and decided disputes cannot be told apart, and every ended one counts "
            "as decided."
        )
    else:
        decided = asked.is_outcome("decided") & ~np.isnan(share)
    if not decided.any():
        return 0, [], [*warnings, "No dispute was decided with a known refund: how mediators decide stays as it was."]
    upheld = decided & (share > 0)
    evidence = None if detail_share is None or odds is None else (detail_share, odds)
    warnings.append("A refund that was capped by a limit, or never paid, counts as what arrived, not as the award.")
    fitted = [_upholding(asked, decided, upheld, evidence)]
    if upheld.any():
        fitted.append(_award(asked, share[upheld]))
    return int(decided.sum()), fitted, warnings


def _upholding(asked: _Asked, decided: Rows, upheld: Rows, evidence: tuple[float, OddsRatios] | None) -> Fitted:
    place = "disputes.uphold_probability"
    before, count, yes = asked.moments(place).mean, int(decided.sum()), int(upheld.sum())
    if evidence is None:
        draws = probability_draws(yes, count, before, asked.worth, asked.sets, asked.rng)
        warning = (
            "The fitted probability is the one with the buyer's usual evidence, while the scenario multiplies its odds "
            "by those of contract detail and reports: hand in `detail_share` and the odds, or set the odds to 1."
        )
    else:
        draws = base_draws(_decisions(asked, decided, upheld), before, asked.worth, evidence, asked.sets, asked.rng)
        warning = "The odds of contract detail and reports were taken out as the scenario has them: assumption."
    return Fitted(
        path=place,
        value=float(draws.mean()),
        n=count,
        told=f"{yes} of {count} decided disputes brought a refund; "
        f"{'with the usual evidence' if evidence is None else 'without evidence'} that is {_span(draws)}.",
        samples={place: draws},
        priors=(asked.prior("a claim is upheld", f"beta with mean {centred(before):.3g}"),),
        warnings=(warning,),
    )


def _decisions(asked: _Asked, decided: Rows, upheld: Rows) -> list[Decision]:
    """Decided disputes by ground and report; a ground that is not written down is taken as quality."""
    late = (asked.disputes["ground"] == "late_shipment").fillna(value=False).to_numpy(dtype=bool)
    result = asked.disputes["inspection_result"].fillna("").to_numpy(dtype=str)
    reports = np.select([result == "failed", result == "passed"], [int(Report.FAILED), int(Report.PASSED)], 0)
    found = []
    for ground in (Ground.LATE_SHIPMENT, Ground.QUALITY):
        for report in Report:
            rows = decided & (late == (ground == Ground.LATE_SHIPMENT)) & (reports == report)
            if rows.any():
                found.append(Decision(ground, report, int((rows & upheld).sum()), int(rows.sum())))
    return found


def _award(asked: _Asked, shares: Floats) -> Fitted:
    place = "disputes.award_share"
    before = asked.moments(place)
    mean, sd = award_draws(shares, before, asked.worth, asked.sets, asked.rng)
    return Fitted(
        path=place,
        value={"dist": "beta", "mean": float(mean.mean()), "sd": float(np.sqrt(np.mean(sd**2)))},
        n=shares.size,
        told=f"In {shares.size} upheld disputes, {_span(mean)} of the claim was refunded on average.",
        samples={f"{place}.mean": mean, f"{place}.sd": sd},
        priors=(asked.prior("share awarded", f"beta around mean {centred(before.mean):.3g}, sd {before.sd:.3g}"),),
    )


def _span(draws: Floats, form: str | None = None) -> str:
    ends = np.quantile(draws, [0.05, 0.5, 0.95]).tolist()
    low, middle, high = (percentage(value, 0) if form is None else form.format(value) for value in ends)
    return f"{middle} (90 % sure: {low} to {high})"
