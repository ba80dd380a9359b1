"""From what a user gives to networks that can be tested: how they are called, on what, and in which shape."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from equipoise.core.errors import EquipoiseError, NetworkError
from equipoise.preflight.batch import Batch
from equipoise.preflight.latents import Latents, latent_source
from equipoise.probes.active.calls import CallOrder, call_orders
from equipoise.probes.active.players import Players, device_of, first_tensor
from equipoise.probes.active.snapshot import as_it_was


@dataclass(frozen=True, slots=True)
class Assembled:
    """The players, and what had to be inferred."""

    players: Players
    said: tuple[str, ...]


def assembled(generator: nn.Module, discriminator: nn.Module, batch: Batch, latents: Latents | None) -> Assembled:
    """Find out how both networks are called and in which shape they take real samples.

    Raises:
        NetworkError: a network takes nothing of what was tried, or returns something else than samples or scores.
    """
    has_labels = batch.labels is not None
    generator_calls = call_orders(generator, player="generator", has_labels=has_labels)
    discriminator_calls = call_orders(discriminator, player="discriminator", has_labels=has_labels)
    device = device_of(discriminator, batch.samples)
    labels = batch.labels.to(device) if batch.labels is not None else None
    samples = _floating(batch.samples, discriminator).to(device)
    discriminator_call, real, said = _fitting(discriminator, discriminator_calls, samples, labels)
    generator_call, draw, source = latent_source(latents, generator, generator_calls, labels)
    used = generator_call.labels or discriminator_call.labels
    players = Players(
        generator=generator,
        discriminator=discriminator,
        real=real,
        labels=labels if used else None,
        draw=draw,
        generator_call=generator_call,
        discriminator_call=discriminator_call,
    )
    said = [f"called as generator{generator_call}, discriminator{discriminator_call}", source, *said]
    if has_labels and not used:
        said.append("the data have labels, but neither network takes any: tested without")
    _check_samples(players)
    return Assembled(players, tuple(said))


def _floating(samples: Tensor, discriminator: nn.Module) -> Tensor:
    """In the number format of the discriminator's weights."""
    weight = next((p for p in discriminator.parameters() if p.is_floating_point()), None)
    return samples.to(torch.float32 if weight is None else weight.dtype)


def _fitting(
    discriminator: nn.Module, calls: tuple[CallOrder, ...], real: Tensor, labels: Tensor | None
) -> tuple[CallOrder, Tensor, list[str]]:
    """How the discriminator takes the reals: with labels or without, as they are or flat."""
    said = [f"real samples of shape {tuple(real.shape[1:])} are flattened, as the discriminator takes them"]
    shapes = [(real, list[str]()), (real.flatten(1), said)] if real.ndim > 2 else [(real, [])]
    failures = []
    for samples, told in shapes:
        for call in calls:
            failure = _failure(discriminator, call, samples, labels)
            if failure is None:
                return call, samples, told
            failures.append(f"called as {call} with shape {tuple(samples.shape)}: {failure}")
    raise NetworkError(f"The discriminator fails on the batch of real samples, {'; '.join(failures)}")


def _failure(discriminator: nn.Module, call: CallOrder, real: Tensor, labels: Tensor | None) -> str | None:
    with as_it_was([discriminator]), torch.no_grad():
        try:
            first_tensor(call(discriminator, real, labels), player="discriminator")
        except (RuntimeError, TypeError, ValueError, IndexError, EquipoiseError) as error:
            return str(error)
    return None


def _check_samples(players: Players) -> None:
    """One sample of the generator must have as many values as one real sample."""
    count = len(players.real)
    labels = players.labels_for(count)
    with as_it_was([players.generator]), torch.no_grad():
        made = players.generator_call(players.generator, players.latents(count), labels)
        shape = tuple(first_tensor(made, player="generator").shape)
    if shape[0] != count or torch.Size(shape).numel() != players.real.numel():
        raise NetworkError(
            f"For {count} latents the generator returned shape {shape}, but the discriminator's real samples have "
            f"shape {tuple(players.real.shape)}. Both must be samples of the same size."
        )
