"""Cheap comparisons of two sets: spread, place and rank. All free of units."""

import torch
from jaxtyping import Float
from torch import Tensor

from equipoise.core.errors import SettingError
from equipoise.core.types import Scalar

RealSet = Float[Tensor, "reals *sample"]
FakeSet = Float[Tensor, "fakes *sample"]
AnySet = Float[Tensor, "count *sample"]


def variance_ratio(*, real: RealSet, fake: FakeSet) -> float:
    """Total variance of `fake` over that of `real`: tr(cov fake) / tr(cov real). Near 0 is collapse, 1 is the aim."""
    return float(_total_variance(fake, "fake") / _spread_of_real(real))


def mean_shift(*, real: RealSet, fake: FakeSet) -> float:
    """Distance between the means in units of the real spread: |mean fake - mean real| / sqrt(tr(cov real))."""
    shift = _flat(fake).mean(dim=0) - _flat(real).mean(dim=0)
    return float(shift.norm() / _spread_of_real(real).sqrt())


def ranking_auc(real_logits: Float[Tensor, " reals"], fake_logits: Float[Tensor, " fakes"]) -> Scalar:
    """Share of all pairs in which the real logit is the higher, ties counting half; left on its device.

    The area under the ROC curve (Mann and Whitney 1947): 0.5 is chance, 1 a discriminator that ranks every pair right.
    By sorting, O(n log n). NaN if any logit is NaN.
    """
    if len(real_logits) == 0 or len(fake_logits) == 0:
        raise SettingError(f"Ranking needs logits of both kinds, but got {len(real_logits)} and {len(fake_logits)}.")
    real, fakes = _comparable(real_logits), _comparable(fake_logits).sort().values
    below = torch.searchsorted(fakes, real, right=False)
    not_above = torch.searchsorted(fakes, real, right=True)
    share = (below + not_above).sum() / (2 * len(real) * len(fakes))
    broken = real.isnan().any() | fakes.isnan().any()
    return torch.where(broken, torch.nan, share)


def _comparable(logits: Float[Tensor, " scores"]) -> Float[Tensor, " scores"]:
    return logits.detach() if logits.dtype == torch.float64 else logits.detach().float()


def _flat(samples: AnySet) -> Float[Tensor, "count values"]:
    return samples.detach().flatten(1).double()


def _total_variance(samples: AnySet, name: str) -> Scalar:
    if len(samples) < 2:
        raise SettingError(f"`{name}` has {len(samples)} samples, but a variance needs at least 2.")
    return _flat(samples).var(dim=0).sum()


def _spread_of_real(real: RealSet) -> Scalar:
    variance = _total_variance(real, "real")
    if variance == 0.0:
        raise SettingError("All samples in `real` are the same, so nothing can be measured against their spread.")
    return variance
