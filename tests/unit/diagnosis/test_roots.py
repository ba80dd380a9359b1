"""Of what is found together, the root is named before what follows from it."""

import pytest

from equipoise.core.facts import Facts
from equipoise.core.history import History
from equipoise.core.records import Severity
from equipoise.diagnosis.examine import examine


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        ({"real_cue": True, "losses": "discriminator_wins"}, "real_cue"),
        ({"dataset_size": 150.0}, "small_data"),
        ({"nan_seen": True, "penalty_norm_safe": False}, "unsafe_norm"),
        ({"nan_seen": True, "spoken_of": "small_batch"}, "small_batch"),
        ({"nan_seen": True, "penalty": "r1"}, "non_finite"),
        ({"nan_seen": True, "penalty": "gradient_penalty"}, "unsafe_norm"),
    ],
)
def test_the_first_cause_is_the_root(facts, first):
    assert examine(Facts(facts), History(series={}))[0].causes[0].name == first


def test_a_guess_from_wording_is_not_told_beside_what_bears_it_out():
    guess = {"spoken_of": "unsafe_norm, momentum", "resemblance": 0.2}
    alone = [finding.name for finding in examine(Facts(guess), History(series={}))]
    beside = [finding.name for finding in examine(Facts(guess | {"penalty_norm_safe": False}), History(series={}))]
    assert alone == ["spoken_of"]
    assert "unsafe_norm" in beside
    assert "spoken_of" not in beside


@pytest.mark.parametrize(("resemblance", "confidence"), [(-1.0, 0.1), (0.05, 0.1), (0.1, 0.5), (0.25, 0.8), (0.9, 0.9)])
def test_a_guess_is_as_sure_as_it_was_measured_to_be(resemblance, confidence):
    found = examine(Facts({"spoken_of": "momentum, learning_rate", "resemblance": resemblance}), History(series={}))
    assert found[0].confidence == confidence
    assert [cause.name for cause in found[0].causes] == ["momentum", "learning_rate"]


@pytest.mark.parametrize(("calm", "severity"), [(0.1, Severity.RISK), (0.15, Severity.NOTE), (0.6, Severity.NOTE)])
def test_a_text_that_sounds_like_a_worry_without_need_makes_a_note(calm, severity):
    (found,) = examine(Facts({"spoken_of": "momentum", "resemblance": 0.1, "calm": calm}), History(series={}))
    assert found.severity is severity
    assert ("worry without need" in found.symptom) is (severity is Severity.NOTE)
