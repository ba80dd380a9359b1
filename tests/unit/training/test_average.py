"""The averaged generator against the closed form of an exponential average."""

import pytest
import torch
from torch import nn

from equipoise.training.average import WARM_UP_SHARE, update_average

IMAGES = 10


class Counting(nn.Module):
    """A weight, a running statistic and a counter."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2))
        self.register_buffer("mean", torch.ones(2))
        self.register_buffer("batches", torch.zeros((), dtype=torch.int64))

    def forward(self, latents: torch.Tensor) -> torch.Tensor:
        return latents


@pytest.fixture
def state(make_state):
    """The generator stands at 1 and its average at 0."""
    state = make_state(generator=Counting())
    for value in (state.averaged_generator.weight, state.averaged_generator.mean):
        value.detach().zero_()
    state.generator.batches.fill_(7)
    return state


def test_after_one_half_life_the_average_has_come_half_way(state):
    state.images_seen = 1_000_000
    for _ in range(8):
        update_average(state, half_life=8 * IMAGES, images=IMAGES)
    assert state.averaged_generator.weight.tolist() == pytest.approx([0.5, 0.5])
    assert state.averaged_generator.mean.tolist() == pytest.approx([0.5, 0.5])


def test_counters_are_copied_and_not_averaged(state):
    state.images_seen = 1_000_000
    update_average(state, half_life=1000, images=IMAGES)
    assert state.averaged_generator.batches.item() == 7
    assert state.averaged_generator.batches.dtype == torch.int64


def test_early_in_a_run_the_half_life_is_a_share_of_what_was_seen(state):
    state.images_seen = 400
    update_average(state, half_life=10_000, images=IMAGES)
    expected = 1 - 0.5 ** (IMAGES / (WARM_UP_SHARE * 400))
    assert state.averaged_generator.weight.tolist() == pytest.approx([expected] * 2)


def test_a_half_life_of_nothing_copies_the_generator(state):
    state.images_seen = 1_000_000
    update_average(state, half_life=0, images=IMAGES)
    assert torch.equal(state.averaged_generator.weight, state.generator.weight)


def test_the_generator_itself_is_left_alone_and_the_average_needs_no_gradient(state):
    state.images_seen = 100
    update_average(state, half_life=10, images=IMAGES)
    assert state.generator.weight.tolist() == [1.0, 1.0]
    assert not state.averaged_generator.weight.requires_grad
