"""From modules to facts: what networks are and what they are seen to do."""

from equipoise.probes.inspect.head import last_activation, reachable_range, tail_activation
from equipoise.probes.inspect.layers import (
    batch_norm_facts,
    discriminator_facts,
    generator_facts,
    player_facts,
    spectrally_normalised,
)
from equipoise.probes.inspect.trace import Operation, traced
from equipoise.probes.inspect.weights import initialisation_facts, receptive_field_facts

__all__ = [
    "Operation",
    "batch_norm_facts",
    "discriminator_facts",
    "generator_facts",
    "initialisation_facts",
    "last_activation",
    "player_facts",
    "reachable_range",
    "receptive_field_facts",
    "spectrally_normalised",
    "tail_activation",
    "traced",
]
