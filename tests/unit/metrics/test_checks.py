import pytest
import torch

from equipoise.core.errors import SettingError
from equipoise.metrics.checks import exact_features, require_at_least, require_labels_below, require_share


@pytest.mark.parametrize("broken", [float("nan"), float("inf"), -float("inf"), 1e46])
def test_features_that_would_overflow_are_refused_with_the_first_sample(broken: float) -> None:
    features = torch.zeros(5, 3, dtype=torch.float64)
    features[3, 1] = features[4, 0] = broken
    with pytest.raises(SettingError, match=r"`fake` .* in 2 of 5 samples, first in sample 3"):
        exact_features(features, "fake")


def test_features_come_out_detached_in_float64() -> None:
    exact = exact_features(torch.ones(2, 3, dtype=torch.bfloat16, requires_grad=True), "real")
    assert exact.dtype == torch.float64
    assert not exact.requires_grad


@pytest.mark.parametrize("shape", [(3,), (3, 1, 4, 4), (3, 0)])
def test_shapes_that_are_no_features_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(SettingError, match="flatten samples first"):
        exact_features(torch.zeros(shape), "real")


def test_settings_out_of_range_are_named() -> None:
    with pytest.raises(SettingError, match="`splits` is 0, but must be at least 1"):
        require_at_least(1, classes=3, splits=0)
    for share in (0.0, 1.0, float("nan")):
        with pytest.raises(SettingError, match="`quantile`"):
            require_share(quantile=share)


def test_labels_out_of_range_are_named() -> None:
    require_labels_below(torch.tensor([0, 3]), "asked", 4)
    with pytest.raises(SettingError, match=r"`asked` holds 4, but labels must lie in 0\.\.3"):
        require_labels_below(torch.tensor([2, 4]), "asked", 4)
    with pytest.raises(SettingError, match="`asked` holds -1"):
        require_labels_below(torch.tensor([2, -1]), "asked", 4)
    with pytest.raises(SettingError, match="`classes` is 0"):
        require_labels_below(torch.tensor([2]), "asked", 0)
