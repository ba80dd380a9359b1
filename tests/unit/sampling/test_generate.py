import pytest
import torch
from torch import Tensor, nn

from equipoise.core.errors import SettingError
from equipoise.core.randomness import seeded_generator
from equipoise.sampling import generate, interpolate_classes, interpolate_latents, sample_latents, slerp
from equipoise.sampling.generate import evaluating, generate_from


class Conditional(nn.Module):
    """Adds the label's number to the latents."""

    def forward(self, latents: Tensor, labels: Tensor) -> Tensor:
        return latents + labels[:, None]


def network() -> nn.Module:
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.Dropout(0.5), nn.Linear(16, 3), nn.Tanh())
    module(torch.randn(64, 4))  # running statistics of its own
    return module


@pytest.mark.parametrize("batch", [1, 3, 10, 999])
def test_samples_do_not_depend_on_the_chunks(batch: int) -> None:
    module = network()
    whole = generate(module, 10, latent_dim=4, seed=5, batch=10)
    assert whole.shape == (10, 3)
    torch.testing.assert_close(generate(module, 10, latent_dim=4, seed=5, batch=batch), whole)
    assert not torch.equal(generate(module, 10, latent_dim=4, seed=6, batch=batch), whole)


def test_generating_leaves_module_and_global_stream_as_they_were() -> None:
    module = network().train()
    module[1].eval()
    state = {key: value.clone() for key, value in module.state_dict().items()}
    stream = torch.get_rng_state()
    samples = generate(module, 7, latent_dim=4, batch=2)
    assert [part.training for part in module] == [True, False, True, True, True]
    assert all(torch.equal(value, state[key]) for key, value in module.state_dict().items())
    assert torch.equal(torch.get_rng_state(), stream)
    assert not samples.requires_grad


def test_modes_come_back_after_an_error() -> None:
    module = network()
    with pytest.raises(RuntimeError, match="shapes"):
        generate(module, 2, latent_dim=5)
    assert module.training
    with evaluating(module):
        assert not module[2].training
    assert module[2].training


def test_half_precision_samples_come_back_in_float32() -> None:
    module = nn.Linear(4, 2).bfloat16()
    assert generate_from(module, torch.randn(3, 4).bfloat16()).dtype == torch.float32


def test_labels_go_with_their_latents() -> None:
    labels = torch.tensor([10, 20, 30, 40, 50])
    latents = sample_latents(5, 2, seeded_generator(3))
    samples = generate(Conditional(), 5, latent_dim=2, labels=labels, seed=3, batch=2)
    torch.testing.assert_close(samples, latents + labels[:, None])


def test_impossible_requests_are_refused() -> None:
    with pytest.raises(SettingError, match="2 entries for 5"):
        generate(Conditional(), 5, latent_dim=2, labels=torch.tensor([1, 2]))
    with pytest.raises(SettingError, match="`batch` is 0"):
        generate(network(), 5, latent_dim=4, batch=0)
    with pytest.raises(SettingError, match="at least 1"):
        generate(network(), 0, latent_dim=4)


def test_ways_between_latents_run_row_by_row() -> None:
    start, end = sample_latents(3, 4, seeded_generator(1)), sample_latents(3, 4, seeded_generator(2))
    module = network()
    frames = interpolate_latents(module, start, end, steps=5)
    assert module.training
    assert frames.shape == (15, 3)
    ways = frames.unflatten(0, (3, 5))
    for column, t in enumerate((0.0, 0.25, 0.5, 0.75, 1.0)):
        torch.testing.assert_close(ways[:, column], generate_from(module, slerp(start, end, t)))


def test_ways_between_latents_keep_their_label() -> None:
    latents = torch.zeros(2, 3)
    frames = interpolate_latents(Conditional(), latents, latents, steps=2, labels=torch.tensor([4, 7]))
    assert frames[:, 0].tolist() == [4.0, 4.0, 7.0, 7.0]


def test_ways_between_classes_blend_two_weights_and_keep_the_latents() -> None:
    seen: list[tuple[Tensor, Tensor]] = []

    def blend(latents: Tensor, weights: Tensor) -> Tensor:
        seen.append((latents, weights))
        return weights @ torch.tensor([[0.0], [1.0], [2.0], [3.0]])

    latents = sample_latents(2, 6, seeded_generator(1))
    frames = interpolate_classes(blend, latents, start=3, end=1, classes=4, steps=5)
    torch.testing.assert_close(frames.flatten(), torch.tensor([3.0, 2.5, 2.0, 1.5, 1.0] * 2))
    assert all(torch.equal(given, latents) for given, _ in seen)
    for _, weights in seen:
        torch.testing.assert_close(weights.sum(dim=1), torch.ones(2))


def test_impossible_ways_are_refused() -> None:
    latents = torch.zeros(1, 4)
    with pytest.raises(SettingError, match="`steps` is 1"):
        interpolate_latents(network(), latents, latents, steps=1)
    with pytest.raises(SettingError, match="run from 0 to 2"):
        interpolate_classes(lambda z, w: z, latents, start=0, end=3, classes=3, steps=2)
