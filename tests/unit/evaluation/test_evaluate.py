"""One set against another, and every number against one that was got by another way."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.linalg
import torch
from scipy.spatial.distance import cdist
from sklearn.metrics.pairwise import polynomial_kernel

from equipoise.core.errors import SettingError
from equipoise.data import prepare
from equipoise.evaluation import (
    Chosen,
    Evaluation,
    Extracted,
    FeatureExtractor,
    GeneratedSet,
    Question,
    StoredSet,
    choose_features,
    evaluate_set,
    labels_like,
    own_extractor,
    pixel_extractor,
    split_of,
)
from equipoise.evaluation.features import features_of
from equipoise.metrics import ClassMoments, FeatureMoments, FeatureSample, InceptionScoreStream, frechet_distance


def images(count: int, seed: int, contrast: float = 1.0) -> np.ndarray:
    """Smooth random pictures of 12 x 12, of three kinds by their number."""
    rng = np.random.default_rng(seed)
    waves = np.sin(np.linspace(0, 3, 12)[None, :] * (1 + np.arange(count) % 3)[:, None])
    pictures = (
        waves[:, :, None] * rng.normal(size=(count, 1, 12)) * 40 * contrast + rng.normal(size=(count, 12, 12)) * 9
    )
    return (pictures + 120).clip(0, 255).astype(np.uint8)


def as_set(count: int, seed: int, name: str, contrast: float = 1.0) -> StoredSet:
    return StoredSet(name=name, store=prepare(images(count, seed, contrast)), indices=torch.arange(count))


def linear_extractor() -> FeatureExtractor:
    """Ten random directions, and probabilities of four classes."""
    weights = torch.randn(144, 14, generator=torch.Generator().manual_seed(3)) / 4

    def extract(samples: torch.Tensor) -> Extracted:
        seen = samples.flatten(1) @ weights
        return Extracted(features=seen[:, :10].double(), probabilities=seen[:, 10:].softmax(dim=1))

    return FeatureExtractor(
        name="linear", digest="3", dimension=10, classes=4, handling="", published=False, extract=extract
    )


@pytest.fixture(scope="module")
def sets() -> tuple[StoredSet, StoredSet]:
    return as_set(400, 1, "real"), as_set(300, 2, "fake", contrast=0.8)


@pytest.fixture(scope="module")
def features(sets: tuple[StoredSet, StoredSet]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Real features, fake features, fake probabilities: taken from the stores without the code under test."""
    extract = linear_extractor().extract
    real, fake = (extract(one.store.batch(torch.arange(len(one)))[0]) for one in sets)
    assert fake.probabilities is not None
    return real.features.numpy(), fake.features.numpy(), fake.probabilities.double().numpy()


@pytest.fixture(scope="module")
def evaluation(sets: tuple[StoredSet, StoredSet], tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    real, fake = sets
    cache = tmp_path_factory.mktemp("features")
    chosen = Chosen(extractor=linear_extractor(), notes=())
    question = Question(metrics=("fid", "kid", "is", "prdc", "memorisation", "swd", "fid-infinity"))
    return evaluate_set(fake, real, chosen, question, cache=cache)


def test_frechet_equals_scipys_matrix_root(evaluation: Evaluation, features: tuple[np.ndarray, ...]) -> None:
    real, fake, _ = features
    a, b = np.cov(real, rowvar=False), np.cov(fake, rowvar=False)
    shift = real.mean(axis=0) - fake.mean(axis=0)
    expected = shift @ shift + np.trace(a) + np.trace(b) - 2 * np.trace(scipy.linalg.sqrtm(a @ b)).real
    assert evaluation["fid"].value == pytest.approx(expected, rel=1e-8)
    assert evaluation["fid"].name == "frechet300-full-linear"


def test_kernel_distance_equals_that_of_scikit_learns_kernel(
    evaluation: Evaluation, features: tuple[np.ndarray, ...]
) -> None:
    real, fake, _ = features
    within = [polynomial_kernel(x, degree=3, gamma=1 / 10, coef0=1) for x in (real, fake)]
    unbiased = [(k.sum() - k.trace()) / (len(k) * (len(k) - 1)) for k in within]
    cross = polynomial_kernel(real, fake, degree=3, gamma=1 / 10, coef0=1).mean()
    assert evaluation["kid"].value == pytest.approx(sum(unbiased) - 2 * cross, rel=1e-8)


def test_inception_score_equals_its_definition(evaluation: Evaluation, features: tuple[np.ndarray, ...]) -> None:
    scores = []
    for split in range(10):
        p = features[2][split::10]
        scores.append(np.exp((p * (np.log(p) - np.log(p.mean(axis=0)))).sum(axis=1).mean()))
    assert evaluation["is"].value == pytest.approx(np.mean(scores), rel=1e-6)
    assert evaluation["is"].name == "is300-linear"


def test_neighbour_measures_equal_their_definition(evaluation: Evaluation, features: tuple[np.ndarray, ...]) -> None:
    real, fake, _ = features
    real_radius = np.sort(cdist(real, real), axis=1)[:, 5]
    fake_radius = np.sort(cdist(fake, fake), axis=1)[:, 5]
    distance = cdist(real, fake)
    assert evaluation["precision"].value == pytest.approx((distance < real_radius[:, None]).any(axis=0).mean())
    assert evaluation["recall"].value == pytest.approx((distance < fake_radius[None]).any(axis=1).mean())
    assert evaluation["density"].value == pytest.approx((distance < real_radius[:, None]).sum(axis=0).mean() / 5)
    assert evaluation["coverage"].value == pytest.approx((distance.min(axis=1) < real_radius).mean())
    assert evaluation["coverage"].name == "coverage300-full-k5-linear"


def test_memorisation_equals_its_definition(evaluation: Evaluation, features: tuple[np.ndarray, ...]) -> None:
    real, fake, _ = features
    training, held_out = (part.numpy() for part in prepare(images(400, 1)).split_held_out(0))
    reference = cdist(real[held_out], real[training]).min(axis=1)
    nearest = cdist(fake, real[training])
    expected = (nearest.min(axis=1) < np.quantile(reference, 0.05)).mean()
    assert evaluation["memorisation"].value == pytest.approx(expected)
    closest = evaluation["memorisation"].details["closest"][0]
    assert closest.distance == pytest.approx(nearest.min())
    assert nearest[closest.sample, closest.training] == pytest.approx(nearest.min())


def test_sliced_wasserstein_sees_the_contrast(evaluation: Evaluation) -> None:
    value = evaluation["swd"]
    assert value.interval is not None
    assert 0 < value.interval.low < value.value < value.interval.high


def test_every_number_has_an_interval_about_it(evaluation: Evaluation) -> None:
    for value in evaluation.values:
        assert value.interval is not None
        assert value.interval.low <= value.value <= value.interval.high


def test_the_protocol_says_all_that_decides_the_numbers(evaluation: Evaluation) -> None:
    protocol = evaluation.protocol
    assert (protocol["samples"], protocol["reals"], protocol["split"]) == (300, 400, "full")
    assert protocol["features"]["name"] == "linear"
    assert protocol["eight_bit"]
    assert len(protocol["reference_fingerprint"]) > 8


def test_copies_of_the_training_data_are_found_out(sets: tuple[StoredSet, StoredSet], tmp_path: Path) -> None:
    real, _ = sets
    copies = split_of(real.store, "copies", split="training")
    chosen = Chosen(extractor=pixel_extractor(real.sample_shape), notes=())
    found = evaluate_set(copies, real, chosen, Question(metrics=("memorisation",)), cache=tmp_path)["memorisation"]
    assert found.value > 0.95
    assert found.details["closest"][0].distance == 0.0


def test_the_reference_is_looked_at_once_and_samples_leave_nothing(
    sets: tuple[StoredSet, StoredSet], tmp_path: Path
) -> None:
    seen: list[int] = []
    base = linear_extractor()

    def extract(samples: torch.Tensor) -> Extracted:
        seen.append(len(samples))
        return base.extract(samples)

    counting = FeatureExtractor(
        name="counting", digest="1", dimension=10, classes=4, handling="", published=False, extract=extract
    )
    with features_of(sets[0], counting, cache=tmp_path) as first:
        assert sum(seen) == len(first) == 400
    with features_of(sets[0], counting, cache=tmp_path) as again:
        assert np.array_equal(first.features, again.features)
    assert sum(seen) == 400
    generator = torch.nn.Sequential(torch.nn.Linear(4, 144), torch.nn.Tanh(), torch.nn.Unflatten(1, (1, 12, 12)))
    samples = GeneratedSet(name="g", generator=generator, latent_dim=4, sample_shape=(1, 12, 12), count=300, seed=0)
    with features_of(samples, counting, cache=tmp_path) as fake:
        assert len(fake) == 300
    assert len(list((tmp_path / "features").iterdir())) == 1


def test_features_of_other_weights_are_not_taken_from_the_cache(
    sets: tuple[StoredSet, StoredSet], tmp_path: Path
) -> None:
    def named_alike(module: torch.nn.Module) -> FeatureExtractor:
        return replace(own_extractor(module, (1, 12, 12)), name="own")

    module = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(144, 5))
    with features_of(sets[0], named_alike(module), cache=tmp_path) as before:
        old = np.array(before.features)
    with torch.no_grad():
        module[1].weight += 1
    with features_of(sets[0], named_alike(module), cache=tmp_path) as after:
        assert not np.allclose(old, after.features)


def test_generated_samples_are_drawn_one_by_one_or_all_and_are_eight_bit() -> None:
    generator = torch.nn.Sequential(torch.nn.Linear(4, 64), torch.nn.Tanh(), torch.nn.Unflatten(1, (1, 8, 8)))
    samples = GeneratedSet(name="g", generator=generator, latent_dim=4, sample_shape=(1, 8, 8), count=600, seed=5)
    whole = torch.cat(list(samples.batches()))
    assert whole.shape == (600, 1, 8, 8)
    chosen = torch.tensor([599, 0, 257])
    torch.testing.assert_close(samples.at(chosen), whole[chosen], atol=1e-6, rtol=0)
    levels = (whole + 1) * 127.5
    torch.testing.assert_close(levels, levels.round(), atol=1e-3, rtol=0)


def test_labels_are_asked_for_as_often_as_the_data_have_them() -> None:
    asked = labels_like(torch.tensor([0] * 60 + [1] * 30 + [2] * 10), 200)
    assert asked.bincount().tolist() == [120, 60, 20]


def test_two_streams_merged_are_one(features: tuple[np.ndarray, ...]) -> None:
    rows, probabilities = torch.from_numpy(features[1]), torch.from_numpy(features[2])
    labels, numbers = torch.arange(300) % 3, torch.arange(300)

    def streams(part: torch.Tensor) -> tuple[FeatureMoments, FeatureSample, InceptionScoreStream, ClassMoments]:
        made = FeatureMoments(), FeatureSample(50, seed=1), InceptionScoreStream(classes=4), ClassMoments(3)
        for piece in part.split(37):
            made[0].update(rows[piece])
            made[1].update(rows[piece], numbers=numbers[piece])
            made[2].update(probabilities[piece], numbers=numbers[piece])
            made[3].update(rows[piece], labels[piece])
        return made

    whole, one, other = streams(numbers), streams(numbers[::2]), streams(numbers[1::2])
    for mine, theirs in zip(one, other, strict=True):
        mine.merge(theirs)
    assert frechet_distance(whole[0].compute(), one[0].compute()) < 1e-10
    assert torch.equal(whole[1].compute(), one[1].compute())
    assert one[2].compute().value == pytest.approx(whole[2].compute().value, rel=1e-12)
    for mine, theirs in zip(whole[3].compute(), one[3].compute(), strict=True):
        assert mine is not None
        assert theirs is not None
        torch.testing.assert_close(mine.covariance, theirs.covariance)


def test_modes_of_a_mixture_are_counted() -> None:
    real = StoredSet(name="ring", store=prepare("ring-8"), indices=torch.arange(50_000))
    half = real.store.modes < 4
    fake = StoredSet(name="half", store=real.store, indices=half.nonzero().flatten()[:2000])
    chosen = choose_features("auto", real.store)
    found = evaluate_set(fake, real, chosen, Question(metrics=("modes",)))
    assert found["modes"].value == 4
    assert found["high-quality"].value == pytest.approx(1 - np.exp(-4.5), abs=0.01)
    assert found["mode-kl"].value == pytest.approx(np.log(2), abs=0.01)


def test_by_class_sees_a_class_that_is_missing_behind_a_good_average() -> None:
    digits = prepare("digits")
    real = StoredSet(name="digits", store=digits, indices=torch.arange(len(digits)))
    assert digits.labels is not None
    swapped = digits.labels.clone()
    order = torch.argsort(swapped, stable=True)
    chosen = Chosen(extractor=pixel_extractor(real.sample_shape), notes=())
    question = Question(metrics=("fid", "fid-by-class"))
    same = evaluate_set(real, real, chosen, question)
    assert same["fid-by-class"].value < 1e-6

    class Shuffled(StoredSet):
        @property
        def labels(self) -> torch.Tensor:
            return swapped.roll(180)[order.argsort()]

    wrong = evaluate_set(
        Shuffled(name="wrong", store=digits, indices=torch.arange(len(digits))), real, chosen, question
    )
    assert wrong["fid"].value < 1e-6
    assert wrong["fid-by-class"].value > 1.0


def test_what_cannot_be_measured_says_why(sets: tuple[StoredSet, StoredSet]) -> None:
    real, fake = sets
    chosen = choose_features("pixels", real.store)
    for metric, reason in (("is", "know no classes"), ("modes", "not known"), ("accuracy", "has no classes")):
        with pytest.raises(SettingError, match=reason):
            evaluate_set(fake, real, chosen, Question(metrics=(metric,)))
    with pytest.raises(SettingError, match="Did you mean fid"):
        evaluate_set(fake, real, chosen, Question(metrics=("fidd",)))


def test_sets_of_different_shape_are_refused(sets: tuple[StoredSet, StoredSet]) -> None:
    ring = StoredSet(name="ring", store=prepare("ring-8"), indices=torch.arange(100))
    with pytest.raises(SettingError, match="only like can be compared"):
        evaluate_set(ring, sets[0], choose_features("pixels", sets[0].store), Question())


@pytest.fixture
def own_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "my_features.py").write_text(
        "def flat(x):\n    return x.flatten(1)\n\ndef bad(x):\n    return x\n\nn = 3\n"
    )
    monkeypatch.chdir(tmp_path)
    return "my_features"


def test_features_of_ones_own_by_name(own_module: str, sets: tuple[StoredSet, StoredSet]) -> None:
    chosen = choose_features(f"{own_module}:flat", sets[0].store)
    assert chosen.extractor.name.startswith("flat-")
    assert chosen.extractor.dimension == 144
    for wrong, reason in (("bad", "floats"), ("n", "no function"), ("missing", "cannot be imported")):
        with pytest.raises(SettingError, match=reason):
            choose_features(f"{own_module}:{wrong}", sets[0].store)
    with pytest.raises(SettingError, match="There are: auto, inception"):
        choose_features("inceptio", sets[0].store)
