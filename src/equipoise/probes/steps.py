"""Signals of a step that was just taken, from tensors it has made already; the device is waited for once."""

from dataclasses import dataclass

import torch
from torch import nn

from equipoise.constraints import share_at_bound
from equipoise.core.steps import DiscriminatorRecord, GeneratorRecord
from equipoise.core.types import Scalar
from equipoise.metrics import ranking_auc
from equipoise.objectives import Family


@dataclass(frozen=True, kw_only=True, slots=True)
class StepProbe:
    """Reads what the objective's family makes meaningful.

    Probabilities exist only for logistic losses, a Wasserstein estimate only for that loss; it is E[D(x)] - E[D(G(z))]
    without penalties. `separation/ranking` is P(D(x) > D(G(z))), which means the same for all: 0.5 is a coin, 1 is
    certainty. Losses are without penalties and without the mode-seeking term, which stand beside them.
    """

    family: Family
    clip_bound: float | None = None

    def __call__(
        self, discriminator: nn.Module, d_record: DiscriminatorRecord, g_record: GeneratorRecord
    ) -> dict[str, float]:
        """One reading, `room/quantity` to number."""
        with torch.no_grad():
            scalars = self._scalars(d_record, g_record)
            if self.clip_bound is not None:
                scalars["weights/share_at_bound"] = share_at_bound(discriminator, self.clip_bound)
            values = torch.stack([scalar.float() for scalar in scalars.values()]).tolist()
        return dict(zip(scalars, values, strict=True))

    def _scalars(self, d_record: DiscriminatorRecord, g_record: GeneratorRecord) -> dict[str, Scalar]:
        real, fake = d_record.real_logits, d_record.fake_logits
        scalars = {
            "logits/real": real.mean(),
            "logits/fake": fake.mean(),
            "separation/ranking": ranking_auc(real, fake),
            "loss/discriminator": d_record.loss,
            "loss/generator": g_record.loss,
        }
        if self.family == "logistic":
            scalars |= {"probability/real": real.sigmoid().mean(), "probability/fake": fake.sigmoid().mean()}
        if self.family == "wasserstein":
            scalars["wasserstein/estimate"] = real.mean() - fake.mean()
        for penalty in d_record.penalties:
            scalars[f"penalty/{penalty.name}"] = penalty.value
            scalars[f"gradient_norm/{penalty.name}"] = penalty.gradient_norm
        if g_record.mode_seeking is not None:
            scalars["penalty/mode_seeking"] = g_record.mode_seeking
        return scalars
