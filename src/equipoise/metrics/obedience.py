"""Does a conditional generator make what it is asked for? Labels asked against labels that a classifier reads."""

from dataclasses import dataclass

import torch
from jaxtyping import Int, Int64
from torch import Tensor

from equipoise.core.errors import SettingError
from equipoise.core.types import Labels
from equipoise.metrics.checks import require_at_least, require_labels_below
from equipoise.metrics.confidence import Interval, wilson_interval


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassObedience:
    """One class: how often it was asked for, and how often it came. `read_instead` is the most frequent wrong class.

    `share` and `interval` are None for a class never asked for, `read_instead` for one without mistakes.
    """

    label: int
    asked: int
    obeyed: int
    share: float | None
    interval: Interval | None
    read_instead: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelObedience:
    """Share of samples in which the classifier reads the label that was asked, with its Wilson interval.

    A classifier that errs on reals puts a ceiling on it: measure held-out reals with it too. `chance` is what a
    generator that ignores its label would reach: the sum over classes of asked share times read share.
    """

    share: float
    interval: Interval
    chance: float
    samples: int
    by_class: tuple[ClassObedience, ...]


def label_obedience(
    *, predicted: Int[Tensor, " predicted"], asked: Int[Tensor, " asked"], classes: int
) -> LabelObedience:
    """Classification accuracy of conditional samples, overall and by class.

    The accuracy that Odena et al. 2017 (AC-GAN), section 4, arXiv 1610.09585, read off a trained classifier.

    Raises:
        SettingError: unequal numbers of labels, none at all, or a label outside 0..classes-1.
    """
    stream = ObedienceCounts(classes)
    stream.update(predicted=predicted, asked=asked)
    return stream.compute()


class ObedienceCounts:
    """Asked and read labels of a stream, as a table of whole numbers: merging is exact in any order."""

    def __init__(self, classes: int) -> None:
        require_at_least(1, classes=classes)
        self._table = torch.zeros(classes, classes, dtype=torch.int64)

    @property
    def table(self) -> Int64[Tensor, "asked predicted"]:
        """How often each label was read (column) where each was asked (row)."""
        return self._table.clone()

    def update(self, *, predicted: Int[Tensor, " predicted"], asked: Int[Tensor, " asked"]) -> None:
        """Take in a batch.

        Raises:
            SettingError: unequal numbers of labels, or a label outside 0..classes-1.
        """
        if len(predicted) != len(asked):
            raise SettingError(
                f"`predicted` has {len(predicted)} labels and `asked` {len(asked)}: pair them one to one."
            )
        classes = len(self._table)
        require_labels_below(predicted, "predicted", classes)
        require_labels_below(asked, "asked", classes)
        cells = asked.cpu().long() * classes + predicted.cpu().long()
        self._table += torch.bincount(cells, minlength=classes * classes).view(classes, classes)

    def merge(self, other: "ObedienceCounts") -> None:
        """Take in what another stream has counted.

        Raises:
            SettingError: another number of classes.
        """
        if len(self._table) != len(other._table):
            raise SettingError(f"Streams count {len(self._table)} and {len(other._table)} classes, but must agree.")
        self._table += other._table

    def compute(self) -> LabelObedience:
        """The obedience of all samples counted.

        Raises:
            SettingError: no samples.
        """
        samples, obeyed = int(self._table.sum()), int(self._table.trace())
        if samples == 0:
            raise SettingError("No samples were counted, so obedience is unknown: call `update` with some first.")
        asked, read = self._table.sum(dim=1).double(), self._table.sum(dim=0).double()
        return LabelObedience(
            share=obeyed / samples,
            interval=wilson_interval(obeyed, samples),
            chance=float(asked @ read) / samples**2,
            samples=samples,
            by_class=tuple(_of_class(label, row) for label, row in enumerate(self._table)),
        )


def _of_class(label: int, row: Labels) -> ClassObedience:
    asked, obeyed = int(row.sum()), int(row[label])
    wrong = row.clone()
    wrong[label] = 0
    return ClassObedience(
        label=label,
        asked=asked,
        obeyed=obeyed,
        share=obeyed / asked if asked else None,
        interval=wilson_interval(obeyed, asked) if asked else None,
        read_instead=int(wrong.argmax()) if asked > obeyed else None,
    )
