"""What a network does, in the order in which it does it: layers and functional calls alike.

Every function that torch can override is seen, so `torch.sigmoid(x)` at the end of a `forward` counts as much as an
`nn.Sigmoid`, and layers that are registered but never called do not count.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor
from torch.overrides import TorchFunctionMode

SQUASHES = ("sigmoid", "tanh", "softmax", "softplus", "relu", "clamp", "logsigmoid")
"""Functions whose output is bounded on one side at least."""
_ACTIVATIONS = {
    "relu": "relu", "relu6": "relu", "leaky_relu": "leaky_relu", "rrelu": "leaky_relu", "elu": "elu", "selu": "elu",
    "celu": "elu", "gelu": "gelu", "silu": "swish", "mish": "swish", "sigmoid": "sigmoid", "tanh": "tanh",
    "softplus": "softplus", "softmax": "softmax", "logsigmoid": "logsigmoid", "hardtanh": "clamp", "clamp": "clamp",
    "clip": "clamp",
}  # fmt: skip
_NORMS = {"batch_norm": "batch", "layer_norm": "layer", "instance_norm": "instance", "group_norm": "group",
          "rms_norm": "layer"}  # fmt: skip
_CONVOLUTIONS = ("conv1d", "conv2d", "conv3d")
_TRANSPOSED = ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
_PRODUCTS = ("linear", "matmul", "mm", "bmm", "addmm", "einsum", "bilinear")
_OTHERS = {"dropout": "dropout", "dropout1d": "dropout", "dropout2d": "dropout", "dropout3d": "dropout",
           "alpha_dropout": "dropout", "interpolate": "resize", "upsample": "resize", "pixel_shuffle": "pixel_shuffle",
           "embedding": "embedding"}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One call: its kind (`layer`, `transposed`, `activation`, `normalisation`, ...) and which one it is.

    `settings` holds the numbers that matter for that kind. `output` is the shape of what came out.
    """

    kind: str
    which: str
    output: tuple[int, ...] = ()
    settings: dict[str, float] = field(default_factory=dict)


class _Mode(TorchFunctionMode):
    """Hands every call of interest, already made, to `seen`, and returns what that returns."""

    def __init__(self, seen: Callable[[Operation, Tensor, Tensor | None], Tensor]) -> None:
        super().__init__()
        self._seen = seen

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        if not isinstance(result, Tensor):
            return result
        operation = _operation(func, args, kwargs, result)
        if operation is None:
            return result
        source = args[0] if args else kwargs.get("input")
        return self._seen(operation, result, source if isinstance(source, Tensor) else None)


def traced(run: Callable[[], object]) -> tuple[Operation, ...]:
    """The operations of one forward pass."""
    operations: list[Operation] = []

    def note(operation: Operation, result: Tensor, _source: Tensor | None) -> Tensor:
        operations.append(operation)
        return result

    with _Mode(note):
        run()
    return tuple(operations)


def replacing(run: Callable[[], object], replaced: Callable[[Operation, Tensor, Tensor | None], Tensor]) -> object:
    """`run`, with the result of every operation put through `replaced(operation, result, first input)`."""
    with _Mode(replaced):
        return run()


def _operation(
    func: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any], result: Tensor
) -> Operation | None:
    name = getattr(func, "__name__", "").strip("_")
    shape = tuple(result.shape)
    if name in _ACTIVATIONS:
        return Operation(kind="activation", which=_ACTIVATIONS[name], output=shape)
    if name in _NORMS:
        settings = _norm(name, args, kwargs)
        which = "layer" if settings.get("groups") == 1 else _NORMS[name]
        return Operation(kind="normalisation", which=which, output=shape, settings=settings)
    if name in (*_CONVOLUTIONS, *_TRANSPOSED):
        kind = "convolution" if name in _CONVOLUTIONS else "transposed"
        return Operation(kind=kind, which=name, output=shape, settings=_convolution(args, kwargs))
    if name in _PRODUCTS:
        return Operation(kind="product", which=name, output=shape)
    if "pool" in name or (name in ("mean", "sum") and _over_a_map(args, result)):
        return Operation(kind="pool", which=name, output=shape)
    if name in _OTHERS:
        return Operation(kind=_OTHERS[name], which=name, output=shape, settings=_other(_OTHERS[name], args, kwargs))
    return None


def _over_a_map(args: Sequence[Any], result: Tensor) -> bool:
    """A mean or sum that takes the height and width away pools as well as any layer of that name."""
    return bool(args) and isinstance(args[0], Tensor) and args[0].ndim == 4 and result.ndim in (1, 2)


def _norm(name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, float]:
    if name == "group_norm":
        return {"groups": float({**dict(zip(("input", "num_groups"), args, strict=False)), **kwargs}["num_groups"])}
    if name != "batch_norm":
        return {}
    given = {**dict(zip(_BATCH_NORM, args, strict=False)), **kwargs}
    return {"eps": float(given.get("eps", 1e-5))}


_BATCH_NORM = ("input", "running_mean", "running_var", "weight", "bias", "training", "momentum", "eps")


def _convolution(args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, float]:
    given = {**dict(zip(("input", "weight", "bias", "stride"), args, strict=False)), **kwargs}
    stride = given.get("stride", 1)
    return {
        "kernel": float(given["weight"].shape[-1]),
        "stride": float(stride[-1] if isinstance(stride, Sequence) else stride),
        "side": float(given["input"].shape[-1]),
    }


def _other(kind: str, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, float]:
    if kind == "dropout":
        given = {**dict(zip(("input", "p"), args, strict=False)), **kwargs}
        return {"p": float(given.get("p", 0.5))}
    if kind == "embedding":
        weight = next((item for item in args[1:2] if isinstance(item, Tensor)), kwargs.get("weight"))
        return {"rows": float(weight.shape[0])} if isinstance(weight, Tensor) else {}
    return {}
