"""Which of the batches that the discriminator scored are real, which fake, and which neither."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from equipoise.watching.calls import Made, Scored
from equipoise.watching.kinship import AKIN, Mixture, descends, mixture_of, place_in

Kind = Literal["real", "fake", "interpolates", "noise", "unknown"]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Part:
    """A stretch of one scored batch that is all of one kind. `made` is the generator's batch that it shows."""

    call: Scored
    rows: slice
    kind: Kind
    made: Made | None = None
    mixture: Mixture | None = None

    @property
    def samples(self) -> Tensor:
        """The samples of this stretch."""
        return self.call.samples[self.rows]

    @property
    def labels(self) -> Tensor | None:
        """Their labels."""
        return None if self.call.labels is None else self.call.labels[self.rows]

    @property
    def scores(self) -> Tensor:
        """Their scores as the discriminator gave them, per patch where it gives maps."""
        return self.call.scores[self.rows]

    def slopes(self, backwards: Sequence[int]) -> Tensor | None:
        """The gradient that these backward passes left at the scores, together; None if none reached them."""
        found = [self.call.slopes[task] for task in backwards if task in self.call.slopes]
        return torch.stack(found).sum(dim=0)[self.rows] if found else None


def sorted_parts(calls: Sequence[Scored], made: Sequence[Made], backwards: Sequence[int]) -> list[Part]:
    """All parts of the calls of one step of a player; `backwards` are the passes that its loss went through.

    A batch is fake if the generator made it: by its values, or by its graph where it was augmented on the way. One that
    wants a gradient and lies between a real and a fake is an interpolate. What is left is real.
    """
    parts: list[Part] = []
    rest: list[Scored] = []
    for call in calls:
        found = _fake_parts(call, made)
        parts += found
        rest += [] if found else [call]
    fakes = [part.samples for part in parts if part.kind == "fake"] + [batch.samples for batch in made]
    reals = [part.samples for part in parts if part.kind == "real"]
    reals += [call.samples for call in rest if call.origin is None and not call.penalties]
    for call in list(rest):
        if any(place_in(call.samples, real) is not None for real in reals):
            continue
        mixture = _mixture(call.samples, reals, fakes) if call.penalties else None
        if mixture is not None:
            parts.append(Part(call=call, rows=_all(call), kind="interpolates", mixture=mixture))
            rest.remove(call)
    any_fake = any(part.kind == "fake" for part in parts)
    return parts + [_judged(call, rest, made, backwards, any_fake=any_fake) for call in rest]


def _all(call: Scored) -> slice:
    return slice(0, len(call.samples))


def _fake_parts(call: Scored, made: Sequence[Made]) -> list[Part]:
    """The generator's batch in it, and beside that, in a joined batch, the reals."""
    for batch in reversed(made):
        place = place_in(call.samples, batch.samples)
        if place is None:
            continue
        parts = [Part(call=call, rows=place, kind="fake", made=batch)]
        if place.start > 0:
            parts.append(Part(call=call, rows=slice(0, place.start), kind="real"))
        elif place.stop < len(call.samples):
            parts.append(Part(call=call, rows=slice(place.stop, len(call.samples)), kind="real"))
        return parts
    return []


def _mixture(samples: Tensor, reals: Sequence[Tensor], fakes: Sequence[Tensor]) -> Mixture | None:
    pairs = ((real, fake) for real in reals for fake in fakes)
    return next((found for pair in pairs if (found := mixture_of(samples, *pair)) is not None), None)


def _judged(
    call: Scored, rest: Sequence[Scored], made: Sequence[Made], backwards: Sequence[int], *, any_fake: bool
) -> Part:
    source = next((batch for batch in made if batch.number == call.origin), None)
    if call.origin is not None:
        return Part(call=call, rows=_all(call), kind="fake", made=source)
    learned = any(task in call.slopes for task in backwards)
    if call.penalties and not learned:
        copies = [other for other in rest if other is not call and place_in(call.samples, other.samples) is not None]
        return Part(call=call, rows=_all(call), kind="real" if copies else "noise")
    if any_fake or not made:
        return Part(call=call, rows=_all(call), kind="real")
    akin = next((batch for batch in made if descends(call.samples, batch.samples) > AKIN), None)
    if akin is not None:
        return Part(call=call, rows=_all(call), kind="fake", made=akin)
    others = [other for other in rest if other is not call and any(task in other.slopes for task in backwards)]
    unclear = bool(others) and not any(descends(o.samples, m.samples) > AKIN for o in others for m in made)
    return Part(call=call, rows=_all(call), kind="unknown" if unclear else "real")
