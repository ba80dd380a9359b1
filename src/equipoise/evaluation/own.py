"""Features by a module or function of the user's own."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from equipoise.core.errors import SettingError
from equipoise.core.types import Samples
from equipoise.evaluation.extractor import Extracted, FeatureExtractor, behaviour_digest, short, weights_digest

OwnFeatures = Callable[[Any], Any]
"""From samples (images in [-1, 1]) to floats `(batch, features)`: a function, or a module, put in evaluation mode."""


def own_extractor(
    function: OwnFeatures, sample_shape: tuple[int, ...], *, name: str | None = None, device: torch.device | str = "cpu"
) -> FeatureExtractor:
    """An extractor that asks `function`.

    A module's digest is that of its weights; a plain function's, of its answer to fixed noise.

    Raises:
        SettingError: it does not answer a batch with floats of shape `(batch, features)`.
    """
    if isinstance(function, nn.Module):
        function.to(device).eval()
    called = str(name or getattr(function, "__name__", type(function).__name__))

    @torch.no_grad()
    def ask(samples: Samples) -> Tensor:
        return _checked(function(samples.to(device)), len(samples), called)

    def extract(samples: Samples) -> Extracted:
        return Extracted(features=ask(samples))

    digest = weights_digest(function) if isinstance(function, nn.Module) else behaviour_digest(ask, sample_shape)
    return FeatureExtractor(
        name=f"{called}-{short(digest)}",
        digest=digest,
        dimension=ask(torch.zeros(2, *sample_shape)).shape[1],
        classes=None,
        handling="images in [-1, 1], whatever your function does with them",
        published=False,
        extract=extract,
    )


def imported(target: str) -> tuple[str, OwnFeatures]:
    """The callable that `module:name` means, looked for from the current folder on, and its name.

    Raises:
        SettingError: no such module or name, or something that cannot be called.
    """
    module_name, _, name = target.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found = getattr(importlib.import_module(module_name), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingError(
            f"`--features` is {target!r}, which cannot be imported: {error}. Write module:function."
        ) from error
    if isinstance(found, type) or not callable(found):
        raise SettingError(f"`--features` {target!r} is no function or module object, but a {type(found).__name__}.")
    return name, found


def _checked(answer: object, count: int, name: str) -> Tensor:
    if not isinstance(answer, Tensor) or answer.ndim != 2 or len(answer) != count or not answer.is_floating_point():
        found = f"shape {tuple(answer.shape)}, {answer.dtype}" if isinstance(answer, Tensor) else type(answer).__name__
        raise SettingError(
            f"Features `{name}` answered {count} samples with {found}; floats ({count}, features) needed."
        )
    return answer.detach().cpu() if answer.dtype == torch.float64 else answer.detach().float().cpu()
