"""One look at somebody else's game: what its own scores say, and what our probe measures on them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from equipoise.constraints import PenaltyTerm, constraint, share_at_bound
from equipoise.core.facts import Facts
from equipoise.core.types import Labels, Samples
from equipoise.metrics import ranking_auc
from equipoise.objectives import OBJECTIVES, Objective, objective
from equipoise.probes import GameProbe
from equipoise.watching.ledger import BANK, Ledger
from equipoise.watching.replay import Replay, indices

_OWN_PENALTIES = ("gradient_penalty", "one_sided_gradient_penalty", "r1", "r2", "dragan")
MIXED = "r1_r2"
Readings = dict[str, float]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Reals:
    """Real samples that the user set aside, never shown to the discriminator."""

    samples: Samples
    labels: Labels | None


def objective_of(facts: Facts) -> Objective | None:
    """The loss that is played, None if it is not known."""
    name = facts.choice("objective")
    return objective(name) if name in OBJECTIVES else None


def probabilities(facts: Facts) -> bool:
    """Whether the discriminator gives probabilities that its loss takes as such, not logits."""
    logistic = facts.choice("objective") in ("minimax", "non_saturating")
    taken = facts.choice("loss_function") in (None, "bce")
    return logistic and taken and facts.choice("discriminator_output") == "sigmoid"


@torch.no_grad()
def score_signals(ledger: Ledger, facts: Facts) -> Readings:
    """What the scores of the loop's newest steps say, without any pass of our own."""
    signals: dict[str, Tensor] = {}
    if ledger.penalty is not None:
        signals["gradient_norm/gradient_penalty"] = ledger.penalty.norms.mean()
        signals["penalty/gradient_penalty"] = (ledger.penalty.norms - 1.0).square().mean()
    if ledger.real is not None and ledger.fake is not None:
        as_logits = probabilities(facts)
        real, fake = (_logits(part[0].scores, as_logits) for part in (ledger.real, ledger.fake))
        taught = fake if ledger.lesson is None else _logits(ledger.lesson[0].scores, as_logits)
        signals |= {
            "logits/real": real.mean(),
            "logits/fake": fake.mean(),
            "separation/ranking": ranking_auc(real, fake),
        }
        signals |= _losses(facts, real, fake, taught)
    return {name: float(value) for name, value in signals.items()}


def game_probe(ledger: Ledger, facts: Facts, reals: Reals | None) -> GameProbe | None:
    """A probe on the first latents and reals of the loop; None while there are too few, or the loss is unknown."""
    played = objective_of(facts)
    made, shown = list(ledger.latents), list(ledger.reals)
    if played is None or not made or not shown or sum(len(batch.latents) for batch in made) < 2:
        return None
    latents, labels = _joined([(batch.latents, indices(batch.labels)) for batch in made])
    seen = _joined([(part.samples, indices(part.labels)) for part in shown])
    samples, real_labels = seen if reals is None else (reals.samples, reals.labels)
    return GameProbe(
        latents=latents,
        labels=labels,
        held_out=samples,
        held_out_labels=real_labels,
        objective=played,
        batch_size=min(max(len(part.samples) for part in shown), len(latents), len(samples)),
        penalties=_penalties(facts),
        unseen=reals is not None,
    )


def probe_signals(probe: GameProbe, replay: Replay, ledger: Ledger) -> Readings:
    """One reading of the probe on the newest batch of reals."""
    assert ledger.real is not None
    newest = ledger.real[0]
    return probe(replay.opponents, training=newest.samples, training_labels=indices(newest.labels))


def movement_signals(movements: Mapping[str, float]) -> Readings:
    """Sizes of the newest measured steps."""
    signals = {f"updates/{name}": ratio for name, ratio in movements.items()}
    if len(movements) == 2 and min(movements.values()) > 0:
        ratio = torch.tensor(movements["discriminator"] / movements["generator"])
        signals["updates/log_ratio"] = float(ratio.log10())
    return signals


def clip_signals(replay: Replay, bound: float | None) -> Readings:
    """How many weights lie at the bound that they are clipped to."""
    return {} if bound is None else {"weights/share_at_bound": float(share_at_bound(replay.discriminator, bound))}


def _losses(facts: Facts, real: Tensor, fake: Tensor, taught: Tensor) -> dict[str, Tensor]:
    """The losses that the objective makes of these scores, penalties and smoothing left out."""
    played = objective_of(facts)
    if played is None:
        return {}
    signals: dict[str, Tensor] = {}
    count = min(len(real), len(fake), len(taught))
    paired: Callable[[Tensor], Tensor] = (lambda s: s[:count]) if played.family == "relativistic" else (lambda s: s)
    signals["loss/discriminator"] = played.discriminator(paired(real), paired(fake))
    signals["loss/generator"] = played.generator(paired(real), paired(taught))
    if played.family == "logistic":
        signals |= {"probability/real": real.sigmoid().mean(), "probability/fake": fake.sigmoid().mean()}
    if played.family == "wasserstein":
        signals["wasserstein/estimate"] = real.mean() - fake.mean()
    return signals


def _logits(scores: Tensor, as_logits: bool) -> Tensor:
    flat = scores.detach().float().flatten()
    return flat.clamp(1e-6, 1.0 - 1e-6).logit() if as_logits else flat


def _penalties(facts: Facts) -> tuple[PenaltyTerm, ...]:
    kind, weight = facts.choice("penalty"), facts.number("penalty_weight")
    if kind not in _OWN_PENALTIES or weight is None or weight < 0:
        return ()
    return (PenaltyTerm(penalty=constraint(kind), weight=weight),)


def _joined(batches: list[tuple[Tensor, Tensor | None]]) -> tuple[Tensor, Tensor | None]:
    """Batches of one shape end to end, no more than are wanted."""
    shape = batches[0][0].shape[1:]
    kept = [(batch, labels) for batch, labels in batches if batch.shape[1:] == shape]
    labels = [labels for _, labels in kept if labels is not None]
    together = torch.cat([batch for batch, _ in kept])[:BANK].float()
    return together, torch.cat(labels)[:BANK] if len(labels) == len(kept) else None
