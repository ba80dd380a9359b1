"""A discriminator that could do better is told from one that could not, and neither is changed by the question."""

import pytest
import torch
from torch import nn

from equipoise.constraints import PenaltyTerm, constraint
from equipoise.objectives import objective
from equipoise.probes import GameProbe, Opponents
from equipoise.probes.active.headroom import Turn, headroom

BATCH = 32


def normal(*shape, seed, shift=0.0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)) + shift


def game(discriminator, *, shift, name="non_saturating", penalties=()):
    """Fakes around 0, reals around `shift`; the generator passes its latents on."""
    torch.manual_seed(0)
    generator = nn.Linear(2, 2, bias=False)
    nn.init.eye_(generator.weight)
    players = Opponents(
        generator=generator,
        discriminator=discriminator,
        generate=lambda latents, _: generator(latents),
        score=lambda samples, _: discriminator(samples).flatten(),
    )
    probe = GameProbe(
        latents=normal(128, 2, seed=1),
        labels=None,
        held_out=normal(128, 2, seed=2, shift=shift),
        held_out_labels=None,
        objective=objective(name),
        batch_size=BATCH,
        penalties=penalties,
    )
    return players, probe


def gained(players, probe, *, shift, **settings):
    def turn(number):
        real = normal(BATCH, 2, seed=100 + number, shift=shift)
        return Turn(real=real, labels=None, latents=normal(BATCH, 2, seed=1000 + number))

    return headroom(players, probe, turn, optimizer=lambda weights: torch.optim.Adam(weights, lr=0.05), **settings)


def blind():
    layer = nn.Linear(2, 1)
    nn.init.zeros_(layer.weight)
    return layer


def test_an_untrained_discriminator_has_much_to_gain():
    found = gained(*game(blind(), shift=2.0), shift=2.0)
    assert found.ranking_before == 0.5
    assert found.ranking_gain > 0.4
    assert found.loss_drop > 0.5


def test_where_both_sides_are_alike_nothing_is_to_be_gained():
    found = gained(*game(blind(), shift=0.0), shift=0.0)
    assert abs(found.ranking_gain) < 0.1
    assert found.loss_drop < 0.05


def test_a_frozen_mind_gains_nothing_however_different_the_sides_are():
    found = gained(*game(blind(), shift=2.0, name="wasserstein"), shift=2.0, clip_bound=1e-6)
    assert found.loss_drop == pytest.approx(0.0, abs=1e-4)


def test_a_stiff_penalty_holds_the_critic_back():
    drops = []
    for weight in (0.1, 1000.0):
        term = PenaltyTerm(penalty=constraint("r1"), weight=weight)
        drops.append(gained(*game(blind(), shift=2.0, penalties=(term,)), shift=2.0).loss_drop)
    assert drops[0] > 5 * abs(drops[1])


def test_the_question_changes_nothing():
    discriminator = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.Dropout(0.3), nn.Linear(8, 1))
    players, probe = game(discriminator, shift=2.0)
    discriminator[0].weight.grad = torch.ones(8, 2)
    before = {name: value.clone() for name, value in discriminator.state_dict().items()}
    stream = torch.get_rng_state()
    first, again = (gained(players, probe, shift=2.0, steps=5) for _ in range(2))
    assert first == again
    assert first.ranking_gain != 0.0
    assert all(torch.equal(before[name], value) for name, value in discriminator.state_dict().items())
    assert torch.equal(discriminator[0].weight.grad, torch.ones(8, 2))
    assert discriminator[3].weight.grad is None
    assert torch.equal(stream, torch.get_rng_state())
