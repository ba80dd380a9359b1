"""Whether reals and fakes may be scored as one batch: less work, if no sample changes another's score."""

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from equipoise.core.calling import scored
from equipoise.core.steps import Batch
from equipoise.networks import MinibatchDiscrimination
from equipoise.networks.untouched import untouched

_MIXING = (_BatchNorm, MinibatchDiscrimination)


def judges_alone(discriminator: nn.Module, real: Batch) -> bool:
    """Whether the scores of one half of a batch have no gradient whatever to the samples of the other half.

    Layers known to mix samples are told by their type; for anything else the derivative itself is asked.
    """
    if any(isinstance(layer, _MIXING) for layer in discriminator.modules()):
        return False
    with untouched(discriminator), torch.enable_grad():
        samples = torch.cat([real.samples, real.samples.flip(0)]).requires_grad_()
        labels = None if real.labels is None else torch.cat([real.labels, real.labels])
        first, second = scored(discriminator, samples, labels).chunk(2)
        (crossing,) = torch.autograd.grad(first.sum(), samples, retain_graph=True)
        (returning,) = torch.autograd.grad(second.sum(), samples)
    count = len(real)
    return not bool(crossing[count:].any()) and not bool(returning[:count].any())
