"""How weights begin, and how far a discriminator sees."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from equipoise.core.records import FactValue
from equipoise.probes.inspect.trace import Operation, replacing

_DCGAN_SPREAD = 0.02
_ENOUGH = 1000
_NEUTRAL = ("normalisation", "activation", "dropout")


def initialisation_facts(*modules: nn.Module) -> dict[str, FactValue]:
    """`zeros`, `constant` or `dcgan` where that is plain; nothing where it is not."""
    kinds = {_initialisation(module) for module in modules}
    for kind in ("zeros", "constant"):
        if kind in kinds:
            return {"initialisation": kind}
    return {"initialisation": "dcgan"} if kinds == {"dcgan"} else {}


def _initialisation(module: nn.Module) -> str | None:
    matrices = [parameter.detach().float() for parameter in module.parameters() if parameter.ndim >= 2]
    if not matrices:
        return None
    if not any(matrix.any() for matrix in matrices):
        return "zeros"
    if all(matrix.numel() < 2 or matrix.min() == matrix.max() for matrix in matrices):
        return "constant"
    large = [matrix for matrix in matrices if matrix.numel() >= _ENOUGH]
    near = [abs(matrix.std().item() / _DCGAN_SPREAD - 1) < 0.1 for matrix in large]
    return "dcgan" if near and all(near) else None


def receptive_field_facts(
    run: Callable[[Tensor], Tensor], operations: Sequence[Operation], image: Tensor
) -> dict[str, FactValue]:
    """Pixels of one side that reach one unit of the last map, found by its gradient; `image` is `(1, C, H, W)`.

    Where a fully connected layer reads the last map flat, its unit sees all of the image. Normalisations, activations
    and dropout are passed by: they would spread a sum over the whole map, or close a path by chance.
    """
    maps = [op for op in operations if op.kind in ("convolution", "transposed")]
    if not maps:
        return {}
    if _flat_head(operations):
        return {"receptive_field": float(image.shape[-1])}
    inputs = image.detach().clone().requires_grad_(True)
    last = _last_map(run, inputs, len(maps))
    unit = last[..., last.shape[-2] // 2, last.shape[-1] // 2].sum()
    (gradient,) = torch.autograd.grad(unit, inputs)
    reached = gradient.abs().sum(dim=(0, 1)).nonzero()
    if len(reached) == 0:
        return {}
    sides = reached.max(dim=0).values - reached.min(dim=0).values + 1
    return {"receptive_field": float(sides.max().item())}


def _flat_head(operations: Sequence[Operation]) -> bool:
    """Whether a product reads the last convolution's map, without a pooling in between."""
    place = max(index for index, op in enumerate(operations) if op.kind in ("convolution", "transposed"))
    after = operations[place + 1 :]
    pooled = [index for index, op in enumerate(after) if op.kind == "pool"]
    products = [index for index, op in enumerate(after) if op.kind == "product"]
    return bool(products) and not any(index < products[0] for index in pooled)


def _last_map(run: Callable[[Tensor], Tensor], inputs: Tensor, count: int) -> Tensor:
    kept: list[Tensor] = []

    def neutral(operation: Operation, result: Tensor, source: Tensor | None) -> Tensor:
        if operation.kind in _NEUTRAL and source is not None and source.shape == result.shape:
            return source
        if operation.kind in ("convolution", "transposed"):
            kept.append(result)
        return result

    replacing(lambda: run(inputs), neutral)
    return kept[min(count, len(kept)) - 1]
