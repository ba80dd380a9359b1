"""What the two networks are: the set-up lint and the exact tests, on the loop's own batches."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from equipoise.core.records import FactValue
from equipoise.probes import inspect
from equipoise.probes.active.mates import batch_independence_test
from equipoise.probes.active.result import ProbeResult, Tested
from equipoise.probes.active.samples import label_tests, latents_test, range_test, variety_test
from equipoise.probes.active.snapshot import as_it_was
from equipoise.watching.replay import Replay

Facts = dict[str, FactValue]
_OUTPUTS = {
    "discriminator": ("linear", "sigmoid", "tanh", "relu", "softplus", "softmax"),
    "generator": ("tanh", "sigmoid", "linear", "relu", "clamp"),
}
_STEADY = (nn.modules.batchnorm._BatchNorm, nn.modules.dropout._DropoutNd)
_MUCH_LARGER = 10.0
Task = tuple[str, Callable[[], Facts]]


def inspections(replay: Replay, latents: Tensor, *, fresh: bool) -> Iterator[Task]:
    """Every inspection with what it is for, one by one, so that one that fails does not take the others along.

    `fresh`: the networks have hardly been trained.
    """
    yield "see what the discriminator is made of", lambda: _discriminator(replay)
    yield "see what the generator is made of", lambda: _generator(replay)
    yield "test whether scores depend on a batch's mates", lambda: _of(batch_independence_test(replay.players(latents)))
    yield "test the generator's range", lambda: _range(replay, latents)
    yield "test the labels' wiring", lambda: _of(*label_tests(replay.players(latents)))
    yield "test the latents' wiring", lambda: _of(latents_test(replay.players(latents)))
    if fresh:
        yield "test the generator's variety", lambda: _variety(replay, latents)
    yield "see the modes", lambda: _modes(replay)
    yield "see the sizes", lambda: _sizes(replay)


def clip_bound(discriminator: nn.Module) -> float | None:
    """The bound that the weights were clipped to: many of them lie on it exactly, on either side."""
    weights = [p.detach().flatten() for p in discriminator.parameters() if p.is_floating_point() and p.numel() > 1]
    if not weights:
        return None
    bound = torch.stack([weight.abs().max() for weight in weights]).max()
    above = sum(int((weight == bound).sum()) for weight in weights)
    below = sum(int((weight == -bound).sum()) for weight in weights)
    return float(f"{bound.item():.6g}") if min(above, below) >= 5 else None


def _discriminator(replay: Replay) -> Facts:
    operations, output = _traced(replay.discriminator, lambda: _raw_scores(replay, replay.scored.samples))
    facts: Facts = {
        **inspect.player_facts("discriminator", replay.discriminator, operations),
        **inspect.discriminator_facts(operations),
        **inspect.batch_norm_facts(operations),
        **_output("discriminator", output),
    }
    if replay.scored.samples.ndim == 4:
        image = replay.scored.samples[:1]
        with as_it_was([replay.discriminator]):
            facts |= inspect.receptive_field_facts(lambda batch: _raw_scores(replay, batch), operations, image)
    return facts


def _generator(replay: Replay) -> Facts:
    operations, output = _traced(replay.generator, lambda: replay.generate(replay.made.latents, replay.made.labels))
    return {
        **inspect.player_facts("generator", replay.generator, operations),
        **inspect.generator_facts(operations),
        **_output("generator", output),
    }


def _range(replay: Replay, latents: Tensor) -> Facts:
    """The generator's reach; the data's range is gathered over many batches elsewhere."""
    facts = _of(range_test(replay.players(latents)))
    return {name: value for name, value in facts.items() if name.startswith("generator_")}


def _variety(replay: Replay, latents: Tensor) -> Facts:
    """Judged against the reals' own, so only where they are of the generator's scale."""
    real, fake = (batch.abs().max().item() for batch in (replay.scored.samples, replay.made.samples))
    return _of(variety_test(replay.players(latents))) if real < _MUCH_LARGER * fake else {}


def _modes(replay: Replay) -> Facts:
    """A network that behaves otherwise in evaluation mode and is trained in it."""
    pairs = ((replay.generator, replay.made.training), (replay.discriminator, replay.scored.training))
    asleep = [
        module for module, training in pairs if not training and any(isinstance(m, _STEADY) for m in module.modules())
    ]
    return {"mode_eval_at_training": True} if asleep else {}


def _sizes(replay: Replay) -> Facts:
    """The latents' only where a sample has more numbers than they: points in the plane need no more than two."""
    facts: Facts = {"batch_size": float(len(replay.scored.samples))}
    if replay.made.latents[0].numel() < replay.made.samples[0].numel():
        facts["latent_dim"] = float(replay.made.latents[0].numel())
    if replay.made.labels is not None:
        facts["conditional"] = True
    return facts


def _raw_scores(replay: Replay, samples: Tensor) -> Tensor:
    labels = replay.scored.labels
    output = replay.scored.form(replay.discriminator, samples, None if labels is None else labels[: len(samples)])
    first = output[0] if isinstance(output, tuple | list) else output
    assert isinstance(first, Tensor)
    return first


def _traced(module: nn.Module, run: Callable[[], Tensor]) -> tuple[tuple[inspect.Operation, ...], Tensor]:
    kept: list[Tensor] = []
    with as_it_was([module]), torch.enable_grad():
        operations = inspect.traced(lambda: kept.append(run()))
    return operations, kept[0]


def _output(player: str, output: Tensor) -> Facts:
    found = inspect.last_activation(output)
    return {f"{player}_output": found} if found in _OUTPUTS[player] else {}


def _of(*results: Tested) -> Facts:
    facts: Facts = {}
    for result in results:
        facts |= result.facts if isinstance(result, ProbeResult) else {}
    return facts
