"""A small classifier of real images that judges whether samples obey their labels."""

import torch
from torch import nn
from torch.nn import functional as F

from equipoise.data import Sampler, Store
from equipoise.metrics import LabelObedience, label_obedience


def trained_judge(store: Store, *, epochs: float, seed: int = 0, batch_size: int = 128) -> tuple[nn.Module, float]:
    """A convolutional classifier trained on `store`, and its accuracy on images held out from it."""
    torch.manual_seed(seed)
    training, held_out = store.split_held_out(seed, share=0.1, at_most=5000)
    judge = _network(store)
    optimizer = torch.optim.Adam(judge.parameters(), lr=2e-3)
    sampler = Sampler(training, seed)
    steps = round(epochs * len(training) / batch_size)
    for step in range(steps):
        images, labels = store.batch(sampler.batch_at(step * batch_size, batch_size))
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * (1 - step / steps)
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(judge(images), labels).backward()
        optimizer.step()
    judge.eval()
    images, labels = store.batch(held_out)
    return judge, judged(judge, images, labels).share


@torch.no_grad()
def judged(judge: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> LabelObedience:
    """How far `judge` sees in `images` what their labels say."""
    predicted = torch.cat([judge(part).argmax(dim=1) for part in images.split(500)])
    return label_obedience(predicted=predicted, asked=labels, classes=int(labels.max()) + 1)


def _network(store: Store) -> nn.Module:
    channels, size = store.sample_shape[0], store.sample_shape[-1]
    assert store.classes is not None
    return nn.Sequential(
        nn.Conv2d(channels, 32, 3, padding=1),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(64 * (size // 4) ** 2, 128),
        nn.ReLU(),
        nn.Linear(128, len(store.classes)),
    )
