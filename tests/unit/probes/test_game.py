"""Each signal of a game against a formula written out the long way, and limits where the answer is known."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from equipoise.constraints import PenaltyTerm, constraint
from equipoise.core.errors import SettingError
from equipoise.objectives import objective
from equipoise.probes import GameProbe, Opponents, step_efficacy, update_ratio, update_signals, weights_of
from equipoise.probes.conditioning import Centroids
from equipoise.probes.diversity import MOST_VALUES, Reference, diversity_signals, marginal_distance, participation
from equipoise.probes.images import image_signals, power_spectrum, range_signals
from equipoise.probes.lipschitz import slope_signals
from equipoise.probes.opponents import batches
from equipoise.probes.weights import spectrum_signals

BATCH, LATENT = 16, 5
RNG = np.random.default_rng(7)


def normal(*shape, seed=0, scale=1.0):
    return scale * torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


class Generator(nn.Linear):
    """Samples `W z + b`, so that every derivative is known."""


class Critic(nn.Module):
    """Scores `slope . x`, steep or not, so that its gradient is `slope` everywhere."""

    def __init__(self, slope):
        super().__init__()
        self.slope = nn.Parameter(slope.clone())

    def forward(self, samples):
        return samples.flatten(1) @ self.slope


def linear_game(name="wasserstein", *, penalties=(), slope=None, **settings):
    torch.manual_seed(3)
    generator = Generator(LATENT, 4)
    critic = Critic(normal(4, seed=1) if slope is None else slope)
    players = Opponents(
        generator=generator, discriminator=critic, generate=lambda z, _: generator(z), score=lambda x, _: critic(x)
    )
    probe = GameProbe(
        latents=normal(2 * BATCH, LATENT, seed=2),
        labels=None,
        held_out=normal(40, 4, seed=4) + 1.0,
        held_out_labels=None,
        objective=objective(name),
        batch_size=BATCH,
        penalties=penalties,
        **settings,
    )
    training = normal(2 * BATCH, 4, seed=5) + 1.0
    return players, probe, training, probe(players, training=training)


def test_scores_are_those_of_held_out_and_generated_samples_in_whole_batches():
    players, probe, training, signals = linear_game()
    real = players.discriminator(probe.held_out[:32]).detach().numpy()
    fake = players.discriminator(players.generator(probe.latents)).detach().numpy()
    shown = players.discriminator(training).detach().numpy()
    scores = np.concatenate([real, fake])
    assert signals["separation/held_out_ranking"] == pytest.approx((real[:, None] > fake).mean())
    assert signals["separation/memorisation"] == pytest.approx((shown[:, None] > real).mean())
    assert signals["logits/offset"] == pytest.approx(scores.mean(), rel=1e-5)
    assert signals["logits/scale"] == pytest.approx(scores.std(ddof=1), rel=1e-5)
    assert signals["logits/magnitude"] == pytest.approx(np.abs(scores).mean(), rel=1e-5)
    assert (signals["logits/lowest"], signals["logits/highest"]) == pytest.approx((scores.min(), scores.max()))


def test_seen_samples_are_not_called_held_out():
    *_, signals = linear_game(unseen=False)
    assert "separation/ranking" in signals
    assert not {"separation/held_out_ranking", "separation/memorisation"} & set(signals)


def test_a_linear_critic_is_as_steep_as_its_slope_everywhere():
    players, probe, _, signals = linear_game()
    slope = players.discriminator.slope.norm().item()
    for name in ("mean", "q95", "largest"):
        assert signals[f"lipschitz/{name}"] == pytest.approx(slope, rel=1e-5)
    assert signals["lipschitz/spread"] == pytest.approx(0.0, abs=1e-5)
    assert 0.5 * slope < signals["lipschitz/empirical"] <= slope * (1 + 1e-5)
    real, fake = probe.held_out.double(), players.generator(probe.latents).double()
    between = [(a - b).norm().item() for i, a in enumerate(real) for b in real[:i]]
    gap = (players.discriminator(real[:32].float()).mean() - players.discriminator(fake.float()).mean()).item()
    assert signals["wasserstein/normalised"] == pytest.approx(gap / (slope * np.mean(between)), rel=1e-4)


def test_slopes_are_told_by_their_distribution():
    norms = normal(201, seed=3).abs()
    told = {name: value.item() for name, value in slope_signals(norms).items()}
    values = norms.double().numpy()
    assert told["lipschitz/mean"] == pytest.approx(values.mean(), rel=1e-5)
    assert told["lipschitz/spread"] == pytest.approx(values.std(), rel=1e-5)
    assert told["lipschitz/q95"] == pytest.approx(np.quantile(values, 0.95), rel=1e-5)
    assert told["lipschitz/largest"] == pytest.approx(values.max(), rel=1e-6)


def test_the_empirical_constant_is_a_quantile_over_all_pairs():
    players, probe, _, signals = linear_game()
    real, fake = probe.held_out[:32], players.generator(probe.latents)
    ratios = [(players.discriminator((a - b)[None]).abs() / (a - b).norm()).item() for a in real for b in fake]
    assert signals["lipschitz/empirical"] == pytest.approx(sorted(ratios)[round(0.99 * len(ratios)) - 1], rel=1e-4)


def test_what_the_generator_is_told_by_a_wasserstein_loss():
    players, probe, _, signals = linear_game()
    slope, first, second = players.discriminator.slope.detach(), probe.latents[:BATCH], probe.latents[BATCH:]
    assert signals["gradients/attenuation"] == pytest.approx(1.0, rel=1e-5)
    assert signals["gradients/at_fakes"] == pytest.approx(slope.norm().item(), rel=1e-5)
    told = [torch.cat([torch.outer(-slope, z.mean(dim=0)).flatten(), -slope]) for z in (first, second)]
    assert signals["gradients/generator"] == pytest.approx(told[0].norm().item(), rel=1e-5)
    cosine = torch.nn.functional.cosine_similarity(told[0], told[1], dim=0).item()
    assert signals["gradients/agreement"] == pytest.approx(cosine, rel=1e-4)


def test_a_saturating_loss_is_seen_to_fade_and_its_cure_is_not():
    for name, slope_of in (("minimax", lambda d: d), ("non_saturating", lambda d: 1 - d)):
        players, probe, _, signals = linear_game(name, slope=normal(4, seed=1, scale=3.0))
        probability = players.discriminator(players.generator(probe.latents[:BATCH])).sigmoid()
        assert signals["gradients/attenuation"] == pytest.approx(slope_of(probability).mean().item(), rel=1e-4)


def test_the_discriminators_gradient_has_its_penalties_in_it():
    slope = normal(4, seed=1)
    term = PenaltyTerm(penalty=constraint("gradient_penalty"), weight=10.0, every=4)
    players, probe, training, signals = linear_game(slope=slope, penalties=(term,))
    gap = (training[:BATCH] - players.generator(probe.latents[:BATCH]).detach()).mean(dim=0)
    length = slope.norm()
    by_hand = -gap + 10.0 * 2 * (length - 1) * slope / length
    assert signals["gradients/discriminator"] == pytest.approx(by_hand.norm().item(), rel=1e-4)
    pull = 10.0 * (length - 1).square()
    assert signals["penalty/share"] == pytest.approx((pull / (pull + (gap @ slope).abs())).item(), rel=1e-4)
    *_, without = linear_game(slope=slope)
    assert without["gradients/discriminator"] == pytest.approx(gap.norm().item(), rel=1e-4)
    assert "penalty/share" not in without


def test_latents_reach_the_samples_as_far_as_the_weights_carry_them():
    players, probe, _, signals = linear_game()
    real = probe.held_out
    between = np.mean([(a - b).norm().item() for i, a in enumerate(real) for b in real[:i]])
    directions = normal(20_000, LATENT, seed=9)
    carried = (directions @ players.generator.weight.T).norm(dim=1) / directions.norm(dim=1)
    expected = carried.mean().item() * math.sqrt(LATENT) / between
    assert signals["samples/latent_sensitivity"] == pytest.approx(expected, rel=0.15)


def test_a_step_in_latent_space_is_small_enough_to_see_folds():
    """sin(10 z) moves by 10 |cos(10 z)| locally, and by less than 2 however far one goes."""
    players, probe, training, _ = linear_game()
    wave = nn.Linear(LATENT, 4)
    with torch.no_grad():
        wave.weight.copy_(10 * torch.eye(4, LATENT))
    waving = Opponents(
        generator=wave, discriminator=players.discriminator, generate=lambda z, _: wave(z).sin(), score=players.score
    )
    z, steps = normal(20_000, LATENT, seed=8), normal(20_000, LATENT, seed=9, scale=0.1)
    carried = ((wave(z + steps).sin() - wave(z).sin()).norm(dim=1) / steps.norm(dim=1)).mean().item()
    real = probe.held_out
    between = np.mean([(a - b).norm().item() for i, a in enumerate(real) for b in real[:i]])
    expected = carried * math.sqrt(LATENT) / between
    assert probe(waving, training=training)["samples/latent_sensitivity"] == pytest.approx(expected, rel=0.2)


def test_one_batch_of_latents_has_no_agreement_and_all_else():
    *_, signals = linear_game()
    players, probe, training, _ = linear_game()
    fields = ("labels", "held_out", "held_out_labels", "objective", "batch_size")
    short = GameProbe(latents=probe.latents[:BATCH], **{name: getattr(probe, name) for name in fields})
    assert set(signals) - set(short(players, training=training)) == {"gradients/agreement"}


def test_diversity_by_the_long_way():
    real, fake = normal(30, 2, 3, 3, seed=1) + 0.5, normal(25, 2, 3, 3, seed=2, scale=0.5)
    reference = Reference.of(real)
    signals = {name: value.item() for name, value in diversity_signals(reference.beside(fake), reference).items()}
    r, f = real.flatten(1).double().numpy(), fake.flatten(1).double().numpy()

    def pairs(rows):
        return np.array([[np.linalg.norm(a - b) if i != j else np.inf for j, b in enumerate(rows)]
                         for i, a in enumerate(rows)])  # fmt: skip

    def dimensions(rows):
        values = np.linalg.eigvalsh(np.cov(rows.T))
        return values.sum() ** 2 / (values**2).sum()

    finite = [pairs(rows)[np.isfinite(pairs(rows))].mean() for rows in (f, r)]
    nearest = [pairs(rows).min(axis=1) for rows in (f, r)]
    medians = [torch.from_numpy(values).median().item() for values in nearest]
    values = np.sort(f.ravel()), np.sort(r[:25].ravel())
    assert signals["samples/marginal_distance"] == pytest.approx(np.abs(values[0] - values[1]).mean() / r.std(ddof=1))
    shift = np.linalg.norm(f.mean(0) - r.mean(0)) / np.sqrt(r.var(0, ddof=1).sum())
    assert signals["samples/mean_shift"] == pytest.approx(shift)
    assert signals["samples/variance_ratio"] == pytest.approx(f.var(0, ddof=1).sum() / r.var(0, ddof=1).sum())
    assert signals["samples/participation_ratio"] == pytest.approx(dimensions(f) / dimensions(r))
    assert signals["samples/diversity"] == pytest.approx(finite[0] / finite[1])
    assert signals["samples/nearest_ratio"] == pytest.approx(medians[0] / medians[1])
    assert signals["samples/duplicates"] == 0.0


def test_copies_are_counted_and_a_constant_generator_is_no_dimension():
    real = normal(40, 6, seed=1)
    reference = Reference.of(real)
    fake = torch.cat([normal(30, 6, seed=2), normal(1, 6, seed=3).expand(10, 6) + normal(10, 6, seed=4, scale=1e-4)])
    assert diversity_signals(reference.beside(fake), reference)["samples/duplicates"] == pytest.approx(0.25)
    constant = diversity_signals(reference.beside(torch.ones(20, 6)), reference)
    assert constant["samples/duplicates"] == 1.0
    for name in ("diversity", "variance_ratio", "participation_ratio", "nearest_ratio"):
        assert constant[f"samples/{name}"] == pytest.approx(0.0, abs=1e-6)


def test_a_copy_is_measured_by_neighbours_and_not_by_the_whole_spread():
    centres = 100.0 * normal(4, 6, seed=1)
    clusters = centres.repeat_interleave(10, dim=0) + normal(40, 6, seed=2)
    reference = Reference.of(clusters)
    others = centres.repeat_interleave(10, dim=0) + normal(40, 6, seed=3)
    assert diversity_signals(reference.beside(others), reference)["samples/duplicates"] == 0.0


def test_reals_that_repeat_themselves_say_nothing_of_neighbours():
    reference = Reference.of(normal(10, 6, seed=1).repeat(2, 1))
    assert not {"samples/duplicates", "samples/nearest_ratio"} & set(diversity_signals(reference.rows, reference))
    with pytest.raises(SettingError, match="all the same"):
        Reference.of(torch.ones(5, 3))


def test_large_samples_are_compared_at_the_same_places():
    real = normal(40, 4000, seed=1).double()
    assert real.numel() > 2 * MOST_VALUES
    assert marginal_distance(real, real) == 0.0
    assert marginal_distance(real + 0.25, real) == pytest.approx(0.25)


def test_participation_is_the_number_of_equal_directions():
    rows = torch.cat([torch.eye(6), -torch.eye(6)]).double()[:, [0, 1, 2, 3, 4, 5]]
    assert participation(rows) == pytest.approx(6.0)
    rows[:, 3:] = 0
    assert participation(rows) == pytest.approx(3.0)


def test_values_beyond_the_other_sides_ends_are_counted():
    real = torch.linspace(-1, 1, 101).view(1, 1, 1, 101).expand(2, 1, 1, 101).clone()
    fake = real.clamp(-0.5, 0.5)
    assert range_signals(fake, real)["samples/out_of_range"] == 0.0
    assert range_signals(fake, real)["samples/out_of_reach"] == pytest.approx((real.abs() > 0.52).float().mean().item())
    assert range_signals(2 * real, real)["samples/out_of_range"] == pytest.approx(
        (2 * real.abs() > 1.02).float().mean()
    )


def test_the_ends_of_the_range_are_where_the_reals_end():
    real = torch.linspace(-1, 1, 400).view(1, 1, 20, 20)
    fake = torch.where(torch.arange(400).view(1, 1, 20, 20) < 100, -1.0, 0.3)
    signals = image_signals(fake, real)
    assert signals["samples/saturated_share"] == pytest.approx(0.25)
    assert signals["samples/saturated_share_of_reals"] == pytest.approx((real.abs() > 0.99).float().mean().item())


def test_the_spectrum_finds_a_wave_where_it_is():
    x = torch.arange(16.0)
    wave = torch.cos(2 * math.pi * 3 * x / 16).expand(1, 1, 16, 16)
    spectrum = power_spectrum(wave)
    assert spectrum[0, 3] == pytest.approx(spectrum.sum().item() / 2, rel=1e-5)
    assert spectrum.sum() == pytest.approx(wave.square().sum().item(), rel=1e-5)


def test_a_checkerboard_stands_on_the_nyquist_line_and_grain_does_not():
    real = torch.nn.functional.avg_pool2d(normal(64, 1, 18, 18, seed=1), 3, stride=1)
    columns = torch.where(torch.arange(16) % 2 == 0, 0.3, -0.3)
    board, grain = real + columns.view(1, 1, 1, 16), real + normal(64, 1, 16, 16, seed=2, scale=0.3)
    assert image_signals(real, real)["samples/nyquist"] == pytest.approx(0.0, abs=1e-6)
    assert image_signals(board, real)["samples/nyquist"] > 0.5
    assert abs(image_signals(grain, real)["samples/nyquist"]) < 0.3
    assert image_signals(grain, real)["samples/high_frequency"] > 0.5
    blurred = torch.nn.functional.avg_pool2d(real, 3, stride=1, padding=1)
    assert image_signals(blurred, real)["samples/high_frequency"] < -0.5


def test_an_odd_picture_has_no_nyquist_line():
    real = normal(8, 3, 9, 9, seed=1)
    assert "samples/nyquist" not in image_signals(real, real)


def test_the_nearest_centre_tells_classes_apart():
    labels = torch.arange(30) % 3
    rows = (torch.eye(3)[labels] * 10 + normal(30, 3, seed=1)).double()
    centroids = Centroids.of(rows, labels)
    assert centroids.accuracy(rows, labels) == 1.0
    assert centroids.accuracy(rows, (labels + 1) % 3) == 0.0
    half = torch.where(torch.arange(30) < 15, labels, (labels + 1) % 3)
    assert centroids.accuracy(rows, half) == pytest.approx(0.5)
    assert centroids.accuracy(rows, torch.where(labels == 0, 7, labels)) == 1.0  # a class nobody has seen is not asked


class Told(nn.Module):
    """A player that adds `size` times its label's vector to what it makes of its input."""

    def __init__(self, inputs, outputs, size):
        super().__init__()
        self.body = nn.Linear(inputs, outputs)
        self.table = nn.Embedding(3, outputs)
        self.size = size

    def forward(self, x, labels):
        return self.body(x) + self.size * self.table(labels)


def conditional_signals(generator_size, discriminator_size):
    torch.manual_seed(1)
    generator, body = Told(LATENT, 4, generator_size), Told(4, 1, discriminator_size)
    players = Opponents(
        generator=generator,
        discriminator=body,
        generate=generator,
        score=lambda x, y: body(x, y).flatten(),
    )
    labels = torch.arange(32) % 3
    held_out = torch.eye(4)[labels] * 3 + normal(32, 4, seed=4)
    probe = GameProbe(
        latents=normal(32, LATENT, seed=2),
        labels=labels,
        held_out=held_out,
        held_out_labels=labels,
        objective=objective("hinge"),
        batch_size=BATCH,
    )
    return probe(players, training=held_out.flip(0), training_labels=labels.flip(0))


def test_labels_that_reach_nobody_are_seen_to_do_nothing():
    signals = conditional_signals(0.0, 0.0)
    assert signals["condition/label_ranking"] == 0.5
    assert signals["condition/generator_response"] == 0.0
    told = conditional_signals(1.0, 1.0)
    assert told["condition/label_ranking"] != 0.5
    assert 0.3 < told["condition/generator_response"] < 10
    twice = conditional_signals(2.0, 1.0)["condition/generator_response"]
    assert twice == pytest.approx(2 * told["condition/generator_response"], rel=1e-4)
    assert told["condition/accuracy_of_reals"] > 0.9


def test_a_discriminator_that_knows_the_labels_ranks_them():
    torch.manual_seed(0)
    knows = nn.Linear(4, 1)
    labels = torch.arange(32) % 3
    held_out = torch.eye(4)[labels]
    generator = Told(LATENT, 4, 1.0)
    probe = GameProbe(
        latents=normal(32, LATENT), labels=labels, held_out=held_out, held_out_labels=labels,
        objective=objective("hinge"), batch_size=BATCH,
    )  # fmt: skip
    players = Opponents(
        generator=generator, discriminator=knows, generate=generator, score=lambda x, y: (x * torch.eye(4)[y]).sum(1)
        + 0 * knows(x).flatten(),
    )  # fmt: skip
    assert probe(players, training=held_out, training_labels=labels)["condition/label_ranking"] == 1.0


def test_spectra_of_weights_are_those_of_the_singular_values():
    torch.manual_seed(2)
    discriminator = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(32, 6), nn.Linear(6, 1))
    values = [torch.linalg.svdvals(layer.weight.detach().flatten(1)) for layer in (discriminator[0], discriminator[2])]
    ranks = [((s**2).sum() ** 2 / (s**4).sum() / len(s)).item() for s in values]
    signals = spectrum_signals(discriminator)
    assert signals["weights/largest_singular"] == pytest.approx(max(s.max().item() for s in values), rel=1e-3)
    assert signals["weights/effective_rank"] == pytest.approx(np.mean(ranks), rel=1e-4)
    assert spectrum_signals(nn.Linear(4, 1)) == {}


def test_updates_are_told_in_units_of_the_weights():
    module = nn.Linear(3, 2)
    before = weights_of(module)
    length = torch.cat([value.flatten() for value in before]).norm()
    with torch.no_grad():
        module.weight += 0.1
    assert update_ratio(before, module) == pytest.approx((0.1 * math.sqrt(6) / length).item(), rel=1e-5)
    signals = update_signals(generator=torch.tensor(0.001), discriminator=torch.tensor(0.01))
    assert signals["updates/log_ratio"] == pytest.approx(1.0)
    frozen = update_signals(generator=torch.tensor(0.001), discriminator=torch.tensor(0.0))
    assert frozen["updates/discriminator"] == 0.0
    assert frozen["updates/log_ratio"] == pytest.approx(-9.0)


def test_a_step_that_raises_scores_is_efficacious():
    before, after = torch.tensor([0.0, 1.0]), torch.tensor([1.0, 2.0])
    assert step_efficacy(before, after) == pytest.approx(1.0 / np.std([0, 1, 1, 2], ddof=1))
    assert step_efficacy(after, before) < 0


def test_batches_are_whole_unless_there_is_only_a_part():
    assert [(part.start, part.stop) for part in batches(10, 4)] == [(0, 4), (4, 8)]
    assert [(part.start, part.stop) for part in batches(3, 4)] == [(0, 3)]
