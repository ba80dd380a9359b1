"""What the engine demands of a network, built here or brought by a user, checked on one tiny batch before a run.

A generator: `forward(latents)` or `forward(latents, labels)`, `(batch, latent_dim)` to `(batch, *sample_shape)`,
images within [-1, 1]. A discriminator: `forward(samples)` or `forward(samples, labels)` to `(batch,)` or `(batch, 1)`
logits, one a pack under packing, never squashed. Both finite, floating and with a gradient to trainable parameters.
"""

import inspect
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.parameter import UninitializedParameter

from equipoise.core.errors import NetworkError
from equipoise.core.randomness import seeded_generator
from equipoise.networks.untouched import disturb, untouched

BATCH = 4
RANGE_TOLERANCE = 1e-3
SEED = 20_140_610
"""Not one a run would pick: inputs drawn like the weights would correlate with them."""
SQUASHES = ("Sigmoid", "LogSigmoid", "Softmax", "LogSoftmax", "Tanh")
VIEWS = ("View", "UnsafeView", "ReshapeAlias", "Squeeze", "Unsqueeze", "Flatten", "Select", "Slice", "Clone", "Alias")


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkReport:
    """What a check found in a network that keeps the contract. Notes are worth telling, but stop nothing."""

    name: str
    parameters: int
    notes: tuple[str, ...] = ()


def check_generator(
    module: nn.Module, *, latent_dim: int, sample_shape: tuple[int, ...], classes: int = 0
) -> NetworkReport:
    """Run `module` once on latents and leave it as it was. Raises NetworkError with what came back and the way out."""
    _check_parameters(module)
    _check_arguments(module, first="latents", classes=classes)
    latents = torch.randn(BATCH, latent_dim, generator=seeded_generator(SEED))
    with untouched(module):
        samples = _run(module, latents, classes=classes)
        _check_samples(module, samples, sample_shape)
        _check_values(module, samples)
        notes = _range_notes(module, samples, sample_shape) + _label_notes(module, latents, classes)
    return NetworkReport(name=_name(module), parameters=_count(module), notes=notes)


def check_discriminator(
    module: nn.Module, *, sample_shape: tuple[int, ...], classes: int = 0, packing: int = 1
) -> NetworkReport:
    """Run `module` once on samples and leave it as it was. Raises NetworkError with what came back and the way out."""
    _check_parameters(module)
    _check_arguments(module, first="samples", classes=classes)
    samples = torch.rand(BATCH * packing, *sample_shape, generator=seeded_generator(SEED)) * 2 - 1
    with untouched(module):
        logits = _run(module, samples, classes=classes)
        _check_logits(module, logits, len(samples))
        _check_values(module, logits)
        _check_unsquashed(module, logits)
        notes = _label_notes(module, samples, classes)
    return NetworkReport(name=_name(module), parameters=_count(module), notes=notes)


def _check_parameters(module: nn.Module) -> None:
    parameters = list(module.parameters())
    if any(isinstance(parameter, UninitializedParameter) for parameter in parameters):
        raise NetworkError(f"{_name(module)} has lazy layers without a size yet. Run one batch through it first.")
    if any(parameter.is_meta for parameter in parameters):
        raise NetworkError(
            f"{_name(module)} is on the meta device, so it has no weights. Call `module.to_empty(device=...)`, "
            "then `initialise` it."
        )
    if not any(parameter.requires_grad for parameter in parameters):
        raise NetworkError(
            f"{_name(module)} has no trainable parameters ({len(parameters)} frozen). Register its layers as "
            "attributes or in a ModuleList, and leave `requires_grad` on."
        )


def _check_arguments(module: nn.Module, *, first: str, classes: int) -> None:
    try:
        signature = inspect.signature(module.forward)
    except ValueError:  # a scripted module shows none
        return
    given = (first, "labels") if classes else (first,)
    try:
        signature.bind(*given)
    except TypeError as error:
        advice = (
            f"With {classes} classes it must be `forward(self, {first}, labels)`; "
            "to train without labels, set conditioning=none."
            if classes
            else f"Without classes it is called with {first} alone: give the others a default, or set classes."
        )
        raise NetworkError(f"{_name(module)}.forward{signature} cannot be called with {given}. {advice}") from error


def _run(module: nn.Module, inputs: Tensor, *, classes: int, label: int | None = None) -> Tensor:
    """One forward pass where the module lives, with gradient. Labels go round the classes unless `label` fixes them."""
    home = next(parameter for parameter in module.parameters() if parameter.is_floating_point())
    arguments = [inputs.to(home)]
    if classes:
        labels = torch.arange(len(inputs)) % classes if label is None else torch.full((len(inputs),), label)
        arguments.append(labels.to(home.device))
    try:
        with torch.enable_grad():
            output = module(*arguments)
    except (RuntimeError, TypeError, ValueError, IndexError) as error:
        shapes = " and ".join(str(tuple(argument.shape)) for argument in arguments)
        raise NetworkError(f"{_name(module)} failed on a batch of shape {shapes}: {error}") from error
    if not isinstance(output, Tensor):
        raise NetworkError(f"{_name(module)} returned a {type(output).__name__}. Return one tensor.")
    return output


def _check_samples(module: nn.Module, samples: Tensor, sample_shape: tuple[int, ...]) -> None:
    expected = (BATCH, *sample_shape)
    if tuple(samples.shape) != expected:
        raise NetworkError(
            f"{_name(module)} returned shape {tuple(samples.shape)} for {BATCH} latents, expected {expected}. "
            f"If only the layout differs, end it with nn.Unflatten(1, {sample_shape})."
        )


def _check_logits(module: nn.Module, logits: Tensor, samples: int) -> None:
    if tuple(logits.shape) not in ((BATCH,), (BATCH, 1)):
        packs = "" if samples == BATCH else f" in packs of {samples // BATCH}"
        raise NetworkError(
            f"{_name(module)} returned shape {tuple(logits.shape)} for {samples} samples{packs}, expected ({BATCH},) "
            f"or ({BATCH}, 1): one logit each. End it with nn.Flatten() and nn.Linear(features, 1); for a map of patch "
            "scores return their mean, `scores.mean(dim=(1, 2, 3))`."
        )


def _check_values(module: nn.Module, output: Tensor) -> None:
    if not output.is_floating_point():
        raise NetworkError(f"{_name(module)} returned {output.dtype}. Return floating point numbers.")
    if not output.isfinite().all():
        wrong = int((~output.isfinite()).sum())
        raise NetworkError(
            f"{_name(module)} returned {wrong} of {output.numel()} values that are NaN or infinite before training. "
            "Look for a division by zero, a log of zero, or weights that were never initialised."
        )
    if not output.requires_grad:
        raise NetworkError(
            f"{_name(module)} returned values without a gradient. Remove `detach`, `no_grad` or `.data` from forward."
        )


def _range_notes(module: nn.Module, samples: Tensor, sample_shape: tuple[int, ...]) -> tuple[str, ...]:
    """Images beyond [-1, 1] are an error; a sigmoid, which never goes below 0, is worth a note."""
    if len(sample_shape) != 3:
        return ()
    low, high = samples.min().item(), samples.max().item()
    if max(-low, high) > 1 + RANGE_TOLERANCE:
        raise NetworkError(
            f"{_name(module)} returned values from {low:.3g} to {high:.3g}, but images are in [-1, 1]. "
            "End it with nn.Tanh()."
        )
    if _last_operation(samples) == "Sigmoid":
        return (f"{_name(module)} ends in Sigmoid, so it never goes below 0. Images are in [-1, 1]: use nn.Tanh().",)
    return ()


def _check_unsquashed(module: nn.Module, logits: Tensor) -> None:
    operation = _last_operation(logits)
    if operation in SQUASHES:
        raise NetworkError(f"{_name(module)} ends in {operation}; losses take logits: remove it.")


def _last_operation(output: Tensor) -> str:
    """The operation that made `output`, followed back through mere changes of shape; empty where autograd hides it."""
    node = output.grad_fn
    while node is not None and _operation(node.name()) in VIEWS and node.next_functions:
        node = node.next_functions[0][0]
    return "" if node is None else _operation(node.name())


def _operation(node: str) -> str:
    return node.rpartition("Backward")[0].lstrip("_")


def _label_notes(module: nn.Module, inputs: Tensor, classes: int) -> tuple[str, ...]:
    """Ask for two classes of the same input, with disturbed weights, since many conditional layers start neutral."""
    if classes < 2:
        return ()
    module.eval()
    disturb(module, 0.1, seeded_generator(SEED + 1))
    with torch.no_grad():
        first, last = (_run(module, inputs, classes=classes, label=label) for label in (0, classes - 1))
    if not torch.allclose(first, last, rtol=1e-5, atol=1e-6):
        return ()
    return (f"{_name(module)} takes labels, but its output is the same for classes 0 and {classes - 1}: use them.",)


def _name(module: nn.Module) -> str:
    return type(module).__name__


def _count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)
