"""Of what is found together, the root is named before what follows from it."""

import pytest

from equipoise.core.facts import Facts
from equipoise.core.history import History
from equipoise.diagnosis.examine import examine


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        ({"real_cue": True, "losses": "discriminator_wins"}, "real_cue"),
        ({"dataset_size": 150.0}, "small_data"),
        ({"nan_seen": True, "penalty_norm_safe": False}, "unsafe_norm"),
        ({"nan_seen": True, "spoken_of": "small_batch"}, "small_batch"),
        ({"nan_seen": True, "penalty": "r1"}, "learning_rate"),
        ({"nan_seen": True, "penalty": "gradient_penalty"}, "unsafe_norm"),
    ],
)
def test_the_first_cause_is_the_root(facts, first):
    assert examine(Facts(facts), History(series={}))[0].causes[0].name == first
