"""Does a sample's score depend on the other samples of its batch?"""

import torch

from equipoise.core.records import FactValue
from equipoise.probes.active.players import SEED, Players
from equipoise.probes.active.result import NotTested, ProbeResult, Tested

_REL, _ABS = 1e-4, 1e-6
"""Rounding; without mixing the change is 0 to the bit wherever kernels are deterministic."""


def batch_independence_test(players: Players) -> Tested:
    """Score the same samples among the batch's mates and among others, with the same random numbers.

    Judged by the outcome, whatever the reason: batch normalisation, a minibatch layer, packing.
    """
    before = players.judged(players.real, players.labels)
    if len(before) == 1 < len(players.real):
        why = "the discriminator returns one number for the whole batch"
        return NotTested(name="batch independence", why=why, give="let it return one score a sample")
    packing = len(players.real) // len(before)
    # at random, since layers with statistics of groups take neighbours or every n-th sample together
    replaced = torch.randperm(len(before), generator=torch.Generator().manual_seed(SEED)) < len(before) // 2
    replaced = replaced.to(players.real.device)
    mixed = players.real.clone()
    mixed[replaced.repeat_interleave(packing)] = players.sampled(int(replaced.sum()) * packing)
    after = players.judged(mixed, players.labels)
    change = (before - after)[~replaced].abs().mean().item()
    spread = torch.cat([before, after]).std().item()
    mixes = change > _REL * spread + _ABS * before.abs().max().item()
    facts: dict[str, FactValue] = {"discriminator_mixes_samples": mixes}
    if packing > 1:
        facts["packing"] = float(packing)
    if mixes and not _normalises_batches(players):
        facts["minibatch_layer"] = True
    return ProbeResult(
        name="batch independence",
        outcome="measured",
        sentence=f"among other mates a score changes by {change / max(spread, 1e-12):.2g} of the scores' spread",
        facts=facts,
    )


def _normalises_batches(players: Players) -> bool:
    kinds = torch.nn.modules.batchnorm._BatchNorm
    return any(isinstance(layer, kinds) for layer in players.discriminator.modules())
