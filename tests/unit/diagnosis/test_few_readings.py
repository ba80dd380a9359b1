"""What is said of the handful of rows that somebody pastes, and when nothing is."""

import pytest

from equipoise.core.facts import Facts
from equipoise.core.history import history_of
from equipoise.core.records import Severity
from equipoise.diagnosis import examine

NS, GP = {"objective": "non_saturating"}, {"objective": "wasserstein", "penalty": "gradient_penalty"}
HINGE = {"objective": "hinge"}
D, G, REAL, FAKE = "loss/discriminator", "loss/generator", "logits/real", "logits/fake"
P_REAL, P_FAKE = "probability/real", "probability/fake"


def findings(facts, *, excerpt=True, **columns):
    rows = list(zip(*columns["of"].values(), strict=True))
    history = history_of([(at, dict(zip(columns["of"], row, strict=True))) for at, row in enumerate(rows, start=1)])
    return {found.name: found for found in examine(Facts({**facts, "excerpt": excerpt}), history)}


SHOWN = {
    "a critic's loss in the thousands": (GP, {D: [-2651.0, -2669.0]}, "critic_runs_away"),
    "a steep penalty": (GP, {D: [-4.0, -5.0, -6.0], "penalty/gradient_penalty": [2.0, 150.0, 4e5]}, "critic_runs_away"),
    "scores beyond reason": ({}, {REAL: [3.0, 4.0, 4.0], FAKE: [-2.0, -5e10, -6e29]}, "logit_blowup"),
    "a loss at chance": (NS, {D: [1.386, 1.387, 1.386]}, "no_game"),
    "its mean at chance": (NS, {D: [0.6931, 0.6932, 0.6931]}, "no_game"),
    "logits far apart": ({}, {REAL: [0.3, 8.8, 11.9], FAKE: [-0.1, -9.3, -12.6]}, "discriminator_dominates"),
    "certain losses": (HINGE, {D: [1.0, 0.02, 0.0]}, "discriminator_dominates"),
    "certain probabilities": (NS, {P_REAL: [0.99, 1.0], P_FAKE: [0.01, 0.0]}, "discriminator_dominates"),
    "fakes taken for real": (NS, {P_REAL: [0.99, 1.0], P_FAKE: [0.99, 1.0]}, "discriminator_fooled"),
    "a generator without loss": (NS, {D: [5.0, 6.0], G: [0.01, 0.0]}, "discriminator_fooled"),
}
SOUND = {
    "a critic's usual loss": (GP, {D: [-12.0, -9.0, -8.0], G: [-40.0, -300.0, 80.0]}),
    "near chance": (NS, {D: [1.386, 1.36, 1.40]}),
    "at chance of another game": (HINGE, {D: [1.386, 1.387, 1.386]}),
    "certain once": (NS, {D: [0.01, 0.02, 0.9, 0.8]}),
    "a critic's loss near 0": (GP, {D: [0.01, 0.02, 0.01]}),
    "logits apart as they may be": ({}, {REAL: [1.0, 2.0, 3.0], FAKE: [-1.0, -2.0, -3.0]}),
    "logits nearly too far apart": ({}, {REAL: [3.0, 3.5, 4.0], FAKE: [-3.0, -3.5, -3.9]}),
    "a generator without loss in a fair game": (NS, {D: [1.0, 1.1], G: [0.01, 0.0]}),
    "a loss of thousands that is no critic's": (NS, {G: [5000.0, 6000.0]}),
    "one reading": (GP, {D: [-5000.0]}),
    "readings enough": (GP, {D: [-5000.0] * 12}),
    "a fair game": (NS, {P_REAL: [0.6, 0.7], P_FAKE: [0.3, 0.4]}),
}


@pytest.mark.parametrize("case", SHOWN)
def test_figures_that_no_sound_game_has_are_a_risk_with_the_failure_itself_first(case):
    facts, columns, name = SHOWN[case]
    found = findings(facts, of=columns)
    told = found.get("few_readings") or found[name]  # the failure's own rule may need no more
    assert told.causes[0].name == name or told.name == name
    assert told.evidence[0].signal in columns
    if told.name == "few_readings":
        assert told.severity is Severity.RISK


@pytest.mark.parametrize("case", SOUND)
def test_other_figures_say_nothing(case):
    facts, columns = SOUND[case]
    assert "few_readings" not in findings(facts, of=columns)


@pytest.mark.parametrize("case", SHOWN)
def test_the_beginning_of_a_run_that_goes_on_says_nothing(case):
    facts, columns, _ = SHOWN[case]
    assert "few_readings" not in findings(facts, excerpt=False, of=columns)


def test_it_is_silent_where_the_failures_own_rule_has_spoken():
    found = findings(GP, of={D: [-30.0, -900.0, -20_000.0, -300_000.0]})
    assert "critic_runs_away" in found
    assert "few_readings" not in found


def test_samples_that_suffer_beside_it_make_it_harm():
    found = findings({**NS, "samples": "noise"}, of={D: [1.386, 1.387, 1.386]})
    assert found["few_readings"].severity is Severity.HARM
