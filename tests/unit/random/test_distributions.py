"""Every way to write a distribution, and every mistake in writing one."""

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.random.distributions import FAMILY_NAMES, Distribution, DistributionError, constant, parse
from sim.random.forms import FORMS

Spec = dict[str, Any]

BY_MOMENTS: list[tuple[Spec, float, float]] = [
    ({"dist": "lognormal", "mean": 3, "sd": 4}, 3, 4),
    ({"dist": "gamma", "mean": 34, "sd": 7}, 34, 7),
    ({"dist": "weibull", "mean": 5, "sd": 9}, 5, 9),
    ({"dist": "beta", "mean": 0.03, "sd": 0.03}, 0.03, 0.03),
    ({"dist": "uniform", "mean": 7, "sd": 2}, 7, 2),
    ({"dist": "exponential", "mean": 4}, 4, 4),
    ({"dist": "normal", "mean": 3, "sd": 2.5}, 3, 2.5),
    ({"dist": "normal", "mean": 100, "sd": 1}, 100, 1),
    ({"dist": "poisson", "mean": 6.25}, 6.25, 2.5),
    ({"dist": "pert", "low": 22, "mode": 30, "high": 70}, (22 + 4 * 30 + 70) / 6, 8.125991),
    ({"dist": "triangular", "low": 1, "mode": 4, "high": 45}, 50 / 3, 10.036046),
    ({"dist": "uniform", "low": 2, "high": 5}, 3.5, 0.8660254),
]


@pytest.mark.parametrize(("spec", "mean", "sd"), BY_MOMENTS)
def test_moments_are_those_of_the_variable_itself(spec: Spec, mean: float, sd: float) -> None:
    distribution = parse(spec)
    assert distribution.mean() == pytest.approx(mean, rel=1e-9)
    assert distribution.sd() == pytest.approx(sd, rel=1e-6)


SCIPY_TWINS: list[tuple[Spec, Spec]] = [
    ({"dist": "lognormal", "s": 0.8, "scale": 3}, {"dist": "lognorm", "s": 0.8, "scale": 3}),
    ({"dist": "gamma", "a": 2.5, "loc": 1, "scale": 3}, {"dist": "gamma"}),
    ({"dist": "weibull", "c": 0.7, "scale": 3}, {"dist": "weibull_min", "c": 0.7, "scale": 3}),
    ({"dist": "beta", "a": 0.25, "b": 500}, {"dist": "beta"}),
    ({"dist": "triangular", "c": 0.2, "loc": 3, "scale": 9}, {"dist": "triang", "c": 0.2, "loc": 3, "scale": 9}),
    ({"dist": "uniform", "loc": -1, "scale": 3}, {"dist": "uniform"}),
    ({"dist": "exponential", "scale": 3}, {"dist": "expon", "scale": 3}),
    ({"dist": "normal", "loc": 1, "scale": 2}, {"dist": "truncnorm", "a": -0.5, "b": 1e3, "loc": 1, "scale": 2}),
    ({"dist": "norm", "loc": 1, "scale": 2}, {"dist": "norm", "loc": 1, "scale": 2}),
    ({"dist": "poisson", "mu": 3, "loc": 1}, {"dist": "poisson"}),
    ({"dist": "nbinom", "n": 3, "p": 0.4}, {"dist": "nbinom", "n": 3, "p": 0.4}),
]


@pytest.mark.parametrize(("spec", "twin"), SCIPY_TWINS)
def test_parameters_mean_what_they_mean_in_scipy(spec: Spec, twin: Spec) -> None:
    parameters = {key: value for key, value in {**spec, **twin}.items() if key != "dist"}
    if twin["dist"] == "truncnorm":
        parameters = {key: value for key, value in twin.items() if key != "dist"}
    expected = getattr(stats, twin["dist"])(**parameters)
    distribution = parse(spec)
    shares = np.array([1e-9, 0.01, 0.3, 0.5, 0.77, 0.999])
    values = expected.ppf(shares)
    np.testing.assert_allclose(distribution.ppf(shares), values, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(distribution.cdf(values), expected.cdf(values), rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(distribution.sf(values), expected.sf(values), rtol=1e-9)
    assert distribution.mean() == pytest.approx(expected.mean(), rel=1e-9)
    assert distribution.sd() == pytest.approx(expected.std(), rel=1e-9)


BY_QUANTILES: list[Spec] = [
    {"dist": "lognormal", "p10": 1, "p50": 3, "p90": 9},
    {"dist": "gamma", "p10": 1, "p90": 9},
    {"dist": "weibull", "p5": 1, "p95": 9},
    {"dist": "beta", "p10": 0.1, "p90": 0.4},
    {"dist": "normal", "p10": 1, "p90": 5},
    {"dist": "uniform", "p10": 5, "p90": 9},
    {"dist": "exponential", "p97.5": 5},
    {"dist": "pert", "p10": 25, "p50": 32, "p90": 42},
    {"dist": "triangular", "p10": 25, "p50": 32, "p90": 42},
    {"dist": "poisson", "p10": 2, "p50": 4, "p90": 7},
]


@pytest.mark.parametrize("spec", BY_QUANTILES)
def test_quantiles_are_met(spec: Spec) -> None:
    distribution = parse(spec)
    for key, value in spec.items():
        if key != "dist":
            assert distribution.ppf([float(key[1:]) / 100])[0] == pytest.approx(value, rel=1e-6)


def test_quantiles_that_overdetermine_are_met_on_the_whole() -> None:
    distribution = parse({"dist": "gamma", "p10": 20, "p50": 33, "p75": 42, "p90": 52})
    np.testing.assert_allclose(distribution.ppf([0.1, 0.5, 0.75, 0.9]), [20, 33, 42, 52], rtol=0.05)


def test_at_least_and_at_most_condition() -> None:
    plain = parse({"dist": "gamma", "mean": 5, "sd": 4})
    bounded = parse({"dist": "gamma", "mean": 5, "sd": 4, "at_least": 2, "at_most": 8})
    low, high = plain.cdf([2.0, 8.0])
    x = np.array([2.5, 5.0, 7.9])
    np.testing.assert_allclose(bounded.cdf(x), (plain.cdf(x) - low) / (high - low), rtol=1e-12)
    np.testing.assert_allclose(bounded.cdf(bounded.ppf([0.1, 0.9])), [0.1, 0.9], rtol=1e-12)
    assert bounded.support() == (2, 8)
    grid = np.linspace(2, 8, 200_001)
    mean = np.trapezoid(grid * stats.gamma.pdf(grid, 25 / 16, scale=3.2), grid) / (high - low)
    assert bounded.mean() == pytest.approx(mean, rel=1e-8)


def test_truncation_far_out_in_a_tail_keeps_its_digits() -> None:
    tail = parse({"dist": "norm", "at_least": 5.5})
    assert tail.ppf([0.5])[0] == pytest.approx(stats.norm.isf(stats.norm.sf(5.5) / 2), rel=1e-12)


def test_truncated_counts() -> None:
    counts = parse({"dist": "poisson", "mean": 4, "at_least": 1.5, "at_most": 6})
    masses = stats.poisson.pmf(np.arange(2, 7), 4)
    assert counts.support() == (2, 6)
    assert counts.mean() == pytest.approx(np.dot(masses, np.arange(2, 7)) / masses.sum(), rel=1e-12)
    assert set(counts.ppf(np.linspace(0.001, 0.999, 500)).tolist()) == {2, 3, 4, 5, 6}


def test_mixture() -> None:
    parts = [
        {"weight": 3, "dist": "constant", "value": 0},
        {"weight": 1, "dist": "mixture", "components": [{"weight": 2, "dist": "uniform", "low": 4, "high": 6}]},
    ]
    mixed = parse({"dist": "mixture", "components": parts})
    assert mixed.mean() == pytest.approx(1.25)
    assert mixed.sd() == pytest.approx((0.75 * 1.25**2 + 0.25 * (3.75**2 + 1 / 3)) ** 0.5)
    assert mixed.ppf([0.1, 0.75, 0.875]).tolist() == pytest.approx([0, 0, 5])
    assert mixed.ppf([0.1])[0] == 0
    assert mixed.cdf([-1.0, 0.0, 5.0, 9.0]).tolist() == pytest.approx([0, 0.75, 0.875, 1])
    above = parse({"dist": "mixture", "components": parts, "at_least": 5})
    assert above.support() == (5, 6)
    assert above.mean() == pytest.approx(5.5)


def test_empirical_is_resampled(tmp_path: Path) -> None:
    (tmp_path / "days.csv").write_text("id,days\n1,3\n2,-1\n3,7\n4,3\n", encoding="utf-8")
    from_file = parse({"dist": "empirical", "file": "days.csv", "column": "days"}, base=tmp_path)
    from_list = parse({"dist": "empirical", "values": [3, -1, 7, 3]})
    assert from_file.law == from_list.law
    assert from_file.ppf([0.1, 0.25, 0.26, 0.75, 0.76]).tolist() == [-1, -1, 3, 3, 7]
    assert (from_file.mean(), from_file.support()) == (3, (-1, 7))
    assert from_file.sd() == pytest.approx(8**0.5)
    assert parse({"dist": "empirical", "values": [3, -1, 7, 3], "at_least": 0}).mean() == pytest.approx(13 / 3)


@pytest.mark.parametrize(
    "spec",
    [
        7,
        {"dist": "constant", "value": 7},
        {"dist": "lognormal", "mean": 7, "sd": 0},
        {"dist": "pert", "low": 7, "mode": 7, "high": 7},
        {"dist": "uniform", "low": 7, "high": 7},
        {"dist": "empirical", "values": [7, 7]},
        {"dist": "gamma", "mean": 7, "sd": 2, "at_least": 7, "at_most": 7 + 1e-7},
    ],
)
def test_no_spread_is_a_constant(spec: float | Spec) -> None:
    distribution = parse(spec)
    assert distribution.mean() == pytest.approx(7)
    if "at_least" not in str(spec):
        assert (distribution.is_constant, distribution.constant, distribution.sd()) == (True, 7, 0)
        assert distribution.ppf([0.1, 0.9]).tolist() == [7, 7]


def test_a_variable_has_no_constant() -> None:
    with pytest.raises(ValueError, match="not a constant"):
        _ = parse({"dist": "gamma", "mean": 7, "sd": 2}).constant


def test_distributions_are_values() -> None:
    spec = {"sd": 2, "dist": "gamma", "mean": 7}
    first, second = parse(spec), parse(dict(reversed(spec.items())))
    assert first == second
    assert hash(first) == hash(second)
    assert first.spec == spec
    observed = parse({"dist": "empirical", "values": [3, 1, 2]})
    for distribution in (first, observed, constant(3), parse({"dist": "norm", "at_least": 0})):
        again: Distribution = pickle.loads(pickle.dumps(distribution))  # noqa: S301 - written here
        assert again == distribution
        assert np.array_equal(again.ppf([0.3]), distribution.ppf([0.3]))


def test_every_family_has_forms() -> None:
    assert set(FAMILY_NAMES) == set(FORMS)


def test_a_constant_loads_no_scipy() -> None:
    code = (
        "import sys; from sim.random.distributions import parse; from sim.random.tables import build_table;"
        "build_table(parse(3)); print([name for name in sys.modules if name.split('.')[0] == 'scipy'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


MISTAKES: list[tuple[float | Spec, str | None, str]] = [
    (True, None, "not a finite number"),
    (float("nan"), None, "not a finite number"),
    ({"mean": 3}, None, "needs `dist`|mapping with `dist`"),
    ({"dits": "gamma", "mean": 3}, "dits", "mapping with `dist`"),
    ({"dist": 3}, "dist", "mapping with `dist`"),
    ({"dist": "lognormall", "mean": 3}, "dist", "did you mean `lognormal`"),
    ({"dist": "zzz"}, "dist", "name of scipy.stats"),
    ({"dist": "gamma", "meen": 3, "sd": 1}, "meen", "did you mean `mean`"),
    ({"dist": "gamma", "mean": 3, "at_mots": 1}, "at_mots", "did you mean `at_most`"),
    ({"dist": "gamma", "mean": 3}, "dist", "mean and sd"),
    ({"dist": "gamma", "mean": 3, "sd": "4"}, "sd", "not '4'"),
    ({"dist": "gamma", "mean": 3, "sd": float("inf")}, "sd", "finite"),
    ({"dist": "gamma", "mean": -3, "sd": 1}, "mean", "above 0"),
    ({"dist": "gamma", "mean": 3, "sd": -1}, "sd", "not negative"),
    ({"dist": "gamma", "a": 0}, "a", "above 0"),
    ({"dist": "gamma", "mean": 3, "sd": 1, "p10": 2}, "mean", "cannot both"),
    ({"dist": "weibull", "mean": 3, "sd": 1e-9}, "sd", "between"),
    ({"dist": "beta", "mean": 0.5, "sd": 0.6}, "sd", "between 0 and 0.5"),
    ({"dist": "beta", "mean": 1.5, "sd": 0.6}, "mean", "between 0 and 1"),
    ({"dist": "normal", "mean": 3, "sd": 3}, "sd", "at most 2.9"),
    ({"dist": "normal", "loc": -100, "scale": 1}, "loc", "nothing above 0"),
    ({"dist": "uniform", "low": 3, "high": 2}, "low", "above high"),
    ({"dist": "pert", "low": 3, "mode": 9, "high": 8}, "mode", "ascend"),
    ({"dist": "triangular", "c": 2}, "c", "between 0 and 1"),
    ({"dist": "exponential", "mean": -1}, "mean", "not negative"),
    ({"dist": "poisson", "mean": -1}, "mean", "not negative"),
    ({"dist": "poisson", "p10": 1.5}, "p10", "whole numbers"),
    ({"dist": "poisson", "p10": 1, "p50": 60}, "p50", "no poisson law"),
    ({"dist": "lognormal", "p50": 3}, "p50", "at least 2 quantiles"),
    ({"dist": "lognormal", "p50": 3, "p10": 4}, "p50", "not above p10"),
    ({"dist": "lognormal", "p50": 3, "p50.0": 4}, "p50.0", "same quantile"),
    ({"dist": "lognormal", "p0": 3, "p10": 4}, "p0", "no `p0`"),
    ({"dist": "lognormal", "p10": -1, "p50": 3}, "p10", "above 0"),
    ({"dist": "lognormal", "p10": 1, "p50": 3, "p90": 100}, "p10", "the nearest has p10 = "),
    ({"dist": "norm", "scale": -3}, "scale", "does not exist"),
    ({"dist": "norm", "scael": 3}, "scael", "did you mean `scale`"),
    ({"dist": "t"}, "dist", "needs df"),
    ({"dist": "t", "df": -1}, "df", "does not exist"),
    ({"dist": "zipf", "a": 1.5}, "dist", "too many values"),
    ({"dist": "poisson", "mean": 1e9}, "dist", "too many values"),
    ({"dist": "gamma", "mean": 5, "sd": 4, "at_least": 800}, "at_least", "almost"),
    ({"dist": "gamma", "mean": 5, "sd": 4, "at_least": 8, "at_most": 7}, "at_least", "nothing"),
    ({"dist": "constant", "value": 5, "at_most": 4}, "at_most", "nothing"),
    ({"dist": "constant"}, "dist", "needs value"),
    ({"dist": "constant", "valeu": 3}, "valeu", "did you mean `value`"),
    ({"dist": "lognormal", "mean": 1, "sd": 1e200}, "dist", "too large"),
    ({"dist": "mixture", "components": []}, "components", "list of distributions"),
    ({"dist": "mixture", "components": [{"dist": "norm"}]}, "components[0]", "weight"),
    ({"dist": "mixture", "components": [{"weight": -1, "dist": "norm"}]}, "components", "not negative"),
    (
        {"dist": "mixture", "components": [{"weight": 1, "dist": "beta", "mean": 0.5, "sd": 2}]},
        "components[0].sd",
        "between 0 and 0.5",
    ),
    ({"dist": "empirical", "values": []}, "values", "at least one"),
    ({"dist": "empirical", "values": [1, "x"]}, "values[1]", "finite number"),
    ({"dist": "empirical", "file": "days.csv"}, "dist", "needs column"),
    ({"dist": "empirical", "file": "nowhere.csv", "column": "days"}, "file", "cannot read"),
    ({"dist": "empirical", "file": "days.csv", "column": "dais"}, "column", "did you mean `days`"),
    ({"dist": "empirical", "file": "days.csv", "column": "days"}, "column", "row 3 of .*`n/a`"),
    ({"dist": "empirical", "file": "empty.csv", "column": "days"}, "column", "no rows"),
    ({"dist": "empirical", "file": "binary.csv", "column": "days"}, "file", "UTF-8"),
]


@pytest.mark.parametrize(("spec", "key", "message"), MISTAKES)
def test_mistakes_are_named_with_their_key(spec: float | Spec, key: str | None, message: str, tmp_path: Path) -> None:
    (tmp_path / "days.csv").write_text("id,days\n1,3\n2,n/a\n", encoding="utf-8")
    (tmp_path / "empty.csv").write_text("id,days\n", encoding="utf-8")
    (tmp_path / "binary.csv").write_bytes(b"id,days\n1,\xff\n")
    with pytest.raises(DistributionError, match=message) as caught:
        parse(spec, base=tmp_path)
    assert caught.value.key == key


@pytest.mark.parametrize(("typed", "meant"), [("pret", "pert"), ("triangle", "triangular"), ("lognorml", "lognormal")])
def test_a_common_name_is_meant_before_a_rare_one(typed: str, meant: str) -> None:
    with pytest.raises(DistributionError, match=f"did you mean `{meant}`"):
        parse({"dist": typed, "low": 1, "mode": 2, "high": 3})
