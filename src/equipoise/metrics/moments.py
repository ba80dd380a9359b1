"""Mean and scatter of features, gathered batch by batch and merged over processes."""

from dataclasses import dataclass

from jaxtyping import Float, Float64
from torch import Tensor

from equipoise.core.errors import SettingError
from equipoise.core.types import Features
from equipoise.metrics.checks import exact_features, require_same_width

_SYMMETRY = 1e-6  # what a covariance computed in float32 keeps, relative to its largest entry


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Moments:
    """Count, mean and scatter (sum over samples of (x - mean)(x - mean)^T) of a feature set, in float64."""

    count: int
    mean: Float64[Tensor, " features"]
    scatter: Float64[Tensor, "features features"]

    @staticmethod
    def of(features: Features) -> "Moments":
        """The moments of `(count, features)`, in two passes: mean first, then the scatter about it.

        Raises:
            SettingError: no samples, or a value that is not finite.
        """
        exact = exact_features(features, "features")
        mean = exact.mean(dim=0)
        centred = exact - mean
        return Moments(count=len(exact), mean=mean, scatter=centred.T @ centred)

    @staticmethod
    def from_covariance(
        *, mean: Float[Tensor, " mean_features"], covariance: Float[Tensor, "rows columns"], count: int
    ) -> "Moments":
        """Moments from published statistics whose covariance is unbiased (divided by count - 1).

        Raises:
            SettingError: count below 2, unequal sizes, values not finite, or a covariance that is not symmetric.
        """
        if count < 2:
            raise SettingError(f"`count` is {count}, but a covariance comes from at least 2 samples.")
        require_same_width(dict(zip(("`mean`", "a row", "a column"), (len(mean), *covariance.shape), strict=True)))
        if not (mean.isfinite().all() and covariance.isfinite().all()):
            raise SettingError("`mean` or `covariance` holds values that are not finite: compute them anew.")
        unevenness = float((covariance - covariance.T).abs().max())
        if unevenness > _SYMMETRY * float(covariance.abs().max()):
            raise SettingError(f"`covariance` differs from its transpose by up to {unevenness:.3g}: it is damaged.")
        symmetric = (covariance + covariance.T).double() / 2
        return Moments(count=count, mean=mean.double(), scatter=symmetric * (count - 1))

    @property
    def covariance(self) -> Float64[Tensor, "features features"]:
        """The unbiased covariance, scatter / (count - 1).

        Raises:
            SettingError: fewer than 2 samples.
        """
        if self.count < 2:
            raise SettingError(f"A covariance needs at least 2 samples, but there is {self.count}: draw more.")
        return self.scatter / (self.count - 1)

    def merged(self, other: "Moments") -> "Moments":
        """The moments of both sets together: the pairwise formula of Chan, Golub and LeVeque 1979.

        Raises:
            SettingError: sets of different width.
        """
        require_same_width({"one set": len(self.mean), "the other": len(other.mean)})
        count = self.count + other.count
        shift = other.mean - self.mean
        between = shift.outer(shift) * (self.count * other.count / count)
        mean = self.mean + shift * (other.count / count)
        return Moments(count=count, mean=mean, scatter=self.scatter + other.scatter + between)


class FeatureMoments:
    """The moments of a stream of features. Memory is features squared, however long the stream."""

    def __init__(self) -> None:
        self._moments: Moments | None = None

    @property
    def count(self) -> int:
        """Samples seen so far."""
        return 0 if self._moments is None else self._moments.count

    def update(self, features: Features) -> None:
        """Take in a batch.

        Raises:
            SettingError: an empty batch, another width than before, or a value that is not finite.
        """
        self._add(Moments.of(features))

    def merge(self, other: "FeatureMoments") -> None:
        """Take in what another stream has seen, for example that of another process."""
        if other._moments is not None:
            self._add(other._moments)

    def compute(self) -> Moments:
        """The moments of all that was seen.

        Raises:
            SettingError: nothing was seen.
        """
        if self._moments is None:
            raise SettingError("No features were seen, so there are no moments: call `update` first.")
        return self._moments

    def _add(self, moments: Moments) -> None:
        self._moments = moments if self._moments is None else self._moments.merged(moments)
