"""What the untrained generator gives: its range against the data's, its variety, and whether latents matter."""

import torch
from torch import Tensor, nn

from equipoise.networks.untouched import disturb
from equipoise.probes.active.players import SEED, Players, stream
from equipoise.probes.active.result import NotTested, ProbeResult, Tested, verdict_of
from equipoise.probes.active.snapshot import as_it_was
from equipoise.probes.inspect import reachable_range, traced

SAMPLES = 64
CONSTANT_BELOW = 0.005
"""Mean distance of two untrained samples over that of two reals; healthy generators lie between 0.045 and 0.77."""
RANGE_SLACK = 0.02
DISTURBANCE = 0.1


def range_test(players: Players) -> ProbeResult:
    """The range of the reals against what the generator can reach."""
    low, high = players.real.min().item(), players.real.max().item()
    reach = reach_of(players)
    facts: dict[str, bool | float | str] = {"data_min": low, "data_max": high}
    if reach is None:
        made = players.sampled(SAMPLES)
        text = (
            f"reals lie in [{low:.3g}, {high:.3g}]; nothing bounds the generator, whose first samples lie in "
            f"[{made.min().item():.3g}, {made.max().item():.3g}]"
        )
        return ProbeResult(name="range", outcome="measured", sentence=text, facts=facts)
    slack = RANGE_SLACK * (reach[1] - reach[0])
    fits = low >= reach[0] - slack and high <= reach[1] + slack
    half = fits and reach[0] < 0.0 <= low and high > 0.5
    facts |= {"generator_min": reach[0], "generator_max": reach[1]}
    text = f"reals lie in [{low:.3g}, {high:.3g}], the generator can reach [{reach[0]:.3g}, {reach[1]:.3g}]"
    return ProbeResult(name="range", outcome=verdict_of(fits and not half), sentence=text, facts=facts)


def reach_of(players: Players) -> tuple[float, float] | None:
    """The generator's bounds, None if its last activation has none."""
    latents, labels = players.latents(4), players.labels_for(4)

    def run() -> Tensor:
        with as_it_was([players.generator]), torch.no_grad():
            return players.fakes(latents, labels)

    return reachable_range(run, traced(run))


def variety_test(players: Players) -> ProbeResult:
    """Whether the untrained generator gives other samples for other latents at all."""
    fakes = players.sampled(SAMPLES).flatten(1)
    ratio = mean_distance(fakes) / max(_distance_on_its_scale(players), 1e-12)
    constant = ratio < CONSTANT_BELOW
    text = f"two untrained samples differ by {ratio:.3g} of what two reals differ by"
    return ProbeResult(
        name="variety", outcome=verdict_of(not constant), sentence=text, facts={"output_constant": constant}
    )


def _distance_on_its_scale(players: Players) -> float:
    """How far apart reals are, had they the generator's range: that 0..255 is out of reach is another mistake."""
    reach, low, high = reach_of(players), players.real.min().item(), players.real.max().item()
    scale = 1.0 if reach is None else min(1.0, (reach[1] - reach[0]) / max(high - low, 1e-12))
    return scale * mean_distance(players.real.flatten(1))


def latents_test(players: Players) -> ProbeResult:
    """Whether other latents reach the output, with weights that are no longer neutral."""
    first, second = (
        _disturbed_fakes(players, players.latents(8, seed=SEED + shift), players.labels_for(8)) for shift in (0, 1)
    )
    used = not torch.equal(first, second)
    text = "other latents give other samples" if used else "two batches of latents gave the same samples to the bit"
    return ProbeResult(name="latents", outcome=verdict_of(used), sentence=text, facts={"latents_used": used})


def label_tests(players: Players) -> list[Tested]:
    """Whether another label gives another sample, and another score."""
    if players.labels is None:
        return []
    told = (players.generator_call.labels, players.discriminator_call.labels)
    if not any(told):
        return []
    others = _other_labels(players.labels)
    if others is None:
        why = "all samples of the batch have the same label"
        return [NotTested(name="labels", why=why, give="give a batch with several")]
    return [_generator_label(players, others), _discriminator_label(players, others)]


def _generator_label(players: Players, others: Tensor) -> ProbeResult:
    if not players.generator_call.labels:
        return _label_result("generator", "is never handed a label, the discriminator is", reaches=False)
    count = min(8, len(others))
    latents = players.latents(count)
    assert players.labels is not None
    first, second = (_disturbed_fakes(players, latents, labels[:count]) for labels in (players.labels, others))
    reaches = not torch.equal(first, second)
    return _label_result("generator", _SAYS[reaches].format("sample"), reaches=reaches)


def _discriminator_label(players: Players, others: Tensor) -> Tested:
    if not players.discriminator_call.labels:
        if _has_two_outputs(players):
            why = "the discriminator is not handed labels and has several outputs, as an auxiliary classifier has"
            return NotTested(name="discriminator label", why=why, give="its classifier is yours to check")
        return _label_result("discriminator", "is never handed a label, the generator is", reaches=False)
    assert players.labels is not None
    first, second = (_disturbed_scores(players, labels) for labels in (players.labels, others))
    reaches = not torch.equal(first, second)
    return _label_result("discriminator", _SAYS[reaches].format("score"), reaches=reaches)


_SAYS = {True: "gives another {} for another label", False: "gives the same {} for another label, to the bit"}


def _label_result(player: str, says: str, *, reaches: bool) -> ProbeResult:
    return ProbeResult(
        name=f"{player} label",
        outcome=verdict_of(reaches),
        sentence=f"the {player} {says}",
        facts={f"label_reaches_{player}": reaches, "conditional": True},
    )


def _has_two_outputs(players: Players) -> bool:
    with as_it_was([players.discriminator]), torch.no_grad():
        return isinstance(players.discriminator_call(players.discriminator, players.real, None), tuple | list)


def _other_labels(labels: Tensor) -> Tensor | None:
    """The labels in another order, so that many samples get another one than their own."""
    for shift in range(1, len(labels)):
        if not torch.equal(labels.roll(shift, 0), labels):
            return labels.roll(shift, 0)
    return None


def _disturbed_fakes(players: Players, latents: Tensor, labels: Tensor | None) -> Tensor:
    """In evaluation mode, from weights with noise: many conditional layers say nothing until they are trained."""
    with as_it_was([players.generator]), torch.no_grad():
        _rouse(players.generator)
        return players.fakes(latents, labels).clone()


def _disturbed_scores(players: Players, labels: Tensor) -> Tensor:
    with as_it_was([players.discriminator]), torch.no_grad():
        _rouse(players.discriminator)
        return players.scores(players.real, labels).clone()


def _rouse(module: nn.Module) -> None:
    module.eval()
    disturb(module, DISTURBANCE, stream())
    torch.manual_seed(SEED)


def mean_distance(points: Tensor) -> float:
    """Mean Euclidean distance of two different points."""
    distances = torch.pdist(points.float())
    return distances.mean().item() if len(distances) else 0.0
