"""Sets of samples against reference data: features, measures, and numbers whose names state their protocol."""

from equipoise.evaluation.catalogue import MEASURES
from equipoise.evaluation.choose import NAMES as FEATURE_NAMES
from equipoise.evaluation.choose import Chosen, choose_features, features_at_hand
from equipoise.evaluation.classifier_training import ClassifierRecord, TrainedClassifier, accuracy_on, classifier_of
from equipoise.evaluation.evaluate import Question, evaluate_set
from equipoise.evaluation.extractor import Extracted, FeatureExtractor
from equipoise.evaluation.own import own_extractor
from equipoise.evaluation.pixels import pixel_extractor
from equipoise.evaluation.result import Evaluation, MetricValue
from equipoise.evaluation.sets import GeneratedSet, SampleSet, StoredSet, labels_like, split_of

__all__ = [
    "FEATURE_NAMES",
    "MEASURES",
    "Chosen",
    "ClassifierRecord",
    "Evaluation",
    "Extracted",
    "FeatureExtractor",
    "GeneratedSet",
    "MetricValue",
    "Question",
    "SampleSet",
    "StoredSet",
    "TrainedClassifier",
    "accuracy_on",
    "choose_features",
    "classifier_of",
    "evaluate_set",
    "features_at_hand",
    "labels_like",
    "own_extractor",
    "pixel_extractor",
    "split_of",
]
