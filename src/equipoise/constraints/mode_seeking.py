"""Mode seeking: a price on different latents that give the same sample."""

from dataclasses import dataclass

from equipoise.core.errors import SettingError
from equipoise.core.exchange import mean_over_processes
from equipoise.core.types import Latents, Samples, Scalar


@dataclass(frozen=True, kw_only=True, slots=True)
class ModeSeeking:
    """A term of the generator's loss (Mao et al. 2019, eq. 2 and 3, arXiv:1903.05628).

    1 / (ratio + eps), with ratio = mean|G(z1) - G(z2)| / mean|z1 - z2|, both means over the whole batch (that of all
    processes together) and absolute values, as in the authors' code. The same labels go with `fake_a` and `fake_b`. The
    usual weight is 1.
    """

    eps: float = 1e-5

    def __post_init__(self) -> None:
        """Refuse settings that cannot work."""
        if not self.eps > 0.0:
            raise SettingError(f"`eps` is {self.eps}, but must be positive: it bounds the term at 1 / eps.")

    @property
    def name(self) -> str:
        """How recipes and signals call it."""
        return "mode_seeking"

    def __call__(self, fake_a: Samples, fake_b: Samples, *, latents_a: Latents, latents_b: Latents) -> Scalar:
        """Low when the samples differ as the latents do; `1 / eps` when all samples are one."""
        distance = mean_over_processes((fake_a - fake_b).abs().mean())
        ratio = distance / mean_over_processes((latents_a - latents_b).abs().mean())
        return 1.0 / (ratio + self.eps)
