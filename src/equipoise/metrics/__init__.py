"""Numbers that compare two sets of samples. Functions for the sum; names and docstrings state the protocol."""

from equipoise.metrics.by_class import ClassMoments, FrechetByClass, frechet_by_class
from equipoise.metrics.confidence import (
    Estimate,
    Interval,
    bootstrap_estimate,
    jackknife_error,
    normal_interval,
    student_interval,
    subset_estimate,
    wilson_interval,
)
from equipoise.metrics.feature_sample import FeatureSample
from equipoise.metrics.frechet import FrechetInfinity, frechet_distance, frechet_infinity, frechet_warnings
from equipoise.metrics.frechet_error import frechet_estimate
from equipoise.metrics.inception_score import (
    InceptionScore,
    InceptionScoreStream,
    inception_score,
    inception_score_of_logits,
)
from equipoise.metrics.kernel import (
    KernelDistance,
    KernelDistanceOfSubsets,
    kernel_distance,
    kernel_distance_of_subsets,
)
from equipoise.metrics.memorisation import (
    ClosePair,
    Memorisation,
    NearestTraining,
    memorisation,
    memorisation_of_searches,
)
from equipoise.metrics.modes import (
    NO_MODE,
    ModeCounts,
    ModeCoverage,
    class_modes,
    mixture_modes,
    mode_coverage,
    nearest_mode,
    stacked_classes,
)
from equipoise.metrics.moments import FeatureMoments, Moments
from equipoise.metrics.neighbours import NeighbourMeasures, precision_recall_density_coverage
from equipoise.metrics.obedience import ClassObedience, LabelObedience, ObedienceCounts, label_obedience
from equipoise.metrics.sliced import sliced_wasserstein
from equipoise.metrics.statistics import mean_shift, ranking_auc, variance_ratio
from equipoise.metrics.support import SupportSize, support_size, support_size_of_counts

__all__ = [
    "NO_MODE",
    "ClassMoments",
    "ClassObedience",
    "ClosePair",
    "Estimate",
    "FeatureMoments",
    "FeatureSample",
    "FrechetByClass",
    "FrechetInfinity",
    "InceptionScore",
    "InceptionScoreStream",
    "Interval",
    "KernelDistance",
    "KernelDistanceOfSubsets",
    "LabelObedience",
    "Memorisation",
    "ModeCounts",
    "ModeCoverage",
    "Moments",
    "NearestTraining",
    "NeighbourMeasures",
    "ObedienceCounts",
    "SupportSize",
    "bootstrap_estimate",
    "class_modes",
    "frechet_by_class",
    "frechet_distance",
    "frechet_estimate",
    "frechet_infinity",
    "frechet_warnings",
    "inception_score",
    "inception_score_of_logits",
    "jackknife_error",
    "kernel_distance",
    "kernel_distance_of_subsets",
    "label_obedience",
    "mean_shift",
    "memorisation",
    "memorisation_of_searches",
    "mixture_modes",
    "mode_coverage",
    "nearest_mode",
    "normal_interval",
    "precision_recall_density_coverage",
    "ranking_auc",
    "sliced_wasserstein",
    "stacked_classes",
    "student_interval",
    "subset_estimate",
    "support_size",
    "support_size_of_counts",
    "variance_ratio",
    "wilson_interval",
]
