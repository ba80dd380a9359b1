"""How well the discriminator tells the two sides apart, whatever the scale of its scores."""

import torch
from jaxtyping import Float
from torch import Tensor

from equipoise.metrics import ranking_auc
from equipoise.probes.opponents import Measured

RealLogits = Float[Tensor, " reals"]
FakeLogits = Float[Tensor, " fakes"]
TrainingLogits = Float[Tensor, " training"]


def score_signals(real: RealLogits, fake: FakeLogits) -> Measured:
    """Mean, spread and extent of all scores together: how far a discriminator of logits has gone.

    `logits/offset` is their mean, `logits/scale` their standard deviation, `logits/magnitude` their mean size.
    """
    scores = torch.cat([real, fake])
    return {
        "logits/offset": scores.mean(),
        "logits/scale": scores.std(),
        "logits/magnitude": scores.abs().mean(),
        "logits/lowest": scores.min(),
        "logits/highest": scores.max(),
    }


def separation_signals(held_out: RealLogits, fake: FakeLogits, training: TrainingLogits | None) -> Measured:
    """Ranking of reals above fakes, and of samples that D was trained on above those that it never saw.

    `separation/held_out_ranking` is P(D(x) > D(G(z))): 0.5 is a coin, below it the discriminator lags behind.
    `separation/memorisation` is P(D(trained on) > D(held out)): above 0.5 it knows its samples by heart.
    By chance either has the standard error sqrt((n + m + 1) / (12 n m)).
    Without `training` the reals are taken for seen, and their ranking is a plain `separation/ranking`.
    """
    ranking = ranking_auc(held_out, fake)
    if training is None:
        return {"separation/ranking": ranking}
    return {"separation/held_out_ranking": ranking, "separation/memorisation": ranking_auc(training, held_out)}
