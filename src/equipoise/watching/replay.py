"""Calling the loop's networks as the loop does."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from equipoise.core.errors import NetworkError
from equipoise.probes import Opponents
from equipoise.probes.active.calls import CallOrder
from equipoise.probes.active.players import Players
from equipoise.watching.calls import CallForm, Made, Scored, one_per_sample, samples_of, score_of

_CERTAIN = 1e-6


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Replay:
    """Both networks with the form of a call of each. `probabilities`: scores are turned into logits."""

    generator: nn.Module
    discriminator: nn.Module
    made: Made
    scored: Scored
    probabilities: bool

    def generate(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Samples as the discriminator is given them."""
        samples = samples_of(self.made.form(self.generator, latents, _like(labels, self.made.labels)))
        if samples is None:
            raise NetworkError("The generator returned no samples; return a tensor, or a tuple that has one.")
        shape = self.scored.samples.shape[1:]
        return samples.reshape(len(samples), *shape) if samples[0].numel() == shape.numel() else samples

    def score(self, samples: Tensor, labels: Tensor | None) -> Tensor:
        """One score a sample, higher is more real where the loop means it so."""
        output = self.scored.form(self.discriminator, samples, _like(labels, self.scored.labels))
        scores = score_of(output)
        if scores is None:
            raise NetworkError("The discriminator returned no scores; return a tensor, or a tuple that has one.")
        if self.probabilities:
            scores = scores.clamp(_CERTAIN, 1.0 - _CERTAIN).logit()
        return one_per_sample(scores)

    @property
    def opponents(self) -> Opponents:
        """For the probes."""
        return Opponents(
            generator=self.generator, discriminator=self.discriminator, generate=self.generate, score=self.score
        )

    def players(self, latents: Tensor) -> Players:
        """For the exact tests. Latents are drawn from those that the loop used."""

        def draw(count: int) -> Tensor:
            return latents[torch.randperm(len(latents))[torch.arange(count) % len(latents)]]

        return Players(
            generator=self.generator,
            discriminator=self.discriminator,
            real=self.scored.samples,
            labels=self.scored.labels if self.scored.labels is not None else self._own_labels(),
            draw=draw,
            generator_call=_order(self.made.form),
            discriminator_call=_order(self.scored.form),
        )

    def _own_labels(self) -> Tensor | None:
        labels = self.made.labels
        if labels is None:
            return None
        return labels[torch.arange(len(self.scored.samples), device=labels.device) % len(labels)]


def indices(labels: Tensor | None) -> Tensor | None:
    """Class indices, also of labels that are written as shares of each class."""
    if labels is None:
        return None
    return labels.argmax(dim=1) if labels.is_floating_point() else labels.reshape(-1).long()


def _like(labels: Tensor | None, form: Tensor | None) -> Tensor | None:
    """Class indices in the form in which the network was given its labels; none where it was given none."""
    if labels is None or form is None:
        return None
    if form.is_floating_point() and not labels.is_floating_point():
        return nn.functional.one_hot(labels, form.shape[1]).to(form)
    return labels.reshape(-1, *form.shape[1:]).to(form.dtype)


def _order(form: CallForm) -> CallOrder:
    if any(value is not None for value in (*form.args, *form.kwargs.values())):  # batch and labels are kept apart
        raise NetworkError("a network is handed more than a batch and its labels")
    return CallOrder(labels=form.labels is not None, labels_first=form.labels == 0)
