"""What goes into a step and what comes out of it, as tensors that stay on their device until someone reads them."""

from collections.abc import Iterator
from dataclasses import dataclass

from equipoise.core.types import Labels, Logits, Samples, Scalar


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Real samples with their labels; `labels` is None in an unconditional game."""

    samples: Samples
    labels: Labels | None = None

    def __len__(self) -> int:
        return len(self.samples)

    def split(self, parts: int) -> Iterator["Batch"]:
        """`parts` equal micro-batches, in order. The batch must divide evenly, or their means would not average."""
        assert len(self) % parts == 0
        size = len(self) // parts
        for start in range(0, len(self), size):
            labels = None if self.labels is None else self.labels[start : start + size]
            yield Batch(samples=self.samples[start : start + size], labels=labels)


@dataclass(frozen=True, kw_only=True, slots=True)
class PenaltyRecord:
    """One penalty of one step: its mean before the weight, and the mean gradient norm it saw."""

    name: str
    value: Scalar
    gradient_norm: Scalar


@dataclass(frozen=True, kw_only=True, slots=True)
class DiscriminatorRecord:
    """One update of the discriminator, detached. `loss` is the objective's part, without penalties."""

    real_logits: Logits
    fake_logits: Logits
    loss: Scalar
    penalties: tuple[PenaltyRecord, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class GeneratorRecord:
    """One update of the generator, detached. `loss` is the objective's part, without the mode-seeking term."""

    fake_logits: Logits
    loss: Scalar
    mode_seeking: Scalar | None = None
