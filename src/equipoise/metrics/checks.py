"""What a set must be before it is measured: of the right shape, large enough, finite, in float64."""

import torch
from jaxtyping import Float64, Int, Int64
from torch import Tensor

from equipoise.core.errors import SettingError
from equipoise.core.types import Labels

LARGEST = 1e45
"""The largest feature whose sixth power, summed over samples, fits float64: what the cubic kernel needs."""

ExactFeatures = Float64[Tensor, "count features"]
"""Features as the measures compute with them: detached, finite, float64."""

SampleNumbers = Int[Tensor, " numbers"]
"""Numbers of samples in a whole set that several processes or batches share."""


def exact_features(features: Tensor, name: str, *, least: int = 1) -> ExactFeatures:
    """`features` detached, in float64, on their device (on the CPU where the device has no float64: MPS).

    Raises:
        SettingError: not `(count, features)`, fewer than `least` samples, or a value not finite or beyond 1e45.
    """
    if features.ndim != 2 or features.shape[1] == 0:
        shape = tuple(features.shape)
        raise SettingError(f"`{name}` has shape {shape}, but must be (count, features): flatten samples first.")
    if len(features) < least:
        raise SettingError(f"`{name}` has {len(features)} samples, but at least {least} are needed: draw more.")
    exact = (features.cpu() if features.device.type == "mps" else features).detach().double()
    broken = (exact.abs() <= LARGEST).all(dim=1).logical_not().nonzero()
    if len(broken):
        raise SettingError(
            f"`{name}` holds values not finite, or beyond {LARGEST:g}, in {len(broken)} of {len(exact)} samples, first "
            f"in sample {int(broken[0])}: look for an overflow where they were made."
        )
    return exact


def require_same_width(widths: dict[str, int]) -> None:
    """Refuse sets whose numbers of features differ.

    Raises:
        SettingError: two widths differ.
    """
    if len(set(widths.values())) > 1:
        found = ", ".join(f"{name} has {width}" for name, width in widths.items())
        raise SettingError(f"Features must be of one width, but {found}: take them from the same layer.")


def require_at_least(least: int, **settings: int) -> None:
    """Refuse whole numbers below `least`.

    Raises:
        SettingError: one is smaller.
    """
    for name, value in settings.items():
        if value < least:
            raise SettingError(f"`{name}` is {value}, but must be at least {least}.")


def require_share(**settings: float) -> None:
    """Refuse what is not strictly between 0 and 1 (NaN included).

    Raises:
        SettingError: one is outside.
    """
    for name, value in settings.items():
        if not 0 < value < 1:
            raise SettingError(f"`{name}` is {value}, but must lie between 0 and 1.")


def require_labels_below(labels: Labels, name: str, classes: int, *, least: int = 0) -> None:
    """Refuse labels outside least..classes-1.

    Raises:
        SettingError: one is outside, or there are no classes.
    """
    require_at_least(1, classes=classes)
    outside = labels[(labels < least) | (labels >= classes)]
    if len(outside):
        raise SettingError(f"`{name}` holds {int(outside[0])}, but labels must lie in {least}..{classes - 1}.")


def sample_numbers(numbers: SampleNumbers | None, *, first: int, count: int) -> Int64[Tensor, " count"]:
    """`numbers`, or `count` of them from `first` on, on the CPU.

    Raises:
        SettingError: not `count` numbers, or a negative one.
    """
    if numbers is None:
        return torch.arange(first, first + count)
    if len(numbers) != count:
        raise SettingError(f"`numbers` has {len(numbers)} entries for {count} samples: give each sample one.")
    if bool((numbers < 0).any()):
        raise SettingError(f"`numbers` holds {int(numbers.min())}, but samples are counted from 0.")
    return numbers.cpu().long()
