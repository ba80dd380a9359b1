"""What is kept of one call of either network, without its graph."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

Place = int | str
"""A position among the arguments, or the name of a keyword."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class CallForm:
    """How a loop calls a network: which argument is the batch, which the labels, and what else it hands over."""

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    batch: Place
    labels: Place | None

    def __call__(self, module: nn.Module, batch: Tensor, labels: Tensor | None) -> object:
        """The same call with another batch and, where the network takes them, other labels."""
        places: dict[Place, Tensor] = {self.batch: batch}
        if self.labels is not None and labels is not None:
            places[self.labels] = labels
        args = [places.get(place, value) for place, value in enumerate(self.args)]
        return module(*args, **{name: places.get(name, value) for name, value in self.kwargs.items()})


@dataclass(kw_only=True, slots=True, eq=False)
class PenaltySlope:
    """Gradient of the scores at a batch, taken inside the loop as penalties do.

    `differentiable` is `create_graph` of that call. `pull` is what the discriminator's backward passes sent into it,
    the gradient of the whole loss with respect to this gradient; None as long as nothing arrived.
    """

    gradient: Tensor
    differentiable: bool
    pull: Tensor | None = None


@dataclass(kw_only=True, slots=True, eq=False)
class Made:
    """One batch of the generator."""

    number: int
    latents: Tensor
    labels: Tensor | None
    samples: Tensor
    form: CallForm
    training: bool
    used: bool = False
    """Some backward pass of a player went through scores of it."""


@dataclass(kw_only=True, slots=True, eq=False)
class Scored:
    """One batch that the discriminator scored; `slopes` are what each backward pass left at its scores."""

    samples: Tensor
    labels: Tensor | None
    scores: Tensor
    form: CallForm
    training: bool
    origin: int | None
    """Number of the generator's batch to which the graph of these samples leads."""
    leaf: bool
    slopes: dict[int, Tensor] = field(default_factory=dict)
    penalties: dict[int, PenaltySlope] = field(default_factory=dict)
    done: bool = False
    """A step of a player was taken with it."""


def form_of(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> CallForm | None:
    """Which argument is the batch and which the labels, None if there is no batch of numbers.

    The batch is the floating tensor with most values a sample; labels are class indices, or rows that sum to one.
    """
    tensors = {place: value for place, value in _arguments(args, kwargs) if isinstance(value, Tensor) and value.ndim}
    floating = {place: value for place, value in tensors.items() if value.is_floating_point()}
    labels = next((place for place, value in tensors.items() if _are_indices(value)), None)
    if labels is None and len(floating) > 1:
        labels = next((place for place, value in floating.items() if _are_shares(value)), None)
    batches = [place for place in floating if place != labels]
    if not batches:
        return None
    batch = max(batches, key=lambda place: floating[place].numel())
    kept = {batch: None, labels: None}
    return CallForm(
        args=tuple(None if place in kept else _cut(value) for place, value in enumerate(args)),
        kwargs={name: None if name in kept else _cut(value) for name, value in kwargs.items()},
        batch=batch,
        labels=labels,
    )


def argument(place: Place | None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """What was handed over at that place; None at no place."""
    if place is None:
        return None
    return args[place] if isinstance(place, int) else kwargs[place]


def score_of(output: object) -> Tensor | None:
    """Of a discriminator's outputs the scores: the floating tensor with the fewest values, as class logits are more."""
    found = [tensor for tensor in _tensors(output) if tensor.is_floating_point() and tensor.ndim]
    return min(found, key=Tensor.numel, default=None)


def samples_of(output: object) -> Tensor | None:
    """Of a generator's outputs the samples: the floating tensor with the most values."""
    found = [tensor for tensor in _tensors(output) if tensor.is_floating_point() and tensor.ndim > 1]
    return max(found, key=Tensor.numel, default=None)


def one_per_sample(scores: Tensor) -> Tensor:
    """The mean of a map of patch scores; one number a sample."""
    return scores.reshape(len(scores), -1).mean(dim=1)


def _arguments(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
    yield from enumerate(args)
    yield from kwargs.items()


def _tensors(output: object) -> list[Tensor]:
    if isinstance(output, Mapping):
        output = tuple(output.values())
    parts = output if isinstance(output, tuple | list) else (output,)
    return [part for part in parts if isinstance(part, Tensor)]


def _cut(value: Any) -> Any:
    return value.detach() if isinstance(value, Tensor) else value


def _are_indices(value: Tensor) -> bool:
    whole = not value.is_floating_point() and not value.is_complex() and value.dtype != torch.bool
    return whole and (value.ndim == 1 or (value.ndim == 2 and value.shape[1] == 1))


def _are_shares(value: Tensor) -> bool:
    if value.ndim != 2 or value.shape[1] < 2:
        return False
    return bool((value.detach() >= 0).all()) and bool((value.detach().sum(dim=1) - 1).abs().max() < 1e-4)
