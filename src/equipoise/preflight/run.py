"""The order in which a set-up is tested."""

import torch

from equipoise.core.facts import Facts, parsed_fact
from equipoise.core.history import History
from equipoise.core.records import FactValue
from equipoise.diagnosis import examine
from equipoise.preflight.batch import Batch, first_batch
from equipoise.preflight.collect import Collected
from equipoise.preflight.games import game_tests
from equipoise.preflight.losses import chosen_losses
from equipoise.preflight.networks import network_tests
from equipoise.preflight.penalties import penalty_tests
from equipoise.preflight.players import assembled
from equipoise.preflight.report import CheckReport
from equipoise.preflight.setup import SetUp
from equipoise.probes.active.snapshot import as_it_was


def check_setup(setup: SetUp) -> CheckReport:
    """Run every test that the set-up allows, put everything back, and ask the rules what the facts mean."""
    with as_it_was((setup.generator, setup.discriminator), setup.optimizers):
        batch = first_batch(setup.data, setup.labels)
        collected, said = _tested(setup, batch)
    facts = Facts(_stated(setup)).joined(batch.facts).joined(collected.facts)
    return CheckReport(
        facts=facts,
        tests=tuple(collected.results),
        findings=examine(facts, History(series={})),
        could_not=tuple(collected.misses),
        said=said,
    )


def _tested(setup: SetUp, batch: Batch) -> tuple[Collected, tuple[str, ...]]:
    ready = assembled(setup.generator, setup.discriminator, batch, setup.latents)
    collected = Collected()
    with torch.enable_grad():
        network_tests(ready.players, collected)
        losses = chosen_losses(setup)
        game_tests(setup, ready.players, batch, losses, collected)
        penalty_tests(setup, ready.players, collected)
    return collected, ready.said


def _stated(setup: SetUp) -> dict[str, FactValue]:
    """What the user says; what is measured says more."""
    stated: dict[str, FactValue] = {
        name: float(value) if type(value) is int else value for name, value in (setup.facts or {}).items()
    }
    if isinstance(setup.objective, str):
        stated |= parsed_fact("objective", setup.objective)
    elif setup.objective is not None:
        stated["objective"] = setup.objective.name
    if setup.penalty_weight is not None:
        stated["penalty_weight"] = float(setup.penalty_weight)
    return stated
