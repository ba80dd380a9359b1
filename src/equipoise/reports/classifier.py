"""A classifier of some data, and how good it is, in words."""

from pathlib import Path

import torch

from equipoise.data import prepare
from equipoise.data.sources.idx import has_idx_files, has_test_files, open_idx
from equipoise.evaluation import accuracy_on, classifier_of
from equipoise.evaluation.extractor import short
from equipoise.metrics import wilson_interval


def describe_classifier(source: str, *, seed: int, epochs: float) -> str:
    """Train it, or take it from the cache, and say what it reads right: of held-out images, and of the test files.

    The test files are those of an idx directory (t10k-...); training never sees them.
    """
    store = prepare(source)
    trained = classifier_of(store, seed=seed, epochs=epochs)
    record = trained.record
    lines = [
        f"classifier-{short(record.digest)}: {'trained now' if trained.trained else 'from the cache'}, "
        f"seed {record.seed}, {record.epochs:g} epochs of {source}",
        f"Held out: {record.accuracy:.2%} of {record.held_out:,} right "
        f"(95 % interval {record.interval.low:.2%} to {record.interval.high:.2%})",
    ]
    folder = Path(source)
    if folder.is_dir() and has_idx_files(folder) and has_test_files(folder):
        test = prepare(open_idx(folder, name=folder.resolve().name, part="test"))
        images, labels = test.batch(torch.arange(len(test)))
        assert labels is not None  # an idx pair has them
        share = accuracy_on(trained.network, images, labels)
        interval = wilson_interval(round(share * len(test)), len(test))
        lines.append(
            f"Test files: {share:.2%} of {len(test):,} right (95 % interval {interval.low:.2%} to {interval.high:.2%})"
        )
    return "\n".join(lines)
