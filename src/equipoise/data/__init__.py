"""Data: one `source` argument opens everything, is prepared once, and is then read in a reproducible order."""

from equipoise.data.cache import cache_folder
from equipoise.data.fitting import Fit
from equipoise.data.inspect import DataReport, inspect_source
from equipoise.data.manifest import Manifest
from equipoise.data.open import SOURCE_NAMES, open_source
from equipoise.data.preparation import native_size, prepare
from equipoise.data.progress import ShowProgress
from equipoise.data.sampler import Sampler
from equipoise.data.selection import preview
from equipoise.data.source import Mixture, PointSource, Source, SourceLike, Survey
from equipoise.data.split import Indices, split_held_out
from equipoise.data.store import ImageStore, PointStore, Store, as_samples

__all__ = [
    "SOURCE_NAMES",
    "DataReport",
    "Fit",
    "ImageStore",
    "Indices",
    "Manifest",
    "Mixture",
    "PointSource",
    "PointStore",
    "Sampler",
    "ShowProgress",
    "Source",
    "SourceLike",
    "Store",
    "Survey",
    "as_samples",
    "cache_folder",
    "inspect_source",
    "native_size",
    "open_source",
    "prepare",
    "preview",
    "split_held_out",
]
