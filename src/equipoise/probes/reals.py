"""Whether the reals that training shows are still like those that were set aside."""

import torch
from jaxtyping import Float64

from equipoise.core.randomness import seeded_generator
from equipoise.core.types import Scalar
from equipoise.probes.diversity import distances

SHUFFLES = 64
"""Random splits of all samples that tell how far two sets lie apart by chance."""

Training = Float64[torch.Tensor, "training values"]
HeldOut = Float64[torch.Tensor, "reals values"]


def difference_of_reals(training: Training, held_out: HeldOut) -> Scalar:
    """By how many standard deviations the two sets lie farther apart than random splits of them all do.

    Apart is meant as energy distance, 2 E|x - y| - E|x - x'| - E|y - y'| (Szekely and Rizzo 2013), which is 0 for equal
    distributions alone. Drawn alike the two score about 0 whatever the data are; above 6 hardly ever, even where all
    samples lie on a line.
    """
    both = torch.cat([training, held_out])
    order = torch.rand(SHUFFLES, len(both), generator=seeded_generator(0)).argsort(dim=1).to(both.device)
    first = torch.zeros(SHUFFLES + 1, len(both), dtype=both.dtype, device=both.device)
    first[0, : len(training)] = 1.0
    first[1:].scatter_(1, order[:, : len(training)], 1.0)
    one, other = first / len(training), (1.0 - first) / len(held_out)
    apart = distances(both, both)
    energy = (2.0 * one @ apart * other - one @ apart * one - other @ apart * other).sum(dim=1)
    shuffled = energy[1:]
    return (energy[0] - shuffled.mean()) / shuffled.std().clamp_min(torch.finfo(both.dtype).tiny)
