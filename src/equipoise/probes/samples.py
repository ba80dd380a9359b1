"""Signals of the samples themselves: always the same latents, against the same real samples kept out of training."""

from dataclasses import dataclass

from torch import nn

from equipoise.core.types import Labels, Latents, Samples
from equipoise.metrics import mean_shift, sliced_wasserstein, variance_ratio
from equipoise.sampling import generate_from


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleProbe:
    """Measures the averaged generator in evaluation mode, and changes nothing.

    `samples/sliced_wasserstein` is the mean one-dimensional Wasserstein-1 distance over fixed random directions of
    sample space, against `reference`; `..._of_reals` is the same between `reference` and as many other real samples:
    what a perfect generator would score. In pixel space it sees colour, shape and variety, and not fine detail.
    `averaged/variance_ratio` and `averaged/mean_shift` are of this generator too; those of the one that plays are
    `samples/...` of the `GameProbe`.
    """

    latents: Latents
    labels: Labels | None
    reference: Samples
    other_reals: Samples

    def __call__(self, averaged_generator: nn.Module) -> dict[str, float]:
        """One look. `latents`, `reference` and `other_reals` are of equal number."""
        fake = generate_from(averaged_generator, self.latents, self.labels)
        return {
            "samples/sliced_wasserstein": sliced_wasserstein(fake.flatten(1), self.reference.flatten(1)),
            "samples/sliced_wasserstein_of_reals": sliced_wasserstein(
                self.other_reals.flatten(1), self.reference.flatten(1)
            ),
            "averaged/variance_ratio": variance_ratio(real=self.reference, fake=fake),
            "averaged/mean_shift": mean_shift(real=self.reference, fake=fake),
        }
