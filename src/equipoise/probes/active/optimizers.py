"""Whose parameters an optimiser holds, with which settings, and whether its step moves them."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from equipoise.core.records import FactValue
from equipoise.probes.active.players import Players
from equipoise.probes.active.result import NotTested, ProbeResult, Tested, verdict_of
from equipoise.probes.active.snapshot import as_it_was

_KINDS = {"Adam": "adam", "AdamW": "adamw", "NAdam": "adam", "RMSprop": "rmsprop", "SGD": "sgd"}


def membership_test(player: str, own: nn.Module, other: nn.Module, optimizer: Optimizer) -> ProbeResult:
    """Whether the optimiser holds all trainable parameters of its player, and none of the other's."""
    held = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
    mine = [parameter for parameter in own.parameters() if parameter.requires_grad]
    missing = sum(id(parameter) not in held for parameter in mine)
    shared = {id(parameter) for parameter in own.parameters()}
    foreign = sum(id(parameter) in held - shared for parameter in other.parameters())
    text = f"it holds {len(mine) - missing} of the {player}'s {len(mine)} trainable parameters"
    text += f" and {foreign} of the other player's" if foreign else ""
    facts: dict[str, FactValue] = {f"{player}_in_optimizer": missing == 0 and bool(mine)}
    if foreign:
        facts["optimizers_share_parameters"] = True
    return ProbeResult(
        name=f"{player}'s optimiser",
        outcome=verdict_of(not missing and not foreign and bool(mine)),
        sentence=text,
        facts=facts,
    )


def settings_facts(player: str, optimizer: Optimizer) -> dict[str, FactValue]:
    """Kind, learning rate, momentum and decay; of several parameter groups, the first."""
    group = optimizer.param_groups[0]
    kind = _KINDS.get(type(optimizer).__name__, "other")
    momentum = float(group.get("momentum", 0.0))
    facts: dict[str, FactValue] = {
        f"{player}_optimizer": "sgd_momentum" if kind == "sgd" and momentum else kind,
        f"{player}_learning_rate": float(group["lr"]),
    }
    if "betas" in group:
        facts |= {f"{player}_beta1": float(group["betas"][0]), "beta2": float(group["betas"][1])}
    elif momentum:
        facts[f"{player}_beta1"] = momentum
    if player == "discriminator" and "weight_decay" in group:
        facts["weight_decay"] = float(group["weight_decay"])
    return facts


def movement_test(player: str, players: Players, loss: Callable[[], Tensor], optimizer: Optimizer | None) -> Tested:
    """Whether one step moves the player; without an optimiser, whether a gradient arrives that could.

    `loss` makes the player's loss, with its graph.
    """
    own = players.generator if player == "generator" else players.discriminator
    optimizers = [] if optimizer is None else [optimizer]
    with as_it_was(players.both, optimizers):
        for module in players.both:
            module.zero_grad()
        made = loss()
        if not made.requires_grad:
            return _movement(player, 0.0, "the loss has no graph to any parameter: something detaches it")
        made.backward()
        gradient = _norm(parameter.grad for parameter in own.parameters() if parameter.grad is not None)
        if optimizer is None:
            return _movement(player, gradient, f"a gradient of norm {gradient:.3g} arrives at its weights")
        before = [parameter.detach().clone() for parameter in own.parameters()]
        optimizer.step()
        moved = _norm(now.detach() - then for now, then in zip(own.parameters(), before, strict=True))
    return _movement(
        player, moved, f"one step of its optimiser moves its weights by {moved:.3g} (gradient {gradient:.3g})"
    )


def _movement(player: str, amount: float, text: str) -> Tested:
    if amount != amount:
        why = "the gradient is no number before the first step"
        return NotTested(name=f"{player} moves", why=why, give="look for a log or a division of 0 in its loss")
    return ProbeResult(
        name=f"{player} moves",
        outcome=verdict_of(amount > 0),
        sentence=text,
        facts={f"{player}_moves": amount > 0},
    )


def _norm(tensors: Iterator[Tensor]) -> float:
    squares = [tensor.detach().float().square().sum().cpu() for tensor in tensors]
    return torch.stack(squares).sum().sqrt().item() if squares else 0.0
