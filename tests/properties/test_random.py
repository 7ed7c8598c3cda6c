"""What holds for every address and every distribution, not only for those that someone thought of."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.random.distributions import Distribution, parse
from sim.random.philox import philox4x32, philox4x32_one
from sim.random.scores import build_score_table, draw_score, draw_score_one
from sim.random.tables import build_table, draw, draw_one
from sim.random.uniforms import uniform, uniform_block

WORD = st.integers(0, 2**32 - 1)
SEEDS = st.integers(0, 2**64 - 1)
ADDRESSES = st.tuples(WORD, st.integers(0, 2**17 - 1), st.integers(0, 2**16 - 1))
REPLICATIONS = st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=5)
SHARES = st.floats(2.0**-53, 1 - 2.0**-53)

MEANS = st.floats(0.01, 1000)
SPREADS = st.floats(0.05, 3)


@st.composite
def distributions(draw_: st.DrawFn) -> Distribution:
    family = draw_(
        st.sampled_from(["lognormal", "gamma", "weibull", "beta", "pert", "triangular", "normal", "mixture"])
    )
    mean, spread = draw_(MEANS), draw_(SPREADS)
    match family:
        case "beta":
            share = draw_(st.floats(0.001, 0.6))
            return parse({"dist": "beta", "mean": share, "sd": share * min(spread, 0.8)})
        case "pert" | "triangular":
            return parse({"dist": family, "low": mean, "mode": mean * (1 + spread / 2), "high": mean * (1 + spread)})
        case "normal":
            return parse({"dist": family, "mean": mean, "sd": mean * spread / 4})
        case "mixture":
            parts = [
                {"weight": spread, "dist": "constant", "value": 0},
                {"weight": 1, "dist": "exponential", "mean": mean},
            ]
            return parse({"dist": "mixture", "components": parts})
        case _:
            return parse({"dist": family, "mean": mean, "sd": mean * spread})


@given(st.tuples(WORD, WORD, WORD, WORD), st.tuples(WORD, WORD))
def test_philox_of_arrays_and_of_integers(counter: tuple[int, int, int, int], key: tuple[int, int]) -> None:
    assert philox4x32(*counter, *key).tolist() == list(philox4x32_one(counter, key))


@given(SEEDS, REPLICATIONS, st.lists(ADDRESSES, min_size=1, max_size=6))
def test_a_block_holds_what_each_address_says(
    seed: int, replications: list[int], addresses: list[tuple[int, int, int]]
) -> None:
    block = uniform_block(seed, np.array(replications, dtype=np.int64), addresses)
    assert block.tolist() == [[uniform(seed, each, *address) for each in replications] for address in addresses]
    assert np.all((block > 0) & (block < 1))


@given(distributions(), st.lists(SHARES, min_size=1, max_size=30))
def test_drawing_from_any_distribution(distribution: Distribution, shares: list[float]) -> None:
    table = build_table(distribution)
    u = np.sort(np.array(shares))
    values = draw(table, u)
    assert values.tolist() == [draw_one(table, float(each)) for each in u]
    low, high = distribution.support()
    assert np.all((values >= low) & (values <= high))
    assert np.all(np.diff(values) >= -1e-9 * np.abs(values[1:]))
    if len(table.kinds) == 1:
        # Where a density is infinite, neighbouring doubles lie further apart in probability than the bound.
        exact = np.abs(values - distribution.ppf(u)) <= 1e-14 * np.abs(values) + 1e-300
        assert np.all((np.abs(distribution.cdf(values) - u) <= 1e-9) | exact)


@given(distributions(), st.floats(0.01, 0.6), st.floats(0.05, 0.39), st.lists(SHARES, min_size=1, max_size=20))
def test_bounds_are_kept_and_condition(
    distribution: Distribution, below: float, width: float, shares: list[float]
) -> None:
    low, high = (float(value) for value in distribution.ppf([below, below + width]))
    if low == high:
        return
    bounded = parse({**distribution.spec, "at_least": low, "at_most": high})
    values = draw(build_table(bounded), np.array(shares))
    assert np.all((values >= low) & (values <= high))
    x = np.linspace(low, high, 7)[1:-1]
    start = distribution.cdf(np.nextafter(low, -np.inf))
    expected = (distribution.cdf(x) - start) / (distribution.cdf(high) - start)
    np.testing.assert_allclose(bounded.cdf(x), expected, atol=1e-9)


@given(distributions(), st.lists(st.floats(-10, 10), min_size=1, max_size=20))
def test_scores_of_arrays_and_of_numbers(distribution: Distribution, scores: list[float]) -> None:
    table = build_score_table(distribution)
    values = draw_score(table, np.array(scores))
    assert values.tolist() == [draw_score_one(table, score) for score in scores]
