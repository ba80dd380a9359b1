"""Both networks with a real batch and a source of latents: what every test is given."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from equipoise.core.errors import NetworkError
from equipoise.core.randomness import seeded_generator
from equipoise.probes.active.calls import CallOrder
from equipoise.probes.active.snapshot import as_it_was

SEED = 20_170_331
DrawLatents = Callable[[int], Tensor]


@dataclass(frozen=True, kw_only=True, slots=True)
class Players:
    """`real` and `labels` lie where the discriminator does, in the shape in which it takes them."""

    generator: nn.Module
    discriminator: nn.Module
    real: Tensor
    labels: Tensor | None
    draw: DrawLatents
    generator_call: CallOrder
    discriminator_call: CallOrder

    @property
    def both(self) -> tuple[nn.Module, nn.Module]:
        """The two networks."""
        return self.generator, self.discriminator

    def latents(self, count: int, *, seed: int = SEED) -> Tensor:
        """As many latents, the same for the same seed, where the generator lives."""
        with as_it_was(()):
            torch.manual_seed(seed)
            return self.draw(count).to(device_of(self.generator, self.real))

    def fakes(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """The generator's output as it stands, with its graph, in the shape of the reals."""
        device = device_of(self.generator, self.real)
        made = self.generator_call(self.generator, latents, None if labels is None else labels.to(device))
        samples = first_tensor(made, player="generator")
        return samples.reshape(len(samples), *self.real.shape[1:]).to(self.real.device)

    def output(self, samples: Tensor, labels: Tensor | None) -> Tensor:
        """The discriminator's score as its loss is handed it; of several outputs, the first tensor."""
        return first_tensor(self.discriminator_call(self.discriminator, samples, labels), player="discriminator")

    def scores(self, samples: Tensor, labels: Tensor | None) -> Tensor:
        """One number a sample (a pack of samples): the mean of a map of patch scores."""
        output = self.output(samples, labels)
        return output.reshape(len(output), -1).mean(dim=1) if output.ndim else output.reshape(1)

    def sampled(self, count: int, *, seed: int = SEED) -> Tensor:
        """Fakes without a graph, made as in training; the generator is left as it was."""
        latents, labels = self.latents(count, seed=seed), self.labels_for(count)
        with as_it_was([self.generator]), torch.no_grad():
            torch.manual_seed(seed)
            return self.fakes(latents, labels).clone()

    def judged(self, samples: Tensor, labels: Tensor | None) -> Tensor:
        """Scores without a graph, with the same dropout masks at every call; the discriminator is left as it was."""
        with as_it_was([self.discriminator]), torch.no_grad():
            torch.manual_seed(SEED)
            return self.scores(samples, labels).clone()

    def labels_for(self, count: int) -> Tensor | None:
        """The batch's labels, repeated or cut to `count`."""
        if self.labels is None:
            return None
        return self.labels[torch.arange(count, device=self.labels.device) % len(self.labels)]


def first_tensor(output: object, *, player: str) -> Tensor:
    """Of several outputs the first.

    Raises:
        NetworkError: there is no tensor, or one without a batch of finite numbers.
    """
    found = output[0] if isinstance(output, tuple | list) and output else output
    if not isinstance(found, Tensor):
        raise NetworkError(
            f"The {player} returned a {type(output).__name__}. Return a tensor, or a tuple whose first item is one: "
            "wrap the network in a module that picks it."
        )
    return found


def device_of(module: nn.Module, otherwise: Tensor) -> torch.device:
    """Where its weights lie."""
    return next((parameter.device for parameter in module.parameters()), otherwise.device)


def stream() -> torch.Generator:
    """A stream of the tests' own."""
    return seeded_generator(SEED)
