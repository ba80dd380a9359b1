"""`equipoise classifier`."""

from typing import Annotated

from cyclopts import Parameter

from equipoise.cli.options import Seed


def classifier(
    *,
    data: Annotated[str, Parameter(name="--data")],
    epochs: Annotated[float, Parameter(name="--epochs")] = 4.0,
    seed: Seed = 0,
) -> None:
    """Train a classifier on the data's own classes, as features for `equipoise evaluate --features classifier`.

    It is kept in the cache: the same data, seed and epochs are trained on once. `evaluate` takes the one of 4 epochs.

    Args:
        data: Data with classes: a folder with a sub-folder a class, a directory of idx files, an .npz file, or a name.
        epochs: How often each image is shown.
    """
    from equipoise.reports.classifier import describe_classifier

    print(describe_classifier(data, seed=seed, epochs=epochs))
