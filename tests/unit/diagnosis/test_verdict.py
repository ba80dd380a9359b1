"""The closing verdict, sentence by sentence, on series made by hand."""

import pytest

from equipoise.core.history import history_of
from equipoise.core.records import Severity
from equipoise.diagnosis import verdict


def series(**values):
    """`distance=[...]` and so on, one reading every 100 images."""
    names = {
        "distance": "samples/sliced_wasserstein",
        "floor": "samples/sliced_wasserstein_of_reals",
        "spread": "averaged/variance_ratio",
        "estimate": "wasserstein/estimate",
        "real": "probability/real",
        "fake": "probability/fake",
    }
    readings = [(100 * n, {names[key]: value}) for key, numbers in values.items() for n, value in enumerate(numbers)]
    return history_of(readings)


def only(**values):
    (finding,) = verdict(series(**values))
    return finding


def test_nothing_measured_is_nothing_said():
    assert verdict(series()) == []
    assert verdict(series(distance=[1.0], floor=[0.1])) == []
    assert verdict(series(distance=[1.0, 0.5])) == []


def test_progress_is_the_share_of_the_way_from_noise_to_the_data():
    finding = only(distance=[1.1, 0.6], floor=[0.1, 0.1])
    assert finding.symptom == "The samples came 50% of the way from noise to the data."
    assert finding.severity == Severity.NOTE
    assert "1.1 at the start, 0.6 now, 0.1 between two sets of real data" in finding.explanation
    assert [signal.value for signal in finding.evidence] == [1.1, 0.6, 0.1]


@pytest.mark.parametrize(("last", "floor"), [(0.05, 0.1), (0.1, 0.1), (0.5, 2.0)])
def test_progress_is_never_more_than_all_of_the_way(last, floor):
    assert "100%" in only(distance=[1.0, last], floor=[floor]).symptom


@pytest.mark.parametrize("last", [1.0, 1.5])
def test_samples_no_closer_than_noise_are_harm_with_remedies(last):
    finding = only(distance=[1.0, last], floor=[0.1])
    assert finding.severity == Severity.HARM
    assert "no closer to the data" in finding.symptom
    assert len(finding.remedies) == 3


def test_the_spread_is_that_of_the_last_look():
    finding = only(spread=[0.1, 0.456])
    assert finding.symptom == "They vary 0.46 times as much as real data do."
    assert finding.evidence[0].last == 100


def test_an_earlier_look_that_was_clearly_better_is_named_with_the_way_to_use_it():
    found = verdict(series(distance=[1.0, 0.2, 0.3, 0.3, 0.31, 0.32, 0.33, 0.34, 0.6], floor=[0.1]))
    (best,) = [finding for finding in found if "best look" in finding.symptom]
    assert best.symptom == "The best look was earlier, at 100 images."
    assert [str(remedy) for remedy in best.remedies] == ["use that checkpoint: --checkpoint best"]


@pytest.mark.parametrize(
    "distance",
    [
        [1.0, 0.2, 0.9, 0.6],  # too few looks to know how much they differ anyway
        [1.0, 0.5, 0.4, 0.3, 0.2],  # the last one is the best
        [1.0, 0.30, 0.40, 0.30, 0.40, 0.31, 0.41],  # no better than the later looks differ among themselves
    ],
)
def test_an_earlier_look_within_the_usual_difference_is_not_named(distance):
    assert not any("best look" in finding.symptom for finding in verdict(series(distance=distance, floor=[0.1])))


def test_a_wasserstein_estimate_that_falls_is_progress_and_reassuring():
    finding = only(estimate=[1.0, 5.0, 2.0])
    assert finding.severity == Severity.REASSURANCE
    assert "rose to 5 and fell to 2" in finding.symptom
    assert "what progress looks like" in finding.explanation


@pytest.mark.parametrize("estimate", [[5.0], [1.0, 2.0, 5.0]])
def test_an_estimate_that_still_rises_is_not_talked_about(estimate):
    assert verdict(series(estimate=estimate)) == []


def test_probabilities_are_told_with_what_they_should_be():
    finding = only(real=[0.5, 0.71], fake=[0.5, 0.321])
    assert finding.symptom == "At the end D(x) is 0.71 and D(G(z)) is 0.32."
    assert "both are 0.5" in finding.explanation
    assert verdict(series(real=[0.5])) == []


def test_the_findings_come_in_the_order_a_person_asks():
    found = verdict(series(distance=[1.0, 0.5], floor=[0.1], spread=[0.5], estimate=[1.0, 5.0, 2.0]))
    assert [finding.symptom.split()[1] for finding in found] == ["samples", "vary", "Wasserstein"]
