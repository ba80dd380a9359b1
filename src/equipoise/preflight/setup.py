"""A whole set-up as a user hands it over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

from torch import Tensor, nn
from torch.optim import Optimizer

from equipoise.core.errors import SettingError
from equipoise.core.records import FactValue
from equipoise.objectives import Objective
from equipoise.preflight.latents import Latents


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class SetUp:
    """The arguments of `eq.check`; docs/check.md tells what each may be."""

    generator: nn.Module
    discriminator: nn.Module
    data: object
    objective: str | Objective | None = None
    loss: Callable[..., object] | None = None
    generator_loss: Callable[..., object] | None = None
    discriminator_loss: Callable[..., object] | None = None
    penalty: Callable[..., object] | None = None
    penalty_weight: float | int | None = None
    generator_optimizer: Optimizer | None = None
    discriminator_optimizer: Optimizer | None = None
    latents: Latents | None = None
    labels: Tensor | None = None
    train_step: Callable[..., object] | None = None
    facts: Mapping[str, FactValue | int] | None = None

    def __post_init__(self) -> None:
        """Refuse what is no network, no optimiser or no function."""
        check_kinds({field.name: getattr(self, field.name) for field in fields(self)})

    @property
    def optimizers(self) -> list[Optimizer]:
        """Those that were given."""
        both = (self.generator_optimizer, self.discriminator_optimizer)
        return [optimizer for optimizer in both if optimizer is not None]


def check_kinds(parts: Mapping[str, object]) -> None:
    """Refuse parts that are something else than their name says.

    Raises:
        SettingError: it names the part, what was found and what to give.
    """
    for names, kinds, wanted in _KINDS:
        for name in names:
            found = parts.get(name)
            if not isinstance(found, kinds) and not (found is None and name not in _PLAYERS):
                raise SettingError(f"`{name}` is {_shown(found)}. Give {wanted}.")
    for name in _FUNCTIONS:
        if parts.get(name) is not None and not callable(parts[name]):
            raise SettingError(f"`{name}` is {_shown(parts[name])}. Give a function.")


def _shown(found: object) -> str:
    return repr(found) if isinstance(found, str | int | float | None) else f"a {type(found).__name__}"


_PLAYERS = ("generator", "discriminator")
_FUNCTIONS = ("loss", "generator_loss", "discriminator_loss", "penalty", "train_step")
_Kinds = tuple[tuple[str, ...], tuple[type, ...], str]
_KINDS: tuple[_Kinds, ...] = (
    (_PLAYERS, (nn.Module,), "a torch.nn.Module"),
    (("generator_optimizer", "discriminator_optimizer"), (Optimizer,), "a torch optimiser"),
    (("objective",), (str, Objective), "a name, such as 'wgan-gp'"),
    (("labels",), (Tensor,), "a tensor of labels"),
    (("penalty_weight",), (int, float), "a number"),
    (("facts",), (Mapping,), "a mapping of facts to values"),
)
