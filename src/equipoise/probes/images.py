"""Signals of pictures alone: their range, their ends, and their spectrum."""

import torch
from jaxtyping import Float
from torch import Tensor

from equipoise.core.types import Images, Scalar
from equipoise.probes.opponents import Measured

MOST_TRANSFORMED = 64
"""So many pictures of either side are transformed."""

HIGH = 0.35
"""Cycles a pixel from which a frequency counts as high; 0.5 is the highest that pixels can carry."""

END = 0.005
"""This share of the range from either end counts as the end: |x| > 0.99 of values in [-1, 1]."""

OUTSIDE = 0.01
"""Beyond the other side's ends by this share of the range."""

RealImages = Float[Tensor, "reals channels height width"]
Spectrum = Float[Tensor, "rows columns"]


def range_signals(fake: Images, real: RealImages) -> Measured:
    """`samples/out_of_range` and `samples/out_of_reach`, as shares.

    The former are generated values beyond the extremes of the reals, the latter real ones beyond those of the fakes.
    """
    margin = OUTSIDE * (real.max() - real.min())
    return {
        "samples/out_of_range": _outside(fake, real, margin),
        "samples/out_of_reach": _outside(real, fake, margin),
    }


def image_signals(fake: Images, real: RealImages) -> Measured:
    """Ends and spectrum of generated pictures beside real ones.

    `samples/saturated_share` is the share of values at the ends of the reals' range (`..._of_reals`: of the reals),
    `samples/high_frequency` log10 of the power above 0.35 cycles a pixel over that of the reals: grain above 0, blur
    below. `samples/nyquist` is log10 of the power on the Nyquist lines (period two pixels, where a checkerboard lies)
    over that of the lines beside them, less the same of the reals; only where height or width is even.
    """
    low, high = real.min(), real.max()
    end = END * (high - low)
    signals = {
        "samples/saturated_share": ((fake < low + end) | (fake > high - end)).float().mean(),
        "samples/saturated_share_of_reals": ((real < low + end) | (real > high - end)).float().mean(),
    }
    of_fake, of_real = power_spectrum(fake), power_spectrum(real)
    signals["samples/high_frequency"] = _log(high_power(of_fake)) - _log(high_power(of_real))
    if any(_has_nyquist_line(size) for size in of_fake.shape):
        signals["samples/nyquist"] = nyquist_excess(of_fake) - nyquist_excess(of_real)
    return signals


def power_spectrum(images: Images) -> Spectrum:
    """Mean power at each frequency over the pictures and channels, the means of the pictures left out."""
    shown = images[:MOST_TRANSFORMED].float()
    centred = shown - shown.mean(dim=(2, 3), keepdim=True)
    power: Spectrum = torch.fft.fft2(centred, norm="ortho").abs().square().mean(dim=(0, 1))
    return power


def high_power(spectrum: Spectrum) -> Scalar:
    """Mean power at frequencies whose radius is above 0.35 cycles a pixel."""
    rows = torch.fft.fftfreq(spectrum.shape[0], device=spectrum.device)
    columns = torch.fft.fftfreq(spectrum.shape[1], device=spectrum.device)
    high = (rows[:, None].square() + columns[None, :].square()).sqrt() > HIGH
    power: Scalar = (spectrum * high).sum() / high.sum()
    return power


def nyquist_excess(spectrum: Spectrum) -> Scalar:
    """log10 of the power on the Nyquist lines over that on the two lines beside each; the corner is left out of none.

    A stride of two with a kernel that it does not divide leaves its grid exactly there.
    """
    on, beside = [], []
    for lines in (spectrum, spectrum.T):
        middle = len(lines) // 2
        if _has_nyquist_line(len(lines)):
            on.append(lines[middle].mean())
            beside.append(lines[middle - 2 : middle].mean())
    return _log(torch.stack(on).mean()) - _log(torch.stack(beside).mean())


def _has_nyquist_line(size: int) -> bool:
    return size % 2 == 0 and size >= 8


def _outside(values: Images, other: RealImages, margin: Scalar) -> Scalar:
    return ((values < other.min() - margin) | (values > other.max() + margin)).float().mean()


def _log(power: Scalar) -> Scalar:
    return power.clamp_min(1e-20).log10()
