"""Packing: a discriminator that judges several samples together."""

from torch import Tensor, nn

from equipoise.core.errors import NetworkError
from equipoise.core.types import Labels, Logits, Samples


class Packed(nn.Module):
    """Show `discriminator` packs of `size` consecutive samples as one (PacGAN, arXiv 1712.04086, section 2.1).

    The inner discriminator takes `size` times the channels (points: `size` times the numbers). Labels reach it as
    `(batch / size, size)`, one row a pack. All samples of a pack must be real, or all fake.
    """

    def __init__(self, discriminator: nn.Module, size: int):
        super().__init__()
        self.discriminator = discriminator
        self.size = size

    def forward(self, samples: Samples, labels: Labels | None = None) -> Logits:
        """`(batch, channels, ...)` to `(batch / size,)`. Raises NetworkError if the batch does not divide."""
        if len(samples) % self.size:
            raise NetworkError(
                f"A batch of {len(samples)} samples does not divide into packs of {self.size}. "
                f"Choose a batch size that is a multiple of {self.size}, and drop the last incomplete batch."
            )
        packs = samples.reshape(len(samples) // self.size, self.size * samples.shape[1], *samples.shape[2:])
        logits: Tensor = (
            self.discriminator(packs) if labels is None else self.discriminator(packs, labels.reshape(-1, self.size))
        )
        return logits
