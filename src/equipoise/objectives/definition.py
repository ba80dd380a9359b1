"""What an objective is: two losses on logits, with a name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from equipoise.core.types import Logits, Scalar

LogitLoss = Callable[[Logits, Logits], Scalar]
"""`(real_logits, fake_logits)`, always in that order, to the loss to descend."""

Family = Literal["logistic", "least_squares", "hinge", "wasserstein", "relativistic"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Objective:
    """What either player descends. Both losses are means over the batch, in the logits' own dtype.

    Attributes:
        name: the key in `OBJECTIVES`.
        family: which scale the logits have, and so how a reading of them is to be understood.
        discriminator: loss of the discriminator.
        generator: loss of the generator.
        saturates: the generator's slope vanishes when the discriminator is certain.
        needs_real_in_generator: the generator's loss reads the real logits, so a step must score reals for it too.
            Other objectives ignore their first argument there; any logits of the right length will do.
    """

    name: str
    family: Family
    discriminator: LogitLoss
    generator: LogitLoss
    saturates: bool = False
    needs_real_in_generator: bool = False
