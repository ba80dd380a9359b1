"""Numbers that compare two sets of samples. Functions for the sum; names and docstrings state the protocol."""

from equipoise.metrics.sliced import sliced_wasserstein
from equipoise.metrics.statistics import mean_shift, ranking_auc, variance_ratio

__all__ = ["mean_shift", "ranking_auc", "sliced_wasserstein", "variance_ratio"]
