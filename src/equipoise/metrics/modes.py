"""How many known modes a generator reaches, and how evenly: mixtures of Gaussians, and classes (stacked MNIST)."""

from dataclasses import dataclass
from math import inf, isfinite

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from equipoise.core.errors import SettingError
from equipoise.core.types import Labels
from equipoise.metrics.checks import exact_features, require_at_least, require_labels_below, require_same_width
from equipoise.metrics.confidence import Interval, wilson_interval
from equipoise.metrics.distances import centred, squared_distances

NO_MODE = -1
"""The mode of a sample that belongs to none."""

Points = Float[Tensor, "points point_features"]
Centres = Float[Tensor, "modes centre_features"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ModeCoverage:
    """What was found of `modes` equally likely modes.

    `covered` modes got at least one sample. `assigned_share` of the samples belong to a mode at all (of a mixture: the
    high-quality ones), with its Wilson interval. `reverse_kl` is KL(found || uniform) in nats, where "found" are the
    frequencies of the modes among the assigned samples alone: 0 for even, log(modes) for a single mode, None if
    nothing was assigned. Direction and treatment are those of PacGAN's code; the other direction is infinite as soon
    as one mode is missed. `expected_kl`, (modes - 1) / (2 assigned), is about what a perfect generator scores with
    as many assigned samples, if they are many more than the modes.
    """

    modes: int
    covered: int
    assigned_share: float
    assigned_interval: Interval
    reverse_kl: float | None
    expected_kl: float | None
    counts: tuple[int, ...]
    samples: int


def mixture_modes(points: Points, centres: Centres, standard_deviation: float, sigmas: float = 3.0) -> ModeCoverage:
    """Coverage of a mixture of round Gaussians: a point belongs to its nearest centre if it is of high quality.

    High quality is nearer than `sigmas` standard deviations, by Euclidean distance in any dimension: Srivastava et al.
    2017 (VEEGAN), section 4, arXiv 1705.07761; Lin et al. 2018 (PacGAN), section 4.1, arXiv 1712.04086. In two
    dimensions the true mixture itself has 1 - exp(-sigmas^2 / 2) = 98.9% of it at 3.

    Raises:
        SettingError: no points or centres, of different width, not finite, or a deviation or sigmas not above 0.
    """
    found = nearest_mode(points, centres, reach=_reach(standard_deviation, sigmas))
    return mode_coverage(found, len(centres))


def class_modes(predicted_classes: Labels, classes: int) -> ModeCoverage:
    """Coverage of classes by predictions, each sample counted for its class without a threshold of confidence.

    For stacked MNIST: Metz et al. 2017, arXiv 1611.02163; 26,000 samples in PacGAN, section 4.2; the
    class is 100 r + 10 g + b of the three predicted digits (`stacked_classes`).

    Raises:
        SettingError: no predictions, or one outside 0..classes-1.
    """
    require_labels_below(predicted_classes, "predicted_classes", classes)
    return mode_coverage(predicted_classes, classes)


def stacked_classes(digits: Int64[Tensor, "batch channels"]) -> Int64[Tensor, " batch"]:
    """Ten to the power of channels classes from one predicted digit a channel, the first channel's the highest place.

    Raises:
        SettingError: a digit outside 0..9.
    """
    require_labels_below(digits.flatten(), "digits", 10)
    places = 10 ** torch.arange(digits.shape[1] - 1, -1, -1, device=digits.device)
    return (digits * places).sum(dim=1)


def nearest_mode(points: Points, centres: Centres, *, reach: float = inf) -> Int64[Tensor, " points"]:
    """The centre nearest to each point, or `NO_MODE` where even that is not nearer than `reach`.

    Raises:
        SettingError: no points or centres, of different width, or not finite.
    """
    require_same_width({"`points`": points.shape[1], "`centres`": centres.shape[1]})
    targets, exact = centred(exact_features(centres, "centres"), exact_features(points, "points"))
    modes = torch.cat([squared.argmin(dim=1) for _, squared in squared_distances(exact, targets)])
    near = (exact - targets[modes]).norm(dim=1) < reach
    return torch.where(near, modes, NO_MODE)


def mode_coverage(found: Labels, modes: int) -> ModeCoverage:
    """Coverage from the mode of each sample, 0..modes-1 or `NO_MODE`.

    Raises:
        SettingError: no samples, or a mode outside -1..modes-1.
    """
    stream = ModeCounts(modes)
    stream.update(found)
    return stream.compute()


class ModeCounts:
    """The modes of a stream of samples. Whole numbers, so merging is exact in any order."""

    def __init__(self, modes: int) -> None:
        require_at_least(1, modes=modes)
        self._counts = torch.zeros(modes + 1, dtype=torch.int64)  # the first for those without a mode

    def update(self, found: Labels) -> None:
        """Take in the mode of each sample of a batch, 0..modes-1 or `NO_MODE`.

        Raises:
            SettingError: a mode outside -1..modes-1.
        """
        modes = len(self._counts) - 1
        require_labels_below(found, "found", modes, least=NO_MODE)
        self._counts += torch.bincount(found.long() + 1, minlength=modes + 1).cpu()

    def merge(self, other: "ModeCounts") -> None:
        """Take in what another stream has counted.

        Raises:
            SettingError: another number of modes.
        """
        if len(self._counts) != len(other._counts):
            found = f"{len(self._counts) - 1} and {len(other._counts) - 1}"
            raise SettingError(f"Streams count {found} modes, but must agree to be merged.")
        self._counts += other._counts

    def compute(self) -> ModeCoverage:
        """The coverage by all samples counted.

        Raises:
            SettingError: no samples.
        """
        counts, samples = self._counts[1:], int(self._counts.sum())
        if samples == 0:
            raise SettingError("No samples were counted, so no modes can be: call `update` with some first.")
        assigned = int(counts.sum())
        return ModeCoverage(
            modes=len(counts),
            covered=int((counts > 0).sum()),
            assigned_share=assigned / samples,
            assigned_interval=wilson_interval(assigned, samples),
            reverse_kl=_kl_to_uniform(counts) if assigned else None,
            expected_kl=(len(counts) - 1) / (2 * assigned) if assigned else None,
            counts=tuple(counts.tolist()),
            samples=samples,
        )


def _kl_to_uniform(counts: Int64[Tensor, " modes"]) -> float:
    """KL(counts / total || uniform) in nats: log(modes) less the entropy."""
    frequencies = counts.double() / counts.sum()
    return max(0.0, float(torch.xlogy(frequencies, frequencies * len(counts)).sum()))


def _reach(standard_deviation: float, sigmas: float) -> float:
    reach = standard_deviation * sigmas
    if not (standard_deviation > 0 and sigmas > 0 and isfinite(reach)):
        raise SettingError(
            f"`standard_deviation` is {standard_deviation} and `sigmas` {sigmas}, but both must be finite and above 0."
        )
    return reach
