"""Looking at a run: the same latents every time, measured and drawn."""

from dataclasses import dataclass
from pathlib import Path

import torch

from equipoise.core.layout import RunLayout
from equipoise.core.randomness import derived_seed, seeded_generator
from equipoise.core.types import Labels, Latents, Samples
from equipoise.probes import SampleProbe
from equipoise.recipes.setup import Setup
from equipoise.sampling import generate_from, image_grid, sample_latents, save_png, scatter
from equipoise.training.state import TrainState

LOOK_STREAM = 3
MEASURED = 256
SIDE = 8
MOST_ROWS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class FixedLook:
    """Measures the averaged generator and draws it to `samples/`, one row a class."""

    layout: RunLayout
    probe: SampleProbe
    latents: Latents
    labels: Labels | None
    row_names: tuple[str, ...] | None

    def __call__(self, state: TrainState) -> tuple[dict[str, float], Path]:
        """One look: the signals, and where the picture lies."""
        samples = generate_from(state.averaged_generator, self.latents, self.labels)
        if samples.ndim == 2:
            picture = scatter(samples, self.probe.reference)
        else:
            picture = image_grid(samples, columns=SIDE, row_names=self.row_names)
        path = self.layout.picture(state.images_seen)
        save_png(picture, path)
        return self.probe(state.averaged_generator), path


def fixed_look(setup: Setup, layout: RunLayout) -> FixedLook:
    """The latents, labels and real samples that every look of this run shares, all fixed by the run's seed."""
    rng = seeded_generator(derived_seed(setup.recipe.training.seed, LOOK_STREAM))
    reference, other, labels = _reals(setup, rng)
    latent_dim = setup.recipe.generator.latent_dim
    probe = SampleProbe(
        latents=sample_latents(len(reference), latent_dim, rng=rng, device="cpu"),
        labels=labels,
        reference=reference,
        other_reals=other,
    )
    grid_labels, row_names = _rows(setup)
    count = MEASURED if len(setup.facts.sample_shape) == 1 else SIDE * SIDE
    count = count if grid_labels is None else len(grid_labels)
    latents = sample_latents(count, latent_dim, rng=rng, device="cpu")
    return FixedLook(layout=layout, probe=probe, latents=latents, labels=grid_labels, row_names=row_names)


def _reals(setup: Setup, rng: torch.Generator) -> tuple[Samples, Samples, Labels | None]:
    """Held-out samples, as many other real ones, and the labels of the latter for the generator to match.

    Where too little is held out, training samples fill the place.
    """
    held_out = setup.held_out_indices if len(setup.held_out_indices) else setup.training_indices
    held_out = held_out[torch.randperm(len(held_out), generator=rng)]
    shuffled = setup.training_indices[torch.randperm(len(setup.training_indices), generator=rng)]
    count = min(MEASURED, len(held_out), len(shuffled))
    reference, _ = setup.store.batch(held_out[:count])
    other, labels = setup.store.batch(shuffled[:count])
    return reference, other, labels if setup.recipe.conditioning != "none" else None


def _rows(setup: Setup) -> tuple[Labels | None, tuple[str, ...] | None]:
    """One row a class; of many classes, as many rows as fit, spread evenly over them."""
    if setup.recipe.conditioning == "none" or setup.store.classes is None:
        return None, None
    rows = torch.linspace(0, setup.facts.classes - 1, min(MOST_ROWS, setup.facts.classes)).round().long()
    return rows.repeat_interleave(SIDE), tuple(setup.store.classes[row] for row in rows.tolist())
