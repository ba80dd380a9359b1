"""The 1797 handwritten digits that come with the package."""

import io
from importlib.resources import files

import numpy as np

from equipoise.data.sources.arrays import ArraySource


def open_digits() -> ArraySource:
    """8 x 8 grey, 10 classes. Licence and citation: `data/embedded/README.md`."""
    embedded = files("equipoise.data").joinpath("embedded", "digits.npz").read_bytes()
    with np.load(io.BytesIO(embedded), allow_pickle=False) as archive:
        images, labels = archive["images"], archive["labels"]
    return ArraySource(
        name="digits",
        kind="digits",
        description="digits: 1797 handwritten digits, 8 x 8 grey (UCI, Alpaydin and Kaynak 1998, CC BY 4.0)",
        images=images,
        numbers=labels.astype(np.int64),
        classes=tuple("0123456789"),
    )
