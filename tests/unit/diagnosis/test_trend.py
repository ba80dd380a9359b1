"""Levels, spells and slopes against values worked out by hand."""

import numpy as np
import pytest

from equipoise.core.history import Series
from equipoise.diagnosis.levels import lasting, level_window, running_median
from equipoise.diagnosis.trend import noise, persistent, smoothed, theil_sen


def on(text):
    return np.array([letter == "#" for letter in text])


def test_smoothing_halves_an_old_value_every_half_life():
    assert smoothed(np.array([1.0, 1.0, 1.0])).tolist() == pytest.approx([1.0, 1.0, 1.0])
    half = smoothed(np.array([1.0, 0.0]), half_life=1.0)
    assert half[1] == pytest.approx(0.5 / 1.5)


@pytest.mark.parametrize(
    ("looks", "spell"),
    [
        ("....", None),
        ("####", (0, 4)),
        ("..####", (2, 4)),
        ("##.##", (0, 4)),
        ("##..##", None),
        ("####.....", None),
        ("#####....####", (9, 4)),
        ("###", None),
    ],
)
def test_four_of_the_last_five_looks_begin_a_spell(looks, spell):
    found = persistent(on(looks))
    assert (None if found is None else (found.first, found.held)) == spell


def test_a_weaker_condition_keeps_a_spell_alive_but_does_not_begin_one():
    strong, weak = on("####......"), on("##########")
    assert persistent(strong, stays=weak).first == 0
    assert persistent(on(".........."), stays=weak) is None


def test_the_median_slope_ignores_a_spike_and_needs_three_looks():
    values = np.arange(20.0) * 0.5
    values[7] = 1e6
    assert theil_sen(values) == pytest.approx(0.5)
    assert theil_sen(np.array([0.0, 9.0])) == 0.0


def test_noise_is_the_standard_deviation_of_white_noise_and_blind_to_a_trend():
    white = np.random.default_rng(0).normal(0.0, 2.0, 20_000)
    assert noise(white) == pytest.approx(2.0, rel=0.05)
    assert noise(white + np.arange(20_000) * 0.01) == pytest.approx(2.0, rel=0.05)
    assert noise(np.array([1.0])) == 0.0


def test_the_running_median_is_causal():
    values = np.array([5.0, 1.0, 3.0, 9.0, 2.0])
    assert running_median(values, 3).tolist() == [5.0, 3.0, 3.0, 3.0, 3.0]


@pytest.mark.parametrize(("looks", "window"), [(3, 2), (10, 5), (100, 5), (1000, 30)])
def test_a_level_is_taken_over_three_per_cent_of_a_long_log_and_half_of_a_short_one(looks, window):
    assert level_window(Series(np.arange(looks), np.zeros(looks))) == window


@pytest.mark.parametrize(
    ("looks", "begun"),
    [("..####", 2), ("####..", None), ("...##", None), ("######", 0), ("#.....", None)],
)
def test_a_level_lasts_from_where_it_began_to_the_newest_look(looks, begun):
    assert lasting(on(looks), 4) == begun


def test_a_lasting_level_may_flicker_within_the_weaker_condition_but_must_mostly_hold():
    assert lasting(on("..##.##"), 4, stays=on("..#####")) == 2
    assert lasting(on("..#...."), 4, stays=on("..#####")) is None
