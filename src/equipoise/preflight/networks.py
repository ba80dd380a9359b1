"""Everything that can be told of the two networks and the data alone."""

from collections.abc import Callable

import torch
from torch import Tensor

from equipoise.core.records import FactValue
from equipoise.preflight.collect import Collected
from equipoise.probes.active.mates import batch_independence_test
from equipoise.probes.active.players import Players
from equipoise.probes.active.result import ProbeResult, verdict_of
from equipoise.probes.active.samples import label_tests, latents_test, range_test, variety_test
from equipoise.probes.active.snapshot import as_it_was
from equipoise.probes.inspect import (
    Operation,
    batch_norm_facts,
    discriminator_facts,
    generator_facts,
    initialisation_facts,
    last_activation,
    player_facts,
    receptive_field_facts,
    traced,
)

_GENERATOR_OUTPUTS = ("tanh", "sigmoid", "linear", "relu", "clamp")
_DISCRIMINATOR_OUTPUTS = ("linear", "sigmoid", "tanh", "relu", "softplus", "softmax")


def network_tests(players: Players, collected: Collected) -> None:
    """The lint of both networks, then the tests that need no loss."""
    latents, own = players.latents(8), players.labels_for(8)
    generator_trace, generator_end, made = _observed(lambda: players.fakes(latents, own), players)
    count = min(8, len(players.real))
    real, labels = players.real[:count], None if players.labels is None else players.labels[:count]
    discriminator_trace, discriminator_end, scored = _observed(lambda: players.output(real, labels), players)
    collected.add(_finite(made, scored))
    collected.know(_size_facts(players))
    collected.know(player_facts("generator", players.generator, generator_trace))
    collected.know(player_facts("discriminator", players.discriminator, discriminator_trace))
    collected.know(generator_facts(generator_trace) | discriminator_facts(discriminator_trace))
    collected.know(batch_norm_facts(generator_trace, discriminator_trace))
    collected.know(initialisation_facts(*players.both))
    collected.know(_field_facts(players, discriminator_trace))
    collected.add(_head("generator", generator_end, _GENERATOR_OUTPUTS))
    collected.add(_head("discriminator", discriminator_end, _DISCRIMINATOR_OUTPUTS))
    collected.add(range_test(players))
    collected.add(variety_test(players))
    collected.add(latents_test(players))
    collected.add_all(label_tests(players))
    collected.add(batch_independence_test(players))
    collected.know(_label_facts(players, (*generator_trace, *discriminator_trace)))


def _observed(run: Callable[[], Tensor], players: Players) -> tuple[tuple[Operation, ...], str, Tensor]:
    """The operations of one forward pass, the last activation and the output.

    The graph knows the last activation better than the order of calls does.
    """
    outputs: list[Tensor] = []
    with as_it_was(players.both), torch.enable_grad():
        operations = traced(lambda: outputs.append(run()))
    return operations, last_activation(outputs[0]), outputs[0].detach()


def _finite(made: Tensor, scored: Tensor) -> ProbeResult:
    broken = [name for name, output in (("generator", made), ("discriminator", scored)) if not output.isfinite().all()]
    text = f"the untrained {' and the '.join(broken)} gives NaN or infinity" if broken else "all outputs are finite"
    facts: dict[str, FactValue] = {"nan_seen": True} if broken else {}
    return ProbeResult(name="finite", outcome=verdict_of(not broken), sentence=text, facts=facts)


def _head(player: str, end: str, known: tuple[str, ...]) -> ProbeResult:
    facts: dict[str, FactValue] = {f"{player}_output": end} if end in known else {}
    text = f"the {player}'s output is {'not squashed' if end == 'linear' else f'squashed by a {end}'}"
    return ProbeResult(name=f"{player}'s output", outcome="measured", sentence=text, facts=facts)


def _size_facts(players: Players) -> dict[str, FactValue]:
    shape = players.real.shape[1:]
    facts: dict[str, FactValue] = {"latent_dim": float(players.latents(1)[0].numel())}
    if len(shape) == 3:
        facts |= {"channels": float(shape[0]), "image_size": float(shape[-1])}
    return facts


def _field_facts(players: Players, operations: tuple[Operation, ...]) -> dict[str, FactValue]:
    """Only of images; labels beside them are the first ones."""
    if players.real.ndim != 4:
        return {}
    image, labels = players.real[:1], None if players.labels is None else players.labels[:1]
    with as_it_was([players.discriminator]), torch.enable_grad():
        players.discriminator.eval()  # one image alone has no batch statistics
        return receptive_field_facts(lambda samples: players.output(samples, labels), operations, image)


def _label_facts(players: Players, operations: tuple[Operation, ...]) -> dict[str, FactValue]:
    if not (players.generator_call.labels or players.discriminator_call.labels):
        return {"conditional": False}
    tables = [operation.settings["rows"] for operation in operations if operation.settings.get("rows")]
    return {"conditional": True, **({"classes": max(tables)} if tables else {})}
