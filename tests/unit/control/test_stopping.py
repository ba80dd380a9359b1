import numpy as np
import pytest

from equipoise.control.stopping import FEWEST, stop_advice, stopping_look
from equipoise.core.errors import SettingError
from equipoise.core.history import Series


def series(values: np.ndarray) -> Series:
    return Series(np.arange(1, len(values) + 1) * 1000, values)


def noisy(trend: np.ndarray, noise: float, seed: int) -> np.ndarray:
    return trend * np.exp(np.random.default_rng(seed).normal(0, noise, len(trend)))


def improving(looks: int) -> np.ndarray:
    return 20 + 200 * np.exp(-np.arange(looks) / looks * 3)


def valley(looks: int, at: int) -> np.ndarray:
    steps = np.arange(looks)
    return np.where(steps < at, 100 - 60 * steps / at, 40 * 1.06 ** (steps - at))


def test_a_run_that_gets_better_is_never_stopped() -> None:
    stopped = [stopping_look(series(noisy(improving(50), 0.05, seed))) for seed in range(40)]
    assert sum(look is not None for look in stopped) <= 2


def test_a_run_that_turns_bad_is_stopped_after_its_best_and_not_long_after() -> None:
    for seed in range(40):
        values = noisy(valley(60, 25), 0.03, seed)
        look = stopping_look(series(values))
        assert look is not None
        assert 25 <= look <= 40
        assert values[: look + 1].min() == pytest.approx(values.min(), rel=0.1)


def test_noise_alone_is_not_taken_for_a_worsening() -> None:
    states = [stop_advice(series(noisy(np.full(60, 50.0), 0.1, seed))).state for seed in range(100)]
    assert states.count("worsening") <= 2


def test_a_run_that_stands_still_is_flat() -> None:
    values = noisy(np.concatenate([np.geomspace(200, 50, 15), np.full(60, 50.0)]), 0.01, 0)
    advice = stop_advice(series(values))
    assert advice.state == "flat"
    assert advice.stop
    assert "nothing" in advice.sentence()


def test_little_is_said_of_few_looks() -> None:
    advice = stop_advice(series(np.geomspace(10, 90, FEWEST - 1)))
    assert advice.state == "too early"
    assert not advice.stop


def test_it_says_since_when_and_how_sure() -> None:
    advice = stop_advice(series(noisy(valley(60, 25), 0.02, 1)))
    assert advice.state == "worsening"
    assert advice.worse_since is not None
    assert 22_000 <= advice.worse_since <= 31_000
    assert advice.confidence > 0.99
    assert f"since {advice.worse_since:,}" in advice.sentence()


def test_the_gain_an_hour_is_that_of_the_trend() -> None:
    advice = stop_advice(series(100 * 0.99 ** np.arange(40)), seconds_per_look=360.0)
    assert advice.gain_per_hour == pytest.approx(advice.level * (1 - 0.99**10), rel=1e-6)
    assert advice.gain_error == pytest.approx(0.0, abs=1e-6)
    assert stop_advice(series(100 * 0.99 ** np.arange(40))).gain_per_hour is None


def test_a_rise_beyond_all_bounds_promises_nothing() -> None:
    advice = stop_advice(series(np.geomspace(1, 1e6, 20)), seconds_per_look=0.01)
    assert advice.state == "worsening"
    assert advice.gain_per_hour is None
    assert "expected gain" not in advice.sentence()


def test_the_error_of_the_gain_covers_the_luck_of_the_looks() -> None:
    advices = [
        stop_advice(series(noisy(100 * 0.99 ** np.arange(40), 0.02, s)), seconds_per_look=3600.0) for s in range(80)
    ]
    gains = [advice.gain_per_hour for advice in advices if advice.gain_per_hour is not None]
    errors = [advice.gain_error for advice in advices if advice.gain_error is not None]
    assert np.std(gains) == pytest.approx(np.mean(errors), rel=0.35)


def test_advice_depends_on_the_past_alone() -> None:
    values = noisy(valley(60, 25), 0.03, 3)
    look = stopping_look(series(values))
    assert look is not None
    assert stopping_look(series(np.concatenate([values[: look + 1], np.full(20, 1.0)]))) == look


def test_values_that_have_no_logarithm_are_refused() -> None:
    with pytest.raises(SettingError, match="above 0"):
        stop_advice(series(np.array([1.0, 0.0])))
