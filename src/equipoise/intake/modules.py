"""Facts in the print-out of PyTorch modules, as many programs log it before they train."""

import re
from collections import Counter
from dataclasses import dataclass, field

from equipoise.core.records import FactValue

_BEGINS = re.compile(r"(?:^|[\s>:])(\w*?(generator|discriminator|critic|netg|netd)\w*)\($", re.IGNORECASE)
_PARAMETERS = re.compile(r"(?:number|total|num)[\w\s]*param\w*\s*[:=]?\s*([\d,]+)", re.IGNORECASE)
_MODULE = re.compile(r"^\s*\((\w+)\): (\w+)\((.*)")
_NORMS = {"BatchNorm": "batch", "LayerNorm": "layer", "InstanceNorm": "instance", "GroupNorm": "group"}
_OUTPUTS = {"Tanh": "tanh", "Sigmoid": "sigmoid", "Softmax": "softmax", "Softplus": "softplus", "ReLU": "relu"}
_ACTIVATIONS = {"ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu", "GELU": "gelu", "SiLU": "swish"}
_CONTAINERS = frozenset("Sequential ModuleList ModuleDict DataParallel DistributedDataParallel".split())
_MOST_MODULES = 5000


@dataclass(slots=True)
class ModulePrints:
    """Follows a log line by line and keeps the modules of the two players."""

    parameters: dict[str, float] = field(default_factory=dict)
    _modules: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    _player: str | None = None
    _count: float | None = None

    @property
    def inside(self) -> bool:
        """Whether the last line belonged to a print-out."""
        return self._player is not None

    def read(self, line: str) -> None:
        """One line of the log."""
        if self._player is None:
            begins = _BEGINS.search(line.rstrip())
            counted = _PARAMETERS.search(line)
            if begins:
                self._player = "generator" if begins[2].lower() in ("generator", "netg") else "discriminator"
                self._modules[self._player] = []
                if self._count is not None:
                    self.parameters[self._player] = self._count
                self._count = None
            elif counted:
                self._count = float(counted[1].replace(",", "") or "nan")
            return
        module = _MODULE.match(line)
        if module and len(self._modules[self._player]) < _MOST_MODULES:
            self._modules[self._player].append((module[1], module[2], module[3]))
        if line.startswith(")") or not line.startswith((" ", "\t", ")")):
            self._player = None

    def facts(self) -> dict[str, FactValue]:
        """What the print-outs prove."""
        found: dict[str, FactValue] = {
            f"{player}_parameters": count for player, count in self.parameters.items() if count == count and count > 0
        }
        for player, modules in self._modules.items():
            leaves = [module for module in modules if module[1] not in _CONTAINERS]
            if leaves:
                found |= _facts_of_player(player, leaves)
        return found


def _facts_of_player(player: str, modules: list[tuple[str, str, str]]) -> dict[str, FactValue]:
    kinds = [kind for _, kind, _ in modules]
    found: dict[str, FactValue] = {}
    output = _OUTPUTS.get(kinds[-1])
    if output is not None and (player == "discriminator" or output in ("tanh", "sigmoid", "relu")):
        found[f"{player}_output"] = output
    norms = Counter(norm for kind in kinds for word, norm in _NORMS.items() if word in kind)
    spectral = any("spectral" in (kind + rest).lower() for _, kind, rest in modules)
    absent = "spectral" if spectral and player == "discriminator" else "none"
    found[f"{player}_normalisation"] = norms.most_common(1)[0][0] if norms else absent
    if spectral:
        found["spectral_norm" if player == "discriminator" else "generator_spectral_norm"] = True
    activations = Counter(_ACTIVATIONS[kind] for kind in kinds[:-1] if kind in _ACTIVATIONS)
    if activations:
        found[f"{player}_activation"] = activations.most_common(1)[0][0]
    dropout = [_argument(rest, "p") for _, kind, rest in modules if kind.startswith("Dropout")]
    if dropout and dropout[0] is not None:
        found[f"{player}_dropout"] = dropout[0]
    found |= _eps(modules)
    return found | (_upsampling(modules) if player == "generator" else {})


def _eps(modules: list[tuple[str, str, str]]) -> dict[str, FactValue]:
    eps = [_argument(rest, "eps") for _, kind, rest in modules if "BatchNorm" in kind]
    largest = max((value for value in eps if value is not None), default=None)
    return {} if largest is None else {"batch_norm_eps": largest}


def _upsampling(modules: list[tuple[str, str, str]]) -> dict[str, FactValue]:
    for _, kind, rest in modules:
        if kind.startswith("ConvTranspose"):
            kernel, stride = _argument(rest, "kernel_size"), _argument(rest, "stride")
            if kernel is not None and stride is not None and stride > 1:
                return {"upsampling": "transposed", "upsampling_kernel": kernel, "upsampling_stride": stride}
        if kind.startswith("Upsampl"):
            return {"upsampling": "resize"}
        if kind == "PixelShuffle":
            return {"upsampling": "pixel_shuffle"}
    return {}


def _argument(text: str, name: str) -> float | None:
    found = re.search(rf"\b{name}=\(?([-+.\de]+)", text)
    try:
        return float(found[1]) if found else None
    except ValueError:
        return None
