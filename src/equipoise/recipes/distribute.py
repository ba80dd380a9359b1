"""A run of several processes: what each gets of it, what cannot be divided, and what a user should know."""

from dataclasses import replace

import torch
from torch import nn

from equipoise.core.errors import SettingError
from equipoise.core.processes import Processes
from equipoise.networks import MinibatchDiscrimination, MinibatchStddev, synchronised
from equipoise.recipes.assemble import Players
from equipoise.recipes.schema import Recipe


def on_own_device(recipe: Recipe, processes: Processes) -> Recipe:
    """The card whose number is the process's local rank, where CUDA is asked for or `auto` finds it; else the CPU.

    Raises:
        SettingError: a machine with more processes than cards, or a device that processes cannot exchange values on.
    """
    device = recipe.training.device
    cards = torch.cuda.device_count()
    if processes.alone or device == "cpu" or (device == "auto" and not cards):
        return recipe if processes.alone else _with_device(recipe, "cpu")
    if device != "auto" and not device.startswith("cuda"):
        raise SettingError(f"`training.device` is {device!r}: several processes can train on cpu or cuda alone.")
    if processes.local_rank >= cards:
        raise SettingError(
            f"This machine has {cards} CUDA devices and at least {processes.local_rank + 1} processes, of which each "
            f"needs its own. Start `torchrun --nproc-per-node {max(1, cards)}`, or train with --device cpu."
        )
    own = f"cuda:{processes.local_rank}"
    torch.cuda.set_device(own)
    return _with_device(recipe, own)


def require_shares(recipe: Recipe, processes: Processes) -> None:
    """Raise unless every process gets as many images of a batch as any other, and enough of them.

    Raises:
        SettingError: naming the batch size, the number of processes and what would do.
    """
    training, discriminator = recipe.training, recipe.discriminator
    parts = training.micro_batches * discriminator.packing * processes.count
    if training.batch_size % parts:
        raise SettingError(
            f"`training.batch_size` is {training.batch_size}, the batch of all processes together, which does not "
            f"divide among {processes.count} processes of {training.micro_batches} micro-batches of packs of "
            f"{discriminator.packing}. Use a multiple of {parts}, or another number of processes."
        )
    for player, passes in (
        (recipe.generator, training.micro_batches * processes.count),
        (discriminator, parts),
    ):
        if not processes.alone and player.normalisation == "batch" and training.batch_size // passes < 2:
            raise SettingError(
                f"`training.batch_size` is {training.batch_size}, which leaves one sample for each pass of each of "
                f"{processes.count} processes; batch normalisation needs at least 2. Use {2 * passes} or more."
            )


def spanning(players: Players) -> Players:
    """Both networks with batch normalisation by the samples of all processes."""
    return Players(generator=synchronised(players.generator), discriminator=synchronised(players.discriminator))


def told_of_processes(recipe: Recipe, discriminator: nn.Module, processes: Processes) -> list[str]:
    """What to say before a run of several processes begins; nothing where there is one."""
    if processes.alone:
        return []
    share = recipe.training.batch_size // processes.count
    told = [f"{processes.count} processes, each with {share} of the {recipe.training.batch_size} images of a batch."]
    if any(isinstance(layer, MinibatchStddev | MinibatchDiscrimination) for layer in discriminator.modules()):
        told.append(
            f"The discriminator compares the samples of a batch: in each process the {share} of its own, not all "
            f"{recipe.training.batch_size}."
        )
    return told


def _with_device(recipe: Recipe, device: str) -> Recipe:
    return replace(recipe, training=replace(recipe.training, device=device))
