"""Resizing as TensorFlow 1 did it, on which published Inception scores rest."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from equipoise.core.types import Images

_Positions = tuple[Int64[Tensor, " size"], Int64[Tensor, " size"], Float[Tensor, " size"]]


def resize_like_tensorflow(images: Images, size: int) -> Float[Tensor, "batch channels side side"]:
    """Bilinear to `size` x `size`, corners not aligned, no half-pixel shift and no antialiasing.

    Output pixel i looks at the input at i * (input / size): `tf.image.resize_bilinear` of TensorFlow 1, which the
    graph `inception-2015-12-05` calls. `F.interpolate` looks half a pixel further, and Pillow averages: Parmar et al.
    2022 (arXiv 2104.11222) show what that does to FID.
    """
    top, bottom, down = _positions(images.shape[2], size, images)
    left, right, across = _positions(images.shape[3], size, images)
    upper, lower = images[:, :, top], images[:, :, bottom]
    rows = upper + (lower - upper) * down[:, None]
    near, far = rows[:, :, :, left], rows[:, :, :, right]
    return near + (far - near) * across


def _positions(length: int, size: int, like: Images) -> _Positions:
    """For each output pixel the two input pixels about it, and how far it lies towards the second."""
    at = torch.arange(size, device=like.device, dtype=torch.float32) * (length / size)
    low = at.floor().long()
    return low, (low + 1).clamp_max(length - 1), (at - low).to(like.dtype)
