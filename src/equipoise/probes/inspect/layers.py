"""The set-up lint of networks: from what they are seen to do to facts."""

from collections import Counter
from collections.abc import Sequence

from torch import nn

from equipoise.core.records import FactValue
from equipoise.probes.inspect.trace import Operation

_NORM_ORDER = ("batch", "group", "instance", "layer")
_WEIGHTED = ("convolution", "transposed", "product")
_HIDDEN = ("leaky_relu", "relu", "elu", "gelu", "swish")
_BETWEEN = (*_HIDDEN, "tanh", "sigmoid")


def player_facts(player: str, module: nn.Module, operations: Sequence[Operation]) -> dict[str, FactValue]:
    """What is true of either player alike; `player` is `generator` or `discriminator`."""
    spectral = spectrally_normalised(module)
    facts: dict[str, FactValue] = {
        f"{player}_parameters": float(sum(p.numel() for p in module.parameters() if p.requires_grad)),
        "generator_spectral_norm" if player == "generator" else "spectral_norm": spectral,
    }
    if not _seen(operations):
        return facts
    facts[f"{player}_normalisation"] = _normalisation(operations, spectral=spectral and player == "discriminator")
    width = _width(operations)
    if width is not None:
        facts[f"{player}_width"] = width
    facts[f"{player}_dropout"] = max((op.settings["p"] for op in operations if op.kind == "dropout"), default=0.0)
    activation = _activation_between(operations)
    if activation is not None:
        facts[f"{player}_activation"] = activation
    return facts


def generator_facts(operations: Sequence[Operation]) -> dict[str, FactValue]:
    """How it grows its maps, and whether a normalisation stands at its end."""
    if not _seen(operations):
        return {}
    facts: dict[str, FactValue] = {"upsampling": _upsampling(operations)}
    if not any(op.kind in ("convolution", "transposed") for op in operations):
        facts["generator_architecture"] = "mlp"
    # the first transposed convolution of a DCGAN spreads one pixel and overlaps with nothing
    growing = [op for op in operations if op.kind == "transposed" and op.settings["side"] > 1]
    strided = [op for op in growing if op.settings["stride"] > 1]
    if strided:
        worst = max(strided, key=lambda op: op.settings["kernel"] % op.settings["stride"])
        facts |= {"upsampling_kernel": worst.settings["kernel"], "upsampling_stride": worst.settings["stride"]}
    body = [op for op in operations if op.kind in (*_WEIGHTED, "normalisation")]
    tail = operations[operations.index(body[-1]) :]
    facts["normalisation_at_generator_output"] = body[-1].kind == "normalisation" and not _rectified(tail)
    return facts


def discriminator_facts(operations: Sequence[Operation]) -> dict[str, FactValue]:
    """Whether a normalisation stands at its input, and its kind where that is plain."""
    if not _seen(operations):
        return {}
    body = [op for op in operations if op.kind in (*_WEIGHTED, "normalisation")]
    facts: dict[str, FactValue] = {"normalisation_at_discriminator_input": body[0].kind == "normalisation"}
    if not any(op.kind in ("convolution", "transposed") for op in operations):
        facts["discriminator_architecture"] = "mlp"
    return facts


def batch_norm_facts(*traces: Sequence[Operation]) -> dict[str, FactValue]:
    """The largest eps of any batch normalisation."""
    found = [op.settings["eps"] for trace in traces for op in trace if op.which == "batch"]
    return {"batch_norm_eps": max(found)} if found else {}


def spectrally_normalised(module: nn.Module) -> bool:
    """Whether any layer is: torch's parametrisation, its older hook, or a layer named for it."""
    return any(
        "spectralnorm" in type(layer).__name__.lower().replace("_", "")
        or type(layer).__name__.startswith("SN")
        or {"weight_orig", "weight_u"} <= _own_tensors(layer)
        for layer in module.modules()
    )


def _own_tensors(layer: nn.Module) -> set[str]:
    own = (*layer.named_parameters(recurse=False), *layer.named_buffers(recurse=False))
    return {name for name, _ in own}


def _seen(operations: Sequence[Operation]) -> bool:
    """A scripted network shows nothing; then nothing is said."""
    return any(op.kind in _WEIGHTED for op in operations)


def _width(operations: Sequence[Operation]) -> float | None:
    """Of the widest hidden layer: channels where there are convolutions, features elsewhere; None if none is hidden."""
    *hidden, _ = [op for op in operations if op.kind in _WEIGHTED]
    maps = [op.output[1] for op in hidden if op.kind != "product" and len(op.output) > 1]
    features = [op.output[-1] for op in hidden if op.kind == "product" and op.output]
    return float(max(maps or features)) if maps or features else None


def _normalisation(operations: Sequence[Operation], *, spectral: bool) -> str:
    kinds = {op.which for op in operations if op.kind == "normalisation"}
    found = next((kind for kind in _NORM_ORDER if kind in kinds), None)
    return found or ("spectral" if spectral else "none")


def _activation_between(operations: Sequence[Operation]) -> str | None:
    last = max(place for place, op in enumerate(operations) if op.kind in _WEIGHTED)
    between = [op.which for op in operations[:last] if op.kind == "activation" and op.which in _BETWEEN]
    return Counter(between).most_common(1)[0][0] if between else None


def _upsampling(operations: Sequence[Operation]) -> str:
    if any(op.kind == "transposed" and op.settings["side"] > 1 for op in operations):
        return "transposed"
    return next((op.kind for op in operations if op.kind in ("resize", "pixel_shuffle")), "none")


def _rectified(operations: Sequence[Operation]) -> bool:
    """A hidden block's activation follows, so this is no output normalisation: the network simply ends in a block."""
    return any(op.kind == "activation" and op.which in _HIDDEN for op in operations)
