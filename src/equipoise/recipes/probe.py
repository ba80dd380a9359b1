"""Probing a run: the same latents and held-out samples every time, and fresh training samples beside them."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from equipoise.core.calling import generated, scored
from equipoise.core.randomness import derived_seed, seeded_generator
from equipoise.core.types import Labels, Logits, Samples
from equipoise.data import Store
from equipoise.probes import BeforeSteps, GameProbe, Opponents
from equipoise.probes.opponents import AnyLatents
from equipoise.recipes.setup import Setup
from equipoise.sampling import sample_latents
from equipoise.training.game import Precision
from equipoise.training.precision import autocast
from equipoise.training.state import TrainState

PROBE_STREAM = 4
LEAST_LATENTS = 192
"""A ranking of so many against as many is known to 0.03 (standard error at chance)."""

FEWEST_HELD_OUT = 32
"""With fewer, a ranking of unseen samples says little."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunProbe:
    """Begun before the last step of either player in a cycle, finished after; see `equipoise.probes.GameProbe`."""

    probe: GameProbe
    store: Store
    training_indices: torch.Tensor
    seed: int
    precision: Precision

    def __call__(self, state: TrainState) -> Callable[[], dict[str, float]]:
        """Remember both players as they are; the function returned measures them after their steps."""
        players = opponents(state, self.precision)
        batch = slice(min(self.probe.batch_size, len(self.probe.latents)))
        labels = None if self.probe.labels is None else self.probe.labels[batch]
        before = BeforeSteps.of(players, self.probe.latents[batch], labels)
        training, training_labels = self._training(state)

        def finish() -> dict[str, float]:
            signals = self.probe(players, training=training, training_labels=training_labels)
            return signals | before.signals(players)

        return finish

    def _training(self, state: TrainState) -> tuple[Samples, Labels | None]:
        """Training samples drawn anew at every probe, by a stream that is nobody else's."""
        rng = seeded_generator(derived_seed(self.seed, PROBE_STREAM, state.g_updates))
        drawn = torch.randint(len(self.training_indices), (len(self.probe.latents),), generator=rng)
        samples, labels = self.store.batch(self.training_indices[drawn], state.device)
        return samples, labels if self.probe.labels is not None else None


def run_probe(setup: Setup) -> RunProbe:
    """Latents, labels and held-out samples fixed by the run's seed, on its device.

    Where too few samples are held out, training samples stand in for them, and nothing is said of memorisation.
    """
    recipe, device = setup.recipe, torch.device(setup.recipe.training.device)
    rng = seeded_generator(derived_seed(recipe.training.seed, PROBE_STREAM))
    batch = recipe.training.batch_size // (recipe.training.micro_batches * setup.processes.count)
    count = batch * max(2, -(-LEAST_LATENTS // batch))
    unseen = enough_held_out(setup)
    reals = setup.held_out_indices if unseen else setup.training_indices
    held_out, held_out_labels = setup.store.batch(reals[torch.randperm(len(reals), generator=rng)[:count]], device)
    conditional = recipe.conditioning != "none"
    asked = setup.training_indices[torch.randint(len(setup.training_indices), (count,), generator=rng)]
    _, labels = setup.store.batch(asked, device)
    return RunProbe(
        probe=GameProbe(
            latents=sample_latents(count, recipe.generator.latent_dim, rng=rng, device=device),
            labels=labels if conditional else None,
            held_out=held_out,
            held_out_labels=held_out_labels if conditional else None,
            objective=setup.game.objective,
            batch_size=batch,
            penalties=setup.game.penalties,
            unseen=unseen,
        ),
        store=setup.store,
        training_indices=setup.training_indices,
        seed=recipe.training.seed,
        precision=setup.game.precision,
    )


def enough_held_out(setup: Setup) -> bool:
    """Whether the probes have samples that training never shows."""
    return len(setup.held_out_indices) >= FEWEST_HELD_OUT


def opponents(state: TrainState, precision: Precision) -> Opponents:
    """The players of a run, called as its steps call them."""

    def generate(latents: AnyLatents, labels: Labels | None) -> Samples:
        with autocast(precision, state.device):
            samples = generated(state.generator, latents, labels)
        return samples.float()

    def score(samples: Samples, labels: Labels | None) -> Logits:
        with autocast(precision, state.device):
            logits = scored(state.discriminator, samples, labels)
        return logits.float()

    return Opponents(generator=state.generator, discriminator=state.discriminator, generate=generate, score=score)
