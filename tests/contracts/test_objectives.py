"""What every objective keeps: its formula, its sign, its slope where a player is certain, its optimum."""

import math
import pickle

import pytest
import torch
from torch import Tensor

from equipoise.core.errors import SettingError
from equipoise.objectives import OBJECTIVES, Objective, objective

SMOOTHED = ("minimax", "non_saturating")
EVERY = [(name, {}) for name in OBJECTIVES] + [(name, {"real_target": 0.9}) for name in SMOOTHED]

every_objective = pytest.mark.parametrize(
    "made", [objective(name, **given) for name, given in EVERY], ids=[name + "-smooth" * bool(g) for name, g in EVERY]
)


def nll(logit: float) -> float:
    """-log of the logistic function, by the math module, without overflow."""
    return max(-logit, 0.0) + math.log1p(math.exp(-abs(logit)))


D_FORMULAS = {
    "minimax": lambda r, f: nll(r) + nll(-f),
    "non_saturating": lambda r, f: nll(r) + nll(-f),
    "least_squares": lambda r, f: ((r - 1) ** 2 + f**2) / 2,
    "hinge": lambda r, f: max(0.0, 1 - r) + max(0.0, 1 + f),
    "wasserstein": lambda r, f: f - r,
    "relativistic": lambda r, f: nll(r - f),
}
G_FORMULAS = {
    "minimax": lambda r, f: -nll(-f),
    "non_saturating": lambda r, f: nll(f),
    "least_squares": lambda r, f: (f - 1) ** 2 / 2,
    "hinge": lambda r, f: -f,
    "wasserstein": lambda r, f: -f,
    "relativistic": lambda r, f: nll(f - r),
}
REAL = [0.0, 1.5, -2.25, 30.0, -40.0, 0.5]
FAKE = [0.0, -0.75, 3.0, -12.0, 35.0, 0.5]


def doubles(values: list[float]) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def slopes(loss: Tensor, *logits: Tensor) -> list[Tensor]:
    """Gradients times the batch size: what each logit feels by itself."""
    gradients = torch.autograd.grad(loss, logits, allow_unused=True, materialize_grads=True)
    return [g * len(g) for g in gradients]


def logits_at(value: float, count: int = 4, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.full((count,), value, dtype=dtype, requires_grad=True)


def test_the_formulas_here_cover_the_catalogue() -> None:
    assert set(D_FORMULAS) == set(G_FORMULAS) == set(OBJECTIVES)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_losses_are_the_mean_of_the_closed_form(name: str) -> None:
    made = objective(name)
    pairs = list(zip(REAL, FAKE, strict=True))
    d_expected = sum(D_FORMULAS[name](r, f) for r, f in pairs) / len(pairs)
    g_expected = sum(G_FORMULAS[name](r, f) for r, f in pairs) / len(pairs)
    assert float(made.discriminator(doubles(REAL), doubles(FAKE))) == pytest.approx(d_expected, rel=1e-8, abs=1e-8)
    assert float(made.generator(doubles(REAL), doubles(FAKE))) == pytest.approx(g_expected, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("name", SMOOTHED)
@pytest.mark.parametrize("target", [0.9, 0.6])
def test_smoothing_moves_the_target_of_reals_only(name: str, target: float) -> None:
    smooth, plain = objective(name, real_target=target), objective(name)
    expected = target * nll(1.5) + (1 - target) * nll(-1.5) + nll(2.0)
    real, fake = logits_at(1.5, dtype=torch.float64), logits_at(-2.0, dtype=torch.float64)
    assert smooth.discriminator(real, fake).item() == pytest.approx(expected, rel=1e-9)
    (_, fake_smooth) = slopes(smooth.discriminator(real, fake), real, fake)
    (real_plain, fake_plain) = slopes(plain.discriminator(real, fake), real, fake)
    assert torch.equal(fake_smooth, fake_plain)
    (real_smooth,) = slopes(smooth.discriminator(real, fake), real)
    torch.testing.assert_close(real_smooth, real_plain + (1 - target))
    assert torch.equal(smooth.generator(real, fake), plain.generator(real, fake))


@every_objective
def test_descent_raises_real_logits_and_lowers_fake_ones(made: Objective) -> None:
    real, fake = logits_at(0.1), logits_at(-0.1)
    real_slope, fake_slope = slopes(made.discriminator(real, fake), real, fake)
    assert (real_slope < 0).all()
    assert (fake_slope > 0).all() or made.family == "least_squares"  # that one has its fake target at 0
    (generator_slope,) = slopes(made.generator(real, fake), fake)
    assert (generator_slope < 0).all()


@every_objective
def test_a_fooled_discriminator_is_pulled_back_at_full_strength(made: Objective) -> None:
    real, fake = logits_at(-40.0), logits_at(40.0)
    real_slope, fake_slope = slopes(made.discriminator(real, fake), real, fake)
    assert (real_slope < -0.85).all()
    assert (fake_slope > 0.85).all()


@every_objective
def test_generator_still_learns_when_the_discriminator_is_certain(made: Objective) -> None:
    real, fake = logits_at(40.0), logits_at(-40.0)
    (slope,) = slopes(made.generator(real, fake), fake)
    if made.saturates:
        assert (slope.abs() < 1e-12).all()
    else:
        assert (slope < -0.85).all()


def test_only_minimax_saturates() -> None:
    assert [name for name in OBJECTIVES if objective(name).saturates] == ["minimax"]


@every_objective
def test_generator_reads_the_real_logits_only_where_it_says_so(made: Objective) -> None:
    real, fake = logits_at(0.3), logits_at(-0.2)
    (slope,) = slopes(made.generator(real, fake), real)
    assert bool((slope != 0).any()) == made.needs_real_in_generator


@every_objective
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
@pytest.mark.parametrize(("at_real", "at_fake"), [(100.0, -100.0), (-100.0, 100.0), (100.0, 100.0), (-100.0, -100.0)])
def test_losses_and_slopes_stay_right_at_extreme_logits(
    made: Objective, dtype: torch.dtype, at_real: float, at_fake: float
) -> None:
    real, fake = logits_at(at_real, dtype=dtype), logits_at(at_fake, dtype=dtype)
    twins = logits_at(at_real, dtype=torch.float64), logits_at(at_fake, dtype=torch.float64)
    for loss in (made.discriminator, made.generator):
        value = loss(real, fake)
        assert value.dtype == dtype
        torch.testing.assert_close(value.double(), loss(*twins), rtol=8e-3, atol=1e-6)
        for got, expected in zip(slopes(value, real, fake), slopes(loss(*twins), *twins), strict=True):
            torch.testing.assert_close(got.double(), expected, rtol=8e-3, atol=1e-6)


@every_objective
def test_order_within_the_batch_does_not_matter(made: Objective) -> None:
    rng = torch.Generator().manual_seed(3)
    real, fake = torch.randn(16, generator=rng).double(), torch.randn(16, generator=rng).double()
    order, other = torch.randperm(16, generator=rng), torch.randperm(16, generator=rng)
    if made.needs_real_in_generator:
        other = order  # pairs stay pairs
    for loss in (made.discriminator, made.generator):
        torch.testing.assert_close(loss(real[order], fake[other]), loss(real, fake))


@every_objective
def test_a_repeated_batch_gives_the_same_loss(made: Objective) -> None:
    real, fake = doubles(REAL), doubles(FAKE)
    for loss in (made.discriminator, made.generator):
        torch.testing.assert_close(loss(real.repeat(3), fake.repeat(3)), loss(real, fake))


@every_objective
def test_objective_survives_pickling(made: Objective) -> None:
    copy = pickle.loads(pickle.dumps(made))
    assert torch.equal(
        copy.discriminator(doubles(REAL), doubles(FAKE)), made.discriminator(doubles(REAL), doubles(FAKE))
    )


# The optimum. Two densities on five points, in units of 1/20 and both full, stand for the two distributions.

P = torch.tensor([8, 5, 3, 3, 1])
Q = torch.tensor([2, 3, 3, 4, 8])
POINTS = torch.arange(5)
PAIRS = torch.cartesian_prod(POINTS.repeat_interleave(P), POINTS.repeat_interleave(Q))  # every real with every fake


def optimal_scores(made: Objective, bound: float | None = None) -> tuple[Tensor, float]:
    """The best score at each point, and the loss there, by minimising the objective itself."""
    scores = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([scores], max_iter=300, tolerance_grad=1e-12, tolerance_change=0.0)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = made.discriminator(scores[PAIRS[:, 0]], scores[PAIRS[:, 1]])
        loss.backward()
        return loss

    if bound is None:
        optimizer.step(closure)
        return scores.detach(), closure().item()
    for step in range(400):  # piecewise linear: projected sign descent with a shrinking step
        closure()
        with torch.no_grad():
            scores -= 0.2 / (1 + step / 20) * scores.grad.sign()
            scores.clamp_(-bound, bound)
    return scores.detach(), closure().item()


@pytest.mark.parametrize("name", SMOOTHED)
@pytest.mark.parametrize("target", [1.0, 0.9])
def test_the_logistic_optimum_is_the_log_ratio(name: str, target: float) -> None:
    scores, loss = optimal_scores(objective(name, real_target=target))
    torch.testing.assert_close(scores, torch.log(target * P / (Q + (1 - target) * P)).double(), rtol=1e-6, atol=1e-6)
    if target == 1.0:
        p, q = P / 20.0, Q / 20.0
        divergence = 0.5 * float((p * (2 * p / (p + q)).log() + q * (2 * q / (p + q)).log()).sum())
        assert -loss == pytest.approx(-math.log(4) + 2 * divergence, abs=1e-6)


def test_the_least_squares_optimum_is_the_posterior() -> None:
    scores, _ = optimal_scores(objective("least_squares"))
    torch.testing.assert_close(scores, (P / (P + Q)).double())


def test_the_relativistic_optimum_is_the_log_ratio_up_to_a_constant() -> None:
    scores, _ = optimal_scores(objective("relativistic"))
    ratio = torch.log(P / Q).double()
    torch.testing.assert_close(scores - scores.mean(), ratio - ratio.mean(), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("name", "bound"), [("hinge", 3.0), ("wasserstein", 1.0)])
def test_the_margin_optimum_is_the_sign_of_the_difference(name: str, bound: float) -> None:
    scores, loss = optimal_scores(objective(name), bound)
    decided = P != Q  # where the densities agree any score within the margin is optimal
    torch.testing.assert_close(scores[decided], (P - Q).sign().double()[decided], rtol=0, atol=0.02)
    variation = float((P - Q).abs().sum()) / 20
    expected = 2 - variation if name == "hinge" else -variation
    assert loss == pytest.approx(expected, abs=0.02)


# What a user may get wrong.


def test_an_unknown_name_is_refused_with_the_nearest_ones() -> None:
    with pytest.raises(SettingError, match=r"'hing'.*Did you mean hinge"):
        objective("hing")


@pytest.mark.parametrize("target", [0.5, 1.1, -1.0, math.nan])
def test_a_target_out_of_range_is_refused(target: float) -> None:
    with pytest.raises(SettingError, match="real_target"):
        objective("non_saturating", real_target=target)


def test_a_parameter_of_another_objective_is_refused_and_its_owners_named() -> None:
    with pytest.raises(SettingError, match=r"'hinge' has no parameter `real_target`.*minimax, non_saturating"):
        objective("hinge", real_target=0.9)
    with pytest.raises(SettingError, match="No objective takes it"):
        objective("minimax", margin=2.0)
