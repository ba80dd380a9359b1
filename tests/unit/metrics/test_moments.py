import pytest
import torch

from equipoise.core.errors import SettingError
from equipoise.metrics import FeatureMoments, Moments


def draw(count: int, features: int, seed: int) -> torch.Tensor:
    return torch.randn(count, features, generator=torch.Generator().manual_seed(seed))


def assert_same(a: Moments, b: Moments) -> None:
    assert a.count == b.count
    torch.testing.assert_close(a.mean, b.mean, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(a.scatter, b.scatter, rtol=1e-10, atol=1e-10)


def test_moments_are_torchs_mean_and_covariance() -> None:
    features = draw(50, 4, 1) * 3 + 7
    moments = Moments.of(features)
    torch.testing.assert_close(moments.mean, features.double().mean(dim=0))
    torch.testing.assert_close(moments.covariance, torch.cov(features.double().T))
    assert moments.mean.dtype == moments.scatter.dtype == torch.float64


def test_batches_of_any_size_merged_in_any_order_are_the_whole() -> None:
    features = draw(101, 5, 2) + 3
    streams = []
    for part in features.split([1, 40, 60]):
        stream = FeatureMoments()
        for batch in part.split(7):
            stream.update(batch)
        streams.append(stream)
    last, middle, first = streams[::-1]
    last.merge(first)
    last.merge(middle)
    last.merge(FeatureMoments())
    assert last.count == 101
    assert_same(last.compute(), Moments.of(features))


def test_merging_into_an_empty_stream_takes_over_the_other() -> None:
    full, empty = FeatureMoments(), FeatureMoments()
    full.update(draw(9, 3, 1))
    empty.merge(full)
    assert_same(empty.compute(), full.compute())
    empty.update(draw(9, 3, 2))
    assert (empty.count, full.count) == (18, 9)


def test_features_far_from_the_origin_keep_their_spread() -> None:
    features = draw(1000, 2, 3).double()
    stream = FeatureMoments()
    for batch in (features + 1e8).split(64):
        stream.update(batch)
    torch.testing.assert_close(stream.compute().covariance, torch.cov(features.T), rtol=1e-6, atol=1e-6)


def test_published_statistics_become_the_same_moments() -> None:
    moments = Moments.of(draw(30, 4, 4))
    again = Moments.from_covariance(mean=moments.mean, covariance=moments.covariance, count=30)
    assert_same(again, moments)
    single = Moments.from_covariance(mean=moments.mean.float(), covariance=moments.covariance.float(), count=30)
    torch.testing.assert_close(single.scatter, moments.scatter, rtol=1e-5, atol=1e-5)


def test_damaged_statistics_are_refused() -> None:
    mean, covariance = torch.zeros(2).double(), torch.eye(2).double()
    with pytest.raises(SettingError, match="`count` is 1"):
        Moments.from_covariance(mean=mean, covariance=covariance, count=1)
    with pytest.raises(SettingError, match="not finite"):
        Moments.from_covariance(mean=mean + torch.nan, covariance=covariance, count=9)
    with pytest.raises(SettingError, match="`mean` has 3, a row has 2, a column has 2"):
        Moments.from_covariance(mean=torch.zeros(3).double(), covariance=covariance, count=9)
    covariance[0, 1] = 0.5
    with pytest.raises(SettingError, match=r"transpose by up to 0\.5"):
        Moments.from_covariance(mean=mean, covariance=covariance, count=9)


def test_moments_that_cannot_be_had_are_refused() -> None:
    with pytest.raises(SettingError, match="call `update`"):
        FeatureMoments().compute()
    with pytest.raises(SettingError, match="there is 1"):
        _ = Moments.of(draw(1, 3, 1)).covariance
    with pytest.raises(SettingError, match="`features` has 0 samples"):
        FeatureMoments().update(draw(0, 3, 1))
    stream = FeatureMoments()
    stream.update(draw(4, 3, 1))
    with pytest.raises(SettingError, match="one set has 3, the other has 2"):
        stream.update(draw(4, 2, 1))
