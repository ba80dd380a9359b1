"""Training the classifier on the data's own labels, once for the same data and seed."""

import json
import os
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

from equipoise.core.errors import SettingError
from equipoise.core.lock import only_one_process
from equipoise.core.types import Images, Labels
from equipoise.data import Indices, Sampler, ShowProgress, Store, cache_folder
from equipoise.data.cache import content_key, write_atomically, writing_to
from equipoise.data.progress import progress_bar
from equipoise.evaluation.classifier import Classifier, ClassifierSpec
from equipoise.evaluation.extractor import weights_digest
from equipoise.metrics import Interval, wilson_interval

VERSION = 1
"""Counted up when the network or its training changes: classifiers of other versions are other features."""

BATCH = 128
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 5e-4
LEAST_STEPS = 600
"""Small data are shown more often: with fewer updates the classifier has hardly begun."""

EPOCHS = 4.0
_HELD_OUT_SHARE = 0.1
_MOST_HELD_OUT = 5000
_JUDGED_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassifierRecord:
    """What is known of a trained classifier. `accuracy` is that on `held_out` images it was not trained on."""

    key: str
    data: str
    seed: int
    epochs: float
    accuracy: float
    held_out: int
    digest: str

    @property
    def interval(self) -> Interval:
        """Wilson interval of the accuracy."""
        return wilson_interval(round(self.accuracy * self.held_out), self.held_out)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainedClassifier:
    """The network and what is known of it; `trained` is False where it came from the cache."""

    network: Classifier
    record: ClassifierRecord
    trained: bool


def classifier_of(
    store: Store,
    *,
    seed: int = 0,
    epochs: float = EPOCHS,
    cache: Path | None = None,
    progress: ShowProgress | None = None,
) -> TrainedClassifier:
    """The classifier of this data and seed, from the cache or trained now.

    Raises:
        SettingError: data without classes, without pictures, or too few to hold some out.
    """
    spec = _spec(store)
    key, folder = _key(store, spec, seed, epochs), _folder(cache)
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
        # building and training layers draws from the global stream, which is the caller's
        with only_one_process(folder / f".{key}.lock"), torch.random.fork_rng(devices=[]):
            found = _cached(folder, key, spec)
            if found is not None:
                return found
            network, accuracy, held_out = _train(store, spec, seed=seed, epochs=epochs, progress=progress)
            record = ClassifierRecord(
                key=key,
                data=store.fingerprint,
                seed=seed,
                epochs=epochs,
                accuracy=accuracy,
                held_out=held_out,
                digest=weights_digest(network),
            )
            _keep(folder, network, record)
    return TrainedClassifier(network=network, record=record, trained=True)


def is_trained(store: Store, *, seed: int = 0, epochs: float = EPOCHS, cache: Path | None = None) -> bool:
    """Whether `classifier_of` has its answer in the cache; False for data that no classifier can be trained on."""
    if len(store.sample_shape) != 3 or store.classes is None or len(store.classes) < 2:
        return False
    spec = _spec(store)
    with torch.random.fork_rng(devices=[]):  # building layers draws from the caller's stream
        return _cached(_folder(cache), _key(store, spec, seed, epochs), spec) is not None


@torch.no_grad()
def accuracy_on(network: Classifier, images: Images, labels: Labels) -> float:
    """Share of `images` whose class is read right."""
    network.eval()
    right = [
        (network(part).argmax(dim=1) == wanted).sum()
        for part, wanted in zip(images.split(_JUDGED_AT_ONCE), labels.split(_JUDGED_AT_ONCE), strict=True)
    ]
    return int(torch.stack(right).sum()) / len(labels)


def _folder(cache: Path | None) -> Path:
    return (cache_folder() if cache is None else cache) / "classifiers"


def _key(store: Store, spec: ClassifierSpec, seed: int, epochs: float) -> str:
    return content_key([store.fingerprint, repr((spec, seed, epochs, VERSION))])


def _spec(store: Store) -> ClassifierSpec:
    if len(store.sample_shape) != 3:
        raise SettingError("A classifier needs images, but this data holds points: take `--features pixels`.")
    if store.classes is None or store.labels is None or len(store.classes) < 2:
        raise SettingError("A classifier needs data with at least 2 classes: take `--features pixels` or `inception`.")
    return ClassifierSpec(channels=store.sample_shape[0], size=store.sample_shape[1], classes=len(store.classes))


def _train(
    store: Store, spec: ClassifierSpec, *, seed: int, epochs: float, progress: ShowProgress | None
) -> tuple[Classifier, float, int]:
    """Adam with decoupled decay; the rate rises for a tenth of the steps and then falls to 0 in a straight line."""
    training, held_out = store.split_held_out(seed, share=_HELD_OUT_SHARE, at_most=_MOST_HELD_OUT)
    if len(held_out) == 0:
        raise SettingError(f"{len(store)} images are too few to train a classifier and to test it: 64 are the least.")
    network = Classifier(spec, seed=seed).train()
    steps = max(LEAST_STEPS, ceil(epochs * len(training) / BATCH))
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    sampler = Sampler(training, seed)
    torch.manual_seed(seed)  # for dropout
    with progress_bar("training a classifier (batches)", progress) as show:
        for step in range(steps):
            _update(network, optimizer, store, sampler.batch_at(step * BATCH, BATCH), share=step / steps)
            show(step + 1, steps)
    images, labels = store.batch(held_out)
    assert labels is not None  # `_spec` has seen them
    return network, accuracy_on(network, images, labels), len(held_out)


def _update(
    network: nn.Module, optimizer: torch.optim.Optimizer, store: Store, indices: Indices, *, share: float
) -> None:
    for group in optimizer.param_groups:
        group["lr"] = LEARNING_RATE * min(1.0, 0.1 + 9 * share, (1 - share) / 0.9)
    images, labels = store.batch(indices)
    assert labels is not None  # `_spec` has seen them
    optimizer.zero_grad(set_to_none=True)
    F.cross_entropy(network(images), labels).backward()
    optimizer.step()


def _cached(folder: Path, key: str, spec: ClassifierSpec) -> TrainedClassifier | None:
    """The classifier in the cache, or None where there is none that is whole."""
    try:
        record = ClassifierRecord(**json.loads((folder / f"{key}.json").read_text(encoding="utf-8")))
        network = Classifier(spec)
        network.load_state_dict(load_file(folder / f"{key}.safetensors"))
    except (FileNotFoundError, SafetensorError, ValueError, TypeError, RuntimeError):
        return None  # never trained, or damaged: then it is trained again
    whole = weights_digest(network) == record.digest
    return TrainedClassifier(network=network.eval(), record=record, trained=False) if whole else None


def _keep(folder: Path, network: Classifier, record: ClassifierRecord) -> None:
    """Weights first, record last: a record without weights would be a promise."""
    part = folder / f".{record.key}.{os.getpid()}.part"
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, part)
    os.replace(part, folder / f"{record.key}.safetensors")
    write_atomically(folder / f"{record.key}.json", json.dumps(asdict(record), indent=1))
