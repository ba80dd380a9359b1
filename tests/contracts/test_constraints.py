"""What every penalty keeps: its formula, its gradient to the weights, its norm over whole samples, its manners."""

import pickle
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from equipoise.constraints import CONSTRAINTS, GradientPenalty, Penalty, PenaltyReading, PenaltyTerm, constraint
from equipoise.core.calling import score_function
from equipoise.core.errors import NetworkError, SettingError

every_penalty = pytest.mark.parametrize("name", CONSTRAINTS)


def stream(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def draw(*shape: int, seed: int, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.randn(shape, generator=stream(seed), dtype=torch.float64).to(dtype)


def fill(module: nn.Module, seed: int = 5, scale: float = 0.6) -> nn.Module:
    """Weights from a stream of their own, large enough that gradient norms straddle 1."""
    rng = stream(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=rng) * scale)
    return module


def mlp(dtype: torch.dtype = torch.float64) -> nn.Module:
    return fill(
        nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 1)).to(dtype), scale=1.0
    )


def conv(dtype: torch.dtype = torch.float64) -> nn.Module:
    layers = (nn.Conv2d(2, 3, 3, padding=1), nn.Tanh(), nn.Conv2d(3, 2, 3, stride=2), nn.Tanh())
    return fill(nn.Sequential(*layers, nn.Flatten(), nn.Linear(8, 1)).to(dtype))


NETWORKS: dict[str, tuple[Callable[..., nn.Module], tuple[int, ...]]] = {"mlp": (mlp, (3,)), "conv": (conv, (2, 6, 6))}
every_network = pytest.mark.parametrize("network", NETWORKS)


def batch(network: str, count: int = 4, dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor]:
    shape = NETWORKS[network][1]
    return draw(count, *shape, seed=1, dtype=dtype), draw(count, *shape, seed=2, dtype=dtype)


def measured(penalty: Penalty, module: nn.Module, real: Tensor, fake: Tensor, seed: int = 9) -> PenaltyReading:
    return penalty(score_function(module, None), real=real, fake=fake, rng=stream(seed))


def linear(*weight: float) -> nn.Module:
    module = nn.Linear(len(weight), 1, bias=False).double()
    with torch.no_grad():
        module.weight.copy_(torch.tensor([weight], dtype=torch.float64))
    return module


CLOSED_FORMS: dict[str, Callable[[float], float]] = {
    "gradient_penalty": lambda norm: (norm - 1) ** 2,
    "one_sided_gradient_penalty": lambda norm: max(norm - 1, 0.0) ** 2,
    "r1": lambda norm: norm**2 / 2,
    "r2": lambda norm: norm**2 / 2,
    "dragan": lambda norm: (norm - 1) ** 2,
}


@every_penalty
@pytest.mark.parametrize("size", [3.0, 1.0, 0.25])
def test_value_at_a_linear_discriminator_depends_on_its_weight_alone(name: str, size: float) -> None:
    module = linear(2 / 3 * size, -2 / 3 * size, 1 / 3 * size)
    real, fake = batch("mlp", 7)
    reading = measured(constraint(name), module, real, fake)
    torch.testing.assert_close(reading.gradient_norms, torch.full((7,), size, dtype=torch.float64))
    expected = torch.full((7,), CLOSED_FORMS[name](size), dtype=torch.float64)
    torch.testing.assert_close(reading.values, expected, rtol=1e-9, atol=1e-12)


@every_penalty
@every_network
def test_gradient_with_respect_to_weights_agrees_with_finite_differences(name: str, network: str) -> None:
    module = NETWORKS[network][0]()
    real, fake = batch(network)
    parameters = list(module.parameters())
    analytic = torch.autograd.grad(
        measured(constraint(name), module, real, fake).values.mean(),
        parameters,
        allow_unused=True,  # the last bias moves no gradient
        materialize_grads=True,
    )
    step = 1e-5
    for seed in range(3):
        direction = [draw(*p.shape, seed=seed + 20) for p in parameters]
        values = []
        for sign in (1, -1):
            with torch.no_grad():
                for parameter, d in zip(parameters, direction, strict=True):
                    parameter += sign * step * d
            values.append(measured(constraint(name), module, real, fake).values.mean().item())
            with torch.no_grad():
                for parameter, d in zip(parameters, direction, strict=True):
                    parameter -= sign * step * d
        slope = sum(float((g * d).sum()) for g, d in zip(analytic, direction, strict=True))
        assert slope == pytest.approx((values[0] - values[1]) / (2 * step), rel=1e-5, abs=1e-8)


@every_penalty
@every_network
def test_penalty_reaches_every_weight(name: str, network: str) -> None:
    module = NETWORKS[network][0]()
    measured(constraint(name), module, *batch(network)).values.mean().backward()
    for key, parameter in module.named_parameters():
        if key.endswith("weight"):
            assert parameter.grad is not None, key
            assert (parameter.grad != 0).all(), key


@every_penalty
@every_network
def test_norm_spans_all_dimensions_of_one_sample(name: str, network: str) -> None:
    module = NETWORKS[network][0]()
    real, fake = batch(network)
    seen: list[Tensor] = []

    def spy(samples: Tensor) -> Tensor:
        seen.append(samples)
        return module(samples).flatten()

    reading = constraint(name)(spy, real=real, fake=fake, rng=stream())
    assert reading.values.shape == reading.gradient_norms.shape == (4,)
    for index, point in enumerate(seen[0].detach()):
        alone = point[None].clone().requires_grad_()
        (gradient,) = torch.autograd.grad(module(alone).sum(), alone)
        norm = gradient.flatten().square().sum().sqrt().item()
        assert reading.gradient_norms[index].item() == pytest.approx(norm, rel=1e-9)
        assert reading.values[index].item() == pytest.approx(CLOSED_FORMS[name](norm), rel=1e-9, abs=1e-12)


def between(points: Tensor, real: Tensor, fake: Tensor) -> bool:
    return bool(((points - real) * (points - fake) < 0).all())


def beside(points: Tensor, real: Tensor, fake: Tensor) -> bool:
    return bool((points > real).all()) and bool((points - real <= 0.5 * real.std(correction=0)).all())


PLACES: dict[str, Callable[[Tensor, Tensor, Tensor], bool]] = {
    "gradient_penalty": between,
    "one_sided_gradient_penalty": between,
    "r1": lambda points, real, fake: torch.equal(points, real),
    "r2": lambda points, real, fake: torch.equal(points, fake),
    "dragan": beside,
}


@every_penalty
def test_each_penalty_measures_in_its_own_place(name: str) -> None:
    seen: list[Tensor] = []

    def spy(samples: Tensor) -> Tensor:
        seen.append(samples.detach())
        return samples.sum(dim=1)

    real, fake = batch("mlp", 50)
    constraint(name)(spy, real=real, fake=fake, rng=stream())
    assert len(seen) == 1
    assert PLACES[name](seen[0], real, fake)


@every_penalty
def test_a_flat_discriminator_gives_finite_gradients(name: str) -> None:
    module = mlp()
    nn.init.zeros_(module[-1].weight)
    reading = measured(constraint(name), module, *batch("mlp"))
    assert (reading.gradient_norms == 0).all()
    expected = torch.full((4,), CLOSED_FORMS[name](0.0), dtype=torch.float64)
    torch.testing.assert_close(reading.values, expected)
    reading.values.mean().backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in module.parameters())


@every_penalty
@pytest.mark.parametrize("size", [1e-6, 1e-3, 1.0, 1e6])
def test_norms_are_unbiased_at_every_scale(name: str, size: float) -> None:
    module = linear(0.6 * size, 0.8 * size, 0.0).float()
    real, fake = batch("mlp", dtype=torch.float32)
    norms = measured(constraint(name), module, real, fake).gradient_norms
    torch.testing.assert_close(norms, torch.full((4,), size), rtol=1e-6, atol=0.0)


@every_penalty
@every_network
def test_a_batch_of_one_is_enough(name: str, network: str) -> None:
    reading = measured(constraint(name), NETWORKS[network][0](), *batch(network, 1))
    assert reading.values.shape == (1,)
    assert reading.values.isfinite().all()


@every_penalty
def test_gradients_of_a_pack_are_taken_together(name: str) -> None:
    weight = draw(6, seed=7)
    real, fake = draw(8, 3, seed=1), draw(8, 3, seed=2)
    packed = constraint(name)(lambda x: x.reshape(-1, 6) @ weight, real=real, fake=fake, rng=stream())
    assert packed.values.shape == (4,)
    torch.testing.assert_close(packed.gradient_norms, weight.norm().expand(4))


@every_penalty
def test_a_pack_holds_consecutive_samples(name: str) -> None:
    def score(samples: Tensor) -> Tensor:  # the score of pack k has gradient k + 1 for all of its values
        packs = samples.reshape(4, 6)
        return (packs * torch.arange(1.0, 5.0)[:, None]).sum(dim=1)

    reading = constraint(name)(score, real=draw(8, 3, seed=1), fake=draw(8, 3, seed=2), rng=stream())
    torch.testing.assert_close(reading.gradient_norms, torch.arange(1.0, 5.0).double() * 6**0.5)


@every_penalty
@every_network
def test_autocast_does_not_touch_the_penalty(name: str, network: str) -> None:
    module = NETWORKS[network][0](torch.float32)
    real, fake = batch(network, dtype=torch.float32)
    outside = measured(constraint(name), module, real, fake)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = measured(constraint(name), module, real, fake)
    assert inside.values.dtype == inside.gradient_norms.dtype == torch.float32
    assert torch.equal(inside.values, outside.values)


@every_penalty
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_samples_are_measured_in_float32(name: str, dtype: torch.dtype) -> None:
    real, fake = batch("mlp", dtype=dtype)
    assert measured(constraint(name), mlp(torch.float32), real, fake).values.dtype == torch.float32


@every_penalty
def test_nothing_but_a_graph_is_left_behind(name: str) -> None:
    module = mlp()
    real, fake = batch("mlp")
    graph_fake = (fake.clone().requires_grad_() * 2.0).requires_grad_()
    before = [tensor.clone() for tensor in (real, graph_fake.detach(), *module.parameters())]
    global_before = torch.get_rng_state()
    reading = measured(constraint(name), module, real, graph_fake)
    assert reading.values.requires_grad
    assert not reading.gradient_norms.requires_grad
    assert not real.requires_grad
    assert all(parameter.grad is None for parameter in module.parameters())
    for tensor, old in zip((real, graph_fake.detach(), *module.parameters()), before, strict=True):
        assert torch.equal(tensor, old)
    assert torch.equal(torch.get_rng_state(), global_before)
    (to_fake,) = torch.autograd.grad(reading.values.sum(), graph_fake, allow_unused=True)
    assert to_fake is None  # a discriminator's penalty never teaches the generator


@every_penalty
def test_the_same_stream_gives_the_same_reading(name: str) -> None:
    module = mlp()
    one, two = (measured(constraint(name), module, *batch("mlp"), seed=4).values for _ in range(2))
    assert torch.equal(one, two)


@every_penalty
def test_a_detached_score_is_refused_rather_than_ignored(name: str) -> None:
    real, fake = batch("mlp")
    with pytest.raises(NetworkError, match="detached"):
        constraint(name)(lambda x: x.detach().sum(dim=1), real=real, fake=fake, rng=stream())
    offset = torch.zeros(4, requires_grad=True)
    with pytest.raises(NetworkError, match="do not depend"):
        constraint(name)(lambda x: offset * 1.0, real=real, fake=fake, rng=stream())


@every_penalty
def test_uneven_packs_are_refused(name: str) -> None:
    with pytest.raises(NetworkError, match="3 scores for 4 samples"):
        constraint(name)(lambda x: x.sum(dim=1)[:3], real=batch("mlp")[0], fake=batch("mlp")[1], rng=stream())


@every_penalty
def test_name_is_the_key_and_settings_survive_pickling(name: str) -> None:
    penalty = constraint(name)
    assert penalty.name == name
    assert isinstance(penalty, Penalty)
    assert pickle.loads(pickle.dumps(penalty)) == penalty


@every_penalty
@pytest.mark.parametrize("every", [1, 4, 16])
def test_a_lazy_term_pulls_as_much_as_an_eager_one(name: str, every: int) -> None:
    reading = measured(constraint(name), mlp(), *batch("mlp"))
    term = PenaltyTerm(penalty=constraint(name), weight=2.5, every=every)
    assert [u for u in range(40) if term.due(u)] == list(range(0, 40, every))
    total = sum(term.contribution(reading).item() for u in range(32) if term.due(u))
    assert total == pytest.approx(32 * 2.5 * reading.values.mean().item())


@pytest.mark.parametrize(("weight", "every"), [(-1.0, 1), (float("nan"), 1), (float("inf"), 1), (1.0, 0)])
def test_a_term_that_cannot_work_is_refused(weight: float, every: int) -> None:
    with pytest.raises(SettingError, match=r"weight|every"):
        PenaltyTerm(penalty=GradientPenalty(), weight=weight, every=every)


def test_an_unknown_name_or_parameter_is_refused() -> None:
    with pytest.raises(SettingError, match=r"'gradient_penalti'.*Did you mean gradient_penalty"):
        constraint("gradient_penalti")
    with pytest.raises(SettingError, match=r"'r1' has no parameter `target`.*gradient_penalty.*dragan"):
        constraint("r1", target=1.0)
