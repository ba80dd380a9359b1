"""What a text sounds like by its wording alone, and texts that sound like a worry without need."""

import pytest

from equipoise.core.failures import FAILURES
from equipoise.diagnosis.rules.spoken_of import CALM
from equipoise.intake.note_resemblance import HEALTHY, learned, pairs, sounds_like, stems, with_objective

ABOUT = [
    (
        "For every update the run order is clamp, then rmsprop; the paper has it the other way round.",
        "clip_before_step",
    ),
    ("Pictures hang upside down now and again, none of the photos does. --aug=ada", "augmentation_leak"),
    ("With autocast everything overflows.", "half_precision"),
    ("The decoder's deconvolutions leave a regular mesh.", "kernel_not_divisible"),
    ("Picking up a run from disk: whatever Adam had accumulated is gone.", "resumed_without_optimizer"),
    ("The pictures and their y go through one shuffle each, independently.", "labels_shuffled"),
    ("Every pixel is blended at a ratio of its own.", "penalty_interpolation"),
    ("There are 250 scans, D knows each of them by heart and is lost on held-out ones.", "discriminator_memorises"),
]
CALM_ONES = [
    "It trains fine and the pictures look good.",
    "Is it normal that the critic's loss is negative?",
    "The audio sounds good although the feature loss increases.",
]
WORDLESS = ["", "... !!"]


@pytest.mark.parametrize(("text", "failure"), ABOUT)
def test_a_failure_is_recognised_by_other_words_than_its_own(text, failure):
    told = sounds_like(text)
    assert failure in told["spoken_of"].split(", ")
    assert 0.0 <= told["resemblance"] <= 1.0


@pytest.mark.parametrize("text", CALM_ONES)
def test_praise_and_worries_sound_more_like_themselves_than_like_any_failure(text):
    assert sounds_like(text)["calm"] >= CALM


def test_a_complaint_does_not():
    assert sounds_like("All samples are the same picture, whatever the noise.")["calm"] < 0.0


@pytest.mark.parametrize("text", WORDLESS)
def test_a_text_without_words_sounds_like_nothing(text):
    assert sounds_like(text) == {}


def test_every_name_of_the_model_is_a_failure_with_a_page():
    assert set(learned().names) - {HEALTHY} <= set(FAILURES)


def test_the_objective_that_is_known_from_elsewhere_counts():
    text = "Nothing works and I do not know why."
    assert sounds_like(text, "wasserstein") != sounds_like(text, "non_saturating")
    assert set(stems(with_objective("", "hinge"))).isdisjoint(stems("hinge"))


def test_words_are_cut_so_that_their_forms_agree():
    assert stems("Clipped, clipping CLIPS 0.01") == ["clip", "clip", "clip", "0.01"]
    assert pairs("a gradient penalty") == ["a grad", "grad pena"]


def test_a_text_without_end_is_read_to_a_bound():
    assert len(stems("word " * 1_000_000)) <= 4_000
