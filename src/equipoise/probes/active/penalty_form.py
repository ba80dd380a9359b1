"""What a gradient penalty penalises: its formula, told from critics whose gradients are known beforehand."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from equipoise.core.records import FactValue
from equipoise.networks.untouched import disturb
from equipoise.probes.active.penalty_call import PenaltyCall, gradients_of, planted_samples, replaced_critic, steepened
from equipoise.probes.active.players import SEED, Players, stream
from equipoise.probes.active.result import NotTested, ProbeResult, Tested, verdict_of
from equipoise.probes.active.snapshot import as_it_was

SCALES = (0.3, 0.8, 1.3, 2.0, 3.5)
STEEP = 1e3
_GOOD = 1e-3
Formula = Callable[[Tensor], Tensor]
_FORMS: dict[str, Formula] = {
    "two-sided": lambda norms: (norms - 1).square().mean(),
    "one-sided": lambda norms: (norms - 1).relu().square().mean(),
    "zero-centred": lambda norms: norms.square().mean(),
}


def reach_test(call: PenaltyCall) -> ProbeResult:
    """Whether the penalty alone has a gradient at the discriminator's weights."""
    players = call.players
    weights = [parameter for parameter in players.discriminator.parameters() if parameter.requires_grad]
    with as_it_was(players.both), torch.enable_grad():
        torch.manual_seed(SEED)
        value = call(*planted_samples(players))
        graph = value.requires_grad
        size = _size(gradients_of(value, weights)) if graph else 0.0
        if graph and size == 0.0:  # a critic that is flat at first has no slope to penalise
            disturb(players.discriminator, 0.1, stream())
            with steepened(players, STEEP):
                size = _size(gradients_of(call(*planted_samples(players)), weights))
    reaches = graph and size > 0.0
    text = (
        f"the penalty alone has a gradient of norm {size:.3g} at the discriminator's weights"
        if reaches
        else "the penalty has no gradient at the discriminator's weights: no create_graph=True, or it is detached"
    )
    return ProbeResult(
        name="penalty reaches weights",
        outcome=verdict_of(reaches),
        sentence=text,
        facts={"penalty_reaches_weights": reaches},
    )


def norm_test(call: PenaltyCall) -> tuple[Tested, str | None, float | None]:
    """Which norm it takes and what it does with it; also the form and the factor inside, None where unknown.

    A linear critic with another gradient for each sample replaces the discriminator. Its gradient is known, so every
    formula can be computed and compared.
    """
    directions = _directions(call.players)
    values = []
    for scale in SCALES:
        value, asked = _with_linear_critic(call, directions * scale)
        if not asked:
            why = "the penalty never called the discriminator that was given to check"
            return NotTested(name="penalty norm", why=why, give="let it use the discriminator it is handed"), None, None
        values.append(value)
    measured = torch.tensor(values, dtype=torch.float64)
    for norm, form, formula in _candidates():
        expected = torch.stack([formula(directions.double() * scale) for scale in SCALES])
        factor = float(measured @ expected / (expected @ expected))
        if factor > 0 and (measured - factor * expected).norm() < _GOOD * measured.norm():
            return _recognised(norm, form, factor), form, factor
    text = "the penalty follows none of the known formulas on a critic whose gradient is known"
    return ProbeResult(name="penalty norm", outcome="measured", sentence=text), None, None


def _recognised(norm: str, form: str, factor: float) -> ProbeResult:
    if form == "zero-centred":  # the mean of squares is the same sum for every norm, but for a factor
        text = f"the penalty is {factor:.3g} times the squared norm of the gradient"
        return ProbeResult(name="penalty norm", outcome="measured", sentence=text)
    text = f"the penalty is {form}, {factor:.3g} times (norm - 1)^2, with the norm taken {_OVER[norm]}"
    facts: dict[str, FactValue] = {"penalty_norm": norm}
    return ProbeResult(name="penalty norm", outcome=verdict_of(norm == "per_sample"), sentence=text, facts=facts)


_OVER = {
    "per_sample": "over all values of a sample",
    "per_channel": "over the channels alone, at every pixel",
    "per_element": "of every single value",
    "whole_batch": "over the whole batch at once",
}


def safety_test(call: PenaltyCall) -> Tested:
    """Whether the penalty's derivative is a number where the discriminator's gradient is exactly 0."""
    weight = torch.zeros_like(call.players.real[0]).flatten().requires_grad_(True)

    def flat(samples: Tensor) -> Tensor:
        return samples.flatten(1) @ weight

    with replaced_critic(call.players, flat) as asked, torch.enable_grad():
        torch.manual_seed(SEED)
        value = call(*planted_samples(call.players))
        found = gradients_of(value, [weight]) if value.requires_grad and asked else []
    if not found:
        why = "the penalty has no gradient at all"
        return NotTested(name="penalty at zero gradient", why=why, give="create_graph=True first")
    safe = bool(found[0].isfinite().all())
    text = "where the critic is flat the penalty's derivative is " + ("finite" if safe else "not a number")
    return ProbeResult(
        name="penalty at zero gradient",
        outcome=verdict_of(safe),
        sentence=text,
        facts={"penalty_norm_safe": safe},
    )


def _directions(players: Players) -> Tensor:
    """One gradient a sample, of norms between 0.5 and 1.5."""
    drawn = torch.randn(players.real.shape, generator=torch.Generator().manual_seed(SEED))
    norms = torch.linspace(0.5, 1.5, len(drawn)).reshape(-1, *[1] * (drawn.ndim - 1))
    lengths = drawn.flatten(1).norm(dim=1).reshape(norms.shape)
    gradients: Tensor = drawn / lengths * norms
    return gradients.to(players.real)


def _with_linear_critic(call: PenaltyCall, gradients: Tensor) -> tuple[float, list[Tensor]]:
    def linear(samples: Tensor) -> Tensor:
        rows = torch.arange(len(samples), device=samples.device) % len(gradients)
        return (samples.flatten(1) * gradients[rows].flatten(1)).sum(dim=1)

    with replaced_critic(call.players, linear) as asked, torch.enable_grad():
        torch.manual_seed(SEED)
        return call(*planted_samples(call.players)).item(), asked


def _candidates() -> Iterator[tuple[str, str, Formula]]:
    norms: dict[str, Formula] = {
        "per_sample": lambda g: g.flatten(1).norm(dim=1),
        "per_channel": lambda g: g.norm(dim=1).flatten(),
        "per_element": lambda g: g.abs().flatten(),
        "whole_batch": lambda g: g.norm().reshape(1),
    }
    for form, penalise in _FORMS.items():
        for norm, measure in norms.items():
            yield norm, form, _joined(penalise, measure)


def _joined(penalise: Formula, measure: Formula) -> Formula:
    return lambda gradients: penalise(measure(gradients))


def _size(gradients: list[Tensor]) -> float:
    return torch.stack([g.float().square().sum() for g in gradients]).sum().sqrt().item() if gradients else 0.0
