"""One look at a game in progress: everything that both players show at one moment."""

from dataclasses import dataclass, field

import torch
from jaxtyping import Float, Int
from torch import Tensor

from equipoise.constraints import PenaltyTerm
from equipoise.core.randomness import seeded_generator
from equipoise.core.types import Labels, Samples, Scalar
from equipoise.objectives import Objective
from equipoise.probes.conditioning import Centroids, generator_response, label_ranking
from equipoise.probes.diversity import Reference, distances, diversity_signals, exact_rows, latent_sensitivity
from equipoise.probes.gradients import Lesson, discriminator_signals, generator_signals, lesson
from equipoise.probes.images import image_signals, range_signals
from equipoise.probes.lipschitz import empirical_lipschitz, normalised_estimate, slope_signals, slopes
from equipoise.probes.opponents import AnyLatents, Measured, Opponents, batches, labels_of, same_noise
from equipoise.probes.reals import difference_of_reals
from equipoise.probes.separation import score_signals, separation_signals
from equipoise.probes.undisturbed import undisturbed
from equipoise.probes.weights import spectrum_signals

HeldOut = Float[Tensor, "reals *sample"]
HeldOutLabels = Int[Tensor, " reals"]
OtherSamples = Float[Tensor, "others *sample"]
OtherLabels = Int[Tensor, " others"]
Logits = Float[Tensor, " scores"]
HeldOutLogits = Float[Tensor, " held_out_scores"]

STEP = 0.1
"""How far latents are moved to see what the generator makes of it, in their own standard deviations."""

MOST_COMPARED = 512
"""So many samples of either side are compared with each other, however large the batch."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class GameProbe:
    """Measures both players on fixed latents against fixed real samples, as the training step runs them.

    All tensors lie on the players' device. `labels` are those that `latents` are asked for. `held_out` are real samples
    that training never shows; where all are shown, set `unseen` to False, and what needs unseen samples is left out.
    `batch_size` is that of a training step: networks see no other, since batch statistics depend on it.
    Give at least two batches of latents, or there is no `gradients/agreement`.
    """

    latents: AnyLatents
    labels: Labels | None
    held_out: HeldOut
    held_out_labels: HeldOutLabels | None
    objective: Objective
    batch_size: int
    penalties: tuple[PenaltyTerm, ...] = ()
    unseen: bool = True
    _reference: Reference = field(init=False, repr=False)
    _centroids: Centroids | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Measure the held-out samples, once."""
        reference = Reference.of(self.held_out[:MOST_COMPARED])
        labels = labels_of(self.held_out_labels, slice(MOST_COMPARED))
        object.__setattr__(self, "_reference", reference)
        object.__setattr__(self, "_centroids", None if labels is None else Centroids.of(reference.rows, labels))

    def __call__(
        self, players: Opponents, *, training: Samples, training_labels: Labels | None = None
    ) -> dict[str, float]:
        """One reading, `room/quantity` to number; the players, their gradients and every random stream stay as is.

        `training` are at least a batch of training samples, best not those of the step just taken.
        """
        with undisturbed((players.generator, players.discriminator)):
            same_noise()
            measured = self._measured(players, training, training_labels)
            signals = {name: value.detach() for name, value in measured.items()}
            home = self.held_out.device
            exact = torch.float32 if home.type == "mps" else torch.float64
            values = torch.stack([value.to(home, exact) for value in signals.values()]).tolist()
        return dict(zip(signals, values, strict=True))

    def _measured(self, players: Opponents, training: Samples, training_labels: Labels | None) -> Measured:
        rng = seeded_generator(0)
        lessons = self._lessons(players, training, training_labels)
        first = lessons[0]
        fake, fake_logits = self._all_fakes(players, lessons)
        held_out_logits = players.scores(self.held_out, self.held_out_labels, self.batch_size)
        training_logits = players.scores(training, training_labels, self.batch_size) if self.unseen else None

        count = min(self.batch_size, len(training), len(first.samples))
        real, real_labels = training[:count], labels_of(training_labels, slice(count))
        norms = slopes(players.scorer(real_labels), real=real, fake=first.samples[:count], rng=rng)
        return {
            **separation_signals(held_out_logits, fake_logits, training_logits),
            **score_signals(held_out_logits, fake_logits),
            "wasserstein/normalised": normalised_estimate(
                held_out_logits, fake_logits, norms, self._reference.distance.to(norms)
            ),
            **slope_signals(norms),
            **generator_signals(first, lessons[1] if len(lessons) > 1 else None),
            **discriminator_signals(
                players,
                self.objective,
                self.penalties,
                real=real,
                fake=first.samples[:count],
                labels=real_labels,
                rng=rng,
            ),
            **self._of_reals(training),
            **self._of_samples(players, fake, held_out_logits, fake_logits, rng),
            **self._of_labels(players, fake, training, training_labels, rng),
            **spectrum_signals(players.discriminator),
        }

    def _lessons(self, players: Opponents, training: Samples, training_labels: Labels | None) -> list[Lesson]:
        """What G is told by the first two batches of the fixed latents."""
        parts = list(batches(len(self.latents), self.batch_size))[:2]
        size = min(len(training), parts[0].stop)
        real_logits = players.scores(training[:size], labels_of(training_labels, slice(size)), self.batch_size)
        return [
            lesson(players, self.objective, self.latents[part], labels_of(self.labels, part), real_logits)
            for part in parts
        ]

    def _all_fakes(self, players: Opponents, lessons: list[Lesson]) -> tuple[Samples, Logits]:
        """Samples of all latents with their scores: those of the lessons, and the rest without a graph."""
        samples, logits = [told.samples for told in lessons], [told.logits for told in lessons]
        rest = slice(sum(map(len, samples)), None)
        if len(self.latents[rest]) >= self.batch_size:
            labels = labels_of(self.labels, rest)
            samples.append(players.samples(self.latents[rest], labels, self.batch_size))
            logits.append(players.scores(samples[-1], labels_of(labels, slice(len(samples[-1]))), self.batch_size))
        return torch.cat(samples), torch.cat(logits)

    def _of_reals(self, training: OtherSamples) -> Measured:
        if not self.unseen:
            return {}
        rows = self._reference.beside(training[:MOST_COMPARED])
        return {"reals/difference": difference_of_reals(rows, self._reference.rows)}

    def _of_samples(
        self,
        players: Opponents,
        fake: Samples,
        held_out_logits: HeldOutLogits,
        fake_logits: Logits,
        rng: torch.Generator,
    ) -> Measured:
        rows, real = self._reference.beside(fake[:MOST_COMPARED]), self._reference
        signals = diversity_signals(rows, real)
        signals["samples/latent_sensitivity"] = self._sensitivity(players, rng)
        if fake.ndim == 4:
            signals |= range_signals(fake, self.held_out) | image_signals(fake, self.held_out)
        if len(fake_logits) == len(fake):  # not in packs
            scored = real.rows[: len(held_out_logits)]
            signals["lipschitz/empirical"] = empirical_lipschitz(
                held_out_logits[: len(scored)], fake_logits[: len(rows)], distances(scored, rows)
            )
        return signals

    def _sensitivity(self, players: Opponents, rng: torch.Generator) -> Scalar:
        part = next(batches(len(self.latents), self.batch_size))
        latents, labels = self.latents[part], labels_of(self.labels, part)
        steps = STEP * latents.std() * torch.randn(latents.shape, generator=rng).to(latents)
        same_noise()
        still = players.samples(latents, labels, self.batch_size)
        same_noise()
        moved = players.samples(latents + steps, labels, self.batch_size)
        return latent_sensitivity(exact_rows(moved), exact_rows(still), steps, self._reference.distance)

    def _of_labels(
        self,
        players: Opponents,
        fake: Samples,
        training: OtherSamples,
        training_labels: OtherLabels | None,
        rng: torch.Generator,
    ) -> Measured:
        if self.labels is None or self.held_out_labels is None:
            return {}
        part = next(batches(len(self.latents), self.batch_size))
        signals = {
            "condition/label_ranking": label_ranking(
                players, self.held_out, self.held_out_labels, batch=self.batch_size, rng=rng
            ),
            "condition/generator_response": generator_response(players, self.latents[part], self.labels[part], rng),
            "condition/accuracy": self._accuracy(fake, self.labels[: len(fake)]),
        }
        if training_labels is not None:
            signals["condition/accuracy_of_reals"] = self._accuracy(training, training_labels)
        return signals

    def _accuracy(self, samples: OtherSamples, labels: OtherLabels) -> Scalar:
        assert self._centroids is not None
        rows = self._reference.beside(samples[:MOST_COMPARED])
        return self._centroids.accuracy(rows, labels[:MOST_COMPARED])
