"""How steps are computed: the same mathematics, in one order of rounding or another."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["eager", "fused", "compiled"]
"""`fused`: one graph a step, run as it was traced. `compiled`: its kernels compiled too."""
Choice = Literal["auto", "eager", "fused", "compiled"]
"""`auto` weighs what a run has left to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Manner:
    """All that decides in which order the steps of a run round. A run keeps to one, so that a resumed one does too.

    `one_pass` scores reals and fakes together. `onednn` hands a graph's large products of samples with weights to
    oneDNN, and `onednn_sums` those that sum over samples; `dense` comes before both where samples are few, and computes
    them by kernels of our own. `adam` makes Adam's step by one too. `winograd` computes a graph's convolutions with
    fewer multiplications where that fits.
    """

    kind: Kind = "eager"
    one_pass: bool = False
    onednn: bool = False
    onednn_sums: bool = False
    dense: bool = False
    adam: bool = False
    winograd: bool = False


EAGER = Manner()
"""The steps as they are written."""


def eager_like(manner: Manner) -> Manner:
    """The manner of eager steps that score samples as `manner` does."""
    return Manner(one_pass=manner.one_pass)
