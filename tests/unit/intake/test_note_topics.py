"""What a text is taken to be about by its words alone, and texts that are about no fault."""

import pytest

from equipoise.core.vocabulary import VOCABULARY
from equipoise.intake.note_topic_faults import TOPICS
from equipoise.intake.notes import facts_in_notes

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
    ("It is the square of a mean, the paper has something else.", "loss_mismatch"),
    ("Every pixel is blended at a ratio of its own.", "penalty_interpolation"),
    ("Our data set has 250 scans and nothing converges; generation did not go well.", "small_data"),
    ("It did not go well, the thing is unstable and I do not know why.", "trouble"),
]
SILENT = [
    "It trains fine and the pictures look good, clamp comes before the update.",
    "Is it normal that the critic's loss is negative?",
    "Why is there a minus in front of the loss when it is printed?",
    "The audio sounds good although the feature loss increases.",
    "",
    "I use a batch size of 64 and Adam.",
]


@pytest.mark.parametrize(("text", "topic"), ABOUT)
def test_the_words_of_a_fault_are_recognised_in_any_order(text, topic):
    assert facts_in_notes(text).facts.choice("spoken_of") == topic


@pytest.mark.parametrize("text", SILENT)
def test_praise_worries_and_plain_settings_are_about_no_fault(text):
    assert "spoken_of" not in facts_in_notes(text).facts


def test_every_topic_is_a_value_of_the_fact():
    assert {*TOPICS, "trouble"} == {*VOCABULARY["spoken_of"].choices}
