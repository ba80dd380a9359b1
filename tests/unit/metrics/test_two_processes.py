"""Two processes that each see half of the samples, and whose streams are then joined, find what one finds of all."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from equipoise.metrics import (
    ClassMoments,
    FeatureMoments,
    FeatureSample,
    InceptionScoreStream,
    ModeCounts,
    Moments,
    ObedienceCounts,
    frechet_distance,
    kernel_distance,
    precision_recall_density_coverage,
)

COUNT = 400
SEES = """
import pickle, sys
import torch
{function}
torch.set_num_threads(1)
numbers = torch.arange(int(sys.argv[1]), {count}, 2)
pickle.dump(seen(numbers, __import__("equipoise.metrics").metrics), open(sys.argv[2], "wb"))
"""
SEEN = '''
def seen(numbers, metrics):
    """The streams of the samples of these numbers."""
    rng = torch.Generator().manual_seed(5)
    rows = torch.randn(400, 6, generator=rng).double()
    probabilities = torch.randn(400, 4, generator=rng).softmax(dim=1)
    labels = torch.arange(400) % 3
    streams = {
        "moments": metrics.FeatureMoments(),
        "sample": metrics.FeatureSample(150, seed=1),
        "score": metrics.InceptionScoreStream(classes=4),
        "by_class": metrics.ClassMoments(3),
        "modes": metrics.ModeCounts(3),
        "obedience": metrics.ObedienceCounts(4),
    }
    for part in numbers.split(64):
        streams["moments"].update(rows[part])
        streams["sample"].update(rows[part], numbers=part)
        streams["score"].update(probabilities[part], numbers=part)
        streams["by_class"].update(rows[part], labels[part])
        streams["modes"].update(labels[part])
        streams["obedience"].update(predicted=probabilities[part].argmax(dim=1), asked=labels[part])
    return streams
'''


@pytest.fixture(scope="module")
def streams(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], dict[str, object]]:
    """Those of one process that sees everything, and those joined of two."""
    folder = tmp_path_factory.mktemp("processes")
    script = SEES.format(function=SEEN, count=COUNT)
    files = [folder / f"{start}.pickle" for start in (0, 1)]
    started = [
        subprocess.Popen([sys.executable, "-c", script, str(start), str(file)]) for start, file in enumerate(files)
    ]
    assert [process.wait() for process in started] == [0, 0]
    one, other = (pickle.loads(Path(file).read_bytes()) for file in files)
    for name, stream in one.items():
        stream.merge(other[name])
    names: dict[str, object] = {"torch": torch}
    exec(SEEN, names)
    import equipoise.metrics

    return names["seen"](torch.arange(COUNT), equipoise.metrics), one  # type: ignore[operator]


def test_moments_and_what_is_made_of_them(streams):
    whole, joined = streams
    assert isinstance(joined["moments"], FeatureMoments)
    reference = Moments.of(torch.randn(300, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(8)))
    expected, found = (frechet_distance(reference, one["moments"].compute()) for one in (whole, joined))
    assert found == pytest.approx(expected, rel=1e-12)
    assert isinstance(joined["by_class"], ClassMoments)
    for mine, theirs in zip(whole["by_class"].compute(), joined["by_class"].compute(), strict=True):
        torch.testing.assert_close(mine.covariance, theirs.covariance)


def test_the_sample_that_pairs_are_taken_of(streams):
    whole, joined = streams
    assert isinstance(joined["sample"], FeatureSample)
    a, b = whole["sample"].compute(), joined["sample"].compute()
    assert torch.equal(a, b)
    other = torch.randn(200, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(9))
    assert kernel_distance(a, other) == kernel_distance(b, other)
    assert precision_recall_density_coverage(other, a) == precision_recall_density_coverage(other, b)


def test_counts_and_scores(streams):
    whole, joined = streams
    for name, kind in (("modes", ModeCounts), ("obedience", ObedienceCounts)):
        assert isinstance(joined[name], kind)
        assert joined[name].compute() == whole[name].compute()
    assert isinstance(joined["score"], InceptionScoreStream)
    assert joined["score"].compute().value == pytest.approx(whole["score"].compute().value, rel=1e-12)
