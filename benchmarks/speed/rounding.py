"""How far a step's gradients lie from the same step's in float64: eager, as a graph, and with Winograd's convolutions.

    python -m benchmarks.speed.rounding --cases dcgan --batch 32

The error is that of all gradients of a step together. Where an activation has a kink, a unit that rounding puts on its
other side changes the gradient by a jump; so each step is looked at with SiLU in place of ReLU as well.

Then what the check before use looks at: the largest error of one of Winograd's convolutions, given what the graph gives
it; and the largest of any gradient, from the eager step's, with direct convolutions. `--compiled` adds the
largest of any gradient of the compiled graph, from the traced one's.
"""

import argparse
import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.fx import GraphModule

from benchmarks.speed.cases import Case, table
from equipoise.core.steps import Batch
from equipoise.training.fused.check import largest_error
from equipoise.training.fused.compiling import compiled
from equipoise.training.fused.exact import ChannelsLast, Direct, Judging
from equipoise.training.fused.graphs import Outputs, StepGraph, Turn, graph_of, without_weights
from equipoise.training.fused.trace import copied
from equipoise.training.manner import Manner
from equipoise.training.optimizers import make_optimizer
from equipoise.training.state import initial_state

Pair = tuple[nn.Module, nn.Module]


def errors(case: Case, player: str, *, kinks: bool, with_compiled: bool) -> dict[str, float]:
    """Relative, by way."""
    torch.manual_seed(0)
    generator, discriminator = (module.train() for module in case.build())
    if not kinks:
        _smooth(generator)
        _smooth(discriminator)
    real = torch.rand(case.batch, *case.sample_shape) * 2 - 1
    step, inputs = _step(case, player, (generator, discriminator), real)
    found = {"eager": step.told(*copied(inputs))}
    for way, winograd in (("graph", False), ("winograd", True)):
        graph = graph_of(step, copied(inputs), manner=Manner(kind="fused", winograd=winograd))
        with torch.no_grad():
            found[way] = graph(*copied(inputs))
    checked = _checked(step, graph, inputs, found, with_compiled=with_compiled)
    torch.set_default_dtype(torch.float64)  # what a step draws is of the default type
    exact, _ = _step(case, player, (generator.double(), discriminator.double()), real.double())
    expected = exact.told(*(tensor.double() if tensor.is_floating_point() else tensor for tensor in copied(inputs)))
    torch.set_default_dtype(torch.float32)
    count = len(step.parameters)
    return {way: _error(outputs, expected, count) for way, outputs in found.items()} | checked


def _checked(
    step: StepGraph, graph: GraphModule, inputs: Sequence[Tensor], found: Mapping[str, Outputs], *, with_compiled: bool
) -> dict[str, float]:
    with torch.no_grad(), Judging() as judging:
        graph(*copied(inputs))
    with torch.no_grad(), Direct():
        direct = graph(*copied(inputs))
    with ChannelsLast():
        errors = {"direct": largest_error(direct, step.told(*copied(inputs)))}
    if with_compiled:
        errors["compiled"] = largest_error(compiled(graph, copied(inputs)).run(*copied(inputs)), found["winograd"])
    return {"one": judging.worst} | errors


def _step(case: Case, player: str, pair: Pair, real: Tensor) -> tuple[StepGraph, list[Tensor]]:
    generator, discriminator = copy.deepcopy(pair)
    state = initial_state(
        generator=generator,
        discriminator=discriminator,
        g_optimizer=make_optimizer(generator, case.optimizer),
        d_optimizer=make_optimizer(discriminator, case.optimizer),
        seed=0,
        device=torch.device("cpu"),
    )
    due = tuple(True for _ in case.game.penalties) if player == "discriminator" else ()
    turn = Turn(player=player, game=without_weights(case.game), one_pass=False, due=due)
    step = StepGraph(turn, state, Batch(samples=real))
    weights = [torch.tensor(weight, dtype=real.dtype) for weight in turn.weights(turn.game)]
    inputs = step.inputs(Batch(samples=real), weights, ())
    return step, [*inputs, *step.note(inputs)]


def _smooth(network: nn.Module) -> None:
    for module in list(network.modules()):
        for name, layer in module.named_children():
            if isinstance(layer, nn.ReLU | nn.LeakyReLU):
                setattr(module, name, nn.SiLU())


def _error(found: Outputs, expected: Outputs, count: int) -> float:
    def together(outputs: Sequence[Tensor | None]) -> Tensor:
        return torch.cat([gradient.double().flatten() for gradient in outputs if gradient is not None])

    one, other = together(found[:count]), together(expected[:count])
    return float((one - other).norm() / other.norm())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", nargs="+", default=["dcgan", "dcgan-wgan-gp"], help="short names of the table's")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--compiled", action="store_true", help="compile each graph too, which takes minutes")
    arguments = parser.parse_args()
    names = ["game", "step", "activation", "eager", "graph", "winograd", "one convolution", "with direct ones"]
    names += ["compiled from traced"] if arguments.compiled else []
    print(f"| {' | '.join(names)} |\n{'|---' * len(names)}|")
    for name in arguments.cases:
        case = replace(table()[name], batch=arguments.batch)
        for player in ("discriminator", "generator"):
            for kinks in (False, True):
                found = errors(case, player, kinks=kinks, with_compiled=arguments.compiled)
                shown = " | ".join(f"{error:.1e}" for error in found.values())
                print(f"| {name} | {player}'s | {'ReLU' if kinks else 'SiLU'} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
