"""Where latents come from: what the user gives, or what the generator's first layer asks for."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from equipoise.core.errors import EquipoiseError, NetworkError, SettingError
from equipoise.probes.active.calls import CallOrder, unwrapped
from equipoise.probes.active.players import DrawLatents, device_of
from equipoise.probes.active.snapshot import as_it_was

Latents = Tensor | int | Callable[[int], Tensor]
_ATTRIBUTES = ("latent_dim", "z_dim", "nz", "noise_dim", "latent_size", "dim_z", "z_size", "latent_dimension")
_TRIED = 4


def latent_source(
    latents: Latents | None, generator: nn.Module, calls: tuple[CallOrder, ...], labels: Tensor | None
) -> tuple[CallOrder, DrawLatents, str]:
    """How the generator is called, a function that draws its latents, and a sentence on where that comes from.

    Raises:
        SettingError: what was given is none of the three.
        NetworkError: the generator takes nothing that was tried.
    """
    if isinstance(latents, Tensor) or callable(latents):
        draw = _rows(latents) if isinstance(latents, Tensor) else latents
        return _working(generator, calls, [draw(_TRIED)], labels)[0], draw, "latents are drawn from what was given"
    if latents is not None and (not isinstance(latents, int) or isinstance(latents, bool) or latents < 1):
        raise SettingError(
            f"`latents` is {latents!r}. Give their dimension, a tensor of them, or a function of a count."
        )
    shapes = [(latents,), (latents, 1, 1)] if latents is not None else list(_guesses(generator, labels))
    call, place = _working(generator, calls, [torch.randn(_TRIED, *shape) for shape in shapes], labels)
    return call, _normal(shapes[place]), f"latents are {shapes[place]} standard normal numbers each"


def _working(
    generator: nn.Module, calls: tuple[CallOrder, ...], tries: list[Tensor], labels: Tensor | None
) -> tuple[CallOrder, int]:
    """The first way to call the generator that works, and with which of the latents."""
    failures: list[str] = []
    for place, latents in enumerate(tries):
        for call in calls:
            failure = _failure(generator, call, latents, labels)
            if failure is None:
                return call, place
            failures.append(f"{tuple(latents.shape)} as {call}: {failure}")
    raise NetworkError(
        "The generator takes none of the latents that were tried. Give latents=100 or "
        f"latents=lambda n: torch.randn(n, 100, 1, 1). Tried {'; '.join(failures) or 'none'}"
    )


def _rows(latents: Tensor) -> DrawLatents:
    def draw(count: int) -> Tensor:
        # other rows at another state of the random stream, as for latents that are drawn
        return latents[torch.randperm(len(latents)).to(latents.device)[torch.arange(count) % len(latents)]]

    return draw


def _normal(shape: tuple[int, ...]) -> DrawLatents:
    def draw(count: int) -> Tensor:
        return torch.randn(count, *shape)

    return draw


def _guesses(generator: nn.Module, labels: Tensor | None) -> Iterator[tuple[int, ...]]:
    """Shapes worth a try: what the generator says of itself, then what its first layers take."""
    inner = unwrapped(generator)
    named = [getattr(inner, name) for name in _ATTRIBUTES if isinstance(getattr(inner, name, None), int)]
    widths = [table.embedding_dim for table in inner.modules() if isinstance(table, nn.Embedding)]
    classes = [table.num_embeddings for table in inner.modules() if isinstance(table, nn.Embedding)]
    classes += [int(labels.max().item()) + 1] if labels is not None and not labels.is_floating_point() else []
    seen: set[tuple[int, ...]] = set()
    for shape in _shapes(inner, named, [*widths, *classes]):
        if shape not in seen and min(shape) > 0:
            seen.add(shape)
            yield shape


def _shapes(generator: nn.Module, named: list[int], label_sizes: list[int]) -> Iterator[tuple[int, ...]]:
    for size in named:
        yield (size,)
        yield (size, 1, 1)
    for layer in generator.modules():
        if isinstance(layer, nn.Linear):
            yield (layer.in_features,)
            yield from ((layer.in_features - size,) for size in label_sizes)
        elif isinstance(layer, nn.ConvTranspose2d | nn.Conv2d):
            yield (layer.in_channels, 1, 1)
            yield from ((layer.in_channels - size, 1, 1) for size in label_sizes)


def _failure(generator: nn.Module, call: CallOrder, latents: Tensor, labels: Tensor | None) -> str | None:
    """Why the generator cannot take such latents; None if it can."""
    device = device_of(generator, latents)
    own = None if labels is None else labels[: len(latents)].to(device)
    with as_it_was([generator]), torch.no_grad():
        try:
            call(generator, latents.to(device), own)
        except (RuntimeError, TypeError, ValueError, IndexError, EquipoiseError) as error:
            return str(error).splitlines()[0] if str(error) else type(error).__name__
    return None
