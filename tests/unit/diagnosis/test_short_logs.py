"""What is said of logs of a few lines, as people paste them."""

import pytest

from equipoise.core.facts import Facts
from equipoise.core.history import history_of
from equipoise.core.records import Severity
from equipoise.diagnosis import examine, would_stop_at

NS = {"objective": "non_saturating"}
GP = {"objective": "wasserstein", "penalty": "gradient_penalty"}


def logged(losses, *, name="loss/discriminator", unit="epochs", planned=None):
    return history_of([(at, {name: loss}) for at, loss in enumerate(losses, start=1)], unit=unit, planned=planned)


def found(history, **facts):
    return {finding.name: finding for finding in examine(Facts({**NS, **facts}), history)}


def test_one_reading_of_a_certain_discriminator_is_a_risk_and_no_more():
    finding = found(logged([0.0004]))["discriminator_dominates"]
    assert finding.severity is Severity.RISK
    assert finding.confidence < 0.5
    assert "discriminator_dominates" not in found(logged([0.3]))


def test_a_loss_that_no_float_can_lower_is_not_excused_by_an_early_hour():
    gone = found(logged([1.6, 0.03, *[1e-5] * 8], unit="steps", planned=10_000))
    assert gone["discriminator_dominates"].severity is Severity.HARM
    assert "early_certainty" not in gone
    low = found(logged([1.6, 0.03, *[0.02] * 8], unit="steps", planned=10_000))
    assert "discriminator_dominates" not in low
    assert "early_certainty" in low


@pytest.mark.parametrize(
    ("losses", "unit", "said"),
    [
        ([1.3863, 1.3862, 1.3863, 1.3863], "epochs", True),
        ([1.3863, 1.3862, 1.3863, 1.3863], "steps", False),
        ([1.3863, 1.36, 1.39, 1.37], "epochs", False),
        ([1.3863, 1.3862], "epochs", False),
    ],
    ids=["constant for epochs", "constant for steps", "near it", "two readings"],
)
def test_a_loss_constant_at_chance_for_whole_epochs_is_no_game(losses, unit, said):
    assert ("no_game" in found(logged(losses, unit=unit, planned=200))) is said


@pytest.mark.parametrize("seen", ["good", "improving"])
def test_samples_that_somebody_found_good_outweigh_any_loss(seen):
    certain = logged([0.5, *[0.001] * 9])
    assert "discriminator_dominates" in found(certain)
    assert "discriminator_dominates" not in found(certain, samples=seen)


def test_four_readings_of_a_critic_that_runs_away_are_enough_to_say_so_with_care():
    history = logged([-30.0, -900.0, -20_000.0, -300_000.0])
    findings = {finding.name: finding for finding in examine(Facts(GP), history)}
    assert findings["critic_runs_away"].confidence < 0.7


@pytest.mark.parametrize(("probability", "said"), [(0.9, True), (0.6, False)])
def test_augmentation_that_stays_high_is_told_from_the_log(probability, said):
    findings = found(logged([probability] * 10, name="augmentation/probability"))
    assert ("augmentation_leak" in findings) is said
    if said:
        assert findings["augmentation_leak"].evidence[0].signal == "augmentation/probability"


@pytest.mark.parametrize(("accuracy", "said"), [(0.1, True), (0.6, False)])
def test_an_accuracy_that_a_classifier_found_outside_the_run_counts(accuracy, said):
    findings = found(logged([1.2] * 4), conditional=True, classes=10.0, label_accuracy=accuracy)
    assert ("label_ignored" in findings) is said


def test_where_nothing_was_measured_nothing_would_have_been_stopped():
    assert would_stop_at(Facts({**NS, "generator_moves": False}), history_of([])) is None
