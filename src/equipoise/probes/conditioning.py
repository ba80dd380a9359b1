"""Whether a label means anything to either player."""

from dataclasses import dataclass

import torch
from jaxtyping import Float64
from torch import Tensor

from equipoise.core.types import Labels, Samples, Scalar
from equipoise.probes.diversity import Rows, distances
from equipoise.probes.opponents import AnyLatents, Opponents, same_noise


def other_labels(labels: Labels, rng: torch.Generator) -> Labels:
    """The same labels in another order; those that stay the same by chance are for the caller to leave out."""
    return labels[torch.randperm(len(labels), generator=rng).to(labels.device)]


def label_ranking(players: Opponents, real: Samples, labels: Labels, *, batch: int, rng: torch.Generator) -> Scalar:
    """P(D(x, y) > D(x, y')) for the same real sample x under its own and under another label; 0.5 if D ignores them."""
    wrong = other_labels(labels, rng)
    same_noise()
    under_own = players.scores(real, labels, batch)
    same_noise()
    under_other = players.scores(real, wrong, batch)
    shown = len(labels) // batch * batch or len(labels)
    differs = (wrong != labels)[:shown].view(len(under_own), -1).any(dim=1).double()  # a row is a pack
    wins = (under_own > under_other).double() + 0.5 * (under_own == under_other).double()
    return (wins * differs).sum() / differs.sum().clamp_min(1.0)


@torch.no_grad()
def generator_response(players: Opponents, latents: AnyLatents, labels: Labels, rng: torch.Generator) -> Scalar:
    """E |G(z, y) - G(z, y')| over E |G(z, y) - G(z', y)|: 0 if the label is not wired, about 1 if it is mere noise."""
    wrong = other_labels(labels, rng)
    outcomes: list[Tensor] = []
    for z, y in ((latents, labels), (latents, wrong), (latents.roll(1, dims=0), labels)):
        same_noise()
        outcomes.append(players.generate(z, y).double().flatten(1))
    asked, other_label, other_latent = outcomes
    differs = (wrong != labels).double()
    by_label = ((asked - other_label).norm(dim=1) * differs).sum() / differs.sum().clamp_min(1.0)
    by_latent = (asked - other_latent).norm(dim=1).mean()
    return torch.as_tensor(by_label / by_latent.clamp_min(1e-12))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Centroids:
    """The mean real sample of each class: a crude classifier, and good enough to see labels mixed up."""

    classes: Labels
    centres: Float64[Tensor, "classes values"]

    @staticmethod
    def of(real: Rows, labels: Labels) -> "Centroids":
        """Of the classes that occur among `labels`."""
        labels = labels.to(real.device)
        classes, place = labels.unique(return_inverse=True)
        totals = real.new_zeros(len(classes), real.shape[1]).index_add_(0, place, real)
        return Centroids(classes=classes, centres=totals / torch.bincount(place, minlength=len(classes))[:, None])

    def accuracy(self, rows: Rows, labels: Labels) -> Scalar:
        """Share of `rows` nearest to the centre of their own label, among those whose class occurs."""
        labels = labels.to(rows.device)
        nearest = self.classes[distances(rows, self.centres).argmin(dim=1)]
        known = torch.isin(labels, self.classes).double()
        return ((nearest == labels).double() * known).sum() / known.sum().clamp_min(1.0)
