"""The fused step against the eager one in float64: objectives x constraints x networks."""

from itertools import cycle, repeat

import pytest
import torch
from _pytest.mark import ParameterSet
from torch import Tensor, nn

from equipoise.constraints import CONSTRAINTS
from equipoise.objectives import OBJECTIVES
from equipoise.training.fused import EagerEngine, FusedEngine
from equipoise.training.fused.check import largest_error
from equipoise.training.manner import Manner

RELATIVE = 1e-5
FLAT = ["dropout", "batch norm", "layer norm", "labels", "packing", "minibatch", "spectral norm"]
DEEP = ["", " attention", " batch norm", " instance norm", " labels", " spectral norm"]
NETWORKS = [f"mlp {kind}" for kind in FLAT] + [f"{network}{kind}" for network in ("dcgan", "resnet") for kind in DEEP]
PENALTIES = ["", *CONSTRAINTS]

EVERY = [(objective, penalty, "mlp") for objective in OBJECTIVES for penalty in PENALTIES]
EVERY += [("wasserstein", "gradient_penalty", network) for network in NETWORKS]
EVERY += [("relativistic", "r1", network) for network in NETWORKS]
EVERY += [(objective, "", "dcgan") for objective in OBJECTIVES]
EVERY += [("wasserstein", penalty, network) for network in ("dcgan", "resnet") for penalty in CONSTRAINTS]

FEW = list(zip(cycle(OBJECTIVES), PENALTIES, repeat("mlp"), strict=False))
FEW += [(objective, "", "mlp") for objective in OBJECTIVES]
FEW += [("wasserstein", "gradient_penalty", network) for network in NETWORKS[::2]]
FEW += [("relativistic", "r1", network) for network in NETWORKS[1::2]]
"""Every objective, every penalty and every network at least once."""


def games() -> list[ParameterSet]:
    """All of them; those that are not among the few are slow."""
    return [
        pytest.param(*game, marks=[] if game in FEW else [pytest.mark.slow]) for game in dict.fromkeys([*FEW, *EVERY])
    ]


def gradients(module: nn.Module) -> list[Tensor | None]:
    return [None if parameter.grad is None else parameter.grad.clone() for parameter in module.parameters()]


def no_fallback(line: str) -> None:
    raise AssertionError(line)


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize(("objective", "penalty", "pair"), games())
def test_gradients_records_and_buffers_are_those_of_the_eager_step(kit, objective, penalty, pair):
    generator, discriminator = kit.pair(pair)
    eager, fused = kit.twins(generator, discriminator)
    real = kit.real_like(generator)
    game = kit.game_of(objective, *([penalty] if penalty else []), mode_seeking_weight=0.5)
    plain = EagerEngine()
    engine = FusedEngine(Manner(kind="fused"), say=no_fallback)
    for play, other, player in (
        (plain.discriminator_step, engine.discriminator_step, "discriminator"),
        (plain.generator_step, engine.generator_step, "generator"),
    ):
        torch.manual_seed(5)
        expected = play(eager, game, real)
        torch.manual_seed(5)
        found = other(fused, game, real)
        theirs, ours = gradients(getattr(eager, player)), gradients(getattr(fused, player))
        assert largest_error(ours, theirs) < RELATIVE
        assert max(float(gradient.abs().max()) for gradient in theirs if gradient is not None) > 1e-6
        torch.testing.assert_close(found.loss, expected.loss, rtol=RELATIVE, atol=1e-9)
        torch.testing.assert_close(found.fake_logits, expected.fake_logits, rtol=RELATIVE, atol=1e-9)
        assert torch.equal(eager.rng.get_state(), fused.rng.get_state())
    for player in ("generator", "discriminator"):
        for (name, a), b in zip(getattr(eager, player).named_buffers(), getattr(fused, player).buffers(), strict=True):
            torch.testing.assert_close(b, a, rtol=RELATIVE, atol=1e-9, msg=name)
